"""What a partner is asked lies behind a code, ends with the case, and comes back into it."""

from datetime import timedelta

import pytest
from sqlalchemy import select, update

from bot import audit, conflicts, demo, partner_requests, partners, schedule, tips
from bot.officers import officers
from bot.partner_requests import MAX_TRIES
from bot.partner_rows import partners as partner_table
from bot.partner_rows import requests
from bot.rehearsal import Rehearsal
from tests.bot.steps import first_tip, heard, report
from tests.bot.test_two_offices import add_office
from tests.opened import opened, report_of

QUESTION = "Apakah PT kanarirahasia dikenal?"
ANSWER = "Pernah dengar kanarijawaban"


async def asked(bot: Rehearsal, question: str = QUESTION) -> str:
    """Tip 1 is taken and the Babinsa is asked about it; returns the code."""
    for words in ("MITRA 1", "1", question):
        await bot.say(demo.OFFICER, words)
    told = heard(await bot.say(demo.OFFICER, "kirim"), demo.OFFICER)
    assert "Kode buka: " in told, told
    return told.partition("Kode buka: ")[2].split()[0]


async def read_by_partner(bot: Rehearsal, code: str) -> str:
    """What the Babinsa reads."""
    await bot.say(demo.PARTNER, "MITRA")
    await bot.say(demo.PARTNER, "1")
    return heard(await bot.say(demo.PARTNER, code), demo.PARTNER)


@pytest.fixture
async def bot(on_both: Rehearsal) -> Rehearsal:
    await report(on_both)
    await on_both.say(demo.OFFICER, "AMBIL 1")
    return on_both


def parts_of(bot: Rehearsal, *kinds: str) -> list[tuple[str, str]]:
    found = opened(bot.service, 1)
    return [(part.kind, part.content["text"]) for part in found if part.kind in kinds]


def actions(bot: Rehearsal) -> list[tuple[str, str, str]]:
    with bot.service.database.read() as connection:
        assert audit.first_break(connection) is None
        entry = audit.entries.c
        rows = connection.execute(
            select(entry.actor, entry.action, entry.subject).order_by(entry.id)
        )
        return [tuple(row) for row in rows]


def tables(bot: Rehearsal) -> bytes:
    with bot.service.database.read() as connection:
        return b"\n".join(
            value if isinstance(value, bytes) else str(value).encode()
            for table in (requests, tips.parts, audit.entries, partner_table)
            for row in connection.execute(select(table))
            for value in row
        )


async def test_question_and_answer_are_sealed_into_the_case_and_logged(bot: Rehearsal) -> None:
    code = await asked(bot)
    assert QUESTION in await read_by_partner(bot, code)
    told = await bot.say(demo.PARTNER, ANSWER)
    assert "kanarijawaban" not in heard(told, demo.OFFICER)
    assert parts_of(bot, "to_partner", "from_partner") == [
        ("to_partner", f"Babinsa: {QUESTION}"),
        ("from_partner", f"Babinsa: {ANSWER}"),
    ]
    done = [action for action in actions(bot) if action[2] == "tip:1"][-3:]
    assert [action for _, action, _ in done] == [
        "asked_partner:babinsa", "partner_read", "partner_answered"
    ]  # fmt: skip
    assert done[0][0].startswith("officer:") and done[1][0] == done[2][0] == "partner:1"
    assert b"kanari" not in tables(bot)


async def test_an_answer_wipes_the_question_from_the_key_ring(bot: Rehearsal) -> None:
    code = await asked(bot)
    with bot.service.database.read() as connection:
        kept = connection.execute(select(requests)).one()
    assert bot.service.ring.open("partner", kept.uuid, kept.sealed).decode() == QUESTION
    await read_by_partner(bot, code)
    await bot.say(demo.PARTNER, ANSWER)
    with bot.service.database.read() as connection:
        kept = connection.execute(select(requests)).one()
    assert kept.sealed is None and kept.code_index is None
    assert kept.answered_at and kept.ended_at and kept.read_at


def ready(bot: Rehearsal, code: str, tries: int = 0, later: timedelta = timedelta()) -> str | None:
    with bot.service.database.write() as connection:
        for _ in range(tries):
            partner_requests.missed(connection, 1, 1, bot.clock.now())
        return partner_requests.words_of(
            connection, bot.service.ring, 1, 1, code, bot.clock.now() + later
        )


