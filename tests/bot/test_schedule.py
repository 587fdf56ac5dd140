"""Leases that one holder has, daily jobs that run once, and one bad row that stops nothing."""

import threading
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from bot import outbox, schedule, tips
from bot.channels.base import StatusReport
from bot.contacts import contacts, index_of
from bot.database import Database
from bot.inbox import inbox
from bot.rehearsal import Rehearsal
from bot.schedule import LEASE, hold, let_go, run_due, ticks
from bot.sessions import seal_session
from bot.turns import Turns, sessions
from flows.session import Frame, Session
from tests.bot.second import Second
from tests.bot.steps import count, heard, report


async def test_of_two_holders_one_has_the_lease(on_both: Rehearsal) -> None:
    database, now = on_both.service.database, on_both.clock.now()
    assert hold(database, "job", now, holder="one")
    assert not hold(database, "job", now, holder="two")
    assert hold(database, "job", now, holder="one")
    assert hold(database, "another job", now, holder="two")


async def test_a_lease_that_was_let_go_or_ran_out_is_free(on_both: Rehearsal) -> None:
    database, now = on_both.service.database, on_both.clock.now()
    assert hold(database, "job", now, holder="one")
    let_go(database, "job", holder="two")  # not his to let go
    assert not hold(database, "job", now, holder="two")
    let_go(database, "job", holder="one")
    assert hold(database, "job", now, holder="two")
    assert not hold(database, "job", now + LEASE, holder="one")
    assert hold(database, "job", now + LEASE + timedelta(milliseconds=1), holder="one")
    assert not hold(database, "job", now + LEASE, holder="two")


