"""What the events of a departure do, and what STOP and erasure end of it."""

from typing import TYPE_CHECKING

from sqlalchemy import Connection

from bot import departure_family, departure_notices, departures
from bot.contacts import Known
from bot.sealing import KeyRing
from flows.events import (
    DepartureEvent,
    DepartureForgotten,
    DepartureKept,
    FamilyAnswered,
    FamilyAsked,
    FamilyEnded,
    FamilyInvited,
)

if TYPE_CHECKING:
    from bot.effects import Effects


def carry_out(effects: "Effects", known: Known, event: DepartureEvent) -> bool:
    """False when it can't be done any more: a code used up, an answer nobody waits for."""
    connection, service, now = effects.connection, effects.service, effects.now
    match event:
        case DepartureKept(plan=plan):
            zone = departure_notices.calendar_of(service, known.place_code).tz
            departures.keep(connection, service.database, service.ring, known.id, plan, zone, now)
        case DepartureForgotten():
            departures.forget(connection, known.id)
            departure_family.end(connection, known.id)
        case FamilyInvited(code=code):
            departure_family.invite(connection, service.ring, known.id, code, now)
        case FamilyAsked(code=code):
            return _ask(effects, known, code)
        case FamilyAnswered(allowed=allowed):
            return _answer(effects, known, allowed=allowed)
        case FamilyEnded(mine=True):
            departure_family.end(connection, known.id)
        case FamilyEnded():
            departure_family.unfollow(connection, known.id)
    return True


def stop(connection: Connection, ring: KeyRing, contact_id: int) -> None:
    departures.silence(connection, ring, contact_id)


def forget_person(connection: Connection, contact_id: int) -> None:
    """The plan with its followers, and that this contact followed somebody."""
    departures.forget(connection, contact_id)
    departure_family.end(connection, contact_id)
    departure_family.unfollow(connection, contact_id)


def _ask(effects: "Effects", known: Known, code: str) -> bool:
    connection, service, now = effects.connection, effects.service, effects.now
    owner = departure_family.ask(connection, service.ring, code, known.id, now)
    if owner is None:
        return False
    effects.rows += departure_notices.ask_traveller(connection, service, owner, now)
    return True


def _answer(effects: "Effects", known: Known, *, allowed: bool) -> bool:
    """A no is not told: the relative sees that there is nothing to see."""
    connection, service, now = effects.connection, effects.service, effects.now
    relative = departure_family.answer(connection, known.id, now, allowed=allowed)
    if relative is None:
        return False
    if allowed:
        effects.rows += departure_notices.tell_relative(connection, service, relative, now)
    return True
