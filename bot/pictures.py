"""Pictures that wait to be read or kept: where each lies at its provider, until it is answered.

A row is a promise to its sender ("I am reading it"), made in the commit of the turn that said so.
In the commit of the turn that answers, or of an erasure, it becomes a leftover: only where the copy
lies, of nobody any more, until the provider has said that it is deleted. Neither the picture nor
its words are in it. What is declined at once (outside a report every voice note, video and
document) is a leftover from the beginning. In a report all of them are kept, not read: `keeps`.
"""

import logging
import secrets
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import msgspec
from sqlalchemy import Connection, delete, func, select, update
from sqlmodel import Field, SQLModel

from bot import contacts, erasures
from bot.contacts import Contact, Known
from bot.database import Moment
from bot.sealing import KeyRing, SealBroken
from bot.sessions import SessionRow, open_session
from flows.pictures import busy
from flows.session import Session

log = logging.getLogger(__name__)

LEASE = timedelta(seconds=90)
"""Longer than fetching and reading may take together; a reader that was killed loses it then."""
ATTEMPTS = 6
STAYS = timedelta(hours=24)
LOOK_AGAIN = timedelta(seconds=5)
SETTLES = timedelta(minutes=1)
"""Twilio may say 404 of a file that it has only just told us of; later that means deleted."""
HEADS = 20
VOICE = "voice"
"""The medium of what is neither kept nor a picture: it is written down (`bot/listening.py`)."""


class PictureJob(SQLModel, table=True):
    """One picture on its way to being read."""

    __tablename__ = "picture_job"

    id: int | None = Field(default=None, primary_key=True)
    token: str = Field(unique=True)
    """Names the one event with which this picture comes back into its conversation."""
    channel: str
    contact_id: int | None = Field(default=None, foreign_key="contact.id", index=True)
    """None: answered, erased or declined, and only the copy at the provider is left to be deleted."""
    keeps: bool = False
    """To be attached to a report, and not read."""
    sealed: bytes
    """Where the picture lies at its provider, and the words that came with it; bound to `token`."""
    not_before: datetime = Field(sa_type=Moment)
    lease_until: datetime | None = Field(default=None, sa_type=Moment)
    attempts: int = 0
    created_at: datetime = Field(sa_type=Moment)


class Told(msgspec.Struct, frozen=True, omit_defaults=True):
    """What is sealed in a row."""

    media: str
    caption: str = ""
    medium: str = ""
    """For what is kept: photo, voice, video, document, ...; VOICE for what is to be heard."""
    tip_id: str = ""
    """The case to attach it to; empty while its report is a draft."""


@dataclass(frozen=True, slots=True)
class Claimed:
    """A picture that this process reads now."""

    token: str
    channel: str
    contact_id: int
    address: str = field(repr=False)
    told: Told = field(repr=False)
    keeps: bool
    attempts: int
    late: bool
    """Nobody should try any more; its sender still gets an answer."""


@dataclass(frozen=True, slots=True)
class Leftover:
    """A copy at a provider that this process has deleted now."""

    token: str
    channel: str
    media: str = field(repr=False)
    attempts: int


jobs = PictureJob.__table__  # type: ignore[attr-defined]
people = Contact.__table__  # type: ignore[attr-defined]
sessions = SessionRow.__table__  # type: ignore[attr-defined]


def put(
    connection: Connection,
    ring: KeyRing,
    known: Known,
    told: Told,
    now: datetime,
    *,
    keeps: bool = False,
) -> None:
    """Promise to read a picture, or to keep what came; part of the turn that says so."""
    token = secrets.token_hex(8)
    connection.execute(
        jobs.insert().values(
            token=token, channel=known.channel, contact_id=known.id, keeps=keeps,
            sealed=_seal(ring, token, told), not_before=now, attempts=0, created_at=now,
        )
    )  # fmt: skip


def decline(connection: Connection, ring: KeyRing, channel: str, media: str, now: datetime) -> None:
    """Nobody will read it: only its copy is to be deleted; part of the turn that declines it."""
    token = secrets.token_hex(8)
    connection.execute(
        jobs.insert().values(
            token=token, channel=channel, contact_id=None, keeps=False,
            sealed=_seal(ring, token, Told(media)),
            not_before=now + SETTLES, attempts=0, created_at=now,
        )
    )  # fmt: skip


