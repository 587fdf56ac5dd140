"""Pictures that wait to be read: where each lies at its provider, sealed, until it is answered.

A row is a promise to its sender ("I am reading it"), made in the commit of the turn that said so.
In the commit of the turn that answers, or of an erasure, it becomes a leftover: only where the copy
lies, of nobody any more, until the provider has said that it is deleted. Neither the picture nor
its words are in it. A picture that is declined at once, and a voice note, video or document, which
are always declined, are leftovers from the beginning.
"""

import logging
import secrets
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import msgspec
from sqlalchemy import Connection, delete, func, select, update
from sqlmodel import Field, SQLModel

from bot import contacts
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


class PictureJob(SQLModel, table=True):
    """One picture on its way to being read."""

    __tablename__ = "picture_job"

    id: int | None = Field(default=None, primary_key=True)
    token: str = Field(unique=True)
    """Names the one event with which this picture comes back into its conversation."""
    channel: str
    contact_id: int | None = Field(default=None, foreign_key="contact.id", index=True)
    """None: answered, erased or declined, and only the copy at the provider is left to be deleted."""
    sealed: bytes
    """Where the picture lies at its provider, and the words that came with it; bound to `token`."""
    not_before: datetime = Field(sa_type=Moment)
    lease_until: datetime | None = Field(default=None, sa_type=Moment)
    attempts: int = 0
    created_at: datetime = Field(sa_type=Moment)


class _Sealed(msgspec.Struct):
    media: str
    caption: str


@dataclass(frozen=True, slots=True)
class Claimed:
    """A picture that this process reads now."""

    token: str
    channel: str
    address: str = field(repr=False)
    media: str = field(repr=False)
    caption: str = field(repr=False)
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
    connection: Connection, ring: KeyRing, known: Known, media: str, caption: str, now: datetime
) -> None:
    """Promise to read a picture; part of the turn that says so."""
    token = secrets.token_hex(8)
    connection.execute(
        jobs.insert().values(
            token=token, channel=known.channel, contact_id=known.id,
            sealed=_seal(ring, token, media, caption),
            not_before=now, attempts=0, created_at=now,
        )
    )  # fmt: skip


def decline(connection: Connection, ring: KeyRing, channel: str, media: str, now: datetime) -> None:
    """Nobody will read it: only its copy is to be deleted; part of the turn that declines it."""
    token = secrets.token_hex(8)
    connection.execute(
        jobs.insert().values(
            token=token, channel=channel, contact_id=None, sealed=_seal(ring, token, media, ""),
            not_before=now + SETTLES, attempts=0, created_at=now,
        )
    )  # fmt: skip


def waiting(connection: Connection, contact_id: int) -> int:
    """How many pictures of a contact are not answered yet."""
    query = select(func.count()).where(jobs.c.contact_id == contact_id)
    return int(connection.execute(query).scalar_one())


def oldest(connection: Connection) -> datetime | None:
    """Since when the oldest picture waits to be read."""
    query = select(func.min(jobs.c.created_at)).where(jobs.c.contact_id.is_not(None))
    return connection.execute(query).scalar()


def leftovers(connection: Connection) -> int:
    """Copies that the providers still have of what is answered, erased or declined."""
    query = select(func.count()).where(jobs.c.contact_id.is_(None))
    return int(connection.execute(query).scalar_one())


def take_off(connection: Connection, ring: KeyRing, token: str, now: datetime) -> bool:
    """The picture is answered, in this commit; False when it was taken off before."""
    return bool(_leave(connection, ring, jobs.c.token == token, now))


def forget(connection: Connection, ring: KeyRing, contact_id: int, now: datetime) -> None:
    _leave(connection, ring, jobs.c.contact_id == contact_id, now)


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
            sealed = _seal(ring, row.token, _open(ring, row).media, "")
        except SealBroken:  # where its copy lies is lost with it
            done += connection.execute(delete(jobs).where(*mine)).rowcount
            continue
        done += connection.execute(
            update(jobs)
            .where(*mine)
            .values(contact_id=None, sealed=sealed, attempts=0, not_before=now, lease_until=None)
        ).rowcount
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
        if busy(session, int(now.timestamp())):
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
    """Each contact's oldest picture, if it may be read now."""
    first = (
        select(func.min(jobs.c.id))
        .where(jobs.c.contact_id.is_not(None))
        .group_by(jobs.c.contact_id)
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
        inside = _open(ring, row)
    except SealBroken:
        log.error("a picture's row can't be opened any more")
        inside, late = _Sealed("", ""), True
    return Claimed(
        token=row.token,
        channel=row.channel,
        address=contacts.address_of(ring, row.address_index, row.address),
        media=inside.media,
        caption=inside.caption,
        attempts=row.attempts + 1,
        late=late,
    )


def _seal(ring: KeyRing, token: str, media: str, caption: str) -> bytes:
    return ring.seal("picture", token, msgspec.msgpack.encode(_Sealed(media, caption)))


def _open(ring: KeyRing, row: Any) -> _Sealed:
    """Raises SealBroken."""
    return msgspec.msgpack.decode(ring.open("picture", row.token, row.sealed), type=_Sealed)
