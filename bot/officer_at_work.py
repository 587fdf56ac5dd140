"""An officer at the console or on the command line, in one transaction: which office, which rights,
each form once, and refusals in the words of the chat."""

from datetime import date, datetime

from sqlalchemy import Connection

from bot import case_work, officers
from bot.broadcast_preview import reachable
from bot.effects import Effects
from bot.service import OurOffice, Service
from bot.world import World
from flows.wording import slots_of

SERVING = frozenset({"officer", "leader"})
"""Who works with villages; who only looks after the office does not."""


class Declined(Exception):
    """Nothing was done; the message tells the officer why and what to mend."""


class OfficerAtWork:
    def __init__(
        self, connection: Connection, service: Service, officer_id: int, now: datetime
    ) -> None:
        self._connection, self._service = connection, service
        self._officer_id, self._now = officer_id, now
        self._office_code = officers.office_of(connection, officer_id)

    @property
    def office(self) -> OurOffice:
        return self._service.office_of(self._office_code)

    @property
    def serves(self) -> bool:
        return officers.serves(self._connection, self._officer_id, self._today)

    def places(self) -> tuple[str, ...]:
        """Those that the officer reaches."""
        return reachable(self._connection, self._service, self._officer_id, self._today)

    @property
    def _today(self) -> date:
        return self.office.calendar.local(self._now).date()

    def _effects(self) -> Effects:
        world = World(self._connection, self._service, None, self._now)
        return Effects(self._connection, self._service, world, self._now)

    def _first_time(self, nonce: str) -> bool:
        return case_work.first_time(
            self._connection, self._service.database, self._officer_id, nonce, self._now
        )

    def _declined(
        self, key: str, slots: dict[str, str] | None = None, *, otherwise: str = ""
    ) -> Declined:
        """The refusal's words; those of `otherwise` where it names what is not known here."""
        wording, known = self._service.catalog.wording, slots or {}
        if key not in wording or slots_of(wording.raw(key)) - known.keys():
            key = otherwise or "broadcasts.not_done"
        return Declined(wording.say(key, known).strip())
