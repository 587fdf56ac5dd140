"""Questions of a meeting: sealed, grouped by what they ask, answered once for all who asked it.

A group has no row of its own: its questions carry one `topic`, the smallest of their ids, and once
it is answered each carries the answer.
"""

import secrets
from collections import defaultdict
from datetime import datetime
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, func, select, update

from bot import meetings, outbox
from bot.contacts import contacts
from bot.meeting_rows import questions
from bot.not_allowed import NotAllowed
from bot.sealing import KeyRing
from bot.territory import zone_of
from bot.working_hours import quiet_until
from flows.meeting_plan import QuestionGroup
from flows.question_groups import nearest

if TYPE_CHECKING:
    from bot.service import Service

MOST_QUESTIONS = 5
"""Of one person at one meeting."""
QUOTED = 60
"""Letters of somebody's own question that stand above its answer."""


def bound(row: Any) -> str:
    return f"{row.meeting_id}|{row.token}"


def bound_answer(row: Any) -> str:
    return f"{row.meeting_id}|{row.token}|answer"


# ---- asking


def ask(
    connection: Connection,
    ring: KeyRing,
    meeting_id: int,
    contact_id: int,
    text: str,
    now: datetime,
) -> str:
    """Take the question into its group; the answer if that group has one already, else "".

    The same words again change nothing. Raises NotAllowed after `MOST_QUESTIONS`.
    """
    known = groups(connection, ring, meeting_id)
    mine = asked_by(connection, ring, meeting_id, contact_id)
    group = _group_for(text, known)
    if text in mine:
        return group.answer if group else ""
    if len(mine) >= MOST_QUESTIONS:
        raise NotAllowed("meetings.enough")
    token = secrets.token_hex(8)
    key = f"{meeting_id}|{token}"
    answer = group.answer if group else ""
    number = connection.execute(
        questions.insert()
        .values(
            meeting_id=meeting_id, contact_id=contact_id, token=token,
            text=ring.seal("meeting", key, text.encode()), asked_at=now,
            topic=group.number if group else 0,
            answer=ring.seal("meeting", f"{key}|answer", answer.encode()) if answer else None,
            answered_at=now if answer else None,
        )
        .returning(questions.c.id)
    ).scalar_one()  # fmt: skip
    if group is None:
        connection.execute(update(questions).where(questions.c.id == number).values(topic=number))
    return answer


def ready_answer(connection: Connection, ring: KeyRing, meeting_id: int, text: str) -> str:
    """What the group that asks the same was answered; "" where there is none."""
    group = _group_for(text, groups(connection, ring, meeting_id))
    return group.answer if group else ""


def asked_by(connection: Connection, ring: KeyRing, meeting_id: int, contact_id: int) -> list[str]:
    rows = connection.execute(
        select(questions)
        .where(questions.c.meeting_id == meeting_id, questions.c.contact_id == contact_id)
        .order_by(questions.c.id)
    )
    return [_text(ring, row) for row in rows]


def asked_count(connection: Connection, meeting_id: int, contact_id: int) -> int:
    mine = questions.c.meeting_id == meeting_id, questions.c.contact_id == contact_id
    return int(connection.execute(select(func.count()).where(*mine)).scalar_one())


def _group_for(text: str, known: list[QuestionGroup]) -> QuestionGroup | None:
    every = [(group.number, words) for group in known for _, words in group.questions]
    number = nearest(text, every)
    return next((group for group in known if group.number == number), None)


# ---- the list


def groups(connection: Connection, ring: KeyRing, meeting_id: int) -> list[QuestionGroup]:
    """Open ones first, of these what most have asked, then the oldest."""
    rows = connection.execute(
        select(questions).where(questions.c.meeting_id == meeting_id).order_by(questions.c.id)
    )
    by_topic: dict[int, list[Any]] = defaultdict(list)
    for row in rows:
        by_topic[row.topic].append(row)
    found = [_group(ring, members) for members in by_topic.values()]
    return sorted(found, key=lambda one: (bool(one.answer), -len(one.questions), one.number))


def _group(ring: KeyRing, members: list[Any]) -> QuestionGroup:
    answered = next((row for row in members if row.answer is not None), None)
    return QuestionGroup(
        number=members[0].id,
        questions=tuple((row.id, _text(ring, row)) for row in members),
        answer=_answer(ring, answered) if answered else "",
    )


def group_of(
    connection: Connection, ring: KeyRing, question: int
) -> tuple[int, QuestionGroup] | None:
    """(the meeting, the group) in which that question stands."""
    row = connection.execute(select(questions).where(questions.c.id == question)).first()
    if row is None:
        return None
    members = connection.execute(
        select(questions)
        .where(questions.c.meeting_id == row.meeting_id, questions.c.topic == row.topic)
        .order_by(questions.c.id)
    ).all()
    return row.meeting_id, _group(ring, list(members))


