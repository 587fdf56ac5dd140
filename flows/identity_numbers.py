"""Finds a NIK (16 digits, UU 24/2013) however it is written, and hides it.

Line breaks, OCR spaces, `_ / . -`, invisible characters and O, l, I for 0 and 1 may stand within.
Digits that only happen to be sixteen stay readable: a telephone number with a year or another one
behind it, an NIB with a quantity. What may be either is hidden.
"""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass

HIDDEN_NIK = "[NIK disembunyikan]"

_LENGTH = 16
_REAL = 12
"""Digits that must be digits; the others may be letters that look like one."""
_RUN = re.compile(r"[\dOolI]+")
_GAP = re.compile(r"[\s_/.\-\u2010-\u2015\u2212]{0,12}")
_PHONE_GAP = re.compile(r"[ .-]{1,2}")
_NAMED = re.compile(
    r"\b(?:nik|n\.i\.k\.?|e?-?ktp)(?:nya|ku)?\b[\s:=.\-]{0,4}"
    r"(?:(?:no|nomor|saya|dia|ibu|bapak|adalah|ini|itu)\b[\s:=.\-]{0,4}){0,2}$",
    re.IGNORECASE,
)
_NIB = re.compile(r"\bnib\b\W{0,4}(?:(?:no|nomor)\b\W{0,4})?$", re.IGNORECASE)
_BEFORE = 40
"""Characters before a number in which it may be named."""
_WORDS_BESIDE = 4
_INVISIBLE = frozenset({"Cf", "Mn", "Me"})
_AS_DIGIT = str.maketrans("OolI", "0011")


@dataclass(frozen=True, slots=True)
class _Run:
    """Digits without anything between them."""

    start: int
    end: int
    digits: str
    real: int


def is_identity_number(text: str) -> bool:
    """A NIK with hardly a word beside it ("nik saya 3502…")."""
    masked = mask_identity_numbers(text)
    return HIDDEN_NIK in masked and len(masked.replace(HIDDEN_NIK, " ").split()) <= _WORDS_BESIDE


def mask_identity_numbers(text: str) -> str:
    """A NIK that came although nobody asked for it is not kept."""
    if sum(map(str.isdecimal, text)) < _REAL:
        return text
    seen = [i for i, char in enumerate(text) if _is_visible(char)]
    bare = "".join(text[i] for i in seen)
    parts, done = [], 0
    for start, end in _spans(bare, list(_runs(bare))):
        parts += [text[done : seen[start]], HIDDEN_NIK]
        done = seen[end - 1] + 1
    return "".join(parts) + text[done:]


def _is_visible(char: str) -> bool:
    return char.isascii() or unicodedata.category(char) not in _INVISIBLE


def _runs(text: str) -> Iterator[_Run]:
    for found in _RUN.finditer(text):
        start, end = found.span()
        while start < end and not text[start].isdecimal() and text[start - 1 : start].isalpha():
            start += 1  # the end of a word that stands before the number
        if start > found.start():
            while start < end and not text[start].isdecimal():
                start += 1
        if text[end : end + 1].isalpha():
            while end > start and not text[end - 1].isdecimal():
                end -= 1
        if start < end:
            digits = "".join(
                str(unicodedata.decimal(char)) if char.isdecimal() else char.translate(_AS_DIGIT)
                for char in text[start:end]
            )
            yield _Run(start, end, digits, sum(map(str.isdecimal, text[start:end])))


def _spans(text: str, runs: list[_Run]) -> Iterator[tuple[int, int]]:
    first = 0
    while first < len(runs):
        before = text[max(0, runs[first].start - _BEFORE) : runs[first].start]
        named = _NAMED.search(before) is not None
        if last := _number(text, runs, first, named=named):
            yield runs[first].start, runs[last - 1].end
            first = last
        elif _NIB.search(before):
            first += 1
        else:
            first += max(1, 0 if named else _phone(text, runs, first))


def _number(text: str, runs: list[_Run], first: int, *, named: bool) -> int:
    """Behind the last run of the NIK that begins here, or 0."""
    if _NIB.search(text[max(0, runs[first].start - _BEFORE) : runs[first].start]):
        return 0
    digits, real, short = "", 0, 0
    for last in range(first, len(runs)):
        if last > first and not _GAP.fullmatch(text, runs[last - 1].end, runs[last].start):
            break
        digits, real = digits + runs[last].digits, real + runs[last].real
        if len(digits) == _LENGTH - 1 and named and real >= _REAL:
            short = last + 1
        if len(digits) >= _LENGTH:
            whole = len(digits) == _LENGTH and real >= _REAL
            shown = runs[first : last + 1]
            if whole and (_is_nik(digits, named) or (_is_in_one(shown) and not _is_phone(digits))):
                return last + 1
            break
    return short


def _is_nik(digits: str, named: bool) -> bool:
    """Province, day (women's + 40) and month fit; 62 8… is a mobile telephone."""
    if named:
        return not _is_phone(digits)
    province, day, month = int(digits[:2]), int(digits[6:8]), int(digits[8:10])
    return 11 <= province <= 96 and 1 <= day <= 71 and 1 <= month <= 12 and not _is_phone(digits)


def _is_in_one(runs: list[_Run]) -> bool:
    """Written as one number: without a gap, or in fours."""
    return len(runs) == 1 or [len(run.digits) for run in runs] == [4, 4, 4, 4]


def _is_phone(digits: str) -> bool:
    return digits.startswith(("08", "628"))


def _phone(text: str, runs: list[_Run], first: int) -> int:
    """How many runs from here are one telephone number; a NIK does not begin in its middle."""
    digits = runs[first].digits
    abroad = text[runs[first].start - 1 : runs[first].start] == "+"
    for last in range(first, len(runs)):
        if last > first:
            if not _PHONE_GAP.fullmatch(text, runs[last - 1].end, runs[last].start):
                return 0
            digits += runs[last].digits
        if len(digits) > 14:
            return 0
        if len(digits) >= 10:
            return last - first + 1 if abroad or _is_phone(digits) else 0
    return 0
