"""A promise to read a picture is kept once, whatever the provider, the reader or its sender does."""

import logging
from datetime import timedelta

import pytest
from sqlalchemy import select

from bot import contacts, picture_reader, pictures, reading
from bot.channels.base import (
    TOO_LARGE,
    ChannelDown,
    OutcomeUnknown,
    Refused,
    RetryLater,
    Unreachable,
)
from bot.database import Database
from bot.inbox import inbox
from bot.pictures import ATTEMPTS, LEASE, LOOK_AGAIN, jobs
from bot.reading import Read
from bot.schedule import LEASE as HELD
from bot.turns import sessions
from flows.pictures import MOST_WAITING, PATIENCE
from tests.bot.darkroom import CAPTION, TEXT, VILLAGER, Darkroom
from tests.bot.steps import NGRAYUN, count, heard


async def test_a_promise_is_kept_and_nothing_of_it_stays(room: Darkroom) -> None:
    assert "saya baca dulu" in await room.sends("m1", caption=CAPTION)
    assert room.waiting == 1
    for word in (b"kanari", b"m1\x00", b"warga"):
        assert word not in room.tables()
    assert "Ini yang terbaca: “PT KANARIFOTO NUSANTARA / Gaji 12.000.000”" in await room.reads()
    assert (room.waiting, room.left) == (0, 0)
    assert room.album.discarded == ["m1"]
    assert b"kanari" not in room.tables()
    assert room.session().answers["told"] == f"{CAPTION}\n{TEXT}"
    await room.bot.say(VILLAGER, "menu")
    assert "KANARI" not in repr(room.session())
    assert b"kanari" not in room.tables()


async def test_what_was_read_goes_after_a_day_by_itself(room: Darkroom) -> None:
    await room.sends("m1")
    await room.reads()
    await room.bot.wait(timedelta(hours=24, minutes=1))
    assert room.session().answers == {}
    assert room.session().flow == ""