def waiting(connection: Connection, contact_id: int, *, keeps: bool = False) -> int:
    """How many pictures (or attachments) of a contact are not answered yet."""
    mine = jobs.c.contact_id == contact_id, jobs.c.keeps == keeps
    query = select(func.count()).where(*mine)
    return int(connection.execute(query).scalar_one())


def oldest(connection: Connection) -> datetime | None:
    """Since when the oldest picture waits to be read."""
    query = select(func.min(jobs.c.created_at)).where(jobs.c.contact_id.is_not(None))
    return connection.execute(query).scalar()


def leftovers(connection: Connection) -> int:
    """Copies that the providers still have of what is answered, erased or declined."""
    query = select(func.count()).where(jobs.c.contact_id.is_(None))
    return int(connection.execute(query).scalar_one())


def is_waiting(connection: Connection, token: str) -> bool:
    mine = select(jobs.c.id).where(jobs.c.token == token, jobs.c.contact_id.is_not(None))
    return connection.execute(mine).first() is not None


def take_off(connection: Connection, ring: KeyRing, token: str, now: datetime) -> Told | None:
    """The picture is answered, in this commit: what its row told; None when it was taken off
    before."""
    mine = jobs.c.token == token, jobs.c.contact_id.is_not(None)
    row = connection.execute(select(jobs).where(*mine)).first()
    if row is None:
        return None
    try:
        told = _open(ring, row)
    except SealBroken:
        told = Told("")
    return told if _leave(connection, ring, jobs.c.token == token, now) else None


def forget(connection: Connection, ring: KeyRing, contact_id: int, now: datetime) -> None:
    _leave(connection, ring, jobs.c.contact_id == contact_id, now)


def attach_to(connection: Connection, ring: KeyRing, contact_id: int, tip_id: str) -> None:
    """The report is sent: what is still on its way to the draft belongs to the case now."""
    for row, told in _of_draft(connection, ring, contact_id):
        sealed = _seal(ring, row.token, msgspec.structs.replace(told, tip_id=tip_id))
        connection.execute(update(jobs).where(jobs.c.id == row.id).values(sealed=sealed))


def drop_draft(connection: Connection, ring: KeyRing, contact_id: int, now: datetime) -> None:
    """The draft is dropped: what is still on its way to it is nobody's any more."""
    for row, _ in _of_draft(connection, ring, contact_id):
        _leave(connection, ring, jobs.c.id == row.id, now)


def _of_draft(connection: Connection, ring: KeyRing, contact_id: int) -> list[tuple[Any, Told]]:
    query = select(jobs).where(jobs.c.contact_id == contact_id, jobs.c.keeps)
    found = []
    for row in connection.execute(query).all():
        try:
            told = _open(ring, row)
        except SealBroken:
            continue  # its reader will say that it is lost
        if not told.tip_id:
            found.append((row, told))
    return found


def deleted(connection: Connection, token: str) -> None:
    """The provider has no copy any more."""
    connection.execute(delete(jobs).where(jobs.c.token == token, jobs.c.contact_id.is_(None)))


def _leave(connection: Connection, ring: KeyRing, which: Any, now: datetime) -> int:
    """Turn rows into leftovers: neither a person nor the words of a caption stay with them."""
    rows = connection.execute(select(jobs).where(which, jobs.c.contact_id.is_not(None))).all()
    done = 0
    for row in rows:
        mine = jobs.c.token == row.token, jobs.c.contact_id.is_not(None)
        try:
            told = _open(ring, row)
        except SealBroken:  # where its copy lies is lost with it
            done += connection.execute(delete(jobs).where(*mine)).rowcount
            continue
        sealed = _seal(ring, row.token, Told(told.media))
        done += connection.execute(
            update(jobs)
            .where(*mine)
            .values(contact_id=None, sealed=sealed, attempts=0, not_before=now, lease_until=None)
        ).rowcount
        if row.keeps and row.channel in erasures.KEEPS_BODIES:  # the words under it go as well
            message = erasures.Message(told.media.partition("/")[0])
            erasures.put(connection, ring, row.channel, message, now)
    return done


