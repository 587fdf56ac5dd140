"""`kentongan talk lesson NAME`: one lesson from its first card to its end, as people will read it.

The engine says every card, every question and the reason of each answer, wrong ones first; below a
fact stands what SUMBER shows. Nothing is sent and nothing is kept.
"""

from collections.abc import Iterator
from datetime import datetime

from bot.officer_world import OfficerWorld
from bot.rehearsal import START, Rehearsal
from bot.terminal import WrongUse
from flows import engine
from flows.catalog import Catalog
from flows.curriculum import Lesson, QuizItem
from flows.events import MessageCreated
from flows.ports import Person, Ports
from flows.session import Input, Session


def preview(name: str, at: datetime | None) -> Iterator[MessageCreated]:
    """The messages of a lesson (by id or title), at that time. Raises WrongUse for an unknown one."""
    rehearsal = Rehearsal(start=at or START)
    try:
        catalog = rehearsal.service.catalog
        lesson = _lesson(catalog.lessons, name)
        with rehearsal.service.database.read() as connection:
            now = rehearsal.clock.now()
            world = OfficerWorld(connection, rehearsal.service, None, now)
            yield from _Reader(catalog, world.person(), world).read(lesson)
    finally:
        rehearsal.close()


def _lesson(lessons: tuple[Lesson, ...], name: str) -> Lesson:
    for lesson in lessons:
        if name.casefold() in (lesson.id, lesson.title.casefold()):
            return lesson
    known = ", ".join(lesson.id for lesson in lessons)
    raise WrongUse(f"lesson {name}: there is none of this name; there are {known}")


class _Reader:
    """Stands in a lesson and goes on through it."""

    def __init__(self, catalog: Catalog, person: Person, ports: Ports) -> None:
        self._catalog = catalog
        self._person, self._ports = person, ports
        self._session = Session()

    def read(self, lesson: Lesson) -> Iterator[MessageCreated]:
        sprint = engine.begin(self._catalog, f"lesson_{lesson.id}", "", self._person, self._ports)
        self._session = sprint.session
        yield from _said(sprint)
        for _ in lesson.cards:
            yield self._source()
            yield from self._take("1")
        for item in lesson.quiz:
            yield from self._question(item)
        yield self._source()

    def _question(self, item: QuizItem) -> Iterator[MessageCreated]:
        """Each wrong answer's reason, then the right one's, with what comes after it."""
        right = next(n for n, choice in enumerate(item.choices, 1) if choice.correct)
        for number, choice in enumerate(item.choices, 1):
            if number != right:
                yield MessageCreated(f"[{number}. {choice.label}] → {self._reason(str(number))}")
        yield MessageCreated(f"[{right}. {item.choices[right - 1].label}] →")
        yield from self._take(str(right))

    def _reason(self, number: str) -> str:
        here = self._session
        told = next(self._take(number)).text
        self._session = here
        return told.split("\n\n", 1)[0]

    def _take(self, text: str) -> Iterator[MessageCreated]:
        sprint = engine.resume(
            self._catalog, self._session, Input("text", text), self._person, self._ports
        )
        self._session = sprint.session
        return _said(sprint)

    def _source(self) -> MessageCreated:
        return MessageCreated(f"[SUMBER] {self._session.source}")


def _said(sprint: engine.Sprint) -> Iterator[MessageCreated]:
    return (event for event in sprint.events if isinstance(event, MessageCreated))
