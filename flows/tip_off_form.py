"""The questions of a report: whatever was told fills the form, and only what is missing is asked."""

import re
from collections.abc import Callable, Iterator

from flows.hearing import SELF, Hearing
from flows.nodes import (
    Ask,
    AskAgain,
    Choice,
    Choose,
    Decide,
    Node,
    Option,
    Pick,
    Say,
    Scene,
    Slots,
)
from flows.places import place_questions, read_words
from flows.ports import Place
from flows.safety import hotline_lines

MOST_QUESTIONS = 5
"""After the story; the last is kept for whether the officer may ask back."""
SURE_PLACE = 0.75
"""From here on a place that stands in a story is read back instead of asked for."""
MOST_MAYBE = 4
"""Doubtful places of a story that are offered."""
_AWAY = re.compile(
    r"\b(?:bandara|bandar udara|airport|pelabuhan|dermaga|stasiun|terminal|plbn)\b", re.IGNORECASE
)
"""Where people pass through and nobody lives."""
_FROM = re.compile(
    r"\b(?:asal(?:nya)?|aslinya|berasal dari|tinggal(?:nya)? di|rumah(?:nya)? di|orang tuanya di"
    r"|keluarga(?:nya)? di|kami (?:dari|di)|warga)\s+(?P<place>.{3,120})",
    re.IGNORECASE,
)
_OFFERED = re.compile(
    r"\b(?:tawar\w*|menawar\w*|nawar\w*|ditawar\w*|lowongan|loker|janji\w*|menjanji\w*|dijanji\w*"
    r"|akan|mau|rencana\w*|daftar\w*)\b",
    re.IGNORECASE,
)
_THERE = ("di", "ning", "nang", "neng", "dari", "sampai", "tiba", "bandara", "airport")
"""Before a country: somebody is there, rather than about to go."""


def nodes(hearing: Hearing) -> dict[str, Node]:
    return _story(hearing) | _place() | _home() | _rest(hearing)


def _story(hearing: Hearing) -> dict[str, Node]:
    def hear(scene: Scene) -> str:
        fill(hearing, scene, scene.answers.get("what", ""))
        return _cry(scene)

    return {
        "what": Ask("tip_off.what", "what", "hear", read_words),
        "hear": Decide(hear, {"danger": "danger_heard", "next": "next"}),
        "danger_heard": Say("tip_off.danger_heard", "next", slots=numbers),
        "next": Decide(
            next_question,
            {
                "where": "where_ask",
                "where_heard": "where_heard",
                "where_maybe": "where_maybe",
                "home": "home_ask",
                "home_heard": "home_heard",
                "when": "when",
                "who": "who",
                "contact": "contact_ask",
                "done": "route",
            },
        ),
    }


def _place() -> dict[str, Node]:
    """Where it happened; abroad the Perwakilan's desk is told at once."""
    return {
        "where_heard": Choose(
            "tip_off.where_heard",
            (
                Choice("yes", "common.yes", "where_taken"),
                Choice("no", "common.no", "where_wrong"),
            ),
            slots=_heard("where"),
        ),
        "where_taken": Decide(_take("where"), {"next": "where_near"}),
        "where_wrong": Decide(_not_there("where"), {"next": "where_ask"}),
        "where_maybe": Pick(
            "tip_off.where_maybe",
            _maybe_there,
            "where_code",
            "where_taken",
            other=Choice("none", "common.none_of_these", "where_ask"),
            free="where_said",
        ),
        "where_said": Decide(_said_where, {"said": "where_find", "nothing": "where_ask"}),
        **place_questions(
            "where",
            text="tip_off.where",
            then="located",
            unknown="located",
            skip="common.unknown",
        ),
        "located": Decide(
            _located,
            {
                "abroad": "abroad_card",
                "unclear": "where_district",
                "next": "next",
                "changed": "read_back",
            },
        ),
        "where_district": Ask(
            "tip_off.which_district",
            "district",
            "where_narrow_district",
            read_words,
            slots=_heard("where"),
            skip=Choice("unknown", "common.unknown", "located"),
        ),
        "where_narrow_district": Decide(_narrow, {"next": "located"}),
        "abroad_card": Say("tip_off.abroad_card", "next", slots=_desk_abroad),
    }


