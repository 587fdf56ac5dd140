"""The reporter comes back, or must not be seen to: codes, silence, deletion, one's own contact."""

from collections import Counter
from datetime import datetime
from typing import TYPE_CHECKING

from sqlalchemy import Connection, delete, select, update

from bot import (
    audit,
    conflicts,
    contacts,
    coordination,
    departure_effects,
    draft_media,
    feeding,
    lessons,
    meetings,
    officers,
    outbox,
    partner_effects,
    partner_requests,
    pictures,
    recall,
    receipts,
    relays,
    reminders,
    tip_seal,
    tips,
    watches,
)
from bot.case_rows import seen as case_seen
from bot.case_rows import shares
from bot.contacts import Known
from bot.partner_rows import requests
from bot.sealing import KeyRing
from bot.tip_rows import copies
from flows.events import CaseNewsStopped, Hushed, ReceiptTried
from flows.partners import KINDS
from flows.ports import CaseChange

if TYPE_CHECKING:
    from bot.effects import Effects
    from bot.service import Service

_READERS = {
    "kanim": "petugas kantor imigrasi",
    "kanwil": "petugas Kanwil",
    "operator": "pengelola bot",
}
"""By the kind of an officer's office (`OurOffice.kind`), or of who else acted."""


def carry_out(
    effects: "Effects", known: Known, event: ReceiptTried | CaseNewsStopped | Hushed
) -> None:
    connection, ring, now = effects.connection, effects.service.ring, effects.now
    match event:
        case ReceiptTried(tip_id=""):
            receipts.missed(connection, ring, known.id, now)
        case ReceiptTried(tip_id=tip_id):
            receipts.TRIES.labels("opened").inc()
            _came_back(effects, known, tip_id)
        case CaseNewsStopped():
            _change(effects, known, quiet_before=now)
        case Hushed():
            _change(effects, known, quiet_before=now, code_before=now)
            outbox.cancel_waiting(connection, known.id)
            pictures.forget(connection, ring, known.id, now)


def _came_back(effects: "Effects", known: Known, tip_id: str) -> None:
    """The code of a case that is locked in this chat proves that the chat is still its reporter's."""
    if known.code_before is None:
        return
    own = tips.return_index(effects.service.ring, known.id)
    locked = select(tips.tips.c.id).where(
        tips.tips.c.id == tip_id,
        tips.tips.c.return_index == own,
        tips.tips.c.opened_at <= known.code_before,
    )
    if effects.connection.execute(locked).first():
        _change(effects, known, code_before=None)


def _change(effects: "Effects", known: Known, **values: datetime | None) -> None:
    contacts.change(effects.connection, known.id, **values)
    for name, value in values.items():
        setattr(known, name, value)


def seen(connection: Connection, tip: tips.TipRow, now: datetime) -> None:
    tips.hold(connection, tip.number)
    mine = tips.tips.c.number == tip.number
    connection.execute(update(tips.tips).where(mine).values(seen_at=tip.kept_time(now)))


def last_look(connection: Connection, tip: tips.TipRow) -> datetime:
    """When its reporter last opened the case; before that, when it began."""
    seen_at = select(tips.tips.c.seen_at).where(tips.tips.c.number == tip.number)
    return connection.execute(seen_at).scalar() or tip.opened_at


def since_last_look(connection: Connection, tip: tips.TipRow) -> tuple[CaseChange, ...]:
    """What became of the case since its reporter looked at it, for one whom no notice reached."""
    since = last_look(connection, tip)
    closed = select(tips.tips.c.closed_at).where(tips.tips.c.number == tip.number)
    closed_at = connection.execute(closed).scalar()
    table = tips.assignments
    owned = connection.execute(
        select(table.c.assigned_at, table.c.acknowledged_at)
        .where(table.c.tip_number == tip.number)
        .order_by(table.c.id)
    ).all()
    changes: list[CaseChange] = []
    if any(owner.assigned_at > since for owner in owned[1:]):
        changes.append("moved")
    if any(owner.acknowledged_at and owner.acknowledged_at > since for owner in owned):
        changes.append("taken")
    if tip.paused_until is not None and _paused_at(connection, tip.number) > since:
        changes.append("paused")
    if tip.status == "closed" and closed_at and closed_at > since:
        changes.append("closed")
    return tuple(changes)


def _paused_at(connection: Connection, number: int) -> datetime:
    """When the present pause began."""
    entry = audit.entries.c
    begun = select(entry.at).where(
        entry.subject == f"tip:{number}", entry.action.startswith("paused:")
    )
    at: datetime = connection.execute(begun.order_by(entry.id.desc()).limit(1)).scalar_one()
    return at


