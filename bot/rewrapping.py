"""Who should be able to open a report and can't yet: a new officer, a new key, the office's new key.

The server can't make these wraps itself. A leader's browser, which can open the report, makes them;
the server says for whom, and takes none for anybody else.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cache
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection, Select, delete, func, select, update

from bot import audit, conflicts, keys, tips
from bot.case_rows import merges, shared_with
from bot.keys import Recipient, office_key_wraps
from bot.officers import can_read, roles_of
from bot.sealing import KeyRing
from bot.service import Service
from bot.tip_rows import wraps
from bot.tip_seal import SERVER, WRAP_BYTES, wrap_for
from bot.world import World

if TYPE_CHECKING:
    from bot.effects import Effects

SET_ASIDE = timedelta(days=1)
"""How long nobody is asked to wrap from a wrap that did not open: the other reports go on."""
AT_ONCE = 200
"""Wraps asked of a browser at once: it may be closed at any moment, and goes on where it was."""


@dataclass(frozen=True, slots=True)
class Missing:
    """A wrap that somebody should have, with the wraps that the asking leader can open."""

    tip_id: str
    tip_public: bytes
    """With it a browser sees whether what it opened is the tip's key."""
    recipient: Recipient
    wraps: dict[str, bytes]


@dataclass(frozen=True, slots=True)
class NewWrap:
    tip_id: str
    recipient: str
    wrap: bytes


class Entitled:
    """Whose keys may open a tip, asked for many tips in one transaction."""

    def __init__(self, connection: Connection, service: Service, now: datetime) -> None:
        self._connection = connection
        self._ring = service.ring
        self._unconfirmed = keys.unconfirmed(connection, service.today(now))
        self._world = World(connection, service, None, now)
        self._office = cache(self._keys_of_office)
        self._chain = cache(self._keys_of_chain)
        self._own = cache(self._key_of)
        self._merged: dict[int, int] = {
            row.tip_number: row.into_number for row in connection.execute(select(merges))
        }

    def to(self, tip: Any) -> list[Recipient]:
        """The key of its office; while the tip is open also its owner and all who may get it or
        share it. Who reads the tip that it was merged into reads it too. Never whom it names, nor
        an office's key that nobody else could use."""
        found: dict[str, Recipient] = {}
        skip: frozenset[int] = frozenset()
        while tip is not None and tip.status not in tips.GONE:
            skip |= conflicts.passed_over(self._connection, self._ring, tip.number)
            found |= {recipient.id: recipient for recipient in self._readers(tip, skip)}
            into = self._merged.get(tip.number)
            tip = None if into is None else tips.by_number(self._connection, into)
        return list(found.values())

    def _readers(self, tip: Any, skip: frozenset[int]) -> list[Recipient]:
        found = list(self._office(tip.office_code))
        if tip.status in tips.OPEN_STATUSES:
            found += self._chain(tip.place_code, tip.topic, skip)
            for officer_id in (tip.officer_id, *shared_with(self._connection, tip.number)):
                if officer_id is not None and officer_id not in skip | self._unconfirmed:
                    found += self._own(officer_id)
        return conflicts.usable(self._connection, found, skip)

    def _keys_of_office(self, office_code: str) -> list[Recipient]:
        return keys.office_recipient(self._connection, office_code)

    def _keys_of_chain(self, place_code: str, topic: str, skip: frozenset[int]) -> list[Recipient]:
        """As `Effects` seals a new report: who may come to own it, and desks of other offices."""
        chain = self._world.route(place_code, topic=topic, skip=skip).chain
        ids = [step.officer_id for step in chain if step.officer_id is not None]
        found = keys.recipients_of(self._connection, ids)
        for other in {step.office_code for step in chain if step.is_desk} - {""}:
            found += self._office(other)
        return found

    def _key_of(self, officer_id: int) -> list[Recipient]:
        return keys.recipients_of(self._connection, [officer_id])


