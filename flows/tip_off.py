"""A report: honest notice, danger first, a few questions, read back, receipt.

Danger is asked before the story: whoever is in danger must hear "call first" before typing.
"""

from collections.abc import Callable
from datetime import timedelta

from flows.events import DangerConfirmed, Event, TipOpened
from flows.nodes import Ask, Choice, Choose, Decide, Emit, End, Flow, Node, Say, Scene
from flows.places import place_questions, read_words
from flows.ports import Urgency
from flows.safety import hotline_lines, mask_identity_numbers
from flows.times import say_time

DRAFT_NUDGE = timedelta(hours=2)
DRAFT_KEPT = timedelta(hours=72)
SHOWN = 160
"""Characters of each answer in the read-back; the report itself keeps all."""


def flow() -> Flow:
    return Flow(
        "tip_off",
        _notice() | _danger() | _questions() | _sending() | _changing() | _sent_nodes(),
        entries=("danger_words", "tell"),
        keeps=True,
        expires=DRAFT_KEPT,
        nudge_after=DRAFT_NUDGE,
    )


def _notice() -> dict[str, Node]:
    return {
        "start": Choose(
            "tip_off.before",
            (
                Choice("go", "tip_off.go_on", "danger"),
                Choice("hidden", "tip_off.go_on_hidden", "hidden"),
                Choice("cancel", "common.cancel", "cancelled"),
            ),
        ),
        "tell": Decide(_keep_story, {"next": "start"}),
        "hidden": Decide(_hide, {"next": "hidden_note"}),
        "hidden_note": Say("tip_off.hidden_note", "danger"),
        "cancelled": Say("common.cancelled", "leave"),
        "leave": Decide(_drop, {"menu": "welcome:menu"}),
    }


def _danger() -> dict[str, Node]:
    return {
        "danger": Choose(
            "tip_off.danger",
            (
                Choice("now", "tip_off.danger_now", "urgent"),
                Choice("soon", "tip_off.danger_soon", "soon"),
                Choice("none", "tip_off.danger_none", "calm"),
            ),
        ),
        "calm": Decide(_known, {"asked": "what", "known": "where_ask"}),
        "danger_words": Decide(_keep_words, {"next": "danger_first"}),
        "danger_first": Choose(
            "tip_off.danger_first",
            (
                Choice("yes", "common.yes", "urgent"),
                Choice("no", "tip_off.not_now", "not_urgent"),
                Choice("other", "tip_off.no_report", "leave"),
            ),
            slots=_numbers,
        ),
        "not_urgent": Say("tip_off.not_urgent", "start"),
        "urgent": Decide(_set_urgency("now"), {"asked": "alarm", "known": "alarm_known"}),
        "alarm": Emit(_alarm, "call_first"),
        "alarm_known": Emit(_alarm, "call_first_known"),
        "call_first": Say("tip_off.call_first", "what", slots=_numbers),
        "call_first_known": Say("tip_off.call_first", "where_ask", slots=_numbers),
        "soon": Decide(_set_urgency("soon"), {"asked": "what", "known": "where_ask"}),
    }


def _questions() -> dict[str, Node]:
    return {
        "what": Ask("tip_off.what", "what", "where_ask", _read),
        **place_questions(
            "where", text="tip_off.where", then="located", unknown="located", skip="common.unknown"
        ),
        "located": Decide(_shortest, {"shortest": "contact", "more": "when", "changed": "route"}),
        "when": Ask(
            "tip_off.when", "when", "who", _read, skip=Choice("unknown", "common.unknown", "who")
        ),
        "who": Ask(
            "tip_off.who",
            "who",
            "contact",
            _read,
            skip=Choice("unknown", "common.unknown", "contact"),
        ),
        "contact": Decide(_may_ask, {"ask": "contact_ask", "hidden": "route"}),
        "contact_ask": Choose(
            "tip_off.contact",
            (
                Choice("yes", "tip_off.contact_yes", "contact_yes"),
                Choice("no", "tip_off.contact_no", "contact_no"),
            ),
        ),
        "contact_yes": Decide(_set_contact("yes"), {"next": "route"}),
        "contact_no": Decide(_set_contact("no"), {"next": "route"}),
    }