def _home() -> dict[str, Node]:
    """Where the person lives, only where that is another place."""
    return {
        "home_heard": Choose(
            "tip_off.home_heard",
            (Choice("yes", "common.yes", "home_taken"), Choice("no", "common.no", "home_wrong")),
            slots=_heard("home"),
        ),
        "home_taken": Decide(_take("home"), {"next": "home_near"}),
        "home_wrong": Decide(_not_there("home"), {"next": "home_ask"}),
        **place_questions(
            "home",
            text="tip_off.home",
            then="next",
            unknown="next",
            skip="common.unknown",
            slots=person,
        ),
    }


def _rest(hearing: Hearing) -> dict[str, Node]:
    def also(scene: Scene) -> str:
        """ "Kemarin, si Joko": one answer may hold the next one too."""
        told = f"{scene.answers.get('when', '')}. {scene.answers.get('who', '')}"
        heard = hearing.hear(told)
        for name in ("who", "when", "proof"):
            if heard.get(name) and not scene.answers.get(name):
                scene.answers[name] = heard[name]
        return _cry(scene)

    return {
        "when": Ask(
            "tip_off.when",
            "when",
            "also",
            read_words,
            skip=Choice("unknown", "common.unknown", "next"),
        ),
        "who": Ask(
            "tip_off.who",
            "who",
            "also",
            read_words,
            skip=Choice("unknown", "common.unknown", "next"),
        ),
        "also": Decide(also, {"danger": "danger_heard", "next": "next"}),
        "contact_ask": Choose(
            "tip_off.contact",
            (
                Choice("yes", "tip_off.contact_yes", "contact_yes"),
                Choice("no", "tip_off.contact_no", "contact_no"),
            ),
        ),
        "contact_yes": Decide(_set_contact("yes"), {"next": "next"}),
        "contact_no": Decide(_set_contact("no"), {"next": "next"}),
    }


# ---- hearing what was told


def fill(hearing: Hearing, scene: Scene, told: str) -> None:
    """Put what the words tell into the empty places of the form."""
    for name, words in hearing.hear(told).items():
        scene.answers.setdefault(name, words)
    if not scene.answers.get("where_code"):
        if place := place_in(hearing, scene, told):
            scene.answers["heard_where"] = place.code
        elif maybe := _doubtful(scene, told):
            scene.answers["maybe_where"] = " ".join(place.code for place in maybe)
    home = _FROM.search(told)
    place = scene.ports.find_place(home["place"]).place if home else None
    if place and place.level in ("village", "district", "regency"):
        scene.answers["heard_home"] = place.code


def place_in(hearing: Hearing, scene: Scene, told: str) -> Place | None:
    """The place where it happened, if the words leave no doubt; it is read back all the same."""
    if not _OFFERED.search(told):
        for country in hearing.countries(told, _THERE):
            if place := scene.ports.place(country):
                return place
    answer = scene.ports.find_place(told)
    near = answer.place is not None and answer.place.level in ("village", "district")
    return answer.place if near and answer.confidence >= SURE_PLACE else None


def _doubtful(scene: Scene, told: str) -> list[Place]:
    """What the words may mean, to be chosen from; of our area only, since any word of a story
    ("ruko") is a village somewhere in the country."""
    answer = scene.ports.find_place(told)
    found = (answer.place,) if answer.place else answer.ask
    near = [place for place in found if place.level in ("village", "district", "regency")]
    return [place for place in near if scene.ports.desk(place.code, "none").served][:MOST_MAYBE]


def _cry(scene: Scene) -> str:
    """Words of danger in the story of somebody who said there was none: the numbers, once."""
    answers = scene.answers
    if not answers.get("danger") or answers.get("urgency") == "now" or answers.get("warned"):
        return "next"
    answers["warned"] = "yes"
    return "danger"


def next_question(scene: Scene) -> str:
    """The next thing that is missing, each asked once; in danger only the place is asked."""
    answers = scene.answers
    asked = answers.get("asked", "").split()
    name = next(_missing(scene, asked), "done")
    if name == "done":
        return "done"
    answers["asked"] = " ".join([*asked, name])
    if answers.get(f"heard_{name}"):
        return f"{name}_heard"
    return f"{name}_maybe" if answers.get(f"maybe_{name}") else name


def _missing(scene: Scene, asked: list[str]) -> Iterator[str]:
    answers = scene.answers
    urgent = answers.get("urgency") == "now"
    for name in ("where", "home") if urgent else ("where", "home", "when", "who"):
        known = answers.get(f"{name}_code" if name in ("where", "home") else name)
        if known or name in asked or (name == "home" and not _lives_elsewhere(scene)):
            continue
        if len(asked) < MOST_QUESTIONS - 1:
            yield name
    if not answers.get("hidden") and not answers.get("contact") and "contact" not in asked:
        yield "contact"


