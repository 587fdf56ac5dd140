"""Tips: sealed when they are opened, one owner and a running clock at every moment, until closed.

A question to a human is a tip with topic `question`: the same owner, the same clock.
What it says is sealed to a key pair of its own (`bot/tip_seal.py`): in mode `sealed` only the
responsible officers and the office's leaders can open it, and the server no longer can.
"""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Connection, and_, delete, func, or_, select, update

from bot import audit, tip_seal
from bot.keys import Recipient
from bot.officers import UNROUTED, Step
from bot.outbox_rows import to_the_hour
from bot.sealing import KeyRing, canonical_code, new_key_pair
from bot.tip_rows import (
    NO_PAUSE,
    Assignment,
    Tip,
    TipFingerprint,
    TipPart,
    TipRelay,
    TipWrap,
    assignments,
    fingerprints,
    parts,
    relays,
    tips,
    wraps,
)
from flows.events import TipOpened
from flows.ports import Urgency

__all__ = [
    "UNROUTED", "Assignment", "Tip", "TipFingerprint", "TipPart", "TipRelay", "TipWrap",
    "assignments", "fingerprints", "parts", "relays", "tips", "wraps",
]  # fmt: skip

TAKEN = ("acknowledged", "answered")
"""Somebody has said "I have it"; `answered` from the first words to the reporter on."""
OPEN_STATUSES = ("assigned", *TAKEN)
GONE = ("withdrawn", "erased")
"""Nothing of its content is left: its reporter took it back, or its time was over."""
NEWS_STAYS = timedelta(days=30)
"""How long BUKA still finds a closed tip, so that its last message can be read."""


@dataclass(frozen=True, slots=True)
class TipRow:
    """A tip with its open (or last) assignment."""

    number: int
    id: str
    topic: str
    urgency: Urgency
    place_code: str
    status: str
    may_ask: bool
    has_return: bool
    opened_at: datetime
    officer_id: int | None
    role: str
    due_at: datetime | None
    category: str
    rank: int
    public_key: bytes = field(repr=False)
    office_code: str
    answered_at: datetime | None
    decide_by: datetime | None
    paused_until: datetime | None
    pause_reason: str
    due_after_pause: datetime | None

    @property
    def step_key(self) -> tuple[int | None, str]:
        """The link of the chain that has it, as `Step.key`."""
        return self.officer_id, "" if self.officer_id is not None else self.role

    def kept_time(self, at: datetime) -> datetime:
        """When its reporter did something: without a return address only to the hour, since the
        exact time would lead from the case to the chat."""
        return at if self.has_return else to_the_hour(at)

    def kept_due(self, due_at: datetime, urgency: Urgency) -> datetime:
        """A deadline that its reporter's words have set, as inexact as those."""
        return due_at if self.has_return else _due_rounded_up(due_at, urgency)


ROW = select(
    tips.c.number, tips.c.id, tips.c.topic, tips.c.urgency, tips.c.place_code, tips.c.status,
    tips.c.may_ask, tips.c.return_address.is_not(None),
    tips.c.opened_at, assignments.c.officer_id,
    func.coalesce(assignments.c.role, "unrouted"), assignments.c.due_at,
    tips.c.category, tips.c.rank, tips.c.public_key, tips.c.office_code, tips.c.answered_at,
    tips.c.decide_by, tips.c.paused_until, tips.c.pause_reason, tips.c.due_after_pause,
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
    recipients: Sequence[Recipient] = (),
    for_ring: bool = False,
    rank: int = 0,
) -> int:
    """Seal the report, give it an owner and a deadline; returns the tip's number.

    `recipients` may open it; `for_ring` lets the server do so too (mode `server`), as it must
    while there are no recipients (or the report accuses them all): better read later by somebody
    than by nobody.

    Without a return address no time of it is exact: what the chat got at that moment is kept for a
    day, and must not lead from the report to the reporter.
    """
    tip_id = str(uuid.uuid4())
    private, public = new_key_pair()
    keep = event.keep_return_address
    if not keep:
        due_at = _due_rounded_up(due_at, event.urgency)
        now = to_the_hour(now)
    audit.wait_in_line(connection)
    values = {
        "id": tip_id,
        "office_code": office_code,
        "topic": event.topic,
        "category": event.category,
        "public_key": public,
        "urgency": event.urgency,
        "rank": rank,
        "place_code": event.place_code,
        "status": "assigned",
        "outcome": "",
        "may_ask": event.topic == "question" or event.report.get("contact") == "yes",
        "receipt_index": receipt_index(ring, event.receipt),
        "return_index": return_index(ring, contact_id) if keep else None,
        "return_address": _seal_contact(ring, tip_id, contact_id) if keep else None,
        "opened_at": now,
    }
    number = int(
        connection.execute(tips.insert().values(**values).returning(tips.c.number)).scalar_one()
    )
    tip_seal.give_key(connection, number, tip_id, private, recipients)
    if for_ring or not recipients:
        tip_seal.give_key_to_ring(connection, ring, number, tip_id, private)
    tip_seal.add_part(connection, number, tip_id, public, "report", event.report, now)
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


