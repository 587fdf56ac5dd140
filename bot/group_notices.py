"""A group in which nothing can be said any more: whoever bound it hears so once, in private."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, select

from bot import groups, officers, outbox
from bot.contacts import contacts
from bot.service import Service
from flows.village_group import KINDS


def lost(
    connection: Connection, service: Service, group_id: int, trouble: str, now: datetime
) -> list[dict[str, Any]]:
    """The group rests from now on. Rows for the outbox: nothing if it was known before."""
    row = groups.lose(connection, group_id, trouble)
    if row is None:
        return []
    place = service.gazetteer.place(row.place_code) if row.place_code else None
    contact = _whom(connection, row, service.today(now)) if place else None
    if place is None or contact is None:
        return []
    key = "officer_groups.left" if trouble == "left" else "officer_groups.muted"
    message = service.message(key, {"kind": KINDS[row.kind], "place": place.name})
    return [
        outbox.row_for(
            service.ring, message, now, channel=contact.channel, contact_id=contact.id,
            priority=outbox.NOTICE,
        )
    ]  # fmt: skip


def _whom(connection: Connection, row: Any, today: date) -> Any | None:
    """Who gave the code; where that one is gone, or nobody knows, an officer of the village."""
    wanted = [row.bound_by, *sorted(officers.of_village(connection, row.place_code, today))]
    found = connection.execute(
        select(officers.officers.c.id.label("officer_id"), contacts.c.id, contacts.c.channel)
        .join(contacts, contacts.c.id == officers.officers.c.contact_id)
        .where(officers.officers.c.id.in_(filter(None, wanted)), officers.officers.c.active)
    )
    there = {contact.officer_id: contact for contact in found}
    return next((there[one] for one in wanted if one in there), None)
