"""The lessons as a whole: everything that the law wants told is taught, and nothing asked twice."""

from collections.abc import Iterator

from rapidfuzz.fuzz import token_sort_ratio

from flows.catalog import Catalog
from flows.curriculum import LETTERS, QuizItem, for_villagers
from flows.findings import Finding, error

MIN_LESSONS = 24
MIN_ITEMS = 80
MIN_DECISIONS = 20
SAME_STEM = 85
"""Likeness of two questions, words in any order, from which they ask the same; 0 to 100."""
_FILE = "content/lessons"


def whole(catalog: Catalog) -> Iterator[Finding]:
    """Only for the shipped set; a catalog of one lesson would be wrong in all of it."""
    taught = for_villagers(catalog.lessons)
    covered = {letter for lesson in taught for letter in lesson.covers}
    for letter in LETTERS:
        if letter not in covered:
            yield error(_FILE, "", f"no lesson teaches PP 59/2021 Pasal 4 ayat (4) huruf {letter}")
    items = [item for lesson in taught for item in lesson.quiz]
    decided = sum(any(item.decision for item in lesson.quiz) for lesson in catalog.lessons)
    for count, least, what in (
        (len(taught), MIN_LESSONS, "lessons for villagers"),
        (len(items), MIN_ITEMS, "questions for villagers"),
        (decided, MIN_DECISIONS, "lessons with a decision"),
    ):
        if count < least:
            yield error(_FILE, "", f"{count} {what}, at least {least}")
    for chapter in catalog.chapters:
        if all(lesson.chapter != chapter.id for lesson in taught):
            yield error("content/chapters.yaml", chapter.id, "no lesson is in this chapter")
    yield from _asked_twice(catalog)


def _asked_twice(catalog: Catalog) -> Iterator[Finding]:
    seen: list[tuple[str, QuizItem]] = []
    for lesson in catalog.lessons:
        for item in lesson.quiz:
            file, node = f"{_FILE}/{lesson.id}.yaml", f"quiz {item.id}"
            for other, asked in seen:
                if item.misconception == asked.misconception:
                    yield error(file, node, f"corrects the same as {other} {asked.id}")
                if token_sort_ratio(item.question, asked.question, score_cutoff=SAME_STEM):
                    yield error(file, node, f"asks the same as {other} {asked.id}")
            seen.append((lesson.id, item))
