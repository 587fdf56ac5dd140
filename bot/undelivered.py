"""What a message teaches that was not delivered, at once or by a later callback.

A shut window, a limit that is met: its recipient is looked at anew (`bot/feeding.py`), once as a
template, or parked; the message's row goes, so that a callback that is repeated finds nothing and
the recipient is in one state. A template that is refused concerns everything that needs it.
"""

import logging
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, delete, exists, func, select, update

from bot import contacts, outbox, template_refusals, templates
from bot.broadcast_rows import (
    CANCELLED,
    DONE,
    OPEN,
    PARKED,
    PAUSED,
    SENDING,
    WAITING,
    broadcasts,
    recipients,
    shares,
)
from bot.channels.base import (
    ChannelDown,
    RetryLater,
    SendError,
    StatusReport,
    TemplateRefused,
    Unreachable,
    WindowClosed,
)
from bot.channels.twilio_wire import failure
from bot.contacts import sessions
from bot.feeding import PARKED_STAYS, TAKEN_BACK, TURN, UNCAPPED
from bot.outbox_rows import outbox as rows
from bot.service import Service

log = logging.getLogger(__name__)

LIMIT = "63018"
LATER = timedelta(hours=1)
"""After a limit that a callback tells of: it is none of people a day."""
SETTLES = timedelta(minutes=10)
"""How late a callback may be: it says nothing of a window that was opened since."""


def record(
    connection: Connection, service: Service, reports: list[StatusReport], now: datetime
) -> list[bool]:
    """What providers report later, and what follows from it. True where a row climbed."""
    failed = [report.outbox_id for report in reports if report.status == "failed"]
    hold(connection, [row_id for row_id in failed if row_id is not None])
    climbed = outbox.record_status(connection, reports, service.ring, now)
    for report, climbs in zip(reports, climbed, strict=True):
        teaches = climbs and report.status == "failed" and report.channel == "whatsapp"
        if teaches and report.outbox_id is not None:
            _learn(connection, service, report.outbox_id, report.error_code, now)
    return climbed


def hold(connection: Connection, row_ids: list[int]) -> None:
    """The broadcasts of these messages, in one order and before the messages themselves: so do all
    who pause, cancel and feed them."""
    if row_ids:
        concerned = select(rows.c.broadcast_id).where(rows.c.id.in_(row_ids))
        connection.execute(
            select(broadcasts.c.id)
            .where(broadcasts.c.id.in_(concerned))
            .order_by(*TURN)
            .with_for_update()
        )


def _learn(connection: Connection, service: Service, row_id: int, code: str, now: datetime) -> None:
    error = failure(code)
    match error:
        case ChannelDown():
            log.error("channel whatsapp refuses us (%s): check its account", code)
        case Unreachable():
            contact = select(rows.c.contact_id).where(rows.c.id == row_id)
            if (contact_id := connection.execute(contact).scalar()) is not None:
                contacts.change(connection, contact_id, unreachable_at=now)
        case RetryLater(whole_channel=True) if not taken_back(
            connection, service, row_id, error, now
        ):
            if row := _row(connection, row_id):
                _again(connection, row, WAITING, now + LATER, now)
        case _:
            taken_back(connection, service, row_id, error, now)


def taken_back(
    connection: Connection, service: Service, row_id: int, error: SendError, now: datetime
) -> bool:
    """Draw the conclusions of a failure; True where its row is gone, since its recipient of a
    broadcast waits or is parked again."""
    if not isinstance(error, WindowClosed | TemplateRefused) and error.code != LIMIT:
        return False
    if (row := _row(connection, row_id)) is None:
        return False
    match error:
        case WindowClosed():
            shut = _shut_window(connection, row.contact_id, now)
            if row.template:  # once as a template, and no second time
                return _again(connection, row, PARKED, now, now)
            return _again(connection, row, WAITING, now if shut else now + SETTLES, now)
        case TemplateRefused(status=status):
            template_refusals.refused(connection, service, row.template, status, error.code, now)
        case _ if row.template:
            log.error("WhatsApp's limit of people a day is met: no template for a day")
            templates.rest(connection, now)
            return _again(connection, row, WAITING, now + templates.REST, now)
    return False


