"""What local media and schools get: a sourced text, and half a minute of radio, of the same facts."""

from collections.abc import Sequence
from datetime import date

from flows.catalog import Source
from flows.curriculum import Lesson
from flows.lessons import marks
from flows.speech import Speech, sentences
from flows.spoken_numbers import in_words
from flows.times import say_date

FEWEST, MOST = 65, 75
"""Words of thirty seconds, read calmly."""


class NoScript(Exception):
    """No choice of sentences fills half a minute."""


def is_old(lesson: Lesson, today: date) -> bool:
    """Some fact of it may no longer be shown as fresh."""
    facts = (*lesson.cards, lesson.action)
    return any(today > fact.source.review_by for fact in facts)


def lesson_lines(lesson: Lesson) -> list[str]:
    return [line for card in (*lesson.cards, lesson.action) for line in sentences(card.text)]


def lesson_article(lesson: Lesson, office: str, today: date, join: str) -> str:
    """The cards as paragraphs, then where each fact comes from, and who has not read it yet."""
    facts = (*lesson.cards, lesson.action)
    told = [" ".join(sentences(fact.text)) for fact in facts]
    listed = dict.fromkeys(_source(fact.source) for fact in facts)
    notes = dict.fromkeys(
        mark for fact in facts for mark in marks(fact.source, lesson.reviewed, today)
    )
    parts = [
        lesson.title, *told, join, "\n".join(["Sumber:", *(f"- {one}" for one in listed)]),
        *(f"Catatan untuk redaksi: {note}" for note in notes),
        f"{office}, {say_date(today)}",
    ]  # fmt: skip
    return "\n\n".join(parts)


def news_article(title: str, text: str, source: str, office: str, today: date, join: str) -> str:
    told = [title, text, join]
    if source:
        told.append(f"Sumber: {source}")
    return "\n\n".join([*told, f"{office}, {say_date(today)}"])


def script(
    opening: str, lines: Sequence[str], closing: str, fillers: Sequence[str], speech: Speech
) -> tuple[str, int]:
    """(what the speaker reads, how many words). Whole sentences only, the first ones first; a
    filler only where they are too few. Raises NoScript."""
    ends = [in_words(speech.spoken(opening)), in_words(closing)]
    body = [in_words(speech.spoken(line)) for line in (*lines, *fillers)]
    used = sum(map(count, ends))
    chosen = _fill([count(line) for line in body], len(lines), FEWEST - used, MOST - used)
    read = [ends[0], *(body[index] for index in chosen), ends[1]]
    return "\n".join(read), sum(map(count, read))


def count(text: str) -> int:
    """Words as somebody says them: marks alone are none."""
    return sum(any(letter.isalnum() for letter in word) for word in text.split())


def _fill(sizes: Sequence[int], own: int, fewest: int, most: int) -> tuple[int, ...]:
    """Indexes, in order, whose sizes add up to between `fewest` and `most`: the fewest fillers
    (those from `own` on), then the earliest sentences."""
    best: dict[int, tuple[int, tuple[int, ...]]] = {0: (0, ())}
    for index, size in enumerate(sizes):
        for total, (filled, chosen) in list(best.items()):
            candidate = (filled + (index >= own), (*chosen, index))
            now = total + size
            if now <= most and (now not in best or candidate < best[now]):
                best[now] = candidate
    fitting = [found for total, found in best.items() if total >= fewest]
    if not fitting:
        raise NoScript("no whole sentences fit into half a minute")
    return min(fitting)[1]


def _source(source: Source) -> str:
    return f"{source.shown()}{f', {source.url}' if source.url else ''}"
