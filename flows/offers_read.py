"""What an offer shows: its warning signs with the words that raised them, and closed countries.

The signs are those of a text that is somebody's own case or an offer (`flows/understanding.py`), and
what the answers to our own questions say: who is paid, which visa, which country.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Literal

from flows.check_facts import SEVERITIES, ClosedDestination, RedFlag, Way
from flows.company_names import licence_numbers, mentions, name_words
from flows.entities import Entities, Extractor
from flows.understanding import Found, Understander

Who = Literal["company", "gtog", "own_company", "lpk_so", "lpk", "magang", "perseorangan", ""]
NIB_DIGITS = 13
MOST_SIGNS = 3
"""Signs that fit one message; the gravest first (`recruiters.md` 4.2)."""
MANY_CAUTIONS = 3
"""So many cautions of two groups weigh as much as a danger (`recruiters.md` 2.6)."""
EVIDENCE = 45
"""Characters of the sender's own words beside a sign."""
NAME_ONLY_WORDS = 7
"""A message of so many words is a name with a question, not an offer."""

_VISA_SIGNS = {
    "umrah": "visa_umrah_ziarah",
    "ziarah": "visa_umrah_ziarah",
    "tourist": "visa_wisata",
    "visit": "visa_wisata",
    "whv": "whv_calo",
}
_COUNTRY_SIGNS = {"KH": "kamboja_myanmar_laos", "MM": "kamboja_myanmar_laos"}
"""Not Laos: of it we only know that it is uncertain (destinations.yaml)."""
_WHERE_TO = re.compile(r"\b(?:di|ke|tujuan|negara)\s.*", re.IGNORECASE | re.DOTALL)
_WHO: tuple[tuple[Who, re.Pattern[str]], ...] = (
    ("gtog", re.compile(r"\bg\s*(?:to|2)\s*g\b|\bg-to-g\b|antar ?pemerintah|eps.?topik", re.I)),
    ("lpk_so", re.compile(r"\blpk.?so\b|sending organi[sz]ation", re.I)),
    ("lpk", re.compile(r"\blpk\b|lembaga pelatihan", re.I)),
    ("magang", re.compile(r"\b(?:magang|internship|ferienjob|kenshusei|jisshusei)\b", re.I)),
    (
        "own_company",
        re.compile(r"\bukps\b|perusahaan sendiri|kantor pusatnya? di luar|mutasi ke|dipindah ?tugas", re.I),
    ),
    ("perseorangan", re.compile(r"\bperseorangan\b|\bmandiri ke\b|langsung (?:sama|dari) majikan", re.I)),
)  # fmt: skip


