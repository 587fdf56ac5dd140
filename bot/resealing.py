"""Everything that is sealed under the key ring, sealed anew under its present key.

In batches, each in a transaction of its own, so that it may run beside the service and be stopped
at any moment: a value is replaced only if it is still the one that was read.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Column, Connection, Select, and_, func, select, update

from bot import (
    accounts,
    conflicts,
    contacts,
    coordination,
    departures,
    draft_media,
    erasures,
    groups,
    meeting_questions,
    pictures,
    watches,
)
from bot.database import Database
from bot.meeting_rows import questions as asked
from bot.outbox_rows import outbox
from bot.partner_rows import requests
from bot.sealing import BEGINNING, KeyRing, SealBroken
from bot.tip_rows import relays, tips, wraps
from bot.tip_seal import SERVER

BATCH = 500


@dataclass(frozen=True, slots=True)
class Sealed:
    """A column of sealed values: for what, and bound to which row."""

    column: Column[Any]
    purpose: str
    bound: Callable[[Any], str]
    """What the value of this row is bound to; of a tip's row `tip_id` is there too."""

    @property
    def name(self) -> str:
        return f"{self.column.table.name}.{self.column.name}"


def _tip_id(row: Any) -> str:
    return str(row.tip_id)


SEALED = (
    Sealed(contacts.contacts.c.address, "contact", lambda row: row.address_index.hex()),
    Sealed(contacts.sessions.c.state, "session", lambda row: str(row.contact_id)),
    Sealed(accounts.accounts.c.totp, "totp", lambda row: str(row.officer_id)),
    Sealed(groups.groups.c.chat, "group", lambda row: row.chat_index.hex()),
    Sealed(outbox.c.body, "outbox", lambda row: row.lane),
    Sealed(coordination.members.c.sealed, coordination.PURPOSE, lambda row: row.person_index.hex()),
    Sealed(coordination.items.c.sealed, coordination.PURPOSE, coordination.bound_item),
    Sealed(pictures.jobs.c.sealed, "picture", lambda row: row.token),
    Sealed(draft_media.media.c.sealed, "draft-media", lambda row: row.token),
    Sealed(erasures.erasures.c.sealed, "erasure", lambda row: row.token),
    Sealed(watches.watched.c.name, "watch", watches.bound),
    Sealed(watches.watched.c.standing, "watch", watches.bound_standing),
    Sealed(departures.departures.c.plan, "departure", lambda row: departures.bound(row.contact_id)),
    Sealed(asked.c.text, "meeting", meeting_questions.bound),
    Sealed(asked.c.answer, "meeting", meeting_questions.bound_answer),
    Sealed(requests.c.sealed, "partner", lambda row: row.uuid),
    Sealed(conflicts.conflicts.c.sealed, "tip-conflict", lambda row: str(row.tip_number)),
    Sealed(tips.c.return_address, "tip-return", lambda row: row.id),
    Sealed(wraps.c.wrap, "tip", _tip_id),
    Sealed(relays.c.sealed, "tip-relay", _tip_id),
)


def under_old_keys(connection: Connection, ring: KeyRing) -> dict[str, int]:
    """How many values each column has that are under the ring's older keys."""
    counts = {}
    for sealed in SEALED:
        query = _old(sealed, ring).subquery()
        counts[sealed.name] = connection.execute(
            select(func.count()).select_from(query)
        ).scalar_one()
    return {name: count for name, count in counts.items() if count}


def reseal(database: Database, ring: KeyRing) -> Iterator[tuple[str, int]]:
    """One pass: (column, how many values) after each batch. What does not open stays as it is."""
    for sealed in SEALED:
        key = next(iter(sealed.column.table.primary_key))
        last: Any = None
        while True:
            with database.write() as connection:
                rows = connection.execute(_batch(sealed, ring, key, last)).all()
                done = sum(_anew(connection, ring, sealed, row) for row in rows)
            if not rows:
                break
            last = getattr(rows[-1], key.name)
            yield sealed.name, done


def _anew(connection: Connection, ring: KeyRing, sealed: Sealed, row: Any) -> int:
    value, bound = bytes(getattr(row, sealed.column.name)), sealed.bound(row)
    try:
        plain = ring.open(sealed.purpose, bound, value)
    except SealBroken:
        return 0
    table = sealed.column.table
    this = [column == getattr(row, column.name) for column in table.primary_key]
    changed = connection.execute(
        update(table)
        .where(and_(*this), sealed.column == value)
        .values({sealed.column.name: ring.seal(sealed.purpose, bound, plain)})
    )
    return changed.rowcount


def _batch(sealed: Sealed, ring: KeyRing, key: Column[Any], last: Any) -> Select[Any]:
    query = _old(sealed, ring).order_by(key).limit(BATCH)
    # Waiting for nobody, it is in nobody's way: what is held now comes with the next pass.
    query = query.with_for_update(skip_locked=True, of=sealed.column.table)
    return query if last is None else query.where(key > last)


def _old(sealed: Sealed, ring: KeyRing) -> Select[Any]:
    table = sealed.column.table
    query = select(table)
    if table in (wraps, relays):
        query = select(table, tips.c.id.label("tip_id")).join(
            tips, tips.c.number == table.c.tip_number
        )
    if table is wraps:  # the others are sealed to people
        query = query.where(wraps.c.recipient == SERVER)
    return query.where(func.substr(sealed.column, 1, BEGINNING).in_(ring.old_beginnings()))
