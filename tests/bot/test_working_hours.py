"""Office hours, deadlines and the quiet night, with the holidays of the real decrees."""

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.working_hours import ZONES, WorkingCalendar

WIB = ZoneInfo("Asia/Jakarta")
jakarta = WorkingCalendar("Asia/Jakarta")


def wib(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=WIB)


@pytest.mark.parametrize(
    ("at", "is_open", "why"),
    [
        ("2026-03-02 08:00", True, "Monday, the opening minute"),
        ("2026-03-02 07:59", False, "before"),
        ("2026-03-02 15:59:59", True, "the last second"),
        ("2026-03-02 16:00", False, "the closing minute"),
        ("2026-03-07 10:00", False, "Saturday"),
        ("2026-03-08 10:00", False, "Sunday"),
        ("2026-03-19 10:00", False, "Nyepi"),
        ("2026-03-20 10:00", False, "cuti bersama"),
        ("2026-08-17 10:00", False, "Independence Day"),
    ],
)
def test_the_office_is_open_in_its_hours_on_working_days(at: str, is_open: bool, why: str) -> None:
    assert jakarta.is_open(wib(at)) is is_open, why


def test_the_same_moment_is_open_in_the_east_and_closed_in_the_west() -> None:
    moment = datetime(2026, 3, 2, 0, 30, tzinfo=UTC)
    opened = {zone: WorkingCalendar(zone).is_open(moment) for zone in ZONES}
    assert opened == {"Asia/Jakarta": False, "Asia/Makassar": True, "Asia/Jayapura": True}


@pytest.mark.parametrize(
    ("at", "hours", "due", "why"),
    [
        ("2026-03-02 09:00", 2, "2026-03-02 11:00", "the same morning"),
        ("2026-03-02 08:00", 8, "2026-03-02 16:00", "a full day ends with it"),
        ("2026-03-02 15:00", 2, "2026-03-03 09:00", "over the night"),
        ("2026-03-02 23:00", 2, "2026-03-03 10:00", "begun at night"),
        ("2026-03-06 15:00", 2, "2026-03-09 09:00", "over the weekend"),
        ("2026-03-17 15:00", 2, "2026-03-25 09:00", "over Nyepi and Idulfitri"),
        ("2026-12-23 15:00", 2, "2026-12-28 09:00", "over Christmas and its cuti bersama"),
        ("2026-03-02 03:00", 0, "2026-03-02 08:00", "nothing to do is due at the opening"),
    ],
)
def test_a_deadline_counts_working_time_only(at: str, hours: int, due: str, why: str) -> None:
    assert jakarta.add_working(wib(at), timedelta(hours=hours)) == wib(due), why


def test_lunch_is_not_working_time() -> None:
    calendar = WorkingCalendar("Asia/Jakarta", lunch=(time(12), time(13)))
    assert not calendar.is_open(wib("2026-03-02 12:30"))
    assert calendar.next_opening(wib("2026-03-02 12:30")) == wib("2026-03-02 13:00")
    due = calendar.add_working(wib("2026-03-02 11:00"), timedelta(hours=2))
    assert due == wib("2026-03-02 14:00")


@pytest.mark.parametrize(
    ("at", "opens"),
    [
        ("2026-03-02 10:00", "2026-03-02 10:00"),
        ("2026-03-02 06:00", "2026-03-02 08:00"),
        ("2026-03-06 16:00", "2026-03-09 08:00"),
        ("2026-12-31 20:00", "2027-01-04 08:00"),
    ],
)
def test_the_next_opening_is_now_or_the_next_working_morning(at: str, opens: str) -> None:
    assert jakarta.next_opening(wib(at)) == wib(opens)


@pytest.mark.parametrize(
    ("at", "until"),
    [
        ("2026-03-02 19:59:59", "2026-03-02 19:59:59"),
        ("2026-03-02 20:00", "2026-03-03 06:00"),
        ("2026-03-02 23:59", "2026-03-03 06:00"),
        ("2026-03-03 00:00", "2026-03-03 06:00"),
        ("2026-03-03 05:59", "2026-03-03 06:00"),
        ("2026-03-03 06:00", "2026-03-03 06:00"),
        ("2026-12-31 21:00", "2027-01-01 06:00"),
    ],
)
def test_the_night_is_quiet_until_six(at: str, until: str) -> None:
    assert jakarta.quiet_until(wib(at)) == wib(until)


def test_the_night_is_the_night_of_the_office() -> None:
    moment = datetime(2026, 3, 2, 11, 30, tzinfo=UTC)
    assert jakarta.quiet_until(moment) == moment
    east = WorkingCalendar("Asia/Jayapura").quiet_until(moment)
    assert east.isoformat() == "2026-03-03T06:00:00+09:00"


def test_a_year_without_a_decree_counts_only_weekends_and_says_so() -> None:
    assert WorkingCalendar.knows_year(2026)
    assert not WorkingCalendar.knows_year(2035)
    assert jakarta.is_open(wib("2035-08-17 10:00"))
    assert not jakarta.is_open(wib("2035-08-18 10:00"))


def test_a_time_without_a_zone_is_refused() -> None:
    naive = datetime(2026, 3, 2, 10)
    for ask in (jakarta.is_open, jakarta.next_opening, jakarta.quiet_until):
        with pytest.raises(ValueError, match="no time zone"):
            ask(naive)


def test_hours_that_never_open_are_refused() -> None:
    with pytest.raises(ValueError, match="not a zone of Indonesia"):
        WorkingCalendar("Europe/Berlin")
    with pytest.raises(ValueError, match="closes at"):
        WorkingCalendar("Asia/Jakarta", hours=(time(16), time(8)))
    with pytest.raises(ValueError, match="lunch"):
        WorkingCalendar("Asia/Jakarta", lunch=(time(7), time(9)))
    with pytest.raises(ValueError, match="at least one"):
        WorkingCalendar("Asia/Jakarta", days=frozenset())
    with pytest.raises(ValueError, match="negative"):
        jakarta.add_working(wib("2026-03-02 10:00"), timedelta(hours=-1))


moments = st.datetimes(
    min_value=datetime(2026, 1, 1),
    max_value=datetime(2027, 12, 31),
    timezones=st.just(WIB),
)


@given(moments, st.timedeltas(timedelta(0), timedelta(hours=60)))
@settings(max_examples=100, deadline=None)
def test_two_deadlines_in_a_row_are_one_long_deadline(at: datetime, amount: timedelta) -> None:
    half = amount / 2
    there = jakarta.add_working(jakarta.add_working(at, half), amount - half)
    assert there == jakarta.add_working(at, amount)
    assert there >= at
