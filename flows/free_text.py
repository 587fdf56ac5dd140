"""Words that belong to no question: a company name, something a lesson knows, or an honest "not yet"."""

import re
from collections.abc import Callable, Iterator, Mapping
from datetime import timedelta

from flows.company_names import name_words, names_a_person, names_somebody
from flows.curriculum import Lesson
from flows.events import OptedOut
from flows.identity_numbers import mask_identity_numbers
from flows.lessons import begins, label, named, shown
from flows.meetings import to_meeting
from flows.nodes import (
    Choice,
    Choose,
    Decide,
    Emit,
    End,
    Flow,
    Goto,
    Node,
    Option,
    Pick,
    Say,
    Scene,
)
from flows.offers_read import names_a_company
from flows.retrieval import OFFERED, Found, Retrieval
from flows.triggers import fold
from flows.understanding import Understander, Understanding

_COMPANY = re.compile(r"\b(p\s?\.?\s?t|cv|p3mi|pjtki|pptkis)\b\.?\s+\w", re.IGNORECASE)
_IS_IT_REAL = re.compile(
    r"\b(?:pt|cv|lpk|p3mi|yayasan)\b\.?\s+\w+.*\b(?:resmi|asli|terdaftar|legal|berizin|bener\w*)\b",
    re.IGNORECASE,
)
_IS_DOUBTED = re.compile(r"\b(?:resmi|asli|bener\w*|benar|sponsor|calo|tekong)\b", re.IGNORECASE)
"""What is said of somebody who is named to be checked, and not of whom one speaks to."""
TYPED_STAYS = timedelta(hours=24)
"""How long a question waits to be passed on to an officer; then what was typed is forgotten."""
_PLEASANT = frozenset(["greets", "thanks", "laughs"])
_HUMAN = "human"
_ELSEWHERE = ("check", "report", "ask_human", "small_talk", "opt_out")
_REGISTERED = ("listed", "conflict", "sanctioned")
_SELF_REPORT = re.compile(r"\blapor\w*\s+diri\b", re.IGNORECASE)
"""Telling the embassy where one is (a lesson), not reporting a crime."""


def flow(lessons: tuple[Lesson, ...], understander: Understander, retrieval: Retrieval) -> Flow:
    exits, cards = card_nodes(lessons, then="answered")
    where = _where(retrieval, understander, named(lessons, keywords=False))
    ways = {intent: intent for intent in _ELSEWHERE}
    ways |= {"unsure": "which", "none": "unknown", "meeting": "meeting"}
    ways |= {f"lesson_{lesson}": node for lesson, node in begins(lessons).items()}
    nodes: dict[str, Node] = {
        "start": Decide(where, exits | ways),
        **_elsewhere(),
        **_asked_back(retrieval, exits),
        **cards,
        **_answered(),
        "despair": _despair(),
    }
    return Flow("free_text", nodes, entries=("despair",))


def _where(
    retrieval: Retrieval, understander: Understander, title: Callable[[Scene], str]
) -> Callable[[Scene], str]:
    def where(scene: Scene) -> str:
        """Where the words belong; a question that a card answers is answered at once."""
        scene.answers.clear()
        scene.answers["question"] = mask_identity_numbers(" ".join(scene.words.split()))[:1000]
        if words := to_meeting(scene):
            scene.answers["question"] = words
            return "meeting"
        if (lesson := title(scene)) != "none":
            return f"lesson_{lesson}"
        read = understander.read(scene.words)
        found = retrieval.find(scene.answers["question"])
        general = (
            read.intent == "learn" and found.verdict == "sure" and not names_one_company(scene)
        )
        if not general and _is_check(scene, read):
            return "check"
        if _asks(scene, read):
            return _answer(scene, found)
        if read.intent == "ask_human" and _HUMAN not in read.cues:
            # No human is named: the question itself is answered, or offered to one with its words.
            return _answer(scene, found) if found.verdict == "sure" else "none"
        return read.intent if read.intent in _ELSEWHERE else "none"

    return where


def names_one_company(scene: Scene) -> bool:
    """One company is asked about, not companies as such."""
    known = scene.ports.find_recruiter(scene.words).verdict
    return known in _REGISTERED or names_a_company(scene.words)


def _asks(scene: Scene, read: Understanding) -> bool:
    """No report, no talk: what a card might answer."""
    match read.intent:
        case "learn" | "other":
            return True
        case "small_talk":
            return not read.cues & _PLEASANT
        case "report":
            return bool(_SELF_REPORT.search(scene.words))
        case _:
            return False


def _answer(scene: Scene, found: Found) -> str:
    """The card, "unsure" where some might be meant, "none" where nobody here knows."""
    if found.verdict != "sure":
        return found.verdict
    scene.answers["said"] = found.candidates[0].id
    return found.candidates[0].id


