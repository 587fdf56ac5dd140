"""The words of a question and of the cards in one form: spelling, meaning, root.

"Gmn ngurus pasport nggo TKW" and "Cara mengurus paspor bagi PMI" come out as the same terms. What
means the same stands in content/synonyms.yaml, other spellings in content/spellings.yaml.
"""

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from flows.catalog import CONTENT, ContentError, load_yaml, short_path
from flows.words import END, Speller

MOST_WORDS = 40
"""Words of a question that are looked at; whoever tells a long story asks at its beginning."""

_WORD = re.compile(r"[^\W_]+")
_BEGINNINGS: dict[str, tuple[str, ...]] = {
    "me": ("",), "mem": ("", "p"), "men": ("", "t"), "meng": ("", "k"), "meny": ("s",),
    "pe": ("",), "pem": ("", "p"), "pen": ("", "t"), "peng": ("", "k"), "peny": ("s",),
    "m": ("", "p"), "n": ("", "t"), "ng": ("", "k"), "ny": ("s",),
    "ber": ("",), "be": ("",), "per": ("",), "di": ("",), "diper": ("",), "ter": ("",),
    "ke": ("",), "se": ("",), "tak": ("",),
}  # fmt: skip
"""Indonesian and Javanese beginnings of a word, each with the letters it may have swallowed."""
_LONGEST_BEGINNING = max(map(len, _BEGINNINGS))
_ENDINGS = ("", "kan", "an", "i", "in", "nya", "annya", "ne", "e", "no", "ake", "keun", "na", "nye")
_LEAST_ROOT = 4
"""Letters that are left of a root at least."""


@dataclass(frozen=True, slots=True)
class Synonyms:
    """content/synonyms.yaml as it was written."""

    groups: Mapping[str, tuple[str, ...]]
    small: tuple[str, ...]
    """Words that tell nothing about what is asked."""
    weak: tuple[str, ...]
    """Words that tell a little (the country somebody goes to)."""


def load_spellings(folder: Path = CONTENT) -> dict[str, str]:
    """Other spelling → the form that we look for."""
    raw = load_yaml(folder / "spellings.yaml")
    if not isinstance(raw, dict):
        raise ContentError("content/spellings.yaml: must be lists of spellings by word")
    return {other: form for form, others in raw.items() for other in others}


def load_synonyms(folder: Path = CONTENT) -> Synonyms:
    """Raises ContentError in one line."""
    path = folder / "synonyms.yaml"
    raw = load_yaml(path)
    try:
        return Synonyms(
            {head: _words(others) for head, others in raw["groups"].items()},
            _words(raw["small"]),
            _words(raw["weak"]),
        )
    except (KeyError, TypeError, AttributeError) as error:
        raise ContentError(
            f"{short_path(path)}: {error} is missing or has the wrong form"
        ) from None


def _words(raw: object) -> tuple[str, ...]:
    if not isinstance(raw, list) or not all(isinstance(word, str) for word in raw):
        raise TypeError(f"a list of words instead of {raw!r}")
    return tuple(raw)


def clashes(synonyms: Synonyms) -> Iterator[tuple[str, str]]:
    """(group, problem) of every word that would be understood in two ways."""
    owner: dict[str, str] = {}
    for head, others in synonyms.groups.items():
        for phrase in (head, *others):
            known = owner.setdefault(" ".join(phrase.casefold().split()), head)
            if known != head:
                yield head, f"“{phrase}” also belongs to {known}"
            elif phrase in synonyms.small:
                yield head, f"“{phrase}” is also one of the small words, which count for nothing"
    for word in synonyms.weak:
        if word in synonyms.small:
            yield "weak", f"“{word}” is also one of the small words, which count for nothing"


class QuestionWords:
    """Made once of the content; holds nothing of what is asked."""

    def __init__(
        self,
        spellings: Mapping[str, str],
        synonyms: Synonyms,
        *,
        standard: Sequence[str],
        others: Sequence[str],
    ) -> None:
        """`standard` are texts in plain Indonesian, whose words are never respelt; `others` may
        hold slang and regional words (keywords)."""
        plain = {word for text in standard for word in _WORD.findall(text.casefold())}
        forms = {other: form for other, form in spellings.items() if other not in plain}
        phrases = [phrase for head, same in synonyms.groups.items() for phrase in (head, *same)]
        every = (*standard, *others, *phrases)
        self._speller = Speller(
            forms, {w for text in every for w in _WORD.findall(text.casefold())}
        )
        self._small = {self._spelt(word) for word in synonyms.small}
        self._meant: dict[tuple[str, ...], str] = {}
        for head, same in synonyms.groups.items():
            for phrase in (head, *same):
                self._meant.setdefault(self._spelt(phrase), head.replace(" ", "_"))
        self._longest = max(map(len, self._meant), default=1)
        self._seen = {word for text in (*standard, *others) for word in self._spelt(text)}
        self._roots = Counter(root for word in self._seen for root in set(_roots(word)))
        self.weak = frozenset(term for word in synonyms.weak for term in self.terms(word))

    def terms(self, text: str) -> list[str]:
        """What the text is about, in its order; END stands between sentences."""
        words = self._spelt(text)[:MOST_WORDS]
        found: list[str] = []
        at = 0
        while at < len(words):
            size, term = self._term(words, at)
            if term and term not in found[-1:]:
                found.append(term)
            at += size
        return found

    def _term(self, words: tuple[str, ...], at: int) -> tuple[int, str]:
        """(words that it takes, the term); "" for a small word."""
        for size in range(min(self._longest, len(words) - at), 0, -1):
            if meant := self._meant.get(words[at : at + size]):
                return size, meant
        word = words[at]
        return 1, "" if (word,) in self._small else self._root(word)

    def _spelt(self, text: str) -> tuple[str, ...]:
        return tuple(self._speller.words(text).list())

    def _root(self, word: str) -> str:
        """The word without beginnings and endings, where another word of the content shares it."""
        if word == END or word.isdigit():
            return word
        shared = [r for r in dict.fromkeys(_roots(word)) if r in self._seen or self._roots[r] > 1]
        if not shared:
            return word
        best = max(shared, key=lambda root: (root in self._seen, self._roots[root], -len(root)))
        return self._meant.get((best,), best)


def _roots(word: str) -> Iterator[str]:
    """Everything that the word may have been made of, itself first."""
    yield word
    if len(word) <= _LEAST_ROOT or not word.isalpha():
        return
    for ending in _ENDINGS:
        if not word.endswith(ending) or len(word) - len(ending) < _LEAST_ROOT:
            continue
        body = word[: len(word) - len(ending)]
        yield body
        for size in range(1, _LONGEST_BEGINNING + 1):
            for swallowed in _BEGINNINGS.get(body[:size], ()):
                if len(body) - size + len(swallowed) >= _LEAST_ROOT:
                    yield swallowed + body[size:]
