"""Keys and sealing: what is encrypted, with which key, bound to which row.

AES-256-GCM throughout. The key ring is a file outside the database; each purpose uses its own
key derived from the ring (HKDF-SHA256), and every ciphertext is bound by its associated data to
the row it stands in, so that a value moved to another row does not open. Format of a sealed
value: version byte 1, key id (4 bytes), nonce (12), ciphertext and tag.

What only people may open (reports, officers' keys) is sealed to a public key instead: HPKE.
"""

import base64
import hashlib
import hmac
import json
import os
import secrets
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hpke
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from flows import receipt_codes

_VERSION = b"\x01"
BEGINNING = 1 + 4
_HEADER = BEGINNING + 12
_HPKE = hpke.Suite(hpke.KEM.X25519, hpke.KDF.HKDF_SHA256, hpke.AEAD.AES_256_GCM)
"""Opened in browsers by @hpke/core with the same three parts."""

RECEIPT_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
"""Crockford's 32: no O, I, L, U. 12 of them hold 60 bits. Older codes have a U and neither 0 nor 1,
so they still mean themselves."""
_CONFUSED = str.maketrans("OIL", "011")


INDEX_PURPOSES = frozenset([
    "console-salt", "console-test", "contact", "coordination-member", "departure",
    "departure-way", "erasure", "fingerprint/account",
    "fingerprint/company", "fingerprint/licence", "fingerprint/phone", "fingerprint/text", "group",
    "group-invitation", "media", "officer-invitation", "partner-code", "partner-invitation",
    "relay-invitation", "receipt",
    "receipt-try", "sender-count", "sign-in", "sign-in-again", "sign-in-browser", "tip-return",
    "totp-setup", "totp-shown", "watch",
])  # fmt: skip
"""What fingerprints are made for. They can't be made anew, since what they were made of is not
kept: when the oldest key is retired, the ring keeps what they derive from it."""


class SealBroken(Exception):
    """The value does not open: wrong key ring, wrong row, or it was altered."""


class KeyRingError(Exception):
    """The key ring file is missing or damaged; the message names the file and the mend."""


