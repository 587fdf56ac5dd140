"""The deadline of a tip that runs now, its pauses, and who else knows of the tip."""

from datetime import date, datetime

from sqlalchemy import Connection, Update, func, select, update

from bot import audit
from bot.deadlines import Deadlines
from bot.officers import roles_of
from bot.tip_rows import NO_PAUSE, assignments, copies, tips
from bot.tips import OPEN_STATUSES


def restart_clock(connection: Connection, number: int, due_at: datetime) -> bool:
    """False when nobody's clock runs any more."""
    changed = connection.execute(
        update(assignments)
        .where(assignments.c.tip_number == number, assignments.c.ended_at.is_(None))
        .values(due_at=due_at)
    )
    return changed.rowcount > 0


def raise_urgency(connection: Connection, number: int) -> None:
    """It is happening now; only an end takes that back."""
    connection.execute(update(tips).where(tips.c.number == number).values(urgency="now"))


def answered(connection: Connection, number: int, decide_by: datetime, now: datetime) -> bool:
    """The owner's first words: the answer clock stops, the decision clock runs. False, and nothing
    done, when the tip has ended, as for `pause`."""
    changed = connection.execute(
        _open(number).values(status="answered", answered_at=now, decide_by=decide_by)
    )
    return changed.rowcount > 0 and restart_clock(connection, number, decide_by)


def may_pause(
    connection: Connection, number: int, officer_id: int, rules: Deadlines, on: date
) -> bool:
    """Not paused too often yet; a leader decides how long it may go on."""
    often = audit.how_often(connection, "paused:", f"tip:{number}")
    return often < rules.pause_times or "leader" in roles_of(connection, officer_id, on)


def pause(
    connection: Connection,
    number: int,
    reason: str,
    until: datetime,
    *,
    due_after: datetime,
) -> bool:
    """The clock stands still until then; the end of the pause is the deadline that runs."""
    changed = connection.execute(
        _open(number).values(paused_until=until, pause_reason=reason, due_after_pause=due_after)
    )
    return changed.rowcount > 0 and restart_clock(connection, number, until)


def resume(connection: Connection, number: int, due_at: datetime) -> bool:
    """False, and nothing done, when the tip has ended or its clock runs already."""
    paused = _open(number).where(tips.c.paused_until.is_not(None))
    changed = connection.execute(paused.values(**NO_PAUSE))
    return changed.rowcount > 0 and restart_clock(connection, number, due_at)


def copy_to(
    connection: Connection,
    number: int,
    office: str,
    office_code: str | None,
    reason: str,
    now: datetime,
) -> None:
    """A second office is to know of the tip; it owns nothing."""
    connection.execute(
        copies.insert().values(
            tip_number=number, office=office, office_code=office_code, reason=reason, made_at=now
        )
    )


def next_due(connection: Connection) -> datetime | None:
    return connection.execute(
        select(func.min(assignments.c.due_at)).where(assignments.c.ended_at.is_(None))
    ).scalar()


def _open(number: int) -> Update:
    return update(tips).where(tips.c.number == number, tips.c.status.in_(OPEN_STATUSES))
