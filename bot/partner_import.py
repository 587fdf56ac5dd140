"""The office's own partners, from a CSV file: checked row by row, compared, imported as one."""

import re
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, select, update

from bot import audit, partner_requests
from bot.atlas import is_inside
from bot.csv_file import UnreadableFile, plain_cell, rows_of
from bot.enrolment import new_invitation
from bot.gazetteer import Gazetteer
from bot.officers import areas, officers
from bot.partner_rows import partners
from bot.partners import invitation_index
from bot.roster import INVITATION_LASTS, Change
from bot.sealing import KeyRing
from flows.catalog import FRESH_DAYS
from flows.partners import CONCERNS, KINDS

COLUMNS = ("key", "kind", "name", "place_code", "concerns", "phone", "site", "address", "source",
           "checked", "review_by", "vouched_by", "writes")  # fmt: skip
_NEEDED = ("key", "kind", "name", "place_code", "concerns", "checked", "review_by", "vouched_by")
MAX_ROWS = 5000
MAX_CELL = 200
_KEY = re.compile(r"[a-z0-9][a-z0-9-]{1,39}")
_PHONE = re.compile(r"[+(]?[0-9][0-9 ()-]{2,24}")


class PartnerFileError(Exception):
    """The file can't be used; `problems` holds one line for each mistake."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__("\n".join(problems))
        self.problems = problems


@dataclass(frozen=True, slots=True)
class PartnerRow:
    """One line of the file. `values` are the columns of the table beside office and key."""

    line: int
    key: str
    values: dict[str, Any]


def read_partners(path: Path, gazetteer: Gazetteer, today: date) -> list[PartnerRow]:
    """The rows of the file. Raises PartnerFileError with a line for each mistake."""
    try:
        raw = rows_of(path, COLUMNS, MAX_ROWS)
    except UnreadableFile as error:
        raise PartnerFileError([str(error)]) from None
    rows: dict[str, PartnerRow] = {}
    problems = []
    for line, cells in enumerate(raw, 2):
        try:
            row = _row(line, cells, gazetteer, today)
            if row.key in rows:
                raise ValueError(f"key {row.key} stands in line {rows[row.key].line} already")
            rows[row.key] = row
        except ValueError as error:
            problems.append(f"{path.name}: line {line}: {error}")
    if problems:
        raise PartnerFileError(problems)
    return list(rows.values())


def _row(line: int, cells: dict[str, str | None], gazetteer: Gazetteer, today: date) -> PartnerRow:
    said = {name: plain_cell(name, cells.get(name) or "", MAX_CELL) for name in COLUMNS}
    for name in _NEEDED:
        if not said[name]:
            raise ValueError(f"{name} is empty")
    if not _KEY.fullmatch(said["key"]):
        raise ValueError(f"key {said['key']!r} is not like babinsa-ngrayun")
    if said["kind"] not in KINDS:
        raise ValueError(f"kind {said['kind']!r} is none of {', '.join(KINDS)}")
    if gazetteer.place(said["place_code"]) is None or said["place_code"].isalpha():
        raise ValueError(f"place_code {said['place_code']!r} is no place of the Kemendagri list")
    for concern in said["concerns"].split():
        if concern not in CONCERNS:
            raise ValueError(f"concerns has {concern!r}, which is none of {', '.join(CONCERNS)}")
    if said["phone"] and not _PHONE.fullmatch(said["phone"]):
        raise ValueError(f"phone {said['phone']!r} is no telephone number")
    if any(said[way] for way in ("phone", "site", "address")) and not said["source"]:
        raise ValueError("a phone, site or address needs its source")
    if said["writes"].casefold() not in ("", "yes", "no", "ya", "tidak"):
        raise ValueError(f"writes {said['writes']!r} is neither yes nor no")
    checked, review_by = _day(said, "checked"), _day(said, "review_by")
    if checked > today:
        raise ValueError(f"checked {checked} is in the future")
    if review_by < today or not 0 < (review_by - checked).days <= FRESH_DAYS:
        raise ValueError(
            f"review_by {review_by} must be after today and at most six months after checked"
        )
    values = {name: said[name] for name in COLUMNS if name != "key"} | {
        "checked": checked,
        "review_by": review_by,
        "writes": said["writes"].casefold() in ("yes", "ya"),
        "active": True,
    }
    return PartnerRow(line, said["key"], values)


def _day(said: dict[str, str], name: str) -> date:
    try:
        return date.fromisoformat(said[name])
    except ValueError:
        raise ValueError(f"{name} {said[name]!r} is no date such as 2026-11-22") from None


def import_partners(
    connection: Connection, ring: KeyRing, office: str, rows: list[PartnerRow], now: datetime
) -> list[Change]:
    """Make the office's partners what the rows say; the difference. Raises PartnerFileError."""
    _check_office(connection, office, rows)
    there = {
        row.key: row
        for row in connection.execute(select(partners).where(partners.c.office_code == office))
    }
    changes: list[Change] = []
    for row in rows:
        changes += _keep(connection, office, row, there.get(row.key), now)
    for key in sorted(there.keys() - {row.key for row in rows}):
        if there[key].active:
            changes.append(Change("gone", f"partner {key} {there[key].name}"))
            _shut_out(connection, there[key].id, now, active=False)
    for row in rows:
        if row.values["writes"]:
            changes += _invite_if_needed(connection, ring, office, row.key, now)
    audit.record(connection, now, actor="operator", action="partners", subject=f"office:{office}")
    return changes


