"""Plans of people who mean to leave: one sealed row each, with its own end.

What stands readable is only when the next reminder is due and when the row goes.
"""

import logging
from dataclasses import dataclass, field, replace
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

import msgspec
from sqlalchemy import Connection, delete, func, or_, select, update
from sqlmodel import Field, SQLModel

from bot.contacts import contacts, sessions
from bot.database import Database, Moment
from bot.outbox import WINDOW
from bot.sealing import KeyRing, SealBroken
from flows.departure_plan import Plan

log = logging.getLogger(__name__)

AHEAD = (30, 14, 7)
"""Days before the departure on which somebody is reminded."""
AT = time(9)
"""In the traveller's own zone."""
AFTER_LEAVING = timedelta(days=90)
WITHOUT_CHANGE = timedelta(days=365)


class Departure(SQLModel, table=True):
    """One contact's plan."""

    contact_id: int = Field(primary_key=True, foreign_key="contact.id")
    plan: bytes
    """Sealed; bound to the contact."""
    way_index: bytes | None = None
    """Keyed, so that a broadcast finds its people without opening anybody's plan."""
    remind_at: datetime | None = Field(default=None, index=True, sa_type=Moment)
    keep_until: datetime = Field(index=True, sa_type=Moment)


departures = Departure.__table__  # type: ignore[attr-defined]


@dataclass(frozen=True, slots=True)
class Due:
    """A reminder that may be sent now."""

    contact_id: int
    place_code: str
    plan: Plan = field(repr=False)


def keep(
    connection: Connection,
    database: Database,
    ring: KeyRing,
    contact_id: int,
    plan: Plan,
    zone: ZoneInfo,
    now: datetime,
) -> None:
    """The plan as it is now; `zone` is the traveller's."""
    values = {
        "plan": _seal(ring, contact_id, plan),
        "way_index": way_index(ring, plan.way),
        "remind_at": next_reminder(plan, zone, now),
        "keep_until": _ends(plan, zone, now),
    }
    insert = database.insert(departures).values(contact_id=contact_id, **values)
    connection.execute(insert.on_conflict_do_update(index_elements=["contact_id"], set_=values))


def way_index(ring: KeyRing, way: str) -> bytes:
    return ring.index("departure-way", way)


def next_reminder(plan: Plan, zone: ZoneInfo, now: datetime) -> datetime | None:
    """The first of the days ahead that is still to come; none without a wish and a day."""
    if plan.day is None or not plan.remind:
        return None
    moments = (datetime.combine(plan.day - timedelta(days=n), AT, zone) for n in AHEAD)
    return next((moment for moment in moments if moment > now), None)


def _ends(plan: Plan, zone: ZoneInfo, now: datetime) -> datetime:
    if plan.day is None:
        return now + WITHOUT_CHANGE
    return datetime.combine(plan.day, AT, zone) + AFTER_LEAVING


def of(connection: Connection, ring: KeyRing, contact_id: int) -> Plan | None:
    query = select(departures.c.plan).where(departures.c.contact_id == contact_id)
    sealed = connection.execute(query).scalar()
    return _open(ring, contact_id, sealed) if sealed is not None else None


def forget(connection: Connection, contact_id: int) -> None:
    connection.execute(delete(departures).where(departures.c.contact_id == contact_id))


def silence(connection: Connection, ring: KeyRing, contact_id: int) -> None:
    """STOP: the plan stays, its reminders end."""
    plan = of(connection, ring, contact_id)
    if plan is not None and plan.remind:
        sealed = _seal(ring, contact_id, replace(plan, remind=False))
        mine = departures.c.contact_id == contact_id
        connection.execute(update(departures).where(mine).values(plan=sealed, remind_at=None))


# ---- reminders


def due(connection: Connection, ring: KeyRing, now: datetime) -> list[Due]:
    """Whose reminder is due and may be sent, locked until the commit.

    On WhatsApp it waits for the traveller's next words; then the days that are left are told. A
    plan that can't be opened keeps nobody else's reminder back.
    """
    rows = connection.execute(
        select(departures.c.contact_id, departures.c.plan, contacts.c.place_code)
        .join(contacts, contacts.c.id == departures.c.contact_id)
        .outerjoin(sessions, sessions.c.contact_id == departures.c.contact_id)
        .where(
            departures.c.remind_at <= now,
            contacts.c.opted_out_at.is_(None),
            contacts.c.unreachable_at.is_(None),
            or_(contacts.c.channel != "whatsapp", sessions.c.last_inbound_at >= now - WINDOW),
        )
        .order_by(departures.c.contact_id)
        .with_for_update(of=departures)
    )
    found, broken = [], 0
    for row in rows:
        try:
            plan = _open(ring, row.contact_id, row.plan)
            found.append(Due(row.contact_id, row.place_code, plan))
        except SealBroken:
            broken += 1
    if broken:
        log.error("%s departures can't be opened: is KENTONGAN_KEYRING_PATH right?", broken)
    return found


def reminded(connection: Connection, one: Due, zone: ZoneInfo, now: datetime) -> None:
    mine = departures.c.contact_id == one.contact_id
    following = next_reminder(one.plan, zone, now)
    connection.execute(update(departures).where(mine).values(remind_at=following))


def next_due(connection: Connection, now: datetime) -> datetime | None:
    """For a clock that is moved by hand; what waits for WhatsApp's window must not hold it."""
    query = select(func.min(departures.c.remind_at)).where(departures.c.remind_at > now)
    return connection.execute(query).scalar()


def _seal(ring: KeyRing, contact_id: int, plan: Plan) -> bytes:
    return ring.seal("departure", bound(contact_id), msgspec.msgpack.encode(plan))


def _open(ring: KeyRing, contact_id: int, sealed: bytes) -> Plan:
    plain = ring.open("departure", bound(contact_id), sealed)
    return msgspec.msgpack.decode(plain, type=Plan)


def bound(contact_id: int) -> str:
    return f"departure|{contact_id}"
