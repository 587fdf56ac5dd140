"""A departure that is kept: sealed, reminded of by day, and gone when asked."""

from datetime import date, datetime, timedelta

import pytest
from sqlalchemy import select, update

from bot import contacts, demo, outbox
from bot.departure_family import followers
from bot.departures import departures as plans
from bot.erase_cli import erase_person
from bot.rehearsal import Rehearsal
from bot.sessions import SessionRow
from flows.departure_plan import Plan
from tests.bot.departing import KEEP, answer, code_of, follow, kept, number_of, plan, until
from tests.bot.steps import count, heard, settle_in

sessions = SessionRow.__table__  # type: ignore[attr-defined]


# ---- what is kept


async def test_a_plan_is_kept_sealed_and_taken_up_again(on_both: Rehearsal) -> None:
    await plan(on_both)
    await on_both.say(demo.VILLAGER, "sudah paspor")
    await on_both.say(demo.VILLAGER, "menu")
    assert kept(on_both) == Plan("p3mi", "my", date(2027, 1, 24), frozenset(["paspor"]), True)
    assert "Sudah 1 dari 13" in heard(await on_both.say(demo.VILLAGER, "ceklis"), demo.VILLAGER)
    with on_both.service.database.read() as connection:
        (row,) = connection.execute(select(plans)).all()
    assert b"paspor" not in bytes(row.plan)
    assert b"p3mi" not in bytes(row.plan)


async def test_each_thing_that_is_agreed_to_is_proved(on_both: Rehearsal) -> None:
    await plan(on_both)
    for purpose in ("departure", "departure_reminders"):
        assert count(on_both, contacts.consents, purpose=purpose) == 1


async def test_who_says_no_leaves_nothing_in_the_database(on_both: Rehearsal) -> None:
    for words in (*KEEP[:-1], "jangan simpan", "sudah paspor"):
        said = await on_both.say(demo.VILLAGER, words)
    assert "Sudah 1 dari 13" in heard(said, demo.VILLAGER)
    assert count(on_both, plans) == 0
    assert count(on_both, contacts.consents) == 0
    said = await on_both.say(demo.VILLAGER, "keluarga ikut lihat")
    assert "daftar yang disimpan" in heard(said, demo.VILLAGER)


async def test_another_way_keeps_the_ticks_and_counts_only_its_own(on_both: Rehearsal) -> None:
    await plan(on_both)
    for words in ("sudah paspor", "sudah perjanjian kerja", "ubah", "jalur dan negara", "5",
                  "taiwan", "24 januari 2027"):  # fmt: skip
        said = await on_both.say(demo.VILLAGER, words)
    assert "Sudah 1 dari 15" in heard(said, demo.VILLAGER)
    now = kept(on_both)
    assert now is not None
    assert (now.way, now.country) == ("seafarer", "tw")
    assert now.done == {"paspor", "perjanjian_kerja"}


async def test_a_plan_goes_on_request_and_takes_its_followers_along(on_both: Rehearsal) -> None:
    await plan(on_both)
    await follow(on_both)
    for words in ("ceklis", "boleh", "ubah", "buang daftar", "buang daftar"):
        said = await on_both.say(demo.VILLAGER, words)
    assert "sudah dihapus" in heard(said, demo.VILLAGER)
    assert count(on_both, plans) == count(on_both, followers) == 0


@pytest.mark.parametrize("in_chat", [True, False])
async def test_erasure_takes_the_plan_and_both_sides_of_following(
    on_both: Rehearsal, in_chat: bool
) -> None:
    await plan(on_both)
    await follow(on_both)
    await answer(on_both, "boleh")
    await plan(on_both, "ibu")
    if in_chat:
        await on_both.say("ibu", "hapus")
        await on_both.say("ibu", "ya")
    else:
        with on_both.service.database.write() as connection:
            assert erase_person(on_both.service, connection, demo.CHANNEL, "ibu")
    assert count(on_both, followers) == 0
    assert kept(on_both, "ibu") is None
    assert kept(on_both) is not None
    await on_both.say(demo.VILLAGER, "hapus")
    await on_both.say(demo.VILLAGER, "ya")
    assert count(on_both, plans) == 0


