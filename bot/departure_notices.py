"""What comes unasked about a departure: reminders before the day, and the two of its family."""

from datetime import datetime
from typing import Any

from sqlalchemy import Connection, select

from bot import departures, outbox
from bot.contacts import contacts, sessions
from bot.service import NoOffice, Service
from bot.territory import zone_of
from bot.working_hours import WorkingCalendar
from flows.departure_checklist import counted
from flows.events import MessageCreated


def calendar_of(service: Service, place_code: str) -> WorkingCalendar:
    """Whose night counts: the person's own, by their village; the office's where it is unknown."""
    if place_code and not place_code.isalpha():
        return WorkingCalendar(zone_of(place_code))
    try:
        return service.office().calendar
    except NoOffice:
        return WorkingCalendar(zone_of(""))


def remind_due(connection: Connection, service: Service, now: datetime) -> int:
    """Queue every reminder that may be sent; how many. The row learns of it in this transaction,
    so that nobody is reminded twice."""
    told = 0
    for one in departures.due(connection, service.ring, now):
        zone = calendar_of(service, one.place_code).tz
        left = (one.plan.day - now.astimezone(zone).date()).days if one.plan.day else 0
        if left > 0:
            slots = {"days": str(left)} | counted(service.catalog.documents, one.plan)
            message = service.message("departure.reminder", slots)
            outbox.queue(connection, _to(connection, service, one.contact_id, message, now))
            told += 1
        departures.reminded(connection, one, zone, now)
    return told


def ask_traveller(
    connection: Connection, service: Service, contact_id: int, now: datetime
) -> list[dict[str, Any]]:
    """Somebody used the code. Without a push it is asked when the traveller opens the list.

    No buttons: a number typed in answer would go to the question that waits in the chat.
    """
    return _to(connection, service, contact_id, service.message("departure.asked_notice"), now)


def tell_relative(
    connection: Connection, service: Service, contact_id: int, now: datetime
) -> list[dict[str, Any]]:
    message = service.message("departure.allowed_notice")
    return _to(connection, service, contact_id, message, now)


def _to(
    connection: Connection,
    service: Service,
    contact_id: int,
    message: MessageCreated,
    now: datetime,
) -> list[dict[str, Any]]:
    """The row for one person, not before their morning; none for who stopped, is gone, or whose
    WhatsApp window is closed."""
    row = connection.execute(
        select(
            contacts.c.channel, contacts.c.place_code, contacts.c.opted_out_at,
            contacts.c.unreachable_at, sessions.c.last_inbound_at,
        )
        .outerjoin(sessions, sessions.c.contact_id == contacts.c.id)
        .where(contacts.c.id == contact_id)
    ).one()  # fmt: skip
    closed = row.channel == "whatsapp" and outbox.window_closed(row.last_inbound_at, now)
    if row.opted_out_at or row.unreachable_at or closed:
        return []
    quiet_until = calendar_of(service, row.place_code).quiet_until(now)
    return [
        outbox.row_for(
            service.ring, message, now, channel=row.channel, contact_id=contact_id,
            priority=outbox.NEWS, not_before=quiet_until,
        )
    ]  # fmt: skip
