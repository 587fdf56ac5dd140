"""Messy places: the goals on made inputs and on inputs by hand, and one row for each mended bug.

The goals are the issue's: the right office at least 0.97, a wrong one at most 0.01, a question in
at most 0.10 of the texts that name a kecamatan or a regency. A question counts as right if the
right office is among its choices. Times are measured by `tests.bot.places_figures`, not here.
"""

import csv
from pathlib import Path

import pytest

from bot.atlas import CONTENT
from bot.territory import Offices, is_inside
from tests.bot.places_chat import chat_cases
from tests.bot.places_found import assert_no_place, gazetteer, the_place
from tests.bot.places_messy import Case, Messy, Score

BY_HAND = Path(__file__).resolve().parent.parent / "data" / "places_messy.csv"
messy = Messy(gazetteer, Offices())


def explained(score: Score) -> str:
    return "\n".join(f"{outcome} {case.text!r}" for outcome, case, _ in score.bad)


def by_hand() -> list[Case]:
    with BY_HAND.open(encoding="utf-8", newline="") as file:
        return [Case(r["text"], (r["code"],), "by hand", True) for r in csv.DictReader(file)]


@pytest.mark.parametrize(
    "cases",
    [messy.cases(1500, seed=20261122), chat_cases(messy, 1500, seed=20261122), by_hand()],
    ids=["forms", "chat", "by hand"],
)
def test_messy_places_reach_the_right_office(cases: list[Case]) -> None:
    score = messy.run(cases)
    assert score.right >= 0.97, explained(score)
    assert score.wrong <= 0.01, explained(score)
    assert score.asked <= 0.10, explained(score)


def test_places_by_hand_are_found_at_their_level() -> None:
    """Nine in ten to the very kecamatan or village; nobody looks at the others before they ask."""
    cases = by_hand()
    exact = sum(
        answer.place is not None and answer.place.code == case.codes[0]
        for case in cases
        for answer in [gazetteer.find(case.text)]
    )
    assert exact / len(cases) >= 0.9


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("boduk mingwi", "51.03.02.2002"),
        ("desa suka jadi kec air hitam lampung barat", "18.04.19.2005"),
        ("kecamatan simpangempat karo", "12.06.12"),
        ("rumah saya di bantayan kec pandrah bireun, deket pasar", "11.11"),
        ("disini kecamtan jatisrono wonogiri", "33.12"),
        ("kabupatn karawang sebelah timur pasar", "32.15"),
        ("tegalreja cilacap selatan clp", "33.01"),
        ("arosbaya bangkalan madura", "35.26"),
        ("praya tengah lombok", "52.02"),
        ("ds cigending kec ujungberung kab bandung", "32.73"),
        ("ds. pakisjaya karawang", "32.15"),
        ("tempuran krwng", "32.15"),
        ("sukorejosukorejoponorogo", "35.02"),
        ("karang anyar moiolong", "72.01"),
        ("pelabuhan ratu", "32.02"),
        ("pangkep liukang tangaya", "73.10"),
        ("kalianda kab lamsel", "18.01"),
        ("kota malnag", "35.73"),
    ],
)
def test_what_was_once_missed_is_found(text: str, code: str) -> None:
    assert is_inside(the_place(text).code, code)


@pytest.mark.parametrize(
    "text",
    [
        "saiki",
        "pasti",
        "pak halim",
        "jalan ir juanda",
        "jam karet",
        "terima kasih",
        "kurang tau mas",
        "di sawah",
        "baru",
        "PT sumber rejeki",
        "namanya pak slamet",
    ],
)
def test_everyday_words_are_neither_taken_nor_offered_as_a_place(text: str) -> None:
    assert_no_place(text)


@pytest.mark.parametrize(
    ("text", "some"),
    [
        ("mrayan", "Ngrayun"),
        ("kecamatan simpang tgia", "Simpang"),
        ("kabupaten buton teng", "Buton Tengah"),
        ("kab semaang", "Semarang"),
        ("desa sorogotern", "Sorogaten"),
        ("kec batang batang", "Kec. Batang, Kab. Batang"),
        ("ds harapabmulya kab bekasii", "Kota Bekasi"),
        ("ds tanjung paku kab solok", "Kota Solok"),
        ("desa bai", "Nuangan"),
        ("pandaan", "Kec. Pandaan"),
        ("pulo aceh, aceh besar", "Kec. Pulo Aceh"),
        ("aslinya wong balong ponorogo tapi ngekos di kec turen malang", "Turen"),
        ("ada calo di desa wkrhsd xfgh nawarin kerja ke malaysia", "Malaysia"),
    ],
)
def test_what_is_not_certain_is_asked(text: str, some: str) -> None:
    answer = gazetteer.find(text)
    assert answer.place is None
    assert any(some in choice.name for choice in answer.ask)


