"""What becomes of a message that its channel did not take: later, elsewhere, or never."""

import contextlib
import logging
import time
from datetime import datetime, timedelta

from prometheus_client import Counter, Gauge
from sqlalchemy import Connection
from sqlalchemy.exc import OperationalError

from bot import contacts, group_notices, groups, outbox, undelivered
from bot.channels.base import (
    ChannelDown,
    GroupMoved,
    MayNotWrite,
    OutcomeUnknown,
    RetryLater,
    SendError,
    Unreachable,
    WindowClosed,
)
from bot.outbox import NEWS, Claimed
from bot.service import NoOffice, Service

log = logging.getLogger(__name__)

SENT = Counter(
    "kentongan_messages_out", "Messages out, by channel and state.", ["channel", "state"]
)
DOWN = Gauge("kentongan_channel_down", "1 while a channel refuses our credentials.", ["channel"])

PACED, STOPPING, NIGHT = "paced", "stopping", "night"
"""Why a row is handed back that was not tried."""
DOWN_FOR = 60.0
"""Seconds a channel rests after its credentials were refused."""
FLOOD, FLOODED = 10.0, 3
"""So many chats that are told to slow down in so many seconds mean the whole channel."""
LONGEST_PAUSE = 300.0
"""Seconds to which the pause between tries grows; what a provider itself names is kept."""


class NotSent:
    """The failures of one channel, and until when the whole of it rests."""

    def __init__(self, service: Service, channel: str) -> None:
        self._service, self._channel = service, channel
        self.down_until = 0.0
        """On the monotonic clock: until then nothing is claimed."""
        self._refused: dict[str, float] = {}
        """When each lane was last told to slow down."""

    def note(self, connection: Connection, row: Claimed, error: SendError, now: datetime) -> None:
        """In a savepoint: a failure that can't be noted ends its own row and no other's note."""
        try:
            with connection.begin_nested():
                self._note_failure(connection, row, error, now)
                if row.priority >= NEWS:
                    undelivered.given_back(connection, row.id)
        except OperationalError:
            raise  # the database itself is in trouble: all is noted later
        except Exception as trouble:
            log.error("outbox %s can't be noted: %s", row.id, type(trouble).__name__)
            SENT.labels(self._channel, self._end(connection, row, "failed", "unnoted")).inc()

    def _note_failure(
        self, connection: Connection, row: Claimed, error: SendError, now: datetime
    ) -> None:
        if self._channel == "whatsapp" and undelivered.taken_back(
            connection, self._service, row.id, error, now
        ):
            if isinstance(error, RetryLater):
                self.down_until = time.monotonic() + error.seconds
            SENT.labels(self._channel, "retried").inc()
            return
        match error:
            case OutcomeUnknown():
                return  # stays "sending": a callback, a look-up or one marked resend settles it
            case RetryLater(seconds=seconds):
                if error.code in (PACED, STOPPING, NIGHT):
                    self._put_back(connection, row, now + timedelta(seconds=seconds), error.code,
                                   tried=False)  # fmt: skip
                    return
                state = self._again(connection, row, error, now)
            case ChannelDown():
                state = self._rest(connection, row, error, now)
            case GroupMoved():
                state = self._move_group(connection, row, error, now)
            case WindowClosed():
                state = self._end(connection, row, "parked", error.code)
            case Unreachable(code="opted_out"):
                state = self._end(connection, row, "cancelled", error.code)
            case Unreachable():
                if row.contact_id:
                    contacts.change(connection, row.contact_id, unreachable_at=now)
                elif row.group_id:
                    trouble = "muted" if isinstance(error, MayNotWrite) else "left"
                    told = group_notices.lost(connection, self._service, row.group_id, trouble, now)
                    outbox.queue(connection, told)
                state = self._end(connection, row, "failed", error.code)
            case _:
                state = self._end(connection, row, "failed", error.code)
        SENT.labels(self._channel, state).inc()

    def _again(self, connection: Connection, row: Claimed, error: RetryLater, now: datetime) -> str:
        """Wait and try again, longer each time, until it is a dead letter (`is_given_up`).

        What is wrong with the whole channel is not this message's failure, however long it lasts.
        """
        if error.whole_channel:
            self.down_until = time.monotonic() + error.seconds
        elif row.is_given_up(now):
            log.error(
                "outbox %s: given up after %s attempts (%s)", row.id, row.attempts + 1, error.code
            )
            return self._end(connection, row, "failed", error.code)
        elif error.code == "429" and self._many_refuse(row.lane):
            self.down_until = time.monotonic() + error.seconds
        seconds = error.seconds
        if seconds < 60 and not error.whole_channel:
            seconds = min(seconds * 2 ** min(row.attempts, 6), LONGEST_PAUSE)
        later = now + timedelta(seconds=seconds)
        self._put_back(connection, row, later, error.code, tried=not error.whole_channel)
        return "retried"

    def _many_refuse(self, lane: str) -> bool:
        """Three chats in ten seconds: it is no chat's own limit but all of ours (channels.md 2.6)."""
        now = time.monotonic()
        self._refused = {one: at for one, at in self._refused.items() if now - at < FLOOD}
        self._refused[lane] = now
        return len(self._refused) >= FLOODED

    def _put_back(
        self, connection: Connection, row: Claimed, later: datetime, code: str, *, tried: bool
    ) -> None:
        """What comes unasked is not put back into the hours in which people sleep."""
        if row.priority >= NEWS and not row.awake:
            with contextlib.suppress(NoOffice):
                later = self._service.office().calendar.quiet_until(later)
        outbox.put_back(connection, row.id, row.lane, later, code, tried=tried)

    def _rest(self, connection: Connection, row: Claimed, error: ChannelDown, now: datetime) -> str:
        """Our account is refused: nothing leaves for a while, nothing is lost, `doctor` shows it."""
        log.error("channel %s refuses us (%s): check its credentials", self._channel, error.code)
        DOWN.labels(self._channel).set(1)
        self.down_until = time.monotonic() + DOWN_FOR
        later = now + timedelta(seconds=DOWN_FOR)
        self._put_back(connection, row, later, error.code, tried=False)
        return "retried"

    def _move_group(
        self, connection: Connection, row: Claimed, error: GroupMoved, now: datetime
    ) -> str:
        chat = groups.chat_of(self._service.ring, row.to_index, row.to)
        # First back in the queue: what the other group has too is taken out of it by the move.
        outbox.put_back(connection, row.id, row.lane, now, error.code)
        groups.move(connection, self._service.ring, self._channel, chat, error.moved_to)
        return "retried"

    def _end(self, connection: Connection, row: Claimed, state: str, code: str) -> str:
        outbox.finish(connection, row.id, state, code)
        return state
