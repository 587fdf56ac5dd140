"""A new meeting, asked for line by line: village, title, when, where, who speaks; seen before it goes."""

from datetime import datetime

from flows.broadcast_plan import Preview
from flows.desk_text import harmless
from flows.events import Event
from flows.meeting_plan import MeetingPlan, MeetingPlanned
from flows.meeting_session import sayable
from flows.meeting_times import read_when
from flows.nodes import Ask, AskAgain, Choice, Choose, Decide, Emit, Node, Option, Pick, Say, Scene
from flows.places import some_words
from flows.times import say_time

MOST_SHOWN = 4
LONGEST = 80
"""Letters of a title, a place or the speakers."""
NOBODY = "broadcasts.nobody"
PROBLEMS = ("broadcasts.bad_link", "broadcasts.old_fact", "broadcasts.too_many", "broadcasts.twice",
            "broadcasts.not_mine")  # fmt: skip


def planning() -> dict[str, Node]:
    """Part of the flow `meeting_desk`, whose `rest` it uses; `new` is its beginning."""
    return {
        "new": Decide(_villages, {"one": "title", "some": "village", "type": "village_words"}),
        "village": Pick("meetings.village", _village_options, "place", "title", free="typed",
                        human=False),
        "typed": Decide(_typed, {"found": "title", "no": "village_words"}),
        "village_words": Ask("meetings.village_words", "place", "title", _read_village, human=False),
        "title": Ask("meetings.title", "title", "when", public_line, human=False),
        "when": Ask("meetings.when", "times", "where", ask_when, human=False),
        "where": Ask("meetings.where", "where", "speakers", public_line, human=False),
        "speakers": Ask(
            "meetings.speakers", "speakers", "look", public_line, human=False,
            skip=Choice("later", "meetings.speakers_later", "no_speakers"),
        ),
        "no_speakers": Decide(_without_speakers, {"next": "look"}),
        "look": Decide(_may_go, {"yes": "preview", "nobody": "preview_nobody", "no": "problem"}),
        "preview": Choose("meetings.preview", (_SEND, *_OR), slots=_preview, human=False),
        "preview_nobody": Choose("meetings.preview_nobody", (_NOTE, *_OR), slots=_preview, human=False),
        # Looked at once more: the preview may have waited for days.
        "sure": Decide(_may_go, {"yes": "order", "nobody": "order", "no": "problem"}),
        "problem": Decide(_problem, {key: _node(key) for key in PROBLEMS} | {"other": "is_other"}),
        **{_node(key): Say(key, "rest", slots=_problem_slots) for key in PROBLEMS},
        "is_other": Say("meetings.cannot_send", "rest"),
        "order": Emit(_order, "ordered"),
        "ordered": Decide(
            lambda scene: "second" if _seen(scene).needs_second else "first",
            {"first": "ordered_now", "second": "ordered_second"},
        ),
        "ordered_now": Say("meetings.ordered", "rest", slots=_preview),
        "ordered_second": Say("meetings.ordered_second", "rest", slots=_preview),
        "cancelled": Say("common.cancelled", "rest"),
    }  # fmt: skip


_SEND = Choice("send", "meetings.send_invitation", "sure")
_NOTE = Choice("send", "meetings.note_it", "sure")
_OR = (
    Choice("change", "tip_off.change", "title"),
    Choice("cancel", "common.cancel", "cancelled"),
)


def _node(key: str) -> str:
    return "is_" + key.rpartition(".")[2]


def _known(scene: Scene) -> tuple[tuple[str, str], ...]:
    """Villages that the officer may choose; a leader's regencies are typed into."""
    places = scene.ports.broadcast_places()
    return tuple((code, name) for code, name in places if code.count(".") == 3)


def _villages(scene: Scene) -> str:
    found = _known(scene)
    scene.answers["nonce"] = scene.ports.new_token()
    if len(found) == 1 and len(scene.ports.broadcast_places()) == 1:
        scene.answers["place"] = found[0][0]
        return "one"
    return "some" if found else "type"


def _village_options(scene: Scene) -> tuple[Option, ...]:
    return tuple(Option(code, name) for code, name in _known(scene)[:MOST_SHOWN])


def _typed(scene: Scene) -> str:
    code = _village_of(scene, scene.words)
    scene.answers["place"] = code
    return "found" if code else "no"


def _read_village(text: str, scene: Scene) -> str:
    code = _village_of(scene, text)
    if not code:
        raise AskAgain("meetings.no_village")
    return code


def _village_of(scene: Scene, words: str) -> str:
    """The one village that the words mean and the officer reaches; ""."""
    found = scene.ports.find_place(words).place
    if found is None or found.level != "village":
        return ""
    reached = any(
        found.code == code or found.code.startswith(f"{code}.")
        for code, _ in scene.ports.broadcast_places()
    )
    return found.code if reached else ""


def public_line(text: str, scene: Scene) -> str:
    words = line_of(text)
    sayable(scene, words)
    return words


def line_of(text: str) -> str:
    """A line of the invitation: short, and nobody in it by name. Raises AskAgain."""
    words = some_words(text)
    if len(words) > LONGEST:
        raise AskAgain("meetings.line_too_long", most=str(LONGEST))
    if "[nama]" in harmless(words) or "[nomor]" in harmless(words):
        raise AskAgain("meetings.no_names")
    return words


def ask_when(text: str, scene: Scene) -> str:
    found = read_when(text, scene.ports.now)
    if isinstance(found, str):
        raise AskAgain(found)
    return " ".join(at.isoformat() for at in found)


def _without_speakers(scene: Scene) -> str:
    scene.answers["speakers"] = ""
    return "next"


def _plan(scene: Scene) -> MeetingPlan:
    starts, _, ends = scene.answers["times"].partition(" ")
    return MeetingPlan(
        scene.answers["place"], scene.answers["title"], scene.answers["where"],
        datetime.fromisoformat(starts), datetime.fromisoformat(ends),
        scene.answers.get("speakers", ""),
    )  # fmt: skip


def _seen(scene: Scene) -> Preview:
    return scene.ports.meeting_preview(_plan(scene))


def _may_go(scene: Scene) -> str:
    found = [key for key, _ in _seen(scene).problems]
    if _plan(scene).starts_at <= scene.ports.now:
        scene.answers["problem"] = "other"
        return "no"
    if found in ([], [NOBODY]):
        return "nobody" if found else "yes"
    scene.answers["problem"] = found[0] if found[0] in PROBLEMS else "other"
    return "no"


def _problem(scene: Scene) -> str:
    return scene.answers["problem"]


def _problem_slots(scene: Scene) -> dict[str, str]:
    told = dict(next(iter(_seen(scene).problems), ("", ()))[1]).get
    return {"host": told("host", ""), "quoted": told("quoted", ""), "day": told("day", ""),
            "count": told("count", ""), "most": told("most", ""),
            "number": told("number", "")}  # fmt: skip


def _preview(scene: Scene) -> dict[str, str]:
    seen, plan = _seen(scene), _plan(scene)
    place = scene.ports.place(plan.place_code)
    return plan_slots(plan) | {
        "village": place.name if place else "",
        "groups": str(seen.groups),
        "people": str(sum(count for _, count in seen.people)),
    }


def plan_slots(plan: MeetingPlan) -> dict[str, str]:
    return {
        "title": plan.title,
        "when": f"{say_time(plan.starts_at)} sampai {plan.ends_at:%H.%M}",
        "where": plan.where,
        "speakers": plan.speakers or "belum ditentukan",
    }


def _order(scene: Scene) -> list[Event]:
    return [MeetingPlanned(_plan(scene), scene.answers["nonce"])]
