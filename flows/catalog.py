"""content/ and the Python flows, loaded into one checked catalog. Only this file reads content/."""

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Any

import yaml

from flows.despair import wants_to_die
from flows.nodes import Flow
from flows.triggers import Trigger, Triggers, fold
from flows.wording import Wording

if TYPE_CHECKING:
    from flows.curriculum import Chapter, Lesson
    from flows.departure_facts import Document
    from flows.languages import Locale
    from flows.quoting import Fact
    from flows.retrieval import Retrieval
    from flows.understanding import Understander

CONTENT = Path(__file__).resolve().parent.parent / "content"
SHORTEST_CRY = 6
"""Letters of "tolong"."""
CONSENT_TEXT = "welcome.kept"
"""The text that consent is given to; its hash is the version that is recorded."""
FRESH_DAYS = 184
"""Six months: the longest that a fact may go unread."""


class ContentError(Exception):
    """Content can't be used; the message is one line that names file, place and problem."""


@dataclass(frozen=True, slots=True)
class Source:
    """Where a fact comes from and how long it may be shown unlabelled."""

    text: str
    url: str
    checked: date
    review_by: date

    def shown(self) -> str:
        return f"{self.text} (diperiksa {self.checked:%d-%m-%Y})"


@dataclass(frozen=True, slots=True)
class HotlineEntry:
    id: str
    name: str
    number: str
    hours: str
    purpose: tuple[str, ...]
    source: str
    checked: date
    review_by: date
    fallback: bool


