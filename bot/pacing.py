"""How fast a channel may be used: token buckets, one for the channel and one for each lane."""

import time
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
        self._free_at = starts + 1 / self.pace.per_second
        return starts - now

    def _forget(self, now: float) -> None:
        if len(self._lanes) > 20_000:
            longest = max(self.pace.lane_seconds, self.pace.group_seconds) * self.pace.lane_burst
            self._lanes = {k: v for k, v in self._lanes.items() if now - v[1] < longest}
