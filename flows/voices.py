"""A voice note outside of a report: heard and read back here, or else heard by an officer.

Where this machine can hear, a turn has the voice written down (`VoiceSent`); what was heard is a
later input of the same session, asked about before it counts as the person's own words. Where it
can't, the voice goes to an officer as a question with an owner. In a report it is an attachment.
"""

from datetime import timedelta
from typing import TYPE_CHECKING

import msgspec

from flows import attachments
from flows.events import AttachmentSent, VoiceSent
from flows.nodes import Choice, Choose, Flow, Say, Scene
from flows.pictures import MOST_TOLD, MOST_WAITING
from flows.ports import TipView
from flows.safety import hotline_lines, mask_identity_numbers
from flows.session import Input

if TYPE_CHECKING:
    from flows.engine import Run

NAME = "voices"
MEDIA = frozenset({"voice", "audio"})
HEARD, MISHEARD, SAID = "@heard", "@misheard", "@said"
"""Where the read-back leads: the words count; they don't; others were typed instead."""
EXITS = frozenset({HEARD, MISHEARD, SAID})
LINE = 200
"""Characters of the read-back."""
HEARD_STAYS = timedelta(hours=24)
ONE_QUESTION = timedelta(hours=1)
"""Voices that follow one another within it belong to one question."""
FOR_THE_OFFICER = ("ask_human", "question")
"""Whoever was asked for a question to the officer speaks to the officer."""
_WHY_NOT = {
    "not_fetched": "voices.lost",
    "too_large": "voices.too_long",
    "too_long": "voices.too_long",
}
_UNCLEAR, _LISTENING = "voices.unclear", "voices.listening"
_OPEN = frozenset({"assigned", "acknowledged", "answered"})
"""Statuses of a question that somebody still answers (`bot/tips.py`)."""


def flow() -> Flow:
    """The conversation; its words are content/texts/voices.yaml."""
    return Flow(
        NAME,
        {
            "read_back": Choose(
                "voices.read_back",
                (Choice("yes", "voices.right", HEARD), Choice("no", "voices.wrong", MISHEARD)),
                slots=_line,
                expires=HEARD_STAYS,
                free=SAID,
            ),
            "danger": Say("voices.danger", "read_back", slots=_numbers),
        },
        entries=("read_back", "danger"),
        expires=HEARD_STAYS,
    )


def belongs(run: "Run", given: Input) -> bool:
    """A voice note that is no attachment, and what was heard in one."""
    if given.kind == "voice_heard":
        return True
    if given.kind != "unreadable" or not given.media or given.medium not in MEDIA:
        return False
    return not run.person.officer or run.ports.hears_voices()


def take(run: "Run", given: Input) -> None:
    if run.session.assisting:
        # What was said before the mode is for the phone's owner alone, who says it again.
        if given.kind != "voice_heard" and not run.hears_danger(given.text):
            run.aside("assisted.no_file")
    elif given.kind == "voice_heard":
        if given.text:
            _read_back(run, mask_identity_numbers(given.text)[:MOST_TOLD])
        else:
            run.aside(_WHY_NOT.get(given.payload, _UNCLEAR))
    elif run.hears_danger(given.text):  # words under a recording
        if attachments.belongs(run, given):
            attachments.take(run, msgspec.structs.replace(given, text=""))
    elif run.ports.hears_voices() and (run.session.flow, run.session.node) != FOR_THE_OFFICER:
        _have_it_heard(run, given)
    else:
        _to_officer(run, given)


def _have_it_heard(run: "Run", given: Input) -> None:
    waiting = run.ports.pictures_waiting()
    if waiting >= MOST_WAITING:
        return run.bubble("voices.too_many", None)
    run.introduce()
    run.events.append(VoiceSent(given.media))
    run.bubble("voices.in_line" if waiting else _LISTENING, None)
    return None


def _to_officer(run: "Run", given: Input) -> None:
    """A question with an owner, a deadline and a code, whose words are the voice itself."""
    numbers = {"numbers": hotline_lines(run.ports, "emergency")}
    before = _question_just_asked(run)
    if before is None:
        run.introduce()
        run.bubble("voices.to_officer", numbers)
        question = run.catalog.wording.say("voices.question")
        return run.enter("ask_human:with_words", question=question, voice=given.media)
    found = run.ports.attachments(before.id)
    if found.kept + found.coming >= attachments.MOST_IN_CASE:
        return run.bubble("voices.full", None)
    run.events.append(AttachmentSent(given.media, "voice", before.id))
    run.bubble("voices.added", numbers)
    return None


def _question_just_asked(run: "Run") -> TipView | None:
    since = run.ports.now - ONE_QUESTION
    asked = (
        view
        for view in run.ports.reporter_tips()
        if view.topic == "question" and view.status in _OPEN and view.opened_at >= since
    )
    return max(asked, key=lambda view: view.opened_at, default=None)


def _read_back(run: "Run", told: str) -> None:
    """Asked at once: an answer by voice is expected where the voice was recorded. Only a report,
    whose numbers may mean danger, is not interrupted."""
    cries = not run.person.officer and run.catalog.hears_danger(told)
    if attachments.in_report(run.session):
        if cries:
            run.bubble("voices.danger", {"numbers": hotline_lines(run.ports, "emergency")})
        return run.aside("voices.in_report", {"line": _short(told)})
    back = _place(run)
    return run.enter(f"{NAME}:{'danger' if cries else 'read_back'}", told=told, back=back)


def _place(run: "Run") -> str:
    """Where the conversation waits, to be gone back to; of two voices, before the first."""
    session = run.session
    if session.flow == NAME:
        return session.answers["back"]
    return msgspec.json.encode([session.flow, session.node, session.answers]).decode()


def take_up(run: "Run", to: str) -> None:
    """Back where the voice was recorded; what was heard, or typed instead, is said there."""
    told = {HEARD: run.session.answers.get("told", ""), SAID: run.words}.get(to, "")
    where = run.session.answers.get("back", '["","",{}]')
    flow, node, answers = msgspec.json.decode(where, type=tuple[str, str, dict[str, str]])
    run.forget_place()
    run.session.kept.pop(flow, None)  # it is taken up again here
    run.session.flow, run.session.node, run.session.answers = flow, node, answers
    if told:
        run.take(Input("text", told))
    else:
        run.aside("voices.again")


def _short(told: str) -> str:
    told = " ".join(told.split())
    return told if len(told) <= LINE else told[: LINE - 1].rstrip() + "…"


def _line(scene: Scene) -> dict[str, str]:
    return {"line": _short(scene.answers.get("told", ""))}


def _numbers(scene: Scene) -> dict[str, str]:
    return {"numbers": hotline_lines(scene.ports, "emergency")}
