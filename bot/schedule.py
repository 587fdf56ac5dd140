"""Every timed job. APScheduler is only the clock; a tick row makes each slot happen once.

Jobs look at what is due *now*, so a missed or doubled tick changes nothing; the daily ones are
caught up after a stop because their slot's row is still missing.
"""

import asyncio
import logging
import os
import secrets
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta

from apscheduler.schedulers.asyncio import AsyncIOScheduler
from prometheus_client import Counter
from sqlalchemy import Connection, select
from sqlmodel import Field, SQLModel

from bot import (
    accounts,
    broadcast_notices,
    broadcasts,
    case_work,
    coordination,
    departure_family,
    departure_notices,
    departures,
    draft_media,
    feeding,
    group_lessons,
    groups,
    leave,
    links,
    meeting_clock,
    meetings,
    officers,
    order,
    outbox,
    partner_requests,
    receipts,
    register_notices,
    relay_kits,
    relays,
    reminders,
    repeats,
    retention,
    sign_in,
    template_sync,
    templates,
    tip_clock,
    tip_lists,
    tip_seal,
    tips,
)
from bot.database import Database, Moment
from bot.effects import Effects
from bot.inbox import inbox
from bot.roster import hand_over_orphans
from bot.service import Service
from bot.tip_moves import Why
from bot.turns import Turns, sessions
from bot.world import World

log = logging.getLogger(__name__)

EVERY = 15
"""Seconds between looks at what is due."""
ASK_EVERY = 900
"""Seconds between looks whether WhatsApp's templates were asked after today."""
LEASE = timedelta(seconds=45)
SEEN_EVENTS_STAY = timedelta(days=30)
"""A provider may deliver an event again days later (security.md 2, row 7)."""
SENT_ROWS_STAY = timedelta(days=30)

ESCALATIONS = Counter("kentongan_escalations", "Tips whose deadline passed.", ["urgency"])


class Tick(SQLModel, table=True):
    job: str = Field(primary_key=True)
    slot: datetime = Field(primary_key=True, sa_type=Moment)


class Lease(SQLModel, table=True):
    """Who may do what only one process may do: run the schedule, send on a channel."""

    name: str = Field(primary_key=True)
    holder: str
    until: datetime = Field(sa_type=Moment)


ticks = Tick.__table__  # type: ignore[attr-defined]
leases = Lease.__table__  # type: ignore[attr-defined]

HOLDER = f"{os.getpid()}-{secrets.token_hex(4)}"


def hold(database: Database, name: str, now: datetime, *, holder: str = HOLDER) -> bool:
    """Take or renew a lease; False while another process has it."""
    insert = database.insert(leases).values(name=name, holder=holder, until=now + LEASE)
    statement = insert.on_conflict_do_update(
        index_elements=["name"],
        set_={"holder": holder, "until": now + LEASE},
        where=(leases.c.until < now) | (leases.c.holder == holder),
    ).returning(leases.c.holder)
    with database.write() as connection:
        return connection.execute(statement).scalar() == holder


def let_go(database: Database, name: str, *, holder: str = HOLDER) -> None:
    with database.write() as connection:
        connection.execute(leases.delete().where(leases.c.name == name, leases.c.holder == holder))


def run_due(service: Service, turns: Turns) -> None:
    """Do everything that is due at the service's present time, each job in its own transaction."""
    now = service.clock.now()
    cards = _drawn(service, now)
    jobs: list[Callable[[Connection], object]] = [
        lambda connection: turns.pass_time(connection, now),
        lambda connection: begin_leaves(connection, service, now),
        lambda connection: _daily(connection, service.database, "handover", now, hand_over_orphans),
        lambda connection: escalate_overdue(connection, service, now),
        lambda connection: broadcast_notices.tell_due(connection, service, now),
        lambda connection: departure_notices.remind_due(connection, service, now),
        lambda connection: reminders.push_due(connection, service, turns, now),
        lambda connection: meeting_clock.remind_due(connection, service, now),
        lambda connection: group_lessons.push_due(connection, service, now),
        lambda connection: group_lessons.close_due(connection, service, now),
        lambda connection: repeat_campaigns(connection, service, now),
        lambda connection: relay_kits.send_due(connection, service, turns, cards, now),
        lambda connection: _daily(connection, service.database, "purge", now, purge),
        lambda connection: _daily(
            connection,
            service.database,
            "retention",
            now,
            lambda connection, now: retention.erase_old(
                connection, now - timedelta(days=service.settings.keep_closed_days), now
            ),
        ),
        lambda connection: _daily(
            connection,
            service.database,
            "watches",
            now,
            lambda connection, now: register_notices.look_daily(connection, service, now),
        ),
    ]
    for job in jobs:
        try:
            with service.database.write() as connection:
                job(connection)
        except Exception as error:  # one job's trouble must not stop the deadlines of others
            log.error("schedule: %s", type(error).__name__)