def new_messages(connection: Connection, ring: KeyRing, tip: tips.TipRow) -> tuple[str, ...]:
    """The officers' words since the last look; nothing once its content is gone."""
    if tip.status in tips.GONE:
        return ()
    since = last_look(connection, tip)
    return tuple(tip_seal.relayed(connection, ring, tip.number, tip.id, since))


def readers(connection: Connection, service: "Service", number: int) -> tuple[tuple[str, int], ...]:
    """(who, how often) has opened the report: of what kind of office, never which person."""
    told: Counter[str] = Counter()
    for actor, count in audit.times(connection, audit.READING, f"tip:{number}").items():
        kind, _, officer_id = actor.partition(":")
        office = officers.office_of(connection, int(officer_id)) if kind == "officer" else ""
        told[_READERS[service.office_of(office).kind if office else kind]] += count
    return tuple(told.items())


def handed_to(connection: Connection, number: int) -> tuple[str, ...]:
    """The kinds of partners to whom a letter about it left the office."""
    found = audit.begun_with(connection, "forwarded:", f"tip:{number}")
    return tuple(KINDS.get(kind, "instansi lain") for kind in found)


def withdraw(effects: "Effects", tip: tips.TipRow) -> bool:
    """Keys first, then all that they opened; what stays says that there was a case in a regency.

    False when it had been withdrawn already.
    """
    connection, at = effects.connection, tip.kept_time(effects.now)
    if not tips.withdraw(connection, tip.number, at):
        return False
    conflicts.forget(connection, tip.number)
    partner_requests.end_of_tip(connection, tip.number, at)
    forget_where_and_who(connection, tip.number)
    regency = ".".join(tip.place_code.split(".")[:2])
    connection.execute(
        update(tips.tips)
        .where(tips.tips.c.number == tip.number)
        .values(place_code=regency, may_ask=False)
    )
    effects.take_back(tip.number, [], all_others=True)
    effects.tell_officer(tip.officer_id, "notice.withdrawn", number=tip.number)
    return True


def forget_where_and_who(connection: Connection, number: int) -> None:
    """Whose area it was, whom it was shared with and which partner was asked tell the village."""
    for table in (shares, case_seen, copies):
        connection.execute(delete(table).where(table.c.tip_number == number))
    owners = tips.assignments
    connection.execute(
        update(owners).where(owners.c.tip_number == number).values(reason="", officer_id=None)
    )
    connection.execute(
        update(requests)
        .where(requests.c.tip_number == number)
        .values(partner_key="", partner_id=None, digest="", sent_by=None)
    )


def forget_me(effects: "Effects", known: Known) -> None:
    """All that is kept about a person goes; their reports stay with the officers, without the way
    back to this chat. Only by its code (or before, from this chat) can a report be deleted."""
    connection, ring, now = effects.connection, effects.service.ring, effects.now
    audit.wait_in_line(connection)  # before tips and their requests, as all who change one
    contacts.forget(connection, known.id, now)
    lessons.forget(connection, known.id)
    recall.forget(connection, known.id)
    reminders.forget(connection, known.id)
    watches.forget(connection, known.id)
    departure_effects.forget_person(connection, known.id)
    meetings.forget_person(connection, known.id)
    feeding.forget(connection, known.id)
    partner_effects.leave(connection, known.id, now)
    _leave_coordination(connection, ring, known)
    relays.leave(connection, known.id, now)
    outbox.cancel_unasked(connection, known.id)
    pictures.forget(connection, ring, known.id, now)
    draft_media.drop_draft(connection, ring, known.id, now)
    connection.execute(
        update(tips.tips)
        .where(tips.tips.c.return_index == tips.return_index(ring, known.id))
        .values(return_index=None, return_address=None, may_ask=False)
    )
    # No case is found by this chat now.
    _change(effects, known, code_before=None, quiet_before=None)
    known.place_code, known.consented, known.done_lessons = "", False, frozenset()
    known.language = "id"


def _leave_coordination(connection: Connection, ring: KeyRing, known: Known) -> None:
    """Of Telegram's people the id in a group is that of the private chat."""
    people = contacts.contacts
    row = connection.execute(
        select(people.c.address_index, people.c.address).where(people.c.id == known.id)
    ).one()
    person = contacts.address_of(ring, row.address_index, row.address)
    coordination.forget_person(connection, ring, known.channel, person)


def share_contact(effects: "Effects", tip: tips.TipRow) -> bool:
    """Once for a case; False when it was done before."""
    tips.hold(effects.connection, tip.number)
    subject = f"tip:{tip.number}"
    if audit.times(effects.connection, ["contact_shared"], subject):
        return False
    at = tip.kept_time(effects.now)
    audit.record(effects.connection, at, actor="reporter", action="contact_shared", subject=subject)
    return True
