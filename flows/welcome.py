"""Who this is, what is kept, which village; the menu; and what somebody may ask about the bot."""

from collections.abc import Callable, Collection
from datetime import timedelta

from flows.events import ConsentGiven, Event, ForgetMe, LanguageChosen, PlaceChosen
from flows.languages import INDONESIAN, NAMES
from flows.nodes import Choice, Choose, Decide, Emit, End, Flow, Goto, Node, Say, Scene, Slots
from flows.places import place_questions
from flows.ports import Place

TYPED_STAYS = timedelta(hours=24)
"""How long a first question waits for the consent; then its words are forgotten."""
SHOWN = 40
"""Characters of each watched company, so that twenty of them fit one message."""


def flow(consent_version: str, departure_data: Slots, spoken: Collection[str]) -> Flow:
    """`consent_version` names the words that are agreed to (`Catalog.consent_version`);
    `departure_data` fills what is said of a kept departure; `spoken` are the languages whose texts
    a native speaker has stamped, Indonesian among them."""
    return Flow(
        "welcome",
        _first_words(consent_version)
        | _asked_first(consent_version)
        | _menu()
        | _my_officer()
        | _about(departure_data)
        | _languages(spoken),
        entries=(
            "asked_first",
            "menu",
            "about",
            "delete",
            "officer",
            *(f"speak_{name}" for name in NAMES),
        ),
    )


def _consent(version: str) -> Callable[[Scene], list[Event]]:
    return lambda _: [ConsentGiven("service", version)]


def _first_words(consent_version: str) -> dict[str, Node]:
    return {
        "start": Decide(
            lambda scene: "known" if scene.person.consented else "new",
            {"new": "hello", "known": "greeted"},
        ),
        "hello": Say("welcome.hello", "consent", slots=_office, public=True),
        "consent": Choose(
            "welcome.kept",
            (
                Choice("yes", "welcome.agree", "agreed"),
                Choice("no", "welcome.disagree", "disagreed"),
            ),
            open=True,  # a question that was the reason to write is answered all the same
        ),
        "agreed": Emit(_consent(consent_version), "village_ask"),
        "disagreed": Say("welcome.nothing_kept", "menu"),
        **place_questions(
            "village",
            text="welcome.village",
            then="keep_village",
            unknown="no_village",
            skip="common.skip",
        ),
        "keep_village": Emit(_choose_place, "village_kept"),
        "village_kept": Say("welcome.village_kept", "menu", slots=_village),
        "no_village": Say("welcome.no_village", "menu"),
        "greeted": Say("welcome.greeted", "menu"),
    }


def _asked_first(consent_version: str) -> dict[str, Node]:
    """Whoever begins with a question has its answer next; the village can wait (`change_village`)."""
    return {
        "asked_first": Say("welcome.hello", "answer_next", slots=_office, public=True),
        "answer_next": Say("welcome.answer_next", "asked_consent"),
        "asked_consent": Choose(
            "welcome.kept",
            (
                Choice("yes", "welcome.agree", "asked_agreed"),
                Choice("no", "welcome.disagree", "asked_disagreed"),
            ),
            open=True,
            expires=TYPED_STAYS,
        ),
        "asked_agreed": Emit(_consent(consent_version), "asked"),
        "asked_disagreed": Say("welcome.nothing_kept", "asked"),
        "asked": Decide(
            lambda scene: "known" if scene.answers.get("words") else "forgotten",
            {"known": "answer", "forgotten": "menu"},
        ),
        "answer": Goto("free_text", carry=("words",)),
    }


def _languages(spoken: Collection[str]) -> dict[str, Node]:
    """BASA JAWA and the like. The choice is kept, so it needs consent; a language whose texts
    nobody has checked is not spoken, and that is said."""
    nodes: dict[str, Node] = {}
    for language in NAMES:
        nodes[f"speak_{language}"] = Decide(
            _may_speak(language, spoken),
            {
                "yes": f"choose_{language}",
                "consent": "language_consent",
                "not_yet": "language_not_yet",
            },
        )
        nodes[f"choose_{language}"] = Emit(_choose_language(language), "language_chosen")
    return nodes | {
        "language_chosen": Say("welcome.language_chosen", "menu"),
        "language_consent": Say("welcome.language_consent", "consent"),
        "language_not_yet": Say("welcome.language_not_yet", "menu", slots=_language, public=True),
    }


def _may_speak(language: str, spoken: Collection[str]) -> Callable[[Scene], str]:
    def may_speak(scene: Scene) -> str:
        scene.answers["language"] = NAMES[language]
        if language not in spoken:
            return "not_yet"
        return "yes" if scene.person.consented or language == INDONESIAN else "consent"

    return may_speak


