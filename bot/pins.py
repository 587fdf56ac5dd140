"""Officers' PINs: six to twelve digits, kept as Argon2id, never as they were typed."""

import itertools

from argon2 import PasswordHasher
from argon2.exceptions import VerificationError

_HASHER = PasswordHasher()
_NOBODY = _HASHER.hash("nobody has this pin")


class PinTooWeak(Exception):
    """The PIN is not six to twelve digits, or one that everybody tries first."""


def check_strength(pin: str) -> None:
    digits = [int(letter) for letter in pin if letter.isdigit()]
    steps = {b - a for a, b in itertools.pairwise(digits)}
    if (
        not pin.isascii()
        or not pin.isdigit()
        or not 6 <= len(pin) <= 12
        or steps in ({0}, {1}, {-1})
    ):
        raise PinTooWeak("PIN harus 6 sampai 12 angka, bukan berurutan atau angka yang sama.")


def hash_pin(pin: str) -> str:
    return _HASHER.hash(pin)


def pin_fits(pin_hash: str | None, pin: str) -> bool:
    """The same work whether or not the officer has a PIN."""
    try:
        return _HASHER.verify(pin_hash or _NOBODY, pin) and pin_hash is not None
    except VerificationError:
        return False
