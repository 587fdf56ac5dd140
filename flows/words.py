"""What people write, as words in one form: slang, regional words, typing slips, look-alike letters.

Every word keeps its place in the original text, so that what was found can be shown in the
sender's own letters. Nothing of a message is kept in memory.
"""

import re
from bisect import bisect_right
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from flows.letters import ascii_of, letters_for

MAX_CHARACTERS = 20_000
MAX_WORDS = 4_000
"""Of a long forward so many words are looked at, half from its beginning and half from its end."""
END = "¶"
"""Stands between two sentences; no pattern reaches across it."""

_HIDDEN = "\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff\u0300-\u036f"
_TOKEN = re.compile(rf"[^\W_](?:[^\W_]|[{_HIDDEN}]|['’`](?=[^\W_]))*|[.!?;\n]+")
_LONG = re.compile(r"([a-z])\1{2,}")
_NUMBER_UNIT = re.compile(r"([0-9]+)([a-z]{1,10})")
_KEPT_WHOLE = frozenset({"bertanya", "percaya", "biasanya", "namanya", "kiranya"})
_ENDINGS = ("nya", "kah", "lah", "ku", "mu", "pun", "ne", "na")
_LEAST_TYPO = 7
"""Letters that a word needs before one slip of the finger still means it."""


@dataclass(frozen=True, slots=True)
class Words:
    """A message as words: `line` is " w1 w2 … ", `starts[i]` where word i begins in it."""

    text: str
    line: str
    starts: tuple[int, ...]
    spans: tuple[tuple[int, int], ...]

    def list(self) -> list[str]:
        return self.line.split()

    def around(self, start: int, end: int, size: int) -> "Words":
        """The stretch of about `size` words in whose middle this piece of `line` stands."""
        middle = bisect_right(self.starts, (start + end) // 2) - 1
        first = max(0, min(middle - size // 2, len(self.starts) - size))
        words = self.line.split()[first : first + size]
        last = first + len(words) - 1
        text = self.text[self.spans[first][0] : self.spans[last][1]]
        return Words(text, f" {' '.join(words)} ", (), ())

    def quoted(self, start: int, end: int) -> str:
        """The sender's own letters for a stretch of `line`."""
        first = max(bisect_right(self.starts, start) - 1, 0)
        last = max(bisect_right(self.starts, end - 1) - 1, first)
        return self.text[self.spans[first][0] : self.spans[last][1]]


class Speller:
    """Turns words into the form that signs are written in."""

    def __init__(self, forms: Mapping[str, str], known: Iterable[str]) -> None:
        """`forms` other spelling → form; `known` are the words that matter elsewhere."""
        self._form = forms
        self._known = frozenset(known) | frozenset(forms.values())
        self._slips: dict[str, str] = {}
        long = (w for w in self._known | self._form.keys() if len(w) >= _LEAST_TYPO)
        for word in sorted(long):
            for slip in _slips(word):
                self._slips.setdefault(slip, word)

    def words(self, text: str) -> Words:
        """The message in one form; bounded in time and size."""
        pieces, starts, spans = [""], [], []
        position = 1
        for start, end, word in self._found(text):
            starts.append(position)
            spans.append((start, end))
            pieces.append(word)
            position += len(word) + 1
        pieces.append("")
        return Words(text, " ".join(pieces), tuple(starts), tuple(spans))

    def _found(self, text: str) -> list[tuple[int, int, str]]:
        found: list[tuple[int, int, str]] = []
        for match in _TOKEN.finditer(text[:MAX_CHARACTERS]):
            if not match[0][0].isalnum():
                if found and found[-1][2] != END:
                    found.append((match.start(), match.end(), END))
                continue
            for word in self._forms(match[0]):
                if not found or found[-1][2] != word:
                    found.append((match.start(), match.end(), word))
        if len(found) > MAX_WORDS:
            half = MAX_WORDS // 2
            found = [*found[:half], (found[half][0], found[half][1], END), *found[-half:]]
        return found

    def _forms(self, token: str) -> tuple[str, ...]:
        word = token if token.isascii() else _plain(token)
        word = _LONG.sub(r"\1", word.casefold())
        if word in self._form or word in self._known or word.isdigit():
            return (self._form.get(word, word),)
        if unit := _NUMBER_UNIT.fullmatch(word):
            return (unit[1], self._form.get(unit[2], unit[2]))
        return (self._other(word),)

    def _other(self, word: str) -> str:
        """A word as it stands nowhere: without ending or doubling mark, of a slip, or as it is."""
        if word.endswith("2") and len(word) > 3:
            word = word[:-1]
        if not word.isalpha():
            read = letters_for(word.upper()).lower()
            word = read if self._is_known(read) else word.replace("'", "").replace("’", "")
        if not self._is_known(word) and word not in _KEPT_WHOLE:
            for ending in _ENDINGS:
                stem = word.removesuffix(ending)
                if (
                    stem != word
                    and len(stem) >= 3
                    and (self._is_known(stem) or _cuts(ending, stem))
                ):
                    word = stem
                    break
        if not self._is_known(word) and len(word) >= _LEAST_TYPO - 1:
            word = self._slips.get(word, word)
        return self._form.get(word, word)

    def _is_known(self, word: str) -> bool:
        return word in self._form or word in self._known


def _cuts(ending: str, stem: str) -> bool:
    return ending in ("nya", "kah", "lah") and len(stem) >= 4


def _plain(token: str) -> str:
    return "".join(map(ascii_of, token)).replace(" ", "")


def _slips(word: str) -> Iterable[str]:
    """One letter left out, two neighbours swapped, or one letter doubled; the first letter stays.

    A wrong letter is not among them: "dikurang" is another word than "dikurung".
    """
    for i in range(1, len(word)):
        yield word[:i] + word[i + 1 :]
        yield word[:i] + word[i] + word[i:]
        if i + 1 < len(word):
            yield word[:i] + word[i + 1] + word[i] + word[i + 2 :]
