"""The notice to everybody who watches a company whose status an import has changed."""

from collections.abc import Iterator
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection

from bot import outbox, watches
from bot.recruiters import Register
from bot.service import NoOffice, Service
from flows.times import say_date

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


def for_watchers(
    connection: Connection, service: Service, before: Register, after: Register, now: datetime
) -> list[dict[str, Any]]:
    """One row for the outbox for each wish that came true; the wish goes in the same transaction,
    so that a killed import has told nobody and a repeated one tells nobody twice."""
    changed = dict(_changed(before, after, service.today(now)))
    waiting = watches.waiting(connection, service.ring, list(changed))
    not_before = _morning(service, now)
    copy = _copy(service, after)
    rows = []
    for one in waiting:
        was, becomes = changed[one.key]
        slots = (
            {"name": one.name}
            | copy
            | {
                "before": service.message(_STANDINGS[was]).text,
                "now": service.message(_STANDINGS[becomes]).text,
            }
        )
        message = service.message("register_watch.changed", slots)
        rows.append(
            outbox.row_for(
                service.ring,
                message,
                now,
                channel=one.channel,
                contact_id=one.contact_id,
                priority=outbox.NEWS,
                not_before=not_before,
            )
        )
    watches.told(connection, [one.watch_id for one in waiting])
    return rows


def _changed(
    before: Register, after: Register, today: date
) -> Iterator[tuple[str, tuple[str, str]]]:
    """(folded name, (standing before, standing now)); who keeps the number keeps the standing."""
    for key in before.index.by_fold.keys() | after.index.by_fold.keys():
        was, company = before.standing(key, today), before.index.by_fold.get(key)
        becomes = after.standing(key, today)
        if company and key not in after.index.by_fold:
            numbers = {seen.digits for seen in company.observations} - {""}
            if successor := after.by_numbers(numbers):
                becomes = after.standing(successor.fold, today)
        if was != becomes:
            yield key, (was, becomes)


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
