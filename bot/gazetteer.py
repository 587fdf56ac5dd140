"""Which place a text means: one place, a question with choices, or nothing.

The outcome is open on purpose. A village name alone is asked back, a village that the list does
not know becomes its kecamatan, and names that contradict each other are put to the person.
"""

from collections.abc import Iterable
from functools import cached_property
from threading import Lock

from bot.atlas import Atlas, is_inside, province_code, regency_code
from bot.place_away import Away, WaysOut, without
from bot.place_match import Finder
from bot.place_reading import BY_SHORT_NAME, Reading
from bot.place_words import (
    DISTRICT,
    EVERYDAY,
    HAMLET,
    KABUPATEN,
    KOTA,
    PROVINCE,
    VILLAGE,
    Word,
    read_words,
)
from flows.ports import Place, PlaceAnswer

_NOTHING = PlaceAnswer(place=None, confidence=0.0)
_MARGIN = 0.85
"""Readings closer in score than this are rivals: somebody has to choose."""
_MAX_CHOICES = 5
_SURE_QUALITY = 0.8
"""Below it a village is not taken as read; its kecamatan or regency is."""
_MIN_CONFIDENCE = 0.5
_SHORT_NAME = 5
_LONG_NAME = 7
_FEW_WORDS = 2


class Gazetteer:
    """Places from free text. The list is loaded at the first question, once, thread-safely."""

    def __init__(self) -> None:
        self._loaded: Atlas | None = None
        self._lock = Lock()

    @property
    def _atlas(self) -> Atlas:
        with self._lock:
            if self._loaded is None:
                self._loaded = Atlas()
            return self._loaded

    def warm_up(self) -> None:
        """Load now, so that the first villager does not wait for it."""
        for level in (2, 3):
            self._atlas.pool("", level)
        _ = self._atlas.village_names, self._ways_out

    def place(self, code: str) -> Place | None:
        """The place of a Kemendagri code or a country code, with its readable name."""
        return self._atlas.place(code)

    @cached_property
    def _ways_out(self) -> WaysOut:
        return WaysOut(self._atlas)

    def children(self, code: str) -> tuple[Place, ...]:
        """The places directly below: the villages of a district, the districts of a regency."""
        level = code.count(".") + 2 if code else 1
        return self._places(self._atlas.below(code, level) if level <= 4 else ())

    def find(self, text: str, *, within: tuple[str, ...] = ()) -> PlaceAnswer:
        """What a text means as a place; `within` are the regency codes of the asking office.

        Being inside `within` orders the choices and supports a reading, yet never turns a name
        that fits several places into an answer.
        """
        words = read_words(text, self._atlas.largest_level_named)
        port = self._ways_out.port(words)
        if port is None:
            return self._find_without_port(words, within)
        rest = without(words, port.positions)
        at_home = self._find_without_port(rest, within) if rest else _NOTHING
        return _home_or_port(at_home, port)

    def _find_without_port(self, words: tuple[Word, ...], within: tuple[str, ...]) -> PlaceAnswer:
        finder = Finder(self._atlas, words, within)
        readings = finder.readings()
        if _is_weak(readings, words):
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
        rivals = _rivals(readings)
        if not rivals or _is_chance(rivals[0], words, within):
            return _NOTHING
        best = rivals[0]
        confidence = _confidence(best, words, within)
        if against := _contradicting(best, readings):
            return self._ask([best, *against], within)
        if best.hit.level == 2 and _runs_on(words, best):
            codes = [best.code, *self._atlas.longer_names(best.code)]
            if len(codes) > 1:
                return PlaceAnswer(None, 0.4, self._places(codes[:_MAX_CHOICES]))
        if best.hit.level == 2 and (others := self._in_twin(best, readings)):
            return self._ask([best, *others], within)
        if all(r.hit.level == 4 and r.hit.quality < _SURE_QUALITY for r in rivals):
            return self._larger(rivals, within)
        if best.hit.level == 4 and _unread(words, best, DISTRICT):
            return self._ask([*rivals, *_parents(best, readings)], within)
        if len(rivals) > 1 or confidence < _MIN_CONFIDENCE:
            return self._ask(rivals, within)
        return PlaceAnswer(self._atlas.place(best.code), round(confidence, 2))

    def _in_twin(self, best: Reading, readings: list[Reading]) -> list[Reading]:
        """ "Tanjung Paku, kab Solok": the village stands in the kota of that name."""
        name = self._atlas.keys[best.code]
        return [
            r
            for r in readings
            if r.hit.level >= 3
            and r.hit.exact
            and not r.hit.span.overlaps(best.hit.span)
            and regency_code(r.code) != best.code
            and self._atlas.keys[regency_code(r.code)] == name
        ]

    def _larger(self, rivals: list[Reading], within: tuple[str, ...]) -> PlaceAnswer:
        """No village is written well enough to be taken: what is certain is around it."""
        around = set()
        for reading in rivals:
            sure = [h for n, h in reading.used.items() if n < 4 and h.quality >= _SURE_QUALITY]
            around.add(max(sure, key=lambda h: h.level).code if sure else "")
        if len(around) > 1 or "" in around:
            return self._ask(rivals, within)
        return PlaceAnswer(self._atlas.place(around.pop()), 0.7)

    def _ask(self, rivals: list[Reading], within: tuple[str, ...]) -> PlaceAnswer:
        """The choices: the office's own first, then its provinces, then the rest."""
        provinces = {province_code(code) for code in within}

        def order(reading: Reading) -> tuple[bool, bool, float, str]:
            code = reading.code
            own = regency_code(code) in within
            return (not own, province_code(code) not in provinces, -reading.score, code)

        codes = list(dict.fromkeys(r.code for r in sorted(rivals, key=order)))
        return PlaceAnswer(None, 0.4, self._places(_fewer(codes)[:_MAX_CHOICES]))

    def _places(self, codes: Iterable[str]) -> tuple[Place, ...]:
        found = (self._atlas.place(code) for code in codes)
        return tuple(place for place in found if place)


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


