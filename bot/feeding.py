"""From a broadcast's recipients to the outbox, a page at a time, as fast as the channel sends.

What decides is looked at when a message is about to leave, not when the broadcast was ordered:
STOP, the night where somebody lives, their week's share, WhatsApp's window and its limit a day.
One sender a channel feeds, in the transaction in which it claims, so a crash doubles nothing.
"""

from collections.abc import Collection, Iterable
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, and_, bindparam, case, delete, exists, func, or_, select, update

from bot import outbox, templates
from bot.broadcast_rows import (
    DONE,
    HANDED,
    PARKED,
    PAUSED,
    SENDING,
    WAITING,
    broadcasts,
    recipients,
    shares,
)
from bot.broadcast_words import kept_plan, message, slots_of
from bot.contacts import contacts, sessions
from bot.groups import groups
from bot.service import Service
from bot.templates import Filled
from bot.territory import zone_of
from bot.working_hours import quiet_until
from flows.broadcast_plan import Plan
from flows.events import MessageCreated
from flows.templates import KNOCK

WEEK = timedelta(days=7)
MOST_PAGES = 20
"""How many pages in a row may turn out to hold nobody who can be told now (a whole zone asleep)."""
PARKED_STAYS = timedelta(days=7)
TURN = (case((broadcasts.c.kind == "warning", 0), else_=1), broadcasts.c.id)
"""Warnings first. Whoever locks several broadcasts does it in this order."""
UNCAPPED = frozenset({"warning", "correction", "withdrawal"})
"""Kinds that are no part of anybody's week's share."""
_newer = broadcasts.alias("newer")
TAKEN_BACK = exists(_newer.c.id).where(
    _newer.c.corrects == broadcasts.c.id,
    or_(_newer.c.meeting_id.is_(None), _newer.c.kind == "withdrawal"),
)
"""Somebody has said since that it was wrong. A meeting's invitation has been put right itself."""


def feed(connection: Connection, service: Service, channel: str, now: datetime, room: int) -> int:
    """Hand at most `room` messages of running broadcasts to the outbox; how many."""
    running = connection.execute(
        select(broadcasts)
        .where(broadcasts.c.status == SENDING)
        .order_by(*TURN)
        .with_for_update(read=True)  # whoever pauses or cancels it waits for this page
    ).all()
    handed = 0
    for row in running:
        page = _Page(connection, service, row, channel, now)
        for _ in range(MOST_PAGES):
            if handed >= room or not (seen := page.turn(room - handed)):
                break
            handed += seen.handed
    return handed


def deliver_parked(
    connection: Connection, service: Service, contact_ids: Collection[int], now: datetime
) -> int:
    """They wrote, so the window is open: what was parked for want of it leaves now, if it is still
    worth reading."""
    told = 0
    for number, targets in parked_for(connection, contact_ids, now).items():
        row = connection.execute(select(broadcasts).where(broadcasts.c.id == number)).one()
        page = _Page(connection, service, row, "whatsapp", now)
        told += page.hand(targets, priority=outbox.NEWS)
    return told


def parked_for(
    connection: Connection, contact_ids: Collection[int], now: datetime
) -> dict[int, list[int]]:
    """Broadcast → contacts for whom it waits and who may still have it: not run out, not held,
    and nobody has said since that it was wrong."""
    if not contact_ids:
        return {}
    rows = connection.execute(
        select(recipients.c.broadcast_id, recipients.c.target)
        .join(broadcasts, broadcasts.c.id == recipients.c.broadcast_id)
        .join(contacts, contacts.c.id == recipients.c.target)
        .where(
            recipients.c.state == PARKED,
            recipients.c.target.in_(contact_ids),
            broadcasts.c.status.in_((SENDING, DONE)),
            broadcasts.c.starts_at >= now - PARKED_STAYS,
            or_(broadcasts.c.expires_at.is_(None), broadcasts.c.expires_at > now),
            contacts.c.consented_at.is_not(None),
            ~TAKEN_BACK,
        )
        .order_by(recipients.c.broadcast_id)
    )
    found: dict[int, list[int]] = {}
    for row in rows:
        found.setdefault(row.broadcast_id, []).append(row.target)
    return found


