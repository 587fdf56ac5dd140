"""Reading a register file, CSV or XLSX: which columns it has, its rows, and every mistake in it."""

import csv
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from itertools import islice
from pathlib import Path
from typing import Literal

from bot.register_rows import Observation, RegisterFileError, RowError, observation
from bot.register_xlsx import sheet_lines
from flows.ports import RegisterRow

Kind = Literal["list", "sanctions"]
NEEDED = ("name", "licence_no", "status", "source_url", "source_date")
COLUMNS = (*NEEDED, "valid_until", "read_on")
_HEADINGS = {
    "name": "nama,nama p3mi,nama perusahaan,nama pt,nama lengkap,nama lembaga,perusahaan,p3mi,company",
    "licence_no": "nib,nomor izin,no izin,nomor sip3mi,no sip3mi,sip3mi,nomor induk berusaha",
    "status": "status izin,status p3mi,sanksi,jenis sanksi,keterangan",
    "source_url": "sumber,source,url,tautan",
    "source_date": "tanggal data,per tanggal,tanggal sanksi,tanggal sumber,tanggal",
    "valid_until": "berlaku sampai,berlaku hingga,masa berlaku,tanggal berakhir,sampai tanggal",
    "read_on": "tanggal dibaca",
}
"""What the columns are called in files we know of; `--map` says it for any other."""
_INSTEAD = {
    "status": ", or give all rows one with --status",
    "source_url": ", or give it with --source",
    "source_date": ", or give it with --source-date",
}
_TITLE_LINES = 10
"""Lines that an export may have above its columns."""
MAX_ROWS = 20_000
MAX_BYTES = 20_000_000
MAX_CELL = 500
MAX_PROBLEMS = 50
_FORMULA = re.compile(
    r"[=@＝＠]|[+-](?![\d\s(]|$)|[＋－]|#(?:N/A|REF|VALUE|DIV|NAME|NUM|NULL)"
    r"|[+-].*[=@|!]|(?s:.*)(?:\w\s*\|\s*['!]|\s[+=@][A-Za-z(])"
)
"""At the beginning of a cell, what a calculator would begin there, and what some begin behind it."""
_UNSEEN = re.compile(
    r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff]"
)
"""Control characters: PostgreSQL keeps no NUL, and a terminal obeys the others."""

Line = tuple[int, list[str]]
"""The number of a line in its file, and its cells."""


@dataclass(frozen=True, slots=True)
class Reading:
    """How a file is to be read: what its lines don't say themselves."""

    headings: Mapping[str, str] = field(default_factory=dict)
    """Our column → the file's heading, as the operator gave it."""
    source: str = ""
    source_date: date | None = None
    status: str = ""
    """The status of every row of a file without such a column."""
    statuses: Mapping[str, str] = field(default_factory=dict)
    """What a status text means, by `plain_status`, as the operator decided it."""
    third_party: bool = True
    today: date = date.max
    """No row can have been seen after it."""

    @property
    def defaults(self) -> dict[str, str]:
        day = self.source_date.isoformat() if self.source_date else ""
        return {"source_url": self.source, "source_date": day, "status": self.status}


def read_observations(path: Path) -> list[Observation]:
    """The rows of the shipped file; ValueError names the file, the row, the problem and the mend."""
    try:
        return read_register_file(path, Reading({column: column for column in NEEDED}))
    except RegisterFileError as error:
        raise ValueError(error.problems[0]) from None


def read_register_file(path: Path, reading: Reading) -> list[Observation]:
    """All rows of the file. Raises RegisterFileError with a line for each mistake."""
    lines = _lines(path)
    header = next(lines, None)
    for line in islice(lines, _TITLE_LINES) if not _is_header(header, reading) else ():
        if _is_header(line, reading):
            header = line
            break
    if header is None:
        raise RegisterFileError(f"{path.name}: the sheet is empty")
    columns = _columns(path, header, reading)
    if any(_UNSEEN.search(cell) for cell in header[1]):
        raise RegisterFileError(
            f"{path.name}, row {header[0]}: a heading holds a control character; write it anew"
        )
    rows: list[tuple[int, Observation]] = []
    problems: list[tuple[int, str]] = []
    for number, cells in lines:
        if not any(cells):
            continue
        try:
            rows.append((number, _row(cells, header[1], columns, reading)))
        except RowError as error:
            problems.append((number, str(error)))
        if len(rows) + len(problems) > MAX_ROWS:
            raise RegisterFileError(
                f"{path.name}: more than {MAX_ROWS:,} rows; is it the register?"
            )
    problems += _twice(rows)
    if problems:
        raise _refusal(path, sorted(problems))
    if not rows:
        raise RegisterFileError(f"{path.name}: no rows below the columns, the sheet is empty")
    return [seen for _, seen in rows]


def _refusal(path: Path, problems: Sequence[tuple[int, str]]) -> RegisterFileError:
    told = [f"{path.name}, row {number}: {problem}" for number, problem in problems[:MAX_PROBLEMS]]
    more = len(problems) - len(told)
    return RegisterFileError(*told, *([f"{path.name}: {more} more rows are wrong"] if more else []))


# ---- lines


def _lines(path: Path) -> Iterator[Line]:
    try:
        size = path.stat().st_size
    except OSError as error:
        raise RegisterFileError(f"{path.name}: {error.strerror or 'cannot be read'}") from None
    if size > MAX_BYTES:
        raise RegisterFileError(f"{path.name}: {size:,} bytes; at most {MAX_BYTES:,} are read")
    if path.suffix.casefold() in (".xls", ".xlsm", ".ods"):
        raise RegisterFileError(f"{path.name}: save it as .xlsx or as CSV in UTF-8")
    is_excel = path.suffix.casefold() == ".xlsx"
    return sheet_lines(path) if is_excel else _csv_lines(path)


