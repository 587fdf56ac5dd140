"""What is wrong with the conversations and their words, found before anybody meets it.

`check` looks at a whole catalog and proves what no single test of a dialogue can: that every
node can be reached and left, that every text exists and fits, that every fact has its dates.
"""

import re
from collections.abc import Iterator
from datetime import date
from functools import cache
from pathlib import Path

from flows import free_text, lessons, lint_lessons
from flows.campaign_texts import CAMPAIGN_SLOTS
from flows.catalog import Catalog
from flows.curriculum import for_villagers
from flows.findings import Finding, error, warning
from flows.graph import RESUME, Graph, Place, locate
from flows.lint_keywords import FILE, phrases
from flows.lint_lessons import MAX_LINES, MAX_LIST_ITEM
from flows.lint_plain import lesson_words, text_sentences
from flows.lint_slots import answers_before_use, node_texts, plain
from flows.nodes import Ask, Choice, Choose, Pick, Say, Wait
from flows.wording import slots_of

MAX_CHOICES = 5
"""Numbered choices of one message; more nobody reads on a small screen."""
MAX_QUICK_REPLY = 20
"""https://www.twilio.com/docs/content/twilio-quick-reply (`title`, at most 20 characters)."""
QUICK_REPLIES = 3
"""A message with so few choices, "0" counted, is sent with quick replies (same page)."""
MAX_PAYLOAD = 64
"""Bytes: https://core.telegram.org/bots/api#inlinekeyboardbutton (`callback_data`)."""
MAX_LINES_LONG = 6
MAX_TEXT = 400

_LONG = re.compile(
    r"check_recruiter\.|costs\.|tip_off\.read_back$|broadcasts\.(preview$|message)"
    r"|campaigns\.(confirm|kit_script)$"
)
_VERDICTS = re.compile(r"(check_recruiter|village_group|costs)\.")
_JUDGES = re.compile(r"\b(aman|pasti resmi|terpercaya|dijamin|penipu)\b", re.IGNORECASE)
_PROMISES = re.compile(r"\b(bantuan datang|segera datang|akan menolong)\b", re.IGNORECASE)
_SAID = re.compile(
    r"[\"']((?:common|notice|register_watch|forwarding|canned|attachments|hear)\.[a-z0-9_]+"
    r"|tip_off\.sent_incomplete[a-z_]*)[\"']"
    r"|(?:AskAgain|aside|bubble|message)\(\s*[\"']([a-z_]+\.[a-z_]+)[\"']"
)
_SAID_OUTSIDE = re.compile(r"[\"'](broadcasts\.[a-z0-9_]+)[\"']")
"""Of these, what the conversation itself says is not meant: it fills them in its own nodes."""
_PUT_TOGETHER = (
    "common.help", "common.genuine", "notice.question", "notice.report",
    "broadcasts.warning_message", "broadcasts.correction_message", "broadcasts.withdrawal_message",
    "broadcasts.why_old_fact", "broadcasts.why_template",
    "voices.lost", "voices.too_long", "voices.unclear", "voices.listening", "voices.question",
    *(f"meetings.{name}" for name in (
        "details", "details_speakers", "invitation_message", "changed_message", "cancelled_message",
        "group_link", "reminder", "reminder_today", "told_changed", "told_cancelled",
        "summary_head", "summary_line", "no_day", "no_clock", "past", "too_far", "other_weekday",
    )),
    "officer_groups.bound", "officer_groups.left", "officer_groups.muted", "officer_groups.given_back",
    "coordination.do", "coordination.come",
)  # fmt: skip
"""Keys that the code chooses or makes of two parts, so that no search finds them."""
_CODE = tuple(Path(__file__).parent.parent / name for name in ("flows", "bot", "console"))

