"""Numbers, laws and abbreviations as a voice reads them."""

from pathlib import Path

import pytest

from flows.catalog import ContentError
from flows.hear_see import all_cards
from flows.speech import load_speech, sentences
from tests.flows.talking import CATALOG

SPEECH = load_speech()


@pytest.mark.parametrize(
    ("written", "spoken"),
    [
        ("P3MI harus punya SIP2MI.", "pe tiga em i harus punya es i pe dua em i."),
        ("UU 18/2017 Pasal 5", "undang-undang nomor 18 tahun 2017 Pasal 5."),
        ("Biaya Rp5.000.000 atau Rp 2,5 juta", "Biaya 5000000 rupiah atau 2 koma 5 juta rupiah."),
        ("Ada 1.200 orang.", "Ada 1200 orang."),
        ("Sejak 22-11-2026.", "Sejak 22 November 2026."),
        ("Sejak 22-13-2026.", "Sejak 22 sampai 13 sampai 2026."),
        ("Buka 08.00–16.30.", "Buka 8 sampai 16 lewat 30 menit."),
        ("Naik 10%", "Naik 10 persen."),
        ("KTP/KK", "ka te pe atau ka ka."),
        ("Buka imigrasi.go.id sekarang", "Buka imigrasi titik go titik id sekarang."),
        ("Ketik BANTUAN, ya", "Ketik bantuan, ya."),
        ("Ini nomor (BPJS), penting", "Ini nomor be pe je es, penting."),
        ("Satu baris,\nlalu sambungannya", "Satu baris, lalu sambungannya."),
        ("Baris satu\nBaris dua?", "Baris satu. Baris dua?"),
        ("CEKPT9", "ce e ka pe te 9."),
    ],
)
def test_it_is_read_as_people_say_it(written: str, spoken: str) -> None:
    assert SPEECH.spoken(written) == spoken


def test_a_word_inside_another_is_left_alone() -> None:
    assert SPEECH.spoken("PTX dan visanya") == "pe te eks dan visanya."


def test_no_card_leaves_capitals_or_signs_for_the_voice_to_guess() -> None:
    for shown in all_cards(CATALOG.lessons):
        said = SPEECH.spoken(shown.card.text)
        assert "\n" not in said
        assert not any(sign in said for sign in '/%&“”"()'), said
        assert not any(word.isupper() and len(word) > 1 for word in said.split()), said
        assert not SPEECH.unknown(shown.card.text), shown.name


def test_an_abbreviation_with_a_number_needs_its_sound() -> None:
    assert SPEECH.unknown("Surat B2B dan P3MI, juga KTP") == ["B2B"]


def test_a_sentence_runs_on_over_the_end_of_a_line() -> None:
    assert sentences("Satu,\nDua.\n\n Tiga\nempat\nLima") == ["Satu, Dua.", "Tiga empat", "Lima"]


@pytest.mark.parametrize(
    ("broken", "problem"),
    [
        ("letters: {a: a}", "'months'"),
        (
            "letters: {a: a}\nmonths: [Januari]\nwords: {}\nafter_card: x",
            "12 months and 26 letters",
        ),
        ("letters: [", "line"),
    ],
)
def test_a_broken_file_is_named_in_one_line(tmp_path: Path, broken: str, problem: str) -> None:
    (tmp_path / "content").mkdir()
    (tmp_path / "content" / "speech.yaml").write_text(broken)
    with pytest.raises(ContentError) as raised:
        load_speech(tmp_path / "content")
    assert "content/speech.yaml" in str(raised.value)
    assert problem in str(raised.value)
