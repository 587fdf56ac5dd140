"""Reviews that begin by themselves, for learners who said yes to it, and within a budget.

A push is an invitation with one question inside. Who is pushed when is decided here and nowhere
else; what is asked, in `flows/review.py`. A learner is looked at when `look_at` has come, and
whatever stands in the way says when to look again.
"""

from datetime import datetime, time, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, delete, select, update
from sqlmodel import Field, SQLModel

from bot import contacts, mastery, outbox, recall, templates
from bot.broadcast_rows import shares
from bot.contacts import Known
from bot.database import Database, Moment
from bot.service import Service
from bot.territory import zone_of
from flows.curriculum import for_villagers
from flows.session import Input
from flows.templates import REVIEW
from flows.waits import is_free

if TYPE_CHECKING:
    from bot.turns import Turns

PURPOSE = "reminders"
"""Of the consent (`bot/contacts.py`)."""
FROM, TO = time(8), time(19)
"""On the learner's own clock; an hour of room before the quiet hours, in which a slow channel may
still send."""
LATER = timedelta(hours=1)
"""When to look again at somebody who can't be reminded now (the window, a talk that goes on)."""
TOMORROW = timedelta(days=1)
"""The same where the office stands in the way: its facts are past their review date, or it has
switched reminders off."""
REST = timedelta(hours=1)
"""Nobody is reminded in the middle of a talk."""
GIVEN_UP = 4
"""After so many pushes in a row without any answer there are no more until they learn again."""
AT_A_TIME = 200
PUSHES_STAY = timedelta(days=14)


class Reminder(SQLModel, table=True):
    """One row for each learner who was asked whether they want to be reminded."""

    contact_id: int = Field(primary_key=True, foreign_key="contact.id")
    wanted: bool
    look_at: datetime | None = Field(default=None, index=True, sa_type=Moment)
    unanswered: int = 0


class Push(SQLModel, table=True):
    """That somebody was reminded, for the budget of their week."""

    id: int | None = Field(default=None, primary_key=True)
    contact_id: int = Field(foreign_key="contact.id", index=True)
    at: datetime = Field(sa_type=Moment)


reminders = Reminder.__table__  # type: ignore[attr-defined]
pushes = Push.__table__  # type: ignore[attr-defined]


# ---- what the learner chose


def wanted(connection: Connection, contact_id: int) -> bool | None:
    """None while they have not been asked."""
    mine = select(reminders.c.wanted).where(reminders.c.contact_id == contact_id)
    return connection.execute(mine).scalar()


def choose(
    connection: Connection, database: Database, contact_id: int, version: str, now: datetime
) -> None:
    """Yes to the words of that version; "" is no."""
    contacts.withdraw_consent(connection, contact_id, now, purpose=PURPOSE)
    if version:
        contacts.give_consent(connection, contact_id, PURPOSE, version, now)
    values = {"wanted": bool(version), "look_at": now if version else None, "unanswered": 0}
    insert = database.insert(reminders).values(contact_id=contact_id, **values)
    connection.execute(insert.on_conflict_do_update(index_elements=["contact_id"], set_=values))


def heard_from(connection: Connection, contact_id: int, now: datetime) -> None:
    """They answered a question: whatever was due is due anew."""
    connection.execute(
        update(reminders)
        .where(reminders.c.contact_id == contact_id, reminders.c.wanted)
        .values(look_at=now + REST, unanswered=0)
    )


def stop(connection: Connection, contact_id: int, now: datetime) -> None:
    """STOP: the yes is void, and they may be asked anew one day."""
    contacts.withdraw_consent(connection, contact_id, now, purpose=PURPOSE)
    connection.execute(delete(reminders).where(reminders.c.contact_id == contact_id))


def forget(connection: Connection, contact_id: int) -> None:
    for table in (reminders, pushes):
        connection.execute(delete(table).where(table.c.contact_id == contact_id))


def purge(connection: Connection, now: datetime) -> None:
    connection.execute(delete(pushes).where(pushes.c.at < now - PUSHES_STAY))


# ---- reminding


