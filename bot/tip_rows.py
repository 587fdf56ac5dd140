"""The tables of a tip: what is readable of it, its sealed parts, and who owned it when."""

from datetime import datetime

from sqlalchemy import Index, text
from sqlmodel import Field, SQLModel

from bot.database import Moment


class Tip(SQLModel, table=True):
    """Readable here: a number, where to route, how urgent, how far. Nothing of the story."""

    number: int | None = Field(default=None, primary_key=True)
    id: str = Field(unique=True)
    office_code: str = Field(index=True)
    topic: str
    urgency: str
    place_code: str
    status: str = "assigned"
    outcome: str = ""
    may_ask: bool = False
    """The reporter lets the officer ask back."""
    receipt_index: bytes = Field(unique=True)
    return_index: bytes | None = Field(default=None, index=True)
    """Keyed fingerprint of the reporter's contact, to find the tips of a chat."""
    return_address: bytes | None = None
    """The contact's id, sealed; None when the reporter asked not to keep it."""
    opened_at: datetime = Field(sa_type=Moment)
    """Only to the hour when no return address is kept: the exact time would lead to the chat."""
    closed_at: datetime | None = Field(default=None, sa_type=Moment)


class TipWrap(SQLModel, table=True):
    """The report's key, wrapped for one who may read it (`server`: the key ring)."""

    __tablename__ = "tip_wrap"

    tip_number: int = Field(primary_key=True, foreign_key="tip.number")
    recipient: str = Field(primary_key=True)
    wrap: bytes


class TipPart(SQLModel, table=True):
    """The report itself (`report`) and what is written to and fro, each sealed with the tip's key."""

    __tablename__ = "tip_part"

    id: int | None = Field(default=None, primary_key=True)
    tip_number: int = Field(foreign_key="tip.number", index=True)
    kind: str
    """`report`, `from_reporter`, `to_reporter`, `to_partner` or `from_partner`."""
    sealed: bytes
    at: datetime = Field(sa_type=Moment)
    read_at: datetime | None = Field(default=None, sa_type=Moment)


class Assignment(SQLModel, table=True):
    """Who owns a tip, since when, until when. Exactly one is open while the tip is."""

    __table_args__ = (
        Index("assignment_open", "tip_number", unique=True, sqlite_where=text("ended_at IS NULL"),
              postgresql_where=text("ended_at IS NULL")),
        Index("assignment_due", "due_at", sqlite_where=text("ended_at IS NULL"),
              postgresql_where=text("ended_at IS NULL")),
    )  # fmt: skip

    id: int | None = Field(default=None, primary_key=True)
    tip_number: int = Field(foreign_key="tip.number", index=True)
    officer_id: int | None = Field(default=None, foreign_key="officer.id", index=True)
    role: str
    reason: str
    assigned_at: datetime = Field(sa_type=Moment)
    due_at: datetime = Field(sa_type=Moment)
    acknowledged_at: datetime | None = Field(default=None, sa_type=Moment)
    ended_at: datetime | None = Field(default=None, sa_type=Moment)
    end_reason: str = ""


tips = Tip.__table__  # type: ignore[attr-defined]
wraps = TipWrap.__table__  # type: ignore[attr-defined]
parts = TipPart.__table__  # type: ignore[attr-defined]
assignments = Assignment.__table__  # type: ignore[attr-defined]
