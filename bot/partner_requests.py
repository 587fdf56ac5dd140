"""What an office asked a partner about a tip, or handed it, and what came back.

The words of a question go out in chat and are therefore kept under the key ring, behind a code
that the officer tells the partner by word of mouth; they are wiped when the request ends. What is
asked and what is answered is sealed into the tip.
"""

import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Connection, select, update

from bot import audit, tips
from bot.partner_rows import requests
from bot.partners import Writer
from bot.sealing import KeyRing, SealBroken, canonical_code
from flows.partners import KINDS, NO_PERSONAL_DATA

ANSWER_WITHIN = timedelta(days=7)
"""How long a partner can read and answer a question."""
MAX_TRIES = 5
"""Wrong codes before the words are out of reach; the officer then asks anew."""
_PURPOSE = "partner"


@dataclass(frozen=True, slots=True)
class Waiting:
    """A question that waits for a partner's answer."""

    id: int
    tip_number: int
    sent_by: int | None
    sent_at: datetime
    due_at: datetime


@dataclass(frozen=True, slots=True)
class Told:
    """One request as the case's page lists it."""

    id: int
    partner_kind: str
    partner_key: str
    ground: str
    kind: str
    sent_at: datetime
    due_at: datetime
    read_at: datetime | None
    answered_at: datetime | None


def ask(
    connection: Connection,
    ring: KeyRing,
    tip: tips.TipRow,
    partner: Writer,
    *,
    office_code: str,
    officer_id: int,
    words: str,
    code: str,
    now: datetime,
) -> None:
    """Keep the question for the partner and seal it into the tip; the caller tells the partner."""
    tips.hold(connection, tip.number)
    row = str(uuid.uuid4())
    connection.execute(
        requests.insert().values(
            uuid=row, office_code=office_code, tip_number=tip.number, partner_id=partner.id,
            partner_key=partner.key, partner_kind=partner.kind, ground=NO_PERSONAL_DATA,
            kind="question", sealed=ring.seal(_PURPOSE, row, words.encode()),
            code_index=_code_index(ring, row, code), tries=0, sent_by=officer_id, sent_at=now,
            due_at=now + ANSWER_WITHIN,
        )
    )  # fmt: skip
    tips.add_message(connection, ring, tip, "to_partner", _said(partner.kind, words), now)
    audit.record(connection, now, actor=f"officer:{officer_id}",
                 action=f"asked_partner:{partner.kind}", subject=f"tip:{tip.number}")  # fmt: skip


def record_forward(
    connection: Connection,
    tip: tips.TipRow,
    *,
    office_code: str,
    officer_id: int,
    partner_key: str,
    partner_kind: str,
    partner_id: int | None,
    ground: str,
    digest: str,
    due_at: datetime,
    now: datetime,
) -> int:
    """That a letter left the office: never its words, only their SHA-256. The request's id."""
    tips.hold(connection, tip.number)
    number = connection.execute(
        requests.insert()
        .values(
            uuid=str(uuid.uuid4()), office_code=office_code, tip_number=tip.number,
            partner_id=partner_id, partner_key=partner_key, partner_kind=partner_kind,
            ground=ground, kind="forward", digest=digest, tries=0, sent_by=officer_id,
            sent_at=now, due_at=due_at,
        )
        .returning(requests.c.id)
    ).scalar_one()  # fmt: skip
    audit.record(connection, now, actor=f"officer:{officer_id}",
                 action=f"forwarded:{partner_kind}", subject=f"tip:{tip.number}")  # fmt: skip
    return int(number)


def record_answer(
    connection: Connection,
    ring: KeyRing,
    tip: tips.TipRow,
    request_id: int,
    *,
    officer_id: int,
    words: str,
    now: datetime,
) -> bool:
    """A partner's answer to a letter, typed in by the officer; False when it had one already."""
    tips.hold(connection, tip.number)
    kind = connection.execute(
        update(requests)
        .where(
            requests.c.id == request_id,
            requests.c.tip_number == tip.number,
            requests.c.kind == "forward",
            requests.c.answered_at.is_(None),
        )
        .values(answered_at=now, ended_at=now)
        .returning(requests.c.partner_kind)
    ).scalar()
    if kind is None:
        return False
    tips.add_message(connection, ring, tip, "from_partner", _said(kind, words), now)
    audit.record(connection, now, actor=f"officer:{officer_id}", action="partner_answered",
                 subject=f"tip:{tip.number}")  # fmt: skip
    return True


# ---- the partner's side


def waiting(connection: Connection, partner_id: int, now: datetime) -> list[Waiting]:
    """The partner's open questions, newest first."""
    rows = connection.execute(
        select(requests.c.id, requests.c.tip_number, requests.c.sent_by, requests.c.sent_at,
               requests.c.due_at)
        .join(tips.tips, tips.tips.c.number == requests.c.tip_number)
        .where(requests.c.partner_id == partner_id, *_open(now),
               tips.tips.c.status.in_(tips.OPEN_STATUSES))
        .order_by(requests.c.id.desc())
    )  # fmt: skip
    return [Waiting(*row) for row in rows]


