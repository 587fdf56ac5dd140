"""Officers' console accounts: a password that never reaches the server, and a second factor.

The browser stretches the password with Argon2id and derives two keys from it: the *proof*, which it
sends to sign in (only its hash is kept here), and the key that opens the officer's private key. So
whoever reads this database or listens to a sign-in still can't open a report.
"""

import hashlib
import os
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from argon2.low_level import Type, hash_secret_raw
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from sqlalchemy import Connection, delete, select, update
from sqlmodel import Field, SQLModel

from bot.database import Moment
from bot.officers import officers
from bot.sealing import RECEIPT_ALPHABET, SealBroken, canonical_code, token_hash

PASSES, MEMORY_KIB, LANES = 3, 64 * 1024, 1
"""Argon2id in the officer's browser: about a second on a cheap phone (security.md 3.1)."""
SALT_BYTES = 16
RECOVERY_LETTERS = 24
"""Of 32: 120 bits, so a recovery code needs no stretching."""


class OfficerAccount(SQLModel, table=True):
    """How an officer signs in to the console; the key itself is in `officer_key`."""

    __tablename__ = "officer_account"

    officer_id: int = Field(primary_key=True, foreign_key="officer.id")
    salt: bytes
    proof_hash: bytes
    """SHA-256: the proof is 256 bits of Argon2id already."""
    totp: bytes
    """The secret of the second factor, under the key ring (purpose `totp`, row officer id)."""
    totp_step: int = 0
    """The last 30-second step that was used: a code works once (RFC 6238, 5.2)."""
    made_at: datetime = Field(sa_type=Moment)


class ConsoleSession(SQLModel, table=True):
    """One browser tab's worth of being signed in."""

    __tablename__ = "console_session"

    hash: bytes = Field(primary_key=True)
    """Of the cookie: whoever steals the database can't use its sessions."""
    officer_id: int = Field(foreign_key="officer.id", index=True)
    half: bytes
    """The private key lies in the tab under it; so the key ends with this row."""
    started_at: datetime = Field(sa_type=Moment)
    seen_at: datetime = Field(sa_type=Moment)


class KnownBrowser(SQLModel, table=True):
    """A browser that an officer has signed in with: its wrong tries are counted by themselves, so
    that nobody else's make the officer wait."""

    __tablename__ = "known_browser"

    hash: bytes = Field(primary_key=True)
    """Of a cookie that opens nothing."""
    officer_id: int = Field(foreign_key="officer.id", index=True)
    until: datetime = Field(sa_type=Moment)


accounts = OfficerAccount.__table__  # type: ignore[attr-defined]
sessions = ConsoleSession.__table__  # type: ignore[attr-defined]
browsers = KnownBrowser.__table__  # type: ignore[attr-defined]

SESSION_IDLE = timedelta(minutes=15)
SESSION_LASTS = timedelta(hours=12)
BROWSER_KNOWN = timedelta(days=90)
TOUCH_EVERY = timedelta(seconds=30)
"""A session's last use is written down no more often than this."""


@dataclass(frozen=True, slots=True)
class Derived:
    """What the browser makes of a password."""

    proof: bytes
    key: bytes


def derive(password: str, salt: bytes) -> Derived:
    """As the browser does it (console/static/keys.js); the server only needs it for its demo."""
    root = hash_secret_raw(
        password.encode(), salt, time_cost=PASSES, memory_cost=MEMORY_KIB, parallelism=LANES,
        hash_len=32, type=Type.ID,
    )  # fmt: skip
    return Derived(
        _subkey(root, salt, "kentongan/console/proof/v1"),
        _subkey(root, salt, "kentongan/console/key/v1"),
    )


def recovery_key(code: str, salt: bytes) -> bytes:
    return _subkey(canonical_code(code).encode(), salt, "kentongan/console/recovery/v1")


def new_recovery_code() -> str:
    """Six groups of four, to be written down and kept in the office's safe."""
    letters = "".join(secrets.choice(RECEIPT_ALPHABET) for _ in range(RECOVERY_LETTERS))
    return "-".join(letters[at : at + 4] for at in range(0, RECOVERY_LETTERS, 4))


