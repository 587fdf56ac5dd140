"""Which report an officer's command means, and how it stands with it. Shared by the desk's parts.

A command names its number, or means the only report that it fits. `guessed` in the answers says
that the number was not typed: words for a reporter are then read back before they leave.
"""

from collections.abc import Callable
from datetime import datetime

from flows.desk_words import read_number
from flows.nodes import Decide, Node, Option, Pick, Say, Scene
from flows.ports import OfficeTip, TipView

TAKEN = ("acknowledged", "answered")
OPEN = ("assigned", *TAKEN)
URGENT = {"now": "DARURAT ", "soon": "segera ", "none": ""}
MOST = 5

_FITS: dict[str, tuple[str, ...]] = {
    "take": ("assigned",),
    "read": OPEN,
    "hand_on": OPEN,
    "reply": TAKEN,
    "ask": TAKEN,
    "pause": TAKEN,
    "close": TAKEN,
}
"""The statuses in which a command can mean a report whose number was not typed."""


def commands(found: dict[str, str]) -> dict[str, Node]:
    """The entries, one for each command, and `…_this` for its button.

    `found` says where each goes once its report is known.
    """
    entries: dict[str, Node] = {
        act: Decide(
            _meant(act),
            {"found": then, "unknown": "unknown", "several": "which", "none": f"none_{act}"},
        )
        for act, then in found.items()
    }
    none: dict[str, Node] = {
        f"none_{act}": Say(
            "officer_desk.nothing" if "assigned" in _FITS[act] else "officer_desk.none_taken",
            "rest",
        )
        for act in found
    }
    return {
        **entries,
        **none,
        "unknown": Decide(_of_a_colleague, {"yes": "on_colleague", "no": "not_there"}),
        "on_colleague": Say("officer_desk.on_colleague", "rest", slots=_colleague),
        **{f"{act}_this": Decide(_this(act), {"next": then}) for act, then in found.items()},
        "which": Pick("officer_desk.which", _fitting, "number", "which_act", human=False),
        "which_act": Decide(lambda scene: scene.answers["act"], found),
        "not_there": Say("officer_desk.unknown", "rest"),
        "is_closed": Say("officer_desk.is_closed", "rest", slots=number),
        "is_withdrawn": Say("officer_desk.is_withdrawn", "rest", slots=number),
        "not_yours": Say("officer_desk.not_yours", "rest", slots=_owner),
        "not_taken": Say("officer_desk.not_taken", "rest", slots=number),
    }


ENDED = {
    "closed": "is_closed",
    "erased": "is_closed",
    "withdrawn": "is_withdrawn",
    "other": "not_yours",
}
"""Where `standing` leads with a report that is no longer the officer's to work on."""


def _meant(act: str) -> Callable[[Scene], str]:
    def look(scene: Scene) -> str:
        typed, rest = read_number(scene.words, or_length=act == "pause")
        scene.answers |= {"act": act, "rest": rest, "question": "", "guessed": ""}
        if typed:
            scene.answers["number"] = typed
            return "found" if view(scene) else "unknown"
        fitting = _fits(scene, act)
        if len(fitting) == 1:
            scene.answers |= {"number": str(fitting[0].number), "guessed": "yes"}
            return "found"
        return "several" if fitting else "none"

    return look


def _this(act: str) -> Callable[[Scene], str]:
    """Chosen by button under the report: which one is no question."""

    def look(scene: Scene) -> str:
        scene.answers |= {"act": act, "rest": "", "question": "", "guessed": ""}
        return "next"

    return look


def _fits(scene: Scene, act: str) -> list[TipView]:
    return [tip for tip in scene.ports.officer_tips() if tip.status in _FITS[act]]


def _fitting(scene: Scene) -> tuple[Option, ...]:
    return tuple(
        option(tip, scene.ports.now)
        for tip in _fits(scene, scene.answers.get("act", "read"))[:MOST]
    )


def option(tip: TipView, now: datetime) -> Option:
    """The deadline's hour when it is today, else its day: a row takes few letters."""
    due = "ditunda"
    if tip.due_at:
        due = (
            f"batas {tip.due_at:%H.%M}"
            if tip.due_at.date() == now.date()
            else (f"batas {tip.due_at:%d-%m}")
        )
    label = f"#{tip.number} {URGENT[tip.urgency]}{due}"
    return Option(str(tip.number), label, words=(str(tip.number),))


def view(scene: Scene) -> TipView | None:
    typed = scene.answers.get("number", "")
    return scene.ports.tip_by_number(int(typed)) if typed.isdecimal() else None


def standing(scene: Scene) -> str:
    """`closed`, `withdrawn`, `erased`, `other` (somebody else's), `new` (to be taken) or `taken`."""
    tip = view(scene)
    if tip is None:
        return "other"
    if tip.status not in OPEN:
        return tip.status
    if not tip.mine:
        return "other"
    return "taken" if tip.status in TAKEN else "new"


def present(scene: Scene) -> TipView:
    tip = view(scene)
    assert tip is not None, "the node before has looked it up"
    return tip


def number(scene: Scene) -> dict[str, str]:
    return {"number": scene.answers.get("number", "")}


def page(scene: Scene, below: str = "") -> str:
    """No secret: the page opens only for whoever is signed in and may see the report."""
    return f"{scene.ports.public_url()}/console/tip/{scene.answers.get('number', '')}{below}"


def _theirs(scene: Scene) -> OfficeTip | None:
    """The leader's own list shows it; only in the console can they move it."""
    typed = read_number(scene.words)[0]
    found = scene.ports.office_tips() if scene.ports.leads_office() else ()
    return next((tip for tip in found if tip.owner and str(tip.number) == typed), None)


def _of_a_colleague(scene: Scene) -> str:
    return "yes" if _theirs(scene) else "no"


def _colleague(scene: Scene) -> dict[str, str]:
    tip = _theirs(scene)
    if tip is None:
        return {"number": "-", "owner": "-", "taken": "-", "link": "-"}
    scene.answers["number"] = str(tip.number)
    return {"number": str(tip.number), "owner": tip.owner, "link": page(scene),
            "taken": "sudah diambil" if tip.status in TAKEN else "belum diambil"}  # fmt: skip


def _owner(scene: Scene) -> dict[str, str]:
    tip = view(scene)
    return number(scene) | {"owner": tip.owner if tip else "petugas lain"}
