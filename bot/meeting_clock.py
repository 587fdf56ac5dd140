"""Who said that they come is reminded: the evening before, and two hours before; by day only."""

from datetime import datetime, time, timedelta
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, func, or_, select, update

from bot import outbox
from bot.contacts import contacts, sessions
from bot.meeting_rows import PLANNED, answers, meetings
from bot.territory import zone_of
from bot.working_hours import quiet_until
from flows.events import MessageCreated
from flows.meeting_plan import MeetingPlan
from flows.times import say_time

if TYPE_CHECKING:
    from bot.service import Service

EVENING = time(17)
"""Of the day before, on the village's clock."""
BEFORE = timedelta(hours=2)
MORNING = time(6)
"""Nobody is woken for a meeting at seven."""


def next_reminder(plan: MeetingPlan, now: datetime) -> datetime | None:
    """The first of the two moments that is still to come."""
    zone = ZoneInfo(zone_of(plan.place_code))
    starts = plan.starts_at.astimezone(zone)
    evening = datetime.combine(starts.date() - timedelta(days=1), EVENING, zone)
    soon = max(starts - BEFORE, datetime.combine(starts.date(), MORNING, zone))
    return next((at for at in (evening, soon) if now < at < starts), None)


def remind_due(connection: Connection, service: "Service", now: datetime) -> int:
    """Queue the reminders whose moment has come; how many. What is late goes by day, or not at all
    once the meeting has begun. The row learns of it in this transaction: nobody is told twice."""
    due = connection.execute(
        select(meetings)
        .where(meetings.c.status == PLANNED, meetings.c.remind_at <= now)
        .order_by(meetings.c.id)
        .with_for_update()
    ).all()
    told = 0
    for row in due:
        zone = ZoneInfo(zone_of(row.place_code))
        morning = quiet_until(now, zone)
        if morning > now and morning < row.starts_at:
            _change(connection, row.id, remind_at=morning)
            continue
        if morning <= now < row.starts_at:
            told += _remind(connection, service, row, now)
        plan = MeetingPlan(
            row.place_code, row.title, row.where, row.starts_at, row.ends_at, row.speakers
        )
        _change(connection, row.id, remind_at=next_reminder(plan, now), reminded_at=now)
    return told


def next_moment(connection: Connection) -> datetime | None:
    """For a clock that is moved by hand."""
    return connection.execute(
        select(func.min(meetings.c.remind_at)).where(meetings.c.status == PLANNED)
    ).scalar()


def _remind(connection: Connection, service: "Service", row: Any, now: datetime) -> int:
    local = service.office_of(row.office_code).calendar.local
    today = local(now).date() == local(row.starts_at).date()
    message = service.message(
        "meetings.reminder_today" if today else "meetings.reminder",
        {"title": row.title, "when": say_time(local(row.starts_at)), "where": row.where},
    )
    coming = select(answers.c.contact_id).where(
        answers.c.meeting_id == row.id, answers.c.coming != "no"
    )
    found = connection.execute(coming.order_by(answers.c.contact_id)).scalars().all()
    rows = to_contacts(connection, service, found, message, now)
    outbox.queue(connection, rows)
    return len(rows)


def to_contacts(
    connection: Connection,
    service: "Service",
    contact_ids: Any,
    message: MessageCreated,
    now: datetime,
) -> list[dict[str, Any]]:
    """A row for each who may be told now: not after STOP, not where the chat is closed, on WhatsApp
    only inside the 24 hours; where it is night in the morning."""
    people = connection.execute(
        select(contacts.c.id, contacts.c.channel, contacts.c.place_code)
        .outerjoin(sessions, sessions.c.contact_id == contacts.c.id)
        .where(
            contacts.c.id.in_(list(contact_ids)),
            contacts.c.opted_out_at.is_(None),
            contacts.c.unreachable_at.is_(None),
            or_(
                contacts.c.channel != "whatsapp", sessions.c.last_inbound_at >= now - outbox.WINDOW
            ),
        )
        .order_by(contacts.c.id)
    )
    return [
        outbox.row_for(
            service.ring, message, now, channel=one.channel, contact_id=one.id,
            priority=outbox.NEWS,
            not_before=quiet_until(now, ZoneInfo(zone_of(one.place_code))),
        )
        for one in people
    ]  # fmt: skip


def _change(connection: Connection, number: int, **values: object) -> None:
    connection.execute(update(meetings).where(meetings.c.id == number).values(**values))
