"""What lies in a tip and who can open it: parts sealed to the tip's own public key.

The tip has a key pair of its own and not one secret key, because the server must still be able to
add to a case (the reporter's next words) after it has forgotten how to open it.
"""

import json
import secrets
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, delete, select

from bot.keys import Recipient
from bot.sealing import KeyRing, SealBroken, open_with, seal_to
from bot.tip_rows import parts, relays, tips, wraps

SERVER = "server"
"""The recipient that is the key ring: mode `server`, or nobody has a key yet."""
WRAP_BYTES = 32 + 32 + 16
"""HPKE's encapsulated key, a private key, a tag."""
PADDING = 256
"""The words of a part fill a multiple of this many bytes, so that their length says little."""


@dataclass(frozen=True, slots=True)
class Part:
    """One part, opened."""

    kind: str
    at: datetime
    content: Mapping[str, str]
    data: bytes = b""


@dataclass(frozen=True, slots=True)
class SealedPart:
    uid: str
    kind: str
    at: datetime
    sealed: bytes


def wrap_info(tip_id: str, recipient: str) -> str:
    """What a wrap of the tip's private key is bound to."""
    return f"kentongan/tip-key/v1|{tip_id}|{recipient}"


def part_info(tip_id: str, kind: str, uid: str) -> str:
    return f"kentongan/tip-part/v1|{tip_id}|{kind}|{uid}"


def pack(content: Mapping[str, str], data: bytes = b"") -> bytes:
    """A line of JSON filled up with spaces to PADDING, then the bytes of a file if there is one."""
    line = json.dumps(content, ensure_ascii=False).encode()
    return line + b" " * (-(len(line) + 1) % PADDING) + b"\n" + data


def unpack(plain: bytes) -> tuple[dict[str, str], bytes]:
    line, _, data = plain.partition(b"\n")
    return {str(name): str(value) for name, value in json.loads(line).items()}, data


# ---- keys


def give_key(
    connection: Connection,
    number: int,
    tip_id: str,
    private: bytes,
    recipients: Sequence[Recipient],
) -> None:
    """Wrap the tip's private key for each; who has one already keeps it."""
    held = connection.execute(select(wraps.c.recipient).where(wraps.c.tip_number == number))
    have = set(held.scalars())
    rows = [
        {
            "tip_number": number,
            "recipient": recipient.id,
            "wrap": seal_to(recipient.public, wrap_info(tip_id, recipient.id), private),
        }
        for recipient in recipients
        if recipient.id not in have
    ]
    if rows:
        connection.execute(wraps.insert(), rows)


def give_key_to_ring(
    connection: Connection, ring: KeyRing, number: int, tip_id: str, private: bytes
) -> None:
    wrap = ring.seal("tip", tip_id, private)
    connection.execute(wraps.insert().values(tip_number=number, recipient=SERVER, wrap=wrap))


def key_of_ring(connection: Connection, ring: KeyRing, number: int, tip_id: str) -> bytes | None:
    """The tip's private key, where the server may open it; None where only people can."""
    wrap = connection.execute(
        select(wraps.c.wrap).where(wraps.c.tip_number == number, wraps.c.recipient == SERVER)
    ).scalar()
    return None if wrap is None else ring.open("tip", tip_id, wrap)


def take_from_ring(connection: Connection, number: int) -> None:
    """From now on only people can open the tip."""
    connection.execute(
        delete(wraps).where(wraps.c.tip_number == number, wraps.c.recipient == SERVER)
    )


def wrap_for(connection: Connection, number: int, recipients: Iterable[str]) -> dict[str, bytes]:
    """The wraps of a tip that these keys open, by key."""
    rows = connection.execute(
        select(wraps.c.recipient, wraps.c.wrap).where(
            wraps.c.tip_number == number, wraps.c.recipient.in_(list(recipients))
        )
    )
    return {row.recipient: row.wrap for row in rows}


# ---- parts


def add_part(
    connection: Connection,
    number: int,
    tip_id: str,
    public: bytes,
    kind: str,
    content: Mapping[str, str],
    now: datetime,
    data: bytes = b"",
) -> None:
    uid = secrets.token_hex(12)
    sealed = seal_to(public, part_info(tip_id, kind, uid), pack(content, data))
    connection.execute(
        parts.insert().values(tip_number=number, uid=uid, kind=kind, sealed=sealed, at=now)
    )


def sealed_parts(connection: Connection, number: int) -> list[SealedPart]:
    """All parts of a tip in order, as its reader's browser gets them."""
    rows = connection.execute(
        select(parts.c.uid, parts.c.kind, parts.c.at, parts.c.sealed)
        .where(parts.c.tip_number == number)
        .order_by(parts.c.id)
    )
    return [SealedPart(row.uid, row.kind, row.at, row.sealed) for row in rows]


def attached(connection: Connection, number: int) -> list[datetime]:
    """When each of a tip's attachments was added, in order."""
    mine = parts.c.tip_number == number, parts.c.kind == "attachment"
    return list(connection.execute(select(parts.c.at).where(*mine).order_by(parts.c.id)).scalars())


def open_part(private: bytes, tip_id: str, part: SealedPart) -> Part:
    """Raises SealBroken when it is another tip's, another part's, or was altered."""
    plain = open_with(private, part_info(tip_id, part.kind, part.uid), part.sealed)
    content, data = unpack(plain)
    return Part(part.kind, part.at, content, data)


def open_wrap(private: bytes, tip_id: str, recipient: str, wrap: bytes) -> bytes:
    """The tip's private key, with a recipient's. Raises SealBroken."""
    return open_with(private, wrap_info(tip_id, recipient), wrap)


# ---- what the bot itself has to say


def add_relay(
    connection: Connection, ring: KeyRing, number: int, tip_id: str, words: str, now: datetime
) -> None:
    sealed = ring.seal("tip-relay", tip_id, words.encode())
    connection.execute(relays.insert().values(tip_number=number, sealed=sealed, at=now))


def purge_relays(connection: Connection, ended_before: datetime) -> None:
    """What no reporter comes back for any more: by then BUKA no longer finds the case either."""
    ended = select(tips.c.number).where(tips.c.closed_at < ended_before)
    connection.execute(delete(relays).where(relays.c.tip_number.in_(ended)))


def relayed(
    connection: Connection,
    ring: KeyRing,
    number: int,
    tip_id: str,
    since: datetime | None = None,
) -> list[str]:
    """The officers' words to the reporter, oldest first; what no longer opens is left out."""
    query = select(relays.c.sealed).where(relays.c.tip_number == number).order_by(relays.c.id)
    rows = connection.execute(query if since is None else query.where(relays.c.at >= since))
    words = []
    for row in rows:
        try:
            words.append(ring.open("tip-relay", tip_id, row.sealed).decode())
        except SealBroken:
            continue
    return words