async def test_the_words_are_for_their_partner_their_code_and_their_time(bot: Rehearsal) -> None:
    code = await asked(bot)
    assert ready(bot, code) == ready(bot, code.lower().replace("-", " ")) == QUESTION
    assert ready(bot, "AAAA-AAAA") is None
    assert ready(bot, code, later=timedelta(days=7)) is None
    with bot.service.database.read() as connection:
        other = partner_requests.words_of(connection, bot.service.ring, 2, 1, code, bot.clock.now())
    assert other is None
    assert ready(bot, code, tries=MAX_TRIES - 1) == QUESTION
    assert ready(bot, code, tries=1) is None


async def test_a_question_moved_to_another_row_does_not_open(bot: Rehearsal) -> None:
    code = await asked(bot)
    with bot.service.database.write() as connection:
        ring = bot.service.ring
        moved = ring.seal("partner", "another row", b"another question")
        connection.execute(update(requests).values(sealed=moved))
    assert ready(bot, code) is None


async def test_only_who_has_read_the_question_answers_it(bot: Rehearsal) -> None:
    await asked(bot)
    with bot.service.database.write() as connection:
        partner = partners.by_id(connection, 1)
        assert partner
        given = partner_requests.answer(
            connection, bot.service.ring, partner, 1, ANSWER, bot.clock.now()
        )
    assert given is None
    assert parts_of(bot, "from_partner") == []


@pytest.mark.parametrize("end", ["withdrawn", "closed", "left", "erased", "time"])
async def test_a_question_ends_with_its_case_its_partner_or_its_time(
    bot: Rehearsal, end: str
) -> None:
    code = await asked(bot)
    await read_by_partner(bot, code)
    with bot.service.database.read() as connection:
        partner = partners.by_id(connection, 1)
    assert partner and partner.contact_id
    if end == "withdrawn":
        for words in ("buka", "tarik", "ya"):
            await bot.say(demo.VILLAGER, words)
    elif end == "closed":
        for words in ("SELESAI 1", "1"):
            await bot.say(demo.OFFICER, words)
    elif end == "left":
        await bot.say(demo.PARTNER, "STOP")
    elif end == "erased":
        for words in ("hapus data saya", "ya"):
            await bot.say(demo.PARTNER, words)
    else:
        bot.clock.forward(timedelta(days=8))
        schedule.run_due(bot.service, bot.turns)
    with bot.service.database.read() as connection:
        kept = connection.execute(select(requests)).one()
        still = partners.of_contact(connection, partner.contact_id)
    assert kept.sealed is None and kept.ended_at and kept.answered_at is None
    assert ready(bot, code) is None
    assert (still is None) == (end in ("left", "erased"))


async def test_only_the_owner_asks_and_only_after_taking_the_case(on_both: Rehearsal) -> None:
    await report(on_both)
    told = heard(await on_both.say(demo.OFFICER, "MITRA 1"), demo.OFFICER)
    assert "belum Anda ambil" in told
    await on_both.say(demo.OFFICER, "AMBIL 1")
    told = heard(await on_both.say(demo.HEAD, "MITRA 1"), demo.HEAD)
    assert "tidak ada pada Anda" in told


@pytest.mark.parametrize(
    "words", ["Siapa 0812-3456-7890?", "Anak saya di mana?", "Cek siti@contoh.id", "RT 02 RW 03?"]
)
async def test_a_question_that_points_to_a_person_does_not_leave(
    bot: Rehearsal, words: str
) -> None:
    for step in ("MITRA 1", "1"):
        await bot.say(demo.OFFICER, step)
    sent = await bot.say(demo.OFFICER, words)
    assert "Hapus dulu" in heard(sent, demo.OFFICER)
    assert not heard(sent, demo.PARTNER)


async def test_an_answer_about_danger_shortens_the_clock(bot: Rehearsal) -> None:
    await read_by_partner(bot, await asked(bot))
    told = await bot.say(demo.PARTNER, "tolong ada yang disekap di rumah itu sekarang")
    assert "DARURAT" in heard(told, demo.OFFICER) and "110" in heard(told, demo.PARTNER)
    with bot.service.database.read() as connection:
        due = first_tip(connection).due_at
    assert due and due <= bot.clock.now() + timedelta(hours=4)


