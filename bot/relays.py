"""Admins of real WhatsApp groups, who forward by hand: the kit, the reminders, the report.

No bot can sit in an ordinary WhatsApp group (channels.md 1.12). So its admin gets each broadcast
ready to pass on, says with one tap that it was done, and is reminded until then, by day only.
"""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    delete,
    func,
    insert,
    literal,
    select,
    true,
    update,
)

from bot import audit
from bot.audience import lies_in
from bot.campaign_rows import (
    ARRIVED,
    DECLINED,
    EXPIRED,
    FORWARDED,
    OPEN_TASKS,
    WAITING,
    campaigns,
    counts,
    relays,
    tasks,
)
from bot.contacts import contacts, withdraw_consent
from bot.database import Moment
from bot.sealing import KeyRing, canonical_code
from flows.broadcast_plan import Plan

CODE_LASTS = timedelta(days=7)
PURPOSE = "relay"
"""Of the consent (`bot/contacts.py`)."""


# ---- who forwards


def invite(
    connection: Connection,
    ring: KeyRing,
    code: str,
    *,
    office_code: str,
    place_code: str,
    label: str,
    officer_id: int | None,
    now: datetime,
) -> int:
    """A place for one admin, kept by a code that works once."""
    number = int(
        connection.execute(
            relays.insert()
            .values(office_code=office_code, place_code=place_code, label=label,
                    officer_id=officer_id, made_at=now, code_index=code_index(ring, code),
                    code_until=now + CODE_LASTS, active=False)
            .returning(relays.c.id)
        ).scalar_one()
    )  # fmt: skip
    actor = f"officer:{officer_id}" if officer_id else "operator"
    audit.record(connection, now, actor=actor, action="relay_invited", subject=f"relay:{number}")
    return number


def invited(connection: Connection, ring: KeyRing, code: str, now: datetime) -> Any | None:
    """The row that a code stands for, while it is good."""
    return connection.execute(
        select(relays).where(
            relays.c.code_index == code_index(ring, code), relays.c.code_until > now
        )
    ).first()


def agree(connection: Connection, ring: KeyRing, code: str, contact_id: int, now: datetime) -> bool:
    """The code is used up; False when it was before."""
    used = connection.execute(
        update(relays)
        .where(relays.c.code_index == code_index(ring, code), relays.c.code_until > now)
        .values(contact_id=contact_id, code_index=None, code_until=None, active=True, agreed_at=now)
        .returning(relays.c.id)
    ).scalar()
    if used is None:
        return False
    audit.record(connection, now, actor="relay", action="relay_agreed", subject=f"relay:{used}")
    return True


def leave(connection: Connection, contact_id: int, now: datetime) -> None:
    """STOP or erasure: they are asked for nothing any more, and what waited is not waited for. Their
    group's name, in which theirs may stand, goes too."""
    withdraw_consent(connection, contact_id, now, purpose=PURPOSE)
    mine = select(relays.c.id).where(relays.c.contact_id == contact_id)
    _expire(connection, tasks.c.relay_id.in_(mine))
    connection.execute(
        update(relays)
        .where(relays.c.contact_id == contact_id)
        .values(active=False, contact_id=None, label="")
    )


def end(
    connection: Connection, number: int, office_code: str, officer_id: int | None, now: datetime
) -> bool:
    """The office takes one off its list; False where it has none of that number."""
    mine = relays.c.id == number, relays.c.office_code == office_code
    row = connection.execute(select(relays).where(*mine)).first()
    if row is None:
        return False
    if row.contact_id is not None:
        withdraw_consent(connection, row.contact_id, now, purpose=PURPOSE)
    _expire(connection, tasks.c.relay_id == number)
    connection.execute(
        update(relays)
        .where(*mine)
        .values(active=False, contact_id=None, code_index=None, code_until=None)
    )
    actor = f"officer:{officer_id}" if officer_id else "operator"
    audit.record(connection, now, actor=actor, action="relay_ended", subject=f"relay:{number}")
    return True


def state_of(row: Any) -> str:
    return "forwards" if row.active else "waits" if row.code_until else "ended"


def of_office(connection: Connection, office_code: str) -> list[Any]:
    query = select(relays).where(relays.c.office_code == office_code).order_by(relays.c.id)
    return list(connection.execute(query).all())