def put_back(connection: Connection, token: str, later: datetime) -> None:
    connection.execute(
        update(jobs).where(jobs.c.token == token).values(lease_until=None, not_before=later)
    )


def any_due(connection: Connection, now: datetime) -> bool:
    due = select(jobs.c.id).where(jobs.c.not_before <= now, _free(now)).limit(1)
    return connection.execute(due).first() is not None


def claim(connection: Connection, ring: KeyRing, now: datetime) -> Claimed | None:
    """The next picture, leased; of one contact the oldest, once the one before is answered."""
    for row in connection.execute(_heads(now)).all():
        session = open_session(ring, row.contact_id, row.state) if row.state else Session()
        if not row.keeps and busy(session, int(now.timestamp())):
            put_back(connection, row.token, now + LOOK_AGAIN)
            continue
        mine = connection.execute(
            update(jobs)
            .where(jobs.c.id == row.id, _free(now))
            .values(lease_until=now + LEASE, attempts=row.attempts + 1)
        )
        if mine.rowcount:
            try:
                return _claimed(ring, row, now)
            except SealBroken:
                log.error("a picture's sender can't be read any more")
                take_off(connection, ring, row.token, now)
    return None


def claim_leftover(connection: Connection, ring: KeyRing, now: datetime) -> Leftover | None:
    """The next copy to have deleted, leased."""
    due = (
        select(jobs)
        .where(jobs.c.contact_id.is_(None), jobs.c.not_before <= now, _free(now))
        .order_by(jobs.c.not_before, jobs.c.id)
        .limit(HEADS)
    )
    for row in connection.execute(due).all():
        mine = connection.execute(
            update(jobs)
            .where(jobs.c.id == row.id, _free(now))
            .values(lease_until=now + LEASE, attempts=row.attempts + 1)
        )
        if not mine.rowcount:
            continue
        try:
            media = _open(ring, row).media
        except SealBroken:
            log.error("a picture's copy stays at %s: its row can't be opened", row.channel)
            deleted(connection, row.token)
            continue
        return Leftover(row.token, row.channel, media, row.attempts + 1)
    return None


def _free(now: datetime) -> Any:
    return jobs.c.lease_until.is_(None) | (jobs.c.lease_until < now)


def _heads(now: datetime) -> Any:
    """Each contact's oldest picture and oldest attachment, if it may be taken up now."""
    first = (
        select(func.min(jobs.c.id))
        .where(jobs.c.contact_id.is_not(None))
        .group_by(jobs.c.contact_id, jobs.c.keeps)
    )
    return (
        select(jobs, people.c.address_index, people.c.address, sessions.c.state)
        .join(people, people.c.id == jobs.c.contact_id)
        .outerjoin(sessions, sessions.c.contact_id == jobs.c.contact_id)
        .where(jobs.c.id.in_(first), jobs.c.not_before <= now, _free(now))
        .order_by(jobs.c.not_before, jobs.c.id)
        .limit(HEADS)
    )


def _claimed(ring: KeyRing, row: Any, now: datetime) -> Claimed:
    """Where it lies may be unreadable: then its sender still hears that it is lost."""
    late = row.attempts >= ATTEMPTS or row.created_at < now - STAYS
    try:
        told = _open(ring, row)
    except SealBroken:
        log.error("a picture's row can't be opened any more")
        told, late = Told(""), True
    return Claimed(
        token=row.token,
        channel=row.channel,
        contact_id=row.contact_id,
        address=contacts.address_of(ring, row.address_index, row.address),
        told=told,
        keeps=row.keeps,
        attempts=row.attempts + 1,
        late=late,
    )


def _seal(ring: KeyRing, token: str, told: Told) -> bytes:
    return ring.seal("picture", token, msgspec.msgpack.encode(told))


def _open(ring: KeyRing, row: Any) -> Told:
    """Raises SealBroken."""
    return msgspec.msgpack.decode(ring.open("picture", row.token, row.sealed), type=Told)
