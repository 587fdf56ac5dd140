"""The phrases of content/keywords.yaml: none means two things, each is understood."""

from collections.abc import Iterator

from flows.catalog import Catalog
from flows.findings import Finding, error
from flows.triggers import Trigger, everywhere

FILE = "content/keywords.yaml"


def phrases(catalog: Catalog) -> Iterator[Finding]:
    owner: dict[str, str] = {}
    for action, words in catalog.everywhere.items():
        for word in words:
            if owner.setdefault(word, action) != action:
                yield error(FILE, f"everywhere {action}", f"“{word}” already means {owner[word]}")
            if everywhere(word, catalog.everywhere, typos=False) != action:
                yield error(FILE, f"everywhere {action}", f"“{word}” would not be understood")
    for officer in (False, True):
        taken: dict[str, str] = {}
        for trigger in catalog.triggers.all:
            if trigger.officer == officer:
                yield from _trigger(catalog, trigger, taken)


def _trigger(catalog: Catalog, trigger: Trigger, taken: dict[str, str]) -> Iterator[Finding]:
    place = f"triggers {trigger.to}"
    find = catalog.triggers.command if trigger.officer else catalog.triggers.match
    for phrase in trigger.phrases:
        if phrase in taken:
            yield error(FILE, place, f"“{phrase}” already leads to {taken[phrase]}")
        elif trigger.rest and phrase in catalog.everywhere.get("report", ()):
            continue  # the bare word works everywhere; this is for what follows it
        elif action := everywhere(phrase, catalog.everywhere, typos=True):
            yield error(FILE, place, f"“{phrase}” already means {action} everywhere")
        elif (found := find(phrase)) is None or found[0] != trigger.to:
            yield error(FILE, place, f"“{phrase}” would not be understood")
        taken.setdefault(phrase, trigger.to)
