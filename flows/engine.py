"""One step of a conversation: (session, input) → (session, events). Pure.

The engine asks the world only through the ports it is handed and changes it only through the
events it returns; `bot/turns.py` saves the session and carries out the events in one commit.
"""

from dataclasses import dataclass, field, replace

import msgspec

from flows.catalog import Catalog
from flows.events import Button, Event, MessageCreated, OptedIn, OptedOut
from flows.nodes import (
    Ask,
    AskAgain,
    Choose,
    Decide,
    Emit,
    End,
    Flow,
    Goto,
    Node,
    Option,
    Pick,
    Say,
    Scene,
    Slots,
    Wait,
)
from flows.ports import Person, Ports
from flows.session import Frame, Input, Session
from flows.triggers import Offered, choose, everywhere, fold

MAX_STEPS = 60
"""Nodes in one sprint; more means a loop without a wait, which the lint should have refused."""
MAX_BUBBLE = 1000
"""Characters of one message: a WhatsApp list or quick reply takes 1,024 with its numbers."""
MISSES_BEFORE_HELP = 2
CANNOT_READ = "common.cannot_read"


class FlowStuck(Exception):
    """A sprint ran through more nodes than any real conversation has."""


@dataclass(frozen=True, slots=True)
class Sprint:
    session: Session
    events: list[Event]


def resume(
    catalog: Catalog, session: Session, given: Input, person: Person, ports: Ports
) -> Sprint:
    """Take one input to a session. The given session is left as it was."""
    run = _Run(catalog, msgspec.structs.replace(session), person, ports)
    run.session.answers = dict(session.answers)
    run.session.kept = dict(session.kept)
    run.take(given)
    return Sprint(run.session, run.finish())


def begin(catalog: Catalog, to: str, words: str, person: Person, ports: Ports) -> Sprint:
    """Start at `flow:node` with an empty session (commands in a group)."""
    run = _Run(catalog, Session(), person, ports)
    run.words = words
    run.enter(to)
    return Sprint(run.session, run.finish())


def wakes_at(catalog: Catalog, session: Session) -> int | None:
    """Unix seconds when time itself becomes an input: a nudge, or the end of a wait."""
    moments = []
    if session.flow:
        flow = catalog.flows[session.flow]
        node = flow.nodes[session.node]
        expires = getattr(node, "expires", None) or flow.expires
        if not (isinstance(node, Choose) and node.open):
            moments.append(session.waits_since + int(expires.total_seconds()))
            if flow.nudge_after and not session.nudged:
                moments.append(session.waits_since + int(flow.nudge_after.total_seconds()))
    for name, frame in session.kept.items():
        moments.append(frame.at + int(catalog.flows[name].expires.total_seconds()))
    return min(moments, default=None)


@dataclass(slots=True)
class _Bubble:
    text: str
    buttons: tuple[Button, ...]
    fixed: bool


