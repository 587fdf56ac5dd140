"""The officer's side in chat: enrol, see what waits, take a tip, ask, close. Never the report itself."""

import re
from collections.abc import Callable

from flows.events import (
    Event,
    GroupInvited,
    OfficerEnrolled,
    TipAcknowledged,
    TipClosed,
    TipQuestionAsked,
)
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
from flows.places import read_words
from flows.ports import TipView
from flows.safety import mask_identity_numbers
from flows.times import say_time

_CODE = re.compile(r"[0-9A-Za-z]{4}[ -]?[0-9A-Za-z]{4}")
TAKEN = ("acknowledged", "answered")
OUTCOMES = ("handled", "forwarded", "unfounded", "unreachable", "false")


def flow() -> Flow:
    return Flow(
        "officer_desk",
        _list() | _one_tip() | _enrolment() | _group(),
        entries=("take", "read", "ask", "close", "enrol", "group"),
    )


def _list() -> dict[str, Node]:
    return {
        "start": Decide(_any_tips, {"some": "list", "none": "nothing", "stranger": "stranger"}),
        "stranger": Say("officer_desk.stranger", "welcome:menu"),
        "nothing": Say("officer_desk.nothing", "rest"),
        "list": Pick("officer_desk.list", _tips, "number", "show", human=False),
        "show": Decide(_which, {"found": "tip", "unknown": "unknown"}),
        "unknown": Say("officer_desk.unknown", "rest"),
        "rest": End(),
    }


def _one_tip() -> dict[str, Node]:
    return {
        "tip": Choose(
            "officer_desk.tip",
            (
                Choice("take", "officer_desk.take", "take_it"),
                Choice("ask", "officer_desk.ask", "ask_text"),
                Choice("close", "officer_desk.close", "close_why"),
                Choice("list", "officer_desk.to_list", "start"),
            ),
            slots=_tip,
            human=False,
        ),
        "take": Decide(_typed, {"found": "take_it", "unknown": "unknown", "missing": "start"}),
        "take_it": Decide(
            _may_take, {"take": "taken", "again": "link_text", "closed": "is_closed", "other": "not_yours"}
        ),
        "taken": Emit(_take, "taken_text"),
        "taken_text": Say("officer_desk.taken", "rest", slots=_link),
        "link_text": Say("officer_desk.link", "rest", slots=_link),
        "is_closed": Say("officer_desk.is_closed", "rest"),
        "not_yours": Say("officer_desk.not_yours", "rest"),
        "read": Decide(_typed, {"found": "take_it", "unknown": "unknown", "missing": "start"}),
        "ask": Decide(_typed_text, {"text": "ask_send", "found": "ask_text", "unknown": "unknown",
                                    "missing": "start"}),
        "ask_text": Decide(_may_ask, {"yes": "ask_words", "no": "cannot_ask", "other": "not_yours"}),
        "ask_words": Ask("officer_desk.ask_words", "question", "ask_send", read_words, human=False),
        "ask_send": Decide(_may_ask, {"yes": "asked", "no": "cannot_ask", "other": "not_yours"}),
        "asked": Emit(_ask, "asked_text"),
        "asked_text": Say("officer_desk.asked", "rest", slots=_number),
        "cannot_ask": Say("officer_desk.cannot_ask", "rest"),
        "close": Decide(_typed, {"found": "close_why", "unknown": "unknown", "missing": "start"}),
        "close_why": Decide(_may_close, {"yes": "close_choose", "closed": "is_closed", "other": "not_yours"}),
        "close_choose": Choose(
            "officer_desk.close_why",
            tuple(Choice(o, f"officer_desk.outcome_{o}", f"close_{o}") for o in OUTCOMES),
            human=False,
        ),
        **{f"close_{o}": Emit(_closing(o), "closed") for o in OUTCOMES},
        "closed": Say("officer_desk.closed", "rest", slots=_number),
    }  # fmt: skip


def _enrolment() -> dict[str, Node]:
    return {
        "enrol": Decide(
            _invited, {"yes": "enrolled", "no": "bad_code", "ask": "code", "words": "not_a_code"}
        ),
        "not_a_code": Goto("free_text"),
        "code": Ask("officer_desk.code", "code", "enrolled", _read_invitation, human=False),
        "bad_code": Say("officer_desk.bad_code", "welcome:menu"),
        "enrolled": Emit(_enrol, "welcome_officer"),
        "welcome_officer": Say("officer_desk.enrolled", "rest", slots=_setup_link),
    }


def _group() -> dict[str, Node]:
    return {
        "group": Decide(_has_villages, {"yes": "group_which", "no": "no_villages"}),
        "no_villages": Say("officer_desk.no_villages", "rest"),
        "group_which": Pick(
            "officer_desk.group_which", _villages, "place", "group_code", human=False
        ),
        "group_code": Emit(_invite, "group_text"),
        "group_text": Say("officer_desk.group_code", "rest", slots=_group_code),
    }


def _any_tips(scene: Scene) -> str:
    if not scene.person.officer:
        return "stranger"
    return "some" if scene.ports.officer_tips() else "none"