def _drawn(service: Service, now: datetime) -> dict[int, str]:
    """The pictures of the kits that are due; without them the kits go all the same."""
    try:
        return relay_kits.draw_due(service, now)
    except Exception as error:
        log.error("kits can't be drawn: %s", type(error).__name__)
        return {}


def next_moment(service: Service) -> datetime | None:
    """When the next thing is due (for a clock that is moved by hand)."""
    with service.database.read() as connection:
        moments = [
            connection.execute(select(sessions.c.wake_at).order_by(sessions.c.wake_at)
                               .where(sessions.c.wake_at.is_not(None)).limit(1)).scalar(),
            tip_clock.next_due(connection),
            leave.next_begin(connection, service.clock.now()),
            departures.next_due(connection, service.clock.now()),
            outbox.next_moment(connection),
            reminders.next_moment(connection),
            meeting_clock.next_moment(connection),
            broadcasts.next_moment(connection),
            group_lessons.next_moment(connection, service, service.clock.now()),
            repeats.next_moment(connection),
            relay_kits.next_moment(connection),
        ]  # fmt: skip
    return min((moment for moment in moments if moment), default=None)


async def forward(
    service: Service,
    turns: Turns,
    by: timedelta,
    drain: Callable[[], Awaitable[object]],
) -> None:
    """Move a clock that may be moved; what falls due on the way happens at its own time.

    `drain` sends what may leave at that moment.
    """
    target = service.clock.now() + by
    while True:
        await asyncio.to_thread(run_due, service, turns)
        await drain()
        due = await asyncio.to_thread(next_moment, service)
        now = service.clock.now()
        if due is None or due > target or now >= target:
            break
        # A moment that stays due (nobody could take it) must not hold the clock.
        step = due - now if due > now else timedelta(minutes=1)
        service.clock.forward(min(step, target - now))
    service.clock.forward(max(target - service.clock.now(), timedelta()))
    await asyncio.to_thread(run_due, service, turns)
    await drain()


def escalate_overdue(connection: Connection, service: Service, now: datetime) -> int:
    """Tips whose deadline has passed go to the next of the chain; the reporter is told."""
    overdue = tip_lists.overdue(connection, now)
    for tip in overdue:
        try:
            with connection.begin_nested():
                _escalate(connection, service, tip, now)
        except Exception as error:  # it stays overdue and is tried again; the others go on
            log.error("tip %s can't be escalated: %s", tip.number, type(error).__name__)
    return len(overdue)


def _escalate(connection: Connection, service: Service, tip: tips.TipRow, now: datetime) -> None:
    """Give it to the next of the chain, or start the clock of the last one again."""
    effects = Effects(connection, service, World(connection, service, None, now), now)
    today = service.office_of(tip.office_code).calendar.local(now).date()
    owner = tip.officer_id
    why: Why = "overdue"
    if owner is not None and officers.is_gone(connection, owner, tip.role, tip.place_code, today):
        why = "transferred"
    if tip.paused_until is not None and why == "overdue":
        effects.end_pause(tip)
    elif effects.give_to_next(tip, why):
        ESCALATIONS.labels(tip.urgency).inc()
    else:
        effects.tell_again(tip)
        log.warning("tip %s is overdue and the chain has nobody else", tip.number)
    outbox.queue(connection, effects.rows)


