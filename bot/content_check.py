"""`kentongan content check`: everything that editors may change, and what is wrong with it."""

import json
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import date
from pathlib import Path
from typing import Any

import yaml

from bot import reviews
from bot.atlas import read_countries
from bot.channel_lengths import lengths
from bot.clock import Clock
from bot.deadlines import load_deadlines, load_ramadan
from bot.meter import PRICES_FILE, load_prices
from bot.recordings import check_recordings
from bot.recruiters import REGISTER_FILE, Register
from bot.territory import Offices
from flows import lint_languages, templates
from flows.catalog import (
    CONTENT,
    Catalog,
    ContentError,
    load_hotlines,
    load_yaml,
)
from flows.check_facts import ClosedDestination
from flows.conversations import load_catalog
from flows.curriculum import Lesson, for_villagers, load_lessons
from flows.departure_facts import load_documents
from flows.fact_files import LOADERS, Fact
from flows.findings import Finding
from flows.lint import check
from flows.lint_curriculum import whole
from flows.lint_lessons import MAX_LIST_ITEM
from flows.partners import DirectoryEntry, Ground, fresh, load_directory, load_grounds
from flows.question_words import clashes, load_synonyms
from flows.retrieval import heading, load_asked
from flows.templates import load_templates
from flows.triggers import fold
from flows.wording import WordingError

_CARD = frozenset(["id", "text", "keywords", "source", "source_url", "checked", "review_by"])
_QUIZ = (_CARD - {"text", "keywords"}) | {"question", "choices", "misconception", "decision"}
_CHOICE = frozenset(["label", "correct", "why"])
_LESSON = frozenset(
    ["title", "summary", "chapter", "order", "audience", "covers", "picture", "keywords"]
) | frozenset(["reviewed", "cards", "quiz", "action"])
_HOTLINE = frozenset(
    ["id", "name", "number", "hours", "purpose", "source", "source_date", "checked",
     "review_by", "fallback", "note"]
)  # fmt: skip


def run(
    as_json: bool,
    *,
    folder: Path = CONTENT,
    today: date | None = None,
    waiting: Sequence[Finding] = (),
) -> int:
    """Print every finding to stdout; 1 when there is an error among them, else 0.

    `waiting` are the findings about people in the database, who are named last.
    """
    catalog, findings = look(folder, today or Clock().now().date())
    findings += waiting
    errors = [finding for finding in findings if finding.severity == "error"]
    for finding in findings:
        _say(_as_json(finding) if as_json else finding.line())
    if not as_json:
        flows, texts, lessons = _counts(catalog)
        _say(
            f"checked {flows} flows, {texts} texts, {lessons} lessons: "
            f"{len(errors)} errors, {len(findings) - len(errors)} warnings"
        )
    return 1 if errors else 0


def look(folder: Path, today: date) -> tuple[Catalog | None, list[Finding]]:
    """The catalog, if it can be loaded, and what is wrong with it and the files beside it."""
    findings = list(_files(folder))
    catalog = None
    try:
        catalog = load_catalog(folder)
        findings += [*check(catalog, today), *lint_languages.check(catalog)]
        findings += [*whole(catalog), *lengths(catalog)]
    except (ContentError, WordingError, yaml.YAMLError) as error:
        findings.append(_unloaded(error, "content"))
    except (ValueError, LookupError, TypeError, AttributeError) as error:
        # A form of YAML that the loader does not expect.
        findings.append(_unloaded(error, "content"))
    for name, load in ((REGISTER_FILE.name, Register.load), ("offices.csv", Offices)):
        try:
            (folder / name).stat()  # the bot can live without a register, a release can't
            load(folder / name)
        except (OSError, ValueError, LookupError) as error:
            findings.append(_unloaded(error, f"content/{name}"))
    findings += check_recordings(folder, catalog.lessons if catalog else ())
    findings += _check_facts(folder, today)
    findings += _check_partners(folder, today)
    findings += _check_clocks(folder, today)
    findings += _check_answers(folder)
    findings += _check_stamps(folder)
    findings += _check_prices(folder, today)
    findings += check_templates(folder, catalog)
    findings = list(dict.fromkeys(findings))
    return catalog, sorted(findings, key=lambda finding: finding.severity)


def _check_facts(folder: Path, today: date) -> Iterator[Finding]:
    """Warning signs, destinations, ways, documents and costs: unreadable, unreviewed, past their day."""
    for name, load in LOADERS.items():
        try:
            yield from _dated(name, load(folder), today)
        except ContentError as error:
            yield _unloaded(error, f"content/{name}")
    try:
        known = read_countries(folder / "countries.csv")[0]
        documents = load_documents(folder)
    except (ContentError, OSError):  # said already
        return
    for row in documents:
        for code in set(row.to) - known.keys():
            problem = f"`to` has {code}, which is not in countries.csv"
            yield Finding("error", "content/checklist.yaml", row.id, problem)


