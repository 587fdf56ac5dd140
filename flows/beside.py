"""A question in somebody's own words inside a lesson: answered from the cards, then the lesson goes on.

Only where the answer is sure. While a quiz question waits, no card that may hold its answer is
said: that one comes as soon as no question asks about it any more.
"""

from typing import TYPE_CHECKING

from flows.curriculum import Card, Lesson
from flows.free_text import names_one_company
from flows.lessons import label, shown
from flows.nodes import Choose, Wait
from flows.retrieval import Retrieval
from flows.safety import mask_identity_numbers

if TYPE_CHECKING:
    from flows.engine import Run

_LATER = "later"
"""The answer that names the card ("lesson.card") to be said later. What was typed is not kept."""
_ASKING = frozenset({"asks", "asks_means", "hypothetical", "wants_info"})


def answer(run: "Run", text: str) -> bool:
    """True when the words were a question of somebody who learns, and something was said to it."""
    node, understander, retrieval = run.waiting_node(), run.catalog.understander, run.catalog.cards
    teaches = isinstance(node, Choose) and (node.quiz or (node.card and not node.open))
    if not (isinstance(node, Choose) and teaches and understander and retrieval):
        return False
    read = understander.read(text)
    learns = read.intent == "learn" and bool("?" in text or read.cues & _ASKING)
    run.words = text
    found = retrieval.find(mask_identity_numbers(text))
    if learns and found.verdict == "sure" and not names_one_company(run.scene()):
        card = found.candidates[0].id
        if card in _kept_back(run, node, retrieval):
            run.session.answers[_LATER] = card
            run.bubble("lessons.answered_later", None)
            run.ask(node)
        else:
            _say(run, card)
            run.bubble("lessons.go_on", None)
            run.ask(node)
            run.session.source = _source(run, card)  # SUMBER: of what was asked for
        return True
    if node.open or not ("?" in text or learns or read.intent in ("check", "report", "ask_human")):
        return False
    run.aside("lessons.not_here")
    return True


def owed(run: "Run", node: Wait) -> None:
    """Say the card that was promised, if the question that now comes does not ask about it."""
    card, cards = run.session.answers.get(_LATER), run.catalog.cards
    if card and cards and card not in _kept_back(run, node, cards):
        del run.session.answers[_LATER]
        run.bubble("lessons.answer_now", None)
        _say(run, card)


def _kept_back(run: "Run", node: Wait, cards: Retrieval) -> set[str]:
    """The cards that may give the answer of this quiz question away: all of its own lesson, and
    whatever else is found for its words."""
    lesson_id, _, item_id = (node.quiz if isinstance(node, Choose) else "").partition("/")
    back: set[str] = set()
    for lesson in run.catalog.lessons:
        if lesson.id == lesson_id:
            back |= {f"{lesson.id}.{card.id}" for card in lesson.cards}
            item = next(item for item in lesson.quiz if item.id == item_id)
            right = " ".join(choice.label for choice in item.choices if choice.correct)
            back |= {one.id for one in cards.find(f"{item.question} {right}").candidates}
    return back


def _say(run: "Run", name: str) -> None:
    """A message of its own, so that it is not taken for the card or question behind it."""
    found = _card(run, name)
    if found is None:
        return  # a newer release no longer has it
    lesson, card = found
    slots = dict(label(lesson, card.source)(run.scene()))
    key = f"free_text.card_{lesson.id}_{card.id}"
    run.bubble(key, slots, fixed=True, alone=True)


def _source(run: "Run", name: str) -> str:
    found = _card(run, name)
    return dict(shown(found[1].source)(run.scene()))["source"] if found else ""


def _card(run: "Run", name: str) -> tuple[Lesson, Card] | None:
    cards = ((lesson, card) for lesson in run.catalog.lessons for card in lesson.cards)
    return next((one for one in cards if f"{one[0].id}.{one[1].id}" == name), None)
