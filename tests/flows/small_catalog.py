"""A catalog of one small flow without a fault, for tests that break exactly one thing in it."""

from dataclasses import replace
from datetime import date

from flows.catalog import Catalog, HotlineEntry, Source
from flows.conversations import shipped_catalog
from flows.curriculum import Card, Lesson, QuizChoice, QuizItem
from flows.findings import Finding
from flows.lint import check
from flows.nodes import Ask, Choice, Choose, End, Flow, Node, Say
from flows.triggers import Trigger, Triggers
from flows.wording import Wording

TODAY = date(2026, 11, 22)
SOURCE = Source("UU 18/2017", "", date(2026, 11, 21), date(2027, 5, 21))
SHIPPED = shipped_catalog()
MENU = Choose(
    "a.menu", (Choice("go", "a.go", "next"), Choice("rest", "a.rest", "bye")), human=False
)
ASK = Ask("a.ask", "words", "bye", lambda text, scene: text, skip=Choice("s", "a.rest", "menu"))
NODES: dict[str, Node] = {
    "start": Say("a.hello", "menu"),
    "menu": MENU,
    "next": ASK,
    "bye": Say("a.bye", "end"),
    "end": End(),
}
TEXTS = {"a.hello": "Halo", "a.menu": "Mau apa?", "a.go": "Lanjut", "a.rest": "Nanti",
         "a.ask": "Siapa?", "a.bye": "Sampai jumpa"}  # fmt: skip
QUIZ = QuizItem(
    "q", "Boleh?", (QuizChoice("Ya", False, "Tidak."), QuizChoice("Tidak", True, "Betul.")), SOURCE
)
LESSON = Lesson(
    "l", "Judul", "", 1, ("calo",), True,
    (Card("c", "Isi", SOURCE), Card("c2", "Isi dua", SOURCE), Card("c3", "Isi tiga", SOURCE)),
    (QUIZ, replace(QUIZ, id="q2"), replace(QUIZ, id="q3")),
    Card("action", "Hari ini", SOURCE), covers=("a",),
)  # fmt: skip
HOTLINES = tuple(
    HotlineEntry(name, name, "1", "", ("report",), "KP2MI", SOURCE.checked, SOURCE.review_by, True)
    for name in ("a", "b", "c")
)
OF_CODE = {
    key: SHIPPED.wording.raw(key)
    for key in sorted(SHIPPED.wording.keys())
    if not key.startswith(("lesson_", "free_text.card_"))
}
"""The words that engine and bot say by themselves belong to every catalog."""


def catalog(
    nodes: dict[str, Node] | None = None,
    texts: dict[str, str] | None = None,
    *flows: Flow,
    entries: tuple[str, ...] = ("menu",),
    triggers: tuple[Trigger, ...] = (),
) -> Catalog:
    """One small flow "a" with everything a catalog needs, and what the test adds to it."""
    flow = Flow("a", nodes or NODES, entries=entries)
    return Catalog(
        flows={f.name: f for f in (flow, *flows)},
        wording=Wording(OF_CODE | TEXTS | (texts or {})),
        triggers=Triggers(triggers),
        everywhere={"stop": ("stop",), "menu": ("menu",)},
        choice_words={},
        hotlines=HOTLINES,
        welcome="a", asked_first="a", menu="a:menu", report="a", human="a", free_text="a",
    )  # fmt: skip


def found(given: Catalog) -> list[Finding]:
    """Findings beside the shipped texts that nobody uses in so small a catalog."""
    return [
        f for f in check(given, TODAY) if not (f.severity == "warning" and "uses this" in f.problem)
    ]


def only(given: Catalog, severity: str, file: str, node: str, problem: str) -> None:
    """Exactly this finding, and no other."""
    findings = found(given)
    assert len(findings) == 1, [finding.line() for finding in findings]
    finding = findings[0]
    assert (finding.severity, finding.file, finding.node) == (severity, file, node)
    assert problem in finding.problem


def error(given: Catalog, node: str, problem: str, file: str = "a") -> None:
    only(given, "error", file, node, problem)


def with_node(name: str, node: Node) -> Catalog:
    return catalog(NODES | {name: node})
