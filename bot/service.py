"""Everything a running bot holds, built once from the settings and passed on."""

import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from datetime import time as day_time
from functools import cached_property
from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, select

from bot import reading
from bot.clock import Clock
from bot.database import Database
from bot.gazetteer import Gazetteer
from bot.officers import TO_ACKNOWLEDGE, TO_ANSWER, areas, offices
from bot.partners import Directory
from bot.recruiters import Register
from bot.register_snapshots import CurrentRegister
from bot.sealing import KeyRing
from bot.settings import Settings
from bot.territory import Offices
from bot.working_hours import WorkingCalendar
from flows.catalog import Catalog
from flows.conversations import load_catalog
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
    """The office that runs this bot."""

    code: str
    name: str
    hours: str
    calendar: WorkingCalendar
    regencies: tuple[str, ...]

    def due(self, now: datetime, urgency: Urgency, *, acknowledged: bool = False) -> datetime:
        """The deadline of a step: by the clock in danger, in working hours otherwise."""
        wait = (TO_ANSWER if acknowledged else TO_ACKNOWLEDGE)[urgency]
        return now + wait if urgency == "now" else self.calendar.add_working(now, wait)


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
        self.catalog = catalog or load_catalog()
        self._register = CurrentRegister(Register.load())
        self.gazetteer = Gazetteer()
        self.extractor = load_extractor()
        self.office_list = Offices()
        self.telegram_username = settings.telegram_bot_username
        """The bot's name without @; the web process asks Telegram when the settings don't say it."""
        self.reads_pictures = not reading.missing()
        self._office: tuple[float, OurOffice] | None = None

    def office(self) -> OurOffice:
        """Raises NoOffice before `kentongan office init`."""
        if self._office is None or time.monotonic() - self._office[0] > OFFICE_STAYS:
            self._office = (time.monotonic(), self._read_office())
        return self._office[1]

    def forget_office(self) -> None:
        """Read the office anew at the next turn (after it was changed in this process)."""
        self._office = None

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

    def _read_office(self) -> OurOffice:
        with self.database.read() as connection:
            query = select(offices).order_by(offices.c.created_at)
            if self.settings.office:
                query = query.where(offices.c.code == self.settings.office)
            row = connection.execute(query).first()
            if row is None and self.settings.office:
                raise NoOffice(
                    f"KENTONGAN_OFFICE: no office has the code {self.settings.office}; "
                    "see `kentongan office init`"
                )
            if row is None:
                raise NoOffice("no office yet: run `kentongan office init` (or `kentongan demo`)")
            served = connection.execute(
                select(areas.c.place_code).where(areas.c.office_code == row.code).distinct()
            )
            codes = tuple(sorted(area.place_code for area in served))
        opens, closes = day_time.fromisoformat(row.opens), day_time.fromisoformat(row.closes)
        return OurOffice(
            code=row.code,
            name=row.name,
            hours=f"Senin–Jumat {opens:%H.%M}–{closes:%H.%M}",
            calendar=WorkingCalendar(row.time_zone, hours=(opens, closes)),
            regencies=codes,
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
    with database.write() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "head")
