"""The reporter comes back: what became of it, a message from the officer, more to tell, withdrawal."""

from datetime import timedelta

from flows.events import Event, TipDetailAdded, TipWithdrawn
from flows.nodes import (
    Ask,
    AskAgain,
    Choice,
    Choose,
    Decide,
    Emit,
    Flow,
    Node,
    Option,
    Pick,
    Say,
    Scene,
)
from flows.places import read_words
from flows.ports import TipView
from flows.safety import hotline_lines, mask_identity_numbers
from flows.times import say_time

STAYS_OPEN = timedelta(hours=1)
"""A case opened with its code closes itself: the phone may be read by others."""


def flow() -> Flow:
    return Flow("tip_status", _finding() | _reading(), entries=("mine",), expires=STAYS_OPEN)


def _finding() -> dict[str, Node]:
    return {
        "start": Decide(_typed_code, {"found": "status", "unknown": "code", "ask": "code"}),
        "code": Ask(
            "tip_status.code",
            "tip",
            "status",
            _read_code,
            skip=Choice("menu", "common.to_menu", "welcome:menu"),
        ),
        "mine": Decide(_mine, {"one": "status", "several": "which", "none": "code"}),
        "which": Pick("tip_status.which", _options, "tip", "status"),
    }


def _reading() -> dict[str, Node]:
    return {
        "status": Decide(_messages, {"mail": "mail", "open": "shown", "closed": "closed"}),
        "mail": Say("tip_status.mail", "read", slots=_mail),
        "read": Decide(_still_open, {"open": "answer", "closed": "closed"}),
        "answer": Pick("tip_status.answer", _instead, "instead", "chose", free="typed"),
        "chose": Decide(
            lambda scene: scene.answers["instead"], {"later": "shown", "withdraw": "withdraw"}
        ),
        "typed": Decide(_typed_answer, {"told": "told", "again": "answer"}),
        "shown": Choose(
            "tip_status.shown",
            (
                Choice("reply", "tip_status.reply", "more"),
                Choice("withdraw", "tip_status.withdraw", "withdraw"),
                Choice("menu", "common.to_menu", "welcome:menu"),
            ),
            slots=_status,
        ),
        "closed": Choose(
            "tip_status.closed",
            (
                Choice("menu", "common.to_menu", "welcome:menu"),
                Choice("report", "tip_status.report_new", "tip_off:start"),
            ),
            slots=_status,
        ),
        "more": Ask("tip_status.more", "more", "told", _read_more),
        "told": Decide(_still_open, {"open": "add", "closed": "closed"}),
        "add": Emit(_add, "added_how"),
        "added_how": Decide(
            lambda scene: "urgent" if scene.answers.get("danger") else "calm",
            {"urgent": "call_first", "calm": "added"},
        ),
        "call_first": Say("tip_off.call_first", "added", slots=_numbers),
        "added": Say("tip_status.added", "welcome:menu"),
        "withdraw": Choose(
            "tip_status.withdraw_ask",
            (Choice("yes", "common.yes", "withdrawn"), Choice("no", "common.no", "status")),
        ),
        "withdrawn": Emit(lambda scene: [TipWithdrawn(scene.answers["tip"])], "gone"),
        "gone": Say("tip_status.gone", "welcome:menu"),
    }


def _find(scene: Scene, code: str) -> bool:
    view = scene.ports.tip_by_receipt(code)
    if view:
        scene.answers["tip"], scene.answers["receipt"] = view.id, code
    return view is not None


def _typed_code(scene: Scene) -> str:
    if not scene.words.strip():
        return "ask"
    return "found" if _find(scene, scene.words) else "unknown"


def _read_code(text: str, scene: Scene) -> str:
    if not _find(scene, text):
        raise AskAgain("tip_status.unknown_code")
    return scene.answers["tip"]


def _mine(scene: Scene) -> str:
    views = scene.ports.reporter_tips()
    if len(views) == 1:
        scene.answers["tip"] = views[0].id
    return "one" if len(views) == 1 else "several" if views else "none"


def _options(scene: Scene) -> tuple[Option, ...]:
    return tuple(
        Option(view.id, f"Tanggal {view.opened_at:%d-%m %H.%M}")
        for view in scene.ports.reporter_tips()[:4]
    )


def _view(scene: Scene) -> TipView | None:
    """The case, found anew each time: by its code, or by this chat being its return address."""
    if receipt := scene.answers.get("receipt"):
        return scene.ports.tip_by_receipt(receipt)
    mine = scene.ports.reporter_tips()
    return next((view for view in mine if view.id == scene.answers.get("tip")), None)


def _messages(scene: Scene) -> str:
    view = _view(scene)
    if view is None or view.status in ("closed", "withdrawn"):
        return "mail" if view and scene.ports.reporter_messages(view.id) else "closed"
    return "mail" if scene.ports.reporter_messages(view.id) else "open"


def _still_open(scene: Scene) -> str:
    """Nobody reads what is written into a case that has ended meanwhile."""
    view = _view(scene)
    return "open" if view and view.status not in ("closed", "withdrawn") else "closed"


def _mail(scene: Scene) -> dict[str, str]:
    return {"messages": "\n".join(scene.ports.reporter_messages(scene.answers["tip"])[-3:])}


def _status(scene: Scene) -> dict[str, str]:
    view = _view(scene)
    if view is None:
        return {"status": "sudah ditutup", "owner": "-", "due": "-"}
    words = {
        "assigned": "menunggu petugas",
        "acknowledged": "sedang ditangani",
        "answered": "sudah dijawab, sedang ditindaklanjuti",
        "closed": "sudah ditutup",
        "withdrawn": "sudah ditarik",
    }
    return {
        "status": words.get(view.status, view.status),
        "owner": view.owner,
        "due": say_time(view.due_at) if view.due_at else "-",
    }


def _instead(scene: Scene) -> tuple[Option, ...]:
    """Whatever else is typed is the answer itself."""
    return (
        Option("later", "Nanti saja", ("nanti", "lihat keadaan")),
        Option("withdraw", "Tarik laporan", ("tarik", "tarik saja")),
    )


def _typed_answer(scene: Scene) -> str:
    try:
        scene.answers["more"] = _read_more(scene.words, scene)
    except AskAgain:
        return "again"
    return "told"


def _read_more(text: str, scene: Scene) -> str:
    return mask_identity_numbers(read_words(text, scene))


def _numbers(scene: Scene) -> dict[str, str]:
    return {"numbers": hotline_lines(scene.ports, "emergency")}


def _add(scene: Scene) -> list[Event]:
    danger = bool(scene.answers.get("danger"))
    return [TipDetailAdded(scene.answers["tip"], scene.answers.pop("more"), danger)]
