"""A report opens for those it is addressed to, for nothing else, and nowhere else."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select, update

from bot import demo, keys, tip_seal, tips
from bot.effects import Effects
from bot.officers import officers
from bot.rehearsal import Rehearsal
from bot.sealing import SealBroken, new_key_pair, open_with, seal_to
from bot.tip_seal import SERVER, SealedPart, pack, part_info, unpack
from bot.tips import wraps
from bot.world import World
from tests.bot.steps import count, report
from tests.opened import DEPUTY, LEADER, PIMPASA, opened, report_of

NOW = datetime(2026, 11, 23, 2, tzinfo=UTC)
PRIVATE, PUBLIC = new_key_pair()


def sealed(kind: str = "report", uid: str = "u1", tip: str = "t1", **content: str) -> SealedPart:
    plain = pack(content or {"what": "isi"}, b"")
    return SealedPart(uid, kind, NOW, seal_to(PUBLIC, part_info(tip, kind, uid), plain))


def test_a_part_opens_only_as_itself() -> None:
    part = sealed()
    assert tip_seal.open_part(PRIVATE, "t1", part).content == {"what": "isi"}
    for tip, kind, uid, private in (
        ("t2", "report", "u1", PRIVATE),
        ("t1", "note", "u1", PRIVATE),
        ("t1", "report", "u2", PRIVATE),
        ("t1", "report", "u1", new_key_pair()[0]),
    ):
        with pytest.raises(SealBroken):
            tip_seal.open_part(private, tip, SealedPart(uid, kind, NOW, part.sealed))


@given(st.integers(0, 10_000))
def test_no_altered_bit_is_accepted(at: int) -> None:
    part = sealed()
    altered = bytearray(part.sealed)
    altered[at // 8 % len(altered)] ^= 1 << at % 8
    with pytest.raises(SealBroken):
        tip_seal.open_part(PRIVATE, "t1", SealedPart("u1", "report", NOW, bytes(altered)))


@given(
    st.dictionaries(st.text(max_size=9), st.text(max_size=400), max_size=4), st.binary(max_size=900)
)
def test_what_is_packed_comes_out_and_its_length_says_little(
    content: dict[str, str], data: bytes
) -> None:
    try:
        plain = pack(content, data)
    except UnicodeEncodeError:
        return  # half a surrogate pair is no text; the turn refuses it
    assert unpack(plain) == (content, data)
    assert (len(plain) - len(data)) % tip_seal.PADDING == 0


@pytest.mark.parametrize(
    "sealed_bytes",
    [b"", b"x" * 31, b"x" * 48, bytes(32) + b"y" * 16],
    ids=["none", "short", "noise", "zero"],
)
def test_what_is_no_ciphertext_is_refused(sealed_bytes: bytes) -> None:
    with pytest.raises(SealBroken):
        open_with(PRIVATE, "x", sealed_bytes)


async def test_all_of_the_chain_and_the_leaders_can_open_a_report_and_the_server_cannot(
    on_both: Rehearsal,
) -> None:
    await report(on_both, what="Ada calo")
    for staff_no in (PIMPASA, DEPUTY, LEADER):
        assert report_of(on_both.service, 1) == opened(on_both.service, 1, staff_no)[0].content
    with on_both.service.database.read() as connection:
        tip = tips.by_number(connection, 1)
        assert tip
        assert tip_seal.key_of_ring(connection, on_both.service.ring, 1, tip.id) is None


async def test_the_leaders_open_it_with_the_offices_key_when_their_own_has_no_wrap(
    rehearsal: Rehearsal,
) -> None:
    await report(rehearsal)
    own, _ = demo.private_key(LEADER)
    with rehearsal.service.database.write() as connection:
        connection.execute(wraps.delete().where(wraps.c.recipient == own))
    assert report_of(rehearsal.service, 1)["what"] == "Ada calo mengumpulkan paspor"


async def test_an_officer_who_is_named_gets_no_key(on_both: Rehearsal) -> None:
    await report(on_both, suspect="Bu Sri Wahyuni petugasnya")
    with pytest.raises(KeyError):
        opened(on_both.service, 1, PIMPASA)
    assert report_of(on_both.service, 1)["who"] == "Bu Sri Wahyuni petugasnya"


async def test_a_report_waits_under_the_key_ring_while_nobody_has_a_key(on_both: Rehearsal) -> None:
    """Better read later by somebody than by nobody; then the server can't open it any more."""
    service = on_both.service
    with service.database.write() as connection:
        rows = connection.execute(select(officers.c.id, officers.c.key_id)).all()
        kept = {row.id: row.key_id for row in rows}
        connection.execute(update(officers).values(key_id=None))
        connection.execute(keys.office_keys.update().values(retired_at=on_both.clock.now()))
    await report(on_both)
    with service.database.write() as connection:
        tip = tips.by_number(connection, 1)
        assert tip
        assert tip_seal.key_of_ring(connection, service.ring, 1, tip.id)
        for officer_id, key_id in kept.items():
            connection.execute(
                update(officers).where(officers.c.id == officer_id).values(key_id=key_id)
            )
        world = World(connection, service, None, on_both.clock.now())
        Effects(connection, service, world, on_both.clock.now()).hand_to_people(tip)
        assert tip_seal.key_of_ring(connection, service.ring, 1, tip.id) is None
        held = set(connection.execute(select(wraps.c.recipient)).scalars())
    assert SERVER not in held
    assert opened(service, 1, PIMPASA)[0].content["what"] == "Ada calo mengumpulkan paspor"


async def test_what_is_said_later_is_sealed_too_and_only_the_officers_words_are_kept_for_the_bot(
    rehearsal: Rehearsal,
) -> None:
    receipt = await report(rehearsal)
    await rehearsal.say("petugas", "ambil 1")
    await rehearsal.say("petugas", "tanya 1 kapan berangkat?")
    for words in (f"kode {receipt}", "besok malam"):
        await rehearsal.say("warga", words)
    said = [(part.kind, part.content.get("text")) for part in opened(rehearsal.service, 1)[1:]]
    assert said == [("to_reporter", "kapan berangkat?"), ("from_reporter", "besok malam")]
    with rehearsal.service.database.read() as connection:
        tip = tips.by_number(connection, 1)
        assert tip
        told = tip_seal.relayed(connection, rehearsal.service.ring, 1, tip.id)
    assert told == ["kapan berangkat?"]


async def test_the_officers_words_are_kept_for_the_bot_until_a_month_after_the_end(
    rehearsal: Rehearsal,
) -> None:
    def kept() -> int:
        return count(rehearsal, tips.relays)

    await report(rehearsal)
    for words in ("ambil 1", "tanya 1 kapan berangkat?", "tutup 1 hasil=ditangani"):
        await rehearsal.say("petugas", words)
    await rehearsal.wait(tips.NEWS_STAYS - timedelta(days=1))
    assert kept() == 1
    await rehearsal.wait(timedelta(days=3))
    assert kept() == 0
    assert [part.kind for part in opened(rehearsal.service, 1)] == ["report", "to_reporter"]