def missing(
    connection: Connection,
    service: Service,
    officer_id: int,
    held: Iterable[str],
    now: datetime,
    *,
    but: Collection[str] = (),
) -> tuple[list[Missing], int]:
    """(the first wraps that are missing, how many are) of the tips that the keys `held` open: of
    whatever office, since a tip may have moved; none that names the leader who asks, none for
    keys that wait to be confirmed (`but`)."""
    entitled, mine = Entitled(connection, service, now), set(held)
    hidden = set(conflicts.passing_over(connection, service.ring, officer_id))
    found: list[Missing] = []
    count = 0
    have, aside = _recipients(connection), _set_aside(connection, now)
    for tip in connection.execute(_tips()):
        there = have.get(tip.number, set())
        if not there & mine or tip.number in hidden or tip.number in aside:
            continue
        there.update(but)
        lacking = [recipient for recipient in entitled.to(tip) if recipient.id not in there]
        count += len(lacking)
        if lacking and len(found) < AT_ONCE:
            opens = wrap_for(connection, tip.number, mine)
            found += [Missing(tip.id, tip.public_key, recipient, opens) for recipient in lacking]
    return found[:AT_ONCE], count


def add(
    connection: Connection,
    service: Service,
    officer_id: int,
    held: Iterable[str],
    made: Iterable[NewWrap],
    now: datetime,
) -> int:
    """Keep wraps that a leader's browser made of tips that the keys `held` open; what nobody is
    entitled to is passed over, as is a tip that names the leader. Returns how many were new.

    What is wrapped to a retired key of the office stays: nothing shows the server that the new
    wrap opens, and a report that nobody can open is lost.
    """
    audit.wait_in_line(connection)
    entitled, mine = Entitled(connection, service, now), set(held)
    hidden = set(conflicts.passing_over(connection, service.ring, officer_id))
    added = 0
    for new in made:
        tip = connection.execute(_tips().where(tips.tips.c.id == new.tip_id)).first()
        if tip is None or tip.number in hidden or len(new.wrap) != WRAP_BYTES:
            continue
        there = _recipients(connection, tip.number).get(tip.number, set())
        wanted = {recipient.id for recipient in entitled.to(tip)} - there
        if not there & mine or new.recipient not in wanted:
            continue
        connection.execute(
            wraps.insert().values(tip_number=tip.number, recipient=new.recipient, wrap=new.wrap)
        )
        mine_opened = wraps.c.tip_number == tip.number, wraps.c.broken_at.is_not(None)
        connection.execute(update(wraps).where(*mine_opened).values(broken_at=None))
        audit.record(connection, now, actor=f"officer:{officer_id}", action="rewrapped",
                     subject=f"tip:{tip.number}")  # fmt: skip
        added += 1
    return added


def take_broken(
    connection: Connection,
    officer_id: int,
    held: Iterable[str],
    number: int,
    recipient: str,
    now: datetime,
) -> bool:
    """A browser could not open a wrap with its own key: it goes, so that it is asked for again.

    False for a key that is not `held`, and for the only wrap that a tip has, which is set aside."""
    tips.hold(connection, number)
    there = _recipients(connection, number).get(number, set())
    if recipient not in there & set(held):
        return False
    this = wraps.c.tip_number == number, wraps.c.recipient == recipient
    if len(there) == 1:
        connection.execute(update(wraps).where(*this).values(broken_at=now))
        return False
    connection.execute(delete(wraps).where(*this))
    audit.record(connection, now, actor=f"officer:{officer_id}", action="wrap_broken",
                 subject=f"tip:{number}")  # fmt: skip
    return True


def broken(connection: Connection) -> int:
    """How many reports have one wrap left, which did not open when it was last tried."""
    return int(
        connection.execute(
            select(func.count()).select_from(wraps).where(wraps.c.broken_at.is_not(None))
        ).scalar_one()
    )


def can_open(connection: Connection, officer_id: int, number: int, on: date) -> bool:
    """Without another browser's help: with their own key, as a leader with an office's key, or
    through the key ring."""
    if not can_read(connection, officer_id) or officer_id in keys.unconfirmed(connection, on):
        return False
    own = [recipient.id for recipient in keys.recipients_of(connection, [officer_id])]
    if "leader" in roles_of(connection, officer_id, on):
        held = select(office_key_wraps.c.office_key_id)
        own += connection.execute(held.where(office_key_wraps.c.officer_key_id == own[0])).scalars()
    return bool(wrap_for(connection, number, [*own, SERVER]))


