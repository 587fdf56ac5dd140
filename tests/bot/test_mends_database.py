"""What a hostile review broke: two processes on one person, rows that blocked others, lost texts."""

import importlib.util
import threading
import time
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select, update
from sqlalchemy.exc import OperationalError

import bot.database
from bot import audit, contacts, demo, groups, outbox, partner_requests, tip_clock, tips
from bot.channels.base import GroupMoved, Inbound, RetryLater
from bot.database import Database
from bot.officers import Step
from bot.rehearsal import Rehearsal
from bot.sessions import SessionRow
from bot.turns import Turns
from flows.events import MessageCreated
from tests.bot.lines import line
from tests.bot.second import Second
from tests.bot.steps import count, first_tip, report

sessions = SessionRow.__table__  # type: ignore[attr-defined]
NEXT = Step(None, None, "", "section_head", "")


@pytest.fixture
def on_postgresql(postgresql_url: str) -> Any:
    rehearsal = Rehearsal(postgresql_url)
    yield rehearsal
    rehearsal.close()


# ---- two processes


async def test_two_processes_do_not_take_the_same_step_twice(on_postgresql: Rehearsal) -> None:
    way = ("lapor", "lanjut", "tidak", "Ada calo", "ngrayun ngrayun ponorogo", "ya")
    for words in (*way, "tidak tahu", "tidak tahu", "boleh"):
        await on_postgresql.say("warga", words)
    second, first = Second(on_postgresql), on_postgresql.turns
    flush = first._flush

    def slow(batch: Any) -> None:
        time.sleep(0.6)
        flush(batch)

    first._flush = slow  # type: ignore[method-assign]

    def tap(turns: Turns, event: str) -> None:
        turns.commits.commit_now([demo.inbound(event, "warga", "kirim")])

    both = [threading.Thread(target=tap, args=(first, "1")),
            threading.Thread(target=tap, args=(second.turns, "2"))]  # fmt: skip
    both[0].start()
    time.sleep(0.2)
    both[1].start()
    for thread in both:
        thread.join()
    second.close()
    assert count(on_postgresql, tips.tips) == 1


async def test_a_message_to_somebody_who_is_talking_waits_for_nobody(
    on_postgresql: Rehearsal,
) -> None:
    """The row refers to a contact that another process has locked."""
    service = on_postgresql.service
    now = service.clock.now()
    person = ("simulator", "petugas")
    second = Database(service.database.url)
    with service.database.write() as holding:
        known = contacts.load(holding, service.database, service.ring, [person], now)[person]
        with second.write() as connection:
            connection.exec_driver_sql("SET LOCAL lock_timeout = '500ms'")
            row = outbox.row_for(
                service.ring, MessageCreated("x"), now, channel="simulator", contact_id=known.id
            )
            outbox.queue(connection, [row])
    second.close()


async def test_rows_are_written_in_the_order_of_people(on_both: Rehearsal) -> None:
    service, now = on_both.service, on_both.service.clock.now()
    rows = [
        outbox.row_for(service.ring, MessageCreated("x"), now, channel="simulator", contact_id=who)
        for who in (3, 1, 2, 1)
    ]
    with service.database.write() as connection:
        outbox.queue(connection, rows)
        query = select(outbox.outbox.c.contact_id).order_by(outbox.outbox.c.id)
        assert list(connection.execute(query).scalars()) == [1, 1, 2, 3]


async def test_a_session_that_another_process_woke_is_not_woken_again(
    on_postgresql: Rehearsal,
) -> None:
    await on_postgresql.say("warga", "menu")
    service, now = on_postgresql.service, on_postgresql.service.clock.now()
    with service.database.write() as connection:
        ids = list(connection.execute(select(sessions.c.contact_id)).scalars())
        connection.execute(update(sessions).values(wake_at=now + timedelta(hours=1)))
        arguments = (connection, service.database, service.ring, ids)
        assert contacts.load_by_id(*arguments, due=now) == []
        later = now + timedelta(hours=2)
        assert [known.id for known in contacts.load_by_id(*arguments, due=later)] == ids


async def test_questions_that_end_by_their_time_wait_in_the_common_line(
    on_postgresql: Rehearsal,
) -> None:
    """They were ended without it, so that an answer that came then and they could wait for each other."""
    now = on_postgresql.clock.now()
    second = Database(on_postgresql.service.database.url)
    with on_postgresql.service.database.write() as holding:
        audit.wait_in_line(holding)
        with pytest.raises(OperationalError, match="lock timeout"), second.write() as connection:
            connection.exec_driver_sql("SET LOCAL lock_timeout = '200ms'")
            partner_requests.end_overdue(connection, now)
    second.close()


# ---- tips that changed meanwhile


async def _overdue(on_both: Rehearsal) -> tips.TipRow:
    await report(on_both)
    on_both.clock.forward(timedelta(days=3))
    with on_both.service.database.read() as connection:
        return first_tip(connection)


