"""The life of a village meeting: planned, changed, called off, held, closed; and who comes.

Whom the village's invitation reached is the broadcast's business (`bot/broadcasts.py`): here it is
only ordered, corrected and withdrawn, so that everybody who got it hears of a change.
"""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, Literal, cast

from sqlalchemy import Connection, delete, func, select, update

from bot import audience, audit, broadcasts, meeting_clock, officers
from bot.broadcast_preview import look, reachable
from bot.broadcast_rows import HANDED, PROPOSED, SCHEDULED, SENDING, WAITING, recipients
from bot.broadcast_rows import OPEN as BROADCAST_OPEN
from bot.broadcast_words import packed
from bot.database import Database
from bot.meeting_rows import (
    CANCELLED,
    CLOSED,
    HELD,
    OPEN,
    PLANNED,
    answers,
    meetings,
    questions,
)
from bot.meeting_words import details, invitation
from bot.not_allowed import NotAllowed
from flows.broadcast_plan import Preview
from flows.meeting_plan import Coming, MeetingPlan, MeetingView

if TYPE_CHECKING:
    from bot.service import Service

NOBODY = "broadcasts.nobody"
"""The one problem of an invitation that does not keep a meeting from being planned: in a new
village people join at the meeting itself."""
ASK_AFTER = timedelta(hours=2)
"""How long after its end questions are still taken."""
CLOSES_ITSELF = timedelta(days=14)
"""After its end, so that what was asked does not stay because nobody closed it."""
QUESTIONS_STAY = timedelta(days=30)
"""After it was closed or called off."""


def as_plan(row: Any) -> MeetingPlan:
    return MeetingPlan(
        row.place_code, row.title, row.where, row.starts_at, row.ends_at, row.speakers
    )


def view_of(service: "Service", row: Any, village: str, now: datetime) -> MeetingView:
    """On the office's clock; without what one person has answered."""
    local = service.office_of(row.office_code).calendar.local
    plan = replace(as_plan(row), starts_at=local(row.starts_at), ends_at=local(row.ends_at))
    return MeetingView(row.id, plan, village, row.status, takes_questions=takes_questions(row, now))


def takes_questions(row: Any, now: datetime) -> bool:
    return row.status in OPEN and now < row.ends_at + ASK_AFTER


# ---- an officer


def preview(
    connection: Connection, service: "Service", officer_id: int, plan: MeetingPlan, now: datetime
) -> Preview:
    """Of the invitation."""
    office = service.office_of(officers.office_of(connection, officer_id))
    return look(connection, service, officer_id, invitation(service, office, plan, 0), now)


def plan(
    connection: Connection,
    service: "Service",
    officer_id: int,
    plan: MeetingPlan,
    nonce: str,
    now: datetime,
) -> tuple[int, int]:
    """(the meeting, its invitation or 0 where there is nobody to invite). The same `nonce` again
    changes nothing. Raises NotAllowed."""
    twice = select(meetings.c.id).where(meetings.c.nonce == nonce)
    if (known := connection.execute(twice).scalar()) is not None:
        row = invitation_of(connection, int(known))
        return int(known), row.id if row else 0
    office_code = officers.office_of(connection, officer_id)
    if not reaches(connection, service, officer_id, plan.place_code, now):
        raise NotAllowed("broadcasts.not_mine")
    if plan.starts_at <= now:
        raise NotAllowed("meetings.past")
    number = int(
        connection.execute(
            meetings.insert()
            .values(
                office_code=office_code, officer_id=officer_id, place_code=plan.place_code,
                title=plan.title, where=plan.where, speakers=plan.speakers,
                starts_at=plan.starts_at, ends_at=plan.ends_at, status=PLANNED, nonce=nonce,
                created_at=now, remind_at=meeting_clock.next_reminder(plan, now),
            )
            .returning(meetings.c.id)
        ).scalar_one()
    )  # fmt: skip
    _log(connection, now, officer_id, "planned", number)
    return number, _invite(connection, service, officer_id, plan, number, now)


