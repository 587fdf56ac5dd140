"""What an officer does with a broadcast that exists: look, pause, go on, cancel, approve, take back.

`JEDA SIARAN 12` works in every state. What is done already is said again and does nothing; what
can't be done is said with its reason, before the effect asks the same once more.
"""

from collections.abc import Callable
from datetime import timedelta
from typing import Literal

from flows.broadcast_plan import BroadcastDecided, BroadcastView, Plan
from flows.broadcast_rules import MAX_WITHDRAWAL
from flows.broadcast_said import STATUS, Words, excerpt, report
from flows.desk_words import read_number
from flows.events import Event
from flows.nodes import Ask, AskAgain, Choice, Choose, Decide, Emit, Node, Option, Pick, Say, Scene
from flows.safety import mask_identity_numbers

Act = Literal["approve", "reject", "pause", "resume", "cancel", "withdraw", "correct"]
ACTS: tuple[Act, ...] = ("approve", "reject", "pause", "resume", "cancel", "withdraw", "correct")
_WENT = ("sending", "paused", "done", "cancelled", "stopped")
_FITS: dict[str, tuple[str, ...]] = {
    "approve": ("proposed",),
    "reject": ("proposed",),
    "pause": ("scheduled", "sending"),
    "resume": ("paused",),
    "cancel": ("proposed", "scheduled", "sending", "paused"),
    "withdraw": ("scheduled", *_WENT),
    "correct": _WENT,
}
"""The states in which each act does something."""
_DONE: dict[str, tuple[str, ...]] = {
    "approve": ("scheduled", "sending", "paused", "done"),
    "reject": ("rejected",),
    "pause": ("paused",),
    "resume": ("scheduled", "sending"),
    "cancel": ("cancelled",),
}
"""The states in which it was done before: a second tap is told the same, and nothing happens."""
_AT_ONCE = ("pause", "resume")
"""Acts that can be undone: without a number they mean the only broadcast that fits."""
MOST = 4
LOOKS = timedelta(hours=1)
"""How long the buttons under a report wait."""
NO_WORDS = "Kabar itu keliru."
"""What is said with a withdrawal when the officer says nothing."""
_BUTTONS: dict[str, tuple[str, ...]] = {
    "show_proposed": ("approve", "reject"),
    "show_own": ("cancel",),
    "show_scheduled": ("pause", "cancel"),
    "show_sending": ("pause", "cancel", "withdraw"),
    "show_paused": ("resume", "cancel", "withdraw"),
    "show_done": ("withdraw", "correct"),
}


def acting(say: Words) -> dict[str, Node]:
    return {
        **_commands(),
        **_showing(say),
        **_deciding(),
        **_taking_back(),
    }


# ---- which one


def _commands() -> dict[str, Node]:
    found: dict[str, str] = {act: f"{act}_may" for act in ACTS}
    return {
        **{
            act: Decide(_meant(act), {"found": then, "unknown": "unknown", "several": "which",
                                      "none": "none_fits", "stranger": "stranger"})
            for act, then in found.items()
        },
        "which": Pick("broadcasts.which", _fitting, "number", "which_act", human=False),
        "which_act": Decide(lambda scene: scene.answers.get("does", "pause"), found),
        "none_fits": Say("broadcasts.none_fits", "rest"),
        "unknown": Say("broadcasts.unknown", "rest"),
    }  # fmt: skip


def _meant(act: str) -> Callable[[Scene], str]:
    def look(scene: Scene) -> str:
        if not scene.person.officer:
            return "stranger"
        typed, rest = read_number(scene.words)
        scene.answers |= {"does": act, "words": rest[:MAX_WITHDRAWAL], "number": typed}
        if typed:
            return "found" if _view(scene) else "unknown"
        fitting = _fits(scene, act)
        if len(fitting) == 1 and act in _AT_ONCE:
            scene.answers["number"] = str(fitting[0].id)
            return "found"
        return "several" if fitting else "none"

    return look


