"""What a partner is handed of a case: what it needs, on a named legal ground, and no more.

Pure: the opened case goes in, a printable summary comes out. The reporter is left out unless the
officer decides otherwise, piece by piece. Nothing that a tip holds can pose as a line of the
letter, as a link, or as a formula of the program that opens it.
"""

import csv
import hashlib
import io
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Literal

from flows.entities_accounts import find_accounts
from flows.entities_contacts import find_phones
from flows.entities_text import fold
from flows.identity_numbers import HIDDEN_NIK, mask_identity_numbers
from flows.partners import Ground
from flows.plain_text import defanged
from flows.times import say_date
from flows.wording import Wording

Found = Literal["phone", "account", "identity", "address", "email", "self"]
FOUND: tuple[Found, ...] = ("phone", "account", "identity", "address", "email", "self")

TOLD = ("what", "where_name", "when", "who", "proof")
"""Answers of a report that a partner gets."""
ON_REQUEST = ("victim", "where_words")
"""Answers that go only when the officer ticks them. All others never go: they are the reporter's."""
_HEADINGS = {
    "what": "forwarding.told_what",
    "where_name": "forwarding.told_where_name",
    "when": "forwarding.told_when",
    "who": "forwarding.told_who",
    "proof": "forwarding.told_proof",
    "victim": "forwarding.told_victim",
    "where_words": "forwarding.told_where_words",
    "asked": "forwarding.told_asked",
}
HIDDEN = "[disamarkan]"
MAX_CELL = 4000
"""Characters of one answer in a letter."""

