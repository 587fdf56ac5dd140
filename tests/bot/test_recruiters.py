"""What the register says about names as people type them (`recruiters.md` 4 and 5)."""

import csv
from datetime import date
from pathlib import Path

import pytest

from bot.recruiters import REGISTER_FILE, Register
from bot.register_file import read_observations
from tests.bot.register_lines import (
    LIFTED,
    LISTED,
    REVOKED,
    SUSPENDED,
    TODAY,
    a_line,
    a_register,
    names_of,
    one_name,
)

PAIRS = Path(__file__).parent.parent / "data" / "p3mi_name_pairs.csv"
TERM = "penghentian sementara 3 bulan sejak"


def pairs() -> list[dict[str, str]]:
    with PAIRS.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("ABUL PRATAMA JAYA", "Abul Pratamajaya"),
        ("PT.AL-HIKMAH JAYA BHAKTI", "alhikmah jaya bhakti"),
        ("P.T. Y A S R I", "Yasri"),
        ("PT. ABUNI`MAH SEJAHTERA UTAMA", "abuni'mah sejahtera utama tbk"),
        ("SINATRIA", "Sinatrya"),
        ("MULYA", "MULIA"),
        ("REZEKI", "REJEKI"),
        ("INTERNATIONAL", "INTERNASIONAL"),
        ("KHALIFAH FIRDAUS AULIA", "KHALIFFAH FIERDAUS AULIA"),
        ("ONGGOEL", "ONGGUL"),
        ("Ｍｏｚａ Group", "mozá  group"),
    ],
)
def test_two_spellings_of_one_name_fold_together(one: str, other: str) -> None:
    assert one_name(one) == one_name(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("DHARMAKARYA RAHARJA", "DHARMAKERTA RAHARJA"),
        ("KALIP SUKSES BERSAMA", "KALIP SUKSES BERJAYA"),
        ("ASSALAM KARYA MANUNGGAL PUTRA", "ASSALAM KARYA MANUNGGAL"),
        ("ANUGRAH", "ANUGERAH"),
        ("BAKHTIR", "BAKTHIR"),
    ],
)
def test_different_names_do_not_fold_together(one: str, other: str) -> None:
    assert one_name(one) != one_name(other)


@pytest.mark.parametrize("pair", pairs(), ids=lambda pair: pair["query_name"])
def test_the_labelled_pairs_are_found_as_they_are_labelled(
    register: Register, pair: dict[str, str]
) -> None:
    query, entry = pair["query_name"], pair["entry_name"]
    assert (one_name(query) == one_name(entry)) == (pair["fold_equal"] == "1")
    answer = register.find(query, TODAY)
    found = [one_name(row.name) for row in answer.rows]
    if pair["fold_equal"] == "1":
        assert answer.verdict in ("listed", "sanctioned", "conflict")
        assert found[0] == one_name(entry)
    elif pair["relation"].startswith("same"):
        assert answer.verdict == "similar"
        assert one_name(entry) in found
    elif pair["relation"] == "different_likely":
        assert answer.verdict in ("similar", "not_found")


def test_no_two_listed_companies_fold_together(register: Register) -> None:
    folded = [one_name(name) for name in names_of(register, "listed")]
    twice = {name for name in folded if folded.count(name) > 1}
    assert twice == {one_name("DAYA HELDIA ABADI"), one_name("ANUGERAH BAHARI PASIFIK")}


