"""A whole bot without a network: `kentongan talk`, the journeys and the tests speak with it.

Everything but the wire is the real thing: turns, outbox, sender, schedule, and the example
office of `bot/demo.py`. Its clock stands still until somebody waits.
"""

import secrets
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from functools import cached_property
from pathlib import Path
from typing import Any

from bot import demo, groups, keeping, reading, schedule
from bot.channels.base import Inbound, InboundKind, Outgoing, Refused
from bot.clock import Clock
from bot.database import Database
from bot.keeping import Kept
from bot.listening import Heard
from bot.picture_reader import PictureReader
from bot.reading import Read
from bot.sealing import KeyRing
from bot.sender import Sender
from bot.service import Service, migrate
from bot.settings import read_settings
from bot.turns import Outcome, Turns

START = datetime.fromisoformat("2026-11-23T09:00:00+07:00")
"""A Monday morning in the office's hours."""


class NoSuchButton(Exception):
    """The last message to that person has no button with this label."""


class RecordingChannel:
    """A wire that ends here: whatever is sent stays in `sent`, in order."""

    name = demo.CHANNEL

    def __init__(self) -> None:
        self.sent: list[Outgoing] = []
        self.pictures: dict[str, bytes] = {}
        """What was photographed or recorded, until it has been read or kept."""
        self.erased: list[str] = []

    async def send(self, message: Outgoing) -> str:
        self.sent.append(message)
        return f"rehearsal-{message.outbox_id}"

    async def find_sent(self, message: Outgoing) -> str | None:
        known = any(sent.outbox_id == message.outbox_id for sent in self.sent)
        return f"rehearsal-{message.outbox_id}" if known else None

    async def fetch(self, media: str) -> bytes:
        if media not in self.pictures:
            raise Refused("gone")
        return self.pictures[media]

    async def discard(self, media: str) -> None:
        self.pictures.pop(media, None)

    async def erase(self, message: str, chat: str) -> None:
        self.erased.append(message)

    async def close(self) -> None:
        return None