def _sending() -> dict[str, Node]:
    return {
        "route": Decide(_served, {"ours": "read_back", "elsewhere": "elsewhere"}),
        "elsewhere": Choose(
            "tip_off.elsewhere",
            (
                Choice("send", "tip_off.send_anyway", "read_back"),
                Choice("cancel", "common.cancel", "cancelled"),
            ),
            slots=_elsewhere,
        ),
        "read_back": Choose(
            "tip_off.read_back",
            (
                Choice("send", "tip_off.send", "open"),
                Choice("change", "tip_off.change", "change"),
                Choice("cancel", "common.cancel", "cancelled"),
            ),
            slots=_read_back,
        ),
    }


def _changing() -> dict[str, Node]:
    return {
        "change": Choose(
            "tip_off.change_what",
            (
                Choice("what", "tip_off.part_what", "again_what"),
                Choice("where", "tip_off.part_where", "again_where"),
                Choice("when", "tip_off.part_when", "again_when"),
                Choice("who", "tip_off.part_who", "again_who"),
            ),
        ),
        "again_what": Ask("tip_off.what", "what", "read_back", _read),
        "again_where": Decide(_change_place, {"next": "where_ask"}),
        "again_when": Ask("tip_off.when", "when", "read_back", _read),
        "again_who": Ask("tip_off.who", "who", "read_back", _read),
    }


def _sent_nodes() -> dict[str, Node]:
    """What may truly be promised of the report, then the draft is gone."""
    return {
        "open": Emit(_open, "which_promise"),
        "which_promise": Decide(
            _promise,
            {
                "ours": "sent",
                "hidden": "sent_hidden",
                "nobody": "sent_nobody",
                "elsewhere": "sent_elsewhere",
            },
        ),
        "sent": Say("tip_off.sent", "after", slots=_sent),
        "sent_hidden": Say("tip_off.sent_hidden", "after", slots=_sent),
        "sent_nobody": Say("tip_off.sent_nobody", "after", slots=_sent),
        "sent_elsewhere": Say("tip_off.sent_elsewhere", "after", slots=_sent),
        "after": Decide(
            _drop_all, {"told": "urgent_told", "urgent": "urgent_after", "calm": "end"}
        ),
        "urgent_told": Say("tip_off.urgent_told", "urgent_after"),
        "urgent_after": Say("tip_off.call_first", "end", slots=_numbers),
        "end": End(),
    }


def _read(text: str, scene: Scene) -> str:
    return mask_identity_numbers(read_words(text, scene))


def _hide(scene: Scene) -> str:
    scene.answers["hidden"] = "yes"
    return "next"


def _keep_story(scene: Scene) -> str:
    """ "Lapor, ada calo di desa saya": what follows the word is the story's beginning."""
    if len(scene.words.split()) > 1:
        _keep_words(scene)
    return "next"


def _keep_words(scene: Scene) -> str:
    """The words that spoke of danger are the report's first sentence: never ask for them again."""
    scene.answers["what"] = mask_identity_numbers(" ".join(scene.words.split())[:1000])
    return "next"


def _set_urgency(urgency: Urgency) -> Callable[[Scene], str]:
    def set_urgency(scene: Scene) -> str:
        scene.answers["urgency"] = urgency
        return _known(scene)

    return set_urgency


def _known(scene: Scene) -> str:
    """What happened was told already: it is never asked for twice."""
    return "known" if scene.answers.get("what") else "asked"


def _set_contact(may: str) -> Callable[[Scene], str]:
    def set_contact(scene: Scene) -> str:
        scene.answers["contact"] = may
        return "next"

    return set_contact


def _alarm(scene: Scene) -> list[Event]:
    return [DangerConfirmed(scene.answers.get("what", ""))]


