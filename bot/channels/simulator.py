"""A channel that stays on this machine: the phones of the simulator page."""

import asyncio
import contextlib
import itertools
import secrets
from collections import deque
from collections.abc import AsyncIterator, Callable
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from bot.channels.base import Media, Outgoing, Refused
from flows.events import Button, Poll

KEPT = 400
"""Messages a phone shows; older ones scroll away."""
MAX_LISTENERS = 32
MAX_PICTURES = 8
"""Held in memory until they are read; the oldest go first."""


class SimulatorChannel:
    """Keeps what each phone shows, and tells the open pages of everything new."""

    name = "simulator"

    def __init__(self, now: Callable[[], datetime]) -> None:
        self._now = now
        self._ids = itertools.count(1)
        self._phones: dict[str, deque[dict[str, Any]]] = {}
        self._pictures: dict[str, bytes] = {}
        self._listeners: set[asyncio.Queue[tuple[str, dict[str, Any]]]] = set()

    async def send(self, message: Outgoing) -> str:
        if message.ends_poll:
            self._end_poll(message.to, int(message.ends_poll))
        shown = self.show(
            message.to, "bot", message.text, message.buttons, message.media, message.poll
        )
        return str(shown)

    def _end_poll(self, phone: str, number: int) -> None:
        for shown in self._phones.get(phone, ()):
            if shown["id"] == number and shown["poll"]:
                shown["poll"]["closed"] = True
                self.tell("poll", {"phone": phone, "id": number})

    async def find_sent(self, message: Outgoing) -> str | None:
        return None

    def keep(self, picture: bytes) -> str:
        """Hold a picture for `fetch`; returns what it is fetched by."""
        media = secrets.token_hex(8)
        self._pictures[media] = picture
        while len(self._pictures) > MAX_PICTURES:
            del self._pictures[next(iter(self._pictures))]
        return media

    async def fetch(self, media: str) -> bytes:
        if media not in self._pictures:
            raise Refused("gone")
        return self._pictures[media]

    async def discard(self, media: str) -> None:
        self._pictures.pop(media, None)

    async def erase(self, message: str, chat: str) -> None:
        """Nobody but this process ever had it."""

    async def close(self) -> None:
        self.tell("closed", {})

    def show(
        self,
        phone: str,
        sender: str,
        text: str,
        buttons: tuple[Button, ...] = (),
        media: Media | None = None,
        poll: Poll | None = None,
    ) -> int:
        """Put a message on a phone; returns its id."""
        number = next(self._ids)
        shown = {
            "id": number,
            "from": sender,
            "text": text,
            "at": self._now().isoformat(timespec="seconds"),
            "buttons": [
                {"number": b.number, "label": b.label, "payload": b.payload, "url": b.url}
                for b in buttons
            ],
            # By its path: the page is served by the same process as the file.
            "media": [{"type": media.type, "url": urlsplit(media.url).path}] if media else [],
            # As on Telegram: who votes sees at once whether it was right; nobody is told who.
            "poll": {
                "question": poll.question, "options": list(poll.options), "right": poll.right,
                "closed": False,
            } if poll else None,
            "status": "sent",
        }  # fmt: skip
        self._phones.setdefault(phone, deque(maxlen=KEPT)).append(shown)
        self.tell("message", {"phone": phone, "message": shown})
        return number

    def shown(self, phone: str) -> list[dict[str, Any]]:
        return list(self._phones.get(phone, ()))

    def tell(self, event: str, data: dict[str, Any]) -> None:
        for listener in self._listeners:
            if listener.qsize() < KEPT:
                listener.put_nowait((event, data))

    def clear(self) -> None:
        self._phones.clear()
        self._pictures.clear()
        self.tell("reset", {})

    @contextlib.asynccontextmanager
    async def listen(self) -> AsyncIterator["asyncio.Queue[tuple[str, dict[str, Any]]]"]:
        """A queue of (event, data) for one open page. Raises ValueError when too many are open."""
        if len(self._listeners) >= MAX_LISTENERS:
            raise ValueError("too many open pages")
        queue: asyncio.Queue[tuple[str, dict[str, Any]]] = asyncio.Queue()
        self._listeners.add(queue)
        try:
            yield queue
        finally:
            self._listeners.discard(queue)
