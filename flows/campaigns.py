"""KAMPANYE: an officer makes join links and posters, and news that repeats. KIT: for local media."""

from flows.broadcast_names import nobodys
from flows.campaign_plan import (
    Act,
    Came,
    CampaignMade,
    CampaignView,
    Kind,
    KitAsked,
    RepeatDecided,
    RepeatMade,
    RepeatPlan,
    RepeatPreview,
)
from flows.events import Event
from flows.nodes import (
    Ask,
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
from flows.paging import paged
from flows.times import say_time

LONGEST_TITLE = 60
WEEKDAYS = ("Senin", "Selasa", "Rabu", "Kamis", "Jumat")
"""On which a lesson is offered, 0 = Monday."""
NOBODY_YET = "broadcasts.nobody"
MONTH_DAYS = (1, 5, 10, 15, 25)
PROBLEMS = ("campaigns.old_lessons", "campaigns.no_lesson_left", "broadcasts.old_fact",
            "broadcasts.too_many", "broadcasts.not_mine", "broadcasts.twice",
            "broadcasts.too_long", "broadcasts.bad_link", "campaigns.cannot")  # fmt: skip
KIT_PROBLEMS = ("campaigns.kit_old", "campaigns.kit_unknown", "campaigns.kit_not_sent",
                "campaigns.kit_no_script")  # fmt: skip


def flow() -> Flow:
    nodes: dict[str, Node] = {
        "start": Decide(
            _what, {"menu": "menu", "show": "show", "stranger": "stranger", "unknown": "unknown",
                    "none": "no_villages"},
        ),
        "stranger": Say("officer_desk.stranger", "welcome:menu"),
        "no_villages": Say("officer_desk.no_villages", "rest"),
        "unknown": Say("campaigns.unknown", "rest"),
        "menu": Choose(
            "campaigns.menu",
            (Choice("link", "campaigns.menu_link", "link_where"),
             Choice("lesson", "campaigns.menu_lesson", "lesson_where"),
             Choice("hours", "campaigns.menu_hours", "hours_where"),
             Choice("list", "campaigns.menu_list", "any")),
            human=False,
        ),
        "rest": End(),
    }  # fmt: skip
    entries = ("approve", "kit")
    return Flow(
        "campaigns", nodes | _links() | _repeating() | _listing() | _approving() | _kits(), entries
    )


def _links() -> dict[str, Node]:
    return {
        **_where("link_where", "link_title"),
        "link_title": Ask("campaigns.link_title", "title", "link_make", _read_title, human=False),
        "link_make": Emit(_make_link, "link_made"),
        "link_made": Say("campaigns.link_made", "rest", slots=_link_slots),
    }


def _repeating() -> dict[str, Node]:
    return {
        **_where("lesson_where", "lesson_day"),
        "lesson_day": Pick("campaigns.lesson_day", _weekdays, "repeat_day", "lesson_kind", human=False),
        "lesson_kind": Decide(lambda scene: _kind(scene, "lesson"), {"on": "look"}),
        **_where("hours_where", "hours_day"),
        "hours_day": Pick("campaigns.hours_day", _month_days, "repeat_day", "hours_kind", human=False),
        "hours_kind": Decide(lambda scene: _kind(scene, "hours"), {"on": "look"}),
        "look": Decide(_may_begin, {"yes": "confirm", "no": "problem"}),
        "confirm": Choose(
            "campaigns.confirm",
            (Choice("yes", "campaigns.begin", "sure"),
             Choice("cancel", "common.cancel", "cancelled")),
            slots=_confirm,
            human=False,
        ),
        "sure": Decide(_may_begin, {"yes": "make", "no": "problem"}),
        "make": Emit(_make_repeat, "made"),
        "made": Decide(
            lambda scene: "second" if _seen(scene).preview.needs_second else "first",
            {"first": "made_now", "second": "made_second"},
        ),
        "made_now": Say("campaigns.made", "rest", slots=_confirm),
        "made_second": Say("campaigns.made_second", "rest"),
        "cancelled": Say("common.cancelled", "rest"),
        "problem": Decide(_problem, {key: _node(key) for key in PROBLEMS}),
        **{_node(key): Say(key, "rest", slots=_problem_slots) for key in PROBLEMS},
    }  # fmt: skip


def _listing() -> dict[str, Node]:
    acts = {
        "pause": "campaigns.pause", "resume": "campaigns.resume", "stop": "campaigns.stop",
    }  # fmt: skip
    return {
        "any": Decide(
            lambda scene: "some" if scene.ports.campaigns() else "none",
            {"some": "list", "none": "nothing"},
        ),
        "nothing": Say("campaigns.nothing", "rest"),
        **paged("list", _listed, "number", "show", text="campaigns.list",
                other="lessons.other", free="menu", human=False),
        "show": Decide(_shown, {"active": "active", "paused": "paused", "proposed": "proposed",
                                "stopped": "plain", "": "plain", "gone": "unknown"}),
        "plain": Say("campaigns.shown", "rest", slots=_shown_slots),
        "active": Choose(
            "campaigns.shown_active",
            (Choice("pause", acts["pause"], "pause"), Choice("stop", acts["stop"], "stop"),
             Choice("leave", "campaigns.leave", "left")),
            slots=_shown_slots, human=False,
        ),
        "paused": Choose(
            "campaigns.shown_paused",
            (Choice("resume", acts["resume"], "resume"), Choice("stop", acts["stop"], "stop"),
             Choice("leave", "campaigns.leave", "left")),
            slots=_shown_slots, human=False,
        ),
        "proposed": Choose(
            "campaigns.shown_proposed",
            (Choice("stop", acts["stop"], "stop"), Choice("leave", "campaigns.leave", "left")),
            slots=_shown_slots, human=False,
        ),
        "left": Say("campaigns.left", "rest"),
        "pause": Emit(lambda scene: _decide(scene, "pause"), "paused_now"),
        "resume": Emit(lambda scene: _decide(scene, "resume"), "resumed_now"),
        "stop": Emit(lambda scene: _decide(scene, "stop"), "stopped_now"),
        "paused_now": Say("campaigns.paused_now", "rest", slots=_numbered),
        "resumed_now": Say("campaigns.resumed_now", "rest", slots=_numbered),
        "stopped_now": Say("campaigns.stopped_now", "rest", slots=_numbered),
    }  # fmt: skip


def _approving() -> dict[str, Node]:
    return {
        "approve": Decide(_may_approve, {"yes": "approve_it", "no": "not_second",
                                         "gone": "unknown", "stranger": "stranger"}),
        "not_second": Say("broadcasts.not_second", "rest"),
        "approve_it": Emit(lambda scene: _decide(scene, "approve"), "approved_now"),
        "approved_now": Say("campaigns.approved_now", "rest", slots=_numbered),
    }  # fmt: skip


def _kits() -> dict[str, Node]:
    return {
        "kit": Decide(
            _kit, {"yes": "kit_make", "how": "kit_how", "stranger": "stranger"}
            | {key: _node(key) for key in KIT_PROBLEMS},
        ),
        "kit_how": Say("campaigns.kit_how", "rest"),
        "kit_make": Emit(lambda scene: [KitAsked(scene.answers["what"])], "kit_sent"),
        "kit_sent": Say("campaigns.kit_sent", "rest"),
        **{_node(key): Say(key, "rest") for key in KIT_PROBLEMS},
    }  # fmt: skip


def _node(key: str) -> str:
    return "is_" + key.rpartition(".")[2]


def _what(scene: Scene) -> str:
    if not scene.person.officer:
        return "stranger"
    number = scene.words.strip().lstrip("#")
    if number.isdecimal():
        scene.answers["number"] = number[:9]
        return "show" if scene.ports.campaign_by_number(int(number[:9])) else "unknown"
    return "menu" if scene.ports.broadcast_places() else "none"


def _where(name: str, then: str) -> dict[str, Node]:
    return paged(name, _places, "place", then, text="campaigns.where", other="lessons.other",
                 free=name, human=False)  # fmt: skip


def _places(scene: Scene) -> tuple[Option, ...]:
    return tuple(Option(code, name) for code, name in scene.ports.broadcast_places())


# ---- links


def _read_title(text: str, scene: Scene) -> str:
    title = title_of(text)
    scene.answers["join_code"] = scene.ports.new_campaign_code()
    return title


def title_of(text: str) -> str:
    """Raises AskAgain."""
    return nobodys(text)[:LONGEST_TITLE]


def _make_link(scene: Scene) -> list[Event]:
    answers = scene.answers
    return [CampaignMade(answers["join_code"], "poster", answers["place"], answers["title"])]


def _link_slots(scene: Scene) -> dict[str, str]:
    code = scene.answers["join_code"]
    return {"code": code, "links": "\n".join(scene.ports.campaign_links(code))}


# ---- repeating


def _weekdays(_: Scene) -> tuple[Option, ...]:
    return tuple(Option(str(number), name) for number, name in enumerate(WEEKDAYS))


def _month_days(_: Scene) -> tuple[Option, ...]:
    return tuple(Option(str(day), f"Tanggal {day}") for day in MONTH_DAYS)


def _kind(scene: Scene, kind: Kind) -> str:
    scene.answers["kind"] = kind
    scene.answers["nonce"] = scene.ports.new_token()
    scene.answers["join_code"] = scene.ports.new_campaign_code()
    return "on"


def _plan(scene: Scene) -> RepeatPlan:
    answers = scene.answers
    kind: Kind = "lesson" if answers["kind"] == "lesson" else "hours"
    return RepeatPlan(kind, (answers["place"],), int(answers["repeat_day"]))


def _seen(scene: Scene) -> RepeatPreview:
    return scene.ports.repeat_preview(_plan(scene))


def _may_begin(scene: Scene) -> str:
    problems = [found for found in _seen(scene).preview.problems if found[0] != NOBODY_YET]
    if not problems:
        return "yes"
    key, slots = problems[0]
    scene.answers |= {"problem": key} | dict(slots)
    return "no"


def _problem(scene: Scene) -> str:
    found = scene.answers["problem"]
    return found if found in PROBLEMS else "campaigns.cannot"


def _problem_slots(scene: Scene) -> dict[str, str]:
    """Whatever a problem names."""
    told = scene.answers.get
    return {
        "characters": told("characters", ""),
        "most": told("most", ""),
        "host": told("host", ""),
        "quoted": told("quoted", ""),
        "day": told("day", ""),
        "count": told("count", ""),
        "number": told("number", ""),
    }


def _confirm(scene: Scene) -> dict[str, str]:
    seen = _seen(scene)
    return {
        "text": seen.text,
        "when": say_time(seen.first_at),
        "groups": str(seen.preview.groups),
        "people": str(sum(count for _, count in seen.preview.people)),
    }


def _make_repeat(scene: Scene) -> list[Event]:
    return [RepeatMade(_plan(scene), scene.answers["join_code"], scene.answers["nonce"])]


# ---- the list


def _listed(scene: Scene) -> tuple[Option, ...]:
    return tuple(
        Option(str(view.id), f"{view.id} {view.title}, {view.place_name}".rstrip(", "))
        for view in scene.ports.campaigns()
    )


def _shown(scene: Scene) -> str:
    view = scene.ports.campaign_by_number(int(scene.answers["number"]))
    return view.status if view else "gone"


def _shown_slots(scene: Scene) -> dict[str, str]:
    view = scene.ports.campaign_by_number(int(scene.answers["number"]))
    assert view is not None, "the node before has looked it up"
    return {
        "number": str(view.id),
        "title": view.title,
        "place": view.place_name,
        "code": view.code,
        "counts": say_arrivals(view),
        "links": "\n".join(view.links),
        "when": say_time(view.next_at) if view.next_at else "-",
    }


CAME: tuple[tuple[Came, str], ...] = (
    ("arrived", "datang"),
    ("joined", "ikut"),
    ("again", "sudah ikut"),
)


def say_arrivals(view: CampaignView) -> str:
    """`datang 12, ikut 9, sudah ikut 1`."""
    found = dict(view.counts)
    said = [f"{name} {found[what]}" for what, name in CAME if found.get(what)]
    return ", ".join(said) or "belum ada yang datang"


def _decide(scene: Scene, act: Act) -> list[Event]:
    return [RepeatDecided(int(scene.answers["number"]), act)]


def _numbered(scene: Scene) -> dict[str, str]:
    return {"number": scene.answers["number"]}


def _may_approve(scene: Scene) -> str:
    if not scene.person.officer:
        return "stranger"
    number = scene.words.strip().lstrip("#")
    scene.answers["number"] = number[:9]
    if not number.isdecimal():
        return "gone"
    view = scene.ports.campaign_by_number(int(number[:9]))
    if view is None or view.status != "proposed":
        return "gone"
    return "yes" if view.may_approve else "no"


# ---- the kit for local media


def _kit(scene: Scene) -> str:
    if not scene.person.officer:
        return "stranger"
    what = scene.words.strip().lstrip("#").lower().replace(" ", "_")[:60]
    scene.answers["what"] = what
    if not what:
        return "how"
    return scene.ports.kit_problem(what) or "yes"
