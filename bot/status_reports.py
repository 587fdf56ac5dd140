"""What providers report later about our messages: a row only ever climbs."""

from datetime import datetime
from typing import Any

from sqlalchemy import Connection, select, update

from bot import erasures
from bot.channels.base import StatusReport
from bot.outbox_rows import OPEN_STATES, open_body, outbox
from bot.sealing import KeyRing, SealBroken

_RANK = {"queued": 0, "sending": 1, "unknown": 2, "sent": 3, "delivered": 4, "read": 5}
"""Status callbacks come late, twice and out of order: a row only ever climbs (channels.md 1.9)."""

SURELY_WHOLE = 1000
"""Bytes of a sealed body that always leave as one message (the shortest part of a channel has
1500 characters). A longer one may go in parts, whose callbacks all name the same row."""


def has_sent(connection: Connection, provider_id: str) -> bool:
    """The provider's message of that id is the sending of some row (a rare question: no index)."""
    found = select(outbox.c.id).where(outbox.c.provider_id == provider_id).limit(1)
    return connection.execute(found).first() is not None


def record_status(
    connection: Connection, reports: list[StatusReport], ring: KeyRing, now: datetime
) -> list[bool]:
    """What providers report later. True where a row climbed."""
    return [_record_one(connection, report, ring, now) for report in reports]


def _record_one(connection: Connection, report: StatusReport, ring: KeyRing, now: datetime) -> bool:
    """Each of our messages names its row in its callback address; without it nothing is known.

    A row that is still on its way may be finished by a callback that was faster than our note.
    """
    row = connection.execute(
        select(
            outbox.c.id, outbox.c.status, outbox.c.provider_id, outbox.c.created_at,
            outbox.c.lane, outbox.c.body,
        ).where(outbox.c.id == report.outbox_id, outbox.c.channel == report.channel)
    ).first()  # fmt: skip
    if row is None or (row.provider_id and row.provider_id != report.provider_id):
        return False
    if row.status in OPEN_STATES and len(row.body or b"") > SURELY_WHOLE:
        return False  # perhaps its first part only: the sender itself notes how the whole ends
    if report.status == "failed":
        climbs = row.status not in ("delivered", "read", "failed")
    else:
        climbs = _RANK[report.status] > _RANK.get(row.status, 9)
    values: dict[str, Any] = {"provider_id": report.provider_id}
    if climbs:
        if row.body:
            _have_erased(connection, report, row, ring, now)
        values |= {
            "status": report.status, "body": None, "lease_until": None,
            "error_code": report.error_code, "not_before": row.created_at,
        }  # fmt: skip
    connection.execute(update(outbox).where(outbox.c.id == row.id).values(**values))
    return climbs


def _have_erased(
    connection: Connection, report: StatusReport, row: Any, ring: KeyRing, now: datetime
) -> None:
    """Its sender may never have learned that it left: what holds a report's words goes all the
    same."""
    try:
        erase = open_body(ring, row.lane, row.body).erase
    except SealBroken:
        return
    if erase:
        message = erasures.Message(report.provider_id)
        erasures.put(connection, ring, report.channel, message, now)