@dataclass(slots=True)
class _Run:
    catalog: Catalog
    session: Session
    person: Person
    ports: Ports
    words: str = ""
    events: list[Event] = field(default_factory=list)
    bubbles: list[_Bubble] = field(default_factory=list)

    # ---- taking an input

    def take(self, given: Input) -> None:
        if given.kind in ("timeout", "expired"):
            self._time_passed()
        elif given.kind == "unreadable":
            self._aside(CANNOT_READ)
        elif given.kind == "edited":
            self._aside("common.edited")
        elif given.kind == "choice" and self._press(given):
            return
        else:
            self._read(given.text)

    def _read(self, text: str) -> None:
        node = self._waiting_node()
        if self.person.officer and self._officer_command(text):
            return
        asks_words = isinstance(node, Ask) or (isinstance(node, Pick) and bool(node.free))
        if node and not asks_words and self._answer(node, text):
            return
        action = everywhere(text, self.catalog.everywhere, typos=not asks_words)
        if action:
            self._everywhere(action)
        elif isinstance(node, Ask | Pick) and asks_words:
            self._answer_words(node, text)
        elif node is None or (isinstance(node, Choose) and node.open):
            self._begin(text)
        else:
            self._not_understood(text)

    def _officer_command(self, text: str) -> bool:
        """AMBIL 12 and its like work for officers in every state: a tip can't wait for a menu."""
        found = self.catalog.triggers.command(text)
        if found:
            self.words = found[1]
            self.enter(found[0])
        return found is not None

    def _begin(self, text: str) -> None:
        """Nobody waits for a particular answer: the words themselves say where to go."""
        self.words = text
        if target := self.catalog.triggers.danger(text):
            self._introduce()
            return self.enter(target)
        found = self.catalog.triggers.match(text)
        if found:
            if found[0] != self.catalog.welcome:
                self._introduce()
            self.words = found[1]
            return self.enter(found[0])
        if self.person.is_new:
            return self.enter(self.catalog.welcome)
        if len(fold(text)) >= 4:
            return self.enter(self.catalog.free_text)
        return self.enter(self.catalog.menu)

    def _introduce(self) -> None:
        if self.person.is_new:
            self._bubble("welcome.short_intro", {"office": self.ports.office_name()})

    def _press(self, given: Input) -> bool:
        """A pressed button: for the present question, or a menu that is still good; else words."""
        flow_name, _, rest = given.payload.partition(".")
        node_name, _, key = rest.rpartition(".")
        here = flow_name == self.session.flow and node_name == self.session.node
        flow = self.catalog.flows.get(flow_name)
        node = flow.nodes.get(node_name) if flow else None
        if here and isinstance(node, Choose | Pick | Ask):
            return self._take_key(node, key, given.text)
        if isinstance(node, Choose) and node.open:
            self._set_aside()
            self.session.flow, self.session.node, self.session.answers = flow_name, node_name, {}
            return self._take_key(node, key, given.text)
        self._aside("common.old_button")
        return True

    def _time_passed(self) -> None:
        """A nudge, or the quiet end of a wait; which of them follows from the clock alone."""
        now = int(self.ports.now.timestamp())
        for name, frame in list(self.session.kept.items()):
            if now >= frame.at + self.catalog.flows[name].expires.total_seconds():
                del self.session.kept[name]
        node = self._waiting_node()
        if node is None or (isinstance(node, Choose) and node.open):
            return
        flow = self.catalog.flows[self.session.flow]
        waited = now - self.session.waits_since
        if waited >= (getattr(node, "expires", None) or flow.expires).total_seconds():
            self._forget_place()
        elif flow.nudge_after and not self.session.nudged:
            if waited >= flow.nudge_after.total_seconds():
                self.session.nudged = True
                self._bubble("common.nudge", None)

    # ---- answers to the present question

    def _answer(self, node: Wait, text: str) -> bool:
        """Try the text as one of the offered choices; True when it was one."""
        buttons = self._buttons(node)
        index = choose(text, [self._offered(button, node) for button in buttons])
        if index is None:
            return False
        return self._take_key(node, buttons[index].payload.rpartition(".")[2], text)

    def _answer_words(self, node: Ask | Pick, text: str) -> None:
        if self._answer(node, text):
            return None
        self.words = text
        if isinstance(node, Pick):
            if node.free is None:
                raise FlowStuck(f"{self.session.flow}.{self.session.node}: no way for free words")
            return self._walk(node.free)
        scene = self._scene()
        try:
            value = node.read(text, scene)
        except AskAgain as again:
            self._bubble(again.text, again.slots)
            return self._ask_again(node)
        self._store(scene, node.answer, value)
        self._walk(node.then)

    def _take_key(self, node: Wait, key: str, text: str) -> bool:
        self.words = text
        if key == "0" and node.human:
            self.enter(self.catalog.human)
        elif isinstance(node, Choose):
            choice = next((choice for choice in node.choices if choice.key == key), None)
            if choice is None:
                return False
            self._walk(choice.then)
        elif isinstance(node, Pick):
            if node.other and key == node.other.key:
                self._walk(node.other.then)
            else:
                option = self._option(node, key)
                if option is None:
                    self._aside("common.old_button")
                    return True
                self.session.answers[node.answer] = option.value
                self._walk(node.then)
        elif node.skip and key == node.skip.key:
            self._walk(node.skip.then)
        else:
            return False
        return True

    def _option(self, node: Pick, key: str) -> Option | None:
        options = node.options(self._scene())
        return options[int(key) - 1] if key.isdigit() and 1 <= int(key) <= len(options) else None

    def _not_understood(self, text: str) -> None:
        self.session.misses += 1
        if target := self.catalog.triggers.danger(text):
            self.words = text
            return self.enter(target)
        if found := self.catalog.triggers.match(text):
            self.words = found[1]
            return self.enter(found[0])
        node = self._waiting_node()
        assert node is not None
        helps = self.session.misses >= MISSES_BEFORE_HELP
        self._bubble("common.not_understood_again" if helps else "common.not_understood", None)
        self._ask_again(node)

    # ---- words that work in every state

    def _everywhere(self, action: str) -> None:
        if action in ("menu", "cancel"):
            if action == "cancel" and self.session.flow:
                self._bubble("common.cancelled", None)
                self._forget_place()
            self.enter(self.catalog.menu)
        elif action == "report":
            self._introduce()
            self.enter(self.catalog.report)
        elif action == "stop":
            self.events.append(OptedOut())
            self._forget_place()
            self._bubble("common.stopped", None)
        elif action == "start":
            if self.person.opted_out:
                self.events.append(OptedIn())
                self._bubble("common.back_again", None)
            self.enter(self.catalog.welcome if self.person.is_new else self.catalog.menu)
        elif action == "human":
            self.enter(self.catalog.human)
        elif action == "source":
            if self.session.source:
                self._aside("common.source", {"source": self.session.source})
            else:
                self._aside("common.no_source")
        else:
            self._aside(f"common.{action}", {"office": self.ports.office_name()})

    def _aside(self, text: str, slots: dict[str, str] | None = None) -> None:
        """Say something beside the conversation, then put the present question again."""
        self._bubble(text, slots)
        node = self._waiting_node()
        if node is None:
            self.enter(self.catalog.menu)
        else:
            self._ask_again(node)

    # ---- walking the graph

    def enter(self, to: str) -> None:
        """Begin at `flow` or `flow:node`, setting aside what was half done."""
        name, _, node = to.partition(":")
        flow = self.catalog.flows[name]
        node = node or flow.start
        self._set_aside()
        if flow.keeps and node == flow.start and name in self.session.kept:
            self.session.flow, self.session.answers = "resume", {"flow": name, "words": self.words}
            return self._walk("ask")
        self.session.flow, self.session.answers = name, {}
        self._walk(node)

    def _walk(self, to: str) -> None:
        """Go from node to node until one waits, ends, or leaves for another flow."""
        for _ in range(MAX_STEPS):
            if to.startswith("@"):
                return self._special(to)
            if ":" in to:
                return self.enter(to)
            node = self.catalog.flows[self.session.flow].nodes[to]
            self.session.node = to
            match node:
                case Say():
                    self._say(node.text, node.slots, node.source, node=node)
                    to = node.then
                case Choose() | Pick() | Ask():
                    return self._wait(node)
                case Decide():
                    scene = self._scene()
                    exit_name = node.by(scene)
                    self.session.answers = scene.answers
                    to = node.exits[exit_name]
                case Emit():
                    scene = self._scene()
                    self.events.extend(node.events(scene))
                    self.session.answers = scene.answers
                    to = node.then
                case Goto():
                    carried = {k: v for k, v in self.session.answers.items() if k in node.carry}
                    self._forget_place()
                    name, _, start = node.to.partition(":")
                    self.session.flow, self.session.answers = name, carried
                    to = start or self.catalog.flows[name].start
                case End():
                    return self._forget_place()
        raise FlowStuck(f"{self.session.flow}: no wait after {MAX_STEPS} nodes")

    def _special(self, to: str) -> None:
        """The two exits of the question "go on with what was half done?"."""
        name = self.session.answers["flow"]
        self.words = self.session.answers.get("words", "")
        frame = self.session.kept.pop(name)
        self._forget_place()
        self.session.flow = name
        if to == "@kept":
            self.session.answers = dict(frame.answers)
            return self._walk(frame.node)
        self.session.answers = {}
        self._walk(self.catalog.flows[name].start)

    def _set_aside(self) -> None:
        """Leave the present conversation; keep its answers where the flow says so."""
        name = self.session.flow
        if name and name != "resume" and self.catalog.flows[name].keeps and self.session.answers:
            if self._waiting_node() is not None:
                at = int(self.ports.now.timestamp())
                self.session.kept[name] = Frame(self.session.node, self.session.answers, at)
        self._forget_place()

    def _forget_place(self) -> None:
        self.session.flow = self.session.node = ""
        self.session.answers = {}
        self.session.misses = 0
        self.session.nudged = False

    def _wait(self, node: Wait) -> None:
        self.session.misses = 0
        self.session.nudged = False
        self._ask(node)

    def _ask_again(self, node: Wait) -> None:
        self._ask(node)

    def _ask(self, node: Wait) -> None:
        self.session.waits_since = int(self.ports.now.timestamp())
        self._say(node.text, node.slots, getattr(node, "source", None), self._buttons(node), node)

    # ---- words and buttons

    def _say(
        self,
        key: str,
        slots: Slots | None,
        source: Slots | None,
        buttons: tuple[Button, ...] = (),
        node: Node | None = None,
    ) -> None:
        scene = self._scene() if slots or source else None
        if source and scene:
            self.session.source = source(scene)["source"]
        values = dict(slots(scene)) if slots and scene else None
        fixed = (values is None or getattr(node, "public", False)) and not isinstance(node, Pick)
        self._bubble(key, values, buttons, fixed=fixed)

    def _bubble(
        self,
        key: str,
        slots: dict[str, str] | None,
        buttons: tuple[Button, ...] = (),
        *,
        fixed: bool | None = None,
    ) -> None:
        text = self.catalog.wording.say(key, slots)
        self.bubbles.append(_Bubble(text, buttons, slots is None if fixed is None else fixed))

    def _buttons(self, node: Wait) -> tuple[Button, ...]:
        say = self.catalog.wording.say
        labels: list[tuple[str, str, str]] = []
        match node:
            case Choose():
                labels = [(str(n), say(c.label), c.key) for n, c in enumerate(node.choices, 1)]
            case Pick():
                options = node.options(self._scene())
                labels = [(str(n), option.label, str(n)) for n, option in enumerate(options, 1)]
                if node.other:
                    labels.append((str(len(labels) + 1), say(node.other.label), node.other.key))
            case Ask() if node.skip:
                labels = [("1", say(node.skip.label), node.skip.key)]
        if node.human:
            labels.append(("0", say("common.human"), "0"))
        place = f"{self.session.flow}.{self.session.node}."
        return tuple(Button(number, label, place + key) for number, label, key in labels)

    def _offered(self, button: Button, node: Wait) -> Offered:
        words = [fold(button.label)]
        key = button.payload.rpartition(".")[2]
        if isinstance(node, Choose):
            choice = next((choice for choice in node.choices if choice.key == key), None)
            words += self.catalog.choice_words.get(choice.label, ()) if choice else ()
        elif isinstance(node, Pick):
            option = self._option(node, key)
            words += [fold(word) for word in option.words] if option else []
        return Offered(button.number, tuple(words))

    def _scene(self) -> Scene:
        return Scene(dict(self.session.answers), self.person, self.ports, self.words)

    def _store(self, scene: Scene, answer: str, value: str) -> None:
        self.session.answers = scene.answers | {answer: value}

    def _waiting_node(self) -> Wait | None:
        if not self.session.flow:
            return None
        flow: Flow | None = self.catalog.flows.get(self.session.flow)
        node = flow.nodes.get(self.session.node) if flow else None
        # A session may wait at a node that a newer release no longer has: begin afresh.
        if isinstance(node, Choose | Pick | Ask):
            return node
        self._forget_place()
        return None

    def finish(self) -> list[Event]:
        """All events, the bubbles joined into as few messages as fit: replies that leave one
        after the other can arrive out of order, and WhatsApp bills each one."""
        joined: list[_Bubble] = []
        for bubble in self.bubbles:
            last = joined[-1] if joined else None
            if last and not last.buttons and len(last.text) + len(bubble.text) < MAX_BUBBLE:
                text = f"{last.text}\n\n{bubble.text}"
                joined[-1] = _Bubble(text, bubble.buttons, last.fixed and bubble.fixed)
            else:
                joined.append(replace(bubble))
        messages = [MessageCreated(b.text, b.buttons, b.fixed) for b in joined]
        return [*self.events, *messages]
