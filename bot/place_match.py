"""From words to readings: which places a text may name, each with the evidence for it.

A reading is one place together with the parents that the text names too. Kecamatan and villages
with typing errors are only looked for inside the regencies that are in question, since thousands
of villages are one letter apart.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from rapidfuzz.distance import OSA
from rapidfuzz.process import extract

from bot.atlas import Atlas, Pool, regency_code
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
_WEIGHT = {1: 3.5, 2: 4.0, 3: 3.0, 4: 3.0}
_HALF_NAME = 0.85
_READABLE = 0.8
_NAME_ELSEWHERE = 0.9
"""A correction of a word that is a true name somewhere else is trusted less."""
_OTHER_KIND = 0.9
"""The kabupaten of a name when the text says kota and no such kota exists, or the reverse."""
_MAX_AREAS = 16
_MAX_COUNTRYWIDE = 6
_MAX_HITS = 800
"""Far more than any address has; a flood of common names gets no villages beyond it."""
_MAX_REPEATS = 3
"""A village, its kecamatan and its regency may share a name; more repeats say nothing new."""
_REACH = 3
"""Two unmarked names with more words than this between them do not belong together."""


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

    @property
    def level(self) -> int:
        return self.code.count(".") + 1

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
        return min(hit.quality for hit in self.used.values())


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


def _digits(key: str) -> str:
    return "".join(c for c in key if c.isdigit())


def _fits(level: int, mark: str) -> bool:
    return not mark or _LEVEL_OF_MARK.get(mark) == level


class Finder:
    """One look at one text: collects the hits, then combines them into readings."""

    def __init__(self, atlas: Atlas, words: Sequence[Word], within: tuple[str, ...]) -> None:
        self._atlas = atlas
        self._words = words
        self._within = within
        self._spans = spans_of(words)
        self.hits: list[Hit] = []
        self._supports: list[Hit] = []
        for span in self._spans:
            self._add_exact(span)
        self._drop_parts_of_names()
        self._add_misspelt_regencies()
        areas = self._areas()
        self._add_misspelt_inside(areas)
        if not any(hit.level == 2 for hit in self.hits):
            self._add_misspelt_districts()

    def _add_exact(self, span: Span) -> None:
        named = self._atlas.codes_named(span.key)
        for code in named:
            if _fits(code.count(".") + 1, span.mark):
                self._add(code, span, 1.0)
        is_regency = any(len(code) == 5 for code in named)
        if span.mark in ("", DISTRICT) and not span.starts_with_mark and not is_regency:
            for code in self._atlas.districts_half_named(span.key):
                self._add(code, span, _HALF_NAME)

    def _add(self, code: str, span: Span, quality: float, target: list[Hit] | None = None) -> None:
        """Keep a hit; a "kota" that exists only as kabupaten is still meant, a little less."""
        if len(self.hits) >= _MAX_HITS and code.count(".") == 3:
            return
        if span.mark in (KOTA, KABUPATEN) and self._atlas.is_kota(code) != (span.mark == KOTA):
            twins = self._atlas.codes_named(span.key)
            if any(self._atlas.is_kota(c) == (span.mark == KOTA) for c in twins if len(c) == 5):
                return
            quality *= _OTHER_KIND
        (self.hits if target is None else target).append(Hit(code, span, quality))

    def _drop_parts_of_names(self) -> None:
        """ "Jawa" in "Jawa Timur" and "Dukuh" in "Desa Dukuh Dempok" are no names of their own.

        Unless the longer name itself runs into a regency: "Desa Wates Kulon Progo".
        """
        regencies = [h for h in self.hits if h.level <= 2]
        whole = {
            h.span
            for h in self.hits
            if h.quality == 1 and h.span.end - h.span.start > 1 and (h.level <= 2 or h.marked)
        }
        whole = {
            span
            for span in whole
            if not any(r.span.overlaps(span) and r.span.end > span.end for r in regencies)
        }
        self.hits = [h for h in self.hits if not any(h.span.is_part_of(span) for span in whole)]

    def _add_close(self, span: Span, pool: Pool, target: list[Hit] | None = None) -> None:
        """The nearest names of a pool; a number in a name is never a typing error."""
        if not pool.keys or (allowed := edits_allowed(len(span.key))) == 0:
            return
        found = extract(span.key, pool.keys, scorer=OSA.distance, score_cutoff=allowed, limit=8)
        found = [f for f in found if _digits(f[0]) == _digits(span.key)]
        trust = _NAME_ELSEWHERE if self._atlas.codes_named(span.key) else 1.0
        for key, distance, index in found:
            if 0 < distance == found[0][1]:
                quality = trust * (1 - distance / max(len(key), len(span.key)))
                self._add(pool.codes[index], span, quality, target)

    def _open_spans(self, level: int, area: str = "") -> list[Span]:
        """The spans worth correcting: no part of what is exact here or names a whole regency."""
        sure = [
            h.span
            for h in self.hits
            if h.quality == 1
            and (h.level <= 2 or (h.marked and h.level == level and h.code.startswith(area)))
        ]
        exact_here = {
            h.span
            for h in self.hits
            if h.quality == 1 and h.level == level and h.code.startswith(area)
        }
        return [
            span
            for span in self._spans
            if not span.starts_with_mark
            and span not in exact_here
            and (_fits(level, span.mark) or (level == 2 and span.mark == PROVINCE))
            and not any(s.overlaps(span) and not s.is_part_of(span) for s in sure)
        ]

    def _add_misspelt_regencies(self) -> None:
        """A bare word that is somebody's exact name can only support: "Tegalombo Paciran"."""
        names = {hit.span for hit in self.hits if hit.quality == 1 and not hit.marked}
        for span in self._open_spans(2):
            target = self._supports if span in names else self.hits
            self._add_close(span, self._atlas.pool("", 2), target)

    def _areas(self) -> list[str]:
        """The regencies in question: named, or holding a named kecamatan, or the office's own."""
        named = [hit.code for hit in self.hits if hit.level == 2]
        if not named:
            districts = [h for h in self.hits if h.level == 3 and h.quality == 1]
            named = [regency_code(h.code) for h in districts if h.marked]
            named = named or [regency_code(h.code) for h in districts]
        exact = [hit.code for hit in self.hits if hit.level == 2 and hit.quality == 1]
        own = () if exact else self._within
        return list(dict.fromkeys([*exact, *own, *named]))[:_MAX_AREAS]

    def _add_misspelt_inside(self, areas: Iterable[str]) -> None:
        for level in (3, 4):
            for area in areas:
                pool = self._atlas.pool(area, level)
                for span in self._open_spans(level, f"{area}."):
                    self._add_close(span, pool)

    def _add_misspelt_districts(self) -> None:
        """Countrywide only for what the text calls a kecamatan, or when nothing else is there."""
        spans = [s for s in self._open_spans(3) if s.mark == DISTRICT]
        if not self.hits:
            spans = spans or self._open_spans(3)
        for span in spans[:_MAX_COUNTRYWIDE]:
            self._add_close(span, self._atlas.pool("", 3))

    def readings(self) -> list[Reading]:
        """Every place the text may mean, best first."""
        by_code: dict[str, list[Hit]] = {}
        for hit in (*self.hits, *self._supports):
            by_code.setdefault(hit.code, []).append(hit)
        firm = self._firm_hits()
        found = [self._read(hit, by_code, firm) for hit in self.hits]
        return sorted(found, key=lambda r: (-r.score, r.hit.level, r.code))

    def _firm_hits(self) -> list[Hit]:
        """The hits that no reading may pass over, two for each name: more say nothing new."""
        counts = Counter[tuple[Span, int]]()
        firm = []
        for hit in self.hits:
            if self._is_firm(hit) and counts[hit.span, hit.level] < 2:
                counts[hit.span, hit.level] += 1
                firm.append(hit)
        return firm

    @staticmethod
    def _is_firm(hit: Hit) -> bool:
        """A hit that a reading may not pass over in silence."""
        if hit.level <= 2:
            return hit.quality == 1 or (hit.marked and hit.quality >= _READABLE)
        return hit.quality >= (_READABLE if hit.marked else 1) and (hit.level == 3 or hit.marked)

    def _read(self, hit: Hit, by_code: dict[str, list[Hit]], firm: list[Hit]) -> Reading:
        """The regency takes its words first: "Ponorogo" alone is not the kecamatan Ponorogo."""
        used = {hit.level: hit}
        for level in (2, 3, 1):
            if level >= hit.level:
                continue
            parent = ".".join(hit.code.split(".")[:level])
            free = [h for h in by_code.get(parent, ()) if self._joins(h, used.values())]
            if free:
                used[level] = max(free, key=lambda h: (h.span.start >= hit.span.end, h.quality))
        ignores = self._ignored(hit, used, firm)
        covered = {i for h in used.values() for i in range(h.span.start, h.span.end)}
        rest = [i for i, w in enumerate(self._words) if i not in covered and w.mark != HAMLET]
        return Reading(hit, used, self._score(hit, used, ignores), len(rest), ignores)

    @staticmethod
    def _joins(parent: Hit, used: Iterable[Hit]) -> bool:
        """Apart from the names already used, and near enough to one of them to belong to it."""
        spans = [h.span for h in used]
        if any(parent.span.overlaps(span) for span in spans):
            return False
        gaps = [max(parent.span.start - s.end, s.start - parent.span.end) for s in spans]
        return parent.marked or min(gaps) <= _REACH

    @staticmethod
    def _ignored(hit: Hit, used: dict[int, Hit], firm: list[Hit]) -> tuple[Hit, ...]:
        """One contradicting hit for each place in the text that the reading leaves out.

        A village that stands before its kecamatan may be unknown to the list, and a kecamatan or
        village name without a level word may be a hamlet: those do not contradict.
        """
        left_out: dict[int, Hit] = {}
        for other in firm:
            if any(other.span.overlaps(h.span) for h in used.values()):
                continue
            if other.level > hit.level or other.code == hit.code:
                continue
            if other.level >= 3 and not other.marked and other.span.start < hit.span.start:
                continue
            left_out.setdefault(other.span.start, other)
        return tuple(left_out.values())

    def _score(self, hit: Hit, used: dict[int, Hit], ignores: tuple[Hit, ...]) -> float:
        score = 0.0
        for level, h in used.items():
            score += _WEIGHT[level] * (1 - 1.6 * (1 - h.quality))
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
