"""From words to readings: which places a text may name, each with the evidence for it.

A reading is one place together with the parents that the text names too. Kecamatan and villages
with typing errors are only looked for inside the regencies that are in question, since thousands
of villages are one letter apart.
"""

from collections.abc import Iterable, Sequence

from rapidfuzz.distance import OSA
from rapidfuzz.process import extract

from bot.atlas import Atlas, Pool, regency_code
from bot.place_combine import Combiner, Parts
from bot.place_likeness import likeness
from bot.place_reading import BY_SHORT_NAME, Hit, Reading, Span, edits_allowed, fits, spans_of
from bot.place_words import (
    DIRECTIONS,
    DISTRICT,
    KABUPATEN,
    KOTA,
    PROVINCE,
    VILLAGE,
    Word,
    words_of_name,
)

_HALF_NAME = 0.85
_READABLE = 0.8
_NAME_ELSEWHERE = 0.9
"""A correction of a word that is a true name somewhere else is trusted less."""
_SHORT_NAME = 4
_KNOWN_SHORT = ("ntt", "ntb")
"""Short names that nobody writes for anything else."""
_CUT_NAME = 8
_FOLDED = 0.99
"""The same name in another spelling; still a name as the list has it, only later in the choices."""
_OTHER_KIND = 0.9
"""The kabupaten of a name when the text says kota and no such kota exists, or the reverse."""
_MAX_AREAS = 16
_MAX_COUNTRYWIDE = 12
_MAX_FOUND = 40
_MAX_HITS = 800
"""Far more than any address has; a flood of common names gets no villages beyond it."""


def _digits(key: str) -> str:
    return "".join(c for c in key if c.isdigit())


