"""What a message is, as learned from labelled examples: a sum of weights, no larger model.

Each word, pair of neighbouring words, piece of four letters, sign and cue has a weight for each
label (content/understanding.json, made by `kentongan understand --train`). The label with the
largest sum wins; softmax turns sums into shares between 0 and 1 that are used as thresholds, not
shown to anybody.
"""

import math
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from flows.words import END, Words

CUE = "cue:"
_TEMPERS = ("first", "kin", "cries", "past", "resolved", "asks", "hypothetical", "warns",
            "reports_news")  # fmt: skip
RULED = frozenset({CUE + "asks_kindly", CUE + "away"})
"""Cues of the rule in `flows/understanding.py`: nothing is learned over them."""
PIECE = 4
"""Letters in a piece of a word; its edges count as letters (`<tol`)."""
_MAX_PIECES = 600


def features(words: Words, names: Iterable[str], urgent: Collection[str]) -> Iterator[str]:
    """The features of a message, each at most once; `names` are its signs and cues, `urgent` the
    signs of danger: what stands beside those tells a cry from a question about one."""
    tokens = words.list()
    seen = set(tokens)
    yield from (f"w:{word}" for word in seen)
    yield from {f"b:{one} {other}" for one, other in pairwise(tokens)}
    pieces: set[str] = set()
    for word in seen:
        edged = f"<{word}>"
        pieces.update(edged[i : i + PIECE] for i in range(len(edged) - PIECE + 1))
        if len(pieces) > _MAX_PIECES:
            break
    yield from (f"c:{piece}" for piece in pieces)
    yield from _of_names(set(names) - RULED, urgent)
    yield f"l:{min(6, len(tokens).bit_length())}"
    yield from _shape(words.text, tokens)


def _of_names(names: Collection[str], urgent: Collection[str]) -> Iterator[str]:
    yield from (f"s:{name}" for name in names)
    signs = [name for name in names if not name.startswith(CUE)]
    yield f"n:{min(len(signs), 5)}"
    dangers = sum(name in urgent for name in signs)
    if dangers:
        yield f"u:{min(dangers, 3)}"
        yield from (f"u:{name}" for name in names if name.startswith(CUE))
        yield from (f"u:no {cue}" for cue in _TEMPERS if CUE + cue not in names)


def _shape(text: str, tokens: Sequence[str]) -> Iterator[str]:
    """What punctuation and capitals say."""
    if "?" in text:
        yield "q:some"
    if text.rstrip().endswith("?"):
        yield "q:last"
    if tokens.count(END) == 1 and tokens[-1] == END:
        yield "q:one sentence"
    if '"' in text or "“" in text:
        yield "q:quotes"
    letters = [letter for letter in text[:400] if letter.isalpha()]
    if letters and sum(map(str.isupper, letters)) > len(letters) / 2:
        yield "q:capitals"


@dataclass(frozen=True, slots=True)
class Judge:
    """The weights of several questions ("heads") over the same features."""

    heads: Mapping[str, Sequence[str]]
    """Labels of each head, in the order of the columns."""
    bias: Sequence[float]
    weights: Mapping[str, Sequence[tuple[int, float]]]
    """Feature → (column, weight) for the columns where it matters."""

    @classmethod
    def of(cls, raw: Mapping[str, object]) -> "Judge":
        """From the decoded file: weights as flat lists of column, hundredths."""
        weights = {
            name: tuple((flat[i], flat[i + 1] / 100) for i in range(0, len(flat), 2))
            for name, flat in raw["weights"].items()  # type: ignore[attr-defined]
        }
        return cls(raw["heads"], raw["bias"], weights)  # type: ignore[arg-type]

    def shares(self, found: Iterable[str]) -> dict[str, dict[str, float]]:
        """For each head the share of each label; the shares of a head add up to 1."""
        sums = list(self.bias)
        weights = self.weights
        for feature in found:
            for column, weight in weights.get(feature, ()):
                sums[column] += weight
        shares, start = {}, 0
        for head, labels in self.heads.items():
            shares[head] = dict(
                zip(labels, _softmax(sums[start : start + len(labels)]), strict=True)
            )
            start += len(labels)
        return shares


def _softmax(sums: Sequence[float]) -> list[float]:
    top = max(sums)
    powers = [math.exp(value - top) for value in sums]
    total = sum(powers)
    return [power / total for power in powers]