# ---- an officer's work


def answer(
    connection: Connection, service: "Service", officer_id: int, question: int, text: str,
    now: datetime,
) -> list[dict[str, Any]]:  # fmt: skip
    """Answer the group once; the messages to those who asked. A group that has an answer keeps it:
    nobody is told two things. Raises NotAllowed."""
    meeting, group = _mine(connection, service, officer_id, question, now)
    if group.answer:
        raise NotAllowed("meetings.answered_before")
    return _tell(connection, service, meeting, group, text, now)


def merge(
    connection: Connection, service: "Service", officer_id: int, question: int, same_as: int,
    now: datetime,
) -> list[dict[str, Any]]:  # fmt: skip
    """Both groups become one; if one of them has its answer, the others of it get that now.

    Raises NotAllowed for questions of two meetings, or where both were answered.
    """
    meeting, one = _mine(connection, service, officer_id, question, now)
    of, other = _mine(connection, service, officer_id, same_as, now)
    if of.id != meeting.id:
        raise NotAllowed("meetings.other_meeting")
    if one.number == other.number:
        return []
    if one.answer and other.answer:
        raise NotAllowed("meetings.answered_before")
    _put_together(connection, [number for each in (one, other) for number, _ in each.questions])
    if not (said := one.answer or other.answer):
        return []
    return _tell(connection, service, meeting, one if not one.answer else other, said, now)


def split(
    connection: Connection, service: "Service", officer_id: int, question: int, now: datetime
) -> None:
    """The question is a group of its own from now on; with the answer it got, if any."""
    _, group = _mine(connection, service, officer_id, question, now)
    others = [number for number, _ in group.questions if number != question]
    if others:
        _put_together(connection, others)
        _put_together(connection, [question])


def _mine(
    connection: Connection, service: "Service", officer_id: int, question: int, now: datetime
) -> tuple[Any, QuestionGroup]:
    found = group_of(connection, service.ring, question)
    row = meetings.by_number(connection, found[0]) if found else None
    if found is None or row is None or not meetings.may(connection, service, officer_id, row, now):
        raise NotAllowed("meetings.no_question")
    return row, found[1]


def _put_together(connection: Connection, numbers: list[int]) -> None:
    """One topic, named by the smallest: a number that is used again later can't fall into it."""
    connection.execute(
        update(questions).where(questions.c.id.in_(numbers)).values(topic=min(numbers))
    )


def _tell(
    connection: Connection, service: "Service", meeting: Any, group: QuestionGroup, text: str,
    now: datetime,
) -> list[dict[str, Any]]:  # fmt: skip
    """Once to each who asked and may be told; by the question itself, so nobody is named."""
    numbers = [number for number, _ in group.questions]
    rows = connection.execute(
        select(
            questions,
            contacts.c.channel,
            contacts.c.place_code,
            contacts.c.opted_out_at,
            contacts.c.unreachable_at,
        )
        .join(contacts, contacts.c.id == questions.c.contact_id)
        .where(questions.c.id.in_(numbers), questions.c.answered_at.is_(None))
        .order_by(questions.c.id)
        .with_for_update(of=questions)
    ).all()
    told: dict[int, dict[str, Any]] = {}
    in_the_room = now <= meeting.ends_at + meetings.ASK_AFTER
    for row in rows:
        sealed = service.ring.seal("meeting", bound_answer(row), text.encode())
        mine = update(questions).where(questions.c.id == row.id)
        connection.execute(mine.values(answer=sealed, answered_at=now))
        if row.opted_out_at is None and row.unreachable_at is None:
            slots = {
                "title": meeting.title, "question": _short(_text(service.ring, row)),
                "answer": text,
            }  # fmt: skip
            told.setdefault(
                row.contact_id,
                outbox.row_for(
                    service.ring, service.message("meetings.answer_message", slots), now,
                    channel=row.channel, contact_id=row.contact_id, priority=outbox.NOTICE,
                    not_before=now if in_the_room else _morning(row.place_code, now),
                ),
            )  # fmt: skip
    return list(told.values())


def _morning(place_code: str, now: datetime) -> datetime:
    """After the meeting an answer lets people sleep."""
    return quiet_until(now, ZoneInfo(zone_of(place_code)))


def _short(text: str) -> str:
    return text if len(text) <= QUOTED else text[: QUOTED - 1].rstrip() + "…"


def _text(ring: KeyRing, row: Any) -> str:
    return ring.open("meeting", bound(row), row.text).decode()


def _answer(ring: KeyRing, row: Any) -> str:
    return ring.open("meeting", bound_answer(row), row.answer).decode()