class Rehearsal:
    """Say, press and wait; each returns the messages that left because of it."""

    def __init__(
        self,
        database_url: str = "",
        *,
        start: datetime = START,
        ring: KeyRing | None = None,
        channel: RecordingChannel | None = None,
        read: Callable[[bytes], Read] | None = None,
        keep: Callable[[bytes], Kept] = keeping.keep,
        listen: Callable[[bytes], Heard] | None = None,
    ) -> None:
        """Without an address the database is a file that goes with `close`.

        `read` stands in for Tesseract, which a rehearsal need not have; `keep` for what cleans
        evidence, `listen` for Whisper.
        """
        self._folder = None if database_url else tempfile.TemporaryDirectory(prefix="kentongan-")
        if self._folder:
            database_url = f"sqlite:///{Path(self._folder.name) / 'rehearsal.db'}"
        settings = read_settings(
            database_url=database_url, office=demo.OFFICE, simulator=True, _env_file=None
        )
        self.channel = channel or RecordingChannel()
        self.clock = Clock(start)
        self.service = Service(
            settings,
            database=Database(database_url),
            ring=ring or KeyRing.fresh(),
            clock=self.clock,
        )
        migrate(self.service.database, self.service.ring)
        demo.seed(self.service)
        with self.service.database.write() as connection:
            # Else every wait of days would bring some; `/pelajaran hidup` in the group turns it on.
            connection.execute(groups.groups.update().values(lessons=False))
        self.turns = Turns(self.service)
        self._read = read or reading.read
        self._keep = keep
        self._listen = listen
        self.service.reads_pictures |= read is not None
        self.service.hears_voices |= listen is not None
        self._events = f"{secrets.token_hex(4)}-"
        self._count = 0

    @cached_property
    def sender(self) -> Sender:
        """Made where the first message leaves, since it belongs to the running loop."""
        return Sender(self.service, self.channel, pacer=None)

    @cached_property
    def reader(self) -> PictureReader:
        return PictureReader(
            self.service, self.turns, [self.channel],
            read=self._read, keep=self._keep, listen=self._listen,
        )  # fmt: skip

    async def drain(self) -> None:
        """Everything that may leave now leaves, and what may be read now is read and answered."""
        await self.sender.drain()
        await self.reader.drain()
        await self.sender.drain()

    # ---- what people do

    async def say(self, who: str, text: str = "", payload: str = "") -> Sequence[Outgoing]:
        """Words (or a pressed button) of one of the demo's phones."""
        return await self.take(demo.inbound(self.event_id(), who, text, payload))

    async def press(self, who: str, label: str, *, by: str = "") -> Sequence[Outgoing]:
        """Press the button that the last message to `who` shows under that label; `by` is a member
        of the group who is not its admin."""
        last = next((m for m in reversed(self.channel.sent) if m.to == who), None)
        buttons = last.buttons if last else ()
        button = next((b for b in buttons if label in (b.label, b.number)), None)
        if button is None:
            shown = ", ".join(repr(b.label) for b in buttons) or "no buttons"
            raise NoSuchButton(f"{who} has no button {label!r}; the last message has {shown}")
        if by:
            return await self.group(payload=button.payload, by=by)
        return await self.say(who, button.label, button.payload)

    async def send_kind(self, who: str, kind: InboundKind, text: str = "") -> Sequence[Outgoing]:
        """Anything else that a phone can do: a photo, an edited message, blocking the bot."""
        return await self.take(Inbound(demo.CHANNEL, self.event_id(), kind, address=who, text=text))

    async def attach(
        self, who: str, medium: str, data: bytes, caption: str = ""
    ) -> Sequence[Outgoing]:
        """A voice note, a film or a document, as it would come from a phone."""
        event_id = self.event_id()
        self.channel.pictures[event_id] = data
        return await self.take(
            Inbound(demo.CHANNEL, event_id, "unreadable", who,
                    text=caption, medium=medium, media=event_id)
        )  # fmt: skip

    async def photograph(self, who: str, picture: bytes, caption: str = "") -> Sequence[Outgoing]:
        """A picture, as it would come from a phone."""
        event_id = self.event_id()
        self.channel.pictures[event_id] = picture
        return await self.take(
            Inbound(demo.CHANNEL, event_id, "picture", who, text=caption, media=event_id)
        )

    async def group(
        self, text: str = "", *, by: str = "", payload: str = "", **more: Any
    ) -> Sequence[Outgoing]:
        """Words in the village group that reached the bot: of its admin, or of a member `by`."""
        said = demo.inbound(self.event_id(), demo.GROUP, text, payload)
        if by:
            said = replace(said, author=by, author_name=by.capitalize(), by_admin=False)
        return await self.take(replace(said, **more))

    async def join_group(self, group: str = demo.GROUP) -> Sequence[Outgoing]:
        """Somebody adds the bot to a group."""
        return await self.take(
            Inbound(demo.CHANNEL, self.event_id(), "group_joined", group=group, standing="member")
        )

    async def take(self, inbound: Inbound) -> Sequence[Outgoing]:
        """One event of the channel, then everything that may leave."""
        before = len(self.channel.sent)
        self.last_outcome: Outcome = await self.turns.accept(inbound)
        await self.drain()
        return self.channel.sent[before:]

    # ---- time

    async def wait(self, by: timedelta) -> Sequence[Outgoing]:
        """Let time pass; what falls due on the way happens at its own moment."""
        before = len(self.channel.sent)
        await schedule.forward(self.service, self.turns, by, self.drain)
        # Once more for what the last sending has finished (the report of a broadcast).
        await schedule.forward(self.service, self.turns, timedelta(), self.drain)
        return self.channel.sent[before:]

    def close(self) -> None:
        self.turns.close()
        self.service.close()
        if self._folder:
            self._folder.cleanup()

    def event_id(self) -> str:
        self._count += 1
        return f"{self._events}{self._count}"
