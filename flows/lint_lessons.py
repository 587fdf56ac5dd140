"""Lessons and hotlines one by one: whole, short, dated, with one right answer explained."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import date

from flows.catalog import FRESH_DAYS, Catalog, Source
from flows.curriculum import VILLAGER, Lesson
from flows.findings import Finding, error, warning
from flows.lessons import DONE_MARK

MAX_LINES = 3
MAX_CARD = 240
MAX_QUESTION = 200
MAX_WHY = 160
MAX_LIST_ITEM = 24
"""https://www.twilio.com/docs/content/twiliolist-picker (`item`, at most 24 characters)."""
CARDS = range(3, 6)
QUIZ = range(3, 5)
CHOICES = range(2, 5)
FALLBACKS = 3
PURPOSES = frozenset(["emergency", "report", "question", "abroad", "children", "victim"])
"""What the conversations ask hotlines for."""


def lessons(catalog: Catalog, today: date) -> Iterator[Finding]:
    claimed: dict[str, str] = {}
    meant = {word: action for action, words in catalog.everywhere.items() for word in words}
    for chapter in catalog.chapters:
        yield from size("content/chapters.yaml", chapter.id, chapter.title, _TITLE)
    for lesson in catalog.lessons:
        file = f"content/lessons/{lesson.id}.yaml"
        if not lesson.reviewed:
            yield warning(file, "", "no named person has reviewed this text")
        yield from size(file, "title", lesson.title, _TITLE)
        for word in lesson.keywords:
            if action := meant.get(word):
                yield error(file, "keywords", f"“{word}” already means {action} everywhere")
            if claimed.setdefault(word, lesson.id) != lesson.id:
                yield error(file, "keywords", f"“{word}” also belongs to {claimed[word]}")
        yield from _whole(file, lesson)
        for card in [*lesson.cards, lesson.action]:
            node = "action" if card is lesson.action else f"card {card.id}"
            yield from size(file, node, card.text, MAX_CARD, MAX_LINES)
            yield from dates(file, node, card.source, today)
        yield from _quiz(file, lesson, today)


_TITLE = MAX_LIST_ITEM - len(DONE_MARK)


def _whole(file: str, lesson: Lesson) -> Iterator[Finding]:
    """Neither too little nor too much of anything, and every id once."""
    if len(lesson.cards) not in CARDS:
        yield error(file, "cards", f"{len(lesson.cards)} cards, 3 to 5 are right")
    if len(lesson.quiz) not in QUIZ:
        yield error(file, "quiz", f"{len(lesson.quiz)} questions, 3 to 4 are right")
    if lesson.audience == VILLAGER and not lesson.covers:
        yield error(file, "covers", "a villagers' lesson teaches a letter of Pasal 4 ayat (4)")
    ids = Counter([*(card.id for card in lesson.cards), "action"])
    for name in _twice(ids):
        yield error(file, f"card {name}", "two cards have this id")
    for name in _twice(Counter(item.id for item in lesson.quiz)):
        yield error(file, f"quiz {name}", "two questions have this id")
    for item in lesson.quiz[:-1]:
        if item.decision:
            yield error(file, f"quiz {item.id}", "only the last question is a decision")


def _twice(counted: Counter[str]) -> Iterable[str]:
    return [name for name, times in counted.items() if times > 1]


def _quiz(file: str, lesson: Lesson, today: date) -> Iterator[Finding]:
    for item in lesson.quiz:
        node = f"quiz {item.id}"
        yield from size(file, node, item.question, MAX_QUESTION)
        yield from dates(file, node, item.source, today)
        if len(item.choices) not in CHOICES:
            yield error(file, node, f"{len(item.choices)} choices, 2 to 4 are right")
        if (right := sum(choice.correct for choice in item.choices)) != 1:
            yield error(file, node, f"{right} choices are correct, it must be exactly one")
        for label in _twice(Counter(choice.label for choice in item.choices)):
            yield error(file, node, f"two choices are “{label}”")
        for number, choice in enumerate(item.choices, 1):
            if not choice.why.strip():
                yield error(file, node, f"choice {number} has no `why`")
            yield from size(file, node, choice.why, MAX_WHY)
            if re.search(r"[{}]", f"{item.question}{choice.label}{choice.why}"):
                yield error(file, node, "a brace, which would be shown twice")


def size(file: str, node: str, text: str, most: int, lines: int = MAX_LINES) -> Iterator[Finding]:
    if len(text) > most:
        yield error(file, node, f"{len(text)} characters, at most {most}")
    if text.count("\n") + 1 > lines:
        yield error(file, node, f"{text.count(chr(10)) + 1} lines, at most {lines}")


def dates(file: str, node: str, source: Source, today: date) -> Iterator[Finding]:
    if not source.text.strip():
        yield error(file, node, "a fact without a source")
    if not source.checked < source.review_by:
        yield error(file, node, "`review_by` must be after `checked`")
    elif (source.review_by - source.checked).days > FRESH_DAYS:
        yield error(file, node, "`review_by` is more than six months after `checked`")
    if today < source.checked:
        yield error(file, node, f"`checked` is a day to come, {source.checked}")
    if today > source.review_by:
        yield warning(file, node, f"past its review date, {source.review_by}")


def hotlines(catalog: Catalog, today: date) -> Iterator[Finding]:
    file = "content/hotlines.yaml"
    for name in _twice(Counter(entry.id for entry in catalog.hotlines)):
        yield error(file, name, "two numbers have this id")
    for entry in catalog.hotlines:
        if not (entry.number.strip() and entry.name.strip() and entry.purpose):
            yield error(file, entry.id, "a number needs a name, itself, and a purpose")
        if other := set(entry.purpose) - PURPOSES:
            yield error(file, entry.id, f"`purpose` has {min(other)}, which nobody asks for")
        source = Source(entry.source, "", entry.checked, entry.review_by)
        yield from dates(file, entry.id, source, today)
    if (count := sum(entry.fallback for entry in catalog.hotlines)) != FALLBACKS:
        yield error(file, "", f"{count} numbers are a fallback, three must be")
