"""The shipped content is broken in well over a hundred ways; the check catches every one.

Thirty-one are slips of an editor (`slips.py`), written before the linter was read. The others come
from operators that break a lesson, a text or the graph at a place that seeded dice choose.
"""

import copy
import random
import shutil
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack
from dataclasses import replace
from typing import Any

import pytest
import yaml

from bot.content_check import check_templates
from flows.catalog import CONTENT, Catalog
from flows.findings import Finding
from flows.lint import check
from flows.nodes import Choice, Choose, Decide, End, Flow, Goto, Node, Say
from tests.content.slips import SLIPS, Slip
from tests.content.template_slips import BREAKS_TEMPLATES, BreaksTemplate
from tests.content.workshop import Operator, Workshop
from tests.flows.small_catalog import SHIPPED, TODAY

SEED = 20261122
TIMES = 3
"""How often each operator breaks something."""


@pytest.fixture(scope="module")
def workshop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workshop]:
    with pytest.MonkeyPatch.context() as patched:
        copy = shutil.copytree(CONTENT, tmp_path_factory.mktemp("broken") / "content")
        yield Workshop(copy, patched)


def test_the_shipped_content_has_no_error(workshop: Workshop) -> None:
    assert workshop.errors() == []


@pytest.mark.parametrize("slip", SLIPS, ids=lambda slip: slip.name)
def test_a_slip_of_an_editor(workshop: Workshop, slip: Slip) -> None:
    text = (workshop.content / slip.file).read_text(encoding="utf-8")
    assert slip.old in text
    with workshop.broken(slip.file, text.replace(slip.old, slip.new, 1)):
        assert workshop.errors()


# ---- a lesson


def _a_fact(dice: random.Random, lesson: dict[str, Any]) -> dict[str, Any]:
    fact: dict[str, Any] = dice.choice([*lesson["cards"], *lesson["quiz"], lesson["action"]])
    return fact


def no_source(dice: random.Random, lesson: dict[str, Any], _: dict[str, Any]) -> str:
    del _a_fact(dice, lesson)["source"]
    return "`source` is missing"


def no_date(dice: random.Random, lesson: dict[str, Any], _: dict[str, Any]) -> str:
    name = dice.choice(["checked", "review_by"])
    del _a_fact(dice, lesson)[name]
    return f"`{name}` is missing"


def good_for_too_long(dice: random.Random, lesson: dict[str, Any], _: dict[str, Any]) -> str:
    _a_fact(dice, lesson)["review_by"] = dice.choice(["2027-06-01", "2028-01-01", "2099-12-31"])
    return "more than six months after"


def over_the_limit(dice: random.Random, lesson: dict[str, Any], _: dict[str, Any]) -> str:
    card = dice.choice([*lesson["cards"], lesson["action"]])
    card["text"] = card["text"].strip() + " Tanya Disnaker." * 16
    return "characters, at most 240"


def too_many_lines(dice: random.Random, lesson: dict[str, Any], _: dict[str, Any]) -> str:
    dice.choice(lesson["cards"])["text"] = "Tanya.\nTunggu.\nTulis.\nPulang."
    return "4 lines, at most 3"


def breathless(dice: random.Random, lesson: dict[str, Any], _: dict[str, Any]) -> str:
    words = ["dan tanya"] * 11
    dice.choice(lesson["cards"])["text"] = f"Tanya {' '.join(words)}."
    return "a sentence of 23 words"


def all_right(dice: random.Random, lesson: dict[str, Any], _: dict[str, Any]) -> str:
    for choice in dice.choice(lesson["quiz"])["choices"]:
        choice["correct"] = "yes"
    return "choices are correct, it must be exactly one"


def none_right(dice: random.Random, lesson: dict[str, Any], _: dict[str, Any]) -> str:
    for choice in dice.choice(lesson["quiz"])["choices"]:
        choice["correct"] = "no"
    return "0 choices are correct"


def a_long_label(dice: random.Random, lesson: dict[str, Any], _: dict[str, Any]) -> str:
    item = dice.choice(lesson["quiz"])
    dice.choice(item["choices"])["label"] = "Saya akan bertanya dahulu ke Disnaker"
    return "37 characters"


def their_keyword(dice: random.Random, lesson: dict[str, Any], other: dict[str, Any]) -> str:
    lesson["keywords"].append(dice.choice(other["keywords"]))
    return "also belongs to"


def their_misconception(dice: random.Random, lesson: dict[str, Any], other: dict[str, Any]) -> str:
    mine, theirs = dice.choice(lesson["quiz"]), dice.choice(other["quiz"])
    mine["misconception"] = theirs["misconception"]
    return "corrects the same as"


def their_question(dice: random.Random, lesson: dict[str, Any], other: dict[str, Any]) -> str:
    words = dice.choice(other["quiz"])["question"].split()
    dice.shuffle(words)
    dice.choice(lesson["quiz"])["question"] = " ".join(words)
    return "asks the same as"


