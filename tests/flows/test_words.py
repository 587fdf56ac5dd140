"""What people write, in one form: slang, slips, look-alike letters; and signs with their words."""

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from flows.signs import SignError, Signs
from flows.understanding import load_understander
from flows.words import MAX_WORDS, Speller

UNDERSTANDER = load_understander()
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
