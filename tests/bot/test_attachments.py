"""Files of a report: sealed with the draft, moved into the tip, and gone with either."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from bot import audit, draft_media, schedule, tip_seal, tips
from bot.channels.base import Refused, RetryLater
from bot.draft_media import media as drafts
from bot.keeping import Kept
from bot.pictures import ATTEMPTS, LEASE
from bot.sealing import SealBroken
from flows.attachments import MOST
from tests.bot.darkroom import VILLAGER, Darkroom
from tests.bot.steps import NGRAYUN, count, heard
from tests.opened import opened, report_of

BYTES = "kanarifoto"
BEFORE = ("lapor", "lanjut", "tidak", "Ada calo di desa", NGRAYUN, "ya", "kemarin")
AFTER = ("Pak Anu", "boleh", "kirim")


async def says(room: Darkroom, *lines: str) -> str:
    said = ""
    for line in lines:
        said = heard(await room.bot.say(VILLAGER, line), VILLAGER)
    return said


def stored(room: Darkroom) -> int:
    return count(room.bot, drafts)


def in_the_tip(room: Darkroom) -> list[tuple[str, str, bytes]]:
    """Its attachments, opened as its reader's browser does."""
    return [
        (part.content["name"], part.content["media_type"], part.data)
        for part in opened(room.service, 1)
        if part.kind == "attachment"
    ]


async def begin(room: Darkroom) -> None:
    """In the middle of a report, at the question who did it."""
    await says(room, *BEFORE)


# ---- with the draft, into the tip


async def test_files_wait_sealed_with_the_draft_and_move_into_the_tip(room: Darkroom) -> None:
    await begin(room)
    await room.sends("m1", f"{BYTES} satu")
    assert "Foto diterima (1)" in await room.reads()
    await room.sends("m2", f"{BYTES} dua", medium="voice")
    assert "Pesan suara diterima (2)" in await room.reads()
    assert stored(room) == 2
    assert BYTES.encode() not in room.tables()
    await says(room, *AFTER)
    assert stored(room) == 0
    assert in_the_tip(room) == [
        ("Foto.jpg", "image/jpeg", f"{BYTES} satu".encode()),
        ("Pesan suara.jpg", "image/jpeg", f"{BYTES} dua".encode()),
    ]
    assert BYTES.encode() not in room.tables()
    assert room.album.discarded == ["m1", "m2"], "and the provider has none"
    with room.service.database.read() as connection:
        assert audit.first_break(connection) is None


async def test_what_was_not_made_anew_says_so_in_its_name(
    room: Darkroom, monkeypatch: pytest.MonkeyPatch
) -> None:
    await begin(room)
    with monkeypatch.context() as patch:
        as_is = Kept("kept", "application/pdf", as_it_came=True, data=b"%PDF-")
        patch.setattr(room.reader, "_keep", lambda data: as_is)
        await room.sends("m1", medium="document")
        await room.reads()
    await says(room, *AFTER)
    assert in_the_tip(room) == [("Dokumen (asli).pdf", "application/pdf", b"%PDF-")]


async def test_a_file_that_does_not_open_any_more_keeps_no_report_from_being_sent(
    room: Darkroom,
) -> None:
    await begin(room)
    for media in ("m1", "m2"):
        await room.sends(media, BYTES)
        await room.reads()
    with room.service.database.write() as connection:
        first = select(drafts.c.id).order_by(drafts.c.id).limit(1).scalar_subquery()
        connection.execute(drafts.update().where(drafts.c.id == first).values(sealed=b"rusak"))
    assert "Kode laporan" in await says(room, *AFTER)
    assert [data for *_, data in in_the_tip(room)] == [BYTES.encode()]
    assert report_of(room.service, 1)["proof"].endswith("lampiran rusak: 1")
    assert stored(room) == 0


async def test_of_a_file_for_a_case_that_does_not_open_any_more_the_case_says_so(
    room: Darkroom, monkeypatch: pytest.MonkeyPatch
) -> None:
    await begin(room)
    await room.sends("m1", BYTES)
    claimed = room.claim()
    assert claimed
    await says(room, *AFTER)

    def broken(*_: object) -> None:
        raise SealBroken("draft-media")

    monkeypatch.setattr(draft_media, "_open", broken)
    await room.reader._answer(claimed, Kept("kept", "image/jpeg", data=BYTES.encode()))
    assert in_the_tip(room) == []
    said = [part.content["text"] for part in opened(room.service, 1) if part.kind != "report"]
    assert said == ["lampiran rusak: 1"]
    assert stored(room) == 0


async def test_a_file_that_is_still_on_its_way_goes_into_the_case(room: Darkroom) -> None:
    await begin(room)
    await room.sends("m1", BYTES)
    room.album.scripts["m1"] = [RetryLater("503", seconds=5)]
    await room.reads()
    claimed = room.claim()
    assert claimed is None, "put back, to be tried again"
    await says(room, *AFTER)
    assert in_the_tip(room) == []
    assert "Foto sudah diterima." in await room.reads(after=timedelta(minutes=1))
    assert [data for *_, data in in_the_tip(room)] == [BYTES.encode()]
    assert stored(room) == 0


