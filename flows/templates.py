"""content/templates.yaml: what WhatsApp may send outside its 24 hours, once Meta has approved it.

The rules are those of https://www.twilio.com/docs/content/using-variables-with-content-api,
.../twilio-quick-reply and docs/api/errors/63013 and 63021. Lengths are UTF-16 units, the larger of
the two ways to count an emoji.
"""

import hashlib
import json
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from flows.broadcast_plan import KINDS
from flows.broadcast_rules import MAX_TEXT
from flows.catalog import CONTENT, Catalog, ContentError, load_yaml, need, short_path
from flows.findings import Finding, error
from flows.nodes import Choose

FILE = "templates.yaml"
KNOCK, REVIEW = "knock", "review"
USES = (*KINDS, KNOCK, REVIEW)
CATEGORIES = ("UTILITY", "MARKETING")
LANGUAGES = ("id",)
LONGEST: Mapping[str, int] = {
    "office": 48, "text": MAX_TEXT, "source": 42, "source_day": 10, "until": 38,
}  # fmt: skip
"""What may fill a variable, and how long it is at most; all but `text` is cut there."""
MAX_FILLED = 1024
MAX_BUTTONS = 10
MAX_TITLE = 20
MAX_NAME = 60
"""Meta takes 512; the registered name has a fingerprint behind it."""

_NAME = re.compile(rf"[a-z0-9_]{{1,{MAX_NAME}}}")
_VARIABLE = re.compile(r"\{\{(\d+)\}\}")
_UNTIDY = re.compile(r"[\n\t]| {5}")
_FIELDS = frozenset(["name", "for", "language", "category", "why", "body", "fills", "buttons"])


@dataclass(frozen=True, slots=True)
class Fill:
    """What stands for one variable."""

    slot: str
    sample: str


@dataclass(frozen=True, slots=True)
class TemplateButton:
    title: str
    to: str
    """`conversation.place.choice`, which is what a tap carries."""


@dataclass(frozen=True, slots=True)
class Template:
    name: str
    uses: tuple[str, ...]
    language: str
    category: str
    why: str
    body: str
    fills: tuple[Fill, ...]
    buttons: tuple[TemplateButton, ...]

    @property
    def fingerprint(self) -> str:
        """Of all that Meta gets to see: with other words it is another template."""
        seen = (
            self.language, self.category, self.body,
            [fill.sample for fill in self.fills], [(b.title, b.to) for b in self.buttons],
        )  # fmt: skip
        return hashlib.sha256(json.dumps(seen).encode()).hexdigest()[:12]

    @property
    def registered_name(self) -> str:
        return f"{self.name}_{self.fingerprint}"

    def rendered(self, values: Sequence[str]) -> str:
        """The message as a phone shows it."""
        return _VARIABLE.sub(lambda found: values[int(found[1]) - 1], self.body)


def filled(template: Template, slots: Mapping[str, str]) -> tuple[str, ...] | None:
    """The variables' values, or None where they don't fit: a text is never cut, for half a warning
    is another warning."""
    values = tuple(_clean(fill.slot, slots.get(fill.slot, "")) for fill in template.fills)
    return values if units(template.rendered(values)) <= MAX_FILLED else None


def _clean(slot: str, value: str) -> str:
    """One line without runs of blanks, and never empty: WhatsApp refuses both (63013)."""
    lines = [" ".join(line.split()) for line in value.splitlines()]
    text = ""
    for line in filter(None, lines):
        joint = "" if not text else " " if text[-1] in ".!?:;," else "; "
        text += joint + line
    most = LONGEST[slot]
    if slot != "text" and len(text) > most:
        text = text[: most - 1].rstrip() + "…"
    return text or "-"


def units(text: str) -> int:
    return len(text.encode("utf-16-le", "replace")) // 2


# ---- loading


@lru_cache(maxsize=1)
def shipped_templates() -> Mapping[str, Template]:
    """Those that are shipped, by name; read once in a process."""
    return {template.name: template for template in load_templates()}


def by_use(templates: Mapping[str, Template], use: str) -> Template | None:
    return next((one for one in templates.values() if use in one.uses), None)


def load_templates(folder: Path = CONTENT) -> tuple[Template, ...]:
    """Raises ContentError with one line that names the row and the field."""
    path = folder / FILE
    rows = load_yaml(path)
    where = short_path(path)
    if not isinstance(rows, list) or not rows:
        raise ContentError(f"{where}: must be a list of templates")
    return tuple(_template(row, where) for row in rows)


def _template(raw: Any, file: str) -> Template:
    if not isinstance(raw, dict):
        raise ContentError(f"{file}: each template is a list of fields")
    where = f"{file}: {raw.get('name', '')}"
    for name in sorted(raw.keys() - _FIELDS):
        raise ContentError(f"{where}: `{name}` is no field here")
    uses = raw.get("for")
    if not isinstance(uses, list) or not uses:
        raise ContentError(f"{where}: `for` is missing")
    return Template(
        name=need(raw, "name", where),
        uses=tuple(map(str, uses)),
        language=need(raw, "language", where),
        category=need(raw, "category", where),
        why=need(raw, "why", where),
        body=need(raw, "body", where),
        fills=tuple(
            Fill(need(one, "with", where), need(one, "sample", where))
            for one in _rows(raw, "fills", where)
        ),
        buttons=tuple(
            TemplateButton(need(one, "title", where), need(one, "to", where))
            for one in _rows(raw, "buttons", where)
        ),
    )


