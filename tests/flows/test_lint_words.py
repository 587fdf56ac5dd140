"""Each rule about texts, lessons, numbers and keywords is broken once."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date

import pytest

from flows.catalog import Catalog
from flows.curriculum import Card, Lesson, QuizChoice
from flows.findings import Finding
from flows.lint import check
from flows.nodes import Say
from flows.triggers import Trigger
from flows.wording import Wording
from tests.flows.small_catalog import (
    HOTLINES,
    LESSON,
    NODES,
    OF_CODE,
    QUIZ,
    SOURCE,
    TEXTS,
    TODAY,
    catalog,
    error,
    found,
    only,
    with_node,
)

# ---- texts


@pytest.mark.parametrize(
    ("key", "text", "problem"),
    [
        ("a.hello", "1\n2\n3\n4", "4 lines, at most 3"),
        ("a.hello", "x" * 401, "401 characters, at most 400"),
        ("tip_off.read_back", "1\n2\n3\n4\n5\n6\n7", "7 lines, at most 6"),
        ("check_recruiter.listed", "PT ini aman.", "judges a recruiter: “aman”"),
        ("village_group.listed", "Pasti resmi!", "judges a recruiter: “Pasti resmi”"),
        ("check_recruiter.not_found", "Dia PENIPU", "judges a recruiter"),
        ("a.hello", "Tunggu, bantuan datang.", "promises help: “bantuan datang”"),
        ("a.hello", "Polisi segera datang", "promises help"),
        ("a.hello", "Kami akan menolong", "promises help"),
        ("notice.news", "Laporan {number}", "{number} is a slot that nobody fills"),
        ("notice.report", "Dari {name}", "{name} is a slot that nobody fills"),
        ("common.nudge", "Hai {name}", "{name} is a slot that nobody fills"),
    ],
)
def test_texts(key: str, text: str, problem: str) -> None:
    file, _, name = key.partition(".")
    error(catalog(None, {key: text}), name, problem, f"content/texts/{file}.yaml")


@pytest.mark.parametrize("text", ["Halo {office}", "Halo {"])
def test_a_slot_that_the_node_does_not_fill(text: str) -> None:
    findings = found(catalog(None, {"a.hello": text}))
    assert ("a", "start") in {(finding.file, finding.node) for finding in findings}
    filled = Say("a.hello", "menu", slots=lambda scene: {"office": ""})
    if text.endswith("}"):
        assert not found(catalog(NODES | {"start": filled}, {"a.hello": text}))


@pytest.mark.parametrize("text", ["{office.secret}", "{}", "{office!r}", "{office:>9}", "{x[0]}"])
def test_a_brace_that_is_no_slot(text: str) -> None:
    filled = Say("a.hello", "menu", slots=lambda scene: {"office": ""})
    given = catalog(NODES | {"start": filled}, {"a.hello": text})
    error(given, "hello", "a brace that is no slot", "content/texts/a.yaml")


def test_a_text_that_does_not_exist() -> None:
    error(with_node("bye", Say("a.none", "end")), "bye", "the text a.none does not exist")


def test_a_text_that_the_code_says() -> None:
    left = {key: text for key, text in (OF_CODE | TEXTS).items() if key != "common.nudge"}
    given = replace(catalog(), wording=Wording(left))
    error(given, "nudge", "the code says this text", "content/texts/common.yaml")


def test_a_text_that_nobody_uses() -> None:
    findings = check(catalog(None, {"a.unused": "Ada"}), TODAY)
    assert Finding(
        "warning", "content/texts/a.yaml", "unused", "no flow, code or keyword uses this text"
    ) in findings  # fmt: skip


# ---- lessons, numbers, keywords


def taught(lesson: Lesson) -> Catalog:
    return replace(catalog(), lessons=(lesson,))


def asked(**changes: object) -> Lesson:
    return replace(LESSON, quiz=(replace(QUIZ, **changes),))  # type: ignore[arg-type]


def dated(checked: date, review_by: date) -> Lesson:
    source = replace(SOURCE, checked=checked, review_by=review_by)
    return replace(LESSON, cards=(Card("c", "Isi", source),))


def test_a_lesson_is_clean() -> None:
    assert not found(taught(LESSON))


@pytest.mark.parametrize(
    ("severity", "lesson", "node", "problem"),
    [
        ("error", asked(choices=QUIZ.choices[1:]), "quiz q", "1 choices, 2 to 4"),
        ("error", asked(choices=(*QUIZ.choices, QUIZ.choices[1])), "quiz q", "2 choices are corr"),
        ("error", asked(choices=(QUIZ.choices[0],) * 2), "quiz q", "0 choices are correct"),
        ("error", asked(choices=(QUIZ.choices[0], QuizChoice("Tidak", True, " "))), "quiz q",
         "choice 2 has no `why`"),
        ("error", asked(question="x" * 201), "quiz q", "201 characters, at most 200"),
        ("error", asked(question="{x}"), "quiz q", "a brace"),
        ("error", asked(source=replace(SOURCE, text="")), "quiz q", "without a source"),
        ("error", replace(LESSON, cards=()), "", "needs cards and a quiz"),
        ("error", replace(LESSON, title="x" * 23), "title", "23 characters, at most 22"),
        ("error", replace(LESSON, cards=(Card("c", "x" * 241, SOURCE),)), "card c", "241 char"),
        ("error", replace(LESSON, cards=(Card("c", "1\n2\n3\n4", SOURCE),)), "card c", "4 lines"),
        ("error", replace(LESSON, action=Card("action", "x" * 241, SOURCE)), "action", "241 char"),
        ("error", replace(LESSON, keywords=("stop",)), "keywords", "“stop” already means stop"),
        ("error", dated(TODAY, TODAY), "card c", "`review_by` must be after"),
        ("error", dated(TODAY, date(2027, 6, 22)), "card c", "more than six months"),
        ("warning", dated(date(2026, 6, 1), date(2026, 11, 21)), "card c", "past its review date"),
        ("warning", replace(LESSON, reviewed=False), "", "no named person"),
    ],
)  # fmt: skip
def test_lessons(severity: str, lesson: Lesson, node: str, problem: str) -> None:
    only(taught(lesson), severity, "content/lessons/l.yaml", node, problem)


def test_a_day_of_review_is_still_fresh() -> None:
    assert not found(taught(dated(date(2026, 6, 1), TODAY)))


def test_a_keyword_of_two_lessons() -> None:
    given = replace(catalog(), lessons=(LESSON, replace(LESSON, id="m")))
    error(given, "keywords", "“calo” also belongs to l", "content/lessons/m.yaml")


@pytest.mark.parametrize(
    ("severity", "change", "problem"),
    [
        ("error", {"number": " "}, "needs a name, itself"),
        ("error", {"source": ""}, "without a source"),
        ("error", {"checked": TODAY, "review_by": TODAY}, "must be after"),
        ("warning", {"checked": date(2026, 6, 1), "review_by": date(2026, 11, 21)}, "past its"),
    ],
)
def test_hotlines(severity: str, change: dict[str, object], problem: str) -> None:
    changed = (replace(HOTLINES[0], **change), *HOTLINES[1:])  # type: ignore[arg-type]
    given = replace(catalog(), hotlines=changed)
    only(given, severity, "content/hotlines.yaml", "a", problem)


def test_the_fallbacks() -> None:
    given = replace(catalog(), hotlines=HOTLINES[1:])
    error(given, "", "2 numbers are a fallback", "content/hotlines.yaml")


KEYWORDS = "content/keywords.yaml"
A_BREAK: list[tuple[Callable[[], Catalog], str, str]] = [
    (lambda: catalog(triggers=(Trigger(("halo",), "a"), Trigger(("halo",), "a:menu"))),
     "triggers a:menu", "“halo” already leads to a"),
    (lambda: catalog(triggers=(Trigger(("stop",), "a"),)), "triggers a", "already means stop"),
    (lambda: catalog(triggers=(Trigger(("satu dua tiga empat lima",), "a"),)), "triggers a",
     "would not be understood"),
    (lambda: replace(catalog(), everywhere={"stop": ("stop",), "menu": ("stop",)}),
     "everywhere menu", "already means stop"),
    (lambda: replace(catalog(), everywhere={"stop": ("saya stop",)}), "everywhere stop",
     "would not be understood"),
    (lambda: replace(catalog(), choice_words={"a.none": ("x",)}), "choices a.none", "no such text"),
]  # fmt: skip


@pytest.mark.parametrize(("given", "node", "problem"), A_BREAK)
def test_keywords(given: Callable[[], Catalog], node: str, problem: str) -> None:
    assert any(
        (f.severity, f.file, f.node) == ("error", KEYWORDS, node) and problem in f.problem
        for f in found(given())
    )


def test_officers_may_have_the_villagers_words() -> None:
    both = (Trigger(("laporan",), "a"), Trigger(("laporan",), "a:menu", officer=True))
    assert not found(catalog(triggers=both))


def test_words_for_a_choice_that_nobody_offers() -> None:
    given = replace(catalog(), choice_words={"a.hello": ("x",)})
    only(given, "warning", KEYWORDS, "choices a.hello", "no choice has this label")
