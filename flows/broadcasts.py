"""An officer sends one text to a village: counted before, confirmed, then reported from the rows."""

from flows.broadcast_plan import BroadcastOrdered, Plan, Preview
from flows.events import Event
from flows.nodes import (
    Ask,
    AskAgain,
    Choice,
    Choose,
    Decide,
    Emit,
    End,
    Flow,
    Option,
    Pick,
    Say,
    Scene,
)
from flows.safety import mask_identity_numbers
from flows.times import say_time

WORDS = frozenset({"broadcasts.too_short", "broadcasts.too_long", "broadcasts.bad_link",
                   "broadcasts.old_fact"})  # fmt: skip
"""Problems that other words mend: they are asked for at once."""
MOST_PLACES = 4


def flow() -> Flow:
    return Flow(
        "broadcasts",
        {
            "start": Decide(_what, {"new": "where", "show": "show", "none": "no_villages",
                                    "stranger": "stranger", "unknown": "unknown"}),
            "stranger": Say("officer_desk.stranger", "welcome:menu"),
            "no_villages": Say("officer_desk.no_villages", "rest"),
            "unknown": Say("broadcasts.unknown", "rest"),
            "show": Say("broadcasts.report", "rest", slots=_report),
            "where": Pick("broadcasts.where", _villages, "place", "text", human=False),
            "text": Ask("broadcasts.text", "text", "look", _read, human=False),
            "look": Decide(_may_go, {"yes": "preview", "no": "problem", "words": "words"}),
            "preview": Choose(
                "broadcasts.preview",
                (
                    Choice("send", "broadcasts.send", "sure"),
                    Choice("change", "tip_off.change", "text"),
                    Choice("cancel", "common.cancel", "cancelled"),
                ),
                slots=_preview,
                human=False,
            ),
            # Looked at once more: the preview may have waited for days.
            "sure": Decide(_may_go, {"yes": "order", "no": "problem", "words": "words"}),
            "words": Decide(_problem, {key: _node(key) for key in WORDS}),
            **{_node(key): Say(key, "text", slots=_slots) for key in WORDS},
            "problem": Decide(_problem, {key: _node(key) for key in PROBLEMS}),
            **{_node(key): Say(key, "rest", slots=_slots) for key in PROBLEMS},
            "order": Emit(_order, "ordered"),
            "ordered": Decide(
                lambda scene: "second" if _seen(scene).needs_second else "first",
                {"first": "ordered_now", "second": "ordered_second"},
            ),
            "ordered_now": Say("broadcasts.ordered", "rest", slots=_when),
            "ordered_second": Say("broadcasts.ordered_second", "rest", slots=_when),
            "cancelled": Say("common.cancelled", "rest"),
            "rest": End(),
        },
    )  # fmt: skip


PROBLEMS = ("broadcasts.nobody", "broadcasts.too_many", "broadcasts.twice", "broadcasts.not_mine",
            "broadcasts.template_not_approved")  # fmt: skip


def _node(key: str) -> str:
    return "is_" + key.rpartition(".")[2]


def _what(scene: Scene) -> str:
    if not scene.person.officer:
        return "stranger"
    number = scene.words.strip().lstrip("#")
    if number.isdecimal():
        scene.answers["number"] = number[:9]
        return "show" if scene.ports.broadcast(int(number[:9])) else "unknown"
    return "new" if scene.ports.broadcast_places() else "none"


def _villages(scene: Scene) -> tuple[Option, ...]:
    places = scene.ports.broadcast_places()
    every = (Option("all", "Semua desa saya"),) if len(places) > 1 else ()
    return tuple(Option(code, name) for code, name in places[:MOST_PLACES]) + every


def _plan(scene: Scene) -> Plan:
    chosen = scene.answers["place"]
    every = tuple(code for code, _ in scene.ports.broadcast_places())
    return Plan(scene.answers["text"], every if chosen == "all" else (chosen,))


def _seen(scene: Scene) -> Preview:
    return scene.ports.broadcast_preview(_plan(scene))


def _read(text: str, scene: Scene) -> str:
    kept = mask_identity_numbers(text.strip())
    if not kept:
        raise AskAgain("broadcasts.too_short")
    scene.answers["nonce"] = scene.ports.new_token()
    return kept


def _may_go(scene: Scene) -> str:
    problems = _seen(scene).problems
    if not problems:
        return "yes"
    scene.answers["problem"] = problems[0][0]
    return "words" if problems[0][0] in WORDS else "no"


def _problem(scene: Scene) -> str:
    return scene.answers["problem"]


def _slots(scene: Scene) -> dict[str, str]:
    """Whatever a problem names."""
    told = dict(next(iter(_seen(scene).problems), ("", ()))[1]).get
    return {
        "characters": told("characters", ""),
        "most": told("most", ""),
        "host": told("host", ""),
        "quoted": told("quoted", ""),
        "day": told("day", ""),
        "count": told("count", ""),
        "number": told("number", ""),
        "template": told("template", ""),
    }


def _preview(scene: Scene) -> dict[str, str]:
    seen = _seen(scene)
    return {
        "text": scene.answers["text"],
        "office": scene.ports.office_name(),
        "groups": str(seen.groups),
        "people": str(sum(count for _, count in seen.people)),
        "outside": str(seen.outside_window),
        "opted_out": str(seen.opted_out),
        "when": _say_when(scene),
    }


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
    return [BroadcastOrdered(_plan(scene), nonce)]


def _report(scene: Scene) -> dict[str, str]:
    view = scene.ports.broadcast(int(scene.answers["number"]))
    assert view is not None, "the node before has looked it up"
    counts = say_counts(dict(view.counts))
    if view.status == "scheduled" and view.starts_at:
        counts = f"dikirim {say_time(view.starts_at)}"
    counts += say_forwarded(*scene.ports.forwarded(view.id))
    return {"number": str(view.id), "counts": counts}


STATES = {
    "waiting": "menunggu", "queued": "siap dikirim", "sending": "sedang dikirim", "sent": "dikirim",
    "delivered": "sampai", "read": "dibaca", "failed": "gagal",
    "parked": "ditahan (di luar 24 jam WhatsApp)", "opted_out": "berhenti berlangganan",
    "unreachable": "tidak bisa dihubungi", "enough": "sudah cukup kabar minggu ini",
    "cancelled": "dibatalkan", "expired": "kedaluwarsa", "unknown": "tidak pasti",
}  # fmt: skip


def say_counts(counts: dict[str, int]) -> str:
    """`sampai 12, gagal 1`, in the order a message lives through."""
    said = [f"{words} {counts[state]}" for state, words in STATES.items() if counts.get(state)]
    return ", ".join(said) or "belum ada penerima"


def say_forwarded(forwarded: int, asked: int, came: int) -> str:
    """What stands behind the counts; "" where no admin of a WhatsApp group was asked."""
    if not asked:
        return ""
    return f"; diteruskan oleh {forwarded} dari {asked} admin; {came} orang datang lewat tautan"
