"""How far each learner is, kept only for those who agreed to it."""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import Connection, delete, func, or_, select
from sqlmodel import Field, SQLModel

from bot.contacts import contacts
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


def finished_all(
    connection: Connection, place_codes: Collection[str], lessons: Collection[str]
) -> int:
    """How many people of these places (with all that lies in them) have finished all of these."""
    if not place_codes:
        return 0
    home = contacts.c.place_code
    near = or_(*(or_(home == code, home.startswith(f"{code}.")) for code in place_codes))
    who = (
        select(progress.c.contact_id)
        .join(contacts, contacts.c.id == progress.c.contact_id)
        .where(progress.c.finished, progress.c.lesson.in_(lessons), near)
        .group_by(progress.c.contact_id)
        .having(func.count() == len(lessons))
    )
    return connection.execute(select(func.count()).select_from(who.subquery())).scalar_one()


def forget(connection: Connection, contact_id: int) -> None:
    connection.execute(delete(progress).where(progress.c.contact_id == contact_id))
