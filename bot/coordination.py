"""What a coordination group keeps: its members' roles, tasks, meetings and what was agreed.

Sealed under the key ring, by command only, and erased when the group is unbound. Ordinary messages
of such a group are kept nowhere, as of every group.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

import msgspec
from sqlalchemy import Connection, delete, func, select, update
from sqlmodel import Field, SQLModel, UniqueConstraint

from bot.database import Database, Moment
from bot.groups import groups
from bot.sealing import KeyRing
from flows.group_plan import Item

PURPOSE = "coordination"
ITEMS_STAY = timedelta(days=365)


class CoordinationMember(SQLModel, table=True):
    """Somebody who said what they are in the group."""

    __tablename__ = "coordination_member"

    id: int | None = Field(default=None, primary_key=True)
    group_id: int = Field(foreign_key="village_group.id", index=True)
    person_index: bytes = Field(unique=True)
    """Keyed fingerprint of group and person: the same person in two groups is two members."""
    sealed: bytes
    """Name and role; bound to the index."""


class CoordinationItem(SQLModel, table=True):
    __tablename__ = "coordination_item"
    __table_args__ = (UniqueConstraint("group_id", "number"),)

    id: int | None = Field(default=None, primary_key=True)
    group_id: int = Field(foreign_key="village_group.id", index=True)
    number: int
    """Counted from 1 in each group."""
    kind: str
    sealed: bytes
    """Its words; bound to group and number."""
    is_open: bool = True
    at: datetime = Field(sa_type=Moment)


class CoordinationPart(SQLModel, table=True):
    """A member does a task, or comes to a meeting."""

    __tablename__ = "coordination_part"

    item_id: int = Field(primary_key=True, foreign_key="coordination_item.id")
    member_id: int = Field(primary_key=True, foreign_key="coordination_member.id", index=True)


members = CoordinationMember.__table__  # type: ignore[attr-defined]
items = CoordinationItem.__table__  # type: ignore[attr-defined]
parts = CoordinationPart.__table__  # type: ignore[attr-defined]


class _Member(msgspec.Struct, array_like=True):
    name: str
    role: str


_encode = msgspec.msgpack.Encoder().encode
_decode = msgspec.msgpack.Decoder(_Member).decode


def bound_item(row: Any) -> str:
    return f"{row.group_id}|{row.number}"


# ---- members


def say_role(
    connection: Connection,
    database: Database,
    ring: KeyRing,
    group_id: int,
    person: str,
    name: str,
    role: str,
) -> None:
    index = _index(ring, group_id, person)
    sealed = ring.seal(PURPOSE, index.hex(), _encode(_Member(name, role)))
    insert = database.insert(members).values(group_id=group_id, person_index=index, sealed=sealed)
    connection.execute(
        insert.on_conflict_do_update(index_elements=["person_index"], set_={"sealed": sealed})
    )


def role_of(connection: Connection, ring: KeyRing, group_id: int, person: str) -> str | None:
    row = _member(connection, ring, group_id, person)
    return _decode(ring.open(PURPOSE, row.person_index.hex(), row.sealed)).role if row else None


def forget_member(connection: Connection, ring: KeyRing, group_id: int, person: str) -> bool:
    row = _member(connection, ring, group_id, person)
    if row is None:
        return False
    connection.execute(delete(parts).where(parts.c.member_id == row.id))
    connection.execute(delete(members).where(members.c.id == row.id))
    return True


def forget_person(connection: Connection, ring: KeyRing, channel: str, person: str) -> bool:
    """Out of every coordination group of the channel; whether they were in one."""
    there = select(groups.c.id).where(groups.c.kind == "coordination", groups.c.channel == channel)
    ids = connection.execute(there).scalars().all()
    gone = [forget_member(connection, ring, group_id, person) for group_id in ids]
    return any(gone)


def _member(connection: Connection, ring: KeyRing, group_id: int, person: str) -> Any | None:
    index = _index(ring, group_id, person)
    return connection.execute(select(members).where(members.c.person_index == index)).first()


def _index(ring: KeyRing, group_id: int, person: str) -> bytes:
    return ring.index("coordination-member", f"{group_id}|{person}")


# ---- items


def next_number(connection: Connection, group_id: int) -> int:
    last = select(func.max(items.c.number)).where(items.c.group_id == group_id)
    return int(connection.execute(last).scalar() or 0) + 1


def add(
    connection: Connection, ring: KeyRing, group_id: int, kind: str, text: str, now: datetime
) -> None:
    """Under the next number: the group's row is held by this turn, so no other takes it."""
    number = next_number(connection, group_id)
    sealed = ring.seal(PURPOSE, f"{group_id}|{number}", text.encode())
    connection.execute(
        items.insert().values(
            group_id=group_id, number=number, kind=kind, sealed=sealed, is_open=True, at=now
        )
    )


def take_part(
    connection: Connection,
    database: Database,
    ring: KeyRing,
    group_id: int,
    person: str,
    number: int,
) -> bool:
    """False where the item is not open, or who asks has no role."""
    member = _member(connection, ring, group_id, person)
    item = connection.execute(
        select(items.c.id).where(
            items.c.group_id == group_id, items.c.number == number, items.c.is_open
        )
    ).scalar()
    if member is None or item is None:
        return False
    insert = database.insert(parts).values(item_id=item, member_id=member.id)
    connection.execute(insert.on_conflict_do_nothing())
    return True


def close(connection: Connection, group_id: int, number: int) -> bool:
    done = connection.execute(
        update(items)
        .where(items.c.group_id == group_id, items.c.number == number, items.c.is_open)
        .values(is_open=False)
    )
    return done.rowcount == 1


def listed(connection: Connection, ring: KeyRing, group_id: int) -> tuple[Item, ...]:
    """All items of a group, oldest first, with who takes part."""
    rows = connection.execute(
        select(items).where(items.c.group_id == group_id).order_by(items.c.number)
    ).all()
    who = _parts(connection, ring, [row.id for row in rows])
    return tuple(
        Item(row.number, row.kind, ring.open(PURPOSE, bound_item(row), row.sealed).decode(),
             row.is_open, tuple(who.get(row.id, ())), row.at)
        for row in rows
    )  # fmt: skip


def _parts(connection: Connection, ring: KeyRing, ids: Iterable[int]) -> dict[int, list[str]]:
    rows = connection.execute(
        select(parts.c.item_id, members.c.person_index, members.c.sealed)
        .join(members, members.c.id == parts.c.member_id)
        .where(parts.c.item_id.in_(list(ids)))
        .order_by(members.c.id)
    )
    found: dict[int, list[str]] = {}
    for row in rows:
        member = _decode(ring.open(PURPOSE, row.person_index.hex(), row.sealed))
        found.setdefault(row.item_id, []).append(f"{member.name}, {member.role}")
    return found


# ---- erasing


def erase(connection: Connection, group_id: int) -> None:
    """All of a group that is unbound."""
    mine = select(items.c.id).where(items.c.group_id == group_id)
    connection.execute(delete(parts).where(parts.c.item_id.in_(mine)))
    connection.execute(delete(items).where(items.c.group_id == group_id))
    connection.execute(delete(members).where(members.c.group_id == group_id))


def purge(connection: Connection, now: datetime) -> None:
    """What is a year old has served its purpose, open or not."""
    old = select(items.c.id).where(items.c.at < now - ITEMS_STAY)
    connection.execute(delete(parts).where(parts.c.item_id.in_(old)))
    connection.execute(delete(items).where(items.c.at < now - ITEMS_STAY))
