"""Messages that a provider still has, to be deleted there: no word of a report stays at Twilio.

A row is written in the commit of the turn that took the words (for a message of ours: in the one
that notes it as sent) and goes once the provider says that the message is gone. It holds neither a
person nor a tip: the message's id is sealed, and so is the chat where one is needed.
"""

import logging
import secrets
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Literal

import msgspec
from sqlalchemy import Connection, delete, func, select, update
from sqlmodel import Field, SQLModel

from bot.database import Moment
from bot.sealing import KeyRing, SealBroken
from flows.events import Event, ReceiptTried, TipDetailAdded
from flows.officer_events import PartnerAsked, TipQuestionAsked
from flows.session import Session

log = logging.getLogger(__name__)

When = Literal["", "sent", "told"]
"""When a message of ours is deleted: never, once it has left, once the report is told to the end."""

_FLOWS = frozenset({"tip_off", "tip_status", "ask_human", "partner_desk"})
"""Conversations whose words are sealed into a tip."""
READ_BACK = ("tip_off", "read_back")
"""Where the whole report stands in one message."""
KEEPS_BODIES = frozenset({"whatsapp"})
"""Channels whose provider keeps every message until it is told to delete it: Twilio."""
MOST_HEARD = 30
"""Ids of messages that a session remembers because it still holds their words."""
SETTLES = timedelta(seconds=90)
"""Twilio refuses (20009) to delete what it is not done with and asks to wait a minute at least:
https://www.twilio.com/docs/api/errors/20009."""
TELEGRAM_DELETES = timedelta(hours=48)
"""How old a message may be: https://core.telegram.org/bots/api#deletemessage."""
LEASE = timedelta(seconds=60)
FAILING = 8
"""Attempts (two hours of them) after which `doctor` calls a row failing. It is still tried."""


class ProviderErasure(SQLModel, table=True):
    """One message that its provider is to delete."""

    __tablename__ = "provider_erasure"

    id: int | None = Field(default=None, primary_key=True)
    token: str = Field(unique=True)
    channel: str
    sealed: bytes
    """The message's id, and its chat; bound to `token`."""
    draft: bytes | None = Field(default=None, index=True)
    """Keyed fingerprint of the contact while the message waits for the end of their draft."""
    attempts: int = 0
    not_before: datetime = Field(index=True, sa_type=Moment)
    lease_until: datetime | None = Field(default=None, sa_type=Moment)
    error_code: str = ""
    created_at: datetime = Field(sa_type=Moment)


class Message(msgspec.Struct, frozen=True, omit_defaults=True):
    """A message as its provider knows it."""

    id: str
    chat: str = ""


@dataclass(frozen=True, slots=True)
class Erasure:
    """A message that this process has deleted now."""

    token: str
    channel: str
    message: Message = field(repr=False)
    attempts: int


@dataclass(frozen=True, slots=True)
class Pending:
    """What the providers still have."""

    waiting: int
    failing: int
    oldest: datetime | None


erasures = ProviderErasure.__table__  # type: ignore[attr-defined]


# ---- what is to be deleted


def confidential(before: Session, after: Session, events: Iterable[Event]) -> bool:
    """This turn was about a tip: its reporter's, its officer's or a partner's; a code counts."""
    if _FLOWS & {before.flow, after.flow}:
        return True
    about = TipDetailAdded | TipQuestionAsked | PartnerAsked | ReceiptTried
    return any(isinstance(event, about) for event in events)


def hear(
    connection: Connection,
    ring: KeyRing,
    message: str,
    after: Session,
    now: datetime,
    *,
    secret: bool,
    fetched: bool = False,
) -> None:
    """A message of Twilio's was taken: it is deleted there if its words went into a report.

    Words said elsewhere may become one later ("Laporkan"), so as long as a session holds any, it
    remembers, sealed, which messages they were; also one whose picture is `fetched` to be read.
    """
    if secret:
        for one in [*after.heard, message]:
            put(connection, ring, "whatsapp", Message(one), now)
        after.heard = []
    elif after.answers or after.kept or fetched:
        after.heard = [*after.heard, message][-MOST_HEARD:]
    else:
        after.heard = []


