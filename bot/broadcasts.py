"""The life of a broadcast: ordered, approved, begun, paused, ended, corrected; each act once.

Who may and what may be said is asked here, inside the transaction, whatever the chat, the console
or the command line has shown before.
"""

import logging
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, func, select, update
from sqlalchemy.exc import OperationalError

from bot import audience, audit, officers, outbox, relays
from bot.broadcast_preview import look
from bot.broadcast_rows import (
    CANCELLED,
    DONE,
    HANDED,
    OPEN,
    PAUSED,
    PROPOSED,
    REJECTED,
    SCHEDULED,
    SENDING,
    STOPPED,
    WAITING,
    Broadcast,
    broadcasts,
    recipients,
)
from bot.broadcast_words import kept_plan, packed, unpacked
from bot.not_allowed import NotAllowed
from bot.service import OurOffice, Service
from flows.broadcast_plan import Plan

__all__ = ["Broadcast", "approve", "broadcasts", "cancel", "order", "pause", "resume", "withdraw"]

log = logging.getLogger(__name__)

LAST = 10
"""How many of an office's broadcasts are listed beside the open ones."""


def order(
    connection: Connection,
    service: Service,
    officer_id: int,
    plan: Plan,
    nonce: str,
    now: datetime,
    *,
    approved_by: int | None = None,
) -> int:
    """Keep it, and let it go unless a second person is needed; its number. The same `nonce` again
    changes nothing. Raises NotAllowed with the first problem's text key.

    `approved_by`: the second person, who has approved the whole campaign that it belongs to."""
    if (known := by_nonce(connection, nonce)) is not None:
        return known
    seen = look(connection, service, officer_id, plan, now)
    if seen.problems:
        raise NotAllowed(seen.problems[0][0])
    office_code = officers.office_of(connection, officer_id)
    if plan.corrects and not plan.meeting:  # an invitation has been put right itself
        _hold_back(connection, officer_id, plan.corrects, now)
    waits = seen.needs_second and approved_by is None
    number = int(
        connection.execute(
            broadcasts.insert()
            .values(
                office_code=office_code,
                officer_id=officer_id,
                kind=plan.kind,
                status=PROPOSED if waits else SCHEDULED,
                plan=packed(plan),
                text=plan.text,
                place_codes=" ".join(plan.places),
                nonce=nonce,
                created_at=now,
                approved_by=None if waits else approved_by or officer_id,
                starts_at=seen.starts_at,
                expires_at=plan.expires,
                corrects=plan.corrects or None,
                meeting_id=plan.meeting or None,
                campaign_id=plan.campaign or None,
                stopped_why="",
            )
            .returning(broadcasts.c.id)
        ).scalar_one()
    )
    _log(connection, now, officer_id, "proposed" if waits else "ordered", number)
    return number


def _hold_back(connection: Connection, officer_id: int, number: int, now: datetime) -> None:
    """What is corrected is not told to anybody else meanwhile."""
    row = _of(connection, officer_id, number, SENDING, PAUSED, DONE, CANCELLED, STOPPED)
    _recall(connection, row, now)


def _recall(connection: Connection, row: Any, now: datetime) -> None:
    """Nothing of it leaves any more; also of one that is done somebody's may wait for the morning."""
    if row.status in OPEN:
        _end(connection, row.id, CANCELLED, now)
    else:
        _take_back(connection, row.id, CANCELLED)
        relays.take_back(connection, row.id)


def approve(
    connection: Connection, service: Service, officer_id: int, number: int, now: datetime
) -> None:
    """The second person says yes; what was true at the proposal is looked at once more."""
    row = _of(connection, officer_id, number, PROPOSED)
    if not may_approve(connection, service, row, officer_id, now):
        raise NotAllowed("broadcasts.not_second")
    seen = look(connection, service, row.officer_id, unpacked(row.plan), now)
    if seen.problems:
        raise NotAllowed(seen.problems[0][0])
    _change(connection, number, status=SCHEDULED, approved_by=officer_id, starts_at=seen.starts_at)
    _log(connection, now, officer_id, "approved", number)


