"""One-time links for officers: a random secret of which only the hash is stored."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from sqlalchemy import Connection, delete, select, update
from sqlmodel import Field, SQLModel

from bot.database import Moment
from bot.sealing import token_hash

LINK_LASTS = timedelta(minutes=15)
READING_LASTS = timedelta(minutes=15)
MAX_FAILURES = 5
"""Wrong PINs before a link dies."""

Kind = Literal["tip", "pin", "reading"]


class Link(SQLModel, table=True):
    """`tip` opens the PIN page of a tip, `pin` lets an officer set a PIN, `reading` is the
    signed-in browser after the PIN."""

    hash: bytes = Field(primary_key=True)
    kind: str
    officer_id: int = Field(foreign_key="officer.id", index=True)
    tip_number: int = 0
    expires_at: datetime = Field(index=True, sa_type=Moment)
    used_at: datetime | None = Field(default=None, sa_type=Moment)
    failures: int = 0


@dataclass(frozen=True, slots=True)
class Opened:
    officer_id: int
    tip_number: int
    failures: int


links = Link.__table__  # type: ignore[attr-defined]


def issue(
    connection: Connection, token: str, kind: Kind, officer_id: int, now: datetime, *, tip: int = 0
) -> None:
    lasts = READING_LASTS if kind == "reading" else LINK_LASTS
    connection.execute(
        links.insert().values(
            hash=token_hash(token),
            kind=kind,
            officer_id=officer_id,
            tip_number=tip,
            expires_at=now + lasts,
            failures=0,
        )
    )


def find(connection: Connection, token: str, kind: Kind, now: datetime) -> Opened | None:
    """The link while it is good: not expired, not used, not tried too often."""
    row = connection.execute(
        select(links.c.officer_id, links.c.tip_number, links.c.failures).where(
            links.c.hash == token_hash(token),
            links.c.kind == kind,
            links.c.expires_at > now,
            links.c.used_at.is_(None),
            links.c.failures < MAX_FAILURES,
        )
    ).first()
    return Opened(*row) if row else None


def use(connection: Connection, token: str, now: datetime) -> bool:
    """Use the link up; False when somebody else was faster."""
    result = connection.execute(
        update(links)
        .where(links.c.hash == token_hash(token), links.c.used_at.is_(None))
        .values(used_at=now)
    )
    return result.rowcount == 1


def failed(connection: Connection, token: str) -> None:
    connection.execute(
        update(links).where(links.c.hash == token_hash(token)).values(failures=links.c.failures + 1)
    )


def revoke(connection: Connection, officer_id: int, tip_number: int) -> None:
    """Close every door to a tip for an officer who no longer has it."""
    connection.execute(
        delete(links).where(links.c.officer_id == officer_id, links.c.tip_number == tip_number)
    )


def revoke_all(connection: Connection, officer_id: int) -> None:
    """Close every door of an officer (enrolled anew, PIN void)."""
    connection.execute(delete(links).where(links.c.officer_id == officer_id))


def purge(connection: Connection, now: datetime) -> int:
    return connection.execute(delete(links).where(links.c.expires_at < now)).rowcount
