"""Pictures of a rehearsal: an album as their provider, and readers that come and go."""

from collections import defaultdict
from datetime import timedelta

from sqlalchemy import select

from bot import demo, pictures
from bot.channels.base import Inbound, InboundKind, RetryLater
from bot.keeping import Kept
from bot.picture_reader import PictureReader
from bot.pictures import jobs
from bot.reading import Read
from bot.rehearsal import RecordingChannel, Rehearsal
from bot.sessions import open_session
from bot.turns import Outcome, sessions
from flows.session import Session
from tests.bot.steps import count, heard

TEXT = "PT KANARIFOTO NUSANTARA\nGaji 12.000.000"
CAPTION = "kanaricaption benar tidak?"
VILLAGER = demo.VILLAGER


class Album(RecordingChannel):
    """A provider that keeps pictures, and answers some requests as its script says."""

    def __init__(self) -> None:
        super().__init__()
        self.scripts: dict[str, list[Exception]] = defaultdict(list)
        self.fetched: list[str] = []
        self.discarded: list[str] = []
        self.keeps = False

    async def fetch(self, media: str) -> bytes:
        self.fetched.append(media)
        if self.scripts[media]:
            raise self.scripts[media].pop(0)
        return await super().fetch(media)

    async def discard(self, media: str) -> None:
        self.discarded.append(media)
        if self.keeps:
            raise RetryLater("500", seconds=1)


class Darkroom:
    """The bot, its album, and readers that come and go as processes do."""

    def __init__(self, database_url: str) -> None:
        self.album = Album()
        self.bot = Rehearsal(database_url, channel=self.album, read=self.read, keep=self.keep)
        self.service = self.bot.service
        self.reader = self.new_reader()

    def read(self, picture: bytes) -> Read:
        return Read("read", picture.decode()) if picture else Read("nothing")

    def keep(self, data: bytes) -> Kept:
        return Kept("kept", "image/jpeg", data=data) if data else Kept("damaged")

    def new_reader(self) -> PictureReader:
        """As after a restart: nothing is remembered but what the database holds."""
        self.reader = PictureReader(
            self.service, self.bot.turns, [self.album], read=self.read, keep=self.keep
        )
        return self.reader

    async def sends(
        self,
        media: str,
        text: str = TEXT,
        who: str = VILLAGER,
        caption: str = "",
        medium: str = "",
    ) -> str:
        """A picture comes in; nobody has looked at it yet. What its sender is told at once.

        With a medium it is a voice note, a document, ...
        """
        self.album.pictures[media] = text.encode()
        before = len(self.album.sent)
        kind: InboundKind = "unreadable" if medium else "picture"
        inbound = Inbound(
            "simulator", f"e-{media}", kind, who, text=caption, media=media, medium=medium
        )
        assert await self.bot.turns.accept(inbound) == "done"
        await self.bot.sender.drain()
        return heard(self.album.sent[before:], who)

    async def takes(self, media: str, kind: InboundKind, outcome: Outcome = "done") -> None:
        """Anything with a copy at the provider comes in."""
        inbound = Inbound("simulator", f"e-{media}", kind, VILLAGER, media=media)
        assert await self.bot.turns.accept(inbound) == outcome

    async def reads(self, who: str = VILLAGER, after: timedelta = timedelta()) -> str:
        """What the sender hears once everything that may be read by then was read."""
        self.bot.clock.forward(after)
        before = len(self.album.sent)
        await self.reader.drain()
        await self.bot.sender.drain()
        return heard(self.album.sent[before:], who)

    def claim(self) -> pictures.Claimed | None:
        with self.service.database.write() as connection:
            return pictures.claim(connection, self.service.ring, self.service.clock.now())

    @property
    def waiting(self) -> int:
        return count(self.bot, jobs) - self.left

    @property
    def left(self) -> int:
        """Rows that only say where a copy lies."""
        return count(self.bot, jobs, contact_id=None)

    def tables(self) -> bytes:
        """Every value of every table, sealed ones as their bytes."""
        with self.service.database.read() as connection:
            return b"\n".join(
                value if isinstance(value, bytes) else str(value).encode()
                for table in (jobs.metadata.sorted_tables)
                for row in connection.execute(select(table))
                for value in row
            ).lower()

    def session(self) -> Session:
        """The conversation that is waiting, opened."""
        with self.service.database.read() as connection:
            rows = connection.execute(select(sessions).order_by(sessions.c.last_inbound_at)).all()
        return open_session(self.service.ring, rows[-1].contact_id, rows[-1].state)
