"""Every office of content/offices.csv on one system, and the figures of docs/routing.md.

`PYTHONPATH=. python -m tests.bot.nation` prints the table.
"""

import random
import sys
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Connection

from bot import contacts, leave
from bot.chart import Chart, load_chart
from bot.clock import Clock
from bot.database import Database
from bot.office_setup import init_office, office_code
from bot.officers import areas, duties, leaves, officers
from bot.routing import Question, Route, route
from bot.sealing import KeyRing
from bot.service import Service, migrate
from bot.settings import read_settings

SEED = 20261122
FIRST_DAY = date(2025, 11, 3)
FIGURES_AT = datetime(2026, 11, 23, 3, tzinfo=UTC)
OURS = "kanim-ponorogo"
PROVINCES = {"35": "Kanwil Ditjen Imigrasi Jawa Timur", "33": "Kanwil Ditjen Imigrasi Jawa Tengah"}
DECREES = 40
"""Desa binaan of our office, each with an officer and, half of them, a deputy."""
WIB = ZoneInfo("Asia/Jakarta")


@cache
def nation(*, everybody: bool) -> tuple[Service, Chart]:
    """All offices on one system, each with a head; or ours alone, in a country that is not."""
    database = Database("sqlite://")
    migrate(database)
    settings = read_settings(office=OURS, _env_file=None)
    service = Service(settings, database=database, ring=KeyRing.fresh(), clock=Clock(FIGURES_AT))
    listed = service.office_list
    with database.write() as connection:
        people = _phones(connection, service)
        for day in _days_of_change(service):
            for name in listed.names(day) if everybody else ["Kanim Ponorogo"]:
                if listed.sure_areas(name, day, lambda code: _below(service, code)):
                    _init(connection, service, name, day)
        for province, name in PROVINCES.items() if everybody else ():
            _init(connection, service, name, FIRST_DAY, kind="kanwil", regencies=(province,))
        for row in connection.execute(areas.select().with_only_columns(areas.c.office_code)
                                      .distinct()).scalars().all():  # fmt: skip
            _officer(connection, row, "head", "", next(people), FIRST_DAY, None)
        _villages(connection, service, people)
    with database.read() as connection:
        return service, chart_of(connection, service)


def chart_of(connection: Connection, service: Service) -> Chart:
    return load_chart(
        connection, service.office(), service.offices(), service.gazetteer.place,
        service.office_list, service.today(service.clock.now()),
    )  # fmt: skip


def _init(connection: Connection, service: Service, name: str, day: date, **given: Any) -> None:
    init_office(
        connection, service.office_list, service.gazetteer, name=name, code=office_code(name),
        now=datetime.combine(day, time(6), UTC), **{"regencies": ()} | given,
    )  # fmt: skip


def _days_of_change(service: Service) -> list[date]:
    """The days on which the list's areas begin or end, from the first day on."""
    edges = {
        edge for area in service.office_list.areas for edge in (area.valid_from, area.valid_to)
    }
    return sorted({FIRST_DAY} | {day for day in edges if FIRST_DAY < day < date.max})


def _below(service: Service, code: str) -> list[str]:
    return [place.code for place in service.gazetteer.children(code)]


def _phones(connection: Connection, service: Service) -> Iterator[int]:
    addresses = [("simulator", f"officer-{number}") for number in range(400)]
    at = datetime.combine(FIRST_DAY, time(), UTC)
    found = contacts.load(connection, service.database, service.ring, addresses, at)
    return iter([known.id for known in found.values()])


def _officer(
    connection: Connection, office: str, role: str, place: str, contact_id: int, begins: date,
    ends: date | None,
) -> int:  # fmt: skip
    officer_id = connection.execute(
        officers.insert()
        .values(office_code=office, staff_no=str(contact_id), name=f"Officer {contact_id}",
                active=True, contact_id=contact_id, key_id=f"k{contact_id}")
        .returning(officers.c.id)
    ).scalar_one()  # fmt: skip
    connection.execute(
        duties.insert().values(
            officer_id=officer_id, office_code=office, role=role, place_code=place,
            decree="SK", valid_from=begins, valid_to=ends,
        )
    )  # fmt: skip
    return int(officer_id)


