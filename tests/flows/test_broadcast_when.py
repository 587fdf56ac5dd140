"""When a broadcast leaves and until when a warning holds, as officers type it."""

from datetime import datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from flows.broadcast_when import read_until, read_when
from tests.flows.ports import NOW, WIB

AT = datetime
"""NOW is Monday 23 November 2026, 10.00 WIB."""


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("besok jam 8", "2026-11-24 08:00"),
        ("besok jam 8 pagi", "2026-11-24 08:00"),
        ("bsk pukul 19.30", "2026-11-24 19:30"),
        ("lusa jam 7 malam", "2026-11-25 19:00"),
        ("nanti sore", "2026-11-23 16:00"),
        ("nanti malam", "2026-11-23 19:00"),
        ("jam 3 sore", "2026-11-23 15:00"),
        ("jam setengah delapan malam", "2026-11-23 19:30"),
        ("besok jam sepuluh", "2026-11-24 10:00"),
        ("jam 9", "2026-11-24 09:00"),
        ("14.30", "2026-11-23 14:30"),
        ("Senin pagi", "2026-11-30 08:00"),
        ("hari Rabu jam 9", "2026-11-25 09:00"),
        ("Jumat jam 13.00", "2026-11-27 13:00"),
        ("25-11 jam 19.30", "2026-11-25 19:30"),
        ("25/11/2026 08.00", "2026-11-25 08:00"),
        ("28 November jam 8", "2026-11-28 08:00"),
        ("2026-12-01 07:15", "2026-12-01 07:15"),
        ("2 jam lagi", "2026-11-23 12:00"),
        ("30 menit lagi", "2026-11-23 10:30"),
        ("3 hari lagi", "2026-11-26 10:00"),
        ("sekarang", "2026-11-23 10:00"),
        ("hari ini jam 8", "2026-11-23 08:00"),
    ],
)
def test_a_time_in_plain_words(typed: str, meant: str) -> None:
    assert read_when(typed, NOW) == AT.strptime(meant, "%Y-%m-%d %H:%M").replace(tzinfo=WIB)


@pytest.mark.parametrize(
    "typed", ["", "ya", "minggu depan", "habis lebaran", "jam 27", "besok", "12"]
)
def test_what_is_no_time_is_asked_again(typed: str) -> None:
    assert read_when(typed, NOW) is None


@pytest.mark.parametrize(
    ("typed", "until"),
    [
        ("30 November", "2026-11-30 23:59"),
        ("30-11-2026", "2026-11-30 23:59"),
        ("sampai Jumat", "2026-11-27 23:59"),
        ("7 hari", "2026-11-30 10:00"),
        ("2 minggu", "2026-12-07 10:00"),
    ],
)
def test_until_when_a_warning_holds(typed: str, until: str) -> None:
    assert read_until(typed, NOW) == AT.strptime(until, "%Y-%m-%d %H:%M").replace(tzinfo=WIB)


def test_what_is_no_day_is_asked_again() -> None:
    assert read_until("kapan-kapan", NOW) is None


@settings(max_examples=200, deadline=None)
@given(text=st.text(max_size=80))
def test_any_words_are_read_or_not(text: str) -> None:
    for read in (read_when, read_until):
        at = read(text, NOW)
        assert at is None or at.tzinfo is not None


@settings(max_examples=50, deadline=None)
@given(days=st.integers(1, 50), hour=st.integers(0, 23), minute=st.integers(0, 59))
def test_a_date_and_a_clock_are_read_as_written(days: int, hour: int, minute: int) -> None:
    day = NOW.date() + timedelta(days=days)
    typed = f"{day:%d-%m-%Y} jam {hour}.{minute:02}"
    assert read_when(typed, NOW) == datetime(day.year, day.month, day.day, hour, minute, tzinfo=WIB)
