"""What typed words mean, as labelled rows. The shipped keywords are used."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flows.catalog import load_keywords
from flows.triggers import Offered, Trigger, Triggers, choose, everywhere, fold

KEYWORDS = load_keywords()
MENU = (
    Offered("1", ("belajar 3 menit", "belajar", "sinau")),
    Offered("2", ("cek perusahaan", "cek", "cek pt")),
    Offered("3", ("lapor", "laporan")),
    Offered("0", ("bicara petugas",)),
)


@pytest.mark.parametrize(
    ("typed", "folded"),
    [
        ("  Halo,   DUNIA! ", "halo dunia"),
        ("①", "1"),
        ("1️⃣", "1"),
        ("１", "1"),
        ("café", "cafe"),
        ("👍🏽", ""),
        ("\u200fba\u200dtal\u200e", "batal"),
        ("𝐌𝐄𝐍𝐔", "menu"),
        ("baris\nbaru", "baris baru"),
    ],
)
def test_fold(typed: str, folded: str) -> None:
    assert fold(typed) == folded


def test_only_the_first_characters_are_looked_at() -> None:
    assert len(fold("a" * 4096)) == 400


@pytest.mark.parametrize(
    ("typed", "index"),
    [
        ("1", 0),
        ("01", 0),
        ("satu", 0),
        ("siji", 0),
        ("hiji", 0),
        ("①", 0),
        ("1️⃣", 0),
        ("1.", 0),
        ("no 1", 0),
        ("nomor satu", 0),
        ("yang nomor satu aja ya", 0),
        ("pilih dua kak", 1),
        ("saya pilih telu", 2),
        ("0", 3),
        ("nol", 3),
        ("Belajar 3 menit", 0),
        ("1 belajar", 0),
        ("belajr", 0),
        ("blajar", 0),
        ("cek perusahan", 1),
        ("lapor dong", 2),
        ("4", None),
        ("10", None),
        ("1 2", None),
        ("", None),
        ("🙂", None),
        ("apa kabar", None),
        ("2 belajar", None),
    ],
)
def test_choose(typed: str, index: int | None) -> None:
    assert choose(typed, MENU) == index


def test_two_choices_that_fit_equally_well_are_no_answer() -> None:
    offered = (Offered("1", ("pt maju jaya",)), Offered("2", ("pt maju jaja",)))
    assert choose("pt maju jala", offered) is None
    assert choose("pt maju jaya", offered) == 0


@pytest.mark.parametrize(
    ("typed", "action"),
    [
        ("MENU", "menu"),
        ("/menu", "menu"),
        ("/menu@desa_bot", "menu"),
        ("/start", "start"),
        ("/start lapor", "report"),
        ("Menu ya", "menu"),
        ("BATAL", "cancel"),
        ("ga jadi", "cancel"),
        ("LAPOR", "report"),
        ("saya mau lapor", "report"),
        ("BANTUAN", "help"),
        ("STOP", "stop"),
        ("stop!", "stop"),
        ("unsubscribe", "stop"),
        ("brenti", "stop"),
        ("jangan ganggu saya", "stop"),
        ("SUMBER", "source"),
        ("RESMI", "genuine"),
        ("MULAI", "start"),
        ("petugas", "human"),
        ("BUKA", "open"),
        ("hapus data saya", "delete"),
        ("stopkontak", None),
        ("saya dilarang keluar rumah", None),
        ("", None),
    ],
)
@pytest.mark.parametrize("typos", [True, False])
def test_everywhere(typed: str, action: str | None, typos: bool) -> None:
    assert everywhere(typed, KEYWORDS.everywhere, typos=typos) == action


@pytest.mark.parametrize(
    ("typed", "action"),
    [("btal", "cancel"), ("bantaun", "help"), ("sumbr", "source"), ("resmii", "genuine")],
)
def test_a_slip_of_the_finger_counts_only_where_no_words_are_asked(typed: str, action: str) -> None:
    assert everywhere(typed, KEYWORDS.everywhere, typos=True) == action
    assert everywhere(typed, KEYWORDS.everywhere, typos=False) is None


@pytest.mark.parametrize(
    ("typed", "to", "rest"),
    [
        ("halo", "welcome", ""),
        ("Assalamu'alaikum", None, None),
        ("assalamualaikum", "welcome", ""),
        ("belajar", "lessons", ""),
        ("belajr", "lessons", ""),
        ("cek", "check_recruiter", ""),
        ("Cek: PT. Maju Jaya", "check_recruiter", "PT. Maju Jaya"),
        ("/cek PT Maju", "check_recruiter", "PT Maju"),
        ("periksa CV Maju", "check_recruiter", "CV Maju"),
        ("kode 7F3K-92QX-MN4T", "tip_status", "7F3K-92QX-MN4T"),
        ("cek laporan", "tip_status", ""),
        ("siapa pimpasa", "welcome:officer", ""),
        ("masuk ABCD", "officer_desk:enrol", "ABCD"),
        ("/start cek", "check_recruiter", ""),
        ("belajar bahasa korea", "lessons", "bahasa korea"),
        ("belajar dong kak", "lessons", ""),
        ("Halo, mas!", "welcome", ""),
        ("cek PT Sumber Mas pak", "check_recruiter", "PT Sumber Mas pak"),
        ("ambil 12", None, None),
        ("", None, None),
        ("/", None, None),
    ],
)
def test_beginnings(typed: str, to: str | None, rest: str | None) -> None:
    found = KEYWORDS.triggers.match(typed)
    assert found == (None if to is None else (to, rest))


@pytest.mark.parametrize(
    ("typed", "to", "rest"),
    [
        ("AMBIL 12", "officer_desk:take", "12"),
        ("ambil #12", "officer_desk:take", "12"),
        ("/ambil 12", "officer_desk:take", "12"),
        ("Tanya 12 di mana orangnya?", "officer_desk:ask", "12 di mana orangnya?"),
        ("SELESAI 12", "officer_desk:close", "12"),
        ("tugas", "officer_desk", ""),
        ("laporan", "officer_desk", ""),
        ("SIARAN", "broadcasts", ""),
        ("grup", "officer_groups", ""),
        ("lepas 3", "officer_groups:undo", "3"),
    ],
)
def test_officer_words(typed: str, to: str, rest: str) -> None:
    assert KEYWORDS.triggers.command(typed) == (to, rest)


def test_the_longer_phrase_wins() -> None:
    triggers = Triggers(
        [Trigger(("cek",), "a", rest=True), Trigger(("cek laporan",), "b", rest=True)]
    )
    assert triggers.match("cek laporan saya") == ("b", "saya")
    assert triggers.match("cek laporannya") == ("a", "laporannya")


@given(st.text(max_size=600))
def test_no_text_is_too_strange(typed: str) -> None:
    fold(typed)
    choose(typed, MENU)
    everywhere(typed, KEYWORDS.everywhere, typos=True)
    KEYWORDS.triggers.match(typed)
    KEYWORDS.triggers.command(typed)
