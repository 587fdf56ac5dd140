"""How far each learner is, kept only for those who agreed to it."""

from datetime import datetime

from sqlalchemy import Connection, delete, select
from sqlmodel import Field, SQLModel

from bot.database import Database, Moment


class LessonProgress(SQLModel, table=True):
    __tablename__ = "lesson_progress"

    contact_id: int = Field(primary_key=True, foreign_key="contact.id")
    lesson: str = Field(primary_key=True)
    finished: bool = False
    score: int = 0
    of: int = 0
    at: datetime = Field(sa_type=Moment)


progress = LessonProgress.__table__  # type: ignore[attr-defined]


def reached(
    connection: Connection,
    database: Database,
    contact_id: int,
    *,
    lesson: str,
    finished: bool,
    score: int,
    of: int,
    now: datetime,
) -> None:
    """Keep the latest result of a lesson."""
    values = {"finished": finished, "score": score, "of": of, "at": now}
    insert = database.insert(progress).values(contact_id=contact_id, lesson=lesson, **values)
    connection.execute(
        insert.on_conflict_do_update(index_elements=["contact_id", "lesson"], set_=values)
    )


def done(connection: Connection, contact_id: int) -> frozenset[str]:
    rows = connection.execute(
        select(progress.c.lesson).where(progress.c.contact_id == contact_id, progress.c.finished)
    )
    return frozenset(row.lesson for row in rows)


def forget(connection: Connection, contact_id: int) -> None:
    connection.execute(delete(progress).where(progress.c.contact_id == contact_id))
