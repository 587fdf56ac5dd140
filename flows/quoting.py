"""Which facts of content/ a text repeats, so that none goes out to a village past its day."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date

from rapidfuzz.fuzz import partial_ratio

from flows.catalog import Source
from flows.check_facts import ClosedDestination, Way
from flows.curriculum import Lesson
from flows.departure_facts import Cost, Document
from flows.lint_plain import sentences
from flows.triggers import fold

LIKE = 88
"""Likeness, 0 to 100, from which a sentence is taken for a quotation, typing errors and all."""
MIN_LETTERS = 25
"""Shorter sentences ("Tanya Disnaker dulu.") are everybody's own words."""


@dataclass(frozen=True, slots=True)
class Fact:
    """A sentence of a card, an answer, a way, a destination, a document or a cost, with the source
    that it rests on."""

    words: str
    source: Source


def facts(
    lessons: Iterable[Lesson],
    rows: Iterable[ClosedDestination | Way],
    documents: Iterable[Document] = (),
    costs: Iterable[Cost] = (),
) -> tuple[Fact, ...]:
    said = [
        *((card.text, card.source) for one in lessons for card in (*one.cards, one.action)),
        *((choice.why, item.source) for one in lessons for item in one.quiz
          for choice in item.choices),
        *((row.say, row.source) for row in rows),
        *((text, one.source) for one in documents for text in (one.needs, one.cost, one.real)),
        *((one.why, one.source) for one in costs),
    ]  # fmt: skip
    return tuple(_each(said))


def _each(said: Iterable[tuple[str, Source]]) -> Iterator[Fact]:
    for text, source in said:
        for sentence in sentences(text):
            words = fold(sentence)
            if len(words) >= MIN_LETTERS:
                yield Fact(words, source)


def outdated(text: str, known: Iterable[Fact], day: date) -> Fact | None:
    """The first fact in the text that may no longer be shown as fresh on that day."""
    told = fold(text)
    for fact in known:
        # A shorter text could be found in a long fact by chance.
        if day <= fact.source.review_by or len(told) < len(fact.words) * LIKE // 100:
            continue
        if partial_ratio(fact.words, told, score_cutoff=LIKE):
            return fact
    return None
