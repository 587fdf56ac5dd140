"""A photo for a broadcast: sent with "SIARAN …" under it, or where the words are asked for.

It is fetched and cleaned as evidence is (`bot/keeping.py`), and then lies on the shelf; its name
there comes back as one more input of the same session, while the draft waits.
"""

from typing import TYPE_CHECKING

from flows.broadcast_draft import keep_text
from flows.events import AttachmentSent
from flows.session import Input

if TYPE_CHECKING:
    from flows.engine import Run

FOR_BROADCAST = "siaran"
"""Stands where an attachment's case does: this one belongs to none."""
_FLOW = "broadcasts"
_WAITS = ("text", "preview")
_COMING = "photo_coming"


def belongs(run: "Run", given: Input) -> bool:
    if given.kind == "attachment":
        return given.tip_id == FOR_BROADCAST
    if given.kind != "picture" or not run.person.officer:
        return False
    here = run.session.flow == _FLOW and run.session.node in _WAITS
    return here or _begins(run, given.text) is not None


def take(run: "Run", given: Input) -> None:
    if given.kind == "attachment":
        return _arrived(run, given)
    if begins := _begins(run, given.text):  # as the same words do when they are typed
        to, run.words = begins
        run.enter(to)
    if run.session.flow != _FLOW:
        return None
    if not given.media:
        return run.aside("broadcasts.photo_lost")
    if given.text and not begins and run.session.node == "text":
        scene = run.scene()
        keep_text(scene, given.text)
        run.session.answers = scene.answers
    if run.session.flow != _FLOW or not run.ports.broadcast_places():
        return None
    run.events.append(AttachmentSent(given.media, "photo", FOR_BROADCAST))
    run.bubbles.clear()
    return run.walk(_COMING)


def _arrived(run: "Run", given: Input) -> None:
    """Kept, or not; whoever went elsewhere meanwhile is told, and nothing of theirs is moved."""
    waits = run.session.flow == _FLOW and run.session.node == _COMING
    if given.payload != "kept":
        return (
            run.aside("broadcasts.photo_lost")
            if waits
            else run.bubble("broadcasts.photo_lost", None)
        )
    if not waits:
        return run.bubble("broadcasts.photo_late", None)
    run.session.answers["photo"] = given.media
    return run.walk("go_on")


def _begins(run: "Run", caption: str) -> tuple[str, str] | None:
    """Where "SIARAN …" or "PERINGATAN …" under a photo leads, and the words behind it."""
    found = run.catalog.triggers.command(caption) if caption.strip() else None
    return found if found and found[0] in (_FLOW, f"{_FLOW}:warning") else None
