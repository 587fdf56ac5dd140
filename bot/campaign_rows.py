"""Tables of campaigns: join codes and what is counted of them, repeating news, admins who forward.

Nothing here says who came by which code: a count has a day and a number, no person.
"""

from datetime import date, datetime

from sqlmodel import Field, SQLModel

from bot.database import Moment

ARRIVED, JOINED, AGAIN = "arrived", "joined", "again"
"""Somebody used the code; said yes; belonged to that village already."""

PROPOSED, ACTIVE, PAUSED, STOPPED = "proposed", "active", "paused", "stopped"

WAITING, SENT, FORWARDED, DECLINED, EXPIRED = "waiting", "sent", "forwarded", "declined", "expired"
OPEN_TASKS = (WAITING, SENT)


class Campaign(SQLModel, table=True):
    """One way by which people come: a code of letters that a poster, a link or a voice carries."""

    id: int | None = Field(default=None, primary_key=True)
    code: str = Field(unique=True)
    office_code: str = Field(foreign_key="office.code", index=True)
    place_code: str = ""
    """A village or a kecamatan; "" = whoever comes is asked where they live."""
    kind: str
    """As `flows.campaign_plan.KINDS`."""
    title: str
    officer_id: int | None = Field(default=None, foreign_key="officer.id")
    """Who made it; None for the operator."""
    made_at: datetime = Field(sa_type=Moment)
    ends_on: date | None = None
    """The last day on which the code counts."""
    broadcast_id: int | None = Field(default=None, index=True)
    """Of kind `forward`: the broadcast whose kits carry the code."""


class CampaignCount(SQLModel, table=True):
    __tablename__ = "campaign_count"

    campaign_id: int = Field(primary_key=True, foreign_key="campaign.id")
    day: date = Field(primary_key=True)
    """On the office's clock."""
    what: str = Field(primary_key=True)
    count: int


class CampaignRepeat(SQLModel, table=True):
    """When a campaign of kind `lesson` or `hours` speaks, and what it has said so far."""

    __tablename__ = "campaign_repeat"

    campaign_id: int = Field(primary_key=True, foreign_key="campaign.id")
    status: str
    place_codes: str
    """Codes of villages, kecamatan or regencies, separated by a blank."""
    day: int
    """Of `lesson` the weekday (0 = Monday), of `hours` the day of the month (1 to 28)."""
    hour: int
    """On the office's clock."""
    nonce: str = Field(unique=True)
    """Of the question that was confirmed: pressed twice, it is one campaign."""
    approved_by: int | None = Field(default=None, foreign_key="officer.id")
    """The second officer, where one was needed."""
    next_at: datetime | None = Field(default=None, index=True, sa_type=Moment)
    taught: str = ""
    """Ids of the lessons that were sent, separated by a blank."""


class Relay(SQLModel, table=True):
    """The admin of a real WhatsApp group, who forwards by hand. First only a code, then a person."""

    id: int | None = Field(default=None, primary_key=True)
    contact_id: int | None = Field(default=None, foreign_key="contact.id", index=True)
    office_code: str = Field(foreign_key="office.code")
    place_code: str = Field(index=True)
    label: str
    """The group's name, as the officer calls it."""
    officer_id: int | None = Field(default=None, foreign_key="officer.id")
    made_at: datetime = Field(sa_type=Moment)
    code_index: bytes | None = Field(default=None, unique=True)
    """Keyed fingerprint of the one-time code; gone once it was used."""
    code_until: datetime | None = Field(default=None, sa_type=Moment)
    active: bool = False
    agreed_at: datetime | None = Field(default=None, sa_type=Moment)


class RelayTask(SQLModel, table=True):
    """One broadcast to be forwarded by one admin."""

    __tablename__ = "relay_task"

    broadcast_id: int = Field(primary_key=True, foreign_key="broadcast.id")
    relay_id: int = Field(primary_key=True, foreign_key="relay.id")
    state: str
    reminded: int = 0
    next_at: datetime | None = Field(default=None, index=True, sa_type=Moment)
    """When to send the kit, or to remind; None once it is settled."""
    sent_at: datetime | None = Field(default=None, sa_type=Moment)
    """When the kit went: a correction goes to whoever had it."""
    answered_at: datetime | None = Field(default=None, sa_type=Moment)


campaigns = Campaign.__table__  # type: ignore[attr-defined]
counts = CampaignCount.__table__  # type: ignore[attr-defined]
repeats = CampaignRepeat.__table__  # type: ignore[attr-defined]
relays = Relay.__table__  # type: ignore[attr-defined]
tasks = RelayTask.__table__  # type: ignore[attr-defined]
