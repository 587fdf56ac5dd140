"""The chat between an officer and a partner (Babinsa, camat …): enrol, be asked, answer.

A question goes out without any personal data, the only ground on which words leave in chat. The
partner reads it with a code that the officer tells by word of mouth, so that neither a lost phone
nor a forwarded notice shows anything.
"""

import re
from datetime import timedelta

from flows.events import Event
from flows.forwarding import findings, one_line
from flows.nodes import (
    Ask,
    AskAgain,
    Choice,
    Choose,
    Decide,
    Emit,
    End,
    Flow,
    Goto,
    Node,
    Option,
    Pick,
    Say,
    Scene,
)
from flows.officer_events import (
    PartnerAnswered,
    PartnerAsked,
    PartnerCodeMissed,
    PartnerEnrolled,
    PartnerRequestRead,
)
from flows.partners import KINDS
from flows.places import read_words
from flows.ports import PartnerView, TipView
from flows.safety import hotline_lines
from flows.times import say_time

_CODE = re.compile(r"[0-9A-Za-z]{4}[ -]?[0-9A-Za-z]{4}")
LONGEST = 500
"""Characters of a question."""
STAYS_OPEN = timedelta(hours=1)
"""A question opened with its code closes itself: the phone may be read by others."""


def flow() -> Flow:
    return Flow(
        "partner_desk",
        _enrolment() | _requests() | _asking(),
        entries=("ask",),
        expires=STAYS_OPEN,
    )


def answer_flow() -> Flow:
    """Apart from the desk: here words of danger are part of the answer, and nowhere else."""
    return Flow("partner_answer", _answering(), expires=STAYS_OPEN)


def _enrolment() -> dict[str, Node]:
    return {
        "start": Decide(
            _who,
            {"code": "enrolled", "bad": "bad_code", "words": "not_a_code", "partner": "waiting",
             "ask": "code"},
        ),
        "not_a_code": Goto("free_text"),
        "code": Ask("partner_desk.code", "code", "enrolled", _read_invitation,
                    skip=Choice("menu", "common.to_menu", "welcome:menu")),
        "bad_code": Say("partner_desk.bad_code", "welcome:menu"),
        "enrolled": Emit(_enrol, "welcome_partner"),
        "welcome_partner": Say("partner_desk.enrolled", "rest", slots=_new_partner),
        "rest": End(),
    }  # fmt: skip


def _requests() -> dict[str, Node]:
    return {
        "waiting": Decide(_any_request, {"some": "list", "none": "nothing"}),
        "nothing": Say("partner_desk.nothing", "welcome:menu"),
        "list": Pick("partner_desk.list", _requests_shown, "request", "opening"),
        "opening": Ask("partner_desk.opening", "opening", "check", read_words,
                       skip=Choice("later", "partner_desk.later", "later_text")),
        "check": Decide(_check, {"right": "read", "wrong": "missed", "gone": "gone"}),
        "missed": Emit(_miss, "missed_text"),
        "missed_text": Say("partner_desk.wrong_code", "opening"),
        "gone": Say("partner_desk.gone", "welcome:menu"),
        "read": Emit(_read, "answer"),
        "answer": Goto("partner_answer", carry=("request", "opening")),
        "later_text": Say("partner_desk.later_text", "welcome:menu"),
    }  # fmt: skip


def _answering() -> dict[str, Node]:
    return {
        "words": Ask("partner_desk.words", "reply", "still", read_words, slots=_words,
                     skip=Choice("later", "partner_desk.later", "later_text")),
        "later_text": Say("partner_desk.later_text", "welcome:menu"),
        "still": Decide(_check, {"right": "send", "wrong": "gone", "gone": "gone"}),
        "gone": Say("partner_desk.gone", "welcome:menu"),
        "send": Emit(_answer, "how_urgent"),
        "how_urgent": Decide(_urgent, {"urgent": "call_first", "calm": "thanks"}),
        "call_first": Say("tip_off.call_first", "thanks", slots=_numbers),
        "thanks": Say("partner_desk.thanks", "welcome:menu"),
    }  # fmt: skip


def _asking() -> dict[str, Node]:
    """The officer's side: MITRA and the number of a tip."""
    return {
        "ask": Decide(
            _typed_tip,
            {"found": "whom", "unknown": "unknown", "other": "not_yours", "missing": "which_tip"},
        ),
        "which_tip": Say("partner_desk.which_tip", "rest"),
        "unknown": Say("officer_desk.unknown", "rest"),
        "not_yours": Say("partner_desk.not_yours", "rest"),
        "whom": Decide(_any_partner, {"some": "pick", "none": "nobody"}),
        "nobody": Say("partner_desk.nobody", "rest"),
        "pick": Pick("partner_desk.pick", _partners_shown, "partner", "question", human=False),
        "question": Ask("partner_desk.question", "question", "confirm", _read_question,
                        human=False),
        "confirm": Choose(
            "partner_desk.confirm",
            (Choice("send", "partner_desk.send", "still"),
             Choice("change", "partner_desk.change", "question"),
             Choice("cancel", "common.cancel", "cancelled")),
            slots=_asked,
            human=False,
        ),
        "cancelled": Say("common.cancelled", "rest"),
        "still": Decide(_may_ask, {"found": "send", "other": "not_yours"}),
        "send": Emit(_ask, "sent"),
        "sent": Say("partner_desk.sent", "rest", slots=_asked),
    }  # fmt: skip


