"""When a meeting is, as officers write it."""

from datetime import datetime

import pytest

from flows.meeting_times import read_when

NOW = datetime.fromisoformat("2026-11-23T09:00:00+07:00")
"""A Monday."""


@pytest.mark.parametrize(
    ("words", "starts", "ends"),
    [
        ("Kamis 3 Desember jam 9", "12-03T09:00", "11:00"),
        ("Kamis, 3 Des, 09.00-11.30", "12-03T09:00", "11:30"),
        ("3/12/2026 pukul 09.00", "12-03T09:00", "11:00"),
        ("3-12-2026 pukul 09.00", "12-03T09:00", "11:00"),
        ("tanggal 3 jam 9", "12-03T09:00", "11:00"),
        ("besok jam 9 pagi sampai 11", "11-24T09:00", "11:00"),
        ("besok jam 10 sampai jam 1", "11-24T10:00", "13:00"),
        ("besok jam 9 s/d selesai", "11-24T09:00", "11:00"),
        ("lusa pukul 13.30", "11-25T13:30", "15:30"),
        ("3 hari lagi jam 10", "11-26T10:00", "12:00"),
        ("Kamis jam 2 siang", "11-26T14:00", "16:00"),
        ("kamis depan jam 19.30", "11-26T19:30", "21:30"),
        ("rabu jam 2", "11-25T14:00", "16:00"),
        ("malam ini jam 7", "11-23T19:00", "21:00"),
        ("senin jam 9", "11-30T09:00", "11:00"),
        ("hari minggu jam 8", "11-29T08:00", "10:00"),
    ],
)  # fmt: skip
def test_a_day_and_an_hour_are_read(words: str, starts: str, ends: str) -> None:
    found = read_when(words, NOW)
    assert not isinstance(found, str), found
    assert f"{found[0]:%m-%dT%H:%M}" == starts
    assert f"{found[1]:%H:%M}" == ends
    assert found[0].utcoffset() == NOW.utcoffset()


@pytest.mark.parametrize(
    ("words", "problem"),
    [
        ("jam 9", "no_day"),
        ("minggu depan jam 9", "no_day"),
        ("31 Februari jam 9", "no_day"),
        ("besok", "no_clock"),
        ("kapan saja", "no_day"),
        ("hari ini jam 8", "past"),
        ("Rabu 3 Desember jam 9", "other_weekday"),
        ("30 September jam 9", "too_far"),
    ],
)  # fmt: skip
def test_what_is_missing_is_said(words: str, problem: str) -> None:
    assert read_when(words, NOW) == f"meetings.{problem}"
