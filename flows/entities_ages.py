"""Ages and years of birth."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from itertools import islice

from flows.entities_text import MOST, Folded, word_set, words_before


@dataclass(frozen=True, slots=True)
class Age:
    """An age in whole years, or a year of birth.

    15 is low and high; "min 21" leaves `high` open, "di bawah 18" is high 17 with `low` open.
    With `born` both are open: ask `on`. `start` and `end` are character offsets in the message.
    """

    low: int | None
    high: int | None
    born: int | None
    start: int
    end: int

    def on(self, today: date) -> tuple[int | None, int | None]:
        """The lowest and highest age in years it may mean today: a birthday may still come."""
        if self.born is None:
            return self.low, self.high
        return max(0, today.year - self.born - 1), max(0, today.year - self.born)


_AGE_WORDS = word_set(
    """
    umur umure umurnya umurku umurna umorra usia usianya usiane usiaku yuswa yuswane yuswana age
    """
)
_PERSON_WORDS = word_set(
    """
    anak anaknya anakku anake gadis cewek cewe perempuan wanita bocah bocil cah remaja adik adikku
    adek adiknya keponakan ponakan saya aku dia laki cowok pria lulusan masih baru sek lagek
    """
)
_LEAST = word_set("min minimal minimum mulai diatas muda")
_MOST = word_set("max maks maksimal maksimum mak tua sampai hingga")
_UNTIL = word_set("sampai hingga")
_UNDER = word_set("dibawah kurang belum blm durung")
_NEGATIONS = word_set("nggak ngga gak ga nda tidak tdk ora ndak tak")
_ONLY = word_set("masih baru sek lagek")
_NOT_AN_AGE = word_set(
    """
    kontrak kontraknya selama pengalaman penjara pidana hukuman dihukum dipenjara divonis sudah udah
    udh sdh wis uwis sampun lebih setelah tiap setiap per kerja masa berlaku cicil cicilan garansi
    hampir dalam jangka ancaman durasi lamanya tinggal paspor sejak selang tempo pasal sekitar
    """
)
_NOT_BEHIND = re.compile(
    r"\s{0,2}(?:(?:19|20)\d\d|lalu|lg|lagi|penjara|kemudian|yang|yg|silam|terakhir|kontrak"
    r"|pengalaman|bekerja|kerja|masa"
    r"|kurungan|berlaku|sekali|di\s|berturut|kepungkur|pidana|lamanya|denda)"
)
_AGE = re.compile(
    r"(\d{1,2})(?:\s?(?:th|thn)?\s{0,2}(?:-|~|s/d|s\.d\.?|sd|sampai(?: dengan)?|sampe|hingga"
    r"|to)\s{0,2}(\d{1,2}))?"
    r"(?![\d.,:/]\d|\d)(\s{0,2}(?:tahunan|tahun|thn|th|taun|taon|tahon|yo)(?![a-z]))?"
    r"(\s{0,2}(?:ke\s?atas|keatas|ke\s?bawah|kebawah|kbawah))?"
)
_ENDS = re.compile(
    r"\s{0,2}(?:\Z|[.,;:)\n/!|]|dan |max|maks|min|tinggi|tb |wanita|pria|cowo|cewe|perempuan"
    r"|laki|sehat|belum)"
)
_OTHER_UNIT = re.compile(
    r"\s{0,2}(?:jt|juta|rb|ribu|ratus|org|orang|kg|cm|hari|hr|jam|menit|bln|bulan|minggu|mgg|kali|%"
    r"|peserta|km|kelas|k\b|m\b)"
)
_BORN = re.compile(
    r"(?<![a-z])(?:lahir|kelahiran|lair|laer|lhr|born)(?:nya|an|ku"
    r"|e)?(?:[\s:,./a-z0-9-]{0,32}?[\s:/.-]|[:.])"
    r"((?:19|20)\d\d)(?!\d)"
)
_IN_WORDS = {
    "sebelas": 11, "dua belas": 12, "tiga belas": 13, "empat belas": 14, "lima belas": 15,
    "enam belas": 16, "tujuh belas": 17, "delapan belas": 18, "sembilan belas": 19, "dua puluh": 20,
    "telulas": 13, "patbelas": 14, "limolas": 15, "nembelas": 16, "pitulas": 17, "wolulas": 18,
}  # fmt: skip
_WORDS_OF_AGES = frozenset(word for words in _IN_WORDS for word in words.split()[-1:])
_SAID = re.compile(
    r"(?<![a-z])("
    + "|".join(_IN_WORDS)
    + r")(\s(?:tahun|thn|th|taun|taon))?(?![a-z])(?!\s(?:ribu|juta))"
)
_NUMBER = re.compile(r"\d+")


def find_ages(folded: Folded) -> Iterator[Age]:
    """Ages in digits, then those in words, then years of birth."""
    text = folded.text
    done = 0
    for number in () if not folded.said.digits else islice(_NUMBER.finditer(text), MOST):
        if number.end() - number.start() > 2 or number.start() < done:
            continue
        match = _AGE.match(text, number.start())
        limits = match and _limits(text, match)
        if match and limits:
            done = match.end()
            yield Age(*limits, None, *folded.span(match.start(), done))
    if not _WORDS_OF_AGES.isdisjoint(folded.said.known):
        for said in islice(_SAID.finditer(text), MOST):
            if _meant(words_before(text, said.start()), bool(said[2]), text, said.end()):
                years = _IN_WORDS[said[1]]
                yield Age(years, years, None, *folded.span(*said.span()))
    if folded.said.digits and any(
        word[:2] in ("la", "ke", "lh", "bo") for word in folded.said.known
    ):
        for born in islice(_BORN.finditer(text), MOST):
            yield Age(None, None, int(born[1]), *folded.span(*born.span()))


def _limits(text: str, match: re.Match[str]) -> tuple[int | None, int | None] | None:
    """Lowest and highest age, or None when the number is no age."""
    start = match.start()
    if start and (text[start - 1] in "/.,:#$@" and text[start - 2 : start - 1].isdigit()):
        return None
    low, high, unit, direction = int(match[1]), match[2], bool(match[3]), match[4] or ""
    before = words_before(text, start)[-4:]
    near = (before[:-1] if before[-1:] and before[-1] in _AGE_WORDS else before)[-2:]
    bound = bool(direction) or (
        not (_LEAST | _MOST | _UNDER | {"bawah", "atas"}).isdisjoint(near)
        and (unit or _UNTIL.isdisjoint(near))
    )
    if before[-1:] and before[-1] in _ONLY and 10 <= low <= 20 and _ENDS.match(text, match.end()):
        bound = True  # "masih 17", "baru 15."
    if not unit and not _without_unit(text, match.end(), before, bound):
        return None
    if not _meant(before, unit, text, match.end(), low=low, bound=bound):
        return None
    if high:
        return (low, int(high)) if int(high) > low else None
    return _bounded(low, near, direction)


def _bounded(age: int, near: list[str], direction: str) -> tuple[int | None, int | None]:
    """What "min", "di bawah" in front or "ke atas" behind make of one age."""
    if "bawah" in direction:
        return None, age
    if direction or not _LEAST.isdisjoint(near) or near[-1:] == ["atas"]:
        return age, None
    if near[-1:] == ["bawah"] or not _UNDER.isdisjoint(near):
        return None, age - 1
    if not _MOST.isdisjoint(near):
        return None, age - (not _NEGATIONS.isdisjoint(near))
    return age, age


def _without_unit(text: str, end: int, before: list[str], bound: bool) -> bool:
    """ "umur 17" and "max 35," need no "tahun"; "max 35 orang" is no age."""
    if _OTHER_UNIT.match(text, end):
        return False
    if not _AGE_WORDS.isdisjoint(before):
        return True
    return bound and bool(_ENDS.match(text, end))


def _meant(
    before: list[str], unit: bool, text: str, end: int, *, low: int = 15, bound: bool = False
) -> bool:
    """Whether the words around a number of years say an age and not how long something lasts."""
    if not _AGE_WORDS.isdisjoint(before):
        return True
    if _NOT_BEHIND.match(text, end) or not _NOT_AN_AGE.isdisjoint(before[-3:]):
        return False
    if not _PERSON_WORDS.isdisjoint(before[-3:]):
        return unit or bound
    return (unit or bound) and 10 <= low <= 65