def hold(connection: Connection, number: int) -> str:
    """Take the tip until the commit; its status as it is now, "" when there is no such tip.

    All who change a tip come through here, in one order: the audit's line first, then the tip.
    """
    audit.wait_in_line(connection)
    status = select(tips.c.status).where(tips.c.number == number)
    return connection.execute(status.with_for_update(key_share=True)).scalar() or ""


def end_assignment(connection: Connection, number: int, reason: str, now: datetime) -> None:
    """The caller holds the tip."""
    connection.execute(
        update(assignments)
        .where(assignments.c.tip_number == number, assignments.c.ended_at.is_(None))
        .values(ended_at=now, end_reason=reason)
    )


def acknowledge(
    connection: Connection,
    number: int,
    officer_id: int,
    due_at: datetime,
    now: datetime,
    *,
    role: str = "",
) -> bool:
    """False, and nothing done, when the tip has ended or got another owner meanwhile.

    What is taken from a desk becomes an assignment of the officer's own, in that role.
    """
    if hold(connection, number) not in OPEN_STATUSES:
        return False
    mine = select(assignments).where(_open_for(number, officer_id))
    present = connection.execute(mine).first()
    if present is None:
        return False
    if present.officer_id is None:
        end_assignment(connection, number, "taken", now)
        own = Step(officer_id, None, "", role or present.role, f"took it from {present.role}")
        assign(connection, number, own, due_at, now)
    connection.execute(
        update(assignments)
        .where(_open_for(number, officer_id))
        .values(acknowledged_at=now, due_at=due_at)
    )
    connection.execute(update(tips).where(tips.c.number == number).values(status="acknowledged"))
    audit.record(connection, now, actor=f"officer:{officer_id}", action="acknowledged",
                 subject=f"tip:{number}")  # fmt: skip
    return True


def escalate(
    connection: Connection,
    number: int,
    owner: Step,
    due_at: datetime,
    now: datetime,
    *,
    seen: TipRow | None = None,
    why: str = "overdue",
    actor: str = "system",
) -> bool:
    """The next one owns it, with clocks that begin anew; the console shows it to the old owner no
    more.

    False, and nothing done, when the tip has ended meanwhile, or when it is no longer as it was
    `seen` (somebody took it, or its clock was set later).
    """
    status = hold(connection, number)
    if status not in OPEN_STATUSES:
        return False
    present = select(assignments.c.officer_id, assignments.c.due_at).where(
        assignments.c.tip_number == number, assignments.c.ended_at.is_(None)
    )
    old, runs_until = connection.execute(present).one()
    if seen and (
        (seen.status, seen.officer_id) != (status, old)
        or (seen.due_at is not None and runs_until > seen.due_at)
    ):
        return False
    end_assignment(connection, number, why, now)
    assign(connection, number, owner, due_at, now)
    values = {"status": "assigned", "answered_at": None, "decide_by": None, **NO_PAUSE}
    if owner.office_code:
        values["office_code"] = owner.office_code
    connection.execute(update(tips).where(tips.c.number == number).values(**values))
    action = "escalated" if why == "overdue" else f"moved:{why}"
    audit.record(connection, now, actor=actor, action=action, subject=f"tip:{number}")
    return True


