"""What was left in the middle: taken up again, asked about, or done without its sender.

A flow says in `Flow.left` what may be done with it. Whatever was done while nobody was there is
owed: it is told before anything else when they are back, and not pushed, since others may read.
"""

from datetime import timedelta
from typing import TYPE_CHECKING

from flows.nodes import Choose, Flow, Pick, Scene
from flows.refusal import asks_who_reported
from flows.session import Frame, Input, Owed
from flows.triggers import everywhere

if TYPE_CHECKING:
    from flows.engine import Run

OWED_STAYS = timedelta(hours=72)
NEUTRAL = "notice.news"
HUSH = "hush"
"""The word AMAN, among those that work everywhere (content/keywords.yaml)."""
_ASKS_FOR_IT = ("report", "open")


def come_back(run: "Run", given: Input) -> bool:
    """The first words after a nudge are taken in by the flow itself; True when they are used up."""
    session = run.session
    # What was heard or read in a picture is nobody's word before it is confirmed.
    own = given.text if given.kind in ("text", "choice") else ""
    action = everywhere(own, run.catalog.everywhere, typos=False)
    session.hushed = action == HUSH or (session.hushed and action not in _ASKS_FOR_IT)
    owed = False if session.hushed or session.assisting else _tell_owed(run)
    flow = run.catalog.flows.get(session.flow)
    if given.kind != "text" or action or _means_something(run, given.text):
        return False
    if owed and not session.flow:
        run.enter(run.catalog.menu)
        return True
    if not (session.nudged and flow and flow.left and flow.left.worth(session.answers)):
        return False
    run.hears_danger(given.text)
    session.nudged, session.answers["left_at"] = False, session.node
    run.words = given.text
    run.walk(flow.left.ask)
    return True


def _tell_owed(run: "Run") -> bool:
    owed, run.session.owed = run.session.owed, []
    for one in owed:
        run.bubble(one.text, one.slots)
    return bool(owed)


def _means_something(run: "Run", text: str) -> bool:
    """A command, a beginning (more than a greeting), or a choice of the question that waits."""
    if asks_who_reported(text):
        return True
    begins = run.catalog.triggers.match(text)
    if begins and begins[0] != run.catalog.welcome:
        return True
    if run.person.officer and run.catalog.triggers.command(text):
        return True
    node = run.waiting_node()
    return isinstance(node, Choose | Pick) and run.chosen(node, text) is not None


def silence(flow: Flow, answers: dict[str, str]) -> timedelta | None:
    """After how long it is done without them; None: never."""
    return flow.left.acts_after(answers) if flow.left else None


def act_due(run: "Run") -> None:
    """Do what is due, of the conversation that waits and of those that were set aside."""
    session, now = run.session, int(run.ports.now.timestamp())
    session.owed = [one for one in session.owed if now < one.at + OWED_STAYS.total_seconds()]
    for name, frame in list(session.kept.items()):
        flow = run.catalog.flows[name]
        if _is_due(silence(flow, frame.answers), frame.at, now):
            del session.kept[name]
            _act(run, flow, frame.answers, now)
    if run.waiting_node():
        flow = run.catalog.flows[session.flow]
        if _is_due(silence(flow, session.answers), session.waits_since, now):
            _act(run, flow, session.answers, now)
            run.forget_place()


def joined(run: "Run", to: str) -> dict[str, str]:
    """The answers of the draft that takes new words of danger in: one that already waits to be
    passed on. It is no longer set aside then. In assisted mode the words are another person's."""
    if run.session.assisting:
        return {}
    name = to.partition(":")[0]
    frame = run.session.kept.get(name)
    if frame is None or silence(run.catalog.flows[name], frame.answers) is None:
        return {}
    return run.session.kept.pop(name).answers


def set_aside(run: "Run") -> None:
    """Leave the present conversation; keep its answers where the flow says so. What waits there to
    be passed on (a cry) is not lost to it: the two become one."""
    session, node = run.session, run.waiting_node()
    if session.assisting:
        return run.forget_place()
    name, rests = session.flow, node is None or (isinstance(node, Choose) and node.open)
    if name and name != "resume" and not rests and _begun(run, run.catalog.flows[name]):
        flow, at = run.catalog.flows[name], int(run.ports.now.timestamp())
        kept = Frame(session.node, session.answers, at)
        older = session.kept.get(name)
        if older and flow.left and silence(flow, older.answers) is not None:
            kept = Frame(session.node, flow.left.join(older.answers, session.answers), older.at)
        session.kept[name] = kept
    run.forget_place()


def half_done(run: "Run", flow: Flow, node: str) -> bool:
    """It was set aside: whoever begins it again is asked whether to go on. In assisted mode it is
    another person's, and stays where it is."""
    kept = flow.keeps and node == flow.start and flow.name in run.session.kept
    return kept and not run.session.assisting


def _begun(run: "Run", flow: Flow) -> bool:
    """Worth keeping: something was answered, or a fact was read (a lesson's cards)."""
    node = run.session.node
    read = node != flow.start and getattr(flow.nodes[node], "source", None)
    return flow.keeps and bool(run.session.answers or read)


def _is_due(wait: timedelta | None, since: int, now: int) -> bool:
    return wait is not None and now >= since + wait.total_seconds()


def _act(run: "Run", flow: Flow, answers: dict[str, str], now: int) -> None:
    assert flow.left is not None
    scene = Scene(dict(answers), run.person, run.ports)
    events, told = flow.left.act(scene)
    run.events.extend(events)
    run.session.owed.append(Owed(told, scene.answers, now))
    if not run.session.hushed:
        run.bubble(NEUTRAL, None)


def take_up(run: "Run", to: str) -> None:
    """The two exits of the question "go on with what was half done?"."""
    name = run.session.answers["flow"]
    run.words = run.session.answers.get("words", "")
    frame = run.session.kept.pop(name, None)  # it may have expired meanwhile
    run.forget_place()
    run.session.flow = name
    if to == "@kept" and frame:
        run.session.answers = dict(frame.answers)
        known = frame.node in run.catalog.flows[name].nodes
        return run.walk(frame.node if known else run.catalog.flows[name].start)
    run.session.answers = {}
    run.walk(run.catalog.flows[name].start)
