"""Office hours, deadlines and the quiet night, with the holidays of the real decrees."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.working_hours import ZONES, WorkingCalendar, read_hours, say_hours

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
    calendar = WorkingCalendar("Asia/Jakarta", "Mon-Fri 08:00-12:00 13:00-16:00")
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


OFFICE = "Mon-Thu 07:30-12:00 13:00-16:00; Fri 07:30-11:30 13:00-16:30"
RAMADAN = "Mon-Thu 08:00-12:00 12:30-15:00; Fri 08:00-11:30 12:30-15:30"


@pytest.mark.parametrize(
    ("at", "hours", "due", "why"),
    [
        ("2026-03-27 11:00", 1, "2026-03-27 13:30", "over the Friday noon"),
        ("2026-03-27 16:00", 1, "2026-03-30 08:00", "Friday ends later, Monday begins earlier"),
        ("2026-03-26 15:30", 1, "2026-03-27 08:00", "Thursday ends earlier than Friday"),
        ("2026-02-18 15:30", 1, "2026-02-19 08:30", "the next morning Ramadan begins"),
        ("2026-03-02 14:30", 1, "2026-03-03 08:30", "in Ramadan"),
        ("2026-03-06 11:00", 1, "2026-03-06 13:00", "a Friday in Ramadan"),
        ("2026-03-17 15:00", 1, "2026-03-25 08:30", "Idulfitri: Ramadan is over"),
    ],
)
def test_several_blocks_a_day_and_other_hours_in_ramadan(
    at: str, hours: int, due: str, why: str
) -> None:
    calendar = WorkingCalendar("Asia/Jakarta", OFFICE, RAMADAN)
    assert calendar.add_working(wib(at), timedelta(hours=hours)) == wib(due), why


def test_an_office_without_ramadan_hours_keeps_its_own() -> None:
    assert WorkingCalendar("Asia/Jakarta", OFFICE).is_open(wib("2026-03-02 15:30"))
    assert not WorkingCalendar("Asia/Jakarta", OFFICE, RAMADAN).is_open(wib("2026-03-02 15:30"))


def test_hours_are_said_by_season_and_day() -> None:
    calendar = WorkingCalendar("Asia/Jakarta", OFFICE, RAMADAN)
    assert calendar.shown(date(2026, 11, 23)) == "Senin–Kamis 07.30–16.00, Jumat 07.30–16.30"
    assert calendar.shown(date(2026, 2, 19)) == "Senin–Kamis 08.00–15.00, Jumat 08.00–15.30"
    assert jakarta.shown(date(2026, 11, 23)) == "Senin–Jumat 08.00–16.00"
    assert say_hours(read_hours("Sat 08:00-12:00")) == "Sabtu 08.00–12.00"


@pytest.mark.parametrize(
    ("hours", "problem"),
    [
        ("", "not like Mon-Fri"),
        ("Mon-Fri", "not like Mon-Fri"),
        ("Senin 08:00-16:00", "not like Mon-Fri"),
        ("Mon 8-16", "'8-16' are not like"),
        ("Mon 16:00-08:00", "overlap or end"),
        ("Mon 08:00-12:00 11:00-13:00", "overlap or end"),
        ("Mon 08:00-25:00", "hour must be in"),
        ("Mon-Fri 08:00-16:00; Fri 08:00-11:00", "a day twice"),
        ("Fri-Mon 08:00-16:00", "backwards"),
    ],
)
def test_hours_that_cannot_be_are_refused(hours: str, problem: str) -> None:
    with pytest.raises(ValueError, match=problem):
        read_hours(hours)


def test_a_zone_elsewhere_and_negative_time_are_refused() -> None:
    with pytest.raises(ValueError, match="not a zone of Indonesia"):
        WorkingCalendar("Europe/Berlin")
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
