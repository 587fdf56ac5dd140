"""A photo that waits for its sender's word whether it belongs to a report (`flows/tip_status_more`)."""

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import Connection

from bot import pictures
from bot.sealing import KeyRing
from flows.events import AttachmentSent, Event, PictureSent
from flows.session import HELD_MEDIA, Session


def holds(session: Session, media: str) -> bool:
    return bool(media) and session.answers.get(HELD_MEDIA) == media


def let_go(
    connection: Connection,
    ring: KeyRing,
    channel: str,
    before: Session,
    after: Session,
    events: Iterable[Event],
    now: datetime,
) -> None:
    """However the question ended: a photo that goes nowhere is deleted at its provider."""
    media = before.answers.get(HELD_MEDIA, "")
    if not media or holds(after, media):
        return
    sent = (event.media for event in events if isinstance(event, PictureSent | AttachmentSent))
    if media not in sent:
        pictures.decline(connection, ring, channel, media, now)