def _choose_language(language: str) -> Callable[[Scene], list[Event]]:
    return lambda _: [LanguageChosen(language)]


def _language(scene: Scene) -> dict[str, str]:
    return {"language": scene.answers["language"]}


def _menu() -> dict[str, Node]:
    return {
        "menu": Choose(
            "welcome.menu",
            (
                Choice("learn", "welcome.learn", "lessons:look"),
                Choice("check", "welcome.check", "check_recruiter:start"),
                Choice("report", "welcome.report", "tip_off:start"),
                Choice("officer", "welcome.officer", "officer"),
                Choice("about", "welcome.about", "about"),
            ),
            open=True,
        ),
    }


def _my_officer() -> dict[str, Node]:
    return {
        "officer": Decide(
            _my_officers, {"some": "officers", "office": "office_only", "ask": "near_ask"}
        ),
        **place_questions(
            "near",
            text="welcome.village",
            then="officer",
            unknown="officer_unknown",
            skip="common.skip",
        ),
        "officer_unknown": Say("welcome.officer_unknown", "menu", slots=_officers),
        "officers": Say("welcome.officers", "menu", slots=_officers),
        "office_only": Say("welcome.office_only", "menu", slots=_officers),
    }


def _about(departure_data: Slots) -> dict[str, Node]:
    """What somebody may ask about the bot, and their own data."""
    return {
        "about": Choose(
            "welcome.about_text",
            (
                Choice("genuine", "welcome.genuine", "genuine"),
                Choice("data", "welcome.my_data", "data"),
                Choice("village", "welcome.change_village", "change_village"),
                Choice("delete", "welcome.delete", "delete"),
                Choice("menu", "common.to_menu", "menu"),
            ),
            slots=_office,
            open=True,
            public=True,
        ),
        "change_village": Decide(
            lambda scene: "ask" if scene.person.consented else "consent",
            {"ask": "village_ask", "consent": "consent"},
        ),
        "genuine": Say("common.genuine", "about", slots=_office, public=True),
        "data": Say("welcome.data", "departure", slots=_data),
        "departure": Decide(
            lambda scene: "some" if scene.ports.departure() or scene.ports.followed() else "none",
            {"some": "departure_data", "none": "about"},
        ),
        "departure_data": Say("departure.data", "about", slots=departure_data),
        "delete": Decide(
            lambda scene: scene.person.channel,
            {"whatsapp": "chat_whatsapp", "telegram": "chat_telegram", "simulator": "chat_here"},
        ),
        "chat_whatsapp": Say("welcome.chat_whatsapp", "delete_ask"),
        "chat_telegram": Say("welcome.chat_telegram", "delete_ask"),
        "chat_here": Say("welcome.chat_here", "delete_ask"),
        "delete_ask": Choose(
            "welcome.delete_ask",
            (Choice("yes", "common.yes", "forget"), Choice("no", "common.rather_not", "menu")),
        ),
        "forget": Emit(lambda scene: [ForgetMe()], "forgotten"),
        "forgotten": Say("welcome.forgotten", "end"),
        "end": End(),
    }


def _office(scene: Scene) -> dict[str, str]:
    return {"office": scene.ports.office_name()}


def _choose_place(scene: Scene) -> list[Event]:
    return [PlaceChosen(scene.answers["village_code"])]


def _village(scene: Scene) -> dict[str, str]:
    return {"place": scene.answers["village_name"]}


def _here(scene: Scene) -> Place | None:
    """The village just named, or the one that is kept."""
    return scene.ports.place(scene.answers.get("near_code", "")) or scene.person.place


def _my_officers(scene: Scene) -> str:
    place = _here(scene)
    if place is None:
        return "ask"
    return "some" if scene.ports.pimpasa(place.code) else "office"


def _officers(scene: Scene) -> dict[str, str]:
    place = _here(scene)
    code = place.code if place else ""
    desk = scene.ports.desk(code, "none")
    names = ", ".join(officer.name for officer in scene.ports.pimpasa(code))
    return {
        "place": place.name if place else "",
        "names": names,
        "office": desk.office_name
        if desk.served
        else desk.other_office or scene.ports.office_name(),
        "hours": desk.hours,
    }


def _data(scene: Scene) -> dict[str, str]:
    place = scene.person.place
    return {
        "place": place.name if place else "-",
        "language": NAMES[scene.person.language],
        "watched": ", ".join(name[:SHOWN] for name in scene.ports.watches()) or "-",
        "lessons": str(len(scene.person.done_lessons)),
        "asked": str(len(scene.ports.remembered())),
        "reminders": "ya" if scene.ports.reminders() else "tidak",
        "consent": "ya" if scene.person.consented else "tidak",
        "broadcasts": "tidak" if scene.person.opted_out or not scene.person.consented else "ya",
    }
