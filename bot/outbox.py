"""Every message on its way out: one row each, sealed, in order within its lane.

A lane is one conversation (`c12` a person, `g3` a group; news and bulk have lanes of their own, so
that a reply never waits behind a broadcast). Within a lane the lowest id goes first and alone.
"""

from collections.abc import Collection, Mapping
from datetime import datetime, timedelta
from typing import Any

import msgspec
from sqlalchemy import (
    Connection,
    Select,
    and_,
    bindparam,
    exists,
    func,
    or_,
    select,
    text,
    update,
)

from bot.contacts import contacts, sessions
from bot.database import Moment
from bot.groups import groups
from bot.outbox_rows import (
    BULK,
    FINAL_STATES,
    NEWS,
    NOTICE,
    OPEN_STATES,
    REPLY,
    Body,
    OutboxRow,
    open_body,
    outbox,
    row_for,
    to_the_hour,
)
from bot.status_reports import has_sent, record_status

__all__ = [
    "BULK", "FINAL_STATES", "NEWS", "NOTICE", "OPEN_STATES", "REPLY", "Body", "OutboxRow",
    "has_sent", "open_body", "outbox", "record_status", "row_for", "to_the_hour",
]  # fmt: skip

LEASE = timedelta(seconds=60)
MAX_ATTEMPTS = 8
PATIENCE = timedelta(hours=48)
"""How long a reply or a notice is tried at least before it is given up."""
REPLIES_STAY = timedelta(hours=24)
"""How long a row says that somebody was answered; longer, and it tells who writes to us when."""
PARKED_STAYS = timedelta(days=7)
"""How long a text waits for somebody to write again."""
WINDOW = timedelta(hours=23, minutes=50)
"""WhatsApp's 24 hours, closed ten minutes early to be safe (channels.md 1.7)."""
_CHANNELS = ("whatsapp", "telegram", "simulator")


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
    body: bytes | None
    opted_out: bool
    unreachable: bool
    last_inbound_at: datetime | None
    created_at: datetime
    place_code: str | None
    erase: str = ""
    """As its body says, once that was opened."""
    awake: bool = False
    """The same."""

    def is_given_up(self, now: datetime) -> bool:
        """After this failed try: tried often enough, and, where somebody waits for it, long enough."""
        tried_enough = self.attempts + 1 >= MAX_ATTEMPTS
        return tried_enough and (self.priority == BULK or now - self.created_at >= PATIENCE)


# RETURNING makes SQLAlchemy write all rows in one statement. Without it the driver steps row by
# row, lets go of Python's lock at each, and the web loop makes the writer wait for it again.
_INSERT = outbox.insert().returning(outbox.c.id)