def close(connection: Connection, officer_id: int) -> None:
    """The officer can no longer sign in; their keys stay, for what was sealed to them."""
    end_sessions(connection, officer_id)
    connection.execute(delete(browsers).where(browsers.c.officer_id == officer_id))
    connection.execute(delete(accounts).where(accounts.c.officer_id == officer_id))


def know_browser(connection: Connection, officer_id: int, now: datetime) -> str:
    """The token for its cookie."""
    token = secrets.token_urlsafe(32)
    connection.execute(
        browsers.insert().values(
            hash=token_hash(token), officer_id=officer_id, until=now + BROWSER_KNOWN
        )
    )
    return token


def knows_browser(connection: Connection, officer_id: int, token: str, now: datetime) -> bool:
    mine = browsers.c.hash == token_hash(token), browsers.c.officer_id == officer_id
    known = select(browsers.c.officer_id).where(*mine, browsers.c.until > now)
    return bool(token) and connection.execute(known).first() is not None


# ---- sessions


def start_session(connection: Connection, officer_id: int, now: datetime) -> tuple[str, bytes]:
    """(token for the cookie, half of the browser's key)."""
    token, half = secrets.token_urlsafe(32), secrets.token_bytes(32)
    connection.execute(
        sessions.insert().values(
            hash=token_hash(token), officer_id=officer_id, half=half, started_at=now, seen_at=now
        )
    )
    return token, half


def session_of(connection: Connection, token: str, now: datetime) -> Any:
    """The session with its officer, while it lasts and the officer still has an account."""
    return connection.execute(
        select(
            sessions.c.officer_id, sessions.c.half, sessions.c.started_at, sessions.c.seen_at,
            officers.c.office_code, officers.c.name, officers.c.staff_no,
        )
        .join(officers, officers.c.id == sessions.c.officer_id)
        .join(accounts, accounts.c.officer_id == officers.c.id)
        .where(
            sessions.c.hash == token_hash(token),
            sessions.c.seen_at > now - SESSION_IDLE,
            sessions.c.started_at > now - SESSION_LASTS,
            officers.c.active,
            officers.c.contact_id.is_not(None),
            officers.c.key_id.is_not(None),
        )
    ).first()  # fmt: skip


def touch(connection: Connection, token: str, now: datetime) -> None:
    """The session was used. One that is ended meanwhile stays ended."""
    connection.execute(
        update(sessions).where(sessions.c.hash == token_hash(token)).values(seen_at=now)
    )


def ends_at(started_at: datetime, seen_at: datetime) -> datetime:
    return min(started_at + SESSION_LASTS, seen_at + SESSION_IDLE)


def end_session(connection: Connection, token: str) -> None:
    connection.execute(delete(sessions).where(sessions.c.hash == token_hash(token)))


def end_sessions(connection: Connection, officer_id: int, *, but: str = "") -> int:
    """End all of an officer's sessions, but the one with this token; returns how many."""
    ended = delete(sessions).where(
        sessions.c.officer_id == officer_id, sessions.c.hash != token_hash(but)
    )
    return connection.execute(ended).rowcount


def purge_sessions(connection: Connection, now: datetime) -> int:
    over = (sessions.c.seen_at <= now - SESSION_IDLE) | (
        sessions.c.started_at <= now - SESSION_LASTS
    )
    return connection.execute(delete(sessions).where(over)).rowcount


# ---- passwords and keys


def hash_proof(proof: bytes) -> bytes:
    return hashlib.sha256(proof).digest()


def lock(key: bytes, key_id: str, how: str, private: bytes) -> bytes:
    """An officer's private key under what they know; `how` is `password` or `recovery`."""
    nonce = os.urandom(12)
    return nonce + AESGCM(key).encrypt(nonce, private, _lock_info(key_id, how))


def unlock(key: bytes, key_id: str, how: str, locked: bytes) -> bytes:
    """Raises SealBroken for a wrong password or code."""
    try:
        return AESGCM(key).decrypt(locked[:12], locked[12:], _lock_info(key_id, how))
    except InvalidTag:
        raise SealBroken("officer-key: the password or code does not open it") from None


def _lock_info(key_id: str, how: str) -> bytes:
    return f"kentongan/officer-key/v1|{key_id}|{how}".encode()


def _subkey(root: bytes, salt: bytes, info: str) -> bytes:
    return HKDF(algorithm=SHA256(), length=32, salt=salt, info=info.encode()).derive(root)