async def test_my_data_tells_both_of_it(on_both: Rehearsal) -> None:
    await plan(on_both)
    await follow(on_both)
    await answer(on_both, "boleh")
    told = {}
    for who in (demo.VILLAGER, "ibu"):
        await on_both.say(who, "tentang")
        told[who] = heard(await on_both.say(who, "data saya"), who)
    assert "Keberangkatan: lewat PT (P3MI), Malaysia, 24 Januari 2027" in told[demo.VILLAGER]
    assert "Pengingat: ya. Keluarga yang melihat: 1." in told[demo.VILLAGER]
    assert "Anda mengikuti daftar keluarga: ya" in told["ibu"]
    assert "Malaysia" not in told["ibu"]


async def test_what_has_served_its_purpose_goes(on_both: Rehearsal) -> None:
    await plan(on_both, demo.VILLAGER, "tidak")
    await code_of(on_both)
    await on_both.wait(timedelta(days=9))
    assert count(on_both, followers) == 0
    await until(on_both, "2027-04-23T12:00:00+07:00")
    assert count(on_both, plans) == 1
    await until(on_both, "2027-04-26T12:00:00+07:00")
    assert count(on_both, plans) == 0


# ---- reminders


async def test_three_reminders_at_nine_in_the_morning(on_both: Rehearsal) -> None:
    await plan(on_both)
    for day, left in (("2026-12-25", 30), ("2027-01-10", 14), ("2027-01-17", 7)):
        assert await until(on_both, f"{day}T08:59:00+07:00") == ""
        assert f"{left} hari lagi" in await until(on_both, f"{day}T09:01:00+07:00")
    assert await until(on_both, "2027-02-01T12:00:00+07:00") == ""


async def test_a_reminder_names_neither_way_nor_country(on_both: Rehearsal) -> None:
    await plan(on_both)
    told = await until(on_both, "2026-12-25T09:01:00+07:00")
    for word in ("Malaysia", "P3MI", "Paspor", "berangkat"):
        assert word not in told


async def test_nine_is_nine_where_the_traveller_lives(on_both: Rehearsal) -> None:
    """A village in Papua is two hours ahead of the office."""
    await settle_in(on_both, demo.VILLAGER)
    with on_both.service.database.write() as connection:
        contacts.change(connection, number_of(on_both, demo.VILLAGER), place_code="91.03.01.2001")
    await plan(on_both)
    assert await until(on_both, "2026-12-25T08:59:00+09:00") == ""
    assert "30 hari lagi" in await until(on_both, "2026-12-25T09:01:00+09:00")


async def test_who_asked_for_none_is_not_reminded(on_both: Rehearsal) -> None:
    await plan(on_both, demo.VILLAGER, "tidak")
    assert await until(on_both, "2027-02-01T12:00:00+07:00") == ""


async def test_a_day_that_is_near_leaves_only_the_reminders_to_come(on_both: Rehearsal) -> None:
    for words in (*KEEP[:3], "5 desember 2026", "simpan", "ingatkan saya"):
        await on_both.say(demo.VILLAGER, words)
    assert await until(on_both, "2026-11-28T08:59:00+07:00") == ""
    assert "7 hari lagi" in await until(on_both, "2026-11-28T09:01:00+07:00")
    assert await until(on_both, "2026-12-20T12:00:00+07:00") == ""


async def test_stop_ends_the_reminders_and_start_does_not_bring_them_back(
    on_both: Rehearsal,
) -> None:
    await plan(on_both)
    await on_both.say(demo.VILLAGER, "stop")
    now = kept(on_both)
    assert now is not None
    assert not now.remind
    await on_both.say(demo.VILLAGER, "mulai")
    assert await until(on_both, "2027-01-23T12:00:00+07:00") == ""


