"""The desk in chat against the real database: what each command leaves in its rows, and for whom."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from sqlalchemy import select

from bot import audit, demo, tips
from bot.officers import leaves, officers
from bot.rehearsal import Rehearsal
from bot.roster import RosterRow, import_roster, invite
from flows.wording import slots_of
from tests.bot.steps import count, first_tip, heard, read_in_console, report, settle_in


@pytest.fixture
def bot() -> Iterator[Rehearsal]:
    rehearsal = Rehearsal()
    yield rehearsal
    rehearsal.close()


def tip_of(bot: Rehearsal) -> tips.TipRow:
    with bot.service.database.read() as connection:
        return first_tip(connection)


def actions(bot: Rehearsal) -> list[str]:
    with bot.service.database.read() as connection:
        query = select(audit.entries.c.action).where(audit.entries.c.subject == "tip:1")
        return list(connection.execute(query.order_by(audit.entries.c.id)).scalars())


async def says(bot: Rehearsal, who: str, words: str) -> str:
    return heard(await bot.say(who, words), who)


async def test_each_command_twice_leaves_one_trace(bot: Rehearsal) -> None:
    await report(bot)
    for words in (
        "AMBIL 1", "TANYA 1 Di mana?", "BALAS 1 Terima kasih.", "TUNDA 1 2 hari dokumen",
        "TERUSKAN 1 Bagus",
    ):  # fmt: skip
        await bot.say(demo.OFFICER, words)
        before = actions(bot)
        again = await says(bot, demo.OFFICER, words)
        assert "#1" in again
        assert actions(bot) == before, words
    assert actions(bot) == [
        "opened", "acknowledged", "asked", "asked", "paused:document", "moved:handed_over",
    ]  # fmt: skip
    assert count(bot, tips.assignments, ended_at=None) == 1


async def test_a_closed_report_takes_no_command(bot: Rehearsal) -> None:
    await report(bot)
    await bot.say(demo.OFFICER, "AMBIL 1")
    await bot.say(demo.OFFICER, "TUTUP 1 hasil=ditangani")
    done = actions(bot)
    for words in ("AMBIL 1", "BACA 1", "BALAS 1 halo", "TANYA 1 halo", "TUNDA 1 2j dokumen",
                  "TERUSKAN 1 Bagus", "TUTUP 1 palsu"):  # fmt: skip
        assert "#1 sudah ditutup" in await says(bot, demo.OFFICER, words)
    assert actions(bot) == done


@pytest.mark.parametrize("who", [demo.DEPUTY, demo.HEAD, demo.VILLAGER, "orang lain"])
async def test_nobody_else_moves_a_report(bot: Rehearsal, who: str) -> None:
    await report(bot)
    await bot.say(demo.OFFICER, "AMBIL 1")
    before = tip_of(bot)
    for words in ("AMBIL 1", "BACA 1", "BALAS 1 halo", "TANYA 1 halo", "TUNDA 1 2j dokumen",
                  "TERUSKAN 1 Sri", "TUTUP 1 ditangani"):  # fmt: skip
        told = await says(bot, who, words)
        assert "/console/" not in told or (who == demo.HEAD and "#1 ada pada" in told), words
        await bot.say(who, "menu")
    assert tip_of(bot) == before


async def test_false_is_said_only_by_who_has_read_it_and_twice(bot: Rehearsal) -> None:
    await report(bot, danger="ya")
    await bot.say(demo.OFFICER, "AMBIL 1")
    for words in ("TUTUP 1 hasil=palsu", "TUTUP 1", "palsu"):
        told = await says(bot, demo.OFFICER, words)
    assert "Baca dulu laporannya" in told
    assert tip_of(bot).status == "acknowledged"
    read_in_console(bot, 1, officer_id=2)  # a colleague's eyes are not one's own
    assert "Baca dulu laporannya" in await says(bot, demo.OFFICER, "TUTUP 1 palsu")
    read_in_console(bot, 1)
    assert "SENGAJA PALSU?" in await says(bot, demo.OFFICER, "TUTUP 1 palsu")
    assert "tetap terbuka" in await says(bot, demo.OFFICER, "jangan")
    await bot.say(demo.OFFICER, "TUTUP 1 palsu")
    sent = await bot.say(demo.OFFICER, "ya")
    assert "#1 ditutup" in heard(sent, demo.OFFICER)
    assert heard(sent, demo.HEAD).count("#1 ditutup sebagai sengaja palsu.") == 1
    assert not heard(sent, demo.DEPUTY)
    assert "#1 sudah ditutup" in await says(bot, demo.OFFICER, "TUTUP 1 palsu")
    assert count(bot, tips.tips, outcome="false") == 1


async def test_a_report_that_moved_between_question_and_answer(bot: Rehearsal) -> None:
    """The officer is at "what is the result?" when the deadline passes."""
    await report(bot)
    await bot.say(demo.OFFICER, "AMBIL 1")
    await bot.say(demo.OFFICER, "TUTUP 1")
    await bot.wait(timedelta(days=4))
    moved = tip_of(bot)
    assert moved.officer_id != 1
    assert "#1 sekarang pada petugas lain" in await says(bot, demo.OFFICER, "1")
    assert tip_of(bot).status == moved.status


async def test_only_who_could_open_it_is_offered(bot: Rehearsal) -> None:
    await report(bot)
    await bot.say(demo.OFFICER, "AMBIL 1")
    with bot.service.database.write() as connection:
        connection.execute(
            officers.update().where(officers.c.staff_no == "D-002").values(key_id=None)
        )
    offered = await says(bot, demo.OFFICER, "TERUSKAN 1")
    assert "diteruskan kepada siapa" in offered
    last = [message for message in bot.channel.sent if message.to == demo.OFFICER][-1]
    assert [button.label for button in last.buttons] == [
        "Dewi Lestari (contoh)", "Mitra di luar kantor",
    ]  # fmt: skip


async def test_whom_the_report_names_is_not_offered_and_not_shown_it(bot: Rehearsal) -> None:
    await report(bot, what="Bu Dewi Lestari dari imigrasi minta uang", suspect="Dewi Lestari")
    assert "Tidak ada laporan terbuka" in await says(bot, demo.HEAD, "DAFTAR SEMUA")
    owner = tip_of(bot).officer_id
    who = {1: demo.OFFICER, 2: demo.DEPUTY}[owner or 0]
    await bot.say(who, "AMBIL 1")
    await bot.say(who, "TERUSKAN 1")
    last = [message for message in bot.channel.sent if message.to == who][-1]
    assert "Dewi Lestari (contoh)" not in [button.label for button in last.buttons]


async def test_a_leader_is_not_told_to_take_what_is_a_colleagues(bot: Rehearsal) -> None:
    await report(bot)
    listed = await says(bot, demo.HEAD, "DAFTAR SEMUA")
    assert "AMBIL" not in listed
    assert "/console/inbox" in listed
    told = await says(bot, demo.HEAD, "AMBIL 1")
    assert "#1 ada pada" in told and "belum diambil. Pindahkan di konsol:" in told
    assert "/console/tip/1" in told
    assert "Nomor itu tidak ada pada Anda" in await says(bot, demo.HEAD, "AMBIL 9")
    assert "Nomor itu tidak ada pada Anda" in await says(bot, demo.DEPUTY, "AMBIL 1")


async def test_leave_that_begins_today_moves_at_once(bot: Rehearsal) -> None:
    await report(bot)
    await bot.say(demo.OFFICER, "AMBIL 1")
    await bot.say(demo.OFFICER, "CUTI hari ini sampai besok Bagus sakit")
    sent = await bot.say(demo.OFFICER, "ya")
    assert "Cuti dicatat" in heard(sent, demo.OFFICER)
    assert "#1 diteruskan kepada Anda" in heard(sent, demo.DEPUTY)
    assert count(bot, leaves, reason="sick") == 1
    await bot.say(demo.OFFICER, "CUTI hari ini sampai besok Bagus")
    assert count(bot, leaves) == 1
    await bot.say(demo.OFFICER, "CUTI BATAL")
    assert "Tidak ada cuti" in await says(bot, demo.OFFICER, "CUTI BATAL")
    assert count(bot, leaves) == 0  # no time has passed since it began


async def test_the_list_says_how_many_more_there_are(bot: Rehearsal) -> None:
    for number in range(7):
        await settle_in(bot, f"warga {number}")
        await bot.say(f"warga {number}", "0")
        await bot.say(f"warga {number}", "Apakah KTP boleh dipegang agen?")
    told = await says(bot, demo.OFFICER, "DAFTAR")
    assert "5 paling mendesak, 2 lagi di" in told
    assert "/console/inbox" in told


async def test_an_officer_who_goes_leaves_nothing_behind(bot: Rehearsal) -> None:
    """Transferred by the roster: the successor of the village has it at the next look, told once."""
    await report(bot)
    await bot.say(demo.OFFICER, "AMBIL 1")
    now = bot.clock.now()
    rows = [
        RosterRow(1, "D-002", "Bagus Prasetyo (contoh)", "pimpasa", demo.VILLAGE, "SK baru",
                  now.date(), None),
        RosterRow(2, "D-003", "Dewi Lestari (contoh)", "section_head", "", "SK contoh",
                  now.date(), None),
    ]  # fmt: skip
    with bot.service.database.write() as connection:
        import_roster(connection, bot.service.ring, demo.OFFICE, rows, now)
    sent = await bot.wait(timedelta(minutes=1))
    assert heard(sent, demo.DEPUTY).count("#1") == 1
    assert "#1 Anda ambil" in await says(bot, demo.DEPUTY, "AMBIL 1")
    assert "/console/" not in await says(bot, demo.OFFICER, "BACA 1")
    assert not await bot.wait(timedelta(minutes=10))


async def test_a_new_phone_takes_the_open_reports_along(bot: Rehearsal) -> None:
    """MASUK on another phone: the reports stay the officer's, the old phone sees none."""
    await report(bot)
    await bot.say(demo.OFFICER, "AMBIL 1")
    with bot.service.database.write() as connection:
        code = invite(connection, bot.service.ring, 1, bot.clock.now())
    assert "Selamat datang" in await says(bot, "hp baru", f"MASUK {code}")
    assert "#1: sudah Anda ambil" in await says(bot, "hp baru", "BACA 1")
    assert "/console/" not in await says(bot, demo.OFFICER, "BACA 1")


