"""What the recruiter check knows by date: warning signs, closed destinations, who may send people.

`content/red_flags.yaml`, `destinations.yaml` and `ways.yaml`, read so that nothing doubtful gets
through: the loaders raise ContentError with one line that names file, row and field.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, Literal, TypeVar, cast

from flows.catalog import (
    CONTENT,
    FRESH_DAYS,
    ContentError,
    Source,
    lesson_hash,
    load_yaml,
    need,
    short_path,
    source_of,
)

Severity = Literal["info", "caution", "danger", "urgent"]
Status = Literal["closed", "restricted", "no_placement_cooperation", "uncertain"]

SEVERITIES: tuple[Severity, ...] = ("info", "caution", "danger", "urgent")
"""Mildest first, so that `SEVERITIES.index` compares."""
GROUPS = ("identity", "offer", "documents", "money", "movement")
STATUSES: tuple[Status, ...] = ("closed", "restricted", "no_placement_cooperation", "uncertain")
ELEMENTS = ("P", "C", "T")
"""Process, means (cara) and purpose (tujuan) of UU 21/2007 Pasal 1 angka 1."""
ILO = tuple(str(number) for number in range(1, 12))
"""The eleven indicators of forced labour of the International Labour Organization."""
MAX_NAME = 45
MAX_WHY = 140
MAX_ASK = 110
MAX_SAY = 200
WAYS = ("individuals", "permit", "branch", "gtog", "lpk_so", "lpk", "magang", "own_company",
        "perseorangan")  # fmt: skip
MAX_LINES = 6
"""Short lines of a verdict."""
MAX_WAY_LINE = 110

_FLAG = frozenset(
    ["id", "group", "severity", "ilo", "element", "name", "why", "ask", "source", "checked",
     "review_by", "reviewed"]
)  # fmt: skip
_DESTINATION = frozenset(
    ["code", "name", "what", "status", "since", "source", "checked", "review_by", "reviewed",
     "say"]
)  # fmt: skip
_WAY = frozenset(["id", "say", "source", "checked", "review_by", "reviewed"])
_OPTIONAL = frozenset(["source_url"])
_JUDGES = re.compile(
    r"\b(pasti|ilegal|aman|dijamin|terpercaya|penipu|bodong|sindikat|pelaku)\b", re.IGNORECASE
)
_SINCE = re.compile(r"\d{4}")
_ID = re.compile(r"[a-z][a-z0-9_]*")
_CODE = re.compile(r"[a-z]{2}")


@dataclass(frozen=True, slots=True)
class RedFlag:
    """One warning sign. It never proves anything about a person or a company."""

    id: str
    group: str
    severity: Severity
    ilo: tuple[int, ...]
    """For editors and lawyers, as `element` and `why` are: nobody is shown them."""
    element: tuple[str, ...]
    name: str
    """Stands before the sender's own words."""
    why: str
    ask: str
    """What to ask or do; empty where `urgent`, whose first answer is a telephone number."""
    source: Source
    reviewed: bool
    """A named person has stamped exactly this text."""

    def fresh(self, today: date) -> bool:
        return today <= self.source.review_by


@dataclass(frozen=True, slots=True)
class ClosedDestination:
    """A country for which we know a stop, a limit, or that we do not know. Others are not open."""

    code: str
    """As in countries.csv."""
    name: str
    what: str
    status: Status
    since: str
    """Year or day of the decision, or the day of the statement that was read."""
    say: str
    source: Source
    reviewed: bool

    def fresh(self, today: date) -> bool:
        return today <= self.source.review_by


@dataclass(frozen=True, slots=True)
class Way:
    """Who may send somebody abroad, or what must be there for it, in words for a villager."""

    id: str
    say: str
    source: Source
    reviewed: bool

    def fresh(self, today: date) -> bool:
        return today <= self.source.review_by


Row = TypeVar("Row", RedFlag, ClosedDestination, Way)


def load_red_flags(folder: Path = CONTENT) -> tuple[RedFlag, ...]:
    path = folder / "red_flags.yaml"
    return read_red_flags(load_yaml(path), short_path(path))