def _invite(
    connection: Connection,
    service: "Service",
    officer_id: int,
    plan: MeetingPlan,
    number: int,
    now: datetime,
) -> int:
    office = service.office_of(officers.office_of(connection, officer_id))
    order = invitation(service, office, plan, number)
    seen = look(connection, service, officer_id, order, now)
    if [key for key, _ in seen.problems] == [NOBODY]:
        return 0
    return broadcasts.order(connection, service, officer_id, order, f"meeting:{number}", now)


def change(
    connection: Connection,
    service: "Service",
    officer_id: int,
    number: int,
    plan: MeetingPlan,
    now: datetime,
) -> list[int]:
    """Another time or place: whoever has the invitation is told, whoever waits for it gets the new
    words. The contacts who said that they come and never had it. Raises NotAllowed."""
    row = _of(connection, service, officer_id, number, now, PLANNED)
    if as_plan(row) == plan:
        return []
    if plan.place_code != row.place_code or plan.starts_at <= now:
        raise NotAllowed("meetings.past")
    _change(
        connection, number, where=plan.where, starts_at=plan.starts_at, ends_at=plan.ends_at,
        remind_at=meeting_clock.next_reminder(plan, now),
    )  # fmt: skip
    _log(connection, now, officer_id, "changed", number)
    invited = invitation_of(connection, number)
    if invited is not None:
        _rewrite(connection, service, officer_id, invited, plan, number, now)
        if invited.status in (PROPOSED, SCHEDULED):
            return []  # nobody was invited yet, so everybody will be, with the new words
    return coming_uninvited(connection, number, invited)


def _rewrite(
    connection: Connection,
    service: "Service",
    officer_id: int,
    invited: Any,
    plan: MeetingPlan,
    number: int,
    now: datetime,
) -> None:
    """Those who still wait get the new words in place of the old, all others a correction."""
    office = service.office_of(invited.office_code)
    order = invitation(service, office, plan, number)
    seen = look(connection, service, officer_id, order, now, running=True)
    if seen.problems and invited.status in BROADCAST_OPEN:
        raise NotAllowed(seen.problems[0][0])
    runs = invited.status in (SCHEDULED, SENDING)
    if runs:
        broadcasts.pause(connection, officer_id, invited.id, now)
    table = broadcasts.broadcasts
    connection.execute(
        update(table)
        .where(table.c.id == invited.id)
        .values(plan=packed(order), text=order.text, expires_at=order.expires)
    )
    if runs:
        broadcasts.resume(connection, officer_id, invited.id, now)
    if invited.status == SCHEDULED and seen.needs_second:  # the second person saw other words
        connection.execute(
            update(table).where(table.c.id == invited.id).values(status=PROPOSED, approved_by=None)
        )
    _call_off(connection, officer_id, number, now, but=invited.id)
    if audience.count_heirs(connection, invited.id).total:
        told = invitation(service, office, plan, number, corrects=invited.id)
        nonce = f"meeting:{number}:{now.isoformat()}"
        broadcasts.order(connection, service, officer_id, told, nonce, now)


def cancel(
    connection: Connection, service: "Service", officer_id: int, number: int, now: datetime
) -> list[int]:
    """Everybody who got the invitation is told. The contacts who said that they come and never had
    it. Raises NotAllowed."""
    row = _of(connection, service, officer_id, number, now, PLANNED)
    _change(connection, number, status=CANCELLED, closed_at=now, remind_at=None)
    _log(connection, now, officer_id, "called_off", number)
    invited = invitation_of(connection, number)
    _call_off(connection, officer_id, number, now)
    if invited is not None:
        table = broadcasts.broadcasts  # what is parked must not leave later
        connection.execute(update(table).where(table.c.id == invited.id).values(expires_at=now))
        if audience.count_heirs(connection, invited.id).total:
            words = details(service, service.office_of(row.office_code), as_plan(row))
            broadcasts.withdraw(connection, service, officer_id, invited.id, words, now)
    return coming_uninvited(connection, number, invited)


