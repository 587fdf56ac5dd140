"""Who should be able to open a report and can't yet: a new officer, a new key, the office's new key.

The server can't make these wraps itself. A leader's browser, which can open the report, makes them;
the server says for whom, and takes none for anybody else.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import Connection, Select, delete, select

from bot import audit, conflicts, keys, tips
from bot.case_rows import shared_with
from bot.effects import Effects
from bot.keys import Recipient
from bot.service import Service
from bot.tip_rows import wraps
from bot.tip_seal import SERVER, WRAP_BYTES, wrap_for
from bot.world import World

AT_ONCE = 200
"""Wraps asked of a browser at once: it may be closed at any moment, and goes on where it was."""


@dataclass(frozen=True, slots=True)
class Missing:
    """A wrap that somebody should have, with the wraps that the asking leader can open."""

    tip_id: str
    recipient: Recipient
    wraps: dict[str, bytes]


@dataclass(frozen=True, slots=True)
class NewWrap:
    tip_id: str
    recipient: str
    wrap: bytes


class Entitled:
    """Whose keys may open a tip, asked for many tips in one transaction."""

    def __init__(
        self, connection: Connection, service: Service, office_code: str, now: datetime
    ) -> None:
        self._connection = connection
        self._ring = service.ring
        self._world = World(connection, service, None, now)
        self.office = keys.office_recipient(connection, office_code)
        self._chain = cache(self._keys_of_chain)
        self._own = cache(self._key_of)

    def to(self, tip: Any) -> list[Recipient]:
        """The office's key always; while the tip is open also its owner and all who may get it
        or share it."""
        found = {recipient.id: recipient for recipient in self.office}
        if tip.status in tips.OPEN_STATUSES:
            skip = conflicts.passed_over(self._connection, self._ring, tip.number)
            people = [*self._chain(tip.place_code, tip.topic, skip)]
            if tip.officer_id is not None:
                people += self._own(tip.officer_id)
            people += keys.recipients_of(
                self._connection, shared_with(self._connection, tip.number)
            )
            found |= {recipient.id: recipient for recipient in people}
        return list(found.values())

    def _keys_of_chain(self, place_code: str, topic: str, skip: frozenset[int]) -> list[Recipient]:
        """As `Effects` seals a new report: who may come to own it, and desks of other offices."""
        chain = self._world.route(place_code, topic=topic, skip=skip).chain
        ids = [step.officer_id for step in chain if step.officer_id is not None]
        found = keys.recipients_of(self._connection, ids)
        for other in {step.office_code for step in chain if step.is_desk} - {""}:
            found += keys.office_recipient(self._connection, other)
        return found

    def _key_of(self, officer_id: int) -> list[Recipient]:
        return keys.recipients_of(self._connection, [officer_id])


def missing(
    connection: Connection, service: Service, office_code: str, held: Iterable[str], now: datetime
) -> tuple[list[Missing], int]:
    """(the first wraps that are missing, how many are) of the tips that the keys `held` open."""
    entitled, mine = Entitled(connection, service, office_code, now), set(held)
    found: list[Missing] = []
    count = 0
    have = _recipients(connection)
    for tip in connection.execute(_tips(office_code)):
        there = have.get(tip.number, set())
        if not there & mine:
            continue
        lacking = [recipient for recipient in entitled.to(tip) if recipient.id not in there]
        count += len(lacking)
        if lacking and len(found) < AT_ONCE:
            opens = wrap_for(connection, tip.number, mine)
            found += [Missing(tip.id, recipient, opens) for recipient in lacking]
    return found[:AT_ONCE], count


def add(
    connection: Connection,
    service: Service,
    office_code: str,
    officer_id: int,
    made: Iterable[NewWrap],
    now: datetime,
) -> int:
    """Keep wraps that a leader's browser made; what nobody is entitled to is passed over.

    Returns how many were new. What was wrapped to a retired key of the office is then dropped.
    """
    audit.wait_in_line(connection)
    entitled = Entitled(connection, service, office_code, now)
    retired = keys.retired_office_keys(connection, office_code)
    added = 0
    for new in made:
        query = _tips(office_code).where(tips.tips.c.id == new.tip_id)
        tip = connection.execute(query).first()
        if tip is None or len(new.wrap) != WRAP_BYTES:
            continue
        there = _recipients(connection, tip.number).get(tip.number, set())
        wanted = {recipient.id for recipient in entitled.to(tip)} - there
        if new.recipient not in wanted:
            continue
        connection.execute(
            wraps.insert().values(tip_number=tip.number, recipient=new.recipient, wrap=new.wrap)
        )
        if new.recipient in {recipient.id for recipient in entitled.office}:
            _drop(connection, tip.number, retired)
        audit.record(connection, now, actor=f"officer:{officer_id}", action="rewrapped",
                     subject=f"tip:{tip.number}")  # fmt: skip
        added += 1
    return added


def hand_over_from_ring(effects: Effects, office_code: str) -> int:
    """Reports that waited under the key ring go to those who have a key now."""
    connection, service = effects.connection, effects.service
    if service.settings.server_reads:
        return 0
    waiting = connection.execute(
        select(wraps.c.tip_number)
        .join(tips.tips, tips.tips.c.number == wraps.c.tip_number)
        .where(wraps.c.recipient == SERVER, tips.tips.c.office_code == office_code)
        .order_by(wraps.c.tip_number)
    ).scalars()
    numbers = list(waiting)
    for number in numbers:
        tip = tips.by_number(connection, number)
        assert tip is not None
        effects.hand_to_people(tip)
    return len(numbers)


# ---- an officer's own new key


def own_tips(connection: Connection, old: str, new: str) -> tuple[list[NewWrap], int]:
    """(the first wraps under the old key, how many) of tips that the new key does not open yet."""
    done = select(wraps.c.tip_number).where(wraps.c.recipient == new)
    rows = connection.execute(
        select(tips.tips.c.id, wraps.c.wrap)
        .join(tips.tips, tips.tips.c.number == wraps.c.tip_number)
        .where(wraps.c.recipient == old, wraps.c.tip_number.not_in(done))
        .order_by(wraps.c.tip_number)
    ).all()
    return [NewWrap(row.id, old, row.wrap) for row in rows[:AT_ONCE]], len(rows)


def add_own(connection: Connection, old: str, new: str, made: Iterable[NewWrap]) -> None:
    """Keep wraps for an officer's new key, of tips that their present key opens."""
    for given in made:
        tip = tips.by_id(connection, given.tip_id)
        if tip is None or len(given.wrap) != WRAP_BYTES:
            continue
        there = _recipients(connection, tip.number).get(tip.number, set())
        if old in there and new not in there:
            connection.execute(
                wraps.insert().values(tip_number=tip.number, recipient=new, wrap=given.wrap)
            )


