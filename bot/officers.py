"""Offices, their areas, officers, duties; who is responsible for a place, in which order."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Literal

from sqlalchemy import ColumnElement, Connection, Table, or_, select, true
from sqlmodel import Field, SQLModel, UniqueConstraint

from bot.database import Moment
from bot.working_hours import USUAL_HOURS

Role = Literal["pimpasa", "deputy", "contact", "duty", "section_head", "head"]

ROLE_ORDER: tuple[Role, ...] = ("pimpasa", "deputy", "contact", "duty", "section_head", "head")
"""The chain of `territory.md` A3: the village's officer first, the head of the office last."""
OFFICE_ROLES = ("admin", "auditor", "dpo")
"""Duties of the console for the whole office; never part of a chain, never shown a case."""
LEADERS = ("section_head", "head")
VILLAGE_ROLES = frozenset({"pimpasa", "deputy", "contact"})
"""Skipped when a report names an official of the village or an officer (A3, rule 9)."""

ROLE_NAMES: dict[str, str] = {
    "pimpasa": "Petugas desa (PIMPASA)",
    "deputy": "Wakil petugas desa",
    "contact": "Narahubung kecamatan",
    "duty": "Petugas jaga",
    "section_head": "Kepala seksi",
    "head": "Kepala kantor",
    "admin": "Pengelola kantor",
    "auditor": "Pemeriksa",
    "dpo": "Pelindung data pribadi",
    "office_inbox": "Kotak masuk kantor",
    "kanwil": "Kanwil Imigrasi",
    "kanwil_inbox": "Meja kantor (untuk diteruskan ke Kanwil)",
    "unrouted": "Belum ada petugas",
}


LEADING_ROLES = frozenset({"duty", "section_head", "head"})
"""They answer for the office as a whole, and so see its desks."""
GIVEN = "given by the operator"
"""The source of an area that the office itself has said, as its decree has it."""


class Office(SQLModel, table=True):
    code: str = Field(primary_key=True)
    name: str
    kind: str = "kanim"
    """`kanim`, or `kanwil`: the regional office above, whose areas are provinces."""
    time_zone: str
    hours: str = USUAL_HOURS
    ramadan_hours: str = ""
    """As `working_hours.read_hours` takes them; "" = as always."""
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


class OfficerLeave(SQLModel, table=True):
    """An officer is away and is passed over; see `bot/leave.py`."""

    __tablename__ = "officer_leave"

    id: int | None = Field(default=None, primary_key=True)
    officer_id: int = Field(foreign_key="officer.id", index=True)
    begins_at: datetime = Field(sa_type=Moment)
    ends_at: datetime = Field(sa_type=Moment)
    """The first moment back."""
    deputy_id: int | None = Field(default=None, foreign_key="officer.id")
    """Gets what the officer had already taken; without one it goes along the chain."""
    reason: str
    moved_at: datetime | None = Field(default=None, sa_type=Moment)
    """When the open tips were handed over: once, as the leave begins."""


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
leaves = OfficerLeave.__table__  # type: ignore[attr-defined]


@dataclass(frozen=True, slots=True)
class Step:
    """One link of the chain of responsibility: a person, or a desk (nobody in particular)."""

    officer_id: int | None
    contact_id: int | None
    name: str
    role: str
    reason: str
    office_code: str = ""
    """The office whose clock runs and whose leaders see a desk; "" = that of the tip."""
    passed_over: str = ""
    """Why this person does not count at the moment; only where everybody is asked for."""

    @property
    def is_desk(self) -> bool:
        return self.officer_id is None

    @property
    def key(self) -> tuple[int | None, str]:
        """Which link it is: the person, or the desk by its role."""
        return self.officer_id, self.role if self.is_desk else ""

    @property
    def shown(self) -> str:
        """How a villager sees the owner: the role, never the name."""
        return ROLE_NAMES[self.role]


