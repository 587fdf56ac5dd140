"""One-time links for officers: a random secret of which only the hash is stored."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from sqlalchemy import Connection, delete, select, update
from sqlmodel import Field, SQLModel

from bot.database import Moment
from bot.sealing import token_hash

LINK_LASTS = timedelta(minutes=60)
"""Long enough for a password, a second factor and a test report on a slow connection."""

Kind = Literal["setup", "recover"]


class Link(SQLModel, table=True):
    """`setup` lets an officer make an account for the console; `recover` set a new password."""

    hash: bytes = Field(primary_key=True)
    kind: str
    officer_id: int = Field(foreign_key="officer.id", index=True)
    expires_at: datetime = Field(index=True, sa_type=Moment)
    used_at: datetime | None = Field(default=None, sa_type=Moment)


@dataclass(frozen=True, slots=True)
class Opened:
    officer_id: int


links = Link.__table__  # type: ignore[attr-defined]


def issue(connection: Connection, token: str, kind: Kind, officer_id: int, now: datetime) -> None:
    connection.execute(
        links.insert().values(
            hash=token_hash(token),
            kind=kind,
            officer_id=officer_id,
            expires_at=now + LINK_LASTS,
        )
    )


def find(connection: Connection, token: str, kind: Kind, now: datetime) -> Opened | None:
    """The link while it is good: not expired, not used."""
    row = connection.execute(
        select(links.c.officer_id).where(
            links.c.hash == token_hash(token),
            links.c.kind == kind,
            links.c.expires_at > now,
            links.c.used_at.is_(None),
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


def revoke_all(connection: Connection, officer_id: int) -> None:
    """Close every door of an officer (enrolled anew)."""
    connection.execute(delete(links).where(links.c.officer_id == officer_id))


def purge(connection: Connection, now: datetime) -> int:
    return connection.execute(delete(links).where(links.c.expires_at < now)).rowcount
