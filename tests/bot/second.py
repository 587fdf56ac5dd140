"""A second process beside a rehearsal's."""

from bot.clock import Clock
from bot.database import Database
from bot.rehearsal import Rehearsal
from bot.service import Service
from bot.turns import Turns


class Second:
    """Another process on the same database."""

    def __init__(self, first: Rehearsal) -> None:
        self.service = Service(
            first.service.settings,
            database=Database(first.service.database.url),
            ring=first.service.ring,
            clock=Clock(first.clock.now()),
        )
        self.turns = Turns(self.service)

    def close(self) -> None:
        self.turns.close()
        self.service.close()
