"""Learn the weights of `flows/judgement.py` from labelled texts, and measure them on others.

A file has one JSON object a line: text, intent, urgency, flags, language and, for what is
forwarded, kind (suspicious_offer, benign_ad, news, ...). Learning needs scikit-learn, which only
developers have; the service itself only adds up weights.
"""

import json
import math
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from flows.understanding import INTENTS, KINDS, LANGUAGES, URGENCIES, Understander, Understanding

HEADS: dict[str, tuple[str, ...]] = {
    "intent": INTENTS,
    "urgency": URGENCIES,
    "kind": KINDS,
    "language": LANGUAGES,
}
LEAST_SEEN = 2
"""Messages in which a feature must stand to be learned."""
LEAST_WEIGHT = 3
"""Hundredths below which a weight is left out of the file."""
STRENGTH = 1.0
"""Inverse of scikit-learn's L2 penalty, chosen by cross-validation."""


class LabelError(Exception):
    """A labelled file can't be used; the message is one line with file, line and mend."""


@dataclass(frozen=True, slots=True)
class Example:
    text: str
    intent: str
    urgency: str
    flags: frozenset[str]
    language: str
    kind: str = ""

    def label(self, head: str) -> str:
        if head == "kind" and self.kind not in KINDS:
            return "case" if self.flags else "other"
        return str(getattr(self, head))


def read_examples(path: Path) -> list[Example]:
    """Raises LabelError."""
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise LabelError(f"{path}: can't be read ({type(error).__name__})") from None
    examples = []
    for number, line in enumerate(lines, 1):
        try:
            examples.append(_example(json.loads(line)))
        except (ValueError, KeyError, TypeError) as error:
            raise LabelError(f"{path}:{number}: {error}; needs text, intent, urgency") from None
    if not examples:
        raise LabelError(f"{path}: is empty")
    return examples


def _example(raw: Mapping[str, Any]) -> Example:
    example = Example(
        str(raw["text"]), str(raw["intent"]), str(raw.get("urgency", "none")),
        frozenset(raw.get("flags", ())), str(raw.get("language", "id")), str(raw.get("kind", "")),
    )  # fmt: skip
    for head, labels in HEADS.items():
        if example.label(head) not in labels:
            raise ValueError(f"{head} {example.label(head)!r} is none of {', '.join(labels)}")
    return example


def learn(understander: Understander, examples: Sequence[Example]) -> dict[str, Any]:
    """The weights file as plain data."""
    from sklearn.feature_extraction.text import CountVectorizer  # noqa: PLC0415 (developers only)
    from sklearn.linear_model import LogisticRegression  # noqa: PLC0415

    counter = CountVectorizer(analyzer=understander.features, binary=True, min_df=LEAST_SEEN)
    table = counter.fit_transform([example.text for example in examples])
    names = counter.get_feature_names_out()
    bias: list[float] = []
    weights: dict[str, list[int]] = {}
    pieces = [number for number, name in enumerate(names) if name.startswith("c:")]
    others = [number for number, name in enumerate(names) if not name.startswith("c:")]
    for head, labels in HEADS.items():
        # Pieces of words tell languages; for the meaning they only added noise (measured).
        used = [*pieces, *others] if head == "language" else others
        model = LogisticRegression(C=STRENGTH, max_iter=3000)
        model.fit(table[:, used], [example.label(head) for example in examples])
        columns = _columns(model, labels)
        for intercept, coefficients in columns:
            column = len(bias)
            bias.append(round(intercept, 3))
            for name, weight in zip(names[used], coefficients, strict=True):
                hundredths = round(weight * 100)
                if abs(hundredths) >= LEAST_WEIGHT:
                    weights.setdefault(str(name), []).extend((column, hundredths))
    return {"heads": HEADS, "bias": bias, "weights": dict(sorted(weights.items()))}


def _columns(model: Any, labels: Sequence[str]) -> Iterator[tuple[float, Sequence[float]]]:
    """(intercept, coefficients) of each label; of two labels the second carries them all."""
    known = list(model.classes_)
    width = model.coef_.shape[1]
    for label in labels:
        if label not in known:
            yield -20.0, [0.0] * width  # never seen, never said
        elif len(known) == 2:
            sign = 1 if known.index(label) == 1 else 0
            yield sign * float(model.intercept_[0]), sign * model.coef_[0]
        else:
            row = known.index(label)
            yield float(model.intercept_[row]), model.coef_[row]