def unknown_value(dice: random.Random, lesson: dict[str, Any], _: dict[str, Any]) -> str:
    name = dice.choice(["chapter", "audience", "covers"])
    lesson[name] = ["z"] if name == "covers" else "lain"
    return "is not known"


def misspelt_field(dice: random.Random, lesson: dict[str, Any], _: dict[str, Any]) -> str:
    fact = _a_fact(dice, lesson)
    fact["sumber"] = fact["source"]
    return "`sumber` is no field here"


def one_id_twice(dice: random.Random, lesson: dict[str, Any], _: dict[str, Any]) -> str:
    which = dice.choice(["cards", "quiz"])
    lesson[which][1]["id"] = lesson[which][0]["id"]
    return "have this id"


def too_little(dice: random.Random, lesson: dict[str, Any], _: dict[str, Any]) -> str:
    which = dice.choice(["cards", "quiz"])
    del lesson[which][2:]
    return "2 cards" if which == "cards" else "2 questions"


def an_unknown_term(dice: random.Random, lesson: dict[str, Any], _: dict[str, Any]) -> str:
    dice.choice(lesson["cards"])["text"] = f"Tanya kantor {dice.choice(['XPTK', 'DPKLN', 'QKI'])}."
    return "is not in docs/glossary.md"


def a_promise(dice: random.Random, lesson: dict[str, Any], _: dict[str, Any]) -> str:
    word = dice.choice(["aman", "pasti", "dijamin", "semua gratis"])
    dice.choice(lesson["cards"])["text"] = f"Lewat jalan ini {word}."
    return "promises or judges"


def a_brace(dice: random.Random, lesson: dict[str, Any], _: dict[str, Any]) -> str:
    item = dice.choice(lesson["quiz"])
    dice.choice(item["choices"])["why"] = "Tanya {office} dulu."
    return "a brace"


def a_forged_stamp(dice: random.Random, lesson: dict[str, Any], _: dict[str, Any]) -> str:
    lesson["reviewed"] = {"by": "Bu Hakim", "on": "2026-11-22", "sha": f"{dice.random():.16f}"}
    return "the stamp is of other words"


OPERATORS: tuple[Operator, ...] = (
    no_source, no_date, good_for_too_long, over_the_limit, too_many_lines, breathless, all_right,
    none_right, a_long_label, their_keyword, their_misconception, their_question, unknown_value,
    misspelt_field, one_id_twice, too_little, an_unknown_term, a_promise, a_brace, a_forged_stamp,
)  # fmt: skip


STOPS_LOADING = (no_source, no_date, unknown_value)
"""Of these the check names one at a time: the catalog can't be loaded before it is mended."""


@pytest.mark.parametrize("operator", OPERATORS, ids=lambda one: one.__name__)
def test_broken_lessons(workshop: Workshop, operator: Operator) -> None:
    """Several lessons are broken at once, and each is named."""
    dice = random.Random(f"{SEED} {operator.__name__}")
    taught = [name for name in workshop.names() if "chapter" in workshop.lesson(name)]
    names = dice.sample(taught, 2 * TIMES)
    pairs = list(zip(names[:TIMES], names[TIMES:], strict=True))
    at_once = 1 if operator in STOPS_LOADING else TIMES
    for start in range(0, TIMES, at_once):
        with ExitStack() as broken:
            says = {}
            for name, other in pairs[start : start + at_once]:
                lesson = workshop.lesson(name)
                says[name] = operator(dice, lesson, workshop.lesson(other))
                text = yaml.safe_dump(lesson, allow_unicode=True)
                broken.enter_context(workshop.broken(f"lessons/{name}.yaml", text))
            errors = workshop.errors()
        for name, problem in says.items():
            named = [line for line in errors if problem in line and name in line]
            assert named, (name, problem, errors)


# ---- a template of WhatsApp's


@pytest.mark.parametrize("breaks", BREAKS_TEMPLATES, ids=lambda one: one.__name__)
def test_a_broken_template(workshop: Workshop, breaks: BreaksTemplate) -> None:
    """By itself: the whole check takes as long as that of a lesson."""
    dice = random.Random(f"{SEED} {breaks.__name__}")
    path = workshop.content / "templates.yaml"
    for _ in range(TIMES):
        rows = yaml.load(path.read_text(encoding="utf-8"), Loader=yaml.CBaseLoader)
        rows = copy.deepcopy(rows)  # the kept one stays whole
        says = breaks(dice, rows)
        with workshop.broken("templates.yaml", yaml.safe_dump(rows, allow_unicode=True)):
            errors = [f.line() for f in check_templates(workshop.content, SHIPPED)]
        assert [line for line in errors if says in line], (says, errors)


# ---- the graph and the texts of conversations


Breaks = Callable[[random.Random, Catalog], tuple[Catalog, str]]


def _with(catalog: Catalog, flow: Flow, nodes: Mapping[str, Node]) -> Catalog:
    changed = replace(flow, nodes={**flow.nodes, **nodes})
    return replace(catalog, flows={**catalog.flows, flow.name: changed})


