"""In a coordination group: who is who, who comes, who does what, what was agreed.

Village officials and agencies speak for their office here, and are told openly what is kept. What
sounds like a report is not: it goes to the private chat, as from everybody.
"""

from collections.abc import Callable

from flows.events import Event
from flows.group_plan import (
    GroupView,
    Item,
    ItemAdded,
    ItemDone,
    ItemJoined,
    RoleForgotten,
    RoleSaid,
)
from flows.nodes import Decide, Emit, End, Flow, Node, Say, Scene
from flows.officer_groups import item_line
from flows.safety import mask_identity_numbers
from flows.understanding import Understander

MOST_TEXT = 300
MOST_ROLE = 60
MOST_LISTED = 8
DO, COME = "do", "come"
"""Entries that a button leads to; the item's number stands behind them in its payload."""


def flow(understander: Understander) -> Flow:
    return Flow(
        "coordination",
        {
            "help": Say("coordination.help", "end", slots=_link),
            **_roles(),
            **_adding("task", "task_said", understander),
            **_adding("note", "note_said", understander),
            **_attending(understander),
            **_doing(),
            "list": Decide(lambda scene: "some" if _open(scene) else "none",
                           {"some": "list_text", "none": "nothing_open"}),
            "list_text": Say("coordination.list", "end", slots=_listed),
            "nothing_open": Say("coordination.nothing_open", "end"),
            "hidden": Say("coordination.hidden", "end"),
            "stranger": Say("coordination.stranger", "end"),
            "report": Say("coordination.report", "end", slots=_link),
            "no_item": Say("coordination.no_item", "end"),
            "end": End(),
        },
        entries=("role", "task", "note", "attend", "done", "list", DO, COME),
    )  # fmt: skip


def _roles() -> dict[str, Node]:
    def read(scene: Scene) -> str:
        said = mask_identity_numbers(" ".join(scene.words.split()))[:MOST_ROLE]
        if not _here(scene).speaker:
            return "hidden"
        if not said:
            return "how"
        if said.casefold() == "hapus":
            return "forget"
        scene.answers["role"] = said
        return "keep"

    return {
        "role": Decide(read, {"hidden": "hidden", "how": "role_how", "forget": "forget",
                              "keep": "role_said"}),
        "role_how": Say("coordination.role_how", "end"),
        "role_said": Emit(lambda scene: [RoleSaid(scene.answers["role"])], "role_kept"),
        "role_kept": Say("coordination.role_kept", "end", slots=_role),
        "forget": Emit(lambda _: [RoleForgotten()], "forgotten"),
        "forgotten": Say("coordination.forgotten", "end"),
    }  # fmt: skip


def _adding(kind: str, said: str, understander: Understander) -> dict[str, Node]:
    def read(scene: Scene) -> str:
        return _gate(scene) or _text(scene, understander)

    def add(scene: Scene) -> list[Event]:
        scene.answers["number"] = str(scene.ports.next_item())
        return [ItemAdded("task" if kind == "task" else "note", scene.answers["text"])]

    return {
        kind: Decide(read, _GATE | {"how": f"{kind}_how", "yes": f"{kind}_added"}),
        f"{kind}_how": Say(f"coordination.{kind}_how", "end"),
        f"{kind}_added": Emit(add, said),
        said: Say(f"coordination.{said}", "end", slots=_item,
                  buttons=_button(DO, "coordination.do") if kind == "task" else None),
    }  # fmt: skip


def _attending(understander: Understander) -> dict[str, Node]:
    """/hadir alone is for the newest meeting, with a number for that one, with words a new one."""

    def read(scene: Scene) -> str:
        if closed := _gate(scene):
            return closed
        words = scene.words.strip()
        meetings = [item for item in scene.ports.items() if _is_open_meeting(item)]
        if not words:
            return _found(scene, meetings[-1] if meetings else None, "how")
        if words.lstrip("#").isdecimal():
            number = int(words.lstrip("#")[:9])
            return _found(scene, _by_number(meetings, number), "gone")
        return _text(scene, understander)

    def pressed(scene: Scene) -> str:
        if closed := _gate(scene):
            return closed
        meetings = [item for item in scene.ports.items() if _is_open_meeting(item)]
        return _found(scene, _by_number(meetings, _number(scene)), "gone")

    def call(scene: Scene) -> list[Event]:
        number = scene.ports.next_item()
        scene.answers["number"] = str(number)
        return [ItemAdded("meeting", scene.answers["text"]), ItemJoined(number)]

    return {
        "attend": Decide(read, _GATE | {"how": "attend_how", "gone": "no_item", "there": "coming",
                                        "yes": "meeting_added"}),
        COME: Decide(pressed, _GATE | {"gone": "no_item", "there": "coming"}),
        "attend_how": Say("coordination.attend_how", "end"),
        "coming": Emit(lambda scene: [ItemJoined(int(scene.answers["number"]))], "coming_said"),
        "coming_said": Say("coordination.coming_said", "end", slots=_mine),
        "meeting_added": Emit(call, "meeting_said"),
        "meeting_said": Say("coordination.meeting_said", "end", slots=_item,
                            buttons=_button(COME, "coordination.come")),
    }  # fmt: skip