def proposed(connection: Connection, number: int) -> int | None:
    """What about this meeting waits for a second person."""
    table = broadcasts.broadcasts
    mine = table.c.meeting_id == number, table.c.status == PROPOSED
    return connection.execute(select(func.max(table.c.id)).where(*mine)).scalar()


def _call_off(
    connection: Connection, officer_id: int, number: int, now: datetime, *, but: int = 0
) -> None:
    """What is still on its way about this meeting does not leave any more."""
    table = broadcasts.broadcasts
    mine = select(table.c.id).where(
        table.c.meeting_id == number, table.c.status.in_(BROADCAST_OPEN), table.c.id != but
    )
    for one in connection.execute(mine).scalars().all():
        broadcasts.cancel(connection, officer_id, one, now)


def hold(
    connection: Connection,
    service: "Service",
    officer_id: int,
    number: int,
    present: int,
    now: datetime,
) -> None:
    """It took place, with so many people; the last count holds."""
    row = _of(connection, service, officer_id, number, now, *OPEN)
    if now < row.starts_at:
        raise NotAllowed("meetings.not_yet")
    _change(connection, number, status=HELD, present=present, remind_at=None)
    _log(connection, now, officer_id, "held", number)


def close(
    connection: Connection, service: "Service", officer_id: int, number: int, now: datetime
) -> None:
    """No more questions; those that were asked have 30 days from now."""
    row = _of(connection, service, officer_id, number, now, *OPEN)
    if now < row.starts_at:
        raise NotAllowed("meetings.not_yet")
    _change(connection, number, status=CLOSED, closed_at=now, remind_at=None)
    _log(connection, now, officer_id, "closed", number)


def reported(connection: Connection, number: int, now: datetime) -> None:
    mine = meetings.c.id == number, meetings.c.reported_at.is_(None)
    connection.execute(update(meetings).where(*mine).values(reported_at=now))


def reaches(
    connection: Connection, service: "Service", officer_id: int, place_code: str, now: datetime
) -> bool:
    """The village is one of the officer's own, or lies in the area that they lead."""
    office = service.office_of(officers.office_of(connection, officer_id))
    allowed = reachable(connection, service, officer_id, office.calendar.local(now).date())
    return any(place_code == code or place_code.startswith(f"{code}.") for code in allowed)


def may(
    connection: Connection, service: "Service", officer_id: int, row: Any, now: datetime
) -> bool:
    """Its planner, and all of the office who reach its village."""
    if not officers.is_of(connection, officer_id, row.office_code):
        return False
    return row.officer_id == officer_id or reaches(
        connection, service, officer_id, row.place_code, now
    )


def _of(
    connection: Connection,
    service: "Service",
    officer_id: int,
    number: int,
    now: datetime,
    *statuses: str,
) -> Any:
    row = connection.execute(
        select(meetings).where(meetings.c.id == number).with_for_update()
    ).first()
    if row is None or not may(connection, service, officer_id, row, now):
        raise NotAllowed("meetings.unknown")
    if row.status not in statuses:
        raise NotAllowed("meetings.too_late")
    return row


# ---- a villager


def answer(
    connection: Connection,
    database: Database,
    contact_id: int,
    place_code: str,
    number: int,
    coming: Coming,
    now: datetime,
) -> bool:
    """False for a meeting of another village, or one that is over or called off."""
    row = by_number(connection, number)
    if row is None or row.place_code != place_code or row.status != PLANNED or now >= row.ends_at:
        return False
    values = {"coming": coming, "at": now}
    insert = database.insert(answers).values(meeting_id=number, contact_id=contact_id, **values)
    connection.execute(
        insert.on_conflict_do_update(index_elements=["meeting_id", "contact_id"], set_=values)
    )
    return True


