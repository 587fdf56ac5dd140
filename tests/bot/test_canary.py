"""Words that only a report holds are planted, and looked for in every place but the sealed one."""

import logging
import sqlite3
import tempfile
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest
from prometheus_client import Counter, generate_latest
from sqlalchemy import select
from sqlmodel import SQLModel

from bot import (
    coordination,
    demo,
    draft_media,
    meeting_questions,
    meetings,
    outbox,
    relays,
    tips,
)
from bot.campaign_rows import relays as admins
from bot.effects import Effects
from bot.meeting_rows import questions
from bot.rehearsal import Rehearsal
from bot.sealing import KeyRing
from bot.world import World
from flows.meeting_plan import MeetingPlan
from tests.bot.steps import count, report, settle_in
from tests.opened import opened

WHAT = "kanariwhat"
WHO = "kanariwho"
WHEN = "kanariwhen"
WHERE = "kanariwhere"
QUESTION = "kanariquestion"
ANSWER = "kanarianswer"
SOUND = "kanarisuara"
CAPTION = "kanaricaption"
TOLD = (WHAT, WHO, WHEN, WHERE, ANSWER, CAPTION)
CANARIES = (*TOLD, QUESTION, SOUND)
PLANTED = "kanariplanted"
VOICE = b"#!AMR\n" + (b"\x3c" + SOUND.encode().ljust(31, b"U")) * 50
"""A voice note whose sound holds the word: packed anew it still does."""
OFFICERS = (demo.OFFICER, demo.DEPUTY, demo.HEAD)

_LEAK = Counter("kentongan_test_leak", "Proves that a leak into /metrics would be found.", ["what"])


class House:
    """The bot on a file of its own, and every place where a word could lie about."""

    def __init__(self, folder: Path, logs: pytest.LogCaptureFixture) -> None:
        self.file = folder / "canary.db"
        self.temporary = folder / "temporary"
        self.rehearsal = Rehearsal(f"sqlite:///{self.file}")
        self.logs = logs
        self.notices: list[str] = []

    def places(self) -> dict[str, bytes]:
        return {
            "tables": self.tables(),
            "dump": self.dump(),
            "file": self.raw(),
            "backup": self.backup(),
            "temporary": self.left_over(),
            "logs": self.logs.text.encode(),
            "metrics": generate_latest(),
            "officers": self.to_officers(),
            "unasked": self.unasked(),
        }

    def tables(self) -> bytes:
        """Every value of every table, sealed ones as their bytes."""
        with self.rehearsal.service.database.read() as connection:
            return b"\n".join(
                value if isinstance(value, bytes) else str(value).encode()
                for table in SQLModel.metadata.sorted_tables
                for row in connection.execute(select(table))
                for value in row
            )

    def dump(self) -> bytes:
        with sqlite3.connect(self.file) as connection:
            dumped = "\n".join(connection.iterdump())
        connection.close()
        return dumped.encode()

    def raw(self) -> bytes:
        """The file and its log as they lie on the disk, free pages included."""
        self.checkpoint("FULL")
        return b"".join(path.read_bytes() for path in self.file.parent.glob("canary.db*"))

    def backup(self) -> bytes:
        """What `sqlite3 .backup` would carry away."""
        with (
            closing(sqlite3.connect(self.file)) as source,
            closing(sqlite3.connect(":memory:")) as copy,
        ):
            source.backup(copy)
            return copy.serialize()

    def left_over(self) -> bytes:
        """Whatever was put into a temporary file and stayed."""
        files = [path for path in self.temporary.rglob("*") if path.is_file()]
        return b"\n".join(path.read_bytes() for path in files)

    def unasked(self) -> bytes:
        """What a locked phone shows of messages that nobody waited for."""
        return "\n".join(self.notices).encode()

    def checkpoint(self, how: str) -> None:
        raw = self.rehearsal.service.database.engine.raw_connection()
        busy = raw.cursor().execute(f"PRAGMA wal_checkpoint({how})").fetchone()[0]
        raw.close()
        assert not busy

    def to_officers(self) -> bytes:
        sent = self.rehearsal.channel.sent
        return "\n".join(m.text + repr(m.buttons) for m in sent if m.to in OFFICERS).encode()

    def overheard(self, tell: Callable[..., None]) -> Callable[..., None]:
        """The same, with its words noted down."""

        def told(
            effects: Effects, contact_id: int, key: str, slots: dict[str, str], **about: object
        ) -> None:
            self.notices.append(effects.service.message(key, slots).text)
            tell(effects, contact_id, key, slots, **about)

        return told

    def found(self, words: tuple[str, ...]) -> set[tuple[str, str]]:
        return {
            (name, word)
            for name, content in self.places().items()
            for word in words
            if word.encode() in content.lower()
        }