def _doing() -> dict[str, Node]:
    def pressed(scene: Scene) -> str:
        if closed := _gate(scene):
            return closed
        tasks = [item for item in scene.ports.items() if item.kind == "task" and item.is_open]
        return _found(scene, _by_number(tasks, _number(scene)), "gone")

    def ended(scene: Scene) -> str:
        if closed := _gate(scene):
            return closed
        there = [item for item in scene.ports.items() if item.kind != "note" and item.is_open]
        return _found(scene, _by_number(there, _number(scene)), "gone")

    return {
        DO: Decide(pressed, _GATE | {"gone": "no_item", "there": "taken"}),
        "taken": Emit(lambda scene: [ItemJoined(int(scene.answers["number"]))], "taken_said"),
        "taken_said": Say("coordination.taken_said", "end", slots=_mine),
        "done": Decide(ended, _GATE | {"gone": "no_item", "there": "ended"}),
        "ended": Emit(lambda scene: [ItemDone(int(scene.answers["number"]))], "done_said"),
        "done_said": Say("coordination.done_said", "end", slots=_mine),
    }


# ---- who may, and what is taken

_GATE = {"hidden": "hidden", "stranger": "stranger", "report": "report"}


def _gate(scene: Scene) -> str:
    """ "" for a member who has said their role."""
    if not _here(scene).speaker:
        return "hidden"
    return "" if scene.ports.my_role() else "stranger"


def _text(scene: Scene, understander: Understander) -> str:
    words = " ".join(scene.words.split())
    if not words:
        return "how"
    if understander.read(words).intent == "report":
        return "report"
    scene.answers["text"] = mask_identity_numbers(words)[:MOST_TEXT]
    return "yes"


def _found(scene: Scene, item: Item | None, otherwise: str) -> str:
    if item is None:
        return otherwise
    scene.answers["number"], scene.answers["text"] = str(item.number), item.text
    return "there"


def _is_open_meeting(item: Item) -> bool:
    return item.kind == "meeting" and item.is_open


def _by_number(items: list[Item], number: int) -> Item | None:
    return next((item for item in items if item.number == number), None)


def _number(scene: Scene) -> int:
    words = scene.words.strip().lstrip("#")
    return int(words[:9]) if words.isdecimal() else 0


def _open(scene: Scene) -> list[Item]:
    return [item for item in scene.ports.items() if item.is_open and item.kind != "note"]


# ---- words


def _here(scene: Scene) -> GroupView:
    group = scene.ports.group()
    assert group is not None, "this flow is entered from a group only"
    return group


def _button(entry: str, label: str) -> Callable[[Scene], tuple[tuple[str, str], ...]]:
    """(text key of the label, payload) of the one button under an item."""
    return lambda scene: ((label, f"coordination.{entry}.{scene.answers['number']}"),)


def _link(scene: Scene) -> dict[str, str]:
    return {"link": scene.ports.private_link("lapor")}


def _role(scene: Scene) -> dict[str, str]:
    return {"name": _here(scene).speaker, "role": scene.answers["role"]}


def _item(scene: Scene) -> dict[str, str]:
    return {"number": scene.answers["number"], "text": scene.answers["text"]}


def _mine(scene: Scene) -> dict[str, str]:
    who = f"{_here(scene).speaker}, {scene.ports.my_role()}"
    return {"number": scene.answers["number"], "text": scene.answers["text"], "who": who}


def _listed(scene: Scene) -> dict[str, str]:
    found = _open(scene)
    lines = [item_line(item) for item in found[:MOST_LISTED]]
    if len(found) > MOST_LISTED:
        lines.append(f"dan {len(found) - MOST_LISTED} lagi")
    return {"items": "\n".join(lines)}