_NUMBER, _WHAT, _OFFICE = frozenset(["number"]), frozenset(["what"]), frozenset(["office"])
_SAID_BY_CODE = {
    **dict.fromkeys(("welcome.short_intro", "common.help", "common.genuine"), _OFFICE),
    "common.source": frozenset(["source"]),
    "broadcasts.too_long": frozenset(["characters", "most"]),
    "broadcasts.bad_link": frozenset(["host"]),
    **{
        f"broadcasts.{why}": frozenset(["found"])
        for why in ("names_person", "names_contact", "names_company", "accuses")
    },
    "broadcasts.old_number": frozenset(["number", "day"]),
    "broadcasts.expires_late": frozenset(["days"]),
    "broadcasts.by_act": frozenset(["act", "day", "source"]),
    "broadcasts.old_fact": frozenset(["day", "quoted"]),
    **{
        f"broadcasts.{kind}message": frozenset(["text", "office", "source", "source_day", "until"])
        for kind in ("", "warning_", "correction_", "withdrawal_")
    },
    "broadcasts.please_approve": frozenset(["number", "author", "text", "groups", "people"]),
    "broadcasts.progress": frozenset(["number", "done", "of", "bar"]),
    "broadcasts.stopped": frozenset(["number", "why", "counts"]),
    "broadcasts.was_approved": frozenset(["number", "name"]),
    "broadcasts.was_rejected": frozenset(["number", "name", "why"]),
    **dict.fromkeys(("broadcasts.was_cancelled", "broadcasts.now_withdraw"), _NUMBER),
    "broadcasts.ordered": frozenset(["when"]),
    "broadcasts.preview": frozenset(["lines"]),
    "broadcasts.report": frozenset(["report"]),
    "broadcasts.shown": frozenset(["photo", "shown"]),
    "broadcasts.withdraw_sure": frozenset(["number", "words", "groups", "people"]),
    "broadcasts.stands": frozenset(["number", "status"]),
    "broadcasts.failed_why": frozenset(["reasons"]),
    "broadcasts.answered": frozenset(["replies", "stops"]),
    "broadcasts.taken_back": _NUMBER,
    "broadcasts.because": frozenset(["why"]),
    "broadcasts.seen_who": frozenset(["groups", "people", "channels", "opted_out"]),
    **{
        f"broadcasts.seen_{what}": frozenset(["count"])
        for what in ("parked", "template", "knock", "over", "kits")
    },
    "broadcasts.seen_cost": frozenset(["usd"]),
    "broadcasts.seen_unpriced": frozenset(["what"]),
    "broadcasts.seen_when": frozenset(["when", "ends"]),
    "broadcasts.when_far": frozenset(["days"]),
    "broadcasts.too_many": frozenset(["count", "most"]),
    "broadcasts.twice": frozenset(["number"]),
    "broadcasts.template_not_approved": frozenset(["template"]),
    **dict.fromkeys(
        ("meetings.details", "meetings.details_speakers"),
        frozenset(["title", "when", "where", "speakers"]),
    ),
    **{
        f"meetings.{kind}_message": frozenset(["text", "office"])
        for kind in ("invitation", "changed", "cancelled")
    },
    **dict.fromkeys(
        ("meetings.reminder", "meetings.reminder_today"), frozenset(["title", "when", "where"])
    ),
    **dict.fromkeys(("meetings.told_changed", "meetings.told_cancelled"), frozenset(["text"])),
    "meetings.group_link": frozenset(["link"]),
    "meetings.answer_message": frozenset(["title", "question", "answer"]),
    "meetings.summary_head": frozenset(["title"]),
    "meetings.summary_line": frozenset(["question", "answer"]),
    "meetings.line_too_long": frozenset(["most"]),
    "broadcasts.template_refused": frozenset[str](),
    **{
        f"tip_off.sent_incomplete{end}": frozenset(["receipt", "numbers"])
        for end in ("", "_nobody")
    },
    "pictures.later": frozenset(["line"]),
    "attachments.kept": frozenset(["what", "number"]),
    **dict.fromkeys(("hear.audio", "hear.picture"), frozenset(["title", "place"])),
    **dict.fromkeys(("voices.added", "voices.to_officer", "voices.danger"), frozenset(["numbers"])),
    "voices.in_report": frozenset(["line"]),
    **{f"attachments.{name}": _WHAT for name in ("taking", "in_case", "damaged", "lost")},
    "notice.broadcast": frozenset(["number", "counts"]),
    "notice.invited": frozenset(["staff_no"]),
    **dict.fromkeys(
        ("notice.news", "notice.partner_request", "notice.invited_you"), frozenset[str]()
    ),
    "partner_desk.names_somebody": frozenset(["found"]),
    **CAMPAIGN_SLOTS,
    "notice.danger": frozenset[str](),
    "departure.reminder": frozenset(["days", "done", "of"]),
    "officer_groups.bound": frozenset(["number", "kind", "place"]),
    **dict.fromkeys(
        ("officer_groups.left", "officer_groups.muted", "officer_groups.given_back"),
        frozenset(["kind", "place"]),
    ),
    "village_group.lesson": frozenset(["title", "text", "label", "link"]),
    "village_group.quiz_answer": frozenset(["question", "right", "why", "label", "source"]),
    "register_watch.changed": frozenset(["name", "copy", "day", "before", "now"]),
}
"""The slots that engine, AskAgain or bot fill; another `notice` gets its number, others nothing."""