async def test_no_word_of_it_is_logged(room: Darkroom, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    room.album.scripts["m1"] = [RuntimeError("kanarierror"), RetryLater("429", seconds=1)]
    await room.sends("m1", caption=CAPTION)
    with pytest.raises(RuntimeError):
        await room.reads()
    await room.reads(after=LEASE + timedelta(seconds=1))
    assert "Cek ini?" in await room.reads(after=timedelta(seconds=30))
    assert "kanari" not in caplog.text.lower()
    assert "m1" not in caplog.text


# ---- killed, slow, doubled


async def test_a_reader_that_was_killed_loses_its_picture_to_the_next(room: Darkroom) -> None:
    await room.sends("m1")
    assert room.claim(), "fetched, and then the process was gone"
    room.new_reader()
    assert await room.reads() == ""
    assert await room.reads(after=LEASE) == ""
    said = await room.reads(after=timedelta(seconds=1))
    assert said.count("Cek ini?") == 1
    assert await room.reads(after=LEASE * 2) == ""
    assert room.waiting == 0


async def test_two_that_read_the_same_picture_make_one_answer(room: Darkroom) -> None:
    """The first was so slow that its lease ran out, and then came back to life."""
    await room.sends("m1")
    slow = room.claim()
    assert slow
    said = await room.reads(after=LEASE + timedelta(seconds=1))
    await room.reader._answer(slow, Read("read", "something else"))
    assert said.count("Cek ini?") == 1
    assert await room.reads(after=LEASE) == ""
    assert room.session().answers["told"] == TEXT


async def test_a_reader_killed_after_the_commit_does_not_answer_again(room: Darkroom) -> None:
    """As if the row had come back with a restored backup."""
    await room.sends("m1")
    with room.service.database.read() as connection:
        row = connection.execute(select(jobs)).mappings().one()
    assert "Cek ini?" in await room.reads()
    with room.service.database.write() as connection:
        connection.execute(jobs.insert().values(**row))
    assert await room.reads(after=PATIENCE) == ""
    assert room.waiting == 0
    assert count(room.bot, inbox, event_id=row["token"]) == 1


async def test_a_second_process_reads_nothing_while_the_first_holds_the_lease(
    room: Darkroom,
) -> None:
    await room.sends("m0")
    await room.reads()
    await room.bot.say(VILLAGER, "menu")
    await room.sends("m1")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("bot.picture_reader.hold", lambda database, name, now: False)
        second = room.new_reader()
        await second.drain()
    assert room.album.fetched == ["m0"]
    assert "Cek ini?" in await room.reads(after=HELD + timedelta(seconds=1))


async def test_a_turn_that_fails_apologises_and_is_not_tried_again(
    room: Darkroom, monkeypatch: pytest.MonkeyPatch
) -> None:
    await room.sends("m1")
    with monkeypatch.context() as patch:
        patch.setattr("flows.pictures.shorten", lambda text: 1 / 0)
        assert "Maaf, ada gangguan" in await room.reads()
    assert room.waiting == 0
    assert await room.reads(after=LEASE * 2) == ""


async def test_a_picture_that_breaks_its_reader_each_time_is_given_up(room: Darkroom) -> None:
    room.album.scripts["m1"] = [RuntimeError("boom")] * (ATTEMPTS + 3)
    await room.sends("m1")
    for _ in range(ATTEMPTS):
        with pytest.raises(RuntimeError):
            await room.reads(after=LEASE + timedelta(seconds=1))
    assert "tidak sampai" in await room.reads(after=LEASE + timedelta(seconds=1))
    assert room.waiting == 0


# ---- the provider


@pytest.mark.parametrize(
    "trouble",
    [RetryLater("404", seconds=2), OutcomeUnknown("no answer"), ChannelDown("401"), TimeoutError()],
    ids=lambda error: type(error).__name__,
)
async def test_a_provider_in_trouble_is_asked_again_later(
    room: Darkroom, trouble: Exception
) -> None:
    room.album.scripts["m1"] = [trouble, trouble]
    await room.sends("m1")
    assert await room.reads() == ""
    assert await room.reads(after=timedelta(seconds=1)) == ""
    assert room.album.fetched == ["m1"]
    assert await room.reads(after=timedelta(seconds=5)) == ""
    assert "Cek ini?" in await room.reads(after=timedelta(seconds=20))
    assert room.album.fetched == ["m1"] * 3


async def test_a_provider_that_never_answers_is_given_up_with_a_word(room: Darkroom) -> None:
    room.album.scripts["m1"] = [RetryLater("503", seconds=5)] * 20
    await room.sends("m1")
    said = [await room.reads(after=timedelta(minutes=3)) for _ in range(ATTEMPTS + 1)]
    assert said[:ATTEMPTS] == [""] * ATTEMPTS
    assert "tidak sampai" in said[ATTEMPTS]
    assert "nama PT" in said[ATTEMPTS]


@pytest.mark.parametrize(
    ("trouble", "said"),
    [
        (Refused("400"), "tidak sampai"),
        (Refused(TOO_LARGE), "terlalu besar"),
        (Unreachable("403"), "tidak sampai"),
    ],
)
async def test_what_will_never_come_is_said_at_once(
    room: Darkroom, trouble: Exception, said: str
) -> None:
    room.album.scripts["m1"] = [trouble]
    await room.sends("m1")
    assert said in await room.reads()
    assert room.waiting == 0


async def test_a_picture_that_nobody_read_for_a_day_is_answered_too(room: Darkroom) -> None:
    await room.sends("m1")
    assert "tidak sampai" in await room.reads(after=timedelta(hours=24, seconds=1))
    assert room.album.fetched == []


# ---- its sender


async def test_one_after_the_other_each_once_the_one_before_is_answered(room: Darkroom) -> None:
    for number in (1, 2, 3):
        await room.sends(f"m{number}", f"PT NOMOR URUT {number}")
    assert "URUT 1" in await room.reads()
    assert await room.reads(after=LOOK_AGAIN * 3) == ""
    await room.bot.say(VILLAGER, "2")
    assert "URUT 2" in await room.reads(after=LOOK_AGAIN)
    assert await room.reads(after=LOOK_AGAIN) == ""
    assert "URUT 3" in await room.reads(after=PATIENCE), "who says nothing is not waited for"
    assert room.album.fetched == ["m1", "m2", "m3"]


async def test_twenty_pictures_are_bounded_and_hold_up_nobody(room: Darkroom) -> None:
    said = [await room.sends(f"m{n}") for n in range(20)]
    assert sum("saya baca" in answer for answer in said) >= MOST_WAITING
    assert sum("Kirim lagi nanti" in answer for answer in said) == 20 - MOST_WAITING
    assert room.waiting == MOST_WAITING
    await room.sends("other", who="tetangga")
    assert "Cek ini?" in await room.reads("tetangga")
    assert room.waiting == MOST_WAITING - 1
    assert len(room.album.fetched) == 2


async def test_the_question_in_hand_is_not_lost(room: Darkroom) -> None:
    for words in ("halo", "setuju"):
        await room.bot.say(VILLAGER, words)
    await room.sends("m1")
    said = await room.reads()
    assert "Fotonya terbaca" in said
    assert "desa" in said, "the question again"
    assert "Desa Ngrayun" in heard(await room.bot.say(VILLAGER, NGRAYUN), VILLAGER)
    assert "Cek ini?" in heard(await room.bot.say(VILLAGER, "ya"), VILLAGER)


async def test_who_has_everything_deleted_hears_nothing_more_of_it(room: Darkroom) -> None:
    await room.bot.say(VILLAGER, "halo")
    await room.sends("m1")
    claimed = room.claim()
    assert claimed
    await room.sends("m2")
    await room.bot.say(VILLAGER, "hapus")
    await room.bot.say(VILLAGER, "ya")
    assert (room.waiting, room.left) == (0, 0)
    assert sorted(room.album.discarded) == ["m1", "m2"]
    await room.reader._answer(claimed, Read("read", TEXT))
    assert await room.reads(after=LEASE) == ""
    assert "KANARI" not in repr(room.session())


async def test_an_answer_of_ours_does_not_open_the_window_anew(room: Darkroom) -> None:
    await room.sends("m1")
    with room.service.database.read() as connection:
        before = connection.execute(select(sessions.c.last_inbound_at)).scalars().all()
    await room.reads(after=timedelta(minutes=5))
    with room.service.database.read() as connection:
        after = connection.execute(select(sessions.c.last_inbound_at)).scalars().all()
    assert after == before


async def test_a_row_that_does_not_open_is_answered_and_the_others_go_on(
    room: Darkroom, caplog: pytest.LogCaptureFixture
) -> None:
    await room.sends("m1")
    with room.service.database.write() as connection:
        connection.execute(jobs.update().values(sealed=b"broken"))
    await room.sends("m2", who="tetangga")
    await room.reads()
    assert "Cek ini?" in heard(room.album.sent, "tetangga")
    assert "tidak sampai" in heard(room.album.sent, VILLAGER), "who was promised an answer"
    assert "can't be opened" in caplog.text
    assert (room.waiting, room.left) == (0, 0)


async def test_a_row_whose_sender_can_not_be_read_is_dropped(room: Darkroom) -> None:
    await room.sends("m1")
    with room.service.database.write() as connection:
        connection.execute(contacts.contacts.update().values(address=b"broken"))
    assert await room.reads() == ""
    assert (room.waiting, room.left) == (0, 0)
    assert room.album.discarded == ["m1"]


def test_the_lease_outlasts_fetching_and_reading() -> None:
    assert LEASE.total_seconds() > picture_reader.FETCH_SECONDS + reading.SECONDS


async def test_two_claims_at_once_get_two_pictures(room: Darkroom) -> None:
    await room.sends("m1")
    await room.sends("m2", who="tetangga")
    other = Database(room.service.database.url)
    first = room.claim()
    with other.write() as connection:
        second = pictures.claim(connection, room.service.ring, room.service.clock.now())
    other.close()
    assert first and second
    assert {first.told.media, second.told.media} == {"m1", "m2"}
    assert room.claim() is None