def load_destinations(folder: Path = CONTENT) -> tuple[ClosedDestination, ...]:
    path = folder / "destinations.yaml"
    return read_destinations(load_yaml(path), short_path(path))


def load_ways(folder: Path = CONTENT) -> tuple[Way, ...]:
    """Exactly the rows of `WAYS`: the conversation has a node for each."""
    path = folder / "ways.yaml"
    return read_ways(load_yaml(path), short_path(path))


Loader = Callable[[Path], tuple[RedFlag | ClosedDestination | Way, ...]]
LOADERS: Mapping[str, Loader] = {
    "red_flags.yaml": load_red_flags,
    "destinations.yaml": load_destinations,
    "ways.yaml": load_ways,
}
"""File in content/ → what reads its rows."""


def read_ways(listed: Any, file: str) -> tuple[Way, ...]:
    ways = _rows(listed, file, "id", _way)
    if other := {way.id for way in ways}.symmetric_difference(WAYS):
        raise ContentError(f"{file}: {min(other)}: missing, or no conversation leads there")
    return ways


def read_red_flags(listed: Any, file: str) -> tuple[RedFlag, ...]:
    """The flags of a list of mappings, in its order; `file` is for the error."""
    return _rows(listed, file, "id", _flag)


def read_destinations(listed: Any, file: str) -> tuple[ClosedDestination, ...]:
    return _rows(listed, file, "code", _destination)


def _rows(
    listed: Any, file: str, key: str, read: Callable[[Mapping[str, Any], str], Row]
) -> tuple[Row, ...]:
    """Each mapping read; no two have one key."""
    if not isinstance(listed, list) or not listed:
        raise ContentError(f"{file}: must be a list of rows with their fields")
    rows: dict[str, Row] = {}
    for number, raw in enumerate(listed, 1):
        if not isinstance(raw, dict):
            raise ContentError(f"{file}: row {number}: must have fields")
        name = need(raw, key, f"{file}: row {number}")
        if name in rows:
            raise ContentError(f"{file}: {name}: `{key}` is there twice")
        rows[name] = read(raw, f"{file}: {name}")
    return tuple(rows.values())


def _flag(raw: Mapping[str, Any], where: str) -> RedFlag:
    _fields(raw, where, _FLAG)
    _form(raw, "id", where, _ID, "small letters, digits and _")
    severity = cast(Severity, _one_of(raw, "severity", where, SEVERITIES))
    name = _words(raw, "name", where, MAX_NAME)
    if not name[0].islower():
        raise ContentError(f"{where}: `name` must begin with a small letter")
    return RedFlag(
        id=need(raw, "id", where),
        group=_one_of(raw, "group", where, GROUPS),
        severity=severity,
        ilo=tuple(int(number) for number in _some_of(raw, "ilo", where, ILO)),
        element=_some_of(raw, "element", where, ELEMENTS),
        name=name,
        why=_words(raw, "why", where, MAX_WHY),
        ask=_ask(raw, where, urgent=severity == "urgent"),
        source=_source(raw, where),
        reviewed=_reviewed(raw, where),
    )


def _destination(raw: Mapping[str, Any], where: str) -> ClosedDestination:
    _fields(raw, where, _DESTINATION)
    _form(raw, "code", where, _CODE, "two small letters, as in countries.csv")
    return ClosedDestination(
        code=need(raw, "code", where),
        name=_words(raw, "name", where, MAX_NAME),
        what=_words(raw, "what", where, MAX_WHY),
        status=cast(Status, _one_of(raw, "status", where, STATUSES)),
        since=_since(raw, where),
        say=_words(raw, "say", where, MAX_SAY),
        source=_source(raw, where),
        reviewed=_reviewed(raw, where),
    )


