"""An officer sends one text to a village: counted before, confirmed, then reported from the rows."""

import re
from collections.abc import Sequence
from datetime import date
from urllib.parse import urlsplit

from flows.events import BroadcastOrdered, Event
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
from flows.quoting import Fact, outdated
from flows.safety import mask_identity_numbers
from flows.times import say_time

MAX_TEXT = 800
"""Fits every channel with the sender line, and a phone's screen."""

_LINK = re.compile(
    r"https?://\S+|\b(?:[a-z0-9-]+\.)+"
    r"(?:com|net|org|id|me|info|link|site|online|shop|top|xyz|ly|io|co|app|biz|click|store)\b\S*",
    re.IGNORECASE,
)
"""Written links, also bare ones: what a phone makes tappable."""


def flow(facts: Sequence[Fact]) -> Flow:
    """`facts` are what a broadcast may quote, as long as they are fresh."""

    def read(text: str, scene: Scene) -> str:
        kept = _read(text, scene)
        if old := outdated(kept, facts, _day(scene)):
            raise AskAgain("broadcasts.old_fact", **_aged(old))
        return kept

    def may_go(scene: Scene) -> str:
        """Looked at once more: the preview may have waited for days."""
        if old := outdated(scene.answers["text"], facts, _day(scene)):
            scene.answers |= _aged(old)
            return "old"
        return "yes" if scene.ports.audience(_codes(scene)).total else "no"

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
            "text": Ask("broadcasts.text", "text", "preview", read, human=False),
            "preview": Choose(
                "broadcasts.preview",
                (
                    Choice("send", "broadcasts.send", "someone"),
                    Choice("change", "tip_off.change", "text"),
                    Choice("cancel", "common.cancel", "cancelled"),
                ),
                slots=_preview,
                human=False,
            ),
            "someone": Decide(may_go, {"yes": "order", "no": "nobody", "old": "old_fact"}),
            "old_fact": Say("broadcasts.old_fact", "text", slots=_quoted),
            "nobody": Say("broadcasts.nobody", "rest"),
            "order": Emit(_order, "ordered"),
            "ordered": Say("broadcasts.ordered", "rest", slots=_when),
            "cancelled": Say("common.cancelled", "rest"),
            "rest": End(),
        },
    )  # fmt: skip


def _what(scene: Scene) -> str:
    if not scene.person.officer:
        return "stranger"
    number = scene.words.strip().lstrip("#")
    if number.isdecimal():
        scene.answers["number"] = number[:9]
        return "show" if scene.ports.broadcast(int(number[:9])) else "unknown"
    return "new" if scene.ports.officer_villages() else "none"


def _villages(scene: Scene) -> tuple[Option, ...]:
    places = scene.ports.officer_villages()
    every = (Option("all", "Semua desa saya"),) if len(places) > 1 else ()
    return tuple(Option(place.code, place.name) for place in places[:4]) + every


def _codes(scene: Scene) -> tuple[str, ...]:
    if scene.answers["place"] == "all":
        return tuple(place.code for place in scene.ports.officer_villages())
    return (scene.answers["place"],)


def _read(text: str, scene: Scene) -> str:
    """Plain words, not too long, links only to government addresses."""
    kept = mask_identity_numbers(text.strip())
    if sum(letter.isalnum() for letter in kept) < 10:
        raise AskAgain("broadcasts.too_short")
    if len(kept) > MAX_TEXT:
        raise AskAgain("broadcasts.too_long", characters=str(len(kept)), most=str(MAX_TEXT))
    for link in _LINK.findall(kept):
        host = urlsplit(link if "//" in link else f"//{link}").hostname or ""
        if not host.endswith(".go.id"):
            raise AskAgain("broadcasts.bad_link", host=host)
    return kept


def _preview(scene: Scene) -> dict[str, str]:
    audience = scene.ports.audience(_codes(scene))
    return {
        "text": scene.answers["text"],
        "office": scene.ports.office_name(),
        "groups": str(audience.groups),
        "people": str(audience.telegram + audience.whatsapp),
        "outside": str(audience.outside_window),
        "opted_out": str(audience.opted_out),
        "when": _say_when(scene),
    }


def _say_when(scene: Scene) -> str:
    send_at = scene.ports.audience(_codes(scene)).send_at
    return "sekarang" if send_at <= scene.ports.now else say_time(send_at)


def _when(scene: Scene) -> dict[str, str]:
    return {"when": _say_when(scene)}


def _day(scene: Scene) -> date:
    """On which it would leave."""
    return max(scene.ports.now, scene.ports.audience(_codes(scene)).send_at).date()


def _aged(fact: Fact) -> dict[str, str]:
    return {"quoted": fact.words[:60], "day": f"{fact.source.review_by:%d-%m-%Y}"}


def _quoted(scene: Scene) -> dict[str, str]:
    return {"quoted": scene.answers["quoted"], "day": scene.answers["day"]}


def _order(scene: Scene) -> list[Event]:
    return [BroadcastOrdered(_codes(scene), scene.answers["text"])]


def _report(scene: Scene) -> dict[str, str]:
    view = scene.ports.broadcast(int(scene.answers["number"]))
    assert view is not None, "the node before has looked it up"
    return {"number": str(view.id), "counts": say_counts(dict(view.counts))}


_STATES = {
    "queued": "menunggu", "sending": "sedang dikirim", "sent": "dikirim", "delivered": "sampai",
    "read": "dibaca", "failed": "gagal", "parked": "ditahan (di luar 24 jam WhatsApp)",
    "cancelled": "dibatalkan (berhenti berlangganan)", "unknown": "tidak pasti",
}  # fmt: skip


def say_counts(counts: dict[str, int]) -> str:
    """`sampai 12, gagal 1`, in the order a message lives through."""
    said = [f"{words} {counts[state]}" for state, words in _STATES.items() if counts.get(state)]
    return ", ".join(said) or "belum ada penerima"
