"""An officer writes a broadcast: where, what, seen before it leaves; and of a warning its source.

Every answer is optional but the words themselves, so that "Ubah" comes back to any of them.
"""

import re
from collections.abc import Callable
from datetime import date, datetime, timedelta

from flows.broadcast_names import persons
from flows.broadcast_plan import BroadcastOrdered, Kind, Plan, Preview
from flows.broadcast_rules import LONGEST_WARNING
from flows.broadcast_said import Words
from flows.broadcast_said import preview as say_preview
from flows.broadcast_when import FARTHEST, read_until, read_when
from flows.desk_words import read_days
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
from flows.ports import Place
from flows.safety import mask_identity_numbers
from flows.times import say_time

MOST_PLACES = 4
"""Places shown to choose from; of more, the name is typed."""
ALL = "all"
_COMMAND = re.compile(r"\s*(?:(?i:siaran)\b[\s:]*)?(?:(PERINGATAN)\b[\s:]*)?")
"""Typed once more where the words themselves are asked for. In small letters "peringatan" may be
the anniversary that is announced."""
MENDED_AT = {
    **dict.fromkeys(
        ("too_short", "too_long", "bad_link", "old_fact", "old_number", "names_person",
         "names_contact", "names_company", "accuses"),
        "text",
    ),
    **dict.fromkeys(("needs_source", "source_ahead"), "source"),
    **dict.fromkeys(("needs_expiry", "expires_late"), "until"),
    "when_past": "when",
    **dict.fromkeys(
        ("nobody", "too_many", "twice", "not_mine", "template_not_approved", "no_danger",
         "unknown_one", "trouble"),
        "rest",
    ),
}  # fmt: skip
"""Where each problem is mended; `rest`: nowhere in this talk."""


def drafting(say: Words) -> dict[str, Node]:
    return _where() | _words() | _warning() | _looking(say) | _sending()


def _where() -> dict[str, Node]:
    return {
        "where": Pick("broadcasts.where", _villages, "place", "go_on", human=False,
                      free="where_typed"),
        "where_typed": Decide(_typed_place, {"found": "go_on", "ask": "which_place",
                                             "none": "no_place", "outside": "outside"}),
        "which_place": Pick("broadcasts.which_place", _near, "place", "go_on", human=False),
        "no_place": Say("broadcasts.no_place", "where"),
        "outside": Say("broadcasts.outside", "where"),
        "go_on": Decide(_lacks, {"place": "begin", "text": "text", "none": "after_text"}),
    }  # fmt: skip


def _words() -> dict[str, Node]:
    return {
        "text": Ask("broadcasts.text", "text", "after_text", _read, human=False),
        "after_text": Decide(_what_next, {"look": "look", "act": "act", "source": "source"}),
        "photo_coming": Choose(
            "broadcasts.photo_coming",
            (Choice("without", "broadcasts.without_photo", "go_on"),
             Choice("cancel", "common.cancel", "cancelled")),
            human=False,
        ),
    }  # fmt: skip


def _warning() -> dict[str, Node]:
    return {
        "act": Ask("broadcasts.act", "act", "source", _read_line, human=False,
                   skip=Choice("none", "broadcasts.no_act", "text")),
        "source": Ask("broadcasts.source", "source", "source_day", _read_line, human=False),
        "source_day": Ask("broadcasts.source_day", "source_day", "until", _read_day, human=False),
        "until": Ask("broadcasts.until", "until", "danger", _read_until, human=False),
        "danger": Choose(
            "broadcasts.danger",
            (Choice("no", "common.no", "by_day"), Choice("yes", "common.yes", "by_night")),
            human=False,
        ),
        "by_day": Decide(_set("danger", ""), {"set": "look"}),
        "by_night": Decide(_set("danger", "yes"), {"set": "look"}),
    }  # fmt: skip


