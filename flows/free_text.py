"""Words that belong to no question: a company name, something a lesson knows, or an honest "not yet"."""

import re
from collections.abc import Callable, Iterator
from datetime import timedelta

from rapidfuzz.fuzz import ratio

from flows.company_names import name_words, names_a_person
from flows.curriculum import Card, Lesson
from flows.events import OptedOut
from flows.identity_numbers import mask_identity_numbers
from flows.lessons import begins, label, named, shown
from flows.nodes import Choice, Choose, Decide, Emit, End, Flow, Goto, Node, Say, Scene
from flows.triggers import fold
from flows.understanding import Understander, Understanding

_COMPANY = re.compile(r"\b(p\s?\.?\s?t|cv|p3mi|pjtki|pptkis)\b\.?\s+\w", re.IGNORECASE)
_IS_IT_REAL = re.compile(
    r"\b(?:pt|cv|lpk|p3mi|yayasan)\b\.?\s+\w+.*\b(?:resmi|asli|terdaftar|legal|berizin|bener\w*)\b",
    re.IGNORECASE,
)
_STOP_WORDS = frozenset(
    [
        "yang",
        "dan",
        "atau",
        "di",
        "ke",
        "dari",
        "untuk",
        "apa",
        "itu",
        "ini",
        "saya",
        "aku",
        "kami",
        "kita",
        "mau",
        "bisa",
        "kalau",
        "kalo",
        "gimana",
        "bagaimana",
        "apakah",
        "ya",
        "tidak",
        "nggak",
        "gak",
        "dengan",
        "pada",
        "ada",
        "jadi",
        "sudah",
        "belum",
        "kerja",
        "luar",
        "negeri",
        "pak",
        "bu",
        "tolong",
        "mohon",
        "tanya",
        "dong",
        "sih",
    ]
)
TYPED_STAYS = timedelta(hours=24)
"""How long a question waits to be passed on to an officer; then what was typed is forgotten."""
_PLEASANT = frozenset(["greets", "thanks", "laughs"])
_ELSEWHERE = ("check", "report", "ask_human", "small_talk", "opt_out")
GOOD_MATCH = 1.6
"""Points a card needs: one word of its own and a bit, or two words of its lesson."""


class Answers:
    """Finds the lesson card that a free question is about, by shared words, typos allowed."""

    def __init__(self, lessons: tuple[Lesson, ...]) -> None:
        self._cards = [
            (lesson, card, frozenset(_words(card.keywords)), frozenset(_words(lesson.keywords)))
            for lesson in lessons
            for card in lesson.cards
        ]

    def find(self, question: str) -> tuple[Lesson, Card] | None:
        """The best card, or None when nothing is clearly about the question."""
        asked = [word for word in fold(question).split()[:40] if word not in _STOP_WORDS]
        scored = [
            (_points(asked, own) + 0.6 * _points(asked, shared), -number)
            for number, (_, _, own, shared) in enumerate(self._cards)
        ]
        best = max(scored, default=(0.0, 0))
        if best[0] < GOOD_MATCH:
            return None
        lesson, card, _, _ = self._cards[-best[1]]
        return lesson, card


def flow(lessons: tuple[Lesson, ...], understander: Understander) -> Flow:
    answers = Answers(lessons)
    exits, nodes = card_nodes(lessons, then="answered")
    exits |= {intent: intent for intent in _ELSEWHERE} | {"unknown": "unknown"}
    start = Decide(_where(answers, understander, named(lessons, keywords=False)), exits)
    exits |= {f"lesson_{lesson}": node for lesson, node in begins(lessons).items()}
    ways = {"start": start} | _elsewhere() | nodes | _answered() | {"despair": _despair()}
    return Flow("free_text", ways, entries=("despair",))


def _where(
    answers: Answers, understander: Understander, title: Callable[[Scene], str]
) -> Callable[[Scene], str]:
    def where(scene: Scene) -> str:
        """Where the words belong; a question that a card answers is answered at once."""
        scene.answers["question"] = mask_identity_numbers(" ".join(scene.words.split()))[:1000]
        if (lesson := title(scene)) != "none":
            return f"lesson_{lesson}"
        read = understander.read(scene.words)
        if _is_check(scene, read):
            return "check"
        found = answers.find(scene.words) if read.intent in ("learn", "other") else None
        if found:
            return f"{found[0].id}.{found[1].id}"
        if read.intent == "small_talk" and not read.cues & _PLEASANT:
            return "unknown"
        return read.intent if read.intent in _ELSEWHERE else "unknown"

    return where


def _elsewhere() -> dict[str, Node]:
    """Intents with a conversation of their own."""
    return {
        "check": Goto("check_recruiter"),
        "report": Goto("tip_off:tell"),
        "ask_human": Goto("ask_human"),
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
            Choice("no", "free_text.ask_officer", "ask"),
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
    if read.flags or _IS_IT_REAL.search(words) or names_a_person(name_words(words)[:40]):
        return True
    if read.intent == "learn":  # "apakah PT boleh menahan paspor?"
        return False
    if _COMPANY.search(words):
        return True
    known = scene.ports.find_recruiter(words).verdict
    return known in ("listed", "conflict", "sanctioned")


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


def _words(phrases: tuple[str, ...]) -> Iterator[str]:
    for phrase in phrases:
        yield from (word for word in phrase.split() if word not in _STOP_WORDS)


def _points(asked: list[str], known: frozenset[str]) -> float:
    points = 0.0
    for word in asked:
        if word in known:
            points += 1
        elif len(word) >= 5 and any(len(k) >= 5 and ratio(word, k) >= 84 for k in known):
            points += 0.8
    return points
