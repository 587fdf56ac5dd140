"""Officers' console accounts: a password that never reaches the server, and a second factor.

The browser stretches the password with Argon2id and derives two keys from it: the *proof*, which it
sends to sign in (only its hash is kept here), and the key that opens the officer's private key. So
whoever reads this database or listens to a sign-in still can't open a report.
"""

import hashlib
import os
import secrets
from dataclasses import dataclass
from datetime import datetime

from argon2.low_level import Type, hash_secret_raw
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from sqlalchemy import Connection, delete
from sqlmodel import Field, SQLModel

from bot.database import Moment
from bot.sealing import RECEIPT_ALPHABET, SealBroken, canonical_code

PASSES, MEMORY_KIB, LANES = 3, 64 * 1024, 1
"""Argon2id in the officer's browser: about a second on a cheap phone (security.md 3.1)."""
SALT_BYTES = 16
RECOVERY_LETTERS = 24
"""Of 31: 119 bits, so a recovery code needs no stretching."""


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
    failures: int = 0
    retry_at: datetime | None = Field(default=None, sa_type=Moment)
    made_at: datetime = Field(sa_type=Moment)


accounts = OfficerAccount.__table__  # type: ignore[attr-defined]


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
    connection.execute(delete(accounts).where(accounts.c.officer_id == officer_id))


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