def _some(dice: random.Random, catalog: Catalog, kind: Any) -> tuple[Flow, str, Any]:
    found = [
        (flow, name, node)
        for flow in catalog.flows.values()
        for name, node in flow.nodes.items()
        if isinstance(node, kind)
    ]
    return dice.choice(found)


def orphan(dice: random.Random, catalog: Catalog) -> tuple[Catalog, str]:
    flow, _, node = _some(dice, catalog, Choose)
    return _with(catalog, flow, {"left_over": node}), "left_over: nothing leads here"


def lost_exit(dice: random.Random, catalog: Catalog) -> tuple[Catalog, str]:
    flow, name, node = _some(dice, catalog, Say)
    return _with(
        catalog, flow, {name: replace(node, then="nowhere_at_all")}
    ), "leads to nowhere_at_all"


def dead_end(dice: random.Random, catalog: Catalog) -> tuple[Catalog, str]:
    flow, name, node = _some(dice, catalog, Choose)
    return _with(catalog, flow, {name: replace(node, choices=(), free=None)}), "has no way on"


def prison(dice: random.Random, catalog: Catalog) -> tuple[Catalog, str]:
    flow, name, node = _some(dice, catalog, Choose)
    only = Choice("x", "common.next", name)
    closed = {name: replace(node, choices=(only,), free=None)}
    return _with(catalog, flow, closed), "neither the menu nor an end can be reached"


def circle(dice: random.Random, catalog: Catalog) -> tuple[Catalog, str]:
    flow, name, node = _some(dice, catalog, Say)
    turns: dict[str, Node] = {
        name: replace(node, then="round"),
        "round": Decide(lambda scene: "on", {"on": name, "off": node.then}),
    }
    return _with(catalog, flow, turns), "runs in a circle without a wait"


def silence(dice: random.Random, catalog: Catalog) -> tuple[Catalog, str]:
    flow, name, node = _some(dice, catalog, Choose)
    mute = replace(node, choices=(*node.choices, Choice("x", "common.next", "mute")))
    return _with(catalog, flow, {name: mute, "mute": End()}), "may end without a word"


def side_door(dice: random.Random, catalog: Catalog) -> tuple[Catalog, str]:
    flow, name, _ = _some(dice, catalog, Goto)
    door = {name: Goto("tip_off:read_back")}
    flow = flow if flow.name != "tip_off" else catalog.flows["free_text"]
    return _with(catalog, flow, door), "which is no entry there"


def unknown_slot(dice: random.Random, catalog: Catalog) -> tuple[Catalog, str]:
    key = _some(dice, catalog, Say | Choose)[2].text
    broken = catalog.wording.raw(key) + " {judul}"
    return replace(catalog, wording=catalog.wording.plus({key: broken})), f"the text {key} has"


def unlabelled(dice: random.Random, catalog: Catalog) -> tuple[Catalog, str]:
    keys = [key for key in sorted(catalog.wording.keys()) if "{label}" in catalog.wording.raw(key)]
    key = dice.choice(keys)
    bare = catalog.wording.raw(key).replace("{label}", "")
    return replace(catalog, wording=catalog.wording.plus({key: bare})), "its age is not said"


BREAKS: tuple[Breaks, ...] = (
    orphan, lost_exit, dead_end, prison, circle, silence, side_door, unknown_slot, unlabelled,
)  # fmt: skip


@pytest.mark.parametrize("breaks", BREAKS, ids=lambda one: one.__name__)
def test_a_broken_conversation(breaks: Breaks) -> None:
    dice = random.Random(f"{SEED} {breaks.__name__}")
    for _ in range(TIMES):
        catalog, says = breaks(dice, SHIPPED)
        errors = [f.line() for f in check(catalog, TODAY) if f.severity == "error"]
        assert [line for line in errors if says in line], errors


def test_an_answer_that_is_used_before_it_is_given() -> None:
    """Leaving out the choice of a partner leaves nobody to ask."""
    flow = SHIPPED.flows["partner_desk"]
    skipping = {"pick": Say("broadcasts.unknown", "question")}
    found = check(_with(SHIPPED, flow, skipping), TODAY)
    assert (
        Finding(
            "error", "partner_desk", "send", "uses the answer `partner`, which some way here lacks"
        )
        in found
    )


def test_a_broken_template_fails_the_whole_check(workshop: Workshop) -> None:
    text = (workshop.content / "templates.yaml").read_text(encoding="utf-8")
    with workshop.broken("templates.yaml", text.replace("category: UTILITY", "category: URGENT")):
        assert [line for line in workshop.errors() if "templates.yaml" in line]


def test_there_are_enough_of_them() -> None:
    assert len(SLIPS) >= 20
    assert len(OPERATORS) + len(BREAKS) >= 8
    assert len(SLIPS) + TIMES * (len(OPERATORS) + len(BREAKS)) >= 100
