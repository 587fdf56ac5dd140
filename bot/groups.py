"""Village groups on Telegram, and the one-time codes that bind a group to a village."""

from datetime import datetime, timedelta

from sqlalchemy import Connection, delete, select, update
from sqlmodel import Field, SQLModel

from bot.broadcast_rows import WAITING, recipients
from bot.database import Database, Moment
from bot.outbox_rows import NEWS, outbox
from bot.sealing import KeyRing, canonical_code

INVITATION_LASTS = timedelta(hours=24)


class VillageGroup(SQLModel, table=True):
    """A real group chat. Who speaks in it, and what, is not kept."""

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
    joined_at: datetime = Field(sa_type=Moment)


class GroupInvitation(SQLModel, table=True):
    __tablename__ = "group_invitation"

    code_index: bytes = Field(primary_key=True)
    place_code: str
    officer_id: int = Field(foreign_key="officer.id")
    expires_at: datetime = Field(sa_type=Moment)


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
    """The group's row, made on first sight and active again when the bot comes back."""
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
        index_elements=["chat_index"], set_={"active": True}
    ).returning(groups.c.id)
    return int(connection.execute(statement).scalar_one())


def leave(connection: Connection, ring: KeyRing, channel: str, chat: str) -> None:
    connection.execute(
        update(groups)
        .where(groups.c.chat_index == index_of(ring, channel, chat))
        .values(active=False)
    )


def move(connection: Connection, ring: KeyRing, channel: str, chat: str, moved_to: str) -> None:
    """Telegram made the group a supergroup: the same row goes on under the new id.

    Where the new id has a row already (its own "the bot was added" came first), that one's
    messages come to the old row, which keeps its village.
    """
    before, after = index_of(ring, channel, chat), index_of(ring, channel, moved_to)
    if before == after:
        return
    found = connection.execute(
        select(groups.c.id, groups.c.chat_index, groups.c.place_code, groups.c.active)
        .where(groups.c.chat_index.in_([before, after]))
        .order_by(groups.c.id)
        .with_for_update()
    )
    rows = {row.chat_index: row for row in found}
    old, new = rows.get(before), rows.get(after)
    if old is None:
        return
    values: dict[str, object] = {
        "chat_index": after, "chat": ring.seal("group", after.hex(), moved_to.encode()),
    }  # fmt: skip
    if new is not None:
        connection.execute(
            update(outbox).where(outbox.c.group_id == new.id).values(group_id=old.id)
        )
        connection.execute(delete(groups).where(groups.c.id == new.id))
        values |= {
            "place_code": old.place_code or new.place_code, "active": old.active or new.active,
        }  # fmt: skip
    connection.execute(update(groups).where(groups.c.id == old.id).values(**values))


def chat_of(ring: KeyRing, chat_index: bytes, sealed: bytes) -> str:
    return ring.open("group", chat_index.hex(), sealed).decode()


def invite(
    connection: Connection,
    ring: KeyRing,
    code: str,
    place_code: str,
    officer_id: int,
    now: datetime,
) -> None:
    connection.execute(
        invitations.insert().values(
            code_index=_code_index(ring, code),
            place_code=place_code,
            officer_id=officer_id,
            expires_at=now + INVITATION_LASTS,
        )
    )


def invited_to(connection: Connection, ring: KeyRing, code: str, now: datetime) -> str | None:
    """The place that a code binds to, while it is good."""
    return connection.execute(
        select(invitations.c.place_code).where(
            invitations.c.code_index == _code_index(ring, code), invitations.c.expires_at > now
        )
    ).scalar()


def bind(connection: Connection, ring: KeyRing, group_id: int, code: str, now: datetime) -> None:
    """Bind the group and use the code up; a code that is no longer good changes nothing."""
    place = invited_to(connection, ring, code, now)
    if place:
        connection.execute(update(groups).where(groups.c.id == group_id).values(place_code=place))
        connection.execute(
            delete(invitations).where(invitations.c.code_index == _code_index(ring, code))
        )


def unbind(connection: Connection, group_id: int, now: datetime) -> None:
    """The group is nobody's: what was on its way there unasked does not come any more."""
    connection.execute(
        update(groups)
        .where(groups.c.id == group_id)
        .values(place_code="", kind="residents", thread="")
    )
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


def _code_index(ring: KeyRing, code: str) -> bytes:
    return ring.index("group-invitation", canonical_code(code))
