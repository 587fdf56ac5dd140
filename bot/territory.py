"""Which immigration office answers for a place on a day, by the dated rows of `offices.csv`.

Areas move: eighteen offices opened in January 2026 alone. A row holds from a day to a day, only
rows that are "sure" decide by themselves, and whatever is shared or doubtful comes out as
"unclear" with its candidates, never silently as the nearest office. `Gazetteer`, which turns
words into the place codes used here, is offered from this file too.
"""

import csv
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Literal, cast

from bot.atlas import (
    CONTENT,
    district_code,
    is_inside,
    level_of,
    parent_code,
    province_code,
    regency_code,
)
from bot.gazetteer import Gazetteer

__all__ = [
    "Gazetteer",
    "OfficeArea",
    "OfficeListError",
    "Offices",
    "Responsibility",
    "district_code",
    "is_inside",
    "level_of",
    "parent_code",
    "province_code",
    "regency_code",
    "zone_of",
]

Confidence = Literal["sure", "likely", "unsure"]
Scope = Literal["whole", "only", "except", "part"]
_CONFIDENCES = ("sure", "likely", "unsure")
_SCOPES = ("whole", "only", "except", "part")
_REGENCY = re.compile(r"\d\d\.\d\d")
_DISTRICT = re.compile(r"\d\d\.\d\d\.\d\d")
_PERIOD = re.compile(r"(\d{4})(?:-(\d\d)(?:-(\d\d))?)?")


@dataclass(frozen=True, slots=True)
class OfficeArea:
    """One row of `offices.csv`: an office, one regency of its area, and how well that is known."""

    office_name: str
    office_class: str
    city: str
    province: str
    regency_name: str
    regency_code: str
    address: str
    source_url: str
    source_date: str
    confidence: Confidence
    scope: Scope
    """"whole"; "only" or "except" the listed districts; "part" when no list was found."""
    districts: frozenset[str]
    valid_from: date
    valid_to: date
    """The first day on which the row no longer holds."""
    note: str

    def holds_on(self, on: date) -> bool:
        return self.valid_from <= on < self.valid_to

    def names_district(self, district: str) -> bool:
        """The row itself decides about this kecamatan, for or against."""
        return bool(district) and self.scope in ("only", "except")

    def covers(self, district: str) -> bool:
        """Whether the kecamatan belongs to this office, by a row that lists kecamatan."""
        return (district in self.districts) == (self.scope == "only")


@dataclass(frozen=True, slots=True)
class Responsibility:
    """The office for a place on a day, or openly that it is not settled or not known."""

    status: Literal["sure", "unclear", "unknown"]
    office: str | None
    candidates: tuple[str, ...]
    """The offices that come into question; the one office when it is sure."""
    province: str
    """The province as the list writes it, for the Kanwil inbox; "" when no row names the place."""
    needs_district: bool = False
    """Asking for the kecamatan would settle it."""
    source: str = ""
    source_date: str = ""
    """Of the row that decided."""


_WITA = {"51", "52", "53", "63", "64", "65", "71", "72", "73", "74", "75", "76"}
_WIT = {"81", "82", "91", "92", "93", "94", "95", "96"}


def zone_of(place_code: str) -> str:
    """The time zone of a place, by its province; WIB for one that is not known."""
    province = province_code(place_code)
    if province in _WIT:
        return "Asia/Jayapura"
    return "Asia/Makassar" if province in _WITA else "Asia/Jakarta"


def _period(text: str, *, last: bool) -> date:
    """A year or a month covers all of its days, so that an inexact change of office overlaps."""
    found = _PERIOD.fullmatch(text)
    if not found:
        raise ValueError(f"{text!r} is not a date (YYYY, YYYY-MM or YYYY-MM-DD)")
    year, month, day = (int(part) if part else 0 for part in found.groups())
    if day or not last:
        return date(year, month or 1, day or 1)
    return date(year, month + 1, 1) if 0 < month < 12 else date(year + 1, 1, 1)


def _scope(text: str, regency: str) -> tuple[Scope, frozenset[str]]:
    """The scope and its kecamatan, which only "only" and "except" have and must have."""
    kind, *codes = text.split() or [""]
    if kind not in _SCOPES or bool(codes) != (kind in ("only", "except")):
        raise ValueError(f"scope {text!r} is not whole, part, or only/except with district codes")
    for code in codes:
        if not _DISTRICT.fullmatch(code) or not is_inside(code, regency):
            raise ValueError(f"scope names {code!r}, which is no district of {regency}")
    return cast(Scope, kind), frozenset(codes)


class OfficeListError(ValueError):
    """A row of the office list that cannot be used: file, row and problem in one line."""


