"""The shipped partners and legal grounds, and what is refused in them."""

from datetime import date
from pathlib import Path

import pytest

from bot.content_check import run
from flows.catalog import load_hotlines
from flows.partners import KINDS, NO_PERSONAL_DATA, grounds_for, load_directory, load_grounds
from tests.broken_content import change

TODAY = date(2026, 11, 22)


def test_every_kind_of_partner_is_in_the_directory_and_has_a_ground() -> None:
    assert {entry.kind for entry in load_directory()} == set(KINDS)
    grounds = load_grounds()
    for kind in KINDS:
        assert NO_PERSONAL_DATA in [ground.id for ground in grounds_for(grounds, kind)]
    assert [g.id for g in grounds_for(grounds, "polres", "tppm")] == [
        "tppm_penyidikan", "penempatan_tanpa_izin", NO_PERSONAL_DATA
    ]  # fmt: skip
    assert [g.id for g in grounds_for(grounds, "babinsa", "tppo")] == [NO_PERSONAL_DATA]


def test_no_number_is_copied_from_the_hotlines_and_none_is_without_a_day() -> None:
    numbers = {hotline.number for hotline in load_hotlines()}
    for entry in load_directory():
        assert entry.phone not in numbers, entry.id
        assert not (entry.phone and entry.hotline), entry.id
        assert entry.source.checked <= TODAY < entry.source.review_by, entry.id


def found(folder: Path, capsys: pytest.CaptureFixture[str], today: date = TODAY) -> list[str]:
    run(False, folder=folder, today=today)
    return capsys.readouterr().out.splitlines()


def test_rows_past_their_day_and_the_missing_lawyer_are_warnings(
    content: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = found(content, capsys, date(2026, 12, 23))
    assert "warning content/partners.yaml sbmi: past its review date, 2026-12-22" in out
    assert "warning content/grounds.yaml: no named person has reviewed it" in out
    assert not [line for line in out if "partners.yaml lpsk" in line]


@pytest.mark.parametrize(
    ("file", "old", "new", "line"),
    [
        ("partners.yaml", "kind: polres", "kind: polisi",
         "partners.yaml polres_ppa: `kind` has “polisi”, not one of"),
        ("partners.yaml", "level: regency", "level: kabupaten", "partners.yaml polres_ppa: `level`"),
        ("partners.yaml", "  note: Alamat", "  catatan: Alamat",
         "partners.yaml polres_ppa: `catatan` is no field here"),
        ("partners.yaml", 'areas: ["32.14"]', 'areas: [purwakarta]', "`areas` has “purwakarta”"),
        ("partners.yaml", "areas: [my]", "areas: [zz]", "kbri_kuala_lumpur: `areas` has zz"),
        ("partners.yaml", "areas: [my]", 'areas: ["35"]', "kbri_kuala_lumpur: `areas` has “35”"),
        ("partners.yaml", "hotline: polri", "hotline: polisi", "`hotline` polisi is not in"),
        ("partners.yaml", "source_date: 2024-12-03", 'source_date: ""',
         "kbri_kuala_lumpur: `phone` must be a number with a `source_date`"),
        ("partners.yaml", "site: siskop2mi.bp2mi.go.id", "site: https://x.id/y", "bp3mi: `site`"),
        ("partners.yaml", "review_by: 2027-02-22", "review_by: 2028-02-22",
         "polres_ppa: `review_by` must be at most six months"),
        ("partners.yaml", "- id: lpsk", "- id: polres_ppa", "polres_ppa: is there twice"),
        ("partners.yaml", "concerns: [tppo, tppm]", "concerns: tppo", "`concerns` must be a list"),
        ("grounds.yaml", "label: TPPO untuk Polri", "label: " + "x" * 21, "`label` has 21"),
        ("grounds.yaml", "partners: [polres]", "partners: []", "`partners` is empty"),
        ("grounds.yaml", 'needs_personal_data: "yes"', 'needs_personal_data: "no"',
         "tanpa_data_pribadi: must be the one ground without data"),
    ],
)  # fmt: skip
def test_a_broken_row_is_one_error(
    content: Path, capsys: pytest.CaptureFixture[str], file: str, old: str, new: str, line: str
) -> None:
    change(content / file, old, new)
    errors = [one for one in found(content, capsys) if one.startswith("error")]
    assert len(errors) == 1 and line in errors[0], errors


@pytest.mark.parametrize("file", ["partners.yaml", "grounds.yaml"])
def test_a_file_that_is_no_list(
    content: Path, capsys: pytest.CaptureFixture[str], file: str
) -> None:
    (content / file).write_text("x: 1\n")
    errors = [one for one in found(content, capsys) if one.startswith("error")]
    assert errors == [f"error content/{file}: must be a list of rows with their fields"]
