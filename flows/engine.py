"""One step of a conversation: (session, input) → (session, events). Pure.

The engine asks the world only through the ports it is handed and changes it only through the
events it returns; `bot/turns.py` saves the session and carries out the events in one commit.
"""

import re
from dataclasses import dataclass, field, replace

import msgspec

from flows import (
    answering,
    assisted,
    attachments,
    beside,
    broadcast_photo,
    hear_see,
    left,
    offers,
    pictures,
    voices,
)
from flows.bubbles import Bubble, joined
from flows.catalog import Catalog
from flows.events import Button, Event, ForgetMe
from flows.everywhere import act, beyond, comes_first, erased_alarm
from flows.identity_numbers import is_identity_number
from flows.languages import wording_now
from flows.nodes import (
    Ask,
    Choose,
    Decide,
    Emit,
    End,
    Flow,
    Goto,
    Node,
    Pick,
    Say,
    Scene,
    Slots,
    Wait,
)
from flows.ports import Person, Ports
from flows.refusal import REFUSAL, asks_who_reported
from flows.safety import mask_identity_numbers
from flows.session import Input, Session
from flows.triggers import choose, everywhere, fold
from flows.waits import pass_time

MAX_STEPS = 60
"""Nodes in one sprint; more means a loop without a wait, which the lint should have refused."""
_COMMAND = re.compile(r"/?\w+(\s+siaran)?(\s*#?\s*[0-9]+(\s.*)?)?", re.DOTALL | re.IGNORECASE)
CANNOT_READ = {True: "common.cannot_read", False: "common.reads_no_pictures"}
"""By whether pictures are read here."""


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
    run = Run(catalog, msgspec.structs.replace(session), person, ports)
    run.session.answers = dict(session.answers)
    run.session.owed = list(session.owed)
    # What a newer release no longer has can't be gone on with.
    run.session.kept = {n: f for n, f in session.kept.items() if n in catalog.flows}
    assisted.settle(run, speaks=given.kind not in ("timeout", "expired", "push"))
    run.take(given)
    pictures.come_back(run, given)
    attachments.drop_with_draft(run, session)
    return Sprint(run.session, run.finish())


def begin(catalog: Catalog, to: str, words: str, person: Person, ports: Ports) -> Sprint:
    """Start at `flow:node` with an empty session (commands in a group)."""
    run = Run(catalog, Session(), person, ports)
    run.words = words
    run.enter(to)
    return Sprint(run.session, run.finish())


