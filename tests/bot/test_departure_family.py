"""A departure that is followed: with a yes, as far as ticks and day, and ended by either side."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy import select

from bot import demo, departure_family
from bot.departure_family import followers
from bot.rehearsal import Rehearsal
from tests.bot.departing import answer, code_of, follow, kept, number_of, plan, until
from tests.bot.steps import count, heard, settle_in


async def test_a_relative_sees_ticks_and_day_and_nothing_else(on_both: Rehearsal) -> None:
    await plan(on_both)
    await on_both.say(demo.VILLAGER, "sudah paspor")
    assert "memakai kode Anda" in await follow(on_both)
    assert "belum menjawab" in heard(await on_both.say("ibu", "ikuti"), "ibu")
    said = await answer(on_both, "boleh")
    assert "Tulis IKUTI" in heard(said, "ibu")
    seen = heard(await on_both.say("ibu", "ikuti"), "ibu")
    assert "Dicentang: 1 dari 13" in seen
    assert "Yang sudah: Paspor." in seen
    assert "24 Januari 2027" in seen
    for hidden in ("Malaysia", "P3MI", "Ngrayun"):
        assert hidden not in seen


async def test_without_a_yes_a_relative_sees_nothing(on_both: Rehearsal) -> None:
    await plan(on_both)
    await follow(on_both)
    said = await answer(on_both, "jangan")
    assert heard(said, "ibu") == ""
    assert "belum mengikuti" in heard(await on_both.say("ibu", "ikuti"), "ibu")
    assert count(on_both, followers) == 0


async def test_the_question_waits_in_the_list_for_who_was_not_there(on_both: Rehearsal) -> None:
    await plan(on_both)
    await follow(on_both)
    await on_both.say(demo.VILLAGER, "menu")
    asked = heard(await on_both.say(demo.VILLAGER, "ceklis"), demo.VILLAGER)
    assert "Boleh ia melihat" in asked
    await on_both.say(demo.VILLAGER, "boleh")
    assert count(on_both, followers, allowed_at=None) == 0


async def test_a_code_opens_once_and_for_seven_days(on_both: Rehearsal) -> None:
    await plan(on_both)
    await follow(on_both)
    code = await _second_code(on_both)
    for relative in ("bapak", "adik"):
        await on_both.say(relative, "halo")
    await on_both.say("bapak", f"ikuti {code.lower().replace('-', ' ')}")
    await on_both.say("bapak", "ya, tanyakan")
    assert "tidak berlaku" in heard(await on_both.say("adik", f"ikuti {code}"), "adik")
    late = await _second_code(on_both)
    on_both.clock.forward(timedelta(days=8))
    assert "tidak berlaku" in heard(await on_both.say("adik", f"ikuti {late}"), "adik")


async def _second_code(rehearsal: Rehearsal) -> str:
    await answer(rehearsal, "boleh")
    return await code_of(rehearsal)


async def test_a_newer_code_makes_the_unused_one_void(on_both: Rehearsal) -> None:
    await plan(on_both)
    first = await code_of(on_both)
    second = await code_of(on_both)
    await on_both.say("ibu", "halo")
    assert "tidak berlaku" in heard(await on_both.say("ibu", f"ikuti {first}"), "ibu")
    assert "Kodenya benar" in heard(await on_both.say("ibu", f"ikuti {second}"), "ibu")


async def test_a_code_between_the_question_and_the_yes_goes_to_who_was_first(
    on_both: Rehearsal,
) -> None:
    await plan(on_both)
    code = await code_of(on_both)
    for relative in ("ibu", "adik"):
        await on_both.say(relative, "halo")
        await on_both.say(relative, f"ikuti {code}")
    await on_both.say("ibu", "ya, tanyakan")
    late = heard(await on_both.say("adik", "ya, tanyakan"), "adik")
    assert "Pemilik daftar kami tanya" not in late
    assert "sudah dipakai" in late
    assert count(on_both, followers) == 1
    assert count(on_both, followers, relative_id=number_of(on_both, "ibu")) == 1


async def test_ones_own_code_and_a_wrong_one_open_nothing(on_both: Rehearsal) -> None:
    await plan(on_both)
    code = await code_of(on_both)
    await on_both.say(demo.VILLAGER, "menu")
    said = await on_both.say(demo.VILLAGER, f"ikuti {code}")
    assert "tidak berlaku" in heard(said, demo.VILLAGER)
    await on_both.say("ibu", "halo")
    assert "tidak berlaku" in heard(await on_both.say("ibu", "ikuti 2222-3333"), "ibu")


@pytest.mark.parametrize("who", [demo.VILLAGER, "ibu"])
async def test_either_side_ends_it(on_both: Rehearsal, who: str) -> None:
    await plan(on_both)
    await follow(on_both)
    await answer(on_both, "boleh")
    if who == "ibu":
        await on_both.say("ibu", "ikuti")
        await on_both.say("ibu", "tidak ikuti lagi")
    else:
        await on_both.say(demo.VILLAGER, "keluarga ikut lihat")
        await on_both.say(demo.VILLAGER, "hentikan semua")
    assert count(on_both, followers) == 0
    assert "belum mengikuti" in heard(await on_both.say("ibu", "ikuti"), "ibu")
    assert kept(on_both) is not None


async def test_a_traveller_asleep_or_silenced_is_not_asked_by_push(on_both: Rehearsal) -> None:
    await plan(on_both)
    evening = datetime.fromisoformat("2026-11-23T21:00:00+07:00") - on_both.clock.now()
    on_both.clock.forward(evening)
    assert await follow(on_both) == ""
    assert "memakai kode Anda" in await until(on_both, "2026-11-24T06:01:00+07:00")
    await answer(on_both, "jangan")
    code = await code_of(on_both)
    await on_both.say(demo.VILLAGER, "stop")
    await on_both.say("ibu", f"ikuti {code}")
    said = await on_both.say("ibu", "ya, tanyakan")
    assert heard(said, demo.VILLAGER) == ""
    asked = heard(await on_both.say(demo.VILLAGER, "ceklis"), demo.VILLAGER)
    assert "Boleh ia melihat" in asked


async def test_a_code_is_kept_only_as_a_fingerprint(on_both: Rehearsal) -> None:
    await plan(on_both)
    code = await code_of(on_both)
    with on_both.service.database.read() as connection:
        (row,) = connection.execute(select(followers)).all()
    assert code.encode() not in bytes(row.code_index)
    assert bytes(row.code_index) == on_both.service.ring.index("departure", code)
    assert timedelta(days=7) == departure_family.CODE_LASTS


async def test_words_that_begin_like_a_command_are_heard_as_words(on_both: Rehearsal) -> None:
    """ "Ikuti saran siapa?" is a question and no code."""
    await settle_in(on_both, demo.VILLAGER)
    said = heard(await on_both.say(demo.VILLAGER, "ikuti saran siapa"), demo.VILLAGER)
    assert "Kode itu" not in said
