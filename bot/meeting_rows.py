"""What is kept of a village meeting: the plan, who said to come, and what was asked, sealed."""

from datetime import datetime

from sqlmodel import Field, SQLModel

from bot.database import Moment

PLANNED, HELD, CANCELLED, CLOSED = "planned", "held", "cancelled", "closed"
OPEN = (PLANNED, HELD)


class Meeting(SQLModel, table=True):
    """Public words only: what stands in the invitation."""

    id: int | None = Field(default=None, primary_key=True)
    office_code: str = Field(foreign_key="office.code")
    officer_id: int = Field(foreign_key="officer.id")
    place_code: str = Field(index=True)
    """The village's."""
    title: str
    where: str
    """In the village: "Balai desa"."""
    speakers: str = ""
    """By their office, nobody by name."""
    starts_at: datetime = Field(sa_type=Moment)
    ends_at: datetime = Field(sa_type=Moment)
    status: str = Field(default=PLANNED, index=True)
    nonce: str = Field(unique=True)
    """Of the preview that was confirmed: pressed twice, it is one meeting."""
    created_at: datetime = Field(sa_type=Moment)
    remind_at: datetime | None = Field(default=None, index=True, sa_type=Moment)
    """When those who come are reminded next."""
    reminded_at: datetime | None = Field(default=None, sa_type=Moment)
    present: int | None = None
    """How many came, as an officer counted."""
    closed_at: datetime | None = Field(default=None, sa_type=Moment)
    """Closed or called off: from then on the questions have 30 days."""
    reported_at: datetime | None = Field(default=None, sa_type=Moment)
    """When the office first had its report."""


class MeetingAnswer(SQLModel, table=True):
    """Whether somebody comes; the last word counts. Only sums of it are ever shown."""

    __tablename__ = "meeting_answer"

    meeting_id: int = Field(primary_key=True, foreign_key="meeting.id")
    contact_id: int = Field(primary_key=True, foreign_key="contact.id", index=True)
    coming: str
    at: datetime = Field(sa_type=Moment)


class MeetingQuestion(SQLModel, table=True):
    """What somebody asked. Whoever asked is known only to send the answer."""

    __tablename__ = "meeting_question"

    id: int | None = Field(default=None, primary_key=True)
    meeting_id: int = Field(foreign_key="meeting.id", index=True)
    contact_id: int = Field(foreign_key="contact.id", index=True)
    token: str = Field(unique=True)
    """What the sealed words are bound to."""
    text: bytes
    asked_at: datetime = Field(sa_type=Moment)
    topic: int = 0
    """Id of a question of the same group; all of a group have one."""
    answer: bytes | None = None
    answered_at: datetime | None = Field(default=None, sa_type=Moment)


meetings = Meeting.__table__  # type: ignore[attr-defined]
answers = MeetingAnswer.__table__  # type: ignore[attr-defined]
questions = MeetingQuestion.__table__  # type: ignore[attr-defined]