def reject(
    connection: Connection, service: Service, officer_id: int, number: int, why: str, now: datetime
) -> None:
    row = _of(connection, officer_id, number, PROPOSED)
    mine = row.officer_id == officer_id
    if not mine and not may_approve(connection, service, row, officer_id, now):
        raise NotAllowed("broadcasts.not_second")
    _change(connection, number, status=REJECTED, stopped_why=why, ended_at=now, reported_at=now)
    _log(connection, now, officer_id, "rejected", number)


def pause(connection: Connection, officer_id: int, number: int, now: datetime) -> None:
    _of(connection, officer_id, number, SENDING, SCHEDULED)
    _change(connection, number, status=PAUSED)
    _take_back(connection, number, WAITING)
    _log(connection, now, officer_id, "paused", number)


def resume(connection: Connection, officer_id: int, number: int, now: datetime) -> None:
    row = _of(connection, officer_id, number, PAUSED)
    begun = select(recipients.c.target).where(recipients.c.broadcast_id == number).limit(1)
    has_begun = connection.execute(begun).first() or relays.report(connection, number)[1]
    status = SENDING if has_begun else SCHEDULED
    _change(connection, row.id, status=status)
    _log(connection, now, officer_id, "resumed", number)


def cancel(connection: Connection, officer_id: int, number: int, now: datetime) -> None:
    """Nothing more leaves; what has left stays told (see `withdraw`)."""
    _of(connection, officer_id, number, *OPEN)
    _end(connection, number, CANCELLED, now)
    _log(connection, now, officer_id, "cancelled", number)


def stop(connection: Connection, number: int, why: str, now: datetime) -> None:
    """By ourselves: a fact in it has aged, its template was refused."""
    _end(connection, number, STOPPED, now, stopped_why=why)
    audit.record(connection, now, actor="kentongan", action="stopped",
                 subject=f"broadcast:{number}")  # fmt: skip


def withdraw(
    connection: Connection,
    service: Service,
    officer_id: int,
    number: int,
    words: str,
    now: datetime,
) -> int:
    """Stop it at once, and tell everybody who got it that it no longer holds; the new number."""
    row = _of(connection, officer_id, number, SCHEDULED, SENDING, PAUSED, DONE, CANCELLED, STOPPED)
    if (
        row.kind == "withdrawal"
    ):  # else one person alone could tell everybody anything, again and again
        raise NotAllowed("broadcasts.too_late")
    _recall(connection, row, now)
    plan = replace(
        kept_plan(row), text=words, kind="withdrawal", corrects=number, photo="", at=None,
        expires=None, act="", source="", source_date=None,
    )  # fmt: skip
    _log(connection, now, officer_id, "withdrew", number)
    return order(connection, service, officer_id, plan, f"withdraw:{number}", now)


def may_approve(
    connection: Connection, service: Service, row: Any, officer_id: int, now: datetime
) -> bool:
    """Another officer of the office, of whom one leads: the second person or the first."""
    if officer_id == row.officer_id or not officers.is_of(connection, officer_id, row.office_code):
        return False
    today = _office(service, row).calendar.local(now).date()
    return officers.serves(connection, officer_id, today) and any(
        officers.leads(connection, one, today, row.office_code)
        for one in (officer_id, row.officer_id)
    )


def approvers(connection: Connection, service: Service, number: int, now: datetime) -> list[int]:
    """Who is asked to approve: the leaders, or, of a leader's own, the other officers."""
    return approvers_of(connection, service, by_number(connection, number), now)


def approvers_of(connection: Connection, service: Service, row: Any, now: datetime) -> list[int]:
    """The same for any row that has an office and an author."""
    today = _office(service, row).calendar.local(now).date()
    leaders = officers.leader_ids(connection, row.office_code, today)
    others = [one for one in leaders if one != row.officer_id]
    return others or [
        one
        for one in officers.active_of(connection, row.office_code)
        if may_approve(connection, service, row, one, now)
    ]


