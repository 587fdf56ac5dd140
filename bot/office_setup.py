"""`office init`: the office that runs the bot, and its area, from the list or from the operator."""

import re
from datetime import date, datetime, timedelta

from rapidfuzz import fuzz, process
from sqlalchemy import Connection, delete, select, update

from bot.gazetteer import Gazetteer
from bot.officers import GIVEN, areas, holds, offices
from bot.roster import Change, RosterError
from bot.territory import Offices, zone_of
from bot.working_hours import USUAL_HOURS, read_hours

Area = tuple[str, str, date | None]
"""A place code, where it is known from, and the last day it holds (None: until further notice)."""


def init_office(
    connection: Connection,
    office_list: Offices,
    gazetteer: Gazetteer,
    *,
    name: str,
    code: str,
    regencies: tuple[str, ...],
    time_zone: str = "",
    kind: str = "kanim",
    hours: str = USUAL_HOURS,
    ramadan_hours: str = "",
    now: datetime,
) -> list[Change]:
    """Create or change the office and its area. Without `regencies` the sure rows of
    content/offices.csv are taken. A `kanwil` needs the codes of its provinces. Raises RosterError."""
    today = now.date()
    unknown = [place for place in regencies if gazetteer.place(place) is None]
    if unknown:
        raise RosterError([f"--regency {unknown[0]}: no such code in the Kemendagri list"])
    _check_hours(hours, ramadan_hours)
    if kind == "kanwil" and not regencies:
        raise RosterError(
            [f"--regency: a Kanwil needs its provinces, e.g. --regency 35 for {name}"]
        )
    area: list[Area] = [(place, GIVEN, None) for place in regencies]
    if not area:
        area = _listed_area(office_list, gazetteer, name, today)
    zone = time_zone or zone_of(area[0][0])
    values = {"name": name, "time_zone": zone, "kind": kind, "hours": hours,
              "ramadan_hours": ramadan_hours}  # fmt: skip
    said = f"office {code}: {name}, {hours} {zone}"
    changes = []
    if connection.execute(select(offices.c.code).where(offices.c.code == code)).first():
        old = connection.execute(select(offices).where(offices.c.code == code)).one()
        connection.execute(update(offices).where(offices.c.code == code).values(**values))
        if any(getattr(old, name) != value for name, value in values.items()):
            changes.append(Change("changed", said))
    else:
        connection.execute(offices.insert().values(code=code, created_at=now, **values))
        changes.append(Change("new", said))
    return changes + _change_area(connection, gazetteer, code, area, today)


def office_code(name: str) -> str:
    """`Kanim Ponorogo` → `kanim-ponorogo`."""
    return re.sub(r"[^a-z0-9]+", "-", name.casefold()).strip("-")


def _check_hours(*hours: str) -> None:
    for text in hours:
        try:
            if text:
                read_hours(text)
        except ValueError as error:
            raise RosterError([str(error)]) from None


def _listed_area(office_list: Offices, gazetteer: Gazetteer, name: str, today: date) -> list[Area]:
    """The sure rows of the list, of a split regency only the kecamatan that are the office's."""

    def districts(regency: str) -> list[str]:
        return [place.code for place in gazetteer.children(regency)]

    sure: list[Area] = []
    for code, row in office_list.sure_areas(name, today, districts):
        last = None if row.valid_to == date.max else row.valid_to - timedelta(days=1)
        sure.append((code, f"content/offices.csv, {row.source_url} ({row.source_date})", last))
    if not sure:
        nearest = process.extract(
            name, office_list.names(today), scorer=fuzz.partial_ratio, limit=3
        )
        known = " or ".join(f"'{found[0]}'" for found in nearest)
        raise RosterError(
            [f"office {name!r}: content/offices.csv has no sure area for it; "
             f"give --regency 35.02 for each regency, or did you mean {known}?"]
        )  # fmt: skip
    return sure


def _change_area(
    connection: Connection, gazetteer: Gazetteer, code: str, area: list[Area], today: date
) -> list[Change]:
    """Make the office's area what the list says, from today on; what left it ended yesterday."""
    changes = []
    held = {
        row.place_code: row
        for row in connection.execute(
            select(areas).where(areas.c.office_code == code, *holds(areas, today))
        )
    }
    for regency, source, last in area:
        old = held.pop(regency, None)
        if old is not None:
            connection.execute(
                update(areas).where(areas.c.id == old.id).values(source=source, valid_to=last)
            )
            continue
        connection.execute(
            areas.insert().values(
                office_code=code, place_code=regency, valid_from=today, valid_to=last, source=source
            )
        )
        place = gazetteer.place(regency)
        where = f"{regency} {place.name if place else ''}"
        changes.append(Change("new", f"area {where} ({source})"))
    for regency, old in held.items():
        yesterday = today - timedelta(days=1)
        if old.valid_from > yesterday:
            connection.execute(delete(areas).where(areas.c.id == old.id))
        else:
            connection.execute(update(areas).where(areas.c.id == old.id).values(valid_to=yesterday))
        changes.append(Change("gone", f"area {regency}"))
    return changes