def _looking(say: Words) -> dict[str, Node]:
    return {
        "look": Decide(_may_go, {"yes": "shown", **{key: f"is_{key}" for key in MENDED_AT}}),
        **{f"is_{key}": Say(_key(key), then, slots=_slots) for key, then in MENDED_AT.items()},
        "shown": Say("broadcasts.shown", "preview", slots=_shown, alone=True,
                     photo=lambda scene: scene.answers.get("photo", "")),
        "preview": Choose(
            "broadcasts.preview",
            (Choice("send", "broadcasts.send", "sure"),
             Choice("change", "tip_off.change", "text"),
             Choice("schedule", "broadcasts.schedule", "when"),
             Choice("filter", "broadcasts.filter", "whom"),
             Choice("cancel", "common.cancel", "cancelled")),
            slots=lambda scene: {"lines": say_preview(_seen(scene), _say_when(scene), say)},
            human=False,
        ),
        "when": Ask("broadcasts.when", "at", "look", _read_when, human=False),
        "whom": Choose(
            "broadcasts.whom",
            (Choice("language", "broadcasts.by_language", "languages"),
             Choice("way", "broadcasts.by_way", "ways"),
             Choice("lesson", "broadcasts.by_lesson", "lessons"),
             Choice("all", "broadcasts.everybody", "unfilter")),
            human=False,
        ),
        "unfilter": Decide(_unfilter, {"set": "look"}),
    }  # fmt: skip


def _sending() -> dict[str, Node]:
    return {
        # Looked at once more: the preview may have waited for days.
        "sure": Decide(_may_go, {"yes": "order", **{key: f"is_{key}" for key in MENDED_AT}}),
        "order": Emit(_order, "ordered"),
        "ordered": Decide(
            lambda scene: scene.answers.get("second", "first"),
            {"first": "ordered_now", "second": "ordered_second"},
        ),
        "ordered_now": Say("broadcasts.ordered", "rest", slots=_when),
        "ordered_second": Say("broadcasts.ordered_second", "rest"),
        "cancelled": Say("common.cancelled", "rest"),
    }  # fmt: skip


def _key(short: str) -> str:
    return {"unknown_one": "broadcasts.unknown"}.get(short, f"broadcasts.{short}")


# ---- where


def _villages(scene: Scene) -> tuple[Option, ...]:
    places = scene.ports.broadcast_places()
    every = (Option(ALL, "Semua desa saya"),) if len(places) > 1 else ()
    shown = places if len(places) <= MOST_PLACES else places[: MOST_PLACES - 1]
    return tuple(Option(code, name) for code, name in shown) + every


def _typed_place(scene: Scene) -> str:
    """A village, kecamatan or regency by name; of a wider place, what the officer has in it."""
    found = scene.ports.find_place(scene.words[:200])
    places = [found.place] if found.place else list(found.ask)
    if not places:
        return "none"
    mine = [code for place in places for code in _within(scene, place)]
    if not mine:
        return "outside"
    if found.place:
        scene.answers["place"] = " ".join(mine)
        return "found"
    scene.answers["near"] = " ".join(mine[:5])
    return "ask"


def _within(scene: Scene, place: Place) -> list[str]:
    allowed = [code for code, _ in scene.ports.broadcast_places()]
    if any(place.code == code or place.code.startswith(f"{code}.") for code in allowed):
        return [place.code]
    return [code for code in allowed if code.startswith(f"{place.code}.")]


def _near(scene: Scene) -> tuple[Option, ...]:
    places = map(scene.ports.place, scene.answers.get("near", "").split())
    return tuple(Option(place.code, place.name) for place in places if place)


# ---- what


def _lacks(scene: Scene) -> str:
    if not (scene.answers.get("place") or scene.answers.get("corrects")):
        return "place"
    return "none" if scene.answers.get("text") else "text"


def keep_text(scene: Scene, text: str) -> None:
    """The words, and a mark of this very draft: a double tap is then one broadcast."""
    scene.answers["text"] = mask_identity_numbers(text.strip())
    scene.answers["nonce"] = scene.ports.new_token()


def _read(text: str, scene: Scene) -> str:
    command = _COMMAND.match(text)
    text = text[command.end() :] if command else text
    if not text.strip():
        raise AskAgain("broadcasts.too_short")
    if command and command[1]:
        scene.answers["kind"] = "warning"
    keep_text(scene, text)
    return scene.answers["text"]


def _what_next(scene: Scene) -> str:
    """A warning is asked for what is missing; for an act only where it names a company."""
    if scene.answers.get("kind") != "warning" or scene.answers.get("until"):
        return "look"
    problems = {key for key, _ in _seen(scene).problems}
    if problems & {"broadcasts.too_short", "broadcasts.too_long"}:  # before four more questions
        return "look"
    needs_act = "broadcasts.names_company" in problems and not scene.answers.get("act")
    return "act" if needs_act else "source"


def _read_line(text: str, scene: Scene) -> str:
    line = mask_identity_numbers(" ".join(text.split()))[:200]
    if len(line) < 3:
        raise AskAgain("broadcasts.too_short")
    if names := persons(line):
        raise AskAgain("broadcasts.names_person", found=names[0])
    return line