def drop_key(connection: Connection, key_id: str) -> None:
    """Nothing is wrapped to this key any more."""
    connection.execute(delete(wraps).where(wraps.c.recipient == key_id))


def _tips(office_code: str) -> Select[Any]:
    """An office's tips that still hold something, each with its owner."""
    owner = (tips.assignments.c.tip_number == tips.tips.c.number) & (
        tips.assignments.c.ended_at.is_(None)
    )
    return (
        select(
            tips.tips.c.number, tips.tips.c.id, tips.tips.c.status, tips.tips.c.place_code,
            tips.tips.c.topic, tips.assignments.c.officer_id,
        )
        .select_from(tips.tips.outerjoin(tips.assignments, owner))
        .where(tips.tips.c.office_code == office_code, tips.tips.c.status != "withdrawn")
        .order_by(tips.tips.c.number)
    )  # fmt: skip


def _recipients(connection: Connection, number: int | None = None) -> dict[int, set[str]]:
    """Who has a wrap of which tip."""
    query = select(wraps.c.tip_number, wraps.c.recipient)
    if number is not None:
        query = query.where(wraps.c.tip_number == number)
    found: dict[int, set[str]] = {}
    for row in connection.execute(query):
        found.setdefault(row.tip_number, set()).add(row.recipient)
    return found


def _drop(connection: Connection, number: int, recipients: Iterable[str]) -> None:
    connection.execute(
        delete(wraps).where(wraps.c.tip_number == number, wraps.c.recipient.in_(list(recipients)))
    )
