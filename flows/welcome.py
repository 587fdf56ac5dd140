"""Who this is, what is kept, which village; the menu; and what somebody may ask about the bot."""

from flows.events import ConsentGiven, Event, ForgetMe, PlaceChosen
from flows.nodes import Choice, Choose, Decide, Emit, End, Flow, Say, Scene
from flows.places import place_questions


def flow(consent_version: str) -> Flow:
    """`consent_version` names the words that are agreed to (`Catalog.consent_version`)."""

    def consent(scene: Scene) -> list[Event]:
        return [ConsentGiven("service", consent_version)]

    return Flow(
        "welcome",
        {
            "start": Say("welcome.hello", "consent", slots=_office, public=True),
            "consent": Choose(
                "welcome.kept",
                (
                    Choice("yes", "welcome.agree", "agreed"),
                    Choice("no", "welcome.disagree", "disagreed"),
                ),
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
            "menu": Choose(
                "welcome.menu",
                (
                    Choice("learn", "welcome.learn", "lessons:start"),
                    Choice("check", "welcome.check", "check_recruiter:start"),
                    Choice("report", "welcome.report", "tip_off:start"),
                    Choice("officer", "welcome.officer", "officer"),
                    Choice("about", "welcome.about", "about"),
                ),
                open=True,
            ),
            "officer": Decide(
                _my_officers, {"some": "officers", "office": "office_only", "ask": "village_ask"}
            ),
            "officers": Say("welcome.officers", "menu", slots=_officers),
            "office_only": Say("welcome.office_only", "menu", slots=_officers),
            "about": Choose(
                "welcome.about_text",
                (
                    Choice("genuine", "welcome.genuine", "genuine"),
                    Choice("data", "welcome.my_data", "data"),
                    Choice("village", "welcome.change_village", "village_ask"),
                    Choice("delete", "welcome.delete", "delete"),
                    Choice("menu", "common.to_menu", "menu"),
                ),
                slots=_office,
                open=True,
                public=True,
            ),
            "genuine": Say("common.genuine", "about", slots=_office, public=True),
            "data": Say("welcome.data", "about", slots=_data),
            "delete": Choose(
                "welcome.delete_ask",
                (Choice("yes", "common.yes", "forget"), Choice("no", "common.no", "menu")),
            ),
            "forget": Emit(lambda scene: [ForgetMe()], "forgotten"),
            "forgotten": Say("welcome.forgotten", "end"),
            "end": End(),
        },
        entries=("menu", "about", "delete", "officer"),
    )


def _office(scene: Scene) -> dict[str, str]:
    return {"office": scene.ports.office_name()}


def _choose_place(scene: Scene) -> list[Event]:
    return [PlaceChosen(scene.answers["village_code"])]


def _village(scene: Scene) -> dict[str, str]:
    return {"place": scene.answers["village_name"]}


def _my_officers(scene: Scene) -> str:
    if scene.person.place is None:
        return "ask"
    return "some" if scene.ports.pimpasa(scene.person.place.code) else "office"


def _officers(scene: Scene) -> dict[str, str]:
    place = scene.person.place
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
        "lessons": str(len(scene.person.done_lessons)),
        "consent": "ya" if scene.person.consented else "tidak",
        "broadcasts": "tidak" if scene.person.opted_out or not scene.person.consented else "ya",
    }
