"""What officers type behind a command, as it is read."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flows.desk_text import MAX_TEXT, SHOWN, harmless, redacted
from flows.desk_words import named, phrased, read_days, read_length, read_number
from flows.triggers import fold
from tests.flows.talking import CATALOG

TODAY = date(2026, 11, 23)


@pytest.mark.parametrize(
    ("typed", "number", "rest"),
    [
        ("12 di mana?", "12", "di mana?"),
        ("#12: di mana?", "12", "di mana?"),
        ("no 12", "12", ""),
        ("nomor #012 halo", "12", "halo"),
        ("di mana?", "", "di mana?"),
        ("12jam", "", "12jam"),
        ("", "", ""),
    ],
)
def test_the_number(typed: str, number: str, rest: str) -> None:
    assert read_number(typed) == (number, rest)


def test_a_length_is_no_number_where_one_is_asked() -> None:
    assert read_number("2 hari menunggu dokumen", or_length=True)[0] == ""
    assert read_number("12 2 hari", or_length=True) == ("12", "2 hari")


@pytest.mark.parametrize(
    ("typed", "hours", "rest"),
    [
        ("2j dokumen", 2, "dokumen"),
        ("2 jam", 2, ""),
        ("2h", 48, ""),
        ("karena dokumen 3 hari", 72, "karena dokumen"),
        ("1 minggu", 168, ""),
    ],
)
def test_a_length(typed: str, hours: int, rest: str) -> None:
    assert read_length(typed) == (timedelta(hours=hours), rest)


@pytest.mark.parametrize("typed", ["", "nanti", "0 hari", "2 harimau", "dua hari"])
def test_no_length(typed: str) -> None:
    assert read_length(typed)[0] is None


def test_a_reason_is_known_by_a_word_of_its_own() -> None:
    reasons = {"a": ["menunggu jawaban pelapor"], "b": ["menunggu jawaban instansi lain"]}
    assert named("nunggu PELAPOR", reasons) == "a"
    assert named("dari instansi", reasons) == "b"
    assert named("menunggu jawaban", reasons) == ""
    assert named("pelapor dan instansi", reasons) == ""


@pytest.mark.parametrize(
    ("typed", "first", "last", "rest"),
    [
        ("24-11 28-11", (2026, 11, 24), (2026, 11, 28), ""),
        ("24/11 s/d 28/11 Bagus", (2026, 11, 24), (2026, 11, 28), "Bagus"),
        ("24-28 November", (2026, 11, 24), (2026, 11, 28), ""),
        ("24 sampai 28 nov wakil Bagus", (2026, 11, 24), (2026, 11, 28), "Bagus"),
        ("dari tgl 24 november sampai 2 desember", (2026, 11, 24), (2026, 12, 2), ""),
        ("besok", (2026, 11, 24), (2026, 11, 24), ""),
        ("hari ini sampai lusa sakit", (2026, 11, 23), (2026, 11, 25), "sakit"),
        ("28 desember - 3 januari", (2026, 12, 28), (2027, 1, 3), ""),
        ("2026-12-01 2026-12-05", (2026, 12, 1), (2026, 12, 5), ""),
        ("1-12-2026 sampai 5-12-2026", (2026, 12, 1), (2026, 12, 5), ""),
        ("24 sampai 28", (2026, 11, 24), (2026, 11, 28), ""),
        ("2 sampai 5", (2026, 12, 2), (2026, 12, 5), ""),
        ("24-11", (2026, 11, 24), (2026, 11, 24), ""),
    ],
)
def test_days(
    typed: str, first: tuple[int, int, int], last: tuple[int, int, int], rest: str
) -> None:
    assert read_days(typed, TODAY) == ((date(*first), date(*last)), rest)


@pytest.mark.parametrize("typed", ["", "bulan depan", "32-11 sampai 33-11", "31-11", "batal"])
def test_no_days(typed: str) -> None:
    assert read_days(typed, TODAY)[0] is None


@given(st.text(max_size=80), st.dates(date(2020, 1, 1), date(2040, 12, 31)))
def test_any_words_are_read_or_left(typed: str, today: date) -> None:
    number, _ = read_number(typed)
    assert not number or number.isdecimal()
    days, _ = read_days(typed, today)
    assert days is None or isinstance(days[0], date)
    read_length(typed)


def test_each_result_is_heard_by_each_of_its_words() -> None:
    labels = {
        outcome: f"officer_desk.outcome_{outcome}"
        for outcome in ("handled", "forwarded", "unfounded", "unreachable", "false")
    }
    words = {
        outcome: (CATALOG.wording.say(label), *CATALOG.choice_words[label])
        for outcome, label in labels.items()
    }
    for outcome, phrases in words.items():
        for phrase in phrases:
            assert phrased(f"ya {phrase}!", words) == outcome
    assert phrased("belum tahu", words) == ""


# ---- commands with slips


@pytest.mark.parametrize(
    ("typed", "to"),
    [
        ("ambl 12", "take"), ("abil 12", "take"), ("AMBLI #12", "take"), ("bls 12 ya", "reply"),
        ("blas 12 ya", "reply"), ("bals #12 ya", "reply"), ("tnya 12 apa", "ask"),
        ("tny 12", "ask"), ("tunnda 12 2j", "pause"), ("trskn 12", "hand_on"),
        ("terskan 12", "hand_on"), ("ttp 12", "close"), ("tutpu 12", "close"),
        ("bca 12", "read"), ("cti besok", "leave"), ("daftar semua", "all"),
        ("serahkan 12", "hand_on"),
    ],
)  # fmt: skip
def test_slips_of_the_finger_are_understood(typed: str, to: str) -> None:
    found = CATALOG.triggers.command(typed)
    assert found is not None
    assert found[0] == f"officer_desk:{to}"


@pytest.mark.parametrize("typed", ["hanya 2 orang", "batas 2 hari", "tanda 5 jari", "belas 2"])
def test_other_words_before_a_number_are_no_command(typed: str) -> None:
    assert CATALOG.triggers.command(typed) is None


# ---- mode `chat`

HEADINGS = {name: CATALOG.wording.say(key) for name, key in SHOWN.items()}


@pytest.mark.parametrize(
    ("told", "hidden"),
    [
        ("hubungi 0812-3456-7890 ya", "3456"),
        ("NIK 3502021234567890 saya", "35020212"),
        ("rekening BRI 1234 5678 9012 345", "5678"),
        ("dibawa Pak Haji Slamet Widodo ke kota", "Slamet"),
        ("dibawa pak slamet", "slamet"),
        ("Bu Sri Wahyuni yang menampung", "Wahyuni"),
        ("namanya Joko", "Joko"),
        ("buka https://jahat.example/a?b", "https://jahat.example"),
        ("grup t.me/kerja", "t.me"),
        ("tulis ke @agenkerja", "@"),
        ("*penting* _sekali_ ~ini~ `itu`", "*"),
        ("#lowongan $BTC ||rahasia||", "#"),
        ("/start sekarang", "/start"),
        ("baris satu\nAMBIL 99", "\n"),
        ("balik\u202etxt.exe", "\u202e"),
    ],
)
def test_nothing_private_or_active_gets_into_the_chat(told: str, hidden: str) -> None:
    assert hidden not in harmless(told)


def test_what_an_officer_needs_stays() -> None:
    told = "PT Maju Jaya mengumpulkan 6 paspor tanggal 24-11-2026, gaji 9 juta"
    assert harmless(told) == told


@given(st.dictionaries(st.sampled_from([*SHOWN, "contact", "helper"]), st.text(max_size=2000)))
def test_any_report_fits_one_message(report: dict[str, str]) -> None:
    text = redacted(report, HEADINGS)
    assert len(text) <= MAX_TEXT + len(SHOWN)
    assert text.count("\n") < len(SHOWN)
    assert not set("*_~`|#@") & set(text)


def test_what_nobody_has_to_see_is_not_shown() -> None:
    assert redacted({"contact": "yes", "reasons": "calo", "what": "calo"}, HEADINGS) == (
        f"{HEADINGS['what']}: calo"
    )
    assert fold(redacted({}, HEADINGS)) == ""
