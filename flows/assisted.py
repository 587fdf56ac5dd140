"""Assisted mode: two people look at one phone, and one of them can't read (the word DAMPINGI).

The helper reads lessons and checks aloud. Until the mode ends the bot treats whoever types as a
stranger: no name, progress or village, and nothing of theirs is kept. Only the conversations of
`_OPEN` can be entered (`gate`), so that no message of this chat speaks of a report or of anybody's
work, and what somebody adds to the bot later is closed here until it is let in.
"""

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

from flows import left
from flows.events import AttachmentTaken, Event, MessageCreated, OptedOut
from flows.nodes import Ask, Choice, Choose, Flow, Say, Scene
from flows.safety import hotline_lines
from flows.triggers import fold

if TYPE_CHECKING:
    from flows.engine import Run

NAME = "assisted"
SILENCE = timedelta(minutes=30)
"""After so long without a word the mode ends by itself: the phone has gone back to one person."""
_REPORT = "tip_off:start"
_OPEN = frozenset({NAME, "lessons", "check_recruiter", "free_text"})
"""With every lesson of the villagers' and helpers' own."""
_CARRIED_OUT = MessageCreated | OptedOut | AttachmentTaken
_NOT_ALOUD = frozenset({NAME, "lessons"})
"""Spoken to the helper, who chooses; all else is for the other one's ears."""


def flow() -> Flow:
    """The beginning of the mode, and what stands in place of a report."""
    on = Choice("on", "assisted.go_on", "start")
    report = Choice("report", "assisted.report_now", _REPORT)
    return Flow(
        NAME,
        {
            "start": Choose(
                "assisted.start",
                (
                    Choice("learn", "assisted.learn", "lessons:chapters"),
                    Choice("check", "welcome.check", "check_recruiter:ask_name"),
                    Choice("report", "welcome.report", "report"),
                    Choice("done", "assisted.done", "welcome:menu"),
                ),
                open=True,
                expires=SILENCE,
            ),
            "report": Choose("assisted.report", (report, on)),
            "danger": Say("tip_off.call_first", "danger_next", slots=_numbers),
            "danger_next": Choose("assisted.danger", (report, on)),
        },
        entries=("report", "danger"),
        expires=SILENCE,
    )


def _numbers(scene: Scene) -> dict[str, str]:
    return {"numbers": hotline_lines(scene.ports, "emergency")}


# ---- beginning and end


def settle(run: "Run", *, speaks: bool) -> None:
    """Before an input is taken: the mode may be over. Somebody who speaks is a stranger in it; what
    time does (a cry that goes out) is still done for the owner of the phone."""
    session = run.session
    if not session.assisting:
        return
    silent = int(run.ports.now.timestamp()) - session.waits_since
    if silent >= SILENCE.total_seconds():
        session.assisting = False
        run.forget_place()
    elif speaks:
        _hide(run)


def end(run: "Run") -> None:
    """The phone is its owner's again; nothing of the mode goes with them."""
    if run.session.assisting:
        run.session.assisting = False
        run.forget_place()
        run.person = run.owner or run.person


def kept(run: "Run") -> list[Event]:
    """Of what this turn wants to happen, all but what would be kept of an assisted person."""
    if not run.person.assisted:
        return run.events
    return [event for event in run.events if isinstance(event, _CARRIED_OUT)]


def _hide(run: "Run") -> None:
    run.owner = run.person
    run.person = replace(
        run.person, is_new=False, consented=False, opted_out=False, quiet=False, place=None,
        officer=None, done_lessons=frozenset(), assisted=True,
    )  # fmt: skip


# ---- what can be reached


def admits(run: "Run", flow_name: str) -> bool:
    """This conversation may be spoken while two people look."""
    is_open = flow_name in _OPEN or flow_name.startswith("lesson_")
    return is_open or not run.session.assisting


def takes_old(run: "Run", flow_name: str) -> bool:
    """A button of an earlier message of this conversation still counts."""
    return flow_name in _OPEN or not run.session.assisting


def gate(run: "Run", to: str) -> bool:
    """Every way into a conversation comes through here; True: another way was taken instead."""
    name, catalog = to.partition(":")[0], run.catalog
    if not run.session.assisting:
        if name == NAME:
            left.set_aside(run)
            _hide(run)
            run.session.assisting = True
        return False
    if admits(run, name):
        return False
    if run.session.flow == NAME and to in (_REPORT, catalog.menu):
        _leave(run)
        return False
    if to == catalog.menu:
        run.enter(NAME)
    elif to == catalog.danger:
        run.enter(f"{NAME}:danger")
    elif name == catalog.report:
        run.enter(f"{NAME}:report")
    elif name == catalog.human:
        # What was asked in the mode is not sent in the name of the phone's owner.
        _leave(run)
        run.enter(catalog.human)
    else:
        run.aside("assisted.closed")
    return True


def _leave(run: "Run") -> None:
    end(run)
    run.bubble("assisted.ended", None)


# ---- words


def comes_first(run: "Run", text: str) -> bool:
    """What is heard at every question: the words that end the mode, and an officer's commands."""
    if not run.session.assisting:
        return False
    if _ends(run, text):
        _leave(run)
        run.enter(run.catalog.menu)
        return True
    commands = bool(run.owner and run.owner.officer) and not isinstance(run.waiting_node(), Ask)
    if commands and run.catalog.triggers.command(text):
        run.aside("assisted.closed")
        return True
    return False


def _ends(run: "Run", text: str) -> bool:
    """SELESAI or MENU, but not the typed label of the choice that leads to the mode's beginning."""
    typed = fold(text.strip().removeprefix("/"))
    menu = typed in run.catalog.everywhere.get("menu", ())
    if menu and typed != fold(run.catalog.wording.say("common.to_menu")):
        return True
    found = run.catalog.triggers.match(text)
    return found is not None and found[0] == run.catalog.menu


def acts(run: "Run", action: str) -> bool:
    """The words that work in every state, where they mean something else here."""
    if not run.session.assisting:
        return False
    if action == "cancel":
        run.enter(NAME)
    elif action == "stop":
        # Whether news of a case may still come is a question for the owner alone: the next STOP.
        _leave(run)
        run.events.append(OptedOut())
        run.bubble("common.stopped", None)
    elif action in ("open", "delete", "start", "always_listen", "no_listen"):
        run.aside("assisted.closed")
    elif action == "help":
        run.aside("assisted.help")
    else:
        return False
    return True


def read_aloud(run: "Run") -> None:
    """One line before what is to be read to the other one, once in a message."""
    if not run.session.assisting or run.session.flow in _NOT_ALOUD:
        return
    line = run.catalog.wording.say("assisted.read_aloud")
    if all(bubble.text != line for bubble in run.bubbles):
        run.bubble("assisted.read_aloud", None)