def hand_over_from_ring(effects: "Effects") -> int:
    """Reports that waited under the key ring, of whatever office (the chain of a tip crosses
    offices), go to those who have a key now. Returns how many were looked at."""
    connection, service = effects.connection, effects.service
    if service.settings.server_reads:
        return 0
    waiting = connection.execute(
        select(wraps.c.tip_number).where(wraps.c.recipient == SERVER).order_by(wraps.c.tip_number)
    ).scalars()
    numbers = list(waiting)
    for number in numbers:
        tip = tips.by_number(connection, number)
        assert tip is not None
        effects.hand_to_people(tip)
    return len(numbers)


# ---- an officer's own new key


def own_tips(
    connection: Connection, ring: KeyRing, officer_id: int, old: str, new: str
) -> tuple[list[NewWrap], int]:
    """(the first wraps under the old key, how many) of tips that the new key does not open yet,
    but for those that name the officer."""
    hidden = set(conflicts.passing_over(connection, ring, officer_id))
    done = select(wraps.c.tip_number).where(wraps.c.recipient == new)
    rows = connection.execute(
        select(tips.tips.c.number, tips.tips.c.id, wraps.c.wrap)
        .join(tips.tips, tips.tips.c.number == wraps.c.tip_number)
        .where(wraps.c.recipient == old, wraps.c.tip_number.not_in(done))
        .order_by(wraps.c.tip_number)
    )
    left = [NewWrap(row.id, old, row.wrap) for row in rows if row.number not in hidden]
    return left[:AT_ONCE], len(left)


def add_own(
    connection: Connection,
    ring: KeyRing,
    officer_id: int,
    old: str,
    new: str,
    made: Iterable[NewWrap],
) -> None:
    """Keep wraps for an officer's new key, of tips that their present key opens."""
    hidden = set(conflicts.passing_over(connection, ring, officer_id))
    for given in made:
        tip = tips.by_id(connection, given.tip_id)
        if tip is None or tip.number in hidden or len(given.wrap) != WRAP_BYTES:
            continue
        there = _recipients(connection, tip.number).get(tip.number, set())
        if old in there and new not in there:
            connection.execute(
                wraps.insert().values(tip_number=tip.number, recipient=new, wrap=given.wrap)
            )


def drop_key(connection: Connection, key_id: str) -> None:
    """Nothing is wrapped to this key any more, but for a tip that no other key opens: without its
    last wrap nobody could ever read it again (it names the officer, who makes none of it anew)."""
    other = wraps.alias()
    opened_too = select(other.c.tip_number).where(other.c.recipient != key_id)
    connection.execute(
        delete(wraps).where(wraps.c.recipient == key_id, wraps.c.tip_number.in_(opened_too))
    )


def _tips() -> Select[Any]:
    """Tips that still hold something, each with its owner."""
    owner = (tips.assignments.c.tip_number == tips.tips.c.number) & (
        tips.assignments.c.ended_at.is_(None)
    )
    return (
        select(
            tips.tips.c.number, tips.tips.c.id, tips.tips.c.status, tips.tips.c.place_code,
            tips.tips.c.topic, tips.tips.c.office_code, tips.tips.c.public_key,
            tips.assignments.c.officer_id,
        )
        .select_from(tips.tips.outerjoin(tips.assignments, owner))
        .where(tips.tips.c.status.not_in(tips.GONE))
        .order_by(tips.tips.c.number)
    )  # fmt: skip


def _set_aside(connection: Connection, now: datetime) -> set[int]:
    lately = select(wraps.c.tip_number).where(wraps.c.broken_at > now - SET_ASIDE)
    return set(connection.execute(lately).scalars())


def _recipients(connection: Connection, number: int | None = None) -> dict[int, set[str]]:
    """Who has a wrap of which tip."""
    query = select(wraps.c.tip_number, wraps.c.recipient)
    if number is not None:
        query = query.where(wraps.c.tip_number == number)
    found: dict[int, set[str]] = {}
    for row in connection.execute(query):
        found.setdefault(row.tip_number, set()).add(row.recipient)
    return found
