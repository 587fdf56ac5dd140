"""Opens age files that are locked with a passphrase (https://age-encryption.org/v1), as a partner's
own `age` would: the browser's library made them, so another one has to open them."""

import base64
import hmac

from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.kdf.scrypt import Scrypt

CHUNK = 64 * 1024 + 16


def open_age(file: bytes, passphrase: str) -> bytes:
    """Raises an exception of `cryptography` for a wrong passphrase or an altered file."""
    end = file.index(b"\n---") + 4
    header, rest = file[:end], file[end:]
    mac, _, payload = rest.partition(b"\n")
    version, stanza, body = header.split(b"\n")[:3]
    assert version == b"age-encryption.org/v1"
    arrow, kind, salt, log_n = stanza.decode().split(" ")
    assert (arrow, kind) == ("->", "scrypt")
    scrypt = Scrypt(
        salt=b"age-encryption.org/v1/scrypt" + unpadded(salt),
        length=32,
        n=1 << int(log_n),
        r=8,
        p=1,
    )
    wrap = ChaCha20Poly1305(scrypt.derive(passphrase.encode()))
    file_key = wrap.decrypt(bytes(12), unpadded(body.decode()), None)
    expected = hmac.digest(_derive(file_key, b"", b"header"), header, "sha256")
    assert hmac.compare_digest(expected, unpadded(mac.decode().strip()))
    return _stream(_derive(file_key, payload[:16], b"payload"), payload[16:])


def _stream(key: bytes, sealed: bytes) -> bytes:
    cipher, plain = ChaCha20Poly1305(key), b""
    chunks = [sealed[at : at + CHUNK] for at in range(0, len(sealed), CHUNK)]
    for index, chunk in enumerate(chunks):
        last = index == len(chunks) - 1
        plain += cipher.decrypt(index.to_bytes(11, "big") + bytes([last]), chunk, None)
    return plain


def _derive(key: bytes, salt: bytes, info: bytes) -> bytes:
    return HKDF(algorithm=SHA256(), length=32, salt=salt, info=info).derive(key)


def unpadded(text: str) -> bytes:
    return base64.b64decode(text + "=" * (-len(text) % 4))
