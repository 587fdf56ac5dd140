"""A residents' group learns one thing a week: a card, then one quiz item as the channel's own poll.

A day later the poll is closed and its answer explained, with its source. Nobody's answer is known
to us: polls are anonymous. A fact past its review date is never sent.
"""

import logging
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, delete, or_, select, update
from sqlmodel import Field, SQLModel

from bot.database import Moment
from bot.groups import groups
from bot.outbox_rows import FINAL_STATES, NEWS, outbox, row_for
from bot.service import Service
from bot.territory import zone_of
from bot.working_hours import ZONES
from flows.curriculum import Lesson, QuizItem, for_villagers
from flows.events import MessageCreated, Poll
from flows.lessons import marks

log = logging.getLogger(__name__)

OPEN_FOR = timedelta(hours=24)
AT_LEAST = timedelta(days=6)
"""Between two lessons of one group."""
LATEST = 3
"""Hours after the set one in which a lesson that could not be sent in time still may be."""
MOST = 500
"""Groups at a time; the next look takes the others."""
MAX_QUESTION, MAX_OPTION = 300, 100
"""https://core.telegram.org/bots/api#sendpoll: characters of a question, of an option."""


class GroupPoll(SQLModel, table=True):
    """A quiz that is open in a group; its row goes when it is explained."""

    __tablename__ = "group_poll"

    id: int | None = Field(default=None, primary_key=True)
    group_id: int = Field(foreign_key="village_group.id", index=True)
    lesson: str
    item: str
    outbox_id: int
    """Its message, which learns the provider's id of the poll."""
    closes_at: datetime = Field(sa_type=Moment, index=True)


polls = GroupPoll.__table__  # type: ignore[attr-defined]
_SENT = tuple(state for state in FINAL_STATES if state in ("sent", "delivered", "read"))


def push_due(connection: Connection, service: Service, now: datetime) -> int:
    """The lesson of the week to every group whose hour it is; to how many."""
    told = 0
    for group in _waiting(connection, service, now):
        found = next_lesson(service.catalog.lessons, group.lesson, service.today(now))
        if found is None:
            log.warning("no lesson is fresh enough for groups: check content/lessons")
            return told
        _teach(connection, service, group, *found, now)
        told += 1
    return told


def close_due(connection: Connection, service: Service, now: datetime) -> int:
    """Polls whose day is over are closed and explained; how many."""
    rows = connection.execute(
        select(
            polls, groups.c.channel, groups.c.thread, groups.c.active,
            outbox.c.provider_id, outbox.c.status,
        )
        .join(groups, groups.c.id == polls.c.group_id)
        .outerjoin(outbox, outbox.c.id == polls.c.outbox_id)
        .where(polls.c.closes_at <= now)
        .order_by(polls.c.closes_at)
        .limit(MOST)
    ).all()  # fmt: skip
    for row in rows:
        if row.status in ("queued", "sending"):  # the channel was down: its day begins when it left
            later = update(polls).where(polls.c.id == row.id)
            connection.execute(later.values(closes_at=now + timedelta(hours=1)))
            continue
        connection.execute(delete(polls).where(polls.c.id == row.id))
        message = _explanation(service, row, service.today(now))
        if message is not None and row.active and row.status in _SENT and row.provider_id:
            _queue(connection, service, row.group_id, row, message, now, row.provider_id)
    return len(rows)


def next_moment(connection: Connection, service: Service, now: datetime) -> datetime | None:
    """When the next poll is closed, or the next lesson is due."""
    closes = connection.execute(select(polls.c.closes_at).order_by(polls.c.closes_at).limit(1))
    moments = [closes.scalar()]
    for group in connection.execute(_LEARNING.limit(MOST)):
        after = max(now, group.lesson_at + AT_LEAST) if group.lesson_at else now
        moments.append(_next_slot(service, group.place_code, after))
    return min((moment for moment in moments if moment), default=None)


def erase(connection: Connection, group_id: int) -> None:
    connection.execute(delete(polls).where(polls.c.group_id == group_id))


# ---- when

_LEARNING = select(groups).where(
    groups.c.active, groups.c.lessons, groups.c.kind == "residents", groups.c.place_code != ""
)


def _waiting(connection: Connection, service: Service, now: datetime) -> Sequence[Any]:
    """Groups whose hour it is and that have had none this week."""
    zones = {zone for zone in ZONES if _is_hour(service, zone, now)}
    if not zones:
        return ()
    late = or_(groups.c.lesson_at.is_(None), groups.c.lesson_at <= now - AT_LEAST)
    query = _LEARNING.where(late).order_by(groups.c.id)
    rows = connection.execute(query.with_only_columns(groups.c.id, groups.c.place_code))
    ids = [row.id for row in rows if zone_of(row.place_code) in zones][:MOST]
    due = query.where(groups.c.id.in_(ids))
    return connection.execute(due.with_for_update(skip_locked=True)).all()


