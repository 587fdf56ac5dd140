"""Offices from places and days, on the real office table."""

from datetime import date
from pathlib import Path

import pytest

from bot.territory import Gazetteer, Offices

PONOROGO = ("35.02", "35.03", "35.01")
TODAY = date(2026, 3, 2)

gazetteer = Gazetteer()
offices = Offices()


@pytest.mark.parametrize(
    ("code", "on", "office"),
    [
        ("35.02.02.2009", TODAY, "Kanim Ponorogo"),
        ("32.13", TODAY, "Kanim Bandung"),
        ("32.15.15.2011", TODAY, "Kanim Karawang"),
        ("35.14.01", date(2026, 2, 4), "Kanim Malang"),
        ("35.14.01", date(2026, 2, 5), "Kanim Pasuruan"),
        ("32.05", date(2026, 1, 28), "Kanim Tasikmalaya"),
        ("32.05", date(2026, 1, 29), "Kanim Garut"),
        ("52.03", TODAY, "Kanim Lombok Timur"),
        ("21.71.01.1001", TODAY, "Kanim Belakang Padang"),
        ("21.71.02", TODAY, "Kanim Batam"),
        ("51.03.01", TODAY, "Kanim Ngurah Rai"),
        ("51.03.02.2001", TODAY, "Kanim Denpasar"),
        ("11.06.13", TODAY, "Kanim Sabang"),
        ("51.02", date(2025, 12, 31), "Kanim Denpasar"),
    ],
)
def test_a_sure_row_decides_for_its_day(code: str, on: date, office: str) -> None:
    answer = offices.responsible(code, on)
    assert (answer.status, answer.office) == ("sure", office)


@pytest.mark.parametrize(
    ("code", "on", "candidates"),
    [
        ("35.75", TODAY, ("Kanim Malang", "Kanim Pasuruan")),
        ("31.72.02", TODAY, ("Kanim Jakarta Utara", "Kanim Tanjung Priok")),
        ("35.78", TODAY, ("Kanim Surabaya", "Kanim Tanjung Perak")),
        ("35.08", TODAY, ("Kanim Malang",)),
        ("12.07", TODAY, ("Kanim Medan",)),
        ("51.02", date(2026, 6, 1), ("Kanim Denpasar", "Kanim Tabanan")),
        ("51.02", date(2027, 6, 1), ("Kanim Tabanan",)),
    ],
)
def test_a_shared_or_doubtful_area_is_unclear_with_its_candidates(
    code: str, on: date, candidates: tuple[str, ...]
) -> None:
    answer = offices.responsible(code, on)
    assert (answer.status, answer.office) == ("unclear", None)
    assert answer.candidates == candidates
    assert answer.province


def test_a_split_regency_with_a_kecamatan_list_asks_for_the_kecamatan() -> None:
    assert offices.responsible("21.71", TODAY).needs_district
    assert not offices.responsible("31.72", TODAY).needs_district


@pytest.mark.parametrize("code", ["94.01", "35", "my", "", "99.99"])
def test_a_place_in_no_row_is_unknown(code: str) -> None:
    answer = offices.responsible(code, TODAY)
    assert (answer.status, answer.office, answer.candidates) == ("unknown", None, ())


def _districts(regency: str) -> list[str]:
    return [place.code for place in gazetteer.children(regency)]


def test_only_what_is_sure_is_an_offices_area() -> None:
    assert {code for code, _ in offices.sure_areas("Kanim Ponorogo", TODAY, _districts)} == set(
        PONOROGO
    )
    malang = {code for code, _ in offices.sure_areas("Kanim Malang", TODAY, _districts)}
    assert "35.07" in malang
    assert not malang & {"35.14", "35.75", "35.08"}


def test_of_a_split_regency_an_office_gets_its_kecamatan_and_no_other() -> None:
    north = {code for code, _ in offices.sure_areas("Kanim Ngurah Rai", TODAY, _districts)}
    south = {code for code, _ in offices.sure_areas("Kanim Denpasar", TODAY, _districts)}
    badung = set(_districts("51.03"))
    assert "51.03" not in north | south
    assert "51.03.01" in north
    assert "51.03.02" in south
    assert not north & south
    assert (north | south) & badung == badung


def test_every_row_of_the_table_names_places_of_the_list() -> None:
    assert len(offices.areas) == 253
    for area in offices.areas:
        place = gazetteer.place(area.regency_code)
        assert place is not None
        written = area.regency_name.replace("Kabupaten", "Kab.").replace(" Administrasi", "")
        assert place.name == written
        assert all(gazetteer.place(code) for code in area.districts)


HEADER = (
    "office_name,class,city,province,regency_name,regency_code,address,source_url,source_date,"
    "confidence,scope,valid_from,valid_to,note\n"
)
GOOD = "Kanim X,,X,Jawa Timur,Kabupaten Ponorogo,35.02,,https://x.go.id,2026,sure,whole,,,\n"


@pytest.mark.parametrize(
    ("wrong", "problem"),
    [
        (GOOD.replace("35.02", "3502"), "regency_code '3502'"),
        (GOOD.replace("sure", "maybe"), "confidence 'maybe'"),
        (GOOD.replace("whole", "half"), "scope 'half'"),
        (GOOD.replace("whole", "only"), "scope 'only'"),
        (GOOD.replace("whole", "only 35.03.01"), "'35.03.01'"),
        (GOOD.replace("whole,,", "whole,by 2026,"), "'by 2026'"),
        (GOOD.replace("whole,,", "whole,2026-13,"), "month"),
        (GOOD.replace("whole,,", "whole,2026-02-05,2025-01-01"), "not after"),
        (GOOD.replace("Kanim X", ""), "office_name is empty"),
        (GOOD + GOOD, "twice"),
        ("Kanim X\n", "province is empty"),
    ],
)
def test_a_wrong_row_names_file_row_and_problem_in_one_line(
    tmp_path: Path, wrong: str, problem: str
) -> None:
    path = tmp_path / "offices.csv"
    first = GOOD.replace("35.02", "35.03")
    path.write_text(HEADER + first + wrong, encoding="utf-8")
    with pytest.raises(ValueError, match=r"^offices\.csv row [34]: ") as caught:
        Offices(path)
    assert problem in str(caught.value)
    assert "\n" not in str(caught.value)


def test_an_empty_table_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "offices.csv"
    path.write_text(HEADER, encoding="utf-8")
    with pytest.raises(ValueError, match="no office"):
        Offices(path)


def test_words_lead_to_the_office_of_their_place() -> None:
    place = gazetteer.find("ds sukamaju kec ngrayun ponorogo").place
    assert place is not None
    assert offices.responsible(place.code, TODAY).office == "Kanim Ponorogo"
