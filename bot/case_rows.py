"""The tables of working on a case: with whom it is shared, what was merged, what was seen."""

from datetime import datetime

from sqlalchemy import Connection, select
from sqlmodel import Field, SQLModel

from bot.database import Moment


class TipShare(SQLModel, table=True):
    """A colleague who may read a tip beside its owner, while it is open."""

    __tablename__ = "tip_share"

    tip_number: int = Field(primary_key=True, foreign_key="tip.number")
    officer_id: int = Field(primary_key=True, foreign_key="officer.id")
    shared_by: int = Field(foreign_key="officer.id")
    shared_at: datetime = Field(sa_type=Moment)
    key_id: str = ""
    """The colleague's key for which the share made a wrap, which goes with the share; empty when
    they had one already."""


class TipMerge(SQLModel, table=True):
    """A tip that said the same as another one: it is closed, and whoever has that one reads both."""

    __tablename__ = "tip_merge"

    tip_number: int = Field(primary_key=True, foreign_key="tip.number")
    into_number: int = Field(foreign_key="tip.number", index=True)
    merged_at: datetime = Field(sa_type=Moment)


class TipSeen(SQLModel, table=True):
    """How far an officer has read a tip."""

    __tablename__ = "tip_seen"

    tip_number: int = Field(primary_key=True, foreign_key="tip.number")
    officer_id: int = Field(primary_key=True, foreign_key="officer.id")
    part_id: int
    """The newest part that was there; a part's time may be rounded, its id is in order."""


class FormUsed(SQLModel, table=True):
    """A form of the console that was carried out: sent again, it does nothing."""

    __tablename__ = "form_used"

    officer_id: int = Field(primary_key=True, foreign_key="officer.id")
    nonce: str = Field(primary_key=True)
    at: datetime = Field(index=True, sa_type=Moment)


shares = TipShare.__table__  # type: ignore[attr-defined]
merges = TipMerge.__table__  # type: ignore[attr-defined]
seen = TipSeen.__table__  # type: ignore[attr-defined]
forms = FormUsed.__table__  # type: ignore[attr-defined]


def shared_with(connection: Connection, number: int) -> list[int]:
    """The officers a tip is shared with, the first one first."""
    rows = connection.execute(
        select(shares.c.officer_id)
        .where(shares.c.tip_number == number)
        .order_by(shares.c.shared_at, shares.c.officer_id)
    )
    return list(rows.scalars())
