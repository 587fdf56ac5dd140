"""Who can read: officers' own keys, made in their browsers, and the office's key for its leaders.

The server has the public halves only. A private half lies here wrapped under what its officer
knows (password, printed recovery code); the office's is wrapped to each leader's own key.
"""

import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, select, update
from sqlmodel import Field, SQLModel

from bot.database import Moment
from bot.officers import officers


class OfficerKey(SQLModel, table=True):
    """One key pair of an officer. It counts from `proven_at`: a test report was opened with it."""

    __tablename__ = "officer_key"

    id: str = Field(primary_key=True)
    officer_id: int = Field(foreign_key="officer.id", index=True)
    public: bytes
    by_password: bytes
    """The private key under the key derived from the password; as is the next."""
    by_recovery: bytes
    made_at: datetime = Field(sa_type=Moment)
    proven_at: datetime | None = Field(default=None, sa_type=Moment)
    retired_at: datetime | None = Field(default=None, sa_type=Moment)


class OfficeKey(SQLModel, table=True):
    """The key of an office's leaders: every report is sealed to it too, so that none is lost with
    one officer's phone, and buried by none."""

    __tablename__ = "office_key"

    id: str = Field(primary_key=True)
    office_code: str = Field(foreign_key="office.code", index=True)
    public: bytes
    made_at: datetime = Field(sa_type=Moment)
    retired_at: datetime | None = Field(default=None, sa_type=Moment)


class OfficeKeyWrap(SQLModel, table=True):
    """The office's private key, sealed to one leader's own key (`office_key_info`)."""

    __tablename__ = "office_key_wrap"

    office_key_id: str = Field(primary_key=True, foreign_key="office_key.id")
    officer_key_id: str = Field(primary_key=True, foreign_key="officer_key.id")
    wrap: bytes


officer_keys = OfficerKey.__table__  # type: ignore[attr-defined]
office_keys = OfficeKey.__table__  # type: ignore[attr-defined]
office_key_wraps = OfficeKeyWrap.__table__  # type: ignore[attr-defined]


@dataclass(frozen=True, slots=True)
class Recipient:
    """A public key to which a report's key is sealed."""

    id: str
    public: bytes


def new_key_id() -> str:
    return secrets.token_hex(8)


def office_key_info(office_key_id: str, officer_key_id: str) -> str:
    """What an office key's wrap is bound to."""
    return f"kentongan/office-key/v1|{office_key_id}|{officer_key_id}"


def recipients(
    connection: Connection, office_code: str, officer_ids: Iterable[int]
) -> list[Recipient]:
    """The present keys of these officers, and the office's own, for a report that comes now."""
    own = connection.execute(
        select(officer_keys.c.id, officer_keys.c.public)
        .join(officers, officers.c.key_id == officer_keys.c.id)
        .where(officers.c.id.in_(list(officer_ids)), officers.c.active)
        .order_by(officer_keys.c.id)
    )
    return [Recipient(row.id, row.public) for row in own] + office_recipient(
        connection, office_code
    )


def office_recipient(connection: Connection, office_code: str) -> list[Recipient]:
    """The office's present key; empty until a leader has made one."""
    rows = connection.execute(
        select(office_keys.c.id, office_keys.c.public).where(
            office_keys.c.office_code == office_code, office_keys.c.retired_at.is_(None)
        )
    )
    return [Recipient(row.id, row.public) for row in rows]


def add_officer_key(
    connection: Connection,
    officer_id: int,
    key: Recipient,
    *,
    by_password: bytes,
    by_recovery: bytes,
    now: datetime,
) -> None:
    """Keep a new key of the officer; nothing is sealed to it before it is proven."""
    connection.execute(
        officer_keys.insert().values(
            id=key.id, officer_id=officer_id, public=key.public, by_password=by_password,
            by_recovery=by_recovery, made_at=now,
        )
    )  # fmt: skip


def add_office_key(connection: Connection, office_code: str, key: Recipient, now: datetime) -> None:
    """A new key of the office's leaders; the one before only opens the past."""
    connection.execute(
        update(office_keys)
        .where(office_keys.c.office_code == office_code, office_keys.c.retired_at.is_(None))
        .values(retired_at=now)
    )
    connection.execute(
        office_keys.insert().values(
            id=key.id, office_code=office_code, public=key.public, made_at=now
        )
    )


def share_office_key(
    connection: Connection, office_key_id: str, officer_key_id: str, wrap: bytes
) -> None:
    connection.execute(
        office_key_wraps.insert().values(
            office_key_id=office_key_id, officer_key_id=officer_key_id, wrap=wrap
        )
    )


def prove(connection: Connection, officer_id: int, key_id: str, now: datetime) -> None:
    """From now on reports are sealed to this key of the officer; older ones only open the past."""
    connection.execute(
        update(officer_keys)
        .where(officer_keys.c.officer_id == officer_id, officer_keys.c.id != key_id)
        .where(officer_keys.c.retired_at.is_(None))
        .values(retired_at=now)
    )
    connection.execute(
        update(officer_keys).where(officer_keys.c.id == key_id).values(proven_at=now)
    )
    connection.execute(update(officers).where(officers.c.id == officer_id).values(key_id=key_id))
