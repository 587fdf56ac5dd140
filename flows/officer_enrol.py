"""How an officer's phone becomes one."""

import re

from flows.events import Event
from flows.nodes import Ask, AskAgain, Decide, Emit, Goto, Node, Say, Scene
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
