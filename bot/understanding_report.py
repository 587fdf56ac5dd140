"""`kentongan understand` in the shape of the contract (design.md 9): intent, flags, entities."""

from collections.abc import Iterator
from dataclasses import asdict
from typing import Any

from bot.gazetteer import Gazetteer
from flows.check_facts import RedFlag, load_red_flags
from flows.company_names import mentions, name_words
from flows.entities import Entities, load_extractor
from flows.understanding import Found, shipped_understander

NEAR_SURE = 0.4
"""Confidence from which a place that would still be asked about is named."""


class Reader:
    """Everything that is needed to read a message on the command line."""

    def __init__(self) -> None:
        """Raises ContentError when content/ can't be used."""
        flags = load_red_flags()
        self._flags = {flag.id: flag for flag in flags}
        self._understander = shipped_understander()
        self._gazetteer = Gazetteer()
        self._extractor = load_extractor()

    def report(self, text: str) -> dict[str, Any]:
        read = self._understander.read(text)
        found = self._extractor.extract(text)
        return {
            "intent": read.intent,
            "urgency": read.urgency,
            "flags": flags_report(read.flags, self._flags),
            "places": list(self._places(text)),
            "companies": companies(text),
            **_entities(found),
            "language": read.language,
        }

    def _places(self, text: str) -> Iterator[dict[str, Any]]:
        """Where in Indonesia; `sure` is false for what would be asked about first."""
        answer = self._gazetteer.find(text)
        sure = [answer.place] if answer.place else []
        near = answer.ask if not sure and answer.confidence >= NEAR_SURE else ()
        for place in (*sure, *near):
            if place.code[:1].isdigit():
                yield {"level": place.level, "code": place.code, "name": place.name,
                       "sure": bool(sure)}  # fmt: skip


def flags_report(found: tuple[Found, ...], known: dict[str, RedFlag]) -> list[dict[str, str]]:
    return [
        {"id": flag.id, "severity": _severity(known[flag.id]), "evidence": flag.evidence}
        for flag in found
    ]


def _severity(flag: RedFlag) -> str:
    """As `recruiters.md` 2 writes it: info, caution, danger, URGENT."""
    return "URGENT" if flag.severity == "urgent" else flag.severity


def companies(text: str) -> list[str]:
    """Names behind PT, CV and the like, in capitals."""
    return [" ".join(mention.trimmed()) for mention in mentions(name_words(text)) if mention.marked]


def _entities(found: Entities) -> dict[str, Any]:
    """The entities without the offsets, which only the program needs."""
    return {
        "phones": [phone.number for phone in found.phones],
        "amounts": [_plain(amount) for amount in found.amounts],
        "destinations": [
            {"code": place.code.lower(), "name": place.name} for place in found.destinations
        ],
        "ages": [_plain(age) for age in found.ages],
        "visas": [visa.kind for visa in found.visas],
        "accounts": [
            {"bank": account.bank, "number": account.number, "holder": account.holder_kind}
            for account in found.accounts
        ],
        "links": [{"host": link.host, "url": link.url} for link in found.links],
        "departures": [_plain(time) for time in found.departures],
        "licences": [_plain(licence) for licence in found.licences],
    }


def _plain(entity: Any) -> dict[str, Any]:
    return {key: value for key, value in asdict(entity).items() if key not in ("start", "end")}
