"""How long each step of a tip may take, why it may pause, and when Ramadan is: dated content.

`content/deadlines.yaml` and `content/ramadan.yaml`. The loaders raise ContentError with one line
that names file, field and problem.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from pathlib import Path
from typing import Any, Literal, get_args

from flows.catalog import CONTENT, ContentError, Source, load_yaml, short_path, source_of
from flows.ports import Urgency

Stage = Literal["acknowledge", "answer", "decision"]
"""Which deadline runs: until somebody has it, until its first words, until it is decided."""
STAGE_OF: dict[str, Stage] = {
    "assigned": "acknowledge",
    "acknowledged": "answer",
    "answered": "decision",
}
"""By the status of the tip."""

_UNITS = {"minute": timedelta(minutes=1), "hour": timedelta(hours=1), "day": timedelta(days=1)}
_DURATION = re.compile(r"([1-9]\d{0,3}) (minute|hour|day)s?")
_FIELDS = frozenset(
    ["times", "again_at_most", "pause", "source", "source_url", "checked", "review_by"]
)
_TIMES = frozenset(["counted", "again", *get_args(Stage)])
_RAMADAN = frozenset(
    ["hijri", "begins", "ends", "decided", "source", "source_url", "checked", "review_by"]
)


@dataclass(frozen=True, slots=True)
class Times:
    """The deadlines of one urgency."""

    by_the_clock: bool
    """Day and night; otherwise only the office's working hours count."""
    stages: Mapping[Stage, timedelta]
    again: timedelta
    """By the clock: when the last of the chain is told again."""


@dataclass(frozen=True, slots=True)
class Deadlines:
    times: Mapping[Urgency, Times]
    again_at_most: timedelta
    pause_at_most: timedelta
    pause_times: int
    """How often one tip may be paused; a leader who owns it decides from then on."""
    pause_reasons: Mapping[str, str]
    """Reason's id → how a person reads it."""
    source: Source


@dataclass(frozen=True, slots=True)
class Ramadan:
    hijri: str
    begins: date
    ends: date
    """The last day of fasting."""
    decided: bool
    """Settled by the sidang isbat; before it a count backwards from the holiday decree."""
    source: Source


@cache
def load_deadlines(folder: Path = CONTENT) -> Deadlines:
    path = folder / "deadlines.yaml"
    raw, file = load_yaml(path), short_path(path)
    _only(raw, _FIELDS, file)
    times = raw.get("times")
    _only(times, frozenset(get_args(Urgency)), f"{file}: times", every=True)
    pause = raw.get("pause")
    _only(pause, frozenset(["at_most", "times", "reasons"]), f"{file}: pause", every=True)
    reasons = pause["reasons"]
    if not isinstance(reasons, dict) or not reasons or not all(map(_is_text, reasons.values())):
        raise ContentError(f"{file}: pause: `reasons` needs a text for each reason")
    if not re.fullmatch(r"[1-9]\d?", str(pause["times"])):
        raise ContentError(f"{file}: pause: `times` is a number such as 3, not {pause['times']!r}")
    return Deadlines(
        times={urgency: _times(times[urgency], f"{file}: {urgency}") for urgency in times},
        again_at_most=_duration(raw, "again_at_most", file),
        pause_at_most=_duration(pause, "at_most", f"{file}: pause"),
        pause_times=int(pause["times"]),
        pause_reasons=reasons,
        source=source_of(raw, file),
    )


@cache
def load_ramadan(folder: Path = CONTENT) -> tuple[Ramadan, ...]:
    path = folder / "ramadan.yaml"
    rows, file = load_yaml(path), short_path(path)
    if not isinstance(rows, list) or not rows:
        raise ContentError(f"{file}: no year in the list")
    return tuple(_ramadan(row, f"{file}: {number}") for number, row in enumerate(rows, 1))


def _ramadan(row: Any, where: str) -> Ramadan:
    _only(row, _RAMADAN, where)
    begins, ends = _day(row, "begins", where), _day(row, "ends", where)
    if not 29 <= (ends - begins).days + 1 <= 30:
        raise ContentError(f"{where}: Ramadan has 29 or 30 days, not {(ends - begins).days + 1}")
    if row.get("decided") not in ("yes", "no"):
        raise ContentError(f"{where}: `decided` is yes or no")
    return Ramadan(
        row.get("hijri", ""), begins, ends, row["decided"] == "yes", source_of(row, where)
    )


def _times(raw: Any, where: str) -> Times:
    _only(raw, _TIMES, where, every=True)
    if raw["counted"] not in ("clock", "working"):
        raise ContentError(f"{where}: `counted` is clock or working, not {raw['counted']!r}")
    stages = {stage: _duration(raw, stage, where) for stage in get_args(Stage)}
    return Times(raw["counted"] == "clock", stages, _duration(raw, "again", where))


def _duration(raw: Mapping[str, Any], name: str, where: str) -> timedelta:
    found = _DURATION.fullmatch(str(raw.get(name, "")))
    if not found:
        raise ContentError(f"{where}: `{name}` is a time such as 2 hours, not {raw.get(name)!r}")
    return int(found[1]) * _UNITS[found[2]]


def _day(raw: Mapping[str, Any], name: str, where: str) -> date:
    try:
        return date.fromisoformat(str(raw.get(name)))
    except ValueError:
        raise ContentError(
            f"{where}: `{name}` is no date such as 2026-02-19: {raw.get(name)!r}"
        ) from None


def _only(raw: Any, fields: frozenset[str], where: str, *, every: bool = False) -> None:
    """A mapping with these fields and no others; with `every`, all of them."""
    if not isinstance(raw, dict):
        raise ContentError(f"{where}: is no list of fields")
    if unknown := sorted(raw.keys() - fields):
        raise ContentError(f"{where}: `{unknown[0]}` is no field here")
    if every and (missing := sorted(fields - raw.keys())):
        raise ContentError(f"{where}: `{missing[0]}` is missing")


def _is_text(value: object) -> bool:
    return isinstance(value, str) and bool(value.strip())
