"""A register file is taken over as one or not at all; what it says is kept, compared and told."""

import sqlite3
from collections.abc import Sequence
from datetime import date, datetime
from pathlib import Path

import pytest
from sqlalchemy import select

from bot import cli, register_snapshots
from bot.channels.base import Outgoing
from bot.database import Database
from bot.recruiters import Register
from bot.register_file import MAX_ROWS, Reading, read_register_file
from bot.register_import import Imported
from bot.register_rows import RegisterFileError
from bot.register_status import status_of
from bot.register_tables import kept_rows, snapshots
from tests.bot.register_files import (
    FIRST,
    HEAD,
    SECOND,
    SOURCE,
    TODAY,
    Office,
    a_file,
    a_sheet,
    problems,
    row,
)

# ---- reading


def test_an_export_with_a_title_other_headings_and_semicolons(tmp_path: Path) -> None:
    lines = (
        "No;NAMA P3MI;NOMOR IZIN;KETERANGAN;ALAMAT",
        f"1;Alam Rimba;'{FIRST};AKTIF;Jl. A, B, C, D",
    )
    path = a_file(tmp_path, *lines, head="DAFTAR P3MI, TERMASUK CABANG")
    (seen,) = read_register_file(
        path, Reading(source=SOURCE, source_date=date(2026, 11, 20), third_party=False)
    )
    assert (seen.row.name, seen.row.status, seen.row.status_text) == (
        "Alam Rimba", "listed", "AKTIF",
    )  # fmt: skip
    assert (seen.row.seen_on, seen.row.third_party) == (date(2026, 11, 20), False)
    assert (seen.row.licence_no, seen.raw["NOMOR IZIN"]) == (FIRST, f"'{FIRST}")


def test_an_excel_sheet_is_read_like_a_csv_file(tmp_path: Path) -> None:
    path = a_sheet(
        tmp_path,
        ["Nama Perusahaan", "NIB", "Status", "Tanggal", "Berlaku sampai"],
        ["Alam Rimba", int(FIRST), "Aktif", datetime(2026, 11, 20), "31 Desember 2027"],
        [None, None, None, None, None],
        ["Bukit Seroja", SECOND, "Penghentian sementara", "2026-11-19", None],
    )
    first, second = read_register_file(path, Reading(source=SOURCE))
    assert (first.row.licence_no, first.row.seen_on) == (FIRST, date(2026, 11, 20))
    assert first.valid_until == date(2027, 12, 31)
    assert second.row.status == "suspended"


def test_a_column_can_be_named_by_the_operator(tmp_path: Path) -> None:
    path = a_file(tmp_path, f"Alam Rimba,{FIRST},aktif", head="Badan,Angka,Keadaan")
    reading = Reading({"name": "BADAN", "licence_no": "angka", "status": "Keadaan"}, SOURCE, TODAY)
    assert read_register_file(path, reading)[0].row.name == "Alam Rimba"


@pytest.mark.parametrize(
    ("line", "problem"),
    [
        (row("Cahaya", FIRST), f"the number {FIRST} stands in row 2 already (Alam Rimba)"),
        (row("Alam Rimba", FIRST), "stands in row 2 already"),
        (row("=HYPERLINK(1)", "3"), "name holds a formula"),
        (row("@SUM(A1)", "3"), "name holds a formula"),
        (row("Cahaya", "9.12E+12"), "is cut off"),
        (row("Cahaya", "", "entah"), "the status 'entah' is not known"),
        (row("Cahaya", on="2027-01-01"), "2027-01-01 is in the future"),
        (row("x" * 130), "is no company name"),
        (row("x" * 600), "has 600 letters"),
    ],
)
def test_each_bad_row_is_one_line(tmp_path: Path, line: str, problem: str) -> None:
    found = problems(a_file(tmp_path, row("Alam Rimba", FIRST), line, line.replace("3", "4")))
    assert any(told.startswith("register.csv, row 3: ") and problem in told for told in found)


def test_all_bad_rows_are_told_in_order(tmp_path: Path) -> None:
    lines = [row(f"Nama {n}", str(n) * 9, "entah") for n in range(1, 4)]
    assert [told.split(":")[0] for told in problems(a_file(tmp_path, *lines))] == [
        "register.csv, row 2", "register.csv, row 3", "register.csv, row 4",
    ]  # fmt: skip


def test_the_list_may_have_a_company_twice_in_two_spellings(tmp_path: Path) -> None:
    lines = row("PT. Alam Rimba", FIRST), row("Alamrimba", FIRST)
    assert len(read_register_file(a_file(tmp_path, *lines), Reading())) == 2


