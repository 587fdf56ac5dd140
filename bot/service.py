"""Everything a running bot holds, built once from the settings and passed on."""

import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cached_property
from pathlib import Path
from typing import Any

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, select

from bot import listening, reading
from bot.clock import Clock
from bot.database import Database
from bot.deadlines import Deadlines, Stage, load_deadlines
from bot.gazetteer import Gazetteer
from bot.officers import GIVEN, areas, offices
from bot.partners import Directory
from bot.recruiters import Register, shipped_register
from bot.register_snapshots import CurrentRegister
from bot.sealing import KeyRing
from bot.settings import Settings
from bot.shelf import Shelf
from bot.territory import Offices, regency_code
from bot.working_hours import WorkingCalendar
from flows.catalog import Catalog
from flows.conversations import shipped_catalog
from flows.entities import load_extractor
from flows.events import MessageCreated
from flows.partners import load_directory
from flows.ports import Urgency

OFFICE_STAYS = 60.0
"""Seconds for which the office's row is not read again: it changes from the command line."""


class NoOffice(Exception):
    """No office is set up yet; run `kentongan office init`."""


@dataclass(frozen=True, slots=True)
class OurOffice:
    """An office on this system: the one that runs this bot, or another in the same database."""

    code: str
    name: str
    kind: str
    """`kanim` or `kanwil`."""
    hours: str
    calendar: WorkingCalendar
    regencies: tuple[str, ...]
    area_given: bool
    """Its area is what its operator said, whatever content/offices.csv says."""
    deadlines: Deadlines

    def due(self, now: datetime, urgency: Urgency, stage: Stage = "acknowledge") -> datetime:
        """The deadline of a stage: by the clock in danger, in working hours otherwise."""
        times = self.deadlines.times[urgency]
        wait = times.stages[stage]
        return now + wait if times.by_the_clock else self.calendar.add_working(now, wait)

    def again(self, urgency: Urgency, age: timedelta) -> timedelta:
        """After how long the last of the chain is told again of a tip of that age."""
        wait = max(self.deadlines.times[urgency].again, age / 4)
        return min(wait, self.deadlines.again_at_most)


class Service:
    """The parts of the bot. Conversations see none of it but through `bot/world.py`."""

    def __init__(
        self,
        settings: Settings,
        *,
        database: Database | None = None,
        ring: KeyRing | None = None,
        clock: Clock | None = None,
        catalog: Catalog | None = None,
    ) -> None:
        """Raises KeyRingError, ContentError or ValueError, each with one line, when a part is bad."""
        self.settings = settings
        self.database = database or Database(settings.database_url)
        self.ring = ring or KeyRing.load(settings.keyring_path)
        self.clock = clock or Clock()
        self.catalog = catalog or shipped_catalog()
        self._register = CurrentRegister(shipped_register())
        self.gazetteer = Gazetteer()
        self.extractor = load_extractor()
        self.office_list = Offices()
        self.telegram_username = settings.telegram_bot_username
        """The bot's name without @; the web process asks Telegram when the settings don't say it."""
        self.reads_pictures = not reading.missing()
        self.hears_voices = not listening.missing(settings.speech_model)
        self.shelf = Shelf(settings, self.catalog.lessons, self.ring)
        self.deadlines = load_deadlines()
        self._offices: tuple[float, dict[str, OurOffice]] | None = None

    def office(self) -> OurOffice:
        """The office that runs this bot. Raises NoOffice before `kentongan office init`."""
        there, ours = self.offices(), self.settings.office
        if ours and ours not in there:
            raise NoOffice(
                f"KENTONGAN_OFFICE: no office has the code {ours}; see `kentongan office init`"
            )
        if not there:
            raise NoOffice("no office yet: run `kentongan office init` (or `kentongan demo`)")
        return there[ours] if ours else next(iter(there.values()))

    def office_of(self, code: str) -> OurOffice:
        """The office of a tip or an officer, whose calendar and deadlines count there."""
        if code not in self.offices():
            self.forget_office()  # it was added since
        return self.offices()[code]

    def offices(self) -> dict[str, OurOffice]:
        """Every office on this system by code, the oldest first; empty before the first."""
        if self._offices is None or time.monotonic() - self._offices[0] > OFFICE_STAYS:
            self._offices = (time.monotonic(), self._read_offices())
        return self._offices[1]

    def forget_office(self) -> None:
        """Read the offices anew at the next turn (after one was changed in this process)."""
        self._offices = None

    def register_now(self, connection: Connection) -> Register:
        """The licence register that counts now, also when another process has just imported it."""
        return self._register.now(connection)

    @cached_property
    def partner_directory(self) -> Directory:
        return Directory(load_directory(), self.catalog.hotlines)

    def today(self, now: datetime) -> date:
        """The day on the office's clock, or on UTC's before there is an office."""
        try:
            return self.office().calendar.local(now).date()
        except NoOffice:
            return now.date()

    def message(self, key: str, slots: Mapping[str, str] | None = None) -> MessageCreated:
        """A message of the service itself, beside any conversation."""
        return MessageCreated(self.catalog.wording.say(key, slots), fixed=slots is None)

    def close(self) -> None:
        self.database.close()

    def _read_offices(self) -> dict[str, OurOffice]:
        with self.database.read() as connection:
            rows = connection.execute(select(offices).order_by(offices.c.created_at)).all()
            held: dict[str, list[Any]] = {}
            for area in connection.execute(select(areas)):
                held.setdefault(area.office_code, []).append(area)
        return {row.code: self._office_of_row(row, held.get(row.code, [])) for row in rows}

    def _office_of_row(self, row: Any, held: list[Any]) -> OurOffice:
        calendar = WorkingCalendar(row.time_zone, row.hours, row.ramadan_hours)
        return OurOffice(
            code=row.code,
            name=row.name,
            kind=row.kind,
            hours=calendar.shown(calendar.local(self.clock.now()).date()),
            calendar=calendar,
            regencies=tuple(sorted({regency_code(area.place_code) for area in held} - {""})),
            area_given=any(area.source == GIVEN for area in held),
            deadlines=self.deadlines,
        )


def alembic_config() -> Config:
    config = Config()
    scripts = Path(__file__).resolve().parent.parent / "migrations"
    config.set_main_option("script_location", str(scripts))
    return config


def migrate(database: Database, ring: KeyRing | None = None) -> None:
    """Bring the database's tables to this release; what is sealed differently now needs the ring."""
    config = alembic_config()
    config.attributes["ring"] = ring
    with database.write_tables() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "head")
