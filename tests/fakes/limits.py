"""Providers that hold their documented limits, whoever calls.

Telegram, https://core.telegram.org/bots/faq#my-bot-is-hitting-limits-how-do-i-avoid-this: about 30
messages a second, one a second in a chat (short bursts pass), 20 a minute in a group. Twilio: 80
messages a second from one WhatsApp sender, https://www.twilio.com/docs/whatsapp/api#rate-limiting.
"""

import time
from collections import defaultdict, deque

from tests.fakes.telegram import FakeTelegram, flood
from tests.fakes.telegram import Fault as TelegramFault
from tests.fakes.twilio import FakeTwilio
from tests.fakes.twilio import Fault as TwilioFault

JITTER = 0.05
"""Seconds by which two calls may come closer together on the wire than they left."""


class Window:
    """So many in so many seconds, and no more."""

    def __init__(self, most: int, seconds: float) -> None:
        self._most, self._seconds = most, seconds - JITTER
        self._at: deque[float] = deque()

    def is_full(self) -> bool:
        """Counts the call that is asked for, if there is room."""
        now = time.monotonic()
        while self._at and now - self._at[0] >= self._seconds:
            self._at.popleft()
        if len(self._at) >= self._most:
            return True
        self._at.append(now)
        return False


class StrictTelegram(FakeTelegram):
    def __init__(self) -> None:
        super().__init__()
        self.flooded = 0
        """How often somebody had to be told to slow down."""
        self._all = Window(30, 1)
        self._chats: dict[str, Window] = defaultdict(lambda: Window(3, 3))
        self._groups: dict[str, Window] = defaultdict(lambda: Window(20, 60))

    def _next_fault(self, method: str, chat: str) -> TelegramFault | None:
        if not method.startswith("send"):
            return super()._next_fault(method, chat)
        group = chat.startswith("-")
        of_chat = self._groups[chat] if group else self._chats[chat]
        if of_chat.is_full() or self._all.is_full():
            self.flooded += 1
            return flood(1)
        return super()._next_fault(method, chat)


class StrictTwilio(FakeTwilio):
    def __init__(self) -> None:
        super().__init__()
        self.flooded = 0
        self._all = Window(80, 1)

    def _next_fault(self, call: str, to: str) -> TwilioFault | None:
        if call == "message" and self._all.is_full():
            self.flooded += 1
            return TwilioFault(429, 20429)
        return super()._next_fault(call, to)