def _is_weak(readings: list[Reading], words: tuple[Word, ...]) -> bool:
    """Something in the text is not understood, and it may change the answer."""
    if not readings:
        return any(len(word.text) > 3 for word in words)
    best = readings[0]
    if best.unexplained == 0 and best.quality >= _SURE_QUALITY:
        return False
    return (
        best.alone
        or best.quality < _SURE_QUALITY
        or len(_rivals(readings)) > 1
        or any(_unread(words, best, mark) for mark in (VILLAGE, DISTRICT, KABUPATEN, KOTA))
    )


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


def _rivals(readings: list[Reading]) -> list[Reading]:
    """The best reading and those nearly as good, each place once.

    One name that fits a kecamatan and a village in it means the kecamatan until somebody says
    more; a regency that a longer reading uses is no rival of that reading.
    """
    close: dict[str, Reading] = {}
    for reading in readings:
        if reading.score >= readings[0].score - _MARGIN:
            close.setdefault(reading.code, reading)
    kept = []
    for reading in close.values():
        others = [o for o in close.values() if o is not reading]
        same_words = any(
            o.hit.level < reading.hit.level
            and o.hit.span == reading.hit.span
            and (
                is_inside(reading.code, o.code)
                or _same_regency(o, reading)
                or (o.hit.level == 1 and reading.alone and not reading.hit.marked)
            )
            for o in others
        )
        used_by_longer = any(
            is_inside(o.code, reading.code)
            and (len(o.used) > len(reading.used) or reading.hit.span.is_part_of(o.hit.span))
            for o in others
        )
        if not same_words and not used_by_longer:
            kept.append(reading)
    return kept


def _same_regency(larger: Reading, smaller: Reading) -> bool:
    """ "Susukan Banjarnegara": the kecamatan, though another kecamatan has a village Susukan."""
    named = {2} & larger.used.keys() & smaller.used.keys()
    return bool(named) and regency_code(larger.code) == regency_code(smaller.code)


def _is_chance(best: Reading, words: tuple[Word, ...], within: tuple[str, ...]) -> bool:
    """A single bare name among other words: many ordinary words are also somebody's village."""
    if not best.alone or best.hit.marked:
        return False
    if any(word.text in EVERYDAY for word in words[best.hit.span.start : best.hit.span.end]) and (
        best.hit.span.end - best.hit.span.start == 1
    ):
        return True
    if best.hit.level <= 2 and best.quality == 1:
        return False
    own = regency_code(best.code) in within
    length, small = len(best.hit.span.key), best.hit.level >= 3
    if small and best.quality < BY_SHORT_NAME and (best.quality < 0.8 or length < _LONG_NAME - own):
        return True
    vague = length < _SHORT_NAME or (best.quality < BY_SHORT_NAME and small and not own)
    return best.unexplained > _FEW_WORDS or (vague and best.unexplained > 0)


