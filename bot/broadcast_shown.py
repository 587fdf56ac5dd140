"""A broadcast and its preview as the console and the command line show them. Counts and words
only: nobody's address is anywhere in here."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from bot import audience, broadcast_report, broadcasts, officers
from bot.broadcast_preview import look
from bot.broadcast_rows import (
    OPEN,
    PAUSED,
    PROPOSED,
    SCHEDULED,
    SENDING,
)
from bot.broadcast_words import kept_plan, message
from bot.service import OurOffice, Service
from flows.broadcast_plan import Plan, Preview
from flows.broadcast_said import CHANNELS, KINDS, STATES, STATUS, say_failure
from flows.languages import NAMES
from flows.times import say_time


@dataclass(frozen=True, slots=True)
class Count:
    """How many of something, with its name for people."""

    key: str
    words: str
    number: int


@dataclass(frozen=True, slots=True)
class Shown:
    """One broadcast. Times are on the office's clock."""

    number: int
    kind: str
    kind_words: str
    status: str
    status_words: str
    text: str
    message: str
    """As a person reads it."""
    author: str
    approved_by: str
    """The second person; "" where none was needed, or none has said yes."""
    places: tuple[str, ...]
    created_at: datetime
    starts_at: datetime | None
    ended_at: datetime | None
    expires_at: datetime | None
    done: int
    of: int
    counts: tuple[Count, ...]
    failures: tuple[Count, ...]
    replies: int
    stops: int
    corrects: int
    why: str
    is_open: bool
    acts: tuple[str, ...]
    """What the officer who asks may do with it now."""


@dataclass(frozen=True, slots=True)
class Seen:
    """A plan before anything leaves, in words."""

    text: str
    """As a person reads it."""
    places: tuple[str, ...]
    groups: int
    people: tuple[Count, ...]
    languages: tuple[Count, ...]
    total: int
    outside_window: int
    template: str
    knock: bool
    """As in `Preview`: what those outside get."""
    over_tier: int
    opted_out: int
    admins: int
    usd: str
    unpriced: tuple[str, ...]
    price_is_old: bool
    starts_at: datetime | None
    ends_at: datetime | None
    starts: str
    ends: str
    needs_second: bool
    problems: tuple[str, ...]


def shown(
    connection: Connection, service: Service, row: Any, officer_id: int | None, now: datetime
) -> Shown:
    """`officer_id`: who asks, for `acts`."""
    office, plan = service.office_of(row.office_code), kept_plan(row)
    local = office.calendar.local
    counted = broadcast_report.counts(connection, row.id)
    done, of = broadcast_report.progress(counted)
    named = officers.names(connection, [row.officer_id, row.approved_by])
    second = row.approved_by if row.approved_by != row.officer_id else None
    replies, stops = broadcast_report.answers(connection, row.id)
    failures = broadcast_report.failures(connection, row.id)
    return Shown(
        number=row.id,
        kind=row.kind,
        kind_words=KINDS[row.kind].capitalize(),
        status=row.status,
        status_words=STATUS.get(row.status, row.status),
        text=row.text,
        message=message(service, office, plan, row.id, group=False).text,
        author=named.get(row.officer_id, ""),
        approved_by=named.get(second, ""),
        places=_names(service, row.place_codes.split()),
        created_at=local(row.created_at),
        starts_at=local(row.starts_at) if row.starts_at else None,
        ended_at=local(row.ended_at) if row.ended_at else None,
        expires_at=local(row.expires_at) if row.expires_at else None,
        done=done,
        of=of,
        counts=tuple(
            Count(state, words, counted[state])
            for state, words in STATES.items()
            if counted.get(state)
        ),
        failures=tuple(
            Count(code, say_failure(code), number) for code, number in sorted(failures.items())
        ),
        replies=replies,
        stops=stops,
        corrects=row.corrects or 0,
        why=_say_why(service, row.stopped_why),
        is_open=row.status in OPEN,
        acts=_acts(connection, service, row, officer_id, now) if officer_id else (),
    )


def listed(
    connection: Connection, service: Service, office_code: str, now: datetime
) -> list[Shown]:
    """The open ones first, then the last that ended; without what may be done with each."""
    rows = broadcasts.listed(connection, office_code)
    found = (shown(connection, service, row, None, now) for row in rows)
    return sorted(found, key=lambda one: (not one.is_open, -one.number))


def shown_by_number(
    connection: Connection, service: Service, office_code: str, number: int, now: datetime
) -> Shown | None:
    """One of that office's, for somebody who only looks."""
    row = broadcasts.get(connection, number, office_code)
    return shown(connection, service, row, None, now) if row else None


def _say_why(service: Service, why: str) -> str:
    """An officer's own words, or the text behind a key."""
    wording = service.catalog.wording
    short = f"broadcasts.why_{why.rpartition('.')[2]}"
    if why.startswith("broadcasts."):
        return wording.say(short if short in wording else "broadcasts.why_trouble").strip()
    return why


_ALWAYS: dict[str, tuple[str, ...]] = {
    SCHEDULED: ("pause", "cancel"),
    SENDING: ("pause", "cancel"),
    PAUSED: ("resume", "cancel"),
}


def _acts(
    connection: Connection, service: Service, row: Any, officer_id: int, now: datetime
) -> tuple[str, ...]:
    if row.status == PROPOSED:
        if broadcasts.may_approve(connection, service, row, officer_id, now):
            return ("approve", "reject")
        return ("cancel",) if row.officer_id == officer_id else ()
    acts = list(_ALWAYS.get(row.status, ()))
    if row.kind != "withdrawal" and audience.has_heirs(connection, row.id):
        acts.append("correct")
        if not broadcasts.withdrawn_by(connection, row.id):
            acts.append("withdraw")
    return tuple(acts)


def seen(
    connection: Connection, service: Service, officer_id: int, plan: Plan, now: datetime
) -> Seen:
    office = service.office_of(officers.office_of(connection, officer_id))
    preview = look(connection, service, officer_id, plan, now)
    return Seen(
        text=message(service, office, plan, 0, group=False).text,
        places=() if plan.corrects else _names(service, plan.places),
        groups=preview.groups,
        people=tuple(Count(key, CHANNELS.get(key, key), n) for key, n in preview.people),
        languages=tuple(Count(key, NAMES.get(key, key), n) for key, n in preview.languages),
        total=preview.total,
        outside_window=preview.outside_window,
        template=preview.template,
        knock=preview.knock,
        over_tier=preview.over_tier,
        opted_out=preview.opted_out,
        admins=preview.admins,
        usd=preview.cost.usd,
        unpriced=preview.cost.unpriced,
        price_is_old=preview.cost.past_review,
        starts_at=preview.starts_at,
        ends_at=preview.ends_at,
        starts=_say_start(preview, now),
        ends=_say_end(office, preview),
        needs_second=preview.needs_second,
        problems=problems(service, preview),
    )


def problems(service: Service, preview: Preview) -> tuple[str, ...]:
    say = service.catalog.wording.say
    return tuple(say(key, dict(slots)).strip() for key, slots in preview.problems)


def _say_start(preview: Preview, now: datetime) -> str:
    at = preview.starts_at
    return say_time(at) if at and at > now else "sekarang"


def _say_end(office: OurOffice, preview: Preview) -> str:
    return say_time(office.calendar.local(preview.ends_at)) if preview.ends_at else ""


def _names(service: Service, codes: Any) -> tuple[str, ...]:
    return tuple(place.name if (place := service.gazetteer.place(code)) else code for code in codes)