def _asked_back(retrieval: Retrieval, exits: Mapping[str, str]) -> dict[str, Node]:
    """Which card was meant: at first of three, after a wrong answer of the next two, once."""

    def options(scene: Scene) -> tuple[Option, ...]:
        said = scene.answers.get("said", "")
        found = retrieval.find(scene.answers.get("question", ""))
        offered = found.offered(but=(said,))[: OFFERED - bool(said)]
        return tuple(Option(one.id, one.heading) for one in offered)

    def more(scene: Scene) -> str:
        if "meant" in scene.answers or not options(scene):
            return "none"
        return "unsure"

    return {
        "which": Pick(
            "free_text.which",
            options,
            "meant",
            "meant",
            other=Choice("none", "free_text.none_of_them", "unknown"),
            free="typed",
            expires=TYPED_STAYS,
        ),
        "typed": Decide(
            lambda scene: "number" if fold(scene.words).isdigit() else "words",
            {"number": "not_offered", "words": "start"},
        ),
        "not_offered": Say("common.not_understood", "which"),
        "meant": Decide(lambda scene: scene.answers["meant"], exits),
        "more": Decide(more, {"unsure": "which", "none": "unknown"}),
    }


def _elsewhere() -> dict[str, Node]:
    """Intents with a conversation of their own."""
    return {
        "check": Goto("check_recruiter"),
        "report": Goto("tip_off:tell"),
        "ask_human": Goto("ask_human"),
        "meeting": Goto("meetings:tell", carry=("question",)),
        "small_talk": Say("free_text.small_talk", "welcome:menu"),
        "opt_out": Choose(
            "free_text.opt_out",
            (
                Choice("stop", "free_text.stop", "stop"),
                Choice("stay", "free_text.stay", "welcome:menu"),
            ),
            human=False,
            open=True,
        ),
        "stop": Emit(lambda _: [OptedOut()], "stopped"),
        "stopped": Say("common.stopped", "end"),
        "end": End(),
    }


def _answered() -> dict[str, Node]:
    """After a card, or without one: was it answered, or shall an officer be asked?"""
    return {
        "answered": _question(
            "answered",
            Choice("yes", "free_text.yes", "glad"),
            Choice("no", "free_text.no", "more"),
        ),
        "glad": Say("free_text.glad", "welcome:menu"),
        "ask": Goto("ask_human:with_words", carry=("question",)),
        "unknown": _question(
            "unknown",
            Choice("ask", "free_text.ask_officer", "ask"),
            Choice("report", "welcome.report", "tip_off:start"),
            Choice("check", "welcome.check", "check_recruiter:start"),
        ),
    }


def _despair() -> Choose:
    return Choose(
        "free_text.despair",
        (
            Choice("report", "welcome.report", "tip_off:start"),
            Choice("menu", "common.to_menu", "welcome:menu"),
        ),
        open=True,
    )


def _question(text: str, *choices: Choice) -> Choose:
    menu = Choice("menu", "common.to_menu", "welcome:menu")
    return Choose(f"free_text.{text}", (*choices, menu), human=False, open=True,
                  expires=TYPED_STAYS)  # fmt: skip


def _is_check(scene: Scene, read: Understanding) -> bool:
    """An offer is described, or a company named, whatever the form of the sentence."""
    if read.intent in ("check", "report", "ask_human"):
        return read.intent == "check"
    words = scene.words
    if read.flags or _IS_IT_REAL.search(words):
        return True
    named = name_words(words)[:40]
    if read.intent == "learn":  # "apakah PT boleh menahan paspor?", "calo itu apa?", "Bu, umur 45…"
        return names_somebody(named) and bool(_IS_DOUBTED.search(words))
    if names_a_person(named) or _COMPANY.search(words):
        return True
    known = scene.ports.find_recruiter(words).verdict
    return known in _REGISTERED


def card_nodes(lessons: tuple[Lesson, ...], *, then: str) -> tuple[dict[str, str], dict[str, Node]]:
    """(exits of the deciding node, the nodes) that say each card as an answer."""
    nodes: dict[str, Node] = {}
    exits: dict[str, str] = {}
    for lesson in lessons:
        for card in lesson.cards:
            node = f"card_{lesson.id}_{card.id}"
            exits[f"{lesson.id}.{card.id}"] = node
            nodes[node] = Say(
                f"free_text.{node}",
                then,
                slots=label(lesson, card.source),
                source=shown(card.source),
                public=True,
            )
    return exits, nodes


def texts(lessons: tuple[Lesson, ...], words: dict[str, str]) -> Iterator[tuple[str, str]]:
    """The cards once more, without "(2/5)", as answers to a question."""
    for lesson in lessons:
        for card in lesson.cards:
            text = words[f"lesson_{lesson.id}.card_{card.id}"].rpartition("\n(")[0]
            yield f"free_text.card_{lesson.id}_{card.id}", text + "{label}"