UNROUTED = Step(None, None, "", "unrouted", "nobody is there who could read it")


def served(connection: Connection, office_code: str, place_code: str, on: date) -> bool:
    """The place lies in the office's area that day; an unknown place is ours to find out."""
    if not place_code:
        return True
    found = connection.execute(
        select(areas.c.place_code).where(
            areas.c.office_code == office_code,
            areas.c.place_code.in_(with_parents(place_code)),
            *holds(areas, on),
        )
    ).first()
    return found is not None


def on_alarm(chain: Sequence[Step]) -> list[int | None]:
    """Who hears of danger at once: who is on duty, else the first who would own it; the leaders."""
    on_duty = [step for step in chain if step.role == "duty"] or list(chain[:1])
    leaders = [step for step in chain if step.role in ("section_head", "head")]
    return list(dict.fromkeys(step.officer_id for step in (*on_duty, *leaders)))


def of_village(connection: Connection, place_code: str, on: date) -> set[int]:
    """Everybody who serves the place as its own officer, deputy or contact."""
    rows = connection.execute(
        select(duties.c.officer_id).where(
            duties.c.place_code.in_(with_parents(place_code)),
            duties.c.role.in_(VILLAGE_ROLES),
            *holds(duties, on),
        )
    )
    return {row.officer_id for row in rows}


def in_roles(
    connection: Connection, office_codes: Iterable[str], roles: Iterable[str], on: date
) -> set[int]:
    """Everybody who has one of the roles at one of these immigration offices (not at a Kanwil)."""
    rows = connection.execute(
        select(duties.c.officer_id)
        .join(offices, offices.c.code == duties.c.office_code)
        .where(
            offices.c.kind == "kanim",
            duties.c.office_code.in_(list(office_codes)),
            duties.c.role.in_(list(roles)),
            *holds(duties, on),
        )
    )
    return {row.officer_id for row in rows}


def villages_of(connection: Connection, officer_id: int, on: date) -> list[str]:
    """Codes of the places that an officer serves by name (village or kecamatan); those without
    one of their own who lead (head, duty desk) speak for all of their office."""
    own = _places(connection, duties.c.officer_id == officer_id, on)
    if own or not leads(connection, officer_id, on):
        return own
    office = select(officers.c.office_code).where(officers.c.id == officer_id).scalar_subquery()
    return _places(connection, duties.c.office_code == office, on)


def _places(connection: Connection, whose: ColumnElement[bool], on: date) -> list[str]:
    rows = connection.execute(
        select(duties.c.place_code)
        .where(whose, duties.c.place_code != "", *holds(duties, on))
        .distinct()
        .order_by(duties.c.place_code)
    )
    return [row.place_code for row in rows]


def leads(connection: Connection, officer_id: int, on: date, office_code: str = "") -> bool:
    """The officer answers for an office (or that one) as a whole, and so for what has no owner."""
    return (
        connection.execute(
            select(duties.c.id).where(
                duties.c.officer_id == officer_id,
                duties.c.role.in_(LEADING_ROLES),
                duties.c.office_code == office_code if office_code else true(),
                *holds(duties, on),
            )
        ).first()
        is not None
    )


def is_of(connection: Connection, officer_id: int, office_code: str) -> bool:
    """An active officer of that office."""
    query = select(officers.c.id).where(
        officers.c.id == officer_id, officers.c.office_code == office_code, officers.c.active
    )
    return connection.execute(query).first() is not None


def active_of(connection: Connection, office_code: str) -> list[int]:
    """Everybody of the office who is enrolled in a chat."""
    rows = connection.execute(
        select(officers.c.id)
        .where(
            officers.c.office_code == office_code,
            officers.c.active,
            officers.c.contact_id.is_not(None),
        )
        .order_by(officers.c.id)
    )
    return [row.id for row in rows]


