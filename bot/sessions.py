"""Where each conversation waits: sealed, one row a contact."""

from datetime import datetime

import msgspec
from sqlmodel import Field, SQLModel

from bot.database import Moment
from bot.sealing import KeyRing, SealBroken
from flows.session import Session

_decoder = msgspec.msgpack.Decoder(Session)
_encoder = msgspec.msgpack.Encoder()


class SessionRow(SQLModel, table=True):
    """`state` holds the flow, the node and every answer, sealed; only times are readable."""

    __tablename__ = "session"

    contact_id: int = Field(primary_key=True, foreign_key="contact.id")
    state: bytes
    last_inbound_at: datetime = Field(sa_type=Moment)
    """WhatsApp's 24-hour window opens with each message of the contact."""
    wake_at: datetime | None = Field(default=None, index=True, sa_type=Moment)
    """When time itself is the next input."""


def seal_session(ring: KeyRing, contact_id: int, session: Session) -> bytes:
    return ring.seal("session", str(contact_id), _encoder.encode(session))


def open_session(ring: KeyRing, contact_id: int, state: bytes) -> Session:
    """A session that no longer opens or fits (an old release's) begins afresh."""
    try:
        return _decoder.decode(ring.open("session", str(contact_id), state))
    except (SealBroken, msgspec.DecodeError, msgspec.ValidationError):
        return Session()