async def test_of_many_that_ask_at_once_one_gets_the_lease(on_both: Rehearsal) -> None:
    now = on_both.clock.now()
    got: list[bool] = []
    gate = threading.Barrier(8)

    def ask(name: str) -> None:
        database = Database(on_both.service.database.url)
        gate.wait()
        got.append(hold(database, "job", now, holder=name))
        database.close()

    threads = [threading.Thread(target=ask, args=(f"holder {n}",)) for n in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(got) == [False] * 7 + [True]


async def test_a_daily_job_runs_once_a_day_over_two_processes(
    on_both: Rehearsal, second: Second, monkeypatch: pytest.MonkeyPatch
) -> None:
    ran: list[datetime] = []
    monkeypatch.setattr(schedule, "purge", lambda connection, now: ran.append(now))
    for _ in range(3):
        run_due(on_both.service, on_both.turns)
        run_due(second.service, second.turns)
    assert len(ran) == 1
    on_both.clock.forward(timedelta(days=1))
    second.service.clock.forward(timedelta(days=1))
    run_due(second.service, second.turns)
    run_due(on_both.service, on_both.turns)
    assert len(ran) == 2
    assert count(on_both, ticks, job="purge") == 2


async def test_two_processes_escalate_a_tip_once(on_both: Rehearsal, second: Second) -> None:
    await report(on_both, danger="akan berangkat segera")
    on_both.clock.forward(timedelta(hours=2))
    second.service.clock.forward(timedelta(hours=2))
    before = count(on_both, outbox.outbox)
    threads = [
        threading.Thread(target=run_due, args=(process.service, process.turns))
        for process in (on_both, second)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert count(on_both, tips.assignments, tip_number=1) == 2
    assert count(on_both, outbox.outbox) - before == 3


async def test_what_was_missed_during_a_stop_is_done_afterwards(on_both: Rehearsal) -> None:
    await report(on_both, danger="akan berangkat segera")
    on_both.clock.forward(timedelta(days=3))
    sent = await on_both.wait(timedelta(minutes=1))
    assert "#1 diteruskan kepada Anda" in heard(sent, "wakil")


async def test_one_conversation_that_breaks_does_not_stop_time_for_others(
    on_both: Rehearsal, caplog: pytest.LogCaptureFixture
) -> None:
    """A session of an older release whose flow is gone must not hold up nudges and deadlines."""
    await report(on_both, danger="akan berangkat segera")
    for who in ("lama", "baru"):
        for words in ("lapor", "lanjut", "tidak", "Ada calo"):
            await on_both.say(who, words)
    _break_session(on_both, "lama")
    sent = await on_both.wait(timedelta(hours=3))
    assert "Ada yang belum selesai" in heard(sent, "baru")
    assert "#1 diteruskan kepada Anda" in heard(sent, "wakil")
    assert "Ada calo" not in caplog.text


def _break_session(rehearsal: Rehearsal, who: str) -> None:
    ring = rehearsal.service.ring
    with rehearsal.service.database.write() as connection:
        index = index_of(ring, "simulator", who)
        query = select(contacts.c.id).where(contacts.c.address_index == index)
        contact_id = connection.execute(query).scalar_one()
        state = Session(kept={"a flow of long ago": Frame("node", {"what": "Ada calo"}, 1)})
        connection.execute(
            sessions.update()
            .where(sessions.c.contact_id == contact_id)
            .values(state=seal_session(ring, contact_id, state))
        )


async def test_one_job_that_fails_does_not_stop_the_others(
    on_both: Rehearsal, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    await report(on_both, danger="akan berangkat segera")

    def broken(*_: Any, **__: Any) -> int:
        raise RuntimeError("rahasia")

    monkeypatch.setattr(Turns, "pass_time", broken)
    on_both.clock.forward(timedelta(hours=2))
    run_due(on_both.service, on_both.turns)
    assert count(on_both, tips.assignments, tip_number=1, role="deputy") == 1
    assert "RuntimeError" in caplog.text
    assert "rahasia" not in caplog.text


async def test_one_tip_that_breaks_does_not_hold_up_the_others(
    on_both: Rehearsal, monkeypatch: pytest.MonkeyPatch
) -> None:
    await report(on_both, danger="akan berangkat segera")
    await report(on_both, "budi", danger="akan berangkat segera")
    real = tips.escalate

    def escalate(connection: Any, number: int, *rest: Any, **seen: Any) -> bool:
        if number == 1:
            raise ValueError("this one breaks")
        return bool(real(connection, number, *rest, **seen))

    monkeypatch.setattr(tips, "escalate", escalate)
    on_both.clock.forward(timedelta(hours=2))
    run_due(on_both.service, on_both.turns)
    assert count(on_both, tips.assignments, tip_number=2, role="deputy") == 1
    assert count(on_both, tips.assignments, tip_number=1, ended_at=None) == 1


async def test_seen_events_and_finished_messages_go_after_their_time(on_both: Rehearsal) -> None:
    await on_both.say("warga", "halo")
    assert count(on_both, inbox) == 1
    await on_both.wait(timedelta(days=29))
    assert count(on_both, inbox) == 1
    await on_both.wait(timedelta(days=3))
    assert count(on_both, inbox) == 0
    assert count(on_both, outbox.outbox, status="sent") == 0


async def test_a_broadcast_is_reported_once_and_only_when_all_is_known(
    on_both: Rehearsal,
) -> None:
    for words in ("siaran", "2", "Penyuluhan besok pukul sembilan", "kirim"):
        await on_both.say("petugas", words)
    with on_both.service.database.write() as connection:
        connection.execute(
            outbox.outbox.update()
            .where(outbox.outbox.c.broadcast_id == 1)
            .values(status="sending", lease_until=on_both.clock.now() + timedelta(days=1))
        )
    (told,) = await on_both.wait(timedelta(minutes=5))
    assert "Siaran 1: 0 dari 1" in told.text  # how far it is, not how it ended
    with on_both.service.database.write() as connection:
        (row,) = connection.execute(
            select(outbox.outbox.c.id, outbox.outbox.c.provider_id).where(
                outbox.outbox.c.broadcast_id == 1
            )
        ).all()
        done = StatusReport("simulator", row.id, row.provider_id, "delivered")
        outbox.record_status(connection, [done], on_both.service.ring, on_both.clock.now())
    assert "sampai 1" in heard(await on_both.wait(timedelta(minutes=1)), "petugas")
    assert await on_both.wait(timedelta(minutes=5)) == []
