"""Tips: sealed when they are opened, one owner and a running clock at every moment, until closed.

A question to a human is a tip with topic `question`: the same owner, the same clock.
Mode `server` of design.md 11: each report has a key of its own, wrapped under the server's key
ring; wraps to officers' own keys come beside it.
"""

import secrets
import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Index, delete, func, select, text, update
from sqlmodel import Field, SQLModel

from bot import audit, links
from bot.database import Moment
from bot.officers import Step
from bot.sealing import KeyRing, canonical_code, open_report, seal_report
from flows.events import TipOpened
from flows.ports import Urgency

OPEN_STATUSES = ("assigned", "acknowledged")
NEWS_STAYS = timedelta(days=30)
"""How long BUKA still finds a closed tip, so that its last message can be read."""


class Tip(SQLModel, table=True):
    """Readable here: a number, where to route, how urgent, how far. Nothing of the story."""

    number: int | None = Field(default=None, primary_key=True)
    id: str = Field(unique=True)
    office_code: str = Field(index=True)
    topic: str
    urgency: str
    place_code: str
    status: str = "assigned"
    outcome: str = ""
    skip_village_officers: bool = False
    may_ask: bool = False
    """The reporter lets the officer ask back."""
    receipt_index: bytes = Field(unique=True)
    return_index: bytes | None = Field(default=None, index=True)
    """Keyed fingerprint of the reporter's contact, to find the tips of a chat."""
    return_address: bytes | None = None
    """The contact's id, sealed; None when the reporter asked not to keep it."""
    opened_at: datetime = Field(sa_type=Moment)
    closed_at: datetime | None = Field(default=None, sa_type=Moment)


class TipWrap(SQLModel, table=True):
    """The report's key, wrapped for one who may read it (`server`: the key ring)."""

    __tablename__ = "tip_wrap"

    tip_number: int = Field(primary_key=True, foreign_key="tip.number")
    recipient: str = Field(primary_key=True)
    wrap: bytes


class TipPart(SQLModel, table=True):
    """The report itself (`report`) and what is written to and fro, each sealed with the tip's key."""

    __tablename__ = "tip_part"

    id: int | None = Field(default=None, primary_key=True)
    tip_number: int = Field(foreign_key="tip.number", index=True)
    kind: str
    """`report`, `from_reporter` or `to_reporter`."""
    sealed: bytes
    at: datetime = Field(sa_type=Moment)
    read_at: datetime | None = Field(default=None, sa_type=Moment)


class Assignment(SQLModel, table=True):
    """Who owns a tip, since when, until when. Exactly one is open while the tip is."""

    __table_args__ = (
        Index("assignment_open", "tip_number", unique=True, sqlite_where=text("ended_at IS NULL"),
              postgresql_where=text("ended_at IS NULL")),
        Index("assignment_due", "due_at", sqlite_where=text("ended_at IS NULL"),
              postgresql_where=text("ended_at IS NULL")),
    )  # fmt: skip

    id: int | None = Field(default=None, primary_key=True)
    tip_number: int = Field(foreign_key="tip.number", index=True)
    officer_id: int | None = Field(default=None, foreign_key="officer.id", index=True)
    role: str
    reason: str
    assigned_at: datetime = Field(sa_type=Moment)
    due_at: datetime = Field(sa_type=Moment)
    acknowledged_at: datetime | None = Field(default=None, sa_type=Moment)
    ended_at: datetime | None = Field(default=None, sa_type=Moment)
    end_reason: str = ""


tips = Tip.__table__  # type: ignore[attr-defined]
wraps = TipWrap.__table__  # type: ignore[attr-defined]
parts = TipPart.__table__  # type: ignore[attr-defined]
assignments = Assignment.__table__  # type: ignore[attr-defined]

UNROUTED = Step(None, None, "", "unrouted", "nobody is enrolled for this place")


@dataclass(frozen=True, slots=True)
class TipRow:
    """A tip with its open (or last) assignment."""

    number: int
    id: str
    topic: str
    urgency: Urgency
    place_code: str
    status: str
    skip_village_officers: bool
    may_ask: bool
    has_return: bool
    opened_at: datetime
    officer_id: int | None
    role: str
    due_at: datetime | None


_ROW = select(
    tips.c.number, tips.c.id, tips.c.topic, tips.c.urgency, tips.c.place_code, tips.c.status,
    tips.c.skip_village_officers, tips.c.may_ask, tips.c.return_address.is_not(None),
    tips.c.opened_at, assignments.c.officer_id,
    func.coalesce(assignments.c.role, "unrouted"), assignments.c.due_at,
).select_from(
    tips.outerjoin(
        assignments,
        (assignments.c.tip_number == tips.c.number) & assignments.c.ended_at.is_(None),
    )
)  # fmt: skip


