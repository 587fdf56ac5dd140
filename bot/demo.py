"""The embedded example office of `make demo`, `talk` and the journeys. Its people are invented."""

import os
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cache

from sqlalchemy import Connection, select, update
from sqlmodel import SQLModel

from bot import accounts, contacts, groups, keys
from bot.channels.base import Inbound
from bot.contacts import Contact
from bot.office_setup import init_office
from bot.officers import officers
from bot.partner_rows import partners
from bot.partners import invitation_index
from bot.roster import INVITATION_LASTS, RosterRow, import_roster
from bot.sealing import new_key_pair, seal_to
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
PASSWORD = "kentongan-contoh"  # noqa: S105
TOTP_SECRET = b"kentongan-contoh-dua"
"""Only the demo has a password and a second factor that are known; real officers set their own."""

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
            now=now,
        )  # fmt: skip
        rows = [
            RosterRow(line, staff_no, name, role, place, "SK contoh", date(2026, 1, 1), None)
            for line, (staff_no, name, _, role, place) in enumerate(_PEOPLE, 1)
        ]
        import_roster(connection, service.ring, OFFICE, rows, now)
        for staff_no, address in {staff_no: at for staff_no, _, at, _, _ in _PEOPLE}.items():
            _enrol(connection, service, staff_no, address, now)
        _add_partners(connection, service, now)
        _make_office_key(connection, now)
        _bind_group(connection, service, now)
    service.forget_office()


def start_over(service: Service) -> None:
    """Empty every table, put the clock back, seed again. Only for the demo's own database."""
    with service.database.write() as connection:
        for table in reversed(SQLModel.metadata.sorted_tables):
            connection.execute(table.delete())
    service.clock.reset()
    seed(service)


@dataclass(frozen=True, slots=True)
class _Secrets:
    """What an officer of the demo has: as a browser would have made it."""

    key: keys.Recipient
    private: bytes
    salt: bytes
    proof: bytes
    by_password: bytes
    by_recovery: bytes


@cache
def _secrets_of(staff_no: str) -> _Secrets:
    """Made once a process: Argon2id is slow on purpose."""
    private, public = new_key_pair()
    key = keys.Recipient(keys.new_key_id(), public)
    salt = os.urandom(accounts.SALT_BYTES)
    derived = accounts.derive(PASSWORD, salt)
    by_code = accounts.recovery_key(accounts.new_recovery_code(), salt)
    return _Secrets(
        key, private, salt, derived.proof,
        accounts.lock(derived.key, key.id, "password", private),
        accounts.lock(by_code, key.id, "recovery", private),
    )  # fmt: skip


def private_key(staff_no: str) -> tuple[str, bytes]:
    """(key id, private key) of one of the demo's officers, as their browser has it unlocked."""
    made = _secrets_of(staff_no)
    return made.key.id, made.private


def _enrol(
    connection: Connection, service: Service, staff_no: str, address: str, now: datetime
) -> None:
    people = contacts.load(connection, service.database, service.ring, [(CHANNEL, address)], now)
    officer_id = connection.execute(
        update(officers)
        .where(officers.c.staff_no == staff_no)
        .values(contact_id=people[CHANNEL, address].id, invitation_index=None)
        .returning(officers.c.id)
    ).scalar_one()
    made = _secrets_of(staff_no)
    connection.execute(
        accounts.accounts.insert().values(
            officer_id=officer_id, salt=made.salt, proof_hash=accounts.hash_proof(made.proof),
            totp=service.ring.seal("totp", str(officer_id), TOTP_SECRET), totp_step=0,
            made_at=now,
        )
    )  # fmt: skip
    keys.add_officer_key(
        connection, officer_id, made.key, by_password=made.by_password,
        by_recovery=made.by_recovery, now=now,
    )  # fmt: skip
    keys.prove(connection, officer_id, made.key.id, now)


def _make_office_key(connection: Connection, now: datetime) -> None:
    """The head of section holds it, as the first leader who signs in makes it."""
    private, public = new_key_pair()
    office_key, leader = keys.new_key_id(), _secrets_of("D-003").key
    wrap = seal_to(leader.public, keys.office_key_info(office_key, leader.id), private)
    keys.add_office_key(connection, OFFICE, keys.Recipient(office_key, public), now)
    keys.share_office_key(connection, office_key, leader.id, wrap)


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
        # The one phone of the group is its admin's.
        return Inbound(CHANNEL, event_id, "group_command", text="" if payload else text,
                       payload=payload, group=GROUP, author=GROUP, author_name="Admin grup",
                       by_admin=True, standing="member")  # fmt: skip
    if payload:
        return Inbound(CHANNEL, event_id, "choice", address=phone, text=text, payload=payload)
    return Inbound(CHANNEL, event_id, "text", address=phone, text=text)
