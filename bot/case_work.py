"""What officers do to a case beside talking to its reporter: hand it on, share it, merge it, note.

Keys: whoever is to read next needs the tip's key sealed to their own. Those of the chain have had
it from the start; for others the browser of the officer who acts makes the wrap, which is checked
here to be for exactly that key, and kept. What is inside only that officer's browser can prove.
"""

import re
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING

from sqlalchemy import Connection, delete, func, select

from bot import audit, conflicts, keys, officers, partner_requests, tip_seal, tips
from bot.case_rights import Access, is_shared, may_read
from bot.case_rows import forms, merges, seen, shares
from bot.database import Database
from bot.keys import Recipient, officer_keys
from bot.officers import ROLE_ORDER, Step
from bot.tip_rows import parts, wraps

if TYPE_CHECKING:
    from bot.telling import Telling
    from bot.tip_moves import TipMoves

_UID = re.compile(r"[0-9a-f]{24}", re.ASCII)
_SEALED_LEAST = 32 + 16 + tip_seal.PADDING
"""Bytes of a sealed part without words: HPKE's key and tag, and the filling."""
FRESH_KINDS = ("report", "from_reporter", "from_partner", "attachment")
"""Parts that come from outside, and are new to an officer until seen."""


class NotPossible(Exception):
    """The act can't be done to this case any more, or never could; nothing was done."""


class WrapNeeded(Exception):
    """Nothing was done: the acting officer's browser must first seal the tip's key to `key`."""

    def __init__(self, key: Recipient, tip_number: int) -> None:
        super().__init__(key.id)
        self.key = key
        self.tip_number = tip_number


@dataclass(frozen=True, slots=True)
class Wrap:
    """A tip's key as a browser has sealed it to another officer's key."""

    key_id: str
    sealed: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class Colleague:
    """An officer of the office who could read the case."""

    id: int
    name: str
    role: str
    key: Recipient = field(repr=False)


# ---- forms that come twice


def first_time(
    connection: Connection, database: Database, officer_id: int, nonce: str, now: datetime
) -> bool:
    """False when this officer's form was carried out before."""
    insert = database.insert(forms).values(officer_id=officer_id, nonce=nonce, at=now)
    once = insert.on_conflict_do_nothing().returning(forms.c.nonce)
    return connection.execute(once).first() is not None


def purge_forms(connection: Connection, before: datetime) -> None:
    connection.execute(forms.delete().where(forms.c.at < before))


# ---- who else


def colleagues(effects: "Telling", access: Access, *, but: int = 0) -> list[Colleague]:
    """Officers of the tip's office who can read, but for those whom the tip names and leaders
    whose new key nobody has vouched for."""
    connection = effects.connection
    today, ring = effects.service.today(effects.now), effects.service.ring
    out = conflicts.passed_over(connection, ring, access.tip.number)
    out |= keys.unconfirmed(connection, today)
    table, duty = officers.officers.c, officers.duties.c
    rows = connection.execute(
        select(table.id, table.name, duty.role, table.key_id, officer_keys.c.public)
        .join(officer_keys, officer_keys.c.id == table.key_id)
        .join(officers.duties, duty.officer_id == table.id)
        .where(
            may_read(access.tip.office_code),
            duty.role.in_(ROLE_ORDER),
            duty.valid_from <= today,
            duty.valid_to.is_(None) | (duty.valid_to >= today),
        )
    ).all()
    found: dict[int, Colleague] = {}
    for row in sorted(rows, key=lambda row: (-ROLE_ORDER.index(row.role), row.name, row.id)):
        if row.id not in out and row.id != but:
            key = Recipient(row.key_id, row.public)
            found.setdefault(row.id, Colleague(row.id, row.name, row.role, key))
    return list(found.values())


