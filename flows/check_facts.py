"""What the recruiter check knows by date: warning signs, closed destinations, who may send people.

`content/red_flags.yaml`, `destinations.yaml` and `ways.yaml`, read so that nothing doubtful gets
through: the loaders raise ContentError with one line that names file, row and field.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, Literal, cast

from flows.catalog import CONTENT, ContentError, Source, load_yaml, need, short_path
from flows.fact_fields import (
    COUNTRY,
    ID,
    ID_FORM,
    dated_source,
    exactly,
    formed,
    is_reviewed,
    one_of,
    plain_line,
    read_rows,
    some_of,
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
_SINCE = re.compile(r"\d{4}")


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


def read_ways(listed: Any, file: str) -> tuple[Way, ...]:
    ways = read_rows(listed, file, "id", _way)
    if other := {way.id for way in ways}.symmetric_difference(WAYS):
        raise ContentError(f"{file}: {min(other)}: missing, or no conversation leads there")
    return ways


def read_red_flags(listed: Any, file: str) -> tuple[RedFlag, ...]:
    """The flags of a list of mappings, in its order; `file` is for the error."""
    return read_rows(listed, file, "id", _flag)


def read_destinations(listed: Any, file: str) -> tuple[ClosedDestination, ...]:
    return read_rows(listed, file, "code", _destination)


def _flag(raw: Mapping[str, Any], where: str) -> RedFlag:
    exactly(raw, where, _FLAG)
    formed(raw, "id", where, ID, ID_FORM)
    severity = cast(Severity, one_of(raw, "severity", where, SEVERITIES))
    name = plain_line(raw, "name", where, MAX_NAME)
    if not name[0].islower():
        raise ContentError(f"{where}: `name` must begin with a small letter")
    return RedFlag(
        id=need(raw, "id", where),
        group=one_of(raw, "group", where, GROUPS),
        severity=severity,
        ilo=tuple(int(number) for number in some_of(raw, "ilo", where, ILO)),
        element=some_of(raw, "element", where, ELEMENTS),
        name=name,
        why=plain_line(raw, "why", where, MAX_WHY),
        ask=_ask(raw, where, urgent=severity == "urgent"),
        source=dated_source(raw, where),
        reviewed=is_reviewed(raw, where),
    )


def _destination(raw: Mapping[str, Any], where: str) -> ClosedDestination:
    exactly(raw, where, _DESTINATION)
    formed(raw, "code", where, COUNTRY, "two small letters, as in countries.csv")
    return ClosedDestination(
        code=need(raw, "code", where),
        name=plain_line(raw, "name", where, MAX_NAME),
        what=plain_line(raw, "what", where, MAX_WHY),
        status=cast(Status, one_of(raw, "status", where, STATUSES)),
        since=_since(raw, where),
        say=plain_line(raw, "say", where, MAX_SAY),
        source=dated_source(raw, where),
        reviewed=is_reviewed(raw, where),
    )


def _way(raw: Mapping[str, Any], where: str) -> Way:
    exactly(raw, where, _WAY)
    formed(raw, "id", where, ID, ID_FORM)
    lines = need(raw, "say", where).splitlines()
    if len(lines) > MAX_LINES:
        raise ContentError(f"{where}: `say` has {len(lines)} lines, at most {MAX_LINES}")
    for line in lines:
        plain_line({"say": line}, "say", where, MAX_WAY_LINE)
    return Way(
        need(raw, "id", where), "\n".join(lines), dated_source(raw, where), is_reviewed(raw, where)
    )


def _ask(raw: Mapping[str, Any], where: str, *, urgent: bool) -> str:
    if not urgent:
        return plain_line(raw, "ask", where, MAX_ASK)
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
