"""PENERUS: the admin of a real WhatsApp group agrees to forward, and says when it is done."""

import re

from flows.broadcast_names import nobodys
from flows.campaign_plan import RelayAgreed, RelayAnswered, RelayInvited, RelayTaskView
from flows.events import ConsentGiven, Event
from flows.nodes import (
    Ask,
    Choice,
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
)
from flows.paging import paged

CONSENT = "relays.agree"
"""The text that is agreed to."""
PURPOSE = "relay"
LONGEST_LABEL = 40
_CODE = re.compile(r"[0-9A-Za-z]{4}[ -]?[0-9A-Za-z]{4}")
_ANSWERS = (
    Choice("done", "relays.done", "done"),
    Choice("cannot", "relays.cannot", "cannot"),
)


def flow(consent_version: str) -> Flow:
    def agree(scene: Scene) -> list[Event]:
        return [ConsentGiven(PURPOSE, consent_version), RelayAgreed(scene.answers["code"])]

    nodes: dict[str, Node] = {
        "start": Decide(
            _came,
            {"code": "agree", "bad": "bad_code", "words": "not_ours", "office": "where",
             "waits": "which", "none": "nothing", "desk": "no_villages"},
        ),
        "not_ours": Goto("free_text"),
        "bad_code": Say("relays.bad_code", "welcome:menu"),
        "nothing": Say("relays.nothing", "welcome:menu"),
        "no_villages": Say("officer_desk.no_villages", "rest"),
        "agree": Choose(
            CONSENT,
            (Choice("yes", "relays.yes", "bind"), Choice("no", "common.rather_not", "not_bound")),
            slots=_invitation,
        ),
        "bind": Emit(agree, "bound"),
        "bound": Say("relays.bound", "rest", slots=_invitation),
        "not_bound": Say("relays.not_bound", "welcome:menu"),
        "rest": End(),
    }  # fmt: skip
    return Flow("relays", nodes | _inviting() | _forwarding(), entries=("kit",))


def _inviting() -> dict[str, Node]:
    """The officer's side."""
    return {
        **paged("where", _villages, "place", "label", text="relays.where",
                other="lessons.other", free="where", human=False),
        "label": Ask("relays.label", "label", "invite", _read_label, human=False),
        "invite": Emit(_invite, "invited"),
        "invited": Say("relays.invited", "rest", slots=_invited),
    }  # fmt: skip


def _forwarding() -> dict[str, Node]:
    """What is pushed, and what is pressed: at once, or days later in an old message."""
    return {
        "kit": Decide(_next, {"first": "hand", "again": "remind", "none": "nothing"}),
        "hand": Choose("relays.kit", _ANSWERS, slots=_label, open=True),
        "remind": Choose("relays.remind", _ANSWERS, slots=_label, open=True),
        "done": Decide(_which, {"one": "mark_done", "several": "which", "none": "nothing"}),
        "cannot": Decide(
            _which, {"one": "mark_cannot", "several": "which_cannot", "none": "nothing"}
        ),
        "which": Pick("relays.which", _tasks, "task", "mark_done"),
        "which_cannot": Pick("relays.which_cannot", _tasks, "task", "mark_cannot"),
        "mark_done": Emit(lambda scene: _answer(scene, done=True), "thanks"),
        "mark_cannot": Emit(lambda scene: _answer(scene, done=False), "understood"),
        "thanks": Say("relays.thanks", "rest"),
        "understood": Say("relays.understood", "rest"),
    }


# ---- who comes


def _came(scene: Scene) -> str:
    words = scene.words.strip()
    if not words:
        if scene.person.officer and scene.ports.officer_villages():
            return "office"
        if _handed(scene):
            return "waits"
        return "desk" if scene.person.officer else "none"
    if not _CODE.fullmatch(words):
        return "words"
    scene.answers["code"] = words
    return "code" if scene.ports.relay_invitation(words) else "bad"


def _invitation(scene: Scene) -> dict[str, str]:
    found = scene.ports.relay_invitation(scene.answers["code"])
    return {
        "place": found.place_name if found else "",
        "office": found.office if found else scene.ports.office_name(),
        "group": found.label if found else "",
    }


# ---- the officer


def _villages(scene: Scene) -> tuple[Option, ...]:
    return tuple(Option(place.code, place.name) for place in scene.ports.officer_villages())


def _read_label(text: str, _: Scene) -> str:
    return label_of(text)


def label_of(text: str) -> str:
    """Of a group, and not of a person. Raises AskAgain."""
    return nobodys(text)[:LONGEST_LABEL]


def _invite(scene: Scene) -> list[Event]:
    code = scene.answers["relay_code"] = scene.ports.new_receipt()[:9]
    return [RelayInvited(code, scene.answers["place"], scene.answers["label"])]


def _invited(scene: Scene) -> dict[str, str]:
    return {"code": scene.answers["relay_code"], "group": scene.answers["label"]}


# ---- the admin


def _next(scene: Scene) -> str:
    tasks = scene.ports.relay_tasks()
    if not tasks:
        return "none"
    scene.answers["task"], scene.answers["label"] = tasks[0].key, tasks[0].label
    return "again" if tasks[0].again else "first"


def _label(scene: Scene) -> dict[str, str]:
    return {"group": scene.answers.get("label", "")}


def _which(scene: Scene) -> str:
    """The one that was asked about; pressed in an old message, the only one or a choice."""
    tasks = _handed(scene)
    if any(task.key == scene.answers.get("task") for task in tasks):
        return "one"
    if len(tasks) == 1:
        scene.answers["task"] = tasks[0].key
        return "one"
    return "several" if tasks else "none"


def _handed(scene: Scene) -> list[RelayTaskView]:
    """What cannot have been forwarded yet is not asked about."""
    return [task for task in scene.ports.relay_tasks() if task.again]


def _tasks(scene: Scene) -> tuple[Option, ...]:
    return tuple(Option(task.key, f"{task.label}: {task.begins}") for task in _handed(scene)[:5])


def _answer(scene: Scene, *, done: bool) -> list[Event]:
    return [RelayAnswered(scene.answers["task"], "forwarded" if done else "declined")]