# ---- its clock


def start_due(connection: Connection, service: Service, now: datetime) -> list[int]:
    """Begin those whose time has come: the recipients are written down now; which ones."""
    started = []
    due = connection.execute(
        update(broadcasts)
        .where(broadcasts.c.status == SCHEDULED, broadcasts.c.starts_at <= now)
        .values(status=SENDING)
        .returning(broadcasts.c.id, broadcasts.c.plan, broadcasts.c.officer_id)
    ).all()
    for row in due:
        try:
            with connection.begin_nested():
                begun = _begin(connection, service, row, now)
        except OperationalError:
            raise  # the database itself is in trouble: all of them begin later
        except (
            Exception
        ) as error:  # the sender's claim is in this transaction, with everybody's replies
            log.error("broadcast %s can't begin: %s", row.id, type(error).__name__)
            stop(connection, row.id, "broadcasts.not_done", now)
            continue
        if begun:
            started.append(row.id)
    return started


def _begin(connection: Connection, service: Service, row: Any, now: datetime) -> bool:
    """False where something is in the way now, and it is stopped."""
    plan = unpacked(row.plan)
    seen = look(connection, service, row.officer_id, plan, now, running=True)
    if seen.problems:
        stop(connection, row.id, seen.problems[0][0], now)
        return False
    if plan.corrects:
        audience.write_down_heirs(connection, row.id, plan.corrects, now)
    else:
        audience.write_down(connection, service.ring, plan, row.id, now)
    relays.give_out(connection, row.id, plan, now)
    _change(connection, row.id, starts_at=now)
    return True


def end_due(connection: Connection, now: datetime) -> None:
    """Running ones with nobody left to tell are done; a warning that has run out tells nobody."""
    late = update(recipients).where(
        recipients.c.state == WAITING,
        recipients.c.broadcast_id.in_(
            select(broadcasts.c.id).where(
                broadcasts.c.status.in_((SENDING, PAUSED)), broadcasts.c.expires_at <= now
            )
        ),
    )
    connection.execute(late.values(state="expired"))
    for number in _run_out(connection, now):
        _take_back(connection, number, "expired")
    left = (
        select(recipients.c.target)
        .where(recipients.c.broadcast_id == broadcasts.c.id, recipients.c.state == WAITING)
        .exists()
    )
    leaving = (
        select(outbox.outbox.c.id)
        .where(
            outbox.outbox.c.broadcast_id == broadcasts.c.id,
            outbox.outbox.c.status.in_(outbox.OPEN_STATES),
        )
        .exists()
    )
    connection.execute(
        update(broadcasts)
        .where(broadcasts.c.status == SENDING, ~left, ~leaving)
        .values(status=DONE, ended_at=now)
    )


def _run_out(connection: Connection, now: datetime) -> Sequence[int]:
    """Those that have run out while some of it waits in the outbox: a channel was down, a night."""
    table = outbox.outbox
    waits = select(table.c.broadcast_id).where(
        table.c.status == "queued", table.c.broadcast_id.is_not(None)
    )
    query = select(broadcasts.c.id).where(broadcasts.c.expires_at <= now)
    return connection.execute(query.where(broadcasts.c.id.in_(waits))).scalars().all()


def reported(connection: Connection, number: int, now: datetime) -> None:
    _change(connection, number, reported_at=now)


def told(connection: Connection, number: int, now: datetime) -> None:
    """The officer has heard how far it is."""
    _change(connection, number, told_at=now)


def next_moment(connection: Connection) -> datetime | None:
    """When the next one begins, or the next recipient of a running one may be told."""
    starts = select(func.min(broadcasts.c.starts_at)).where(broadcasts.c.status == SCHEDULED)
    running = select(broadcasts.c.id).where(broadcasts.c.status == SENDING)
    waits = select(func.min(recipients.c.not_before)).where(
        recipients.c.state == WAITING, recipients.c.broadcast_id.in_(running)
    )
    moments = [connection.execute(query).scalar() for query in (starts, waits)]
    return min((moment for moment in moments if moment is not None), default=None)