def begin_leaves(connection: Connection, service: Service, now: datetime) -> None:
    """Open tips of who is away from now on move on."""
    for away in leave.begun(connection, now):
        effects = Effects(connection, service, World(connection, service, None, now), now)
        effects.begin_leave(away)
        outbox.queue(connection, effects.rows)


def repeat_campaigns(connection: Connection, service: Service, now: datetime) -> int:
    """Weekly lessons and monthly hours whose slot has come, in whichever process comes first."""
    effects = Effects(connection, service, World(connection, service, None, now), now)
    ran = repeats.run_due(effects, lambda job, slot: _once(connection, service.database, job, slot))
    outbox.queue(connection, effects.rows)
    return ran


def purge(connection: Connection, now: datetime) -> None:
    """What has served its purpose goes."""
    connection.execute(inbox.delete().where(inbox.c.received_at < now - SEEN_EVENTS_STAY))
    outbox.purge(connection, now - SENT_ROWS_STAY)
    outbox.clear(connection, now)
    draft_media.purge(connection, now)
    links.purge(connection, now)
    order.purge(connection, now)
    tip_seal.purge_relays(connection, now - tips.NEWS_STAYS)
    receipts.purge(connection, now)
    case_work.purge_forms(connection, now - SENT_ROWS_STAY)
    accounts.purge_sessions(connection, now)
    sign_in.purge(connection, now)
    partner_requests.end_overdue(connection, now)
    departure_family.purge(connection, now)
    reminders.purge(connection, now)
    meetings.purge(connection, now)
    groups.purge(connection, now)
    coordination.purge(connection, now)
    relays.purge(connection, now)
    feeding.purge(connection, now)
    connection.execute(ticks.delete().where(ticks.c.slot < now - SENT_ROWS_STAY))


def _daily(
    connection: Connection,
    database: Database,
    job: str,
    now: datetime,
    work: Callable[[Connection, datetime], object],
) -> None:
    """Run once for the day's slot, whichever process comes first."""
    if _is_first(connection, database, job, now):
        work(connection, now)


def _is_first(connection: Connection, database: Database, job: str, now: datetime) -> bool:
    """Of the day."""
    return _once(connection, database, job, now.replace(hour=0, minute=0, second=0, microsecond=0))


def _once(connection: Connection, database: Database, job: str, slot: datetime) -> bool:
    """True for the first that asks for this slot, of all processes."""
    insert = database.insert(ticks).values(job=job, slot=slot).on_conflict_do_nothing()
    return connection.execute(insert.returning(ticks.c.job)).first() is not None


class Schedule:
    """Looks every few seconds at what is due, in whichever process holds the lease."""

    def __init__(self, service: Service, turns: Turns) -> None:
        self._service = service
        self._turns = turns
        self._clock = AsyncIOScheduler(timezone="UTC")
        self._clock.add_job(self._look, "interval", seconds=EVERY, max_instances=1, coalesce=True,
                            misfire_grace_time=None)  # fmt: skip
        self._clock.add_job(self.ask_after_templates, "interval", seconds=ASK_EVERY,
                            max_instances=1, coalesce=True, misfire_grace_time=None)  # fmt: skip

    def start(self) -> None:
        self._clock.start()

    def stop(self) -> None:
        self._clock.shutdown(wait=False)
        let_go(self._service.database, "schedule")

    async def ask_after_templates(self) -> None:
        """Once a day, what Meta says of each template, which may be paused without a word to us;
        sooner while one is waited for."""
        if self._service.settings.whatsapp_ready and await asyncio.to_thread(self._is_due):
            await template_sync.poll_quietly(self._service)

    def _is_due(self) -> bool:
        now = self._service.clock.now()
        with self._service.database.write() as connection:
            due = _is_first(connection, self._service.database, "templates", now)
            return due or templates.is_waited_for(connection)

    async def _look(self) -> None:
        await asyncio.to_thread(self.look)

    def look(self) -> None:
        if hold(self._service.database, "schedule", self._service.clock.now()):
            run_due(self._service, self._turns)
            self._turns.wake()