@pytest.mark.parametrize(
    ("text", "verdict", "first"),
    [
        ("abul pratamajaya", "listed", "ABUL PRATAMAJAYA"),
        ("cek pt. abul pratamajaya", "listed", "ABUL PRATAMAJAYA"),
        ("kak saya mau tanya ABUL PRATAMA JAYA itu resmi gak ya", "listed", "ABUL PRATAMAJAYA"),
        ("diajak sponsor dari PT Agesa Asa Jaya ke Taiwan", "listed", "AGESA ASA JAYA"),
        ("PT Sumber Tenaga Kerja Remaja Abadi", "listed", "SUMBER TENAGA KERJA REMAJA ABADI"),
        ("PT Trias Insan Madani cabang Cirebon", "listed", "TRIAS INSAN MADANI"),
        ("apakah PT Alfa Nusantara Perdana itu resmi?", "sanctioned", "PT Alfa Nusantara Perdana"),
        ("PT Ramzy", "sanctioned", "PT Ramzy"),
        ("bumimas indonesia mandiri", "conflict", "BUMI MAS INDONESIA MANDIRI"),
        ("PT Setia Mulia Kridatama", "conflict", "SETIA MULIA KRIDATAMA"),
        ("PT Alfa Nusantara", "similar", "PT Alfa Nusantara Perdana"),
        ("PT Trias Insan Madani Cirebon", "similar", "TRIAS INSAN MADANI"),
        ("cek pt. abul pratamajaye", "similar", "ABUL PRATAMAJAYA"),
        ("pt moza", "similar", "Moza Group Indonesia"),
        ("PT MIA", "similar", "Multi Insan Amanah"),
        ("PT Tulus Widodo Putra", "not_found", "PT. Tulus Widodo Putra"),
        ("PT Bahagia Selamanya Gemilang", "not_found", ""),
        ("PT Maju Jaya", "not_found", ""),
        ("halo", "not_found", ""),
        ("", "not_found", ""),
        ("pak Joko sponsor", "not_a_company", ""),
        ("Bu Sinta", "not_a_company", ""),
        ("siti aminah", "not_a_company", ""),
        ("calo dari kampung sebelah", "not_a_company", ""),
        ("pak Ramzy", "not_a_company", ""),
    ],
)
def test_a_message_gets_its_verdict(
    register: Register, text: str, verdict: str, first: str
) -> None:
    answer = register.find(text, TODAY)
    assert answer.verdict == verdict
    assert (answer.rows[0].name if answer.rows else "") == first


def test_conflict_shows_both_sides_with_their_dates(register: Register) -> None:
    rows = register.find("PT Bumi Mas Indonesia Mandiri", TODAY).rows
    assert [(row.status, row.seen_on) for row in rows] == [
        ("listed", date(2026, 9, 17)),
        ("suspended", date(2026, 2, 5)),
    ]


def test_a_listed_name_is_shown_with_a_revoked_look_alike_after_it(register: Register) -> None:
    answer = register.find("Ameastara Raya Mulia", TODAY)
    assert answer.verdict == "listed"
    assert [(row.name, row.status) for row in answer.rows] == [
        ("AMEASTARA RAYA MULIA", "listed"),
        ("Ameastara Raya", "revoked"),
    ]
    assert answer.rows[1].score < 100


def test_similar_names_show_both_sides_and_at_most_three(register: Register) -> None:
    statuses = [row.status for row in register.find("PT Kalip Sukses", TODAY).rows]
    assert sorted(statuses) == ["listed", "revoked"]
    assert len(register.find("PT ABP", TODAY).rows) == 3


@pytest.mark.parametrize("other", ["PT Ramzy", "PT Bahagia Gemilang"])
def test_another_company_in_the_message_makes_it_a_choice(register: Register, other: str) -> None:
    answer = register.find(f"{other} lewat PT Agesa Asa Jaya", TODAY)
    assert answer.verdict == "similar"
    assert "AGESA ASA JAYA" in [row.name for row in answer.rows]


def test_every_name_of_the_register_leads_to_its_own_row(register: Register) -> None:
    verdicts = {
        "listed": {"listed", "conflict"},
        "suspended": {"sanctioned", "conflict"},
        "revoked": {"sanctioned"},
        "lifted_watch": {"listed", "not_found"},
    }
    for status, allowed in verdicts.items():
        for name in names_of(register, status):
            answer = register.find(name, TODAY)
            assert answer.verdict in allowed, name
            assert one_name(answer.rows[0].name) == one_name(name)


def test_a_clean_listed_name_is_never_sanctioned(register: Register) -> None:
    acts = set(map(one_name, names_of(register, "suspended") + names_of(register, "revoked")))
    for name in names_of(register, "listed"):
        if one_name(name) not in acts:
            assert register.find(f"PT {name}", TODAY).verdict == "listed", name


def test_a_name_taken_out_of_the_list_is_never_listed(register: Register) -> None:
    """Twenty at a time: an index anew for each of the hundreds would take a quarter of a minute."""
    listed = names_of(register, "listed")
    for some in (listed[first : first + 20] for first in range(0, len(listed), 20)):
        gone = {one_name(name) for name in some}
        rest = Register(
            seen for seen in register.observations if one_name(seen.row.name) not in gone
        )
        for text in (text for name in some for text in (name, f"apakah PT {name} resmi?")):
            answer = rest.find(text, TODAY)
            assert answer.verdict in ("similar", "not_found"), text
            assert all(row.score < 100 for row in answer.rows)


