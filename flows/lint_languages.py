"""What is wrong with translations and with the words of other languages that are understood."""

from collections.abc import Iterator
from typing import Literal

from flows.catalog import Catalog
from flows.findings import Finding
from flows.languages import Locale, Translation, is_of, keeps_slots
from flows.nodes import Ask, Choice, Choose, Pick
from flows.script import Line, script
from flows.triggers import everywhere


def check(catalog: Catalog) -> list[Finding]:
    """Errors also of drafts where a text would not fit; a stamped file has to be whole."""
    lines = {line.key: line for line in script(catalog)}
    found = [finding for locale in catalog.locales for finding in _locale(locale, lines, catalog)]
    return [*found, *_regional(catalog)]


def _locale(locale: Locale, lines: dict[str, Line], catalog: Catalog) -> Iterator[Finding]:
    file = f"content/locale/{locale.language}.po"
    if not locale.reviewed_by:
        yield Finding("warning", file, "", "awaits a native speaker: it is shown to nobody")
    severity: Literal["error", "warning"] = "error" if locale.reviewed_by else "warning"
    seen: set[str] = set()
    for one in locale.entries:
        if one.key in seen:
            yield Finding("error", file, one.key, "is there twice")
        seen.add(one.key)
        if line := lines.get(one.key):
            if not is_of(one, catalog.wording):
                problem = "the Indonesian has changed since: export, translate, import"
                yield Finding(severity, file, one.key, problem)
            elif one.text:
                for problem in misfits(one, line):
                    yield Finding("error", file, one.key, problem)
        else:
            yield Finding("error", file, one.key, "is no text that is translated")
    done = {one.key for one in locale.entries if one.text}
    for key in [key for key in lines if key not in done]:
        yield Finding(severity, file, key, "is not translated")


def misfits(one: Translation, line: Line) -> Iterator[str]:
    """Why a translation can't be shown, each with its mend."""
    if not keeps_slots(one):
        kept = " ".join(f"{{{slot}}}" for slot in line.slots)
        yield f"must have exactly these in braces, as they are: {kept or 'none'}"
    if len(one.text) > line.most:
        yield f"{len(one.text)} characters, at most {line.most}: shorten it"
    if one.text.count("\n") + 1 > line.lines:
        yield f"{one.text.count(chr(10)) + 1} lines, at most {line.lines}: join some"


def _regional(catalog: Catalog) -> Iterator[Finding]:
    """Each row is of use, and none of its words means something else at the same question."""
    file = "content/keywords.yaml"
    groups = [*catalog.everywhere.values(), *(one.phrases for one in catalog.triggers.all)]
    used = {word for words in [*groups, *catalog.choice_words.values()] for word in words}
    for word, others in catalog.regional.items():
        if word not in used:
            yield Finding("error", file, f"regional {word}", "this word is understood nowhere")
        means = everywhere(word, catalog.everywhere, typos=False)
        for other in others:
            now = everywhere(other, catalog.everywhere, typos=False)
            if means and now != means:
                problem = f"“{other}” means {now or 'nothing'} everywhere, not {means}"
                yield Finding("error", file, f"regional {word}", problem)
    for flow in catalog.flows.values():
        for name, node in flow.nodes.items():
            if isinstance(node, Choose | Pick | Ask):
                yield from _one_meaning(catalog, flow.name, name, node)


def _one_meaning(
    catalog: Catalog, flow: str, name: str, node: Choose | Pick | Ask
) -> Iterator[Finding]:
    """A word from another language must not be claimed by two choices of one question, unless the
    Indonesian word is too (then the first of them has it)."""
    owner: dict[str, str] = {}
    for choice in _choices(node):
        typed = catalog.choice_words.get(choice.label, ())
        for word in typed:
            for other in catalog.regional.get(word, ()):
                first = owner.setdefault(other, choice.label)
                if first != choice.label and word not in catalog.choice_words.get(first, ()):
                    problem = f"“{other}” (as {word}) is also an answer for {first}"
                    yield Finding("error", flow, name, problem)


def _choices(node: Choose | Pick | Ask) -> tuple[Choice, ...]:
    if isinstance(node, Choose):
        return node.choices
    extra = node.other if isinstance(node, Pick) else node.skip
    return (extra,) if extra else ()