def purge(connection: Connection, now: datetime) -> None:
    """Codes that nobody used in time."""
    connection.execute(
        delete(relays).where(relays.c.code_until < now, relays.c.agreed_at.is_(None))
    )


# ---- what they are asked to forward


def count_for(connection: Connection, plan: Plan) -> int:
    """How many admins a broadcast would ask."""
    query = select(func.count()).select_from(
        relays.join(contacts, contacts.c.id == relays.c.contact_id)
    )
    return int(connection.execute(query.where(*_asked(plan))).scalar_one())


def give_out(connection: Connection, number: int, plan: Plan, now: datetime) -> None:
    """The broadcast begins: one task for each admin, to be handed over by `bot/relay_kits.py`."""
    who: Any = select(
        literal(number), relays.c.id, literal(WAITING), literal(0), literal(now, Moment())
    ).select_from(relays.join(contacts, contacts.c.id == relays.c.contact_id))
    names = ["broadcast_id", "relay_id", "state", "reminded", "next_at"]
    connection.execute(insert(tasks).from_select(names, who.where(*_asked(plan))))


def take_back(connection: Connection, number: int) -> None:
    """The broadcast was cancelled or withdrawn: nobody is reminded of it."""
    _expire(connection, tasks.c.broadcast_id == number)


def answer(
    connection: Connection, key: str, contact_id: int, *, forwarded: bool, now: datetime
) -> bool:
    """What the admin says of a task of their own that still waits; False for any other."""
    broadcast_id, _, relay_id = key.partition("-")
    if not (broadcast_id.isdecimal() and relay_id.isdecimal()):
        return False
    mine = select(relays.c.id).where(relays.c.contact_id == contact_id)
    changed = connection.execute(
        update(tasks)
        .where(
            tasks.c.broadcast_id == int(broadcast_id),
            tasks.c.relay_id == int(relay_id),
            tasks.c.relay_id.in_(mine),
            tasks.c.state.in_(OPEN_TASKS),
        )
        .values(state=FORWARDED if forwarded else DECLINED, next_at=None, answered_at=now)
    )
    return changed.rowcount == 1


def report(connection: Connection, number: int) -> tuple[int, int, int]:
    """Of a broadcast: (admins who forwarded it, admins who were asked, people who came by it)."""
    rows = connection.execute(
        select(tasks.c.state, func.count())
        .where(tasks.c.broadcast_id == number)
        .group_by(tasks.c.state)
    )
    states = {state: int(asked) for state, asked in rows}
    came = (
        select(func.coalesce(func.sum(counts.c.count), 0))
        .select_from(counts.join(campaigns, campaigns.c.id == counts.c.campaign_id))
        .where(campaigns.c.broadcast_id == number, counts.c.what == ARRIVED)
    )
    arrived = int(connection.execute(came).scalar_one())
    return states.get(FORWARDED, 0), sum(states.values()), arrived


def code_index(ring: KeyRing, code: str) -> bytes:
    return ring.index("relay-invitation", canonical_code(code))


def _asked(plan: Plan) -> list[ColumnElement[bool]]:
    """Admins of groups of those villages; of a correction, whoever got the first kit. As with
    groups, what singles people out asks nobody to tell everybody."""
    singles = plan.languages or plan.ways or plan.lesson or plan.to != "residents"
    if singles or not (plan.places or plan.corrects):
        return [~true()]
    there: list[ColumnElement[bool]] = [
        relays.c.active, contacts.c.opted_out_at.is_(None), contacts.c.unreachable_at.is_(None),
    ]  # fmt: skip
    if plan.corrects:
        had = select(tasks.c.relay_id).where(
            tasks.c.broadcast_id == plan.corrects, tasks.c.sent_at.is_not(None)
        )
        return [*there, relays.c.id.in_(had)]
    return [*there, lies_in(relays.c.place_code, plan.places)]


def _expire(connection: Connection, which: ColumnElement[bool]) -> None:
    connection.execute(
        update(tasks)
        .where(which, tasks.c.state.in_(OPEN_TASKS))
        .values(state=EXPIRED, next_at=None)
    )
