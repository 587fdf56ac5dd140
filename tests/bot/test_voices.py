"""A voice note through the whole bot: heard and confirmed, or kept for the officer; kept nowhere else."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from sqlalchemy import select

from bot import demo, pictures
from bot.channels.base import Outgoing
from bot.contacts import agrees, consents
from bot.keeping import Kept
from bot.listening import Heard
from bot.rehearsal import Rehearsal
from bot.shelf import CannotMake
from bot.voice import Voice
from tests.bot.steps import count, heard, settle_in
from tests.opened import opened

VILLAGER = demo.VILLAGER
SOUND = "apa itu calo"


def hears(sound: bytes) -> Heard:
    return Heard("heard", sound.decode()) if sound != b"noise" else Heard("unclear")


@pytest.fixture
async def listener(database_url: str) -> AsyncIterator[Rehearsal]:
    bot = Rehearsal(database_url, listen=hears)
    yield bot
    bot.close()


@pytest.fixture
async def deaf(database_url: str) -> AsyncIterator[Rehearsal]:
    bot = Rehearsal(database_url, keep=lambda data: Kept("kept", "audio/ogg", data=data))
    yield bot
    bot.close()


async def test_what_was_heard_counts_once_it_is_confirmed(listener: Rehearsal) -> None:
    await listener.say(VILLAGER, "menu")
    said = heard(await listener.attach(VILLAGER, "voice", SOUND.encode()), VILLAGER)
    assert "saya dengarkan dulu" in said and "Saya dengar: “apa itu calo”" in said
    confirmed = heard(await listener.press(VILLAGER, "Ya, betul"), VILLAGER)
    await listener.say(VILLAGER, "menu")
    assert confirmed == heard(await listener.say(VILLAGER, SOUND), VILLAGER)


async def test_the_voice_stays_nowhere(listener: Rehearsal) -> None:
    await listener.attach(VILLAGER, "voice", SOUND.encode())
    assert count(listener, pictures.jobs) == 0, "not even as a leftover"
    assert not listener.channel.pictures, "and its provider has deleted it"
    assert SOUND.encode() not in everything(listener), "its words are sealed"


async def test_noise_is_said_to_be_noise(listener: Rehearsal) -> None:
    said = heard(await listener.attach(VILLAGER, "voice", b"noise"), VILLAGER)
    assert "tidak jelas bagi saya" in said
    assert not listener.channel.pictures


async def test_without_a_model_the_officer_gets_it_sealed(deaf: Rehearsal) -> None:
    said = heard(await deaf.attach(VILLAGER, "voice", b"kanarisuara"), VILLAGER)
    assert "Petugas yang akan mendengarkannya" in said and "Kode pertanyaan: " in said
    await deaf.attach(VILLAGER, "voice", b"kanarilagi")
    parts = opened(deaf.service, 1)
    report = next(part.content for part in parts if part.kind == "report")
    assert report["question"] == "Pertanyaannya ada di pesan suara."
    files = [(p.content["name"], p.data) for p in parts if p.kind == "attachment"]
    assert files == [("Pesan suara.ogg", b"kanarisuara"), ("Pesan suara.ogg", b"kanarilagi")]
    assert b"kanari" not in everything(deaf)
    assert not deaf.channel.pictures


async def test_a_draft_that_waits_keeps_its_own_files(deaf: Rehearsal) -> None:
    """The question takes its voice and nothing of the report that was set aside."""
    for words in ("lapor", "lanjut", "tidak", "Ada calo di desa"):
        await deaf.say(VILLAGER, words)
    await deaf.attach(VILLAGER, "voice", b"bukti")
    await deaf.say(VILLAGER, "menu")
    await deaf.attach(VILLAGER, "voice", b"pertanyaan")
    files = [p.data for p in opened(deaf.service, 1) if p.kind == "attachment"]
    assert files == [b"pertanyaan"]


# ---- a card's sound on its way out


async def first_card(bot: Rehearsal) -> None:
    await bot.say(VILLAGER, "belajar")
    await bot.say(VILLAGER, "1")


def media(sent: list[Outgoing]) -> list[str]:
    return [message.media.type for message in sent if message.media]


async def test_the_sound_is_made_by_the_sender(on_both: Rehearsal) -> None:
    await first_card(on_both)
    sent = list(await on_both.say(VILLAGER, "dengar"))
    assert media(sent) == ["audio/ogg"]
    assert sent[0].media and sent[0].media.path.read_bytes().startswith(b"OggS")
    assert media(list(await on_both.say(VILLAGER, "gambar"))) == ["image/png"]


async def test_the_wish_is_remembered_until_it_is_taken_back(on_both: Rehearsal) -> None:
    await settle_in(on_both, VILLAGER)
    await first_card(on_both)
    assert media(list(await on_both.say(VILLAGER, "suara terus"))) == ["audio/ogg"]
    assert media(list(await on_both.say(VILLAGER, "1"))) == ["audio/ogg"]
    await on_both.say(VILLAGER, "tanpa suara")
    assert media(list(await on_both.say(VILLAGER, "1"))) == []
    with on_both.service.database.read() as connection:
        someone = connection.execute(select(consents.c.contact_id)).scalars().first()
        assert someone and agrees(connection, someone, "service"), "only that one is taken back"


async def test_a_voice_that_breaks_later_is_said_in_words(
    rehearsal: Rehearsal, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    await first_card(rehearsal)
    rehearsal.service.shelf.folder = tmp_path
    rehearsal.service.shelf.use(Voice("broken", ("false",)))
    sent = await rehearsal.say(VILLAGER, "dengar")
    assert "tidak bisa dibuat sekarang" in heard(sent, VILLAGER)
    assert not media(list(sent))
    assert "false: exit 1" in caplog.text
    with pytest.raises(CannotMake):
        rehearsal.service.shelf.made(
            "audio/x/y", rehearsal.clock.now().date(), rehearsal.clock.now()
        )


def everything(bot: Rehearsal) -> bytes:
    """All that the database holds, as one text."""
    found = []
    with bot.service.database.read() as connection:
        for table in sorted(pictures.PictureJob.metadata.tables.values(), key=lambda t: t.name):
            found += [repr(tuple(row)) for row in connection.execute(select(table))]
    return "\n".join(found).encode()
