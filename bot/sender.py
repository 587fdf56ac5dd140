"""Takes messages from the outbox to a channel: in order, paced, never blindly twice.

One sender a channel holds the channel's lease. It claims a page of rows (at most one a lane),
sends them with a few workers, and notes the results together, so that the database costs little
beside the provider's client.
"""

import asyncio
import contextlib
import logging
import time
from collections import deque
from dataclasses import replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import Connection
from sqlalchemy.exc import OperationalError

from bot import broadcasts, feeding, outbox, undelivered
from bot.channels.base import (
    Channel,
    OutcomeUnknown,
    Outgoing,
    Refused,
    RetryLater,
    SendError,
    Unreachable,
    WindowClosed,
)
from bot.not_sent import DOWN, NIGHT, PACED, SENT, STOPPING, NotSent
from bot.outbox import BULK, NEWS, NOTICE, REPLY, Claimed
from bot.outgoing import have_erased, outgoing
from bot.pacing import PACES, Pace, Pacer
from bot.schedule import LEASE, hold, let_go
from bot.service import Service
from bot.settling import SEALED, settle
from bot.shelf import CannotMake
from bot.territory import zone_of
from bot.working_hours import quiet_until

__all__ = ["DOWN", "PACES", "SENT", "Pace", "Pacer", "Sender"]

log = logging.getLogger(__name__)

PAGE = 1024
"""Rows held at a time without a pacer; with one, what it lets through in a second, so that a
reply never waits behind a page of bulk."""
AHEAD = 0.15
"""Seconds before its slot that a message of bulk is claimed."""
GRACE = timedelta(seconds=90)
"""How long a status callback may take before an unknown outcome is looked up (design.md 10)."""
IDLE = 1.0
"""Seconds until a sender looks again when nobody wakes it."""
FLUSH = 0.05
"""Seconds of sending after which results are noted, also in the middle of a page."""


