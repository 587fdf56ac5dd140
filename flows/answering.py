"""What an answer does: a pressed button, a choice that is typed, words where words are asked for."""

from typing import TYPE_CHECKING

from flows import assisted, beside, left, offers
from flows.nodes import Ask, AskAgain, Choose, Pick, Wait
from flows.session import Input

if TYPE_CHECKING:
    from flows.engine import Run

MISSES_BEFORE_HELP = 2


def press(run: "Run", given: Input) -> bool:
    """A pressed button: for the present question, or a menu that is still good; else words."""
    flow_name, _, rest = given.payload.partition(".")
    node_name, _, key = rest.rpartition(".")
    # `yes~12`: the answer to an invitation says to which; it begins anew wherever it is pressed.
    key, _, about = key.partition("~")
    here = flow_name == run.session.flow and node_name == run.session.node and not about
    flow = run.catalog.flows.get(flow_name)
    node = flow.nodes.get(node_name) if flow else None
    if here and isinstance(node, Choose | Pick | Ask):
        return _take_key(run, node, key, given.text)
    if isinstance(node, Choose) and node.open and assisted.takes_old(run, flow_name):
        left.set_aside(run)
        run.session.flow, run.session.node = flow_name, node_name
        run.session.answers = {"about": about} if about else {}
        return _take_key(run, node, key, given.text)
    run.aside("common.old_button")
    return True


def answer(run: "Run", node: Wait, text: str, *, typos: bool = True) -> bool:
    """Try the text as one of the offered choices; True when it was one."""
    key = run.chosen(node, text, typos=typos)
    return key is not None and _take_key(run, node, key, text)


def answer_words(run: "Run", node: Wait, text: str) -> None:
    if answer(run, node, text):
        return None
    run.words = text
    if not isinstance(node, Ask):
        if isinstance(node, Choose) and node.open and run.catalog.triggers.match(text):
            return run.begin(text)
        assert node.free is not None, f"{run.session.flow}.{run.session.node}: no free words"
        return run.walk(node.free)
    scene = run.scene()
    try:
        value = node.read(text, scene)
    except AskAgain as again:
        run.bubble(again.text, again.slots)
        return run.ask(node)
    run.session.answers = scene.answers | {node.answer: value}
    run.walk(node.then)


def _take_key(run: "Run", node: Wait, key: str, text: str) -> bool:
    run.words = text
    if key == "0" and node.human:
        to_human(run)
    elif isinstance(node, Choose):
        choice = next((choice for choice in node.choices if choice.key == key), None)
        if choice is None:
            return False
        run.words = "" if ":" in choice.then else text  # it tells the next flow nothing
        run.walk(choice.then)
    elif isinstance(node, Pick):
        if node.other and key == node.other.key:
            run.walk(node.other.then)
        else:
            option = offers.option(node, key, run.scene())
            if option is None:
                run.aside("common.old_button")
                return True
            run.session.answers[node.answer] = option.value
            run.walk(node.then)
    elif node.skip and key == node.skip.key:
        run.walk(node.skip.then)
    else:
        return False
    return True


def to_human(run: "Run") -> None:
    """ "0": the desk, or what the flow itself has for those who can't wait for its hours."""
    flow = run.catalog.flows.get(run.session.flow)
    instead = flow.human(run.session.answers) if flow and flow.human else ""
    if instead:
        run.walk(instead)
    else:
        run.enter(run.catalog.human)


def not_understood(run: "Run", text: str) -> None:
    if run.hears_danger(text):
        return None
    if found := run.catalog.triggers.match(text):
        run.words = found[1]
        return run.enter(found[0])
    if beside.answer(run, text):
        return None
    run.session.misses += 1
    node = run.waiting_node()
    assert node is not None
    if isinstance(node, Choose) and node.beside:
        run.words = text
        return run.walk(node.beside)
    helps = run.session.misses >= MISSES_BEFORE_HELP
    run.bubble("common.not_understood_again" if helps else "common.not_understood", None)
    run.ask(node)
