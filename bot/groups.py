"""Village groups on Telegram, and the one-time codes that bind a group to a village."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, delete, or_, select, true, update
from sqlmodel import Field, SQLModel

from bot.broadcast_rows import WAITING, recipients
from bot.database import Database, Moment
from bot.outbox_rows import NEWS, outbox
from bot.sealing import KeyRing, canonical_code

INVITATION_LASTS = timedelta(hours=24)


class VillageGroup(SQLModel, table=True):
    """A real group chat. Who speaks in it, and what, is not kept; of a coordination group only
    what its members say by command (`bot/coordination.py`)."""

    __tablename__ = "village_group"

    id: int | None = Field(default=None, primary_key=True)
    channel: str
    chat_index: bytes = Field(unique=True)
    chat: bytes
    """The chat's id, sealed; bound to the index."""
    place_code: str = Field(default="", index=True)
    kind: str = Field(default="residents", sa_column_kwargs={"server_default": "residents"})
    """`residents`, or `coordination`: village officials and agencies. Never both."""
    thread: str = Field(default="", sa_column_kwargs={"server_default": ""})
    """The topic of a forum where news goes; "" = General."""
    active: bool = True
    trouble: str = Field(default="", sa_column_kwargs={"server_default": ""})
    """`left` or `muted`, as its officer was told once: nothing can be sent there."""
    bound_by: int | None = Field(default=None, foreign_key="officer.id")
    """Who had issued the code."""
    lessons: bool = Field(default=True, sa_column_kwargs={"server_default": true()})
    """The weekly lesson comes here; a group's admin may say no."""
    lesson: str = Field(default="", sa_column_kwargs={"server_default": ""})
    """Which lesson came last."""
    lesson_at: datetime | None = Field(default=None, sa_type=Moment)
    joined_at: datetime = Field(sa_type=Moment)


class GroupInvitation(SQLModel, table=True):
    __tablename__ = "group_invitation"

    code_index: bytes = Field(primary_key=True)
    place_code: str
    kind: str = Field(default="residents", sa_column_kwargs={"server_default": "residents"})
    officer_id: int = Field(foreign_key="officer.id")
    expires_at: datetime = Field(sa_type=Moment)


@dataclass(frozen=True, slots=True)
class Invited:
    """What a good code stands for."""

    place_code: str
    kind: str
    officer_id: int


groups = VillageGroup.__table__  # type: ignore[attr-defined]
invitations = GroupInvitation.__table__  # type: ignore[attr-defined]


def index_of(ring: KeyRing, channel: str, chat: str) -> bytes:
    return ring.index("group", f"{channel}|{chat}")


def join(
    connection: Connection,
    database: Database,
    ring: KeyRing,
    channel: str,
    chat: str,
    now: datetime,
) -> int:
    """The group's row, made on first sight and active again when the bot is heard there."""
    index = index_of(ring, channel, chat)
    insert = database.insert(groups).values(
        channel=channel,
        chat_index=index,
        chat=ring.seal("group", index.hex(), chat.encode()),
        place_code="",
        active=True,
        joined_at=now,
    )
    statement = insert.on_conflict_do_update(
        index_elements=["chat_index"], set_={"active": True, "trouble": ""}
    ).returning(groups.c.id)
    return int(connection.execute(statement).scalar_one())


def by_id(connection: Connection, group_id: int) -> Any:
    return connection.execute(select(groups).where(groups.c.id == group_id)).one()


def id_of(connection: Connection, ring: KeyRing, channel: str, chat: str) -> int | None:
    return connection.execute(
        select(groups.c.id).where(groups.c.chat_index == index_of(ring, channel, chat))
    ).scalar()


def lose(connection: Connection, group_id: int, trouble: str) -> Any | None:
    """Nothing can be sent there any more. The row where that was news, so that it is told once."""
    return connection.execute(
        update(groups)
        .where(groups.c.id == group_id, groups.c.trouble != trouble)
        .values(active=False, trouble=trouble)
        .returning(groups)
    ).first()


