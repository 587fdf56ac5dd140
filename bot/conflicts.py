"""Who must not handle a tip because the tip speaks of them (territory.md A3, rule 9)."""

import logging
from collections.abc import Iterable
from datetime import date

from sqlalchemy import Connection, delete, select, union_all
from sqlmodel import Field, SQLModel

from bot import officers
from bot.case_rows import shares
from bot.database import Database
from bot.keys import Recipient, office_key_wraps, officer_keys
from bot.sealing import KeyRing, SealBroken
from bot.tip_rows import tips, wraps
from flows.safety import MOST_WORDS, leaders_meant, names_an_official, speaks_of_immigration
from flows.triggers import fold

log = logging.getLogger(__name__)

_TITLES = frozenset([
    "pak", "bu", "ibu", "bapak", "mas", "mbak", "sdr", "h", "hj", "dr", "ir", "drs", "dra",
    "amd", "spd", "sos", "kom", "haji",
])  # fmt: skip


class TipConflict(SQLModel, table=True):
    """Officers whom a tip names; sealed, since that alone is an accusation."""

    __tablename__ = "tip_conflict"

    tip_number: int = Field(primary_key=True, foreign_key="tip.number")
    sealed: bytes


conflicts = TipConflict.__table__  # type: ignore[attr-defined]


def named_in(
    connection: Connection,
    office_codes: Iterable[str],
    place_code: str,
    told: str,
    on: date,
    *,
    officials: bool = True,
) -> frozenset[int]:
    """Officers of any office whom the words name. When they speak of officials also all who serve
    that village, and the leaders of these offices of whom they tell the role.

    Without `officials` only whole names count: a partner speaks of officials as colleagues."""
    words = set(fold(told, limit=MOST_WORDS).split())
    enough = 1 if officials and speaks_of_immigration(told) else 2
    table = officers.officers
    rows = connection.execute(select(table.c.id, table.c.name).where(table.c.active)).all()
    named = {row.id for row in rows if _is_named(row.name, words, enough)}
    if officials and names_an_official(told):
        named |= officers.of_village(connection, place_code, on)
        named |= officers.in_roles(connection, office_codes, leaders_meant(told), on)
    return frozenset(named)


def remember(
    connection: Connection, database: Database, ring: KeyRing, number: int, who: frozenset[int]
) -> None:
    """Add officers to those whom the tip passes over; their own ways into it end. The caller holds
    the tip."""
    try:
        known = who | _read(connection, ring, number)
    except SealBroken:
        return  # it is everybody already, and stays so
    if not known:
        return
    _shut_out(connection, number, known)
    sealed = ring.seal("tip-conflict", str(number), " ".join(map(str, sorted(known))).encode())
    insert = database.insert(conflicts).values(tip_number=number, sealed=sealed)
    connection.execute(
        insert.on_conflict_do_update(index_elements=["tip_number"], set_={"sealed": sealed})
    )


def passed_over(connection: Connection, ring: KeyRing, number: int) -> frozenset[int]:
    """Officers who must not get this tip, now or by escalation; everybody, when that can't be read."""
    try:
        return _read(connection, ring, number)
    except SealBroken:
        log.error("whom tip %d names can't be read: nobody gets it", number)
        return frozenset(connection.execute(select(officers.officers.c.id)).scalars())


def _read(connection: Connection, ring: KeyRing, number: int) -> frozenset[int]:
    """Raises SealBroken."""
    sealed = connection.execute(
        select(conflicts.c.sealed).where(conflicts.c.tip_number == number)
    ).scalar()
    if sealed is None:
        return frozenset()
    return frozenset(map(int, ring.open("tip-conflict", str(number), sealed).split()))


def forget(connection: Connection, number: int) -> None:
    connection.execute(conflicts.delete().where(conflicts.c.tip_number == number))


def passing_over(connection: Connection, ring: KeyRing, officer_id: int) -> list[int]:
    """Numbers of all tips that must not get to this officer."""
    rows = connection.execute(select(conflicts.c.tip_number)).scalars().all()
    return [number for number in rows if officer_id in passed_over(connection, ring, number)]


def opened_by_others(
    connection: Connection, recipients: Iterable[str], named: frozenset[int]
) -> set[str]:
    """Which of these keys, officers' own or offices', somebody opens whom the tip doesn't name."""
    wanted = list(recipients)
    own = select(officer_keys.c.id, officer_keys.c.id.label("by")).where(
        officer_keys.c.id.in_(wanted)
    )
    held = select(office_key_wraps.c.office_key_id, office_key_wraps.c.officer_key_id).where(
        office_key_wraps.c.office_key_id.in_(wanted)
    )
    found = union_all(own, held).subquery()
    table = officers.officers.c
    rows = connection.execute(
        select(found.c.id)
        .join(officers.officers, table.key_id == found.c.by)
        .where(table.active, table.id.not_in(named))
    )
    return set(rows.scalars())


def usable(
    connection: Connection, found: list[Recipient], named: frozenset[int]
) -> list[Recipient]:
    """Without keys that only officers whom a tip names could use: better none, and the ring waits."""
    if not named:
        return found
    use = opened_by_others(connection, [one.id for one in found], named)
    return [one for one in found if one.id in use]


def nobody_else(connection: Connection, ring: KeyRing) -> list[int]:
    """Numbers of open tips that only officers whom they name have a key to."""
    rows = connection.execute(
        select(conflicts.c.tip_number, wraps.c.recipient)
        .join(tips, tips.c.number == conflicts.c.tip_number)
        .outerjoin(wraps, wraps.c.tip_number == conflicts.c.tip_number)
        .where(tips.c.closed_at.is_(None))
    )
    recipients: dict[int, list[str]] = {}
    for row in rows:
        recipients.setdefault(row.tip_number, []).append(row.recipient or "")
    return [
        number
        for number, given in sorted(recipients.items())
        if not opened_by_others(connection, given, passed_over(connection, ring, number))
    ]


def _shut_out(connection: Connection, number: int, who: frozenset[int]) -> None:
    """Drop their own keys' wraps and what was shared with them.

    A wrap that is the last one stays: without it nobody could ever read the report again."""
    theirs = select(officer_keys.c.id).where(officer_keys.c.officer_id.in_(who))
    mine = wraps.c.tip_number == number
    if connection.execute(
        select(wraps.c.recipient).where(mine, wraps.c.recipient.not_in(theirs))
    ).first():
        connection.execute(delete(wraps).where(mine, wraps.c.recipient.in_(theirs)))
    connection.execute(
        delete(shares).where(shares.c.tip_number == number, shares.c.officer_id.in_(who))
    )


def _is_named(name: str, words: set[str], enough: int) -> bool:
    """Two words of a name (or its only one) stand in the text; one common name proves nothing,
    unless the text speaks of the people of an immigration office (`enough` is 1)."""
    parts = [part for part in fold(name.partition("(")[0]).split() if part not in _TITLES]
    found = sum(len(part) > 2 and part in words for part in parts)
    return found >= min(enough, len(parts)) and found > 0
