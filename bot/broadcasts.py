"""One text to many: counted first, one outbox row a recipient, reported from those rows."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, func, select, update
from sqlmodel import Field, SQLModel

from bot import audit, outbox
from bot.contacts import contacts, sessions
from bot.database import Moment
from bot.groups import groups
from bot.sealing import KeyRing
from flows.events import MessageCreated

SLICE = 500
"""Rows written at a time."""


class Broadcast(SQLModel, table=True):
    id: int | None = Field(default=None, primary_key=True)
    office_code: str = Field(foreign_key="office.code")
    officer_id: int = Field(foreign_key="officer.id")
    place_codes: str
    """Village codes, separated by a blank."""
    text: str
    created_at: datetime = Field(sa_type=Moment)
    reported_at: datetime | None = Field(default=None, sa_type=Moment)
    """When its final report was sent to the officer."""


broadcasts = Broadcast.__table__  # type: ignore[attr-defined]


@dataclass(frozen=True, slots=True)
class Recipients:
    """Who a broadcast would reach right now."""

    groups: list[tuple[int, str]]
    """(group, channel)"""
    people: list[tuple[int, str]]
    """(contact, channel): agreed, not opted out, and inside WhatsApp's window."""
    outside_window: list[tuple[int, str]]
    opted_out: int


def recipients(connection: Connection, place_codes: tuple[str, ...], now: datetime) -> Recipients:
    """Groups bound to the villages, and people of those villages who agreed to the service."""
    found_groups = connection.execute(
        select(groups.c.id, groups.c.channel).where(
            groups.c.active, groups.c.place_code.in_(place_codes)
        )
    ).all()
    rows = connection.execute(
        select(
            contacts.c.id, contacts.c.channel, contacts.c.opted_out_at, sessions.c.last_inbound_at
        )
        .select_from(contacts.outerjoin(sessions, sessions.c.contact_id == contacts.c.id))
        .where(
            contacts.c.place_code.in_(place_codes),
            contacts.c.consented_at.is_not(None),
            contacts.c.unreachable_at.is_(None),
        )
        .order_by(contacts.c.id)
    ).all()
    people, outside, opted_out = [], [], 0
    for row in rows:
        if row.opted_out_at is not None:
            opted_out += 1
        elif row.channel == "whatsapp" and outbox.window_closed(row.last_inbound_at, now):
            outside.append((row.id, row.channel))
        else:
            people.append((row.id, row.channel))
    return Recipients([(g.id, g.channel) for g in found_groups], people, outside, opted_out)


def order(
    connection: Connection,
    ring: KeyRing,
    *,
    office_code: str,
    officer_id: int,
    place_codes: tuple[str, ...],
    text: str,
    to_group: MessageCreated,
    to_person: MessageCreated,
    not_before: datetime,
    now: datetime,
) -> int:
    """Write the broadcast and one row for each recipient; those outside the window are parked."""
    number = int(
        connection.execute(
            broadcasts.insert()
            .values(
                office_code=office_code,
                officer_id=officer_id,
                place_codes=" ".join(place_codes),
                text=text,
                created_at=now,
            )
            .returning(broadcasts.c.id)
        ).scalar_one()
    )
    found = recipients(connection, place_codes, now)

    def row(message: MessageCreated, channel: str, **who: Any) -> dict[str, Any]:
        return outbox.row_for(ring, message, now, channel=channel, priority=outbox.BULK,
                              not_before=not_before, broadcast_id=number, **who)  # fmt: skip

    rows = [row(to_group, channel, group_id=group) for group, channel in found.groups]
    rows += [row(to_person, channel, contact_id=contact) for contact, channel in found.people]
    for contact, channel in found.outside_window:
        parked = row(to_person, channel, contact_id=contact)
        rows.append(parked | {"status": "parked", "error_code": "window", "body": None})
    for start in range(0, len(rows), SLICE):
        outbox.queue(connection, rows[start : start + SLICE])
    audit.record(connection, now, actor=f"officer:{officer_id}", action="ordered",
                 subject=f"broadcast:{number}")  # fmt: skip
    return number


def finished(connection: Connection) -> list[tuple[int, int, dict[str, int]]]:
    """(broadcast, officer, counts) of those whose every row has a final state, not yet reported."""
    waiting = (
        select(func.count())
        .where(
            outbox.outbox.c.broadcast_id == broadcasts.c.id,
            outbox.outbox.c.status.in_(outbox.OPEN_STATES),
        )
        .scalar_subquery()
    )
    rows = connection.execute(
        select(broadcasts.c.id, broadcasts.c.officer_id).where(
            broadcasts.c.reported_at.is_(None), waiting == 0
        )
    ).all()
    return [(row.id, row.officer_id, outbox.counts(connection, row.id)) for row in rows]


def reported(connection: Connection, number: int, now: datetime) -> None:
    connection.execute(update(broadcasts).where(broadcasts.c.id == number).values(reported_at=now))


def of_office(connection: Connection, number: int, office_code: str) -> bool:
    found = select(broadcasts.c.id).where(
        broadcasts.c.id == number, broadcasts.c.office_code == office_code
    )
    return connection.execute(found).first() is not None
