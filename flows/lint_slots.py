"""Nothing is said or done with what nobody has given: {slots} of texts, answers of conversations."""

import re
from collections.abc import Iterator, Mapping

from flows.catalog import Catalog
from flows.findings import Finding, error
from flows.given_slots import ANY, Handling, handling
from flows.graph import Graph, Place, exits
from flows.nodes import Ask, Choose, Decide, Goto, Node, Pick, Say
from flows.wording import slots_of

_FUNCTIONS = ("slots", "source", "by", "events", "options", "read")
"""Fields of nodes that hold a function of the scene."""
LABEL = "label"
"""The slot in which a fact says that it is old or read by nobody."""


def plain(catalog: Catalog, key: str) -> bool:
    return not re.search(r"[{}]", catalog.wording.raw(key))


def node_texts(graph: Graph) -> Iterator[Finding]:
    """Each node's text exists, and each of its {slots} is one that the node's function gives."""
    catalog = graph.catalog
    for (flow, name), node in graph.nodes.items():
        if not isinstance(node, Say | Choose | Pick | Ask):
            continue
        if node.text not in catalog.wording:
            yield error(flow, name, f"the text {node.text} does not exist")
        elif node.slots is None:
            if not plain(catalog, node.text):
                yield error(flow, name, f"the text {node.text} has a {{slot}}, which nobody fills")
        else:
            yield from _unfilled(catalog, flow, name, node)


def _unfilled(
    catalog: Catalog, flow: str, name: str, node: Say | Choose | Pick | Ask
) -> Iterator[Finding]:
    try:
        wanted = slots_of(catalog.wording.raw(node.text))
    except ValueError:
        return  # said where the text itself is looked at
    given = handling(node.slots).gives
    if LABEL in given - wanted:
        yield error(flow, name, f"the text {node.text} lacks {{{LABEL}}}: its age is not said")
    for slot in sorted(wanted - given):
        yield error(
            flow, name, f"the text {node.text} has {{{slot}}}, which this node does not fill"
        )


def answers_before_use(graph: Graph, roots: Mapping[Place, str]) -> Iterator[Finding]:
    """Every answer that a node takes for granted was given on every way that leads there.

    Followed from every beginning with no answers at all: `Pick` and `Ask` give theirs, functions
    what they write, another flow begins with nothing but what `Goto` carries. A `Decide` that
    looks for an answer can tell where it lacks, so it counts as there on all of its exits.
    """
    does = {place: _handling(node) for place, node in graph.nodes.items()}
    there = _there(graph, does, roots)
    for (flow, name), known in there.items():
        own = does[flow, name]
        if ANY in known | own.sets:
            continue
        for answer in sorted(own.needs - own.sets - own.asks - known):
            yield error(flow, name, f"uses the answer `{answer}`, which some way here lacks")


def _handling(node: Node) -> Handling:
    found = Handling()
    for field in _FUNCTIONS:
        if function := getattr(node, field, None):
            found = found.plus(handling(function))
    return found


def _there(
    graph: Graph, does: Mapping[Place, Handling], roots: Mapping[Place, str]
) -> dict[Place, frozenset[str]]:
    """The answers that are there on every way to a place."""
    there: dict[Place, frozenset[str]] = {}
    waiting = [(place, frozenset[str]()) for place in roots]
    while waiting:
        place, given = waiting.pop()
        before = there.get(place)
        now = given if before is None else _both(before, given)
        if now == before:
            continue
        there[place] = now
        waiting += _onward(graph, place, now, does[place])
    return there


def _both(one: frozenset[str], other: frozenset[str]) -> frozenset[str]:
    """What is there on both ways; ANY stands for all that the other way has."""
    if (ANY in one) == (ANY in other):
        return one & other
    return other if ANY in one else one


def _onward(
    graph: Graph, place: Place, there: frozenset[str], does: Handling
) -> Iterator[tuple[Place, frozenset[str]]]:
    flow, node = graph.catalog.flows[place[0]], graph.nodes[place]
    given = there | does.sets | (does.asks if isinstance(node, Decide) else frozenset())
    for name, target in exits(node).items():
        to = graph.target(flow, node, target)
        if to is None:
            continue
        if isinstance(node, Goto):
            yield to, given & frozenset(node.carry)
        elif ":" in target:
            yield to, frozenset()
        elif isinstance(node, Pick | Ask) and name == "then":
            yield to, given | {node.answer}
        else:
            yield to, given