def heirs(effects: "Telling", access: Access, officer_id: int) -> list[Colleague]:
    """To whom this officer may hand the tip: a leader to anybody, themselves too; its owner to
    those who answer for the place with them."""
    everybody = colleagues(effects, access, but=access.tip.officer_id or 0)
    if access.leads:
        return everybody
    named = conflicts.passed_over(effects.connection, effects.service.ring, access.tip.number)
    route = effects.world.route(access.tip.place_code, topic=access.tip.topic, skip=named)
    chain = {step.officer_id for step in route.chain}
    return [one for one in everybody if one.id in chain and one.id != officer_id]


# ---- the acts


def reassign(
    effects: "TipMoves", access: Access, by: int, to: int, wrap: Wrap | None = None
) -> None:
    """Another officer owns it from now on and has to take it. Raises NotPossible or WrapNeeded."""
    tip = access.tip
    target = _one_of(heirs(effects, access, by), to)
    if not access.directs:
        raise NotPossible("neither the owner nor a leader")
    _let_read(effects.connection, tip, target.key, wrap)
    step = Step(target.id, None, target.name, target.role, f"handed over by officer {by}")
    due = effects.office_of(tip).due(effects.now, tip.urgency)
    handed = tips.escalate(
        effects.connection, tip.number, step, due, effects.now, seen=tip, why="handed_over",
        actor=f"officer:{by}",
    )  # fmt: skip
    if not handed:
        raise NotPossible("it has ended or moved meanwhile")
    effects.take_back(tip.number, [], all_others=True)
    if tip.officer_id != by:
        effects.tell_officer(tip.officer_id, "notice.handed_away", number=tip.number)
    if target.id != by:
        effects.tell_officer(target.id, "notice.handed_on", number=tip.number)
    effects.tell_reporter(tip)


def share(effects: "TipMoves", access: Access, by: int, to: int, wrap: Wrap | None = None) -> None:
    """A colleague may read and note, not answer. Raises NotPossible or WrapNeeded."""
    connection, tip = effects.connection, access.tip
    target = _one_of(colleagues(effects, access, but=tip.officer_id or 0), to)
    if not access.directs or target.id == by:
        raise NotPossible("neither the owner nor a leader")
    if is_shared(connection, tip.number, target.id):
        return
    made = _let_read(connection, tip, target.key, wrap)
    connection.execute(
        shares.insert().values(
            tip_number=tip.number, officer_id=target.id, shared_by=by, shared_at=effects.now,
            key_id=target.key.id if made else "",
        )
    )  # fmt: skip
    _record(effects, by, f"shared:{target.id}", tip.number)
    effects.tell_officer(target.id, "notice.shared", number=tip.number)


def unshare(effects: "TipMoves", access: Access, by: int, officer_id: int) -> None:
    """The colleague can't open it any more; a wrap made for them alone goes too."""
    connection, tip = effects.connection, access.tip
    if not (access.directs or by == officer_id):
        raise NotPossible("neither the owner nor a leader")
    gone = connection.execute(
        delete(shares)
        .where(shares.c.tip_number == tip.number, shares.c.officer_id == officer_id)
        .returning(shares.c.key_id)
    ).scalar()
    if gone is None:
        return
    if gone and tip.officer_id != officer_id:
        connection.execute(
            delete(wraps).where(wraps.c.tip_number == tip.number, wraps.c.recipient == gone)
        )
    _record(effects, by, f"unshared:{officer_id}", tip.number)


