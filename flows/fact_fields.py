"""The fields of content's dated rows, read so that nothing doubtful gets through.

Every function raises ContentError with one line that names file, row and field.
"""

import re
from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from flows.catalog import FRESH_DAYS, ContentError, Source, lesson_hash, need, source_of

Row = TypeVar("Row")
ID = re.compile(r"[a-z][a-z0-9_]*")
ID_FORM = "small letters, digits and _"
COUNTRY = re.compile(r"[a-z]{2}")

_OPTIONAL = frozenset(["source_url"])
_JUDGES = re.compile(
    r"\b(pasti|ilegal|aman|dijamin|terpercaya|penipu|bodong|sindikat|pelaku)\b", re.IGNORECASE
)


def read_rows(
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


def exactly(raw: Mapping[str, Any], where: str, known: frozenset[str]) -> None:
    """Exactly the known fields: an empty one is written as such, so that nothing is forgotten."""
    for name in sorted(raw.keys() - known - _OPTIONAL):
        raise ContentError(f"{where}: `{name}` is no field here")
    for name in sorted(known - raw.keys()):
        raise ContentError(f"{where}: `{name}` is missing")


def formed(
    raw: Mapping[str, Any], name: str, where: str, form: re.Pattern[str], right: str
) -> None:
    if not form.fullmatch(need(raw, name, where)):
        raise ContentError(f"{where}: `{name}` must be {right}")


def one_of(raw: Mapping[str, Any], name: str, where: str, known: tuple[str, ...]) -> str:
    value = need(raw, name, where)
    if value not in known:
        raise ContentError(f"{where}: `{name}` is “{value}”, not one of {', '.join(known)}")
    return value


def some_of(
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


def plain_line(raw: Mapping[str, Any], name: str, where: str, most: int) -> str:
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


def dated_source(raw: Mapping[str, Any], where: str) -> Source:
    if not isinstance(raw.get("source_url", ""), str):
        raise ContentError(f"{where}: `source_url` must be an address")
    source = source_of(raw, where)
    if not source.checked < source.review_by:
        raise ContentError(f"{where}: `review_by` must be after `checked`")
    if (source.review_by - source.checked).days > FRESH_DAYS:
        raise ContentError(f"{where}: `review_by` is more than six months after `checked`")
    return source


def is_reviewed(raw: Mapping[str, Any], where: str) -> bool:
    """As a lesson's: the stamp fits exactly one wording."""
    stamp = raw["reviewed"]
    if stamp in ("", "null"):
        return False
    if not isinstance(stamp, dict):
        raise ContentError(f"{where}: `reviewed` must be empty, or hold by, on and sha")
    return bool(stamp.get("by")) and stamp.get("sha") == lesson_hash(raw)