def _check_clocks(folder: Path, today: date) -> Iterator[Finding]:
    """Deadlines and the months of Ramadan: unreadable, past their day, a coming year missing."""
    try:
        source = load_deadlines(folder).source
        if today > source.review_by:
            problem = f"past its review date, {source.review_by}"
            yield Finding("warning", "content/deadlines.yaml", "", problem)
    except ContentError as error:
        yield _unloaded(error, "content/deadlines.yaml")
    try:
        months = load_ramadan(folder)
    except ContentError as error:
        yield _unloaded(error, "content/ramadan.yaml")
        return
    file = "content/ramadan.yaml"
    if all(month.ends < today for month in months):
        yield Finding("warning", file, "", "the next Ramadan is not in the list")
    for month in months:
        if month.source.review_by < today <= month.ends:
            problem = f"past its review date, {month.source.review_by}"
            yield Finding("warning", file, month.hijri, problem)


def _check_answers(folder: Path) -> Iterator[Finding]:
    """What free questions are answered by: words that mean two things, cards that do not exist."""
    try:
        synonyms, asked = load_synonyms(folder), load_asked(folder)
        lessons = for_villagers(load_lessons(folder))
    except ContentError as error:
        return (yield _unloaded(error, "content"))
    for group, problem in clashes(synonyms):
        yield Finding("error", "content/synonyms.yaml", group, problem)
    cards = {f"{lesson.id}.{card.id}" for lesson in lessons for card in lesson.cards}
    questions = Counter(fold(one.text) for one in asked)
    for one in asked:
        for card in sorted({*one.cards} - cards):
            yield Finding("error", "content/questions.yaml", card, f"no such card: “{one.text}”")
        if questions[fold(one.text)] > 1:
            yield Finding("error", "content/questions.yaml", "", f"“{one.text}” stands there twice")
    yield from _headings(lessons)


def _headings(lessons: Sequence[Lesson]) -> Iterator[Finding]:
    """A card is offered under its first keyword: short, and no other card's."""
    taken: dict[str, str] = {}
    for lesson in lessons:
        for card in lesson.cards:
            file, node = f"content/lessons/{lesson.id}.yaml", f"card {card.id}"
            said, name = heading(lesson, card), f"{lesson.id}.{card.id}"
            if len(said) > MAX_LIST_ITEM:
                problem = f"the first keyword has {len(said)} characters, at most {MAX_LIST_ITEM}"
                yield Finding("error", file, node, problem)
            if (other := taken.setdefault(said, name)) != name:
                problem = f"its first keyword, “{said}”, is also that of {other}"
                yield Finding("error", file, node, problem)


def _check_prices(folder: Path, today: date) -> Iterator[Finding]:
    """What a message costs: unreadable, past its day."""
    file = f"content/{PRICES_FILE}"
    try:
        prices = load_prices(folder)
    except ContentError as error:
        return (yield _unloaded(error, file))
    for price in prices:
        if today > price.source.review_by:
            problem = f"past its review date, {price.source.review_by}"
            yield Finding("warning", file, f"{price.channel} {price.what}", problem)


def check_templates(folder: Path, catalog: Catalog | None) -> Iterator[Finding]:
    """WhatsApp's templates: what Meta would refuse, and buttons that lead nowhere."""
    try:
        yield from templates.check(load_templates(folder), catalog)
    except ContentError as error:
        yield _unloaded(error, f"content/{templates.FILE}")


def _dated(name: str, rows: Sequence[Fact], today: date) -> Iterator[Finding]:
    file = f"content/{name}"
    if unread := sum(not row.reviewed for row in rows):
        problem = f"no named person has reviewed {unread} of {len(rows)} texts"
        yield Finding("warning", file, "", problem)
    for row in rows:
        if not row.fresh(today):
            key = row.code if isinstance(row, ClosedDestination) else row.id
            problem = f"past its review date, {row.source.review_by}"
            yield Finding("warning", file, key, problem)


def _check_stamps(folder: Path) -> Iterator[Finding]:
    """Stamps that no longer fit, and the files of law that nobody has stamped."""
    try:
        for file, place in reviews.outdated(folder):
            problem = "the stamp is of other words: empty `reviewed`, or have it read again"
            yield Finding("error", f"content/{file}", place, problem)
        for file in reviews.unreviewed(folder):
            if file in reviews.WHOLE_FILES or file.startswith("texts/"):
                yield Finding("warning", f"content/{file}", "", "no named person has reviewed it")
    except (ContentError, WordingError, LookupError, TypeError, AttributeError) as error:
        yield _unloaded(error, f"content/{reviews.STAMPS}")


