"""Who did what to which tip, when: a chain of hashes, so that a removed line shows."""

import hashlib
from collections import Counter
from collections.abc import Collection
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, func, or_, select, text
from sqlmodel import Field, SQLModel

from bot.database import Moment, milliseconds


class AuditEntry(SQLModel, table=True):
    """Never holds a text, a number or a name: only our own ids."""

    __tablename__ = "audit"

    id: int | None = Field(default=None, primary_key=True)
    at: datetime = Field(sa_type=Moment)
    actor: str
    """`officer:3`, `reporter`, `system` or `operator`."""
    action: str
    subject: str = Field(index=True)
    """`tip:12`, `officer:3`, `broadcast:5`."""
    previous: bytes
    hash: bytes


READING = ("read", "read_in_chat", "printed")
"""A report's words were opened. Its attachments come only after that, and are not counted again."""

entries = AuditEntry.__table__  # type: ignore[attr-defined]

_PG_LOCK = text("SELECT pg_advisory_xact_lock(7003)")


def wait_in_line(connection: Connection) -> None:
    """Until the commit nobody else writes to the chain (SQLite has one writer anyway).

    Whoever will hold other rows as well comes here first: then no two wait for each other.
    """
    if connection.dialect.name == "postgresql":
        connection.execute(_PG_LOCK)


def record(connection: Connection, now: datetime, *, actor: str, action: str, subject: str) -> None:
    """Append one entry to the chain, inside the caller's transaction."""
    wait_in_line(connection)
    last = select(entries.c.hash).order_by(entries.c.id.desc()).limit(1)
    previous = connection.execute(last).scalar() or b""
    connection.execute(
        entries.insert().values(
            at=now,
            actor=actor,
            action=action,
            subject=subject,
            previous=previous,
            hash=_hash(previous, now, actor, action, subject),
        )
    )


def times(connection: Connection, actions: Collection[str], subject: str) -> dict[str, int]:
    """How often any of it was done, by actor."""
    found = connection.execute(
        select(entries.c.actor).where(entries.c.subject == subject, entries.c.action.in_(actions))
    )
    return dict(Counter(row.actor for row in found))


def how_often(connection: Connection, beginning: str, subject: str) -> int:
    """How many entries there are of `paused:` and the like."""
    found = select(func.count()).where(
        entries.c.subject == subject, entries.c.action.startswith(beginning)
    )
    return int(connection.execute(found).scalar_one())


def begun_with(connection: Connection, beginning: str, subject: str) -> list[str]:
    """What stands behind `forwarded:` and the like, each once, in the order in which it was done."""
    found = connection.execute(
        select(entries.c.action)
        .where(entries.c.subject == subject, entries.c.action.startswith(beginning))
        .order_by(entries.c.id)
    )
    return list(dict.fromkeys(row.action.removeprefix(beginning) for row in found))


def has_read(connection: Connection, number: int, officer_id: int) -> bool:
    """The officer has opened the tip's words, in the console or in mode `chat`."""
    found = select(entries.c.id).where(
        entries.c.subject == f"tip:{number}",
        entries.c.actor == f"officer:{officer_id}",
        entries.c.action.in_(READING),
    )
    return connection.execute(found.limit(1)).first() is not None


def first_break(connection: Connection) -> int | None:
    """The id of the first entry whose hash does not fit the chain, or None."""
    previous = b""
    for row in connection.execute(select(entries).order_by(entries.c.id)):
        expected = _hash(previous, row.at, row.actor, row.action, row.subject)
        if row.previous != previous or row.hash != expected:
            return int(row.id)
        previous = row.hash
    return None


def head(connection: Connection) -> str:
    """The hash of the last entry in hex, "" before there is one: with a copy of it kept elsewhere
    a chain that was written anew from its beginning shows too."""
    last = select(entries.c.hash).order_by(entries.c.id.desc()).limit(1)
    return (connection.execute(last).scalar() or b"").hex()


def page(
    connection: Connection,
    size: int,
    *,
    tip: int | None = None,
    officer_id: int | None = None,
    before: int | None = None,
) -> list[Any]:
    """The newest entries, of one tip or by and about one officer when asked; older than `before`."""
    query = select(entries).order_by(entries.c.id.desc()).limit(size)
    if tip is not None:
        query = query.where(entries.c.subject == f"tip:{tip}")
    if officer_id is not None:
        who = f"officer:{officer_id}"
        query = query.where(or_(entries.c.actor == who, entries.c.subject == who))
    if before is not None:
        query = query.where(entries.c.id < before)
    return list(connection.execute(query))


def _hash(previous: bytes, at: datetime, actor: str, action: str, subject: str) -> bytes:
    line = f"{milliseconds(at)}|{actor}|{action}|{subject}"
    return hashlib.sha256(previous + line.encode()).digest()
