"""What people write, in one form: slang, slips, look-alike letters; and signs with their words."""

import shutil
import time
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from flows.catalog import CONTENT, ContentError
from flows.signs import SignError, Signs
from flows.understanding import load_understander, shipped_understander
from flows.words import MAX_WORDS, Speller

UNDERSTANDER = shipped_understander()
SPELLER = Speller(
    {"gak": "tidak", "teu": "tidak", "disekap": "dikurung", "pasport": "paspor", "gajih": "gaji"},
    ["penampungan", "majikan"],
)


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ("GAK ada gajih", "tidak ada gaji"),
        ("gaaaak", "tidak"),
        ("teu aya", "tidak aya"),
        ("pasportnya", "paspor"),
        ("ga\u200bk", "tidak"),
        ("mаjikan", "majikan"),
        ("p3nampungan", "penampungan"),
        ("penampugan", "penampungan"),
        ("umur16thn", "umur16thn"),
        ("24jt", "24 jt"),
        ("a. b", "a ¶ b"),
        ("jalan-jalan", "jalan"),
        ("😀😀", ""),
        ("\u202egnurukid", "gnurukid"),
    ],
)
def test_one_form(typed: str, words: str) -> None:
    assert SPELLER.words(typed).line.strip() == words


def test_a_wrong_letter_is_another_word() -> None:
    """ "dikurang" (lessened) is not "dikurung" (locked in)."""
    assert UNDERSTANDER.signs("gaji saya dikurang") != UNDERSTANDER.signs("saya dikurung")
    assert "disekap" not in {sign.id for sign in UNDERSTANDER.signs("gaji dikurangi majikan")}


@pytest.mark.parametrize(
    ("text", "flag", "evidence"),
    [
        ("Berangkat pakai VISA UMROH ya bu", "visa_umrah_ziarah", "VISA UMROH"),
        ("paspor sy dipegang majikan", "paspor_ditahan", "paspor sy dipegang"),
        ("dp dulu 5 juta", "minta_uang_muka", "dp dulu 5 juta"),
        ("anaknya baru umur 15 th", "anak_dibawah_umur", "15 th"),
        ("wis telung wulan ora dibayar, gaji ora ono", "upah_tidak_dibayar", "ora dibayar"),
        ("disuruh bilang liburan kalau ditanya petugas", "bohong_imigrasi", "bilang liburan"),
        ("jadi admin judol di kamboja", "kamboja_myanmar_laos", "kamboja"),
        ("nyeberang malam2 pakai speedboat", "jalur_tikus", "nyeberang"),
    ],
)
def test_a_sign_shows_the_senders_own_words(text: str, flag: str, evidence: str) -> None:
    found = {sign.id: sign.evidence for sign in UNDERSTANDER.signs(text)}
    assert evidence in found[flag] or found[flag] in evidence
    assert found[flag] in text


@pytest.mark.parametrize(
    "text", ["saya tidak dipukul", "gak pernah dipukul kok", "belum dipukul", "bukan disekap"]
)
def test_what_is_denied_is_no_sign(text: str) -> None:
    assert not {s.id for s in UNDERSTANDER.signs(text)} & {"kekerasan_ancaman", "disekap"}


def test_no_pattern_reaches_into_the_next_sentence() -> None:
    assert "paspor_ditahan" in {s.id for s in UNDERSTANDER.signs("paspor saya ditahan")}
    assert "paspor_ditahan" not in {s.id for s in UNDERSTANDER.signs("Ini paspor. Ditahan polisi")}


@pytest.mark.parametrize(
    ("phrase", "problem"),
    [("@nobody pergi", "no group"), (".. pergi", "gap"), ("", "gap"), ("a|, b", "no word")],
)
def test_a_phrase_that_cannot_be_read_is_named(phrase: str, problem: str) -> None:
    with pytest.raises(SignError, match=problem):
        Signs({"no": ["tidak"]}).add("x", [phrase])


def test_a_phrase_may_be_written_in_any_spelling() -> None:
    signs = Signs({"no": ["tidak"]}, {"agen": "sponsor", "smp": "sekolah"})
    signs.add("x", ["agen|anak_smp .. kabur"])
    assert [hit.name for hit in signs.find(SPELLER.words("sponsor itu kabur"))] == ["x"]
    assert "anak_dibawah_umur" in {
        sign.id for sign in UNDERSTANDER.signs("anak kelas 2 smp dibawa kerja")
    }


@pytest.mark.parametrize(
    ("told", "flags"),
    [
        ("katanya gratis, nanti potong gaji", {"semua_ditanggung"}),
        ("potong gaji tiap bulan", set()),
        ("utangnya dipotong gaji tiap bulan", {"jeratan_utang"}),
        ("kerja restoran di laos", set()),
        ("kerja restoran di kamboja", {"kamboja_myanmar_laos"}),
    ],
)
def test_a_sign_says_no_more_than_the_words_do(told: str, flags: set[str]) -> None:
    """Pay that is docked is no debt, and of Laos nothing certain is known."""
    assert {sign.id for sign in UNDERSTANDER.signs(told)} == flags


@pytest.mark.parametrize(
    ("file", "content", "problem"),
    [
        ("signs.yaml", "groups: x", "must be lists of words by name"),
        ("signs.yaml", None, "signs.yaml: can't be read"),
        ("spellings.yaml", "- a", "must be lists of words by name"),
        ("understanding.json", "{", "can't be read"),
        ("understanding.json", '{"heads": {}}', "can't be read"),
        ("understanding.json", None, "can't be read"),
        ("red_flags.yaml", None, "red_flags.yaml: can't be read"),
    ],
)
def test_content_that_cannot_be_used_is_one_line(
    tmp_path: Path, file: str, content: str | None, problem: str
) -> None:
    folder = Path(shutil.copytree(CONTENT, tmp_path / "content"))
    (folder / file).unlink()
    if content is not None:
        (folder / file).write_text(content, encoding="utf-8")
    with pytest.raises(ContentError, match=problem) as raised:
        load_understander(folder)
    assert "\n" not in str(raised.value)


def test_a_sign_without_a_flag_is_named(tmp_path: Path) -> None:
    folder = Path(shutil.copytree(CONTENT, tmp_path / "content"))
    signs = folder / "signs.yaml"
    signs.write_text(signs.read_text().replace("  tebusan:\n", "  tebusanx:\n"))
    with pytest.raises(ContentError, match="tebusan"):
        load_understander(folder)


def test_a_long_forward_is_read_in_part() -> None:
    words = SPELLER.words("kata lain " * 20_000)
    assert len(words.list()) <= MAX_WORDS + 1


@pytest.mark.parametrize(
    "nasty",
    [
        "tidak " * 4000,
        "a" * 20_000,
        "dipukul tidak " * 1500,
        "\u200b" * 20_000,
        ("1" * 9 + "jt ") * 2000,
    ],
)
def test_nothing_takes_long(nasty: str) -> None:
    """Bounded, not measured: a catastrophic pattern would take minutes."""
    began = time.monotonic()
    UNDERSTANDER.read(nasty[:20_000])
    assert time.monotonic() - began < 20


@settings(deadline=None, max_examples=150)
@given(st.text(max_size=300))
def test_no_text_is_too_strange(typed: str) -> None:
    read = UNDERSTANDER.read(typed)
    for flag in read.flags:
        assert flag.evidence in typed
