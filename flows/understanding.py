"""What a message wants, how urgent it is, and which warning signs stand in it, with their words.

Explainable by construction: a flag is only reported with the sender's own words that raised it.
Which message is one's own story or an offer, and which a question, a joke, a warning or the news,
is learned from labelled examples (`flows/judgement.py`); no message leaves the machine.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, Literal, get_args

import msgspec

from flows.catalog import CONTENT, ContentError, load_yaml
from flows.check_facts import load_red_flags
from flows.judgement import CUE, Judge, features
from flows.signs import Hit, SignError, Signs
from flows.words import Speller, Words

Intent = Literal[
    "learn", "check", "report", "ask_human", "emergency", "small_talk", "opt_out", "other"
]
Urgency = Literal["none", "soon", "now"]
INTENTS: tuple[Intent, ...] = get_args(Intent)
URGENCIES: tuple[Urgency, ...] = get_args(Urgency)
LANGUAGES = ("id", "jv", "su", "mad", "ms", "other")
KINDS = ("suspicious_offer", "benign_ad", "news", "case", "other")
"""What a text is: an offer to beware of, an ordinary advertisement, news or a warning, somebody's own
case, or none of these. Only in an offer and a case do signs count."""
NOW_FROM = 0.35
"""Share of "now" from which a message counts as an emergency: asked about, not acted on alone."""
NOW_WITHIN = 0.5
"""The same for a stretch of a long message, which lacks what stands around it."""
STRETCH = 24
"""Words of a stretch."""
OWN_FROM = 0.35
"""Share from which the signs are the sender's own case or an offer, not talk about signs."""


@dataclass(frozen=True, slots=True)
class Found:
    """A red flag and the words that raised it, as the sender wrote them."""

    id: str
    evidence: str


@dataclass(frozen=True, slots=True)
class Understanding:
    intent: Intent
    urgency: Urgency
    flags: tuple[Found, ...]
    language: str
    cues: frozenset[str] = frozenset()


@lru_cache(maxsize=1)
def shipped_understander() -> "Understander":
    """Of the content that is shipped, read once in a process: it is never changed."""
    return load_understander(CONTENT)


def load_understander(folder: Path = CONTENT, *, learned: bool = True) -> "Understander":
    """From content/: spellings.yaml, signs.yaml, red_flags.yaml and understanding.json.

    `learned=False` leaves the weights out, to learn them anew. Raises ContentError.
    """
    flags = load_red_flags(folder)
    signs = _mapping(folder / "signs.yaml", ("groups", "signs", "cues"))
    spellings = _mapping(folder / "spellings.yaml", ())
    known = {flag.id for flag in flags}
    if wrong := known.symmetric_difference(signs["signs"]):
        raise ContentError(f"content/signs.yaml: {min(wrong)}: not in both red_flags.yaml and here")
    urgent = {flag.id for flag in flags if flag.severity == "urgent"}
    try:
        return Understander(spellings, signs["groups"], signs["signs"], signs["cues"], urgent,
                            _judge(folder) if learned else None)  # fmt: skip
    except SignError as error:
        raise ContentError(f"content/signs.yaml: {error}") from None


def _mapping(path: Path, needed: Sequence[str]) -> dict[str, Any]:
    raw = load_yaml(path)
    if not isinstance(raw, dict) or not all(isinstance(raw.get(key), dict) for key in needed):
        raise ContentError(f"content/{path.name}: must be lists of words by name")
    return raw


def _judge(folder: Path) -> Judge:
    path = folder / "understanding.json"
    try:
        return Judge.of(msgspec.json.decode(path.read_bytes()))
    except (OSError, msgspec.DecodeError, KeyError, TypeError, AttributeError) as error:
        raise ContentError(
            f"content/{path.name}: can't be read ({type(error).__name__}); "
            "make it anew with `kentongan understand --train FILE...`"
        ) from None