def _lives_elsewhere(scene: Scene) -> bool:
    """Abroad, at an airport or the like, or told so: the home decides which office helps."""
    answers = scene.answers
    heard, where = answers.get("heard_home", ""), answers.get("where_code", "")
    if heard and where and not _within(heard, where):
        return True
    told = f"{answers.get('where_words', '')} {answers.get('where_name', '')}"
    return abroad(scene) or bool(where and _AWAY.search(told))


def _within(one: str, other: str) -> bool:
    """One of two places lies in the other."""
    return f"{one}.".startswith(f"{other}.") or f"{other}.".startswith(f"{one}.")


def abroad(scene: Scene) -> bool:
    place = scene.ports.place(scene.answers.get("where_code", ""))
    return place is not None and place.level == "country"


# ---- what the nodes need


def _heard(name: str) -> Slots:
    def slots(scene: Scene) -> dict[str, str]:
        code = scene.answers.get(f"heard_{name}") or scene.answers.get(f"{name}_code", "")
        place = scene.ports.place(code)
        return {"place": place.name if place else ""} | person(scene)

    return slots


def _take(name: str) -> Callable[[Scene], str]:
    def take(scene: Scene) -> str:
        code = scene.answers.pop(f"heard_{name}", "") or scene.answers.get(f"{name}_code", "")
        place = scene.ports.place(code)
        if place:
            scene.answers[f"{name}_code"], scene.answers[f"{name}_name"] = place.code, place.name
        return "next"

    return take


def _maybe_there(scene: Scene) -> tuple[Option, ...]:
    codes = scene.answers.get("maybe_where", "").split()
    places = filter(None, map(scene.ports.place, codes))
    return tuple(Option(place.code, place.name) for place in places)


def _said_where(scene: Scene) -> str:
    """Words instead of one of the offered places name another one."""
    try:
        scene.answers["where_words"] = read_words(scene.words, scene)
    except AskAgain:
        return "nothing"
    return "said"


def _not_there(name: str) -> Callable[[Scene], str]:
    def drop(scene: Scene) -> str:
        scene.answers.pop(f"heard_{name}", None)
        return "next"

    return drop


def _narrow(scene: Scene) -> str:
    """The kecamatan if the list has it in that regency; else the regency stays."""
    answers = scene.answers
    found = scene.ports.find_place(f"kec {answers['district']}, {answers['where_name']}").place
    if found and found.code.startswith(f"{answers['where_code']}."):
        answers["where_code"], answers["where_name"] = found.code, found.name
    return "next"


def _located(scene: Scene) -> str:
    """Two offices share some regencies: there the kecamatan is asked for, once, unless the home
    decides anyway."""
    code = scene.answers.get("where_code", "")
    if code and not scene.answers.get("near") and not _lives_elsewhere(scene):
        scene.answers["near"] = "asked"
        if scene.ports.desk(code, "none").ask_district:
            return "unclear"
    if scene.answers.pop("changing", ""):
        return "changed"
    if abroad(scene) and not scene.answers.get("card"):
        scene.answers["card"] = "yes"
        return "abroad"
    return "next"


def _set_contact(may: str) -> Callable[[Scene], str]:
    def set_contact(scene: Scene) -> str:
        scene.answers["contact"] = may
        return "next"

    return set_contact


def person(scene: Scene) -> dict[str, str]:
    """Whom the questions speak of: a helper is asked about "orang itu"."""
    helps = scene.answers.get("helper") and scene.answers.get("victim") != SELF
    return {"person": "orang itu" if helps else "Anda"}


def numbers(scene: Scene) -> dict[str, str]:
    """Of the country where it happens, also while it only stands in the words: 110 is of no use
    there."""
    code = scene.answers.get("where_code") or scene.answers.get("heard_where", "")
    place = scene.ports.place(code)
    away = place is not None and place.level == "country"
    return {"numbers": hotline_lines(scene.ports, "abroad" if away else "emergency")}


def _desk_abroad(scene: Scene) -> dict[str, str]:
    return {
        "place": scene.answers.get("where_name", ""),
        "numbers": hotline_lines(scene.ports, "abroad"),
    }