async def test_a_file_in_a_readers_hands_while_the_report_is_sent_goes_into_the_case(
    room: Darkroom,
) -> None:
    await begin(room)
    await room.sends("m1", BYTES)
    claimed = room.claim()
    assert claimed
    await says(room, *AFTER)
    await room.reader._answer(claimed, Kept("kept", "image/jpeg", data=BYTES.encode()))
    assert [data for *_, data in in_the_tip(room)] == [BYTES.encode()]
    assert stored(room) == 0


async def test_without_a_return_address_no_time_of_a_file_is_exact(room: Darkroom) -> None:
    room.bot.clock.forward(timedelta(minutes=17))
    await says(room, "lapor", "tanpa alamat saya", *BEFORE[2:])
    await room.sends("m1", BYTES)
    await room.reads()
    await room.sends("m2", BYTES)
    room.album.scripts["m2"] = [RetryLater("503", seconds=5)]
    await room.reads()
    await says(room, "Pak Anu", "kirim")
    await room.reads(after=timedelta(minutes=1))
    with room.service.database.read() as connection:
        times = tip_seal.attached(connection, 1)
    assert len(times) == 2
    assert {(at.minute, at.second) for at in times} == {(0, 0)}


# ---- gone with the draft


async def test_what_is_cancelled_leaves_nothing(room: Darkroom) -> None:
    await begin(room)
    await room.sends("m1", BYTES)
    await room.reads()
    await room.sends("m2", BYTES)
    claimed = room.claim()
    assert claimed
    await says(room, "batal")
    assert stored(room) == 0
    await room.reader._answer(claimed, Kept("kept", "image/jpeg", data=BYTES.encode()))
    assert stored(room) == 0
    await room.reads()
    assert sorted(room.album.discarded) == ["m1", "m2"]
    assert (room.waiting, room.left) == (0, 0)


async def test_a_draft_that_expires_takes_its_files_along(room: Darkroom) -> None:
    await begin(room)
    await room.sends("m1", BYTES)
    await room.reads()
    await room.bot.wait(timedelta(hours=71))
    assert stored(room) == 1
    await room.bot.wait(timedelta(hours=2))
    assert stored(room) == 0


async def test_who_has_everything_deleted_leaves_no_file(room: Darkroom) -> None:
    await begin(room)
    await room.sends("m1", BYTES)
    await room.reads()
    await says(room, "menu", "hapus data saya", "ya")
    assert stored(room) == 0


async def test_a_question_to_a_human_does_not_take_the_drafts_files(room: Darkroom) -> None:
    await begin(room)
    await room.sends("m1", BYTES)
    await room.reads()
    await says(room, "menu", "0", "Berapa biaya paspor?")
    assert in_the_tip(room) == []
    assert stored(room) == 1


async def test_what_lost_its_draft_some_other_way_goes_after_some_days(room: Darkroom) -> None:
    await begin(room)
    await room.sends("m1", BYTES)
    await room.reads()
    now = room.bot.clock.now()
    for after, left in ((draft_media.STAYS, 1), (draft_media.STAYS + timedelta(seconds=1), 0)):
        with room.service.database.write() as connection:
            schedule.purge(connection, now + after)
        assert stored(room) == left


async def test_a_report_that_is_withdrawn_takes_its_files_along(room: Darkroom) -> None:
    await begin(room)
    await room.sends("m1", BYTES)
    await room.reads()
    said = await says(room, *AFTER)
    receipt = said.partition("Kode laporan: ")[2].split()[0]
    assert count(room.bot, tips.parts, kind="attachment") == 1
    await says(room, f"kode {receipt}", "tarik", "ya")
    assert count(room.bot, tips.parts) == 0


# ---- killed, slow, refused


async def test_a_reader_killed_between_sealing_and_its_turn_keeps_it_once(room: Darkroom) -> None:
    await begin(room)
    await room.sends("m1", BYTES)
    claimed = room.claim()
    assert claimed
    room.reader._store(claimed, Kept("kept", "image/jpeg", data=BYTES.encode()))
    room.new_reader()
    assert await room.reads() == ""
    assert "Foto diterima (1)" in await room.reads(after=LEASE + timedelta(seconds=1))
    assert stored(room) == 1


async def test_two_readers_of_one_file_keep_it_once_and_lose_nothing(room: Darkroom) -> None:
    await begin(room)
    await room.sends("m1", BYTES)
    slow = room.claim()
    assert slow
    await room.reads(after=LEASE + timedelta(seconds=1))
    await room.reader._answer(slow, Kept("kept", "image/jpeg", data=BYTES.encode()))
    assert stored(room) == 1, "the draft's own"
    await says(room, *AFTER)
    await room.reader._answer(slow, Kept("kept", "image/jpeg", data=BYTES.encode()))
    assert stored(room) == 0, "nothing that the next draft would find"
    assert len(in_the_tip(room)) == 1


