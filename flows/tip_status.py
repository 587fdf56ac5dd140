"""The reporter comes back: what became of it, a message from the officer, more to tell, withdrawal."""

from datetime import timedelta

from flows import receipt_codes, tip_status_more
from flows.events import (
    ContactShared,
    Event,
    ReceiptTried,
    TipDetailAdded,
    TipSeen,
    TipWithdrawn,
)
from flows.nodes import (
    Ask,
    AskAgain,
    Choice,
    Choose,
    Decide,
    Emit,
    End,
    Flow,
    Node,
    Option,
    Pick,
    Say,
    Scene,
)
from flows.places import read_words
from flows.ports import TipView
from flows.safety import hotline_lines
from flows.times import say_time
from flows.triggers import fold

STAYS_OPEN = timedelta(hours=1)
"""A case opened with its code closes itself: the phone may be read by others."""
SHOWN = 160
_LOST = frozenset(["lupa", "hilang", "ilang", "kehilangan", "kelupaan", "kesupen", "lali"])
_GONE = ("withdrawn", "erased")
_CHANGES = {
    "moved": "dialihkan ke petugas berikutnya",
    "taken": "sudah diterima petugas",
    "closed": "sudah ditutup",
}


def flow() -> Flow:
    return Flow(
        "tip_status",
        _finding()
        | _reading()
        | _telling()
        | tip_status_more.nodes(_still_open)
        | _sharing()
        | _ending(),
        entries=("mine", "take_back", "photo"),
        expires=STAYS_OPEN,
    )


def _finding() -> dict[str, Node]:
    return {
        "start": Decide(_typed_code, {"typed": "look", "ask": "code"}),
        "code": Ask(
            "tip_status.code",
            "typed",
            "look",
            _read_code,
            skip=Choice("menu", "common.to_menu", "welcome:menu"),
        ),
        "look": Decide(_look, {"found": "opened", "unknown": "missed"}),
        "opened": Emit(lambda scene: [ReceiptTried(scene.answers["tip"])], "status"),
        "missed": Emit(lambda scene: [ReceiptTried()], "unknown"),
        "unknown": Say("tip_status.unknown_code", "code"),
        "mine": Decide(_mine, {"one": "status", "several": "which", "none": "code"}),
        "take_back": Decide(
            _mine, {"one": "take_back_it", "several": "take_back_which", "none": "code"}
        ),
        "take_back_which": Pick("tip_status.which", _options, "tip", "take_back_it"),
        "take_back_it": Decide(_how_ended, {"kept": "withdraw", "withdrawn": "gone_before"}),
        "which": Pick("tip_status.which", _options, "tip", "status"),
    }


def _reading() -> dict[str, Node]:
    """What has changed comes first: of a hidden report nobody could tell it before."""
    return {
        "status": Decide(_changes, {"some": "changes", "none": "seen"}),
        "changes": Say("tip_status.changes", "seen", slots=_changed),
        "seen": Emit(lambda scene: [TipSeen(scene.answers["tip"])], "reached"),
        "reached": Decide(_reached, {"told": "inside", "quiet": "quiet"}),
        "quiet": Say("tip_status.quiet", "inside"),
        "inside": Decide(_messages, {"mail": "mail", "open": "shown", "ended": "ended"}),
        "mail": Say("tip_status.mail", "read", slots=_mail),
        "read": Decide(_still_open, {"open": "answer", "ended": "ended"}),
        "answer": Pick("tip_status.answer", _instead, "instead", "chose", free="typed"),
        "chose": Decide(
            lambda scene: scene.answers["instead"], {"later": "shown", "withdraw": "withdraw"}
        ),
        "typed": Decide(_typed_answer, {"told": "told", "again": "answer"}),
        "shown": Choose(
            "tip_status.shown",
            (
                Choice("reply", "tip_status.reply", "reply"),
                Choice("withdraw", "tip_status.withdraw", "withdraw"),
                Choice("share", "tip_status.share", "share"),
                Choice("menu", "common.to_menu", "welcome:menu"),
            ),
            slots=_status,
            beside="beside",
        ),
    }


