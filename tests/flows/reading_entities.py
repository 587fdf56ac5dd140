"""The extractor of flows/entities.py with the shipped countries, for its tests."""

from flows.entities import Entities, load_extractor

EXTRACTOR = load_extractor()


def found(text: str) -> Entities:
    return EXTRACTOR.extract(text)
