"""Every message on its way out: one row each, sealed, in order within its lane.

A lane is one conversation (`c12` a person, `g3` a group; bulk has lanes of its own, so that a
reply never waits behind a broadcast). Within a lane the lowest id goes first and alone.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

import msgspec
from sqlalchemy import (
    Connection,
    Index,
    and_,
    bindparam,
    exists,
    func,
    literal_column,
    null,
    or_,
    select,
    text,
    update,
)
from sqlmodel import Field, SQLModel

from bot.channels.base import StatusReport
from bot.contacts import contacts
from bot.database import Moment
from bot.groups import groups
from bot.sealing import KeyRing
from flows.events import Button, MessageCreated

REPLY, NOTICE, BULK = 0, 1, 2
"""Priorities: answers first, then what somebody waits for, then what goes to many."""

OPEN_STATES = ("queued", "sending")
FINAL_STATES = ("sent", "delivered", "read", "failed", "parked", "cancelled", "unknown")
_RANK = {"queued": 0, "sending": 1, "unknown": 2, "sent": 3, "delivered": 4, "read": 5}
"""Status callbacks come late, twice and out of order: a row only ever climbs (channels.md 1.9)."""

LEASE = timedelta(seconds=60)
MAX_ATTEMPTS = 8


class OutboxRow(SQLModel, table=True):
    __tablename__ = "outbox"
    __table_args__ = (
        Index("outbox_lane", "lane", "id", sqlite_where=text("status IN ('queued', 'sending')"),
              postgresql_where=text("status IN ('queued', 'sending')")),
        Index("outbox_next", "channel", "status", "priority", "id"),
    )  # fmt: skip

    id: int | None = Field(default=None, primary_key=True)
    lane: str
    channel: str
    contact_id: int | None = Field(default=None, foreign_key="contact.id")
    group_id: int | None = Field(default=None, foreign_key="village_group.id")
    priority: int
    body: bytes | None = None
    """Sealed; wiped once the message has left or will never leave."""
    status: str = "queued"
    not_before: datetime = Field(sa_type=Moment)
    lease_until: datetime | None = Field(default=None, sa_type=Moment)
    attempts: int = 0
    resent: bool = False
    """Sent again after an unknown outcome: the person may have it twice."""
    provider_id: str = ""
    error_code: str = ""
    broadcast_id: int | None = Field(default=None, foreign_key="broadcast.id", index=True)
    created_at: datetime = Field(sa_type=Moment)


class Body(msgspec.Struct, omit_defaults=True):
    """What is sealed in a row."""

    text: str
    buttons: tuple[tuple[str, str, str, str], ...] = ()
    fixed: bool = False
    callback_id: str = ""

    def shown_buttons(self) -> tuple[Button, ...]:
        return tuple(Button(*button) for button in self.buttons)


class Claimed(msgspec.Struct):
    """A row that a sender holds: everything it needs to send it."""

    id: int
    lane: str
    contact_id: int | None
    group_id: int | None
    priority: int
    attempts: int
    to: bytes
    to_index: bytes
    body: bytes
    opted_out: bool
    unreachable: bool


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
    not_before: datetime | None = None,
    broadcast_id: int | None = None,
) -> dict[str, Any]:
    """The values of one outbox row; insert many of them at once with `queue`."""
    lane = f"c{contact_id}" if contact_id is not None else f"g{group_id}"
    if priority == BULK:
        lane = "b" + lane
    body = Body(
        message.text,
        tuple((b.number, b.label, b.payload, b.url) for b in message.buttons),
        message.fixed,
        callback_id,
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
        "error_code": "",
        "broadcast_id": broadcast_id,
        "created_at": now,
    }


# RETURNING makes SQLAlchemy write all rows in one statement. Without it the driver steps row by
# row, lets go of Python's lock at each, and the web loop makes the writer wait for it again.
_INSERT = outbox.insert().returning(outbox.c.id)


def queue(connection: Connection, rows: list[dict[str, Any]]) -> None:
    if rows:
        connection.execute(_INSERT, rows)


def open_body(ring: KeyRing, lane: str, sealed: bytes) -> Body:
    return _decoder.decode(ring.open("outbox", lane, sealed))


_earlier = outbox.alias("earlier")
_CLAIM = (
    select(
        outbox.c.id, outbox.c.lane, outbox.c.contact_id, outbox.c.group_id, outbox.c.priority,
        outbox.c.attempts,
        func.coalesce(contacts.c.address, groups.c.chat),
        func.coalesce(contacts.c.address_index, groups.c.chat_index),
        outbox.c.body,
        contacts.c.opted_out_at.is_not(None),
        contacts.c.unreachable_at.is_not(None),
    )
    .select_from(
        outbox.outerjoin(contacts, contacts.c.id == outbox.c.contact_id)
        .outerjoin(groups, groups.c.id == outbox.c.group_id)
    )
    .where(
        outbox.c.channel == bindparam("channel"),
        outbox.c.status == "queued",
        outbox.c.not_before <= bindparam("now", type_=Moment()),
        ~exists().where(
            and_(
                _earlier.c.lane == outbox.c.lane,
                _earlier.c.id < outbox.c.id,
                # Literal, not bound: only then do both databases use the partial index.
                text("earlier.status IN ('queued', 'sending')"),
            )
        ),
    )
    .order_by(outbox.c.priority, outbox.c.id)
    .limit(bindparam("most"))
)  # fmt: skip
_LEASE = (
    update(outbox)
    .where(outbox.c.id.in_(bindparam("row_ids", expanding=True)))
    .values(status="sending", lease_until=bindparam("until"), attempts=outbox.c.attempts + 1)
)


def claim(connection: Connection, channel: str, now: datetime, most: int) -> list[Claimed]:
    """Take the next rows, at most one a lane, and hold them for `LEASE`."""
    statement = _CLAIM
    if connection.dialect.name == "postgresql":
        statement = _CLAIM.with_for_update(of=outbox, skip_locked=True)
    rows = connection.execute(statement, {"channel": channel, "now": now, "most": most}).all()
    if rows:
        until = now + LEASE
        connection.execute(_LEASE, {"row_ids": [row[0] for row in rows], "until": until})
    return [Claimed(*row) for row in rows]


_SENT = (
    update(outbox)
    .where(outbox.c.id == bindparam("row_id"), outbox.c.status == literal_column("'sending'"))
    .values(
        status=literal_column("'sent'"),
        provider_id=bindparam("sid"),
        error_code=literal_column("''"),
        body=null(),
        lease_until=null(),
    )
)
_LEARN = (
    update(outbox)
    .where(outbox.c.id == bindparam("row_id"), outbox.c.provider_id == "")
    .values(provider_id=bindparam("sid"), body=None)
)


def mark_sent(connection: Connection, sent: list[tuple[int, str]]) -> None:
    """(id, provider's id) of rows that the provider took.

    A callback may have been faster than our own note: such a row keeps its state and only
    learns the provider's id.
    """
    rows = [{"row_id": row_id, "sid": sid} for row_id, sid in sent]
    if rows and connection.execute(_SENT, rows).rowcount < len(rows):
        connection.execute(_LEARN, rows)


def finish(connection: Connection, row_id: int, state: str, error_code: str) -> None:
    """The row will never be sent (again): its final state, why, and no text any more."""
    connection.execute(
        update(outbox)
        .where(outbox.c.id == row_id, outbox.c.status == "sending")
        .values(status=state, error_code=error_code, body=None, lease_until=None)
    )


def put_back(
    connection: Connection,
    row_id: int,
    lane: str,
    not_before: datetime,
    error: str,
    *,
    tried: bool = True,
) -> None:
    """Send this row later; the rest of its lane waits with it, so order is kept.

    What was not really tried (paced, a channel that is down) does not count as an attempt.
    """
    connection.execute(
        update(outbox)
        .where(outbox.c.id == row_id)
        .values(
            status="queued", not_before=not_before, lease_until=None, error_code=error,
            attempts=outbox.c.attempts - (0 if tried else 1),
        )
    )  # fmt: skip
    connection.execute(
        update(outbox)
        .where(outbox.c.lane == lane, outbox.c.status == "queued", outbox.c.not_before < not_before)
        .values(not_before=not_before)
    )


def resend(connection: Connection, row: Any, now: datetime) -> None:
    """Send a stranded row once more, marked, unless somebody has settled it meanwhile."""
    connection.execute(
        update(outbox)
        .where(
            outbox.c.id == row.id,
            outbox.c.status == "sending",
            outbox.c.lease_until == row.lease_until,
        )
        .values(status="queued", resent=True, not_before=now, lease_until=None)
    )


def stranded(connection: Connection, channel: str, now: datetime, grace: timedelta) -> list[Any]:
    """Rows whose sender died or whose outcome is unknown, once callbacks had time to settle them."""
    return list(
        connection.execute(
            select(
                outbox.c.id, outbox.c.lane, outbox.c.priority, outbox.c.resent, outbox.c.body,
                outbox.c.lease_until, outbox.c.contact_id, outbox.c.group_id,
                func.coalesce(contacts.c.address, groups.c.chat).label("to"),
                func.coalesce(contacts.c.address_index, groups.c.chat_index).label("to_index"),
            )
            .select_from(
                outbox.outerjoin(contacts, contacts.c.id == outbox.c.contact_id)
                .outerjoin(groups, groups.c.id == outbox.c.group_id)
            )
            .where(
                outbox.c.channel == channel,
                outbox.c.status == "sending",
                outbox.c.lease_until <= now - grace,
            )
            .order_by(outbox.c.id)
            .limit(200)
        )
    )  # fmt: skip


def release(connection: Connection, channel: str, now: datetime) -> int:
    """A new sender takes the channel: what the old one still held is settled without its lease.

    Each crash allows one more resend (else a row that two crashes meet would be lost), but a
    message that is in the way of every crash ends after MAX_ATTEMPTS.
    """
    connection.execute(
        update(outbox)
        .where(
            outbox.c.channel == channel, outbox.c.status == "sending", outbox.c.resent,
            outbox.c.attempts < MAX_ATTEMPTS,
        )
        .values(resent=False)
    )  # fmt: skip
    return connection.execute(
        update(outbox)
        .where(
            outbox.c.channel == channel, outbox.c.status == "sending", outbox.c.lease_until > now
        )
        .values(lease_until=now)
    ).rowcount


def has_sent(connection: Connection, provider_id: str) -> bool:
    """The provider's message of that id is the sending of some row (a rare question: no index)."""
    found = select(outbox.c.id).where(outbox.c.provider_id == provider_id).limit(1)
    return connection.execute(found).first() is not None


def record_status(connection: Connection, reports: list[StatusReport]) -> list[bool]:
    """What providers report later. True where a row climbed."""
    return [_record_one(connection, report) for report in reports]


def _record_one(connection: Connection, report: StatusReport) -> bool:
    """Each of our messages names its row in its callback address; without it nothing is known."""
    row = connection.execute(
        select(outbox.c.id, outbox.c.status, outbox.c.provider_id).where(
            outbox.c.id == report.outbox_id, outbox.c.channel == report.channel
        )
    ).first()
    if row is None or (row.provider_id and row.provider_id != report.provider_id):
        return False
    if report.status == "failed":
        climbs = row.status not in ("delivered", "read", "failed")
    else:
        climbs = _RANK[report.status] > _RANK.get(row.status, 9)
    values: dict[str, Any] = {"provider_id": report.provider_id}
    if climbs:
        values |= {"status": report.status, "body": None, "lease_until": None}
        if report.error_code:
            values["error_code"] = report.error_code
    connection.execute(update(outbox).where(outbox.c.id == row.id).values(**values))
    return climbs


def counts(connection: Connection, broadcast_id: int) -> dict[str, int]:
    """Rows of a broadcast by state: the report is these rows and nothing else."""
    rows = connection.execute(
        select(outbox.c.status, func.count())
        .where(outbox.c.broadcast_id == broadcast_id)
        .group_by(outbox.c.status)
    )
    return {status: int(count) for status, count in rows}


def oldest_waiting(connection: Connection, now: datetime) -> Mapping[str, datetime]:
    """Per channel, since when the oldest message that should have left is waiting."""
    rows = connection.execute(
        select(outbox.c.channel, func.min(outbox.c.not_before))
        .where(outbox.c.status.in_(OPEN_STATES), outbox.c.not_before <= now)
        .group_by(outbox.c.channel)
    )
    return {row[0]: row[1] for row in rows}


def has_open(connection: Connection, channel: str) -> bool:
    """Anything of this channel is still on its way."""
    found = (
        select(outbox.c.id)
        .where(outbox.c.channel == channel, outbox.c.status.in_(OPEN_STATES))
        .limit(1)
    )
    return connection.execute(found).first() is not None


def next_moment(connection: Connection) -> datetime | None:
    """When the next waiting message may leave (for a clock that is moved by hand)."""
    return connection.execute(
        select(func.min(outbox.c.not_before)).where(outbox.c.status == "queued")
    ).scalar()


def cancel_bulk(connection: Connection, contact_id: int) -> int:
    """STOP: what was going to many does not go to this one any more."""
    return connection.execute(
        update(outbox)
        .where(
            outbox.c.contact_id == contact_id,
            outbox.c.status == "queued",
            outbox.c.priority == BULK,
        )
        .values(status="cancelled", body=None)
    ).rowcount


def window_closed(last_inbound_at: datetime | None, now: datetime) -> bool:
    """WhatsApp's 24 hours, closed ten minutes early to be safe (channels.md 1.7)."""
    return last_inbound_at is None or now - last_inbound_at > timedelta(hours=23, minutes=50)


def purge(connection: Connection, before: datetime) -> int:
    """Old finished rows go; they hold no text, only that something was sent."""
    return connection.execute(
        outbox.delete().where(
            outbox.c.created_at < before,
            outbox.c.status.in_(FINAL_STATES),
            or_(
                outbox.c.broadcast_id.is_(None), outbox.c.created_at < before - timedelta(days=365)
            ),
        )
    ).rowcount