@dataclass(slots=True)
class Run:
    catalog: Catalog
    session: Session
    person: Person
    ports: Ports
    words: str = ""
    events: list[Event] = field(default_factory=list)
    bubbles: list[Bubble] = field(default_factory=list)
    owner: Person | None = None
    """Whose phone it is, while `person` is a stranger (assisted mode)."""

    # ---- taking an input

    def take(self, given: Input) -> None:
        if given.kind in ("timeout", "expired", "push"):
            pass_time(self, given)
        elif broadcast_photo.belongs(self, given):
            broadcast_photo.take(self, given)
        elif attachments.belongs(self, given):
            attachments.take(self, given)
        elif left.come_back(self, given):
            return
        elif voices.belongs(self, given):
            voices.take(self, given)
        elif given.kind == "unreadable":
            if not self.hears_danger(given.text):  # a caption is words too
                self.aside(CANNOT_READ[self.ports.reads_pictures()])
        elif given.kind in ("picture", "picture_read"):
            pictures.take(self, given)
        elif given.kind == "edited":
            self.aside("common.edited")
        elif given.kind == "choice" and answering.press(self, given):
            return
        else:
            self._read(given.text)

    def _read(self, text: str) -> None:
        if comes_first(self, text):
            return None
        node = self.waiting_node()
        if not self.person.officer and asks_who_reported(text):
            return self.aside(REFUSAL)
        if is_identity_number(text) and self._is_free(node):
            return self.aside("common.no_identity_number")
        asks_words = isinstance(node, Ask) or bool(node and node.free)
        # Where words are asked for, only a command with its number is one ("TANYA 12 …"); beside
        # a list the words are a name at most, and SIARAN with its words is none.
        command = not asks_words or isinstance(node, Pick) or _COMMAND.fullmatch(text.strip())
        ours = self.catalog.triggers.command(text) if self.person.officer and command else None
        # TUGAS is a command, not "petugas" with letters left out.
        if node and not asks_words and answering.answer(self, node, text, typos=ours is None):
            return None
        if ours:
            self.words = ours[1]
            return self.enter(ours[0])
        if asks_words and self.hears_danger(text):
            return None
        action = everywhere(text, self.catalog.everywhere, typos=not asks_words)
        # "petugas" may well be the answer to a question; 0 reaches a human there.
        if action and not (asks_words and action == "human"):
            act(self, action)
        elif node and asks_words:
            answering.answer_words(self, node, text)
        elif node is None or (isinstance(node, Choose) and node.open):
            self.begin(text)
        else:
            answering.not_understood(self, text)

    def _is_free(self, node: Wait | None) -> bool:
        """Any words are welcome here, and no particular answer is waited for."""
        at_question = node is None or self.session.flow == self.catalog.free_text
        return at_question or (isinstance(node, Choose) and node.open)

    def begin(self, text: str) -> None:
        """Nobody waits for a particular answer: the words themselves say where to go."""
        if self.hears_danger(text):
            return None
        self.words = text
        found = self.catalog.triggers.match(text)
        if found:
            if found[0] != self.catalog.welcome:
                self.introduce()
            self.words = found[1]
            return self.enter(found[0])
        if fold(text) == "0":
            return self.enter(self.catalog.human)
        if beside.answer(self, text):
            return None
        asks = len(fold(text)) >= 4
        if self.person.is_new and asks:
            return self.enter(self.catalog.asked_first, words=mask_identity_numbers(text)[:1000])
        if self.person.is_new:
            return self.enter(self.catalog.welcome)
        self.enter(self.catalog.free_text if asks else self.catalog.menu)

    def hears_danger(self, text: str) -> bool:
        """Words of danger lead to the numbers to call at once, from any state. A report and its
        follow-up take them as part of their own story; an officer only speaks about them."""
        to = "" if self.person.officer else self.catalog.cry(text)
        if not to:
            return False
        if self.catalog.is_told(self.session.flow, self.session.node):
            self.session.answers["danger"] = "yes"
            return False
        self.words = text
        self.introduce()
        self.enter(to, **left.joined(self, to))
        return True

    def introduce(self) -> None:
        if self.person.is_new:
            self.bubble("welcome.short_intro", {"office": self.ports.office_name()})

    def chosen(self, node: Wait, text: str, *, typos: bool = True) -> str | None:
        """The key of the choice that the text means."""
        shown = self.buttons(node)
        offered = offers.as_typed(self.catalog, node, self.scene(), shown)
        index = choose(text, offered, typos=typos)
        return None if index is None else offers.key_of(shown[index])

    # ---- beside the conversation

    def aside(self, text: str, slots: dict[str, str] | None = None) -> None:
        """Say something beside the conversation, then put the present question again."""
        self.bubble(text, slots)
        node = self.waiting_node()
        if node is None:
            self.enter(self.catalog.welcome if self.person.is_new else self.catalog.menu)
        else:
            self.ask(node)

    # ---- walking the graph

    def enter(self, to: str, **answers: str) -> None:
        """Begin at `flow` or `flow:node`, setting aside what was half done."""
        if assisted.gate(self, to):
            return None
        name, _, node = to.partition(":")
        flow = self.catalog.flows[name]
        node = node or flow.start
        left.set_aside(self)
        if left.half_done(self, flow, node):
            self.session.flow = "resume"
            self.session.answers = {"flow": name, "words": mask_identity_numbers(self.words)}
            return self.walk("ask")
        self.session.flow, self.session.answers = name, answers
        self.walk(node)

    def walk(self, to: str) -> None:
        """Go from node to node until one waits, ends, or leaves for another flow."""
        for _ in range(MAX_STEPS):
            if to.startswith("@"):
                return beyond(self, to)
            if ":" in to:
                return self.enter(to)
            node = self.catalog.flows[self.session.flow].nodes[to]
            self.session.node = to
            match node:
                case Say():
                    self._say(node.text, node.slots, node.source, self._taps(node), node)
                    if node.photo and (photo := node.photo(self.scene())):
                        self.bubbles[-1] = replace(self.bubbles[-1], media=f"photo/{photo}")
                    to = node.then
                case Choose() | Pick() | Ask():
                    return self._wait(node)
                case Decide():
                    scene = self.scene()
                    exit_name = node.by(scene)
                    self.session.answers = scene.answers
                    to = node.exits[exit_name]
                case Emit():
                    scene = self.scene()
                    self.events.extend(node.events(scene))
                    self.session.answers = scene.answers
                    to = node.then
                case Goto():
                    if assisted.gate(self, node.to):
                        return None
                    carried = {k: v for k, v in self.session.answers.items() if k in node.carry}
                    self.words = carried.pop("words", self.words)
                    self.forget_place()
                    name, _, start = node.to.partition(":")
                    self.session.flow, self.session.answers = name, carried
                    to = start or self.catalog.flows[name].start
                case End():
                    return self.forget_place()
        raise FlowStuck(f"{self.session.flow}: no wait after {MAX_STEPS} nodes")

    def forget_place(self) -> None:
        self.session.rest()

    def _wait(self, node: Wait) -> None:
        self.session.misses, self.session.nudged = 0, False
        beside.owed(self, node)
        self.ask(node)

    def ask(self, node: Wait) -> None:
        self.session.waits_since = int(self.ports.now.timestamp())
        self._say(node.text, node.slots, getattr(node, "source", None), self.buttons(node), node)
        hear_see.along(self, node)

    # ---- words and buttons

    def _say(
        self,
        key: str,
        slots: Slots | None,
        source: Slots | None,
        buttons: tuple[Button, ...] = (),
        node: Node | None = None,
    ) -> None:
        assisted.read_aloud(self)
        scene = self.scene() if slots or source else None
        if source and scene:
            self.session.source = source(scene)["source"]
        values = dict(slots(scene)) if slots and scene else None
        fixed = (values is None or getattr(node, "public", False)) and not isinstance(node, Pick)
        self.bubble(key, values, buttons, fixed=fixed, alone=getattr(node, "alone", False))

    def bubble(
        self,
        key: str,
        slots: dict[str, str] | None,
        buttons: tuple[Button, ...] = (),
        *,
        fixed: bool | None = None,
        alone: bool = False,
    ) -> None:
        text = wording_now(self.catalog, self.person, self.events).say(key, slots)
        fixed = slots is None if fixed is None else fixed
        self.bubbles.append(Bubble(text, buttons, fixed, alone))

    def _taps(self, node: Say) -> tuple[Button, ...]:
        if node.buttons is None:
            return ()
        say = wording_now(self.catalog, self.person, self.events).say
        return tuple(Button("", say(label), load) for label, load in node.buttons(self.scene()))

    def buttons(self, node: Wait) -> tuple[Button, ...]:
        place = f"{self.session.flow}.{self.session.node}"
        wording = wording_now(self.catalog, self.person, self.events)
        return offers.buttons(wording, node, self.scene(), place)

    def scene(self) -> Scene:
        return Scene(dict(self.session.answers), self.person, self.ports, self.words)

    def waiting_node(self) -> Wait | None:
        if not self.session.flow:
            return None
        flow: Flow | None = self.catalog.flows.get(self.session.flow)
        node = flow.nodes.get(self.session.node) if flow else None
        # A session may wait at a node that a newer release no longer has: begin afresh.
        if isinstance(node, Choose | Pick | Ask):
            return node
        self.forget_place()
        return None

    def finish(self) -> list[Event]:
        if any(isinstance(event, ForgetMe) for event in self.events):
            self.events.insert(0, erased_alarm(self))
            self.session.kept, self.session.owed = {}, []
        return [*assisted.kept(self), *joined(self.bubbles)]
