""" "0": a human. Who answers, when, and the question gets an owner and a deadline."""

from flows.events import AttachmentSent, Event, TipOpened
from flows.nodes import Ask, Choice, Choose, Decide, Emit, Flow, Say, Scene
from flows.places import read_words
from flows.safety import hotline_lines, mask_identity_numbers
from flows.times import say_time


def flow() -> Flow:
    return Flow(
        "ask_human",
        {
            "start": Decide(_duty, {"open": "open", "closed": "closed"}),
            "open": Say("ask_human.open", "question", slots=_desk),
            "closed": Say("ask_human.closed", "question", slots=_desk),
            "question": Ask(
                "ask_human.question",
                "question",
                "send",
                read_words,
                human=False,
                skip=Choice("menu", "common.to_menu", "welcome:menu"),
            ),
            "with_words": Decide(_carry, {"ask": "start", "send": "send"}),
            "send": Emit(_open, "promise"),
            "promise": Decide(_promise, {"owned": "sent", "nobody": "sent_nobody"}),
            "sent": Say("ask_human.sent", "forget", slots=_sent),
            "sent_nobody": Say("ask_human.sent_nobody", "forget", slots=_sent),
            "forget": Decide(_forget, {"next": "after"}),
            "after": Choose(
                "ask_human.after",
                (
                    Choice("menu", "common.to_menu", "welcome:menu"),
                    Choice("report", "welcome.report", "tip_off:start"),
                ),
                human=False,
                open=True,
            ),
        },
        entries=("with_words",),
    )


def _place(scene: Scene) -> str:
    return scene.person.place.code if scene.person.place else ""


def _duty(scene: Scene) -> str:
    return "open" if scene.ports.desk(_place(scene), "none").on_duty else "closed"


def _desk(scene: Scene) -> dict[str, str]:
    desk = scene.ports.desk(_place(scene), "none", told=scene.answers.get("question", ""))
    return {
        "owner": desk.owner,
        "office": desk.office_name,
        "hours": desk.hours,
        "due": say_time(desk.due_at) if desk.due_at else "-",
        "numbers": hotline_lines(scene.ports, "question"),
    }


def _carry(scene: Scene) -> str:
    """A question that was already typed elsewhere need not be typed again."""
    question = scene.answers.get("question", "")
    return "send" if question else "ask"


def _open(scene: Scene) -> list[Event]:
    receipt = scene.ports.new_receipt()
    scene.answers["receipt"] = receipt
    # The question itself, when it was spoken and nobody here can hear it (flows/voices.py).
    voice = scene.answers.pop("voice", "")
    return [
        TipOpened(
            receipt=receipt,
            topic="question",
            urgency="none",
            place_code=_place(scene),
            report={"question": mask_identity_numbers(scene.answers["question"])},
        ),
        *([AttachmentSent(voice, "voice", receipt=receipt)] if voice else []),
    ]


def _promise(scene: Scene) -> str:
    desk = scene.ports.desk(_place(scene), "none", told=scene.answers["question"])
    return "owned" if desk.reachable else "nobody"


def _forget(scene: Scene) -> str:
    """The question is sealed now; the menu behind it keeps nothing of it."""
    scene.answers.clear()
    return "next"


def _sent(scene: Scene) -> dict[str, str]:
    return _desk(scene) | {"receipt": scene.answers["receipt"]}
