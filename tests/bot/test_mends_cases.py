"""What a hostile review broke of cases: what had ended came back, exact times, words that stayed."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import Connection, LargeBinary, Table, select, text
from sqlmodel import SQLModel

from bot import audit, case_work, demo, outbox, partner_requests, tip_clock, tips
from bot.partner_rows import requests
from bot.rehearsal import Rehearsal
from tests.bot.second import Second
from tests.bot.steps import count, first_tip, heard, report
from tests.bot.test_case_work import DEPUTY, LEADER, access, effects, reader

REPORTER = demo.VILLAGER
PARTNER_KEY = "babinsa"


@pytest.fixture
def on_postgresql(postgresql_url: str) -> Iterator[Rehearsal]:
    rehearsal = Rehearsal(postgresql_url)
    yield rehearsal
    rehearsal.close()


async def taken(bot: Rehearsal, *, hidden: bool = False) -> str:
    """Tip 1 is an officer's; returns its code."""
    code = await report(bot, hidden=hidden)
    assert "#1" in heard(await bot.say(demo.OFFICER, "ambil 1"), demo.OFFICER)
    return code


async def ask_partner(bot: Rehearsal) -> None:
    for words in ("MITRA 1", "1", "Apakah PT kanarirahasia dikenal?", "kirim"):
        await bot.say(demo.OFFICER, words)
    assert count(bot, requests, ended_at=None) == 1


# ---- two processes


@contextmanager
def beside(bot: Rehearsal, who: str, words: str) -> Iterator[Connection]:
    """A transaction of ours; what somebody says in another process waits for it inside the block,
    and is done with after it."""
    second = Second(bot)
    said = [demo.inbound(bot.event_id(), who, words)]
    turn = threading.Thread(target=lambda: second.turns.commits.commit_now(said))
    waits = text("SELECT count(*) FROM pg_locks WHERE NOT granted")
    with bot.service.database.write() as connection:
        tips.hold(connection, 1)
        turn.start()
        while turn.is_alive() and not connection.execute(waits).scalar():
            pass
        assert turn.is_alive()
        yield connection
    turn.join()
    second.close()


@pytest.mark.parametrize("words", ["tanya 1 Siapa namanya?", "tunda 1 2 hari menunggu dokumen"])
async def test_what_is_withdrawn_meanwhile_does_not_come_back(
    on_postgresql: Rehearsal, words: str
) -> None:
    await taken(on_postgresql)
    with beside(on_postgresql, demo.OFFICER, words) as connection:
        assert tips.withdraw(connection, 1, on_postgresql.clock.now())
    with on_postgresql.service.database.read() as connection:
        tip = first_tip(connection)
    assert (tip.status, tip.paused_until) == ("withdrawn", None)
    for table in (tips.parts, tips.relays):
        assert count(on_postgresql, table) == 0
    assert count(on_postgresql, tips.assignments, ended_at=None) == 0


async def test_a_partner_who_goes_and_a_case_that_ends_do_not_wait_for_each_other(
    on_postgresql: Rehearsal,
) -> None:
    await taken(on_postgresql)
    await ask_partner(on_postgresql)
    await on_postgresql.say(demo.PARTNER, "hapus data saya")
    with beside(on_postgresql, demo.PARTNER, "ya") as connection:
        connection.exec_driver_sql("SET LOCAL lock_timeout = '500ms'")
        partner_requests.end_of_tip(connection, 1, on_postgresql.clock.now())
    assert count(on_postgresql, requests, ended_at=None) == 0


# ---- no exact time


def times_of_the_case(bot: Rehearsal) -> Iterator[tuple[str, datetime]]:
    """Every time that is kept of tip 1, with where it stands."""
    with bot.service.database.read() as connection:
        for table, condition in cases(1):
            for row in connection.execute(select(table).where(condition)).mappings():
                for name, value in row.items():
                    if isinstance(value, datetime):
                        yield f"{table.name}.{name}", value


def cases(number: int) -> Iterator[tuple[Table, Any]]:
    """Every table that holds something of a tip, and which of its rows do."""
    yield tips.tips, tips.tips.c.number == number
    yield audit.entries, audit.entries.c.subject == f"tip:{number}"
    for table in SQLModel.metadata.sorted_tables:
        if "tip_number" in table.c:
            yield table, table.c.tip_number == number


