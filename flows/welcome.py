"""Who this is, what is kept, which village; the menu; and what somebody may ask about the bot."""

from flows.events import ConsentGiven, Event, ForgetMe, PlaceChosen
from flows.nodes import Choice, Choose, Decide, Emit, End, Flow, Node, Say, Scene
from flows.places import place_questions
from flows.ports import Place

SHOWN = 40
"""Characters of each watched company, so that twenty of them fit one message."""


def flow(consent_version: str) -> Flow:
    """`consent_version` names the words that are agreed to (`Catalog.consent_version`)."""
    return Flow(
        "welcome",
        _first_words(consent_version) | _menu() | _my_officer() | _about(),
        entries=("menu", "about", "delete", "officer"),
    )


def _first_words(consent_version: str) -> dict[str, Node]:
    def consent(scene: Scene) -> list[Event]:
        return [ConsentGiven("service", consent_version)]

    return {
        "start": Say("welcome.hello", "consent", slots=_office, public=True),
        "consent": Choose(
            "welcome.kept",
            (
                Choice("yes", "welcome.agree", "agreed"),
                Choice("no", "welcome.disagree", "disagreed"),
            ),
            open=True,  # a question that was the reason to write is answered all the same
        ),
        "agreed": Emit(consent, "village_ask"),
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
    }


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


def _about() -> dict[str, Node]:
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
        "data": Say("welcome.data", "about", slots=_data),
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
        "watched": ", ".join(name[:SHOWN] for name in scene.ports.watches()) or "-",
        "lessons": str(len(scene.person.done_lessons)),
        "asked": str(len(scene.ports.remembered())),
        "reminders": "ya" if scene.ports.reminders() else "tidak",
        "consent": "ya" if scene.person.consented else "tidak",
        "broadcasts": "tidak" if scene.person.opted_out or not scene.person.consented else "ya",
    }
