"""The shipped checklist and costs, and what is refused in them."""

from datetime import date
from pathlib import Path

import pytest

from bot.content_check import run
from flows.departure_facts import WAYS, Cost, Document, documents_for, load_costs, load_documents
from tests.broken_content import change

TODAY = date(2026, 11, 22)
STATUTORY = {
    "status_kawin", "izin_keluarga", "kompetensi", "sehat", "paspor", "visa_kerja",
    "perjanjian_penempatan", "perjanjian_kerja",
}  # fmt: skip
"""UU 18/2017 Pasal 13."""


def ids(way: str, country: str = "") -> set[str]:
    return {row.id for row in documents_for(load_documents(), way, country)}


@pytest.mark.parametrize("way", ["p3mi", "g_to_g", "own_company"])
def test_the_eight_documents_of_the_law_are_on_the_list(way: str) -> None:
    assert ids(way) >= STATUTORY


def test_who_goes_alone_needs_no_placement_agreement_and_a_seafarer_a_contract_at_sea() -> None:
    assert "perjanjian_penempatan" not in ids("perseorangan")
    assert {"lapor_disnaker", "panggilan_kerja"} <= ids("perseorangan")
    assert {"buku_pelaut", "pkl", "paspor"} <= ids("seafarer")
    assert "perjanjian_kerja" not in ids("seafarer")


def test_a_row_for_one_country_is_shown_only_there() -> None:
    assert ids("g_to_g", "kr") - ids("g_to_g", "de") == {"ujian_korea"}
    assert ids("p3mi", "jp") - ids("p3mi") == {"ujian_jepang"}
    assert "ujian_korea" not in ids("p3mi", "kr")


def test_every_fact_is_dated_and_nobody_has_reviewed_it() -> None:
    rows: list[Document | Cost] = [*load_documents(), *load_costs()]
    for row in rows:
        assert row.source.checked <= TODAY < row.source.review_by, row.id
        assert not row.reviewed, row.id


def test_only_prices_with_a_day_are_said() -> None:
    """law.md 4: no amount as a fact; the two exceptions say from when they are."""
    priced = {row.id for row in load_documents() if "Rp" in row.cost}
    assert priced == {"paspor", "ujian_korea"}
    for cost in load_costs():
        assert "Rp" not in cost.why, cost.id
        assert "juta" not in cost.why, cost.id


def test_what_the_law_forbids_is_a_short_list() -> None:
    """Only what an article read says (UU 18/2017 69 and 72a, UU 24/2013 79A) is called forbidden."""
    forbidden = {cost.id for cost in load_costs() if cost.mark == "forbidden"}
    assert forbidden == {"sponsor", "dukcapil", "ditanggung_majikan"}


@pytest.mark.parametrize(
    ("file", "old", "new", "line"),
    [
        ("checklist.yaml", "title: \"Surat sehat\"", "title: \"Surat keterangan sehat jiwa\"",
         "checklist.yaml sehat: `title` has 27 characters, at most 22"),
        ("checklist.yaml", "ways: [own_company]", "ways: [perusahaan]",
         "checklist.yaml izin_perusahaan: `ways` has “perusahaan”"),
        ("checklist.yaml", "ways: [own_company]", "ways: []",
         "izin_perusahaan: `ways` is empty: nobody would see this row"),
        ("checklist.yaml", "to: [kr]", "to: korea", "ujian_korea: `to` must be a list"),
        ("checklist.yaml", "to: [kr]", "to: [zz]", "ujian_korea: `to` has zz, which is not in"),
        ("checklist.yaml", "to: [kr]", "to: [KR]", "ujian_korea: `to` has “KR”"),
        ("checklist.yaml", "  who: \"Anda dan majikan.\"\n", "", "perjanjian_kerja: `who` is missing"),
        ("checklist.yaml", "Anda dan majikan.", "Dijamin majikan.",
         "perjanjian_kerja: `who` judges or promises: “Dijamin”"),
        ("checklist.yaml", "- id: visa_kerja", "- id: paspor", "paspor: `id` is there twice"),
        ("checklist.yaml", "review_by: 2027-05-22", "review_by: 2027-06-22",
         "kependudukan: `review_by` is more than six months"),
        ("costs.yaml", "mark: own", "mark: gratis", "pribadi: `mark` is “gratis”, not one of"),
        ("costs.yaml", "words: [skck,", "words: [tiket,", "skck: “tiket” also belongs to tiket"),
        ("costs.yaml", "words: [magang, biaya magang, lpk, jisshu, lpk so, biaya lpk]", "words: []",
         "magang: `words` must be a list of spellings"),
        ("costs.yaml", "Syarat pinjaman berubah", "Sindikat pinjaman berubah", "judges or promises"),
        ("costs.yaml", "  name: \"SKCK\"", "  nama: \"SKCK\"", "skck: `nama` is no field here"),
    ],
)  # fmt: skip
def test_what_is_refused(
    file: str, old: str, new: str, line: str, content: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    change(content / file, old, new)
    assert run(False, folder=content, today=TODAY) == 1
    errors = [one for one in capsys.readouterr().out.splitlines() if one.startswith("error")]
    assert any(line in one for one in errors), errors


def test_a_way_of_going_without_rows_is_refused(
    content: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = content / "checklist.yaml"
    path.write_text(path.read_text().replace(", seafarer]", "]").replace("[seafarer]", "[p3mi]"))
    assert run(False, folder=content, today=TODAY) == 1
    assert "seafarer: no row for this way of going" in capsys.readouterr().out


def test_rows_past_their_day_are_warned_of(
    content: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(False, folder=content, today=date(2027, 2, 23)) == 0
    out = capsys.readouterr().out
    assert "warning content/checklist.yaml paspor: past its review date, 2027-02-22" in out
    assert "warning content/costs.yaml tiket: past its review date, 2027-02-22" in out


def test_every_way_has_a_label() -> None:
    assert set(WAYS) == {way for row in load_documents() for way in row.ways}