def queue(connection: Connection, rows: list[dict[str, Any]]) -> None:
    """Sorted by whom they are for: two processes then touch people and groups in one order."""
    if rows:
        rows = sorted(rows, key=lambda row: (row["contact_id"] or 0, row["group_id"] or 0))
        connection.execute(_INSERT, rows)


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
        sessions.c.last_inbound_at,
        outbox.c.created_at,
        func.coalesce(contacts.c.place_code, groups.c.place_code),
    )
    .select_from(
        outbox.outerjoin(contacts, contacts.c.id == outbox.c.contact_id)
        .outerjoin(sessions, sessions.c.contact_id == outbox.c.contact_id)
        .outerjoin(groups, groups.c.id == outbox.c.group_id)
    )
    .where(
        outbox.c.channel == bindparam("channel"),
        outbox.c.status == "queued",
        outbox.c.priority.between(bindparam("first"), bindparam("last")),
        outbox.c.not_before <= bindparam("now", type_=Moment()),
        ~exists().where(
            and_(
                _earlier.c.lane == outbox.c.lane,
                _earlier.c.id < outbox.c.id,
                # Literal, not bound: only then do both databases use the partial index.
                text("earlier.status IN ('queued', 'sending')"),
                # What waits for its own time (a nudge, for the morning) is in nobody's way; what
                # was taken up and put back (attempts, or why not) comes before all behind it.
                or_(
                    _earlier.c.not_before <= bindparam("now", type_=Moment()),
                    text("earlier.status = 'sending'"),
                    _earlier.c.attempts > 0,
                    _earlier.c.error_code != "",
                ),
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


def claim(
    connection: Connection,
    channel: str,
    now: datetime,
    most: int,
    *,
    priorities: tuple[int, int] = (REPLY, BULK),
) -> list[Claimed]:
    """Take the next rows of these priorities (first, last), at most one a lane, and hold them for
    `LEASE`."""
    statement: Select[Any] = _CLAIM
    if connection.dialect.name == "postgresql":
        statement = _CLAIM.with_for_update(of=outbox, skip_locked=True)
    first, last = priorities
    given = {"channel": channel, "now": now, "most": most, "first": first, "last": last}
    rows = connection.execute(statement, given).all()
    if rows:
        until = now + LEASE
        connection.execute(_LEASE, {"row_ids": [row[0] for row in rows], "until": until})
    return [Claimed(*row) for row in rows]


# Plain SQL: SQLAlchemy's handling of each row's parameters costs more than the update itself.
_SENT = (
    "UPDATE outbox SET status = 'sent', provider_id = {0}, error_code = '', body = NULL, "
    "lease_until = NULL, not_before = created_at WHERE id = {0} AND status = 'sending'"
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
    if not sent:
        return
    mark = "?" if connection.dialect.paramstyle == "qmark" else "%s"
    noted = connection.exec_driver_sql(_SENT.format(mark), [(sid, row_id) for row_id, sid in sent])
    if noted.rowcount < len(sent):
        connection.execute(_LEARN, [{"row_id": row_id, "sid": sid} for row_id, sid in sent])


def finish(connection: Connection, row_id: int, state: str, error_code: str) -> None:
    """The row will never be sent (again): its final state, why, and no text any more.

    Parked replies and notices keep their sealed text until `unpark` or `clear`.
    """
    values: dict[str, Any] = {
        "status": state, "error_code": error_code, "lease_until": None,
        "not_before": outbox.c.created_at,
    }  # fmt: skip
    mine = update(outbox).where(outbox.c.id == row_id, outbox.c.status == "sending")
    if state == "parked":
        connection.execute(mine.where(outbox.c.priority != BULK).values(**values))
    connection.execute(mine.values(**values, body=None))


def unpark(connection: Connection, contact_ids: Collection[int], now: datetime) -> int:
    """They wrote again, so the window is open: what waited for that is queued once more."""
    if not contact_ids:
        return 0
    return connection.execute(
        update(outbox)
        .where(
            outbox.c.channel.in_(_CHANNELS),  # with status and priority: the index finds the few
            outbox.c.status == "parked",
            outbox.c.priority.in_((REPLY, NOTICE, NEWS)),
            outbox.c.contact_id.in_(contact_ids),
            outbox.c.body.is_not(None),
        )
        .values(status="queued", not_before=now, attempts=0, error_code="")
    ).rowcount


def put_back(
    connection: Connection,
    row_id: int,
    lane: str,
    not_before: datetime,
    error: str,
    *,
    tried: bool = True,
) -> bool:
    """Send this row later; the rest of its lane waits with it, so order is kept.

    What was not really tried (paced, a channel that is down) does not count as an attempt, so
    it needs an `error`: by that the lane knows that it was taken up before. False when the row
    was settled meanwhile (a callback).
    """
    changed = connection.execute(
        update(outbox)
        .where(outbox.c.id == row_id, outbox.c.status == "sending")
        .values(
            status="queued", not_before=not_before, lease_until=None, error_code=error,
            attempts=outbox.c.attempts - (0 if tried else 1),
        )
    )  # fmt: skip
    if not changed.rowcount:
        return False
    connection.execute(
        update(outbox)
        .where(outbox.c.lane == lane, outbox.c.status == "queued", outbox.c.not_before < not_before)
        .values(not_before=not_before)
    )
    return True


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


def oldest_waiting(connection: Connection, now: datetime) -> Mapping[str, datetime]:
    """Per channel, since when the oldest message that should have left is waiting."""
    rows = connection.execute(
        select(outbox.c.channel, func.min(outbox.c.not_before))
        .where(outbox.c.status.in_(OPEN_STATES), outbox.c.not_before <= now)
        .group_by(outbox.c.channel)
    )
    return {row[0]: row[1] for row in rows}


def next_moment(connection: Connection) -> datetime | None:
    """When the next waiting message may leave (for a clock that is moved by hand)."""
    return connection.execute(
        select(func.min(outbox.c.not_before)).where(outbox.c.status == "queued")
    ).scalar()


def cancel_unasked(connection: Connection, contact_id: int) -> int:
    """STOP: what nobody asked for does not leave any more, nor when it waits for the window."""
    waits = outbox.c.status == "queued"
    news = and_(outbox.c.priority == NEWS, outbox.c.status.in_(("sending", "parked")))
    return connection.execute(
        update(outbox)
        .where(outbox.c.contact_id == contact_id, outbox.c.priority >= NEWS, or_(waits, news))
        .values(status="cancelled", body=None)
    ).rowcount


def cancel_waiting(connection: Connection, contact_id: int) -> int:
    """AMAN: nothing that still waits for this person leaves any more, bulk apart."""
    waits = outbox.c.status.in_(("queued", "parked"))
    return connection.execute(
        update(outbox)
        .where(outbox.c.contact_id == contact_id, outbox.c.priority != BULK, waits)
        .values(status="cancelled", body=None)
    ).rowcount


def window_closed(last_inbound_at: datetime | None, now: datetime) -> bool:
    return last_inbound_at is None or now - last_inbound_at > WINDOW


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


def clear(connection: Connection, now: datetime) -> int:
    """Daily or more often: replies that left a day ago go, and texts that nobody came to read."""
    connection.execute(
        update(outbox)
        .where(
            outbox.c.status == "parked",
            outbox.c.body.is_not(None),
            outbox.c.created_at < now - PARKED_STAYS,
        )
        .values(body=None)
    )
    return connection.execute(
        outbox.delete().where(
            outbox.c.priority == REPLY,
            outbox.c.status.in_(FINAL_STATES),
            outbox.c.body.is_(None),
            outbox.c.created_at < now - REPLIES_STAY,
        )
    ).rowcount