class Understander:
    """Reads messages; made once, holds nothing of what it reads."""

    def __init__(
        self,
        spellings: Mapping[str, Sequence[str]],
        groups: Mapping[str, Sequence[str]],
        signs: Mapping[str, Sequence[str]],
        cues: Mapping[str, Sequence[str]],
        urgent: Collection[str],
        judge: Judge | None = None,
    ) -> None:
        """`urgent` are the ids of the signs of danger. Raises SignError for a phrase that can't
        be read."""
        self._urgent = frozenset(urgent)
        forms = {other: form for form, others in spellings.items() for other in others}
        self._signs = Signs(groups, forms)
        for name, phrases in signs.items():
            self._signs.add(name, phrases)
        for name, phrases in cues.items():
            self._signs.add(CUE + name, phrases)
        self._speller = Speller(forms, self._signs.literals)
        self._judge = judge

    def read(self, text: str, judge: Judge | None = None) -> Understanding:
        """With other weights than its own where `judge` is given (to measure them)."""
        words = self._speller.words(text)
        hits = sorted(self._signs.find(words), key=lambda hit: (hit.start, -hit.end))
        names = {hit.name for hit in hits}
        judge = judge or self._judge
        assert judge is not None, "made without weights, to learn them"
        shares = judge.shares(features(words, names, self._urgent))
        urgency = _urgency(shares["urgency"])
        if urgency != "now" and names & self._urgent and not _is_told_of_others(shares["kind"]):
            urgency = "now" if self._cries_within(words, hits, judge) else urgency
        if urgency == "now" and _asks_kindly(names):
            urgency = "none"
        elif _only_cries(words, hits):
            urgency = "now"
        intent: Intent = "emergency" if urgency == "now" else _intent(shares["intent"])
        own = shares["kind"]["suspicious_offer"] + shares["kind"]["case"]
        counts = own >= OWN_FROM or urgency == "now"
        return Understanding(
            intent,
            urgency,
            tuple(_flags(words, hits)) if counts else (),
            max(shares["language"], key=shares["language"].__getitem__),
            frozenset(name.removeprefix(CUE) for name in names if name.startswith(CUE)),
        )

    def _cries_within(self, words: Words, hits: Iterable[Hit], judge: Judge) -> bool:
        """A long story with one sentence of danger in it: what stands around a sign of danger is
        heard for itself."""
        if len(words.starts) <= STRETCH:
            return False
        for hit in hits:
            if hit.name in self._urgent:
                stretch = words.around(hit.start, hit.end, STRETCH)
                names = {near.name for near in self._signs.find(stretch)}
                shares = judge.shares(features(stretch, names, self._urgent))
                if shares["urgency"]["now"] >= NOW_WITHIN:
                    return True
        return False

    def signs(self, text: str) -> list[Found]:
        """Every flag whose words are there, of a text that is known to be about a real offer."""
        words = self._speller.words(text)
        hits = sorted(self._signs.find(words), key=lambda hit: (hit.start, -hit.end))
        return list(_flags(words, hits))

    def features(self, text: str) -> list[str]:
        """What the weights are learned over."""
        words = self._speller.words(text)
        return list(features(words, {hit.name for hit in self._signs.find(words)}, self._urgent))


def _asks_kindly(names: Collection[str]) -> bool:
    """ "Tolong" that wants something explained, and not one sign beside it: the word alone makes
    no cry of it. Whatever speaks of danger, fear or escape stays one."""
    tempers = {CUE + name for name in ("despair", "watched", "away")}
    signs = [name for name in names if not name.startswith(CUE)]
    return CUE + "asks_kindly" in names and not signs and tempers.isdisjoint(names)


_CALLED = frozenset(
    {"pak", "bapak", "bu", "ibu", "mas", "mbak", "kak", "bang", "om", "tante", "min", "dong", "ya"}
)


def _only_cries(words: Words, hits: Iterable[Hit]) -> bool:
    """ "Tolong anak saya pak": a call for help for somebody of one's own, and not a word more."""
    calls = {CUE + "cries", CUE + "kin", CUE + "first"}
    told = [hit for hit in hits if hit.name in calls]
    if {hit.name for hit in told} != calls:
        return False
    said = ((start, word) for start, word in zip(words.starts, words.list(), strict=True))
    return all(
        word in _CALLED or any(hit.start <= start < hit.end for hit in told) for start, word in said
    )


def _is_told_of_others(kinds: Mapping[str, float]) -> bool:
    """News, a warning or an advertisement: the danger in it is nobody's who writes to us."""
    return kinds["news"] + kinds["benign_ad"] > 0.5


def _urgency(shares: Mapping[str, float]) -> Urgency:
    if shares["now"] >= NOW_FROM:
        return "now"
    return "soon" if shares["soon"] > shares["none"] else "none"


def _intent(shares: Mapping[str, float]) -> Intent:
    """The likeliest intent of a message that is no emergency."""
    return max((i for i in INTENTS if i != "emergency"), key=lambda intent: shares[intent])


def _flags(words: Words, hits: Iterable[Hit]) -> Iterable[Found]:
    """Each flag once, with the longest of its evidence, in the order of the text."""
    best: dict[str, Hit] = {}
    for hit in hits:
        known = best.get(hit.name)
        if not hit.name.startswith(CUE) and (
            known is None or hit.end - hit.start > known.end - known.start
        ):
            best[hit.name] = hit
    for hit in sorted(best.values(), key=lambda hit: hit.start):
        yield Found(hit.name, words.quoted(hit.start, hit.end))
