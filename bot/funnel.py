"""How far people get in each lesson, card by card: counted by day, and nobody is in it.

A place of a lesson is seen when a turn ends there, and answered when the next turn leads on within
the lesson. Who reads a card twice is counted twice: these are counts of messages, not of people.
"""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from datetime import date, datetime, timedelta
from typing import Any, Literal

from sqlalchemy import Connection, func, select
from sqlmodel import Field, SQLModel

from bot.service import Service
from flows.curriculum import Lesson
from flows.session import Session

What = Literal["seen", "answered"]
_KEY = ("day", "lesson", "place")
_WHATS: tuple[What, ...] = ("seen", "answered")
Step = tuple[str, str, What]
"""(lesson, place, what); a place is `card_ID`, `quiz_ID` or `action`."""
_SHOWN_ABOVE = {"remind": "action"}
"""A question about something else, under a place of the lesson (`flows/lessons.py`)."""
_PREFIX = "lesson_"
WIDTH = 30
"""Characters of the longest bar."""


class CardCount(SQLModel, table=True):
    """No row says anything of a person: only how often something was shown on a day."""

    __tablename__ = "card_count"

    day: date = Field(primary_key=True)
    """On the office's calendar."""
    lesson: str = Field(primary_key=True)
    place: str = Field(primary_key=True)
    seen: int = 0
    answered: int = 0


counts = CardCount.__table__  # type: ignore[attr-defined]


def steps(before: Session, after: Session) -> Iterator[Step]:
    """What one turn adds."""
    if (before.flow, before.node) == (after.flow, after.node):
        return
    if before.flow.startswith(_PREFIX) and after.flow == before.flow:
        yield before.flow.removeprefix(_PREFIX), before.node, "answered"
    if after.flow.startswith(_PREFIX):
        place = _SHOWN_ABOVE.get(after.node, after.node)
        yield after.flow.removeprefix(_PREFIX), place, "seen"


def keep(connection: Connection, service: Service, now: datetime, taken: Iterable[Step]) -> None:
    """Add a batch's steps, in one order everywhere, so that no two turns wait for each other."""
    counted = Counter(taken)
    for lesson, place in sorted({(lesson, place) for lesson, place, _ in counted}):
        adds = {what: counted[lesson, place, what] for what in _WHATS}
        insert = service.database.insert(counts).values(
            day=service.today(now), lesson=lesson, place=place, **adds
        )
        more = {what: counts.c[what] + insert.excluded[what] for what in adds}
        connection.execute(insert.on_conflict_do_update(index_elements=_KEY, set_=more))


# ---- reading it


@dataclass(frozen=True, slots=True)
class Row:
    """One place of a lesson over the days that were asked for."""

    lesson: str
    place: str
    seen: int
    answered: int

    @property
    def dropped(self) -> int:
        """Shown and not gone on from; the end of a lesson has nothing to go on to."""
        return 0 if self.place == "action" else max(0, self.seen - self.answered)

    def as_dict(self) -> dict[str, Any]:
        return asdict(self) | {"dropped": self.dropped}


def rows_of(
    connection: Connection, lessons: Iterable[Lesson], today: date, days: int, only: str | None
) -> list[Row]:
    """In the order in which people meet them; lessons that nobody opened are left out."""
    found: dict[tuple[str, str], tuple[int, int]] = {
        (row.lesson, row.place): (int(row.seen), int(row.answered))
        for row in connection.execute(
            select(counts.c.lesson, counts.c.place, func.sum(counts.c.seen).label("seen"),
                   func.sum(counts.c.answered).label("answered"))
            .where(counts.c.day > today - timedelta(days=days))
            .group_by(counts.c.lesson, counts.c.place)
        )
    }  # fmt: skip
    opened = {lesson for lesson, _ in found}
    return [
        Row(lesson.id, place, *found.get((lesson.id, place), (0, 0)))
        for lesson in lessons
        if lesson.id in opened and only in (None, lesson.id)
        for place in _places(lesson)
    ]


def _places(lesson: Lesson) -> list[str]:
    cards = [f"card_{card.id}" for card in lesson.cards]
    return [*cards, *(f"quiz_{item.id}" for item in lesson.quiz), "action"]


def bars(rows: list[Row]) -> Iterator[str]:
    """A bar chart for the terminal, each lesson against its own first card."""
    if not rows:
        yield "no lesson was opened in these days"
    longest = max((len(row.place) for row in rows), default=0)
    most = Counter[str]()
    for row in rows:
        most[row.lesson] = max(most[row.lesson], row.seen)
    lesson = ""
    for row in rows:
        if row.lesson != lesson:
            lesson = row.lesson
            yield f"{lesson}"
        bar = "█" * round(WIDTH * row.seen / max(1, most[lesson]))
        left = f", {row.dropped} left here" if row.dropped else ""
        yield f"  {row.place:{longest}} {bar:{WIDTH}} {row.seen} seen{left}"