def _check_partners(folder: Path, today: date) -> Iterator[Finding]:
    """Partners and legal grounds: unreadable, past their day, a number or a country nobody knows."""
    try:
        entries, grounds = load_directory(folder), load_grounds(folder)
        hotlines = {hotline.id for hotline in load_hotlines(folder)}
        countries = read_countries(folder / "countries.csv")[0]
    except (ContentError, OSError) as error:
        return (yield _unloaded(error, "content/partners.yaml"))
    rows: list[tuple[str, DirectoryEntry | Ground]] = [("partners", entry) for entry in entries]
    for name, row in [*rows, *(("grounds", ground) for ground in grounds)]:
        if not fresh(row.source, today):
            problem = f"past its review date, {row.source.review_by}"
            yield Finding("warning", f"content/{name}.yaml", row.id, problem)
    for entry in entries:
        if entry.hotline and entry.hotline not in hotlines:
            problem = f"`hotline` {entry.hotline} is not in hotlines.yaml"
            yield Finding("error", "content/partners.yaml", entry.id, problem)
        for code in entry.areas:
            if code.isalpha() and code not in countries:
                problem = f"`areas` has {code}, which is not in countries.csv"
                yield Finding("error", "content/partners.yaml", entry.id, problem)


def _unloaded(error: Exception, file: str) -> Finding:
    """One line that names file, place and problem, whatever was raised."""
    problem = " ".join(str(error).split()) or error.__class__.__name__
    if isinstance(error, OSError):
        problem = f"can't be read ({error.__class__.__name__})"
    elif isinstance(error, ContentError):
        file, _, problem = problem.partition(": ")
        place, colon, rest = problem.partition(": ")
        if colon:
            return Finding("error", file, place, rest)
    return Finding("error", file, "", problem)


def _files(folder: Path) -> Iterator[Finding]:
    """What the loader would pass over: a field with a misspelt name, a key written twice."""
    for path in sorted(folder.rglob("*.yaml")):
        file = f"content/{path.relative_to(folder).as_posix()}"
        try:
            raw = load_yaml(path)
            yield from _twice(file, yaml.compose(path.read_text("utf-8"), Loader=yaml.CBaseLoader))
        except (ContentError, yaml.YAMLError) as error:
            yield _unloaded(error, file)
            continue
        if path.parent.name == "lessons" and isinstance(raw, dict):
            yield from _unknown(file, "", raw, _LESSON)
            for name, fields in (("cards", _CARD), ("quiz", _QUIZ)):
                for item in raw.get(name) or ():
                    yield from _unknown(file, name, item, fields)
            for item in raw.get("quiz") or ():
                yield from _yes_or_no(file, item)
            yield from _unknown(file, "action", raw.get("action"), _CARD - {"id"})
        elif path.name == "hotlines.yaml" and isinstance(raw, list):
            for entry in raw:
                yield from _unknown(file, "", entry, _HOTLINE)


def _yes_or_no(file: str, item: Any) -> Iterator[Finding]:
    for choice in (item.get("choices") or ()) if isinstance(item, dict) else ():
        if isinstance(choice, dict) and choice.get("correct") not in ("yes", "no"):
            place = f"quiz {item.get('id', '')}"
            yield Finding(
                "error", file, place, f"`correct` is {choice.get('correct')}, not yes or no"
            )
        yield from _unknown(file, f"quiz {item.get('id', '')}", choice, _CHOICE)


def _unknown(file: str, place: str, raw: Any, fields: frozenset[str]) -> Iterator[Finding]:
    if isinstance(raw, dict):
        where = " ".join(filter(None, (place, str(raw.get("id") or ""))))
        for name in raw.keys() - fields:
            yield Finding("error", file, where, f"`{name}` is no field here")


def _twice(file: str, node: Any) -> Iterator[Finding]:
    if isinstance(node, yaml.MappingNode):
        seen = set()
        for key, _ in node.value:
            if key.value in seen:
                line = key.start_mark.line + 1
                yield Finding("error", file, f"line {line}", f"`{key.value}` is written twice")
            seen.add(key.value)
    if isinstance(node, yaml.CollectionNode):
        for item in node.value:
            for child in item if isinstance(item, tuple) else (item,):
                yield from _twice(file, child)


def _counts(catalog: Catalog | None) -> tuple[int, int, int]:
    if catalog is None:
        return 0, 0, 0
    return len(catalog.flows), len(catalog.wording.keys()), len(catalog.lessons)


def _as_json(finding: Finding) -> str:
    names = ("severity", "file", "node", "problem")
    return json.dumps({name: getattr(finding, name) for name in names}, ensure_ascii=False)


def _say(line: str) -> None:
    sys.stdout.write(line + "\n")