@dataclass(frozen=True)
class Catalog:
    """Everything a conversation is made of. The named flows are the ones the engine itself enters."""

    flows: Mapping[str, Flow]
    wording: Wording
    triggers: Triggers
    everywhere: Mapping[str, tuple[str, ...]]
    choice_words: Mapping[str, tuple[str, ...]]
    regional: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Javanese and Sundanese words by the Indonesian one: they are understood wherever it is."""
    locales: "tuple[Locale, ...]" = ()
    """Translations into other languages, also those that wait for a native speaker."""
    lessons: "tuple[Lesson, ...]" = ()
    chapters: "tuple[Chapter, ...]" = ()
    documents: "tuple[Document, ...]" = ()
    facts: "tuple[Fact, ...]" = ()
    """What a broadcast may quote, as long as it is fresh."""
    hotlines: tuple[HotlineEntry, ...] = ()
    group_commands: Mapping[str, str] = field(default_factory=dict)
    """Command in a group → node of the flow village_group."""
    coordination_commands: Mapping[str, str] = field(default_factory=dict)
    """The same of the flow coordination, in groups of that kind; they come first there."""
    welcome: str = "welcome"
    asked_first: str = "welcome:asked_first"
    """Where somebody new enters whose first words are a question, in `answers["words"]`."""
    menu: str = "welcome:menu"
    report: str = "tip_off"
    human: str = "ask_human"
    free_text: str = "free_text"
    danger: str = "tip_off:danger_words"
    despair: str = "free_text:despair"
    understander: "Understander | None" = None
    """Hears danger in free words; without it (small catalogs of tests) nothing is danger."""
    cards: "Retrieval | None" = None
    """Finds the lesson's card that answers a question; without it (as above) none is answered
    inside a lesson."""
    takes_danger: frozenset[str] = frozenset(
        {
            "tip_off",
            "tip_status:more",
            "tip_status:answer",
            "tip_status:share_words",
            "partner_answer:words",
        }
    )
    """Flows and questions where words of danger are part of what is being told."""

    @cached_property
    def spoken(self) -> Mapping[str, Wording]:
        """The wording by language; Indonesian stands wherever a translation is missing."""
        ours = [one for one in self.locales if one.reviewed_by]
        return {one.language: self.wording.plus(one.said(self.wording)) for one in ours}

    def words_in(self, language: str) -> Wording:
        return self.spoken.get(language, self.wording)

    def heard(self, words: Iterable[str]) -> tuple[str, ...]:
        return heard(words, self.regional)

    def is_told(self, flow: str, node: str) -> bool:
        """Words of danger belong to what is being told here."""
        return flow in self.takes_danger or f"{flow}:{node}" in self.takes_danger

    def cry(self, text: str) -> str:
        """Where words of danger lead, or those of somebody who wants to die; "" for all others."""
        if self.understander and wants_to_die(text):
            return self.despair
        return self.danger if self.hears_danger(text) else ""

    def hears_danger(self, text: str) -> bool:
        """The message speaks of an emergency. A number or a single short word never does."""
        if self.understander is None or len(text.strip()) < SHORTEST_CRY:
            return False
        return self.understander.read(text).urgency == "now"


def load_yaml(path: Path) -> Any:
    """A YAML file as strings, lists and mappings only: `no` and `08:00` stay what was typed."""
    try:
        return yaml.load(path.read_text(encoding="utf-8"), Loader=yaml.CBaseLoader)  # noqa: S506
    except (OSError, UnicodeDecodeError) as error:
        raise ContentError(
            f"{short_path(path)}: can't be read ({error.__class__.__name__})"
        ) from None
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 0
        raise ContentError(f"{short_path(path)}: line {line}: {error.problem}") from None
    except yaml.YAMLError as error:  # a letter that YAML does not allow
        raise ContentError(f"{short_path(path)}: {' '.join(str(error).split())}") from None


def load_texts(folder: Path = CONTENT) -> Wording:
    """content/texts/*.yaml as one wording; keys are `file.key`."""
    texts: dict[str, str] = {}
    for path in sorted((folder / "texts").glob("*.yaml")):
        entries = load_yaml(path)
        if not isinstance(entries, dict):
            raise ContentError(f"{short_path(path)}: must be a list of `key: text`")
        for key, text in entries.items():
            if not isinstance(text, str) or not text.strip():
                raise ContentError(f"{short_path(path)}: {key}: must be a text")
            texts[f"{path.stem}.{key}"] = text.strip()
    return Wording(texts)


@dataclass(frozen=True, slots=True)
class Keywords:
    """content/keywords.yaml, folded."""

    triggers: Triggers
    everywhere: dict[str, tuple[str, ...]]
    choices: dict[str, tuple[str, ...]]
    group: dict[str, str]
    coordination: dict[str, str]
    regional: dict[str, tuple[str, ...]]
    """`Catalog.regional`; in `choices` it has no part yet."""


def heard(words: Iterable[str], regional: Mapping[str, tuple[str, ...]]) -> tuple[str, ...]:
    """The words, each followed by the regional ones that mean the same."""
    wide = ((word, *regional.get(word, ())) for word in words)
    return tuple(dict.fromkeys(chain.from_iterable(wide)))


def load_keywords(folder: Path = CONTENT) -> Keywords:
    path = folder / "keywords.yaml"
    raw = load_yaml(path)
    try:
        regional = {fold(word): folded(others) for word, others in raw["regional"].items()}
        triggers = [
            Trigger(
                heard(folded(entry["words"]), regional),
                entry["to"],
                rest=entry.get("rest") == "yes",
                officer=entry.get("officer") == "yes",
                unless=folded(entry.get("unless") or ()),
            )
            for entry in raw["triggers"]
        ]
        return Keywords(
            triggers=Triggers(triggers),
            everywhere={
                action: heard(folded(words), regional)
                for action, words in raw["everywhere"].items()
            },
            choices={label: folded(words) for label, words in raw["choices"].items()},
            group=dict(raw["group"]),
            coordination=dict(raw["coordination"]),
            regional=regional,
        )
    except (KeyError, TypeError, AttributeError) as error:
        raise ContentError(
            f"{short_path(path)}: {error} is missing or has the wrong form"
        ) from None


def text_version(wording: Wording, *keys: str) -> str:
    """Names the exact words that somebody agreed to. Raises ContentError where one is missing."""
    for key in keys:
        if key not in wording:
            stem, _, name = key.partition(".")
            raise ContentError(
                f"content/texts/{stem}.yaml: {name} is missing: consent is given to it"
            )
    shown = "\n".join(wording.raw(key) for key in keys)
    return hashlib.sha256(shown.encode()).hexdigest()[:12]


def load_hotlines(folder: Path = CONTENT) -> tuple[HotlineEntry, ...]:
    path = folder / "hotlines.yaml"
    entries = []
    listed = load_yaml(path)
    if not isinstance(listed, list) or not all(isinstance(raw, dict) for raw in listed):
        raise ContentError(f"{short_path(path)}: must be a list of numbers with their fields")
    for raw in listed:
        where = f"{short_path(path)}: {raw.get('id', '?')}"
        entries.append(
            HotlineEntry(
                id=need(raw, "id", where),
                name=need(raw, "name", where),
                number=need(raw, "number", where),
                hours=raw.get("hours", ""),
                purpose=tuple(raw.get("purpose") or ()),
                source=need(raw, "source", where),
                checked=_day(raw, "checked", where),
                review_by=_day(raw, "review_by", where),
                fallback=raw.get("fallback") == "yes",
            )
        )
    return tuple(entries)


def lesson_hash(raw: Mapping[str, Any]) -> str:
    """The fingerprint that a reviewer stamps: of everything but the stamp itself."""
    kept = {key: value for key, value in raw.items() if key != "reviewed"}
    return hashlib.sha256(yaml.safe_dump(kept, sort_keys=True).encode()).hexdigest()[:16]


def source_of(raw: Mapping[str, Any], where: str) -> Source:
    """The source and dates that every fact carries."""
    return Source(
        text=need(raw, "source", where),
        url=raw.get("source_url", ""),
        checked=_day(raw, "checked", where),
        review_by=_day(raw, "review_by", where),
    )


def need(raw: Mapping[str, Any], name: str, where: str) -> str:
    """A field that must hold a text."""
    value = raw.get(name)
    if not isinstance(value, str) or not value.strip():
        raise ContentError(f"{where}: `{name}` is missing")
    return value.strip()


def _day(raw: Mapping[str, Any], name: str, where: str) -> date:
    try:
        return date.fromisoformat(need(raw, name, where))
    except ValueError:
        raise ContentError(f"{where}: `{name}` must be a day such as 2026-11-21") from None


def folded(words: Any) -> tuple[str, ...]:
    """Words as they are compared with what people type. Raises TypeError for a single string."""
    if isinstance(words, str):
        raise TypeError(f"a list of words instead of {words!r}")
    return tuple(fold(word) for word in words)


def short_path(path: Path) -> str:
    """A content file as editors know it: `content/…`."""
    return str(
        path.relative_to(path.parents[2] if path.parent.name != "content" else path.parents[1])
    )
