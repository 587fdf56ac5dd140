"""What is sealed opens only with its key, for its purpose, in its row, unaltered."""

import json
import stat
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.sealing import (
    RECEIPT_ALPHABET,
    KeyRing,
    KeyRingError,
    SealBroken,
    canonical_code,
    new_receipt,
    token_hash,
)
from flows import receipt_codes

RING = KeyRing({"aaaa": b"a" * 32, "bbbb": b"b" * 32}, "bbbb")
OLD = KeyRing({"aaaa": b"a" * 32}, "aaaa")
KEY = b"k" * 32


@given(st.binary(max_size=300))
def test_what_is_sealed_opens_again(plain: bytes) -> None:
    assert RING.open("tip", "row", RING.seal("tip", "row", plain)) == plain


@given(st.integers(min_value=0), st.integers(0, 7))
def test_one_flipped_bit_anywhere_breaks_the_seal(place: int, bit: int) -> None:
    sealed = bytearray(RING.seal("tip", "row", b"isi laporan"))
    sealed[place % len(sealed)] ^= 1 << bit
    with pytest.raises(SealBroken):
        RING.open("tip", "row", bytes(sealed))


@given(st.integers(0, 60))
def test_a_value_cut_short_does_not_open(length: int) -> None:
    sealed = RING.seal("tip", "row", b"isi")
    assert len(sealed) < 61
    with pytest.raises(SealBroken):
        RING.open("tip", "row", sealed[: min(length, len(sealed) - 1)])


def test_a_value_moved_to_another_row_or_purpose_does_not_open() -> None:
    sealed = RING.seal("session", "12", b"isi")
    for purpose, row in (("session", "13"), ("outbox", "12"), ("session", "")):
        with pytest.raises(SealBroken):
            RING.open(purpose, row, sealed)


def test_two_seals_of_one_text_differ() -> None:
    assert RING.seal("tip", "1", b"isi") != RING.seal("tip", "1", b"isi")


def test_an_older_key_still_opens_and_the_index_stays_findable() -> None:
    assert RING.open("tip", "1", OLD.seal("tip", "1", b"isi")) == b"isi"
    assert RING.index("contact", "x") == OLD.index("contact", "x")
    with pytest.raises(SealBroken):
        OLD.open("tip", "1", RING.seal("tip", "1", b"isi"))


def test_an_index_depends_on_its_purpose_and_its_key() -> None:
    assert RING.index("contact", "x") != RING.index("receipt", "x")
    assert RING.index("contact", "x") != KeyRing.fresh().index("contact", "x")


def test_another_ring_opens_nothing() -> None:
    sealed = RING.seal("tip", "1", b"isi")
    with pytest.raises(SealBroken):
        KeyRing({"bbbb": b"x" * 32}, "bbbb").open("tip", "1", sealed)


def test_the_key_ring_file_is_the_owners_alone(tmp_path: Path) -> None:
    path = tmp_path / "deep" / "ring.json"
    made = KeyRing.load(path, create=True)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    sealed = made.seal("tip", "1", b"isi")
    assert KeyRing.load(path).open("tip", "1", sealed) == b"isi"
    assert KeyRing.load(path, create=True).open("tip", "1", sealed) == b"isi"


def test_a_key_ring_is_never_overwritten(tmp_path: Path) -> None:
    path = tmp_path / "ring.json"
    RING.save(path)
    before = path.read_bytes()
    with pytest.raises(FileExistsError):
        KeyRing.fresh().save(path)
    assert path.read_bytes() == before


@pytest.mark.parametrize(
    "content",
    [
        "", "[]", "{}", "null", '{"active": "aaaa"}', '{"keys": {}, "active": "aaaa"}',
        '{"keys": {"aaaa": "!!"}, "active": "aaaa"}', '{"keys": {"aaaa": "YQ=="}, "active": "aaaa"}',
        '{"keys": ["aaaa"], "active": "aaaa"}', "\x00\x01",
    ],
)  # fmt: skip
def test_a_damaged_key_ring_is_one_line_that_names_the_file(content: str, tmp_path: Path) -> None:
    path = tmp_path / "ring.json"
    path.write_text(content)
    with pytest.raises(KeyRingError) as raised:
        KeyRing.load(path)
    assert str(path) in str(raised.value)
    assert "\n" not in str(raised.value)


def test_an_active_key_that_is_not_there_is_damage(tmp_path: Path) -> None:
    path = tmp_path / "ring.json"
    RING.save(path)
    raw = json.loads(path.read_text())
    path.write_text(json.dumps(raw | {"active": "cccc"}))
    with pytest.raises(KeyRingError, match="damaged"):
        KeyRing.load(path)


def test_a_missing_key_ring_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(KeyRingError, match="office init"):
        KeyRing.load(tmp_path / "ring.json")


def test_a_message_of_a_broken_seal_holds_nothing_of_the_value() -> None:
    with pytest.raises(SealBroken) as raised:
        RING.open("tip", "1", b"rahasia sekali")
    assert "rahasia" not in str(raised.value)


def test_receipts_are_readable_and_differ() -> None:
    codes = {new_receipt() for _ in range(500)}
    assert len(codes) == 500
    assert all(set(code.replace("-", "")) <= set(RECEIPT_ALPHABET) for code in codes)
    assert all(receipt_codes.is_one(code) for code in codes)
    assert len(set(RECEIPT_ALPHABET)) == 32  # 12 of them: 60 bits
    assert not set("OILU") & set(RECEIPT_ALPHABET)


def test_letters_that_look_like_digits_are_those_digits() -> None:
    assert canonical_code("o0Oi-1Il 7f3k") == "00011117F3K"


def test_a_code_of_an_older_release_means_itself() -> None:
    """Its 31 letters were 2 to 9 and A to Z without I, L and O."""
    old = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
    assert canonical_code(old) == old


@pytest.mark.parametrize("typed", ["7f3k 92qx mn4t", "7F3K92QXMN4T", " 7f3k-92QX–mn4t. "])
def test_a_code_is_one_code_however_it_is_typed(typed: str) -> None:
    assert canonical_code(typed) == "7F3K92QXMN4T"


def test_a_link_is_stored_as_a_fingerprint_only() -> None:
    assert b"token" not in token_hash("token")
    assert token_hash("token") == token_hash("token") != token_hash("tokem")
