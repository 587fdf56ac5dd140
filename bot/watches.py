"""Who waits to hear, once, that the register's status of a company has changed."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, UniqueConstraint, delete, select, update
from sqlmodel import Field, SQLModel

from bot.contacts import contacts, sessions
from bot.database import Database, Moment
from bot.outbox_rows import outbox
from bot.sealing import KeyRing
from flows.company_names import company_words, fold

MOST = 20
"""Companies that one contact can watch; of more the oldest goes."""
SURELY_ARRIVED = timedelta(days=1)
"""After this long without a failure a message that WhatsApp took counts as read."""


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
    standing: bytes | None = None
    """Sealed: the standing that its watcher knows, and the folded name that the company has now."""
    notice_id: int | None = None
    """The outbox row that tells it; until that has left, the wish stays."""


watched = Watch.__table__  # type: ignore[attr-defined]


@dataclass(frozen=True, slots=True)
class Wish:
    """A company as it is shown, and what the register says of it when the wish is made."""

    key: str = field(repr=False)
    name: str = field(repr=False)
    standing: str


@dataclass(frozen=True, slots=True)
class Waiting:
    """One wish that is not fulfilled yet."""

    watch_id: int
    contact_id: int
    channel: str
    name: str = field(repr=False)
    key: str = field(repr=False)
    """The folded name that the company has now."""
    standing: str
    """What its watcher knows of it; "" of a wish from before this was kept."""
    can_be_told: bool
    """Neither gone nor silenced."""
    last_inbound_at: datetime | None
    company_index: bytes = field(repr=False)


def index_of(ring: KeyRing, key: str) -> bytes:
    return ring.index("watch", key) if key else b""


def watch(
    connection: Connection,
    database: Database,
    ring: KeyRing,
    contact_id: int,
    wish: Wish,
    now: datetime,
) -> None:
    """Keep the wish; the same one again knows the standing that was shown just now."""
    index = index_of(ring, wish.key)
    if not index:
        return
    sealed = ring.seal("watch", _bound(contact_id, index), wish.name[:120].encode())
    known = _sealed_standing(ring, contact_id, index, wish.standing, wish.key)
    insert = database.insert(watched).values(
        contact_id=contact_id, company_index=index, name=sealed, since=now, standing=known
    )
    again = insert.on_conflict_do_update(
        index_elements=["contact_id", "company_index"],
        set_={"standing": known, "notice_id": None},
    )
    connection.execute(again)
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
    """The names as they were shown, oldest first, without those of which a notice is on its way."""
    mine = (
        select(watched)
        .where(watched.c.contact_id == contact_id, watched.c.notice_id.is_(None))
        .order_by(watched.c.id)
    )
    return tuple(_name(ring, row) for row in connection.execute(mine))


def is_any(connection: Connection) -> bool:
    return connection.execute(select(watched.c.id).limit(1)).first() is not None


def waiting(connection: Connection, ring: KeyRing) -> list[Waiting]:
    """Every wish of which nothing is on its way, locked until the commit. Raises SealBroken."""
    rows = connection.execute(
        select(
            watched, contacts.c.channel, contacts.c.opted_out_at, contacts.c.unreachable_at,
            sessions.c.last_inbound_at,
        )
        .join(contacts, contacts.c.id == watched.c.contact_id)
        .outerjoin(sessions, sessions.c.contact_id == watched.c.contact_id)
        .where(watched.c.notice_id.is_(None))
        .order_by(watched.c.contact_id, watched.c.id)
        .with_for_update(of=watched)
    )  # fmt: skip
    return [_waiting(ring, row) for row in rows]


def _waiting(ring: KeyRing, row: Any) -> Waiting:
    name, index = _name(ring, row), bytes(row.company_index)
    standing, key = "", fold(company_words(name))
    if row.standing is not None:
        at = f"{_bound(row.contact_id, index)}|standing"
        standing, _, key = ring.open("watch", at, row.standing).decode().partition(" ")
    can_be_told = row.opted_out_at is None and row.unreachable_at is None
    return Waiting(
        row.id, row.contact_id, row.channel, name, key, standing, can_be_told,
        row.last_inbound_at, index,
    )  # fmt: skip


def remember(connection: Connection, ring: KeyRing, one: Waiting, standing: str, key: str) -> None:
    """What the watcher knows, and under which name the company goes now."""
    known = _sealed_standing(ring, one.contact_id, one.company_index, standing, key)
    connection.execute(update(watched).where(watched.c.id == one.watch_id).values(standing=known))


def told_by(connection: Connection, watch_id: int, notice_id: int) -> None:
    """A notice of it is queued, in this very transaction: nobody tells it a second time."""
    connection.execute(update(watched).where(watched.c.id == watch_id).values(notice_id=notice_id))


def settle(connection: Connection, now: datetime) -> None:
    """A notice that has left fulfils its wish; one that never will lets the wish wait again."""
    rows = connection.execute(
        select(watched.c.id, outbox.c.status, outbox.c.body, outbox.c.channel, outbox.c.created_at)
        .outerjoin(outbox, outbox.c.id == watched.c.notice_id)
        .where(watched.c.notice_id.is_not(None))
    ).all()
    left = [row.id for row in rows if _has_left(row, now)]
    lost = [
        row.id
        for row in rows
        if row.status in ("failed", "cancelled") or (row.status == "parked" and row.body is None)
    ]
    if left:
        connection.execute(delete(watched).where(watched.c.id.in_(left)))
    if lost:
        again = update(watched).where(watched.c.id.in_(lost))
        connection.execute(again.values(notice_id=None))


def _has_left(row: Any, now: datetime) -> bool:
    """WhatsApp takes a message and may say hours later that it failed. What is unknown counts as
    told: nobody is told twice."""
    if row.status == "sent" and row.channel == "whatsapp":
        return bool(row.created_at < now - SURELY_ARRIVED)
    return row.status in (None, "sent", "delivered", "read", "unknown")


def _sealed_standing(
    ring: KeyRing, contact_id: int, index: bytes, standing: str, key: str
) -> bytes:
    return ring.seal("watch", f"{_bound(contact_id, index)}|standing", f"{standing} {key}".encode())


def _name(ring: KeyRing, row: Any) -> str:
    return ring.open("watch", _bound(row.contact_id, row.company_index), row.name).decode()


def bound(row: Any) -> str:
    """What the sealed name of a row is bound to."""
    return _bound(row.contact_id, row.company_index)


def bound_standing(row: Any) -> str:
    return f"{bound(row)}|standing"


def _bound(contact_id: int, index: bytes) -> str:
    return f"watch|{contact_id}|{bytes(index).hex()}"
