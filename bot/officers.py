"""Offices, their areas, officers, duties; who is responsible for a place, in which order."""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Literal

from sqlalchemy import ColumnElement, Connection, Table, and_, or_, select, true, update
from sqlmodel import Field, SQLModel, UniqueConstraint

from bot.database import Moment
from bot.sealing import RECEIPT_ALPHABET, KeyRing, canonical_code
from flows.ports import Urgency

Role = Literal["pimpasa", "deputy", "contact", "duty", "section_head", "head"]

ROLE_ORDER: tuple[Role, ...] = ("pimpasa", "deputy", "contact", "duty", "section_head", "head")
"""The chain of `territory.md` A3: the village's officer first, the head of the office last."""
VILLAGE_ROLES = frozenset({"pimpasa", "deputy", "contact"})
"""Skipped when a report names an official of the village or an officer (A3, rule 9)."""

ROLE_NAMES: dict[str, str] = {
    "pimpasa": "Petugas desa (PIMPASA)",
    "deputy": "Wakil petugas desa",
    "contact": "Narahubung kecamatan",
    "duty": "Petugas jaga",
    "section_head": "Kepala seksi",
    "head": "Kepala kantor",
    "unrouted": "Belum ada petugas",
}

TO_ACKNOWLEDGE: dict[Urgency, timedelta] = {
    "now": timedelta(minutes=15),
    "soon": timedelta(hours=2),
    "none": timedelta(hours=8),
}
"""Time to acknowledge: by the clock in danger, in working hours otherwise."""
TO_ANSWER: dict[Urgency, timedelta] = {
    "now": timedelta(hours=4),
    "soon": timedelta(hours=8),
    "none": timedelta(hours=24),
}
"""Time to the next step once acknowledged, counted the same way."""


class Office(SQLModel, table=True):
    code: str = Field(primary_key=True)
    name: str
    time_zone: str
    opens: str = "08:00"
    closes: str = "16:00"
    created_at: datetime = Field(sa_type=Moment)


class OfficeArea(SQLModel, table=True):
    """One regency (or a kecamatan of a split regency) that an office serves, for a time."""

    __tablename__ = "office_area"
    __table_args__ = (UniqueConstraint("office_code", "place_code", "valid_from"),)

    id: int | None = Field(default=None, primary_key=True)
    office_code: str = Field(foreign_key="office.code", index=True)
    place_code: str
    valid_from: date
    valid_to: date | None = None
    source: str


class Officer(SQLModel, table=True):
    """A person on the roster. Enrolled = has a contact; can read = has proven a key."""

    __table_args__ = (UniqueConstraint("office_code", "staff_no"),)

    id: int | None = Field(default=None, primary_key=True)
    office_code: str = Field(foreign_key="office.code", index=True)
    staff_no: str
    name: str
    active: bool = True
    contact_id: int | None = Field(default=None, foreign_key="contact.id", index=True)
    key_id: str | None = None
    """The officer's present key (`bot/keys.py`), once it is proven: no tip goes to somebody who
    could not read it."""
    invitation_index: bytes | None = Field(default=None, index=True)
    invitation_until: datetime | None = Field(default=None, sa_type=Moment)


class Duty(SQLModel, table=True):
    """What an officer is responsible for: a role, a place ("" = the whole office), a time."""

    id: int | None = Field(default=None, primary_key=True)
    officer_id: int = Field(foreign_key="officer.id", index=True)
    office_code: str = Field(foreign_key="office.code", index=True)
    role: str
    place_code: str = Field(default="", index=True)
    decree: str = ""
    valid_from: date
    valid_to: date | None = None


offices = Office.__table__  # type: ignore[attr-defined]
areas = OfficeArea.__table__  # type: ignore[attr-defined]
officers = Officer.__table__  # type: ignore[attr-defined]
duties = Duty.__table__  # type: ignore[attr-defined]


@dataclass(frozen=True, slots=True)
class Step:
    """One link of the chain of responsibility."""

    officer_id: int | None
    contact_id: int | None
    name: str
    role: str
    reason: str

    @property
    def shown(self) -> str:
        """How a villager sees the owner: the role, never the name."""
        return ROLE_NAMES[self.role]


def served(connection: Connection, office_code: str, place_code: str, on: date) -> bool:
    """The place lies in the office's area that day; an unknown place is ours to find out."""
    if not place_code:
        return True
    found = connection.execute(
        select(areas.c.place_code).where(
            areas.c.office_code == office_code,
            areas.c.place_code.in_(_with_parents(place_code)),
            *_holds(areas, on),
        )
    ).first()
    return found is not None


def on_alarm(chain: Sequence[Step]) -> list[int | None]:
    """Who hears of danger at once: who is on duty, else the first who would own it; the leaders."""
    on_duty = [step for step in chain if step.role == "duty"] or list(chain[:1])
    leaders = [step for step in chain if step.role in ("section_head", "head")]
    return list(dict.fromkeys(step.officer_id for step in (*on_duty, *leaders)))


