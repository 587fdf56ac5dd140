"""An officer plans a village meeting, changes it, counts who came, and closes it with a report.

The question and answer session is in `flows/meeting_session.py`.
"""

import re
from collections.abc import Callable
from datetime import datetime

from flows.desk_words import read_number
from flows.events import Event
from flows.meeting_plan import (
    MeetingChanged,
    MeetingEnded,
    MeetingPlan,
    MeetingReport,
    MeetingView,
)
from flows.meeting_planning import ask_when, plan_slots, planning, public_line
from flows.meeting_session import session
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

MOST_SHOWN = 4
MOST_PRESENT = 5000
FEW = 3
"""Fewer people than this are not told apart: a number of one could point at somebody."""
STATES = {"planned": "direncanakan", "held": "sudah berlangsung", "cancelled": "dibatalkan",
          "closed": "ditutup"}  # fmt: skip
_SPOKEN = re.compile(r"\b(?:sekitar|kurang lebih|kira kira|ada|orang|warga|peserta)\b")


def flow() -> Flow:
    return Flow(
        "meeting_desk",
        _list() | planning() | _page() | _changing() | _counting() | _closing() | session(),
        entries=("present", "reply", "merge", "split"),
    )


# ---- the list


def _list() -> dict[str, Node]:
    return {
        "start": Decide(_what, {"stranger": "stranger", "new": "new", "list": "list", "page": "look_up",
                                "unknown": "unknown"}),
        "stranger": Say("officer_desk.stranger", "welcome:menu"),
        "unknown": Say("meetings.unknown", "rest"),
        "list": Pick(
            "meetings.list", _options, "number", "look_up",
            other=Choice("new", "meetings.new", "new"), human=False,
        ),
        "look_up": Decide(_stands, {"open": "page", "over": "page_over", "unknown": "unknown"}),
        "rest": End(),
    }  # fmt: skip


def _what(scene: Scene) -> str:
    if not scene.person.officer:
        return "stranger"
    scene.answers.clear()
    number, _ = read_number(scene.words)
    if number:
        scene.answers["number"] = number
        return "page" if scene.ports.office_meeting(int(number)) else "unknown"
    return "list" if scene.ports.office_meetings() else "new"


def _options(scene: Scene) -> tuple[Option, ...]:
    return tuple(
        Option(str(one.number), f"{one.plan.title}, {one.plan.starts_at:%d-%m %H.%M}")
        for one in scene.ports.office_meetings()[:MOST_SHOWN]
    )


def view(scene: Scene) -> MeetingView | None:
    return scene.ports.office_meeting(int(scene.answers.get("number", "0")))


def _stands(scene: Scene) -> str:
    one = view(scene)
    if one is None:
        return "unknown"
    return "open" if one.status in ("planned", "held") else "over"


# ---- one meeting


def _page() -> dict[str, Node]:
    return {
        "page": Choose(
            "meetings.desk_page",
            (
                Choice("questions", "meetings.questions", "questions"),
                Choice("present", "meetings.present", "present_ask"),
                Choice("change", "meetings.change_it", "may_change"),
                Choice("cancel", "meetings.call_off", "may_call_off"),
                Choice("close", "meetings.close", "may_close"),
            ),
            slots=_desk_page, human=False,
        ),
        "page_over": Choose(
            "meetings.desk_page",
            (
                Choice("questions", "meetings.questions", "questions"),
                Choice("report", "meetings.show_report", "report"),
            ),
            slots=_desk_page, human=False,
        ),
    }  # fmt: skip


def _desk_page(scene: Scene) -> dict[str, str]:
    report = scene.ports.meeting_report(int(scene.answers.get("number", "0")))
    if report is None:
        return {"number": "", "title": "", "when": "", "where": "", "speakers": "", "village": "",
                "state": "", "yes": "", "maybe": "", "no": "", "open": ""}  # fmt: skip
    said, one = dict(report.answers), report.meeting
    return plan_slots(one.plan) | {
        "number": str(one.number),
        "village": one.village,
        "state": STATES[one.status],
        "yes": few(said.get("yes", 0)),
        "maybe": few(said.get("maybe", 0)),
        "no": few(said.get("no", 0)),
        "open": str(len(report.open())),
    }