# ---- enrolment


def _who(scene: Scene) -> str:
    """ "mitra kerja" begins with the same word and is no code."""
    words = scene.words.strip()
    if not words:
        return "partner" if scene.ports.partner() else "ask"
    if not _CODE.fullmatch(words):
        return "words"
    scene.answers["code"] = words
    return "code" if scene.ports.partner_invitation(words) else "bad"


def _read_invitation(text: str, scene: Scene) -> str:
    if not _CODE.fullmatch(text.strip()) or not scene.ports.partner_invitation(text):
        raise AskAgain("partner_desk.bad_code")
    return text.strip()


def _enrol(scene: Scene) -> list[Event]:
    invited = scene.ports.partner_invitation(scene.answers["code"])
    scene.answers["kind"] = KINDS[invited.kind] if invited else ""
    return [PartnerEnrolled(scene.answers["code"])]


def _new_partner(scene: Scene) -> dict[str, str]:
    return {"kind": scene.answers.get("kind", ""), "office": scene.ports.office_name()}


# ---- a partner reads and answers


def _any_request(scene: Scene) -> str:
    return "some" if scene.ports.partner_requests() else "none"


def _requests_shown(scene: Scene) -> tuple[Option, ...]:
    return tuple(
        Option(str(one.id), f"Tanggal {one.sent_at:%d-%m %H.%M}")
        for one in scene.ports.partner_requests()[:4]
    )


def _words_of(scene: Scene) -> str | None:
    number = scene.answers.get("request", "")
    code = scene.answers.get("opening", "")
    return scene.ports.partner_words(int(number), code) if number.isdecimal() else None


def _check(scene: Scene) -> str:
    waits = {str(one.id) for one in scene.ports.partner_requests()}
    if scene.answers.get("request") not in waits:
        return "gone"
    return "wrong" if _words_of(scene) is None else "right"


def _miss(scene: Scene) -> list[Event]:
    return [PartnerCodeMissed(int(scene.answers["request"]))]


def _read(scene: Scene) -> list[Event]:
    return [PartnerRequestRead(int(scene.answers["request"]))]


def _words(scene: Scene) -> dict[str, str]:
    number = scene.answers.get("request")
    due = [one.due_at for one in scene.ports.partner_requests() if str(one.id) == number]
    return {"words": _words_of(scene) or "-", "due": say_time(due[0]) if due else "-"}


def _answer(scene: Scene) -> list[Event]:
    danger = bool(scene.answers.get("danger"))
    return [
        PartnerAnswered(int(scene.answers["request"]), scene.answers.pop("reply"), danger=danger)
    ]


def _urgent(scene: Scene) -> str:
    return "urgent" if scene.answers.get("danger") else "calm"


def _numbers(scene: Scene) -> dict[str, str]:
    return {"numbers": hotline_lines(scene.ports, "emergency")}


# ---- an officer asks


def _typed_tip(scene: Scene) -> str:
    number = scene.words.lstrip("# ").partition(" ")[0]
    if not number.isdecimal():
        return "missing"
    scene.answers["number"] = number[:9]
    return "unknown" if _tip(scene) is None else _may_ask(scene)


def _tip(scene: Scene) -> TipView | None:
    return scene.ports.tip_by_number(int(scene.answers.get("number", "0")))


def _may_ask(scene: Scene) -> str:
    view = _tip(scene)
    ended = view is None or view.status in ("assigned", "closed", "withdrawn", "erased")
    return "other" if ended or not view or not view.mine else "found"


def _near(scene: Scene) -> tuple[PartnerView, ...]:
    return scene.ports.partners_for(int(scene.answers.get("number", "0")))


def _any_partner(scene: Scene) -> str:
    return "some" if _near(scene) else "none"


def _partners_shown(scene: Scene) -> tuple[Option, ...]:
    return tuple(Option(str(one.id), one.name) for one in _near(scene)[:5])


def _read_question(text: str, scene: Scene) -> str:
    words = one_line(read_words(text, scene))[:LONGEST]
    if found := findings({"asked": words}):
        raise AskAgain("partner_desk.names_somebody", found=", ".join(one.words for one in found))
    return words


def _asked(scene: Scene) -> dict[str, str]:
    names = {str(one.id): one.name for one in _near(scene)}
    return {
        "number": scene.answers.get("number", ""),
        "partner": names.get(scene.answers.get("partner", ""), "mitra"),
        "question": scene.answers.get("question", ""),
        "code": scene.answers.get("opening", ""),
    }


def _ask(scene: Scene) -> list[Event]:
    view = _tip(scene)
    assert view is not None, "the node before has looked it up"
    code = scene.answers["opening"] = scene.ports.new_receipt()[:9]
    return [PartnerAsked(view.id, int(scene.answers["partner"]), scene.answers["question"], code)]
