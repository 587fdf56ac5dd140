"""What typed words mean: a choice by number or word, a word that works everywhere, a beginning."""

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from rapidfuzz.distance import OSA
from rapidfuzz.fuzz import ratio

MAX_WORDS = 400
"""Characters of a message that are looked at for a choice or a trigger; the rest is content."""

_NUMBER_WORDS = {
    word: str(number)
    for number, words in enumerate((
        "nol kosong enol",
        "satu siji sawiji setunggal hiji settong esa pertama kapisan kahiji kesatu",
        "dua loro kalih dhuwa duwa kedua kapindho kapindo kadua",
        "tiga telu tilu tello ketiga katelu katiga katilu",
        "empat papat sekawan opat keempat kapat kaopat",
        "lima limo gangsal kelima kalima",
        "enam enem nenem genep keenam kaenem kagenep",
        "tujuh pitu ketujuh kapitu katujuh",
        "delapan wolu dalapan kedelapan kawolu kadalapan",
        "sembilan sanga songo salapan kesembilan kasanga kasalapan",
        "sepuluh sedasa sapuluh kesepuluh kasedasa kasapuluh",
    ))
    for word in words.split()
}  # fmt: skip
"""Indonesian, Javanese (ngoko and krama), Sundanese and some Madurese."""
_BEFORE_NUMBER = {
    "no", "nomor", "nomer", "nmr", "pilih", "pilihan", "yang", "yg", "saya", "jawab",
    "milih", "sing", "ingkang", "nu", "aku", "kula", "kulo", "abdi",
}  # fmt: skip
_AFTER_WORD = {
    "aja", "saja", "ya", "dong", "kak", "pak", "bu", "mas", "mbak", "min", "deh", "sih",
    "wae", "ae", "bae", "mawon", "nggih", "weh", "atuh", "kang", "teh",
}  # fmt: skip


def fold(text: str, limit: int = MAX_WORDS) -> str:
    """Words in one form: small letters, no accents, emoji, marks or doubled spaces.

    Digits in circles and keycaps become plain digits ("①", "1️⃣" → "1").
    """
    plain = unicodedata.normalize("NFKD", text[:limit]).casefold()
    kept = (
        letter if letter.isalnum() else " "
        for letter in plain
        if unicodedata.category(letter) not in ("Mn", "Me", "Cf")
    )
    return " ".join("".join(kept).split())


@lru_cache(maxsize=4096)
def fold_known(text: str) -> str:
    """The same for words of content (labels, names of the register): never for what people write,
    which must not stay in memory."""
    return fold(text)


def _bare(text: str) -> str:
    """Without the small words that people put around an answer ("yang nomor satu aja ya")."""
    words = text.split()
    while len(words) > 1 and words[0] in _BEFORE_NUMBER:
        words.pop(0)
    words = _politely(words)
    if len(words) == 1:
        return _NUMBER_WORDS.get(words[0], words[0])
    return " ".join(words)


def _politely(words: list[str]) -> list[str]:
    """Without the address at the end: "halo mas", "belajar dong kak"."""
    kept = len(words)
    while kept > 1 and words[kept - 1] in _AFTER_WORD:
        kept -= 1
    return words[:kept]


@dataclass(frozen=True, slots=True)
class Offered:
    """One choice as it may be typed."""

    number: str
    words: tuple[str, ...]


def choose(text: str, offered: Sequence[Offered], *, typos: bool = True) -> int | None:
    """Index of the choice that the text means, or None when that is not clear."""
    typed = fold(text)
    for i, choice in enumerate(offered):
        if typed and typed in choice.words:
            return i
    words = _bare(typed)
    if not words:
        return None
    if words.isdigit():
        number = words.lstrip("0") or "0"
        return next((i for i, choice in enumerate(offered) if choice.number == number), None)
    for i, choice in enumerate(offered):
        if words in choice.words:
            return i
    lead = re.match(r"(\d) ", words)
    if lead:  # "1 belajar": the number with its label behind it
        for i, choice in enumerate(offered):
            if choice.number == lead[1] and any(ratio(words[2:], w) >= 80 for w in choice.words):
                return i
        return None  # the number says one thing and the word another
    return _nearest(words, offered) if typos else None


def _nearest(words: str, offered: Sequence[Offered]) -> int | None:
    """The one choice within typing distance; two that fit equally well are no answer."""
    if len(words) < 4:
        return None
    best: list[tuple[float, int]] = []
    for i, choice in enumerate(offered):
        scores = [ratio(words, word) for word in choice.words if len(word) >= 4]
        scores += [
            95.0 for word in choice.words if len(words) >= 5 and word.startswith(words + " ")
        ]
        if scores and max(scores) >= 80:
            best.append((max(scores), i))
    best.sort(reverse=True)
    if not best or (len(best) > 1 and best[0][0] - best[1][0] < 5):
        return None
    return best[0][1]