def check(catalog: Catalog, today: date) -> list[Finding]:
    """Everything that is wrong, errors first; an empty list is a clean bill."""
    graph = Graph(catalog)
    found = [
        *_leads(graph),
        *_waits(graph),
        *node_texts(graph),
        *answers_before_use(graph, _roots(catalog)),
        *_texts(catalog, _used(graph)),
        *lint_lessons.lessons(catalog, today),
        *lesson_words(catalog),
        *lint_lessons.hotlines(catalog, today),
        *phrases(catalog),
        *_choice_words(catalog),
    ]
    return sorted(dict.fromkeys(found), key=lambda finding: finding.severity)


# ---- the graph


def _entries(catalog: Catalog) -> dict[str, str]:
    """`flow:node` of every real way into a conversation, with what enters there."""
    named = ("welcome", "asked_first", "menu", "report", "human", "free_text")
    ways = {getattr(catalog, name): f"the catalog's {name}" for name in named}
    if any(flow.keeps for flow in catalog.flows.values()):
        ways[f"{RESUME}:ask"] = "a conversation that is kept"
    for command, node in catalog.group_commands.items():
        ways[f"village_group:{node}"] = f"the group command {command}"
    for command, node in catalog.coordination_commands.items():
        ways[f"coordination:{node}"] = f"the coordination group's command {command}"
    for trigger in catalog.triggers.all:
        ways[trigger.to] = f"the trigger {', '.join(trigger.phrases[:1])}"
    for flow in catalog.flows.values():
        asked = (flow.left.ask,) if flow.left else ()
        ways |= {f"{flow.name}:{node}": "its entries" for node in (*flow.entries, *asked)}
    return ways


def _roots(catalog: Catalog) -> dict[Place, str]:
    found = {locate(catalog, to): what for to, what in _entries(catalog).items()}
    return {place: what for place, what in found.items() if place}


def _leads(graph: Graph) -> Iterator[Finding]:
    """Every exit leads somewhere, everything is reached, nothing runs in a circle or is mute."""
    catalog = graph.catalog
    for (flow, name), exit_name, target in graph.lost:
        yield error(flow, name, f"the exit {exit_name} leads to {target}, which does not exist")
    roots: list[Place] = []
    for to, what in _entries(catalog).items():
        if place := locate(catalog, to):
            roots.append(place)
            if graph.silent(place):
                yield error(*place, "may end without a word")
        else:
            name, _, missing = to.partition(":")
            yield error(name, missing, f"{what} leads here, but there is no such place")
    reached = graph.reached(roots)
    for flow, name in graph.nodes.keys() - reached:
        yield error(flow, name, "nothing leads here")
    for circle in graph.loops():
        way = " → ".join(f"{flow}:{name}" for flow, name in [*circle, circle[0]])
        yield error(*circle[0], f"runs in a circle without a wait: {way}")
    for (flow, name), targets in graph.leads.items():
        for other_name, node in targets:
            other = catalog.flows[other_name]
            if flow not in (other_name, RESUME) and node not in (other.start, *other.entries):
                yield error(flow, name, f"leads to {other_name}:{node}, which is no entry there")


def _waits(graph: Graph) -> Iterator[Finding]:
    resting = graph.resting(locate(graph.catalog, graph.catalog.menu))
    for (flow, name), node in graph.nodes.items():
        if not isinstance(node, Choose | Pick | Ask):
            continue
        if not graph.leads[flow, name]:
            yield error(flow, name, "waits, but has no way on")
        elif (flow, name) not in resting:
            yield error(flow, name, "neither the menu nor an end can be reached from here")
        for target in graph.leads[flow, name]:
            if graph.silent(target):
                yield error(flow, name, f"an answer may end without a word, by {target[1]}")
        yield from _choices(graph.catalog, flow, name, node)


def _fixed_choices(node: Wait) -> tuple[Choice, ...]:
    if isinstance(node, Choose):
        return node.choices
    extra = node.other if isinstance(node, Pick) else node.skip
    return (extra,) if extra else ()


def _choices(catalog: Catalog, flow: str, name: str, node: Wait) -> Iterator[Finding]:
    """Numbers, labels and payloads fit every channel."""
    choices = _fixed_choices(node)
    if len(choices) > MAX_CHOICES:
        yield error(flow, name, f"{len(choices)} choices, at most {MAX_CHOICES}")
    keys = [choice.key for choice in choices]
    if "0" in keys or len(set(keys)) < len(keys) or any("." in key for key in keys):
        yield error(flow, name, "two choices have one key, or a key is 0 or has a dot")
    labels = [choice.label for choice in choices] + (["common.human"] if node.human else [])
    few = len(labels) <= QUICK_REPLIES
    limit = MAX_QUICK_REPLY if few else MAX_LIST_ITEM
    for label in labels:
        if label not in catalog.wording:
            yield error(flow, name, f"the label {label} is no text")
        elif len(catalog.wording.raw(label)) > limit:
            why = f"of {len(labels)} choices" if few else "in a list"
            size = len(catalog.wording.raw(label))
            yield error(flow, name, f"the label {label} has {size} characters, {limit} {why}")
        elif not plain(catalog, label):
            yield error(flow, name, f"the label {label} has a {{slot}}, which nobody fills")
    for key in [*keys, "0", *(["10"] if isinstance(node, Pick) else [])]:
        if len(payload := f"{flow}.{name}.{key}".encode()) > MAX_PAYLOAD:
            yield error(flow, name, f"a payload has {len(payload)} bytes, at most {MAX_PAYLOAD}")