def _rows(raw: Mapping[str, Any], name: str, where: str) -> list[dict[str, Any]]:
    rows = raw.get(name, [])
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        raise ContentError(f"{where}: `{name}` must be a list")
    return rows


# ---- checking


def check(templates: Sequence[Template], catalog: Catalog | None) -> Iterator[Finding]:
    """What Meta would refuse, and what we could not use. Without a catalog the buttons' ways are
    not looked at."""
    where = f"content/{FILE}"
    names = Counter(template.name for template in templates)
    uses = Counter(use for template in templates for use in template.uses)
    for template in templates:
        if names[template.name] > 1:
            yield error(where, template.name, "two templates have this name")
        for problem in (*_problems(template), *_ways(template, catalog)):
            yield error(where, template.name, problem)
    for use, number in sorted(uses.items()):
        if use not in USES:
            yield error(where, "", f"`for` has {use}, which is not known")
        elif number > 1:
            yield error(where, "", f"{number} templates are for {use}, it must be one")
    for use in USES:
        if use not in uses:
            yield error(where, "", f"no template is for {use}")


def _problems(template: Template) -> Iterator[str]:
    if not _NAME.fullmatch(template.name):
        yield f"`name` must be 1 to {MAX_NAME} of a-z, 0-9 and _"
    if template.category not in CATEGORIES:
        yield f"`category` {template.category} is not {' or '.join(CATEGORIES)}"
    if template.language not in LANGUAGES:
        yield f"`language` {template.language} is not known"
    if "STOP" not in template.body:
        yield "does not say how to STOP"
    if _UNTIDY.search(template.body.replace("\n", " ")) or "\n\n\n" in template.body:
        yield "a tab, five blanks or two empty lines in `body`"
    yield from _variables(template)
    yield from _fills(template)
    yield from _buttons(template)


def _variables(template: Template) -> Iterator[str]:
    body = template.body
    numbers = [int(number) for number in _VARIABLE.findall(body)]
    if sorted(set(numbers)) != list(range(1, len(template.fills) + 1)):
        yield f"variables {numbers} in `body`, but {len(template.fills)} in `fills`"
        return
    between = re.split(r"\{\{\d+\}\}", body)
    if any("{" in part or "}" in part for part in between):
        yield "a brace in `body` that is no variable such as {{1}}"
    if not numbers:
        return
    if not _has_word(between[0]):
        yield "`body` begins with a variable"
    if not _has_word(between[-1]):
        yield "`body` ends with a variable"
    if not all(map(_has_word, between[1:-1])):
        yield "two variables stand side by side: put a word between them"
    longest = ["x" * LONGEST.get(fill.slot, 0) for fill in template.fills]
    if (size := units(template.rendered(longest))) > MAX_FILLED:
        yield f"{size} characters with its variables at their longest, at most {MAX_FILLED}"


def _has_word(text: str) -> bool:
    return any(letter.isalpha() for letter in text)


def _fills(template: Template) -> Iterator[str]:
    for number, fill in enumerate(template.fills, 1):
        if fill.slot not in LONGEST:
            yield f"`with` {fill.slot} is nothing that can be filled in"
        elif units(fill.sample) > LONGEST[fill.slot]:
            yield f"the sample of {{{{{number}}}}} is longer than {LONGEST[fill.slot]}"
        if _UNTIDY.search(fill.sample):
            yield f"the sample of {{{{{number}}}}} has a line break, a tab or five blanks"


def _buttons(template: Template) -> Iterator[str]:
    if len(template.buttons) > MAX_BUTTONS:
        yield f"{len(template.buttons)} buttons, at most {MAX_BUTTONS}"
    if len({button.title for button in template.buttons}) < len(template.buttons):
        yield "two buttons have the same title"
    for button in template.buttons:
        if units(button.title) > MAX_TITLE:
            yield f"the button “{button.title}” has {units(button.title)} characters, at most {MAX_TITLE}"
        if _UNTIDY.search(button.title) or "{" in button.title:
            yield f"the button “{button.title}” has a line break, a tab or a brace"


def _ways(template: Template, catalog: Catalog | None) -> Iterator[str]:
    """A template is answered days later, so only an open place may be behind its buttons."""
    for button in template.buttons if catalog else ():
        flow_name, _, rest = button.to.partition(".")
        node_name, _, key = rest.rpartition(".")
        flow = catalog.flows.get(flow_name) if catalog else None
        node = flow.nodes.get(node_name) if flow else None
        keys = {choice.key for choice in node.choices} if isinstance(node, Choose) else set()
        if not isinstance(node, Choose) or not node.open or key not in keys:
            yield f"the button “{button.title}” leads to {button.to}, which is no open choice"
