"""People who talk to the bot: an opaque address in a channel, sealed, found by a keyed index."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, bindparam, delete, select, update
from sqlmodel import Field, SQLModel

from bot.database import Database, Moment
from bot.officers import Officer
from bot.sealing import KeyRing
from bot.sessions import SessionRow, open_session
from flows.session import Session

_ADDRESS = "contact"
SILENCE = timedelta(days=60)
"""After so long without a word a number may have been given to somebody else (security.md 2, 21)."""


class Contact(SQLModel, table=True):
    """The phone number may be hidden or shared, so it is never the identity."""

    id: int | None = Field(default=None, primary_key=True)
    channel: str
    address_index: bytes = Field(unique=True)
    """Keyed fingerprint of channel and address."""
    address: bytes
    """Sealed; bound to the index."""
    place_code: str = Field(default="", index=True)
    language: str = Field(default="id", sa_column_kwargs={"server_default": "id"})
    """What they chose to be spoken to in."""
    consented_at: datetime | None = Field(default=None, sa_type=Moment)
    opted_out_at: datetime | None = Field(default=None, sa_type=Moment)
    unreachable_at: datetime | None = Field(default=None, sa_type=Moment)
    code_before: datetime | None = Field(default=None, sa_type=Moment)
    """Cases opened until then open in this chat only with their code: somebody wrote AMAN, or wrote
    again after `SILENCE`, when the SIM may be another person's."""
    quiet_before: datetime | None = Field(default=None, sa_type=Moment)
    """Of cases opened until then nothing is sent here unasked: AMAN, or a "no" after STOP."""
    created_at: datetime = Field(sa_type=Moment)


class Consent(SQLModel, table=True):
    """Provable consent (UU 27/2022 Pasal 24): who, what for, to which words, when."""

    id: int | None = Field(default=None, primary_key=True)
    contact_id: int = Field(foreign_key="contact.id", index=True)
    purpose: str
    text_version: str
    given_at: datetime = Field(sa_type=Moment)
    withdrawn_at: datetime | None = Field(default=None, sa_type=Moment)


@dataclass(slots=True)
class Known:
    """A contact with everything a turn needs, read in one statement and kept up to date in it."""

    id: int
    channel: str
    place_code: str
    consented: bool
    opted_out_at: datetime | None
    unreachable: bool
    is_new: bool
    session: Session
    officer_id: int | None
    officer_name: str | None
    office_code: str | None
    code_before: datetime | None = None
    quiet_before: datetime | None = None
    last_inbound_at: datetime | None = None
    language: str = "id"
    touched: bool = False
    done_lessons: frozenset[str] | None = None

    def snapshot(self) -> tuple[object, ...]:
        """What effects may change, to be put back when they are taken back."""
        return (
            self.place_code,
            self.consented,
            self.opted_out_at,
            self.officer_name,
            self.done_lessons,
            self.code_before,
            self.quiet_before,
            self.language,
        )

    def restore(self, before: tuple[object, ...]) -> None:
        names = ("place_code", "consented", "opted_out_at", "officer_name", "done_lessons",
                 "code_before", "quiet_before", "language")  # fmt: skip
        for name, value in zip(names, before, strict=True):
            setattr(self, name, value)


contacts = Contact.__table__  # type: ignore[attr-defined]
sessions = SessionRow.__table__  # type: ignore[attr-defined]
officers = Officer.__table__  # type: ignore[attr-defined]
consents = Consent.__table__  # type: ignore[attr-defined]

_LOCK = (
    select(contacts.c.id)
    .where(contacts.c.address_index.in_(bindparam("indexes", expanding=True)))
    .order_by(contacts.c.id)
    .with_for_update(key_share=True)  # not in the way of rows that merely refer to a contact
)
_LOAD = (
    select(
        contacts.c.id,
        contacts.c.address_index,
        contacts.c.channel,
        contacts.c.place_code,
        contacts.c.consented_at,
        contacts.c.opted_out_at,
        contacts.c.unreachable_at,
        contacts.c.code_before,
        contacts.c.quiet_before,
        contacts.c.language,
        sessions.c.last_inbound_at,
        sessions.c.state,
        officers.c.id,
        officers.c.name,
        officers.c.office_code,
    )
    .select_from(
        contacts.outerjoin(sessions, sessions.c.contact_id == contacts.c.id).outerjoin(
            officers, (officers.c.contact_id == contacts.c.id) & officers.c.active
        )
    )
    .where(contacts.c.address_index.in_(bindparam("indexes", expanding=True)))
    .order_by(contacts.c.id)
)


def index_of(ring: KeyRing, channel: str, address: str) -> bytes:
    return ring.index(_ADDRESS, f"{channel}|{address}")


def is_known(connection: Connection, ring: KeyRing, channel: str, address: str) -> bool:
    index = index_of(ring, channel, address)
    found = connection.execute(select(contacts.c.id).where(contacts.c.address_index == index))
    return found.first() is not None


