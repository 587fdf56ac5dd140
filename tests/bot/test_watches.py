"""Who watches a company hears exactly once that the register's status of it has changed."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy import select

from bot import demo, outbox, watches
from flows.company_names import fold
from flows.events import Event, ForgetMe, OptedOut, RegisterUnwatched, RegisterWatched
from tests.bot.register_files import SECOND, row
from tests.bot.steps import count, heard
from tests.bot.watching import ANOTHER, BOTH, ONLY_RIMBA, SEROJA, Village

ABOUT_SEROJA = """Kabar daftar P3MI: catatan PT Bukit Seroja berubah \
(salinan pihak ketiga, 20 November 2026).
Dulu: ada di daftar. Sekarang: tidak ada di daftar.
Tulis CEK PT Bukit Seroja untuk melihat. Kabar ini hanya sekali."""


async def test_every_watcher_is_told_exactly_once(village: Village) -> None:
    for who in (demo.VILLAGER, ANOTHER):
        await village.apply(SEROJA, who)
        await village.apply(SEROJA, who)
    assert village.take(ONLY_RIMBA).told == 2
    news = await village.news()
    assert [heard(news, who) for who in (demo.VILLAGER, ANOTHER)] == [ABOUT_SEROJA] * 2
    assert village.take(*BOTH).told == village.take(ONLY_RIMBA).told == 0
    assert await village.news() == []
    assert count(village.rehearsal, watches.watched) == 0


async def test_a_killed_import_tells_nobody_and_its_repetition_once(village: Village) -> None:
    await village.apply(SEROJA)
    with pytest.raises(KeyboardInterrupt):
        village.take(ONLY_RIMBA, fail=True)
    assert await village.news() == []
    assert village.take(ONLY_RIMBA).told == 1
    assert village.take(ONLY_RIMBA).told == 0
    assert len(await village.news()) == 1


@pytest.mark.parametrize(
    ("line", "kind", "now"),
    [
        (row("Bukit Seroja", SECOND, "penghentian sementara"), "sanctions", "kena sanksi"),
        (row("Bukit Seroja", SECOND, "dicabut"), "sanctions", "izinnya dicabut"),
        (row("Bukit Seroja", "", "dicabut"), "sanctions", "ada dua catatan yang berbeda"),
        (row("Bukit Seroja", SECOND, "pencabutan SIP2MI"), "sanctions", "izin rekrutnya dicabut"),
        (row("Bukit Seroja", SECOND, "peringatan tertulis"), "sanctions", "dapat peringatan"),
        (
            ONLY_RIMBA + "\n" + row("Bukit Seroja", SECOND, "tidak aktif"),
            "list",
            "sudah tidak berlaku",
        ),
    ],
)
async def test_each_change_has_its_words(village: Village, line: str, kind: str, now: str) -> None:
    await village.apply(SEROJA)
    village.take(line, kind=kind)
    assert now in heard(await village.news(), demo.VILLAGER)


async def test_what_stays_as_it_was_is_no_news(village: Village) -> None:
    await village.apply(SEROJA)
    again = row("PT. BUKIT-SEROJA", SECOND, on="2026-11-21")
    assert village.take(ONLY_RIMBA, again).told == 0
    renamed = row("Bukit Seroja Makmur", SECOND, on="2026-11-21")
    assert village.take(ONLY_RIMBA, renamed).told == 0
    assert count(village.rehearsal, watches.watched) == 1


async def test_a_name_that_was_not_listed_can_be_waited_for(village: Village) -> None:
    await village.apply(RegisterWatched("", "Cahaya Timur"))
    village.take(*BOTH, row("Cahaya Timur", "3333333333333"))
    told = heard(await village.news(), demo.VILLAGER)
    assert "Dulu: tidak ada di daftar. Sekarang: ada di daftar." in told


@pytest.mark.parametrize("event", [OptedOut(), ForgetMe(), RegisterUnwatched()])
async def test_who_leaves_is_not_told(village: Village, event: Event) -> None:
    await village.apply(SEROJA)
    await village.apply(SEROJA, ANOTHER)
    await village.apply(event)
    assert village.take(ONLY_RIMBA).told == 1
    assert heard(await village.news(), demo.VILLAGER) == ""


@pytest.mark.parametrize("event", [OptedOut(), ForgetMe()])
async def test_news_that_waits_for_the_morning_ends_with_its_watcher(
    village: Village, event: Event
) -> None:
    """The import ran at night; who says STOP then is not told in the morning, nor is it kept."""
    evening = datetime.fromisoformat("2026-11-23T21:00:00+07:00")
    village.rehearsal.clock.forward(evening - village.rehearsal.clock.now())
    await village.apply(SEROJA)
    await village.apply(SEROJA, ANOTHER)
    assert village.take(ONLY_RIMBA).told == 2
    await village.apply(event)
    with village.service.database.read() as connection:
        query = select(outbox.outbox.c.body).where(outbox.outbox.c.status != "queued")
        assert set(connection.execute(query).scalars()) == {None}
    news = await village.news(timedelta(hours=10))
    assert [message.to for message in news] == [ANOTHER]


async def test_one_company_of_several_can_be_let_go(village: Village) -> None:
    await village.apply(SEROJA)
    await village.apply(RegisterWatched("", "Alam Rimba"))
    await village.apply(RegisterUnwatched(fold(("BUKIT", "SEROJA"))))
    with village.service.database.read() as connection:
        contact_id = connection.execute(watches.watched.select()).one().contact_id
        names = watches.names(connection, village.service.ring, contact_id)
    assert names == ("Alam Rimba",)


async def test_nobody_is_woken_at_night(village: Village) -> None:
    await village.apply(SEROJA)
    evening = datetime.fromisoformat("2026-11-23T21:00:00+07:00")
    village.rehearsal.clock.forward(evening - village.rehearsal.clock.now())
    village.take(ONLY_RIMBA)
    assert await village.news(timedelta(hours=8, minutes=59)) == []
    assert len(await village.news(timedelta(minutes=2))) == 1


async def test_one_contact_watches_at_most_twenty(village: Village) -> None:
    for number in range(watches.MOST + 3):
        await village.apply(RegisterWatched("", f"Nama Ke {'abcdefghijklmnopqrstuvwxyz'[number]}"))
    assert count(village.rehearsal, watches.watched) == watches.MOST


async def test_which_company_it_is_stands_nowhere_readable(village: Village) -> None:
    await village.apply(SEROJA)
    with village.service.database.read() as connection:
        (kept,) = connection.execute(watches.watched.select()).all()
    for value in (kept.company_index, kept.name):
        assert b"SEROJA" not in bytes(value).upper()