def merge(
    effects: "TipMoves", access: Access, into: Access, by: int, wrap: Wrap | None = None
) -> None:
    """Close a tip that says the same as `into`; who has that one may read it too, and whom the one
    names has neither.

    Raises NotPossible unless `by` leads both offices, WrapNeeded when the other's owner could not
    open it.
    """
    tip, other = access.tip, into.tip
    both = access.leads and into.leads and access.is_open and into.is_open
    if not both or tip.number == other.number:
        raise NotPossible("only a leader, and only two open tips")
    other = _with_the_named(effects, tip, other)
    owner = [one for one in colleagues(effects, into) if one.id == other.officer_id]
    for colleague in owner:
        _let_read(effects.connection, tip, colleague.key, wrap)
    if not tips.end(effects.connection, tip.number, "merged", effects.now, actor=f"officer:{by}"):
        raise NotPossible("it has ended meanwhile")
    partner_requests.end_of_tip(effects.connection, tip.number, effects.now)
    effects.take_back(tip.number, [], all_others=True)
    effects.connection.execute(
        merges.insert().values(
            tip_number=tip.number, into_number=other.number, merged_at=effects.now
        )
    )
    _record(effects, by, f"merged_into:{other.number}", tip.number)
    words = effects.service.message("notice.merged_words").text
    ring = effects.service.ring
    tips.add_message(effects.connection, ring, tip, "to_reporter", words, effects.now)
    effects.tell_reporter(tip)
    if tip.officer_id != by:
        effects.tell_officer(tip.officer_id, "notice.merged", number=tip.number)
    if other.officer_id != by:
        effects.tell_officer(other.officer_id, "notice.merged_into", number=other.number)


def _with_the_named(effects: "TipMoves", tip: tips.TipRow, into: tips.TipRow) -> tips.TipRow:
    """`into` passes over whom `tip` names, too, and leaves an owner who is one of them."""
    connection, ring = effects.connection, effects.service.ring
    tips.hold(connection, into.number)
    named = conflicts.passed_over(connection, ring, tip.number)
    conflicts.remember(connection, effects.service.database, ring, into.number, named)
    if into.officer_id in named:
        effects.give_to_next(into, "conflict")
    return tips.by_number(connection, into.number) or into


def note(effects: "TipMoves", tip: tips.TipRow, by: int, uid: str, sealed: bytes) -> None:
    """Words among officers, sealed by the browser that wrote them: the server never reads them."""
    if not _UID.fullmatch(uid) or not is_sealed_part(sealed):
        raise NotPossible("not a sealed part")
    effects.connection.execute(
        parts.insert().values(
            tip_number=tip.number, uid=uid, kind="note", sealed=sealed, at=effects.now
        )
    )
    _record(effects, by, "noted", tip.number)


def is_sealed_part(sealed: bytes) -> bool:
    """It has the length of one: only browsers with the case open could tell more."""
    return len(sealed) >= _SEALED_LEAST and (len(sealed) - 32 - 16) % tip_seal.PADDING == 0


def mark_seen(connection: Connection, database: Database, number: int, officer_id: int) -> None:
    newest = select(func.max(parts.c.id)).where(parts.c.tip_number == number)
    part_id = connection.execute(newest).scalar() or 0
    insert = database.insert(seen).values(tip_number=number, officer_id=officer_id, part_id=part_id)
    connection.execute(
        insert.on_conflict_do_update(
            index_elements=["tip_number", "officer_id"], set_={"part_id": part_id}
        )
    )


# ---- inside


def _let_read(connection: Connection, tip: tips.TipRow, key: Recipient, wrap: Wrap | None) -> bool:
    """Keep the wrap for `key`; False when there is one already, or the key ring still opens it."""
    if tip_seal.wrap_for(connection, tip.number, [key.id, tip_seal.SERVER]):
        return False
    if wrap is None or wrap.key_id != key.id or len(wrap.sealed) != tip_seal.WRAP_BYTES:
        raise WrapNeeded(key, tip.number)
    connection.execute(
        wraps.insert().values(tip_number=tip.number, recipient=key.id, wrap=wrap.sealed)
    )
    return True


def _one_of(found: list[Colleague], officer_id: int) -> Colleague:
    for colleague in found:
        if colleague.id == officer_id:
            return colleague
    raise NotPossible("not a colleague who may have it")


def _record(effects: "TipMoves", by: int, action: str, number: int) -> None:
    audit.record(effects.connection, effects.now, actor=f"officer:{by}", action=action,
                 subject=f"tip:{number}")  # fmt: skip
