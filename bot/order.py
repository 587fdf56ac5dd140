"""Which report is read first when somebody floods the line. Order only: nothing is ever dropped.

Counts are kept under keyed fingerprints of the day, so that they lead neither to a chat nor to a
report; what a report keeps is one small number.
"""

from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Connection, delete, select
from sqlmodel import Field, SQLModel

from bot.database import Database, Moment
from bot.sealing import KeyRing

SENDER_A_DAY = 3
"""Reports of one sender on one day that are read like anybody's (security.md 2, row 8)."""
VILLAGE_AN_HOUR = 20
OFFICE_AN_HOUR = 60
FALSE_REPORTS = 2
"""Closed as false on purpose by an officer, from which a sender's reports are read after others'."""
ALARM_JOINS = timedelta(minutes=10)
ALARM_LASTS = timedelta(hours=12)
"""How long the people who were alarmed hear that its sender withdrew."""
COUNTS_STAY = timedelta(days=2)
FLAGS_STAY = timedelta(days=365)


class SenderCount(SQLModel, table=True):
    """How often something happened in a slot of time, or how many reports were flagged."""

    __tablename__ = "sender_count"

    fingerprint: bytes = Field(primary_key=True)
    count: int
    until: datetime = Field(index=True, sa_type=Moment)


counts = SenderCount.__table__  # type: ignore[attr-defined]


def rank(
    connection: Connection,
    database: Database,
    ring: KeyRing,
    *,
    contact_id: int,
    place_code: str,
    office_code: str,
    now: datetime,
) -> int:
    """Counts this report and says how far it steps back among those as urgent: 0 not at all."""
    day, hour = f"{now:%Y-%m-%d}", f"{now:%Y-%m-%dT%H}"
    slots = (
        (f"sender|{day}|{contact_id}", SENDER_A_DAY),
        (f"village|{hour}|{place_code}", VILLAGE_AN_HOUR),
        (f"office|{hour}|{office_code}", OFFICE_AN_HOUR),
    )
    until = now + COUNTS_STAY
    over = [_add(connection, database, ring, slot, until) > most for slot, most in slots]
    return sum(over) + (flags(connection, ring, contact_id) >= FALSE_REPORTS)


def is_new_alarm(
    connection: Connection, database: Database, ring: KeyRing, contact_id: int, now: datetime
) -> bool:
    """False when the same phone raised one a moment ago: the same people know it already."""
    slot = _alarm_slot(contact_id, now)
    return _add(connection, database, ring, slot, now + COUNTS_STAY) == 1


def forget_alarm(connection: Connection, ring: KeyRing, contact_id: int, now: datetime) -> None:
    """It was taken back: the people who were told believe that it is over."""
    connection.execute(delete(counts).where(_alarms(ring, contact_id, now)))


def alarmed_lately(connection: Connection, ring: KeyRing, contact_id: int, now: datetime) -> bool:
    """Somebody was alarmed by this phone within `ALARM_LASTS` and not told that it is over."""
    found = select(counts.c.count).where(_alarms(ring, contact_id, now)).limit(1)
    return connection.execute(found).first() is not None


def _alarms(ring: KeyRing, contact_id: int, now: datetime) -> ColumnElement[bool]:
    slots = (
        _alarm_slot(contact_id, now - ago * ALARM_JOINS)
        for ago in range(ALARM_LASTS // ALARM_JOINS)
    )
    raised: ColumnElement[bool] = counts.c.fingerprint.in_(
        [ring.index("sender-count", slot) for slot in slots]
    )
    return raised


def _alarm_slot(contact_id: int, now: datetime) -> str:
    return f"alarm|{int(now.timestamp() // ALARM_JOINS.total_seconds())}|{contact_id}"


def flag(
    connection: Connection, database: Database, ring: KeyRing, contact_id: int, now: datetime
) -> None:
    """An officer closed a report of this sender as false on purpose."""
    _add(connection, database, ring, f"flag|{contact_id}", now + FLAGS_STAY)


def flags(connection: Connection, ring: KeyRing, contact_id: int) -> int:
    fingerprint = ring.index("sender-count", f"flag|{contact_id}")
    found = select(counts.c.count).where(counts.c.fingerprint == fingerprint)
    return int(connection.execute(found).scalar() or 0)


def purge(connection: Connection, now: datetime) -> None:
    connection.execute(delete(counts).where(counts.c.until < now))


def _add(
    connection: Connection, database: Database, ring: KeyRing, slot: str, until: datetime
) -> int:
    insert = database.insert(counts).values(
        fingerprint=ring.index("sender-count", slot), count=1, until=until
    )
    added = insert.on_conflict_do_update(
        index_elements=["fingerprint"], set_={"count": counts.c.count + 1, "until": until}
    )
    return int(connection.execute(added.returning(counts.c.count)).scalar_one())
