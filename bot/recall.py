"""What each learner remembers of each quiz item: one row each, only of those who agreed."""

from datetime import datetime

from sqlalchemy import Connection, delete, select
from sqlmodel import Field, SQLModel

from bot import mastery
from bot.database import Database, Moment
from bot.mastery import Memory

Item = tuple[str, str]
"""(lesson, quiz item)"""


class Recall(SQLModel, table=True):
    """The columns of an FSRS card in its review state (`bot/mastery.py`)."""

    contact_id: int = Field(primary_key=True, foreign_key="contact.id")
    lesson: str = Field(primary_key=True)
    item: str = Field(primary_key=True)
    stability: float
    difficulty: float
    reviewed_at: datetime = Field(sa_type=Moment)
    due: datetime = Field(sa_type=Moment)


recall = Recall.__table__  # type: ignore[attr-defined]


def of(connection: Connection, contact_id: int) -> dict[Item, Memory]:
    rows = connection.execute(select(recall).where(recall.c.contact_id == contact_id))
    return {
        (row.lesson, row.item): Memory(row.stability, row.difficulty, row.reviewed_at, row.due)
        for row in rows
    }


def answered(
    connection: Connection,
    database: Database,
    contact_id: int,
    item: Item,
    *,
    right: bool,
    now: datetime,
) -> Memory:
    """Keep what an answer says about the learner's memory of the item; returns it."""
    memory = mastery.answered(of(connection, contact_id).get(item), right, now)
    values = {
        "stability": memory.stability,
        "difficulty": memory.difficulty,
        "reviewed_at": memory.reviewed_at,
        "due": memory.due,
    }
    insert = database.insert(recall).values(
        contact_id=contact_id, lesson=item[0], item=item[1], **values
    )
    key = ["contact_id", "lesson", "item"]
    connection.execute(insert.on_conflict_do_update(index_elements=key, set_=values))
    return memory


def forget(connection: Connection, contact_id: int) -> None:
    connection.execute(delete(recall).where(recall.c.contact_id == contact_id))
