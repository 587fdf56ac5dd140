"""How much each card has to do with the words of a question.

Two measures: BM25 over what stands in and around a card, and likeness to questions that are known
to be answered by it. Numbers name cards by their place in the list they were made of.
"""

import math
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import pairwise

from flows.curriculum import Card, Lesson, QuizItem
from flows.words import END

Terms = Callable[[str], list[str]]
"""A text as terms (`QuestionWords.terms`)."""
Bag = Counter[str]

_WORTH = {"text": 1.6, "keywords": 1.6, "title": 0.6, "shared": 0.5, "quiz": 0.4}
"""What a word counts by where it stands: in the card, in its keywords, in the lesson's title and
summary, in the lesson's keywords, in a quiz question about the card. These and the numbers below
were found by search over content/questions.yaml; none of them is sharp."""
_SOON, _LENGTH = 1.5, 0.3
"""BM25's k1 and b: how soon a repeated word counts no more, and how much long fields lose."""
_PAIR_IN_CARD, _PAIR_IN_QUESTION = 0.4, 0.8
"""What two neighbouring words count, beside each of them alone."""
_WEAK, _UNKNOWN = 0.5, 0.8


class CardIndex:
    """The words of all cards, with what each of them is worth."""

    def __init__(
        self, cards: Sequence[tuple[Lesson, Card]], terms: Terms, weak: frozenset[str]
    ) -> None:
        self._terms = terms
        fields = self._fields(cards)
        self._count = len(fields)
        seen = Counter(term for card in fields for term in set[str]().union(*card.values()))
        self.rarity = {
            term: self._rarity(number) * (_WEAK if term in weak else 1.0)
            for term, number in seen.items()
        }
        self._unknown = self._rarity(0) * _UNKNOWN
        self._weights: dict[str, list[tuple[int, float]]] = defaultdict(list)
        mean = {name: _mean(card[name] for card in fields) for name in _WORTH}
        for number, card in enumerate(fields):
            for term, often in _often(card, mean).items():
                share = often * (_SOON + 1) / (_SOON + often)
                worth = _PAIR_IN_CARD if "+" in term else 1.0
                self._weights[term].append((number, self.rarity[term] * share * worth))
        self._said = [{*card["text"], *card["keywords"], *card["title"]} for card in fields]

    def rare(self, term: str) -> float:
        """How much a term tells about what is asked; one that stands nowhere tells a lot."""
        return self.rarity.get(term, self._unknown)

    def says(self, number: int, term: str) -> bool:
        """The term stands in the card itself, not only somewhere in its lesson."""
        return term in self._said[number]

    def scores(self, asked: Mapping[str, float]) -> dict[int, float]:
        """By card; a whole match is about 1. `asked` holds terms and pairs with how surely each
        was written (1: as it stands there, less: only like it)."""
        scores: dict[int, float] = defaultdict(float)
        for term, sure in asked.items():
            for number, weight in self._weights.get(term, ()):
                scores[number] += sure * weight
        most = (_SOON + 1) * sum(self.rare(term) for term in asked if "+" not in term)
        return {number: score / most for number, score in scores.items()}

    def _rarity(self, cards: int) -> float:
        return math.log(1 + (self._count - cards + 0.5) / (cards + 0.5))

    def _fields(self, cards: Sequence[tuple[Lesson, Card]]) -> list[dict[str, Bag]]:
        """What stands in and around each card, by where it stands."""
        fields: list[dict[str, Bag]] = []
        for lesson in dict.fromkeys(lesson for lesson, _ in cards):
            title = self._bag(lesson.title, lesson.summary)
            shared = self._bag(*lesson.keywords)
            texts = [self._bag(card.text) for card in lesson.cards]
            quiz = [Bag() for _ in texts]
            for item in lesson.quiz:
                about = self._about(item)
                quiz[_nearest(about, texts)].update(about)
            for card, text, questions in zip(lesson.cards, texts, quiz, strict=True):
                keywords = self._bag(*card.keywords)
                fields.append({"text": text, "keywords": keywords, "title": title,
                               "shared": shared, "quiz": questions})  # fmt: skip
        return fields

    def _about(self, item: QuizItem) -> Bag:
        right = [f"{choice.label}. {choice.why}" for choice in item.choices if choice.correct]
        return self._bag(item.question, *right)

    def _bag(self, *texts: str) -> Bag:
        bag = Bag()
        for text in texts:
            terms = self._terms(text)
            bag.update(term for term in terms if term != END)
            bag.update(pairs(terms))
        return bag


