"""How imported registers are kept: each snapshot is the whole register as it stood after an import."""

from datetime import date, datetime

from sqlmodel import Field, SQLModel

from bot.database import Moment


class RegisterSnapshot(SQLModel, table=True):
    """One import. The newest snapshot is the register that counts; the others are its history."""

    __tablename__ = "register_snapshot"

    id: int | None = Field(default=None, primary_key=True)
    kind: str
    """`list` (the file replaced the listings) or `sanctions` (it replaced the sanctions)."""
    file_name: str
    file_hash: bytes
    source: str
    source_date: date
    third_party: bool
    imported_at: datetime = Field(sa_type=Moment)


class RegisterRowKept(SQLModel, table=True):
    """One observation of a snapshot, with the cells as its file had them."""

    __tablename__ = "register_row"

    id: int | None = Field(default=None, primary_key=True)
    snapshot_id: int = Field(foreign_key="register_snapshot.id", index=True)
    name: str
    licence_no: str
    status: str
    status_text: str
    valid_until: date | None = None
    source: str
    seen_on: date
    third_party: bool
    raw: str
    """All cells of the line by their column, as JSON; what no column of ours takes is here."""


snapshots = RegisterSnapshot.__table__  # type: ignore[attr-defined]
kept_rows = RegisterRowKept.__table__  # type: ignore[attr-defined]