@pytest.fixture
def house(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> Iterator[House]:
    caplog.set_level(logging.DEBUG)
    (tmp_path / "temporary").mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "temporary"))
    place = House(tmp_path, caplog)
    monkeypatch.setattr(Effects, "tell", place.overheard(Effects.tell))
    yield place
    place.rehearsal.close()


async def _a_whole_case(rehearsal: Rehearsal) -> None:
    """A report, an officer's question, an answer, an escalation, a broken turn and the end."""
    await rehearsal.say("warga", "lapor")
    for words in ("lanjut", "akan berangkat segera", f"Ada {WHAT} di sini", f"dekat {WHERE}"):
        await rehearsal.say("warga", words)
    for words in ("tulis lagi", "ngrayun ngrayun ponorogo", "ya", f"pada {WHEN}", f"si {WHO}"):
        await rehearsal.say("warga", words)
    await rehearsal.attach("warga", "voice", VOICE, caption=f"ini {CAPTION}")
    for words in ("boleh", "ubah", "waktu", f"jadi {WHEN}", "kirim"):
        await rehearsal.say("warga", words)
    await rehearsal.wait(timedelta(hours=3))
    await rehearsal.say("wakil", "ambil 1")
    await rehearsal.say("wakil", f"tanya 1 siapa {QUESTION} itu?")
    for words in ("buka", f"namanya {ANSWER}"):
        await rehearsal.say("warga", words)
    await rehearsal.say("warga", "buka")
    await rehearsal.attach("warga", "voice", VOICE)
    await rehearsal.say("wakil", "baca 1")


async def test_a_report_lies_nowhere_in_the_clear(house: House) -> None:
    await _a_whole_case(house.rehearsal)
    assert house.found(CANARIES) == set()


async def test_what_a_partner_is_asked_and_answers_lies_nowhere_in_the_clear(house: House) -> None:
    """But for the officer's own chat, where the question was typed."""
    await report(house.rehearsal)
    for words in ("ambil 1", "mitra 1", "1", "Apakah PT kanariasked dikenal?"):
        await house.rehearsal.say("petugas", words)
    (told, *_) = await house.rehearsal.say("petugas", "kirim")
    code = told.text.partition("Kode buka: ")[2].split()[0]
    assert house.found(("kanariasked",)) == {("officers", "kanariasked")}
    for words in ("mitra", "1", code):
        shown = await house.rehearsal.say(demo.PARTNER, words)
    assert "kanariasked" in shown[-1].text
    await house.rehearsal.say(demo.PARTNER, "kenal, kanarianswered")
    assert house.found(("kanariasked",)) == {("officers", "kanariasked")}
    assert house.found(("kanarianswered", code.lower())) == {("officers", code.lower())}


async def test_what_is_said_in_groups_lies_nowhere_in_the_clear(house: House) -> None:
    """In a residents' group what is for nobody else is kept nowhere; officials' notes are sealed."""
    bot = house.rehearsal
    for words in ("kanarichat", "/tanya kanariask", "/cek kanaricek", "/lapor kanarilapor"):
        await bot.group(words, by="kanariname")
    for words in ("GRUP", "Kode koordinasi", "2"):
        said = await bot.say(demo.OFFICER, words)
    code = said[-1].text.partition("/pasang ")[2].split()[0]
    await bot.join_group("pejabat")
    await bot.group(f"/pasang {code}", group="pejabat")
    for words in ("kanarichat", "/saya kanarirole", "/tugas kanaritask", "/catat kanarinote"):
        await bot.group(words, by="kanariname", group="pejabat")
    await bot.group("/tugas", by="kanariname", group="pejabat")
    assert count(bot, coordination.items) == 2
    said_there = (
        "kanarichat", "kanariask", "kanaricek", "kanarilapor", "kanariname", "kanarirole",
        "kanaritask", "kanarinote", code.lower(),
    )  # fmt: skip
    assert house.found(said_there) <= {("officers", code.lower())}
    await bot.group("/lepas", group="pejabat")
    await bot.group("/lepas ya", group="pejabat")
    for table in (coordination.members, coordination.items, coordination.parts):
        assert count(bot, table) == 0


