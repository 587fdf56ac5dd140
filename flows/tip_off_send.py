"""The end of a report: sealed with its receipt, by a yes or, left in danger, without one."""

from collections.abc import Mapping
from datetime import timedelta

from flows.classify import Classifier
from flows.events import Event, TipOpened
from flows.nodes import Choice, Choose, Decide, Emit, End, Left, Node, Say, Scene
from flows.ports import Desk, Urgency
from flows.safety import mask_identity_numbers
from flows.times import say_time
from flows.tip_off_form import numbers

SENT_AFTER = timedelta(hours=2, minutes=30)
"""A draft with a sign of danger: two hours until the nudge, half an hour for an answer to it."""
SENT_AFTER_NOW = timedelta(minutes=15)
"""Somebody said yes, it is happening now, and fell silent."""
_IN_THE_SEAL = (
    "what", "where_words", "where_name", "home_words", "home_name", "when", "who", "victim", "proof",
    "helper", "contact", "consent", "incomplete",
)  # fmt: skip
_SIGNS = ("danger", "cry", "alarmed", "urgency", "consent", "hidden", "attachments")
_PLACES = ("where_code", "where_name", "heard_where", "home_code", "home_name")
_TOLD = ("what", "where_words", "home_words", "when", "who", "victim", "proof")


def nodes(classifier: Classifier) -> dict[str, Node]:
    def send(scene: Scene) -> list[Event]:
        return open_tip(classifier, scene)

    return _draft() | {
        "open": Emit(send, "which_promise"),
        "which_promise": Decide(
            _promise,
            {
                "ours": "sent",
                "hidden": "sent_hidden",
                "nobody": "sent_nobody",
                "nobody_hidden": "sent_nobody_hidden",
                "elsewhere": "sent_elsewhere",
            },
        ),
        "sent": Say("tip_off.sent", "after", slots=_sent),
        "sent_hidden": Say("tip_off.sent_hidden", "after", slots=_sent),
        "sent_nobody": Say("tip_off.sent_nobody", "after", slots=_sent),
        "sent_nobody_hidden": Say("tip_off.sent_nobody_hidden", "after", slots=_sent),
        "sent_elsewhere": Say("tip_off.sent_elsewhere", "after", slots=_sent),
        "after": Decide(
            _drop_all, {"told": "urgent_told", "urgent": "urgent_after", "calm": "end"}
        ),
        "urgent_told": Say("tip_off.urgent_told", "urgent_after"),
        "urgent_after": Say("tip_off.call_first", "end", slots=numbers),
        "end": End(),
    }


def _draft() -> dict[str, Node]:
    """Back after the nudge: what was typed is taken in, then asked whether to send what is there."""
    return {
        "draft": Decide(_take_late_words, {"next": "draft_ask"}),
        "draft_ask": Choose(
            "tip_off.draft",
            (
                Choice("send", "tip_off.draft_send", "draft_send"),
                Choice("go_on", "tip_off.draft_go_on", "draft_go_on"),
                Choice("cancel", "common.cancel", "cancelled"),
            ),
        ),
        "draft_send": Decide(_as_it_is, {"next": "open"}),
        "draft_go_on": Decide(_may_go_on, {"next": "next", "danger": "danger"}),
    }


def left(classifier: Classifier) -> Left:
    """A report that somebody began and left (`flows/left.py`)."""

    def act(scene: Scene) -> tuple[list[Event], str]:
        _as_it_is(scene)
        events, slots = open_tip(classifier, scene), _sent(scene)
        there = _desk(scene).reachable
        scene.answers.clear()
        scene.answers |= {name: slots[name] for name in ("receipt", "numbers")}
        return events, "tip_off.sent_incomplete" if there else "tip_off.sent_incomplete_nobody"

    return Left(
        ask="draft",
        worth=lambda answers: _told_something(answers) and _agreed(answers),
        acts_after=sent_after,
        act=act,
        join=_both,
    )


def _both(earlier: Mapping[str, str], later: Mapping[str, str]) -> dict[str, str]:
    """Nothing of either is lost: what the earlier one told stands before the later one's words, and
    of danger, hiding and the place the graver, the safer, the known is taken."""
    both = {name: earlier[name] for name in (*_SIGNS, *_PLACES) if earlier.get(name)} | dict(later)
    if earlier.get("urgency") == "now":
        both["urgency"] = "now"
    for name in _TOLD:
        words = dict.fromkeys(filter(None, (earlier.get(name), later.get(name))))
        if words:
            both[name] = ("\n" if name == "what" else ", ").join(words)[:2000]
    return both