def _villages(connection: Connection, service: Service, people: Iterator[int]) -> None:
    """Desa binaan with decrees that begin and end, contacts of kecamatan, leave."""
    chance, phones = random.Random(SEED), people
    districts = [d for regency in ("35.01", "35.02", "35.03") for d in _below(service, regency)]
    villages = [v for district in districts for v in _below(service, district)]
    for number, village in enumerate(chance.sample(villages, DECREES)):
        begins = FIRST_DAY + timedelta(days=chance.randrange(200))
        ends = begins + timedelta(days=chance.randrange(30, 700)) if number % 3 else None
        main = _officer(connection, OURS, "pimpasa", village, next(phones), begins, ends)
        if number % 2:
            _officer(connection, OURS, "deputy", village, next(phones), begins, None)
        if number % 4 == 0:
            _away(connection, main, begins + timedelta(days=20), 14)
    for district in chance.sample(districts, 10):
        _officer(connection, OURS, "contact", district, next(phones), FIRST_DAY, None)
    _away(connection, _officer(connection, OURS, "section_head", "", next(phones), FIRST_DAY, None),
          date(2026, 6, 1), 21)  # fmt: skip


def _away(connection: Connection, officer_id: int, day: date, days: int) -> None:
    begins = datetime.combine(day, time(7, 30), WIB)
    leave.begin(connection, officer_id, begins, begins + timedelta(days=days), "annual",
                datetime.combine(FIRST_DAY, time(), UTC))  # fmt: skip


@cache
def instants(service: Service) -> list[datetime]:
    """Each moment at which a chain may change, and the last one before it."""
    days: set[date] = set()
    moments: set[datetime] = set()
    with service.database.read() as connection:
        for table in (areas, duties):
            for row in connection.execute(table.select()):
                days.add(row.valid_from)
                if row.valid_to:
                    days.add(row.valid_to + timedelta(days=1))
        for row in connection.execute(leaves.select()):
            moments |= {row.begins_at, row.ends_at}
    days |= set(_days_of_change(service))
    for zone in {office.calendar.tz for office in service.offices().values()}:
        moments |= {datetime.combine(day, time(), zone) for day in days}
    for day in (date(2026, 2, 19), date(2026, 11, 20), date(2026, 12, 25)):
        for block in service.office().calendar.blocks(day):
            moments |= {datetime.combine(day, edge, WIB) for edge in block}
    first = datetime.combine(FIRST_DAY, time(12), UTC)
    around = {at.astimezone(UTC) for at in moments}
    around |= {at - timedelta(milliseconds=1) for at in around}
    return sorted(at for at in around if at >= first)


@cache
def all_villages(service: Service) -> list[str]:
    provinces = _below(service, "")
    regencies = [code for province in provinces for code in _below(service, province)]
    districts = [code for regency in regencies for code in _below(service, regency)]
    return [code for district in districts for code in _below(service, district)]


@cache
def groups(*, everybody: bool) -> dict[tuple[str, str, str], list[str]]:
    """Villages by what their chain depends on: their own name where a duty or an area has it, their
    kecamatan likewise, and their regency. Villages of one group have one chain."""
    service, chart = nation(everybody=everybody)
    named = {place for _, place in chart.duties} | chart.areas.keys()
    named |= {code for area in chart.listed.areas for code in area.districts}
    found: dict[tuple[str, str, str], list[str]] = {}
    for code in all_villages(service):
        district = code[:8] if code[:8] in named else ""
        found.setdefault((code if code in named else "", district, code[:5]), []).append(code)
    return found


def ends_at(found: Route) -> str:
    """The level at which a tip begins, for the table."""
    if found.kind == "other_office":
        return "another office, named openly"
    return {
        "pimpasa": "officer of the village", "deputy": "officer of the village",
        "contact": "contact of the kecamatan", "section_head": "office", "head": "office",
        "duty": "office", "office_inbox": "office", "kanwil": "Kanwil (area unclear)",
        "kanwil_inbox": "Kanwil (area unclear)", "unrouted": "unrouted inbox",
    }[found.owner.role]  # fmt: skip


def figures() -> str:
    """The table of docs/routing.md: 83,762 villages by where a report of theirs begins."""
    lines = ["| level | all offices here | only Kanim Ponorogo here |", "|---|---|---|"]
    counts = []
    for everybody in (True, False):
        _, chart = nation(everybody=everybody)
        count: Counter[str] = Counter()
        for villages in groups(everybody=everybody).values():
            count[ends_at(route(chart, Question(villages[0], FIGURES_AT)))] += len(villages)
        counts.append(count)
    for level in sorted(counts[0].keys() | counts[1].keys(), key=lambda k: -counts[0][k]):
        cells = (f"{c[level]:,} ({100 * c[level] / c.total():.2f} %)" for c in counts)
        lines.append(f"| {level} | {' | '.join(cells)} |")
    return "\n".join(lines)


if __name__ == "__main__":
    sys.stdout.write(figures() + "\n")
