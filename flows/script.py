"""The texts that are translated, in the order in which people meet them, with what a translator needs."""

from collections.abc import Iterator
from dataclasses import dataclass

from flows.catalog import Catalog
from flows.languages import is_translated
from flows.lint import (
    MAX_CARD,
    MAX_LINES,
    MAX_LIST_ITEM,
    MAX_QUESTION,
    MAX_QUICK_REPLY,
    MAX_TEXT,
    MAX_WHY,
    QUICK_REPLIES,
)
from flows.nodes import Ask, Choose, Node, Pick, Say
from flows.wording import slots_of

_FIRST = ("welcome", "tip_off", "free_text", "lesson_berangkat_sah")
_MARKS = {"card": "\n(1/5){label}", "action": "{label}", "why": "Belum tepat. "}
"""What `flows/lessons.py` puts around the words of a lesson."""
_BESIDE = "said beside the conversation, at any question"


@dataclass(frozen=True, slots=True)
class Line:
    key: str
    where: str
    """Where in the conversation it is said."""
    text: str
    """The Indonesian."""
    most: int
    """Characters."""
    lines: int

    @property
    def slots(self) -> tuple[str, ...]:
        """What a translation has to keep, in the order of the Indonesian text."""
        return tuple(sorted(slots_of(self.text), key=self.text.index))


def script(catalog: Catalog) -> tuple[Line, ...]:
    """Every text that is translated, once, where it is said first."""
    where: dict[str, str] = {}
    labels: dict[str, int] = {}
    for name in dict.fromkeys((*_FIRST, *catalog.flows)):
        for node in catalog.flows[name].nodes.values() if name in catalog.flows else ():
            for key, said, most in _said(catalog, name, node):
                where.setdefault(key, said)
                if most:
                    labels[key] = min(most, labels.get(key, most))
    for key in sorted(catalog.wording.keys() - where.keys()):
        where[key] = _BESIDE
    return tuple(
        _line(key, said, catalog.wording.raw(key), labels.get(key))
        for key, said in where.items()
        if is_translated(key)
    )


def _said(catalog: Catalog, flow: str, node: Node) -> Iterator[tuple[str, str, int]]:
    """(text key, where, most characters of a label or 0) of one node."""
    if not isinstance(node, Say | Choose | Pick | Ask):
        return
    yield node.text, f"{flow}: {'said' if isinstance(node, Say) else 'asked'}", 0
    if isinstance(node, Say):
        return
    labels = [choice.label for choice in node.choices] if isinstance(node, Choose) else []
    extra = node.other if isinstance(node, Pick) else getattr(node, "skip", None)
    labels += [extra.label] if extra else []
    question = catalog.wording.raw(node.text).splitlines()[0][:60]
    shown = len(labels) + node.human + (5 if isinstance(node, Pick) else 0)
    most = MAX_QUICK_REPLY if shown <= QUICK_REPLIES else MAX_LIST_ITEM
    for number, label in enumerate(labels, 1):
        yield label, f"{flow}: answer {number} to “{question}”", most
    if node.human:
        yield "common.human", "answer 0, at almost every question", most


def _line(key: str, where: str, text: str, label: int | None) -> Line:
    lines = max(MAX_LINES, text.count("\n") + 1)
    if label is not None:
        return Line(key, where, text, label, 1)
    kind = key.partition(".")[2].partition("_")[0] if key.startswith("lesson_") else ""
    limits = {"card": MAX_CARD, "action": MAX_CARD, "why": MAX_WHY, "quiz": MAX_QUESTION}
    return Line(key, where, text, limits.get(kind, MAX_TEXT) + len(_MARKS.get(kind, "")), lines)