class Finder:
    """One look at one text: collects the hits, then combines them into readings."""

    def __init__(self, atlas: Atlas, words: Sequence[Word], within: tuple[str, ...]) -> None:
        self._atlas = atlas
        self._words = words
        self._within = within
        self._spans = spans_of(words)
        self.hits: list[Hit] = []
        self._supports: list[Hit] = []
        self._far = False
        for span in self._spans:
            self._add_exact(span)
        self._drop_parts_of_names()
        self._add_misspelt_regencies()
        areas = self._areas()
        self._add_misspelt_inside(areas)
        if not any(hit.level == 2 for hit in self.hits):
            self._add_misspelt_districts()

    def _add_exact(self, span: Span) -> None:
        if self._is_direction(span):
            return
        named = self._atlas.codes_named(span.key)
        for code in named:
            if fits(code.count(".") + 1, span.mark):
                short = len(span.key) <= _SHORT_NAME and span.key != self._atlas.keys[code]
                known = self._words[span.start].text in _KNOWN_SHORT
                if short and len(code) <= 5 and not known:
                    self._add(code, span, BY_SHORT_NAME)
                else:
                    self._add(code, span, 1.0 if self._as_written(span, code) else _FOLDED)
        is_regency = any(len(code) == 5 for code in named)
        if span.mark in ("", DISTRICT) and not span.starts_with_mark and not is_regency:
            whole = {regency_code(code) for code in named if len(code) == 8}
            for code in self._atlas.districts_half_named(span.key):
                if regency_code(code) not in whole:
                    self._add(code, span, _HALF_NAME)

    def _as_written(self, span: Span, code: str) -> bool:
        """Letter by letter: "pandaan" is Kecamatan Pandaan before it is Desa Pandan."""
        if len(code) <= 5 or span.starts_with_mark or span.key in self._atlas.other_names:
            return True
        written = "".join(w.text for w in self._words[span.start : span.end])
        return written == "".join(words_of_name(self._atlas.name(code)))

    def _is_direction(self, span: Span) -> bool:
        """ "Barat" behind another word is the end of a name, though Magetan has a Kecamatan Barat."""
        word = self._words[span.start]
        alone = span.end - span.start == 1 and not span.mark and not word.breaks
        return alone and word.text in DIRECTIONS

    def _add(self, code: str, span: Span, quality: float, target: list[Hit] | None = None) -> None:
        """Keep a hit; a "kota" that exists only as kabupaten is still meant, a little less."""
        if len(self.hits) >= _MAX_HITS and code.count(".") == 3:
            return
        if span.mark in (KOTA, KABUPATEN) and self._atlas.is_kota(code) != (span.mark == KOTA):
            twins = self._atlas.codes_named(self._atlas.keys[code])
            if any(self._atlas.is_kota(c) == (span.mark == KOTA) for c in twins if len(c) == 5):
                # "Kec. Ujungberung, kab Bandung": a kecamatan tells which of the two is meant
                self._supports.append(Hit(code, span, quality * _READABLE, loose=True))
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
            if h.exact and h.span.end - h.span.start > 1 and (h.level <= 2 or h.marked)
        }
        whole = {
            span
            for span in whole
            if not any(r.span.overlaps(span) and r.span.end > span.end for r in regencies)
        }
        self.hits = [h for h in self.hits if not any(h.span.is_part_of(span) for span in whole)]

    def _add_close(
        self, span: Span, pool: Pool, target: list[Hit] | None = None, spread: int = 0
    ) -> None:
        """The nearest names of a pool; a number in a name is never a typing error.

        `spread` takes names in too that are so many errors farther than the nearest.
        """
        allowed = edits_allowed(len(span.key)) or (1 if span.mark and len(span.key) == 4 else 0)
        if not pool.keys or not allowed:
            return
        found = extract(span.key, pool.keys, scorer=OSA.distance, score_cutoff=allowed, limit=8)
        found = [f for f in found if _digits(f[0]) == _digits(span.key)]
        trust = _NAME_ELSEWHERE if self._atlas.codes_named(span.key) else 1.0
        for key, distance, index in found:
            if 0 < distance <= found[0][1] + spread:
                quality = trust * (1 - distance / max(len(key), len(span.key)))
                self._add(pool.codes[index], span, quality, target)

    def _open_spans(self, level: int, area: str = "") -> list[Span]:
        """The spans worth correcting: no part of what is exact here or names a whole regency."""
        sure = [
            h.span
            for h in self.hits
            if h.exact
            and (h.level <= 2 or (h.marked and h.level == level and h.code.startswith(area)))
        ]
        exact_here = {
            h.span for h in self.hits if h.exact and h.level == level and h.code.startswith(area)
        }
        return [
            span
            for span in self._spans
            if not span.starts_with_mark
            and span not in exact_here
            and (fits(level, span.mark) or (level == 2 and span.mark == PROVINCE))
            and not any(s.overlaps(span) and not s.is_part_of(span) for s in sure)
        ]

    def _add_misspelt_regencies(self) -> None:
        """A bare word that is somebody's exact name can only support: "Tegalombo Paciran"."""
        names = {hit.span for hit in self.hits if hit.exact and not hit.marked}
        for span in self._open_spans(2):
            target = self._supports if span in names else self.hits
            self._add_close(span, self._atlas.pool("", 2), target)
            self._add_cut_short(span, target)

    def _add_cut_short(self, span: Span, target: list[Hit]) -> None:
        """A name without its end: "sulawesi tengga" is nearer to Tenggara than to Tengah."""
        pool = self._atlas.pool("", 2)
        if len(span.key) >= _CUT_NAME:
            for key, code in zip(pool.keys, pool.codes, strict=True):
                if key.startswith(span.key) and 0 < len(key) - len(span.key) <= 4:
                    self._add(code, span, _HALF_NAME, target)

    def _areas(self) -> list[str]:
        """The regencies in question: named, or holding a named kecamatan, or the office's own."""
        named = [hit.code for hit in self.hits if hit.level == 2]
        if not named:
            districts = [h for h in self.hits if h.level == 3 and h.exact]
            named = [regency_code(h.code) for h in districts if h.marked]
            named = named or [regency_code(h.code) for h in districts]
        exact = [hit.code for hit in self.hits if hit.level == 2 and hit.exact]
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

    def look_further(self) -> None:
        """For what is not understood yet: misspelt kecamatan of the whole country, as parents.

        Their villages are then looked for too, and the villages of a province that is named.
        """
        self._far = True
        self._add_like_regencies()
        known = {(hit.code, hit.span) for hit in (*self.hits, *self._supports)}
        found: list[Hit] = []
        for span in self._far_spans():
            self._add_close(span, self._atlas.pool("", 3), found, spread=1)
        self._supports += [hit for hit in found if (hit.code, hit.span) not in known]
        self._add_under_another_level()
        misspelt = [h for h in (*self.hits, *found) if h.level == 3 and not h.exact]
        misspelt += [h for h in self.hits if h.level == 3 and h.exact][:_MAX_AREAS]
        for district in misspelt[:_MAX_FOUND]:
            self._add_villages_of(district.code, district.span)
        regencies = [h for h in self.hits if h.level == 2 and h.exact]
        provinces = [h for h in self.hits if h.level == 1 and h.exact]
        if provinces and not regencies:
            self._add_villages_of(provinces[0].code, provinces[0].span)
        for twin in [h for h in self._supports if h.loose and h.level == 2][:2]:
            self._add_villages_of(twin.code, twin.span)
        if not self.hits and not self._supports:
            self._add_lone_villages()

    def _add_like_regencies(self) -> None:
        """What the text calls a kabupaten, however it is written: "kab laat", "kab semaang"."""
        exact = {hit.span for hit in self.hits if hit.exact and hit.level == 2}
        known = {hit.code for hit in self.hits if hit.level == 2}
        spans = [s for s in self._spans if s.mark in (KABUPATEN, KOTA) and s not in exact]
        added = []
        for span in spans[:_MAX_COUNTRYWIDE]:
            for code in self._atlas.below("", 2):
                like = likeness(span.key, self._atlas.keys[code])
                if like and code not in known and code not in added:
                    self._add(code, span, like)
                    added.append(code)
        self._add_misspelt_inside(added[:_MAX_AREAS])

    def _add_under_another_level(self) -> None:
        """ "Ds. Pakisjaya, Karawang": the name of a kecamatan behind the wrong level word."""
        regencies = {h.code for h in self.hits if h.level == 2}
        for span in self._spans:
            if span.mark in (VILLAGE, DISTRICT) and not span.starts_with_mark:
                for code in self._atlas.codes_named(span.key):
                    level = code.count(".") + 1
                    if level >= 3 and not fits(level, span.mark) and code[:5] in regencies:
                        self._add(code, span, _OTHER_KIND)

    def _add_lone_villages(self) -> None:
        """A misspelt village with nothing else around it: only to be asked about."""
        for span in self._spans:
            if span.mark == VILLAGE and not span.starts_with_mark:
                self._add_close(span, self._atlas.village_names)

    def _add_villages_of(self, area: str, taken: Span) -> None:
        pool = self._atlas.pool(area, 4)
        for span in self._open_spans(4, f"{area}.")[:_MAX_COUNTRYWIDE]:
            if not span.overlaps(taken):
                self._add_close(span, pool, spread=1)

    def _far_spans(self) -> list[Span]:
        """The words that may be a misspelt kecamatan, those that are called one first."""
        provinces = [h.span for h in self.hits if h.level == 1 and h.exact]
        spans = [
            span
            for span in self._spans
            if not span.starts_with_mark
            and span.mark in ("", DISTRICT)
            and not any(span.overlaps(p) for p in provinces)
        ]
        spans.sort(key=lambda span: (span.mark != DISTRICT, span.end - span.start))
        return spans[:_MAX_COUNTRYWIDE]

    def readings(self) -> list[Reading]:
        """Every place the text may mean, best first."""
        parts = Parts(self._words, self._spans, tuple(self.hits), tuple(self._supports))
        return Combiner(self._atlas, parts, self._within, self._far).readings()
