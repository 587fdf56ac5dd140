"""What an officer does to a report they have taken: words to its reporter, a pause, handing it on."""

from collections.abc import Sequence
from datetime import timedelta

from flows.desk_tip import ENDED, number, page, present, standing, view
from flows.desk_words import named, read_length
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
from flows.officer_events import TipPassedOn, TipPaused, TipQuestionAsked
from flows.places import read_words
from flows.ports import Colleague, PauseRules
from flows.safety import mask_identity_numbers
from flows.times import say_time

MOST_HEIRS = 4
_PARTNER = frozenset(
    ["mitra", "instansi", "polisi", "polres", "bp3mi", "p4mi", "disnaker", "partner"]
)
_LENGTHS = (("1 hari", 1), ("3 hari", 3), ("7 hari", 7), ("14 hari", 14))


# ---- words to the reporter


def writing(canned: Sequence[str]) -> dict[str, Node]:
    """BALAS and TANYA: the same way; only a question needs the reporter's leave to ask."""

    def offered(scene: Scene) -> dict[str, str]:
        lines = "\n".join(f"{at}. {words}" for at, words in enumerate(canned, 1))
        return number(scene) | {"canned": lines}

    def read_reply(text: str, scene: Scene) -> str:
        return _canned(text, canned) or read_words(text, scene)

    def what(scene: Scene) -> str:
        rest = scene.answers.get("rest", "")
        if sum(letter.isalnum() for letter in rest) < 1:
            return scene.answers["act"]
        if canned_words := _canned(rest, canned) if scene.answers["act"] == "reply" else "":
            scene.answers["question"] = canned_words
        else:
            try:
                scene.answers["question"] = read_words(rest, scene)
            except AskAgain:
                return scene.answers["act"]
        return "typed"

    return {
        "write": Decide(_may_write, {"yes": "write_what", "no": "cannot_ask",
                                     "new": "not_taken"} | ENDED),
        "write_what": Decide(what, {"typed": "write_check", "ask": "ask_words",
                                    "reply": "reply_words"}),
        "ask_words": Ask("officer_desk.ask_words", "question", "write_confirmed", read_words,
                         slots=number, human=False),
        "reply_words": Ask("officer_desk.reply_words", "question", "write_confirmed", read_reply,
                           slots=offered, human=False),
        "write_check": Decide(
            _ready_to_write,
            {"yes": "written", "sure": "write_sure", "again": "already", "no": "cannot_ask",
             "new": "not_taken"} | ENDED,
        ),
        "write_sure": Choose(
            "officer_desk.write_sure",
            (Choice("yes", "officer_desk.send", "write_confirmed"),
             Choice("no", "officer_desk.do_not", "unsent")),
            slots=_question, human=False,
        ),
        "write_confirmed": Decide(_confirmed, {"next": "write_check"}),
        "unsent": Say("officer_desk.unsent", "rest"),
        "already": Say("officer_desk.already", "rest", slots=number),
        "cannot_ask": Say("officer_desk.cannot_ask", "rest", slots=number),
        "written": Emit(_write, "written_how"),
        "written_how": Decide(
            lambda scene: "asked" if present(scene).can_reply else "kept",
            {"asked": "asked_text", "kept": "kept_text"},
        ),
        "asked_text": Say("officer_desk.asked", "rest", slots=number),
        "kept_text": Say("officer_desk.kept", "rest", slots=number),
    }  # fmt: skip


def _canned(text: str, canned: Sequence[str]) -> str:
    """`BALAS 12 1` is the first of the ready answers."""
    at = text.strip().rstrip(".")
    return canned[int(at) - 1] if at.isdecimal() and 1 <= int(at[:3]) <= len(canned) else ""


def _may_write(scene: Scene) -> str:
    stands = standing(scene)
    if stands != "taken":
        return stands
    asks = scene.answers.get("act") == "ask"
    return "no" if asks and not present(scene).can_reply else "yes"


