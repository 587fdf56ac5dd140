"""One observation of the licence register: what a source said of a company on a day."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date

from bot.register_status import is_doubtful, plain_status, status_of
from flows.company_names import company_words
from flows.ports import RegisterRow

SANCTIONS = ("suspended", "revoked")
"""In force they stand against a listing; a warning or a lost SIP2MI is only told beside it (1.6)."""
REMARKS = ("warned", "sip2mi_revoked", "lifted_watch", "expired")
MAX_NAME = 120
_TERM = re.compile(r"\b(\d{1,2}) bulan sejak (\d{4})-(\d{2})-(\d{2})\b")
_CUT_OFF = re.compile(r"[0-9][.,]?[0-9]*E[+]|\.\.\.|…|#", re.IGNORECASE)


_IN_WORDS = re.compile(r"^(\d{1,2}) ([A-Za-z]{3,9})\.? (\d{4})$")
_MONTHS = ["jan", "feb", "mar", "apr", "mei", "jun", "jul", "agu", "sep", "okt", "nov", "des"]


class RowError(Exception):
    """What is wrong with a row, and the mend."""

    def __str__(self) -> str:
        return "; ".join(self.args)


class RegisterFileError(ValueError):
    """A register file can't be used; `problems` holds one line for each mistake."""

    def __init__(self, *problems: str) -> None:
        super().__init__("\n".join(problems))
        self.problems = problems


@dataclass(frozen=True, slots=True)
class Observation:
    """What a source said of a company on a day, and until when it says that it holds."""

    row: RegisterRow
    valid_until: date | None = None
    raw: Mapping[str, str] = field(default_factory=dict, repr=False)
    """The cells as the file had them."""

    @property
    def digits(self) -> str:
        """The number without marks, and without the zeros that Excel eats at its beginning."""
        return re.sub(r"\D", "", self.row.licence_no).lstrip("0")

    @property
    def is_nib(self) -> bool:
        """Digits alone, 13 of them (Excel eats zeros); the number of a decree has other marks."""
        only_digits = re.fullmatch(r"[0-9 .-]+", self.row.licence_no)
        return bool(only_digits) and 11 <= len(self.digits) <= 13

    def on(self, today: date) -> RegisterRow:
        """The row as it counts today: a listing past its own date is no listing (1.6)."""
        over = self.row.status == "listed" and self.valid_until and self.valid_until < today
        return replace(self.row, status="expired") if over else self.row

    def term_is_over(self, today: date) -> bool:
        """A suspension whose date or "3 bulan sejak ..." has passed; its end is not announced."""
        if self.row.status != "suspended":
            return False
        if self.valid_until:
            return self.valid_until < today
        if not (term := _TERM.search(self.row.status_text)):
            return False
        months, year, month, day = (int(number) for number in term.groups())
        years, month = divmod(month - 1 + months, 12)
        return (today.year, today.month, today.day) > (year + years, month + 1, day)


def observation(
    cells: Mapping[str, str],
    *,
    third_party: bool = True,
    raw: Mapping[str, str] | None = None,
    statuses: Mapping[str, str] | None = None,
) -> Observation:
    """A row by our column names; `statuses` says what some texts mean. Raises RowError."""
    name, number, status_text = cells["name"], cells["licence_no"], cells["status"]
    if not company_words(name) or len(name) > MAX_NAME:
        raise RowError(f"{name[:40]!r} is no company name", "write the name as the source has it")
    if _CUT_OFF.search(number) or (number and not re.search("[0-9]", number)):
        raise RowError(
            f"the number {number[:40]!r} is cut off", "format the column as text, or empty it"
        )
    status = (statuses or {}).get(plain_status(status_text)) or status_of(status_text)
    if not status:
        raise _no_status(status_text)
    if not cells["source_url"]:
        raise RowError("source_url is empty", "write where the row comes from")
    seen_on = _day(cells, "source_date") or _day(cells, "read_on")
    if not seen_on:
        raise RowError("source_date and read_on are empty", "write the day the source was read")
    row = RegisterRow(
        name, number, status, status_text, cells["source_url"], seen_on, third_party=third_party
    )
    return Observation(row, _day(cells, "valid_until"), raw or {})


def _no_status(text: str) -> RowError:
    if is_doubtful(text):
        mend = f'say which it is with --status "{text[:40]}=listed" (or suspended, revoked …)'
        return RowError(f"the status {text[:40]!r} says two things", mend)
    mend = "begin it with terdaftar, penghentian sementara, dicabut or pengakhiran"
    return RowError(f"the status {text[:40]!r} is not known", mend)


def _day(cells: Mapping[str, str], column: str) -> date | None:
    text = _IN_WORDS.sub(_in_figures, cells[column])
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        raise RowError(f"{column} {cells[column][:20]!r} is no day", "write 2026-09-17") from None


def _in_figures(day: re.Match[str]) -> str:
    month = _MONTHS.index(day[2][:3].casefold()) + 1 if day[2][:3].casefold() in _MONTHS else 0
    return f"{day[3]}-{month:02}-{int(day[1]):02}"