def sent_after(answers: Mapping[str, str]) -> timedelta | None:
    """A draft with a sign of danger goes to the duty officer as it is; any other never does."""
    if answers.get("urgency") == "now":
        return SENT_AFTER_NOW
    sign = answers.get("danger") or answers.get("urgency") == "soon"
    # The question "is it happening now?" says itself that silence passes the words on: so they go
    # wherever the person went, until they answered it with a no.
    may = _agreed(answers) or answers.get("cry")
    return SENT_AFTER if sign and may and _told_something(answers) else None


def _told_something(answers: Mapping[str, str]) -> bool:
    return bool(answers.get("what") or answers.get("attachments"))


def _agreed(answers: Mapping[str, str]) -> bool:
    return bool(answers.get("consent")) or answers.get("urgency") == "now"


def open_tip(classifier: Classifier, scene: Scene) -> list[Event]:
    answers = scene.answers
    receipt = scene.ports.new_receipt()
    answers["receipt"] = receipt
    report = {name: answers[name] for name in _IN_THE_SEAL if answers.get(name)}
    found = classifier.classify(told(scene))
    if found.reasons:
        report["reasons"] = "\n".join(found.reasons)
    return [
        TipOpened(
            receipt=receipt,
            topic="report",
            urgency=urgency_of(scene),
            place_code=answers.get("where_code", ""),
            home_code=answers.get("home_code", ""),
            report=report,
            keep_return_address=not answers.get("hidden"),
            category=found.category,
        )
    ]


def urgency_of(scene: Scene) -> Urgency:
    """As the reporter chose; words of danger in the story make it at least "soon"."""
    urgency = scene.answers.get("urgency", "none")
    if urgency == "now":
        return "now"
    return "soon" if urgency == "soon" or scene.answers.get("danger") else "none"


def place_code(scene: Scene) -> str:
    """The place that decides who answers: where the person lives, if that is another place, else
    where it happened (territory.md A3.7)."""
    return scene.answers.get("home_code") or scene.answers.get("where_code", "")


def told(scene: Scene) -> str:
    """Each answer is a line, so that no sign is quoted from two of them; what was read out of the
    story is not said twice."""
    lines: list[str] = []
    for name in _TOLD:
        if (answer := scene.answers.get(name)) and not any(answer in line for line in lines):
            lines.append(answer)
    return "\n".join(lines)


def _as_it_is(scene: Scene) -> str:
    """Nobody was asked whether the officer may ask back; the notice said that "Lanjut" means so."""
    scene.answers["incomplete"] = "yes"
    if not scene.answers.get("hidden"):
        scene.answers.setdefault("contact", "yes")
    return "next"


def _take_late_words(scene: Scene) -> str:
    """What was typed after hours is still the answer to the question that waited."""
    at = scene.answers.get("left_at", "").removeprefix("again_")
    words = mask_identity_numbers(" ".join(scene.words.split())[:1000])
    if at in ("what", "when", "who") and len(words.split()) > 1:
        scene.answers[at] = words
    name = at.partition("_")[0]
    place = scene.ports.find_place(words).place if name in ("where", "home") else None
    if place:
        scene.answers[f"heard_{name}"], scene.answers[f"{name}_words"] = place.code, words
        asked = scene.answers.get("asked", "").split()
        scene.answers["asked"] = " ".join(one for one in asked if one != name)
    return "next"


def _may_go_on(scene: Scene) -> str:
    return "danger" if scene.answers.pop("left_at", "") == "danger" else "next"


def _desk(scene: Scene) -> Desk:
    """Who answers for this report as it is told."""
    return scene.ports.desk(place_code(scene), urgency_of(scene), told=told(scene))


def _promise(scene: Scene) -> str:
    """What may truly be said of this report now that it is sent."""
    desk = _desk(scene)
    hidden = bool(scene.answers.get("hidden"))
    if not desk.reachable:  # nobody is there who would pass it on either
        return "nobody_hidden" if hidden else "nobody"
    if not desk.served:
        return "elsewhere"
    return "hidden" if hidden else "ours"


def _sent(scene: Scene) -> dict[str, str]:
    desk = _desk(scene)
    return {
        "receipt": scene.answers["receipt"],
        "numbers": numbers(scene)["numbers"],
        "owner": desk.owner,
        "due": say_time(desk.due_at) if desk.due_at else "-",
    }


def _drop_all(scene: Scene) -> str:
    """The draft is wiped in the very turn that seals the report; the country is for the numbers."""
    urgent = urgency_of(scene) == "now"
    reachable = scene.ports.desk(place_code(scene), "now", told=told(scene)).reachable
    where = scene.answers.get("where_code", "")
    scene.answers.clear()
    scene.answers["where_code"] = where
    return ("told" if reachable else "urgent") if urgent else "calm"