def _contradicting(best: Reading, readings: list[Reading]) -> list[Reading]:
    """What else the text says firmly: names left out, or a village with its kecamatan elsewhere."""
    ignored = {hit.code for hit in best.ignores}
    sure = [h.span for h in best.used.values() if h.quality >= _SURE_QUALITY]
    rivals = [r for r in readings if r.code in ignored]
    if best.hit.level == 2 and best.alone:
        rivals += [
            r
            for r in readings
            if r.hit.level == 3
            and r.hit.span.mark == DISTRICT
            and r.hit.exact
            and not is_inside(r.code, best.code)
            and not any(r.hit.span.overlaps(span) for span in sure)
        ]
    if best.alone or best.hit.quality < _SURE_QUALITY:
        rivals += [
            r
            for r in readings
            if not r.alone
            and r.quality >= BY_SHORT_NAME
            and not is_inside(r.code, best.code)
            and not any(h.span.overlaps(span) for h in r.used.values() for span in sure)
        ]
    return rivals


def _parents(best: Reading, readings: list[Reading]) -> list[Reading]:
    codes = {hit.code for level, hit in best.used.items() if level < 4}
    return [r for r in readings if r.code in codes]


def _unread(words: tuple[Word, ...], best: Reading, mark: str) -> bool:
    """The text marks a name with this level word, and the reading does not explain it."""
    starts = {hit.span.start for hit in best.used.values()}
    return any(word.mark == mark and i not in starts for i, word in enumerate(words))


def _runs_on(words: tuple[Word, ...], best: Reading) -> bool:
    """An unread word follows without a break: "Kec. Simpang tgia" is not Kecamatan Simpang."""
    after = best.hit.span.end
    if after >= len(words) or words[after].breaks or words[after].mark:
        return False
    return not any(h.span.start <= after < h.span.end for h in best.used.values())


def _confidence(best: Reading, words: tuple[Word, ...], within: tuple[str, ...]) -> float:
    """How far a single reading can be acted on; a low one is asked."""
    own = regency_code(best.code) in within
    unread = 0.9 if _unread(words, best, VILLAGE) or _unread(words, best, DISTRICT) else 1.0
    if best.used.keys() == {1, 4} and (best.unexplained or not best.hit.marked):
        return 0.4
    if best.hit.level >= 3 and 2 not in best.used and _runs_on(words, best):
        return 0.4
    if (
        best.unexplained
        and best.quality < _SURE_QUALITY
        and any(hit.loose for hit in best.used.values())
    ):
        return 0.4
    if not best.alone:
        start = 0.9 + 0.03 * len(best.used)
        return round(start * best.quality**0.5 * unread, 2) if best.quality >= 0.7 else 0.4
    exact, level = best.quality >= 0.9, best.hit.level
    if level == 4 and any(_unread(words, best, m) for m in (DISTRICT, KABUPATEN, KOTA, PROVINCE)):
        return 0.4
    if level == 4 and best.unexplained:
        return 0.55 if own and exact else 0.4
    if level == 4 and not best.hit.marked and not own:
        return 0.4
    if level == 4:
        return 0.4 if not exact or (within and not own) else 0.7 if own else 0.6
    if level == 3 and len(best.hit.span.key) < _SHORT_NAME and best.unexplained:
        return 0.4
    if level == 3:
        return (0.75 if exact else 0.65 if own and best.hit.marked else 0.4) * unread
    if exact:
        if best.hit.marked or best.unexplained <= _FEW_WORDS:
            return 0.85 * unread
        return 0.6 if best.hit.span.end == len(words) else 0.4
    readable = best.quality >= 0.85 and len(best.hit.span.key) >= _LONG_NAME
    return 0.7 * unread if readable or (best.hit.marked and best.quality >= _SURE_QUALITY) else 0.4
