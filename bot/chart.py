"""Offices, their areas, duties and leave as the database has them: what `bot/routing.py` goes by."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, or_, select, true

from bot import keys
from bot.officers import (
    LEADING_ROLES,
    ROLE_ORDER,
    areas,
    duties,
    leaves,
    officers,
    with_parents,
)
from bot.service import OurOffice
from bot.territory import Offices
from flows.ports import Place


@dataclass(frozen=True, slots=True)
class Chart:
    """Offices, their areas, duties and leave, as they are in the database."""

    ours: OurOffice
    offices: Mapping[str, OurOffice]
    places: Callable[[str], Place | None]
    listed: Offices
    """content/offices.csv: whom we know of beyond the offices on this system."""
    areas: Mapping[str, list[Any]] = field(default_factory=dict)
    """By place code."""
    duties: Mapping[tuple[str, str], list[Any]] = field(default_factory=dict)
    """By office and place code, "" for the whole office."""
    leaders: Mapping[str, list[Any]] = field(default_factory=dict)
    away: Mapping[int, list[tuple[datetime, datetime]]] = field(default_factory=dict)
    unconfirmed: frozenset[int] = frozenset()
    """As `keys.unconfirmed`; they are not among the leaders."""

    def is_away(self, officer_id: int, at: datetime) -> bool:
        return any(begins <= at < ends for begins, ends in self.away.get(officer_id, ()))


def load_chart(
    connection: Connection,
    ours: OurOffice,
    offices: Mapping[str, OurOffice],
    places: Callable[[str], Place | None],
    listed: Offices,
    on: date,
    codes: Iterable[str] | None = None,
) -> Chart:
    """What the database says of these places; of all when `codes` is None. `on` is today."""
    area_rows = select(areas)
    duty_rows: ColumnElement[bool] = true()
    if codes is not None:
        codes = [code for code in codes if code]
        wanted = {parent for code in codes for parent in with_parents(code)}
        inside = [areas.c.place_code.startswith(f"{code}.", autoescape=True) for code in codes]
        area_rows = area_rows.where(or_(areas.c.place_code.in_(wanted), *inside))
        duty_rows = or_(duties.c.place_code.in_(wanted | {""}), duties.c.role.in_(LEADING_ROLES))
    found = connection.execute(
        select(
            duties.c.role, duties.c.place_code, duties.c.decree, duties.c.office_code,
            duties.c.valid_from, duties.c.valid_to,
            officers.c.id, officers.c.name, officers.c.contact_id, officers.c.key_id,
        )
        .join(officers, officers.c.id == duties.c.officer_id)
        .where(duty_rows, officers.c.active, duties.c.role.in_(ROLE_ORDER))
        .order_by(duties.c.id)
    ).all()  # fmt: skip
    unconfirmed = keys.unconfirmed(connection, on)
    away = connection.execute(select(leaves.c.officer_id, leaves.c.begins_at, leaves.c.ends_at))
    return Chart(
        ours, offices, places, listed,
        areas=_grouped(connection.execute(area_rows), lambda row: row.place_code),
        duties=_grouped(found, lambda row: (row.office_code, row.place_code)),
        leaders=_grouped(
            (row for row in found if row.role in LEADING_ROLES and row.id not in unconfirmed),
            lambda row: row.office_code,
        ),
        away={
            officer: [(row.begins_at, row.ends_at) for row in rows]
            for officer, rows in _grouped(away, lambda row: row.officer_id).items()
        },
        unconfirmed=unconfirmed,
    )  # fmt: skip


def _grouped(rows: Iterable[Any], key: Callable[[Any], Any]) -> dict[Any, list[Any]]:
    found: dict[Any, list[Any]] = {}
    for row in rows:
        found.setdefault(key(row), []).append(row)
    return found
