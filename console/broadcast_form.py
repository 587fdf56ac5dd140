"""The form of a new broadcast: what may be chosen in it, and what was filled in."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time

from bot.broadcast_draft import Draft
from bot.service import Service
from console.edge import RefusedError
from flows.broadcast_rules import MAX_TEXT
from flows.departure_facts import WAYS
from flows.languages import NAMES

MOST_FIELDS = 400
"""Every village of a large office ticked."""
REGENCY = 1
"""Dots in the code of a regency."""

Pairs = tuple[tuple[str, str], ...]
"""(value, name for people)."""


@dataclass(frozen=True, slots=True)
class Choices:
    places: Pairs
    districts: tuple[tuple[str, Pairs], ...]
    """(regency, its kecamatan), for who leads."""
    languages: Pairs
    ways: Pairs
    lessons: Pairs
    most: int
    """Letters of the text."""


def choices(service: Service, reachable: tuple[str, ...]) -> Choices:
    """`reachable`: the places of the officer."""
    places = [place for code in reachable if (place := service.gazetteer.place(code))]
    say = service.catalog.wording.say
    return Choices(
        places=tuple((place.code, place.name) for place in places),
        districts=tuple(
            (place.name, tuple((below.code, below.name) for below in found))
            for place in places
            if place.code.count(".") == REGENCY
            and (found := service.gazetteer.children(place.code))
        ),
        languages=tuple(NAMES.items()),
        ways=tuple((way, say(f"departure.way_{way}").strip()) for way in WAYS),
        lessons=tuple((lesson.id, lesson.title) for lesson in service.catalog.lessons),
        most=MAX_TEXT,
    )


def draft_of(fields: dict[str, str]) -> Draft:
    """Raises RefusedError for what the form can't send."""
    get = fields.get
    try:
        until = date.fromisoformat(get("until", "")) if get("until") else None
        return Draft(
            text=get("text", ""),
            places=list(_ticked(fields, "place.")),
            kind="warning" if get("kind") == "warning" else "news",
            to="coordination" if get("to") == "coordination" else "residents",
            languages=list(_ticked(fields, "language.")),
            ways=list(_ticked(fields, "way.")),
            lesson=get("lesson", ""),
            source=get("source", ""),
            source_date=date.fromisoformat(get("source_date", "")) if get("source_date") else None,
            act=get("act", ""),
            until=datetime.combine(until, time(23, 59)) if until else None,
            danger="danger" in fields,
            at=datetime.fromisoformat(get("at", "")) if get("at") else None,
            corrects=int(get("corrects", "") or 0),
        )
    except ValueError:
        raise RefusedError(400, "unreadable") from None


def _ticked(fields: dict[str, str], prefix: str) -> Iterator[str]:
    return (name.removeprefix(prefix) for name in fields if name.startswith(prefix))
