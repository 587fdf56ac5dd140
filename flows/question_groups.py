"""Whether two questions of villagers ask the same: by what they are about, spelling and slips aside."""

from collections.abc import Iterable, Mapping
from heapq import nlargest
from math import fsum

from flows.retrieval import shipped_retrieval
from flows.triggers import fold

SAME = 0.8
"""Of 1. Careful on purpose: who is put into a wrong group gets the answer to another question."""
WEIGHED = 15
"""So many of the known questions, those with most letters in common, are read for what they mean."""


def alike(one: str, other: str) -> float:
    """0 to 1: what both are about, by how much each word tells. Other numbers are another question."""
    return _common(_told(one), _told(other)) if _numbers(one) == _numbers(other) else 0.0


def nearest(text: str, known: Iterable[tuple[int, str]]) -> int:
    """The group that asks the same, of (group, words); 0 when none does, the older one of two."""
    numbers, letters = _numbers(text), _letters(text)
    near = nlargest(
        WEIGHED,
        ((_share(letters, _letters(words)), -group, words) for group, words in known
         if _numbers(words) == numbers),
    )  # fmt: skip
    told = _told(text)
    scored = [(_common(told, _told(words)), group) for _, group, words in near]
    best, group = max(scored, default=(0.0, 0))
    return -group if best >= SAME else 0


def _told(text: str) -> Mapping[str, float]:
    return shipped_retrieval().told(text)


def _common(mine: Mapping[str, float], theirs: Mapping[str, float]) -> float:
    both = fsum(min(mine[term], theirs[term]) for term in mine.keys() & theirs.keys())
    return 2 * both / (fsum((*mine.values(), *theirs.values())) or 1.0)


def _letters(text: str) -> frozenset[str]:
    """Every three letters that stand together."""
    folded = f" {fold(text)} "
    return frozenset(folded[at : at + 3] for at in range(len(folded) - 2))


def _share(one: frozenset[str], other: frozenset[str]) -> float:
    return 2 * len(one & other) / (len(one) + len(other) or 1)


def _numbers(text: str) -> frozenset[str]:
    return frozenset("".join(one if one.isdecimal() else " " for one in text).split())
