"""Who must not handle a tip because the tip speaks of them (territory.md A3, rule 9)."""

from datetime import date

from sqlalchemy import Connection, select
from sqlmodel import Field, SQLModel

from bot import officers
from bot.database import Database
from bot.sealing import KeyRing
from flows.safety import names_an_official
from flows.triggers import fold

_TITLES = frozenset(["pak", "bu", "ibu", "bapak", "mas", "mbak", "sdr", "h", "hj", "dr", "ir"])


class TipConflict(SQLModel, table=True):
    """Officers whom a tip names; sealed, since that alone is an accusation."""

    __tablename__ = "tip_conflict"

    tip_number: int = Field(primary_key=True, foreign_key="tip.number")
    sealed: bytes


conflicts = TipConflict.__table__  # type: ignore[attr-defined]


def named_in(
    connection: Connection,
    office_code: str,
    place_code: str,
    told: str,
    on: date,
    *,
    officials: bool = True,
) -> frozenset[int]:
    """Officers whom the words name, and, when they speak of an official of the village, all who
    serve that village in whatever other role.

    Without `officials` only names count: a partner speaks of officials as colleagues."""
    words = set(fold(told, limit=20_000).split())
    table = officers.officers
    rows = connection.execute(
        select(table.c.id, table.c.name).where(table.c.office_code == office_code, table.c.active)
    ).all()
    named = {row.id for row in rows if _is_named(row.name, words)}
    if officials and names_an_official(told):
        named |= officers.of_village(connection, office_code, place_code, on)
    return frozenset(named)


def remember(
    connection: Connection, database: Database, ring: KeyRing, number: int, who: frozenset[int]
) -> None:
    """Add officers to those whom the tip passes over."""
    known = who | passed_over(connection, ring, number)
    if not known:
        return
    sealed = ring.seal("tip-conflict", str(number), " ".join(map(str, sorted(known))).encode())
    insert = database.insert(conflicts).values(tip_number=number, sealed=sealed)
    connection.execute(
        insert.on_conflict_do_update(index_elements=["tip_number"], set_={"sealed": sealed})
    )


def passed_over(connection: Connection, ring: KeyRing, number: int) -> frozenset[int]:
    """Officers who must not get this tip, now or by escalation."""
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


def _is_named(name: str, words: set[str]) -> bool:
    """Two words of a name (or its only one) stand in the text; one common name proves nothing."""
    parts = [part for part in fold(name.partition("(")[0]).split() if part not in _TITLES]
    found = sum(len(part) > 2 and part in words for part in parts)
    return found >= min(2, len(parts)) and found > 0