@pytest.mark.parametrize("way", ["withdraw", "close"])
async def test_what_has_ended_is_not_changed_any_more(on_both: Rehearsal, way: str) -> None:
    seen = await _overdue(on_both)
    now = on_both.clock.now()
    owner = seen.officer_id or 0
    with on_both.service.database.write() as connection:
        if way == "withdraw":
            assert tips.withdraw(connection, 1, now)
        else:
            assert tips.close(connection, 1, owner, "handled", now)
        ended = first_tip(connection).status
        assert not tips.escalate(connection, 1, NEXT, now, now)
        assert not tips.acknowledge(connection, 1, owner, now, now)
        assert not tips.close(connection, 1, owner, "handled", now)
        assert not tip_clock.restart_clock(connection, 1, now)
        assert not tip_clock.answered(connection, 1, now, now)
        assert not tip_clock.pause(connection, 1, "documents", now, due_after=now)
        assert not tip_clock.resume(connection, 1, now)
        assert first_tip(connection).status == ended
        assert tips.withdraw(connection, 1, now) == (way == "close")
        open_ones = select(func.count()).where(tips.assignments.c.ended_at.is_(None))
        assert connection.execute(open_ones).scalar() == 0


async def test_what_somebody_took_meanwhile_is_not_escalated(on_both: Rehearsal) -> None:
    seen = await _overdue(on_both)
    now = on_both.clock.now()
    with on_both.service.database.write() as connection:
        assert tips.acknowledge(connection, 1, seen.officer_id or 0, now, now)
        assert not tips.escalate(connection, 1, NEXT, now, now, seen=seen)
        assert first_tip(connection).status == "acknowledged"
        assert tips.escalate(connection, 1, NEXT, now, now, seen=first_tip(connection))


async def test_only_the_owner_takes_or_closes(on_both: Rehearsal) -> None:
    seen = await _overdue(on_both)
    now = on_both.clock.now()
    other = (seen.officer_id or 0) + 1
    with on_both.service.database.write() as connection:
        assert not tips.acknowledge(connection, 1, other, now, now)
        assert not tips.close(connection, 1, other, "handled", now)
        assert first_tip(connection).officer_id == seen.officer_id


async def test_a_withdrawal_of_another_process_is_waited_for(on_postgresql: Rehearsal) -> None:
    seen = await _overdue(on_postgresql)
    database, now = on_postgresql.service.database, on_postgresql.clock.now()
    done: list[bool] = []

    def escalate() -> None:
        with database.write() as connection:
            done.append(tips.escalate(connection, 1, NEXT, now, now, seen=seen))

    thread = threading.Thread(target=escalate)
    with database.write() as connection:
        tips.withdraw(connection, 1, now)
        thread.start()
        time.sleep(0.3)
        assert not done
    thread.join()
    assert done == [False]
    with database.read() as connection:
        assert first_tip(connection).status == "withdrawn"


# ---- groups


async def test_a_moved_group_takes_over_the_row_its_new_id_already_has(on_both: Rehearsal) -> None:
    await on_both.turns.accept(_joined("supergrup"))  # its hello waits in the outbox
    service = on_both.service
    with service.database.write() as connection:
        groups.move(connection, service.ring, "simulator", demo.GROUP, "supergrup")
        groups.move(connection, service.ring, "simulator", demo.GROUP, "supergrup")
        row = connection.execute(select(groups.groups)).one()
        assert row.place_code == demo.VILLAGE
        assert groups.chat_of(service.ring, row.chat_index, row.chat) == "supergrup"
    await on_both.sender.drain()
    assert {message.to for message in on_both.channel.sent} == {"supergrup"}


def _joined(group: str) -> Any:
    return Inbound("simulator", f"join-{group}", "group_joined", group=group)


async def test_a_failure_that_cannot_be_noted_holds_up_nobody(
    on_both: Rehearsal, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    await on_both.join_group()
    where = line(on_both, busy=[RetryLater("busy", seconds=10)])
    good, busy = where.queue("good")[0], where.queue("busy", to="budi")[0]
    (bad,) = where.queue("bad", to="tono")
    where.channel.scripts["bad"] = [GroupMoved("moved", moved_to="x")]

    def broken(*_: Any) -> None:
        raise ValueError("kata rahasia")

    monkeypatch.setattr(groups, "chat_of", broken)
    await where.drain()
    assert where.status(good, busy, bad) == ["sent", "queued", "failed"]
    assert where.row(bad).error_code == "unnoted"
    assert not where.sender._results
    assert "rahasia" not in caplog.text


def test_in_service_sqlite_waits_for_the_disk(tmp_path: Path) -> None:
    """The tests' own databases don't (tests/conftest.py): this module is read anew, unpatched."""
    spec = importlib.util.spec_from_file_location("unpatched", bot.database.__file__)
    assert spec is not None and spec.loader is not None
    unpatched = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(unpatched)
    database = unpatched.Database(f"sqlite:///{tmp_path}/plain.db")
    with database.read() as connection:
        # https://www.sqlite.org/pragma.html#pragma_synchronous: 2 is FULL
        assert connection.exec_driver_sql("PRAGMA synchronous").scalar() == 2
    database.close()
