"""What is typed beside the buttons of a checklist: SUDAH 3, "udah 1 sama 4", BELUM paspor."""

import re
from dataclasses import dataclass

from rapidfuzz.fuzz import ratio

from flows.nodes import Option
from flows.triggers import fold

_DONE = frozenset(["sudah", "udah", "sdh", "udh", "dah", "wis", "wes", "sampun", "atos", "geus",
                   "beres", "centang", "ceklis", "punya", "selesai"])  # fmt: skip
_UNDONE = frozenset(["belum", "blm", "blum", "durung", "dereng", "acan", "can", "hapus", "batal"])
_SMALL = frozenset(["ada", "punya", "jadi", "ya", "pak", "bu", "kak", "saya", "nomor", "no",
                    "yang", "dan", "sama", "centang", "beres"])  # fmt: skip
SAME_NAME = 82
"""How alike (0-100) a typed name and a title must be; "paspot" and "Paspor" are."""


@dataclass(frozen=True, slots=True)
class Typed:
    items: tuple[str, ...]
    """Empty when it is not clear what is meant."""
    done: bool


def read_typed(
    text: str, here: tuple[Option, ...], every: tuple[Option, ...], spoken_of: str
) -> Typed | None:
    """None for words that tick nothing. Numbers count the options shown `here`; without a number
    or a name the one that is spoken of is meant ("" when none is)."""
    first, *rest = fold(text).split() or [""]
    if first not in _DONE | _UNDONE:
        return None
    done = first in _DONE
    said = [word for word in rest if word not in _SMALL]
    if not said:
        return Typed((spoken_of,) if spoken_of else (), done)
    numbers = [int(word) for word in said if re.fullmatch(r"\d{1,2}", word)]
    if len(numbers) == len(said):
        known = all(1 <= number <= len(here) for number in numbers)
        return Typed(tuple(here[number - 1].value for number in numbers) if known else (), done)
    named = _named(" ".join(said), every)
    return Typed((named,), done) if named else None


def _named(words: str, every: tuple[Option, ...]) -> str:
    """The one option whose title it is, or a word of it that no other title has."""
    titles = {option.value: fold(option.label) for option in every}
    best = max(titles, key=lambda value: ratio(words, titles[value]), default="")
    if best and ratio(words, titles[best]) >= SAME_NAME:
        return best
    having = [
        value
        for value, title in titles.items()
        if any(len(part) >= 3 and ratio(words, part) >= SAME_NAME for part in title.split())
    ]
    return having[0] if len(having) == 1 else ""
