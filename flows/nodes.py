"""The closed set of nodes that a conversation is made of. Words are keys into content/texts."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta

from flows.events import Event
from flows.ports import Person, Ports


class AskAgain(Exception):
    """The answer can't be used: say this text (with slots) and put the question again."""

    def __init__(self, text: str, **slots: str) -> None:
        super().__init__(text)
        self.text = text
        self.slots = slots


@dataclass(slots=True)
class Scene:
    """What a node's functions may look at. `answers` is theirs to fill; all else is read-only."""

    answers: dict[str, str]
    person: Person
    ports: Ports
    words: str = ""
    """The input that led here, as it was typed (after the trigger word, if there was one)."""


Slots = Callable[[Scene], Mapping[str, str]]


@dataclass(frozen=True, slots=True)
class Option:
    """A choice that is only known when the question is put (a company, a village, a lesson)."""

    value: str
    label: str
    words: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Choice:
    """A fixed choice. `label` is a text key; `then` the next node, or `flow:node` of another."""

    key: str
    label: str
    then: str


@dataclass(frozen=True, slots=True)
class Say:
    text: str
    then: str
    slots: Slots | None = None
    source: Slots | None = None
    """Gives {"source": ...}: what SUMBER shows for the fact in this text."""
    public: bool = False
    """The slots hold nothing about a person, so a channel may register the text."""
    alone: bool = False
    """A message of its own, to be read before the next; otherwise what follows joins it."""
    buttons: "Callable[[Scene], tuple[tuple[str, str], ...]] | None" = None
    """(text key of the label, payload) of buttons in a group, where nothing waits for an answer."""


@dataclass(frozen=True, slots=True)
class Choose:
    """Ask for one of a fixed set; waits. "0" for a human is added unless `human` is False."""

    text: str
    choices: tuple[Choice, ...]
    slots: Slots | None = None
    source: Slots | None = None
    human: bool = True
    open: bool = False
    """A menu: words that are no choice may start another conversation, also before `free`."""
    public: bool = False
    expires: timedelta | None = None
    free: str | None = None
    """Node for words that are no choice: they are kept in the scene's words."""
    beside: str | None = None
    """The same for words that begin nothing else either ("cek PT X")."""
    card: str = ""
    """The lesson's card that this shows, `lesson/card`: it can be heard, and seen if it is drawn."""
    quiz: str = ""
    """The quiz item that this asks, `lesson/item`."""


@dataclass(frozen=True, slots=True)
class Pick:
    """Ask for one of the options computed now; waits; the value goes into `answers[answer]`."""

    text: str
    options: Callable[[Scene], tuple[Option, ...]]
    answer: str
    then: str
    other: Choice | None = None
    """The way out when none of them fits."""
    free: str | None = None
    """Node for words that are no option: they are kept in the scene's words."""
    slots: Slots | None = None
    human: bool = True
    expires: timedelta | None = None


@dataclass(frozen=True, slots=True)
class Ask:
    """Ask for free words; waits. `read` turns them into the stored answer or raises AskAgain."""

    text: str
    answer: str
    then: str
    read: Callable[[str, Scene], str]
    slots: Slots | None = None
    human: bool = True
    skip: Choice | None = None
    """ "I don't know" is an answer too: a numbered way past the question."""
    expires: timedelta | None = None


@dataclass(frozen=True, slots=True)
class Decide:
    """Look something up and take the exit that the function names."""

    by: Callable[[Scene], str]
    exits: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Emit:
    events: Callable[[Scene], list[Event]]
    then: str


@dataclass(frozen=True, slots=True)
class Goto:
    """Leave this flow for another; the answers named in `carry` go along, `words` as the words
    that led there."""

    to: str
    carry: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class End:
    """The conversation rests; the next words are read as a new beginning."""


Wait = Choose | Pick | Ask
Node = Say | Choose | Pick | Ask | Decide | Emit | Goto | End


@dataclass(frozen=True, slots=True)
class Left:
    """What becomes of a conversation that somebody left in the middle (`flows/left.py`)."""

    ask: str
    """Node where their first words after the nudge lead, if `worth` says so."""
    worth: Callable[[Mapping[str, str]], bool]
    """Whether the answers hold anything that could be sent."""
    acts_after: Callable[[Mapping[str, str]], timedelta | None]
    """By the answers: the silence after which `act` is due; None: never."""
    act: Callable[[Scene], tuple[list[Event], str]]
    """What is done without them, and the text that is said before anything else once they are
    back; the answers then hold its slots, and nothing more."""
    join: Callable[[Mapping[str, str], Mapping[str, str]], dict[str, str]]
    """(earlier answers, later ones) of two that were left, as one."""


@dataclass(frozen=True, slots=True)
class Flow:
    """A named graph of nodes. The first node is the start."""

    name: str
    nodes: Mapping[str, Node]
    entries: tuple[str, ...] = ()
    """Other nodes where triggers, buttons or other flows come in."""
    keeps: bool = False
    """Set aside, not thrown away, when the villager goes elsewhere in the middle."""
    expires: timedelta = field(default=timedelta(days=7))
    """How long its waits last before the session is put away."""
    nudge_after: timedelta | None = None
    """Remind once, neutrally, after so long without an answer."""
    left: Left | None = None
    human: Callable[[Mapping[str, str]], str] | None = None
    """By the answers: the node that "0" leads to instead of the desk's hours; "" is the desk."""

    @property
    def start(self) -> str:
        return next(iter(self.nodes))