def write_weights(weights: Mapping[str, Any], path: Path) -> None:
    """One feature a line, so that a change of the weights can be read as a change."""
    head = json.dumps({"heads": weights["heads"], "bias": weights["bias"]})[:-1]
    lines = [f"{json.dumps(k, ensure_ascii=False)}:{json.dumps(v, separators=(',', ':'))}"
             for k, v in weights["weights"].items()]  # fmt: skip
    path.write_text(head + ', "weights": {\n' + ",\n".join(lines) + "\n}}\n", encoding="utf-8")


# ---- measuring


@dataclass(frozen=True, slots=True)
class Rate:
    """A share of counted cases with its 95 % interval (Wilson)."""

    hits: int
    of: int

    @property
    def value(self) -> float | None:
        return self.hits / self.of if self.of else None

    def interval(self) -> tuple[float, float]:
        if not self.of:
            return (0.0, 1.0)
        z, p, n = 1.96, self.hits / self.of, self.of
        middle = p + z * z / (2 * n)
        spread = z * math.sqrt(p * (1 - p) / n + z * z / (4 * n * n))
        return ((middle - spread) / (1 + z * z / n), (middle + spread) / (1 + z * z / n))

    def as_json(self) -> dict[str, Any]:
        low, high = self.interval()
        value = None if self.value is None else round(self.value, 3)
        return {"value": value, "hits": self.hits, "of": self.of,
                "interval": [round(low, 3), round(high, 3)]}  # fmt: skip


def evaluate(pairs: Iterable[tuple[Example, Understanding]]) -> dict[str, Any]:
    """Precision, recall and intervals of intents, emergencies, offers and flags; who was taken
    for whom."""
    pairs = list(pairs)
    confusion = Counter((example.intent, read.intent) for example, read in pairs)
    return {
        "texts": len(pairs),
        "intent_accuracy": Rate(
            sum(n for (a, b), n in confusion.items() if a == b), len(pairs)
        ).as_json(),
        "intents": {
            intent: _precision_recall([(e.intent == intent, r.intent == intent) for e, r in pairs])
            for intent in INTENTS
        },
        "confusion": {
            intent: {
                other: confusion[intent, other] for other in INTENTS if confusion[intent, other]
            }
            for intent in INTENTS
        },
        "emergency": _precision_recall(
            [(e.urgency == "now", r.urgency == "now") for e, r in pairs]
        ),
        "offers": _offers(pairs),
        "language_accuracy": Rate(
            sum(e.language == r.language for e, r in pairs), len(pairs)
        ).as_json(),
        "flags": _flag_rates(pairs),
    }


def _precision_recall(marks: Sequence[tuple[bool, bool]]) -> dict[str, Any]:
    """From (is so, was said)."""
    both = sum(a and b for a, b in marks)
    return {
        "precision": Rate(both, sum(said for _, said in marks)).as_json(),
        "recall": Rate(both, sum(is_so for is_so, _ in marks)).as_json(),
    }


def _offers(pairs: Sequence[tuple[Example, Understanding]]) -> dict[str, Any]:
    """Suspicious offers with at least one flag, and harmless texts with one."""
    bad = [read for example, read in pairs if example.kind == "suspicious_offer"]
    good = [read for example, read in pairs if example.kind in ("benign_ad", "news", "legit")]
    return {
        "recall": Rate(sum(bool(read.flags) for read in bad), len(bad)).as_json(),
        "false_alarms": Rate(sum(bool(read.flags) for read in good), len(good)).as_json(),
    }


def _flag_rates(pairs: Sequence[tuple[Example, Understanding]]) -> dict[str, Any]:
    found = [(example.flags, {flag.id for flag in read.flags}) for example, read in pairs]
    both = sum(len(is_so & said) for is_so, said in found)
    return {
        "precision": Rate(both, sum(len(said) for _, said in found)).as_json(),
        "recall": Rate(both, sum(len(is_so) for is_so, _ in found)).as_json(),
    }