def _way(raw: Mapping[str, Any], where: str) -> Way:
    _fields(raw, where, _WAY)
    _form(raw, "id", where, _ID, "small letters, digits and _")
    lines = need(raw, "say", where).splitlines()
    if len(lines) > MAX_LINES:
        raise ContentError(f"{where}: `say` has {len(lines)} lines, at most {MAX_LINES}")
    for line in lines:
        _words({"say": line}, "say", where, MAX_WAY_LINE)
    return Way(need(raw, "id", where), "\n".join(lines), _source(raw, where), _reviewed(raw, where))


# ---- single fields


def _fields(raw: Mapping[str, Any], where: str, known: frozenset[str]) -> None:
    """Exactly the known fields: an empty one is written as such, so that nothing is forgotten."""
    for name in sorted(raw.keys() - known - _OPTIONAL):
        raise ContentError(f"{where}: `{name}` is no field here")
    for name in sorted(known - raw.keys()):
        raise ContentError(f"{where}: `{name}` is missing")


def _form(raw: Mapping[str, Any], name: str, where: str, form: re.Pattern[str], right: str) -> None:
    if not form.fullmatch(need(raw, name, where)):
        raise ContentError(f"{where}: `{name}` must be {right}")


def _one_of(raw: Mapping[str, Any], name: str, where: str, known: tuple[str, ...]) -> str:
    value = need(raw, name, where)
    if value not in known:
        raise ContentError(f"{where}: `{name}` is “{value}”, not one of {', '.join(known)}")
    return value


def _some_of(
    raw: Mapping[str, Any], name: str, where: str, known: tuple[str, ...]
) -> tuple[str, ...]:
    values = raw[name]
    if not isinstance(values, list):
        raise ContentError(f"{where}: `{name}` must be a list such as [{', '.join(known[:2])}]")
    for value in values:
        if value not in known:
            raise ContentError(f"{where}: `{name}` has “{value}”, not one of {', '.join(known)}")
    if len(set(values)) < len(values):
        raise ContentError(f"{where}: `{name}` has one value twice")
    return tuple(values)


def _words(raw: Mapping[str, Any], name: str, where: str, most: int) -> str:
    """One line for a villager: short, and without judgement or promise."""
    text = need(raw, name, where)
    if len(text) > most:
        raise ContentError(f"{where}: `{name}` has {len(text)} characters, at most {most}")
    if "\n" in text:
        raise ContentError(f"{where}: `{name}` must be one line")
    if re.search(r"[{}]", text):
        raise ContentError(f"{where}: `{name}` has a brace, and nobody fills slots here")
    if hit := _JUDGES.search(text):
        raise ContentError(f"{where}: `{name}` judges or promises: “{hit[0]}”")
    return text


def _ask(raw: Mapping[str, Any], where: str, *, urgent: bool) -> str:
    if not urgent:
        return _words(raw, "ask", where, MAX_ASK)
    if raw["ask"] != "":
        raise ContentError(f"{where}: `ask` must be empty: this flag is urgent")
    return ""


def _since(raw: Mapping[str, Any], where: str) -> str:
    value = need(raw, "since", where)
    try:
        if not _SINCE.fullmatch(value):
            date.fromisoformat(value)
    except ValueError:
        raise ContentError(f"{where}: `since` must be a year or a day such as 2025-04-10") from None
    return value


def _source(raw: Mapping[str, Any], where: str) -> Source:
    if not isinstance(raw.get("source_url", ""), str):
        raise ContentError(f"{where}: `source_url` must be an address")
    source = source_of(raw, where)
    if not source.checked < source.review_by:
        raise ContentError(f"{where}: `review_by` must be after `checked`")
    if (source.review_by - source.checked).days > FRESH_DAYS:
        raise ContentError(f"{where}: `review_by` is more than six months after `checked`")
    return source


def _reviewed(raw: Mapping[str, Any], where: str) -> bool:
    """As a lesson's: the stamp fits exactly one wording."""
    stamp = raw["reviewed"]
    if stamp in ("", "null"):
        return False
    if not isinstance(stamp, dict):
        raise ContentError(f"{where}: `reviewed` must be empty, or hold by, on and sha")
    return bool(stamp.get("by")) and stamp.get("sha") == lesson_hash(raw)
