"""My departure: what is needed by the way of going and the country, ticked off one by one.

Kept only for who says yes to that; for all others it lives in the session and goes with it. The
list itself is `flows/departure_list.py`, the relatives' part `departure_family.py`.
"""

from datetime import timedelta

from flows.departure_checklist import Checklist, keep_plan, marked, plan_of, take_up
from flows.departure_facts import WAYS
from flows.departure_family import family_nodes
from flows.departure_list import list_nodes
from flows.desk_words import read_days
from flows.events import ConsentGiven, DepartureForgotten, Event
from flows.nodes import (
    Ask,
    AskAgain,
    Choice,
    Choose,
    Decide,
    Emit,
    Flow,
    Node,
    Say,
    Scene,
    Slots,
)

LONGEST = timedelta(days=2 * 365)
"""A date further ahead is a slip of the finger."""
CONSENT = ("departure.consent",)
REMINDING = ("departure.remind", "departure.remind_whatsapp")
_OVERVIEW = Choice("overview", "departure.back", "overview")


def flow(checklist: Checklist, consent: str, reminding: str, following: str) -> Flow:
    """The versions name the words that are agreed to: keeping, reminding, being followed."""
    return Flow(
        "departure",
        _setting_out(checklist, consent)
        | _reminding(reminding)
        | list_nodes(checklist)
        | _changing()
        | family_nodes(checklist.documents, following),
        entries=("tick", "follow"),
    )


def _put(name: str, value: str, then: str) -> Decide:
    def put(scene: Scene) -> str:
        scene.answers[name] = value
        return "next"

    return Decide(put, {"next": then})


# ---- setting out: way, country, day, and whether it may be kept


def _setting_out(checklist: Checklist, version: str) -> dict[str, Node]:
    def begin(scene: Scene) -> str:
        if scene.ports.family_asks():
            return "asked"
        return "plan" if take_up(scene) else "new"

    def agree(scene: Scene) -> list[Event]:
        scene.answers["kept"] = "yes"
        return [ConsentGiven("departure", version), *keep_plan(scene)]

    return {
        "start": Decide(begin, {"asked": "family_ask", "plan": "overview", "new": "way"}),
        "way": Choose(
            "departure.way",
            tuple(Choice(way, f"departure.way_{way}", f"way_{way}") for way in WAYS),
        ),
        **{f"way_{way}": _put("way", way, "country") for way in WAYS},
        "country": Ask(
            "departure.country",
            "country",
            "country_told",
            checklist.read_country,
            skip=Choice("unknown", "common.unknown", "no_country"),
        ),
        "no_country": _put("country", "", "day"),
        "country_told": Decide(
            lambda scene: "closed" if checklist.closed(scene) else "not",
            {"closed": "closed", "not": "day"},
        ),
        "closed": Say("departure.say", "day", slots=_closed(checklist), source=_why(checklist)),
        "day": Ask(
            "departure.day",
            "day",
            "settled",
            _read_day,
            skip=Choice("unknown", "common.unknown", "no_day"),
        ),
        "no_day": _put("day", "", "settled"),
        "settled": Decide(_settled, {"kept": "save", "ask": "consent", "not": "overview"}),
        "consent": Choose(
            "departure.consent",
            (
                Choice("yes", "departure.keep", "agreed"),
                Choice("no", "departure.keep_not", "not_kept"),
            ),
        ),
        "agreed": Emit(agree, "may_remind"),
        "not_kept": Say("departure.not_kept", "not_kept_now"),
        "not_kept_now": _put("asked", "yes", "overview"),
        "save": Emit(keep_plan, "may_remind"),
    }


def _settled(scene: Scene) -> str:
    if scene.answers.get("kept"):
        return "kept"
    return "not" if scene.answers.get("asked") else "ask"


def _read_day(text: str, scene: Scene) -> str:
    """A day ahead: `24 Januari`, `24-1-2027`; in the office's zone."""
    today = scene.ports.now.date()
    days, _ = read_days(text[:200], today)
    if days is None or not today < days[0] <= today + LONGEST:
        raise AskAgain("departure.day_not_read")
    return days[0].isoformat()


def _closed(checklist: Checklist) -> Slots:
    def slots(scene: Scene) -> dict[str, str]:
        row = checklist.closed(scene)
        today = scene.ports.now.date()
        return {"say": row.say + marked(row, today) if row else ""}

    return slots


def _why(checklist: Checklist) -> Slots:
    def source(scene: Scene) -> dict[str, str]:
        row = checklist.closed(scene)
        return {"source": row.source.shown() if row else ""}

    return source


# ---- reminders


def _reminding(version: str) -> dict[str, Node]:
    def on(scene: Scene) -> list[Event]:
        scene.answers["remind"] = "yes"
        return [ConsentGiven("departure_reminders", version), *keep_plan(scene)]

    def off(scene: Scene) -> list[Event]:
        scene.answers["remind"] = ""
        return keep_plan(scene)

    choices = (Choice("yes", "departure.remind_me", "remind_on"),
               Choice("no", "common.rather_not", "overview"))  # fmt: skip
    return {
        "may_remind": Decide(
            _may_remind, {"no": "overview", "whatsapp": "remind_whatsapp", "else": "remind"}
        ),
        "remind": Choose("departure.remind", choices),
        "remind_whatsapp": Choose("departure.remind_whatsapp", choices),
        "remind_on": Emit(on, "will_remind"),
        "will_remind": Say("departure.will_remind", "overview"),
        "reminders": Decide(
            _reminders,
            {"off": "remind_off", "ask": "may_remind", "day": "day", "keep": "consent",
             "stopped": "stopped"},
        ),
        "stopped": Say("departure.after_stop", "overview"),
        "remind_off": Emit(off, "reminds_not"),
        "reminds_not": Say("departure.reminds_not", "overview"),
    }  # fmt: skip


def _may_remind(scene: Scene) -> str:
    plan = plan_of(scene)
    if plan is None or plan.day is None or plan.remind or scene.person.opted_out:
        return "no"
    return "whatsapp" if scene.person.channel == "whatsapp" else "else"


def _reminders(scene: Scene) -> str:
    plan = take_up(scene)
    if plan and plan.remind:
        return "off"
    if scene.person.opted_out:
        return "stopped"
    if not scene.answers.get("kept"):
        return "keep"
    return "ask" if plan and plan.day else "day"


# ---- changing it


def _changing() -> dict[str, Node]:
    def forget(scene: Scene) -> list[Event]:
        kept = bool(scene.answers.get("kept"))
        scene.answers.clear()
        return [DepartureForgotten()] if kept else []

    return {
        "change": Choose(
            "departure.what_to_change",
            (
                Choice("way", "departure.other_way", "way"),
                Choice("day", "departure.other_day", "day"),
                Choice("remind", "departure.reminders", "reminders"),
                Choice("forget", "departure.forget", "forget_sure"),
                _OVERVIEW,
            ),
        ),
        "forget_sure": Choose(
            "departure.forget_sure",
            (
                Choice("yes", "departure.forget", "forgotten"),
                Choice("no", "common.rather_not", "overview"),
            ),
        ),
        "forgotten": Emit(forget, "forgotten_now"),
        "forgotten_now": Say("departure.forgotten", "welcome:menu"),
    }