def _shortest(scene: Scene) -> str:
    """In danger the report is short: what and where; the officer can ask the rest."""
    if scene.answers.pop("changing", ""):
        return "changed"
    return "shortest" if scene.answers.get("urgency") == "now" else "more"


def _change_place(scene: Scene) -> str:
    scene.answers["changing"] = "yes"
    for name in ("where_words", "where_code", "where_name"):
        scene.answers.pop(name, None)
    return "next"


def _may_ask(scene: Scene) -> str:
    return "hidden" if scene.answers.get("hidden") else "ask"


def _numbers(scene: Scene) -> dict[str, str]:
    return {"numbers": hotline_lines(scene.ports, "abroad" if _abroad(scene) else "emergency")}


def _abroad(scene: Scene) -> bool:
    place = scene.ports.place(_code(scene))
    return place is not None and place.level == "country"


def _urgency(scene: Scene) -> Urgency:
    """As the reporter chose; words of danger in the story make it at least "soon"."""
    urgency = scene.answers.get("urgency", "none")
    if urgency == "now":
        return "now"
    return "soon" if urgency == "soon" or scene.answers.get("danger") else "none"


def _code(scene: Scene) -> str:
    return scene.answers.get("where_code", "")


def _served(scene: Scene) -> str:
    return "ours" if scene.ports.desk(_code(scene), _urgency(scene)).served else "elsewhere"


def _elsewhere(scene: Scene) -> dict[str, str]:
    desk = scene.ports.desk(_code(scene), _urgency(scene))
    return {
        "place": scene.answers.get("where_name", ""),
        "other": desk.other_office or "kantor imigrasi setempat",
        "numbers": hotline_lines(scene.ports, "abroad" if _abroad(scene) else "report"),
    }


def _read_back(scene: Scene) -> dict[str, str]:
    answers = scene.answers
    where = answers.get("where_name") or answers.get("where_words") or "tidak tahu"
    return {
        "what": _short(answers.get("what", "")),
        "where": _short(where),
        "when": _short(answers.get("when") or "tidak tahu"),
        "who": _short(answers.get("who") or "tidak tahu"),
    }


def _short(text: str) -> str:
    return text if len(text) <= SHOWN else text[: SHOWN - 1].rstrip() + "…"


def _open(scene: Scene) -> list[Event]:
    answers = scene.answers
    receipt = scene.ports.new_receipt()
    answers["receipt"] = receipt
    report = {
        name: answers[name]
        for name in ("what", "where_words", "where_name", "when", "who", "proof", "contact")
        if answers.get(name)
    }
    return [
        TipOpened(
            receipt=receipt,
            topic="report",
            urgency=_urgency(scene),
            place_code=_code(scene),
            report=report,
            keep_return_address=not answers.get("hidden"),
        )
    ]


def _told(scene: Scene) -> str:
    return " ".join(scene.answers.get(name, "") for name in ("what", "where_words", "when", "who"))


def _promise(scene: Scene) -> str:
    """What may truly be said of this report now that it is sent."""
    desk = scene.ports.desk(_code(scene), _urgency(scene), told=_told(scene))
    if not desk.served:
        return "elsewhere"
    if not desk.reachable:
        return "nobody"
    return "hidden" if scene.answers.get("hidden") else "ours"


def _sent(scene: Scene) -> dict[str, str]:
    desk = scene.ports.desk(_code(scene), _urgency(scene), told=_told(scene))
    return {
        "receipt": scene.answers["receipt"],
        "numbers": hotline_lines(scene.ports, "emergency"),
        "owner": desk.owner,
        "due": say_time(desk.due_at) if desk.due_at else "-",
    }


def _drop(scene: Scene) -> str:
    scene.answers.clear()
    return "menu"


def _drop_all(scene: Scene) -> str:
    """The draft is wiped in the very turn that seals the report."""
    urgent = _urgency(scene) == "now"
    told = scene.ports.desk(_code(scene), "now", told=_told(scene)).reachable
    scene.answers.clear()
    return ("told" if told else "urgent") if urgent else "calm"
