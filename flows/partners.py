"""Partners of the office and the legal grounds on which a case may go to them.

`content/partners.yaml` and `content/grounds.yaml`; the loaders raise ContentError with one line
that names file, row and field.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, Literal, TypeVar, cast

from flows.catalog import CONTENT, FRESH_DAYS, ContentError, Source, load_yaml, need, short_path
from flows.catalog import source_of as dated_source

Level = Literal["village", "district", "regency", "province", "country", "national"]

KINDS: dict[str, str] = {
    "polres": "Polres",
    "bp3mi": "BP3MI",
    "p4mi": "P4MI",
    "disnaker": "Disnaker",
    "disdukcapil": "Disdukcapil",
    "kemenag": "Kemenag",
    "kodim": "Kodim",
    "babinsa": "Babinsa",
    "bhabinkamtibmas": "Bhabinkamtibmas",
    "camat": "Camat",
    "kades": "Kepala desa/lurah",
    "lpsk": "LPSK",
    "kemlu": "Perwakilan RI",
    "pppa": "Layanan perempuan dan anak",
    "ngo": "Lembaga pendamping",
}
"""What a partner is, and how officers read it."""
LEVELS: tuple[Level, ...] = ("village", "district", "regency", "province", "country", "national")
CATEGORIES = ("tppo", "tppm", "other")
CONCERNS = (*CATEGORIES, "question")
"""What a partner is for: a tip's category, or a question of a villager."""
NO_PERSONAL_DATA = "tanpa_data_pribadi"
"""The ground of words that name nobody; the only one on which they may go out in chat."""
MAX_LABEL = 20
"""Of a button; see MAX_QUICK_REPLY in flows/lint.py."""

_PARTNER = frozenset(
    ["id", "kind", "name", "level", "areas", "concerns", "for_what", "hotline", "phone", "site",
     "source", "source_date", "checked", "review_by", "note"]
)  # fmt: skip
_GROUND = frozenset(
    ["id", "label", "partners", "categories", "basis", "data_basis", "needs_personal_data",
     "care", "source", "checked", "review_by"]
)  # fmt: skip
_ID = re.compile(r"[a-z][a-z0-9_]*")
_AREA = re.compile(r"\d\d(\.\d\d(\.\d\d(\.\d{4})?)?)?|[a-z]{2}")
_SITE = re.compile(r"[a-z0-9-]+(\.[a-z0-9-]+)+")
_PHONE = re.compile(r"\+?[\d][\d ()-]{2,24}")


@dataclass(frozen=True, slots=True)
class DirectoryEntry:
    """One row of the shipped directory."""

    id: str
    kind: str
    name: str
    level: Level
    areas: tuple[str, ...]
    """Place codes; empty = wherever there is a place of that level."""
    concerns: tuple[str, ...]
    for_what: str
    hotline: str
    """The id in hotlines.yaml whose number is this partner's, or ""."""
    phone: str
    site: str
    source: Source


@dataclass(frozen=True, slots=True)
class Ground:
    """A legal ground, as the officer chooses it and the letter names it."""

    id: str
    label: str
    partners: tuple[str, ...]
    categories: tuple[str, ...]
    basis: str
    """Why this partner: laws with their articles."""
    data_basis: str
    """Why personal data may be handed over (UU 27/2022)."""
    needs_personal_data: bool
    care: str
    source: Source


def load_directory(folder: Path = CONTENT) -> tuple[DirectoryEntry, ...]:
    return _load(folder / "partners.yaml", _entry)


def load_grounds(folder: Path = CONTENT) -> tuple[Ground, ...]:
    grounds = _load(folder / "grounds.yaml", _ground)
    where = short_path(folder / "grounds.yaml")
    free = [ground for ground in grounds if not ground.needs_personal_data]
    if [ground.id for ground in free] != [NO_PERSONAL_DATA]:
        raise ContentError(f"{where}: {NO_PERSONAL_DATA}: must be the one ground without data")
    return grounds


def grounds_for(grounds: tuple[Ground, ...], kind: str, category: str = "") -> tuple[Ground, ...]:
    """The grounds on which a partner of that kind may get a case of that category."""
    return tuple(
        ground
        for ground in grounds
        if kind in ground.partners and (not category or category in ground.categories)
    )


def fresh(source: Source, today: date) -> bool:
    return today <= source.review_by


# ---- rows

_Row = TypeVar("_Row", DirectoryEntry, Ground)