async def test_an_owner_whom_the_answer_names_never_gets_it(bot: Rehearsal) -> None:
    await read_by_partner(bot, await asked(bot))
    told = await bot.say(demo.PARTNER, "Sri Wahyuni sendiri yang mengantar mereka")
    assert not heard(told, demo.OFFICER)
    with bot.service.database.read() as connection:
        tip = first_tip(connection)
        sri = connection.execute(
            select(officers.c.id).where(officers.c.staff_no == "D-001")
        ).scalar_one()
        assert conflicts.passed_over(connection, bot.service.ring, 1) == {sri}
    assert tip.officer_id != sri


async def test_a_partner_who_speaks_of_officials_accuses_nobody(bot: Rehearsal) -> None:
    await read_by_partner(bot, await asked(bot))
    told = await bot.say(demo.PARTNER, "Kepala desa dan polisi juga tidak kenal")
    assert "Ada jawaban mitra untuk #1" in heard(told, demo.OFFICER)


# ---- what a partner reports


def told_in(bot: Rehearsal) -> dict[str, str]:
    return report_of(bot.service, 1)


async def test_a_partners_report_says_its_kind_and_goes_to_the_villages_officer(
    on_both: Rehearsal,
) -> None:
    await report(on_both, demo.PARTNER)
    assert told_in(on_both)["partner"] == "Babinsa"
    assert "contoh" not in str(told_in(on_both))
    with on_both.service.database.read() as connection:
        sri = select(officers.c.id).where(officers.c.staff_no == "D-001")
        assert first_tip(connection).officer_id == connection.execute(sri).scalar_one()


async def test_whoever_is_not_to_be_known_is_not_marked(on_both: Rehearsal) -> None:
    await report(on_both, demo.PARTNER, hidden=True)
    assert "partner" not in told_in(on_both)


async def test_a_villagers_report_is_not_marked(on_both: Rehearsal) -> None:
    await report(on_both)
    assert "partner" not in told_in(on_both)


# ---- letters


async def test_a_letter_is_recorded_by_its_hash_and_answered_once(bot: Rehearsal) -> None:
    now = bot.clock.now()
    with bot.service.database.write() as connection:
        tip = first_tip(connection)
        number = partner_requests.record_forward(
            connection, tip, office_code=demo.OFFICE, officer_id=1, partner_key="polres_ppa",
            partner_kind="polres", partner_id=None, ground="tppo_penyidikan", digest="ab" * 32,
            due_at=now + timedelta(days=7), now=now,
        )  # fmt: skip
        schedule.purge(connection, now + timedelta(days=30))
        given = [
            partner_requests.record_answer(
                connection, bot.service.ring, tip, number, officer_id=1, words=ANSWER, now=now
            )
            for _ in range(2)
        ]
        (told,) = partner_requests.of_tip(connection, 1)
    assert given == [True, False]
    assert parts_of(bot, "from_partner") == [("from_partner", f"Polres: {ANSWER}")]
    assert (told.kind, told.partner_key, told.ground) == (
        "forward", "polres_ppa", "tppo_penyidikan"
    )  # fmt: skip
    assert told.answered_at == now
    assert ("officer:1", "forwarded:polres", "tip:1") in actions(bot)
    assert b"kanari" not in tables(bot)


# ---- several offices


async def test_the_office_that_has_the_report_asks_its_own_partners(on_both: Rehearsal) -> None:
    """The Kanwil was offered the partners of the office that runs the bot, and asked in its name."""
    add_office(on_both, "Kanwil Jawa Timur", "kanwil", kind="kanwil", regencies=("35",))
    await report(on_both, danger="akan berangkat segera")
    await on_both.wait(timedelta(hours=6))
    await on_both.say("kanwil", "AMBIL 1")
    assert "Babinsa" not in heard(await on_both.say("kanwil", "MITRA 1"), "kanwil")
    with on_both.service.database.write() as connection:
        change = update(partner_table).where(partner_table.c.contact_id.is_not(None))
        connection.execute(change.values(office_code="kanwil"))
    for words in ("MITRA 1", "1", QUESTION, "kirim"):
        await on_both.say("kanwil", words)
    with on_both.service.database.read() as connection:
        assert connection.execute(select(requests.c.office_code)).scalar_one() == "kanwil"
