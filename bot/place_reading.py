"""The parts of a reading: a run of words, a place it may mean, and a place with its parents."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from bot.place_words import (
    DISTRICT,
    HAMLET,
    KABUPATEN,
    KOTA,
    NAME_WORDS,
    PROVINCE,
    VILLAGE,
    Word,
    key_of,
)

_LEVEL_OF_MARK = {PROVINCE: 1, KABUPATEN: 2, KOTA: 2, DISTRICT: 3, VILLAGE: 4}
BY_SHORT_NAME = 0.95
"""The quality of a short name of few letters ("tuba", "im"): it may stand in a text by chance."""
_MAX_REPEATS = 3
"""A village, its kecamatan and its regency may share a name; more repeats say nothing new."""


@dataclass(frozen=True, slots=True)
class Span:
    """Consecutive words that may be one name."""

    start: int
    end: int
    key: str
    mark: str
    starts_with_mark: bool = False

    def overlaps(self, other: "Span") -> bool:
        return self.start < other.end and other.start < self.end

    def is_part_of(self, other: "Span") -> bool:
        shorter = self.end - self.start < other.end - other.start
        return shorter and other.start <= self.start and self.end <= other.end


@dataclass(frozen=True, slots=True)
class Hit:
    """A place that a span may mean, and how well it is written (1 = exactly)."""

    code: str
    span: Span
    quality: float = 1.0
    loose: bool = False
    """Only like the name that was expected here; it supports and never decides alone."""

    @property
    def level(self) -> int:
        return self.code.count(".") + 1

    @property
    def exact(self) -> bool:
        """Written as the list has it, or by a known short name."""
        return self.quality >= BY_SHORT_NAME

    @property
    def marked(self) -> bool:
        return bool(self.span.mark)


@dataclass(frozen=True, slots=True)
class Reading:
    """A place with the hits for it and for its parents, by level."""

    hit: Hit
    used: dict[int, Hit]
    score: float
    unexplained: int
    """Words that this reading does not account for."""
    ignores: tuple[Hit, ...]
    """Names that stand in the text and contradict it."""

    @property
    def code(self) -> str:
        return self.hit.code

    @property
    def alone(self) -> bool:
        return len(self.used) == 1

    @property
    def quality(self) -> float:
        """The weakest name; loose ones do not count where two others stand."""
        read = [hit.quality for hit in self.used.values() if not hit.loose]
        return min(read if len(read) > 1 else [hit.quality for hit in self.used.values()])


def spans_of(words: Sequence[Word]) -> list[Span]:
    """Every run of words that may be one name; what follows "dusun" or "jalan" is none."""
    spans = []
    for start, first in enumerate(words):
        run: list[str] = []
        for end in range(start + 1, min(start + NAME_WORDS, len(words)) + 1):
            word = words[end - 1]
            if run and (word.breaks or word.mark):
                break
            run.append(word.text)
            if first.mark != HAMLET and not first.text.isdigit():
                spans.append(Span(start, end, key_of(run), first.mark))
            if first.mark_text:
                key = key_of([first.mark_text, *run])
                spans.append(Span(start, end, key, "", starts_with_mark=True))
    seen = Counter[str]()
    kept = []
    for span in spans:
        seen[span.key] += 1
        if len(span.key) >= 2 and seen[span.key] <= _MAX_REPEATS:
            kept.append(span)
    return kept


def edits_allowed(length: int) -> int:
    """Typing errors forgiven in a name: none in short ones, where a letter makes another name."""
    return 0 if length < 5 else 1 if length < 8 else 2 if length < 12 else 3


def fits(level: int, mark: str) -> bool:
    """Whether a name of this level may stand behind this level word, or behind none."""
    return not mark or _LEVEL_OF_MARK.get(mark) == level