@pytest.mark.parametrize(
    ("text", "code", "name"),
    [
        ("bandara juanda", "35.15", "Bandara Juanda, Kab. Sidoarjo"),
        ("lewat bandara surabaya", "35.15", "Bandara Juanda, Kab. Sidoarjo"),
        ("pelabuhan surabaya", "35.78", "Pelabuhan Tanjung Perak, Kota Surabaya"),
        ("soetta", "36.71", "Bandara Soekarno-Hatta, Kota Tangerang"),
        ("bandara cengkareng", "36.71", "Bandara Soekarno-Hatta, Kota Tangerang"),
        ("bandara kualanmu", "12.07", "Bandara Kualanamu, Kab. Deli Serdang"),
        ("ke malaysia lewat batam center", "21.71", "Pelabuhan Batam Centre, Kota Batam"),
        ("pelabuhan tunon taka", "65.03", "Pelabuhan Tunon Taka, Kab. Nunukan"),
        ("plbn entikong", "61.03", "PLBN Entikong, Kab. Sanggau"),
        ("motaain", "53.04", "PLBN Motaain, Kab. Belu"),
        ("bandara lombok", "52.02", "Bandara Zainuddin Abdul Madjid, Kab. Lombok Tengah"),
    ],
)
def test_a_port_is_the_regency_it_lies_in(text: str, code: str, name: str) -> None:
    place = the_place(text)
    assert (place.code, place.level, place.name) == (code, "regency", name)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("cengkareng", "31.73.01"),
        ("tanjung priok", "31.72.02"),
        ("nunukan", "65.03"),
        ("desa selur kec ngrayun ponorogo di jalan juanda", "35.02.02.2008"),
    ],
)
def test_a_town_is_no_port_until_somebody_says_so(text: str, code: str) -> None:
    assert the_place(text).code == code


def test_a_home_and_a_port_are_both_put_to_the_person() -> None:
    answer = gazetteer.find("desa selur ngrayun ponorogo berangkat lewat juanda")
    assert answer.place is None
    assert [choice.code for choice in answer.ask] == ["35.02.02.2008", "35.15"]


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("johor", "my"),
        ("KL", "my"),
        ("penang", "my"),
        ("kuching", "my"),
        ("riyadh", "sa"),
        ("jeddah", "sa"),
        ("dubai", "ae"),
        ("abu dhabi", "ae"),
        ("poipet", "kh"),
        ("sihanoukville", "kh"),
        ("bavet", "kh"),
        ("myawaddy", "mm"),
        ("taipei", "tw"),
        ("kaohsiung", "tw"),
        ("HK", "hk"),
        ("macau", "mo"),
        ("kota kinabalu", "my"),
        ("kota kinabalu sabah", "my"),
        ("kota bharu", "my"),
        ("batu pahat", "my"),
        ("perlis", "my"),
        ("kluang", "my"),
        ("muar", "my"),
        ("bayan lepas", "my"),
        ("sungai petani", "my"),
        ("taiping", "my"),
        ("segamat", "my"),
        ("klang", "my"),
        ("putrajaya", "my"),
        ("petaling jaya", "my"),
        ("subang jaya", "my"),
        ("alor setar", "my"),
    ],
)
def test_a_city_abroad_is_its_country(text: str, code: str) -> None:
    place = the_place(text)
    assert (place.code, place.level) == (code, "country")


def test_every_row_of_the_lists_names_a_place() -> None:
    for file, column in (("ports.csv", "regency_code"), ("place_names.csv", "codes")):
        with (CONTENT / file).open(encoding="utf-8", newline="") as rows:
            for row in csv.DictReader(rows):
                for code in row[column].split():
                    assert gazetteer.place(code) is not None, (file, row)