def _read_day(text: str, scene: Scene) -> str:
    today = scene.ports.now.date()
    days, _ = read_days(text[:100], today)
    if days is None:
        raise AskAgain("broadcasts.day_unclear")
    day = days[0]
    if day > today and str(day.year) not in text:  # "28 Desember", said in January
        day = day - timedelta(days=365)
    if day > today:
        raise AskAgain("broadcasts.source_ahead")
    return day.isoformat()


def _read_until(text: str, scene: Scene) -> str:
    until = read_until(text[:100], scene.ports.now)
    if until is None:
        raise AskAgain("broadcasts.day_unclear")
    if until <= scene.ports.now:
        raise AskAgain("broadcasts.needs_expiry")
    if until > scene.ports.now + LONGEST_WARNING:
        raise AskAgain("broadcasts.expires_late", days=str(LONGEST_WARNING.days))
    return until.isoformat()


def _read_when(text: str, scene: Scene) -> str:
    now = scene.ports.now
    at = read_when(text[:100], now)
    if at is None:
        raise AskAgain("broadcasts.when_unclear")
    if at < now:
        raise AskAgain("broadcasts.when_past")
    if at > now + FARTHEST:
        raise AskAgain("broadcasts.when_far", days=str(FARTHEST.days))
    return "" if at == now else at.isoformat()


def _set(answer: str, value: str) -> Callable[[Scene], str]:
    def decide(scene: Scene) -> str:
        scene.answers[answer] = value
        return "set"

    return decide


def _unfilter(scene: Scene) -> str:
    scene.answers |= {"language": "", "way": "", "lesson": ""}
    return "set"


# ---- the plan


def plan(scene: Scene) -> Plan:
    told = scene.answers.get
    places = tuple((told("place") or "").split())
    if places == (ALL,):
        places = tuple(code for code, _ in scene.ports.broadcast_places())
    kind: Kind = "warning" if told("kind") == "warning" else "news"
    corrects = int(told("corrects") or 0)
    return Plan(
        told("text") or "",
        () if corrects else places,
        "correction" if corrects else kind,
        languages=tuple(filter(None, [told("language")])),
        ways=tuple(filter(None, [told("way")])),
        lesson=told("lesson") or "",
        photo=told("photo") or "",
        source=told("source") or "",
        source_date=date.fromisoformat(told("source_day") or "") if told("source_day") else None,
        act=told("act") or "",
        expires=_moment(told("until")),
        danger=told("danger") == "yes",
        at=_moment(told("at")),
        corrects=corrects,
    )


def _moment(iso: str | None) -> datetime | None:
    return datetime.fromisoformat(iso) if iso else None


def _seen(scene: Scene) -> Preview:
    return scene.ports.broadcast_preview(plan(scene))


def _may_go(scene: Scene) -> str:
    seen = _seen(scene)
    scene.answers["second"] = "second" if seen.needs_second else "first"
    if not seen.problems:
        # The preview has waited until after the hour that was chosen: not now instead.
        at = _moment(scene.answers.get("at"))
        return "when_past" if at and at < scene.ports.now else "yes"
    short = seen.problems[0][0].rpartition(".")[2]
    if short == "unknown":
        return "unknown_one"
    return short if short in MENDED_AT else "trouble"


def _slots(scene: Scene) -> dict[str, str]:
    """Whatever a problem names."""
    told = dict(next(iter(_seen(scene).problems), ("", ()))[1]).get
    return {
        "characters": told("characters", ""),
        "most": told("most", ""),
        "host": told("host", ""),
        "quoted": told("quoted", ""),
        "day": told("day", ""),
        "days": told("days", ""),
        "count": told("count", ""),
        "number": told("number", ""),
        "template": told("template", ""),
        "found": told("found", ""),
    }


def _shown(scene: Scene) -> dict[str, str]:
    shown = _seen(scene).shown or scene.answers.get("text", "")
    return {"shown": shown, "photo": "📷 " if scene.answers.get("photo") else ""}


def _say_when(scene: Scene) -> str:
    starts_at = _seen(scene).starts_at
    if starts_at is None or starts_at <= scene.ports.now:
        return "sekarang"
    return say_time(starts_at)


def _when(scene: Scene) -> dict[str, str]:
    return {"when": _say_when(scene)}


def _order(scene: Scene) -> list[Event]:
    # A session that an older release left at its preview has none.
    nonce = scene.answers.get("nonce") or scene.ports.new_token()
    return [BroadcastOrdered(plan(scene), nonce)]