# ---- texts


def _used(graph: Graph) -> dict[str, bool]:
    """Keys that flows use; True where a node fills their slots."""
    used: dict[str, bool] = {}
    for node in graph.nodes.values():
        if isinstance(node, Say | Choose | Pick | Ask):
            used[node.text] = used.get(node.text, False) or node.slots is not None
        if isinstance(node, Choose | Pick | Ask):
            for choice in _fixed_choices(node):
                used.setdefault(choice.label, False)
    return used


@cache
def _said() -> frozenset[str]:
    """Keys that engine and bot say by themselves, as far as a search of the code finds them."""
    flows, *others = [
        "\n".join(
            path.read_text(encoding="utf-8")
            for path in sorted(folder.rglob("*.py"))
            if not path.name.startswith("lint")
        )
        for folder in _CODE
    ]
    lines = _CODE[0] / "broadcast_said.py"  # it puts lines together, for chat and console alike
    outside = "\n".join((*others, lines.read_text(encoding="utf-8")))
    said = (key for pair in _SAID.findall(f"{flows}\n{outside}") for key in pair if key)
    return frozenset(said) | frozenset(_SAID_OUTSIDE.findall(outside))


def _texts(catalog: Catalog, used: dict[str, bool]) -> Iterator[Finding]:
    """Words of content/texts: used, filled, short, and free of judgement and promises."""
    said = _said() | set(_PUT_TOGETHER) | CAMPAIGN_SLOTS.keys()
    for key in sorted(said - used.keys()):
        if key not in catalog.wording:
            yield error(*_where(key), "the code says this text, but it does not exist")
    words = lessons.texts(catalog.lessons)
    of_lessons = words.keys() | dict(free_text.texts(for_villagers(catalog.lessons), words)).keys()
    for key in sorted(catalog.wording.keys()):
        text = catalog.wording.raw(key)
        if _PROMISES.search(text):
            yield error(*_where(key), f"promises help: “{_hit(_PROMISES, text)}”")
        if key not in of_lessons:
            yield from text_sentences(*_where(key), text)
            yield from _one_text(key, text, filled=used.get(key, key not in said))
            if key not in said | used.keys():
                yield warning(*_where(key), "no flow, code or keyword uses this text")


def _one_text(key: str, text: str, *, filled: bool) -> Iterator[Finding]:
    lines = MAX_LINES_LONG if _LONG.match(key) else MAX_LINES
    if text.count("\n") + 1 > lines:
        yield error(*_where(key), f"{text.count(chr(10)) + 1} lines, at most {lines}")
    if len(text) > MAX_TEXT:
        yield error(*_where(key), f"{len(text)} characters, at most {MAX_TEXT}")
    if _VERDICTS.match(key) and _JUDGES.search(text):
        yield error(*_where(key), f"judges a recruiter: “{_hit(_JUDGES, text)}”")
    try:
        slots = slots_of(text)
    except ValueError as problem:
        yield error(*_where(key), f"a brace that is no slot: {problem}")
        return
    usual = _NUMBER if key.startswith("notice.") else frozenset[str]()
    if not filled and (extra := slots - _SAID_BY_CODE.get(key, usual)):
        yield error(*_where(key), f"{{{min(extra)}}} is a slot that nobody fills")


def _where(key: str) -> tuple[str, str]:
    stem, _, name = key.partition(".")
    return f"content/texts/{stem}.yaml", name


def _hit(pattern: re.Pattern[str], text: str) -> str:
    match = pattern.search(text)
    return match[0] if match else ""


# ---- keywords


def _choice_words(catalog: Catalog) -> Iterator[Finding]:
    offered = _offered(catalog)
    for label in catalog.choice_words:
        if label not in catalog.wording:
            yield error(FILE, f"choices {label}", "there is no such text")
        elif label != "common.human" and label not in offered:
            yield warning(FILE, f"choices {label}", "no choice has this label")


def _offered(catalog: Catalog) -> frozenset[str]:
    nodes = (node for flow in catalog.flows.values() for node in flow.nodes.values())
    waits = (node for node in nodes if isinstance(node, Choose | Pick | Ask))
    return frozenset(choice.label for node in waits for choice in _fixed_choices(node))
