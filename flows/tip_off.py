"""A report: what others can see of it, danger first, a few questions, read back, receipt.

Danger is asked before the story: whoever is in danger must hear "call first" before typing.
Its parts: `tip_off_form` (questions), `tip_off_check` (read-back), `tip_off_send` (the end, drafts).
"""

import re
from collections.abc import Callable, Mapping
from datetime import timedelta

from flows import tip_off_check, tip_off_form, tip_off_send
from flows.classify import Classifier
from flows.entities_text import word_set
from flows.events import AlarmWithdrawn, ConsentGiven, DangerConfirmed, Event
from flows.hearing import Hearing
from flows.nodes import Choice, Choose, Decide, Emit, Flow, Node, Say, Scene
from flows.ports import Urgency
from flows.safety import mask_identity_numbers
from flows.tip_off_form import fill, numbers
from flows.triggers import fold

DRAFT_NUDGE = timedelta(hours=2)
DRAFT_KEPT = timedelta(hours=72)
_YES = word_set(
    "ya iya iyo yo y yoi betul bener benar masih sekarang sedang nggih inggih enggih muhun leres"
    " injih enya heueuh sumuhun saestu isih taksih keneh saiki sakniki samenika ayeuna kiwari"
)
_OVER = re.compile(
    r"\b(?:sudah|udah|sdh|wis|uwis|sampun|mpun|geus|tos|parantos)"
    r" (?:pulang|aman|selamat|bebas|lewat|selesai|kembali|ketemu|mulih|wangsul|bali|uih|mulang|balik"
    r"|slamet|salamet|rampung|beres)\b"
    r"|^(?:tidak|tdk|gak|ga|nggak|bukan|belum|ora|mboten|boten|teu|henteu)"
    r"(?: (?:sekarang|lagi|pak|bu|kok|mas|mbak|kak|kang|teh|saiki|sakniki|ayeuna))+$"
    r"|^(?:tidak|bukan) itu\b|\b(?:dulu|tahun lalu)$"
)
"""Not "tidak bisa keluar", which is the cry itself."""
SHORTEST_STORY = 4
"""Words; fewer in the place of a choice ("hmm apa ya") tell nothing."""
NOTICE = ("tip_off.before_seen", "tip_off.before_phone", "tip_off.before")
"""The texts that are agreed to before the first question; their hash is the version."""


def flow(version: str, hearing: Hearing, classifier: Classifier) -> Flow:
    """`version` names the words of `NOTICE` (`catalog.text_version`)."""
    return Flow(
        "tip_off",
        _notice(version)
        | _danger(hearing)
        | _human_in_danger()
        | tip_off_form.nodes(hearing)
        | tip_off_check.nodes(hearing)
        | tip_off_send.nodes(classifier),
        entries=("danger_words", "tell", "human"),
        keeps=True,
        expires=DRAFT_KEPT,
        nudge_after=DRAFT_NUDGE,
        left=tip_off_send.left(classifier),
        human=_human,
    )


def _notice(version: str) -> dict[str, Node]:
    """What each side can see, in three short texts, then the choice."""

    def agree(scene: Scene) -> str:
        scene.answers["consent"] = version
        return "next"

    def hide(scene: Scene) -> str:
        scene.answers["hidden"] = "yes"
        return agree(scene)

    def consent(scene: Scene) -> list[Event]:
        return [ConsentGiven("report", version)]

    return {
        "start": Say("tip_off.before_seen", "before_phone", alone=True),
        "before_phone": Say(
            "tip_off.before_phone", "before", slots=_office, public=True, alone=True
        ),
        "before": Choose(
            "tip_off.before",
            (
                Choice("go", "tip_off.go_on", "agreed"),
                Choice("hidden", "tip_off.go_on_hidden", "hidden"),
                Choice("cancel", "common.cancel", "cancelled"),
            ),
        ),
        "tell": Decide(_keep_story, {"next": "start"}),
        "agreed": Decide(agree, {"next": "consent"}),
        "consent": Emit(consent, "danger"),
        # A row with this person's name and this hour would lead to the report: for the hidden
        # the version stands only inside the sealed report.
        "hidden": Decide(hide, {"next": "danger"}),
        "cancelled": Decide(_alarmed, {"yes": "cancelled_alarmed", "no": "cancelled_quietly"}),
        "cancelled_alarmed": Say("tip_off.cancelled_alarmed", "leave"),
        "cancelled_quietly": Say("common.cancelled", "leave"),
        "leave": Emit(_withdraw_alarm, "drop"),
        "drop": Decide(_drop, {"menu": "welcome:menu"}),
    }