async def test_a_turn_that_fails_apologises_and_leaves_nothing(
    room: Darkroom, monkeypatch: pytest.MonkeyPatch
) -> None:
    await begin(room)
    await room.sends("m1", BYTES)
    with monkeypatch.context() as patch:
        patch.setattr("flows.attachments._beside", lambda *_: 1 / 0)
        assert "Maaf, ada gangguan" in await room.reads()
    assert stored(room) == 0
    assert (room.waiting, room.left) == (0, 0)


@pytest.mark.parametrize(
    ("trouble", "said"),
    [
        (Refused("too_large"), "terlalu besar"),
        (Refused("400"), "tidak sampai"),
    ],
)
async def test_what_can_not_be_had_is_said_and_the_report_goes_on(
    room: Darkroom, trouble: Exception, said: str
) -> None:
    await begin(room)
    room.album.scripts["m1"] = [trouble]
    await room.sends("m1", BYTES)
    told = await room.reads()
    assert said in told
    assert "Siapa yang melakukannya" in told
    await says(room, *AFTER)
    assert in_the_tip(room) == []


async def test_a_database_that_can_not_store_it_is_tried_again_then_said(
    room: Darkroom, monkeypatch: pytest.MonkeyPatch
) -> None:
    await begin(room)
    await room.sends("m1", BYTES)

    def full(*_: object, **__: object) -> None:
        raise OSError("no space left")

    monkeypatch.setattr(draft_media, "store", full)
    for _ in range(ATTEMPTS):
        with pytest.raises(OSError, match="no space"):
            await room.reads(after=LEASE + timedelta(seconds=1))
    assert "tidak sampai" in await room.reads(after=LEASE + timedelta(seconds=1))


async def test_files_beyond_the_limit_are_declined_and_the_others_stay(room: Darkroom) -> None:
    await begin(room)
    said = [await room.sends(f"m{n}", BYTES) for n in range(MOST + 2)]
    assert sum("sudah penuh" in answer for answer in said) == 2
    await room.reads()
    await says(room, *AFTER)
    assert len(in_the_tip(room)) == MOST


async def test_a_picture_outside_waits_for_its_answer_and_the_reports_files_do_not(
    room: Darkroom,
) -> None:
    for number in (1, 2):
        await room.sends(f"p{number}", f"PT NOMOR URUT {number}")
    await room.reads()
    await begin(room)
    await room.sends("m1", BYTES)
    assert "Foto diterima (1)" in await room.reads()


# ---- into an open case


async def test_a_file_for_a_case_that_ended_meanwhile_goes_nowhere(room: Darkroom) -> None:
    await begin(room)
    receipt = (await says(room, *AFTER)).partition("Kode laporan: ")[2].split()[0]
    await says(room, f"kode {receipt}", "jawab atau tambah")
    room.album.scripts["m1"] = [RetryLater("503", seconds=60)] * 2
    await room.sends("m1", BYTES)
    await room.reads()
    await says(room, "menu", f"kode {receipt}", "tarik", "ya")
    await room.reads(after=timedelta(minutes=10))
    await room.reads(after=timedelta(minutes=10))
    assert room.album.fetched.count("m1") == 3
    assert stored(room) == 0
    assert count(room.bot, tips.parts) == 0


async def test_an_attachment_does_not_open_in_another_tip_or_altered(room: Darkroom) -> None:
    await begin(room)
    await room.sends("m1", BYTES)
    await room.reads()
    await says(room, *AFTER)
    with room.service.database.write() as connection:
        (part, sealed) = connection.execute(
            select(tips.parts.c.id, tips.parts.c.sealed).where(tips.parts.c.kind == "attachment")
        ).one()
        wrong = sealed[:-1] + bytes([sealed[-1] ^ 1])
        connection.execute(tips.parts.update().where(tips.parts.c.id == part).values(sealed=wrong))
    with pytest.raises(SealBroken):
        in_the_tip(room)


@pytest.mark.parametrize("answer", ["ya", "menu", "tidak, cek fotonya", ""])
async def test_a_photo_right_after_a_report_is_held_until_its_sender_says_where_it_belongs(
    room: Darkroom, answer: str
) -> None:
    await begin(room)
    await says(room, *AFTER)
    assert "Tambahkan foto ini" in await room.sends("m1", BYTES)
    await room.reads(after=timedelta(minutes=5))
    assert room.album.fetched == room.album.discarded == []
    if answer:
        await says(room, answer)
    await room.bot.wait(timedelta(minutes=61))
    await room.reads()
    assert [data for _, _, data in in_the_tip(room)] == ([BYTES.encode()] if answer == "ya" else [])
    assert room.album.fetched == (["m1"] if answer[:2] in ("ya", "ti") else [])
    assert (room.album.discarded, room.left) == (["m1"], 0), "no copy stays at the provider"
