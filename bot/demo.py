"""The embedded example office of `make demo`, `talk` and the journeys. Its people are invented."""

from datetime import date, datetime, timedelta

from sqlalchemy import Connection, select, update
from sqlmodel import SQLModel

from bot import contacts, groups
from bot.channels.base import Inbound
from bot.contacts import Contact
from bot.office_setup import init_office
from bot.officers import officers
from bot.partner_rows import partners
from bot.partners import invitation_index
from bot.pins import hash_pin
from bot.roster import INVITATION_LASTS, RosterRow, import_roster
from bot.service import Service
from flows.partners import CONCERNS

OFFICE = "kanim-ponorogo"
OFFICE_NAME = "Kanim Ponorogo"
CHANNEL = "simulator"
VILLAGER = "warga"
GROUP = "grup"
OFFICER = "petugas"
DEPUTY = "wakil"
HEAD = "kepala"
PARTNER = "babinsa"
VILLAGE = "35.02.02.2009"
OTHER_VILLAGE = "35.02.02.2003"
PIN = "246810"
"""Only the demo has a PIN that is known; real officers set their own."""

PARTNER_CODE = "MTRA-2345"
"""Enrols the example's second partner; real codes are made by chance."""

_PEOPLE = (
    ("D-001", "Sri Wahyuni (contoh)", OFFICER, "pimpasa", VILLAGE),
    ("D-001", "Sri Wahyuni (contoh)", OFFICER, "pimpasa", OTHER_VILLAGE),
    ("D-002", "Bagus Prasetyo (contoh)", DEPUTY, "deputy", VILLAGE),
    ("D-003", "Dewi Lestari (contoh)", HEAD, "section_head", ""),
)


def seed(service: Service) -> None:
    """Fill an empty database with the example office; a second call changes nothing."""
    now = service.clock.now()
    with service.database.write() as connection:
        if connection.execute(select(Contact.__table__.c.id).limit(1)).first():  # type: ignore[attr-defined]
            return
        init_office(
            connection, service.office_list, service.gazetteer, name=OFFICE_NAME, code=OFFICE, regencies=(),
            time_zone="", opens="08:00", closes="16:00", now=now,
        )  # fmt: skip
        rows = [
            RosterRow(line, staff_no, name, role, place, "SK contoh", date(2026, 1, 1), None)
            for line, (staff_no, name, _, role, place) in enumerate(_PEOPLE, 1)
        ]
        import_roster(connection, service.ring, OFFICE, rows, now)
        for staff_no, _, address, _, _ in _PEOPLE:
            _enrol(connection, service, staff_no, address, now)
        _add_partners(connection, service, now)
        _bind_group(connection, service, now)
    service.forget_office()


def start_over(service: Service) -> None:
    """Empty every table, put the clock back, seed again. Only for the demo's own database."""
    with service.database.write() as connection:
        for table in reversed(SQLModel.metadata.sorted_tables):
            connection.execute(table.delete())
    service.clock.reset()
    seed(service)


def _enrol(
    connection: Connection, service: Service, staff_no: str, address: str, now: datetime
) -> None:
    people = contacts.load(connection, service.database, service.ring, [(CHANNEL, address)], now)
    known = people[CHANNEL, address]
    connection.execute(
        update(officers)
        .where(officers.c.staff_no == staff_no)
        .values(contact_id=known.id, pin_hash=hash_pin(PIN), invitation_index=None)
    )


def _add_partners(connection: Connection, service: Service, now: datetime) -> None:
    """A Babinsa who has enrolled, and a Bhabinkamtibmas who has not."""
    babinsa = contacts.load(connection, service.database, service.ring, [(CHANNEL, PARTNER)], now)
    common = {
        "office_code": OFFICE, "place_code": VILLAGE, "concerns": " ".join(CONCERNS),
        "checked": now.date(), "review_by": now.date() + timedelta(days=90), "vouched_by": "D-001",
        "writes": True,
    }  # fmt: skip
    connection.execute(
        partners.insert().values(
            key="babinsa-ngrayun", kind="babinsa", name="Babinsa Ngrayun (contoh)",
            contact_id=babinsa[CHANNEL, PARTNER].id, **common,
        )
    )  # fmt: skip
    connection.execute(
        partners.insert().values(
            key="bhabin-ngrayun", kind="bhabinkamtibmas", name="Bhabinkamtibmas (contoh)",
            invitation_index=invitation_index(service.ring, PARTNER_CODE),
            invitation_until=now + INVITATION_LASTS, **common,
        )
    )  # fmt: skip


def _bind_group(connection: Connection, service: Service, now: datetime) -> None:
    group_id = groups.join(connection, service.database, service.ring, CHANNEL, GROUP, now)
    connection.execute(
        groups.groups.update().where(groups.groups.c.id == group_id).values(place_code=VILLAGE)
    )


def inbound(event_id: str, phone: str, text: str = "", payload: str = "") -> Inbound:
    """What somebody types or presses on one of the demo's phones."""
    if phone == GROUP:
        return Inbound(CHANNEL, event_id, "group_command", text=text or payload, group=GROUP)
    if payload:
        return Inbound(CHANNEL, event_id, "choice", address=phone, text=text, payload=payload)
    return Inbound(CHANNEL, event_id, "text", address=phone, text=text)