# ---- mode `chat`


@pytest.fixture
def in_chat(bot: Rehearsal) -> Rehearsal:
    bot.service.settings = bot.service.settings.model_copy(update={"tip_mode": "chat"})
    return bot


async def test_in_mode_chat_the_owner_reads_a_masked_text(in_chat: Rehearsal) -> None:
    await report(
        in_chat, what="Pak Slamet 081234567890 kumpulkan paspor, lihat https://jahat.example"
    )
    sent = await in_chat.say(demo.OFFICER, "AMBIL 1")
    told = heard(sent, demo.OFFICER)
    assert "Kejadian: Pak [nama] [nomor] kumpulkan paspor, lihat hxxps[:]//jahat[.]example" in told
    assert "Slamet" not in told
    assert "paspor" not in heard(sent, demo.VILLAGER)
    assert actions(in_chat) == ["opened", "acknowledged", "read_in_chat"]
    assert "paspor" in await says(in_chat, demo.OFFICER, "AMBIL 1")
    assert actions(in_chat)[-1] == "read_in_chat"
    assert "paspor" not in await says(in_chat, demo.DEPUTY, "AMBIL 1")


async def test_in_the_other_modes_it_never_does(bot: Rehearsal) -> None:
    await report(bot)
    assert "paspor" not in await says(bot, demo.OFFICER, "AMBIL 1")
    assert "read_in_chat" not in actions(bot)
    bot.service.settings = bot.service.settings.model_copy(update={"tip_mode": "chat"})
    assert "paspor" not in await says(bot, demo.OFFICER, "AMBIL 1")  # sealed before


def test_notices_for_officers_hold_a_number_and_nothing_else(bot: Rehearsal) -> None:
    wording = bot.service.catalog.wording
    for_others = {"notice.reply", "notice.broadcast", "notice.invited"}
    for key in sorted(wording.keys()):
        if key.startswith("notice.") and key not in for_others:
            assert slots_of(wording.raw(key)) <= {"number"}, key
