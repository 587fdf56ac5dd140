"""content/lessons and content/chapters.yaml: what is taught, to whom, in which order."""

from collections.abc import Container, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from flows.catalog import (
    CONTENT,
    ContentError,
    Source,
    folded,
    lesson_hash,
    load_yaml,
    need,
    short_path,
    source_of,
)
from flows.fact_fields import ID, ID_FORM, formed

VILLAGER = "villager"
AUDIENCES = (VILLAGER, "pimpasa", "desa", "sekolah", "pendamping")
"""Who a lesson is for. Only villagers' lessons answer free questions and stand in their menu."""
LETTERS = tuple("abcdefghijklm")
DECISIONS = frozenset(
    "pay sign passport board hand_over travel borrow answer report choose".split()  # noqa: SIM905
)


@dataclass(frozen=True, slots=True)
class Card:
    id: str
    text: str
    source: Source
    keywords: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class QuizChoice:
    label: str
    correct: bool
    why: str


@dataclass(frozen=True, slots=True)
class QuizItem:
    id: str
    question: str
    choices: tuple[QuizChoice, ...]
    source: Source
    misconception: str = ""
    """Names the wrong belief that the item corrects; no other item has the same."""
    decision: str = ""
    """One of DECISIONS: the learner stands before it in this question. "" for plain knowledge."""


@dataclass(frozen=True, slots=True)
class Chapter:
    id: str
    title: str


@dataclass(frozen=True, slots=True)
class Lesson:
    id: str
    title: str
    summary: str
    order: int
    keywords: tuple[str, ...]
    reviewed: bool
    """A named person has stamped exactly this text."""
    cards: tuple[Card, ...]
    quiz: tuple[QuizItem, ...]
    action: Card
    chapter: str = ""
    """The id of a row of content/chapters.yaml; courses for helpers have none."""
    audience: str = VILLAGER
    covers: tuple[str, ...] = ()
    """Letters of PP 59/2021 Pasal 4 ayat (4): what the law says a villager must be told."""
    picture: bool = False
    """One of the main lessons, whose cards are also drawn."""


def load_chapters(folder: Path = CONTENT) -> tuple[Chapter, ...]:
    """The villagers' chapters in the order of their menu."""
    return _titled(folder / "chapters.yaml")


def load_courses(folder: Path = CONTENT) -> tuple[Chapter, ...]:
    """The courses for those who help; each id is an audience, and none is missing."""
    path = folder / "courses.yaml"
    courses = _titled(path)
    if {VILLAGER, *(course.id for course in courses)} != set(AUDIENCES):
        raise ContentError(f"{short_path(path)}: needs exactly {', '.join(AUDIENCES[1:])}")
    return courses


def _titled(path: Path) -> tuple[Chapter, ...]:
    listed = load_yaml(path)
    where = short_path(path)
    if not isinstance(listed, list) or not all(isinstance(raw, dict) for raw in listed):
        raise ContentError(f"{where}: must be a list with `id` and `title`")
    return tuple(Chapter(need(raw, "id", where), need(raw, "title", where)) for raw in listed)


def load_lessons(folder: Path = CONTENT) -> tuple[Lesson, ...]:
    """All lessons, villagers' first, by chapter and order. Raises ContentError in one line."""
    chapters = {chapter.id: place for place, chapter in enumerate(load_chapters(folder))}
    lessons = [_lesson(path, chapters) for path in sorted((folder / "lessons").glob("*.yaml"))]
    return tuple(
        sorted(
            lessons,
            key=lambda one: (
                AUDIENCES.index(one.audience),
                chapters.get(one.chapter, 0),
                one.order,
            ),
        )
    )


def _lesson(path: Path, chapters: Container[str]) -> Lesson:
    raw = load_yaml(path)
    where = short_path(path)
    if not ID.fullmatch(path.stem):  # buttons and sounds are named by it
        raise ContentError(f"{where}: its name must be {ID_FORM}")
    if not isinstance(raw, dict):
        raise ContentError(f"{where}: must be a lesson with title, cards, quiz and action")
    if not raw.get("cards") or not raw.get("quiz"):
        missing = "quiz" if raw.get("cards") else "cards"
        raise ContentError(f"{where}: '{missing}' is missing or empty")
    stamp = raw.get("reviewed")
    audience = _one_of(raw.get("audience", VILLAGER), "audience", AUDIENCES, where)
    chapter = ""
    if audience == VILLAGER:
        chapter = _one_of(need(raw, "chapter", where), "chapter", chapters, where)
    try:
        return Lesson(
            id=path.stem,
            title=need(raw, "title", where),
            summary=need(raw, "summary", where),
            order=int(need(raw, "order", where)),
            keywords=folded(raw.get("keywords") or ()),
            reviewed=isinstance(stamp, dict)
            and bool(stamp.get("by"))
            and stamp.get("sha") == lesson_hash(raw),
            cards=tuple(_card(card, f"{where}: {card.get('id')}") for card in raw["cards"]),
            quiz=tuple(_quiz(item, f"{where}: {item.get('id')}") for item in raw["quiz"]),
            action=_card({"id": "action", **raw["action"]}, f"{where}: action"),
            chapter=chapter,
            audience=audience,
            covers=tuple(_one_of(x, "covers", LETTERS, where) for x in raw.get("covers") or ()),
            picture=raw.get("picture") == "yes",
        )
    except (KeyError, TypeError, AttributeError, ValueError) as error:
        raise ContentError(f"{where}: {error} is missing or has the wrong form") from None


def _card(raw: Mapping[str, Any], where: str) -> Card:
    formed(raw, "id", where, ID, ID_FORM)
    return Card(
        id=need(raw, "id", where),
        text=need(raw, "text", where),
        source=source_of(raw, where),
        keywords=folded(raw.get("keywords") or ()),
    )


def _quiz(raw: Mapping[str, Any], where: str) -> QuizItem:
    formed(raw, "id", where, ID, ID_FORM)
    choices = tuple(
        QuizChoice(
            label=need(choice, "label", where),
            correct=choice.get("correct") == "yes",
            why=need(choice, "why", where),
        )
        for choice in raw["choices"]
    )
    decision = raw.get("decision", "")
    return QuizItem(
        need(raw, "id", where),
        need(raw, "question", where),
        choices,
        source_of(raw, where),
        misconception=need(raw, "misconception", where),
        decision=_one_of(decision, "decision", DECISIONS, where) if decision else "",
    )


def _one_of(value: str, name: str, known: Container[str], where: str) -> str:
    if value not in known:
        raise ContentError(f"{where}: `{name}`: “{value}” is not known")
    return value


def for_villagers(lessons: Iterable[Lesson]) -> tuple[Lesson, ...]:
    """Without the courses for those who help."""
    return tuple(lesson for lesson in lessons if lesson.audience == VILLAGER)
