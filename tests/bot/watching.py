"""A village whose people watch companies of the register."""

from datetime import timedelta
from pathlib import Path

from bot import contacts, demo
from bot.channels.base import Outgoing
from bot.effects import Effects
from bot.register_import import Imported
from bot.rehearsal import Rehearsal
from bot.world import World
from flows.events import Event, RegisterWatched
from tests.bot.register_files import FIRST, HEAD, SECOND, row, take_over

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
        return take_over(self.service, self.folder, *lines, kind=kind, head=head, fail=fail)

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
