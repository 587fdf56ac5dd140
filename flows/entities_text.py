"""One plain form of a message whose every character still knows where it stood in the message.

What people paste carries zero-width marks, full-width digits and accents; the patterns of
`entities_*.py` read small plain letters, and their spans are carried back to the message.
"""

import re
import unicodedata
from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

LIMIT = 20_000
"""Characters of a message that are read; channels allow 4,096."""
MOST = 500
"""Entities of one kind, or numbers looked at, in one message."""

BLANK = "\n"
"""Stands where something was read already; it ends words, phrases and numbers."""

_ALIKE = dict.fromkeys("‐‑‒–—―−﹣－", "-") | dict.fromkeys("'`´‘’ʼʹʻ′ˈ", "'")
_KEPT = "€¥"
_NOTHING = ("Cf", "Mn", "Me", "Mc")
_LONGEST = 4
"""Letters that one sign may become ("㎏" is two): some Arabic signs are a whole sentence."""
_TOKEN = re.compile(r"[a-z']+")
_WORD = re.compile(r"[a-z]+")
_DIGIT = re.compile(r"[0-9]")
_CUT = re.compile(r"[\d\n,;!?]")


@dataclass(frozen=True, slots=True)
class Said:
    """The words of a message with where they begin in the plain text, and how many digits it has.

    Most messages have no visa, bank or weekday in them: looking here first is what makes it quick.
    """

    words: list[tuple[str, int]]
    known: frozenset[str]
    digits: int


@dataclass(frozen=True, slots=True)
class Folded:
    """`text` in small plain letters; `origin[i]` is where its character i stands in the message.

    `said` is what the whole message says, also where `without` has put blanks.
    """

    raw: str
    text: str
    origin: Sequence[int] | None
    said: Said

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Offsets in `text` as character offsets in the message, the end exclusive."""
        if self.origin is None:
            return start, end
        return self.origin[start], self.origin[end - 1] + 1

    def without(self, spans: Sequence[tuple[int, int]]) -> "Folded":
        """The same with blanks over spans of the message, so that nothing is read twice."""
        if not spans:
            return self
        if self.origin is not None:
            origin = self.origin
            spans = [(bisect_left(origin, a), bisect_left(origin, b)) for a, b in spans]
        parts: list[str] = []
        at = 0
        for start, end in sorted(spans):
            if end > at:
                begin = max(start, at)
                parts += (self.text[at:begin], BLANK * (end - begin))
                at = end
        return Folded(self.raw, "".join(parts) + self.text[at:], self.origin, self.said)


def fold(raw: str) -> Folded:
    """Small letters, plain digits, straight quotes and dashes; marks and zero-widths are gone."""
    raw = raw[:LIMIT]
    if raw.isascii():
        text = raw.lower()
        return Folded(raw, text, None, _said(text))
    letters = [_plain(letter) for letter in raw]
    text = "".join(letters)
    if len(text) == len(raw) and all(map(len, letters)):
        return Folded(raw, text, None, _said(text))
    origin = [i for i, letter in enumerate(letters) for _ in letter]
    return Folded(raw, text, origin, _said(text))


def _said(text: str) -> Said:
    words = [(word[0], word.start()) for word in _WORD.finditer(text)]
    return Said(words, frozenset([word for word, _ in words]), len(_DIGIT.findall(text)))


@lru_cache(maxsize=4096)
def _plain(letter: str) -> str:
    """A letter's plain form, "" for a mark that only decorates, a blank for an emoji."""
    if letter.isascii():
        return letter.lower()
    if letter in _ALIKE:
        return _ALIKE[letter]
    if unicodedata.category(letter) in _NOTHING:
        return ""
    digit = unicodedata.digit(letter, None)
    if digit is not None:
        return str(digit)
    parts = unicodedata.normalize("NFKD", letter)
    if parts in _KEPT:
        return parts
    plain = parts.encode("ascii", "ignore").decode().lower()
    return plain[:_LONGEST] if plain and "\u2044" not in parts else " "


def word_set(words: str) -> frozenset[str]:
    return frozenset(words.split())


def words_before(text: str, at: int, reach: int = 40) -> list[str]:
    """The words in front of a number, the nearest last; another number or a comma ends them."""
    window = text[max(0, at - reach) : at]
    return _TOKEN.findall(_CUT.split(window)[-1])