class Sender:
    """One channel's way out."""

    def __init__(
        self, service: Service, channel: Channel, *, pacer: Pacer | None, grace: timedelta = GRACE
    ) -> None:
        """Without a pacer the channel is used as fast as it answers (benchmark, simulator)."""
        self._service = service
        self._channel = channel
        self._pacer = pacer
        self._grace = grace
        self._page = max(8, int(pacer.pace.per_second)) if pacer else PAGE
        self._most_ahead = max(2, int(pacer.pace.per_second * AHEAD)) if pacer else PAGE
        self._ahead: set[int] = set()
        """Rows of bulk that are claimed and not begun."""
        self._wake = asyncio.Event()
        self._loop = asyncio.get_running_loop()
        self._held: asyncio.Queue[Claimed] = asyncio.Queue()
        self._results: deque[tuple[Claimed, str | SendError]] = deque()
        self._settling: asyncio.Task[None] | None = None
        self._stopping = False
        self._lease_until = 0.0
        self._not_sent = NotSent(service, channel.name)

    def wake(self) -> None:
        """Look at the outbox now; may be called from any thread."""
        if not self._wake.is_set() and not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self._wake.set)

    async def run(self) -> None:
        """Send until stopped; then note what was done and hand back what was not begun."""
        workers = [asyncio.create_task(self._work()) for _ in range(self._workers)]
        noting = asyncio.create_task(self._note_regularly())
        while not self._stopping:
            # Cleared before the claim: a message that comes in between is not slept over.
            self._wake.clear()
            try:
                for row in self._claim(self._page - self._held.qsize()):
                    self._held.put_nowait(row)
            except Exception as error:  # the loop that must not die
                log.error("sender %s: %s", self._channel.name, type(error).__name__)
                await asyncio.sleep(IDLE)
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._wake.wait(), IDLE)
        await self._wind_up(workers, noting)

    def stop(self) -> None:
        self._stopping = True
        self.wake()

    async def drain(self) -> None:
        """Send all that may leave now, one after the other (command line, tests)."""
        while rows := self._claim(self._page):
            for row in rows:
                self._results.append((row, await self._send(row)))
                self._is_begun(row)
            self._note()

    # ---- sending

    @property
    def _workers(self) -> int:
        return PACES[self._channel.name].workers

    async def _work(self) -> None:
        while True:
            row = await self._held.get()
            result = RetryLater(STOPPING, seconds=0) if self._stopping else await self._send(row)
            self._is_begun(row)
            self._results.append((row, result))
            self._held.task_done()
            if self._held.qsize() == self._page // 2:
                self._wake.set()

    async def _wind_up(self, workers: list[asyncio.Task[None]], noting: asyncio.Task[None]) -> None:
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._held.join(), 10)
        for task in (*workers, noting):
            task.cancel()
        self._note()
        await asyncio.to_thread(let_go, self._service.database, self._lease)

    async def _send(self, row: Claimed) -> str | SendError:
        if row.priority >= NOTICE and row.unreachable:
            return Unreachable("unreachable")
        if row.priority >= NEWS and row.opted_out:
            return Unreachable("opted_out")
        try:
            message = outgoing(self._service.ring, row)
            row.erase, row.awake = message.erase, message.awake
            if seconds := self._seconds_of_night(row):
                return RetryLater(NIGHT, seconds=seconds)
            if message.wants:
                message = await self._with_media(message)
        except Exception as error:
            log.error("outbox %s can't be opened: %s", row.id, type(error).__name__)
            return Refused(SEALED)
        if self._is_outside_window(row) and not message.template:
            return WindowClosed("window")
        try:
            if self._pacer:
                if seconds := self._pacer.lane_wait(row.lane):
                    return RetryLater(PACED, seconds=seconds)
                await self._pacer.channel_turn()
            self._is_begun(row)
            return await self._channel.send(message)
        except SendError as error:
            return error
        except Exception as error:
            log.error("channel %s: %s", self._channel.name, type(error).__name__)
            return OutcomeUnknown(type(error).__name__)

    def _is_begun(self, row: Claimed) -> None:
        """Or given back: either way another one of bulk may be claimed."""
        if row.id in self._ahead:
            self._ahead.remove(row.id)
            if len(self._ahead) <= self._most_ahead // 2:
                self._wake.set()

    def _seconds_of_night(self, row: Claimed) -> float:
        """Until what nobody waits for may wake people, on the clock of their own village."""
        if row.priority < NEWS or row.awake or not row.place_code:
            return 0.0
        now = self._service.clock.now()
        return (quiet_until(now, ZoneInfo(zone_of(row.place_code))) - now).total_seconds()

    def _is_outside_window(self, row: Claimed) -> bool:
        """Known beforehand: WhatsApp would take the message and only later say that it failed."""
        last = row.last_inbound_at if self._channel.name == "whatsapp" else None
        return last is not None and outbox.window_closed(last, self._service.clock.now())

    async def _with_media(self, message: Outgoing) -> Outgoing:
        """Made here and not in a turn: the first to ask for a card's sound waits a second for it."""
        now, shelf = self._service.clock.now(), self._service.shelf
        try:
            today = self._service.today(now)
            media = await asyncio.to_thread(shelf.made, message.wants, today, now)
        except CannotMake as error:
            log.error("%s can't be made: %s", message.wants, error)
            return replace(message, text=self._service.message("hear.failed").text)
        return replace(message, media=media)

    # ---- the database side
    #
    # In the loop's own thread: a thread of its own would hand Python's lock to and fro at every
    # row. With a pacer a page is a few dozen rows, so the loop is held for about a millisecond.

    @property
    def _lease(self) -> str:
        return f"sender:{self._channel.name}"

    def _claim(self, most: int) -> list[Claimed]:
        now = self._service.clock.now()
        if most <= 0 or time.monotonic() < self._not_sent.down_until or not self._hold(now):
            return []
        with self._service.database.write() as connection:
            broadcasts.start_due(connection, self._service, now)
            name = self._channel.name
            rows = outbox.claim(connection, name, now, most, priorities=(REPLY, NEWS))
            # Bulk only fills what answers and notices leave free, and is claimed just ahead of its
            # slots: what a crash finds claimed is not sent again.
            room = min(most - len(rows), self._most_ahead - len(self._ahead))
            if room > 0:
                self._feed(connection, now, room)
                bulk = outbox.claim(connection, name, now, room, priorities=(BULK, BULK))
                self._ahead.update(row.id for row in bulk)
                rows += bulk
            return rows

    def _feed(self, connection: Connection, now: datetime, room: int) -> None:
        """In a savepoint: a broadcast that can't be written holds up nobody's reply."""
        try:
            with connection.begin_nested():
                feeding.feed(connection, self._service, self._channel.name, now, room)
        except OperationalError:
            raise
        except Exception as error:
            log.error("broadcasts on %s: %s", self._channel.name, type(error).__name__)

    def _hold(self, now: datetime) -> bool:
        """The channel's lease, renewed well before it ends; taking it over settles old claims."""
        if time.monotonic() < self._lease_until:
            return True
        if not hold(self._service.database, self._lease, now):
            return False
        if not self._lease_until:
            with self._service.database.write() as connection:
                outbox.release(connection, self._channel.name, now)
        self._lease_until = time.monotonic() + LEASE.total_seconds() / 3
        self._loop.call_soon_threadsafe(self._begin_settling)
        return True

    async def _note_regularly(self) -> None:
        while True:
            await asyncio.sleep(FLUSH)
            if self._results:
                try:
                    self._note()
                except Exception as error:  # the notes are kept: see _note
                    log.error("sender %s: %s", self._channel.name, type(error).__name__)
                    await asyncio.sleep(IDLE)
                if self._held.qsize() <= self._page // 2:
                    self._wake.set()

    def _note(self) -> None:
        """Write down what became of the messages sent so far; what can't be written is kept."""
        results = [self._results.popleft() for _ in range(len(self._results))]
        if not results:
            return
        now = self._service.clock.now()
        sent = [(row.id, sid) for row, sid in results if isinstance(sid, str)]
        failed = [(row, error) for row, error in results if isinstance(error, SendError)]
        try:
            with self._service.database.write() as connection:
                undelivered.hold(connection, [row.id for row, _ in failed if row.priority >= NEWS])
                outbox.mark_sent(connection, sent)
                for row, result in results:
                    if row.erase and isinstance(result, str):
                        have_erased(connection, self._service.ring, self._channel.name, row,
                                    row.erase, result, now)  # fmt: skip
                for row, error in sorted(failed, key=lambda pair: pair[0].contact_id or 0):
                    self._not_sent.note(connection, row, error, now)
        except Exception:
            self._results.extendleft(reversed(results))
            raise
        if sent:
            DOWN.labels(self._channel.name).set(0)
        SENT.labels(self._channel.name, "sent").inc(len(sent))

    # ---- unknown outcomes

    def _begin_settling(self) -> None:
        """One at a time: two would each send the same row once more."""
        if self._settling is None or self._settling.done():
            self._settling = self._loop.create_task(self._settle())

    async def _settle(self) -> None:
        if await settle(self._service, self._channel, self._grace):
            self._wake.set()
