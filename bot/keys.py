"""Who can read: officers' own keys, made in their browsers, and the office's key for its leaders.

The server has the public halves only. A private half lies here wrapped under what its officer
knows (password, printed recovery code); the office's is wrapped to each leader's own key.
"""

import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import Connection, delete, select, update
from sqlmodel import Field, SQLModel

from bot.database import Moment
from bot.officers import LEADERS, duties, holds, officers
from bot.sealing import RECEIPT_ALPHABET, KeyRing, seal_to


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
    return recipients_of(connection, officer_ids) + office_recipient(connection, office_code)


def recipients_of(connection: Connection, officer_ids: Iterable[int | None]) -> list[Recipient]:
    """The present, proven keys of these officers."""
    own = connection.execute(
        select(officer_keys.c.id, officer_keys.c.public)
        .join(officers, officers.c.key_id == officer_keys.c.id)
        .where(officers.c.id.in_(list(officer_ids)), officers.c.active)
        .order_by(officer_keys.c.id)
    )
    return [Recipient(row.id, row.public) for row in own]


def office_recipient(connection: Connection, office_code: str) -> list[Recipient]:
    """The office's present key; empty until a leader has made one."""
    rows = connection.execute(
        select(office_keys.c.id, office_keys.c.public).where(
            office_keys.c.office_code == office_code, office_keys.c.retired_at.is_(None)
        )
    )
    return [Recipient(row.id, row.public) for row in rows]


def unconfirmed(connection: Connection, on: date) -> frozenset[int]:
    """Leaders who hold no key of their office while another leader of it does.

    Whoever invites could have enrolled in their name: nothing is sealed to them, and nothing is
    theirs, before the other one has said whose key it is by sharing the office's."""
    held = (
        select(office_keys.c.office_code, office_key_wraps.c.officer_key_id)
        .join(office_keys, office_keys.c.id == office_key_wraps.c.office_key_id)
        .subquery()
    )
    mine = (held.c.officer_key_id == officers.c.key_id) & (
        held.c.office_code == duties.c.office_code
    )
    rows = connection.execute(
        select(duties.c.office_code, officers.c.id, held.c.office_code.label("held"))
        .join(officers, officers.c.id == duties.c.officer_id)
        .outerjoin(held, mine)
        .where(officers.c.active, duties.c.role.in_(LEADERS), *holds(duties, on))
    ).all()
    confirm = {row.office_code for row in rows if row.held}
    holders = {row.id for row in rows if row.held}
    return frozenset(row.id for row in rows if row.office_code in confirm) - holders


def any_of_office(connection: Connection, office_code: str, readers: Iterable[Recipient]) -> bool:
    """Whether somebody of the office itself is among them, and not only another office's desk."""
    ids = [reader.id for reader in readers]
    own = select(officer_keys.c.id).join(officers, officers.c.id == officer_keys.c.officer_id)
    office = select(office_keys.c.id).where(office_keys.c.office_code == office_code)
    return (
        connection.execute(
            own.where(officers.c.office_code == office_code, officer_keys.c.id.in_(ids)).union(
                office.where(office_keys.c.id.in_(ids))
            )
        ).first()
        is not None
    )


def office_wraps(connection: Connection, office_code: str, officer_key_id: str) -> dict[str, bytes]:
    """The office's keys, present and retired, as this officer's key opens them."""
    rows = connection.execute(
        select(office_key_wraps.c.office_key_id, office_key_wraps.c.wrap)
        .join(office_keys, office_keys.c.id == office_key_wraps.c.office_key_id)
        .where(
            office_keys.c.office_code == office_code,
            office_key_wraps.c.officer_key_id == officer_key_id,
        )
    )
    return {row.office_key_id: row.wrap for row in rows}


def test_word(ring: KeyRing, scope: str, key: Recipient) -> str:
    """What stands in the test report to this key; `scope` is what the test is for (a link)."""
    digest = ring.index("console-test", f"{scope}|{key.id}|{key.public.hex()}")
    return "".join(RECEIPT_ALPHABET[byte % len(RECEIPT_ALPHABET)] for byte in digest)[:8]


def test_report(ring: KeyRing, scope: str, key: Recipient) -> bytes:
    """Sealed to the key: who tells the word has the private half. Raises ValueError for no key."""
    word = test_word(ring, scope, key).encode()
    return seal_to(key.public, f"kentongan/test-report/v1|{key.id}", word)


def begun(connection: Connection, officer_id: int, key_id: str) -> Recipient | None:
    """The officer's own new key while it is not proven."""
    row = connection.execute(
        select(officer_keys.c.id, officer_keys.c.public).where(
            officer_keys.c.id == key_id,
            officer_keys.c.officer_id == officer_id,
            officer_keys.c.proven_at.is_(None),
            officer_keys.c.retired_at.is_(None),
        )
    ).first()
    return Recipient(row.id, row.public) if row else None


def drop_unproven(connection: Connection, officer_id: int) -> list[str]:
    """Forget keys that were begun and never proven; returns their ids."""
    begun = select(officer_keys.c.id).where(
        officer_keys.c.officer_id == officer_id,
        officer_keys.c.proven_at.is_(None),
        officer_keys.c.retired_at.is_(None),
    )
    ids = list(connection.execute(begun).scalars())
    connection.execute(delete(office_key_wraps).where(office_key_wraps.c.officer_key_id.in_(ids)))
    connection.execute(delete(officer_keys).where(officer_keys.c.id.in_(ids)))
    return ids


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