def given_back(connection: Connection, row_id: int) -> None:
    """The channel did not take it and it waits in the outbox once more: not so where its broadcast
    was paused, ended or taken back while it was being sent. The caller holds the broadcast."""
    found = connection.execute(
        select(
            rows.c.contact_id, rows.c.group_id, rows.c.broadcast_id, broadcasts.c.status,
            TAKEN_BACK.label("taken_back"),
        )
        .join(broadcasts, broadcasts.c.id == rows.c.broadcast_id)
        .where(rows.c.id == row_id, rows.c.status == "queued")
    ).first()  # fmt: skip
    if found is None or (found.status in (SENDING, DONE) and not found.taken_back):
        return
    target = found.contact_id if found.contact_id is not None else -found.group_id
    connection.execute(delete(rows).where(rows.c.id == row_id))
    connection.execute(
        update(recipients)
        .where(recipients.c.broadcast_id == found.broadcast_id, recipients.c.target == target)
        .values(state=WAITING if found.status == PAUSED else CANCELLED)
    )


def _row(connection: Connection, row_id: int) -> Any | None:
    """A message to a person; groups have no window and get no template."""
    return connection.execute(
        select(rows.c.id, rows.c.contact_id, rows.c.broadcast_id, rows.c.template)
        .where(rows.c.id == row_id, rows.c.contact_id.is_not(None))
    ).first()  # fmt: skip


def _shut_window(connection: Connection, contact_id: int, now: datetime) -> bool:
    """Nothing but a template leaves for them until they write; False where they have just done
    so, and the window the provider speaks of is an older one."""
    mine = sessions.c.contact_id == contact_id, sessions.c.last_inbound_at > now - SETTLES
    if connection.execute(select(exists().where(*mine))).scalar():
        return False
    connection.execute(
        update(sessions)
        .where(
            sessions.c.contact_id == contact_id, sessions.c.last_inbound_at > now - outbox.WINDOW
        )
        .values(last_inbound_at=now - timedelta(hours=24))
    )
    return True


def _again(connection: Connection, row: Any, state: str, at: datetime, now: datetime) -> bool:
    """The recipient is no longer `handed`: parked, or waiting for that moment, or, where the
    broadcast has ended meanwhile, in its last state. False for what is no broadcast."""
    if row.broadcast_id is None:
        return False
    found = connection.execute(
        select(broadcasts, TAKEN_BACK.label("taken_back"))
        .where(broadcasts.c.id == row.broadcast_id)
        .with_for_update(of=broadcasts)
    ).one()
    if state == WAITING and found.starts_at and now - found.starts_at > PARKED_STAYS:
        return False  # tried for a week: its row says how it ended
    if found.status not in (*OPEN, DONE) or found.taken_back:
        state = CANCELLED
    elif found.expires_at is not None and found.expires_at <= now:
        state = "expired"
    connection.execute(delete(rows).where(rows.c.id == row.id))
    connection.execute(
        update(recipients)
        .where(recipients.c.broadcast_id == row.broadcast_id, recipients.c.target == row.contact_id)
        .values(state=state, not_before=at)
    )
    if state == WAITING and found.status == DONE:
        connection.execute(
            update(broadcasts)
            .where(broadcasts.c.id == row.broadcast_id)
            .values(status=SENDING, ended_at=None)
        )
    if row.template or found.kind not in UNCAPPED:
        _give_back(connection, row.contact_id)
    return True


def _give_back(connection: Connection, contact_id: int) -> None:
    """What they did not get is no part of their week."""
    last = select(func.max(shares.c.id)).where(shares.c.contact_id == contact_id)
    connection.execute(delete(shares).where(shares.c.id == last.scalar_subquery()))
