"""How fast a channel may be used: token buckets, one for the channel and one for each lane."""

import asyncio
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field, replace

from bot.settings import Settings


@dataclass(frozen=True, slots=True)
class Pace:
    """What a channel can take. Sources: channels.md 1.10 (WhatsApp) and 2.6 (Telegram)."""

    per_second: float
    lane_seconds: float
    """Seconds between two messages to one person, once `lane_burst` is used up."""
    lane_burst: int
    group_seconds: float
    """Seconds between two messages to one group."""
    workers: int


EASE = 0.985
"""Share of the pace that is used, so that one late message need not hold up the next."""

PACES = {
    "telegram": Pace(25, 1.0, 3, 3.5, 8),
    "whatsapp": Pace(10, 6.0, 3, 6.0, 32),
    "simulator": Pace(1000, 0, 100, 0, 8),
}


def pace_of(settings: Settings, channel: str) -> Pace:
    """What this office's account may send."""
    asked = {
        "telegram": settings.telegram_per_second, "whatsapp": settings.whatsapp_per_second,
    }  # fmt: skip
    pace = PACES[channel]
    return replace(pace, per_second=asked.get(channel, pace.per_second))


@dataclass(slots=True)
class Pacer:
    """Token buckets on a monotonic clock: one for the channel, one for each lane."""

    pace: Pace
    clock: Callable[[], float] = time.monotonic
    _free_at: float = 0.0
    _begun: deque[float] = field(default_factory=deque)
    """When the messages of the last second began to leave."""
    _lanes: dict[str, tuple[float, float]] = field(default_factory=dict)

    def lane_wait(self, lane: str) -> float:
        """Seconds until this lane's chat may have a message; 0 takes the place.

        Answers, news and bulk have lanes of their own; the chat's limit is one for all of them."""
        now = self.clock()
        chat = lane.lstrip("bn")
        is_group = chat.startswith("g")
        every = self.pace.group_seconds if is_group else self.pace.lane_seconds
        burst = self.pace.lane_burst
        tokens, seen = self._lanes.get(chat, (float(burst), now))
        if every:
            tokens = min(float(burst), tokens + (now - seen) / every)
            if tokens < 1:
                return (1 - tokens) * every
            self._lanes[chat] = (tokens - 1, now)
            self._forget(now)
        return 0.0

    def channel_wait(self) -> float:
        """Seconds until the channel has a free place; the place is taken in any case."""
        now = self.clock()
        starts = max(self._free_at, now)
        self._free_at = starts + 1 / (self.pace.per_second * EASE)
        return starts - now

    async def channel_turn(self) -> None:
        """Return when the channel may have one more message, which then counts as begun.

        The slots are evenly spaced; a worker that wakes late, followed by one that does not, would
        still make a second hold more than the pace, so the last second is looked at as well."""
        await asyncio.sleep(self.channel_wait())
        most = max(1, int(self.pace.per_second))
        while (left := self._left(most)) > 0:  # noqa: ASYNC110 (a clock, no event)
            await asyncio.sleep(left)
        self._begun.append(self.clock())
        while len(self._begun) > most:
            self._begun.popleft()

    def _left(self, most: int) -> float:
        """Seconds until the last second holds fewer than so many."""
        return 1 - (self.clock() - self._begun[-most]) if len(self._begun) >= most else 0.0

    def _forget(self, now: float) -> None:
        if len(self._lanes) > 20_000:
            longest = max(self.pace.lane_seconds, self.pace.group_seconds) * self.pace.lane_burst
            self._lanes = {k: v for k, v in self._lanes.items() if now - v[1] < longest}
