"""The kit that an admin gets to forward, and the reminders until it was.

Pushed as a question, so that a tap answers it; then the ready text alone, with a join link of its
own, and the same as a picture. Never at night, never into the middle of a talk.
"""

import logging
from datetime import datetime, timedelta
from functools import lru_cache
from io import BytesIO
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from PIL import Image
from sqlalchemy import Connection, select, update

from bot import campaigns, contacts, outbox, picture_cards
from bot.broadcast_rows import CANCELLED, PAUSED, REJECTED, STOPPED, broadcasts
from bot.broadcast_words import message, unpacked
from bot.campaign_rows import EXPIRED, OPEN_TASKS, SENT, WAITING, relays, tasks
from bot.campaign_rows import campaigns as made
from bot.feeding import PARKED_STAYS
from bot.picture_cards import CannotDraw, Drawn
from bot.reminders import waking
from bot.service import Service
from bot.shelf import CannotMake
from bot.territory import zone_of
from flows.broadcast_plan import Plan
from flows.campaign_plan import RelayTaskView
from flows.events import MessageCreated
from flows.session import Input
from flows.times import say_date
from flows.waits import is_free

if TYPE_CHECKING:
    from bot.turns import Turns

log = logging.getLogger(__name__)

REMINDERS = 4
FIRST_REMINDER = timedelta(hours=4)
SOON = timedelta(minutes=15)
"""When to look again at somebody who is in the middle of a talk, or whose window is shut."""
REST = timedelta(minutes=5)
LINK_STAYS = timedelta(days=30)
AT_A_TIME = 50
LONGEST_SHARE = 1500
"""Characters of a share link that is still sent; WhatsApp takes 1600 in one message."""
BEGINS = 40


# ---- what waits


_MINE = (
    select(tasks, relays.c.label, relays.c.place_code, relays.c.contact_id, relays.c.active,
           broadcasts.c.text, broadcasts.c.plan, broadcasts.c.office_code, broadcasts.c.status,
           broadcasts.c.expires_at, broadcasts.c.starts_at)
    .select_from(
        tasks.join(relays, relays.c.id == tasks.c.relay_id)
        .join(broadcasts, broadcasts.c.id == tasks.c.broadcast_id)
    )
    .where(tasks.c.state.in_(OPEN_TASKS))
    .order_by(tasks.c.next_at, tasks.c.broadcast_id, tasks.c.relay_id)
)  # fmt: skip


def waiting_for(connection: Connection, contact_id: int) -> tuple[RelayTaskView, ...]:
    """The open tasks of one admin, the one to be handed over next first."""
    rows = connection.execute(_MINE.where(relays.c.contact_id == contact_id))
    return tuple(
        RelayTaskView(f"{row.broadcast_id}-{row.relay_id}", row.label,
                      " ".join(row.text.split())[:BEGINS], row.state == SENT)
        for row in rows
    )  # fmt: skip


def next_moment(connection: Connection) -> datetime | None:
    """When the next kit or reminder is due (for a clock that is moved by hand)."""
    first = select(tasks.c.next_at).where(tasks.c.state.in_(OPEN_TASKS))
    return connection.execute(first.order_by(tasks.c.next_at).limit(1)).scalar()


# ---- handing over


def draw_due(service: Service, now: datetime) -> dict[int, str]:
    """The pictures of kits that are due, kept on the shelf; by broadcast. Drawn before the
    transaction that hands them over, which holds everybody's writing up."""
    with service.database.read() as connection:
        due = connection.execute(
            _MINE.where(tasks.c.state == WAITING, tasks.c.next_at <= now).limit(AT_A_TIME)
        ).all()
    return {
        row.broadcast_id: card(service, unpacked(row.plan), row.office_code, now)
        for row in {row.broadcast_id: row for row in due}.values()
    }


def card(service: Service, plan: Plan, office_code: str, now: datetime) -> str:
    """The broadcast as a picture, by its name on the shelf; its own photo if it has one. "" where
    none can be drawn here."""
    if plan.photo:
        return plan.photo
    office = service.office_of(office_code)
    title = service.catalog.wording.say(f"relays.card_{plan.kind}" if plan.kind in _OWN_TITLE
                                        else "relays.card_news")  # fmt: skip
    told = plan.source or office.name
    day = say_date(office.calendar.local(now).date())
    drawn = Drawn(title.strip(), "", plan.text, f"{told}, {day}", ())
    try:
        return service.shelf.keep_photo(jpeg(drawn))
    except (CannotDraw, CannotMake) as error:
        log.error("no picture for a broadcast: %s", error)
        return ""


_OWN_TITLE = frozenset({"warning", "correction", "withdrawal", "lesson", "hours", "invitation"})


@lru_cache(maxsize=16)
def jpeg(drawn: Drawn) -> bytes:
    """Public words only, so they may stay in memory."""
    file = BytesIO()
    with Image.open(BytesIO(picture_cards.draw(drawn))) as picture:
        picture.convert("RGB").save(file, "JPEG", quality=85, optimize=True)
    return file.getvalue()