def _ready_to_write(scene: Scene) -> str:
    """The same words once more are the same message: a second try on a bad connection."""
    may = _may_write(scene)
    if may != "yes":
        return may
    sent = scene.ports.reporter_messages(present(scene).id)
    if sent and sent[-1] == _words(scene):
        return "again"
    return "sure" if scene.answers.get("guessed") else "yes"


def _confirmed(scene: Scene) -> str:
    scene.answers["guessed"] = ""
    return "next"


def _words(scene: Scene) -> str:
    return mask_identity_numbers(scene.answers.get("question", "")[:1000])


def _question(scene: Scene) -> dict[str, str]:
    return number(scene) | {"text": _words(scene)[:600]}


def _write(scene: Scene) -> list[Event]:
    return [TipQuestionAsked(present(scene).id, _words(scene))]


# ---- a pause


def pausing() -> dict[str, Node]:
    may = {"danger": "no_pause", "paused": "is_paused", "often": "pause_often",
           "new": "not_taken"} | ENDED  # fmt: skip
    return {
        "pause_it": Decide(_may_pause, {"yes": "pause_read"} | may),
        "pause_read": Decide(
            _read_pause,
            {"length": "pause_length", "long": "pause_long", "reason": "pause_reason",
             "ready": "pause_last"},
        ),
        "pause_long": Say("officer_desk.pause_long", "pause_length", slots=_at_most),
        "pause_length": Pick("officer_desk.pause_length", _lengths, "rest_length", "pause_picked",
                             free="pause_typed", slots=number, human=False),
        "pause_picked": Decide(_picked_length, {"next": "pause_read"}),
        "pause_typed": Decide(_typed_length, {"next": "pause_read"}),
        "pause_reason": Pick("officer_desk.pause_reason", _reasons, "reason", "pause_last",
                             free="pause_why", slots=number, human=False),
        "pause_why": Decide(_typed_reason, {"known": "pause_last", "unknown": "pause_reason"}),
        "pause_last": Decide(_may_pause, {"yes": "paused"} | may),
        "paused": Emit(_pause, "paused_text"),
        "paused_text": Say("officer_desk.paused", "rest", slots=_pause_said),
        "is_paused": Say("officer_desk.is_paused", "rest", slots=_pause_there),
        "no_pause": Say("officer_desk.no_pause", "rest", slots=number),
        "pause_often": Say("officer_desk.pause_often", "rest", slots=number),
    }  # fmt: skip


def _may_pause(scene: Scene) -> str:
    stands = standing(scene)
    if stands != "taken":
        return stands
    tip = present(scene)
    if tip.paused_until is not None:
        return "paused"
    if tip.urgency == "now":
        return "danger"
    return "yes" if scene.ports.may_pause(tip.number) else "often"


