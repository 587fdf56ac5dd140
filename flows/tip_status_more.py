"""More for an open report that came unasked: words at its status, a photo soon after it was sent.

A photo of somebody who reported within the hour is hardly an advertisement: it is offered to the
report first. While that question waits, the answers say where it lies at its provider; once they
do not, it is deleted there (`bot/held_picture.py`).
"""

from collections.abc import Callable
from datetime import timedelta

from flows.attachments import MOST_IN_CASE, NAMES
from flows.events import AttachmentSent, Event, PictureSent, TipDetailAdded
from flows.nodes import AskAgain, Choice, Choose, Decide, Emit, Node, Say, Scene
from flows.places import read_words
from flows.ports import Ports
from flows.session import HELD_MEDIA, Session

NEWLY_SENT = timedelta(hours=1)
LEAST_WORDS = 2
"""Words that could be more of a report; one alone is a slip at the choices."""


def nodes(still_open: Callable[[Scene], str]) -> dict[str, Node]:
    """`still_open` says "open" or "ended" of the case in the answers."""
    return _words() | _photo(still_open)


def _words() -> dict[str, Node]:
    return {
        "beside": Decide(_keep, {"more": "add_ask", "unclear": "unclear"}),
        "unclear": Say("common.not_understood", "shown"),
        "add_ask": Choose(
            "tip_status.add_ask",
            (Choice("yes", "common.yes", "told"), Choice("no", "common.rather_not", "not_added")),
        ),
        "not_added": Decide(_drop, {"next": "shown"}),
    }


def _photo(still_open: Callable[[Scene], str]) -> dict[str, Node]:
    return {
        "photo": Choose(
            "tip_status.photo_ask",
            (
                Choice("yes", "common.yes", "photo_yes"),
                Choice("no", "tip_status.photo_check", "photo_no"),
            ),
        ),
        "photo_yes": Decide(still_open, {"open": "photo_room", "ended": "ended"}),
        "photo_room": Decide(_room, {"room": "photo_add", "full": "photo_full"}),
        "photo_full": Say("attachments.full", "welcome:menu"),
        "photo_add": Emit(_add_photo, "photo_taken"),
        "photo_taken": Say("attachments.taking", "end", slots=_a_photo),
        "photo_no": Decide(
            lambda scene: "read" if scene.ports.reads_pictures() else "not_here",
            {"read": "photo_read", "not_here": "photo_not_here"},
        ),
        "photo_read": Emit(_have_it_read, "photo_reading"),
        "photo_reading": Say("pictures.reading", "end"),
        "photo_not_here": Say("pictures.not_here", "welcome:menu"),
    }


def newly_reported(session: Session, ports: Ports) -> str:
    """The open report to which a photo may belong: the one that is looked at, or the last one sent
    from here within the hour; "" where there is none, or the person wrote AMAN."""
    if (session.flow, session.node) == ("tip_status", "shown"):
        return session.answers["tip"]
    if session.hushed:
        return ""
    sent = [
        view
        for view in ports.reporter_tips()
        if view.topic == "report"
        and view.status not in ("closed", "withdrawn")
        and ports.now - view.opened_at < NEWLY_SENT
    ]
    return max(sent, key=lambda view: view.opened_at).id if sent else ""


def _keep(scene: Scene) -> str:
    try:
        words = read_words(scene.words, scene)
    except AskAgain:
        return "unclear"
    if len(words.split()) < LEAST_WORDS:
        return "unclear"
    scene.answers["more"] = words
    return "more"


def _drop(scene: Scene) -> str:
    scene.answers.pop("more", None)
    return "next"


def _room(scene: Scene) -> str:
    files = scene.ports.attachments(scene.answers["tip"])
    return "full" if files.kept + files.coming >= MOST_IN_CASE else "room"


def _add_photo(scene: Scene) -> list[Event]:
    tip, caption = scene.answers["tip"], scene.answers.pop("caption", "")
    said: list[Event] = [TipDetailAdded(tip, caption)] if caption else []
    return [*said, AttachmentSent(scene.answers.pop(HELD_MEDIA), "photo", tip)]


def _have_it_read(scene: Scene) -> list[Event]:
    return [PictureSent(scene.answers.pop(HELD_MEDIA), scene.answers.pop("caption", ""))]


def _a_photo(scene: Scene) -> dict[str, str]:
    return {"what": NAMES["photo"].lower()}
