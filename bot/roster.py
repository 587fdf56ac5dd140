"""The roster of officers and villages, from a CSV file.

The file is the whole roster. It is checked row by row before anything is written, compared with
what is there, and either imported as one or not at all.
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, func, select, update

from bot import accounts, audit, links, tips
from bot.csv_file import UnreadableFile, rows_of
from bot.enrolment import invitation_index, new_invitation
from bot.gazetteer import Gazetteer
from bot.officers import (
    OFFICE_ROLES,
    ROLE_ORDER,
    UNROUTED,
    duties,
    is_gone,
    officers,
    offices,
    served,
)
from bot.sealing import KeyRing

COLUMNS = ("staff_no", "name", "role", "place_code", "decree", "valid_from", "valid_to")
INVITATION_LASTS = timedelta(days=7)
MAX_ROWS = 5000


class RosterError(Exception):
    """The file or the arguments can't be used; `problems` holds one line for each mistake."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__("\n".join(problems))
        self.problems = problems


@dataclass(frozen=True, slots=True)
class RosterRow:
    """One duty of one officer, as a line of the file has it."""

    line: int
    staff_no: str
    name: str
    role: str
    place_code: str
    decree: str
    valid_from: date
    valid_to: date | None

    @property
    def key(self) -> tuple[str, str, str]:
        return self.staff_no, self.role, self.place_code


@dataclass(frozen=True, slots=True)
class Change:
    """One line of the difference report."""

    kind: str
    """`new`, `changed`, `gone`, `invited`."""
    what: str


# ---- the roster


def read_roster(path: Path, gazetteer: Gazetteer, today: date) -> list[RosterRow]:
    """The rows of a roster file. Raises RosterError with a line for each mistake."""
    try:
        raw = rows_of(path, COLUMNS, MAX_ROWS)
    except UnreadableFile as error:
        raise RosterError([str(error)]) from None
    rows, problems = [], []
    for line, cells in enumerate(raw, 2):
        try:
            rows.append(_row(line, cells, gazetteer, today))
        except ValueError as error:
            problems.append(f"{path.name}: line {line}: {error}")
    problems += [f"{path.name}: {problem}" for problem in _contradictions(rows)]
    if problems:
        raise RosterError(
            sorted(problems, key=lambda line: int(line.split("line ")[1].split(":")[0]))
        )
    return rows


def _row(line: int, cells: dict[str, str | None], gazetteer: Gazetteer, today: date) -> RosterRow:
    values = {name: (cells.get(name) or "").strip() for name in COLUMNS}
    for name in ("staff_no", "name", "role", "valid_from"):
        if not values[name]:
            raise ValueError(f"{name} is empty")
    role, place = values["role"].casefold(), values["place_code"]
    if role not in (*ROLE_ORDER, *OFFICE_ROLES):
        known = ", ".join((*ROLE_ORDER, *OFFICE_ROLES))
        raise ValueError(f"role {values['role']!r} is none of {known}")
    if role in OFFICE_ROLES and place:
        raise ValueError(f"role {role} is for the whole office: leave place_code empty")
    if role in ("pimpasa", "deputy", "contact") and not place:
        raise ValueError(f"a {role} needs the place_code of a village or kecamatan")
    if place and gazetteer.place(place) is None:
        raise ValueError(f"place_code {place!r} is no place of the Kemendagri list")
    starts, ends = _day(values, "valid_from"), None
    if values["valid_to"]:
        ends = _day(values, "valid_to")
        if ends < today:
            raise ValueError(f"valid_to {ends} is in the past; leave the row out")
        if ends < starts:
            raise ValueError(f"valid_to {ends} is before valid_from {starts}")
    return RosterRow(
        line, values["staff_no"], values["name"], role, place, values["decree"], starts, ends
    )


def _day(values: dict[str, str], name: str) -> date:
    try:
        return date.fromisoformat(values[name])
    except ValueError:
        raise ValueError(f"{name} {values[name]!r} is no date such as 2026-11-22") from None