def _is_hour(service: Service, zone: str, now: datetime) -> bool:
    """It is the week's day there, at the set hour or a little later."""
    settings, local = service.settings, now.astimezone(ZoneInfo(zone))
    late = local.hour - settings.group_lesson_hour
    return local.isoweekday() == settings.group_lesson_day and 0 <= late < LATEST


def _next_slot(service: Service, place_code: str, after: datetime) -> datetime:
    settings, local = service.settings, after.astimezone(ZoneInfo(zone_of(place_code)))
    days = (settings.group_lesson_day - local.isoweekday()) % 7
    hour = settings.group_lesson_hour
    slot = (local + timedelta(days=days)).replace(hour=hour, minute=0, second=0, microsecond=0)
    if days == 0 and local.hour >= hour + LATEST:
        slot += timedelta(days=7)
    return max(slot, after)


# ---- what


def next_lesson(
    lessons: Sequence[Lesson], last: str, today: date
) -> tuple[Lesson, QuizItem] | None:
    """The villagers' lesson behind the last one, round and round, whose main card and one quiz item
    are inside their review dates and fit a poll."""
    taught = for_villagers(lessons)
    names = [lesson.id for lesson in taught]
    begin = names.index(last) + 1 if last in names else 0
    for lesson in (*taught[begin:], *taught[:begin]):
        item = next((one for one in lesson.quiz if _fits(one, today)), None)
        if item is not None and today <= lesson.cards[0].source.review_by:
            return lesson, item
    return None


def _fits(item: QuizItem, today: date) -> bool:
    short = len(item.question) <= MAX_QUESTION
    return (
        short
        and today <= item.source.review_by
        and all(len(choice.label) <= MAX_OPTION for choice in item.choices)
        and sum(choice.correct for choice in item.choices) == 1
    )


def _teach(
    connection: Connection,
    service: Service,
    group: Any,
    lesson: Lesson,
    item: QuizItem,
    now: datetime,
) -> None:
    card, today = lesson.cards[0], service.today(now)
    slots = {
        "title": lesson.title,
        "text": card.text.strip(),
        "label": _label(marks(card.source, lesson.reviewed, today)),
        "link": _link(service),
    }
    _queue(
        connection, service, group.id, group, service.message("village_group.lesson", slots), now
    )
    right = next(n for n, choice in enumerate(item.choices) if choice.correct)
    poll = Poll(item.question, tuple(choice.label for choice in item.choices), right)
    asked = MessageCreated("", poll=poll)
    outbox_id = _queue(connection, service, group.id, group, asked, now)
    connection.execute(
        polls.insert().values(
            group_id=group.id, lesson=lesson.id, item=item.id, outbox_id=outbox_id,
            closes_at=now + OPEN_FOR,
        )
    )  # fmt: skip
    this = update(groups).where(groups.c.id == group.id)
    connection.execute(this.values(lesson=lesson.id, lesson_at=now))


def _explanation(service: Service, row: Any, today: date) -> MessageCreated | None:
    """None where content has lost the item since."""
    lesson = next((one for one in service.catalog.lessons if one.id == row.lesson), None)
    item = next((one for one in lesson.quiz if one.id == row.item), None) if lesson else None
    if lesson is None or item is None:
        return None
    right = next(choice for choice in item.choices if choice.correct)
    slots = {
        "question": item.question,
        "right": right.label,
        "why": right.why,
        "label": _label(marks(item.source, lesson.reviewed, today)),
        "source": item.source.shown(),
    }
    return service.message("village_group.quiz_answer", slots)


def _label(found: list[str]) -> str:
    return "".join(f"\n({mark})" for mark in found)


def _link(service: Service) -> str:
    username = service.telegram_username
    return (
        f"https://t.me/{username}?start=belajar" if username else service.settings.public_base_url
    )


def _queue(
    connection: Connection,
    service: Service,
    group_id: int,
    to: Any,
    message: MessageCreated,
    now: datetime,
    ends_poll: str = "",
) -> int:
    """Unasked, so it sleeps at night and comes where the group wants its news; the row's id."""
    row = row_for(
        service.ring, message, now, channel=to.channel, group_id=group_id, priority=NEWS,
        thread=to.thread, ends_poll=ends_poll,
    )  # fmt: skip
    return int(connection.execute(outbox.insert().values(row).returning(outbox.c.id)).scalar_one())
