"""The family follows a departure: a one-time code, the traveller's yes, and an end at any time.

A relative sees the ticks and the day, nothing else. A code of 40 bits opens nothing by itself: its
owner is asked first, so guessed codes need no counter of their own.
"""

import re

from flows.departure_facts import Document, documents_for
from flows.departure_plan import Plan
from flows.events import (
    ConsentGiven,
    Event,
    FamilyAnswered,
    FamilyAsked,
    FamilyEnded,
    FamilyInvited,
)
from flows.nodes import Choice, Choose, Decide, Emit, Node, Say, Scene, Slots
from flows.ports import Ports
from flows.times import say_date

CODE_LETTERS = 9
"""The beginning of a fresh receipt code: two groups of four with a sign between them."""
CONSENT = ("departure.family_ask", "departure.follow_ask")
_CODE = re.compile(r"\s*([0-9A-Za-z]{4})[\s\-–—.]{0,3}([0-9A-Za-z]{4})\s*[.!]?\s*")
_MENU = Choice("menu", "common.to_menu", "welcome:menu")


def read_code(words: str) -> str:
    """`7f3k 92qx` → `7F3K-92QX`; "" for words that are no code. One has a digit or capitals."""
    found = _CODE.fullmatch(words)
    code = f"{found[1]}-{found[2]}" if found else ""
    return code.upper() if code.isupper() or any(letter.isdigit() for letter in code) else ""


def _fresh_code(ports: Ports) -> str:
    """With a digit in it, so that in small letters it is still no two words."""
    code = ""
    while not any(letter.isdigit() for letter in code):
        code = ports.new_receipt()[:CODE_LETTERS]
    return code


def family_nodes(documents: tuple[Document, ...], version: str) -> dict[str, Node]:
    return _travellers(version) | _relatives(documents, version)


def _travellers(version: str) -> dict[str, Node]:
    """Who leaves gives a code, is asked, and may end it."""

    def family(scene: Scene) -> str:
        if not scene.answers.get("kept"):
            return "not_kept"
        if scene.ports.family_asks():
            return "asked"
        return "followed" if scene.ports.followers() else "nobody"

    def invite(scene: Scene) -> list[Event]:
        scene.answers["code"] = _fresh_code(scene.ports)
        return [FamilyInvited(scene.answers["code"])]

    def allow(scene: Scene) -> list[Event]:
        return [ConsentGiven("departure_family", version), FamilyAnswered(True)]

    code = Choice("code", "departure.make_code", "make_code")
    back = Choice("overview", "departure.back", "overview")
    return {
        "family": Decide(
            family,
            {"not_kept": "keep_first", "asked": "family_ask", "nobody": "no_family",
             "followed": "family_follows"},
        ),
        "keep_first": Say("departure.keep_first", "consent"),
        "no_family": Choose("departure.no_family", (code, back)),
        "family_follows": Choose(
            "departure.family_follows",
            (code, Choice("end", "departure.end_family", "family_end"), back),
            slots=lambda scene: {"followers": str(scene.ports.followers())},
        ),
        "make_code": Emit(invite, "code_made"),
        "code_made": Say(
            "departure.code_made", "overview",
            slots=lambda scene: {"code": scene.answers.get("code", "")},
        ),
        "family_end": Emit(lambda _: [FamilyEnded(mine=True)], "family_ended"),
        "family_ended": Say("departure.family_ended", "overview"),
        "family_ask": Choose(
            "departure.family_ask",
            (Choice("yes", "departure.allow", "allow"), Choice("no", "departure.refuse", "refuse")),
        ),
        "allow": Decide(_still_asks, {"yes": "allow_it", "no": "asks_not"}),
        "allow_it": Emit(allow, "allowed"),
        "allowed": Say("departure.allowed", "overview"),
        "refuse": Decide(_still_asks, {"yes": "refuse_it", "no": "asks_not"}),
        "refuse_it": Emit(lambda _: [FamilyAnswered(False)], "refused"),
        "refused": Say("departure.refused", "overview"),
        "asks_not": Say("departure.asks_not", "overview"),
    }  # fmt: skip


def _still_asks(scene: Scene) -> str:
    """An old button is pressed, or the relative has given up meanwhile."""
    return "yes" if scene.ports.family_asks() else "no"


def _relatives(documents: tuple[Document, ...], version: str) -> dict[str, Node]:
    """Who follows: IKUTI with the code, then IKUTI alone to look."""

    def follow(scene: Scene) -> str:
        words = scene.words.strip()
        code = read_code(words)
        if words and not code:
            return "elsewhere"
        if code:
            scene.answers["code"] = code
            return "ask" if scene.ports.family_code(code) else "wrong"
        followed = scene.ports.followed()
        if followed is None:
            return "how"
        return "look" if followed.plan else "waiting"

    def still_good(scene: Scene) -> str:
        """Another chat may have used it meanwhile."""
        return "ask" if scene.ports.family_code(scene.answers["code"]) else "wrong"

    def ask(scene: Scene) -> list[Event]:
        return [ConsentGiven("departure_family", version), FamilyAsked(scene.answers["code"])]

    stop = Choice("stop", "departure.unfollow", "unfollow")
    return {
        "follow": Decide(
            follow,
            {"elsewhere": "elsewhere", "ask": "follow_ask", "wrong": "wrong_code", "how": "how",
             "look": "following", "waiting": "follow_waits"},
        ),
        "follow_ask": Choose(
            "departure.follow_ask",
            (Choice("yes", "departure.ask_them", "follow_yes"),
             Choice("no", "common.rather_not", "welcome:menu")),
        ),
        "follow_yes": Decide(still_good, {"ask": "follow_now", "wrong": "wrong_code"}),
        "follow_now": Emit(ask, "follow_asked"),
        "follow_asked": Say("departure.follow_asked", "welcome:menu"),
        "wrong_code": Say("departure.wrong_code", "welcome:menu"),
        "how": Say("departure.how_to_follow", "welcome:menu"),
        "follow_waits": Choose("departure.follow_waits", (stop, _MENU), open=True),
        "following": Choose(
            "departure.following", (stop, _MENU), slots=_seen(documents), open=True
        ),
        "unfollow": Emit(lambda _: [FamilyEnded(mine=False)], "unfollowed"),
        "unfollowed": Say("departure.unfollowed", "welcome:menu"),
    }  # fmt: skip


def _seen(documents: tuple[Document, ...]) -> Slots:
    def slots(scene: Scene) -> dict[str, str]:
        followed = scene.ports.followed()
        plan = followed.plan if followed else None
        return (
            seen(documents, plan) if plan else {"done": "0", "of": "0", "ticked": "-", "day": "-"}
        )

    return slots


def seen(documents: tuple[Document, ...], plan: Plan) -> dict[str, str]:
    """All that a relative is shown."""
    rows = documents_for(documents, plan.way, plan.country)
    ticked = [row.title for row in rows if row.id in plan.done]
    return {
        "done": str(len(ticked)),
        "of": str(len(rows)),
        "ticked": ", ".join(ticked) or "belum ada",
        "day": say_date(plan.day) if plan.day else "belum tahu",
    }