@pytest.mark.parametrize(
    "text",
    ["9120307772741", "NIB 9120 3077 72741", "PT Agesa Asa Jyaa, NIB 9120.3077.72741"],
)
def test_a_number_finds_its_company_and_beats_a_misspelt_name(
    register: Register, text: str
) -> None:
    answer = register.find(text, TODAY)
    assert (answer.verdict, answer.rows[0].name) == ("listed", "AGESA ASA JAYA")


@pytest.mark.parametrize("other", ["PT Ramzy", "PT Abul Pratamajaya", "PT Bahagia Gemilang"])
def test_a_number_beside_another_name_is_a_conflict(register: Register, other: str) -> None:
    answer = register.find(f"{other}, NIB 9120307772741", TODAY)
    assert (answer.verdict, answer.rows[0].name) == ("conflict", "AGESA ASA JAYA")


def test_a_number_tells_namesakes_apart(tmp_path: Path) -> None:
    register = a_register(
        tmp_path,
        a_line("Alam Rimba", LISTED, number="1111111111111"),
        a_line("Alam Rimba", REVOKED, number="2222222222222"),
    )
    assert register.find("PT Alam Rimba", TODAY).verdict == "conflict"
    assert register.find("PT Alam Rimba 1111111111111", TODAY).verdict == "listed"
    assert register.find("PT Alam Rimba 2222222222222", TODAY).verdict == "sanctioned"


@pytest.mark.parametrize(
    ("act", "verdict"),
    [
        (a_line("Alam Rimba", SUSPENDED, number="1111111111111"), "sanctioned"),
        (a_line("Alam Rimba", REVOKED, number="1111111111111"), "sanctioned"),
        (a_line("Alam Rimba", REVOKED, number="2222222222222"), "conflict"),
        (a_line("Alam Rimba", SUSPENDED), "conflict"),
        (a_line("Alam Rimba", LIFTED, number="1111111111111"), "listed"),
        (a_line("Alam Rimba", f"{TERM} 2026-02-03", number="1111111111111"), "conflict"),
        (a_line("Alam Rimba", f"{TERM} 2026-10-03", number="1111111111111"), "sanctioned"),
        (a_line("Alam Raya Rimba", SUSPENDED), "listed"),
        (a_line("Alam Rimba", "peringatan tertulis", number="1111111111111"), "listed"),
        (a_line("Alam Rimba", "pencabutan SIP2MI", number="1111111111111"), "listed"),
    ],
)
def test_only_a_sanction_in_force_on_the_same_number_overrides_a_listing(
    tmp_path: Path, act: str, verdict: str
) -> None:
    register = a_register(tmp_path, a_line("Alam Rimba", LISTED, number="1111111111111"), act)
    assert register.find("PT Alam Rimba", TODAY).verdict == verdict


def test_a_sanction_that_was_ended_later_is_no_sanction(tmp_path: Path) -> None:
    lines = [
        a_line("Lain Sekali", LISTED),
        a_line("Alam Rimba", SUSPENDED, on="2026-01-05"),
        a_line("Alam Rimba", LIFTED, on="2026-05-05"),
    ]
    answer = a_register(tmp_path, *lines).find("PT Alam Rimba", TODAY)
    assert answer.verdict == "not_found"
    assert [row.status for row in answer.rows] == ["lifted_watch"]


def test_a_listing_past_its_own_date_is_no_listing(tmp_path: Path) -> None:
    old = "Alam Rimba,1111111111111,terdaftar,2026-11-01,https://example.org,2026-11-01,"
    register = a_register(tmp_path, old, a_line("Lain Sekali", LISTED))
    assert register.find("PT Alam Rimba", date(2026, 11, 1)).verdict == "listed"
    answer = register.find("PT Alam Rimba", TODAY)
    assert (answer.verdict, answer.rows[0].status) == ("not_found", "expired")


@pytest.mark.parametrize(
    ("text", "status"),
    [("peringatan tertulis", "warned"), ("SIP2MI dicabut", "sip2mi_revoked"),
     ("pengakhiran sanksi", "lifted_watch")],
)  # fmt: skip
def test_what_is_no_sanction_in_force_is_told_behind_the_listing(
    tmp_path: Path, text: str, status: str
) -> None:
    lines = a_line("Alam Rimba", LISTED, number="1111111111111"), a_line("Alam Rimba", text)
    rows = a_register(tmp_path, *lines).find("PT Alam Rimba", TODAY).rows
    assert [(row.status, row.score) for row in rows] == [("listed", 100), (status, 100)]
    assert rows[1].status_text == text


