"""A lesson's card to be heard or seen: DENGAR, GAMBAR, and the wish to hear every card.

A turn only says which card is wanted (`MessageCreated.media`); the sound or the picture is made
by whoever sends it (`bot/shelf.py`), from the very words of the card and with the same marks.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from flows.bubbles import Bubble
from flows.catalog import text_version
from flows.curriculum import Card, Lesson
from flows.events import ConsentGiven, ConsentWithdrawn
from flows.lessons import marks
from flows.nodes import Choose, Wait

if TYPE_CHECKING:
    from flows.engine import Run

AUDIO, PICTURE = "audio", "picture"
_BESIDE = {AUDIO: "hear.audio", PICTURE: "hear.picture"}
LISTEN = "@listen"
"""Target of the choice "Dengarkan": the card is heard, and the conversation stays where it is."""
WISH = "voice"
"""The purpose of the consent to remember that somebody wants to hear each card."""
ACTIONS = frozenset({"listen", "picture", "always_listen", "no_listen"})
"""Keys of `everywhere` in content/keywords.yaml that are done here."""


@dataclass(frozen=True, slots=True)
class Shown:
    """A card with its place in its lesson."""

    lesson: Lesson
    card: Card
    number: int
    """Counted from 1; 0 for what to do today, which stands behind the last card."""

    @property
    def name(self) -> str:
        return f"{self.lesson.id}/{self.card.id}"

    @property
    def place(self) -> str:
        return f"{self.number}/{len(self.lesson.cards)}" if self.number else ""

    def words(self, today: date) -> str:
        """What the card says, with the honest marks under it."""
        return "\n".join(
            [self.card.text.strip(), *marks(self.card.source, self.lesson.reviewed, today)]
        )


def all_cards(lessons: Iterable[Lesson]) -> list[Shown]:
    """Every card and every lesson's action, in their order."""
    return [
        Shown(lesson, card, 0 if card is lesson.action else number)
        for lesson in lessons
        for number, card in enumerate((*lesson.cards, lesson.action), 1)
    ]


def find_card(lessons: Iterable[Lesson], name: str) -> Shown | None:
    """The card that `lesson/card` names."""
    return next((shown for shown in all_cards(lessons) if shown.name == name), None)


# ---- in a conversation


def act(run: "Run", action: str) -> None:
    """Do what DENGAR, GAMBAR, SUARA TERUS or TANPA SUARA says."""
    if action == "listen":
        listen(run)
    elif action == "picture":
        _look(run)
    elif action == "always_listen":
        _listen_always(run)
    else:
        if run.ports.wants_voice():
            run.events.append(ConsentWithdrawn(WISH))
        run.bubble("hear.always_off", None)
        if run.waiting_node() is None:
            run.enter(run.catalog.menu)


def listen(run: "Run") -> None:
    shown = _card(run)
    if shown is None:
        run.aside("hear.no_card")
    elif not run.ports.has_audio():
        run.aside("hear.no_audio")
    else:
        _send(run, AUDIO, shown)


def along(run: "Run", node: Wait) -> None:
    """Whoever wants to hear each card gets its sound behind it."""
    if not (isinstance(node, Choose) and node.card and run.person.consented):
        return
    shown = _card(run)
    if shown and run.ports.wants_voice() and run.ports.has_audio():
        _send(run, AUDIO, shown)


def _look(run: "Run") -> None:
    shown = _card(run)
    if shown is None:
        run.aside("hear.no_card")
    elif not shown.lesson.picture:
        run.aside("hear.no_picture")
    elif not run.ports.draws_cards():
        run.aside("hear.not_drawn")
    else:
        _send(run, PICTURE, shown)


def _listen_always(run: "Run") -> None:
    if not run.ports.has_audio():
        return run.aside("hear.no_audio")
    if not run.person.consented:
        return run.aside("hear.needs_consent")
    if not run.ports.wants_voice():
        version = text_version(run.catalog.wording, "hear.always_on")
        run.events.append(ConsentGiven(WISH, version))
    run.bubble("hear.always_on", None)
    if shown := _card(run):
        _send(run, AUDIO, shown)
    elif run.waiting_node() is None:
        run.enter(run.catalog.menu)
    return None


def _card(run: "Run") -> Shown | None:
    node = run.waiting_node()
    name = node.card if isinstance(node, Choose) else ""
    return find_card(run.catalog.lessons, name) if name else None


def _send(run: "Run", kind: str, shown: Shown) -> None:
    beside = {"title": shown.lesson.title, "place": shown.place}
    text = run.catalog.wording.say(_BESIDE[kind], beside)
    run.bubbles.append(Bubble(text.strip(), (), True, media=f"{kind}/{shown.name}"))
