"""What somebody needs before leaving, and who pays what: content/checklist.yaml and costs.yaml.

The loaders raise ContentError with one line that names file, row and field.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, Literal, cast

from flows.catalog import CONTENT, ContentError, Source, folded, load_yaml, need, short_path
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

WAYS = ("p3mi", "g_to_g", "own_company", "perseorangan", "seafarer")
"""Ways of going (UU 18/2017 Pasal 49, 63 and 64); the conversation has a place for each."""
Mark = Literal["forbidden", "placement", "unclear", "own"]
MARKS: tuple[Mark, ...] = ("forbidden", "placement", "unclear", "own")
"""What the law says of a cost, gravest first."""
MAX_TITLE = 22
"""A label in a list, with room for the mark of what is ticked (`flows/lint.py`)."""
MAX_LINE = 110
MAX_COST = 24
"""Characters of a cost's name, which may stand with nine others in one message."""

_DOCUMENT = frozenset(
    ["id", "title", "ways", "to", "who", "needs", "cost", "real", "source", "checked",
     "review_by", "reviewed"]
)  # fmt: skip
_COST = frozenset(
    ["id", "name", "words", "mark", "why", "source", "checked", "review_by", "reviewed"]
)


@dataclass(frozen=True, slots=True)
class Document:
    """One row of the checklist, in the order in which the rows are needed."""

    id: str
    title: str
    ways: tuple[str, ...]
    to: tuple[str, ...]
    """Country codes; empty means every destination."""
    who: str
    """Who issues it."""
    needs: str
    cost: str
    """By the law, with its date, or that it is unclear and whom to ask."""
    real: str
    """How to know that it is real."""
    source: Source
    reviewed: bool

    def fresh(self, today: date) -> bool:
        return today <= self.source.review_by


@dataclass(frozen=True, slots=True)
class Cost:
    """Something for which villagers are asked to pay."""

    id: str
    name: str
    words: tuple[str, ...]
    """How people write it, folded."""
    mark: Mark
    why: str
    source: Source
    reviewed: bool

    def fresh(self, today: date) -> bool:
        return today <= self.source.review_by


def load_documents(folder: Path = CONTENT) -> tuple[Document, ...]:
    """Every way of going has rows."""
    path = folder / "checklist.yaml"
    file = short_path(path)
    rows = read_rows(load_yaml(path), file, "id", _document)
    for way in WAYS:
        if not any(way in row.ways and not row.to for row in rows):
            raise ContentError(f"{file}: {way}: no row for this way of going")
    return rows


def load_costs(folder: Path = CONTENT) -> tuple[Cost, ...]:
    """No spelling stands for two costs."""
    path = folder / "costs.yaml"
    file = short_path(path)
    rows = read_rows(load_yaml(path), file, "id", _cost)
    claimed: dict[str, str] = {}
    for row in rows:
        for word in row.words:
            if (other := claimed.setdefault(word, row.id)) != row.id:
                raise ContentError(f"{file}: {row.id}: “{word}” also belongs to {other}")
    return rows


def documents_for(documents: tuple[Document, ...], way: str, country: str) -> tuple[Document, ...]:
    """What somebody needs who goes this way to this country ("" while they don't know where)."""
    return tuple(row for row in documents if way in row.ways and (not row.to or country in row.to))


def _document(raw: Mapping[str, Any], where: str) -> Document:
    exactly(raw, where, _DOCUMENT)
    formed(raw, "id", where, ID, ID_FORM)
    ways = some_of(raw, "ways", where, WAYS)
    if not ways:
        raise ContentError(f"{where}: `ways` is empty: nobody would see this row")
    return Document(
        id=need(raw, "id", where),
        title=plain_line(raw, "title", where, MAX_TITLE),
        ways=ways,
        to=_countries(raw, where),
        who=plain_line(raw, "who", where, MAX_LINE),
        needs=plain_line(raw, "needs", where, MAX_LINE),
        cost=plain_line(raw, "cost", where, MAX_LINE),
        real=plain_line(raw, "real", where, MAX_LINE),
        source=dated_source(raw, where),
        reviewed=is_reviewed(raw, where),
    )


def _cost(raw: Mapping[str, Any], where: str) -> Cost:
    exactly(raw, where, _COST)
    formed(raw, "id", where, ID, ID_FORM)
    words = raw["words"]
    if not isinstance(words, list) or not words or not all(isinstance(one, str) for one in words):
        raise ContentError(f"{where}: `words` must be a list of spellings")
    return Cost(
        id=need(raw, "id", where),
        name=plain_line(raw, "name", where, MAX_COST),
        words=folded(words),
        mark=cast(Mark, one_of(raw, "mark", where, MARKS)),
        why=plain_line(raw, "why", where, MAX_LINE),
        source=dated_source(raw, where),
        reviewed=is_reviewed(raw, where),
    )


def _countries(raw: Mapping[str, Any], where: str) -> tuple[str, ...]:
    codes = raw["to"]
    if not isinstance(codes, list):
        raise ContentError(f"{where}: `to` must be a list such as [kr]")
    for code in codes:
        if not isinstance(code, str) or not COUNTRY.fullmatch(code):
            raise ContentError(f"{where}: `to` has “{code}”, no code of countries.csv")
    return tuple(codes)
