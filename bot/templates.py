"""WhatsApp's templates: which of content/templates.yaml Meta has approved, as Twilio last said."""

from datetime import datetime

from sqlalchemy import Connection, select
from sqlmodel import Field, SQLModel

from bot.database import Moment

APPROVED = "approved"


class TemplateState(SQLModel, table=True):
    """What the provider says of one template; the words are content."""

    __tablename__ = "template_state"

    name: str = Field(primary_key=True)
    content_sid: str = ""
    status: str = ""
    """As WhatsApp names it: unsubmitted, received, pending, approved, rejected, paused, disabled."""
    category: str = ""
    reason: str = ""
    fingerprint: str = ""
    """Of the words that were registered: others are another template."""
    checked_at: datetime = Field(sa_type=Moment)


states = TemplateState.__table__  # type: ignore[attr-defined]


def approved(connection: Connection, name: str) -> str:
    """The Content SID that may be sent outside the window; "" while there is none."""
    query = select(states.c.content_sid).where(states.c.name == name, states.c.status == APPROVED)
    return connection.execute(query).scalar() or ""
