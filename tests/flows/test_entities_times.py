"""When, in Indonesian, Javanese, Sundanese, Madurese and Malay."""

import pytest

from tests.flows.reading_entities import found


@pytest.mark.parametrize(
    ("text", "when", "hours", "clock"),
    [
        ("sore ini dijemput", "today", 24, ""), ("hari ini", "today", 24, ""), ("hr ini", "today", 24, ""),
        ("jam 4 sore ini", "today", 24, "16:00"), ("nanti siang", "today", 24, ""),
        ("saiki budhal", "today", 24, ""),
        ("dina iki", "today", 24, ""), ("ayeuna", "today", 24, ""), ("dinten ieu", "today", 24, ""),
        ("satiya", "today", 24, ""), ("sekarang", "today", 24, ""), ("sebentar lagi", "today", 3, ""),
        ("2 jam lagi", "today", 2, ""), ("nanti malam jam 23.30", "tonight", 24, "23:30"),
        ("nanti malam jam 11", "tonight", 24, "23:00"), ("bsk sore jam 4", "tomorrow", 48, "16:00"),
        ("besok jam 10 siang", "tomorrow", 48, "10:00"), ("jam 12 malam ini", "tonight", 24, "00:00"),
        ("jam 11 malam ini", "tonight", 24, "23:00"),
        ("malem ini", "tonight", 24, ""), ("ntar mlm", "tonight", 24, ""),
        ("mengko bengi", "tonight", 24, ""),
        ("peuting ieu", "tonight", 24, ""), ("malam ni", "tonight", 24, ""),
        ("bsk pagi", "tomorrow", 48, ""),
        ("besok", "tomorrow", 48, ""), ("besok subuh jam 4", "tomorrow", 48, "04:00"),
        ("besok jam 4 sore", "tomorrow", 48, "16:00"),
        ("sesuk esuk", "tomorrow", 48, ""), ("isukan", "tomorrow", 48, ""), ("lagghu'", "tomorrow", 48, ""),
        ("esok", "tomorrow", 48, ""), ("lusa", "days", 72, ""), ("3 hari lagi", "days", 96, ""),
        ("dua hari lagi terbang", "days", 72, ""), ("3 dina maneh", "days", 96, ""),
        ("minggu depan", "week", 336, ""),
        ("seminggu lagi", "week", 192, ""), ("hari senin", "week", 168, ""),
        ("senin depan", "week", 336, ""),
        ("malam jumat", "week", 168, ""), ("bulan depan", "unknown", 1488, ""),
        ("jam 3 sore hujan", "unknown", None, "15:00"),
        ("kumpul pukul 04:00 WIB", "unknown", None, "04:00"), ("jam 2 dini hari", "unknown", None, "02:00"),
        ("jam 9 malam", "unknown", None, "21:00"), ("jam setengah 9 malam", "unknown", None, "20:30"),
        ("jam setengah", None, None, None), ("besok-besok saja", None, None, None),
        ("jam kerja 8 jam", None, None, None), ("tiga hari tidak makan", None, None, None),
        ("14 jam kerja", None, None, None),
        ("sudah 4 bulan", None, None, None), ("1/2 hari", None, None, None),
        ("UU 18/2017", None, None, None),
        ("kemarin", None, None, None), ("besoknya dia pulang", None, None, None),
        ("esok harinya", None, None, None), ("bulan lalu", None, None, None),
    ],
)  # fmt: skip
def test_times(text: str, when: str | None, hours: int | None, clock: str | None) -> None:
    expected = [(when, hours, clock)] if when else []
    assert [(t.when, t.within_hours, t.clock) for t in found(text).departures] == expected


@pytest.mark.parametrize(
    ("text", "day", "month", "clock"),
    [
        ("berangkat tgl 25", 25, 0, ""), ("tanggal 5-10 januari", 5, 1, ""),
        ("tanggal 25 desember jam 09.00 WIB", 25, 12, "09:00"),
        ("5 Mei", 5, 5, ""), ("terbang 25/12", 25, 12, ""), ("25-12-2026 jam 4 sore", 25, 12, "16:00"),
    ],
)  # fmt: skip
def test_dates(text: str, day: int, month: int, clock: str) -> None:
    (time,) = found(text).departures
    assert (time.when, time.day, time.month, time.clock) == ("date", day, month, clock)
