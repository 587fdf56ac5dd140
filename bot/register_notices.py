"""The notice to everybody who watches a company whose status an import or a date has changed."""

import logging
from datetime import datetime

from sqlalchemy import Connection

from bot import outbox, watches
from bot.recruiters import Register
from bot.sealing import SealBroken
from bot.service import NoOffice, Service
from flows.times import say_date

log = logging.getLogger(__name__)

_STANDINGS = {
    "listed": "register_watch.listed",
    "warned": "register_watch.warned",
    "suspended": "register_watch.suspended",
    "revoked": "register_watch.revoked",
    "sip2mi_revoked": "register_watch.sip2mi_revoked",
    "lifted_watch": "register_watch.lifted_watch",
    "expired": "register_watch.expired",
    "conflict": "register_watch.conflict",
    "not_found": "register_watch.not_found",
}


def tell_watchers(
    connection: Connection,
    service: Service,
    register: Register,
    now: datetime,
    *,
    before: Register | None = None,
) -> int:
    """Queue a notice for each wish whose company stands otherwise than its watcher knows; how many.

    The wish is marked in the same transaction, so that a killed import has told nobody and a
    repeated one, or the daily look, tells nobody twice. Who can't be written to now waits.
    """
    watches.settle(connection, now)
    today, not_before = service.today(now), _morning(service, now)
    told = 0
    for one in watches.waiting(connection, service.ring):
        key = _name_now(register, before, one.key)
        becomes = register.standing(key, today)
        was = one.standing or (before.standing(one.key, today) if before else becomes)
        if was == becomes:
            if (one.standing, one.key) != (was, key):
                watches.remember(connection, service.ring, one, was, key)
        elif _can_be_told(one, not_before):
            number = _queue(connection, service, register, one, (was, becomes), now, not_before)
            watches.told_by(connection, one.watch_id, number)
            told += 1
        elif one.standing != was:
            watches.remember(connection, service.ring, one, was, one.key)
    return told


def look_daily(connection: Connection, service: Service, now: datetime) -> None:
    """What a date has changed: a listing expired, a suspension's term is over (`schedule.py`)."""
    try:
        tell_watchers(connection, service, service.register_now(connection), now)
    except SealBroken:
        log.error("watches can't be opened: is KENTONGAN_KEYRING_PATH the right key ring?")


def _name_now(register: Register, before: Register | None, key: str) -> str:
    """Who keeps the number is the same company under a new name."""
    company = before.index.by_fold.get(key) if before else None
    if company is None or key in register.index.by_fold:
        return key
    successor = register.by_numbers({seen.digits for seen in company.observations} - {""})
    return successor.fold if successor else key


def _can_be_told(one: watches.Waiting, at: datetime) -> bool:
    """On WhatsApp only within a day of the watcher's last words; the daily look finds that day."""
    closed = one.channel == "whatsapp" and outbox.window_closed(one.last_inbound_at, at)
    return one.can_be_told and not closed


def _queue(
    connection: Connection,
    service: Service,
    register: Register,
    one: watches.Waiting,
    change: tuple[str, str],
    now: datetime,
    not_before: datetime,
) -> int:
    was, becomes = (service.message(_STANDINGS[standing]).text for standing in change)
    slots = {"name": one.name, "before": was, "now": becomes} | _copy(service, register)
    row = outbox.row_for(
        service.ring,
        service.message("register_watch.changed", slots),
        now,
        channel=one.channel,
        contact_id=one.contact_id,
        priority=outbox.NEWS,
        not_before=not_before,
    )
    table = outbox.outbox
    return int(connection.execute(table.insert().values(row).returning(table.c.id)).scalar_one())


def _morning(service: Service, now: datetime) -> datetime:
    """Nobody is woken by a list."""
    try:
        return service.office().calendar.quiet_until(now)
    except NoOffice:
        return now


def _copy(service: Service, register: Register) -> dict[str, str]:
    """Whose copy of the list it is, and of which day."""
    if register.date is None:
        return {"copy": service.message("register_watch.no_copy").text, "day": "?"}
    key = "register_watch.third_party" if register.third_party else "register_watch.official"
    return {"copy": service.message(key).text, "day": say_date(register.date)}
