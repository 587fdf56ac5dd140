"""Files to import into the register, and the example office that imports them."""

from datetime import UTC, datetime
from pathlib import Path

import openpyxl
import pytest

from bot.recruiters import Register
from bot.register_file import Reading, read_register_file
from bot.register_import import Imported, Origin, import_register
from bot.register_rows import RegisterFileError
from bot.rehearsal import Rehearsal
from bot.service import Service

NOW = datetime(2026, 11, 23, 2, tzinfo=UTC)
TODAY = NOW.date()
FIRST = "1111111111111"
SECOND = "2222222222222"
SOURCE = "https://kp2mi.example/list"
HEAD = "name,licence_no,status,source_url,source_date"
DATED = HEAD + ",valid_until"


def row(name: str, number: str = "", status: str = "terdaftar", on: str = "2026-11-20") -> str:
    return f"{name},{number},{status},{SOURCE},{on}"


def a_file(folder: Path, *lines: str, head: str = HEAD, name: str = "register.csv") -> Path:
    path = folder / name
    path.write_text("\n".join([head, *lines]) + "\n", encoding="utf-8")
    return path


def a_sheet(folder: Path, *lines: list[object]) -> Path:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    for line in lines:
        sheet.append(line)
    book.save(folder / "register.xlsx")
    return folder / "register.xlsx"


def problems(path: Path, **reading: object) -> tuple[str, ...]:
    with pytest.raises(RegisterFileError) as caught:
        read_register_file(path, Reading(today=TODAY, **reading))  # type: ignore[arg-type]
    assert all("\n" not in problem for problem in caught.value.problems)
    return caught.value.problems


def take_over(
    service: Service, folder: Path, *lines: str, kind: str = "list", head: str = HEAD,
    share: float = 1.0, fail: bool = False,
) -> Imported:  # fmt: skip
    """Import a file of these lines now; `fail` breaks off before the commit."""
    now = service.clock.now()
    rows = read_register_file(a_file(folder, *lines, head=head), Reading(today=now.date()))
    origin = Origin(kind, "register.csv", b"", third_party=True)  # type: ignore[arg-type]
    with service.database.write() as connection:
        done = import_register(connection, service, rows, origin, drop_share=share, now=now)
        if fail:
            raise KeyboardInterrupt
    return done


class Office:
    """The example office; its register begins with two listings and one sanction."""

    def __init__(self, folder: Path, url: str = "") -> None:
        self.rehearsal = Rehearsal(url)
        self.service = self.rehearsal.service
        self.folder = folder

    def take(self, *lines: str, kind: str = "list", share: float = 1.0) -> Imported:
        return take_over(self.service, self.folder, *lines, kind=kind, share=share)

    def changes(self, *lines: str, kind: str = "list") -> list[str]:
        return [f"{c.kind} {c.what}" for c in self.take(*lines, kind=kind).changes]

    @property
    def register(self) -> Register:
        with self.service.database.read() as connection:
            return self.service.register_now(connection)

    def verdict(self, text: str) -> str:
        return self.register.find(text, TODAY).verdict
