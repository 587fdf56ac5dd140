"""The officer's side in chat: what waits, take a report, close it; the parts beside it are in
`officer_acts`, `officer_leave` and `officer_enrol`.

Never the report itself, but in mode `chat`, and then redacted (`desk_text`). Every command may come
twice: the second time it changes nothing and says how things stand.
"""

from collections.abc import Callable, Mapping, Sequence

from flows.desk_text import redacted
from flows.desk_tip import (
    ENDED,
    MOST,
    TAKEN,
    URGENT,
    commands,
    number,
    option,
    page,
    present,
    standing,
    view,
)
from flows.desk_words import phrased
from flows.events import Event
from flows.nodes import Choice, Choose, Decide, Emit, End, Flow, Node, Option, Pick, Say, Scene
from flows.officer_acts import handing_on, pausing, writing
from flows.officer_enrol import enrolment
from flows.officer_events import TipAcknowledged, TipClosed, TipShown
from flows.officer_leave import leaving
from flows.times import say_time

OUTCOMES = ("handled", "forwarded", "unfounded", "unreachable", "false")
MOST_OF_OFFICE = 10
_ENTRIES = ("take", "read", "reply", "ask", "pause", "hand_on", "close", "all", "leave", "enrol")  # fmt: skip

_ACTS = (
    Choice("reply", "officer_desk.reply", "reply_this"),
    Choice("ask", "officer_desk.ask", "ask_this"),
    Choice("pause", "officer_desk.pause", "pause_this"),
    Choice("hand_on", "officer_desk.hand_on", "hand_on_this"),
    Choice("close", "officer_desk.close", "close_this"),
)


def flow(
    canned: Sequence[str],
    headings: Mapping[str, str],
    outcome_words: Mapping[str, Sequence[str]],
) -> Flow:
    """`canned` are the ready answers, `headings` those of a report's answers in mode `chat`,
    `outcome_words` the words of each of OUTCOMES."""
    nodes = (
        _list()
        | commands(
            {"take": "take_it", "read": "read_it", "reply": "write", "ask": "write",
             "pause": "pause_it", "hand_on": "hand_it", "close": "close_it"}
        )
        | _one_tip()
        | _taking(headings)
        | writing(canned)
        | pausing()
        | handing_on()
        | _closing(outcome_words)
        | leaving()
        | enrolment()
    )  # fmt: skip
    return Flow("officer_desk", nodes, entries=_ENTRIES)


def _list() -> dict[str, Node]:
    return {
        "start": Decide(_any_tips, {"some": "list", "none": "nothing", "stranger": "stranger"}),
        "stranger": Say("officer_desk.stranger", "welcome:menu"),
        "nothing": Say("officer_desk.nothing", "rest"),
        "list": Pick("officer_desk.list", _tips, "number", "show", slots=_how_many, human=False),
        "show": Decide(standing, {"new": "tip", "taken": "mine"} | ENDED),
        "all": Decide(_office, {"some": "office", "none": "office_none", "no": "leaders_only"}),
        "office": Say("officer_desk.office", "rest", slots=_office_lines),
        "office_none": Say("officer_desk.office_none", "rest"),
        "leaders_only": Say("officer_desk.leaders_only", "start"),
        "rest": End(),
    }


def _one_tip() -> dict[str, Node]:
    return {
        "tip": Choose(
            "officer_desk.tip",
            (
                Choice("take", "officer_desk.take", "take_this"),
                Choice("read", "officer_desk.read", "read_this"),
                Choice("hand_on", "officer_desk.hand_on", "hand_on_this"),
                Choice("list", "officer_desk.to_list", "start"),
            ),
            slots=_tip,
            human=False,
        ),
        "mine": Choose("officer_desk.mine", _ACTS, slots=_tip, human=False),
        "read_it": Decide(standing, {"new": "read_new", "taken": "read_mine"} | ENDED),
        "read_new": Say("officer_desk.read_new", "rest", slots=_tip),
        "read_mine": Choose("officer_desk.link", _ACTS, slots=_tip, human=False),
    }


def _taking(headings: Mapping[str, str]) -> dict[str, Node]:
    def shown(scene: Scene) -> dict[str, str]:
        tip = view(scene)
        report = scene.ports.chat_report(tip.number) if tip else {}
        return _tip(scene) | {"report": redacted(report, headings)}

    return {
        "take_it": Decide(standing, {"new": "taken", "taken": "taken_before"} | ENDED),
        "taken": Emit(lambda scene: [TipAcknowledged(present(scene).id)], "taken_how"),
        "taken_how": Decide(_mode, {"chat": "taken_shown", "link": "taken_text"}),
        "taken_text": Choose("officer_desk.taken", _ACTS, slots=_tip, human=False),
        "taken_before": Decide(_mode, {"chat": "taken_shown", "link": "read_mine"}),
        "taken_shown": Emit(lambda scene: [TipShown(present(scene).id)], "taken_chat"),
        "taken_chat": Choose("officer_desk.taken_chat", _ACTS, slots=shown, human=False),
    }


