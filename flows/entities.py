"""What a message names that can be compared: money, ages, numbers, links, visas, countries, times.

Only what stands in the words, never what it means: no clock, no register, no judgement. Whether a
time is a departure, or an account a danger, is decided by whoever asks.
"""

import csv
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol, TypeVar

from flows.catalog import CONTENT
from flows.entities_accounts import BankAccount, find_accounts
from flows.entities_ages import Age, find_ages
from flows.entities_contacts import (
    LicenceNumber,
    Link,
    Phone,
    find_licences,
    find_links,
    find_phones,
)
from flows.entities_money import Amount, find_amounts
from flows.entities_places import Destination, Places
from flows.entities_text import fold
from flows.entities_times import Departure, find_departures
from flows.entities_visas import Visa, find_visas

__all__ = [
    "Age",
    "Amount",
    "BankAccount",
    "Departure",
    "Destination",
    "Entities",
    "Extractor",
    "LicenceNumber",
    "Link",
    "Phone",
    "Placed",
    "Visa",
]


@dataclass(frozen=True, slots=True)
class Entities:
    """Everything found, each kind in the order of the message.

    `start` and `end` of each are character offsets in the message, the end exclusive.
    """

    amounts: tuple[Amount, ...] = ()
    ages: tuple[Age, ...] = ()
    phones: tuple[Phone, ...] = ()
    accounts: tuple[BankAccount, ...] = ()
    links: tuple[Link, ...] = ()
    visas: tuple[Visa, ...] = ()
    destinations: tuple[Destination, ...] = ()
    departures: tuple[Departure, ...] = ()
    licences: tuple[LicenceNumber, ...] = ()


class Placed(Protocol):
    """Any of the entities: character offsets in the message, the end exclusive."""

    @property
    def start(self) -> int: ...
    @property
    def end(self) -> int: ...


_P = TypeVar("_P", bound=Placed)


def load_extractor(folder: Path = CONTENT) -> "Extractor":
    """With the countries and spellings of content/countries.csv."""
    names: dict[str, str] = {}
    spellings: dict[str, str] = {}
    with (folder / "countries.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            names[row["code"]] = row["name"]
            spellings |= dict.fromkeys(filter(None, row["aliases"].split("|")), row["code"])
    return Extractor(names, spellings)


class Extractor:
    """Reads messages; built once, since it compiles the countries' spellings."""

    def __init__(self, names: Mapping[str, str], spellings: Mapping[str, str]) -> None:
        """`names`: country code → readable name; `spellings`: a way to write one → its code."""
        self._places = Places(names, spellings)
        self.countries = dict(names)

    def extract(self, text: str) -> Entities:
        """The entities in the first 20,000 characters; a number is read as one thing only.

        A wallet's telephone number is both an account and a phone, as is the number in a wa.me link.
        """
        folded = fold(text)
        links = tuple(find_links(folded))
        accounts = tuple(find_accounts(folded))
        banks = [account for account in accounts if not account.number.startswith(("08", "62"))]
        phones = _in_order(find_phones(folded.without(_spans(banks))))
        licences = _in_order(find_licences(folded.without(_spans(accounts))))
        words = folded.without(_spans(links))
        rest = words.without([*_spans(accounts), *_spans(phones), *_spans(licences)])
        amounts = _in_order(find_amounts(rest))
        rest = rest.without(_spans(amounts))
        ages = _in_order(find_ages(rest))
        return Entities(
            amounts=amounts,
            ages=ages,
            phones=phones,
            accounts=_in_order(accounts),
            links=links,
            visas=_in_order(find_visas(words)),
            destinations=tuple(self._places.find(words)),
            departures=tuple(find_departures(rest.without(_spans(ages)))),
            licences=licences,
        )


def _spans(found: Iterable[Placed]) -> list[tuple[int, int]]:
    return [(entity.start, entity.end) for entity in found]


def _in_order(found: Iterable[_P]) -> tuple[_P, ...]:
    """In the order of the message; what two patterns read at one place counts once."""
    kept: list[_P] = []
    for entity in sorted(found, key=_start):
        if not kept or entity.start >= kept[-1].end:
            kept.append(entity)
    return tuple(kept)


def _start(entity: Placed) -> int:
    return entity.start