def forget(connection: Connection, contact_id: int) -> None:
    """Of one who had everything deleted: nothing waits for them, and what they had is not counted."""
    mine = recipients.c.target == contact_id
    running = select(broadcasts.c.id).where(broadcasts.c.status.in_((SENDING, PAUSED)))
    waits = recipients.c.broadcast_id.in_(running), recipients.c.state == WAITING
    for which in (waits, (recipients.c.state == PARKED,)):
        connection.execute(update(recipients).where(mine, *which).values(state="opted_out"))
    connection.execute(delete(shares).where(shares.c.contact_id == contact_id))


def purge(connection: Connection, now: datetime) -> None:
    """Who got something longer than a week ago counts for nothing any more."""
    connection.execute(delete(shares).where(shares.c.at < now - WEEK))


class _Seen:
    """What became of a page; true when there was anybody on it."""

    def __init__(self, seen: int, handed: int) -> None:
        self.seen, self.handed = seen, handed

    def __bool__(self) -> bool:
        return self.seen > 0


class _Page:
    """One broadcast on one channel."""

    def __init__(
        self, connection: Connection, service: Service, row: Any, channel: str, now: datetime
    ) -> None:
        self._connection = connection
        self._service = service
        self._number: int = row.id
        self._office = service.office_of(row.office_code)
        self._plan: Plan = kept_plan(row)
        self._channel = channel
        self._now = now

    def turn(self, most: int) -> _Seen:
        """Decide for the next waiting recipients, and hand out what may go."""
        rows = self._next(most)
        if not rows:
            return _Seen(0, 0)
        shared = self._shared([row.target for row in rows if row.target > 0])
        inside: list[int] = []
        outside: list[int] = []
        ended: dict[str, list[int]] = {}
        later: list[tuple[int, datetime]] = []
        for row in rows:
            state = self._state(row, shared)
            if isinstance(state, datetime):
                later.append((row.target, state))
            elif state == "go":
                inside.append(row.target)
            elif state == "template":
                outside.append(row.target)
            else:
                ended.setdefault(state, []).append(row.target)
        handed = self.hand(inside)
        if outside and (filled := self._template()):
            room, again = self._room()
            handed += self.hand(outside[:room], filled=filled)
            later += [(target, again) for target in outside[room:]]
        elif outside:
            ended[PARKED] = outside
            handed += self._knock(outside)
        self._end(ended)
        self._put_off(later)
        return _Seen(len(rows), handed)

    def hand(
        self, targets: list[int], *, priority: int = outbox.BULK, filled: Filled | None = None
    ) -> int:
        """Write the outbox rows, as a template where one is given; how many."""
        if not targets:
            return 0
        to_person = message(self._service, self._office, self._plan, self._number, group=False)
        to_group = message(self._service, self._office, self._plan, self._number, group=True)
        threads = self._threads(-target for target in targets if target < 0)
        if filled:
            to_person = MessageCreated(filled.text)
        rows = []
        for target in targets:
            who: dict[str, Any] = {"contact_id": target} if target > 0 else {"group_id": -target}
            rows.append(
                outbox.row_for(
                    self._service.ring, to_person if target > 0 else to_group, self._now,
                    channel=self._channel, priority=priority, broadcast_id=self._number,
                    template=filled.sid if filled else "",
                    variables=filled.variables if filled else "", awake=self._plan.danger,
                    thread=threads.get(-target, ""), **who,
                )
            )  # fmt: skip
        outbox.queue(self._connection, rows)
        self._mark(HANDED, targets)
        self._share(
            [target for target in targets if target > 0],
            template=filled is not None,
            week=self._plan.kind not in UNCAPPED,
        )
        return len(targets)

    def _share(self, contact_ids: list[int], *, template: bool, week: bool) -> None:
        if contact_ids and (template or week):
            self._connection.execute(
                shares.insert(),
                [
                    {"contact_id": one, "at": self._now, "template": template, "week": week}
                    for one in contact_ids
                ],
            )

    # ---- outside the window

    def _template(self) -> Filled | None:
        """What opens the window: approved, and long enough for the text."""
        plan = self._plan
        if not self._service.settings.whatsapp_people_a_day:
            return None
        found = templates.for_broadcast(self._connection, plan.kind, plan.template)
        return (
            templates.filled(found, slots_of(self._service, self._office, plan)) if found else None
        )

    def _room(self) -> tuple[int, datetime]:
        most = self._service.settings.whatsapp_people_a_day
        return templates.room(self._connection, most, self._now)

    def _knock(self, contact_ids: list[int]) -> int:
        """Ask the parked to write, once a day at most; no part of the broadcast, whose text they
        get when they do."""
        found = templates.for_use(self._connection, KNOCK)
        filled = (
            templates.filled(found, slots_of(self._service, self._office, self._plan))
            if found
            else None
        )
        room = self._room()[0] if filled else 0
        if not filled or not room:
            return 0
        asked = templates.had_one(self._connection, contact_ids, self._now)
        fresh = [one for one in contact_ids if one not in asked][:room]
        rows = [
            outbox.row_for(
                self._service.ring, MessageCreated(filled.text), self._now, channel=self._channel,
                contact_id=one, priority=outbox.BULK, template=filled.sid,
                variables=filled.variables, awake=self._plan.danger,
            )
            for one in fresh
        ]  # fmt: skip
        outbox.queue(self._connection, rows)
        self._share(fresh, template=True, week=False)
        return len(fresh)

    # ---- who may be told now

    def _next(self, most: int) -> list[Any]:
        return list(
            self._connection.execute(
                select(
                    recipients.c.target, contacts.c.opted_out_at, contacts.c.unreachable_at,
                    contacts.c.consented_at,
                    func.coalesce(contacts.c.place_code, groups.c.place_code).label("place_code"),
                    sessions.c.last_inbound_at, groups.c.active,
                )
                .select_from(
                    recipients.outerjoin(contacts, contacts.c.id == recipients.c.target)
                    .outerjoin(sessions, sessions.c.contact_id == contacts.c.id)
                    .outerjoin(groups, groups.c.id == -recipients.c.target)
                )
                .where(
                    recipients.c.broadcast_id == self._number,
                    recipients.c.channel == self._channel,
                    recipients.c.state == WAITING,
                    recipients.c.not_before <= self._now,
                )
                .order_by(recipients.c.target)
                .limit(most)
            )
        )  # fmt: skip

    def _state(self, row: Any, shared: dict[int, int]) -> str | datetime:
        """`go`, `template`, a final state without a message, or when to look again."""
        if row.opted_out_at is not None or (row.target > 0 and row.consented_at is None):
            return "opted_out"  # STOP, or everything deleted
        if row.unreachable_at is not None or (row.target < 0 and not row.active):
            return "unreachable"
        if not self._plan.danger:
            morning = quiet_until(self._now, ZoneInfo(zone_of(row.place_code or "")))
            if morning > self._now:
                return morning
        capped = self._plan.kind not in UNCAPPED
        if capped and shared.get(row.target, 0) >= self._service.settings.broadcasts_a_week:
            return "enough"
        closed = self._channel == "whatsapp" and outbox.window_closed(
            row.last_inbound_at, self._now
        )
        return "template" if closed else "go"

    def _shared(self, contact_ids: list[int]) -> dict[int, int]:
        """How many broadcasts of the last week each of them got."""
        rows = self._connection.execute(
            select(shares.c.contact_id, func.count())
            .where(
                shares.c.contact_id.in_(contact_ids), shares.c.week, shares.c.at > self._now - WEEK
            )
            .group_by(shares.c.contact_id)
        )
        return {contact_id: int(number) for contact_id, number in rows}

    def _threads(self, group_ids: Iterable[int]) -> dict[int, str]:
        rows = self._connection.execute(
            select(groups.c.id, groups.c.thread).where(groups.c.id.in_(list(group_ids)))
        )
        return {row.id: row.thread for row in rows}

    # ---- writing

    def _end(self, ended: dict[str, list[int]]) -> None:
        for state, targets in ended.items():
            self._mark(state, targets)

    def _mark(self, state: str, targets: list[int]) -> None:
        if targets:
            self._connection.execute(
                update(recipients)
                .where(recipients.c.broadcast_id == self._number, recipients.c.target.in_(targets))
                .values(state=state)
            )

    def _put_off(self, later: list[tuple[int, datetime]]) -> None:
        if later:
            mine = and_(
                recipients.c.broadcast_id == self._number,
                recipients.c.target == bindparam("who"),
            )
            self._connection.execute(
                update(recipients).where(mine).values(not_before=bindparam("at")),
                [{"who": target, "at": at} for target, at in later],
            )