def coming_of(connection: Connection, number: int, contact_id: int) -> Coming | Literal[""]:
    mine = answers.c.meeting_id == number, answers.c.contact_id == contact_id
    said = connection.execute(select(answers.c.coming).where(*mine)).scalar()
    return cast(Coming, said) if said else ""


def counted(connection: Connection, number: int) -> dict[str, int]:
    """How many said yes, maybe or no."""
    rows = connection.execute(
        select(answers.c.coming, func.count())
        .where(answers.c.meeting_id == number)
        .group_by(answers.c.coming)
    )
    return {coming: int(count) for coming, count in rows}


def coming_uninvited(connection: Connection, number: int, invited: Any | None) -> list[int]:
    """Contacts who said yes or maybe, and whom no invitation reaches: they found it by JADWAL."""
    reached = select(recipients.c.target).where(
        recipients.c.broadcast_id == (invited.id if invited is not None else 0),
        recipients.c.state.in_((HANDED, WAITING)),
    )
    found = select(answers.c.contact_id).where(
        answers.c.meeting_id == number,
        answers.c.coming != "no",
        answers.c.contact_id.not_in(reached),
    )
    return list(connection.execute(found.order_by(answers.c.contact_id)).scalars())


# ---- rows


def by_number(connection: Connection, number: int) -> Any | None:
    return connection.execute(select(meetings).where(meetings.c.id == number)).first()


def invitation_of(connection: Connection, number: int) -> Any | None:
    """Its broadcast; None where there was nobody to invite."""
    table = broadcasts.broadcasts
    return connection.execute(
        select(table)
        .where(table.c.meeting_id == number, table.c.kind == "invitation")
        .order_by(table.c.id)
        .limit(1)
    ).first()


def of_village(connection: Connection, place_code: str, now: datetime) -> list[Any]:
    """Those to come, and those that are just over, the nearest first."""
    mine = meetings.c.place_code == place_code
    there = meetings.c.status.in_(OPEN), meetings.c.ends_at > now - ASK_AFTER
    query = select(meetings).where(mine, *there).order_by(meetings.c.starts_at, meetings.c.id)
    return list(connection.execute(query))


def of_office(connection: Connection, office_code: str, *, every: bool = False) -> list[Any]:
    """Those that are not over with, the next first; or all."""
    query = select(meetings).where(meetings.c.office_code == office_code)
    if not every:
        query = query.where(meetings.c.status.in_(OPEN))
    return list(connection.execute(query.order_by(meetings.c.starts_at, meetings.c.id)))


def forget_person(connection: Connection, contact_id: int) -> None:
    """Whether somebody came, and what they asked."""
    for table in (answers, questions):
        connection.execute(delete(table).where(table.c.contact_id == contact_id))


def purge(connection: Connection, now: datetime) -> None:
    """Long over and never closed: closed now. Long closed: what people said and asked goes."""
    connection.execute(
        update(meetings)
        .where(meetings.c.status.in_(OPEN), meetings.c.ends_at < now - CLOSES_ITSELF)
        .values(status=CLOSED, closed_at=now, remind_at=None)
    )
    old = select(meetings.c.id).where(meetings.c.closed_at < now - QUESTIONS_STAY)
    connection.execute(delete(questions).where(questions.c.meeting_id.in_(old)))
    connection.execute(delete(answers).where(answers.c.meeting_id.in_(old)))


def _change(connection: Connection, number: int, **values: object) -> None:
    connection.execute(update(meetings).where(meetings.c.id == number).values(**values))


def _log(connection: Connection, now: datetime, officer_id: int, action: str, number: int) -> None:
    audit.record(connection, now, actor=f"officer:{officer_id}", action=action,
                 subject=f"meeting:{number}")  # fmt: skip
