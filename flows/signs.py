"""Signs: phrases of words that stand for a red flag or tell what a message is like.

How a phrase is written is said at the head of content/signs.yaml. Each compiles to a regular
expression over `Words.line`; a phrase is only tried when one of its own words is in the message.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from flows.words import END, Words

_SHORT_GAP, _LONG_GAP = "..", "..."
_GAPS = {_SHORT_GAP: 3, _LONG_GAP: 8}
_NEAR = 9
"""Words between two parts up to which they are quoted together."""
_BEFORE = re.compile(r"(?: [^ ]+){0,2} $")


class SignError(Exception):
    """A phrase that can't be read; the message names it."""


@dataclass(frozen=True, slots=True)
class Hit:
    """A phrase was found: whose it is and where in `Words.line`."""

    name: str
    start: int
    end: int


@dataclass(frozen=True, slots=True, eq=False)
class _Sign:
    name: str
    parts: tuple[re.Pattern[str], ...]
    even_negated: bool


@dataclass(slots=True)
class Signs:
    """All phrases, looked up by one word that each of them needs."""

    groups: Mapping[str, Sequence[str]]
    forms: Mapping[str, str] = field(default_factory=dict)
    """Other spelling → form: a phrase may be written in any spelling, and is meant in its form."""
    literals: set[str] = field(default_factory=set)
    _by_word: dict[str, list[_Sign]] = field(default_factory=dict)
    _by_stem: dict[str, list[_Sign]] = field(default_factory=dict)
    _stem_lengths: tuple[int, ...] = ()

    def add(self, name: str, phrases: Iterable[str]) -> None:
        """Compile the phrases of one flag or cue. Raises SignError."""
        for phrase in phrases:
            self._add(name, phrase)
        self._stem_lengths = tuple(sorted({len(stem) for stem in self._by_stem}))

    def find(self, words: Words) -> Iterator[Hit]:
        """The first hit of each phrase, in no particular order."""
        tried: set[_Sign] = set()
        for word in set(words.list()):
            for sign in self._candidates(word):
                if sign not in tried:
                    tried.add(sign)
                    if hit := self._hit(sign, words):
                        yield hit

    def _candidates(self, word: str) -> Iterator[_Sign]:
        yield from self._by_word.get(word, ())
        for length in self._stem_lengths:
            if length > len(word):
                break
            yield from self._by_stem.get(word[:length], ())

    def _hit(self, sign: _Sign, words: Words) -> Hit | None:
        spans = []
        for part in sign.parts:
            match = self._match(part, words.line, sign.even_negated)
            if match is None:
                return None
            spans.append(match.span(1))
        start, end = min(start for start, _ in spans), max(end for _, end in spans)
        apart = words.line.count(" ", start, end) > _NEAR or END in words.line[start:end]
        if apart:  # far, or in two sentences: the first part stands for both
            start, end = spans[0]
        return Hit(sign.name, start, end)

    def _match(self, part: re.Pattern[str], line: str, even_negated: bool) -> re.Match[str] | None:
        for match in part.finditer(line):
            if even_negated or not self._is_negated(line, match.start(1)):
                return match
        return None

    def _is_negated(self, line: str, start: int) -> bool:
        """A "no" is one of the two words before, in the same sentence ("tidak pernah dipukul")."""
        before = _BEFORE.search(line[max(0, start - 40) : start])
        if before is None:
            return False
        last = before[0].rpartition(END)[2].split()
        return any(word in self._no for word in last)

    @property
    def _no(self) -> Sequence[str]:
        return self.groups["no"]  # in their forms already

    # ---- reading a phrase

    def _add(self, name: str, phrase: str) -> None:
        even = phrase.startswith("!")
        texts = [part.strip() for part in phrase.removeprefix("!").split("&")]
        parts = [self._items(text, phrase) for text in texts]
        sign = _Sign(name, tuple(re.compile(_expression(items)) for items in parts), even)
        for word in self._anchor(parts, phrase):
            store = self._by_stem if word.endswith("*") else self._by_word
            store.setdefault(word.rstrip("*"), []).append(sign)

    def _items(self, text: str, phrase: str) -> list[list[str] | str]:
        """Alternatives and gaps, in order."""
        items: list[list[str] | str] = []
        for item in text.split():
            if item in _GAPS:
                items.append(item)
            else:
                items.append(list(self._alternatives(item, phrase)))
        if not items or isinstance(items[0], str) or isinstance(items[-1], str):
            raise SignError(f"{phrase!r}: begins or ends with a gap")
        return items

    def _alternatives(self, item: str, phrase: str) -> Iterator[str]:
        for word in item.split("|"):
            if word.startswith("@"):
                if word[1:] not in self.groups:
                    raise SignError(f"{phrase!r}: no group {word}")
                yield from map(self._form, self.groups[word[1:]])
            elif not word or not re.fullmatch(r"[^\W]+\*?", word):
                raise SignError(f"{phrase!r}: {word!r} is no word")
            else:
                yield " ".join(map(self._form, word.split("_")))

    def _form(self, word: str) -> str:
        return self.forms.get(word, word)

    def _anchor(self, parts: list[list[list[str] | str]], phrase: str) -> set[str]:
        """The words of which a message must have one: of the item with the fewest and longest."""
        items = [item for part in parts for item in part if isinstance(item, list)]
        for item in items:
            self.literals.update(w.rstrip("*") for words in item for w in words.split())
        chosen = min(items, key=lambda item: (len(item), -min(len(word) for word in item)))
        return {words.split()[-1] for words in chosen}


def _expression(items: Sequence[list[str] | str]) -> str:
    """`(?<= )(w1|w2) (?:word ){0,3}(w3)(?= )` with the whole match as group 1."""
    text = ""
    for number, item in enumerate(items):
        if isinstance(item, str):
            text += rf"(?:[^ {END}]+ ){{0,{_GAPS[item]}}}"
            continue
        longest_first = sorted(set(item), key=lambda word: (-len(word), word))
        text += "(?:" + "|".join(map(_word, longest_first)) + ")"
        if number < len(items) - 1:
            text += " "
    return rf"(?<= )({text})(?= )"


def _word(word: str) -> str:
    return re.escape(word.rstrip("*")) + (r"[^ ]*" if word.endswith("*") else "")
