"""Names as the register folds them, and small registers in the columns of the shipped one."""

from datetime import date
from pathlib import Path

from bot.recruiters import Register
from flows.company_names import company_words, fold

TODAY = date(2026, 11, 22)
HEADER = "name,licence_no,status,valid_until,source_url,source_date,read_on"
LISTED = "terdaftar di SISKOP2MI"
REVOKED = "dicabut (SK 1 Tahun 2020)"
SUSPENDED = "penghentian sementara sebagian kegiatan usaha"
LIFTED = "sanksi penghentian diakhiri"


def one_name(name: str) -> str:
    return fold(company_words(name))


def names_of(register: Register, status: str) -> list[str]:
    return sorted({seen.row.name for seen in register.observations if seen.row.status == status})


def a_register(folder: Path, *lines: str, header: str = HEADER) -> Register:
    path = folder / "register.csv"
    path.write_text("\n".join([header, *lines]) + "\n", encoding="utf-8")
    return Register.load(path)


def a_line(name: str, status: str, *, number: str = "", on: str = "2026-11-01") -> str:
    return f"{name},{number},{status},,https://example.org/list,{on},"