async def test_a_meetings_questions_lie_nowhere_in_the_clear(house: House) -> None:
    bot, service = house.rehearsal, house.rehearsal.service
    await settle_in(bot, demo.VILLAGER)
    now = service.clock.now()
    plan = MeetingPlan(demo.VILLAGE, "Sosialisasi paspor", "Balai desa", now + timedelta(days=1),
                       now + timedelta(days=1, hours=2))  # fmt: skip
    with service.database.write() as connection:
        meetings.plan(connection, service, 1, plan, "n", now)
    for words in ("tanya pertemuan berapa biaya paspor kanariasked?", "kirim"):
        await bot.say(demo.VILLAGER, words)
    with service.database.write() as connection:
        (row,) = connection.execute(select(questions))
        outbox.queue(
            connection,
            meeting_questions.answer(connection, service, 1, row.id, "Tidak, kanarianswered.", now),
        )
    assert house.found(("kanariasked", "kanarianswered")) == set()
    await bot.drain()
    assert "kanarianswered" in bot.channel.sent[-1].text
    assert house.found(("kanariasked", "kanarianswered")) == set()


async def test_an_admins_group_has_no_name_left_when_they_leave(house: House) -> None:
    bot, service = house.rehearsal, house.rehearsal.service
    with service.database.write() as connection:
        relays.invite(connection, service.ring, "ABCD-ABCD", office_code=demo.OFFICE,
                      place_code=demo.VILLAGE, label="RT kanarilabel", officer_id=1,
                      now=service.clock.now())  # fmt: skip
    for words in ("PENERUS ABCD-ABCD", "ya", "hapus data saya", "ya"):
        await bot.say("warga", words)
    with service.database.read() as connection:
        assert connection.execute(select(admins.c.label)).scalars().all() == [""]
    house.checkpoint("TRUNCATE")
    assert house.found(("kanarilabel",)) == set()


async def test_a_report_lies_nowhere_even_when_it_is_not_finished(house: House) -> None:
    for words in ("lapor", "lanjut", "tidak", f"Ada {WHAT} di sini", "1", f"pada {WHEN}"):
        await house.rehearsal.say("warga", words)
    await house.rehearsal.attach("warga", "voice", VOICE, caption=CAPTION)
    assert count(house.rehearsal, draft_media.media) == 1
    assert house.found(CANARIES) == set()


async def test_a_report_does_not_reach_the_logs_when_its_turn_fails(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object, **__: object) -> int:
        raise RuntimeError(f"cannot write {WHAT} {WHO}")

    with monkeypatch.context() as patch:
        patch.setattr(tips, "open_tip", refuse)
        with pytest.raises(AssertionError):
            await report(house.rehearsal, what=f"Ada {WHAT}", suspect=WHO)
    assert "turn failed" in house.logs.text
    assert house.found(CANARIES) == set()


async def test_the_report_is_there_and_opens_with_the_key(house: House) -> None:
    """Nothing was found above because it is sealed, not because it was lost."""
    await _a_whole_case(house.rehearsal)
    parts = opened(house.rehearsal.service, 1)
    assert [part.data for part in parts if part.kind == "attachment"] == [VOICE, VOICE]
    said = repr(parts)
    # The place was written again, so its first words are rightly gone.
    assert [word for word in CANARIES if word not in said] == [WHERE]


async def test_the_receipt_and_the_phone_are_nowhere_in_the_clear(house: House) -> None:
    receipt = await report(house.rehearsal, "62811990088")
    plain = receipt.replace("-", "")
    assert house.found((receipt.lower(), plain.lower(), "62811990088")) == set()