def roles_of(connection: Connection, officer_id: int, on: date) -> frozenset[str]:
    """What the officer is in the console: `officer`, `leader`, `admin`, `auditor`, `dpo`."""
    held = connection.execute(
        select(duties.c.role).where(duties.c.officer_id == officer_id, *holds(duties, on))
    ).scalars()
    return frozenset(
        "leader" if role in LEADERS else role if role in OFFICE_ROLES else "officer"
        for role in held
    )


def serves(connection: Connection, officer_id: int, on: date) -> bool:
    """Who works with people, and so with broadcasts; who only looks after the office does not."""
    return bool(roles_of(connection, officer_id, on) & {"officer", "leader"})


def leader_ids(connection: Connection, office_code: str, on: date) -> list[int]:
    """Active officers who lead the office: they hold its key."""
    rows = connection.execute(
        select(duties.c.officer_id)
        .join(officers, officers.c.id == duties.c.officer_id)
        .where(
            duties.c.office_code == office_code,
            duties.c.role.in_(LEADERS),
            officers.c.active,
            *holds(duties, on),
        )
        .distinct()
        .order_by(duties.c.officer_id)
    )
    return [row.officer_id for row in rows]


def leading_role(connection: Connection, officer_id: int, on: date) -> str:
    """The role in which an officer takes what waits on a desk; "" for one who leads nothing."""
    held = connection.execute(
        select(duties.c.role).where(
            duties.c.officer_id == officer_id,
            duties.c.role.in_(LEADING_ROLES),
            *holds(duties, on),
        )
    ).scalars()
    return max(held, key=ROLE_ORDER.index, default="")


def can_read(connection: Connection, officer_id: int) -> bool:
    """Active, enrolled and with a key: the officer could open a report."""
    query = select(officers.c.id).where(
        officers.c.id == officer_id,
        officers.c.active,
        officers.c.contact_id.is_not(None),
        officers.c.key_id.is_not(None),
    )
    return connection.execute(query).first() is not None


def is_gone(connection: Connection, officer_id: int, role: str, place_code: str, on: date) -> bool:
    """No officer any more, not enrolled, or no longer in the role in which the tip was theirs."""
    there = connection.execute(
        select(officers.c.active, officers.c.contact_id).where(officers.c.id == officer_id)
    ).first()
    if there is None or not there.active or there.contact_id is None:
        return True
    held = connection.execute(
        select(duties).where(
            duties.c.officer_id == officer_id,
            duties.c.role == role,
            duties.c.place_code.in_([*with_parents(place_code), ""]),
        )
    ).all()
    return bool(held) and not any(holds_on(row, on) for row in held)


def office_of(connection: Connection, officer_id: int) -> str:
    """The code of the officer's office; "" for nobody."""
    code = select(officers.c.office_code).where(officers.c.id == officer_id)
    return connection.execute(code).scalar() or ""


def names(connection: Connection, officer_ids: Iterable[int | None]) -> dict[int | None, str]:
    """Names by id; of nobody (None) there is none."""
    wanted = {officer_id for officer_id in officer_ids if officer_id is not None}
    rows = connection.execute(
        select(officers.c.id, officers.c.name).where(officers.c.id.in_(wanted))
    )
    return {row.id: row.name for row in rows}


def contact_of(connection: Connection, officer_id: int) -> int | None:
    return connection.execute(
        select(officers.c.contact_id).where(officers.c.id == officer_id)
    ).scalar()


def holds(table: Table, on: date) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    """The row's period covers that day."""
    return table.c.valid_from <= on, or_(table.c.valid_to.is_(None), table.c.valid_to >= on)


def holds_on(row: Any, on: date) -> bool:
    """The same for a row that was read already."""
    return bool(row.valid_from <= on and (row.valid_to is None or row.valid_to >= on))


def with_parents(code: str) -> list[str]:
    """`35.02.02.2001` and the kecamatan, regency and province that hold it."""
    parts = code.split(".")
    return [".".join(parts[:length]) for length in range(len(parts), 0, -1)]
