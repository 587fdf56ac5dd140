"""Each rule about the graph and its choices is broken once, in a catalog that is else clean."""

from dataclasses import replace

import pytest

from flows.graph import Graph
from flows.lint import check
from flows.nodes import Choice, Choose, Decide, Emit, End, Flow, Goto, Node, Pick, Say
from flows.triggers import Trigger
from tests.flows.small_catalog import (
    ASK,
    MENU,
    NODES,
    SHIPPED,
    TODAY,
    catalog,
    error,
    found,
    with_node,
)


def test_the_small_catalog_is_clean() -> None:
    assert not found(catalog())


def test_shipped_content_has_no_error() -> None:
    findings = check(SHIPPED, TODAY)
    errors = [finding.line() for finding in findings if finding.severity == "error"]
    assert not errors


# ---- the graph


def test_a_node_that_nothing_leads_to() -> None:
    error(with_node("lost", Say("a.hello", "menu")), "lost", "nothing leads here")


def test_orphans_that_lead_to_each_other() -> None:
    nodes: dict[str, Node] = {"x": replace(MENU, choices=(Choice("go", "a.go", "y"),)),
                              "y": Say("a.hello", "x")}  # fmt: skip
    orphans = [f.node for f in found(catalog(NODES | nodes)) if "nothing leads" in f.problem]
    assert sorted(orphans) == ["x", "y"]


def test_a_flow_that_nothing_leads_to() -> None:
    findings = found(catalog(None, None, Flow("b", NODES)))
    assert {(f.file, f.problem) for f in findings} == {("b", "nothing leads here")}
    assert len(findings) == len(NODES)


@pytest.mark.parametrize(
    "way",
    [
        {"triggers": (Trigger(("mulai",), "b"),)},
        {"nodes": NODES | {"bye": Say("a.bye", "b:start")}},
        {"nodes": NODES | {"bye": Goto("b")}},
    ],
)
def test_a_trigger_or_another_flow_is_a_way_in(way: dict[str, object]) -> None:
    other = Flow("b", NODES)
    nodes = way.pop("nodes", NODES)
    given = catalog({k: v for k, v in nodes.items() if k != "end"} if nodes is not NODES else NODES,  # type: ignore[attr-defined]
                    None, other, **way)  # type: ignore[arg-type]  # fmt: skip
    assert not found(given)


def test_a_group_command_is_a_way_in() -> None:
    group = Flow("village_group", {"x": Say("a.hello", "end"), "end": End()})
    given = catalog(None, None, group)
    assert len(found(given)) == 2
    assert not found(replace(given, group_commands={"tanya": "x"}))
    error(replace(given, group_commands={"tanya": "x", "cek": "gone"}), "gone", "the group command",
          "village_group")  # fmt: skip


@pytest.mark.parametrize("target", ["gone", "gone:start", "a:gone", "@kept", "b", ""])
def test_an_exit_that_leads_nowhere(target: str) -> None:
    given = with_node("menu", replace(MENU, choices=(*MENU.choices, Choice("x", "a.go", target))))
    error(given, "menu", f"the exit x leads to {target}")


@pytest.mark.parametrize(
    "node",
    [Decide(lambda scene: "x", {"x": "gone", "y": "bye"}), Emit(lambda scene: [], "gone"),
     Goto("gone"), Say("a.bye", "gone"),
     Pick("a.menu", lambda scene: (), "x", "bye", free="gone"),
     Pick("a.menu", lambda scene: (), "x", "bye", other=Choice("o", "a.go", "gone")),
     replace(ASK, then="gone")],
)  # fmt: skip
def test_every_kind_of_exit_is_followed(node: Node) -> None:
    problems = [f.problem for f in found(with_node("next", node))]
    assert any("which does not exist" in problem for problem in problems)


def test_kept_and_fresh_are_for_resume_alone() -> None:
    ask = Choose("a.menu", (Choice("k", "a.go", "@kept"), Choice("f", "a.rest", "@fresh")))
    given = catalog(None, None, Flow("resume", {"ask": ask}))
    kept = replace(given.flows["a"], keeps=True)
    assert not found(replace(given, flows={"a": kept, "resume": given.flows["resume"]}))