def _into_a_table(house: House) -> None:
    with house.rehearsal.service.database.write() as connection:
        connection.execute(tips.tips.update().values(outcome=PLANTED))


def _into_a_free_page(house: House) -> None:
    with house.file.open("ab") as file:
        file.write(PLANTED.encode())


def _into_a_log(house: House) -> None:
    logging.getLogger("bot.turns").debug("said: %s", PLANTED)


def _into_a_temporary_file(house: House) -> None:
    with tempfile.NamedTemporaryFile(delete=False) as file:
        file.write(PLANTED.encode())


def _into_a_notice(house: House) -> None:
    service = house.rehearsal.service
    now = service.clock.now()
    with service.database.write() as connection:
        effects = Effects(connection, service, World(connection, service, None, now), now)
        effects.tell(1, "notice.broadcast", {"number": PLANTED, "counts": ""})


def _into_metrics(house: House) -> None:
    _LEAK.labels(PLANTED).inc()


@pytest.mark.parametrize(
    ("plant", "places"),
    [
        (_into_a_table, {"tables", "dump", "file", "backup"}),
        (_into_a_free_page, {"file"}),
        (_into_a_log, {"logs"}),
        (_into_metrics, {"metrics"}),
        (_into_a_temporary_file, {"temporary"}),
        (_into_a_notice, {"unasked"}),
    ],
)
async def test_a_planted_word_would_be_found(
    house: House, plant: Callable[[House], None], places: set[str]
) -> None:
    await report(house.rehearsal)
    _LEAK.clear()
    assert house.found((PLANTED,)) == set()
    plant(house)
    assert house.found((PLANTED,)) == {(place, PLANTED) for place in places}
    _LEAK.clear()


async def test_a_word_told_to_an_officer_would_be_found(house: House) -> None:
    await house.rehearsal.say("petugas", "tugas")
    await house.rehearsal.say("petugas", "siaran")
    await house.rehearsal.say("petugas", "2")
    await house.rehearsal.say("petugas", f"Penyuluhan {PLANTED} besok")
    assert ("officers", PLANTED) in house.found((PLANTED,))


async def test_an_unsealed_session_would_be_found(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Takes the cipher away, to see that it is the cipher which keeps the words."""
    monkeypatch.setattr(KeyRing, "seal", lambda self, purpose, row, plain: plain)
    monkeypatch.setattr(KeyRing, "open", lambda self, purpose, row, sealed: sealed)
    for words in ("lapor", "lanjut", "tidak", f"Ada {WHAT} di sini"):
        await house.rehearsal.say("warga", words)
    await house.rehearsal.attach("warga", "voice", VOICE)
    for word in (WHAT, SOUND):
        places = {place for place, _ in house.found((word,))}
        assert places >= {"tables", "file", "backup"}, word


async def test_words_of_a_report_leave_no_bytes_behind_once_they_are_wiped(house: House) -> None:
    """secure_delete: what a wiped body or a deleted part held is overwritten on the disk."""
    receipt = await report(house.rehearsal)
    with house.rehearsal.service.database.read() as connection:
        sealed = connection.execute(select(tips.parts.c.sealed)).scalar_one()
    assert sealed[12:60] in house.raw()
    for words in (f"kode {receipt}", "tarik", "ya"):
        await house.rehearsal.say("warga", words)
    house.checkpoint("TRUNCATE")
    assert sealed[12:60] not in house.raw()


async def test_a_file_leaves_no_bytes_behind_once_it_moved_or_its_draft_is_gone(
    house: House,
) -> None:
    for end in ("batal", "kirim"):
        for words in ("lapor", "lanjut", "tidak", "Ada calo", "1", "kemarin", "Pak Anu", "boleh"):
            await house.rehearsal.say("warga", words)
        await house.rehearsal.attach("warga", "voice", VOICE)
        with house.rehearsal.service.database.read() as connection:
            sealed = connection.execute(select(draft_media.media.c.sealed)).scalar_one()
        assert sealed[20:80] in house.raw()
        await house.rehearsal.say("warga", end)
        house.checkpoint("TRUNCATE")
        assert sealed[20:80] not in house.raw()
