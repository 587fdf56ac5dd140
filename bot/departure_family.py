"""Relatives who may look at a plan: a code that was given, who used it, and the traveller's yes."""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, and_, delete, func, select, update
from sqlmodel import Field, SQLModel

from bot.database import Moment
from bot.departures import departures
from bot.sealing import KeyRing

CODE_LASTS = timedelta(days=7)
"""Also how long a relative waits for the traveller's answer."""


class DepartureFollower(SQLModel, table=True):
    """First a code without a relative, then a relative without a yes, then one who may look."""

    __tablename__ = "departure_follower"

    id: int | None = Field(default=None, primary_key=True)
    contact_id: int = Field(foreign_key="contact.id", index=True)
    """The traveller."""
    code_index: bytes | None = Field(default=None, unique=True)
    """Keyed fingerprint of the code; gone once it was used."""
    relative_id: int | None = Field(default=None, foreign_key="contact.id", unique=True)
    """A relative follows one plan at a time."""
    since: datetime = Field(sa_type=Moment)
    """When the code was made, or used."""
    allowed_at: datetime | None = Field(default=None, sa_type=Moment)


followers = DepartureFollower.__table__  # type: ignore[attr-defined]
_WAITING = and_(followers.c.relative_id.is_not(None), followers.c.allowed_at.is_(None))


def invite(
    connection: Connection, ring: KeyRing, contact_id: int, code: str, now: datetime
) -> None:
    """A fresh code; the one that was not used yet is void."""
    unused = and_(followers.c.contact_id == contact_id, followers.c.relative_id.is_(None))
    connection.execute(delete(followers).where(unused))
    connection.execute(
        followers.insert().values(contact_id=contact_id, code_index=_index(ring, code), since=now)
    )


def owner_of(
    connection: Connection, ring: KeyRing, code: str, asking: int, now: datetime
) -> int | None:
    """The traveller whose good code it is; None also for one's own."""
    query = select(followers.c.contact_id).where(
        followers.c.code_index == _index(ring, code),
        followers.c.since > now - CODE_LASTS,
        followers.c.contact_id != asking,
    )
    found: int | None = connection.execute(query).scalar()
    return found


def ask(
    connection: Connection, ring: KeyRing, code: str, relative_id: int, now: datetime
) -> int | None:
    """The code is used up; whom the relative followed before is let go. The traveller, or None
    when the code is void."""
    owner = owner_of(connection, ring, code, relative_id, now)
    if owner is None:
        return None
    unfollow(connection, relative_id)
    used = (
        update(followers)
        .where(followers.c.code_index == _index(ring, code))
        .values(code_index=None, relative_id=relative_id, since=now)
    )
    return owner if connection.execute(used).rowcount == 1 else None


def waits(connection: Connection, contact_id: int, now: datetime) -> Any:
    """The row of the relative who has waited longest for this traveller's answer."""
    query = (
        select(followers.c.id, followers.c.relative_id)
        .where(followers.c.contact_id == contact_id, _WAITING, followers.c.since > now - CODE_LASTS)
        .order_by(followers.c.since, followers.c.id)
        .limit(1)
    )
    return connection.execute(query).first()


def answer(connection: Connection, contact_id: int, now: datetime, *, allowed: bool) -> int | None:
    """Says yes or no to who has waited longest; the relative, or None when nobody waits."""
    row = waits(connection, contact_id, now)
    if row is None:
        return None
    mine = followers.c.id == row.id
    if allowed:
        connection.execute(update(followers).where(mine).values(allowed_at=now))
    else:
        connection.execute(delete(followers).where(mine))
    relative_id: int = row.relative_id
    return relative_id


def count(connection: Connection, contact_id: int) -> int:
    query = select(func.count(followers.c.id)).where(
        followers.c.contact_id == contact_id, followers.c.allowed_at.is_not(None)
    )
    return int(connection.execute(query).scalar_one())


def followed_by(connection: Connection, relative_id: int) -> tuple[int, bool] | None:
    """(the traveller, whether the relative may look)."""
    query = select(followers.c.contact_id, followers.c.allowed_at).where(
        followers.c.relative_id == relative_id
    )
    row = connection.execute(query).first()
    return (row.contact_id, row.allowed_at is not None) if row else None


def end(connection: Connection, contact_id: int) -> None:
    """The traveller ends it: for all relatives, and for codes that are still about."""
    connection.execute(delete(followers).where(followers.c.contact_id == contact_id))


def unfollow(connection: Connection, relative_id: int) -> None:
    connection.execute(delete(followers).where(followers.c.relative_id == relative_id))


def purge(connection: Connection, now: datetime) -> None:
    """Plans past their end, with their followers; codes and questions that nobody answered."""
    over = select(departures.c.contact_id).where(departures.c.keep_until < now)
    connection.execute(delete(followers).where(followers.c.contact_id.in_(over)))
    connection.execute(delete(departures).where(departures.c.keep_until < now))
    stale = and_(followers.c.allowed_at.is_(None), followers.c.since < now - CODE_LASTS)
    connection.execute(delete(followers).where(stale))


def _index(ring: KeyRing, code: str) -> bytes:
    return ring.index("departure", code)
