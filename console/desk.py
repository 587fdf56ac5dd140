"""What the officer's pages read and change: PINs, one tip for its owner, a question, an end.

Everything here blocks and runs in a thread. Rights are asked inside the transaction that uses
them, since a tip may go to another officer between two clicks.
"""

import re
import secrets
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from sqlalchemy import ColumnElement, Connection, select, update
from sqlalchemy.exc import NoResultFound

from bot import audit, links, outbox, tips
from bot.effects import Effects
from bot.officers import officers
from bot.pins import hash_pin, pin_fits
from bot.roster import hand_over_orphans
from bot.sealing import SealBroken, token_hash
from bot.service import Service
from bot.world import World
from flows.catalog import HotlineEntry

MOST_PIN_FAILURES = 10
"""Wrong PINs in a row before the PIN is void and the office has to invite the officer anew."""

_TOKEN = re.compile(r"[A-Za-z0-9_-]{16,64}", re.ASCII)


class NotYoursError(Exception):
    """The tip can't be opened with this cookie: expired, moved on, closed, or never theirs."""


class CannotAskError(Exception):
    """The reporter does not want questions, or the tip was not acknowledged."""


class UnreadableError(Exception):
    """The report does not open: altered, or the wrong key ring."""


@dataclass(frozen=True, slots=True)
class Attempt:
    """What became of a PIN: `open` carries the new reading token; `spent` = wrong once too often
    for this link, `void` = for this officer."""

    outcome: Literal["open", "wrong", "spent", "void", "gone"]
    reading: str = ""
    number: int = 0


@dataclass(frozen=True, slots=True)
class _Holder:
    id: int
    pin_hash: str | None


@dataclass(frozen=True, slots=True)
class Case:
    """A tip as its owner reads it. Nobody's address is in it."""

    tip: tips.TipRow
    report: dict[str, str]
    place: str
    messages: tuple[tuple[str, datetime, str], ...]
    owners: tuple[tuple[datetime, str, str], ...]
    hotlines: tuple[HotlineEntry, ...]
    now: datetime
    seconds_left: int

    @property
    def may_ask(self) -> bool:
        return self.tip.may_ask and self.tip.status == "acknowledged"

    @property
    def may_close(self) -> bool:
        return self.tip.status == "acknowledged"


def is_token(text: str) -> bool:
    """It has the form of a token of ours: nothing else is ever looked up."""
    return _TOKEN.fullmatch(text) is not None


def is_good(service: Service, token: str, kind: links.Kind) -> bool:
    """Whether a link still opens something. Looking does not use it up."""
    if not is_token(token):
        return False
    with service.database.read() as connection:
        opened = links.find(connection, token, kind, service.clock.now())
        return opened is not None and _holder(connection, opened.officer_id) is not None


# ---- the PIN


def try_pin(service: Service, token: str, pin: str) -> Attempt:
    """Count the attempt, check the PIN with no lock held, then open the reading or say why not.

    Counted first and taken back when right, so that guesses in parallel can't outrun the count.
    """
    now = service.clock.now()
    if not is_token(token):
        return Attempt("gone")
    with service.database.write() as connection:
        _one_at_a_time(connection, links.links.c.hash, token_hash(token))
        opened = links.find(connection, token, "tip", now)
        holder = _holder(connection, opened.officer_id) if opened else None
        if opened is None or holder is None:
            return Attempt("gone")
        links.failed(connection, token)
        failures = _count_failure(connection, holder.id)
    fits = pin_fits(holder.pin_hash, pin)
    with service.database.write() as connection:
        if not fits or _holder(connection, holder.id) != holder:
            spent = opened.failures + 1 >= links.MAX_FAILURES
            return _refuse(connection, holder, failures, now, spent=spent)
        return _admit(connection, holder.id, token, opened.tip_number, now)


def _admit(
    connection: Connection, officer_id: int, token: str, number: int, now: datetime
) -> Attempt:
    connection.execute(update(officers).where(officers.c.id == officer_id).values(pin_failures=0))
    tip = tips.by_number(connection, number)
    if not links.use(connection, token, now) or tip is None or not _owns(tip, officer_id):
        return Attempt("gone")
    reading = secrets.token_urlsafe(24)
    links.issue(connection, reading, "reading", officer_id, now, tip=number)
    audit.record(connection, now, actor=f"officer:{officer_id}", action="read",
                 subject=f"tip:{number}")  # fmt: skip
    return Attempt("open", reading, number)


def _refuse(
    connection: Connection, holder: _Holder, failures: int, now: datetime, *, spent: bool
) -> Attempt:
    if failures < MOST_PIN_FAILURES:
        return Attempt("spent" if spent else "wrong")
    if holder.pin_hash is not None:
        # Somebody else may hold the phone: the PIN and every open door of this officer end.
        voided = connection.execute(
            update(officers)
            .where(officers.c.id == holder.id, officers.c.pin_hash == holder.pin_hash)
            .values(pin_hash=None)
        )
        if voided.rowcount:
            connection.execute(links.links.delete().where(links.links.c.officer_id == holder.id))
            audit.record(connection, now, actor="system", action="pin_void",
                         subject=f"officer:{holder.id}")  # fmt: skip
    return Attempt("void")


def _count_failure(connection: Connection, officer_id: int) -> int:
    counted = connection.execute(
        update(officers)
        .where(officers.c.id == officer_id)
        .values(pin_failures=officers.c.pin_failures + 1)
        .returning(officers.c.pin_failures)
    )
    return int(counted.scalar_one())


