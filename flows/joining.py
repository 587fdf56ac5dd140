"""DAFTAR: somebody comes by a poster, a link or a voice and joins their village's news with one yes."""

from flows.campaign_plan import Came, CampaignArrived, read_code
from flows.events import ConsentGiven, Event, OptedIn, PlaceChosen
from flows.nodes import Choice, Choose, Decide, Emit, Flow, Goto, Say, Scene
from flows.places import place_questions
from flows.welcome import TYPED_STAYS

CONSENT = "joining.ask"
"""The text that is agreed to."""
MOST_WORDS = 5
"""Of a village's name; "daftar kerja ke Korea lewat mana ya" is a question."""


def flow(consent_version: str) -> Flow:
    def join(scene: Scene) -> list[Event]:
        back = [OptedIn()] if scene.person.opted_out else []
        return [ConsentGiven("service", consent_version), *back, *_move(scene)]

    return Flow(
        "joining",
        {
            "start": Decide(
                _what,
                {"place": "arrived", "anywhere": "arrived_anywhere", "unknown": "bad_code",
                 "named": "village_find", "nothing": "village_ask", "words": "not_ours"},
            ),
            "not_ours": Goto("free_text"),
            "bad_code": Say("joining.bad_code", "village_ask"),
            "arrived": Emit(lambda scene: _came(scene, "arrived"), "village_near"),
            "arrived_anywhere": Emit(lambda scene: _came(scene, "arrived"), "village_ask"),
            **place_questions("village", text="joining.village", then="who",
                              unknown="no_village", skip="common.skip"),
            "no_village": Say("joining.no_village", "welcome:menu"),
            "who": Decide(_belongs, {"new": "ask", "here": "again", "elsewhere": "move_ask"}),
            "ask": Choose(
                CONSENT,
                (Choice("yes", "joining.yes", "join"), Choice("no", "joining.no", "not_joined")),
                slots=_village,
                expires=TYPED_STAYS,
            ),
            "join": Emit(join, "joined"),
            "joined": Say("joining.joined", "welcome:menu", slots=_village),
            "not_joined": Say("joining.not_joined", "welcome:menu"),
            "again": Emit(lambda scene: _came(scene, "again"), "already"),
            "already": Say("joining.already", "welcome:menu", slots=_village),
            "move_ask": Choose(
                "joining.move",
                (Choice("yes", "joining.move_yes", "move"),
                 Choice("no", "joining.move_no", "stays")),
                slots=_both,
                expires=TYPED_STAYS,
            ),
            "move": Emit(_move, "joined"),
            "stays": Say("joining.stays", "welcome:menu"),
        },
    )  # fmt: skip


def _what(scene: Scene) -> str:
    words = scene.words.strip()
    if not words:
        return "nothing"
    if code := read_code(words):
        return _by_code(scene, code)
    scene.answers["village_words"] = words[:200]
    if len(words.split()) <= MOST_WORDS and _names_a_village(scene, words):
        return "named"
    # One word that is neither is a code or a name with a slip in it; several are a question.
    return "unknown" if len(words.split()) == 1 else "words"


def _by_code(scene: Scene, code: str) -> str:
    found = scene.ports.campaign(code)
    if found is None or found.ended:
        return "unknown"
    scene.answers["campaign"] = code
    place = scene.ports.place(found.place_code)
    if place is None or place.level not in ("village", "district"):
        return "anywhere"
    scene.answers["village_code"], scene.answers["village_name"] = place.code, place.name
    return "place"


def _names_a_village(scene: Scene, words: str) -> bool:
    answer = scene.ports.find_place(words)
    found = [answer.place] if answer.place else list(answer.ask)
    return any(place.level in ("village", "district") for place in found)


def _move(scene: Scene) -> list[Event]:
    return [PlaceChosen(scene.answers["village_code"]), *_came(scene, "joined")]


def _came(scene: Scene, came: Came) -> list[Event]:
    code = scene.answers.get("campaign")
    return [CampaignArrived(code, came)] if code else []


def _belongs(scene: Scene) -> str:
    """STOP has ended it: whoever comes back is asked as if they were new."""
    person, code = scene.person, scene.answers["village_code"]
    if not person.consented or person.opted_out or person.place is None:
        return "new"
    return "here" if person.place.code == code else "elsewhere"


def _village(scene: Scene) -> dict[str, str]:
    return {
        "place": scene.answers["village_name"],
        "office": scene.ports.office_name(),
        "times": str(scene.ports.news_a_week()),
    }


def _both(scene: Scene) -> dict[str, str]:
    place = scene.person.place
    return {"place": scene.answers["village_name"], "before": place.name if place else ""}
