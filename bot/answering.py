"""How well questions find their card: measured on labelled questions, and learned from them.

A file has one JSON object a line: id, text and `cards`, a list of "lesson.card" of which any would
do, or null when nothing here answers. Learning needs scikit-learn, which only developers have.
"""

import json
import random
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from bot.learning import LabelError, Rate
from flows.catalog import CONTENT
from flows.curriculum import Lesson, for_villagers, load_lessons
from flows.retrieval import (
    CONFIDENCE,
    OFFERED,
    Asked,
    Candidate,
    Found,
    Retrieval,
    load_asked,
    load_words,
)

PARTS = 8
"""In so many parts the known questions are measured, each by what the others teach."""


def report(found: Found, question: str) -> dict[str, Any]:
    """The contract of `kentongan answer --json`."""
    return {
        "question": question,
        "verdict": found.verdict,
        "confidence": round(found.confidence, 3),
        "candidates": [_candidate(one) for one in found.offered()],
    }


def _candidate(one: Candidate) -> dict[str, Any]:
    return {
        "lesson": one.lesson.id,
        "card": one.card.id,
        "heading": one.heading,
        "score": round(one.score, 3),
        "text": one.card.text,
        "source": one.card.source.text,
        "checked": one.card.source.checked.isoformat(),
        "review_by": one.card.source.review_by.isoformat(),
    }


def read_questions(path: Path) -> list[Asked]:
    """Raises LabelError."""
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise LabelError(f"{path}: can't be read ({type(error).__name__})") from None
    questions = []
    for number, line in enumerate(lines, 1):
        try:
            questions.append(_question(json.loads(line)))
        except (ValueError, KeyError, TypeError) as error:
            raise LabelError(f"{path}:{number}: {error}; needs text and cards") from None
    if not questions:
        raise LabelError(f"{path}: is empty")
    return questions


def _question(raw: Mapping[str, Any]) -> Asked:
    cards = raw["cards"]
    if cards is not None and not (cards and all(isinstance(card, str) for card in cards)):
        raise ValueError("cards must be null or a list of “lesson.card”")
    return Asked(str(raw["text"]), tuple(cards or ()))


def evaluate(answers: Iterable[tuple[Asked, Found]]) -> dict[str, Any]:
    """Recall over the questions that a card answers, false answers over those that none does."""
    pairs = list(answers)
    known = [(asked, found) for asked, found in pairs if asked.cards]
    unknown = [found for asked, found in pairs if not asked.cards]
    said = [(asked, found) for asked, found in known if found.verdict == "sure"]
    wrong = sum(not _first_is_right(asked, found) for asked, found in said)
    false = sum(found.verdict == "sure" for found in unknown)
    return {
        "questions": len(pairs),
        "recall_at_1": _share(_first_is_right(*pair) for pair in known),
        "recall_at_3": _share(_is_among(*pair) for pair in known),
        "said_at_once": Rate(len(said), len(known)).as_json(),
        "right_when_said": Rate(len(said) - wrong, len(said)).as_json(),
        "reached": _share(_is_reached(*pair) for pair in known),
        "false_answers": Rate(false, len(unknown)).as_json(),
        "not_known": _share(found.verdict == "none" for found in unknown),
    }


def _share(hits: Iterable[bool]) -> dict[str, Any]:
    counted = list(hits)
    return Rate(sum(counted), len(counted)).as_json()


def _first_is_right(asked: Asked, found: Found) -> bool:
    return bool(found.candidates) and found.candidates[0].id in asked.cards


def _is_among(asked: Asked, found: Found) -> bool:
    return any(one.id in asked.cards for one in found.candidates[:OFFERED])


def _is_reached(asked: Asked, found: Found) -> bool:
    """Said at once, or one of the choices."""
    if found.verdict == "sure":
        return _first_is_right(asked, found)
    return found.verdict == "unsure" and any(one.id in asked.cards for one in found.offered())


# ---- measuring and learning on the known questions


def cross(folder: Path = CONTENT) -> Iterator[tuple[Asked, Found, dict[str, float]]]:
    """Each known question as it is answered by what the others teach, with its signs."""
    lessons: Sequence[Lesson] = for_villagers(load_lessons(folder))
    words, asked = load_words(folder, lessons), list(load_asked(folder))
    random.Random(7).shuffle(asked)  # noqa: S311 (an order, no secret)
    for part in range(PARTS):
        others = [one for number, one in enumerate(asked) if number % PARTS != part]
        retrieval = Retrieval(lessons, words, others)
        for one in asked[part::PARTS]:
            yield one, retrieval.find(one.text), retrieval.signs(one.text)


def learn(rows: Iterable[tuple[Asked, Found, dict[str, float]]]) -> dict[str, float]:
    """The weights of the confidence and their bias, for flows/retrieval.py."""
    from sklearn.linear_model import LogisticRegression  # noqa: PLC0415 (developers only)

    known = [(signs, _first_is_right(asked, found)) for asked, found, signs in rows if signs]
    model = LogisticRegression(C=10, max_iter=5000)
    model.fit(
        [[signs[name] for name in CONFIDENCE] for signs, _ in known],
        [right for _, right in known],
    )
    weights = dict(zip(CONFIDENCE, (round(float(x), 1) for x in model.coef_[0]), strict=True))
    return weights | {"bias": round(float(model.intercept_[0]), 1)}
