"""Which tips wait for whom, whose they were, and which are late."""

from datetime import datetime

from sqlalchemy import Connection, select

from bot.sealing import KeyRing
from bot.tip_rows import assignments, tips
from bot.tips import NEWS_STAYS, OPEN_STATUSES, ROW, TipRow, return_index, tip_row


def of_reporter(connection: Connection, ring: KeyRing, who: int, now: datetime) -> list[TipRow]:
    """This chat's tips, newest first: open ones, and closed ones while their news is fresh."""
    fresh = tips.c.status.in_(OPEN_STATUSES) | (tips.c.closed_at > now - NEWS_STAYS)
    mine = tips.c.return_index == return_index(ring, who)
    rows = connection.execute(ROW.where(mine, fresh).order_by(tips.c.number.desc()))
    return [tip_row(row) for row in rows]


def of_officer(
    connection: Connection, officer_id: int, *, office_code: str, leads: bool
) -> list[TipRow]:
    """What waits for an officer, most urgent first; leaders also see what nobody owns."""
    mine = assignments.c.officer_id == officer_id
    if leads:
        mine |= assignments.c.officer_id.is_(None) & (tips.c.office_code == office_code)
    rows = connection.execute(ROW.where(tips.c.status.in_(OPEN_STATUSES), mine))
    found = [tip_row(row) for row in rows]
    return sorted(found, key=_by_urgency)


def of_office(connection: Connection, office_code: str) -> list[TipRow]:
    """Every open tip of an office, most urgent first."""
    rows = connection.execute(
        ROW.where(tips.c.office_code == office_code, tips.c.status.in_(OPEN_STATUSES))
    )
    return sorted((tip_row(row) for row in rows), key=_by_urgency)


def _by_urgency(tip: TipRow) -> tuple[int, int, datetime]:
    urgency = {"now": 0, "soon": 1, "none": 2}[tip.urgency]
    return urgency, tip.rank, tip.due_at or tip.opened_at


def overdue(connection: Connection, now: datetime) -> list[TipRow]:
    """Open tips whose deadline has passed."""
    rows = connection.execute(
        ROW.where(assignments.c.due_at <= now, tips.c.status.in_(OPEN_STATUSES))
        .order_by(tips.c.number)
        .limit(200)
    )
    return [tip_row(row) for row in rows]


def owned_by(connection: Connection, officer_id: int) -> list[TipRow]:
    """Every open tip of an officer."""
    rows = connection.execute(
        ROW.where(
            assignments.c.officer_id == officer_id, tips.c.status.in_(OPEN_STATUSES)
        ).order_by(tips.c.number)
    )
    return [tip_row(row) for row in rows]


def tried(connection: Connection, number: int) -> set[tuple[int | None, str]]:
    """The links of the chain that have had the tip already, as `Step.key`."""
    rows = connection.execute(
        select(assignments.c.officer_id, assignments.c.role).where(
            assignments.c.tip_number == number
        )
    )
    return {(officer, "" if officer is not None else role) for officer, role in rows}


def taken_from(connection: Connection, number: int) -> str:
    """The desk from which its present owner took the tip; "" when it was handed to them."""
    row = connection.execute(
        select(assignments.c.role, assignments.c.end_reason)
        .where(assignments.c.tip_number == number, assignments.c.ended_at.is_not(None))
        .order_by(assignments.c.id.desc())
        .limit(1)
    ).first()
    return row.role if row and row.end_reason == "taken" else ""


def history(connection: Connection, number: int) -> list[tuple[datetime, str, str]]:
    """(time, role, how it ended) of each owner, for the officer's page."""
    rows = connection.execute(
        select(assignments.c.assigned_at, assignments.c.role, assignments.c.end_reason)
        .where(assignments.c.tip_number == number)
        .order_by(assignments.c.id)
    )
    return [(row.assigned_at, row.role, row.end_reason) for row in rows]
