"""Countries and the ports people leave through, read out of the words of a text.

Ports stand in `content/ports.csv` with the regency they lie in; many carry the name of a town, of
a street or of a man, and then only count behind "bandara", "pelabuhan" or "PLBN".
"""

import csv
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from rapidfuzz.distance import OSA
from rapidfuzz.process import extractOne

from bot.atlas import CONTENT, Atlas
from bot.place_reading import edits_allowed
from bot.place_words import HAMLET, KOTA, Word, key_of, words_of_name
from flows.ports import Place, PlaceAnswer

_LONG_NAME = 7
_PORT_WORDS = 5
_KIND_WORDS = frozenset(
    [
        "bandara",
        "bandar",
        "udara",
        "airport",
        "lapter",
        "pelabuhan",
        "plabuhan",
        "pelabuan",
        "dermaga",
        "pelni",
        "feri",
        "ferry",
        "fery",
        "plbn",
        "border",
        "perbatasan",
        "pos",
        "lintas",
        "batas",
        "internasional",
        "international",
        "laut",
        "terminal",
    ]
)
_SAYS_PORT = _KIND_WORDS - {
    "internasional",
    "international",
    "laut",
    "terminal",
    "pos",
    "batas",
    "bandar",
}
"""The kind words that alone say that a port is meant."""
_TITLES = {"bandara": "Bandara", "pelabuhan": "Pelabuhan", "pos lintas batas": "PLBN"}
_SHORTEST_ALONE = 5
_KNOWN_SHORT = ("yia", "cgk", "suta")
"""Short names that nothing else has; "suta" is "soetta" as names are compared."""


@dataclass(frozen=True, slots=True)
class Away:
    """A country or a port, and the positions of the words that name it."""

    positions: frozenset[int]
    answer: PlaceAnswer

    @property
    def place(self) -> Place:
        assert self.answer.place is not None
        return self.answer.place


class WaysOut:
    """The countries and the ports of the content files."""

    def __init__(self, atlas: Atlas, ports: Path = CONTENT / "ports.csv") -> None:
        self._atlas = atlas
        self._ports: dict[str, list[Place]] = {}
        self._alone: set[str] = set()
        with ports.open(encoding="utf-8", newline="") as file:
            for row in csv.DictReader(file):
                self._learn(row)

    def _learn(self, row: dict[str, str]) -> None:
        regency = self._atlas.place(row["regency_code"])
        if regency is None:
            raise ValueError(f"ports.csv: {row['name']} is in no regency {row['regency_code']!r}")
        title = f"{_TITLES[row['kind']]} {row['name']}, {regency.name}"
        place = replace(regency, name=title)
        for name in (row["name"], *row["other_names"].split("|")):
            key = key_of(words_of_name(name)) if name else ""
            if key and place not in self._ports.get(key, ()):
                self._ports.setdefault(key, []).append(place)
            distinct = key and self._atlas.largest_level(key) in (0, 4)
            if row["alone"] and distinct and (len(key) >= _SHORTEST_ALONE or key in _KNOWN_SHORT):
                self._alone.add(key)

    def port(self, words: Sequence[Word]) -> Away | None:
        """The first port, the longest name first; a misspelt one only where a port is spoken of."""
        for length in range(_PORT_WORDS, 0, -1):
            for start in range(len(words) - length + 1):
                run = words[start : start + length]
                if any(w.mark or w.breaks for w in run[1:]) or run[0].mark:
                    continue
                before = self._kind_before(words, start)
                kinds = {words[i].text for i in before}
                places = self._named(key_of(w.text for w in run), kinds, words[:start])
                if places:
                    positions = frozenset([*before, *range(start, start + length)])
                    place = _of_kind(places, kinds)
                    return Away(positions, PlaceAnswer(place, 0.85))
        return None

    @staticmethod
    def _kind_before(words: Sequence[Word], start: int) -> list[int]:
        """Where "pelabuhan internasional" stands before a name, with no break between."""
        positions: list[int] = []
        at = start
        while at > 0 and words[at - 1].text in _KIND_WORDS and not words[at].breaks:
            at -= 1
            positions.append(at)
        return positions

    def _named(self, key: str, kinds: set[str], before: Sequence[Word]) -> list[Place]:
        said = bool(kinds & _SAYS_PORT)
        if not said and (key not in self._alone or (before and before[-1].mark == HAMLET)):
            return []
        found = self._ports.get(key, [])
        if not found and said and not self._atlas.codes_named(key):
            allowed = edits_allowed(len(key))
            near = extractOne(
                key, self._ports.keys(), scorer=OSA.distance, score_cutoff=max(0, allowed)
            )
            found = self._ports[near[0]] if near and allowed else []
        return found

    def country(self, words: Sequence[Word]) -> Away | None:
        """The first country named without a level word, with the word positions that name it.

        Only "kota" opens names abroad: Kota Kinabalu.
        """
        for length in (3, 2, 1):
            for start in range(len(words) - length + 1):
                run = words[start : start + length]
                if any(w.mark or w.breaks for w in run[1:]):
                    continue
                if run[0].mark and run[0].mark_text != KOTA:
                    continue
                home = any(self._atlas.largest_level_named(w.text) in (1, 2) for w in run)
                name = run[0].mark_text + "".join(w.text for w in run)
                code, confidence = self._country_of(name, exactly=home)
                place = self._atlas.place(code) if code else None
                if place:
                    positions = frozenset(range(start, start + length))
                    return Away(positions, PlaceAnswer(place, confidence))
        return None

    def _country_of(self, name: str, *, exactly: bool) -> tuple[str, float]:
        """`exactly`: "Subang Jawa Barat" is no misspelt Subang Jaya."""
        spellings = self._atlas.country_spellings
        if name in spellings:
            return spellings[name], 0.9
        if not exactly and len(name) >= _LONG_NAME and not self._atlas.largest_level_named(name):
            close = extractOne(name, spellings.keys(), scorer=OSA.distance, score_cutoff=1)
            if close:
                return spellings[close[0]], 0.75
        return "", 0.0


def _of_kind(places: list[Place], kinds: set[str]) -> Place:
    """A name that several ports share ("Pelabuhan Surabaya", "Bandara Surabaya") by its kind."""
    if kinds & {"bandara", "udara", "airport", "lapter"}:
        wanted = "Bandara"
    else:
        wanted = "PLBN" if kinds & {"plbn", "border", "perbatasan", "lintas"} else "Pelabuhan"
    return next((place for place in places if place.name.startswith(wanted)), places[0])