def _closing(outcome_words: Mapping[str, Sequence[str]]) -> dict[str, Node]:
    def result(scene: Scene) -> str:
        """`hasil=palsu`, or the word alone; anything else is asked."""
        rest = scene.answers.get("rest", "").casefold().strip()
        return phrased(rest.removeprefix("hasil").lstrip(" =:"), outcome_words) or "ask"

    ended = {"new": "not_taken"} | ENDED
    outcomes = {o: f"close_{o}" for o in OUTCOMES}
    return {
        "close_it": Decide(standing, {"taken": "close_result"} | ended),
        "close_result": Decide(result, outcomes | {"ask": "close_choose"}),
        "close_choose": Choose(
            "officer_desk.close_why",
            tuple(Choice(o, f"officer_desk.outcome_{o}", f"close_{o}") for o in OUTCOMES),
            slots=number,
            human=False,
        ),
        **{f"close_{o}": Decide(standing, {"taken": f"end_{o}"} | ended)
           for o in OUTCOMES if o != "false"},
        **_closing_as_false(ended),
        **{f"end_{o}": Emit(_end(o), "closed") for o in OUTCOMES},
        "closed": Say("officer_desk.closed", "rest", slots=number),
    }  # fmt: skip


def _closing_as_false(ended: Mapping[str, str]) -> dict[str, Node]:
    """Only who has read it may call it false, and says so twice."""

    def read(scene: Scene) -> str:
        stands = standing(scene)
        if stands != "taken":
            return stands
        return "read" if scene.ports.has_read(present(scene).number) else "unread"

    def exits(to: str) -> dict[str, str]:
        return {"read": to, "unread": "false_unread"} | dict(ended)

    return {
        "close_false": Decide(read, exits("false_sure")),
        "false_unread": Say("officer_desk.false_unread", "rest", slots=_page),
        "false_sure": Choose(
            "officer_desk.false_sure",
            (Choice("yes", "common.yes", "false_last"),
             Choice("no", "officer_desk.do_not", "not_closed")),
            slots=number, human=False,
        ),
        "false_last": Decide(read, exits("end_false")),
        "not_closed": Say("officer_desk.not_closed", "rest", slots=number),
    }  # fmt: skip


# ---- lists


def _any_tips(scene: Scene) -> str:
    if not scene.person.officer:
        return "stranger"
    return "some" if scene.ports.officer_tips() else "none"


def _tips(scene: Scene) -> tuple[Option, ...]:
    return tuple(option(tip, scene.ports.now) for tip in scene.ports.officer_tips()[:MOST])


def _how_many(scene: Scene) -> dict[str, str]:
    """The list shows the most urgent ones; that there are more is said, and where they stand."""
    more = len(scene.ports.officer_tips()) - MOST
    inbox = f"{scene.ports.public_url()}/console/inbox"
    return {"more": f" {MOST} paling mendesak, {more} lagi di {inbox}" if more > 0 else ""}


def _office(scene: Scene) -> str:
    if not scene.ports.leads_office():
        return "no"
    return "some" if scene.ports.office_tips() else "none"


def _office_lines(scene: Scene) -> dict[str, str]:
    found = scene.ports.office_tips()
    lines = [
        f"#{tip.number} {URGENT[tip.urgency]}{tip.owner or 'BELUM ADA PEMILIK'}, "
        f"{'sudah diambil' if tip.status in TAKEN else 'belum diambil'}, "
        f"batas {f'{tip.due_at:%d-%m %H.%M}' if tip.due_at else '-'}"
        for tip in found[:MOST_OF_OFFICE]
    ]
    if len(found) > MOST_OF_OFFICE:
        lines.append(f"dan {len(found) - MOST_OF_OFFICE} lagi di konsol")
    free = [f"#{tip.number}" for tip in found[:MOST_OF_OFFICE] if not tip.owner]
    how = [f"Balas AMBIL dan nomornya untuk {', '.join(free)}."] if free else []
    if len(free) < len(found[:MOST_OF_OFFICE]):
        how.append(f"Milik petugas dipindahkan di konsol: {scene.ports.public_url()}/console/inbox")
    return {"count": str(len(found)), "lines": "\n".join(lines), "how": "\n".join(how)}


# ---- one report


def _mode(scene: Scene) -> str:
    return "chat" if scene.ports.chat_report(present(scene).number) else "link"


def _end(outcome: str) -> Callable[[Scene], list[Event]]:
    return lambda scene: [TipClosed(present(scene).id, outcome)]


def _tip(scene: Scene) -> dict[str, str]:
    tip = view(scene)
    kind, status, due, link = "laporan", "tidak ada lagi pada Anda", "-", "-"
    if tip is not None:
        kind = "pertanyaan" if tip.topic == "question" else "laporan"
        status = f"pada {tip.owner}" if not tip.mine else _STATUS.get(tip.status, "sudah ditutup")
        due = say_time(tip.due_at) if tip.due_at else "-"
        link = page(scene) if tip.mine else "-"
        if tip.mine and tip.paused_until is not None:
            status = f"ditunda, {tip.pause_reason}"
    return number(scene) | {"kind": kind, "status": status, "due": due, "link": link}


def _page(scene: Scene) -> dict[str, str]:
    return number(scene) | {"link": page(scene)}


_STATUS = {
    "assigned": "menunggu Anda",
    "acknowledged": "sudah Anda ambil",
    "answered": "sudah Anda jawab",
}
