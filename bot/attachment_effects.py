"""What the events of files in a report do (`flows/attachments.py`)."""

from datetime import timedelta
from typing import TYPE_CHECKING

from bot import draft_media, pictures, tip_seal, tips
from bot.contacts import Known
from flows.events import AttachmentSent, AttachmentTaken, DraftDropped

if TYPE_CHECKING:
    from bot.effects import Effects

ONE_NOTICE = timedelta(minutes=10)
"""Files that a reporter adds one after the other are told to the officer once."""


def carry_out(
    effects: "Effects", known: Known, event: AttachmentSent | AttachmentTaken | DraftDropped
) -> None:
    connection, ring, now = effects.connection, effects.service.ring, effects.now
    match event:
        case AttachmentSent():
            told = pictures.Told(event.media, "", event.medium, _case(effects, event))
            pictures.put(connection, ring, known, told, now, keeps=True)
        case AttachmentTaken():
            _add(effects, event)
        case DraftDropped():
            draft_media.drop_draft(connection, ring, known.id, now)


def _case(effects: "Effects", event: AttachmentSent) -> str:
    """The case a file is for; empty for the draft."""
    if not event.receipt:
        return event.tip_id
    tip = tips.by_receipt(effects.connection, effects.service.ring, event.receipt)
    assert tip is not None, "opened by the event before"
    return tip.id


def _add(effects: "Effects", event: AttachmentTaken) -> None:
    connection, ring, now = effects.connection, effects.service.ring, effects.now
    tip = tips.held_by_id(connection, event.tip_id)
    if tip is None or tip.status not in tips.OPEN_STATUSES:
        return draft_media.drop(connection, token=event.token)
    # Those that came with the report itself were told with it.
    attached = tip_seal.attached(connection, tip.number)
    added = [at for at in attached if at > tip.opened_at]
    at = tip.kept_time(now)
    files = draft_media.take(connection, ring, token=event.token)
    draft_media.put(connection, tip, files, at)
    if files.broken:
        tips.add_message(connection, ring, tip, "from_reporter", files.broken_line, at)
    # The voice that is the question itself was told with it, unless somebody has read that already.
    asks = tip.topic == "question" and tip.status == "assigned" and not attached
    if not asks and (not added or added[-1] < now - ONE_NOTICE):
        effects.hear_reporter(tip, danger=False)
    return None