def _area(row: Mapping[str, str | None]) -> OfficeArea:
    """One checked row. Raises ValueError with the problem alone."""
    cells = {column: (value or "").strip() for column, value in row.items() if column}
    for column in ("office_name", "province", "regency_name", "source_url", "source_date"):
        if not cells.get(column):
            raise ValueError(f"{column} is empty")
    regency = cells.get("regency_code", "")
    if not _REGENCY.fullmatch(regency):
        raise ValueError(f"regency_code {regency!r} is not like 35.02")
    if cells.get("confidence") not in _CONFIDENCES:
        raise ValueError(f"confidence {cells.get('confidence')!r} is not sure, likely or unsure")
    scope, districts = _scope(cells.get("scope", ""), regency)
    begins, ends = cells.get("valid_from"), cells.get("valid_to")
    valid_from = _period(begins, last=False) if begins else date.min
    valid_to = _period(ends, last=True) if ends else date.max
    if valid_to <= valid_from:
        raise ValueError(f"valid_to {ends} is not after valid_from {begins}")
    return OfficeArea(
        office_name=cells["office_name"],
        office_class=cells.get("class", ""),
        city=cells.get("city", ""),
        province=cells["province"],
        regency_name=cells["regency_name"],
        regency_code=regency,
        address=cells.get("address", ""),
        source_url=cells["source_url"],
        source_date=cells["source_date"],
        confidence=cast(Confidence, cells["confidence"]),
        scope=scope,
        districts=districts,
        valid_from=valid_from,
        valid_to=valid_to,
        note=cells.get("note", ""),
    )


def _read_areas(path: Path) -> tuple[OfficeArea, ...]:
    areas: list[OfficeArea] = []
    with path.open(encoding="utf-8", newline="") as file:
        for number, row in enumerate(csv.DictReader(file), start=2):
            try:
                area = _area(row)
                if any(_is_same(area, other) for other in areas):
                    raise ValueError(f"{area.office_name} has {area.regency_code} twice")
            except ValueError as problem:
                raise OfficeListError(f"{path.name} row {number}: {problem}") from None
            areas.append(area)
    if not areas:
        raise OfficeListError(f"{path.name}: no office in the list")
    return tuple(areas)


def _is_same(one: OfficeArea, other: OfficeArea) -> bool:
    return (one.office_name, one.regency_code, one.valid_from) == (
        other.office_name,
        other.regency_code,
        other.valid_from,
    )


class Offices:
    """The office list of one file; see `responsible` for the rule."""

    def __init__(self, path: Path = CONTENT / "offices.csv") -> None:
        self.areas = _read_areas(path)
        self._by_regency: dict[str, list[OfficeArea]] = {}
        for area in self.areas:
            self._by_regency.setdefault(area.regency_code, []).append(area)
        self._provinces = {province_code(a.regency_code): a.province for a in self.areas}

    def names(self, on: date) -> tuple[str, ...]:
        """Every office with an area on that day, in the list's order."""
        return tuple(dict.fromkeys(a.office_name for a in self.areas if a.holds_on(on)))

    def sure_areas(
        self, office_name: str, on: date, districts: Callable[[str], Iterable[str]]
    ) -> tuple[tuple[str, OfficeArea], ...]:
        """What is surely the office's that day: regencies, or the kecamatan of a split one.

        `districts` gives the codes of all kecamatan of a regency.
        """
        found: list[tuple[str, OfficeArea]] = []
        for area in self.areas:
            if area.office_name != office_name or not area.holds_on(on):
                continue
            if area.scope == "whole":
                codes: Iterable[str] = (area.regency_code,)
            else:  # "only" and "except" list kecamatan; of "part" none is known
                codes = districts(area.regency_code) if area.districts else ()
            wanted = (code for code in codes if self.responsible(code, on).office == office_name)
            found += [(code, area) for code in wanted]
        return tuple(found)

    def responsible(self, place_code: str, on: date) -> Responsibility:
        """The office for a place: a row that lists its kecamatan first, then the regency's row.

        "unclear" stands for a shared regency without a kecamatan list, for two rows that hold on
        the same day, and for rows that are not "sure"; "unknown" for a place in no row at all.
        """
        province = self._provinces.get(province_code(place_code), "")
        rows = self._by_regency.get(regency_code(place_code), ())
        valid = [area for area in rows if area.holds_on(on)]
        if not valid:
            return Responsibility("unknown", None, (), province)
        district = district_code(place_code)
        chosen = _override(valid, district) or [
            area for area in valid if not area.names_district(district) or area.covers(district)
        ]
        names = tuple(dict.fromkeys(area.office_name for area in chosen or valid))
        if len(chosen) == 1 and _decides(chosen[0], district):
            source, day = chosen[0].source_url, chosen[0].source_date
            return Responsibility("sure", names[0], names, province, source=source, source_date=day)
        listed = any(area.districts for area in valid)
        return Responsibility("unclear", None, names, province, listed and not district)


def _override(valid: list[OfficeArea], district: str) -> list[OfficeArea]:
    """The rows that claim this kecamatan by name."""
    return [area for area in valid if area.scope == "only" and district in area.districts]


def _decides(area: OfficeArea, district: str) -> bool:
    """Whether the only row left may be used without asking anybody."""
    return area.confidence == "sure" and (area.scope == "whole" or area.names_district(district))