def close(
    connection: Connection, number: int, officer_id: int, outcome: str, now: datetime
) -> bool:
    """False, and nothing done, when the tip has ended or got another owner meanwhile."""
    if hold(connection, number) not in OPEN_STATUSES:
        return False
    mine = select(assignments.c.id).where(_open_for(number, officer_id))
    if connection.execute(mine).first() is None:
        return False
    return end(connection, number, outcome, now, actor=f"officer:{officer_id}")


def end(connection: Connection, number: int, outcome: str, now: datetime, *, actor: str) -> bool:
    """Close it, whoever owns it; False, and nothing done, when it has ended already."""
    if hold(connection, number) not in OPEN_STATUSES:
        return False
    end_assignment(connection, number, "closed", now)
    connection.execute(
        update(tips)
        .where(tips.c.number == number)
        .values(status="closed", outcome=outcome, closed_at=now)
    )
    audit.record(connection, now, actor=actor, action=f"closed:{outcome}", subject=f"tip:{number}")
    return True


def withdraw(connection: Connection, number: int, now: datetime) -> bool:
    """The reporter takes it back: the keys go first, then what they opened.

    Also after it was closed; False when its content had gone already.
    """
    if hold(connection, number) in ("", *GONE):
        return False
    empty(connection, number)
    end_assignment(connection, number, "withdrawn", now)
    connection.execute(
        update(tips)
        .where(tips.c.number == number)
        .values(status="withdrawn", closed_at=now, return_address=None, return_index=None)
    )
    audit.record(connection, now, actor="reporter", action="withdrawn", subject=f"tip:{number}")
    return True


def empty(connection: Connection, number: int) -> None:
    """The keys go first, then what they opened. The caller holds the tip."""
    for table in (wraps, parts, relays, fingerprints):
        connection.execute(delete(table).where(table.c.tip_number == number))


def add_message(
    connection: Connection, ring: KeyRing, tip: TipRow, kind: str, words: str, now: datetime
) -> None:
    """Seal what one side writes to the other into the case; the officer's words also for the bot,
    which has to say them."""
    tip_seal.add_part(connection, tip.number, tip.id, tip.public_key, kind, {"text": words}, now)
    if kind == "to_reporter":
        tip_seal.add_relay(connection, ring, tip.number, tip.id, words, now)


def by_number(connection: Connection, number: int) -> TipRow | None:
    return _one(connection, tips.c.number == number)


def by_id(connection: Connection, tip_id: str) -> TipRow | None:
    return _one(connection, tips.c.id == tip_id)


def held_by_id(connection: Connection, tip_id: str) -> TipRow | None:
    """Take the tip until the commit, and only then read what it is now."""
    seen = by_id(connection, tip_id)
    return by_number(connection, seen.number) if seen and hold(connection, seen.number) else None


def by_receipt(connection: Connection, ring: KeyRing, receipt: str) -> TipRow | None:
    return _one(connection, tips.c.receipt_index == receipt_index(ring, receipt))


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


def _open_for(number: int, officer_id: int) -> ColumnElement[bool]:
    """The open assignment of a tip that is this officer's, or nobody's yet."""
    return and_(
        assignments.c.tip_number == number,
        assignments.c.ended_at.is_(None),
        or_(assignments.c.officer_id.is_(None), assignments.c.officer_id == officer_id),
    )


def _due_rounded_up(at: datetime, urgency: Urgency) -> datetime:
    to = 5 * 60 if urgency == "now" else 60 * 60
    past = at.timestamp() % to
    return at + timedelta(seconds=to - past) if past else at


def _seal_contact(ring: KeyRing, tip_id: str, contact_id: int) -> bytes:
    return ring.seal("tip-return", tip_id, str(contact_id).encode())


def _one(connection: Connection, condition: object) -> TipRow | None:
    row = connection.execute(ROW.where(condition)).first()  # type: ignore[arg-type]
    return tip_row(row) if row else None


def tip_row(row: Sequence[Any]) -> TipRow:
    return TipRow(*row)
