"""A transcript of every lesson: each card, each answer of each question, the action, in seconds."""

import pytest

from flows.curriculum import VILLAGER as FOR_VILLAGERS
from flows.curriculum import Lesson
from flows.events import ItemAnswered, LessonReached
from flows.session import Session
from tests.flows.talking import CATALOG, VILLAGER, at, place, say, words


def cards_of(lesson: Lesson) -> Session:
    """Reads all cards, each with its source, and stands at the first question."""
    session = at(f"lesson_{lesson.id}", f"card_{lesson.cards[0].id}")
    session.answers = {}
    for number, card in enumerate(lesson.cards, 1):
        shown = words(say(session, "BANTUAN", VILLAGER))
        assert card.text in shown and f"({number}/{len(lesson.cards)})" in shown
        assert lesson.reviewed or "Belum diperiksa ahli hukum." in shown
        following = lesson.cards[number] if number < len(lesson.cards) else lesson.quiz[0]
        sprint = say(session, "lanjut", VILLAGER)
        assert place(sprint).endswith(f"_{following.id}")
        source = f"Sumber: {following.source.text}"
        assert source in words(say(sprint.session, "SUMBER", VILLAGER))
        session = sprint.session
    return session


@pytest.mark.parametrize("lesson", CATALOG.lessons, ids=lambda one: one.id)
def test_every_card_question_and_answer(lesson: Lesson) -> None:
    session = cards_of(lesson)
    for number, item in enumerate(lesson.quiz):
        assert place_of(session) == f"quiz_{item.id}"
        after = None
        for choice_number, choice in enumerate(item.choices, 1):
            sprint = say(session, str(choice_number), VILLAGER)
            told = words(sprint)
            assert ("Betul." if choice.correct else "Belum tepat.") + f" {choice.why}" in told
            if choice.correct:
                after = sprint
        assert after is not None
        session = after.session
        if number + 1 == len(lesson.quiz):
            reached = next(e for e in after.events if isinstance(e, LessonReached))
            assert reached.score == reached.of == number + 1
            assert lesson.action.text in words(after)


def place_of(session: Session) -> str:
    return session.node


def test_the_menu_reaches_every_villagers_lesson() -> None:
    """By chapters and their pages, with nothing but numbers."""
    reached: set[str] = set()
    seen: set[str] = set()
    front = [say(at("lessons", "start"), "2", VILLAGER).session]
    while front:
        session = front.pop()
        key = f"{session.node} {sorted(session.answers.items())}"
        if session.flow != "lessons":
            reached.add(session.flow.removeprefix("lesson_"))
        elif key not in seen:
            seen.add(key)
            front += [say(session, str(n), VILLAGER).session for n in range(1, 6)]
    taught = {lesson.id for lesson in CATALOG.lessons if lesson.audience == FOR_VILLAGERS}
    assert taught <= reached
    assert not reached & ({lesson.id for lesson in CATALOG.lessons} - taught)


@pytest.mark.parametrize(
    "lesson",
    [one for one in CATALOG.lessons if one.audience == FOR_VILLAGERS],
    ids=lambda one: one.id,
)
def test_a_review_explains_each_answer_and_shows_its_source(lesson: Lesson) -> None:
    for item in lesson.quiz:
        asked = at("review", f"{lesson.id}-{item.id}")
        asked.answers = {}
        for number, choice in enumerate(item.choices, 1):
            sprint = say(asked, str(number), VILLAGER)
            assert choice.why in words(sprint)
            assert ItemAnswered(lesson.id, item.id, choice.correct) in sprint.events
            told = words(say(sprint.session, "SUMBER", VILLAGER))
            assert f"Sumber: {item.source.text}" in told