def _check_office(connection: Connection, office: str, rows: list[PartnerRow]) -> None:
    """Each partner is for our area, and an officer of ours vouches for it."""
    ours = set(
        connection.execute(
            select(areas.c.place_code).where(areas.c.office_code == office)
        ).scalars()
    )
    staff = set(
        connection.execute(
            select(officers.c.staff_no).where(officers.c.office_code == office, officers.c.active)
        ).scalars()
    )
    problems = []
    for row in rows:
        place, by = row.values["place_code"], row.values["vouched_by"]
        if not any(is_inside(place, area) or is_inside(area, place) for area in ours):
            problems.append(f"line {row.line}: {place} has nothing of the area of {office}")
        if by not in staff:
            problems.append(f"line {row.line}: vouched_by {by} is no active officer's staff_no")
    if problems:
        raise PartnerFileError(problems)


def _keep(
    connection: Connection, office: str, row: PartnerRow, old: Any, now: datetime
) -> list[Change]:
    what = f"partner {row.key} {row.values['name']}"
    if old is None:
        connection.execute(partners.insert().values(office_code=office, key=row.key, **row.values))
        return [Change("new", what)]
    different = [name for name, value in row.values.items() if getattr(old, name) != value]
    if not different:
        return []
    if {"kind", "place_code"} & set(different) or not row.values["writes"]:
        _shut_out(connection, old.id, now, active=True)  # it is somebody else now
    connection.execute(update(partners).where(partners.c.id == old.id).values(**row.values))
    return [Change("changed", f"{what}: {', '.join(different)}")]


def _shut_out(connection: Connection, partner_id: int, now: datetime, *, active: bool) -> None:
    """The chat that it enrolled from can do nothing as a partner any more."""
    partner_requests.end_of_partner(connection, partner_id, now)
    connection.execute(
        update(partners)
        .where(partners.c.id == partner_id)
        .values(active=active, contact_id=None, invitation_index=None, invitation_until=None)
    )


def _invite_if_needed(
    connection: Connection, ring: KeyRing, office: str, key: str, now: datetime
) -> list[Change]:
    row = connection.execute(
        select(partners.c.contact_id, partners.c.invitation_until).where(
            partners.c.office_code == office, partners.c.key == key
        )
    ).one()
    if row.contact_id is not None or (row.invitation_until and row.invitation_until > now):
        return []
    code = invite(connection, ring, office, key, now)
    return [Change("invited", f"{key}: MITRA {code}")]


def invite(connection: Connection, ring: KeyRing, office: str, key: str, now: datetime) -> str:
    """A fresh enrolment code; the chat enrolled before is shut out. Raises PartnerFileError."""
    row = connection.execute(
        select(partners.c.id).where(
            partners.c.office_code == office, partners.c.key == key,
            partners.c.active, partners.c.writes,
        )
    ).first()  # fmt: skip
    if row is None:
        raise PartnerFileError([f"{key}: no active partner with that key that writes"])
    _shut_out(connection, row.id, now, active=True)
    code = new_invitation()
    connection.execute(
        update(partners)
        .where(partners.c.id == row.id)
        .values(
            invitation_index=invitation_index(ring, code),
            invitation_until=now + INVITATION_LASTS,
        )
    )
    return code