def test_too_many_rows_are_one_line(tmp_path: Path) -> None:
    lines = [row(f"Nama {n}", f"{n:013}") for n in range(200_000)]
    (told,) = problems(a_file(tmp_path, *lines))
    assert told == f"register.csv: more than {MAX_ROWS:,} rows; is it the register?"


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (b"", "the sheet is empty"),
        (HEAD.encode(), "no rows below the columns"),
        ((HEAD + "\n" + row("Caf\xe9 Rimba")).encode("latin-1"), "is no UTF-8 text"),
        ((HEAD + "\n" + row("Alam Rimba")).encode("utf-16"), "is no UTF-8 text"),
        (b"name,status\nAlam,terdaftar", "the column licence_no is missing"),
        (b"just some text", "the column name is missing"),
        (b"\x00\x01\x02", "the column name is missing"),
    ],
)
def test_a_file_that_is_no_register(tmp_path: Path, content: bytes, problem: str) -> None:
    path = tmp_path / "register.csv"
    path.write_bytes(content)
    assert problem in problems(path)[0]


def test_a_formula_in_excel_is_refused(tmp_path: Path) -> None:
    path = a_sheet(
        tmp_path,
        ["name", "licence_no", "status", "source_url", "source_date"],
        ["=A1&B1", FIRST, "terdaftar", SOURCE, "2026-11-20"],
    )
    assert problems(path) == (
        "register.xlsx, row 2: name holds a formula; paste its value instead",
    )