def _csv_lines(path: Path) -> Iterator[Line]:
    number = 0
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            head = file.read(4_000)
            if len(head) > 8 and 3 * head.count("\0") >= len(head):  # UTF-16 without its mark
                raise _no_text(path, 1)
            delimiter = _delimiter(head.splitlines())
            file.seek(0)
            reader = csv.reader(file, delimiter=delimiter, strict=True)
            for cells in reader:
                yield number + 1, [cell.strip() for cell in cells]
                number = reader.line_num
    except csv.Error as error:
        raise RegisterFileError(f"{path.name}, row {number + 1}: {error}; mend it") from None
    except UnicodeDecodeError:
        raise _no_text(path, number + 1) from None
    except OSError as error:
        raise RegisterFileError(f"{path.name}: {error.strerror or 'cannot be read'}") from None


def _no_text(path: Path, number: int) -> RegisterFileError:
    return RegisterFileError(
        f"{path.name}, row {number} or after: is no UTF-8 text; save it as CSV in UTF-8"
    )


def _delimiter(lines: Sequence[str]) -> str:
    """Excel in Indonesia separates columns by semicolons, and addresses are full of commas."""
    for mark in ";\t":
        if 2 * sum(line.count(mark) > 1 for line in lines) >= max(len(lines), 1):
            return mark
    return ","


# ---- columns


def _plain(heading: str) -> str:
    return " ".join(re.findall(r"[a-z0-9]+", heading.casefold()))


def _wanted(column: str, reading: Reading) -> list[str]:
    """The headings under which a column may stand, the likeliest first."""
    given = reading.headings.get(column)
    return [_plain(given)] if given else [_plain(column), *_HEADINGS[column].split(",")]


def _is_header(line: Line | None, reading: Reading) -> bool:
    headings = {_plain(cell) for cell in line[1]} if line else set()
    return not headings.isdisjoint(_wanted("name", reading))


def _columns(path: Path, header: Line, reading: Reading) -> dict[str, int]:
    """Where each of our columns stands. Raises RegisterFileError for one that is missing."""
    number, cells = header
    headings = [_plain(cell) for cell in cells]
    columns = {}
    for column in COLUMNS:
        found = [heading for heading in _wanted(column, reading) if heading in headings]
        if found:
            columns[column] = headings.index(found[0])
            if headings.count(found[0]) > 1:
                raise RegisterFileError(
                    f"{path.name}, row {number}: the column {found[0]!r} stands twice; rename one"
                )
    for one, at in columns.items():
        if other := next((o for o in columns if columns[o] == at and o < one), ""):
            raise RegisterFileError(
                f"{path.name}, row {number}: {cells[at][:40]!r} is taken for {other} and for {one}; "
                f"say which other column is {one} with --map {one}=HEADING"
            )
    missing = [c for c in NEEDED if c not in columns and not reading.defaults.get(c)]
    missing += [c for c in reading.headings if c not in columns and c not in missing]
    if missing:
        raise RegisterFileError(
            *(
                f"{path.name}, row {number}: the column {column} is missing; add it to this line, "
                f"say which one it is with --map {column}=HEADING{_INSTEAD.get(column, '')}"
                for column in missing
            )
        )
    return columns


# ---- rows


def _row(
    cells: Sequence[str], header: Sequence[str], columns: Mapping[str, int], reading: Reading
) -> Observation:
    for heading, cell in zip(header, cells, strict=False):
        if _UNSEEN.search(cell):
            raise RowError(f"{heading or 'a cell'} holds a control character", "write it anew")
        if _FORMULA.match(cell):
            raise RowError(f"{heading or 'a cell'} holds a formula", "paste its value instead")
        if len(cell) > MAX_CELL:
            raise RowError(f"{heading or 'a cell'} has {len(cell)} letters", f"at most {MAX_CELL}")
    ours = {
        name: " ".join(cells[at].split()) if at < len(cells) else "" for name, at in columns.items()
    }
    ours = {name: "" if cell in ("-", "–") else cell for name, cell in ours.items()}
    ours["licence_no"] = ours["licence_no"].lstrip("'")  # Excel's mark for "this is text"
    filled = {name: ours.get(name) or reading.defaults.get(name, "") for name in COLUMNS}
    raw = {
        heading or f"#{at}": cell
        for at, (heading, cell) in enumerate(zip(header, cells, strict=False), 1)
        if cell
    }
    seen = observation(filled, third_party=reading.third_party, raw=raw,
                       statuses=reading.statuses)  # fmt: skip
    if seen.row.seen_on > reading.today:
        raise RowError(f"source_date {seen.row.seen_on} is in the future", "write the real day")
    return seen


def _twice(rows: Sequence[tuple[int, Observation]]) -> Iterator[tuple[int, str]]:
    """One number for two companies, or one row written down twice.

    The official list itself has a company twice under one number, spelt in two ways: that may be.
    """
    first: dict[tuple[object, ...], tuple[int, RegisterRow]] = {}
    for number, seen in rows:
        row = seen.row
        if row.status == "listed" and seen.digits:
            key: tuple[object, ...] = ("listed", seen.digits)
        elif row.status == "listed":
            key = ("listed", "", row.key)
        else:
            key = (row.status, seen.digits, row.key, row.seen_on, row.status_text)
        line, before = first.setdefault(key, (number, row))
        if line != number and (before.name == row.name or before.key != row.key):
            what = f"the number {row.licence_no}" if row.licence_no else f"{row.name[:40]!r}"
            yield (
                number,
                f"{what} stands in row {line} already ({before.name[:40]}); keep the right one",
            )
