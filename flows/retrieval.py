"""Which card answers a question in somebody's own words, and how sure that is.

Words are brought into one form (`question_words`), cards weighed by them (`card_index`), and the
weights turned into a confidence that was learned from known questions. Nothing asked is kept.
"""

import math
import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import islice
from pathlib import Path
from typing import Any, Literal

from rapidfuzz.fuzz import ratio
from rapidfuzz.process import extractOne

from flows.card_index import CardIndex, KnownQuestions, pairs
from flows.catalog import CONTENT, ContentError, load_yaml, short_path
from flows.curriculum import Card, Lesson, for_villagers, load_lessons
from flows.question_words import QuestionWords, load_spellings, load_synonyms
from flows.words import END

Verdict = Literal["sure", "unsure", "none"]

SURE_FROM = 0.75
"""Confidence from which a card is said at once; what that means in errors: docs/answers.md."""
NONE_BELOW, LEAST_SAID = 0.15, 0.5
"""Confidence below which not even a choice is offered, unless the card has so much of the words:
somebody who only writes "paspor" is asked what about it."""
OFFERED = 3
RANKED = 8
"""Candidates that are kept, so that some are left when the first ones did not answer."""
_LIKE = 0.4
"""What likeness to a known question counts beside the words of the card."""
_LEAST_ALIKE, _LEAST_LETTERS = 82, 4
"""rapidfuzz ratio and length from which an unknown word is taken for a known one."""
_NAME = re.compile(r"(?<=[a-z,(] )[A-Z][\w-]*|\b[A-Z]{2,}\w*")
"""A word with capitals that do not come from the beginning of a sentence."""
CONFIDENCE = {"score": 1.7, "lead": 4.5, "said": 3.1, "unanswered": -3.2, "words": 0.9}
BIAS = -4.2
"""Logistic weights of Retrieval.signs, learned by `kentongan answer --cross`."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A known question with the cards ("lesson.card") of which any would do; none: nothing here."""

    text: str
    cards: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Candidate:
    lesson: Lesson
    card: Card
    score: float

    @property
    def id(self) -> str:
        return f"{self.lesson.id}.{self.card.id}"

    @property
    def heading(self) -> str:
        return heading(self.lesson, self.card)


@dataclass(frozen=True, slots=True)
class Found:
    verdict: Verdict
    confidence: float
    """That the first candidate answers."""
    candidates: tuple[Candidate, ...]
    """Best first."""

    def offered(self, *, but: Collection[str] = ()) -> tuple[Candidate, ...]:
        """What to choose from, each under a heading of its own, without the cards in `but`."""
        best: dict[str, Candidate] = {}
        for candidate in self.candidates:
            if candidate.id not in but:
                best.setdefault(candidate.heading, candidate)
        return tuple(islice(best.values(), OFFERED))


def heading(lesson: Lesson, card: Card) -> str:
    """A card in two or three words: its first keyword, with the capitals that its lesson writes;
    the lesson's title where a card has none."""
    if not card.keywords:
        return lesson.title
    written = " ".join([*(one.text for one in lesson.cards), lesson.title])
    capitals = {name.casefold(): name for name in _NAME.findall(written)}
    words = [capitals.get(word, word) for word in card.keywords[0].split()]
    return " ".join([words[0][:1].upper() + words[0][1:], *words[1:]])


