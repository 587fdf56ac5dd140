"""How an officer's phone becomes one, and how a village's group is bound to the bot."""

import re

from flows.events import Event, GroupInvited
from flows.nodes import Ask, AskAgain, Decide, Emit, Goto, Node, Option, Pick, Say, Scene
from flows.officer_events import OfficerEnrolled

_CODE = re.compile(r"[0-9A-Za-z]{4}[ -]?[0-9A-Za-z]{4}")


def enrolment() -> dict[str, Node]:
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


def binding() -> dict[str, Node]:
    return {
        "group": Decide(_has_villages, {"yes": "group_which", "no": "no_villages"}),
        "no_villages": Say("officer_desk.no_villages", "rest"),
        "group_which": Pick(
            "officer_desk.group_which", _villages, "place", "group_code", human=False
        ),
        "group_code": Emit(_invite, "group_text"),
        "group_text": Say("officer_desk.group_code", "rest", slots=_group_code),
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