@dataclass(frozen=True, slots=True)
class Trigger:
    """Words that begin a conversation at `to` ("flow:node")."""

    phrases: tuple[str, ...]
    to: str
    rest: bool = False
    """More words may follow; they are handed to the flow."""
    officer: bool = False
    """Only for enrolled officers."""
    unless: tuple[str, ...] = ()
    """Next words that make another thing of it: LAPOR DIRI is no report."""


class Triggers:
    """All triggers, looked up phrase by phrase; a longer phrase wins over a shorter one."""

    def __init__(self, triggers: Iterable[Trigger]) -> None:
        self.all = tuple(triggers)
        self._for_all = {p: t for t in self.all if not t.officer for p in t.phrases}
        self._for_officers = {p: t for t in self.all if t.officer for p in t.phrases}

    def match(self, text: str) -> tuple[str, str] | None:
        """(where to go, the words behind the trigger) or None."""
        return _match(text, self._for_all)

    def command(self, text: str) -> tuple[str, str] | None:
        """The same among the officers' words; before a number also with a slip of the finger."""
        return _match(text, self._for_officers) or self._slipped(text)

    def _slipped(self, text: str) -> tuple[str, str] | None:
        """`ambli 12`. The first letter holds and none is wrong: "hanya 2 orang" is no TANYA."""
        words = fold(text.strip().removeprefix("/")).split()
        if len(words) < 2 or not words[1].isdecimal():
            return None
        meant = {
            trigger.to
            for phrase, trigger in self._for_officers.items()
            if trigger.rest and len(phrase) >= 5 and _slip(words[0], phrase)
        }
        return (meant.pop(), _behind(text, 1)) if len(meant) == 1 else None


def _match(text: str, known: Mapping[str, Trigger]) -> tuple[str, str] | None:
    text = text.strip()
    if text.startswith("/"):
        text = _command(text)
    folded = _politely(fold(text).split())
    for length in range(min(4, len(folded)), 0, -1):
        trigger = known.get(" ".join(folded[:length]))
        if trigger and length == len(folded):
            return trigger.to, ""
        if trigger and _opens(trigger, folded[length]):
            return trigger.to, _behind(text, length)
    if len(folded) == 1:
        for phrase, trigger in known.items():
            if near(folded[0], phrase):
                return trigger.to, ""
    return None


def _opens(trigger: Trigger, following: str) -> bool:
    return trigger.rest and following not in trigger.unless


def near(word: str, known: str) -> bool:
    """One slip of the finger apart (a letter left out, doubled, wrong, or swapped)."""
    return len(known) >= 5 and OSA.distance(word, known, score_cutoff=1) <= 1


def _slip(word: str, known: str) -> bool:
    """A letter left out or doubled, or two neighbours swapped, behind the first."""
    if word[:1] != known[:1] or OSA.distance(word, known, score_cutoff=1) > 1:
        return False
    return len(word) != len(known) or sorted(word) == sorted(known)


def _command(text: str) -> str:
    """`/cek@ourbot PT X` → `cek PT X`; `/start lapor` → `lapor`; a join link's `/start d_CODE` →
    `daftar CODE`."""
    command, _, rest = text[1:].partition(" ")
    name = command.partition("@")[0]
    if name == "start" and rest.startswith("d_"):
        return f"daftar {rest[2:].strip()}"
    return rest.strip() if name == "start" and rest.strip() else f"{name} {rest}".strip()


def _behind(text: str, words: int) -> str:
    """What stands behind the first `words` words, as it was typed."""
    rest = text
    for _ in range(words):
        match = re.search(r"[^\W_]+", rest)
        if not match:
            return ""
        rest = rest[match.end() :]
    return rest.lstrip(" \t\n:,.-–—#").strip()


def everywhere(text: str, actions: Mapping[str, tuple[str, ...]], *, typos: bool) -> str | None:
    """The action of a word that works in every state (MENU, BATAL, …), if the text is one."""
    text = text.strip()
    if text.startswith("/"):
        text = _command(text)
    words = _bare(fold(text))
    for action, known in actions.items():
        if words in known:
            return action
    if typos and " " not in words:
        for action, known in actions.items():
            if any(near(words, word) for word in known):
                return action
    return None