# ---- rows


def get(connection: Connection, number: int, office_code: str) -> Any | None:
    """The row, of that office only."""
    return connection.execute(
        select(broadcasts).where(broadcasts.c.id == number, broadcasts.c.office_code == office_code)
    ).first()


def withdrawn_by(connection: Connection, number: int) -> int:
    """The number of the broadcast that took this one back, or 0."""
    taken = select(func.max(broadcasts.c.id)).where(
        broadcasts.c.corrects == number, broadcasts.c.kind == "withdrawal"
    )
    return int(connection.execute(taken).scalar() or 0)


def by_nonce(connection: Connection, nonce: str) -> int | None:
    """The one that was ordered from this very preview."""
    return connection.execute(select(broadcasts.c.id).where(broadcasts.c.nonce == nonce)).scalar()


def by_number(connection: Connection, number: int) -> Any:
    """The row of one that exists."""
    return connection.execute(select(broadcasts).where(broadcasts.c.id == number)).one()


def listed(connection: Connection, office_code: str) -> list[Any]:
    """The open ones and the last that ended, newest first."""
    mine = select(broadcasts).where(broadcasts.c.office_code == office_code)
    still = connection.execute(mine.where(broadcasts.c.status.in_(OPEN))).all()
    ended = connection.execute(
        mine.where(broadcasts.c.status.not_in(OPEN)).order_by(broadcasts.c.id.desc()).limit(LAST)
    ).all()
    return sorted((*still, *ended), key=lambda row: -row.id)


def _of(connection: Connection, officer_id: int, number: int, *statuses: str) -> Any:
    """One of the officer's own office in one of these states. Raises NotAllowed."""
    row = connection.execute(
        select(broadcasts).where(broadcasts.c.id == number).with_for_update()
    ).first()
    if row is None or not officers.is_of(connection, officer_id, row.office_code):
        raise NotAllowed("broadcasts.unknown")
    if row.status not in statuses:
        raise NotAllowed("broadcasts.too_late")
    return row


def _end(connection: Connection, number: int, status: str, now: datetime, **more: object) -> None:
    _change(connection, number, status=status, ended_at=now, **more)
    _take_back(connection, number, CANCELLED)
    relays.take_back(connection, number)
    connection.execute(
        update(recipients)
        .where(recipients.c.broadcast_id == number, recipients.c.state == WAITING)
        .values(state=CANCELLED)
    )


def _take_back(connection: Connection, number: int, state: str) -> None:
    """What waits in the outbox unsent comes back; what is being sent, or claimed right now, goes on."""
    table = outbox.outbox
    mine = table.c.broadcast_id == number, table.c.status == "queued"
    waits = select(table.c.id).where(*mine).with_for_update(skip_locked=True)
    back = connection.execute(
        table.delete().where(table.c.id.in_(waits)).returning(table.c.contact_id, table.c.group_id)
    ).all()
    targets = [row.contact_id if row.contact_id is not None else -row.group_id for row in back]
    if targets:
        connection.execute(
            update(recipients)
            .where(
                recipients.c.broadcast_id == number,
                recipients.c.target.in_(targets),
                recipients.c.state == HANDED,
            )
            .values(state=state)
        )


def _change(connection: Connection, number: int, **values: object) -> None:
    connection.execute(update(broadcasts).where(broadcasts.c.id == number).values(**values))


def _office(service: Service, row: Any) -> OurOffice:
    return service.office_of(row.office_code)


def _log(connection: Connection, now: datetime, officer_id: int, action: str, number: int) -> None:
    audit.record(connection, now, actor=f"officer:{officer_id}", action=action,
                 subject=f"broadcast:{number}")  # fmt: skip
