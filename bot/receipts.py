"""Looking a tip up by its code: five wrong tries a person and hour, ten thousand in all.

A code has 60 bits, 1.2e18 of them. Ten thousand wrong ones an hour are 8.8e7 a year; where a
thousand codes open something, a year of that finds one of them with a chance of 8.8e7 * 1000 /
1.2e18, one in thirteen million. A lower bound would guard nothing more, and a few accounts could
shut the code for everybody; long before it somebody is told (`ALARM`).

After that a code that is known gets the same answer as one that is not, at the same work, so that
guessing teaches nothing. Counts are exact for one person (the turn holds the contact's row);
over all, turns that run at the same moment may count a few too few.
"""

from datetime import datetime, timedelta

from prometheus_client import Counter
from sqlalchemy import Connection, case, func, select
from sqlmodel import Field, SQLModel

from bot import tips
from bot.database import Moment
from bot.sealing import KeyRing

OF_ONE, OF_ALL, WINDOW = 5, 10_000, timedelta(hours=1)
ALARM = 100
"""Wrong tries of an hour from which `doctor` and the metric's alarm (docs/operations.md) speak."""

TRIES = Counter("kentongan_receipt_tries", "Receipt codes that were typed.", ["outcome"])


class ReceiptTry(SQLModel, table=True):
    """A code that opened nothing. Kept for an hour, and never the code itself."""

    __tablename__ = "receipt_try"

    id: int | None = Field(default=None, primary_key=True)
    sender: bytes
    """Keyed fingerprint of the contact."""
    at: datetime = Field(sa_type=Moment, index=True)
    counts: bool
    """False of a try that was refused: one person can't use up everybody's tries."""


tries = ReceiptTry.__table__  # type: ignore[attr-defined]


def look_up(
    connection: Connection, ring: KeyRing, contact_id: int, receipt: str, now: datetime
) -> tips.TipRow | None:
    """The tip of a code, while this contact may try. Always the same statements in one order."""
    allowed = may_try(connection, ring, contact_id, now)
    found = tips.by_receipt(connection, ring, receipt)
    return found if allowed else None


def may_try(connection: Connection, ring: KeyRing, contact_id: int, now: datetime) -> bool:
    mine = case((tries.c.sender == _sender(ring, contact_id), 1), else_=0)
    of_one, of_all = connection.execute(
        select(func.coalesce(func.sum(mine), 0), func.count()).where(
            tries.c.at > now - WINDOW, tries.c.counts
        )
    ).one()
    return bool(of_one < OF_ONE and of_all < OF_ALL)


def missed(connection: Connection, ring: KeyRing, contact_id: int, now: datetime) -> None:
    """Note a try that opened nothing, whatever the reason."""
    counts = may_try(connection, ring, contact_id, now)
    purge(connection, now)
    sender = _sender(ring, contact_id)
    connection.execute(tries.insert().values(sender=sender, at=now, counts=counts))
    TRIES.labels("unknown" if counts else "refused").inc()


def purge(connection: Connection, now: datetime) -> None:
    connection.execute(tries.delete().where(tries.c.at <= now - WINDOW))


def lately(connection: Connection, now: datetime) -> tuple[int, int]:
    """(wrong tries, refused tries) of the last hour."""
    counted = func.coalesce(func.sum(case((tries.c.counts, 1), else_=0)), 0)
    wrong, every = connection.execute(
        select(counted, func.count()).where(tries.c.at > now - WINDOW)
    ).one()
    return int(wrong), int(every - wrong)


def _sender(ring: KeyRing, contact_id: int) -> bytes:
    return ring.index("receipt-try", str(contact_id))