def _load(path: Path, read: Callable[[Mapping[str, Any], str], _Row]) -> tuple[_Row, ...]:
    listed = load_yaml(path)
    if not isinstance(listed, list) or not all(isinstance(raw, dict) for raw in listed):
        raise ContentError(f"{short_path(path)}: must be a list of rows with their fields")
    rows: list[_Row] = []
    for raw in listed:
        row = read(raw, f"{short_path(path)}: {raw.get('id', '?')}")
        if any(row.id == other.id for other in rows):
            raise ContentError(f"{short_path(path)}: {row.id}: is there twice")
        rows.append(row)
    if not rows:
        raise ContentError(f"{short_path(path)}: is empty")
    return tuple(rows)


def _entry(raw: Mapping[str, Any], where: str) -> DirectoryEntry:
    _fields(raw, where, _PARTNER)
    phone, site = raw["phone"].strip(), raw["site"].strip()
    if phone and not (_PHONE.fullmatch(phone) and raw["source_date"].strip()):
        raise ContentError(f"{where}: `phone` must be a number with a `source_date`")
    if site and not (_SITE.fullmatch(site) and raw["source_date"].strip()):
        raise ContentError(f"{where}: `site` must be a bare host with a `source_date`")
    level = cast(Level, _one_of(need(raw, "level", where), "level", where, LEVELS))
    areas = _many(raw, "areas", where, may_be_empty=True)
    for area in areas:
        if not _AREA.fullmatch(area) or area.isalpha() != (level == "country"):
            raise ContentError(f"{where}: `areas` has “{area}”, which is no place of a {level}")
    return DirectoryEntry(
        id=_id(raw, where),
        kind=_one_of(need(raw, "kind", where), "kind", where, tuple(KINDS)),
        name=need(raw, "name", where),
        level=level,
        areas=areas,
        concerns=_some_of(raw, "concerns", where, CONCERNS),
        for_what=need(raw, "for_what", where),
        hotline=raw["hotline"].strip(),
        phone=phone,
        site=site,
        source=_source(raw, where),
    )


def _ground(raw: Mapping[str, Any], where: str) -> Ground:
    _fields(raw, where, _GROUND)
    if len(label := need(raw, "label", where)) > MAX_LABEL:
        raise ContentError(f"{where}: `label` has {len(label)} characters, at most {MAX_LABEL}")
    answer = need(raw, "needs_personal_data", where)
    return Ground(
        id=_id(raw, where),
        label=label,
        partners=_some_of(raw, "partners", where, tuple(KINDS)),
        categories=_some_of(raw, "categories", where, CATEGORIES),
        basis=need(raw, "basis", where),
        data_basis=need(raw, "data_basis", where),
        needs_personal_data=_one_of(answer, "needs_personal_data", where, ("yes", "no")) == "yes",
        care=need(raw, "care", where),
        source=_source(raw, where),
    )


def _fields(raw: Mapping[str, Any], where: str, known: frozenset[str]) -> None:
    """Exactly the known fields: an empty one is written as such, so that nothing is forgotten."""
    for name in sorted(raw.keys() - known):
        raise ContentError(f"{where}: `{name}` is no field here")
    for name in sorted(known - raw.keys()):
        raise ContentError(f"{where}: `{name}` is missing")
    for name in ("phone", "site", "hotline", "source_date"):
        if name in known and not isinstance(raw[name], str):
            raise ContentError(f"{where}: `{name}` must be a text")


def _source(raw: Mapping[str, Any], where: str) -> Source:
    source = dated_source(raw, where)
    if not 0 < (source.review_by - source.checked).days <= FRESH_DAYS:
        raise ContentError(f"{where}: `review_by` must be at most six months after `checked`")
    return source


def _id(raw: Mapping[str, Any], where: str) -> str:
    if not _ID.fullmatch(value := need(raw, "id", where)):
        raise ContentError(f"{where}: `id` must be small letters, digits and _")
    return value


def _many(
    raw: Mapping[str, Any], name: str, where: str, *, may_be_empty: bool = False
) -> tuple[str, ...]:
    values = raw[name]
    if not isinstance(values, list) or not all(isinstance(value, str) for value in values):
        raise ContentError(f"{where}: `{name}` must be a list")
    if not values and not may_be_empty:
        raise ContentError(f"{where}: `{name}` is empty")
    return tuple(values)


def _some_of(
    raw: Mapping[str, Any], name: str, where: str, known: tuple[str, ...]
) -> tuple[str, ...]:
    values = _many(raw, name, where)
    return tuple(_one_of(value, name, where, known) for value in values)


def _one_of(value: str, name: str, where: str, known: tuple[str, ...]) -> str:
    if value not in known:
        raise ContentError(f"{where}: `{name}` has “{value}”, not one of {', '.join(known)}")
    return value
