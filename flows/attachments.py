"""A photo, voice note, film or document in a report: kept as it is seen or heard, and not read.

In a report a picture is evidence first. The file never comes here: a turn has it fetched
(`AttachmentSent`), and how that went is a later input of the same session, beside which the
question that waits is put again. What is kept waits with the draft, or is added to an open case.
"""

from typing import TYPE_CHECKING

from flows.answering import answer_words
from flows.events import (
    AttachmentSent,
    AttachmentTaken,
    DraftDropped,
    ForgetMe,
    TipDetailAdded,
    TipOpened,
)
from flows.nodes import Ask
from flows.safety import hotline_lines, mask_identity_numbers
from flows.session import Input, Session

if TYPE_CHECKING:
    from flows.engine import Run

DRAFT = "tip_off"
ADDS_TO_CASE = frozenset({("tip_status", "more"), ("tip_status", "answer")})
"""Waits at which a reporter adds to a case that is open already."""
STORY = "what"
"""The answer that a voice note alone, or the words under a photo, may give."""
CAPTIONS = "proof"
"""The answer that holds the other words under photos."""
MOST = 5
"""Files of one draft."""
MOST_IN_CASE = 20
NAMES = {
    "photo": "Foto",
    "voice": "Pesan suara",
    "audio": "Rekaman suara",
    "video": "Video",
    "video_note": "Video",
    "animation": "Video",
    "document": "Dokumen",
}
_SPOKEN = frozenset({"voice", "audio", "video_note"})
_WHY_NOT = {
    "too_large": "attachments.too_large",
    "unknown": "attachments.unknown",
    "damaged": "attachments.damaged",
}
"""What is said of what could not be kept; of all else, that it did not arrive."""
_KEPT, _IN_CASE, _LOST = "attachments.kept", "attachments.in_case", "attachments.lost"
_STORY_IN_VOICE = "attachments.story"
_CALL_FIRST = "tip_off.call_first"


def belongs(run: "Run", given: Input) -> bool:
    """What a report can hold came in the middle of one; or it was kept, wherever they are now."""
    if given.kind == "attachment":
        return True
    a_file = given.kind == "unreadable" and bool(given.media) and given.medium in NAMES
    return (given.kind == "picture" or a_file) and in_report(run.session)


def take(run: "Run", given: Input) -> None:
    """The two inputs: something was sent; it has been kept, or it could not be."""
    if given.kind == "attachment":
        _kept(run, given)
    else:
        _have_it_kept(run, given)


def in_report(session: Session) -> bool:
    """A report is being told, or something is added to one."""
    return session.flow == DRAFT or (session.flow, session.node) in ADDS_TO_CASE


def _have_it_kept(run: "Run", given: Input) -> None:
    """The words under it are kept like typed ones."""
    tip_id = "" if run.session.flow == DRAFT else run.session.answers["tip"]
    found = run.ports.attachments(tip_id)
    _take_words(run, given.text, tip_id)
    if not given.media:
        run.aside("attachments.too_large")
    elif found.kept + found.coming >= (MOST_IN_CASE if tip_id else MOST):
        run.aside("attachments.full")
    else:
        if not tip_id:
            run.session.answers["attachments"] = "yes"  # there is a draft now, if it was empty
        medium = "photo" if given.kind == "picture" else given.medium
        run.events.append(AttachmentSent(given.media, medium, tip_id))
        if not found.coming and not run.bubbles:
            run.bubble("attachments.taking", {"what": NAMES[medium].lower()})


def _take_words(run: "Run", words: str, tip_id: str) -> None:
    """The words under a file: an answer to the question about the story, or beside it."""
    danger = not run.person.officer and run.catalog.hears_danger(words)
    words = mask_identity_numbers(" ".join(words.split()))[:1000]
    if not words:
        return
    if tip_id:
        run.events.append(TipDetailAdded(tip_id, words, danger))
        if danger:
            run.bubble(_CALL_FIRST, {"numbers": hotline_lines(run.ports, "emergency")})
        return
    if danger:
        run.session.answers["danger"] = "yes"  # as in typed words: the report is urgent
    node = run.waiting_node()
    if isinstance(node, Ask) and node.answer == STORY:
        run.session.answers["attachments"] = "yes"
        answer_words(run, node, words)
    else:
        answers = run.session.answers
        answers[CAPTIONS] = "\n".join(filter(None, (answers.get(CAPTIONS), words)))[:2000]


def _kept(run: "Run", given: Input) -> None:
    """It was fetched, cleaned and sealed, or it was not: said beside the question that waits."""
    what = {"what": NAMES.get(given.medium, NAMES["document"])}
    if given.payload != "kept":
        _beside(run, _WHY_NOT.get(given.payload, _LOST), {"what": what["what"].lower()})
    elif given.tip_id:
        run.events.append(AttachmentTaken(given.media, given.tip_id))
        _beside(run, _IN_CASE, what)
    else:
        what["number"] = str(run.ports.attachments("").kept)
        node = run.waiting_node()
        asks_story = isinstance(node, Ask) and node.answer == STORY
        if run.session.flow == DRAFT and asks_story and given.medium in _SPOKEN:
            assert isinstance(node, Ask)
            run.bubble(_KEPT, what)
            answer_words(run, node, run.catalog.wording.say(_STORY_IN_VOICE))
        else:
            _beside(run, _KEPT if in_report(run.session) else _IN_CASE, what)


def _beside(run: "Run", text: str, slots: dict[str, str]) -> None:
    """The question of a report is put again; whoever is elsewhere by now is not interrupted, and
    who wrote AMAN hears nothing of it."""
    if run.session.hushed or run.session.assisting:
        return
    if in_report(run.session):
        run.aside(text, slots)
    else:
        run.bubble(text, slots)


def drop_with_draft(run: "Run", before: Session) -> None:
    """Cancelled, expired or begun anew: what was attached to a draft goes with it."""
    if not _drafted(before) or _drafted(run.session):
        return
    if not any(isinstance(event, TipOpened | ForgetMe) for event in run.events):
        run.events.append(DraftDropped())


def _drafted(session: Session) -> bool:
    return DRAFT in session.kept or (session.flow == DRAFT and bool(session.answers))
