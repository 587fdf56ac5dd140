"""`office init`: the office that runs the bot, and its area, from the list or from the operator."""

import re
from datetime import date, datetime, timedelta

from rapidfuzz import fuzz, process
from sqlalchemy import Connection, select, update

from bot.gazetteer import Gazetteer
from bot.officers import areas, offices
from bot.roster import Change, RosterError
from bot.territory import Offices

_WITA = {"51", "52", "53", "63", "64", "65", "71", "72", "73", "74", "75", "76"}
_WIT = {"81", "82", "91", "92", "93", "94", "95", "96"}


def init_office(
    connection: Connection,
    office_list: Offices,
    gazetteer: Gazetteer,
    *,
    name: str,
    code: str,
    regencies: tuple[str, ...],
    time_zone: str,
    opens: str,
    closes: str,
    now: datetime,
) -> list[Change]:
    """Create or change the office and its area. Without `regencies` the sure rows of
    content/offices.csv are taken. Raises RosterError."""
    today = now.date()
    unknown = [code for code in regencies if gazetteer.place(code) is None]
    if unknown:
        raise RosterError([f"--regency {unknown[0]}: no such code in the Kemendagri list"])
    if opens >= closes:
        raise RosterError([f"--opens {opens} is not before --closes {closes}"])
    area = [(regency, "given by the operator") for regency in regencies]
    if not area:
        area = _listed_area(office_list, name, today)
    zone = time_zone or _zone_of(area[0][0])
    values = {"name": name, "time_zone": zone, "opens": opens, "closes": closes}
    changes = []
    if connection.execute(select(offices.c.code).where(offices.c.code == code)).first():
        old = connection.execute(select(offices).where(offices.c.code == code)).one()
        connection.execute(update(offices).where(offices.c.code == code).values(**values))
        if any(getattr(old, name) != value for name, value in values.items()):
            changes.append(Change("changed", f"office {code}: {name}, {opens}-{closes} {zone}"))
    else:
        connection.execute(offices.insert().values(code=code, created_at=now, **values))
        changes.append(Change("new", f"office {code}: {name}, {opens}-{closes} {zone}"))
    return changes + _change_area(connection, gazetteer, code, area, today)


def office_code(name: str) -> str:
    """`Kanim Ponorogo` → `kanim-ponorogo`."""
    return re.sub(r"[^a-z0-9]+", "-", name.casefold()).strip("-")


def _listed_area(office_list: Offices, name: str, today: date) -> list[tuple[str, str]]:
    listed = office_list.regencies(name, today)
    sure = [(code, "content/offices.csv") for code, _, how in listed if how == "sure"]
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


def _zone_of(place_code: str) -> str:
    province = place_code.partition(".")[0]
    if province in _WIT:
        return "Asia/Jayapura"
    return "Asia/Makassar" if province in _WITA else "Asia/Jakarta"


def _change_area(
    connection: Connection,
    gazetteer: Gazetteer,
    code: str,
    area: list[tuple[str, str]],
    today: date,
) -> list[Change]:
    """Make the office's area what the list says, from today on; what left it ended yesterday."""
    changes = []
    held = {
        row.place_code
        for row in connection.execute(
            select(areas.c.place_code).where(
                areas.c.office_code == code, areas.c.valid_to.is_(None)
            )
        )
    }
    for regency, source in area:
        if regency not in held:
            connection.execute(
                areas.insert().values(
                    office_code=code, place_code=regency, valid_from=today, source=source
                )
            )
            place = gazetteer.place(regency)
            where = f"{regency} {place.name if place else ''}"
            changes.append(Change("new", f"area {where} ({source})"))
    for regency in held - {regency for regency, _ in area}:
        connection.execute(
            update(areas)
            .where(areas.c.office_code == code, areas.c.place_code == regency)
            .values(valid_to=today - timedelta(days=1))
        )
        changes.append(Change("gone", f"area {regency}"))
    return changes
