"""Whom a broadcast reaches: one condition in SQL, counted for the preview, written for the sending."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Select,
    and_,
    exists,
    false,
    func,
    insert,
    literal,
    or_,
    select,
    true,
)

from bot import outbox
from bot.broadcast_rows import WAITING, recipients
from bot.contacts import contacts, sessions
from bot.database import Moment
from bot.departures import departures, way_index
from bot.groups import groups
from bot.lessons import progress
from bot.outbox_rows import outbox as sent
from bot.sealing import KeyRing
from flows.broadcast_plan import Plan

GOT_IT = ("sent", "delivered", "read", "unknown", "sending")
"""States of an outbox row whose text somebody may have read."""


@dataclass(slots=True)
class Counted:
    """How many a plan would reach now."""

    groups: dict[str, int] = field(default_factory=dict)
    """By channel."""
    people: dict[str, int] = field(default_factory=dict)
    languages: dict[str, int] = field(default_factory=dict)
    outside_window: int = 0
    opted_out: int = 0

    @property
    def total(self) -> int:
        return sum(self.groups.values()) + sum(self.people.values())


def lies_in(column: Any, places: Iterable[str]) -> ColumnElement[bool]:
    """The place is one of these or lies in one of them; no place lies nowhere."""
    return or_(false(), *(or_(column == code, column.like(f"{code}.%")) for code in places))


def count(connection: Connection, ring: KeyRing, plan: Plan, now: datetime) -> Counted:
    found = Counted()
    is_open = sessions.c.last_inbound_at > now - outbox.WINDOW
    out = contacts.c.opted_out_at.is_not(None)
    rows = connection.execute(
        select(contacts.c.channel, contacts.c.language, is_open, out, func.count())
        .select_from(contacts.outerjoin(sessions, sessions.c.contact_id == contacts.c.id))
        .where(*_people(ring, plan))
        .group_by(contacts.c.channel, contacts.c.language, is_open, out)
    )
    for channel, language, inside, opted_out, number in rows:
        if opted_out:
            found.opted_out += number
            continue
        found.people[channel] = found.people.get(channel, 0) + number
        found.languages[language] = found.languages.get(language, 0) + number
        if channel == "whatsapp" and not inside:
            found.outside_window += number
    counted = select(groups.c.channel, func.count()).where(_groups(plan)).group_by(groups.c.channel)
    found.groups = {row[0]: int(row[1]) for row in connection.execute(counted)}
    return found


def write_down(
    connection: Connection, ring: KeyRing, plan: Plan, number: int, not_before: datetime
) -> int:
    """One waiting row for everybody the plan reaches, in two statements; how many."""
    people: Select[Any] = select(
        literal(number), contacts.c.id, contacts.c.channel, literal(WAITING),
        literal(not_before, Moment()),
    ).where(*_people(ring, plan), contacts.c.opted_out_at.is_(None))  # fmt: skip
    chats: Select[Any] = select(
        literal(number), -groups.c.id, groups.c.channel, literal(WAITING),
        literal(not_before, Moment()),
    ).where(_groups(plan))  # fmt: skip
    names = ["broadcast_id", "target", "channel", "state", "not_before"]
    return sum(
        connection.execute(insert(recipients).from_select(names, query)).rowcount
        for query in (chats, people)
    )


def write_down_heirs(
    connection: Connection, number: int, corrected: int, not_before: datetime
) -> int:
    """Everybody who got, or may have got, that other broadcast; nobody else."""
    query = select(
        literal(number), _target, sent.c.channel, literal(WAITING), literal(not_before, Moment())
    ).where(*_got(corrected))
    names = ["broadcast_id", "target", "channel", "state", "not_before"]
    statement = insert(recipients).from_select(names, query.distinct())
    return connection.execute(statement).rowcount


def count_heirs(connection: Connection, corrected: int) -> Counted:
    """How many of that broadcast a correction would reach."""
    found = Counted()
    is_person = sent.c.contact_id.is_not(None)
    rows = connection.execute(
        select(sent.c.channel, is_person, func.count(func.distinct(_target)))
        .where(*_got(corrected))
        .group_by(sent.c.channel, is_person)
    )
    for channel, person, number in rows:
        (found.people if person else found.groups)[channel] = number
    return found


def has_heirs(connection: Connection, number: int) -> bool:
    """Somebody got, or may have got, that broadcast."""
    return connection.execute(select(sent.c.id).where(*_got(number)).limit(1)).first() is not None


_target = func.coalesce(sent.c.contact_id, -sent.c.group_id)


def _got(number: int) -> Sequence[ColumnElement[bool]]:
    """A message of that broadcast left, as far as can be known."""
    return sent.c.broadcast_id == number, sent.c.status.in_(GOT_IT)


def _people(ring: KeyRing, plan: Plan) -> Sequence[ColumnElement[bool]]:
    """Agreed to the service and its village news, and reachable. STOP is left to the caller."""
    if plan.to != "residents" or not plan.places:
        return [~true()]
    conditions: list[ColumnElement[bool]] = [
        lies_in(contacts.c.place_code, plan.places),
        contacts.c.consented_at.is_not(None),
        contacts.c.unreachable_at.is_(None),
    ]
    if plan.languages:
        conditions.append(contacts.c.language.in_(plan.languages))
    if plan.ways:
        marks = [way_index(ring, way) for way in plan.ways]
        mine = and_(departures.c.contact_id == contacts.c.id, departures.c.way_index.in_(marks))
        conditions.append(exists(select(departures.c.contact_id).where(mine)))
    if plan.lesson:
        done = and_(
            progress.c.contact_id == contacts.c.id,
            progress.c.lesson == plan.lesson,
            progress.c.finished,
        )
        conditions.append(exists(select(progress.c.contact_id).where(done)))
    return conditions


def _groups(plan: Plan) -> ColumnElement[bool]:
    """A group has no language and no plan of its own: whatever singles people out leaves it out."""
    if plan.languages or plan.ways or plan.lesson or not plan.places:
        return ~true()
    return and_(
        groups.c.active, groups.c.kind == plan.to, lies_in(groups.c.place_code, plan.places)
    )
