"""The tables of a tip: what is readable of it, its sealed parts, and who owned it when."""

from datetime import datetime
from typing import Any

from sqlalchemy import Index, text
from sqlmodel import Field, SQLModel

from bot.database import Moment


class Tip(SQLModel, table=True):
    """Readable here: a number, where to route, how urgent, how far. Nothing of the story."""

    number: int | None = Field(default=None, primary_key=True)
    id: str = Field(unique=True)
    office_code: str = Field(index=True)
    topic: str
    category: str = ""
    """`tppo`, `tppm`, `other`, or empty for a question; why is told inside the seal."""
    urgency: str
    rank: int = 0
    """How far it steps back among those as urgent (`bot/order.py`)."""
    place_code: str
    status: str = "assigned"
    outcome: str = ""
    may_ask: bool = False
    """The reporter lets the officer ask back."""
    public_key: bytes
    """Everything of the tip is sealed to this key; who may read has its private half wrapped."""
    receipt_index: bytes = Field(unique=True)
    return_index: bytes | None = Field(default=None, index=True)
    """Keyed fingerprint of the reporter's contact, to find the tips of a chat."""
    return_address: bytes | None = None
    """The contact's id, sealed; None when the reporter asked not to keep it."""
    opened_at: datetime = Field(sa_type=Moment)
    """Only to the hour when no return address is kept: the exact time would lead to the chat."""
    closed_at: datetime | None = Field(default=None, sa_type=Moment)
    seen_at: datetime | None = Field(default=None, sa_type=Moment)
    """When the reporter last looked; to the hour when no return address is kept."""
    answered_at: datetime | None = Field(default=None, sa_type=Moment)
    """The present owner's first words to the reporter: from then on the decision clock runs."""
    decide_by: datetime | None = Field(default=None, sa_type=Moment)
    paused_until: datetime | None = Field(default=None, sa_type=Moment)
    pause_reason: str = ""
    due_after_pause: datetime | None = Field(default=None, sa_type=Moment)
    """The deadline that stands still, moved on by the length of the pause."""


class TipCopy(SQLModel, table=True):
    """A second office that a tip concerns. It owns nothing; it is told."""

    __tablename__ = "tip_copy"

    tip_number: int = Field(primary_key=True, foreign_key="tip.number")
    office: str = Field(primary_key=True)
    office_code: str | None = Field(default=None, foreign_key="office.code")
    """None for an office that is not on this system: the owner has to write to it."""
    reason: str
    made_at: datetime = Field(sa_type=Moment)


class TipWrap(SQLModel, table=True):
    """The tip's private key, sealed for one recipient."""

    __tablename__ = "tip_wrap"

    tip_number: int = Field(primary_key=True, foreign_key="tip.number")
    recipient: str = Field(primary_key=True)
    """An officer's or an office's key (`bot/keys.py`), or `server`: the key ring."""
    wrap: bytes
    broken_at: datetime | None = Field(default=None, sa_type=Moment)
    """When a browser last could not open it; set only where it is the tip's last."""


class TipPart(SQLModel, table=True):
    """The report itself and whatever is added to the case, each sealed to the tip's public key."""

    __tablename__ = "tip_part"

    id: int | None = Field(default=None, primary_key=True)
    tip_number: int = Field(foreign_key="tip.number", index=True)
    uid: str = Field(index=True, unique=True)
    """Bound into the seal, so that no part can stand for another."""
    kind: str
    """`report`, `from_reporter`, `to_reporter`, `to_partner`, `from_partner`, `note` or `attachment`."""
    sealed: bytes
    at: datetime = Field(sa_type=Moment)


class TipRelay(SQLModel, table=True):
    """What an officer wrote to the reporter, under the key ring: the bot has to say it in the chat,
    and can't open the case. Gone a month after the end (`bot/schedule.py`)."""

    __tablename__ = "tip_relay"

    id: int | None = Field(default=None, primary_key=True)
    tip_number: int = Field(foreign_key="tip.number", index=True)
    sealed: bytes
    at: datetime = Field(sa_type=Moment)


class TipFingerprint(SQLModel, table=True):
    """Keyed fingerprints of what a tip names, to find tips that name the same; never the name."""

    __tablename__ = "tip_fingerprint"

    tip_number: int = Field(primary_key=True, foreign_key="tip.number")
    kind: str = Field(primary_key=True)
    """`company`, `licence`, `phone`, `account` or `text`."""
    fingerprint: bytes = Field(primary_key=True, index=True)


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


copies = TipCopy.__table__  # type: ignore[attr-defined]
tips = Tip.__table__  # type: ignore[attr-defined]
wraps = TipWrap.__table__  # type: ignore[attr-defined]
parts = TipPart.__table__  # type: ignore[attr-defined]
assignments = Assignment.__table__  # type: ignore[attr-defined]
relays = TipRelay.__table__  # type: ignore[attr-defined]
fingerprints = TipFingerprint.__table__  # type: ignore[attr-defined]

NO_PAUSE: dict[str, Any] = {"paused_until": None, "pause_reason": "", "due_after_pause": None}
"""The columns of a tip whose clock runs."""