def _fits(scene: Scene, act: str) -> list[BroadcastView]:
    every = scene.ports.broadcasts()
    if act in ("approve", "reject"):
        return [view for view in every if view.may_approve]
    own = [view for view in every if view.status in _FITS[act] and not view.withdrawn_by]
    return [view for view in own if view.kind != "withdrawal"] if act in _TAKES_BACK else own


_TAKES_BACK = ("withdraw", "correct")


def _fitting(scene: Scene) -> tuple[Option, ...]:
    return tuple(map(option, _fits(scene, scene.answers.get("does", "pause"))[:MOST]))


def option(view: BroadcastView) -> Option:
    label = f"#{view.id} {STATUS.get(view.status, '')}: {excerpt(view.text, 30)}"
    # No words: a bare number is the choice's own, else "1" would take back another broadcast.
    return Option(str(view.id), label)


def _view(scene: Scene) -> BroadcastView | None:
    typed = scene.answers.get("number", "")
    return scene.ports.broadcast(int(typed)) if typed.isdecimal() else None


# ---- how it stands


def _showing(say: Words) -> dict[str, Node]:
    def told(scene: Scene) -> dict[str, str]:
        view = _view(scene)
        return {"report": report(view, say) if view else ""}

    return {
        "show": Decide(_standing, {**{name: name for name in _BUTTONS}, "over": "over",
                                   "unknown": "unknown"}),
        **{
            name: Choose(
                "broadcasts.report",
                tuple(Choice(act, f"broadcasts.do_{act}", f"{act}_may") for act in acts),
                slots=told, human=False, expires=LOOKS,
            )
            for name, acts in _BUTTONS.items()
        },
        "over": Say("broadcasts.report", "rest", slots=told),
    }  # fmt: skip


def _standing(scene: Scene) -> str:
    view = _view(scene)
    if view is None:
        return "unknown"
    if view.status == "proposed":
        return "show_proposed" if view.may_approve else "show_own"
    if view.status in ("scheduled", "sending", "paused"):
        return f"show_{view.status}"
    ended = view.status == "done" and not view.withdrawn_by and view.kind != "withdrawal"
    return "show_done" if ended and view.recent else "over"


# ---- may it be done, and done


def _deciding() -> dict[str, Node]:
    then = {"reject": "reject_why", "withdraw": "withdraw_why", "correct": "correction"}
    nodes: dict[str, Node] = {
        f"{act}_may": Decide(
            _may(act),
            {"yes": then.get(act, f"{act}_do"), "done": f"{act}_done", "late": "too_late",
             "second": "not_second", "unknown": "unknown", "back": "taken_back"},
        )
        for act in ACTS
    }  # fmt: skip
    for act in ("approve", "pause", "resume", "cancel", "reject"):
        nodes[f"{act}_do"] = Emit(_emit(act), f"{act}_done")
        nodes[f"{act}_done"] = Say(f"broadcasts.now_{act}", "rest", slots=_number)
    return nodes | {
        "too_late": Say("broadcasts.too_late", "rest"),
        "not_second": Say("broadcasts.not_second", "rest"),
        "taken_back": Say("broadcasts.now_withdraw", "rest", slots=_number),
        "reject_why": Decide(_has_words, {"yes": "reject_do", "no": "reject_ask"}),
        "reject_ask": Ask("broadcasts.why_reject", "words", "reject_again", _read_words,
                          human=False,
                          skip=Choice("none", "broadcasts.without_words", "reject_again")),
        # The answer may have taken a day.
        "reject_again": Decide(
            _may("reject"),
            {"yes": "reject_do", "done": "reject_done", "late": "too_late",
             "second": "not_second", "unknown": "unknown", "back": "taken_back"},
        ),
        "withdraw_done": Say("broadcasts.now_withdraw", "rest", slots=_number),
        "correct_done": Say("broadcasts.too_late", "rest"),
    }  # fmt: skip


def _may(act: str) -> Callable[[Scene], str]:
    def look(scene: Scene) -> str:
        view = _view(scene)
        if view is None:
            return "unknown"
        if act in _TAKES_BACK and view.withdrawn_by:
            return "back"
        if view.status in _FITS[act]:
            author = view.mine and act == "reject"
            return (
                "second"
                if act in ("approve", "reject") and not view.may_approve and not author
                else "yes"
            )
        return "done" if view.status in _DONE.get(act, ()) else "late"

    return look


