"""What was asked of somebody, read from their own words: the thing and the amount beside it."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import partial

from flows.departure_facts import Cost
from flows.entities import Extractor
from flows.entities_text import fold
from flows.safety import mask_identity_numbers
from flows.triggers import near

LONGEST = 2000
"""Characters that are read."""
_OWN_WORDS = 30
"""Characters of somebody's own words for a thing that is on no list."""
_PIECES = re.compile(
    r"[;\n+•]|,(?!\d)|(?<!\brp)\.(?=\s|$)|\b(?:dan|sama|terus|trus|lalu|plus|serta|karo|kalih|jeung)\b",
    re.IGNORECASE,
)
_WORD = re.compile(r"[a-z]+")
_ENDINGS = re.compile(r"(?<=[a-z]{4})(?:nya|ne)$")
_HOW_LONG = re.compile(r"\d{1,2}\s?(?:bulan|bln|bl|wulan|sasih|kali|x|tahun|thn|taun)\b", re.I)
_BARE_NUMBER = re.compile(r"(?<![\w.,])\d{2,9}(?![\w.,])")
"""An amount without its unit ("medical 1200000"), read back as it stands; longer is a telephone."""
_NO_COST = frozenset(["gaji", "gajih", "upah", "salary", "total", "jumlah", "totalnya", "semuanya"])
_FOR = frozenset(["untuk", "utk", "buat", "bwt", "kanggo", "kangge", "keur"])
_LONGEST_PHRASE = 3


@dataclass(frozen=True, slots=True)
class Asked:
    """One thing that somebody is to pay."""

    cost: Cost | None
    """None for what is on no list."""
    words: str = field(repr=False)
    """As it is read back: its name and the amount as it was typed."""


@dataclass(frozen=True, slots=True)
class _Mention:
    cost: Cost
    start: int
    end: int


class CostReader:
    def __init__(self, costs: tuple[Cost, ...], extractor: Extractor) -> None:
        self.costs: Mapping[str, Cost] = {cost.id: cost for cost in costs}
        self._extractor = extractor
        self._phrases: dict[int, dict[tuple[str, ...], Cost]] = {}
        for cost in costs:
            for word in cost.words:
                parts = tuple(word.split())
                self._phrases.setdefault(len(parts), {})[parts] = cost

    def read(self, text: str) -> tuple[Asked, ...]:
        """In the order of the message; a thing that is named twice counts once."""
        found: dict[str, Asked] = {}
        for piece in _PIECES.split(mask_identity_numbers(text[:LONGEST])):
            for asked in self._piece(piece):
                key = asked.cost.id if asked.cost else asked.words
                if key not in found or len(asked.words) > len(found[key].words):
                    found[key] = asked
        return tuple(found.values())

    def picked(self, cost_id: str) -> tuple[Asked, ...]:
        cost = self.costs.get(cost_id)
        return (Asked(cost, cost.name),) if cost else ()

    def _piece(self, piece: str) -> Iterator[Asked]:
        mentions = list(self._mentions(piece))
        amounts = [(one.start, one.end) for one in self._extractor.extract(piece).amounts]
        if not mentions:
            words = {_bare(word) for word in _WORD.findall(fold(piece).text)}
            if amounts and not words & _NO_COST:
                yield Asked(None, _short(piece))
            return
        for plainer in (_HOW_LONG, _BARE_NUMBER):
            amounts = amounts or [found.span() for found in plainer.finditer(piece)]
        beside = _beside(piece, mentions, amounts)
        for mention in mentions:
            amount = piece[slice(*beside[mention])] if mention in beside else ""
            yield Asked(mention.cost, f"{mention.cost.name} {amount.strip()}".strip())

    def _mentions(self, piece: str) -> Iterator[_Mention]:
        """The longest phrase at each word; a word is part of one thing only."""
        folded = fold(piece)
        tokens = [(_bare(found[0]), found) for found in _WORD.finditer(folded.text)]
        at, last = 0, None
        while at < len(tokens):
            cost, length = self._longest([token for token, _ in tokens[at : at + _LONGEST_PHRASE]])
            if cost is None:
                at += 1
                continue
            if cost is not last:
                span = folded.span(tokens[at][1].start(), tokens[at + length - 1][1].end())
                yield _Mention(cost, *span)
            at, last = at + length, cost

    def _longest(self, words: list[str]) -> tuple[Cost | None, int]:
        for length in range(len(words), 0, -1):
            said, known = tuple(words[:length]), self._phrases.get(length, {})
            if said in known:
                return known[said], length
            for phrase, cost in known.items():
                if all(map(_alike, said, phrase)):
                    return cost, length
        return None, 0


def _beside(
    piece: str, mentions: list[_Mention], amounts: list[tuple[int, int]]
) -> dict[_Mention, tuple[int, int]]:
    """In the order in which both stand; where amounts are fewer, each is of the nearest thing:
    in "calo minta 5 juta untuk tiket" the ticket's."""
    if len(amounts) >= len(mentions):
        return dict(zip(mentions, amounts, strict=False))

    def apart(amount: tuple[int, int], one: _Mention) -> int:
        start, end = amount
        between = piece[one.end : start] + piece[end : one.start]
        return len([word for word in _WORD.findall(between.casefold()) if word not in _FOR])

    return {min(mentions, key=partial(apart, amount)): amount for amount in amounts}


def _alike(said: str, known: str) -> bool:
    """One slip apart; "uang" is no "utang"."""
    return said == known or (len(said) >= 5 and said[0] == known[0] and near(said, known))


def _bare(word: str) -> str:
    return _ENDINGS.sub("", word)


def _short(words: str) -> str:
    words = " ".join(words.split()).strip(" .:-")
    return words if len(words) <= _OWN_WORDS else words[: _OWN_WORDS - 1].rstrip() + "…"