def _contradictions(rows: list[RosterRow]) -> list[str]:
    """Two owners of one village at the same time, one row twice, one number with two names."""
    problems = []
    names: dict[str, str] = {}
    seen: dict[tuple[str, str, str], RosterRow] = {}
    owners: dict[str, list[RosterRow]] = {}
    for row in rows:
        if names.setdefault(row.staff_no, row.name) != row.name:
            first = names[row.staff_no]
            problems.append(f"line {row.line}: staff_no {row.staff_no} is {first!r} above")
        if row.key in seen:
            problems.append(f"line {row.line}: the same duty stands in line {seen[row.key].line}")
        seen.setdefault(row.key, row)
        if row.role == "pimpasa":
            problems.extend(
                f"line {row.line}: {row.place_code} already has a pimpasa in line {other.line} "
                "at the same time; make one of them deputy"
                for other in owners.setdefault(row.place_code, [])
                if other.staff_no != row.staff_no and _overlap(row, other)
            )
            owners[row.place_code].append(row)
    return problems


def _overlap(one: RosterRow, other: RosterRow) -> bool:
    return (one.valid_to or date.max) >= other.valid_from and (
        other.valid_to or date.max
    ) >= one.valid_from


def import_roster(
    connection: Connection, ring: KeyRing, office: str, rows: list[RosterRow], now: datetime
) -> list[Change]:
    """Make the roster what the rows say and report the difference. Raises RosterError."""
    today = now.date()
    outside = [
        f"line {row.line}: {row.place_code} is not in the area of {office}"
        for row in rows
        if not served(connection, office, row.place_code, today)
    ]
    if outside:
        raise RosterError(outside)
    changes: list[Change] = []
    ids = _import_officers(connection, office, rows, changes)
    _import_duties(connection, office, rows, ids, today, changes)
    for staff_no, officer_id in ids.items():
        changes += _invite_if_needed(connection, ring, officer_id, staff_no, now)
    hand_over_orphans(connection, now)
    audit.record(connection, now, actor="operator", action="roster", subject=f"office:{office}")
    return changes


def _import_officers(
    connection: Connection, office: str, rows: list[RosterRow], changes: list[Change]
) -> dict[str, int]:
    """Officer ids by staff number; those no longer named can't act any more."""
    there = {
        row.staff_no: row
        for row in connection.execute(select(officers).where(officers.c.office_code == office))
    }
    ids: dict[str, int] = {}
    for staff_no, name in {row.staff_no: row.name for row in rows}.items():
        old = there.get(staff_no)
        if old is None:
            added = officers.insert().values(
                office_code=office, staff_no=staff_no, name=name, active=True
            )
            ids[staff_no] = connection.execute(added.returning(officers.c.id)).scalar_one()
            changes.append(Change("new", f"officer {staff_no} {name}"))
            continue
        ids[staff_no] = old.id
        if old.name != name or not old.active:
            changes.append(Change("changed", f"officer {staff_no}: {old.name} → {name}"))
            connection.execute(
                update(officers).where(officers.c.id == old.id).values(name=name, active=True)
            )
    for staff_no in there.keys() - ids.keys():
        if there[staff_no].active:
            changes.append(Change("gone", f"officer {staff_no} {there[staff_no].name}"))
            connection.execute(
                update(officers)
                .where(officers.c.id == there[staff_no].id)
                .values(active=False, contact_id=None, key_id=None)
            )
    return ids


