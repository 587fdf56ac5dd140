"""Published vectors, so that what is sealed here opens elsewhere; and that nothing altered opens."""

import hashlib
import hmac
import secrets
from datetime import UTC, datetime

import pytest
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDFExpand

from bot import accounts, keys, sign_in, tip_seal
from bot.sealing import SealBroken, new_key_pair, open_with, public_of, seal_to
from bot.tip_seal import part_info, wrap_info

# ---- RFC 9180, appendix A.1: DHKEM(X25519, HKDF-SHA256), HKDF-SHA256, base mode. The appendix has
# no vector with this AEAD for X25519, so its key pair, shared secret and key schedule are checked,
# and from them, with AES-256-GCM, a ciphertext that our own code must open.

SECRET_R = "4612c550263fc8ad58375df3f557aac531d26850903e55a9f23f21d8534e8ac8"
PUBLIC_R = "3948cfe0ad1ddb695d780e59077195da6c56506b027329794ab02bca80815c4d"
SECRET_E = "52c4a758a802cd8b936eceea314432798d5baf2d7e9235dc084ab1b9cfa2f736"
ENC = "37fda3567bdbd628e88668c3c8d7e97d1d1253b6d4ea6d44c150f741f1bf4431"
INFO = "4f6465206f6e2061204772656369616e2055726e"
SHARED_SECRET = "fe0e18c9f024ce43799ae393c7e8fe8fce9d218875e8227b0187c04e7d2ea1fc"
A1_KEY = "4531685d41d65f03dc48f6b8302c05b0"
A1_NONCE = "56d890e5accaaf011cff4b7d"
DERIVED = "2f447f0d9339eef68a15930a6b1d3150e985a16eeb478df3f96250f233646cbd"
PLAIN = b"Beauty is truth, truth beauty"


def _extract(suite: bytes, salt: bytes, label: bytes, value: bytes) -> bytes:
    message = b"HPKE-v1" + suite + label + value
    return hmac.digest(salt or bytes(32), message, "sha256")


def _expand(suite: bytes, key: bytes, label: bytes, info: bytes, length: int) -> bytes:
    labelled = length.to_bytes(2, "big") + b"HPKE-v1" + suite + label + info
    return HKDFExpand(SHA256(), length, labelled).derive(key)


def _schedule(aead: int, key_length: int, shared: bytes, info: bytes) -> tuple[bytes, bytes]:
    """RFC 9180, 5.1, written from its text: (key, base nonce) of the base mode."""
    suite = b"HPKE" + bytes([0, 0x20, 0, 1, 0, aead])
    context = (
        b"\0" + _extract(suite, b"", b"psk_id_hash", b"") + _extract(suite, b"", b"info_hash", info)
    )
    secret = _extract(suite, shared, b"secret", b"")
    return (
        _expand(suite, secret, b"key", context, key_length),
        _expand(suite, secret, b"base_nonce", context, 12),
    )


def _shared_secret(private: bytes, other: bytes, enc: bytes, recipient: bytes) -> bytes:
    """RFC 9180, 4.1."""
    suite = b"KEM" + bytes([0, 0x20])
    ours, theirs = (
        X25519PrivateKey.from_private_bytes(private),
        X25519PublicKey.from_public_bytes(other),
    )
    key = _extract(suite, b"", b"eae_prk", ours.exchange(theirs))
    return _expand(suite, key, b"shared_secret", enc + recipient, 32)


def test_the_rfcs_key_pair_shared_secret_and_schedule() -> None:
    of = bytes.fromhex
    assert public_of(of(SECRET_R)).hex() == PUBLIC_R
    assert public_of(of(SECRET_E)).hex() == ENC
    shared = _shared_secret(of(SECRET_R), of(ENC), of(ENC), of(PUBLIC_R))
    assert shared.hex() == SHARED_SECRET
    assert _shared_secret(of(SECRET_E), of(PUBLIC_R), of(ENC), of(PUBLIC_R)) == shared
    key, nonce = _schedule(1, 16, shared, of(INFO))
    assert (key.hex(), nonce.hex()) == (A1_KEY, A1_NONCE)


def test_a_ciphertext_made_from_the_rfcs_text_opens() -> None:
    of = bytes.fromhex
    key, nonce = _schedule(2, 32, of(SHARED_SECRET), of(INFO))
    sealed = of(ENC) + AESGCM(key).encrypt(nonce, PLAIN, b"")
    assert open_with(of(SECRET_R), of(INFO).decode(), sealed) == PLAIN


