"""Which place a text means: one place, a question with choices, or nothing.

The outcome is open on purpose. A village name alone is asked back, a village that the list does
not know becomes its kecamatan, and names that contradict each other are put to the person.
"""

from collections.abc import Iterable
from threading import Lock

from bot.atlas import Atlas, is_inside, province_code, regency_code
from bot.place_away import Away, WaysOut
from bot.place_judgement import (
    SURE_QUALITY,
    confidence,
    contradicting,
    elsewhere,
    goes_on,
    is_chance,
    is_weak,
    parents,
    rivals,
    runs_into_larger,
    unread,
)
from bot.place_match import Finder
from bot.place_reading import Hit, Reading
from bot.place_talk import home_part, typed_code, without_goods
from bot.place_words import (
    DISTRICT,
    HAMLET,
    Word,
    key_of,
    read_words,
    without,
)
from flows.ports import Place, PlaceAnswer

_NOTHING = PlaceAnswer(place=None, confidence=0.0)
_MAX_CHOICES = 5
_MIN_CONFIDENCE = 0.5


class PlaceData:
    """The list of places and the ways out of the country, loaded at the first question."""

    def __init__(self) -> None:
        self._atlas: Atlas | None = None
        self._ways_out: WaysOut | None = None
        self._lock = Lock()

    @property
    def atlas(self) -> Atlas:
        with self._lock:
            if self._atlas is None:
                self._atlas = Atlas()
            return self._atlas

    @property
    def ways_out(self) -> WaysOut:
        atlas = self.atlas
        with self._lock:
            if self._ways_out is None:
                self._ways_out = WaysOut(atlas)
            return self._ways_out


_SHARED = PlaceData()
"""The files never change while a process runs: every gazetteer of it reads the same list."""


