"""What an officer hears of a broadcast while it runs and when it has ended, from the rows."""

from datetime import datetime, timedelta

from sqlalchemy import Connection, or_, select

from bot import broadcast_report, broadcasts, officers, outbox, relays
from bot.broadcast_rows import DONE, SENDING, STOPPED
from bot.effects import Effects
from bot.service import Service
from bot.world import World
from flows.broadcast_said import bar, say_counts, say_forwarded, why_stopped

FIRST = timedelta(minutes=2)
"""A broadcast that takes longer tells how far it is, and then every `EVERY`."""
EVERY = timedelta(minutes=15)
_rows = broadcasts.broadcasts


def tell_due(connection: Connection, service: Service, now: datetime) -> int:
    """End what has ended, report it once, and say how far the long ones are; how many messages."""
    broadcasts.end_due(connection, now)
    return _report(connection, service, now) + _progress(connection, service, now)


def _report(connection: Connection, service: Service, now: datetime) -> int:
    ended = connection.execute(
        select(_rows.c.id, _rows.c.officer_id, _rows.c.status, _rows.c.stopped_why).where(
            _rows.c.reported_at.is_(None), _rows.c.status.in_((DONE, STOPPED))
        )
    ).all()
    for row in ended:
        broadcasts.reported(connection, row.id, now)
        slots = {"number": str(row.id), "counts": _said(connection, row.id)}
        if row.status == STOPPED:
            slots["why"] = service.catalog.wording.say(why_stopped(row.stopped_why)).strip()
        key = "broadcasts.stopped" if row.status == STOPPED else "notice.broadcast"
        _tell(connection, service, row.officer_id, key, slots, now)
    return len(ended)


def _progress(connection: Connection, service: Service, now: datetime) -> int:
    running = connection.execute(
        select(_rows.c.id, _rows.c.officer_id).where(
            _rows.c.status == SENDING,
            _rows.c.starts_at <= now - FIRST,
            or_(_rows.c.told_at.is_(None), _rows.c.told_at <= now - EVERY),
        )
    ).all()
    told = 0
    for row in running:
        counted = broadcast_report.counts(connection, row.id)
        done, every = broadcast_report.progress(counted)
        if done == every:
            continue
        slots = {
            "number": str(row.id), "done": str(done), "of": str(every), "bar": bar(done, every),
        }  # fmt: skip
        broadcasts.told(connection, row.id, now)
        _tell(connection, service, row.officer_id, "broadcasts.progress", slots, now)
        told += 1
    return told


def _said(connection: Connection, number: int) -> str:
    forwarded = say_forwarded(*relays.report(connection, number))
    return say_counts(broadcast_report.counts(connection, number)) + forwarded


def _tell(
    connection: Connection, service: Service, officer_id: int, key: str, slots: dict[str, str],
    now: datetime,
) -> None:  # fmt: skip
    contact_id = officers.contact_of(connection, officer_id)
    if contact_id is None:
        return
    effects = Effects(connection, service, World(connection, service, None, now), now)
    effects.tell(contact_id, key, slots)
    outbox.queue(connection, effects.rows)