class Retrieval:
    def __init__(
        self, lessons: Iterable[Lesson], words: QuestionWords, asked: Sequence[Asked] = ()
    ) -> None:
        """Cards that do not exist are passed over in `asked` (`content check` names them)."""
        self._words = words
        self._cards = [(lesson, card) for lesson in lessons for card in lesson.cards]
        self._index = CardIndex(self._cards, words.terms, words.weak)
        number = {f"{lesson.id}.{card.id}": n for n, (lesson, card) in enumerate(self._cards)}
        self._known = KnownQuestions(
            ((one.text, [number[card] for card in one.cards if card in number]) for one in asked),
            words.terms,
            self._index.rare,
        )
        self._near: dict[str, list[str]] = defaultdict(list)
        for term in sorted({*self._index.rarity, *self._known.words}):
            if "+" not in term and len(term) >= _LEAST_LETTERS:
                self._near[term[0]].append(term)

    def find(self, question: str) -> Found:
        """The cards that may answer, and whether to say one, to offer some, or to admit it."""
        ranked, signs = self._weigh(question)
        if not ranked:
            return Found("none", 0.0, ())
        total = BIAS + sum(CONFIDENCE[name] * sign for name, sign in signs.items())
        confidence = 1 / (1 + math.exp(-total))
        verdict: Verdict = "sure" if confidence >= SURE_FROM else "unsure"
        if confidence < NONE_BELOW and signs["said"] < LEAST_SAID:
            verdict = "none"
        return Found(verdict, confidence, ranked[:RANKED])

    def told(self, question: str) -> dict[str, float]:
        """What a question is about, slips mended: its terms, each with how much it tells."""
        _, written = self._read(question)
        return {term: self._index.rare(term) for term in written if term != END}

    def signs(self, question: str) -> dict[str, float]:
        """What the confidence is reckoned from, to learn its weights; {} when nothing is found."""
        return self._weigh(question)[1]

    def _weigh(self, question: str) -> tuple[tuple[Candidate, ...], dict[str, float]]:
        sure, written = self._read(question)
        alike, unanswered = self._known.likeness(written)
        by_words = self._index.scores(sure)
        scores = {
            number: by_words.get(number, 0.0) + _LIKE * alike.get(number, 0.0)
            for number in {*by_words, *alike}
        }
        ranked = sorted(scores, key=lambda number: (-scores[number], number))
        if not ranked:
            return (), {}
        best, terms = ranked[0], [term for term in written if term != END]
        other = next((n for n in ranked[1:] if not self._known.same(best, n)), None)
        signs = {
            "score": scores[best],
            "lead": 1.0 - (scores[other] / scores[best] if other is not None else 0.0),
            "said": self._said(best, terms),
            "unanswered": unanswered,
            "words": math.log1p(len({term for term in terms if sure.get(term)})),
        }
        return tuple(Candidate(*self._cards[n], scores[n]) for n in ranked), signs

    def _said(self, card: int, terms: Sequence[str]) -> float:
        """Share of the question, by what its words tell, that the card or a question about it
        has too."""
        told = {term: self._index.rare(term) for term in terms}
        common = sum(
            weight
            for term, weight in told.items()
            if self._index.says(card, term) or self._known.asks(card, term)
        )
        return common / (sum(told.values()) or 1.0)

    def _read(self, question: str) -> tuple[dict[str, float], list[str]]:
        """(terms and pairs with how surely each was written, the terms in their order)."""
        sure: dict[str, float] = {}
        written: list[str] = []
        for term in self._words.terms(question):
            meant, likely = self._meant(term)
            written.append(meant)
            if meant != END:
                sure[meant] = max(likely, sure.get(meant, 0.0))
        for pair in pairs(written):
            one, _, two = pair.partition("+")
            sure[pair] = min(sure[one], sure[two])
        return sure, written

    def _meant(self, term: str) -> tuple[str, float]:
        """The term, or the known one that it is a slip of, with how likely that is."""
        if term == END or term in self._index.rarity or term in self._known.words:
            return term, 1.0
        if len(term) >= _LEAST_LETTERS and term.isalpha():
            near = extractOne(
                term, self._near.get(term[0], ()), scorer=ratio, score_cutoff=_LEAST_ALIKE
            )
            if near:
                return near[0], (near[1] / 100) ** 2
        return term, 0.0


# ---- content


@lru_cache(maxsize=1)
def shipped_retrieval() -> Retrieval:
    """Over the content that is shipped, made once in a process: it is never changed."""
    return load_retrieval(CONTENT, for_villagers(load_lessons(CONTENT)))


def load_retrieval(
    folder: Path, lessons: Sequence[Lesson], asked: Sequence[Asked] | None = None
) -> Retrieval:
    """`asked` instead of content/questions.yaml, to learn and to measure. Raises ContentError."""
    return Retrieval(
        lessons,
        load_words(folder, lessons),
        load_asked(folder) if asked is None else asked,
    )


def load_words(folder: Path, lessons: Sequence[Lesson]) -> QuestionWords:
    standard = [text for lesson in lessons for text in _plain(lesson)]
    others = [word for one in lessons for word in one.keywords]
    others += [word for one in lessons for card in one.cards for word in card.keywords]
    return QuestionWords(
        load_spellings(folder), load_synonyms(folder), standard=standard, others=others
    )


def _plain(lesson: Lesson) -> list[str]:
    cards = [card.text for card in lesson.cards]
    return [lesson.title, lesson.summary, *cards, *(item.question for item in lesson.quiz)]


def load_asked(folder: Path = CONTENT) -> tuple[Asked, ...]:
    """content/questions.yaml. Raises ContentError in one line."""
    path = folder / "questions.yaml"
    raw = load_yaml(path)
    where = short_path(path)
    if not isinstance(raw, list):
        raise ContentError(f"{where}: must be a list of questions with `ask` and `cards`")
    return tuple(_one_asked(row, where) for row in raw)


def _one_asked(raw: Any, where: str) -> Asked:
    if not isinstance(raw, Mapping) or not isinstance(raw.get("cards"), list):
        raise ContentError(f"{where}: {raw!r}: needs `ask` and `cards`")
    ask = raw.get("ask")
    if not isinstance(ask, str) or not ask.strip():
        raise ContentError(f"{where}: {raw!r}: `ask` is missing")
    return Asked(ask, tuple(map(str, raw["cards"])))