def _read_pause(scene: Scene) -> str:
    """What of `2 hari menunggu dokumen` is there already; the rest is asked."""
    rules = scene.ports.pause_rules()
    length, others = read_length(scene.answers.get("rest", ""))
    reason = _reason_in(others, rules)
    if reason or scene.answers.get("reason") not in rules.reasons:
        scene.answers["reason"] = reason
    if length is None:
        return "length"
    if length > rules.at_most:
        scene.answers["rest"] = others
        return "long"
    scene.answers["hours"] = str(int(length.total_seconds()) // 3600)
    return "ready" if scene.answers["reason"] else "reason"


def _lengths(scene: Scene) -> tuple[Option, ...]:
    at_most = scene.ports.pause_rules().at_most
    return tuple(
        Option(label, label) for label, days in _LENGTHS if timedelta(days=days) <= at_most
    )


def _picked_length(scene: Scene) -> str:
    scene.answers["rest"] = f"{scene.answers['rest_length']} {scene.answers.get('rest', '')}"
    return "next"


def _typed_length(scene: Scene) -> str:
    typed = mask_identity_numbers(scene.words)[:200]
    scene.answers["rest"] = f"{typed} {scene.answers.get('rest', '')}"
    return "next"


def _reasons(scene: Scene) -> tuple[Option, ...]:
    return tuple(
        Option(key, words[:1].upper() + words[1:], words=(key, words))
        for key, words in scene.ports.pause_rules().reasons.items()
    )


def _typed_reason(scene: Scene) -> str:
    scene.answers["reason"] = _reason_in(scene.words[:200], scene.ports.pause_rules())
    return "known" if scene.answers["reason"] else "unknown"


def _reason_in(words: str, rules: PauseRules) -> str:
    return named(words, {key: [reason] for key, reason in rules.reasons.items()})


def _at_most(scene: Scene) -> dict[str, str]:
    return {"days": str(scene.ports.pause_rules().at_most.days)}


def _pause(scene: Scene) -> list[Event]:
    until = scene.ports.now + timedelta(hours=int(scene.answers["hours"]))
    return [TipPaused(present(scene).id, scene.answers["reason"], until)]


def _pause_said(scene: Scene) -> dict[str, str]:
    until = scene.ports.now + timedelta(hours=int(scene.answers["hours"]))
    reason = scene.ports.pause_rules().reasons[scene.answers["reason"]]
    return number(scene) | {"until": say_time(until), "reason": reason}


def _pause_there(scene: Scene) -> dict[str, str]:
    tip = view(scene)
    until = say_time(tip.paused_until) if tip and tip.paused_until else "-"
    return number(scene) | {"until": until, "reason": tip.pause_reason if tip else "-"}


# ---- handing it on


def handing_on() -> dict[str, Node]:
    return {
        "hand_it": Decide(_may_hand_on, {"yes": "hand_where"} | ENDED),
        "hand_where": Decide(
            _where_to,
            {"partner": "hand_partner", "known": "hand_last", "some": "hand_who",
             "nobody": "hand_nobody"},
        ),
        "hand_who": Pick(
            "officer_desk.hand_who", _heirs, "heir", "hand_last",
            other=Choice("partner", "officer_desk.to_partner", "hand_partner"),
            slots=number, human=False,
        ),
        "hand_last": Decide(_may_hand_on, {"yes": "hand_still"} | ENDED),
        "hand_still": Decide(_still_heir, {"yes": "handed", "no": "hand_nobody"}),
        "handed": Emit(_hand_on, "handed_text"),
        "handed_text": Say("officer_desk.handed", "rest", slots=_heir_said),
        "hand_partner": Say("officer_desk.hand_partner", "rest", slots=_forward_page),
        "hand_nobody": Say("officer_desk.hand_nobody", "rest", slots=_page),
    }  # fmt: skip


def _may_hand_on(scene: Scene) -> str:
    stands = standing(scene)
    return "yes" if stands in ("new", "taken") else stands


def _where_to(scene: Scene) -> str:
    rest = scene.answers.get("rest", "")
    if _PARTNER & set(rest.casefold().split()):
        return "partner"
    heirs = scene.ports.heirs(present(scene).number)
    chosen = named(rest, {str(one.id): [one.name, one.role] for one in heirs})
    if chosen:
        scene.answers["heir"] = chosen
        return "known"
    return "some" if heirs else "nobody"


def _heirs(scene: Scene) -> tuple[Option, ...]:
    tip = view(scene)
    heirs = scene.ports.heirs(tip.number) if tip else ()
    return tuple(Option(str(one.id), one.name, words=(one.role,)) for one in heirs[:MOST_HEIRS])


def _heir(scene: Scene) -> Colleague | None:
    heirs = scene.ports.heirs(present(scene).number)
    return next((one for one in heirs if str(one.id) == scene.answers.get("heir")), None)


def _still_heir(scene: Scene) -> str:
    heir = _heir(scene)
    scene.answers["heir_name"] = heir.name if heir else ""
    return "yes" if heir else "no"


def _hand_on(scene: Scene) -> list[Event]:
    return [TipPassedOn(present(scene).id, int(scene.answers["heir"]))]


def _heir_said(scene: Scene) -> dict[str, str]:
    return number(scene) | {"name": scene.answers.get("heir_name", "")}


def _page(scene: Scene) -> dict[str, str]:
    return number(scene) | {"link": page(scene)}


def _forward_page(scene: Scene) -> dict[str, str]:
    return number(scene) | {"link": page(scene, "/forward")}