@pytest.mark.parametrize("name", ["register.xlsx", "register.xls"])
def test_a_broken_excel_file_is_one_line(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_bytes(b"PK\x03\x04 nothing of the kind")
    assert len(problems(tmp_path / name)) == 1


def test_a_file_that_is_not_there_is_one_line(tmp_path: Path) -> None:
    assert problems(tmp_path / "none.csv") == ("none.csv: No such file or directory",)


@pytest.mark.parametrize(
    ("text", "status"),
    [
        ("Terdaftar di SISKOP2MI", "listed"), ("AKTIF", "listed"), ("Tidak aktif", "expired"),
        ("SIP3MI dicabut", "revoked"), ("Pencabutan SIP3MI", "revoked"),
        ("Izin perekrutan dicabut", "sip2mi_revoked"), ("Pencabutan SIP2MI", "sip2mi_revoked"),
        ("Peringatan tertulis", "warned"), ("Sanksi: peringatan tertulis", "warned"),
        ("Skorsing", "suspended"), ("sanksi penghentian sementara", "suspended"),
        ("Diskors 3 bulan", "suspended"), ("sanksi penghentian diakhiri", "lifted_watch"),
        ("Pengakhiran sanksi", "lifted_watch"), ("masa berlaku habis", "expired"),
        ("Kedaluwarsa", "expired"), ("tidak terdaftar", ""), ("", ""),
    ],
)  # fmt: skip
def test_the_words_of_a_status(text: str, status: str) -> None:
    assert status_of(text) == status


# ---- taking over


def test_a_list_replaces_listings_and_keeps_the_sanctions(office: Office) -> None:
    changes = office.changes(row("Alam Rimba", FIRST), row("Cahaya Timur", "3333333333333"))
    assert changes == [
        "new Cahaya Timur (3333333333333): listed",
        f"gone Bukit Seroja ({SECOND}): was listed",
    ]
    assert office.verdict("PT Kali Biru Jernih") == "sanctioned"
    assert office.verdict("PT Bukit Seroja") == "not_found"


def test_a_list_of_sanctions_keeps_the_listings_and_the_revocations(office: Office) -> None:
    changes = office.changes(row("Alam Rimba", FIRST, "penghentian sementara"), kind="sanctions")
    assert changes == [
        f"changed Alam Rimba ({FIRST}): listed → listed + suspended",
    ]
    assert office.verdict("PT Kali Biru Jernih") == "sanctioned"
    assert office.verdict("PT Alam Rimba") == "sanctioned"
    assert office.verdict("PT Bukit Seroja") == "listed"


def test_an_act_that_the_list_speaks_of_is_replaced(office: Office) -> None:
    lines = row("Alam Rimba", FIRST), row("Bukit Seroja", SECOND)
    office.take(*lines, row("Kali Biru Jernih", "", "dicabut (SK 9)"))
    acts = office.register.index.by_fold["KALIBIRUJERNIH"].observations
    assert [seen.row.status_text for seen in acts] == ["dicabut (SK 9)"]


def test_a_new_name_or_number_of_a_company_is_told(office: Office) -> None:
    changes = office.changes(row("Alam Rimba Raya", FIRST), row("Bukit Seroja", "4444444444444"))
    assert changes == [
        f"changed Alam Rimba ({FIRST}): now written Alam Rimba Raya",
        f"changed Bukit Seroja (4444444444444): number {SECOND} → 4444444444444",
    ]


def test_the_same_file_again_is_no_snapshot(office: Office) -> None:
    before = office.take(row("Alam Rimba", FIRST)).snapshot
    again = office.take(row("Alam Rimba", FIRST))
    assert before and again == Imported(None, (), 0)


def test_a_file_that_loses_too_many_changes_nothing(office: Office) -> None:
    with pytest.raises(RegisterFileError, match=r"1 of 2 companies would be gone \(50%\)"):
        office.take(row("Alam Rimba", FIRST), share=0.2)
    assert office.verdict("PT Bukit Seroja") == "listed"
    assert office.take(row("Alam Rimba", FIRST), share=0.5).snapshot


@pytest.mark.parametrize(
    ("line", "kind", "problem"),
    [
        (row("Alam Rimba", FIRST), "sanctions", "1 rows are listings"),
        (row("Alam Rimba", FIRST, "dicabut"), "list", "no row is a listing"),
    ],
)
def test_a_file_of_the_other_kind_is_refused(
    office: Office, line: str, kind: str, problem: str
) -> None:
    with pytest.raises(RegisterFileError, match=problem):
        office.take(line, kind=kind)
    assert office.verdict("PT Alam Rimba") == "listed"


def test_every_snapshot_stays_with_its_raw_cells(office: Office) -> None:
    office.take(row("Alam Rimba", FIRST))
    with office.service.database.read() as connection:
        assert [s.rows for s in register_snapshots.history(connection)][-1] > 160
        kept = connection.execute(select(kept_rows.c.raw).where(kept_rows.c.name == "Alam Rimba"))
        assert f'"licence_no": "{FIRST}"' in str(kept.scalars().first())
        first = connection.execute(select(snapshots.c.id).order_by(snapshots.c.id)).scalar()
        old = register_snapshots.load(connection, first or 0)
    assert old.find("PT Bukit Seroja", TODAY).verdict == "listed"


def test_another_process_sees_the_import_at_its_next_look_up(office: Office) -> None:
    other = register_snapshots.CurrentRegister(Register.load())
    database = Database(office.service.database.url)
    with database.read() as connection:
        assert other.now(connection).find("PT Bukit Seroja", TODAY).verdict == "listed"
    office.take(row("Alam Rimba", FIRST))
    with database.read() as connection:
        register = other.now(connection)
        assert register.find("PT Bukit Seroja", TODAY).verdict == "not_found"
        assert other.now(connection) is register
    database.close()


async def test_a_conversation_answers_from_the_import(office: Office) -> None:
    assert "ADA di daftar" in heard(await office.rehearsal.say("warga", "cek PT Bukit Seroja"))
    office.take(row("Alam Rimba", FIRST))
    told = heard(await office.rehearsal.say("warga", "cek PT Bukit Seroja"))
    assert "TIDAK KETEMU" in told


def heard(messages: Sequence[Outgoing]) -> str:
    return "\n".join(message.text for message in messages)


# ---- the command


def test_the_command_in_a_fresh_folder(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    a_file(folder, row("Alam Rimba", FIRST))
    assert cli.main(["register", "import", "register.csv", "--drop-share", "1", "--dry-run"]) == 0
    assert "dry run: nothing was written" in capsys.readouterr().out
    cli.main(["recruiter", "PT Alam Rimba"])
    assert "verdict: not_found" in capsys.readouterr().out
    assert cli.main(["register", "import", "register.csv", "--drop-share", "1", "--official"]) == 0
    cli.main(["register", "show"])
    shown = capsys.readouterr().out
    assert "register of 2026-11-20, an official export" in shown
    assert "163 revoked" in shown
    cli.main(["recruiter", "PT Alam Rimba", "--json"])
    assert '"verdict": "listed"' in capsys.readouterr().out


def test_a_refused_file_leaves_the_old_register(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    a_file(folder, row("Alam Rimba", FIRST), row("Seroja", FIRST))
    assert cli.main(["register", "import", "register.csv"]) == 2
    told = capsys.readouterr()
    assert told.out == ""
    assert told.err.count("\n") == 1
    with sqlite3.connect(folder / "var" / "kentongan.db") as connection:
        assert connection.execute("SELECT count(*) FROM register_snapshot").fetchone() == (0,)


@pytest.mark.parametrize(
    ("option", "problem"),
    [
        (["--map", "nama=x"], "--map nama=x: write COLUMN=HEADING"),
        (["--source-date", "kemarin"], "is no date such as 2026-11-22"),
        (["--drop-share", "2"], "write a share from 0 to 1"),
    ],
)
def test_a_wrong_option_is_one_line(
    folder: Path, capsys: pytest.CaptureFixture[str], option: list[str], problem: str
) -> None:
    a_file(folder, row("Alam Rimba", FIRST))
    assert cli.main(["register", "import", "register.csv", *option]) == 2
    assert problem in capsys.readouterr().err


def test_an_empty_sheet_is_one_line(tmp_path: Path) -> None:
    (told,) = problems(a_sheet(tmp_path))
    assert told == "register.xlsx: the sheet is empty"