def test_nists_vector_of_aes_256_gcm() -> None:
    """GCM specification (McGrew, Viega), test case 16, as in NIST's collection."""
    key = bytes.fromhex("feffe9928665731c6d6a8f9467308308" * 2)
    plain = bytes.fromhex(
        "d9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a72"
        "1c3c0c95956809532fcf0e2449a6b525b16aedf5aa0de657ba637b39"
    )
    sealed = AESGCM(key).encrypt(
        bytes.fromhex("cafebabefacedbaddecaf888"),
        plain,
        bytes.fromhex("feedfacedeadbeeffeedfacedeadbeefabaddad2"),
    )
    assert sealed.hex() == (
        "522dc1f099567d07f47f37a32a84427d643a8cdcbfe5c0c97598a2bd2555d1aa"
        "8cb08e48590dbb3da7b08b1056828838c5f61e6393ba7a0abcc9f662"
        "76fc6ece0f4e1768cddf8853bb2d551b"
    )


def test_rfc_6238s_codes() -> None:
    """Appendix B, SHA-1; its eight digits cut to the last six."""
    for seconds, code in ((59, "287082"), (1111111109, "081804"), (1111111111, "050471"),
                          (1234567890, "005924"), (2000000000, "279037")):  # fmt: skip
        at = datetime.fromtimestamp(seconds, UTC)
        assert sign_in.code_at(b"12345678901234567890", at) == code


def test_what_the_password_becomes_stays_what_it_was() -> None:
    """A changed derivation would shut every officer out: these bytes must never change."""
    derived = accounts.derive("perahu hijau makan durian", bytes(range(16)))
    recovered = accounts.recovery_key("ABCD-EFGH-JKMN-PQRS-TUVW-XYZ2", bytes(range(16)))
    whole = derived.proof + derived.key + recovered
    assert hashlib.sha256(whole).hexdigest() == DERIVED


# ---- nothing altered, moved or meant for another opens

TIP, OTHER = "11111111-aaaa", "22222222-bbbb"


@pytest.mark.parametrize("start", range(0, 80, 10))
def test_one_flipped_bit_of_a_wrap_breaks_it(start: int) -> None:
    private, public = new_key_pair()
    tip_private, _ = new_key_pair()
    wrap = seal_to(public, wrap_info(TIP, "key"), tip_private)
    assert len(wrap) == 80
    for place in range(start, start + 10):
        for bit in range(8):
            flipped = bytearray(wrap)
            flipped[place] ^= 1 << bit
            with pytest.raises(SealBroken):
                open_with(private, wrap_info(TIP, "key"), bytes(flipped))


def test_wraps_parts_and_keys_do_not_stand_for_one_another() -> None:
    pairs = {name: new_key_pair() for name in ("officer", "leader", "office")}
    tip_keys = {tip: new_key_pair() for tip in (TIP, OTHER)}
    infos = [
        *(wrap_info(tip, name) for tip in tip_keys for name in pairs),
        *(part_info(tip, kind, uid) for tip in tip_keys for kind in ("report", "note")
          for uid in ("u1", "u2")),
        keys.office_key_info("office", "leader"),
        keys.office_key_info("leader", "office"),
    ]  # fmt: skip
    refused = opened = 0
    for info in infos:
        for name, (_, public) in pairs.items():
            sealed = seal_to(public, info, b"isi")
            for other, (private, _) in pairs.items():
                for asked in infos:
                    if (other, asked) == (name, info):
                        assert open_with(private, asked, sealed) == b"isi"
                        opened += 1
                        continue
                    with pytest.raises(SealBroken):
                        open_with(private, asked, sealed)
                    refused += 1
    assert (opened, refused) == (48, 48 * 47)


@pytest.mark.parametrize("length", [0, 1, 31, 32, 33, 47, 79])
def test_a_wrap_cut_short_does_not_open(length: int) -> None:
    private, public = new_key_pair()
    wrap = seal_to(public, "info", bytes(32))
    with pytest.raises(SealBroken):
        open_with(private, "info", wrap[:length])


def test_a_locked_key_opens_only_as_it_was_locked() -> None:
    key, private = secrets.token_bytes(32), secrets.token_bytes(32)
    locked = accounts.lock(key, "id1", "password", private)
    assert accounts.unlock(key, "id1", "password", locked) == private
    for key_id, how in (("id2", "password"), ("id1", "recovery")):
        with pytest.raises(SealBroken):
            accounts.unlock(key, key_id, how, locked)
    for place in range(len(locked)):
        flipped = bytearray(locked)
        flipped[place] ^= 1
        with pytest.raises(SealBroken):
            accounts.unlock(key, "id1", "password", bytes(flipped))


def test_a_part_is_filled_up_so_that_its_length_says_little() -> None:
    for size in range(0, 600, 7):
        packed = tip_seal.pack({"text": "a" * size})
        assert len(packed) % tip_seal.PADDING == 0
        assert tip_seal.unpack(packed)[0] == {"text": "a" * size}