@pytest.mark.parametrize("asked", [False, True])
@pytest.mark.parametrize(
    "said",
    [
        ("jawab atau tambah", "Calonya datang lagi tadi malam"),
        ("jawab atau tambah", "tolong anak saya disekap sekarang"),
        ("jawab atau tambah", "Sri Wahyuni sendiri yang mengantar mereka"),
        ("bagikan kontak saya", "Sari 0812-3456-7890", "ya"),
        ("tarik", "ya"),
    ],
)
async def test_without_a_return_address_the_reporters_next_words_leave_no_exact_time(
    on_both: Rehearsal, said: tuple[str, ...], asked: bool
) -> None:
    code = await taken(on_both, hidden=True)
    if asked:
        await on_both.say(demo.OFFICER, "tanya 1 Siapa namanya?")
        await on_both.say(demo.OFFICER, "tunda 1 2 hari menunggu dokumen")
    assert count(on_both, tips.tips, paused_until=None) == (0 if asked else 1)
    before = set(times_of_the_case(on_both))
    on_both.clock.forward(timedelta(hours=1, minutes=17, seconds=5))
    for words in (f"kode {code}", *said):
        await on_both.say(REPORTER, words)
    new = set(times_of_the_case(on_both)) - before
    assert len(new) > 1, "it was heard"
    assert [kept for kept in new if (kept[1].minute % 5, kept[1].second) != (0, 0)] == []


async def test_a_notice_that_was_taken_back_does_not_keep_its_time(on_both: Rehearsal) -> None:
    on_both.clock.forward(timedelta(minutes=17, seconds=5))
    await report(on_both)
    with on_both.service.database.write() as connection:
        acts = effects(on_both, connection)
        acts.tell_officer(reader(on_both, DEPUTY).officer_id, "notice.alarm", number=1)
        outbox.queue(connection, acts.rows)
        acts.take_back(1, [], all_others=True)
    with on_both.service.database.read() as connection:
        row = connection.execute(
            select(outbox.outbox).where(outbox.outbox.c.status == "cancelled")
        ).one()
    assert row.not_before == row.created_at
    assert (row.created_at.minute, row.created_at.second) == (0, 0)


# ---- what stays


def kept_of_the_case(bot: Rehearsal) -> str:
    """Every value that can be read in the tables of tip 1."""
    values = []
    with bot.service.database.read() as connection:
        for table, condition in cases(1):
            readable = [c for c in table.c if not isinstance(c.type, LargeBinary)]
            for row in connection.execute(select(*readable).where(condition)):
                values += [f"{table.name}: {value}" for value in row]
    return "\n".join(values)


async def test_of_a_withdrawn_case_no_table_tells_the_village(on_both: Rehearsal) -> None:
    code = await taken(on_both)
    await report(on_both, "budi")
    await ask_partner(on_both)
    leader, deputy = reader(on_both, LEADER), reader(on_both, DEPUTY)
    database, now = on_both.service.database, on_both.clock.now()
    with database.write() as connection:
        tip, view = first_tip(connection), access(on_both, connection, LEADER)
        assert view is not None
        case_work.share(effects(on_both, connection), view, leader.officer_id, deputy.officer_id)
        case_work.mark_seen(connection, database, 1, deputy.officer_id)
        tip_clock.copy_to(
            connection, 1, "Kantor lain", None, f"it happened in {tip.place_code}", now
        )
        partner_requests.record_forward(
            connection, tip, office_code=tip.office_code, officer_id=leader.officer_id,
            partner_key="babinsa-ngrayun", partner_kind="babinsa", partner_id=1, ground="",
            digest="d1gest", due_at=now, now=now,
        )  # fmt: skip
        other = access(on_both, connection, LEADER, 2)
        assert other is not None
        case_work.merge(effects(on_both, connection), view, other, leader.officer_id)
    telling = (tip.place_code, PARTNER_KEY + "-", "d1gest", "Kantor lain")
    assert all(words in kept_of_the_case(on_both) for words in telling)
    for words in (f"kode {code}", "hapus isinya", "ya"):
        await on_both.say(REPORTER, words)
    kept = kept_of_the_case(on_both)
    assert "withdrawn" in kept and "tip_merge: 2" in kept
    assert [words for words in telling if words in kept] == []
    for name in ("tip_share", "tip_seen", "tip_copy", "pimpasa of"):
        assert name not in kept
    assert count(on_both, tips.assignments, tip_number=1, officer_id=None) == count(
        on_both, tips.assignments, tip_number=1
    )
    assert count(on_both, requests, partner_id=None, sent_by=None) == 2


async def test_a_merge_ends_what_a_partner_was_asked(on_both: Rehearsal) -> None:
    await taken(on_both)
    await report(on_both, "budi")
    await ask_partner(on_both)
    with on_both.service.database.write() as connection:
        one, two = (access(on_both, connection, LEADER, number) for number in (1, 2))
        assert one is not None and two is not None
        case_work.merge(effects(on_both, connection), one, two, reader(on_both, LEADER).officer_id)
    assert count(on_both, requests, sealed=None, code_index=None) == 1
    assert count(on_both, requests, ended_at=None) == 0
