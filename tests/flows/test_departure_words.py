"""SUDAH and BELUM as people type them; and what else is typed at a list."""

from datetime import date, timedelta

import pytest

from flows.departure_family import read_code
from flows.departure_plan import Plan
from flows.departure_words import Typed, read_typed
from flows.events import DepartureKept
from flows.nodes import Option
from tests.flows.ports import FakePorts
from tests.flows.talking import place, say, talk, words

EVERY = tuple(
    Option(name, title)
    for name, title in [
        ("akta", "KTP, KK, akta lahir"), ("izin", "Surat izin keluarga"), ("sehat", "Surat sehat"),
        ("paspor", "Paspor ✓"), ("visa", "Visa kerja"), ("kontrak", "Perjanjian kerja"),
    ]
)  # fmt: skip
PAGE = EVERY[:4]


@pytest.mark.parametrize(
    ("text", "items"),
    [
        ("SUDAH 3", ["sehat"]), ("sudah 1 dan 4", ["akta", "paspor"]), ("udah 1,2", ["akta", "izin"]),
        ("wis 3", ["sehat"]), ("sampun nomor 2", ["izin"]), ("atos 2", ["izin"]),
        ("centang 3", ["sehat"]), ("sdh no 1 ya", ["akta"]), ("sudah", ["visa"]),
        ("sudah ada", ["visa"]), ("sudah punya paspor", ["paspor"]), ("udh paspot", ["paspor"]),
        ("sudah visa", ["visa"]), ("sudah surat izin keluarga", ["izin"]), ("sudah ktp", ["akta"]),
        ("sudah paspor dan visa", ["paspor", "visa"]), ("sudah izin keluarga", ["izin"]),
        ("udah ktp, izn keluarga", ["akta", "izin"]),
        ("sudah semua", [option.value for option in EVERY]),
        ("wis kabeh", [option.value for option in EVERY]),
        ("paspor sudah", ["paspor"]), ("paspor saya udah ada.", ["paspor"]), ("3 sudah", ["sehat"]),
        ("ktp, izin keluarga sudah", ["akta", "izin"]),
        ("sudah 9", []), ("sudah 1 dan 9", []),
    ],
)  # fmt: skip
def test_what_is_ticked(text: str, items: list[str]) -> None:
    assert read_typed(text, PAGE, EVERY, "visa") == Typed(tuple(items), True)


@pytest.mark.parametrize(
    "text", ["belum 3", "durung 3", "blm sehat", "surat sehat belum", "batal centang 3"]
)
def test_what_is_taken_back(text: str) -> None:
    assert read_typed(text, PAGE, EVERY, "visa") == Typed(("sehat",), False)


@pytest.mark.parametrize(
    "text",
    ["sudah bayar 5 juta ke calo", "sudah bayar semua", "gaji belum", "paspor belum selesai",
     "apa paspor sudah?", "ya udah", "sudah bayar, paspor ditahan", "sudah surat", "sudah kerja",
     "belum dibayar gaji saya",
     "paspor saya ditahan", "3", "", "apa itu visa"],
)  # fmt: skip
def test_what_ticks_nothing(text: str) -> None:
    """A story that begins with "sudah", and a name that two rows share."""
    assert read_typed(text, PAGE, EVERY, "visa") is None


def test_without_a_page_numbers_mean_nothing() -> None:
    assert read_typed("sudah 1", (), EVERY, "visa") == Typed((), True)


@pytest.mark.parametrize(
    "words", ["7F3K-92QX", "7f3k 92qx", " 7F3K92QX. ", "7f3k–92qx", "ABCD-EFGH"]
)
def test_a_code_is_read_however_it_is_typed(words: str) -> None:
    assert len(read_code(words)) == 9
    assert read_code(words) == read_code(words).upper()


@pytest.mark.parametrize(
    "words", ["", "saran saya", "saja dulu", "sajadulu", "7F3K", "7F3K-92QX-MN4T"]
)
def test_what_is_no_code(words: str) -> None:
    assert read_code(words) == ""


# ---- in the conversation

PLAN = Plan("p3mi", "my", date(2027, 1, 24), frozenset(["paspor"]), False)


def test_a_tick_is_kept_once_the_plan_is() -> None:
    kept = talk("ceklis", "sudah visa", ports=FakePorts(plan=PLAN))
    (event,) = [event for event in kept.events if isinstance(event, DepartureKept)]
    assert event.plan.done == {"paspor", "visa_kerja"}


def test_a_beginning_typed_at_the_list_is_not_a_tick() -> None:
    """ "ceklis" beside the progress once ticked the next document."""
    for node in ("lihat daftar", "langkah berikutnya"):
        asked = talk("ceklis", node, "ceklis", ports=FakePorts(plan=PLAN))
        assert "Dicatat" not in words(asked)
        assert place(asked) == "departure.progress"
    assert talk("ceklis", "cek biaya", ports=FakePorts(plan=PLAN)).session.flow == "costs"
    checked = talk("ceklis", "cek PT Maju Jaya", ports=FakePorts(plan=PLAN))
    assert checked.session.flow == "check_recruiter"


def test_a_story_at_the_list_is_heard_as_one() -> None:
    told = talk("ceklis", "sudah bayar 5 juta ke calo tapi belum berangkat",
                ports=FakePorts(plan=PLAN))  # fmt: skip
    assert told.session.flow != "departure"


@pytest.mark.parametrize(
    "day", ["kemarin", "1 januari 2020", "24 januari 2035", "nanti", "hari ini", "31 februari 2027"]
)
def test_a_day_that_cannot_be_is_asked_again(day: str) -> None:
    asked = talk("keberangkatan saya", "1", "malaysia", day)
    assert "belum terbaca" in words(asked)
    assert place(asked) == "departure.day"


def test_a_country_past_its_date_is_marked() -> None:
    later = FakePorts().later(timedelta(days=100))
    told = talk("keberangkatan saya", "1", "kuwait", ports=later)
    assert "perlu dicek ulang" in words(told)
    assert "sumber" not in words(told)
    assert "Kepmenaker 260/2015" in words(say(told.session, "sumber", ports=later))


@pytest.mark.parametrize(("way", "of"), [("1", 13), ("2", 13), ("3", 12), ("4", 13), ("5", 15)])
def test_each_way_has_its_own_list(way: str, of: int) -> None:
    listed = talk("keberangkatan saya", way, "tidak tahu", "tidak tahu", "jangan simpan")
    assert f"Sudah 0 dari {of}" in words(listed)


def test_an_old_button_without_a_plan_begins_anew() -> None:
    begun = say(talk("menu").session, "Langkah berikutnya", payload="departure.progress.next")
    assert place(begun) == "departure.way"