def _import_duties(
    connection: Connection,
    office: str,
    rows: list[RosterRow],
    ids: dict[str, int],
    today: date,
    changes: list[Change],
) -> None:
    held = {
        (row.staff_no, row.role, row.place_code): row
        for row in connection.execute(
            select(duties, officers.c.staff_no)
            .join(officers, officers.c.id == duties.c.officer_id)
            .where(duties.c.office_code == office)
            .where((duties.c.valid_to.is_(None)) | (duties.c.valid_to >= today))
        )
    }
    for row in rows:
        values = {"decree": row.decree, "valid_from": row.valid_from, "valid_to": row.valid_to}
        what = f"{row.role} {row.place_code or 'whole office'}: {row.staff_no} {row.name}"
        old = held.pop(row.key, None)
        if old is None:
            connection.execute(
                duties.insert().values(
                    officer_id=ids[row.staff_no], office_code=office, role=row.role,
                    place_code=row.place_code, **values,
                )
            )  # fmt: skip
            changes.append(Change("new", what))
        elif any(getattr(old, name) != value for name, value in values.items()):
            connection.execute(update(duties).where(duties.c.id == old.id).values(**values))
            changes.append(Change("changed", what))
    for (staff_no, role, place), old in held.items():
        connection.execute(
            update(duties).where(duties.c.id == old.id).values(valid_to=today - timedelta(days=1))
        )
        changes.append(Change("gone", f"{role} {place or 'whole office'}: {staff_no}"))


def _invite_if_needed(
    connection: Connection, ring: KeyRing, officer_id: int, staff_no: str, now: datetime
) -> list[Change]:
    row = connection.execute(
        select(officers.c.contact_id, officers.c.invitation_until).where(
            officers.c.id == officer_id
        )
    ).one()
    if row.contact_id is not None or (row.invitation_until and row.invitation_until > now):
        return []
    return [Change("invited", f"{staff_no}: MASUK {invite(connection, ring, officer_id, now)}")]


def invite(connection: Connection, ring: KeyRing, officer_id: int, now: datetime) -> str:
    """A fresh enrolment code; any older one is void."""
    code = new_invitation()
    connection.execute(
        update(officers)
        .where(officers.c.id == officer_id)
        .values(
            invitation_index=invitation_index(ring, code),
            invitation_until=now + INVITATION_LASTS,
        )
    )
    return code


def shut_out(connection: Connection, officer_id: int) -> None:
    """The chat the officer enrolled from can do nothing any more, nor can the old account."""
    links.revoke_all(connection, officer_id)
    accounts.close(connection, officer_id)
    connection.execute(
        update(officers).where(officers.c.id == officer_id).values(contact_id=None, key_id=None)
    )


def officer_by_staff_no(connection: Connection, office: str, staff_no: str) -> int | None:
    return connection.execute(
        select(officers.c.id).where(
            officers.c.office_code == office, officers.c.staff_no == staff_no, officers.c.active
        )
    ).scalar()


def hand_over_orphans(connection: Connection, now: datetime) -> None:
    """Open tips of nobody, or of who no longer has the duty they came by, are due at once.

    The schedule then gives each to whoever has the place now (`bot/schedule.py`).
    """
    open_now = connection.execute(
        select(
            tips.assignments.c.id, tips.assignments.c.officer_id, tips.assignments.c.role,
            tips.tips.c.place_code, offices.c.time_zone,
        )
        .join(tips.tips, tips.tips.c.number == tips.assignments.c.tip_number)
        .join(offices, offices.c.code == tips.tips.c.office_code)
        .where(tips.assignments.c.ended_at.is_(None))
    ).all()  # fmt: skip
    orphans = []
    for row in open_now:
        today = now.astimezone(ZoneInfo(row.time_zone)).date()
        if row.officer_id is None:
            if row.role == UNROUTED.role:
                orphans.append(row.id)
        elif is_gone(connection, row.officer_id, row.role, row.place_code, today):
            orphans.append(row.id)
    connection.execute(
        update(tips.assignments).where(tips.assignments.c.id.in_(orphans)).values(due_at=now)
    )


def summary(connection: Connection, office: str) -> tuple[int, int]:
    """(active officers, of them enrolled)."""
    row = connection.execute(
        select(func.count(), func.count(officers.c.contact_id)).where(
            officers.c.office_code == office, officers.c.active
        )
    ).one()
    return int(row[0]), int(row[1])