def chain(
    connection: Connection,
    office_code: str,
    place_code: str,
    on: date,
    *,
    skip: frozenset[int] = frozenset(),
    also_not_enrolled: bool = False,
) -> list[Step]:
    """Who answers for the place, in order, each once. Empty when nobody is enrolled.

    `skip` are officers who must not (`bot/conflicts.py`); `also_not_enrolled` shows those who
    would answer too, had they enrolled (`kentongan route`).
    """
    places = [*_with_parents(place_code), ""] if place_code else [""]
    rows = connection.execute(
        select(
            duties.c.role, duties.c.place_code, duties.c.decree,
            officers.c.id, officers.c.name, officers.c.contact_id, officers.c.key_id,
        )
        .join(officers, officers.c.id == duties.c.officer_id)
        .where(
            duties.c.office_code == office_code,
            duties.c.place_code.in_(places),
            *_holds(duties, on),
            officers.c.active,
            true() if also_not_enrolled else _can_read(),
        )
    ).all()  # fmt: skip
    ordered = sorted(rows, key=lambda row: (_rank(row.role), -len(row.place_code), row.id))
    steps: dict[int, Step] = {}
    for row in ordered:
        if row.id in skip:
            continue
        reason = f"{row.role} of {row.place_code or 'the whole office'}"
        if row.decree:
            reason += f", {row.decree}"
        contact_id = row.contact_id if row.key_id else None
        if contact_id is None:
            reason += f", {'NO KEY' if row.contact_id else 'NOT ENROLLED'}: passed over"
        steps.setdefault(row.id, Step(row.id, contact_id, row.name, row.role, reason))
    return list(steps.values())


def of_village(connection: Connection, office: str, place_code: str, on: date) -> set[int]:
    """Everybody who serves the place as its own officer, deputy or contact."""
    rows = connection.execute(
        select(duties.c.officer_id).where(
            duties.c.office_code == office,
            duties.c.place_code.in_(_with_parents(place_code)),
            duties.c.role.in_(VILLAGE_ROLES),
            *_holds(duties, on),
        )
    )
    return {row.officer_id for row in rows}


def villages_of(connection: Connection, officer_id: int, on: date) -> list[str]:
    """Codes of the places that an officer serves by name (village or kecamatan); those without
    one of their own (head, duty desk) speak for all of their office."""
    own = _places(connection, duties.c.officer_id == officer_id, on)
    if own:
        return own
    office = select(officers.c.office_code).where(officers.c.id == officer_id).scalar_subquery()
    return _places(connection, duties.c.office_code == office, on)


def _places(connection: Connection, whose: ColumnElement[bool], on: date) -> list[str]:
    rows = connection.execute(
        select(duties.c.place_code)
        .where(whose, duties.c.place_code != "", *_holds(duties, on))
        .distinct()
        .order_by(duties.c.place_code)
    )
    return [row.place_code for row in rows]


def leads(connection: Connection, officer_id: int, on: date) -> bool:
    """The officer answers for the office as a whole, and so for what has no owner."""
    return (
        connection.execute(
            select(duties.c.id).where(
                duties.c.officer_id == officer_id,
                duties.c.role.in_(("duty", "section_head", "head")),
                *_holds(duties, on),
            )
        ).first()
        is not None
    )


def new_invitation() -> str:
    """A code to hand to an officer on paper: 8 letters and digits."""
    code = "".join(secrets.choice(RECEIPT_ALPHABET) for _ in range(8))
    return f"{code[:4]}-{code[4:]}"


def invitation_index(ring: KeyRing, code: str) -> bytes:
    return ring.index("officer-invitation", canonical_code(code))


def invited(
    connection: Connection, ring: KeyRing, code: str, now: datetime
) -> tuple[int, str] | None:
    """(officer, name) that a code invites, while it is good."""
    row = connection.execute(
        select(officers.c.id, officers.c.name).where(
            officers.c.invitation_index == invitation_index(ring, code),
            officers.c.invitation_until > now,
            officers.c.active,
        )
    ).first()
    return (row.id, row.name) if row else None


def enrol(connection: Connection, officer_id: int, contact_id: int) -> None:
    """Bind the officer to the chat that brought the code; the code is used up.

    Whoever held that chat as an officer before is no longer enrolled there.
    """
    connection.execute(
        update(officers).where(officers.c.contact_id == contact_id).values(contact_id=None)
    )
    connection.execute(
        update(officers)
        .where(officers.c.id == officer_id)
        .values(
            contact_id=contact_id,
            invitation_index=None,
            invitation_until=None,
            key_id=None,
        )
    )


def contact_of(connection: Connection, officer_id: int) -> int | None:
    return connection.execute(
        select(officers.c.contact_id).where(officers.c.id == officer_id)
    ).scalar()


def _holds(table: Table, on: date) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    """The row's period covers that day."""
    return table.c.valid_from <= on, or_(table.c.valid_to.is_(None), table.c.valid_to >= on)


def _can_read() -> ColumnElement[bool]:
    """Who has not enrolled, or has no key yet, could not open a report."""
    return and_(officers.c.contact_id.is_not(None), officers.c.key_id.is_not(None))


def _rank(role: str) -> int:
    return next((n for n, known in enumerate(ROLE_ORDER) if known == role), len(ROLE_ORDER))


def _with_parents(code: str) -> list[str]:
    """`35.02.02.2001` and the kecamatan, regency and province that hold it."""
    parts = code.split(".")
    return [".".join(parts[:length]) for length in range(len(parts), 0, -1)]