def _tips(scene: Scene) -> tuple[Option, ...]:
    urgent = {"now": "DARURAT ", "soon": "segera ", "none": ""}
    return tuple(
        Option(
            str(view.number), f"#{view.number} {urgent[view.urgency]}{view.opened_at:%d-%m %H.%M}"
        )
        for view in scene.ports.officer_tips()[:5]
    )


def _view(scene: Scene) -> TipView | None:
    number = scene.answers.get("number", "")
    return scene.ports.tip_by_number(int(number)) if number.isdecimal() else None


def _which(scene: Scene) -> str:
    return "found" if _view(scene) else "unknown"


def _typed(scene: Scene) -> str:
    """The number behind the word: `AMBIL 12`."""
    number, _, rest = scene.words.lstrip("# ").partition(" ")
    if not number.isdecimal():
        return "missing"
    scene.answers["number"] = number[:9]
    scene.answers["question"] = rest.strip()
    return _which(scene)


def _typed_text(scene: Scene) -> str:
    found = _typed(scene)
    return "text" if found == "found" and scene.answers["question"] else found


def _may_take(scene: Scene) -> str:
    view = _view(scene)
    if view is None or view.status in ("closed", "withdrawn"):
        return "closed"
    if not view.mine:
        return "other"
    return "take" if view.status == "assigned" else "again"


def _may_ask(scene: Scene) -> str:
    view = _view(scene)
    if view is None or not view.mine:
        return "other"
    return "yes" if view.can_reply and view.status in TAKEN else "no"


def _may_close(scene: Scene) -> str:
    view = _view(scene)
    if view is None or view.status in ("closed", "withdrawn"):
        return "closed"
    return "yes" if view.mine and view.status in TAKEN else "other"


def _tip_id(scene: Scene) -> str:
    view = _view(scene)
    assert view is not None, "the node before has looked it up"
    return view.id


def _take(scene: Scene) -> list[Event]:
    return [TipAcknowledged(_tip_id(scene))]


def _ask(scene: Scene) -> list[Event]:
    return [
        TipQuestionAsked(_tip_id(scene), mask_identity_numbers(scene.answers["question"][:1000]))
    ]


def _closing(outcome: str) -> Callable[[Scene], list[Event]]:
    return lambda scene: [TipClosed(_tip_id(scene), outcome)]


def _link(scene: Scene) -> dict[str, str]:
    """No secret: the page opens only for whoever is signed in and has the tip."""
    number = _number(scene)
    return number | {"link": f"{scene.ports.public_url()}/console/tip/{number['number']}"}


def _number(scene: Scene) -> dict[str, str]:
    return {"number": scene.answers.get("number", "")}


def _tip(scene: Scene) -> dict[str, str]:
    view = _view(scene)
    if view is None:  # out of reach since the question was put
        return {"number": scene.answers.get("number", ""), "kind": "-",
                "status": "tidak ada lagi pada Anda", "due": "-"}  # fmt: skip
    status = {"assigned": "menunggu Anda", "acknowledged": "sudah Anda ambil",
              "answered": "sudah Anda jawab"}  # fmt: skip
    kind = "pertanyaan" if view.topic == "question" else "laporan"
    return {
        "number": str(view.number),
        "kind": kind,
        "status": status.get(view.status, "sudah ditutup") if view.mine else f"pada {view.owner}",
        "due": say_time(view.due_at) if view.due_at else "-",
    }


def _invited(scene: Scene) -> str:
    """ "masuk Malaysia caranya?" begins with the same word and is no code."""
    if not scene.words.strip():
        return "ask"
    if not _CODE.fullmatch(scene.words.strip()):
        return "words"
    scene.answers["code"] = scene.words.strip()[:40]
    scene.answers["name"] = scene.ports.officer_invitation(scene.answers["code"]) or ""
    return "yes" if scene.answers["name"] else "no"


def _read_invitation(text: str, scene: Scene) -> str:
    name = scene.ports.officer_invitation(text)
    if not name:
        raise AskAgain("officer_desk.bad_code")
    scene.answers["name"] = name
    return text.strip()[:40]


def _enrol(scene: Scene) -> list[Event]:
    token = scene.answers["token"] = scene.ports.new_token()
    return [OfficerEnrolled(scene.answers["code"], token)]


def _setup_link(scene: Scene) -> dict[str, str]:
    link = f"{scene.ports.public_url()}/console/setup/{scene.answers['token']}"
    return {"name": scene.answers["name"], "link": link}


def _has_villages(scene: Scene) -> str:
    return "yes" if scene.ports.officer_villages() else "no"


def _villages(scene: Scene) -> tuple[Option, ...]:
    return tuple(Option(place.code, place.name) for place in scene.ports.officer_villages()[:5])


def _invite(scene: Scene) -> list[Event]:
    code = scene.answers["group_code"] = scene.ports.new_receipt()[:9]
    return [GroupInvited(code, scene.answers["place"])]


def _group_code(scene: Scene) -> dict[str, str]:
    return {"code": scene.answers["group_code"]}