def when(channel: str, after: Session, *, fixed: bool, secret: bool) -> When:
    """When the answer of a turn is deleted at its provider.

    On WhatsApp only Twilio's copy goes, not the one on the phone. On Telegram there is but one, so
    only the read-back goes, which holds the story; the receipt stays.
    """
    if fixed:
        return ""
    if channel in KEEPS_BODIES:
        return "sent" if secret else ""
    reads_back = channel == "telegram" and (after.flow, after.node) == READ_BACK
    return "told" if reads_back else ""


def put(
    connection: Connection,
    ring: KeyRing,
    channel: str,
    message: Message,
    now: datetime,
    *,
    draft_of: int | None = None,
) -> None:
    """`draft_of`: the contact whose draft it is; without its end the message goes in time, too."""
    token = secrets.token_hex(8)
    waits = SETTLES if draft_of is None else TELEGRAM_DELETES - timedelta(hours=1)
    connection.execute(
        erasures.insert().values(
            token=token, channel=channel, attempts=0, error_code="",
            sealed=ring.seal("erasure", token, msgspec.msgpack.encode(message)),
            draft=_draft(ring, draft_of) if draft_of is not None else None,
            not_before=now + waits, created_at=now,
        )
    )  # fmt: skip


def told(connection: Connection, ring: KeyRing, contact_id: int, now: datetime) -> None:
    """The draft has ended, sent or dropped: its read-backs go now, and nothing tells whose."""
    mine = erasures.c.draft == _draft(ring, contact_id)
    connection.execute(update(erasures).where(mine).values(draft=None, not_before=now))


def _draft(ring: KeyRing, contact_id: int) -> bytes:
    return ring.index("erasure", str(contact_id))


# ---- having it deleted


def any_due(connection: Connection, now: datetime, channels: Collection[str]) -> bool:
    due = select(erasures.c.id).where(*_due(now, channels)).limit(1)
    return connection.execute(due).first() is not None


def claim(
    connection: Connection, ring: KeyRing, now: datetime, channels: Collection[str]
) -> Erasure | None:
    """The next message to have deleted, leased. A channel that is not open here waits."""
    query = select(erasures).where(*_due(now, channels)).order_by(erasures.c.not_before).limit(20)
    for row in connection.execute(query).all():
        mine = connection.execute(
            update(erasures)
            .where(erasures.c.id == row.id, _free(now))
            .values(lease_until=now + LEASE, attempts=row.attempts + 1)
        )
        if not mine.rowcount:
            continue
        try:
            sealed = ring.open("erasure", row.token, row.sealed)
        except SealBroken:
            log.error("a message stays at %s: its row can't be opened", row.channel)
            done(connection, row.token)
            continue
        message = msgspec.msgpack.decode(sealed, type=Message)
        return Erasure(row.token, row.channel, message, row.attempts + 1)
    return None


def done(connection: Connection, token: str) -> None:
    """The provider has it no more."""
    connection.execute(delete(erasures).where(erasures.c.token == token))


def put_back(connection: Connection, token: str, later: datetime, error_code: str) -> None:
    connection.execute(
        update(erasures)
        .where(erasures.c.token == token)
        .values(lease_until=None, not_before=later, error_code=error_code)
    )


def pending(connection: Connection) -> Pending:
    """For `doctor` and the metrics: what waits for the end of a draft is not late."""
    waits = erasures.c.draft.is_(None)
    count = func.count(erasures.c.id)
    oldest = select(count, func.min(erasures.c.created_at)).where(waits)
    waiting, since = connection.execute(oldest).one()
    failing = connection.execute(select(count).where(waits, erasures.c.attempts >= FAILING))
    return Pending(int(waiting), int(failing.scalar_one()), since)


def _due(now: datetime, channels: Collection[str]) -> tuple[Any, ...]:
    return erasures.c.channel.in_(channels), erasures.c.not_before <= now, _free(now)


def _free(now: datetime) -> Any:
    return erasures.c.lease_until.is_(None) | (erasures.c.lease_until < now)