_UNSEEN = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]"
)
_FORMULA = re.compile(r"\s*[=+\-@|%＝＋－＠]")
EMAIL = re.compile(r"[\w.+-]{1,64}@[\w-]+(?:\.[\w-]+)+")
_ADDRESS = re.compile(
    r"\b(?:(?:jl|jln|gang|gg)\b\.?\s+[\w'-]+|jalan\s+(?-i:[A-Z])[\w'-]*)"
    r"(?:\s+(?!rt\b|rw\b|no\b)(?-i:[A-Z])[\w'-]*){0,3}(?:\s+no(?:mor)?\.?\s*\d{1,4}\w?)?"
    r"|\brt\b[\s.:/]{0,3}\d{1,3}(?:\s*[/,]?\s*rw\b[\s.:/]{0,3}\d{1,3})?"
    r"|\brw\b[\s.:/]{0,3}\d{1,3}"
    r"|\b(?:no(?:mor)?\.?\s+rumah|rumah\s+no(?:mor)?\.?)\s*\d{1,4}\w?",
    re.IGNORECASE,
)
_KIN = (
    r"anak|suami|istri|isteri|ibu|bapak|ayah|mama|kakak|adik|adek|saudara|sepupu|keponakan|paman"
    r"|bibi|kakek|nenek|mertua|ipar|tetangga|teman|kawan|pacar|majikan|rumah|keluarga|bojo|lanang"
)
_ME = r"saya|aku|kami|kita|gue|gua|kulo|kula|inyong|nyong|enyong|abdi|simkuring|kuring|sengko"
_NAME = r"(?:\s+(?:(?-i:[A-Z])[\w'-]*|binti|bin))"
_OF_ME = re.compile(
    rf"\bnama\s*(?:ku|(?:{_ME}))\b(?:\s+adalah)?(?:\s+[\w'-]+){{0,2}}{_NAME}{{0,4}}"
    rf"|\b(?:{_KIN})(?:\s+(?:{_ME})|ku)\b{_NAME}{{0,3}}",
    re.IGNORECASE,
)
"""Words by which a reader would know who tells: the speaker's name, kin, neighbours, house.

Villagers write names in small letters: two words behind "nama saya" go whatever they are.
"""
_I = re.compile(
    rf"\b(?:{_ME})\b(?:\s+(?!(?:pt|cv|pak|bu|bapak|ibu)\b)(?-i:[A-Z])[\w'-]+){{0,2}}", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class Finding:
    """Something in an answer that points to a person, for the officer to look at."""

    where: str
    """The answer it stands in."""
    kind: Found
    words: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Handover:
    """Who gets a case, why, and what the officer has ticked."""

    office: str
    case: str
    """The code under which the partner answers; it says nothing about the reporter."""
    partner: str
    partner_kind: str
    ground: Ground
    asked: str = field(repr=False)
    due: date
    tick: frozenset[str] = frozenset()
    """What is not to be hidden: kinds of `FOUND`, and answers of `ON_REQUEST`."""
    keep: frozenset[str] = field(default=frozenset(), repr=False)
    """Words that were found and that the officer has looked at and lets stand."""


@dataclass(frozen=True, slots=True)
class Letter:
    """A summary ready to print: (heading, words) by line, and what was hidden on the way."""

    lines: tuple[tuple[str, str], ...] = field(repr=False)
    hidden: tuple[Finding, ...]

    @property
    def body(self) -> str:
        return "\n".join(f"{heading}: {words}" for heading, words in self.lines)

    @property
    def sha256(self) -> str:
        """Of the body: what the audit keeps, so that a copy can be compared with what was sent."""
        return hashlib.sha256(self.body.encode()).hexdigest()

    def as_csv(self) -> str:
        """For a partner's own list; every cell is text to the program that opens it."""
        file = io.StringIO()
        csv.writer(file, quoting=csv.QUOTE_ALL).writerows(
            [safe_cell(cell) for cell in line] for line in self.lines
        )
        return file.getvalue()


class NotOnThisGround(ValueError):
    """The ground does not allow this partner, or not these words."""


def letter(report: Mapping[str, str], handover: Handover, wording: Wording) -> Letter:
    """The summary of a case for one partner. Raises NotOnThisGround.

    On a ground without personal data the report itself stays here; only the question goes, and
    it must name nobody.
    """
    ground = handover.ground
    if handover.partner_kind not in ground.partners:
        raise NotOnThisGround(f"{ground.id} is no ground for {handover.partner_kind}")
    pieces: list[tuple[str, str]] = []
    if ground.needs_personal_data:
        names = [*TOLD, *(name for name in ON_REQUEST if name in handover.tick)]
        pieces = [(name, one_line(report[name])) for name in names if report.get(name, "").strip()]
    elif findings({"asked": handover.asked}):
        raise NotOnThisGround(f"{ground.id}: the question points to a person")
    pieces.append(("asked", one_line(handover.asked)))
    hidden = tuple(
        finding
        for finding in findings(dict(pieces))
        if finding.kind not in handover.tick and finding.words not in handover.keep
    )
    shown = {
        name: _without(words, [one for one in hidden if one.where == name])
        for name, words in pieces
    }
    return Letter(tuple(_lines(shown, handover, wording)), hidden)


def findings(answers: Mapping[str, str]) -> tuple[Finding, ...]:
    """Whatever in the answers points to a person, each once.

    What is `asked` is the officer's own: there "kami" is the office.
    """
    return tuple(
        dict.fromkeys(
            Finding(name, kind, words)
            for name, text in answers.items()
            for kind, words in _found(one_line(text), own=name == "asked")
        )
    )


def one_line(text: str) -> str:
    """Without line breaks and invisible signs: an answer can't pose as a line of the letter."""
    return " ".join(_UNSEEN.sub("", text).split())[:MAX_CELL]


def safe_cell(text: str) -> str:
    """A cell that spreadsheet programs take as text: no formula begins in it."""
    text = one_line(text)
    return f"'{text}" if _FORMULA.match(text) else text


def _found(text: str, *, own: bool) -> Iterator[tuple[Found, str]]:
    if (masked := mask_identity_numbers(text)) != text:
        yield from (("identity", words) for words in _replaced(text, masked))
    folded = fold(text)
    yield from (("phone", text[one.start : one.end]) for one in find_phones(folded))
    yield from (("account", text[one.start : one.end]) for one in find_accounts(folded))
    yield from (("email", match[0]) for match in EMAIL.finditer(text))
    yield from (("address", match[0]) for match in _ADDRESS.finditer(text))
    yield from (("self", match[0]) for match in _OF_ME.finditer(text))
    if not own:
        yield from (("self", match[0]) for match in _I.finditer(text))


def _replaced(text: str, masked: str) -> Iterator[str]:
    """The numbers that stood where `masked` says that one is hidden."""
    kept = [re.escape(part) for part in masked.split(HIDDEN_NIK)]
    if match := re.fullmatch("(.+?)".join(kept), text, re.DOTALL):
        yield from match.groups()


def _without(text: str, hidden: Iterable[Finding]) -> str:
    """The words with each finding hidden, longest first, and links that can't be pressed."""
    for words in sorted({one.words for one in hidden}, key=len, reverse=True):
        text = re.sub(rf"(?<!\w){re.escape(words)}(?!\w)", HIDDEN, text)
    return defanged(text)


def _lines(
    shown: Mapping[str, str], handover: Handover, wording: Wording
) -> Iterator[tuple[str, str]]:
    ground = handover.ground

    def line(key: str, words: str) -> tuple[str, str]:
        return wording.say(key), words

    yield line("forwarding.title", wording.say("forwarding.unproven"))
    yield line("forwarding.case", one_line(handover.case))
    yield line("forwarding.office", one_line(handover.office))
    yield line("forwarding.partner", one_line(handover.partner))
    yield line("forwarding.basis", ground.basis)
    yield line("forwarding.data_basis", ground.data_basis)
    for name, words in shown.items():
        yield line(_HEADINGS[name], words)
    yield line("forwarding.due", say_date(handover.due))
    yield line("forwarding.care", ground.care)
    yield line("forwarding.reporter", wording.say("forwarding.reporter_kept"))