class KeyRing:
    """The server's keys. New values use the active key; old keys stay readable."""

    def __init__(
        self,
        keys: dict[str, bytes],
        active: str,
        *,
        index_keys: dict[str, bytes] | None = None,
        path: Path | None = None,
    ) -> None:
        """`index_keys` are those of a key that was retired, by purpose; `path` is where the ring
        was read, and is read again when a value names a key that was added since."""
        self._keys = keys
        self._active = active
        self._path = path
        self._ciphers: dict[tuple[str, str], AESGCM] = {}
        self._index_keys: dict[str, bytes] = dict(index_keys or {})
        self._kept_index = frozenset(self._index_keys)

    @classmethod
    def fresh(cls) -> "KeyRing":
        return cls({(kid := secrets.token_hex(2)): secrets.token_bytes(32)}, kid)

    @classmethod
    def load(cls, path: Path, *, create: bool = False) -> "KeyRing":
        """Read the ring; with `create`, make a new one (mode 0600) where there is none.

        Raises KeyRingError when the file is missing, unreadable or not a key ring.
        """
        if create and not path.exists():
            cls.fresh().save(path)
        try:
            raw = json.loads(path.read_text())
            keys = {kid: base64.b64decode(key) for kid, key in raw["keys"].items()}
            index = {name: base64.b64decode(key) for name, key in raw.get("index", {}).items()}
            active = raw["active"]
        except FileNotFoundError:
            raise KeyRingError(
                f"{path}: no key ring; restore it from its backup "
                "(`kentongan office init` makes the first one)"
            ) from None
        except (ValueError, KeyError, TypeError, AttributeError, OSError):
            raise KeyRingError(
                f"{path}: not a readable key ring; restore it from its backup"
            ) from None
        if active not in keys or any(len(key) != 32 or len(kid) != 4 for kid, key in keys.items()):
            raise KeyRingError(f"{path}: damaged key ring; restore it from its backup")
        return cls(keys, active, index_keys=index, path=path)

    def with_new_key(self) -> "KeyRing":
        """The same ring with one more key, under which everything is sealed from now on."""
        kid = secrets.token_hex(2)
        while kid in self._keys:
            kid = secrets.token_hex(2)
        kept = {name: self._index_keys[name] for name in self._kept_index}
        return KeyRing({**self._keys, kid: secrets.token_bytes(32)}, kid, index_keys=kept)

    def without_old_keys(self) -> "KeyRing":
        """The same ring with its present key alone; fingerprints stay findable."""
        index = {purpose: self._index_key(purpose) for purpose in INDEX_PURPOSES}
        return KeyRing({self._active: self._keys[self._active]}, self._active, index_keys=index)

    def old_keys(self) -> frozenset[str]:
        """The ids of the keys that only open what was sealed before."""
        return frozenset(self._keys) - {self._active}

    def old_beginnings(self) -> list[bytes]:
        """With what a value begins that is sealed under one of those: BEGINNING bytes."""
        return [_VERSION + kid.encode() for kid in sorted(self.old_keys())]

    def replace(self, path: Path) -> None:
        """Put this ring where an older one is: whole, or not at all."""
        beside = path.with_name(f"{path.name}.new")
        beside.unlink(missing_ok=True)
        self.save(beside)
        os.replace(beside, path)

    def save(self, path: Path) -> None:
        """Write the ring once, readable by this user only; an existing file is never replaced."""
        path.parent.mkdir(parents=True, exist_ok=True)
        keys = {kid: base64.b64encode(key).decode() for kid, key in self._keys.items()}
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        ring: dict[str, object] = {"active": self._active, "keys": keys}
        if self._kept_index:
            ring["index"] = {
                name: base64.b64encode(self._index_keys[name]).decode()
                for name in sorted(self._kept_index)
            }
        with os.fdopen(descriptor, "w") as file:
            json.dump(ring, file, indent=1)
            file.flush()
            os.fsync(file.fileno())  # nothing is sealed with a key that a power cut could take

    def seal(self, purpose: str, row: str, plain: bytes) -> bytes:
        """Encrypt for `purpose`, bound to `row` ("table|column|id")."""
        nonce = os.urandom(12)
        cipher = self._cipher(self._active, purpose)
        return _VERSION + self._active.encode() + nonce + cipher.encrypt(nonce, plain, row.encode())

    def open(self, purpose: str, row: str, sealed: bytes) -> bytes:
        """Decrypt; raises SealBroken when it does not belong to that purpose and row."""
        kid = sealed[1:5].decode("ascii", "replace")
        if kid not in self._keys and self._path is not None and sealed[:1] == _VERSION:
            self._read_again(self._path)
        if sealed[:1] != _VERSION or kid not in self._keys or len(sealed) < _HEADER + 16:
            raise SealBroken(f"{purpose}: unknown key or damaged value")
        try:
            cipher = self._cipher(kid, purpose)
            return cipher.decrypt(sealed[BEGINNING:_HEADER], sealed[_HEADER:], row.encode())
        except InvalidTag:
            raise SealBroken(f"{purpose}: the value does not open for this row") from None

    def index(self, purpose: str, value: str) -> bytes:
        """A keyed fingerprint (16 bytes) to find a value by, without storing it readable."""
        return hmac.digest(self._index_key(purpose), value.encode(), "sha256")[:16]

    def _index_key(self, purpose: str) -> bytes:
        key = self._index_keys.get(purpose)
        if key is None:
            if purpose not in INDEX_PURPOSES:
                raise ValueError(f"{purpose} is none of INDEX_PURPOSES")
            # The index must stay findable when the active key changes: it hangs on the oldest key.
            key = self._derive(next(iter(self._keys)), f"index/{purpose}")
            self._index_keys[purpose] = key
        return key

    def _read_again(self, path: Path) -> None:
        """Another process has added a key: from now on it is this one's too."""
        try:
            found = KeyRing.load(path)
        except KeyRingError:
            return
        if found._keys.keys() > self._keys.keys():
            self._keys, self._active = found._keys, found._active

    def _cipher(self, kid: str, purpose: str) -> AESGCM:
        cipher = self._ciphers.get((kid, purpose))
        if cipher is None:
            cipher = self._ciphers[kid, purpose] = AESGCM(self._derive(kid, purpose))
        return cipher

    def _derive(self, kid: str, purpose: str) -> bytes:
        info = f"kentongan/v1/{purpose}".encode()
        return HKDF(algorithm=SHA256(), length=32, salt=None, info=info).derive(self._keys[kid])


def new_key_pair() -> tuple[bytes, bytes]:
    """(private, public) of X25519, 32 bytes each."""
    private = X25519PrivateKey.generate()
    return private.private_bytes_raw(), private.public_key().public_bytes_raw()


def public_of(private: bytes) -> bytes:
    return X25519PrivateKey.from_private_bytes(private).public_key().public_bytes_raw()


def seal_to(public: bytes, info: str, plain: bytes) -> bytes:
    """HPKE (RFC 9180, base mode): opens only with the private key and exactly this `info`.

    32 bytes of encapsulated key, then the ciphertext and its tag.
    """
    return _HPKE.encrypt(plain, X25519PublicKey.from_public_bytes(public), info.encode())


def open_with(private: bytes, info: str, sealed: bytes) -> bytes:
    """Raises SealBroken when it was sealed to another key, for something else, or altered."""
    key = X25519PrivateKey.from_private_bytes(private)
    try:
        return _HPKE.decrypt(sealed, key, info.encode())
    except InvalidTag:
        raise SealBroken(f"{info.partition('|')[0]}: the value does not open") from None


def new_receipt() -> str:
    """A receipt code such as `7F3K-92QX-MN4T`: random, easy to read aloud.

    One in 76 does not look like a code and is drawn anew, which costs a fiftieth of a bit.
    """
    while True:
        code = "".join(secrets.choice(RECEIPT_ALPHABET) for _ in range(12))
        if found := receipt_codes.find(f"{code[:4]}-{code[4:8]}-{code[8:]}"):
            return found


def canonical_code(text: str) -> str:
    """A code as people type it (small letters, spaces, missing dashes, O for 0) in one form."""
    letters = (letter for letter in text.upper() if letter.isascii() and letter.isalnum())
    return "".join(letters).translate(_CONFUSED)


def token_hash(token: str) -> bytes:
    """What is stored of a link's secret, so that a database thief can't open the link."""
    return hashlib.sha256(token.encode()).digest()
