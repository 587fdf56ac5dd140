"""CUTI: an officer is away from a day to a day, and who has their reports meanwhile."""

from datetime import date, datetime, time, timedelta

from flows.desk_words import named, phrased, read_days
from flows.events import Event
from flows.nodes import (
    Ask,
    AskAgain,
    Choice,
    Choose,
    Decide,
    Emit,
    Node,
    Option,
    Pick,
    Say,
    Scene,
)
from flows.officer_events import LeaveEnded, LeaveTaken
from flows.ports import Colleague
from flows.times import say_day
from flows.triggers import fold

LONGEST = timedelta(days=365)
MOST_DEPUTIES = 4
_OFF = frozenset(
    ["batal", "batalkan", "selesai", "kembali", "sudah kembali", "tidak jadi", "habis"]
)
_REASONS = {
    "annual": ["tahunan"],
    "sick": ["sakit", "berobat", "rawat inap"],
    "duty_trip": ["dinas", "dinas luar", "perjalanan dinas"],
    "training": ["diklat", "pelatihan", "pendidikan"],
}


def leaving() -> dict[str, Node]:
    return {
        "leave": Decide(
            _typed,
            {"off": "leave_off", "days": "leave_deputy", "there": "leave_there",
             "ask": "leave_days", "bad": "leave_not_read"},
        ),
        "leave_there": Choose(
            "officer_desk.leave_there",
            (Choice("change", "officer_desk.leave_change", "leave_days"),
             Choice("off", "officer_desk.leave_cancel", "leave_off")),
            slots=_there, human=False,
        ),
        "leave_not_read": Say("officer_desk.leave_not_read", "leave_days"),
        "leave_days": Ask("officer_desk.leave_days", "days", "leave_deputy", _read, human=False),
        "leave_deputy": Decide(_deputy, {"known": "leave_check", "ask": "leave_who"}),
        "leave_who": Pick(
            "officer_desk.leave_who", _deputies, "deputy", "leave_check",
            other=Choice("nobody", "officer_desk.leave_nobody", "leave_check"), human=False,
        ),
        "leave_check": Decide(_same, {"new": "leave_sure", "same": "leave_same"}),
        "leave_same": Say("officer_desk.leave_same", "rest", slots=_there),
        "leave_sure": Choose(
            "officer_desk.leave_sure",
            (Choice("yes", "common.yes", "leave_last"),
             Choice("change", "officer_desk.leave_change", "leave_days"),
             Choice("no", "officer_desk.do_not", "leave_not")),
            slots=_asked, human=False,
        ),
        "leave_last": Decide(_still_ahead, {"yes": "leave_taken", "no": "leave_not_read"}),
        "leave_taken": Emit(_take, "leave_text"),
        "leave_text": Say("officer_desk.leave_taken", "rest", slots=_asked),
        "leave_not": Say("officer_desk.leave_not", "rest"),
        "leave_off": Decide(_any, {"yes": "leave_end", "no": "no_leave"}),
        "leave_end": Emit(lambda scene: [LeaveEnded()], "leave_ended"),
        "leave_ended": Say("officer_desk.leave_ended", "rest"),
        "no_leave": Say("officer_desk.no_leave", "rest"),
    }  # fmt: skip


def _typed(scene: Scene) -> str:
    scene.answers |= {"days": "", "deputy": "", "others": ""}
    words = scene.words.strip()
    if fold(words) in _OFF:
        return "off"
    if not words:
        return "there" if scene.ports.leave() else "ask"
    try:
        scene.answers["days"] = _read(words, scene)
    except AskAgain:
        return "bad"
    return "days"


def _read(text: str, scene: Scene) -> str:
    """`2026-11-24 2026-11-28`; the words beside the days are kept: a deputy's name, a reason."""
    today = scene.ports.now.date()
    days, others = read_days(text[:200], today)
    if days is None or not today <= days[1] or not days[0] <= days[1] <= today + LONGEST:
        raise AskAgain("officer_desk.leave_not_read")
    scene.answers["others"] = others
    return f"{max(days[0], today).isoformat()} {days[1].isoformat()}"


def _period(scene: Scene) -> tuple[datetime, datetime]:
    """From the first day's midnight to the midnight after the last, in the office's zone."""
    first, last = (date.fromisoformat(day) for day in scene.answers["days"].split())
    zone = scene.ports.now.tzinfo
    after = datetime.combine(last + timedelta(days=1), time(), zone)
    return datetime.combine(first, time(), zone), after


def _deputy(scene: Scene) -> str:
    scene.answers["deputy"] = ""
    deputies = scene.ports.deputies()
    words = scene.answers.get("others", "")
    if chosen := named(words, {str(one.id): [one.name] for one in deputies}):
        scene.answers["deputy"] = chosen
        return "known"
    return "ask" if deputies else "known"


def _deputies(scene: Scene) -> tuple[Option, ...]:
    return tuple(Option(str(one.id), one.name) for one in scene.ports.deputies()[:MOST_DEPUTIES])


def _chosen(scene: Scene) -> Colleague | None:
    chosen = scene.answers.get("deputy")
    return next((one for one in scene.ports.deputies() if str(one.id) == chosen), None)


def _same(scene: Scene) -> str:
    """The leave stands there already: a second try on a bad connection."""
    there, deputy = scene.ports.leave(), _chosen(scene)
    if there is None or (deputy.id if deputy else None) != there.deputy:
        return "new"
    begins, ends = _period(scene)
    begun = there.begins <= scene.ports.now and begins.date() == scene.ports.now.date()
    same = there.ends == ends and (begun or there.begins.date() == begins.date())
    return "same" if same else "new"


def _still_ahead(scene: Scene) -> str:
    return "yes" if _period(scene)[1] > scene.ports.now else "no"


def _any(scene: Scene) -> str:
    return "yes" if scene.ports.leave() else "no"


def _take(scene: Scene) -> list[Event]:
    begins, ends = _period(scene)
    reason = phrased(scene.answers.get("others", ""), _REASONS) or "other"
    deputy = _chosen(scene)
    return [LeaveTaken(begins, ends, reason, deputy.id if deputy else None)]


def _asked(scene: Scene) -> dict[str, str]:
    begins, ends = _period(scene)
    deputy = _chosen(scene)
    return _said(begins, ends, deputy.name if deputy else "")


def _there(scene: Scene) -> dict[str, str]:
    there = scene.ports.leave()
    if there is None:  # it ended since the question was put
        return {"first": "-", "last": "-", "deputy": "-"}
    return _said(there.begins, there.ends, there.deputy_name)


def _said(begins: datetime, ends: datetime, deputy: str) -> dict[str, str]:
    last = ends - timedelta(days=1)
    return {"first": say_day(begins), "last": say_day(last), "deputy": deputy or "tidak ada"}