def load(
    connection: Connection,
    database: Database,
    ring: KeyRing,
    people: Iterable[tuple[str, str]],
    now: datetime,
) -> dict[tuple[str, str], Known]:
    """The contacts of (channel, address) pairs, made where they are new, locked on PostgreSQL."""
    wanted = {index_of(ring, *person): person for person in people}
    if not wanted:
        return {}
    known = _select(connection, database, ring, wanted)
    missing = [index for index, person in wanted.items() if person not in known]
    if missing:
        rows = [
            {
                "channel": wanted[index][0],
                "address_index": index,
                "address": ring.seal(_ADDRESS, index.hex(), wanted[index][1].encode()),
                "place_code": "",
                "language": "id",
                "created_at": now,
            }
            for index in sorted(missing)
        ]
        insert = database.insert(contacts).on_conflict_do_nothing()
        made = connection.execute(insert.returning(contacts.c.id), rows)  # one statement for all
        mine = {row.id for row in made}
        added = _select(connection, database, ring, {index: wanted[index] for index in missing})
        for person in added.values():
            person.is_new = person.id in mine
        known |= added
    return known


def load_by_id(
    connection: Connection,
    database: Database,
    ring: KeyRing,
    contact_ids: list[int],
    *,
    due: datetime | None = None,
) -> list[Known]:
    """The same for contacts that are known by their row (when time is the input).

    With `due`: only those whose session, now that they are locked, still wakes by then.
    """
    rows = connection.execute(
        select(contacts.c.address_index, contacts.c.channel).where(contacts.c.id.in_(contact_ids))
    )
    wanted = {row.address_index: (row.channel, str(n)) for n, row in enumerate(rows)}
    found = list(_select(connection, database, ring, wanted).values()) if wanted else []
    if due is None or database.is_sqlite or not found:
        return found
    waking = select(sessions.c.contact_id).where(
        sessions.c.contact_id.in_([known.id for known in found]), sessions.c.wake_at <= due
    )
    still = {row.contact_id for row in connection.execute(waking)}
    return [known for known in found if known.id in still]


def _select(
    connection: Connection,
    database: Database,
    ring: KeyRing,
    wanted: dict[bytes, tuple[str, str]],
) -> dict[tuple[str, str], Known]:
    indexes = {"indexes": list(wanted)}
    if not database.is_sqlite:
        # In a statement of its own: what is read with the lock may be older than the lock.
        connection.execute(_LOCK, indexes)
    found = {}
    for row in connection.execute(_LOAD, indexes):
        contact_id, index, channel, place, consented, out, gone, *rest = row
        code_before, quiet_before, language, last, state, officer, name, office = rest
        found[wanted[index]] = Known(
            id=contact_id,
            channel=channel,
            place_code=place,
            consented=consented is not None,
            opted_out_at=out,
            unreachable=gone is not None,
            is_new=False,
            session=open_session(ring, contact_id, state) if state else Session(),
            officer_id=officer,
            officer_name=name,
            office_code=office,
            code_before=code_before,
            quiet_before=quiet_before,
            last_inbound_at=last,
            language=language,
        )
    return found


def change(connection: Connection, contact_id: int, **values: object) -> None:
    connection.execute(update(contacts).where(contacts.c.id == contact_id).values(**values))


def heard_from(connection: Connection, known: Known, now: datetime) -> None:
    """They wrote: whoever writes can be reached, and after a long silence may be somebody else."""
    if known.unreachable:
        change(connection, known.id, unreachable_at=None)
        known.unreachable = False
    if known.last_inbound_at and now - known.last_inbound_at >= SILENCE:
        change(connection, known.id, code_before=now)
        known.code_before = now
    known.last_inbound_at = now


def may_be_told(connection: Connection, contact_id: int, opened_at: datetime) -> bool:
    """Whether the chat wants to hear, unasked, that something came for a case opened then."""
    quiet = select(contacts.c.quiet_before).where(contacts.c.id == contact_id)
    before = connection.execute(quiet).scalar()
    return before is None or opened_at > before


def give_consent(
    connection: Connection, contact_id: int, purpose: str, version: str, now: datetime
) -> None:
    connection.execute(
        consents.insert().values(
            contact_id=contact_id, purpose=purpose, text_version=version, given_at=now
        )
    )
    if purpose == "service":
        change(connection, contact_id, consented_at=now)


def agrees(connection: Connection, contact_id: int, purpose: str) -> bool:
    """Agreed to it, and has not taken that back."""
    mine = consents.c.contact_id == contact_id, consents.c.purpose == purpose
    query = select(consents.c.id).where(*mine, consents.c.withdrawn_at.is_(None))
    return connection.execute(query.limit(1)).first() is not None


def withdraw_consent(
    connection: Connection, contact_id: int, now: datetime, *, purpose: str = ""
) -> None:
    """What was agreed to is over, without a purpose all of it; the proof that it once was stays,
    without any content."""
    mine = [consents.c.contact_id == contact_id, consents.c.withdrawn_at.is_(None)]
    if purpose:
        mine.append(consents.c.purpose == purpose)
    connection.execute(update(consents).where(*mine).values(withdrawn_at=now))


def forget(connection: Connection, contact_id: int, now: datetime) -> None:
    """Delete what is kept about a contact; only the sealed address stays, to honour STOP."""
    withdraw_consent(connection, contact_id, now)
    connection.execute(delete(sessions).where(sessions.c.contact_id == contact_id))
    change(connection, contact_id, place_code="", language="id", consented_at=None)


def address_of(ring: KeyRing, address_index: bytes, sealed: bytes) -> str:
    return ring.open(_ADDRESS, address_index.hex(), sealed).decode()