def open_tip(
    connection: Connection,
    ring: KeyRing,
    event: TipOpened,
    *,
    office_code: str,
    contact_id: int,
    owner: Step,
    due_at: datetime,
    now: datetime,
) -> int:
    """Seal the report, give it an owner and a deadline; returns the tip's number."""
    tip_id = str(uuid.uuid4())
    key = secrets.token_bytes(32)
    keep = event.keep_return_address
    values = {
        "id": tip_id,
        "office_code": office_code,
        "topic": event.topic,
        "urgency": event.urgency,
        "place_code": event.place_code,
        "status": "assigned",
        "outcome": "",
        "skip_village_officers": event.skip_village_officers,
        "may_ask": event.topic == "question" or event.report.get("contact") == "yes",
        "receipt_index": receipt_index(ring, event.receipt),
        "return_index": return_index(ring, contact_id) if keep else None,
        "return_address": _seal_contact(ring, tip_id, contact_id) if keep else None,
        "opened_at": now,
    }
    number = int(
        connection.execute(tips.insert().values(**values).returning(tips.c.number)).scalar_one()
    )
    wrap = ring.seal("tip", tip_id, key)
    connection.execute(wraps.insert().values(tip_number=number, recipient="server", wrap=wrap))
    _add_part(connection, number, "report", seal_report(tip_id, key, event.report), now)
    assign(connection, number, owner, due_at, now)
    audit.record(connection, now, actor="reporter", action="opened", subject=f"tip:{number}")
    return number


def assign(
    connection: Connection, number: int, owner: Step, due_at: datetime, now: datetime
) -> None:
    """Give the tip to `owner`; the one before must have been ended."""
    connection.execute(
        assignments.insert().values(
            tip_number=number,
            officer_id=owner.officer_id,
            role=owner.role,
            reason=owner.reason,
            assigned_at=now,
            due_at=due_at,
            end_reason="",
        )
    )


def end_assignment(connection: Connection, number: int, reason: str, now: datetime) -> None:
    connection.execute(
        update(assignments)
        .where(assignments.c.tip_number == number, assignments.c.ended_at.is_(None))
        .values(ended_at=now, end_reason=reason)
    )


def acknowledge(
    connection: Connection, number: int, officer_id: int, due_at: datetime, now: datetime
) -> None:
    connection.execute(
        update(assignments)
        .where(assignments.c.tip_number == number, assignments.c.ended_at.is_(None))
        .values(acknowledged_at=now, officer_id=officer_id, due_at=due_at)
    )
    connection.execute(update(tips).where(tips.c.number == number).values(status="acknowledged"))
    audit.record(connection, now, actor=f"officer:{officer_id}", action="acknowledged",
                 subject=f"tip:{number}")  # fmt: skip


def restart_clock(connection: Connection, number: int, due_at: datetime) -> None:
    connection.execute(
        update(assignments)
        .where(assignments.c.tip_number == number, assignments.c.ended_at.is_(None))
        .values(due_at=due_at)
    )


def escalate(
    connection: Connection, number: int, owner: Step, due_at: datetime, now: datetime
) -> None:
    """The deadline passed: the next one owns it, and the old owner's links close."""
    old = connection.execute(
        select(assignments.c.officer_id).where(
            assignments.c.tip_number == number, assignments.c.ended_at.is_(None)
        )
    ).scalar()
    if old is not None and old != owner.officer_id:
        links.revoke(connection, old, number)
    end_assignment(connection, number, "overdue", now)
    assign(connection, number, owner, due_at, now)
    connection.execute(update(tips).where(tips.c.number == number).values(status="assigned"))
    audit.record(connection, now, actor="system", action="escalated", subject=f"tip:{number}")


def close(
    connection: Connection, number: int, officer_id: int, outcome: str, now: datetime
) -> None:
    end_assignment(connection, number, "closed", now)
    connection.execute(
        update(tips)
        .where(tips.c.number == number)
        .values(status="closed", outcome=outcome, closed_at=now)
    )
    links.revoke(connection, officer_id, number)
    audit.record(connection, now, actor=f"officer:{officer_id}", action=f"closed:{outcome}",
                 subject=f"tip:{number}")  # fmt: skip


def withdraw(connection: Connection, number: int, now: datetime) -> None:
    """The reporter takes it back: the keys go first, then what they opened."""
    connection.execute(delete(wraps).where(wraps.c.tip_number == number))
    connection.execute(delete(parts).where(parts.c.tip_number == number))
    end_assignment(connection, number, "withdrawn", now)
    connection.execute(
        update(tips)
        .where(tips.c.number == number)
        .values(status="withdrawn", closed_at=now, return_address=None, return_index=None)
    )
    audit.record(connection, now, actor="reporter", action="withdrawn", subject=f"tip:{number}")


def add_message(
    connection: Connection, ring: KeyRing, tip: TipRow, kind: str, words: str, now: datetime
) -> None:
    """Seal what one side writes to the other into the case."""
    sealed = seal_report(tip.id, _key(connection, ring, tip), {"text": words})
    _add_part(connection, tip.number, kind, sealed, now)