def few(count: int) -> str:
    """The number, unless so few are meant that it could point at somebody."""
    return str(count) if count == 0 or count >= FEW else f"kurang dari {FEW}"


def guarded(*statuses: str, begun: bool | None = None) -> Callable[[Scene], str]:
    """Whether something can still be done to the meeting that is open in the chat. `begun`: only
    before (False) or only after it has begun."""

    def guard(scene: Scene) -> str:
        one = view(scene)
        if one is None or one.status not in statuses:
            return "late"
        if begun is not None and begun is not (one.plan.starts_at <= scene.ports.now):
            return "early" if begun else "late"
        return "yes"

    return guard


# ---- another time or place, or not at all


def _changing() -> dict[str, Node]:
    return {
        "may_change": Decide(
            guarded("planned", begun=False),
            {"yes": "change_what", "late": "too_late", "early": "too_late"},
        ),
        "too_late": Say("meetings.too_late", "rest"),
        "change_what": Choose(
            "meetings.change_what",
            (
                Choice("when", "meetings.change_when", "new_when"),
                Choice("where", "meetings.change_where", "new_where"),
                Choice("back", "common.cancel", "cancelled"),
            ),
            human=False,
        ),
        "new_when": Ask("meetings.when", "times", "change_look", ask_when, human=False),
        "new_where": Ask("meetings.where", "where", "change_look", public_line, human=False),
        "change_look": Choose(
            "meetings.change_look",
            (
                Choice("yes", "meetings.tell_all", "change_sure"),
                Choice("no", "common.cancel", "cancelled"),
            ),
            slots=_changed_slots,
            human=False,
        ),
        "change_sure": Decide(
            guarded("planned", begun=False),
            {"yes": "change_it", "late": "too_late", "early": "too_late"},
        ),
        "change_it": Emit(_change, "changed"),
        "changed": Say("meetings.changed", "rest"),
        "may_call_off": Decide(
            guarded("planned"), {"yes": "call_off", "late": "too_late", "early": "too_late"}
        ),
        "call_off": Choose(
            "meetings.call_off_sure",
            (
                Choice("yes", "meetings.call_it_off", "call_off_sure"),
                Choice("no", "officer_desk.do_not", "cancelled"),
            ),
            slots=_desk_page,
            human=False,
        ),
        "call_off_sure": Decide(
            guarded("planned"), {"yes": "call_it_off", "late": "too_late", "early": "too_late"}
        ),
        "call_it_off": Emit(_end("cancel"), "called_off"),
        "called_off": Say("meetings.called_off", "rest"),
    }


def _changed(scene: Scene) -> MeetingPlan:
    """As it would be: what was not asked anew stays."""
    one = view(scene)
    assert one is not None, "the node before has looked it up"
    old = one.plan
    starts, ends = old.starts_at, old.ends_at
    if when := scene.answers.get("times"):
        starts, ends = (datetime.fromisoformat(at) for at in when.split(" "))
    return MeetingPlan(
        old.place_code, old.title, scene.answers.get("where") or old.where, starts, ends,
        old.speakers,
    )  # fmt: skip


def _changed_slots(scene: Scene) -> dict[str, str]:
    if view(scene) is None:
        return {"title": "", "when": "", "where": "", "speakers": ""}
    return plan_slots(_changed(scene))


def _change(scene: Scene) -> list[Event]:
    return [MeetingChanged(int(scene.answers["number"]), _changed(scene))]


# ---- how many came, and the end


