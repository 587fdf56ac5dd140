"""When time itself is the next input of a session: a nudge, or the quiet end of a wait."""

from datetime import timedelta

from flows.catalog import Catalog
from flows.nodes import Choose, Flow, Node
from flows.session import Session


def never_ends(node: Node) -> bool:
    """A menu waits for as long as it takes: its numbers stay good."""
    return isinstance(node, Choose) and node.open


def ends_after(flow: Flow, node: Node) -> timedelta:
    return getattr(node, "expires", None) or flow.expires


def wakes_at(catalog: Catalog, session: Session) -> int | None:
    """Unix seconds of the next moment at which a session has to be looked at, or None."""
    moments = []
    if session.flow:
        flow = catalog.flows[session.flow]
        node = flow.nodes[session.node]
        if not never_ends(node):
            moments.append(session.waits_since + _seconds(ends_after(flow, node)))
            if flow.nudge_after and not session.nudged:
                moments.append(session.waits_since + _seconds(flow.nudge_after))
    for name, frame in session.kept.items():
        moments.append(frame.at + _seconds(catalog.flows[name].expires))
    return min(moments, default=None)


def _seconds(wait: timedelta) -> int:
    return int(wait.total_seconds())