def _emit(act: str) -> Callable[[Scene], list[Event]]:
    def events(scene: Scene) -> list[Event]:
        words = scene.answers.get("words", "") if act in ("reject", "withdraw") else ""
        return [BroadcastDecided(int(scene.answers.get("number", "0")), act, words)]  # type: ignore[arg-type]

    return events


def _number(scene: Scene) -> dict[str, str]:
    return {"number": scene.answers.get("number", "")}


def _has_words(scene: Scene) -> str:
    return "yes" if scene.answers.get("words") else "no"


def _read_words(text: str, scene: Scene) -> str:
    return mask_identity_numbers(" ".join(text.split()))[:MAX_WITHDRAWAL]


# ---- taking back, correcting


def _taking_back() -> dict[str, Node]:
    return {
        "withdraw_why": Decide(_has_words, {"yes": "withdraw_read", "no": "withdraw_ask"}),
        "withdraw_ask": Ask("broadcasts.why_withdraw", "words", "withdraw_sure", _read_withdrawal,
                            human=False,
                            skip=Choice("none", "broadcasts.without_words", "withdraw_plain")),
        "withdraw_plain": Decide(_plain_words, {"set": "withdraw_sure"}),
        "withdraw_read": Decide(_look_at_words, {"yes": "withdraw_sure", "no": "withdraw_bad"}),
        "withdraw_bad": Say("broadcasts.withdraw_bad", "withdraw_ask"),
        "withdraw_sure": Choose(
            "broadcasts.withdraw_sure",
            (Choice("yes", "broadcasts.do_withdraw", "withdraw_last"),
             Choice("change", "tip_off.change", "withdraw_ask"),
             Choice("no", "common.cancel", "cancelled")),
            slots=_taking, human=False,
        ),
        "withdraw_last": Decide(
            _may("withdraw"),
            {"yes": "withdraw_do", "done": "withdraw_done", "late": "too_late",
             "second": "not_second", "unknown": "unknown", "back": "taken_back"},
        ),
        "withdraw_do": Emit(_emit("withdraw"), "withdraw_done"),
        "correction": Decide(_correction, {"text": "correct_text", "known": "look"}),
        "correct_text": Ask("broadcasts.correct_text", "text", "look", _read_correction,
                            human=False),
    }  # fmt: skip


def _withdrawal(scene: Scene, words: str) -> Plan:
    return Plan(words, (), "withdrawal", corrects=int(scene.answers.get("number", "0") or 0))


def _read_withdrawal(text: str, scene: Scene) -> str:
    words = mask_identity_numbers(" ".join(text.split()))
    if problems := scene.ports.broadcast_preview(_withdrawal(scene, words)).problems:
        raise AskAgain(problems[0][0], **dict(problems[0][1]))
    return words


def _look_at_words(scene: Scene) -> str:
    seen = scene.ports.broadcast_preview(_withdrawal(scene, scene.answers.get("words", "")))
    return "no" if seen.problems else "yes"


def _plain_words(scene: Scene) -> str:
    scene.answers["words"] = NO_WORDS
    return "set"


def _taking(scene: Scene) -> dict[str, str]:
    words = scene.answers.get("words", "")
    seen = scene.ports.broadcast_preview(_withdrawal(scene, words))
    return {"number": scene.answers.get("number", ""), "words": words,
            "groups": str(seen.groups),
            "people": str(sum(count for _, count in seen.people))}  # fmt: skip


def _correction(scene: Scene) -> str:
    """To everybody who got that one, and to nobody else."""
    number, words = scene.answers.get("number", ""), scene.answers.get("words", "")
    scene.answers |= {
        "corrects": number,
        "kind": "",
        "place": "",
        "text": "",
        "nonce": scene.ports.new_token(),
    }
    if words:
        scene.answers["text"] = mask_identity_numbers(words)
    return "known" if words else "text"


def _read_correction(text: str, scene: Scene) -> str:
    if not text.strip():
        raise AskAgain("broadcasts.too_short")
    return mask_identity_numbers(text.strip())