def _counting() -> dict[str, Node]:
    return {
        "present": Decide(
            _which_began,
            {"stranger": "stranger", "one": "present_it", "some": "present_which", "none": "none_began",
             "ask": "present_ask", "bad": "present_how"},
        ),
        "present_how": Say("meetings.present_how", "rest"),
        "none_began": Say("meetings.none_began", "rest"),
        "present_which": Pick("meetings.list", _began_options, "number", "present_it", human=False),
        "present_ask": Decide(
            guarded("planned", "held", begun=True),
            {"yes": "present_words", "late": "too_late", "early": "not_yet"},
        ),
        "not_yet": Say("meetings.not_yet", "rest"),
        "present_words": Ask("meetings.present_ask", "present", "present_it", _read_present,
                             human=False),
        "present_it": Emit(_hold, "present_noted"),
        "present_noted": Say("meetings.present_noted", "rest", slots=_present),
    }  # fmt: skip


def _began(scene: Scene) -> tuple[MeetingView, ...]:
    return tuple(
        one for one in scene.ports.office_meetings() if one.plan.starts_at <= scene.ports.now
    )


def _began_options(scene: Scene) -> tuple[Option, ...]:
    return tuple(
        Option(str(one.number), f"{one.plan.title}, {one.plan.starts_at:%d-%m %H.%M}")
        for one in _began(scene)[-MOST_SHOWN:]
    )


def _which_began(scene: Scene) -> str:
    """`hadir 43`, or HADIR alone."""
    if not scene.person.officer:
        return "stranger"
    scene.answers.clear()
    found = _began(scene)
    if not found:
        return "none"
    scene.answers["number"] = str(found[-1].number)
    if not scene.words.strip():
        return "ask" if len(found) == 1 else "bad"
    count = _count(scene.words)
    if count is None:
        return "bad"
    scene.answers["present"] = str(count)
    return "one" if len(found) == 1 else "some"


def _count(text: str) -> int | None:
    words = _SPOKEN.sub(" ", text.casefold()).strip(" .!")
    return int(words) if words.isdecimal() and int(words) <= MOST_PRESENT else None


def _read_present(text: str, scene: Scene) -> str:
    count = _count(text)
    if count is None:
        raise AskAgain("meetings.present_how")
    return str(count)


def _hold(scene: Scene) -> list[Event]:
    number, present = int(scene.answers["number"]), int(scene.answers["present"])
    return [MeetingEnded(number, "held", present)]


def _present(scene: Scene) -> dict[str, str]:
    return {"present": scene.answers.get("present", ""), "number": scene.answers.get("number", "")}


def _closing() -> dict[str, Node]:
    late = {"late": "too_late", "early": "not_yet"}
    return {
        "may_close": Decide(guarded("planned", "held", begun=True), {"yes": "close"} | late),
        "close": Choose(
            "meetings.close_sure",
            (
                Choice("yes", "meetings.close_it", "close_sure"),
                Choice("no", "officer_desk.do_not", "cancelled"),
            ),
            slots=_desk_page,
            human=False,
        ),
        "close_sure": Decide(guarded("planned", "held", begun=True), {"yes": "close_it"} | late),
        "close_it": Emit(_end("close"), "report"),
        "report": Say("meetings.report", "rest", slots=_report),
    }


def _end(act: str) -> Callable[[Scene], list[Event]]:
    def end(scene: Scene) -> list[Event]:
        number = int(scene.answers["number"])
        return [MeetingEnded(number, "cancel" if act == "cancel" else "close")]

    return end


def _report(scene: Scene) -> dict[str, str]:
    report = scene.ports.meeting_report(int(scene.answers.get("number", "0")))
    slots = _desk_page(scene) | {"invited": "0", "present": "-", "asked": "0", "answered": "0"}
    return slots if report is None else slots | report_slots(report)


def report_slots(report: MeetingReport) -> dict[str, str]:
    return {
        "invited": str(sum(count for _, count in report.invited)),
        "present": "belum dihitung" if report.present is None else str(report.present),
        "asked": str(sum(len(group.questions) for group in report.groups)),
        "answered": str(len(report.answered())),
    }
