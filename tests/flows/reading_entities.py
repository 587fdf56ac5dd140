"""The extractor of flows/entities.py with the shipped countries, for its tests."""

import csv
from pathlib import Path

from flows.entities import Entities, Extractor

_COUNTRIES = Path(__file__).parents[2] / "content" / "countries.csv"


def _extractor() -> Extractor:
    names: dict[str, str] = {}
    spellings: dict[str, str] = {}
    with _COUNTRIES.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            names[row["code"]] = row["name"]
            spellings |= dict.fromkeys(filter(None, row["aliases"].split("|")), row["code"])
    return Extractor(names, spellings)


EXTRACTOR = _extractor()


def found(text: str) -> Entities:
    return EXTRACTOR.extract(text)