class KnownQuestions:
    """Questions whose cards are known, compared by the angle between their words."""

    def __init__(
        self,
        questions: Iterable[tuple[str, Sequence[int]]],
        terms: Terms,
        rare: Callable[[str], float],
    ) -> None:
        """Each with the numbers of the cards that answer it; none: nothing here does."""
        self._rare = rare
        self._cards: list[Sequence[int]] = []
        self.words: set[str] = set()
        self._weights: dict[str, list[tuple[int, float]]] = defaultdict(list)
        self._asked_of: dict[int, set[str]] = defaultdict(set)
        self._same: dict[int, set[int]] = defaultdict(set)
        for text, cards in questions:
            written = terms(text)
            for term, weight in self._vector(written).items():
                self._weights[term].append((len(self._cards), weight))
            self._cards.append(cards)
            self.words.update(written)
            for card in cards:
                self._asked_of[card].update(written)
                self._same[card].update(cards)

    def likeness(self, written: Sequence[str]) -> tuple[dict[int, float], float]:
        """(by card, of questions that nothing here answers): 0 nothing in common, 1 the same."""
        alike: dict[int, float] = defaultdict(float)
        for term, weight in self._vector(written).items():
            for number, other in self._weights.get(term, ()):
                alike[number] += weight * other
        by_card: dict[int, float] = defaultdict(float)
        unanswered = 0.0
        for number, share in alike.items():
            for card in self._cards[number]:
                by_card[card] = max(by_card[card], share)
            if not self._cards[number]:
                unanswered = max(unanswered, share)
        return by_card, unanswered

    def asks(self, card: int, term: str) -> bool:
        """Somebody used the word when asking what this card answers."""
        return term in self._asked_of[card] if card in self._asked_of else False

    def same(self, one: int, other: int) -> bool:
        """Some question is answered by either card."""
        return one in self._same and other in self._same[one]

    def _vector(self, written: Sequence[str]) -> dict[str, float]:
        """Terms and pairs of a text, of length 1."""
        vector = {term: self._rare(term) for term in written if term != END}
        for pair in pairs(written):
            first, _, second = pair.partition("+")
            vector[pair] = _PAIR_IN_QUESTION * (self._rare(first) + self._rare(second)) / 2
        length = math.sqrt(sum(weight * weight for weight in vector.values())) or 1.0
        return {term: weight / length for term, weight in vector.items()}


def pairs(terms: Sequence[str]) -> list[str]:
    """Neighbours within a sentence, as one term."""
    return [f"{one}+{two}" for one, two in pairwise(terms) if END not in (one, two)]


def _often(card: Mapping[str, Bag], mean: Mapping[str, float]) -> dict[str, float]:
    """How often each term stands in and around the card, weighed by where."""
    often: dict[str, float] = defaultdict(float)
    for name, bag in card.items():
        length = 1 - _LENGTH + _LENGTH * bag.total() / mean[name]
        for term, number in bag.items():
            often[term] += _WORTH[name] * number / length
    return often


def _mean(bags: Iterable[Bag]) -> float:
    sizes = [bag.total() for bag in bags]
    return sum(sizes) / len(sizes) or 1.0 if sizes else 1.0


def _nearest(about: Bag, texts: Sequence[Bag]) -> int:
    """The card with the most words of a quiz question."""
    return max(range(len(texts)), key=lambda number: sum(term in texts[number] for term in about))
