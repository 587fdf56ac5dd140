"""What is kept of a broadcast: the text and whom it is for, and one row for each recipient.

A recipient's row is the truth before its message is in the outbox; from then on (`handed`) the
outbox row is. Together they are the report (`bot/broadcast_report.py`).
"""

from datetime import datetime

from sqlalchemy import Index, text, true
from sqlmodel import Field, SQLModel

from bot.database import Moment

WAITING = "waiting"
HANDED = "handed"
"""Its message is, or was, in the outbox."""
PARKED = "parked"
"""WhatsApp's window is shut and no template may open it; the text goes if they write in time."""

PROPOSED, SCHEDULED, SENDING, PAUSED = "proposed", "scheduled", "sending", "paused"
DONE, CANCELLED, REJECTED, STOPPED = "done", "cancelled", "rejected", "stopped"
"""`stopped`: by us, because a fact in it aged or its template was refused; why is in `stopped_why`."""
OPEN = (PROPOSED, SCHEDULED, SENDING, PAUSED)


class Broadcast(SQLModel, table=True):
    id: int | None = Field(default=None, primary_key=True)
    office_code: str = Field(foreign_key="office.code")
    officer_id: int = Field(foreign_key="officer.id")
    kind: str = Field(default="news", sa_column_kwargs={"server_default": "news"})
    """As `flows.broadcast_plan.KINDS`."""
    status: str = Field(default=DONE, index=True, sa_column_kwargs={"server_default": DONE})
    plan: str = Field(default="", sa_column_kwargs={"server_default": ""})
    """`flows.broadcast_plan.Plan` as JSON: the whole order, public words only."""
    text: str
    place_codes: str
    """Codes of villages, kecamatan or regencies, separated by a blank."""
    nonce: str | None = Field(default=None, unique=True)
    """Of the preview that was confirmed: pressed twice, it is one broadcast."""
    created_at: datetime = Field(sa_type=Moment)
    approved_by: int | None = Field(default=None, foreign_key="officer.id")
    """The second person, where one was needed; the officer themself where not."""
    starts_at: datetime | None = Field(default=None, sa_type=Moment)
    ended_at: datetime | None = Field(default=None, sa_type=Moment)
    expires_at: datetime | None = Field(default=None, sa_type=Moment)
    """Of a warning: what has not left by then never does."""
    told_at: datetime | None = Field(default=None, sa_type=Moment)
    """When the officer was last told how far it is."""
    reported_at: datetime | None = Field(default=None, sa_type=Moment)
    """When its final report was sent to the officer."""
    corrects: int | None = None
    """The broadcast that this one corrects or withdraws; it goes to all who got that one."""
    meeting_id: int | None = Field(default=None, index=True)
    campaign_id: int | None = Field(default=None, index=True)
    stopped_why: str = Field(default="", sa_column_kwargs={"server_default": ""})


class Recipient(SQLModel, table=True):
    """One person (`target` = contact id) or group (`target` = minus its id) of a broadcast.

    Without foreign keys: contacts are never deleted, only emptied, and a hundred thousand rows
    are written in one statement.
    """

    __tablename__ = "broadcast_recipient"
    __table_args__ = (
        Index("recipient_waiting", "broadcast_id", "channel", "target",
              sqlite_where=text("state = 'waiting'"), postgresql_where=text("state = 'waiting'")),
        Index("recipient_parked", "target",
              sqlite_where=text("state = 'parked'"), postgresql_where=text("state = 'parked'")),
        {"sqlite_with_rowid": False},
    )  # fmt: skip

    broadcast_id: int = Field(primary_key=True)
    target: int = Field(primary_key=True)
    channel: str
    state: str
    not_before: datetime = Field(sa_type=Moment)


class Share(SQLModel, table=True):
    """That somebody got something unasked: for their week's share of broadcasts (`week`), and,
    where it was a template, for WhatsApp's limit of people a day."""

    __tablename__ = "broadcast_share"
    __table_args__ = (Index("share_templates", "at", sqlite_where=text("template"),
                            postgresql_where=text("template")),)  # fmt: skip

    id: int | None = Field(default=None, primary_key=True)
    contact_id: int = Field(index=True)
    at: datetime = Field(sa_type=Moment)
    template: bool = False
    week: bool = Field(default=True, sa_column_kwargs={"server_default": true()})


broadcasts = Broadcast.__table__  # type: ignore[attr-defined]
recipients = Recipient.__table__  # type: ignore[attr-defined]
shares = Share.__table__  # type: ignore[attr-defined]
