"""What a row of the outbox is: one message on its way out, sealed for its lane."""

from datetime import datetime
from typing import Any

import msgspec
from sqlalchemy import Index, text
from sqlmodel import Field, SQLModel

from bot.database import Moment
from bot.sealing import KeyRing
from flows.events import Button, MessageCreated, Poll

REPLY, NOTICE, NEWS, BULK = 0, 1, 2, 3
"""Priorities: answers first, then what somebody waits for, then what comes unasked, then what goes
to many. From NEWS on it ends with STOP and lets people sleep."""

OPEN_STATES = ("queued", "sending")
FINAL_STATES = ("sent", "delivered", "read", "failed", "parked", "cancelled", "unknown")


class OutboxRow(SQLModel, table=True):
    __tablename__ = "outbox"
    __table_args__ = (
        Index("outbox_lane", "lane", "id", sqlite_where=text("status IN ('queued', 'sending')"),
              postgresql_where=text("status IN ('queued', 'sending')")),
        Index("outbox_tip", "tip_number", sqlite_where=text("tip_number IS NOT NULL"),
              postgresql_where=text("tip_number IS NOT NULL")),
        Index("outbox_next", "channel", "status", "priority", "id"),
    )  # fmt: skip

    id: int | None = Field(default=None, primary_key=True)
    lane: str
    channel: str
    contact_id: int | None = Field(default=None, foreign_key="contact.id")
    group_id: int | None = Field(default=None, foreign_key="village_group.id")
    priority: int
    body: bytes | None = None
    """Sealed; wiped once the message has left or will never leave (`parked` waits for its person)."""
    status: str = "queued"
    not_before: datetime = Field(sa_type=Moment)
    lease_until: datetime | None = Field(default=None, sa_type=Moment)
    attempts: int = 0
    resent: bool = False
    """Sent again after an unknown outcome: the person may have it twice."""
    provider_id: str = ""
    template: str = Field(default="", sa_column_kwargs={"server_default": ""})
    """The Content SID of the template that it is: when that is refused, it concerns all of them."""
    error_code: str = ""
    broadcast_id: int | None = Field(default=None, foreign_key="broadcast.id", index=True)
    tip_number: int | None = None
    """Of a notice to an officer, so that it can be taken back; never of the reporter's."""
    created_at: datetime = Field(sa_type=Moment)
    """Only to the hour: by the exact time a row would name who sent a hidden report."""


class Body(msgspec.Struct, omit_defaults=True):
    """What is sealed in a row."""

    text: str
    buttons: tuple[tuple[str, str, str, str], ...] = ()
    fixed: bool = False
    callback_id: str = ""
    erase: str = ""
    """When its provider is to delete it (`bot/erasures.py`)."""
    media: str = ""
    """As in `MessageCreated`."""
    template: str = ""
    """The Content SID of an approved template: WhatsApp takes it outside its 24 hours, too."""
    variables: str = ""
    awake: bool = False
    """Danger to life: it may go at night, though nobody waits for it."""
    thread: str = ""
    poll: tuple[str, tuple[str, ...], int] | None = None
    ends_poll: str = ""

    def shown_buttons(self) -> tuple[Button, ...]:
        return tuple(Button(*button) for button in self.buttons)

    def shown_poll(self) -> Poll | None:
        return Poll(*self.poll) if self.poll else None


outbox = OutboxRow.__table__  # type: ignore[attr-defined]
_encoder = msgspec.msgpack.Encoder()
_decoder = msgspec.msgpack.Decoder(Body)


def row_for(
    ring: KeyRing,
    message: MessageCreated,
    now: datetime,
    *,
    channel: str,
    contact_id: int | None = None,
    group_id: int | None = None,
    priority: int = REPLY,
    callback_id: str = "",
    erase: str = "",
    template: str = "",
    variables: str = "",
    awake: bool = False,
    thread: str = "",
    ends_poll: str = "",
    not_before: datetime | None = None,
    broadcast_id: int | None = None,
    tip_number: int | None = None,
) -> dict[str, Any]:
    """The values of one outbox row; insert many of them at once with `queue`."""
    lane = f"c{contact_id}" if contact_id is not None else f"g{group_id}"
    if priority >= NEWS:
        lane = ("n" if priority == NEWS else "b") + lane
    body = Body(
        message.text,
        tuple((b.number, b.label, b.payload, b.url) for b in message.buttons),
        message.fixed,
        callback_id,
        erase,
        message.media,
        template,
        variables,
        awake,
        thread,
        (message.poll.question, message.poll.options, message.poll.right) if message.poll else None,
        ends_poll,
    )
    return {
        "lane": lane,
        "channel": channel,
        "contact_id": contact_id,
        "group_id": group_id,
        "priority": priority,
        "body": ring.seal("outbox", lane, _encoder.encode(body)),
        "status": "queued",
        "not_before": not_before or now,
        "attempts": 0,
        "resent": False,
        "provider_id": "",
        "template": template,
        "error_code": "",
        "broadcast_id": broadcast_id,
        "tip_number": tip_number,
        "created_at": to_the_hour(now),
    }


def open_body(ring: KeyRing, lane: str, sealed: bytes) -> Body:
    return _decoder.decode(ring.open("outbox", lane, sealed))


def to_the_hour(at: datetime) -> datetime:
    """A time that tells a day's story and not which two rows belong to one moment."""
    return at.replace(minute=0, second=0, microsecond=0)
