"""From hits to readings: each place with the parents that the text names too, and its score."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property

from bot.atlas import Atlas, is_inside, regency_code
from bot.place_likeness import likeness
from bot.place_reading import Hit, Reading, Span, fits
from bot.place_words import HAMLET, VILLAGE, Word

_READABLE = 0.8
_WEIGHT = {1: 3.5, 2: 4.0, 3: 3.0, 4: 3.0}
_LONG_NAME = 7
_PROVINCE_TOO = 1.0
"""A province behind its regency says little more."""
_SAID_TWICE = 1.0
"""A regency named in two ways ("bangkalan madura") is meant as the regency."""
_MAX_LOOSE = 150
"""More readings than this are one common name; the words around it are not compared with all."""
_REACH = 3
"""Two unmarked names with more words than this between them do not belong together."""


@dataclass(frozen=True, slots=True)
class Parts:
    """What one look at a text found: its words, the runs of them, and what these may mean."""

    words: Sequence[Word]
    spans: Sequence[Span]
    hits: tuple[Hit, ...]
    supports: tuple[Hit, ...]
    """Hits that count as parents only."""


class Combiner:
    """Combines the hits of one text; `far` takes names in that are only like an expected one."""

    def __init__(self, atlas: Atlas, parts: Parts, within: tuple[str, ...], far: bool) -> None:
        self._atlas = atlas
        self._words, self._spans = parts.words, parts.spans
        self._hits, self._supports = parts.hits, parts.supports
        self._within = within
        self._far = far and len(parts.hits) <= _MAX_LOOSE

    def readings(self) -> list[Reading]:
        """Every place the text may mean, best first."""
        by_code: dict[str, list[Hit]] = {}
        for hit in (*self._hits, *self._supports):
            by_code.setdefault(hit.code, []).append(hit)
        firm = self._firm_hits()
        found = [self._read(hit, by_code, firm) for hit in self._hits]
        return sorted(found, key=lambda r: (-r.score, r.hit.level, r.code))

    def _firm_hits(self) -> list[Hit]:
        """The hits that no reading may pass over, two for each name: more say nothing new."""
        counts = Counter[tuple[Span, int]]()
        firm = []
        for hit in self._hits:
            if self._is_firm(hit) and counts[hit.span, hit.level] < 2:
                counts[hit.span, hit.level] += 1
                firm.append(hit)
        return firm

    @staticmethod
    def _is_firm(hit: Hit) -> bool:
        """A hit that a reading may not pass over in silence."""
        if hit.level <= 2:
            readable = hit.marked or len(hit.span.key) >= _LONG_NAME
            return hit.quality == 1 or (readable and hit.quality >= _READABLE)
        readable = hit.exact or (hit.marked and hit.quality >= _READABLE)
        return readable and (hit.level == 3 or hit.marked)

    def _read(self, hit: Hit, by_code: dict[str, list[Hit]], firm: list[Hit]) -> Reading:
        """The better of two: the regency takes its words first ("Ponorogo" alone is not the
        kecamatan Ponorogo), or the kecamatan does ("Tegalreja Cilacap Selatan clp")."""
        one = self._read_in_order((2, 3, 1), hit, by_code, firm)
        if hit.level < 4 or one.used.keys() >= {2, 3}:
            return one
        return max(one, self._read_in_order((3, 2, 1), hit, by_code, firm), key=lambda r: r.score)

    def _read_in_order(
        self, order: Sequence[int], hit: Hit, by_code: dict[str, list[Hit]], firm: list[Hit]
    ) -> Reading:
        used = {hit.level: hit}
        for level in order:
            if level >= hit.level:
                continue
            parent = ".".join(hit.code.split(".")[:level])
            free = [h for h in by_code.get(parent, ()) if self._joins(h, used.values())]
            if hit.level == 4 and 3 not in used:
                free = [h for h in free if not h.loose]
            if free:
                used[level] = max(free, key=lambda h: (h.span.start >= hit.span.end, h.quality))
            elif self._far and level > 1 and (like := self._expected(parent, used.values())):
                used[level] = like
        again = self._named_again(hit, used, by_code)
        ignores = self._ignored(hit, [*used.values(), *again], firm)
        covered = {i for h in (*used.values(), *again) for i in range(h.span.start, h.span.end)}
        rest = [i for i, w in enumerate(self._words) if i not in covered and w.mark != HAMLET]
        score = self._score(hit, used, ignores) + (_SAID_TWICE if again else 0)
        return Reading(hit, used, score, len(rest), ignores)

    @staticmethod
    def _named_again(hit: Hit, used: dict[int, Hit], by_code: dict[str, list[Hit]]) -> list[Hit]:
        """Other words for the same regency or province: "Arosbaya, Bangkalan, Madura"."""
        return [
            other
            for level in (1, 2)
            if level < hit.level
            for other in by_code.get(".".join(hit.code.split(".")[:level]), ())
            if other.quality > _READABLE
            and level in used
            and not any(other.span.overlaps(h.span) for h in used.values())
        ]

    @staticmethod
    def _joins(parent: Hit, used: Iterable[Hit]) -> bool:
        """Apart from the names already used, and near enough to one of them to belong to it."""
        spans = [h.span for h in used]
        if any(parent.span.overlaps(span) for span in spans):
            return False
        gaps = [max(parent.span.start - s.end, s.start - parent.span.end) for s in spans]
        return parent.marked or min(gaps) <= _REACH

    def _expected(self, parent: str, used: Iterable[Hit]) -> Hit | None:
        """The words that are most like the parent which the words already read would have."""
        level = parent.count(".") + 1
        best = None
        for span in self._loose_spans:
            if fits(level, span.mark) and self._joins(Hit(parent, span), used):
                like = likeness(span.key, self._atlas.keys[parent])
                if like > (best.quality if best else 0):
                    best = Hit(parent, span, like, loose=True)
        return best

    @cached_property
    def _loose_spans(self) -> list[Span]:
        """Words that are nobody's kecamatan, regency or province as they stand."""
        return [
            span
            for span in self._spans
            if not span.starts_with_mark
            and span.mark != VILLAGE
            and not 0 < self._atlas.largest_level(span.key) < 4
        ]

    @staticmethod
    def _ignored(hit: Hit, read: list[Hit], firm: list[Hit]) -> tuple[Hit, ...]:
        """One contradicting hit for each place in the text that the reading leaves out.

        A village that stands before its kecamatan may be unknown to the list, and a kecamatan or
        village name without a level word may be a hamlet: those do not contradict.
        """
        left_out: dict[int, Hit] = {}
        for other in firm:
            if any(other.span.overlaps(h.span) for h in read):
                continue
            if other.level > hit.level or is_inside(hit.code, other.code):
                continue
            if other.level >= 3 and not other.marked and other.span.start < hit.span.start:
                continue
            left_out.setdefault(other.span.start, other)
        return tuple(left_out.values())

    def _score(self, hit: Hit, used: dict[int, Hit], ignores: tuple[Hit, ...]) -> float:
        score = 0.0
        for level, h in used.items():
            weight = _PROVINCE_TOO if level == 1 and 2 in used else _WEIGHT[level]
            score += weight * (1 - 1.6 * (1 - h.quality))
            score += 1.5 if h.marked else 0
            score += 0.9 * (h.span.end - h.span.start - 1) * h.quality
        for level, h in used.items():
            larger_first = [
                o for lvl, o in used.items() if lvl < level and o.span.end <= h.span.start
            ]
            score -= 0.7 * len(larger_first)
        for h in ignores:
            score -= 2.5 if h.marked or h.level <= 2 else 1.5
        return score + (0.6 if regency_code(hit.code) in self._within else 0)
