"""A closed report is erased after its time; an open one, or one that an open one needs, never."""

from datetime import timedelta
from typing import Any

from sqlalchemy import select

from bot import audit, case_work, conflicts, demo, retention, tips
from bot.case_rights import Reader, access_to
from bot.case_rows import merges
from bot.effects import Effects
from bot.rehearsal import Rehearsal
from bot.world import World
from tests.bot.steps import count, heard, report

A_YEAR, DAY = timedelta(days=365), timedelta(days=1)


async def later(bot: Rehearsal, by: timedelta) -> None:
    bot.clock.forward(by)
    await bot.wait(timedelta(minutes=1))


def row(bot: Rehearsal, number: int = 1) -> Any:
    with bot.service.database.read() as connection:
        assert audit.first_break(connection) is None
        return connection.execute(select(tips.tips).where(tips.tips.c.number == number)).one()


def left(bot: Rehearsal, number: int = 1) -> int:
    """Rows that held something of the report."""
    tables = (tips.parts, tips.wraps, tips.relays, tips.fingerprints, conflicts.conflicts)
    return sum(count(bot, table, tip_number=number) for table in tables)


async def test_a_year_after_its_end_only_that_there_was_a_report_is_left(
    on_both: Rehearsal,
) -> None:
    code = await report(on_both, what="Calonya teman Dewi Lestari kepala seksi imigrasi")
    with on_both.service.database.write() as connection:
        tips.end(connection, 1, "handled", on_both.clock.now(), actor="system")
    await later(on_both, A_YEAR - DAY)
    assert left(on_both) > 3
    await later(on_both, 2 * DAY)
    assert left(on_both) == 0
    kept = row(on_both)
    assert (kept.status, kept.outcome, kept.office_code) == ("erased", "handled", demo.OFFICE)
    assert kept.closed_at and kept.opened_at
    assert (kept.place_code, kept.category, kept.return_address, kept.return_index) == (
        "", "", None, None,
    )  # fmt: skip
    assert count(on_both, tips.assignments, tip_number=1, officer_id=1) == 0
    said = heard(await on_both.say("budi", f"KODE {code}"), "budi")
    assert "sudah dihapus" in said


async def test_an_open_report_is_never_erased(on_both: Rehearsal) -> None:
    await report(on_both)
    before = left(on_both)
    now = on_both.clock.now() + 10 * A_YEAR
    with on_both.service.database.write() as connection:
        assert retention.erase_old(connection, now, now) == 0
    assert (left(on_both), row(on_both).status) == (before, "assigned")


async def test_what_was_merged_stays_as_long_as_what_it_belongs_to(on_both: Rehearsal) -> None:
    await report(on_both)
    await report(on_both, "budi", what="Calo yang sama menahan ijazah")
    service, now = on_both.service, on_both.clock.now()
    with service.database.write() as connection:
        reader = Reader(3, demo.OFFICE, leader=True)
        one, two = (access_to(connection, service, reader, number, now) for number in (1, 2))
        assert one is not None and two is not None
        effects = Effects(connection, service, World(connection, service, None, now), now)
        case_work.merge(effects, two, one, 3)
    assert row(on_both, 2).status == "closed"
    future = now + 2 * A_YEAR
    with service.database.write() as connection:
        assert retention.erase_old(connection, future, future) == 0
        assert tips.end(connection, 1, "handled", now, actor="system")
        assert retention.erase_old(connection, future, future) == 1
        assert retention.erase_old(connection, future, future) == 1
        assert connection.execute(select(merges)).first() is None
    assert left(on_both, 1) == left(on_both, 2) == 0


async def test_what_its_reporter_took_back_is_left_as_it_is(on_both: Rehearsal) -> None:
    await report(on_both)
    now = on_both.clock.now()
    with on_both.service.database.write() as connection:
        assert tips.withdraw(connection, 1, now)
        assert retention.erase_old(connection, now + A_YEAR, now + A_YEAR) == 0
    assert row(on_both).status == "withdrawn"


async def test_what_is_erased_can_not_be_taken_back_or_opened(on_both: Rehearsal) -> None:
    await report(on_both)
    service, now = on_both.service, on_both.clock.now()
    with service.database.write() as connection:
        assert tips.end(connection, 1, "handled", now, actor="system")
        assert retention.erase_old(connection, now + A_YEAR, now + A_YEAR) == 1
        assert not tips.withdraw(connection, 1, now)
        reader = Reader(3, demo.OFFICE, leader=True)
        assert access_to(connection, service, reader, 1, now) is None