def _danger(hearing: Hearing) -> dict[str, Node]:
    def keep_words(scene: Scene) -> str:
        then = _keep_words(scene)
        fill(hearing, scene, scene.answers["what"])
        return then

    return {
        "danger": Choose(
            "tip_off.danger",
            (
                Choice("now", "tip_off.danger_now", "urgent"),
                Choice("soon", "tip_off.danger_soon", "soon"),
                Choice("none", "tip_off.danger_none", "calm"),
            ),
            beside="danger_told",
        ),
        "danger_told": Decide(
            _told_early,
            {"cry": "danger_words", "kept": "danger_kept", "unclear": "danger_unclear"},
        ),
        "danger_kept": Say("tip_off.danger_kept", "danger"),
        "danger_unclear": Say("common.not_understood", "danger"),
        "calm": Decide(_known, {"asked": "what", "known": "hear"}),
        "soon": Decide(_set_urgency("soon"), {"asked": "what", "known": "hear"}),
        "danger_words": Decide(keep_words, {"ask": "danger_first", "now": "alarm"}),
        "danger_first": Choose(
            "tip_off.danger_first",
            (
                Choice("yes", "common.yes", "urgent"),
                Choice("no", "tip_off.not_now", "not_urgent"),
                Choice("other", "tip_off.no_report", "leave"),
            ),
            slots=numbers,
            free="danger_said",
        ),
        "danger_said": Decide(
            _said_now, {"yes": "urgent", "no": "not_urgent", "again": "danger_first"}
        ),
        "not_urgent": Decide(_calm_down, {"next": "calm_words"}),
        "calm_words": Say("tip_off.not_urgent", "start"),
        "urgent": Decide(_set_urgency("now"), {"asked": "alarm", "known": "alarm"}),
        "alarm": Emit(_alarm, "call_first"),
        "call_first": Say("tip_off.call_first", "call_how", slots=numbers),
        "call_how": Decide(_noticed, {"read": "urgent_story", "unread": "urgent_notice"}),
        "urgent_notice": Say("tip_off.urgent_notice", "urgent_story"),
        "urgent_story": Decide(_known, {"asked": "what", "known": "hear"}),
    }


def _human_in_danger() -> dict[str, Node]:
    """ "0" in danger: whoever is on duty is told, the numbers again, and the question again."""
    return {
        "human": Emit(_alarm, "human_told"),
        "human_told": Decide(_on_duty, {"told": "alarm_told", "nobody": "human_again"}),
        "alarm_told": Say("tip_off.alarm_told", "human_again"),
        "human_again": Decide(_ask_again, {"cry": "danger_first", "now": "human_numbers"}),
        "human_numbers": Say("tip_off.call_first", "human_next", slots=numbers),
        "human_next": Decide(_known, {"asked": "what", "known": "next"}),
    }


def _office(scene: Scene) -> dict[str, str]:
    return {"office": scene.ports.office_name()}


def _keep_story(scene: Scene) -> str:
    """ "Lapor, ada calo di desa saya": what follows the word is the story's beginning."""
    if len(scene.words.split()) > 1:
        _keep(scene)
    return "next"


def _told_early(scene: Scene) -> str:
    """A story that is typed where only danger was asked for is the story's beginning."""
    if scene.answers.get("danger"):
        return "cry"  # which keeps the words itself
    if len(fold(scene.words).split()) < SHORTEST_STORY:
        return "unclear"
    _keep(scene)
    return "kept"


def _keep(scene: Scene) -> None:
    """Behind what this draft holds already."""
    told = f"{scene.answers.get('what', '')} {mask_identity_numbers(scene.words)}"
    scene.answers["what"] = " ".join(told.split())[:2000]


def _keep_words(scene: Scene) -> str:
    """The words that spoke of danger are the report's first sentence: never ask for them again."""
    _keep(scene)
    scene.answers["danger"] = scene.answers["cry"] = "yes"
    if scene.answers.get("urgency") != "now":
        return "ask"
    _ask_again(scene)
    return "now"


def _said_now(scene: Scene) -> str:
    """ "Ya masih di sana tolong" is a yes; whatever is neither yes nor no is more of the story."""
    said = fold(scene.words)
    if _OVER.search(said):
        return "no"
    if said.partition(" ")[0] in _YES:
        return "yes"
    _keep(scene)
    return "again"


def _calm_down(scene: Scene) -> str:
    scene.answers.pop("danger", None)
    scene.answers.pop("cry", None)
    return "next"


def _set_urgency(urgency: Urgency) -> Callable[[Scene], str]:
    def set_urgency(scene: Scene) -> str:
        scene.answers["urgency"] = urgency
        return _known(scene)

    return set_urgency


def _known(scene: Scene) -> str:
    """What happened was told already: it is never asked for twice."""
    return "known" if scene.answers.get("what") else "asked"


def _noticed(scene: Scene) -> str:
    """Words of danger lead past the notice: then one line of it comes behind the numbers."""
    return "read" if scene.answers.get("consent") else "unread"


def _alarm(scene: Scene) -> list[Event]:
    """Once in a draft; the words are kept as they were then (`AlarmWithdrawn.told`)."""
    if scene.answers.get("alarmed"):
        return []
    told = scene.answers.get("what", "")
    scene.answers["alarmed"] = told or "-"
    return [DangerConfirmed(told)]


def _alarmed(scene: Scene) -> str:
    return "yes" if scene.answers.get("alarmed") else "no"


def _withdraw_alarm(scene: Scene) -> list[Event]:
    told = scene.answers.get("alarmed")
    return [AlarmWithdrawn(told)] if told else []


def _human(answers: Mapping[str, str]) -> str:
    return "human" if answers.get("urgency") == "now" or answers.get("cry") else ""


def _on_duty(scene: Scene) -> str:
    place = scene.person.place.code if scene.person.place else ""
    desk = scene.ports.desk(place, "now", told=scene.answers.get("what", ""))
    return "told" if desk.reachable else "nobody"


def _ask_again(scene: Scene) -> str:
    """The question that was asked last counts as not asked."""
    asked = scene.answers.get("asked", "").split()
    scene.answers["asked"] = " ".join(asked[:-1])
    return "now" if scene.answers.get("urgency") == "now" else "cry"


def _drop(scene: Scene) -> str:
    scene.answers.clear()
    return "menu"
