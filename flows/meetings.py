"""A villager and the village's meetings: coming or not, and a question that is asked there.

A question goes as it is and without a name. What accuses somebody is a report or a check, and goes
that way; what names anybody at all is asked for once more without the name.
"""

import re
from collections.abc import Callable
from datetime import timedelta

from flows.company_names import name_words, names_a_person
from flows.desk_text import harmless
from flows.events import Event
from flows.forwarding import findings, one_line
from flows.meeting_plan import Coming, MeetingAnswered, MeetingAsked, MeetingView
from flows.nodes import (
    Ask,
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
from flows.offers_read import names_a_company
from flows.places import read_words
from flows.safety import mask_identity_numbers
from flows.times import say_time
from flows.triggers import fold
from flows.understanding import Understander

PAGE = "meetings.page"
"""The open question whose buttons the invitation carries, `meetings.page.yes~12`."""
ANSWERS = (("yes", "meetings.yes"), ("no", "meetings.no"), ("ask", "meetings.ask"))
SHORTEST, LONGEST = 8, 300
"""Letters of a question."""
MOST_ASKED = 5
"""Questions of one person at one meeting (`bot/meeting_questions.py` keeps to it)."""
MOST_SHOWN = 4
TYPED_STAYS = timedelta(hours=24)
SPEAKS = {"yes": "Anda bilang: datang.", "no": "Anda bilang: tidak datang.",
          "maybe": "Anda bilang: mungkin datang.", "": ""}  # fmt: skip

_REGISTERED = ("listed", "conflict", "sanctioned")
_BEGINS = re.compile(r"\s*/?(?:tanya|takon|tanglet|naros)\b[\s:,.-]*(?=\S+\s)", re.IGNORECASE)
_ACCUSES = re.compile(
    r"\b(?:penipu\w*|(?:me|di|ke)?nipu\w*|(?:di|ke)?tipu\w*|bohong\w*|berbohong|membohongi|pungli|suap"
    r"|disuap|korup\w*|peras|memeras|diperas|maling|mencuri|menggelapkan|dijual|menjual|mafia|oknum"
    r"|calo|tekong|makelar|sponsor|ilegal|gelap|kabur)\b"
)


def flow(understander: Understander) -> Flow:
    return Flow(
        "meetings",
        _coming() | _asking(understander) | _elsewhere(),
        entries=("come", "not_come", "perhaps", "tanya", "tell"),
        expires=TYPED_STAYS,
    )


def to_meeting(scene: Scene) -> str:
    """The question behind "tanya …", while a meeting of the person's village takes questions."""
    begins = _BEGINS.match(scene.words)
    if begins is None or not _open(scene, "ask"):
        return ""
    return scene.words[begins.end() :]


# ---- which meeting, and who comes


def _coming() -> dict[str, Node]:
    where = {"known": "chosen", "which": "which", "none": "none", "over": "over"}
    return {
        "start": Decide(_find("page"), where),
        "come": Decide(_find("yes"), where),
        "not_come": Decide(_find("no"), where),
        "perhaps": Decide(_find("maybe"), where),
        "none": Say("meetings.none", "welcome:menu"),
        "over": Say("meetings.over", "welcome:menu"),
        "which": Pick("meetings.which", _options, "meeting", "chosen"),
        "chosen": Decide(
            lambda scene: scene.answers.get("todo", "page") if _view(scene) else "over",
            {"page": "page", "yes": "to_yes", "no": "to_no", "maybe": "to_maybe", "ask": "to_ask",
             "over": "over"},
        ),
        "page": Choose(
            "meetings.page",
            (
                Choice("yes", "meetings.yes", "come"),
                Choice("no", "meetings.no", "not_come"),
                Choice("ask", "meetings.ask", "ask"),
                Choice("menu", "common.to_menu", "welcome:menu"),
            ),
            slots=_page,
            open=True,
        ),
        **{f"to_{coming}": Emit(_answer(coming), f"noted_{coming}")
           for coming in ("yes", "no", "maybe")},
        "noted_yes": Say("meetings.noted_yes", "rest", slots=_page),
        "noted_no": Say("meetings.noted_no", "rest", slots=_page),
        "noted_maybe": Say("meetings.noted_maybe", "rest", slots=_page),
        "rest": End(),
    }  # fmt: skip


def _find(act: str) -> Callable[[Scene], str]:
    def find(scene: Scene) -> str:
        """The meeting that is meant: of the pressed invitation, of the page, the only one, or the
        one that is chosen."""
        scene.answers["todo"] = act
        number = scene.answers.get("about", "") or scene.answers.get("meeting", "")
        found = _open(scene, act)
        if number:
            scene.answers["meeting"] = number
            return "known" if any(str(one.number) == number for one in found) else "over"
        if len(found) == 1:
            scene.answers["meeting"] = str(found[0].number)
            return "known"
        return "which" if found else "none"

    return find


def _open(scene: Scene, act: str) -> tuple[MeetingView, ...]:
    """Meetings at which that can still be done."""
    now = scene.ports.now
    if act == "ask":
        return tuple(one for one in scene.ports.meetings() if one.takes_questions)
    return tuple(
        one for one in scene.ports.meetings() if one.status == "planned" and now < one.plan.ends_at
    )


def _options(scene: Scene) -> tuple[Option, ...]:
    found = _open(scene, scene.answers.get("todo", "page"))[:MOST_SHOWN]
    return tuple(
        Option(str(one.number), f"{one.plan.title}, {one.plan.starts_at:%d-%m %H.%M}")
        for one in found
    )


def _view(scene: Scene) -> MeetingView | None:
    number = scene.answers.get("meeting", "")
    return next((one for one in scene.ports.meetings() if str(one.number) == number), None)


def _page(scene: Scene) -> dict[str, str]:
    one = _view(scene)
    if one is None:
        return {"title": "", "when": "", "where": "", "more": ""}
    speakers = [f"Pembicara: {one.plan.speakers}."] if one.plan.speakers else []
    return {
        "title": one.plan.title,
        "when": say_time(one.plan.starts_at),
        "where": one.plan.where,
        "more": " ".join(filter(None, (*speakers, SPEAKS[one.coming]))),
    }


def _answer(coming: Coming) -> Callable[[Scene], list[Event]]:
    return lambda scene: [MeetingAnswered(int(scene.answers["meeting"]), coming)]


# ---- asking


def _asking(understander: Understander) -> dict[str, Node]:
    where = {"known": "to_ask", "which": "which", "none": "ask_none", "over": "over"}
    ends = ("ok", "short", "long", "names", "report", "check", "enough", "over")
    return {
        "tanya": Decide(
            lambda scene: "some" if _open(scene, "ask") else "none",
            {"some": "tanya_where", "none": "to_human"},
        ),
        "tanya_where": Choose(
            "meetings.tanya_where",
            (
                Choice("meeting", "meetings.at_meeting", "ask"),
                Choice("officer", "meetings.to_officer", "to_human"),
            ),
            human=False,
        ),
        "ask": Decide(_find("ask"), where),
        "tell": Decide(_keep_words, {"next": "ask"}),
        "ask_none": Say("meetings.none", "welcome:menu"),
        "to_ask": Decide(
            lambda scene: "given" if scene.answers.get("question") else "ask",
            {"given": "screen", "ask": "question"},
        ),
        "question": Ask(
            "meetings.question", "question", "screen", _read_question, slots=_page,
            expires=TYPED_STAYS,
        ),
        "screen": Decide(_screen(understander), {end: f"is_{end}" for end in ends}),
        "is_short": Say("meetings.too_short", "question"),
        "is_long": Say("meetings.too_long", "question"),
        "is_names": Say("meetings.names_somebody", "question"),
        "is_enough": Say("meetings.enough", "rest"),
        "is_over": Say("meetings.over", "welcome:menu"),
        "is_ok": Choose(
            "meetings.read_back",
            (
                Choice("send", "meetings.send", "send"),
                Choice("change", "meetings.change", "question"),
                Choice("officer", "meetings.to_officer", "to_officer"),
            ),
            slots=_read_back, human=False, expires=TYPED_STAYS,
        ),
        "send": Decide(_how, {"new": "send_it", "ready": "send_ready", "over": "is_over"}),
        "send_it": Emit(_asked, "sent"),
        "sent": Say("meetings.sent", "rest"),
        "send_ready": Emit(_asked, "ready"),
        "ready": Say("meetings.ready", "rest", slots=_ready),
    }  # fmt: skip


def _elsewhere() -> dict[str, Node]:
    """Words that are no question for everybody's ears."""
    other = Choice("other", "meetings.other_question", "question")
    menu = Choice("menu", "common.to_menu", "welcome:menu")
    report = Choice("report", "welcome.report", "words_report")
    return {
        "is_report": Choose(
            "meetings.better_report", (report, other, menu), human=False, expires=TYPED_STAYS
        ),
        "is_check": Choose(
            "meetings.better_check",
            (Choice("check", "welcome.check", "words_check"), report, other, menu),
            human=False, expires=TYPED_STAYS,
        ),
        "words_report": Decide(_as_words, {"next": "to_report"}),
        "to_report": Goto("tip_off:tell", carry=("words",)),
        "words_check": Decide(_as_words, {"next": "to_check"}),
        "to_check": Goto("check_recruiter", carry=("words",)),
        "to_human": Goto("ask_human"),
        "to_officer": Goto("ask_human:with_words", carry=("question",)),
    }  # fmt: skip


def _keep_words(scene: Scene) -> str:
    """What was typed behind the word that led here."""
    words = scene.answers.get("question") or scene.words
    scene.answers["question"] = _kept(words)
    return "next"


def _read_question(text: str, scene: Scene) -> str:
    return _kept(read_words(text, scene))


def _kept(text: str) -> str:
    return one_line(mask_identity_numbers(text))


def _screen(understander: Understander) -> Callable[[Scene], str]:
    def screen(scene: Scene) -> str:
        """What becomes of the words; the first that fits."""
        one, text = _view(scene), scene.answers.get("question", "")
        if one is None or not one.takes_questions:
            return "over"
        if one.asked >= MOST_ASKED:
            return "enough"
        if sum(map(str.isalpha, text)) < SHORTEST:
            return "short"
        if len(text) > LONGEST:
            return "long"
        read = understander.read(text)
        if read.intent in ("report", "emergency"):
            return "report"
        if names_a_company(text) or scene.ports.find_recruiter(text).verdict in _REGISTERED:
            return "check"
        if accuses(text, flagged=bool(read.flags)):
            return "report"
        return "names" if _names(text) else "ok"

    return screen


def accuses(text: str, *, flagged: bool = False) -> bool:
    """Somebody is named, and something bad is said. `flagged`: signs of a bad offer are in it."""
    folded = fold(text, limit=LONGEST)
    named = "[nama]" in harmless(text) or names_a_person(name_words(_ACCUSES.sub(" ", folded)))
    return named and (flagged or bool(_ACCUSES.search(folded)))


def _names(text: str) -> bool:
    """A name behind a title, a number or an address to reach somebody by."""
    found = any(one.kind != "self" for one in findings({"asked": text}))
    return found or "[nama]" in harmless(text)


def _read_back(scene: Scene) -> dict[str, str]:
    return {"question": scene.answers.get("question", ""), "title": _page(scene)["title"]}


def _how(scene: Scene) -> str:
    one = _view(scene)
    if one is None or not one.takes_questions:
        return "over"
    scene.answers["ready"] = scene.ports.ready_answer(one.number, scene.answers["question"])
    return "ready" if scene.answers["ready"] else "new"


def _ready(scene: Scene) -> dict[str, str]:
    return {"answer": scene.answers.get("ready", "")}


def _asked(scene: Scene) -> list[Event]:
    return [MeetingAsked(int(scene.answers["meeting"]), scene.answers["question"])]


def _as_words(scene: Scene) -> str:
    scene.answers["words"] = scene.answers.get("question", "")
    return "next"
