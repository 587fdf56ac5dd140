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
_ALL = frozenset(["semua", "semuanya", "lengkap", "kabeh", "sedaya", "sadaya", "sadayana"])
_AND = re.compile(r"[,&+]|\b(?:dan|sama|karo|lan|jeung)\b", re.IGNORECASE)
_BEHIND = re.compile(
    rf"(.+)\s({'|'.join(sorted(_DONE | _UNDONE))})(?:\s+ada)?[\s.!]*", re.IGNORECASE | re.DOTALL
)
"""The verb at the end: "paspor sudah", "3 udah ada"."""
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
        behind = _BEHIND.fullmatch(text)
        if not behind or _SMALL.issuperset(fold(behind[1]).split()):  # "ya udah" ticks nothing
            return None
        text = f"{behind[2]} {behind[1]}"
        first, *rest = fold(text).split()
    done = first in _DONE
    said = [word for word in rest if word not in _SMALL]
    if not said:
        return Typed((spoken_of,) if spoken_of else (), done)
    if _ALL.issuperset(said):
        return Typed(tuple(option.value for option in every), done)
    numbers = [int(word) for word in said if re.fullmatch(r"\d{1,2}", word)]
    if len(numbers) == len(said):
        known = all(1 <= number <= len(here) for number in numbers)
        return Typed(tuple(here[number - 1].value for number in numbers) if known else (), done)
    names = tuple(_named(part, every) for part in _parts(text))
    return Typed(names, done) if all(names) else None


def _parts(text: str) -> list[str]:
    """ "sudah paspor dan visa" → paspor, visa."""
    _, _, behind = text.strip().partition(" ")
    parts = (fold(part).split() for part in _AND.split(behind))
    bare = (" ".join(word for word in part if word not in _SMALL) for part in parts)
    return [part for part in bare if part]


def _named(words: str, every: tuple[Option, ...]) -> str:
    """The one option whose title it is, or of which alone all these words are."""
    titles = {option.value: fold(option.label) for option in every}
    best = max(titles, key=lambda value: ratio(words, titles[value]), default="")
    if best and ratio(words, titles[best]) >= SAME_NAME:
        return best
    said = words.split()
    having = [value for value, title in titles.items() if _all_in(said, title.split())]
    return having[0] if len(having) == 1 else ""


def _all_in(said: list[str], title: list[str]) -> bool:
    """Every word that is said stands in the title, a slip of the finger allowed."""
    return all(any(ratio(word, part) >= SAME_NAME for part in title) for word in said)
