"""Who may open a tip in the console, and as what. Asked inside the transaction that uses it, since
a tip may go to somebody else between two clicks.

Present owner, leaders of its office, colleagues it is shared with; never whom the tip names. A
closed tip is its office's leaders' alone, a merged one also theirs who may open the other.
"""

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import ColumnElement, Connection, and_, select

from bot import conflicts, officers, tips
from bot.case_rows import merges, shares
from bot.service import Service
from bot.world import World


@dataclass(frozen=True, slots=True)
class Reader:
    """An officer who asks: signed in at the console, or from their chat (`reader_in_chat`)."""

    officer_id: int
    office_code: str
    leader: bool


@dataclass(frozen=True, slots=True)
class Access:
    """What an officer is to a tip."""

    tip: tips.TipRow
    outcome: str
    closed_at: datetime | None
    owns: bool
    """Present owner; or nobody owns it and this officer may take it."""
    leads: bool
    shared: bool
    merged_into: int | None

    @property
    def is_open(self) -> bool:
        return self.tip.status in tips.OPEN_STATUSES

    @property
    def taken(self) -> bool:
        """This officer has said "I have it"."""
        return self.owns and self.is_open and self.tip.status != "assigned"

    @property
    def directs(self) -> bool:
        """May say who else handles or reads it."""
        return self.is_open and (self.leads or (self.owns and self.tip.officer_id is not None))


def reader_in_chat(connection: Connection, officer_id: int, on: date) -> Reader:
    office = select(officers.officers.c.office_code).where(officers.officers.c.id == officer_id)
    return Reader(
        officer_id,
        connection.execute(office).scalar_one(),
        "leader" in officers.roles_of(connection, officer_id, on),
    )


def access_to(
    connection: Connection, service: Service, reader: Reader, number: int, now: datetime
) -> Access | None:
    """None for a tip that does not exist, whose content is gone, or that is none of this officer's."""
    found = _access_to(connection, service, reader, number, now)
    if found is None or found.tip.status in tips.GONE:
        return None
    if reader.officer_id in conflicts.passed_over(connection, service.ring, number):
        return None
    if found.leads or (found.is_open and (found.owns or found.shared)):
        return found
    if found.merged_into is not None and access_to(
        connection, service, reader, found.merged_into, now
    ):
        return found
    return None


def _access_to(
    connection: Connection, service: Service, reader: Reader, number: int, now: datetime
) -> Access | None:
    tip = tips.by_number(connection, number)
    if tip is None:
        return None
    row = connection.execute(
        select(tips.tips.c.outcome, tips.tips.c.closed_at, merges.c.into_number)
        .outerjoin(merges, merges.c.tip_number == tips.tips.c.number)
        .where(tips.tips.c.number == number)
    ).one()
    return Access(
        tip,
        row.outcome,
        row.closed_at,
        owns=World(connection, service, None, now).owns(tip, reader.officer_id),
        leads=reader.leader and tip.office_code == reader.office_code,
        shared=is_shared(connection, number, reader.officer_id),
        merged_into=row.into_number,
    )


def is_shared(connection: Connection, number: int, officer_id: int) -> bool:
    mine = select(shares.c.tip_number).where(
        shares.c.tip_number == number, shares.c.officer_id == officer_id
    )
    return connection.execute(mine).first() is not None


def may_read(office_code: str) -> ColumnElement[bool]:
    """Officers of the office who are enrolled and have a key."""
    table = officers.officers.c
    return and_(
        table.office_code == office_code,
        table.active,
        table.contact_id.is_not(None),
        table.key_id.is_not(None),
    )
