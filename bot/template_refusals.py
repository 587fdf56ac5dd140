"""A template that WhatsApp takes no more: what needs it stops, its officer and the operator hear."""

import logging
from datetime import datetime
from typing import Any

from prometheus_client import Gauge
from sqlalchemy import Connection, exists, or_, select

from bot import broadcasts, officers, outbox, templates
from bot.broadcast_rows import SENDING, WAITING, recipients
from bot.broadcast_rows import broadcasts as table
from bot.broadcast_words import unpacked
from bot.contacts import sessions
from bot.effects import Effects
from bot.outbox_rows import outbox as rows
from bot.service import Service
from bot.world import World
from flows.templates import by_use, shipped_templates

log = logging.getLogger(__name__)

REFUSED = Gauge(
    "kentongan_template_refused", "1 while WhatsApp refuses a template of ours.", ["template"]
)
WHY = "broadcasts.template_refused"


def refused(
    connection: Connection, service: Service, sid: str, status: str, reason: str, now: datetime
) -> None:
    """A message failed for its template. Said once: the next ones change nothing."""
    if name := templates.mark(connection, sid, status, reason, now):
        stop_what_needs(connection, service, name, sid, status, now)


def stop_what_needs(
    connection: Connection, service: Service, name: str, sid: str, status: str, now: datetime
) -> None:
    page_operator(name, status)
    for number, officer_id in _in_need(connection, name, sid, now):
        broadcasts.stop(connection, number, WHY, now)
        contact_id = officers.contact_of(connection, officer_id)
        if contact_id is not None:
            effects = Effects(connection, service, World(connection, service, None, now), now)
            effects.tell(contact_id, "notice.broadcast_stopped", {"number": str(number)})
            outbox.queue(connection, effects.rows)


def page_operator(name: str, status: str) -> None:
    log.error(
        "WhatsApp refuses the template %s: %s; see `kentongan templates status`", name, status
    )
    REFUSED.labels(name).set(1)


def _in_need(connection: Connection, name: str, sid: str, now: datetime) -> list[tuple[int, int]]:
    """(number, officer) of running broadcasts that have sent it, or whose next ones would be it."""
    used = exists().where(rows.c.broadcast_id == table.c.id, rows.c.template == sid)
    outside = (
        select(recipients.c.target)
        .outerjoin(sessions, sessions.c.contact_id == recipients.c.target)
        .where(
            recipients.c.broadcast_id == table.c.id,
            recipients.c.channel == "whatsapp",
            recipients.c.state == WAITING,
            or_(
                sessions.c.last_inbound_at.is_(None),
                sessions.c.last_inbound_at <= now - outbox.WINDOW,
            ),
        )
        .exists()
    )
    running = connection.execute(
        select(table.c.id, table.c.officer_id, table.c.kind, table.c.plan, used.label("used"))
        .where(table.c.status == SENDING, or_(used, outside))
        .order_by(table.c.id)
    ).all()
    return [(row.id, row.officer_id) for row in running if row.used or _wants(row, name)]


def _wants(row: Any, name: str) -> bool:
    plan = unpacked(row.plan) if row.plan else None
    if plan and plan.template:
        return plan.template == name
    usual = by_use(shipped_templates(), row.kind)
    return usual is not None and usual.name == name
