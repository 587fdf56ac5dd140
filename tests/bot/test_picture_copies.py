"""The copy at the provider is deleted, whoever is killed and however often it refuses."""

from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from bot import doctor, pictures
from bot.pictures import jobs
from bot.reading import Read
from flows.pictures import MOST_WAITING
from tests.bot.darkroom import CAPTION, TEXT, Darkroom


async def test_a_provider_that_does_not_delete_is_asked_until_it_does(room: Darkroom) -> None:
    room.album.keeps = True
    await room.sends("m1", caption=CAPTION)
    assert "Cek ini?" in await room.reads()
    assert (room.waiting, room.left) == (0, 1)
    for _ in range(20):
        assert await room.reads(after=timedelta(seconds=1)) == ""
    assert 2 <= len(room.album.discarded) <= 4, "the pause grows"
    room.new_reader()
    for _ in range(20):
        await room.reads(after=timedelta(hours=1, seconds=1))
    assert len(room.album.discarded) >= 20, "and has an end"
    room.album.keeps = False
    await room.reads(after=timedelta(hours=1, seconds=1))
    assert room.left == 0


async def test_what_is_left_of_a_picture_is_only_where_its_copy_lies(room: Darkroom) -> None:
    room.album.keeps = True
    await room.sends("m1", caption=CAPTION)
    await room.reads()
    with room.service.database.read() as connection:
        row = connection.execute(select(jobs)).one()
        assert pictures.leftovers(connection) == 1
        assert pictures.oldest(connection) is None
    (found,) = (one for one in doctor._database(room.service) if one.what == "pictures")
    assert (found.state, found.detail) == ("warn", "1 still to be deleted at their provider")
    assert row.contact_id is None
    assert pictures._open(room.service.ring, row) == pictures.Told("m1")


async def test_a_reader_killed_before_the_copy_is_deleted_leaves_it_to_the_next(
    room: Darkroom,
) -> None:
    await room.sends("m1")
    claimed = room.claim()
    assert claimed
    await room.reader._answer(claimed, Read("read", TEXT))
    assert room.album.discarded == [], "and then the process was gone"
    room.new_reader()
    await room.reads()
    assert (room.album.discarded, room.left) == (["m1"], 0)


async def test_what_is_declined_at_once_is_deleted_once_the_provider_surely_has_it(
    room: Darkroom,
) -> None:
    for number in range(MOST_WAITING):
        await room.sends(f"m{number}")
    assert "belum saya ambil" in await room.sends("one too many", caption=CAPTION)
    room.service.reads_pictures = False
    assert "belum bisa membaca gambar" in await room.sends("unread", who="nenek")
    await room.takes("voice", "unreadable")
    assert room.left == 3
    assert b"kanari" not in room.tables()
    await room.reads()
    declined = {"one too many", "unread", "voice"}
    assert not declined & set(room.album.discarded)
    await room.reads(after=pictures.SETTLES)
    assert declined <= set(room.album.discarded)
    assert not declined & set(room.album.fetched)
    assert room.left == 0


async def test_a_turn_that_fails_leaves_no_copy_either(
    room: Darkroom, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        patch.setattr("flows.engine.resume", lambda *given: 1 / 0)
        await room.takes("m1", "picture", "failed")
    assert room.left == 1
    await room.reads(after=pictures.SETTLES)
    assert (room.album.discarded, room.left) == (["m1"], 0)


async def test_a_turn_that_can_not_be_written_leaves_no_copy_either(
    room: Darkroom, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuses(*given: object, **more: object) -> None:
        raise IntegrityError("insert", {}, Exception())

    with monkeypatch.context() as patch:
        patch.setattr(pictures, "put", refuses)
        await room.takes("m1", "picture", "failed")
    await room.reads(after=pictures.SETTLES)
    assert (room.album.discarded, room.left) == (["m1"], 0)


async def test_a_copy_whose_row_does_not_open_is_given_up(
    room: Darkroom, caplog: pytest.LogCaptureFixture
) -> None:
    room.album.keeps = True
    await room.sends("m1")
    await room.reads()
    with room.service.database.write() as connection:
        connection.execute(jobs.update().values(sealed=b"broken"))
    await room.reads(after=timedelta(hours=1))
    assert "a picture's copy stays at simulator" in caplog.text
    assert room.left == 0
