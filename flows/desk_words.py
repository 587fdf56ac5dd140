"""What officers type behind a command: a report's number, a time, days, a result. Pure reading.

Written on a bus: small letters, `#12` or `12`, `2j` or `2 jam`, `24-11 sampai 28/11`.
"""

import re
from collections.abc import Iterable, Mapping
from datetime import date, timedelta

from flows.entities_times import MONTHS
from flows.triggers import fold

_NUMBER = re.compile(r"\s*(?:(?:no|nomor|nomer|nmr)\b[\s.:]*)?#?\s*(\d{1,9})\b[\s:,.;-]*", re.I)
_UNITS = {
    "j": 1, "jam": 1, "h": 24, "hr": 24, "hari": 24, "mg": 168, "mgg": 168, "minggu": 168,
    "pekan": 168,
}  # fmt: skip
_LENGTH = re.compile(rf"(?<![\w#])(\d{{1,3}})\s*({'|'.join(_UNITS)})\b", re.I)
_MONTH = "|".join(sorted(MONTHS, key=len, reverse=True))
_TO = r"\s*(?:-|–|—|sampai(?:\s+dengan)?|smp|s\s*/?\s*d|hingga|ke)\s*"
_DATE = re.compile(
    r"(?P<iso>\d{4}-\d\d-\d\d)"
    rf"|(?P<named>\d{{1,2}})\s*(?P<month>{_MONTH})(?:\s+(?P<named_year>20\d\d))?\b"
    r"|(?P<day>\d{1,2})[/.-](?P<number>\d{1,2})(?:[/.-](?P<year>\d{4}))?(?!\d)"
    r"|\b(?P<word>hari ini|besok|bsk|lusa|kemarin|kemaren|kmrn)\b",
    re.I,
)
_SHARED_MONTH = re.compile(
    rf"(?<!\d)(?<!\d[/.-])(\d{{1,2}}){_TO}(\d{{1,2}})(?![\d/.-])"
    rf"(?:\s*({_MONTH})(?:\s+(20\d\d))?\b)?",
    re.I,
)
_WORDS = {"hari ini": 0, "besok": 1, "bsk": 1, "lusa": 2, "kemarin": -1, "kemaren": -1, "kmrn": -1}
_LONG_AGO = timedelta(days=30)
"""A day and month without a year that lie further back are meant for next year."""


def read_number(text: str, *, or_length: bool = False) -> tuple[str, str]:
    """(the report's number or "", the words behind it). With `or_length`, `2 hari` is no number."""
    found = _NUMBER.match(text)
    if found is None or (or_length and _LENGTH.match(text.lstrip("# "))):
        return "", text.strip()
    return str(int(found[1])), text[found.end() :].strip()


def read_length(text: str) -> tuple[timedelta | None, str]:
    """(how long, the other words): `2j`, `2h`, `3 hari`, `1 minggu`; here `h` is a day."""
    found = _LENGTH.search(text)
    if found is None or not int(found[1]):
        return None, text.strip()
    length = timedelta(hours=int(found[1]) * _UNITS[found[2].casefold()])
    return length, f"{text[: found.start()]} {text[found.end() :]}".strip()


def named(text: str, choices: Mapping[str, Iterable[str]]) -> str:
    """The one choice of which a word of its own stands in the text; "" when none or several do.

    A word that two choices share names neither of them.
    """
    said = set(fold(text).split())
    words = {key: {word for phrase in phrases for word in fold(phrase).split()}
             for key, phrases in choices.items()}  # fmt: skip
    meant = [
        key
        for key, own in words.items()
        if said & own.difference(*(other for name, other in words.items() if name != key))
    ]
    return meant[0] if len(meant) == 1 else ""


def phrased(text: str, choices: Mapping[str, Iterable[str]]) -> str:
    """The choice of which a whole phrase stands in the text, the longest first; or ""."""
    said = f" {fold(text)} "
    phrases = [(fold(phrase), key) for key, all_of in choices.items() for phrase in all_of]
    for phrase, key in sorted(phrases, key=lambda pair: -len(pair[0])):
        if phrase and f" {phrase} " in said:
            return key
    return ""


def read_days(text: str, today: date) -> tuple[tuple[date, date] | None, str]:
    """(first and last day, the other words). One day alone is both; None when no day is named."""
    if found := _SHARED_MONTH.search(text):
        days = _shared(found, today)
        if days is not None:
            return days, _rest(text, [found])
    found_all = list(_DATE.finditer(text))[:2]
    dates = [day for found in found_all if (day := _date(found, today))]
    if not dates or len(dates) < len(found_all):
        return None, text.strip()
    first, last = dates[0], dates[-1]
    if last < first and not found_all[-1]["year"] and not found_all[-1]["iso"]:
        last = _safe(last.year + 1, last.month, last.day) or last  # over New Year
    return (first, last), _rest(text, found_all)


def _shared(found: re.Match[str], today: date) -> tuple[date, date] | None:
    """`24-28 November`, `24 sampai 28`; not `24-11`, which is one day."""
    first, last = int(found[1]), int(found[2])
    if found[3] is None and (last <= 12 and re.fullmatch(r"\d+[-–]\d+", found[0])):
        return None
    month = MONTHS[found[3].casefold()] if found[3] else today.month
    year = int(found[4]) if found[4] else None
    begins = _near(first, month, year, today)
    ends = _near(last, month, year, today)
    if found[3] is None and begins and begins < today:
        begins, ends = _next_month(begins), ends and _next_month(ends)
    return (begins, ends) if begins and ends and begins <= ends else None


def _date(found: re.Match[str], today: date) -> date | None:
    if found["word"]:
        return today + timedelta(days=_WORDS[found["word"].casefold()])
    if found["iso"]:
        try:
            return date.fromisoformat(found["iso"])
        except ValueError:
            return None
    if found["named"]:
        year = int(found["named_year"]) if found["named_year"] else None
        return _near(int(found["named"]), MONTHS[found["month"].casefold()], year, today)
    year = int(found["year"]) if found["year"] else None
    return _near(int(found["day"]), int(found["number"]), year, today)


def _near(day: int, month: int, year: int | None, today: date) -> date | None:
    found = _safe(year or today.year, month, day)
    if found and year is None and found < today - _LONG_AGO:
        return _safe(today.year + 1, month, day)
    return found


def _next_month(day: date) -> date | None:
    year, month = divmod(day.year * 12 + day.month, 12)
    return _safe(year, month + 1, day.day)


def _safe(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _rest(text: str, found: list[re.Match[str]]) -> str:
    """The words around what was read, without those that only join days."""
    kept, done = [], 0
    for one in found:
        kept.append(text[done : one.start()])
        done = one.end()
    kept.append(text[done:])
    joining = r"\b(?:dari|tgl|tanggal|mulai|sampai|dengan|smp|sd|s/d|hingga|ke|wakil|pengganti)\b|[-–—,.:;]"
    return " ".join(re.sub(joining, " ", " ".join(kept), flags=re.IGNORECASE).split())