class Gazetteer:
    """Places from free text. The list is loaded at the first question, once for the process."""

    def __init__(self, data: PlaceData = _SHARED) -> None:
        self._data = data

    @property
    def _atlas(self) -> Atlas:
        return self._data.atlas

    def warm_up(self) -> None:
        """Load now, so that the first villager does not wait for it."""
        for level in (2, 3):
            self._atlas.pool("", level)
        _ = self._atlas.village_names, self._ways_out

    def place(self, code: str) -> Place | None:
        """The place of a Kemendagri code or a country code, with its readable name."""
        return self._atlas.place(code)

    @property
    def _ways_out(self) -> WaysOut:
        return self._data.ways_out

    def children(self, code: str) -> tuple[Place, ...]:
        """The places directly below: the villages of a district, the districts of a regency."""
        level = code.count(".") + 2 if code else 1
        return self._places(self._atlas.below(code, level) if level <= 4 else ())

    def find(self, text: str, *, within: tuple[str, ...] = ()) -> PlaceAnswer:
        """What a text means as a place; `within` are the regency codes of the asking office.

        Being inside `within` orders the choices and supports a reading, yet never turns a name
        that fits several places into an answer.
        """
        if code := typed_code(text, self._atlas):
            return PlaceAnswer(self._atlas.place(code), 0.95)
        answer = self._find_words(text, within)
        home = "" if answer.ask else home_part(text)
        return self._with_home(answer, self._find_words(home, within)) if home else answer

    @staticmethod
    def _with_home(answer: PlaceAnswer, home: PlaceAnswer) -> PlaceAnswer:
        """ "Di Bali tapi asal Lombok Timur": the home is asked about, never passed over."""
        homes = (home.place,) if home.place else home.ask
        if answer.place is None:
            return home
        if not homes or any(is_inside(answer.place.code, h.code) for h in homes):
            return answer
        if home.place and is_inside(home.place.code, answer.place.code):
            return home
        return PlaceAnswer(None, 0.4, (*homes[: _MAX_CHOICES - 1], answer.place))

    def _find_words(self, text: str, within: tuple[str, ...]) -> PlaceAnswer:
        words = without_goods(read_words(text, self._atlas.largest_level_named), self._atlas)
        port = self._ways_out.port(words)
        if port is None:
            return self._find_without_port(words, within)
        rest = without(words, port.positions)
        at_home = self._find_without_port(rest, within) if rest else _NOTHING
        return _home_or_port(at_home, port)

    def _find_without_port(self, words: tuple[Word, ...], within: tuple[str, ...]) -> PlaceAnswer:
        finder = Finder(self._atlas, words, within)
        readings = finder.readings()
        if is_weak(readings, words):
            finder.look_further()
            readings = finder.readings()
        at_home = self._decide(readings, words, within)
        abroad = self._ways_out.country(words)
        if abroad is None:
            return at_home
        return self._home_or_abroad(at_home, readings, words, abroad, within)

    def _home_or_abroad(
        self,
        at_home: PlaceAnswer,
        readings: list[Reading],
        words: tuple[Word, ...],
        abroad: Away,
        within: tuple[str, ...],
    ) -> PlaceAnswer:
        """A village together with a country is the village; "Jepang" alone is not Desa Jepang."""
        positions = abroad.positions
        best = readings[0] if readings else None
        outside = [
            h
            for h in (best.used.values() if best else ())
            if not positions & set(range(h.span.start, h.span.end))
        ]
        if at_home.place and outside:
            return at_home
        if at_home.ask and outside and best and (best.hit.marked or not best.alone):
            return at_home
        if _speaks_of_home(words, positions):
            return PlaceAnswer(None, 0.4, (*at_home.ask[: _MAX_CHOICES - 1], abroad.place))
        own = [r.code for r in readings if regency_code(r.code) in within and r.hit.exact]
        if own and not outside:
            choices = self._places(list(dict.fromkeys(own))[: _MAX_CHOICES - 1])
            return PlaceAnswer(None, 0.4, (*choices, abroad.place))
        return abroad.answer

    def _decide(
        self, readings: list[Reading], words: tuple[Word, ...], within: tuple[str, ...]
    ) -> PlaceAnswer:
        close = rivals(readings)
        if not close or is_chance(close[0], words, within):
            return _NOTHING
        close = _regencies_first(close, readings)
        best = close[0]
        trust = confidence(best, words, within)
        if against := contradicting(best, readings):
            return self._ask([best, *against], within)
        if against := elsewhere(best, readings, words):
            return self._ask([*(close if best.hit.level == 2 else [best]), *against], within)
        if tops := self._larger_behind(best, words):
            around = self._ask(parents(best, readings), within).ask
            choices = (self._atlas.place(best.code), *around, *self._places(tops))
            return PlaceAnswer(None, 0.4, tuple(c for c in choices if c)[:_MAX_CHOICES])
        if regencies := self._also_regency(best):
            villages = self._ask(close, within).ask
            return PlaceAnswer(None, 0.4, (*self._places(regencies), *villages)[:_MAX_CHOICES])
        unsure = best.hit.level == 2 or best.hit.quality < SURE_QUALITY
        codes = self._longer(best.used.get(2), words) if unsure else []
        if codes := codes or self._said_twice(best, words):
            return PlaceAnswer(None, 0.4, self._places(codes))
        if best.hit.level == 2 and (kin := self._in_twin(best, readings)):
            return self._ask([best, *kin], within)
        if all(r.hit.level == 4 and r.hit.quality < SURE_QUALITY for r in close):
            return self._larger(close, words, within)
        if best.hit.level == 4 and unread(words, best, DISTRICT):
            return self._ask([*close, *parents(best, readings)], within)
        if len(close) > 1 or trust < _MIN_CONFIDENCE:
            return self._ask(close, within)
        return PlaceAnswer(self._atlas.place(best.code), round(trust, 2))

    def _also_regency(self, best: Reading) -> list[str]:
        """ "Desa Ponorogo", and nothing else: a village in Ponorogo is more likely meant."""
        if best.hit.level < 4 or not best.alone:
            return []
        return [c for c in self._atlas.codes_named(best.hit.span.key) if len(c) == 5]

    def _larger_behind(self, best: Reading, words: tuple[Word, ...]) -> list[str]:
        """Provinces and regencies elsewhere that the small name behind its parents may be."""
        if not runs_into_larger(best, words):
            return []
        named = self._atlas.codes_named(best.hit.span.key)
        return [c for c in named if len(c) <= 5 and not is_inside(best.code, c)]

    def _longer(self, regency: Hit | None, words: tuple[Word, ...]) -> list[str]:
        """ "Kabupaten Buton teng": a regency and those whose longer name it may begin."""
        if regency is None or not goes_on(words, regency):
            return []
        longer = self._atlas.longer_names(regency.code)
        return [regency.code, *longer][:_MAX_CHOICES] if longer else []

    def _said_twice(self, best: Reading, words: tuple[Word, ...]) -> list[str]:
        """ "Kec Batang Batang" is a kecamatan of Madura, or Kecamatan Batang in Batang."""
        span = best.hit.span
        texts = {word.text for word in words[span.start : span.end]}
        if len(texts) > 1 or span.end - span.start != 2 or 2 in best.used:
            return []
        named = self._atlas.codes_named(key_of(texts))
        return [best.code, *(c for c in named if len(c) == 8)][:_MAX_CHOICES]

    def _in_twin(self, best: Reading, readings: list[Reading]) -> list[Reading]:
        """ "Tanjung Paku, kab Solok": the village stands in the kota of that name."""
        name = self._atlas.keys[best.code]
        return [
            r
            for r in readings
            if r.hit.level >= 3
            and r.hit.quality >= SURE_QUALITY
            and not r.hit.span.overlaps(best.hit.span)
            and regency_code(r.code) != best.code
            and self._atlas.keys[regency_code(r.code)] == name
        ]

    def _larger(
        self, close: list[Reading], words: tuple[Word, ...], within: tuple[str, ...]
    ) -> PlaceAnswer:
        """No village is written well enough to be taken: what is certain is around it."""
        if codes := self._district_elsewhere(close):
            return PlaceAnswer(None, 0.4, self._places(codes))
        around = set()
        for reading in close:
            sure = [h for n, h in reading.used.items() if n < 4 and h.quality >= SURE_QUALITY]
            around.add(max(sure, key=lambda h: h.level).code if sure else "")
        if len(around) > 1 or "" in around:
            return self._ask(close, within)
        code = around.pop()
        hits = [h for r in close for h in r.used.values() if h.code == code]
        if others := self._longer(hits[0], words):
            return PlaceAnswer(None, 0.4, self._places(others))
        return PlaceAnswer(self._atlas.place(code), 0.7)

    def _district_elsewhere(self, close: list[Reading]) -> list[str]:
        """ "Jenangan Madiun" is no misspelt village of Madiun: Jenangan is a kecamatan elsewhere."""
        best = close[0]
        if best.hit.marked or 2 not in best.used or 3 in best.used:
            return []
        named = [c for c in self._atlas.codes_named(best.hit.span.key) if len(c) == 8]
        regency = best.used[2].code
        twins = [c for c in self._atlas.codes_named(self._atlas.keys[regency]) if len(c) == 5]
        marked = [c for c in twins if c == regency or not best.used[2].marked]
        return [*marked, *named][:_MAX_CHOICES] if named else []

    def _ask(self, close: list[Reading], within: tuple[str, ...]) -> PlaceAnswer:
        """The choices: the office's own first, then its provinces, then the rest."""
        provinces = {province_code(code) for code in within}

        def order(reading: Reading) -> tuple[bool, bool, float, str]:
            code = reading.code
            own = regency_code(code) in within
            return (not own, province_code(code) not in provinces, -reading.score, code)

        codes = list(dict.fromkeys(r.code for r in sorted(close, key=order)))
        return PlaceAnswer(None, 0.4, self._places(_fewer(codes)[:_MAX_CHOICES]))

    def _places(self, codes: Iterable[str]) -> tuple[Place, ...]:
        found = (self._atlas.place(code) for code in codes)
        return tuple(place for place in found if place)