def set_pin(service: Service, token: str, pin: str) -> bool:
    """Keep the officer's PIN and use the link up; False when the link is no longer good."""
    if not is_good(service, token, "pin"):
        return False
    hashed = hash_pin(pin)
    now = service.clock.now()
    with service.database.write() as connection:
        opened = links.find(connection, token, "pin", now)
        if opened is None or _holder(connection, opened.officer_id) is None:
            return False
        if not links.use(connection, token, now):
            return False
        connection.execute(
            update(officers)
            .where(officers.c.id == opened.officer_id)
            .values(pin_hash=hashed, pin_failures=0)
        )
        hand_over_orphans(connection, now)  # what nobody could read is due at once
        audit.record(connection, now, actor=f"officer:{opened.officer_id}", action="pin_set",
                     subject=f"officer:{opened.officer_id}")  # fmt: skip
    return True


# ---- one tip


def read_case(service: Service, reading: str, number: int) -> Case:
    """Raises NotYoursError, or UnreadableError when the seal is broken."""
    now = service.clock.now()
    with service.database.read() as connection:
        tip, _, until = _own_tip(connection, reading, number, now)
        try:
            kinds = ("report", "from_reporter", "to_reporter", "to_partner", "from_partner")
            parts = tips.read_parts(connection, service.ring, tip, kinds)
        except NoResultFound:  # withdrawn in this very moment: its key is gone
            raise NotYoursError from None
        except SealBroken:
            raise UnreadableError from None
        owners = tips.history(connection, number)
    report: dict[str, str] = {}
    for kind, _, content in parts:
        report |= content if kind == "report" else {}
    place = service.gazetteer.place(tip.place_code) if tip.place_code else None
    return Case(
        tip=tip,
        report=report,
        place=place.name if place else "",
        messages=tuple((kind, at, said.get("text", "")) for kind, at, said in parts
                       if kind != "report"),
        owners=tuple(owners),
        hotlines=_fresh_hotlines(service, now),
        now=now,
        seconds_left=max(1, int((until - now).total_seconds())),
    )  # fmt: skip


def ask(service: Service, reading: str, number: int, words: str) -> None:
    """Seal the question, tell the reporter. Raises NotYoursError or CannotAskError.

    The same words again, with nothing said in between, are a second tap on the same button.
    """
    now = service.clock.now()
    with service.database.write() as connection:
        tips.hold(connection, number)
        tip, officer_id, _ = _own_tip(connection, reading, number, now)
        if not tip.may_ask or tip.status != "acknowledged":
            raise CannotAskError
        said = tips.read_parts(connection, service.ring, tip, ("from_reporter", "to_reporter"))
        if said and said[-1][0] == "to_reporter" and said[-1][2].get("text") == words:
            return
        effects = _effects(connection, service, now)
        effects.ask_reporter(tip, officer_id, words)
        outbox.queue(connection, effects.rows)


def close(service: Service, reading: str, number: int, outcome: str) -> None:
    """End the tip with an outcome; every door to it shuts. Raises NotYoursError."""
    now = service.clock.now()
    with service.database.write() as connection:
        tips.hold(connection, number)
        tip, officer_id, _ = _own_tip(connection, reading, number, now)
        if tip.status != "acknowledged":
            raise NotYoursError
        effects = _effects(connection, service, now)
        effects.close(tip, officer_id, outcome)
        outbox.queue(connection, effects.rows)


# ---- who may


def _one_at_a_time(connection: Connection, key: ColumnElement[Any], value: object) -> None:
    """Hold a row on PostgreSQL until the commit; SQLite has one writer anyway."""
    connection.execute(select(key).where(key == value).with_for_update())


def _own_tip(
    connection: Connection, reading: str, number: int, now: datetime
) -> tuple[tips.TipRow, int, datetime]:
    """(tip, officer, when the reading ends) for a cookie that is good for exactly this tip."""
    opened = links.find(connection, reading, "reading", now) if is_token(reading) else None
    if opened is None or opened.tip_number != number:
        raise NotYoursError
    tip = tips.by_number(connection, number)
    if tip is None or not _owns(tip, opened.officer_id):
        raise NotYoursError
    if _holder(connection, opened.officer_id) is None:
        raise NotYoursError
    until = connection.execute(
        select(links.links.c.expires_at).where(links.links.c.hash == token_hash(reading))
    ).scalar_one()
    return tip, opened.officer_id, until


def _owns(tip: tips.TipRow, officer_id: int) -> bool:
    return tip.status in tips.OPEN_STATUSES and tip.officer_id == officer_id


def _holder(connection: Connection, officer_id: int) -> _Holder | None:
    """An officer who is active and still enrolled in a chat; nobody else has any door."""
    row = connection.execute(
        select(officers.c.id, officers.c.pin_hash).where(
            officers.c.id == officer_id, officers.c.active, officers.c.contact_id.is_not(None)
        )
    ).first()
    return _Holder(row.id, row.pin_hash) if row else None


def _effects(connection: Connection, service: Service, now: datetime) -> Effects:
    return Effects(connection, service, World(connection, service, None, now), now)


def _fresh_hotlines(service: Service, now: datetime) -> tuple[HotlineEntry, ...]:
    today = service.office().calendar.local(now).date()
    return tuple(entry for entry in service.catalog.hotlines if today <= entry.review_by)
