"""GRUP in an officer's chat: the groups of the villages, codes for new ones, minutes, and LEPAS."""

from collections.abc import Iterator

from flows.events import Event
from flows.group_plan import GroupInvited, GroupUnbound, Item, OfficerGroup
from flows.nodes import Choice, Choose, Decide, Emit, End, Flow, Node, Option, Pick, Say, Scene
from flows.paging import paged
from flows.village_group import KINDS

MOST_SHOWN = 5
MOST_MINUTES = 900
"""Characters of minutes in one message; the newest are shown."""
_TROUBLE = {"left": ", bot sudah dikeluarkan", "muted": ", bot tidak boleh menulis"}


def flow() -> Flow:
    return Flow("officer_groups", _list() | _codes() | _minutes() | _undoing(),
                entries=("undo",))  # fmt: skip


def _list() -> dict[str, Node]:
    ways = (
        Choice("residents", "officer_groups.residents", "for_residents"),
        Choice("coordination", "officer_groups.coordination", "for_officials"),
        Choice("minutes", "officer_groups.minutes", "minutes"),
    )
    return {
        "start": Decide(
            _who,
            {"stranger": "stranger", "none": "no_villages", "new": "none_yet", "some": "list"},
        ),
        "stranger": Say("officer_desk.stranger", "welcome:menu"),
        "no_villages": Say("officer_desk.no_villages", "rest"),
        "none_yet": Choose("officer_groups.none_yet", ways[:2], human=False),
        "list": Choose("officer_groups.list", ways, slots=_lines, human=False),
        "rest": End(),
    }


def _codes() -> dict[str, Node]:
    def chosen(kind: str) -> Decide:
        def choose(scene: Scene) -> str:
            scene.answers["group_kind"] = kind
            return "which"

        return Decide(choose, {"which": "which"})

    return {
        "for_residents": chosen("residents"),
        "for_officials": chosen("coordination"),
        **paged("which", _villages, "place", "code", text="officer_groups.which",
                other="lessons.other", free="start", human=False),
        "code": Emit(_invite, "code_text"),
        "code_text": Say("officer_groups.code", "rest", slots=_code),
    }  # fmt: skip


def _minutes() -> dict[str, Node]:
    def which(scene: Scene) -> str:
        return "some" if _coordinating(scene) else "none"

    def any_items(scene: Scene) -> str:
        return "some" if scene.ports.minutes(int(scene.answers["group"])) else "none"

    return {
        "minutes": Decide(which, {"some": "minutes_which", "none": "no_coordination"}),
        "no_coordination": Say("officer_groups.no_coordination", "rest"),
        "minutes_which": Pick("officer_groups.minutes_which", _coordinating, "group", "look_up",
                              human=False),
        "look_up": Decide(any_items, {"some": "minutes_text", "none": "minutes_empty"}),
        "minutes_text": Say("officer_groups.minutes_text", "rest", slots=_said),
        "minutes_empty": Say("officer_groups.minutes_empty", "rest"),
    }  # fmt: skip


def _undoing() -> dict[str, Node]:
    """LEPAS 3: a group that was bound by mistake, or by whoever got hold of the code."""
    return {
        "undo": Decide(
            _which_to_undo, {"yes": "undoing", "no": "undo_how", "stranger": "stranger"}
        ),
        "undoing": Emit(_undo, "undone"),
        "undone": Say("officer_groups.undone", "rest", slots=_undone),
        "undo_how": Say("officer_groups.undo_how", "rest"),
    }


def _who(scene: Scene) -> str:
    if not scene.person.officer:
        return "stranger"
    if scene.ports.officer_groups():
        return "some"
    return "new" if scene.ports.officer_villages() else "none"


def _villages(scene: Scene) -> tuple[Option, ...]:
    return tuple(Option(place.code, place.name) for place in scene.ports.officer_villages())


def _coordinating(scene: Scene) -> tuple[Option, ...]:
    found = [one for one in scene.ports.officer_groups() if one.kind == "coordination"]
    return tuple(Option(str(one.id), f"#{one.id} {one.place_name}") for one in found[:MOST_SHOWN])


def _lines(scene: Scene) -> dict[str, str]:
    found = scene.ports.officer_groups()
    lines = [_line(one) for one in found[:MOST_SHOWN]]
    if len(found) > MOST_SHOWN:
        lines.append(f"dan {len(found) - MOST_SHOWN} grup lagi")
    return {"groups": "\n".join(lines)}


def _line(group: OfficerGroup) -> str:
    return f"#{group.id} {KINDS[group.kind]} {group.place_name}{_TROUBLE.get(group.trouble, '')}"


def _invite(scene: Scene) -> list[Event]:
    code = scene.answers["group_code"] = scene.ports.new_receipt()[:9]
    kind = scene.answers["group_kind"]
    place = scene.answers["place"]
    return [GroupInvited(code, place, "coordination" if kind == "coordination" else "residents")]


def _code(scene: Scene) -> dict[str, str]:
    return {"code": scene.answers["group_code"], "kind": KINDS[scene.answers["group_kind"]]}


def _which_to_undo(scene: Scene) -> str:
    if not scene.person.officer:
        return "stranger"
    number = scene.words.strip().lstrip("#")
    if not number.isdecimal():
        return "no"
    scene.answers["group"] = number[:9]
    mine = {one.id: one for one in scene.ports.officer_groups()}
    if int(number[:9]) not in mine:
        return "no"
    scene.answers["place"] = mine[int(number[:9])].place_name
    return "yes"


def _undo(scene: Scene) -> list[Event]:
    return [GroupUnbound(int(scene.answers["group"]))]


def _undone(scene: Scene) -> dict[str, str]:
    return {"number": scene.answers["group"], "place": scene.answers["place"]}


def _said(scene: Scene) -> dict[str, str]:
    items = scene.ports.minutes(int(scene.answers["group"]))
    return {"minutes": minutes(items)}


def minutes(items: tuple[Item, ...]) -> str:
    """What was agreed, who does what, who came; the newest first, as much as one message holds."""
    lines = list(_newest(items))
    if len(lines) < len(items):
        lines.append(f"dan {len(items) - len(lines)} catatan yang lebih lama")
    return "\n".join(lines)


def _newest(items: tuple[Item, ...]) -> Iterator[str]:
    used = 0
    for item in reversed(items):
        line = item_line(item)
        used += len(line) + 1
        if used > MOST_MINUTES:
            return
        yield line


def item_line(item: Item) -> str:
    """`#4 Tugas: pasang poster (Budi, kepala dusun) selesai`."""
    kind = {"task": "Tugas", "meeting": "Acara", "note": "Sepakat"}[item.kind]
    who = f" ({'; '.join(item.who)})" if item.who else ""
    nobody = " (belum ada yang mengerjakan)" if item.kind == "task" and not item.who else ""
    ended = "" if item.is_open or item.kind == "note" else ", selesai"
    day = f" {item.at:%d-%m}" if item.at else ""
    return f"#{item.number}{day} {kind}: {item.text}{who}{nobody}{ended}"