def read_parts(
    connection: Connection, ring: KeyRing, tip: TipRow, kinds: Iterable[str]
) -> list[tuple[str, datetime, dict[str, str]]]:
    """(kind, time, content) of a tip's parts in order; raises SealBroken if altered."""
    key = _key(connection, ring, tip)
    rows = connection.execute(
        select(parts.c.kind, parts.c.at, parts.c.sealed)
        .where(parts.c.tip_number == tip.number, parts.c.kind.in_(list(kinds)))
        .order_by(parts.c.id)
    ).all()
    return [(row.kind, row.at, open_report(tip.id, key, row.sealed)) for row in rows]


def by_number(connection: Connection, number: int) -> TipRow | None:
    return _one(connection, tips.c.number == number)


def by_id(connection: Connection, tip_id: str) -> TipRow | None:
    return _one(connection, tips.c.id == tip_id)


def by_receipt(connection: Connection, ring: KeyRing, receipt: str) -> TipRow | None:
    return _one(connection, tips.c.receipt_index == receipt_index(ring, receipt))


def of_reporter(connection: Connection, ring: KeyRing, who: int, now: datetime) -> list[TipRow]:
    """This chat's tips, newest first: open ones, and closed ones while their news is fresh."""
    fresh = tips.c.status.in_(OPEN_STATUSES) | (tips.c.closed_at > now - NEWS_STAYS)
    mine = tips.c.return_index == return_index(ring, who)
    rows = connection.execute(_ROW.where(mine, fresh).order_by(tips.c.number.desc()))
    return [_tip_row(row) for row in rows]


def of_officer(
    connection: Connection, officer_id: int, *, office_code: str, leads: bool
) -> list[TipRow]:
    """What waits for an officer, most urgent first; leaders also see what nobody owns."""
    mine = assignments.c.officer_id == officer_id
    if leads:
        mine |= assignments.c.officer_id.is_(None)
    rows = connection.execute(
        _ROW.where(tips.c.office_code == office_code, tips.c.status.in_(OPEN_STATUSES), mine)
    )
    rank = {"now": 0, "soon": 1, "none": 2}
    found = [_tip_row(row) for row in rows]
    return sorted(found, key=lambda tip: (rank[tip.urgency], tip.due_at or tip.opened_at))


def overdue(connection: Connection, now: datetime) -> list[tuple[TipRow, str]]:
    """Open tips whose deadline has passed, with their office."""
    rows = connection.execute(
        _ROW.add_columns(tips.c.office_code)
        .where(assignments.c.due_at <= now, tips.c.status.in_(OPEN_STATUSES))
        .order_by(tips.c.number)
        .limit(200)
    )
    return [(_tip_row(row[:-1]), row[-1]) for row in rows]


def tried(connection: Connection, number: int) -> set[int]:
    """Officers who have owned the tip already."""
    rows = connection.execute(
        select(assignments.c.officer_id).where(assignments.c.tip_number == number)
    )
    return {row.officer_id for row in rows if row.officer_id is not None}


def next_due(connection: Connection) -> datetime | None:
    return connection.execute(
        select(func.min(assignments.c.due_at)).where(assignments.c.ended_at.is_(None))
    ).scalar()


def history(connection: Connection, number: int) -> list[tuple[datetime, str, str]]:
    """(time, role, how it ended) of each owner, for the officer's page."""
    rows = connection.execute(
        select(assignments.c.assigned_at, assignments.c.role, assignments.c.end_reason)
        .where(assignments.c.tip_number == number)
        .order_by(assignments.c.id)
    )
    return [(row.assigned_at, row.role, row.end_reason) for row in rows]


def reporter_of(connection: Connection, ring: KeyRing, number: int) -> int | None:
    """The contact that news of a tip goes to, or None when no return address was kept."""
    row = connection.execute(
        select(tips.c.id, tips.c.return_address).where(tips.c.number == number)
    ).first()
    if row is None or row.return_address is None:
        return None
    return int(ring.open("tip-return", row.id, row.return_address))


def receipt_index(ring: KeyRing, receipt: str) -> bytes:
    return ring.index("receipt", canonical_code(receipt))


def return_index(ring: KeyRing, contact_id: int) -> bytes:
    return ring.index("tip-return", str(contact_id))


def _seal_contact(ring: KeyRing, tip_id: str, contact_id: int) -> bytes:
    return ring.seal("tip-return", tip_id, str(contact_id).encode())


def _key(connection: Connection, ring: KeyRing, tip: TipRow) -> bytes:
    wrap = connection.execute(
        select(wraps.c.wrap).where(wraps.c.tip_number == tip.number, wraps.c.recipient == "server")
    ).scalar_one()
    return ring.open("tip", tip.id, wrap)


def _add_part(connection: Connection, number: int, kind: str, sealed: bytes, now: datetime) -> None:
    connection.execute(parts.insert().values(tip_number=number, kind=kind, sealed=sealed, at=now))


def _one(connection: Connection, condition: object) -> TipRow | None:
    row = connection.execute(_ROW.where(condition)).first()  # type: ignore[arg-type]
    return _tip_row(row) if row else None


def _tip_row(row: Sequence[Any]) -> TipRow:
    return TipRow(*row)