_PT = re.compile(r"\b(?:pt|cv|p3mi|pjtki)\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Sign:
    """A red flag of this offer, with the words that raised it (cut to `EVIDENCE`)."""

    flag: RedFlag
    evidence: str


@dataclass(frozen=True, slots=True)
class Offer:
    """What was read; `signs` gravest first."""

    signs: tuple[Sign, ...]
    closed: tuple[ClosedDestination, ...]

    @property
    def is_danger(self) -> bool:
        grave = SEVERITIES.index("danger")
        if any(SEVERITIES.index(sign.flag.severity) >= grave for sign in self.signs):
            return True
        cautions = [sign.flag.group for sign in self.signs if sign.flag.severity == "caution"]
        return len(cautions) >= MANY_CAUTIONS and len(set(cautions)) > 1


class OfferReader:
    """Reads offers; made once."""

    def __init__(
        self,
        understander: Understander,
        extractor: Extractor,
        flags: Iterable[RedFlag],
        destinations: Iterable[ClosedDestination],
    ) -> None:
        self.understander = understander
        self._extractor = extractor
        self._flags = {flag.id: flag for flag in flags}
        self._destinations = {row.code.upper(): row for row in destinations}

    def read(self, told: str, *, pay: str = "", visa: str = "") -> Offer:
        """`told` as it came; `pay` and `visa` are answers to our own questions, so what stands in
        them is this offer's without doubt."""
        # A number or a visa says it plainest, so the first words kept for a sign are those.
        found = [
            *self._of_entities(visa, self._extractor.extract(visa)),
            *self._of_payment(pay, self._extractor.extract(pay)),
            *self.understander.read(told).flags,
        ]
        if answers := "\n".join(filter(None, (pay, visa))):
            found += self.understander.signs(answers)
        entities = self._extractor.extract(f"{told}\n{visa}")
        return Offer(tuple(self._gravest_first(found)), tuple(self._closed(entities)))

    def _of_entities(self, text: str, entities: Entities) -> Iterator[Found]:
        for visa in entities.visas:
            if visa.kind in _VISA_SIGNS:
                yield Found(_VISA_SIGNS[visa.kind], text[visa.start : visa.end])
        for place in entities.destinations:
            if place.code in _COUNTRY_SIGNS:
                yield Found(_COUNTRY_SIGNS[place.code], text[place.start : place.end])

    def _of_payment(self, text: str, entities: Entities) -> Iterator[Found]:
        for amount in entities.amounts[:1]:
            yield Found("minta_uang_muka", text[amount.start : amount.end])
        for account in entities.accounts:
            if account.holder_kind == "person":
                yield Found("rekening_pribadi", text[account.start : account.end])

    def _gravest_first(self, found: Iterable[Found]) -> Iterator[Sign]:
        by_id: dict[str, Found] = {}
        for flag in found:
            by_id.setdefault(flag.id, flag)
        ordered = sorted(
            by_id.values(), key=lambda flag: -SEVERITIES.index(self._flags[flag.id].severity)
        )
        for flag in ordered:
            yield Sign(self._flags[flag.id], _short(flag.evidence))

    def _closed(self, entities: Entities) -> Iterator[ClosedDestination]:
        codes = dict.fromkeys(place.code for place in entities.destinations)
        for code in codes:
            if row := self._destinations.get(code):
                yield row


def who(told: str) -> Who:
    """Which of the ways of going abroad the words speak of (`recruiters.md` 1.1)."""
    kind: Who = next((kind for kind, pattern in _WHO if pattern.search(told)), "")
    if kind in ("lpk", "lpk_so") and not _PT.search(told):
        return kind
    return "company" if names_a_company(told) else kind


def names_a_company(told: str) -> bool:
    """A PT, CV or the like with a name behind it, or a licence number (an NIB has 13 digits)."""
    named = any(mention.marked for mention in mentions(name_words(told)))
    return named or any(len(number) == NIB_DIGITS for number in licence_numbers(told))


def is_only_a_name(told: str) -> bool:
    """A name with a question around it: there is no offer in it to look for signs in."""
    return len(told.split()) <= NAME_ONLY_WORDS


def without_names(told: str, known: Iterable[str]) -> str:
    """What is said beside the companies' names, of which "Mas" and "Kamboja" may be a part.
    `known` are the register's names that were found in it."""
    words = name_words(told)
    named = {word for mention in mentions(words) if mention.marked for word in mention.words}
    named.update(*map(name_words, known))
    return " ".join(word for word in told.split() if not set(name_words(word)) <= named)


def where_to(told: str) -> str:
    """In "PT Kamboja Jaya ke Laos" only Laos is where somebody goes: what stands behind "ke"."""
    found = _WHERE_TO.search(told)
    return found[0] if found else "" if " " in told.strip() else told


def lines(offer: Offer) -> str:
    """Up to three signs, one a line, each with its words."""
    return "\n".join(f"- {sign.flag.name}: “{sign.evidence}”" for sign in offer.signs[:MOST_SIGNS])


def names(offer: Offer) -> str:
    """The same without the words, in which somebody may be named."""
    return "; ".join(sign.flag.name for sign in offer.signs[:MOST_SIGNS])


def sources(offer: Offer, today: date) -> str:
    rows = [
        f"{sign.flag.name}: {sign.flag.source.shown()}{stale(sign.flag, today)}"
        for sign in offer.signs[:MOST_SIGNS]
    ]
    return "\n".join(rows)


def closed_line(offer: Offer, today: date) -> str:
    """What is known of the first closed country, by its date; "" where none is."""
    return next((row.say + stale(row, today) for row in offer.closed), "")


def closed_source(offer: Offer, today: date) -> str:
    return next((row.source.shown() + stale(row, today) for row in offer.closed), "")


def stale(row: RedFlag | ClosedDestination | Way, today: date) -> str:
    """What is said behind a fact past its date."""
    return "" if row.fresh(today) else " (perlu dicek ulang)"


def _short(words: str) -> str:
    words = " ".join(words.split())
    return words if len(words) <= EVIDENCE else words[: EVIDENCE - 1].rstrip() + "…"
