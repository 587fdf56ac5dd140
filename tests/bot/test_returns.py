"""Who comes back to a case, from where, and what is left when somebody asks that it be gone."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from bot import audit, conflicts, contacts, demo, outbox, tips
from bot.channels.base import Inbound
from bot.rehearsal import Rehearsal
from bot.tips import parts, wraps
from flows.events import MessageCreated
from tests.bot.darkroom import Darkroom
from tests.bot.steps import count, first_tip, heard, report
from tests.opened import opened

NEWS = "Ada pesan untuk Anda. Tulis BUKA untuk membacanya."
STORY = "Ada calo mengumpulkan paspor"
WHO = demo.VILLAGER


class OtherChannel:
    """Somebody on Telegram; what the bot says there is read from the outbox."""

    def __init__(self, rehearsal: Rehearsal, address: str = "5551234") -> None:
        self.rehearsal, self.address, self.seen = rehearsal, address, 0

    async def say(self, text: str) -> str:
        bot = self.rehearsal
        await bot.take(Inbound("telegram", bot.event_id(), "text", self.address, text=text))
        said = list(self.waiting())
        new, self.seen = said[self.seen :], len(said)
        return "\n".join(new)

    def waiting(self) -> Iterator[str]:
        with self.rehearsal.service.database.read() as connection:
            rows = connection.execute(
                select(outbox.outbox.c.lane, outbox.outbox.c.body)
                .where(outbox.outbox.c.channel == "telegram")
                .order_by(outbox.outbox.c.id)
            ).all()
        for row in rows:
            yield outbox.open_body(self.rehearsal.service.ring, row.lane, row.body).text


def content_of(rehearsal: Rehearsal, kind: str) -> list[str]:
    return [part.content["text"] for part in opened(rehearsal.service, 1) if part.kind == kind]


def audited(rehearsal: Rehearsal, action: str) -> int:
    return count(rehearsal, audit.entries, action=action, subject="tip:1")


async def silence(rehearsal: Rehearsal, days: float) -> None:
    """Days without anything falling due in between: only the clock moves."""
    rehearsal.clock.forward(timedelta(days=days))


async def opens(rehearsal: Rehearsal, who: str) -> bool:
    return "Keadaan:" in heard(await rehearsal.say(who, "buka"), who)


# ---- another phone, another channel


async def test_a_code_works_from_another_channel(on_both: Rehearsal) -> None:
    code = await report(on_both)
    phone = OtherChannel(on_both)
    assert "menunggu petugas" in await phone.say(f"kode {code.lower().replace('-', ' ')}")
    await phone.say("jawab atau tambah")
    assert "Sudah diteruskan" in await phone.say("Calonya datang lagi tadi malam")
    assert content_of(on_both, "from_reporter") == ["Calonya datang lagi tadi malam"]
    await phone.say(code)
    await phone.say("tarik")
    assert "Sudah ditarik" in await phone.say("ya")
    assert count(on_both, parts) == count(on_both, wraps) == 0
    assert "Tulis kode Anda" in heard(await on_both.say(WHO, "buka"), WHO)


async def test_how_often_it_was_read_is_told_from_the_audit(on_both: Rehearsal) -> None:
    code = await report(on_both)
    assert "Belum dibaca siapa pun" in heard(await on_both.say("budi", f"kode {code}"), "budi")
    with on_both.service.database.write() as connection:
        for actor in ("officer:1", "officer:2", "operator"):
            audit.record(connection, on_both.clock.now(), actor=actor, action="read",
                         subject="tip:1")  # fmt: skip
        audit.record(connection, on_both.clock.now(), actor="officer:1", action="read",
                     subject="tip:11")  # fmt: skip
    told = heard(await on_both.say("budi", f"kode {code}"), "budi")
    assert "Dibaca 2 kali oleh petugas kantor imigrasi, 1 kali oleh pengelola bot." in told


# ---- sixty days


@pytest.mark.parametrize(("days", "still"), [(59.9, True), (60.1, False)])
async def test_after_sixty_days_without_a_word_a_case_needs_its_code(
    on_both: Rehearsal, days: float, still: bool
) -> None:
    code = await report(on_both)
    await silence(on_both, days)
    assert await opens(on_both, WHO) is still
    assert await opens(on_both, WHO) is still  # having written once more changes nothing
    assert "Keadaan:" in heard(await on_both.say(WHO, f"kode {code}"), WHO)
    assert await opens(on_both, WHO)


async def test_what_the_new_holder_of_the_number_reports_is_theirs(on_both: Rehearsal) -> None:
    old = await report(on_both)
    await silence(on_both, 61)
    await on_both.say(WHO, "halo")
    on_both.clock.forward(timedelta(minutes=1))
    new = await report(on_both)
    assert await opens(on_both, WHO)
    assert "Keadaan:" in heard(await on_both.say(WHO, f"kode {new}"), WHO)
    with on_both.service.database.read() as connection:
        (kept,) = connection.execute(
            select(contacts.contacts.c.code_before).where(
                contacts.contacts.c.code_before.is_not(None)
            )
        ).scalars()
    assert kept is not None  # their own code proves nothing about the older case
    assert "Keadaan:" in heard(await on_both.say(WHO, f"kode {old}"), WHO)
    assert "Yang mana?" in heard(await on_both.say(WHO, "buka"), WHO)


async def test_a_code_of_somebody_elses_case_unlocks_nothing(on_both: Rehearsal) -> None:
    await report(on_both)
    other = await report(on_both, "budi")
    await silence(on_both, 61)
    assert "Keadaan:" in heard(await on_both.say(WHO, f"kode {other}"), WHO)
    await on_both.say(WHO, "menu")
    assert not await opens(on_both, WHO)


# ---- AMAN


async def test_after_aman_nothing_that_waited_comes_any_more(on_both: Rehearsal) -> None:
    await report(on_both)
    with on_both.service.database.write() as connection:
        to = on_both.service.database.insert(outbox.outbox)
        person = connection.execute(
            select(outbox.outbox.c.contact_id).where(outbox.outbox.c.contact_id.is_not(None))
            .order_by(outbox.outbox.c.id.desc()).limit(1)
        ).scalar_one()  # fmt: skip
        for status, priority in (("parked", outbox.NOTICE), ("parked", outbox.REPLY)):
            row = outbox.row_for(
                on_both.service.ring, MessageCreated("Kabar laporan Anda"), on_both.clock.now(),
                channel=demo.CHANNEL, contact_id=person, priority=priority,
            )  # fmt: skip
            connection.execute(to.values(row | {"status": status}))
    who = _address_of(on_both, person)
    sent = await on_both.say(who, "aman")
    assert "Kabar" not in heard(sent, who)
    assert count(on_both, outbox.outbox, status="parked") == 0
    assert await on_both.wait(timedelta(minutes=1)) == []


def _address_of(rehearsal: Rehearsal, contact_id: int) -> str:
    with rehearsal.service.database.read() as connection:
        row = connection.execute(
            select(contacts.contacts.c.address_index, contacts.contacts.c.address).where(
                contacts.contacts.c.id == contact_id
            )
        ).one()
    return contacts.address_of(rehearsal.service.ring, row.address_index, row.address)


async def test_after_aman_a_picture_is_neither_read_back_nor_kept(room: Darkroom) -> None:
    await room.sends("m1")
    assert room.waiting == 1
    await room.bot.say(WHO, "aman")
    assert room.waiting == 0
    assert await room.reads() == ""


async def test_after_aman_a_new_report_is_told_of_again(on_both: Rehearsal) -> None:
    await report(on_both)
    await on_both.say(WHO, "aman")
    on_both.clock.forward(timedelta(minutes=1))
    await report(on_both)
    assert heard(await on_both.say(demo.OFFICER, "ambil 1"), WHO) == ""
    assert heard(await on_both.say(demo.OFFICER, "ambil 2"), WHO) == NEWS


async def test_an_officer_who_types_aman_still_gets_notices(on_both: Rehearsal) -> None:
    await on_both.say(demo.OFFICER, "aman")
    await report(on_both)
    told = [m.text for m in on_both.channel.sent if m.to == demo.OFFICER]
    assert any("Laporan baru" in text for text in told)


# ---- one's own contact


async def test_a_shared_contact_is_sealed_once_and_logged(on_both: Rehearsal) -> None:
    code = await report(on_both)
    await on_both.say(demo.OFFICER, "ambil 1")
    for words in (f"kode {code}", "bagikan kontak saya", "Sari 0812-3456-7890"):
        await on_both.say(WHO, words)
    assert (count(on_both, parts, kind="from_reporter"), audited(on_both, "contact_shared")) == (
        0,
        0,
    )
    sent = await on_both.say(WHO, "ya")
    assert heard(sent, demo.OFFICER) == "Ada jawaban untuk #1. Balas BACA 1."
    assert content_of(on_both, "from_reporter") == [
        "Kontak dari pelapor sendiri: Sari 0812-3456-7890"
    ]
    assert audited(on_both, "contact_shared") == 1


async def test_two_phones_that_share_at_once_share_once(on_both: Rehearsal) -> None:
    code = await report(on_both)
    for who in (WHO, "budi"):
        for words in (f"kode {code}", "bagikan kontak saya", f"{who} 0812-3456-7890"):
            await on_both.say(who, words)
    assert "Sudah dikirim" in heard(await on_both.say(WHO, "ya"), WHO)
    assert "sudah pernah dibagikan" in heard(await on_both.say("budi", "ya"), "budi")
    assert content_of(on_both, "from_reporter") == [
        f"Kontak dari pelapor sendiri: {WHO} 0812-3456-7890"
    ]


# ---- being gone


@pytest.mark.parametrize("end", ["open", "closed"])
async def test_of_a_deleted_report_only_a_tombstone_stays(on_both: Rehearsal, end: str) -> None:
    code = await report(on_both, what="Pak Lurah menahan paspor", suspect="Pak Lurah Joko")
    for words in ("ambil 1", "tanya 1 di mana?", *(("selesai 1", "1") if end == "closed" else ())):
        await on_both.say(demo.HEAD, words)
    assert count(on_both, conflicts.conflicts) == 1
    with on_both.service.database.read() as connection:
        assert first_tip(connection).place_code.startswith("35.02.")
    steps = ["hapus isinya"] if end == "closed" else ["nanti", "tarik"]
    for words in (f"kode {code}", *steps, "ya"):
        await on_both.say(WHO, words)
    assert count(on_both, tips.tips, status="withdrawn", return_index=None, return_address=None,
                 place_code="35.02", may_ask=False) == 1  # fmt: skip
    for table in (wraps, parts, conflicts.conflicts):
        assert count(on_both, table) == 0
    assert count(on_both, tips.assignments, ended_at=None) == 0
    with on_both.service.database.read() as connection:
        assert audit.first_break(connection) is None


async def test_hapus_data_saya_cuts_the_way_back_and_leaves_the_report(on_both: Rehearsal) -> None:
    code = await report(on_both)
    await report(on_both, "budi")
    for words in ("hapus", "ya"):
        await on_both.say(WHO, words)
    assert count(on_both, tips.tips, return_address=None, return_index=None, may_ask=False) == 1
    assert opened(on_both.service, 1)
    assert heard(await on_both.say(demo.OFFICER, "ambil 1"), WHO) == ""
    assert not await opens(on_both, WHO)
    assert "sedang ditangani" in heard(await on_both.say(WHO, f"kode {code}"), WHO)
    assert heard(await on_both.say(demo.OFFICER, "ambil 2"), "budi") == NEWS


async def test_a_hidden_reports_last_look_is_not_exact(on_both: Rehearsal) -> None:
    code = await report(on_both, hidden=True)
    on_both.clock.forward(timedelta(minutes=17, seconds=5))
    await on_both.say(WHO, f"kode {code}")
    with on_both.service.database.read() as connection:
        (seen,) = connection.execute(select(tips.tips.c.seen_at)).scalars()
    assert seen is not None
    assert (seen.minute, seen.second) == (0, 0)


async def test_nothing_unasked_to_a_reporter_says_more_than_that_it_is_there(
    on_both: Rehearsal,
) -> None:
    """Taken, asked, passed on, closed; a report and a question."""
    await report(on_both)
    await on_both.say(WHO, "0")
    await on_both.say(WHO, "Apakah KTP boleh dipegang agen?")
    for number in ("1", "2"):
        for words in (
            f"ambil {number}",
            f"tanya {number} Siapa namanya?",
            f"selesai {number}",
            "1",
        ):
            for who in (demo.OFFICER, demo.HEAD):
                await on_both.say(who, words)
    await report(on_both)
    before = len(on_both.channel.sent)
    await on_both.wait(timedelta(days=3))
    told = {m.text for m in on_both.channel.sent[before:] if m.to == WHO}
    assert told == {NEWS}
    said = [m.text for m in on_both.channel.sent if m.to == WHO]
    assert not [text for text in said if "Siapa namanya" in text]
    with on_both.service.database.read() as connection:
        closed = connection.execute(
            select(func.count()).where(tips.tips.c.status == "closed")
        ).scalar_one()
    assert closed == 2
