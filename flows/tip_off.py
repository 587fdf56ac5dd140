"""A report: what others can see of it, danger first, a few questions, read back, receipt.

Danger is asked before the story: whoever is in danger must hear "call first" before typing.
Its parts: `tip_off_form` (questions), `tip_off_check` (read-back), `tip_off_send` (the end, drafts).
"""

import re
from collections.abc import Callable
from datetime import timedelta

from flows import tip_off_check, tip_off_form, tip_off_send
from flows.classify import Classifier
from flows.entities_text import word_set
from flows.events import ConsentGiven, DangerConfirmed, Event
from flows.hearing import Hearing
from flows.nodes import Choice, Choose, Decide, Emit, Flow, Node, Say, Scene
from flows.ports import Urgency
from flows.safety import mask_identity_numbers
from flows.tip_off_form import numbers
from flows.triggers import fold

DRAFT_NUDGE = timedelta(hours=2)
DRAFT_KEPT = timedelta(hours=72)
_YES = word_set(
    "ya iya iyo yo y yoi betul bener benar masih sekarang sedang nggih inggih enggih muhun leres"
)
_OVER = re.compile(
    r"\b(?:sudah|udah|sdh|wis|uwis) (?:pulang|aman|selamat|bebas|lewat|selesai|kembali|ketemu)\b"
    r"|^(?:tidak|tdk|gak|ga|nggak|bukan|belum|ora)(?: (?:sekarang|lagi|pak|bu|kok|mas|mbak|kak))+$"
    r"|^(?:tidak|bukan) itu\b|\b(?:dulu|tahun lalu)$"
)
"""Not "tidak bisa keluar", which is the cry itself."""
NOTICE = ("tip_off.before_seen", "tip_off.before_phone", "tip_off.before")
"""The texts that are agreed to before the first question; their hash is the version."""


def flow(version: str, hearing: Hearing, classifier: Classifier) -> Flow:
    """`version` names the words of `NOTICE` (`catalog.text_version`)."""
    return Flow(
        "tip_off",
        _notice(version)
        | _danger()
        | tip_off_form.nodes(hearing)
        | tip_off_check.nodes(hearing)
        | tip_off_send.nodes(classifier),
        entries=("danger_words", "tell"),
        keeps=True,
        expires=DRAFT_KEPT,
        nudge_after=DRAFT_NUDGE,
        left=tip_off_send.left(classifier),
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
        "start": Say("tip_off.before_seen", "before_phone"),
        "before_phone": Say("tip_off.before_phone", "before", slots=_office, public=True),
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
        "cancelled": Say("common.cancelled", "leave"),
        "leave": Decide(_drop, {"menu": "welcome:menu"}),
    }


def _danger() -> dict[str, Node]:
    return {
        "danger": Choose(
            "tip_off.danger",
            (
                Choice("now", "tip_off.danger_now", "urgent"),
                Choice("soon", "tip_off.danger_soon", "soon"),
                Choice("none", "tip_off.danger_none", "calm"),
            ),
        ),
        "calm": Decide(_known, {"asked": "what", "known": "hear"}),
        "soon": Decide(_set_urgency("soon"), {"asked": "what", "known": "hear"}),
        "danger_words": Decide(_keep_words, {"next": "danger_first"}),
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


def _office(scene: Scene) -> dict[str, str]:
    return {"office": scene.ports.office_name()}


def _keep_story(scene: Scene) -> str:
    """ "Lapor, ada calo di desa saya": what follows the word is the story's beginning."""
    if len(scene.words.split()) > 1:
        _keep(scene)
    return "next"


def _keep(scene: Scene) -> None:
    scene.answers["what"] = mask_identity_numbers(" ".join(scene.words.split())[:1000])


def _keep_words(scene: Scene) -> str:
    """The words that spoke of danger are the report's first sentence: never ask for them again."""
    _keep(scene)
    scene.answers["danger"] = scene.answers["cry"] = "yes"
    return "next"


def _said_now(scene: Scene) -> str:
    """ "Ya masih di sana tolong" is a yes; whatever is neither yes nor no is more of the story."""
    said = fold(scene.words)
    if _OVER.search(said):
        return "no"
    if said.partition(" ")[0] in _YES:
        return "yes"
    told = f"{scene.answers.get('what', '')} {mask_identity_numbers(scene.words)}"
    scene.answers["what"] = " ".join(told.split())[:2000]
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
    return [DangerConfirmed(scene.answers.get("what", ""))]


def _drop(scene: Scene) -> str:
    scene.answers.clear()
    return "menu"