def test_a_company_with_two_numbers_is_sanctioned_only_by_both(tmp_path: Path) -> None:
    two = [a_line("Alam Rimba", LISTED, number=n * 13) for n in "12"]
    acts = [a_line("Alam Rimba", REVOKED, number=n * 13) for n in "12"]
    answer = a_register(tmp_path, *two).find("PT Alam Rimba", TODAY)
    assert (answer.verdict, answer.several_numbers) == ("listed", True)
    one = a_register(tmp_path, *two, acts[0])
    assert one.find("PT Alam Rimba", TODAY).verdict == "conflict"
    assert one.find(f"PT Alam Rimba {'1' * 13}", TODAY).verdict == "sanctioned"
    assert one.find(f"PT Alam Rimba {'2' * 13}", TODAY).verdict == "listed"
    assert a_register(tmp_path, *two, *acts).find("PT Alam Rimba", TODAY).verdict == "sanctioned"


def test_a_number_is_the_same_without_its_first_zeros(tmp_path: Path) -> None:
    register = a_register(tmp_path, a_line("Alam Rimba", LISTED, number="220001234567"))
    assert register.find("NIB 0220001234567", TODAY).verdict == "listed"


def test_a_suspension_past_its_own_date_is_a_conflict(tmp_path: Path) -> None:
    over = "Alam Rimba,1111111111111,diskors,2026-11-01,https://example.org,2026-08-01,"
    register = a_register(tmp_path, a_line("Alam Rimba", LISTED, number="1111111111111"), over)
    assert register.find("PT Alam Rimba", date(2026, 10, 1)).verdict == "sanctioned"
    assert register.find("PT Alam Rimba", TODAY).verdict == "conflict"


def test_what_a_company_says_of_itself_is_no_listing(tmp_path: Path) -> None:
    own = a_line("Alam Rimba", "situs perusahaan sendiri (klaim P3MI)")
    register = a_register(tmp_path, own, a_line("Lain Sekali", LISTED))
    assert register.find("PT Alam Rimba", TODAY).verdict == "not_found"


def test_an_empty_register_says_that_it_is_unavailable(tmp_path: Path) -> None:
    register = a_register(tmp_path, a_line("Alam Rimba", REVOKED))
    assert register.find("PT Alam Rimba", TODAY).verdict == "register_unavailable"


@pytest.mark.parametrize(
    ("today", "stale"), [(date(2026, 10, 17), False), (date(2026, 10, 18), True)]
)
def test_a_copy_is_stale_after_thirty_days(register: Register, today: date, stale: bool) -> None:
    answer = register.find("PT Agesa Asa Jaya", today)
    assert (answer.register_date, answer.stale) == (date(2026, 9, 17), stale)


def test_every_row_of_the_register_file_has_a_source_and_a_day() -> None:
    seen = list(read_observations(REGISTER_FILE))
    assert len(seen) == 697
    assert all(one.row.source.startswith("https://") and one.row.seen_on for one in seen)


@pytest.mark.parametrize(
    ("line", "problem"),
    [
        (a_line("", LISTED), "no company name"),
        (a_line("PT", LISTED), "no company name"),
        (a_line("Alam Rimba", "tidak terdaftar"), "status 'tidak terdaftar' is not known"),
        (a_line("Alam Rimba", LISTED, on=""), "source_date and read_on are empty"),
        (a_line("Alam Rimba", LISTED, on="17/09/2026"), "source_date '17/09/2026' is no day"),
        (a_line("Alam Rimba", LISTED, number="9.12E+12"), "the number '9.12E+12' is cut off"),
        ("Alam Rimba,,terdaftar,,,2026-11-01,", "source_url is empty"),
        ("Alam Rimba", "status '' is not known"),
        ('"Alam" Rimba,,terdaftar,,https://example.org,2026-11-01,', "expected after"),
    ],
)
def test_a_bad_row_is_named_in_one_line(tmp_path: Path, line: str, problem: str) -> None:
    with pytest.raises(ValueError, match=r"^register\.csv, row 3: ") as caught:
        a_register(tmp_path, a_line("Lain Sekali", LISTED), line)
    assert problem in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_missing_column_is_named(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="the column source_url is missing"):
        a_register(tmp_path, "Alam Rimba,,terdaftar", header="name,licence_no,status")


def test_a_file_that_is_no_text_is_named(tmp_path: Path) -> None:
    path = tmp_path / "register.csv"
    path.write_bytes(b"\xff\xfe\x00n")
    with pytest.raises(ValueError, match=r"^register\.csv"):
        Register.load(path)