def push_due(connection: Connection, service: Service, turns: "Turns", now: datetime) -> int:
    """Remind everybody whose time has come; how many."""
    due = (
        select(reminders.c.contact_id)
        .where(reminders.c.wanted, reminders.c.look_at <= now)
        .order_by(reminders.c.look_at)
        .limit(AT_A_TIME)
    )
    ids = [row.contact_id for row in connection.execute(due)]
    if not ids:
        return 0
    database, ring = service.database, service.ring
    ready = []
    for known in contacts.load_by_id(connection, database, ring, ids):
        look_at = next_push(connection, service, known, now)
        if look_at is None or look_at > now:
            _look(connection, known.id, look_at)
        else:
            ready.append(known)
    for known in ready:
        outside = not _window_open(known, now)
        to, template = "review:push", ""
        if outside:
            invitation = _invitation(connection, service, now)
            to, template = "review:outside", invitation
            if not invitation:  # today's limit was met by those before
                _look(connection, known.id, now + LATER)
                continue
        if turns.unasked(connection, [known], Input("push", payload=to), now, template=template):
            _pushed(connection, known.id, now)
            if template:
                connection.execute(
                    shares.insert().values(contact_id=known.id, at=now, template=True, week=False)
                )
        else:
            _look(connection, known.id, now + LATER)
    return len(ready)


def next_moment(connection: Connection) -> datetime | None:
    """When somebody has to be looked at next (for a clock that is moved by hand)."""
    first = select(reminders.c.look_at).where(reminders.c.wanted, reminders.c.look_at.is_not(None))
    return connection.execute(first.order_by(reminders.c.look_at).limit(1)).scalar()


def next_push(
    connection: Connection, service: Service, known: Known, now: datetime
) -> datetime | None:
    """`now` if they may be reminded now, else when to look again; None: not before they learn
    again."""
    if not known.consented or known.opted_out_at is not None or _given_up(connection, known.id):
        return None
    held, asked = recall.of(connection, known.id), _askable(service, now)
    if mastery.next_due(held) is None:
        return None
    due = mastery.next_due({item: memory for item, memory in held.items() if item in asked})
    budget = mastery.next_push(_pushes(connection, known.id), now, service.settings.learning_pushes)
    if due is None or budget is None:
        return now + TOMORROW
    moment = waking(
        max(due, budget), zone_of(known.place_code) if known.place_code else _zone(service)
    )
    if moment > now:
        return moment
    return now if _can_be_reached(connection, service, known, now) else now + LATER


def waking(at: datetime, zone: str) -> datetime:
    """`at` itself between 08:00 and 19:00 in that zone, else the next 08:00."""
    local = at.astimezone(ZoneInfo(zone))
    if local.time() < FROM:
        return datetime.combine(local.date(), FROM, local.tzinfo)
    if local.time() >= TO:
        return datetime.combine(local.date() + timedelta(days=1), FROM, local.tzinfo)
    return at


def _askable(service: Service, now: datetime) -> set[recall.Item]:
    """What a review may ask: the villagers' items whose facts are inside their review date."""
    today = service.today(now)
    return {
        (lesson.id, item.id)
        for lesson in for_villagers(service.catalog.lessons)
        for item in lesson.quiz
        if today <= item.source.review_by
    }


def _can_be_reached(connection: Connection, service: Service, known: Known, now: datetime) -> bool:
    talking = known.last_inbound_at is not None and now - known.last_inbound_at < REST
    free = is_free(service.catalog, known.session) and not talking
    open_way = _window_open(known, now) or bool(_invitation(connection, service, now))
    return free and open_way and not known.unreachable


def _invitation(connection: Connection, service: Service, now: datetime) -> str:
    """The Content SID of the template that invites outside the window; "" where there is none, or
    WhatsApp's limit of people a day is met."""
    found = templates.for_use(connection, REVIEW)
    most = service.settings.whatsapp_people_a_day
    return found.sid if found and templates.room(connection, most, now)[0] else ""


def _window_open(known: Known, now: datetime) -> bool:
    return known.channel != "whatsapp" or not outbox.window_closed(known.last_inbound_at, now)


def _given_up(connection: Connection, contact_id: int) -> bool:
    mine = select(reminders.c.unanswered).where(reminders.c.contact_id == contact_id)
    return int(connection.execute(mine).scalar() or 0) >= GIVEN_UP


def _pushes(connection: Connection, contact_id: int) -> list[datetime]:
    rows = connection.execute(select(pushes.c.at).where(pushes.c.contact_id == contact_id))
    return [row.at for row in rows]


def _pushed(connection: Connection, contact_id: int, now: datetime) -> None:
    connection.execute(pushes.insert().values(contact_id=contact_id, at=now))
    mine = update(reminders).where(reminders.c.contact_id == contact_id)
    connection.execute(
        mine.values(look_at=now + mastery.BETWEEN_PUSHES, unanswered=reminders.c.unanswered + 1)
    )


def _look(connection: Connection, contact_id: int, at: datetime | None) -> None:
    mine = reminders.c.contact_id == contact_id
    connection.execute(update(reminders).where(mine).values(look_at=at))


def _zone(service: Service) -> str:
    """Of somebody without a village: their office's."""
    return str(service.office().calendar.tz)
