"""Places in talk: what names none, what contradicts itself, and towns that are not Indonesian.

`tests/data/places_chat.csv` holds whole chat sentences; an empty code says that they name no place,
"?" and a code that it must at least stand among the choices.
"""

import csv
from pathlib import Path

import pytest

from bot.territory import is_inside
from tests.bot.places_found import assert_no_place, gazetteer, the_place

CHAT = Path(__file__).resolve().parent.parent / "data" / "places_chat.csv"


def chat_rows() -> list[tuple[str, str]]:
    with CHAT.open(encoding="utf-8", newline="") as file:
        return [(row["text"], row["code"]) for row in csv.DictReader(file)]


@pytest.mark.parametrize(("text", "code"), chat_rows())
def test_a_chat_sentence_names_its_place_or_none(text: str, code: str) -> None:
    answer = gazetteer.find(text)
    choices = [choice.code for choice in answer.ask]
    if not code:
        assert (answer.place, choices) == (None, [])
    elif code.startswith("?"):
        assert answer.place is None
        assert code[1:] in choices
    else:
        assert answer.place is not None
        assert answer.place.code == code


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        ("ponorogo jawa tengah", {"35.02", "33"}),
        ("cilacap jawa timur", {"33.01", "35"}),
        ("indramayu jateng", {"32.12", "33"}),
        ("batam riau", {"21.71", "14"}),
        ("kec ngrayun jawa tengah", {"35.02.02", "33"}),
        ("bali tapi asal lombok timur", {"51", "52.03"}),
        ("saya di bali tapi rumah di lombok timur", {"51", "52.03"}),
        ("kerja di jakarta aslinya cilacap", {"31", "33.01"}),
        ("asal saya dompu ntb, sekarang di bali", {"52.05.01", "51"}),
        ("desa ponorogo", {"35.02", "16.73.08.1009"}),
        ("desa cilacap", {"33.01", "33.01.21.1002"}),
        ("ds kendal", {"33.24"}),
        ("jenangan madiun", {"35.02.18", "35.19", "35.77"}),
        ("jenangan kab madiun", {"35.02.18", "35.19"}),
        ("ngrayun madiun", {"35.02.02", "35.19", "35.77"}),
        ("kroya brebes", {"33.01.06", "33.29"}),
        ("banten tangerang", {"36.03", "36.71"}),
    ],
)
def test_what_contradicts_itself_is_asked_with_both_readings(text: str, codes: set[str]) -> None:
    answer = gazetteer.find(text)
    assert answer.place is None
    assert codes <= {choice.code for choice in answer.ask}


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("desa ponorogo lubuk linggau", "16.73.08.1009"),
        ("ponorogo jawa timur", "35.02"),
        ("dari batu malang", "35.79"),
        ("kuta asal ubud", "51.04.05"),
        ("rendang karangasem", "51.07.01"),
        ("tempe wajo", "73.13.06"),
        ("genteng banyuwangi", "35.10.09"),
        ("jual bakso malang di ponorogo", "35.02"),
        ("di rumah makan padang depan terminal, kec jetis ponorogo", "35.02.09"),
    ],
)
def test_a_place_is_still_a_place(text: str, code: str) -> None:
    assert the_place(text).code == code


@pytest.mark.parametrize(
    "text",
    [
        "makan nasi padang",
        "soto kudus",
        "tahu sumedang",
        "soto lamongan",
        "bakso malang",
        "batik pekalongan",
        "apel malang",
        "sate madura",
        "sate ayam madura",
        "rendang padang",
        "warung padang",
        "rumah makan padang",
        "telur asin brebes",
        "mie ayam wonogiri",
        "oleh oleh khas malang",
        "jual batik tulis",
    ],
)
def test_goods_called_after_a_town_are_no_place(text: str) -> None:
    assert_no_place(text)


@pytest.mark.parametrize("text", ["desa perlis", "kab kuantan singingi", "kec subang"])
def test_a_level_word_keeps_a_place_in_indonesia(text: str) -> None:
    answer = gazetteer.find(text)
    found = (answer.place,) if answer.place else answer.ask
    assert found
    assert all(place and place.level != "country" for place in found)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("35.02.02.2001", "35.02.02.2001"),
        ("3502022001", "35.02.02.2001"),
        ("kode desa 35.02.02.2001 ya", "35.02.02.2001"),
        ("35.02.02", "35.02.02"),
        ("35.02", "35.02"),
        ("kode 11.01", "11.01"),
    ],
)
def test_a_typed_code_is_its_place(text: str, code: str) -> None:
    assert the_place(text).code == code


@pytest.mark.parametrize(
    "text",
    [
        "35.02.02.9999",
        "9999999999",
        "081234567890",
        "no hp 3502022001234",
        "12.05.25",
        "jam 12.05",
        "3502",
        "5.000.000",
    ],
)
def test_other_numbers_are_no_code(text: str) -> None:
    assert_no_place(text)


def test_a_home_outside_is_never_passed_over() -> None:
    answer = gazetteer.find("sleman asal bantul")
    assert any(is_inside(choice.code, "34.02") for choice in answer.ask)