def _telling() -> dict[str, Node]:
    return {
        "reply": Decide(_any_words, {"some": "once_more", "none": "more"}),
        "once_more": Say("tip_status.mail", "more", slots=_last_words),
        "more": Ask("tip_status.more", "more", "told", read_words),
        "told": Decide(_still_open, {"open": "add", "ended": "ended"}),
        "add": Emit(_add, "added_how"),
        "added_how": Decide(
            lambda scene: "urgent" if scene.answers.get("danger") else "calm",
            {"urgent": "call_first", "calm": "added"},
        ),
        "call_first": Say("tip_off.call_first", "added", slots=_numbers),
        "added": Say("tip_status.added", "welcome:menu"),
    }


def _sharing() -> dict[str, Node]:
    """The officer never sees who it is, unless the reporter says so, in words of their own."""
    return {
        "share": Decide(_shared_before, {"yes": "shared_before", "no": "share_words"}),
        "shared_before": Say("tip_status.shared_before", "shown"),
        "share_words": Ask(
            "tip_status.share_words",
            "contact",
            "share_what",
            read_words,
            skip=Choice("menu", "common.to_menu", "welcome:menu"),
        ),
        "share_what": Decide(_cry_or_contact, {"cry": "told", "contact": "share_ask"}),
        "share_ask": Choose(
            "tip_status.share_ask",
            (Choice("yes", "common.yes", "share_now"), Choice("no", "common.rather_not", "shown")),
            slots=lambda scene: {"contact": scene.answers.get("contact", "")[:SHOWN]},
        ),
        "share_now": Decide(
            _may_share, {"open": "share_it", "ended": "ended", "twice": "shared_before"}
        ),
        "share_it": Emit(_share, "shared"),
        "shared": Say("tip_status.shared", "welcome:menu"),
    }


def _ending() -> dict[str, Node]:
    return {
        "ended": Decide(_how_ended, {"kept": "closed", "withdrawn": "gone_before"}),
        "closed": Choose(
            "tip_status.closed",
            (
                Choice("menu", "common.to_menu", "welcome:menu"),
                Choice("report", "tip_status.report_new", "tip_off:start"),
                Choice("delete", "tip_status.delete", "withdraw"),
            ),
            slots=_status,
        ),
        "gone_before": Choose(
            "tip_status.closed",
            (
                Choice("menu", "common.to_menu", "welcome:menu"),
                Choice("report", "tip_status.report_new", "tip_off:start"),
            ),
            slots=_status,
        ),
        "withdraw": Choose(
            "tip_status.withdraw_ask",
            (
                Choice("yes", "common.yes", "withdraw_now"),
                Choice("no", "common.rather_not", "status"),
            ),
        ),
        "withdraw_now": Decide(_how_ended, {"kept": "withdrawn", "withdrawn": "gone"}),
        "withdrawn": Emit(lambda scene: [TipWithdrawn(scene.answers["tip"])], "gone"),
        "gone": Say("tip_status.gone", "welcome:menu"),
        "end": End(),
    }


def _typed_code(scene: Scene) -> str:
    """A code behind the word KODE, or found in what was written."""
    code = receipt_codes.typed(scene.words)
    scene.answers["typed"] = code or ""
    return "typed" if code else "ask"


def _read_code(text: str, scene: Scene) -> str:
    """What can't be a code is no try."""
    code = receipt_codes.typed(text)
    if code is not None:
        return code
    if _LOST & set(fold(text).split()):
        raise AskAgain("tip_status.lost_code")
    raise AskAgain("tip_status.no_code")


def _look(scene: Scene) -> str:
    view = scene.ports.tip_by_receipt(scene.answers.pop("typed", ""))
    if view:
        scene.answers["tip"] = view.id
    return "found" if view else "unknown"


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
    """The case as it is now; that it may be seen here was proven when it was opened."""
    return scene.ports.reporter_tip(scene.answers.get("tip", ""))


def _changes(scene: Scene) -> str:
    return "some" if scene.ports.since_last_look(scene.answers["tip"]) else "none"


def _changed(scene: Scene) -> dict[str, str]:
    changes = scene.ports.since_last_look(scene.answers["tip"])
    view = _view(scene)
    paused = _paused(view) if view else ""
    said = [paused if change == "paused" else _CHANGES[change] for change in changes]
    return {"changes": ", ".join(said)}


def _paused(view: TipView) -> str:
    until = say_time(view.paused_until) if view.paused_until else "-"
    return f"ditunda sampai {until}: {view.pause_reason}"


