"""Officers who are away: passed over in the chain while it lasts (`bot/routing.py`).

When leave begins what they have not taken yet moves on at once, and what they have taken goes to
their deputy (`bot/tip_moves.py`). On their return nothing jumps back by itself.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal, get_args

from sqlalchemy import Connection, select, update

from bot import audit
from bot.officers import leaves

Reason = Literal["annual", "sick", "duty_trip", "training", "other"]

LONGEST = timedelta(days=400)
"""Longer than any leave; a year typed wrong is not accepted."""


class LeaveError(ValueError):
    """The leave can't be as it was given; one line that says why."""


@dataclass(frozen=True, slots=True)
class Leave:
    id: int
    officer_id: int
    begins_at: datetime
    ends_at: datetime
    deputy_id: int | None
    reason: str


def begin(
    connection: Connection,
    officer_id: int,
    begins_at: datetime,
    ends_at: datetime,
    reason: str,
    now: datetime,
    *,
    deputy_id: int | None = None,
) -> Leave:
    """Enter a leave, begun or to come. One that overlaps it is replaced. Raises LeaveError."""
    if reason not in get_args(Reason):
        raise LeaveError(f"{reason!r} is none of {', '.join(get_args(Reason))}")
    begins_at = max(begins_at, now)
    if not timedelta(0) < ends_at - begins_at <= LONGEST:
        raise LeaveError(f"leave from {begins_at.isoformat()} cannot end {ends_at.isoformat()}")
    if deputy_id == officer_id:
        raise LeaveError("nobody is their own deputy")
    audit.wait_in_line(connection)
    _cut(connection, officer_id, begins_at, ends_at)
    row_id = connection.execute(
        leaves.insert()
        .values(officer_id=officer_id, begins_at=begins_at, ends_at=ends_at,
                deputy_id=deputy_id, reason=reason)
        .returning(leaves.c.id)
    ).scalar_one()  # fmt: skip
    _record(connection, officer_id, "leave", now)
    return Leave(int(row_id), officer_id, begins_at, ends_at, deputy_id, reason)


def end(connection: Connection, officer_id: int, now: datetime) -> bool:
    """Back, or not going after all: every leave that has not ended ends. False if there is none."""
    audit.wait_in_line(connection)
    running = (leaves.c.officer_id == officer_id) & (leaves.c.ends_at > now)
    if connection.execute(select(leaves.c.id).where(running)).first() is None:
        return False
    _cut(connection, officer_id, now, datetime.max.replace(year=9000, tzinfo=now.tzinfo))
    _record(connection, officer_id, "back", now)
    return True


def of(connection: Connection, officer_id: int, at: datetime) -> Leave | None:
    """The leave that holds at that moment."""
    return _one(
        connection,
        leaves.c.officer_id == officer_id,
        leaves.c.begins_at <= at,
        leaves.c.ends_at > at,
    )


def coming(connection: Connection, officer_id: int, now: datetime) -> Leave | None:
    """The present leave, or the next."""
    return _one(connection, leaves.c.officer_id == officer_id, leaves.c.ends_at > now)


def begun(connection: Connection, now: datetime) -> list[Leave]:
    """Leaves that hold and whose open tips have not been handed over yet."""
    rows = connection.execute(
        _SELECT.where(
            leaves.c.begins_at <= now, leaves.c.ends_at > now, leaves.c.moved_at.is_(None)
        ).order_by(leaves.c.id)
    )
    return [Leave(*row) for row in rows]


def next_begin(connection: Connection, now: datetime) -> datetime | None:
    """When the next leave begins whose tips have to move."""
    return connection.execute(
        select(leaves.c.begins_at)
        .where(leaves.c.moved_at.is_(None), leaves.c.ends_at > now)
        .order_by(leaves.c.begins_at)
        .limit(1)
    ).scalar()


def mark_moved(connection: Connection, leave: Leave, now: datetime) -> bool:
    """False when another process has handed it over."""
    done = update(leaves).where(leaves.c.id == leave.id, leaves.c.moved_at.is_(None))
    return connection.execute(done.values(moved_at=now)).rowcount > 0


_SELECT = select(
    leaves.c.id, leaves.c.officer_id, leaves.c.begins_at, leaves.c.ends_at, leaves.c.deputy_id,
    leaves.c.reason,
)  # fmt: skip


def _one(connection: Connection, *conditions: object) -> Leave | None:
    query = _SELECT.where(*conditions).order_by(leaves.c.begins_at)  # type: ignore[arg-type]
    row = connection.execute(query).first()
    return Leave(*row) if row else None


def _cut(connection: Connection, officer_id: int, begins_at: datetime, ends_at: datetime) -> None:
    """Free that time: what lies in it goes, what began before it ends as it begins."""
    mine = (leaves.c.officer_id == officer_id) & (leaves.c.ends_at > begins_at)
    connection.execute(
        leaves.delete().where(mine, leaves.c.begins_at >= begins_at, leaves.c.begins_at < ends_at)
    )
    connection.execute(
        update(leaves).where(mine, leaves.c.begins_at < begins_at).values(ends_at=begins_at)
    )


def _record(connection: Connection, officer_id: int, action: str, now: datetime) -> None:
    audit.record(connection, now, actor=f"officer:{officer_id}", action=action,
                 subject=f"officer:{officer_id}")  # fmt: skip
