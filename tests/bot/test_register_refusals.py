"""What in a register's file means two things, or would do harm, is refused: one line for each row."""

import zipfile
from pathlib import Path

import pytest

from bot.register_file import Reading, read_register_file
from bot.register_status import plain_status, status_of
from tests.bot.register_files import (
    FIRST,
    HEAD,
    SOURCE,
    TODAY,
    a_file,
    a_sheet,
    problems,
    row,
)

HEADINGS: list[object] = ["name", "licence_no", "status", "source_url", "source_date"]
CELLS: list[object] = ["Alam Rimba", FIRST, "terdaftar", SOURCE, "2026-11-20"]


@pytest.mark.parametrize(
    "text",
    [
        "aktif (diskors)", "Aktif - Dibekukan", "terdaftar tetapi dicabut 2026", "berlaku; disanksi",
        "aktif (di\u200bskors)", "terdaftar, masa berlaku habis", "pencabutan dibatalkan",
        "dicabut (dibatalkan PTUN)", "Sanksi dicabut", "pencabutan sanksi", "diskors, kini aktif",
        "dibekukan lalu dicabut", "pengakhiran sanksi, izin dicabut", "tidak aktif (dicabut)",
    ],
)  # fmt: skip
def test_a_status_that_says_two_things_is_refused_with_its_mend(tmp_path: Path, text: str) -> None:
    line = f'Alam Rimba,{FIRST},"{text}",{SOURCE},2026-11-20'
    (told,) = problems(a_file(tmp_path, line))
    assert told.startswith("register.csv, row 2: the status ")
    assert "says two things" in told
    assert "--status" in told


@pytest.mark.parametrize(
    ("text", "status"),
    [
        ("dicabut; sebelumnya disanksi sejak 2025", "revoked"),
        ("dicabut karena tidak menambah deposit", "revoked"),
        ("sanksi: pencabutan SIP3MI", "revoked"),
        ("terdaftar (bukan bukti aktif)", "listed"),
        ("aktif sampai 31 Desember 2027", "listed"),
    ],
)
def test_a_status_may_tell_its_history(text: str, status: str) -> None:
    assert status_of(text) == status


def test_the_operator_says_what_a_doubtful_status_means(tmp_path: Path) -> None:
    path = a_file(tmp_path, row("Alam Rimba", FIRST, "Aktif  (DISKORS)"))
    means = {plain_status("aktif (diskors)"): "suspended"}
    (seen,) = read_register_file(path, Reading(statuses=means, today=TODAY))
    assert (seen.row.status, seen.row.status_text) == ("suspended", "Aktif (DISKORS)")


@pytest.mark.parametrize("letter", ["\x00", "\x1b[31m", "\x07", "\x9b", "\u202e"])
@pytest.mark.parametrize("column", range(5))
def test_a_control_character_is_refused(tmp_path: Path, letter: str, column: int) -> None:
    cells = [str(cell) for cell in CELLS]
    cells[column] += letter + "x"
    (told,) = problems(a_file(tmp_path, ",".join(cells)))
    assert "row 2: " in told
    assert "holds a control character" in told
    assert letter not in told


def test_a_control_character_in_a_heading_is_refused(tmp_path: Path) -> None:
    (told,) = problems(a_file(tmp_path, row("Alam") + ",=A1", head=HEAD + ",\x1b[31mred"))
    assert "a heading holds a control character" in told
    assert "\x1b" not in told


def test_a_line_break_in_a_cell_is_a_space(tmp_path: Path) -> None:
    path = a_file(tmp_path, f'"Alam\nRimba",{FIRST},terdaftar,{SOURCE},2026-11-20')
    assert read_register_file(path, Reading(today=TODAY))[0].row.name == "Alam Rimba"


@pytest.mark.parametrize(
    "cell", ["+1+cmd|' /C calc'!A0", "aktif +cmd", "-1+cmd|'", "＝1+1", "a @SUM("]
)
def test_what_a_calculator_would_begin_is_refused(tmp_path: Path, cell: str) -> None:
    (told,) = problems(a_file(tmp_path, row("Alam Rimba", FIRST) + f",{cell}", head=HEAD + ",x"))
    assert told == "register.csv, row 2: x holds a formula; paste its value instead"


@pytest.mark.parametrize("cell", ["+62 812 / +62 813", "- tidak ada", "Jl. A @ B", "a@b.c", "-"])
def test_telephone_numbers_and_addresses_are_no_formula(tmp_path: Path, cell: str) -> None:
    path = a_file(tmp_path, row("Alam Rimba", FIRST) + f",{cell}", head=HEAD + ",x")
    assert read_register_file(path, Reading(today=TODAY))


def test_utf_16_without_its_mark_is_no_utf_8(tmp_path: Path) -> None:
    path = tmp_path / "register.csv"
    for order in ("utf-16-le", "utf-16-be"):
        path.write_bytes((HEAD + "\n" + row("Alam Rimba")).encode(order))
        assert "is no UTF-8 text" in problems(path)[0]


def test_one_heading_for_two_columns_is_one_line(tmp_path: Path) -> None:
    path = a_file(tmp_path, row("Alam Rimba", FIRST))
    (told,) = problems(path, headings={"name": "status"})
    assert "'status' is taken for name and for status" in told
    path = a_file(tmp_path, row("Alam Rimba", FIRST) + ",dicabut", head=HEAD + ",status")
    assert "the column 'status' stands twice" in problems(path)[0]


def damaged(path: Path, kind: str) -> Path:
    """The sheet's own part of a good file, spoilt in one way."""
    whole = path.read_bytes()
    with zipfile.ZipFile(path) as parts:
        at = parts.getinfo("xl/worksheets/sheet1.xml").header_offset
    name = int.from_bytes(whole[at + 26 : at + 28], "little")
    begins = at + 30 + name + int.from_bytes(whole[at + 28 : at + 30], "little")
    spoilt = bytearray(whole)
    entry = whole.rindex(b"PK\x01\x02", 0, whole.rindex(b"xl/worksheets/sheet1.xml"))
    if kind == "bytes":
        spoilt[begins : begins + 40] = b"\xff" * 40
    elif kind == "locked":
        for flags in (at + 6, entry + 8):
            spoilt[flags] |= 1
    elif kind == "packing":
        for method in (at + 8, entry + 10):
            spoilt[method] = 97
    else:
        del spoilt[begins + 40 :]
    path.write_bytes(bytes(spoilt))
    return path


@pytest.mark.parametrize("kind", ["bytes", "locked", "packing", "cut"])
def test_a_damaged_excel_file_is_one_line(tmp_path: Path, kind: str) -> None:
    (told,) = problems(damaged(a_sheet(tmp_path, HEADINGS, CELLS), kind))
    assert told.startswith("register.xlsx: can't be read as an Excel file")
