"""All conversations as one graph: what leads where, what nothing leads to, what never rests.

A place is (flow, node). "0" for a human and the words that work everywhere are not edges: a
conversation has to find its own way on.
"""

from collections.abc import Iterable

from flows.catalog import Catalog
from flows.nodes import Ask, Choose, Decide, Emit, End, Flow, Goto, Node, Pick, Say

Place = tuple[str, str]

RESUME = "resume"
RESUME_EXITS = ("@kept", "@fresh")
"""Targets that only the flow `resume` may name; the engine leads them to what was half done."""
STAYS = "@listen"
"""A card is heard beside the question, which waits on (`flows/hear_see.py`)."""
VOICES = "voices"
VOICES_EXITS = ("@heard", "@misheard", "@said")
"""Targets that only the flow `voices` may name: back to wherever the voice was recorded, which
may be anywhere; the menu stands for it here."""

MAY_BE_SILENT = frozenset([("village_group", "heard")])
"""A remark in a group that calls nobody may stay without an answer."""


def exits(node: Node) -> dict[str, str]:
    """The ways out of a node as they are written, by the name of the exit."""
    match node:
        case Say() | Emit():
            return {"then": node.then}
        case Choose():
            words = {"free": node.free, "beside": node.beside}
            free = {name: to for name, to in words.items() if to is not None}
            return {choice.key: choice.then for choice in node.choices} | free
        case Pick():
            free = {"free": node.free} if node.free is not None else {}
            other = {node.other.key: node.other.then} if node.other else {}
            return {"then": node.then} | other | free
        case Ask():
            return {"then": node.then} | ({node.skip.key: node.skip.then} if node.skip else {})
        case Decide():
            return dict(node.exits)
        case Goto():
            return {"to": node.to}
        case End():
            return {}


def locate(catalog: Catalog, to: str) -> Place | None:
    """The place that `flow` or `flow:node` names; None when there is none."""
    name, _, node = to.partition(":")
    flow = catalog.flows.get(name)
    if flow is None or not flow.nodes:
        return None
    node = node or flow.start
    return (name, node) if node in flow.nodes else None


class Graph:
    """The places, what each leads to, and the exits that lead nowhere."""

    def __init__(self, catalog: Catalog) -> None:
        self.catalog = catalog
        self.nodes: dict[Place, Node] = {}
        self.leads: dict[Place, list[Place]] = {}
        self.lost: list[tuple[Place, str, str]] = []
        """(place, exit, target) of each exit that names no place."""
        for flow in catalog.flows.values():
            for name, node in flow.nodes.items():
                self.nodes[flow.name, name] = node
        for (flow_name, name), node in self.nodes.items():
            self._follow(catalog.flows[flow_name], name, node)

    def _follow(self, flow: Flow, name: str, node: Node) -> None:
        place = (flow.name, name)
        self.leads[place] = []
        for exit_name, target in exits(node).items():
            if flow.name == RESUME and target in RESUME_EXITS:
                kept = (f for f in self.catalog.flows.values() if f.keeps and f.nodes)
                self.leads[place] += [(f.name, f.start) for f in kept]
            elif target == STAYS:
                self.leads[place].append(place)
            elif flow.name == VOICES and target in VOICES_EXITS:
                menu = locate(self.catalog, self.catalog.menu)
                self.leads[place] += [menu] if menu else []
            elif found := self._target(flow, node, target):
                self.leads[place].append(found)
            else:
                self.lost.append((place, exit_name, target))

    def _target(self, flow: Flow, node: Node, target: str) -> Place | None:
        if ":" in target or isinstance(node, Goto):
            return locate(self.catalog, target)
        return (flow.name, target) if target in flow.nodes else None

    def reached(self, roots: Iterable[Place]) -> set[Place]:
        """Every place that some way from the roots leads to, the roots among them."""
        return _spread(roots, self.leads)

    def resting(self, menu: Place | None) -> set[Place]:
        """Every place from which the menu or an End can be reached."""
        comes_from: dict[Place, list[Place]] = {place: [] for place in self.nodes}
        for place, following in self.leads.items():
            for target in following:
                comes_from[target].append(place)
        rests = [place for place, node in self.nodes.items() if isinstance(node, End)]
        return _spread([*rests, *([menu] if menu else [])], comes_from)

    def loops(self) -> list[list[Place]]:
        """Circles of nodes none of which waits: the engine would never come to rest in them."""
        runs = {
            place: following
            for place, following in self.leads.items()
            if not isinstance(self.nodes[place], Choose | Pick | Ask)
        }
        found: list[list[Place]] = []
        while runs := _without_dead_ends(runs):
            place, path = next(iter(runs)), list[Place]()
            while place not in path:
                path.append(place)
                place = next(target for target in runs[place] if target in runs)
            circle = path[path.index(place) :]
            found.append(circle)
            runs = {place: then for place, then in runs.items() if place not in circle}
        return found

    def silent(self, place: Place, seen: frozenset[Place] = frozenset()) -> bool:
        """Some way from here ends without a word having been said or asked."""
        node = self.nodes[place]
        if isinstance(node, End):
            return True
        if isinstance(node, Say | Choose | Pick | Ask) or place in seen | MAY_BE_SILENT:
            return False
        return any(self.silent(target, seen | {place}) for target in self.leads[place])


def _spread(roots: Iterable[Place], leads: dict[Place, list[Place]]) -> set[Place]:
    found: set[Place] = set()
    waiting = list(roots)
    while waiting:
        place = waiting.pop()
        if place not in found:
            found.add(place)
            waiting += leads[place]
    return found


def _without_dead_ends(runs: dict[Place, list[Place]]) -> dict[Place, list[Place]]:
    """Only the places that have a way on among themselves: circles, and what leads into them."""
    while True:
        kept = {place: then for place, then in runs.items() if any(t in runs for t in then)}
        if len(kept) == len(runs):
            return kept
        runs = kept