def test_a_circle_without_a_wait() -> None:
    given = catalog(
        NODES | {"next": Decide(lambda s: "x", {"x": "again", "y": "bye"}),
                 "again": Emit(lambda s: [], "next")}
    )  # fmt: skip
    error(given, "next", "runs in a circle without a wait: a:next → a:again → a:next")


def test_a_circle_through_another_flow() -> None:
    given = catalog(NODES | {"next": Say("a.hello", "b:start")}, None,
                    Flow("b", {"start": Goto("a:next")}), entries=("menu", "next"))  # fmt: skip
    assert [f.problem for f in found(given) if "circle" in f.problem]


def test_a_wait_without_a_way_on() -> None:
    given = with_node("next", Choose("a.menu", ()))
    error(given, "next", "waits, but has no way on")


def test_a_wait_from_which_nothing_rests() -> None:
    closed = Choose("a.menu", (Choice("x", "a.go", "next"),))
    error(with_node("next", closed), "next", "neither the menu nor an end")


def test_an_answer_that_is_met_with_silence() -> None:
    mute = replace(MENU, choices=(*MENU.choices, Choice("x", "a.go", "end")))
    error(with_node("menu", mute), "menu", "may end without a word")


def test_a_beginning_that_is_met_with_silence() -> None:
    given = catalog(NODES | {"in": Decide(lambda s: "x", {"x": "end", "y": "bye"})},
                    entries=("menu", "in"))  # fmt: skip
    error(given, "in", "may end without a word")


def test_an_entry_or_trigger_that_does_not_exist() -> None:
    error(catalog(entries=("menu", "gone")), "gone", "its entries leads here")
    error(catalog(triggers=(Trigger(("halo",), "b:x"),)), "x", "the trigger halo", "b")
    error(replace(catalog(), report="b"), "", "the catalog's report", "b")


def test_a_side_door_into_another_flow() -> None:
    given = catalog(NODES | {"bye": Goto("b:next")}, None, Flow("b", NODES),
                    triggers=(Trigger(("halo",), "b"),))  # fmt: skip
    assert "bye leads to b:next, which is no entry there" in {
        f"{f.node} {f.problem}" for f in found(given)
    }


def test_the_graph_knows_every_shipped_place() -> None:
    graph = Graph(SHIPPED)
    assert not graph.lost
    assert not graph.loops()
    assert graph.leads["resume", "ask"]


# ---- choices and labels


@pytest.mark.parametrize(
    ("extra", "size", "fits"),
    [(1, 20, True), (1, 21, False), (2, 24, True), (2, 25, False)],
)
def test_labels(extra: int, size: int, fits: bool) -> None:
    texts = {f"a.l{n}": "x" * size for n in range(extra)}
    node = Choose("a.menu", (*MENU.choices, *(Choice(f"l{n}", f"a.l{n}", "bye")
                  for n in range(extra))), human=False)  # fmt: skip
    findings = found(catalog(NODES | {"menu": node}, texts))
    assert (not findings) is fits
    assert all(f"{size} characters" in finding.problem for finding in findings)


def test_zero_counts_among_the_choices() -> None:
    texts = {"a.go": "x" * 21}
    two = replace(MENU, human=True)
    error(catalog(NODES | {"menu": two}, texts), "menu", "20 of 3 choices")


def test_too_many_choices() -> None:
    many = tuple(Choice(str(n), "a.go", "next") for n in range(1, 7))
    given = with_node("menu", replace(MENU, choices=many))
    error(given, "menu", "6 choices, at most 5")


@pytest.mark.parametrize("keys", [("x", "x"), ("0", "x"), ("a.b", "x")])
def test_keys(keys: tuple[str, str]) -> None:
    given = with_node("menu", replace(MENU, choices=tuple(Choice(k, "a.go", "next") for k in keys)))
    error(given, "menu", "two choices have one key")


def test_a_label_that_is_no_text() -> None:
    node = replace(MENU, choices=(*MENU.choices, Choice("x", "a.none", "bye")))
    error(with_node("menu", node), "menu", "the label a.none is no text")


def test_a_payload_that_is_too_long() -> None:
    name = "é" * 31
    given = catalog(NODES | {"next": Say("a.hello", name), name: ASK})
    findings = found(given)
    assert findings
    assert all("64" in f.problem and f.node == name for f in findings)
