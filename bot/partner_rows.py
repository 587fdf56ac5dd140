"""The tables of partners: whom an office knows, and what it asked or gave them about which tip."""

from datetime import date, datetime

from sqlmodel import Field, SQLModel, UniqueConstraint

from bot.database import Moment


class Partner(SQLModel, table=True):
    """A partner of one office, from its own file. Enrolled = has a contact."""

    __table_args__ = (UniqueConstraint("office_code", "key"),)

    id: int | None = Field(default=None, primary_key=True)
    office_code: str = Field(foreign_key="office.code", index=True)
    key: str
    """The row's name in the office's file, such as `babinsa-ngrayun`."""
    kind: str
    name: str
    place_code: str
    """Its area: a village, kecamatan, regency or province."""
    concerns: str
    """As in partners.yaml, parted by blanks."""
    phone: str = ""
    site: str = ""
    address: str = ""
    source: str = ""
    checked: date
    review_by: date
    vouched_by: str
    """The staff number of the officer who vouches for it."""
    writes: bool = False
    """A contact person who may enrol and write in chat."""
    active: bool = True
    contact_id: int | None = Field(default=None, foreign_key="contact.id", index=True)
    invitation_index: bytes | None = Field(default=None, index=True)
    invitation_until: datetime | None = Field(default=None, sa_type=Moment)


class PartnerRequest(SQLModel, table=True):
    """That a partner was asked about a tip or handed it. The words of a question are sealed under
    the key ring, since they go out in chat, and wiped with its end; an answer is sealed into the
    tip and nowhere else."""

    __tablename__ = "partner_request"

    id: int | None = Field(default=None, primary_key=True)
    uuid: str = Field(unique=True)
    """What the sealed words are bound to."""
    office_code: str = Field(foreign_key="office.code")
    tip_number: int = Field(foreign_key="tip.number", index=True)
    partner_id: int | None = Field(default=None, foreign_key="partner.id", index=True)
    """None = a row of the shipped directory, named by `partner_key`."""
    partner_key: str
    partner_kind: str
    ground: str
    kind: str
    """`forward` (a letter left the office) or `question` (words went out in chat)."""
    digest: str = ""
    """SHA-256 of the letter that was handed over."""
    sealed: bytes | None = None
    code_index: bytes | None = None
    """Of the code that the officer tells the partner, by which the words are shown."""
    tries: int = 0
    """Wrong codes."""
    sent_by: int | None = Field(default=None, foreign_key="officer.id")
    sent_at: datetime = Field(sa_type=Moment)
    due_at: datetime = Field(index=True, sa_type=Moment)
    read_at: datetime | None = Field(default=None, sa_type=Moment)
    answered_at: datetime | None = Field(default=None, sa_type=Moment)
    ended_at: datetime | None = Field(default=None, sa_type=Moment)
    """Answered, out of time, taken back, or the tip is gone: nothing can be read any more."""


partners = Partner.__table__  # type: ignore[attr-defined]
requests = PartnerRequest.__table__  # type: ignore[attr-defined]