def send_due(
    connection: Connection,
    service: Service,
    turns: "Turns",
    cards: dict[int, str],
    now: datetime,
) -> int:
    """Hand over or remind whatever is due; how many. One thing at a time for one person."""
    rows = connection.execute(_MINE.where(tasks.c.next_at <= now).limit(AT_A_TIME)).all()
    told: set[int] = set()
    for row in rows:
        if _is_over(row, now):
            _settle(connection, row, state=EXPIRED, next_at=None)
        elif row.status == PAUSED:
            _settle(connection, row, next_at=now + SOON)
        elif (moment := _when(connection, service, row, now, told)) > now:
            _settle(connection, row, next_at=moment)
        else:
            _hand(connection, service, turns, row, cards.get(row.broadcast_id, ""), now)
            told.add(row.contact_id)
    return len(told)


def _is_over(row: Any, now: datetime) -> bool:
    return (
        not row.active
        or row.status in (CANCELLED, REJECTED, STOPPED)
        or (row.expires_at is not None and row.expires_at <= now)
        or (row.state == WAITING and row.starts_at < now - PARKED_STAYS)
        or (row.state == SENT and row.reminded >= REMINDERS)
    )


def _when(
    connection: Connection, service: Service, row: Any, now: datetime, told: set[int]
) -> datetime:
    """`now` if this admin may be asked now, else when to look again."""
    morning = waking(now, zone_of(row.place_code))
    if morning > now:
        return morning
    (known,) = contacts.load_by_id(connection, service.database, service.ring, [row.contact_id])
    shut = known.channel == "whatsapp" and outbox.window_closed(known.last_inbound_at, now)
    talks = known.last_inbound_at is not None and now - known.last_inbound_at < REST
    free = is_free(service.catalog, known.session) and not talks
    return now if free and not shut and row.contact_id not in told else now + SOON


def _hand(
    connection: Connection, service: Service, turns: "Turns", row: Any, photo: str, now: datetime
) -> None:
    people = contacts.load_by_id(connection, service.database, service.ring, [row.contact_id])
    again = row.state == SENT
    turns.unasked(connection, people, Input("push", payload="relays:kit"), now)
    if not again:
        kit = _kit(connection, service, row, photo, now)
        outbox.queue(
            connection,
            [outbox.row_for(service.ring, one, now, channel=people[0].channel,
                            contact_id=row.contact_id, priority=outbox.NEWS) for one in kit],
        )  # fmt: skip
    following = now + FIRST_REMINDER if not again else _next_morning(row, now)
    _settle(connection, row, state=SENT, reminded=row.reminded + again, next_at=following,
            sent_at=row.sent_at or now)  # fmt: skip


def _next_morning(row: Any, now: datetime) -> datetime:
    return waking(now + timedelta(hours=14), zone_of(row.place_code))


def _kit(
    connection: Connection, service: Service, row: Any, photo: str, now: datetime
) -> list[MessageCreated]:
    """The share link, the text to be forwarded as it is, and the picture."""
    office, plan = service.office_of(row.office_code), unpacked(row.plan)
    code = _code(connection, row, now)
    join = {"link": campaigns.any_link(service, code), "code": code}
    wording = service.catalog.wording
    own = message(service, office, plan, row.broadcast_id, group=True).text
    text = f"{own}\n{wording.say('relays.join', join).strip()}"
    share = f"https://wa.me/?text={quote(text)}"
    kit = []
    if len(share) <= LONGEST_SHARE:
        kit.append(MessageCreated(wording.say("relays.share", {"link": share}), fixed=False))
    kit.append(MessageCreated(text, fixed=False))
    if photo:
        kit.append(MessageCreated(wording.say("relays.join", join), fixed=False,
                                  media=f"photo/{photo}"))  # fmt: skip
    return kit


def _code(connection: Connection, row: Any, now: datetime) -> str:
    """Of this broadcast in this village: the same for all its admins, so it tells of none."""
    query = select(made.c.code).where(
        made.c.broadcast_id == row.broadcast_id,
        made.c.place_code == row.place_code,
    )
    if code := connection.execute(query).scalar():
        return str(code)
    code = campaigns.new_code(connection)
    campaigns.make(connection, code=code, kind="forward", place_code=row.place_code,
                   title=f"Siaran {row.broadcast_id}", office_code=row.office_code,
                   officer_id=None, now=now, ends_on=(now + LINK_STAYS).date(),
                   broadcast_id=row.broadcast_id)  # fmt: skip
    return code


def _settle(connection: Connection, row: Any, **values: object) -> None:
    mine = tasks.c.broadcast_id == row.broadcast_id, tasks.c.relay_id == row.relay_id
    connection.execute(update(tasks).where(*mine).values(**values))
