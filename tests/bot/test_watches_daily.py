"""A date changes a company's standing too; and a wish stays until its notice has really left."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy import update

from bot import demo, outbox, register_notices, watches
from bot.contacts import contacts, sessions
from tests.bot.register_files import DATED, SECOND, SOURCE, row
from tests.bot.steps import count, heard
from tests.bot.watching import BOTH, ONLY_RIMBA, SEROJA, Village

EXPIRES = f"Bukit Seroja,{SECOND},terdaftar,{SOURCE},2026-11-20,2026-11-25"
SUSPENDED = f"Bukit Seroja,{SECOND},diskors,{SOURCE},2026-11-20,2026-11-25"


def take(village: Village, *lines: str, kind: str = "list") -> int:
    return village.take(*lines, kind=kind, head=DATED).told


async def test_a_listing_that_expires_is_told_exactly_once(village: Village) -> None:
    take(village, f"{ONLY_RIMBA},", EXPIRES)
    await village.apply(SEROJA)
    assert await village.news(timedelta(days=2)) == []
    told = await village.news(timedelta(days=2))
    assert "Sekarang: izinnya sudah tidak berlaku" in heard(told, demo.VILLAGER)
    assert len(told) == 1
    assert await village.news(timedelta(days=3)) == []
    assert take(village, f"{ONLY_RIMBA},") == 0
    assert count(village.rehearsal, watches.watched) == 0


async def test_a_suspension_whose_term_ends_is_told(village: Village) -> None:
    take(village, SUSPENDED, kind="sanctions")
    await village.apply(SEROJA)
    told = heard(await village.news(timedelta(days=4)), demo.VILLAGER)
    assert "Dulu: kena sanksi" in told
    assert "ada dua catatan yang berbeda" in told


async def test_an_import_after_the_date_tells_what_the_watcher_knew(village: Village) -> None:
    """The listing expired in the night, the daily look was not yet, and the import says it too."""
    take(village, f"{ONLY_RIMBA},", EXPIRES)
    await village.apply(SEROJA)
    village.rehearsal.clock.forward(timedelta(days=3))
    again = f"Bukit Seroja,{SECOND},tidak aktif,{SOURCE},2026-11-21,"
    assert take(village, f"{ONLY_RIMBA},", again) == 1
    assert len(await village.news(timedelta(days=2))) == 1


async def test_a_company_under_a_new_name_is_followed(village: Village) -> None:
    await village.apply(SEROJA)
    renamed = row("Bukit Seroja Makmur", SECOND, on="2026-11-21")
    assert village.take(ONLY_RIMBA, renamed).told == 0
    assert await village.news(timedelta(days=2)) == []
    assert village.take(ONLY_RIMBA).told == 1


async def test_a_wish_of_an_older_release_learns_its_standing(village: Village) -> None:
    await village.apply(SEROJA)
    with village.service.database.write() as connection:
        connection.execute(update(watches.watched).values(standing=None))
    assert await village.news(timedelta(days=2)) == []
    with village.service.database.write() as connection:
        (one,) = watches.waiting(connection, village.service.ring)
    assert one.standing == "listed"
    assert village.take(ONLY_RIMBA).told == 1


async def test_what_the_watcher_knows_is_sealed(village: Village) -> None:
    await village.apply(SEROJA)
    with village.service.database.read() as connection:
        (kept,) = connection.execute(watches.watched.select()).all()
    assert b"listed" not in bytes(kept.standing)


def look(village: Village, at: datetime) -> int:
    service = village.service
    with service.database.write() as connection:
        register = service.register_now(connection)
        return register_notices.tell_watchers(connection, service, register, at)


async def test_outside_whatsapp_s_window_the_wish_waits_until_they_write(village: Village) -> None:
    await village.apply(SEROJA)
    with village.service.database.write() as connection:
        connection.execute(update(contacts).values(channel="whatsapp"))
    village.rehearsal.clock.forward(timedelta(days=2))
    assert village.take(ONLY_RIMBA).told == 0
    now = village.service.clock.now()
    assert look(village, now) == 0
    assert count(village.rehearsal, watches.watched) == 1
    with village.service.database.write() as connection:
        connection.execute(update(sessions).values(last_inbound_at=now))
    assert look(village, now + timedelta(hours=2)) == 1
    assert look(village, now + timedelta(hours=3)) == 0


@pytest.mark.parametrize(
    ("status", "again"),
    [
        ("failed", 1),
        ("cancelled", 1),
        ("parked", 1),
        ("unknown", 0),
        ("delivered", 0),
        ("queued", 0),
    ],
)
async def test_a_notice_that_did_not_leave_is_told_again(
    village: Village, status: str, again: int
) -> None:
    await village.apply(SEROJA)
    assert village.take(ONLY_RIMBA).told == 1
    ours = outbox.outbox
    with village.service.database.write() as connection:
        (kept,) = connection.execute(watches.watched.select()).all()
        row = update(ours).where(ours.c.id == kept.notice_id)
        body = {} if status == "queued" else {"body": None}
        connection.execute(row.values(status=status, **body))
    assert look(village, village.service.clock.now()) == again
    assert look(village, village.service.clock.now()) == 0
    wishes = count(village.rehearsal, watches.watched)
    assert wishes == (0 if status in ("unknown", "delivered") else 1)


async def test_who_watches_again_after_a_notice_keeps_the_new_wish(village: Village) -> None:
    await village.apply(SEROJA)
    village.take(ONLY_RIMBA)
    assert len(await village.news()) == 1
    await village.apply(SEROJA)
    assert village.take(*BOTH).told == 1
    assert "Sekarang: ada di daftar" in heard(await village.news(), demo.VILLAGER)


async def test_another_key_ring_stops_no_other_job(
    village: Village, caplog: pytest.LogCaptureFixture
) -> None:
    await village.apply(SEROJA)
    with village.service.database.write() as connection:
        connection.execute(update(watches.watched).values(name=b"x" * 40))
        register_notices.look_daily(connection, village.service, village.service.clock.now())
    assert "KENTONGAN_KEYRING_PATH" in caplog.text
