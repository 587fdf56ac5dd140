"""When time itself is the next input of a session: a nudge, or the quiet end of a wait."""

from datetime import timedelta
from typing import TYPE_CHECKING

from flows.assisted import SILENCE
from flows.catalog import Catalog
from flows.left import OWED_STAYS, act_due, silence
from flows.nodes import Choose, Flow, Node
from flows.session import Input, Session

if TYPE_CHECKING:
    from flows.engine import Run


def never_ends(node: Node) -> bool:
    """A menu waits for as long as it takes: its numbers stay good. One that keeps what somebody
    typed has an end."""
    return isinstance(node, Choose) and node.open and node.expires is None


def ends_after(flow: Flow, node: Node) -> timedelta:
    return getattr(node, "expires", None) or flow.expires


def wakes_at(catalog: Catalog, session: Session) -> int | None:
    """Unix seconds of the next moment at which a session has to be looked at, or None."""
    moments = []
    flow = catalog.flows.get(session.flow)
    node = flow.nodes.get(session.node) if flow else None
    if flow and node and not never_ends(node):
        moments.append(session.waits_since + _seconds(ends_after(flow, node)))
        if flow.nudge_after and not session.nudged:
            moments.append(session.waits_since + _seconds(flow.nudge_after))
        if wait := silence(flow, session.answers):
            moments.append(session.waits_since + _seconds(wait))
    if session.assisting:
        moments.append(session.waits_since + _seconds(SILENCE))
    for name, frame in session.kept.items():
        if name not in catalog.flows:
            continue  # dropped at the next turn
        moments.append(frame.at + _seconds(catalog.flows[name].expires))
        if wait := silence(catalog.flows[name], frame.answers):
            moments.append(frame.at + _seconds(wait))
    moments += [owed.at + _seconds(OWED_STAYS) for owed in session.owed]
    return min(moments, default=None)


def is_free(catalog: Catalog, session: Session) -> bool:
    """Nothing is half done that a question of ours, unasked, would push aside or give away: no
    draft of a report, no case spoken of, no screen hidden by AMAN. Half a lesson may wait."""
    flow = catalog.flows.get(session.flow)
    node = flow.nodes.get(session.node) if flow else None
    rests = node is None or never_ends(node)
    kept = all(name.startswith("lesson_") for name in session.kept)
    return rests and kept and not session.owed and not (session.hushed or session.assisting)


def pass_time(run: "Run", given: Input) -> None:
    """What is done without them, a nudge, or the quiet end of a wait; the clock alone decides.

    A push begins where it says, if `is_free` allows it.
    """
    if given.kind == "push":
        if is_free(run.catalog, run.session):
            run.enter(given.payload)
        return
    act_due(run)
    session, now = run.session, int(run.ports.now.timestamp())
    for name, frame in list(session.kept.items()):
        if now >= frame.at + _seconds(run.catalog.flows[name].expires):
            del session.kept[name]
    node = run.waiting_node()
    if node is None or never_ends(node):
        return
    flow = run.catalog.flows[session.flow]
    waited = timedelta(seconds=now - session.waits_since)
    if waited >= ends_after(flow, node):
        run.forget_place()
    elif flow.nudge_after and waited >= flow.nudge_after and not session.nudged:
        session.nudged = True
        run.bubble("common.nudge", None)


def _seconds(wait: timedelta) -> int:
    return int(wait.total_seconds())
