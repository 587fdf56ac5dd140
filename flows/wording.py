"""Texts by key, with {slots}. Words for people live in content/texts, never in Python."""

import string
from collections.abc import Mapping

_FORMATTER = string.Formatter()


class WordingError(Exception):
    """A text is missing, or a slot has no value; the message names the key."""


def slots_of(text: str) -> frozenset[str]:
    """The names of the {slots} in a text. Raises ValueError for anything but plain names."""
    names = []
    for _, name, spec, conversion in _FORMATTER.parse(text):
        if name is None:
            continue
        if not name.isidentifier() or spec or conversion:
            raise ValueError(f"{{{name}}} is no plain slot")
        names.append(name)
    return frozenset(names)


class Wording:
    """All texts of one language. Filling never evaluates anything: slots are plain names."""

    def __init__(self, texts: Mapping[str, str]) -> None:
        self._texts = dict(texts)

    def __contains__(self, key: str) -> bool:
        return key in self._texts

    def plus(self, texts: Mapping[str, str]) -> "Wording":
        return Wording(self._texts | dict(texts))

    def keys(self) -> frozenset[str]:
        return frozenset(self._texts)

    def raw(self, key: str) -> str:
        try:
            return self._texts[key]
        except KeyError:
            raise WordingError(f"{key}: no such text in content/texts") from None

    def say(self, key: str, slots: Mapping[str, str] | None = None) -> str:
        text = self.raw(key)
        if slots is None:
            return text
        try:
            return text.format_map(slots)
        except KeyError as missing:
            raise WordingError(f"{key}: the slot {missing} has no value") from None
