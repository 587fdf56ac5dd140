"""Whether two questions of villagers ask the same: by what they are about, spelling and slips aside."""

from collections.abc import Iterable
from math import fsum

from flows.retrieval import shipped_retrieval

SAME = 0.8
"""Of 1. Careful on purpose: who is put into a wrong group gets the answer to another question."""


def alike(one: str, other: str) -> float:
    """0 to 1: what both are about, by how much each word tells. Other numbers are another question."""
    if _numbers(one) != _numbers(other):
        return 0.0
    retrieval = shipped_retrieval()
    mine, theirs = retrieval.told(one), retrieval.told(other)
    both = fsum(min(mine[term], theirs[term]) for term in mine.keys() & theirs.keys())
    return 2 * both / (fsum((*mine.values(), *theirs.values())) or 1.0)


def nearest(text: str, known: Iterable[tuple[int, str]]) -> int:
    """The group that asks the same, of (group, words); 0 when none does, the older one of two."""
    scored = [(alike(text, words), -group) for group, words in known]
    best, group = max(scored, default=(0.0, 0))
    return -group if best >= SAME else 0


def _numbers(text: str) -> frozenset[str]:
    return frozenset("".join(letter if letter.isdecimal() else " " for letter in text).split())
