"""A village whose people watch companies of the register."""

from datetime import timedelta
from pathlib import Path

from bot import contacts, demo
from bot.channels.base import Outgoing
from bot.effects import Effects
from bot.register_file import Reading, read_register_file
from bot.register_import import Imported, Origin, import_register
from bot.rehearsal import Rehearsal
from bot.world import World
from flows.events import Event, RegisterWatched
from tests.bot.register_files import FIRST, HEAD, SECOND, a_file, row

BOTH = row("Alam Rimba", FIRST), row("Bukit Seroja", SECOND)
ONLY_RIMBA = row("Alam Rimba", FIRST)
ANOTHER = "warga-2"
SEROJA = RegisterWatched("", "PT Bukit Seroja")


class Village:
    """The example office with a register of two companies, and people who watch them."""

    def __init__(self, rehearsal: Rehearsal, folder: Path) -> None:
        self.rehearsal = rehearsal
        self.service = rehearsal.service
        self.folder = folder
        self.take(*BOTH)

    def take(
        self, *lines: str, kind: str = "list", head: str = HEAD, fail: bool = False
    ) -> Imported:
        service, now = self.service, self.service.clock.now()
        rows = read_register_file(a_file(self.folder, *lines, head=head), Reading())
        origin = Origin(kind, "register.csv", b"", third_party=True)  # type: ignore[arg-type]
        with service.database.write() as connection:
            done = import_register(connection, service, rows, origin, drop_share=1, now=now)
            if fail:
                raise KeyboardInterrupt
        return done

    async def apply(self, event: Event, who: str = demo.VILLAGER) -> None:
        """What a conversation would do with this event."""
        service, now = self.service, self.service.clock.now()
        with service.database.write() as connection:
            person = (demo.CHANNEL, who)
            people = contacts.load(connection, service.database, service.ring, [person], now)
            known = people[person]
            world = World(connection, service, known, now)
            Effects(connection, service, world, now, known=known).apply(event)

    async def news(self, by: timedelta = timedelta()) -> list[Outgoing]:
        return list(await self.rehearsal.wait(by))
