"""Who waits to hear, once, that the register's status of a company has changed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, UniqueConstraint, delete, select
from sqlmodel import Field, SQLModel

from bot.contacts import contacts
from bot.database import Database, Moment
from bot.sealing import KeyRing
from flows.company_names import company_words, fold

MOST = 20
"""Companies that one contact can watch; of more the oldest goes."""


class Watch(SQLModel, table=True):
    """One contact's wish. Which company it is says where somebody means to go, so it is sealed."""

    __table_args__ = (UniqueConstraint("contact_id", "company_index"),)

    id: int | None = Field(default=None, primary_key=True)
    contact_id: int = Field(foreign_key="contact.id")
    company_index: bytes = Field(index=True)
    """Keyed fingerprint of the folded name."""
    name: bytes
    """Sealed, as it is shown; bound to contact and company."""
    since: datetime = Field(sa_type=Moment)


watched = Watch.__table__  # type: ignore[attr-defined]


@dataclass(frozen=True, slots=True)
class Waiting:
    """One watcher of a company whose status has changed."""

    watch_id: int
    contact_id: int
    channel: str
    name: str = field(repr=False)
    key: str = field(repr=False)


def index_of(ring: KeyRing, key: str) -> bytes:
    return ring.index("watch", key) if key else b""


def watch(
    connection: Connection,
    database: Database,
    ring: KeyRing,
    contact_id: int,
    key: str,
    name: str,
    now: datetime,
) -> None:
    """Keep the wish; the same one again changes nothing."""
    index = index_of(ring, key or fold(company_words(name)))
    if not index:
        return
    sealed = ring.seal("watch", _bound(contact_id, index), name[:120].encode())
    insert = database.insert(watched).values(
        contact_id=contact_id, company_index=index, name=sealed, since=now
    )
    connection.execute(insert.on_conflict_do_nothing())
    newest = (
        select(watched.c.id)
        .where(watched.c.contact_id == contact_id)
        .order_by(watched.c.id.desc())
        .limit(MOST)
    )
    connection.execute(
        delete(watched).where(watched.c.contact_id == contact_id, watched.c.id.not_in(newest))
    )


def forget(connection: Connection, contact_id: int, index: bytes = b"") -> None:
    """One company, or all that the contact watches."""
    gone = delete(watched).where(watched.c.contact_id == contact_id)
    connection.execute(gone.where(watched.c.company_index == index) if index else gone)


def names(connection: Connection, ring: KeyRing, contact_id: int) -> tuple[str, ...]:
    """The names as they were shown, oldest first."""
    mine = select(watched).where(watched.c.contact_id == contact_id).order_by(watched.c.id)
    return tuple(_name(ring, row) for row in connection.execute(mine))


def waiting(connection: Connection, ring: KeyRing, keys: Sequence[str]) -> list[Waiting]:
    """Everybody who watches one of these companies, locked until the commit."""
    wanted: Mapping[bytes, str] = {index_of(ring, key): key for key in keys if key}
    rows = connection.execute(
        select(watched, contacts.c.channel)
        .join(contacts, contacts.c.id == watched.c.contact_id)
        .order_by(watched.c.contact_id, watched.c.id)
        .with_for_update(of=watched)
    )
    return [
        Waiting(
            row.id, row.contact_id, row.channel, _name(ring, row), wanted[bytes(row.company_index)]
        )
        for row in rows
        if bytes(row.company_index) in wanted
    ]


def told(connection: Connection, watch_ids: Sequence[int]) -> None:
    """They were told, in this very transaction: the wish is fulfilled."""
    if watch_ids:
        connection.execute(delete(watched).where(watched.c.id.in_(watch_ids)))


def _name(ring: KeyRing, row: Any) -> str:
    return ring.open("watch", _bound(row.contact_id, row.company_index), row.name).decode()


def _bound(contact_id: int, index: bytes) -> str:
    return f"watch|{contact_id}|{bytes(index).hex()}"
