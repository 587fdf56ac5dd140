"""Which events of a provider were taken, and where one went wrong: never what was said."""

import logging
import traceback
from datetime import datetime

from sqlmodel import Field, SQLModel, UniqueConstraint

from bot.channels.base import Inbound
from bot.database import Moment

log = logging.getLogger(__name__)


class InboxEvent(SQLModel, table=True):
    """That an event of a provider was taken, once. What it said is never stored."""

    __tablename__ = "inbox"
    __table_args__ = (UniqueConstraint("channel", "event_id"),)

    id: int | None = Field(default=None, primary_key=True)
    channel: str
    event_id: str
    received_at: datetime = Field(index=True, sa_type=Moment)


inbox = InboxEvent.__table__  # type: ignore[attr-defined]


def log_failure(inbound: Inbound, error: Exception) -> None:
    """Where it failed, never what was said: an exception's message may quote the text."""
    frames = traceback.extract_tb(error.__traceback__)[-4:]
    where = " < ".join(
        f"{frame.filename.rsplit('/', 1)[-1]}:{frame.lineno}" for frame in frames[::-1]
    )
    log.error(
        "turn failed: channel=%s kind=%s error=%s at=%s",
        inbound.channel,
        inbound.kind,
        type(error).__name__,
        where,
    )