def _reached(scene: Scene) -> str:
    view = _view(scene)
    return "quiet" if view and view.quiet and _still_open(scene) == "open" else "told"


def _messages(scene: Scene) -> str:
    """Old words would hide the news; but who asks about an ended case reads the last ones again."""
    stands = _still_open(scene)
    return "mail" if _words_to_read(scene, stands) else stands


def _words_to_read(scene: Scene, stands: str) -> tuple[str, ...]:
    ports, tip = scene.ports, scene.answers["tip"]
    return ports.reporter_messages(tip) if stands == "ended" else ports.new_messages(tip)


def _still_open(scene: Scene) -> str:
    """Nobody reads what is written into a case that has ended meanwhile."""
    view = _view(scene)
    return "open" if view and view.status not in ("closed", *_GONE) else "ended"


def _how_ended(scene: Scene) -> str:
    view = _view(scene)
    return "withdrawn" if view is None or view.status in _GONE else "kept"


def _shared_before(scene: Scene) -> str:
    return "yes" if scene.ports.contact_shared(scene.answers["tip"]) else "no"


def _cry_or_contact(scene: Scene) -> str:
    """Words of danger are no contact: they go to the officer at once, as an answer."""
    if not scene.answers.get("danger"):
        return "contact"
    scene.answers["more"] = scene.answers.pop("contact")
    return "cry"


def _may_share(scene: Scene) -> str:
    """It may have ended, or been done from another phone, since the question was put."""
    if _still_open(scene) == "ended":
        return "ended"
    return "twice" if _shared_before(scene) == "yes" else "open"


def _share(scene: Scene) -> list[Event]:
    contact = scene.answers.pop("contact")
    return [ContactShared(scene.answers["tip"], f"Kontak dari pelapor sendiri: {contact}")]


def _mail(scene: Scene) -> dict[str, str]:
    return {"messages": "\n".join(_words_to_read(scene, _still_open(scene))[-3:])}


def _any_words(scene: Scene) -> str:
    return "some" if scene.ports.reporter_messages(scene.answers["tip"]) else "none"


def _last_words(scene: Scene) -> dict[str, str]:
    """What is answered, once more: it was read at an earlier look."""
    return {"messages": "\n".join(scene.ports.reporter_messages(scene.answers["tip"])[-1:])}


def _status(scene: Scene) -> dict[str, str]:
    view = _view(scene)
    if view is None:
        return {"status": "sudah ditutup", "owner": "-", "due": "-", "readers": ""}
    words = {
        "assigned": "menunggu petugas",
        "acknowledged": "sedang ditangani",
        "answered": "sudah dijawab, sedang ditindaklanjuti",
        "closed": "sudah ditutup",
        "withdrawn": "sudah ditarik",
        "erased": "sudah dihapus, karena sudah lama ditutup",
    }
    return {
        "status": _paused(view) if view.paused_until else words.get(view.status, view.status),
        "owner": view.owner,
        "due": say_time(view.due_at) if view.due_at else "-",
        "readers": _readers(scene),
    }


def _readers(scene: Scene) -> str:
    """Who opened the report how often, straight from the audit."""
    found = scene.ports.readers(scene.answers["tip"])
    told = ", ".join(f"{count} kali oleh {who}" for who, count in found)
    read = f"Dibaca {told}." if told else "Belum dibaca siapa pun."
    partners = scene.ports.handed_to(scene.answers["tip"])
    return f"{read} Diteruskan ke {', '.join(partners)}." if partners else read


def _instead(scene: Scene) -> tuple[Option, ...]:
    """Whatever else is typed is the answer itself."""
    return (
        Option("later", "Nanti saja", ("nanti", "lihat keadaan")),
        Option("withdraw", "Tarik laporan", ("tarik", "tarik saja")),
    )


def _typed_answer(scene: Scene) -> str:
    try:
        scene.answers["more"] = read_words(scene.words, scene)
    except AskAgain:
        return "again"
    return "told"


def _numbers(scene: Scene) -> dict[str, str]:
    return {"numbers": hotline_lines(scene.ports, "emergency")}


def _add(scene: Scene) -> list[Event]:
    danger = bool(scene.answers.get("danger"))
    return [TipDetailAdded(scene.answers["tip"], scene.answers.pop("more"), danger)]