def move(connection: Connection, ring: KeyRing, channel: str, chat: str, moved_to: str) -> None:
    """Telegram made the group a supergroup: the same row goes on under the new id.

    Where the new id has a row already (its own "the bot was added" came first), that one's
    messages come to the old row, which keeps its village. If that one was even bound meanwhile,
    it stays as it is, and the old row rests.
    """
    before, after = index_of(ring, channel, chat), index_of(ring, channel, moved_to)
    if before == after:
        return
    found = connection.execute(
        select(groups)
        .where(groups.c.chat_index.in_([before, after]))
        .order_by(groups.c.id)
        .with_for_update()
    )
    rows = {row.chat_index: row for row in found}
    old, new = rows.get(before), rows.get(after)
    if old is None:
        return
    this = update(groups).where(groups.c.id == old.id)
    if new is not None and new.place_code:
        _hand_over(connection, old.id, new.id)
        connection.execute(this.values(active=False, trouble="left"))
        return
    if new is not None:
        _hand_over(connection, new.id, old.id)
        connection.execute(delete(groups).where(groups.c.id == new.id))
    connection.execute(
        this.values(
            chat_index=after,
            chat=ring.seal("group", after.hex(), moved_to.encode()),
            active=old.active or (new is not None and new.active),
            trouble="",
        )
    )


def _hand_over(connection: Connection, from_id: int, to_id: int) -> None:
    """Everything on its way to the one row is on its way to the other; of a broadcast for both
    only the other's own, and what the first got before that."""
    had = select(recipients.c.broadcast_id).where(recipients.c.target == -to_id)
    mine, both = recipients.c.target == -from_id, recipients.c.broadcast_id.in_(had)
    unsent = (
        outbox.c.group_id == from_id, outbox.c.status == "queued", outbox.c.broadcast_id.in_(had),
    )  # fmt: skip
    gone = connection.execute(delete(outbox).where(*unsent).returning(outbox.c.broadcast_id))
    waits = or_(recipients.c.state == WAITING, recipients.c.broadcast_id.in_(gone.scalars().all()))
    connection.execute(delete(recipients).where(mine, both, waits))
    connection.execute(update(recipients).where(mine, ~both).values(target=-to_id))
    connection.execute(update(outbox).where(outbox.c.group_id == from_id).values(group_id=to_id))


def chat_of(ring: KeyRing, chat_index: bytes, sealed: bytes) -> str:
    return ring.open("group", chat_index.hex(), sealed).decode()


# ---- codes


def invite(
    connection: Connection,
    ring: KeyRing,
    code: str,
    what: Invited,
    now: datetime,
) -> None:
    connection.execute(
        invitations.insert().values(
            code_index=_code_index(ring, code),
            place_code=what.place_code,
            kind=what.kind,
            officer_id=what.officer_id,
            expires_at=now + INVITATION_LASTS,
        )
    )


def invited_to(connection: Connection, ring: KeyRing, code: str, now: datetime) -> Invited | None:
    """What a code binds to, while it is good."""
    row = connection.execute(
        select(invitations).where(
            invitations.c.code_index == _code_index(ring, code), invitations.c.expires_at > now
        )
    ).first()
    return Invited(row.place_code, row.kind, row.officer_id) if row else None


def use_up(connection: Connection, ring: KeyRing, code: str) -> bool:
    """False when somebody else was faster: a code binds one group."""
    index = _code_index(ring, code)
    used = connection.execute(delete(invitations).where(invitations.c.code_index == index))
    return used.rowcount == 1


def bind(connection: Connection, group_id: int, what: Invited) -> None:
    connection.execute(
        update(groups)
        .where(groups.c.id == group_id)
        .values(place_code=what.place_code, kind=what.kind, bound_by=what.officer_id)
    )


def unbind(connection: Connection, group_id: int, now: datetime) -> None:
    """The group is nobody's: what was on its way there unasked does not come any more."""
    connection.execute(
        update(groups)
        .where(groups.c.id == group_id)
        .values(place_code="", kind="residents", bound_by=None, thread="", lessons=True,
                lesson="", lesson_at=None)
    )  # fmt: skip
    connection.execute(
        update(outbox)
        .where(
            outbox.c.group_id == group_id, outbox.c.priority >= NEWS, outbox.c.status == "queued"
        )
        .values(status="cancelled", body=None)
    )
    connection.execute(
        update(recipients)
        .where(recipients.c.target == -group_id, recipients.c.state == WAITING)
        .values(state="cancelled")
    )


def of_places(connection: Connection, places: list[str]) -> list[Any]:
    """The groups that are bound to these places, by number."""
    return list(
        connection.execute(
            select(groups).where(groups.c.place_code.in_(places)).order_by(groups.c.id)
        )
    )


def purge(connection: Connection, now: datetime) -> None:
    connection.execute(delete(invitations).where(invitations.c.expires_at < now))


def _code_index(ring: KeyRing, code: str) -> bytes:
    return ring.index("group-invitation", canonical_code(code))
