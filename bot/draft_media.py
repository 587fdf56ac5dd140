"""The attachments of a draft: each sealed under the key ring until the report is sent or dropped.

A row is written by the reader before the turn that tells of it, so that megabytes never wait in
the transaction that all turns share. In the turn that seals the report they move into the tip.
"""

from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

import msgspec
from sqlalchemy import Connection, delete, func, select
from sqlmodel import Field, SQLModel

from bot import erasures, pictures, tip_seal, tips
from bot.database import Database, Moment
from bot.sealing import KeyRing, SealBroken
from flows.events import TipOpened

STAYS = timedelta(days=5)
"""Longer than any draft; what is older has lost its draft some other way (a lost key ring)."""

_ENDINGS = {
    "image/jpeg": "jpg",
    "application/pdf": "pdf",
    "audio/ogg": "ogg",
    "audio/mpeg": "mp3",
    "audio/aac": "aac",
    "audio/amr": "amr",
    "audio/mp4": "m4a",
    "video/mp4": "mp4",
}


class DraftMedia(SQLModel, table=True):
    """One attachment of a contact's draft (or, for a moment, of a case it is added to)."""

    __tablename__ = "draft_media"

    id: int | None = Field(default=None, primary_key=True)
    token: str = Field(unique=True)
    """The picture job's."""
    contact_id: int = Field(foreign_key="contact.id", index=True)
    sealed: bytes
    """Name, media type and the bytes; bound to `token`."""
    created_at: datetime = Field(sa_type=Moment)


class _Sealed(msgspec.Struct):
    name: str
    media_type: str
    data: bytes


@dataclass(frozen=True, slots=True)
class Files:
    """What was taken out for a tip."""

    opened: tuple[_Sealed, ...] = field(default=(), repr=False)
    broken: int = 0
    """How many could not be opened (a lost key ring, a damaged row)."""

    @property
    def broken_line(self) -> str:
        """For the officer, in the case."""
        return f"lampiran rusak: {self.broken}"

    def marked(self, event: TipOpened) -> TipOpened:
        """A report says of its evidence what is missing of it."""
        if not self.broken:
            return event
        proof = "\n".join(filter(None, [event.report.get("proof"), self.broken_line]))
        return replace(event, report=event.report | {"proof": proof})


NOTHING = Files()


@dataclass(frozen=True, slots=True)
class Attachment:
    """What was sent, cleaned, under the name that its officer sees."""

    what: str
    """"Foto", "Pesan suara": in the villagers' words."""
    media_type: str
    as_it_came: bool
    data: bytes = field(repr=False)

    @property
    def name(self) -> str:
        label = " (asli)" if self.as_it_came else ""
        return f"{self.what}{label}.{_ENDINGS[self.media_type]}"


media = DraftMedia.__table__  # type: ignore[attr-defined]


def store(
    connection: Connection,
    database: Database,
    ring: KeyRing,
    token: str,
    contact_id: int,
    attachment: Attachment,
    now: datetime,
) -> None:
    """Kept once, however often its reader is killed before its turn."""
    inside = _Sealed(attachment.name, attachment.media_type, attachment.data)
    insert = database.insert(media).values(
        token=token, contact_id=contact_id, created_at=now,
        sealed=ring.seal("draft-media", token, msgspec.msgpack.encode(inside)),
    )  # fmt: skip
    connection.execute(insert.on_conflict_do_nothing())


def kept(connection: Connection, contact_id: int) -> int:
    query = select(func.count()).where(media.c.contact_id == contact_id)
    return int(connection.execute(query).scalar_one())


def take(connection: Connection, ring: KeyRing, **which: object) -> Files:
    """Out of here, in the order in which they came: all of a contact's, or the one of a token.

    A file that no longer opens is counted and left out: it must not keep a report from being sent.
    """
    found: list[_Sealed] = []
    broken = 0
    for row in connection.execute(select(media).filter_by(**which).order_by(media.c.id)):
        try:
            found.append(_open(ring, row))
        except SealBroken:
            broken += 1
    drop(connection, **which)
    return Files(tuple(found), broken)


def put(connection: Connection, tip: tips.TipRow, files: Files, now: datetime) -> None:
    """Into the tip, each sealed to its key."""
    for inside in files.opened:
        content = {"name": inside.name, "media_type": inside.media_type}
        tip_seal.add_part(connection, tip.number, tip.id, tip.public_key, "attachment", content,
                          now, inside.data)  # fmt: skip


def end(
    connection: Connection, ring: KeyRing, tip: tips.TipRow, contact_id: int, now: datetime
) -> None:
    """The draft is sealed as `tip`: what is still on its way goes there too."""
    pictures.attach_to(connection, ring, contact_id, tip.id)
    erasures.told(connection, ring, contact_id, now)


def drop_draft(connection: Connection, ring: KeyRing, contact_id: int, now: datetime) -> None:
    """The draft is given up: nothing of it stays, here or at its provider."""
    drop(connection, contact_id=contact_id)
    pictures.drop_draft(connection, ring, contact_id, now)
    erasures.told(connection, ring, contact_id, now)


def drop(connection: Connection, **which: object) -> None:
    connection.execute(delete(media).filter_by(**which))


def purge(connection: Connection, now: datetime) -> None:
    connection.execute(delete(media).where(media.c.created_at < now - STAYS))


def _open(ring: KeyRing, row: Any) -> _Sealed:
    """Raises SealBroken."""
    return msgspec.msgpack.decode(ring.open("draft-media", row.token, row.sealed), type=_Sealed)