async def test_after_stop_no_reminder_is_offered(on_both: Rehearsal) -> None:
    await on_both.say(demo.VILLAGER, "halo")
    await on_both.say(demo.VILLAGER, "stop")
    for words in KEEP:
        said = await on_both.say(demo.VILLAGER, words)
    assert "diingatkan" not in heard(said, demo.VILLAGER)
    await on_both.say(demo.VILLAGER, "ubah")
    said = await on_both.say(demo.VILLAGER, "pengingat")
    assert "Tulis MULAI dulu" in heard(said, demo.VILLAGER)


async def test_reminders_are_turned_off_and_on(on_both: Rehearsal) -> None:
    await plan(on_both)
    await on_both.say(demo.VILLAGER, "ubah")
    said = await on_both.say(demo.VILLAGER, "pengingat")
    assert "pengingat dihentikan" in heard(said, demo.VILLAGER)
    assert count(on_both, plans, remind_at=None) == 1
    for words in ("ubah", "pengingat", "ingatkan saya"):
        await on_both.say(demo.VILLAGER, words)
    assert count(on_both, plans, remind_at=None) == 0


def make_whatsapp(rehearsal: Rehearsal, who: str = demo.VILLAGER) -> int:
    number = number_of(rehearsal, who)
    with rehearsal.service.database.write() as connection:
        contacts.change(connection, number, channel="whatsapp")
    return number


def queued(rehearsal: Rehearsal, number: int) -> int:
    return count(rehearsal, outbox.outbox, contact_id=number, status="queued")


async def test_on_whatsapp_a_reminder_waits_for_the_travellers_next_words(
    on_both: Rehearsal,
) -> None:
    """Nothing is queued outside the window; inside it the days that are left are told, once."""
    await plan(on_both)
    number = make_whatsapp(on_both)
    await until(on_both, "2027-01-02T10:00:00+07:00")
    assert queued(on_both, number) == 0
    with on_both.service.database.write() as connection:
        connection.execute(
            update(sessions)
            .where(sessions.c.contact_id == number)
            .values(last_inbound_at=on_both.clock.now())
        )
    await on_both.wait(timedelta(minutes=1))
    assert queued(on_both, number) == 1
    await on_both.wait(timedelta(minutes=1))
    assert queued(on_both, number) == 1
    with on_both.service.database.read() as connection:
        (row,) = connection.execute(
            select(outbox.outbox).where(outbox.outbox.c.contact_id == number,
                                        outbox.outbox.c.status == "queued")
        ).all()  # fmt: skip
    body = outbox.open_body(on_both.service.ring, row.lane, row.body)
    assert "22 hari lagi" in body.text


async def test_a_reminder_that_is_late_in_the_evening_waits_for_the_morning(
    on_both: Rehearsal,
) -> None:
    """The server was off by day; the villager sleeps."""
    await plan(on_both)
    on_both.clock.forward(datetime.fromisoformat("2026-12-25T21:00:00+07:00") - on_both.clock.now())
    assert heard(await on_both.wait(timedelta(minutes=1)), demo.VILLAGER) == ""
    assert await until(on_both, "2026-12-26T05:59:00+07:00") == ""
    assert "30 hari lagi" in await until(on_both, "2026-12-26T06:01:00+07:00")


async def test_a_plan_that_cannot_be_opened_keeps_back_no_other_reminder(
    on_both: Rehearsal, caplog: pytest.LogCaptureFixture
) -> None:
    await plan(on_both, "ibu")
    await plan(on_both)
    with on_both.service.database.write() as connection:
        broken = plans.c.contact_id == number_of(on_both, "ibu")
        connection.execute(update(plans).where(broken).values(plan=b"damaged"))
    assert "30 hari lagi" in await until(on_both, "2026-12-25T09:01:00+07:00")
    assert "1 departures can't be opened" in caplog.text


async def test_a_departure_that_has_passed_is_not_reminded_of(on_both: Rehearsal) -> None:
    await plan(on_both)
    on_both.clock.forward(datetime.fromisoformat("2027-01-25T10:00:00+07:00") - on_both.clock.now())
    assert heard(await on_both.wait(timedelta(minutes=1)), demo.VILLAGER) == ""
    assert count(on_both, plans, remind_at=None) == 1