def _regencies_first(close: list[Reading], readings: list[Reading]) -> list[Reading]:
    """ "Ponorogo, Jawa Timur" is the regency, not the kecamatan of that name in it."""
    best = close[0]
    if best.hit.level < 3 or best.hit.marked or best.used.keys() != {1, best.hit.level}:
        return close
    same = (r for r in readings if r.hit.level == 2 and r.hit.span == best.hit.span)
    return [r for r in same if 1 in r.used and not r.ignores] or close


def _fewer(codes: list[str]) -> list[str]:
    """Too many villages of one name become the regencies that have them, if those are few."""
    if len(codes) <= _MAX_CHOICES:
        return codes
    first: dict[str, str] = {}
    for code in codes:
        first.setdefault(regency_code(code) or code, code)
    return list(first if len(first) <= _MAX_CHOICES else first.values())


def _speaks_of_home(words: tuple[Word, ...], abroad: frozenset[int]) -> bool:
    """Besides the country there are words that may be an address, however badly it is written."""
    return any(i not in abroad and word.mark != HAMLET for i, word in enumerate(words))


def _home_or_port(at_home: PlaceAnswer, port: Away) -> PlaceAnswer:
    """A home and a port elsewhere are both put to the person; a port at home is the port."""
    if at_home.place is None and not at_home.ask:
        return port.answer
    homes = (at_home.place,) if at_home.place else at_home.ask
    if any(is_inside(home.code, port.place.code) for home in homes):
        sure = at_home.place is not None and at_home.place.level in ("district", "village")
        return at_home if sure else port.answer
    homes = tuple(h for h in homes if not is_inside(port.place.code, h.code) and "." in h.code)
    if not homes:
        return port.answer
    return PlaceAnswer(None, 0.4, (*homes[: _MAX_CHOICES - 1], port.place))