def words_of(
    connection: Connection,
    ring: KeyRing,
    partner_id: int,
    request_id: int,
    code: str,
    now: datetime,
) -> str | None:
    """The question's words for its own partner and the right code; None for anything else."""
    if not any(one.id == request_id for one in waiting(connection, partner_id, now)):
        return None
    row = connection.execute(
        select(requests.c.uuid, requests.c.sealed, requests.c.code_index, requests.c.tries).where(
            requests.c.id == request_id
        )
    ).one()
    if row.tries >= MAX_TRIES or row.code_index != _code_index(ring, row.uuid, code):
        return None
    try:
        return ring.open(_PURPOSE, row.uuid, row.sealed).decode()
    except SealBroken:
        return None


def missed(connection: Connection, partner_id: int, request_id: int, now: datetime) -> None:
    """A wrong code was tried."""
    audit.wait_in_line(connection)
    connection.execute(
        update(requests)
        .where(
            requests.c.id == request_id, requests.c.partner_id == partner_id, *_open(now)
        )
        .values(tries=requests.c.tries + 1)
    )  # fmt: skip


def opened(connection: Connection, partner_id: int, request_id: int, now: datetime) -> None:
    """The words were shown; the first time is kept."""
    audit.wait_in_line(connection)
    number = connection.execute(
        update(requests)
        .where(
            requests.c.id == request_id,
            requests.c.partner_id == partner_id,
            requests.c.read_at.is_(None),
            *_open(now),
        )
        .values(read_at=now)
        .returning(requests.c.tip_number)
    ).scalar()
    if number is not None:
        audit.record(connection, now, actor=f"partner:{partner_id}", action="partner_read",
                     subject=f"tip:{number}")  # fmt: skip


def answer(
    connection: Connection,
    ring: KeyRing,
    partner: Writer,
    request_id: int,
    words: str,
    now: datetime,
) -> tips.TipRow | None:
    """Seal the partner's answer into the tip; None, and nothing done, when it can't be any more.

    Only who has read the question with its code may answer it.
    """
    audit.wait_in_line(connection)
    found = [one for one in waiting(connection, partner.id, now) if one.id == request_id]
    if not found or tips.hold(connection, found[0].tip_number) not in tips.OPEN_STATUSES:
        return None
    taken = connection.execute(
        update(requests)
        .where(requests.c.id == request_id, requests.c.read_at.is_not(None), *_open(now))
        .values(answered_at=now, ended_at=now, sealed=None, code_index=None)
    )
    tip = tips.by_number(connection, found[0].tip_number)
    if not taken.rowcount or tip is None:
        return None
    tips.add_message(connection, ring, tip, "from_partner", _said(partner.kind, words), now)
    audit.record(connection, now, actor=f"partner:{partner.id}", action="partner_answered",
                 subject=f"tip:{tip.number}")  # fmt: skip
    return tip


# ---- ends


def end_of_tip(connection: Connection, tip_number: int, now: datetime) -> None:
    """The tip was closed or taken back: its questions can't be read any more."""
    _end(connection, requests.c.tip_number == tip_number, now)


def end_of_partner(connection: Connection, partner_id: int, now: datetime) -> None:
    """The partner left, or is somebody else now."""
    audit.wait_in_line(connection)  # before requests, as all who end one with its tip
    _end(connection, requests.c.partner_id == partner_id, now)


def end_overdue(connection: Connection, now: datetime) -> None:
    """Questions that nobody answered in time."""
    audit.wait_in_line(connection)
    _end(connection, (requests.c.kind == "question") & (requests.c.due_at <= now), now)


def of_tip(connection: Connection, tip_number: int) -> list[Told]:
    """What was asked of whom and handed to whom about a tip, in order."""
    rows = connection.execute(
        select(
            requests.c.id, requests.c.partner_kind, requests.c.partner_key, requests.c.ground,
            requests.c.kind, requests.c.sent_at, requests.c.due_at, requests.c.read_at,
            requests.c.answered_at,
        )
        .where(requests.c.tip_number == tip_number)
        .order_by(requests.c.id)
    )  # fmt: skip
    return [Told(*row) for row in rows]


def _end(connection: Connection, which: ColumnElement[bool], now: datetime) -> None:
    connection.execute(
        update(requests)
        .where(which, requests.c.ended_at.is_(None))
        .values(ended_at=now, sealed=None, code_index=None)
    )


def _open(now: datetime) -> tuple[ColumnElement[bool], ...]:
    return (
        requests.c.kind == "question",
        requests.c.ended_at.is_(None),
        requests.c.due_at > now,
    )


def _code_index(ring: KeyRing, row: str, code: str) -> bytes:
    return ring.index("partner-code", f"{row}|{canonical_code(code)}")


def _said(kind: str, words: str) -> str:
    """The case says of which kind the partner is, never who."""
    return f"{KINDS[kind]}: {words}"
