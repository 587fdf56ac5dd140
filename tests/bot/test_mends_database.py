"""What a hostile review broke: two processes on one person, rows that blocked others, lost texts."""

import threading
import time
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import func, select, update

from bot import audit, contacts, demo, groups, outbox, tips
from bot.channels.base import GroupMoved, Inbound, RetryLater, WindowClosed
from bot.database import Database
from bot.officers import Step
from bot.outbox import BULK, MAX_ATTEMPTS, NEWS, NOTICE
from bot.rehearsal import Rehearsal
from bot.service import Service
from bot.sessions import SessionRow, seal_session
from bot.turns import Turns
from flows.events import MessageCreated
from flows.session import Session
from tests.bot.lines import GRACE, Line, line
from tests.bot.steps import count, report

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
    ours = on_postgresql.service
    service = Service(
        ours.settings, database=Database(ours.database.url), ring=ours.ring, clock=ours.clock
    )
    other, first = Turns(service), on_postgresql.turns
    flush = first._flush

    def slow(batch: Any) -> None:
        time.sleep(0.6)
        flush(batch)

    first._flush = slow  # type: ignore[method-assign]

    def tap(turns: Turns, event: str) -> None:
        turns.commits.commit_now([demo.inbound(event, "warga", "kirim")])

    both = [threading.Thread(target=tap, args=(first, "1")),
            threading.Thread(target=tap, args=(other, "2"))]  # fmt: skip
    both[0].start()
    time.sleep(0.2)
    both[1].start()
    for thread in both:
        thread.join()
    other.close()
    service.close()
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


# ---- tips that changed meanwhile


def _tip(connection: Any) -> tips.TipRow:
    tip = tips.by_number(connection, 1)
    assert tip is not None
    return tip


async def _overdue(on_both: Rehearsal) -> tips.TipRow:
    await report(on_both)
    on_both.clock.forward(timedelta(days=3))
    with on_both.service.database.read() as connection:
        return _tip(connection)


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
        ended = _tip(connection).status
        assert not tips.escalate(connection, 1, NEXT, now, now)
        assert not tips.acknowledge(connection, 1, owner, now, now)
        assert not tips.close(connection, 1, owner, "handled", now)
        assert not tips.restart_clock(connection, 1, now)
        assert _tip(connection).status == ended
        assert tips.withdraw(connection, 1, now) == (way == "close")
        open_ones = select(func.count()).where(tips.assignments.c.ended_at.is_(None))
        assert connection.execute(open_ones).scalar() == 0


async def test_what_somebody_took_meanwhile_is_not_escalated(on_both: Rehearsal) -> None:
    seen = await _overdue(on_both)
    now = on_both.clock.now()
    with on_both.service.database.write() as connection:
        assert tips.acknowledge(connection, 1, seen.officer_id or 0, now, now)
        assert not tips.escalate(connection, 1, NEXT, now, now, seen=seen)
        assert _tip(connection).status == "acknowledged"
        assert tips.escalate(connection, 1, NEXT, now, now, seen=_tip(connection))


async def test_only_the_owner_takes_or_closes(on_both: Rehearsal) -> None:
    seen = await _overdue(on_both)
    now = on_both.clock.now()
    other = (seen.officer_id or 0) + 1
    with on_both.service.database.write() as connection:
        assert not tips.acknowledge(connection, 1, other, now, now)
        assert not tips.close(connection, 1, other, "handled", now)
        assert _tip(connection).officer_id == seen.officer_id


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
        assert _tip(connection).status == "withdrawn"


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


# ---- outages


async def test_an_outage_of_any_length_loses_nothing(on_both: Rehearsal) -> None:
    offline = RetryLater("connect", seconds=5, whole_channel=True)
    where = line(on_both, reply=[offline] * 30, bulk=[offline] * 30)
    (reply,) = where.queue("reply")
    (bulk,) = where.queue("bulk", to="budi", priority=BULK)
    for _ in range(30):
        assert await where.later(days=4) == []
    assert where.status(reply, bulk) == ["queued"] * 2
    assert [where.row(reply).attempts, where.row(bulk).attempts] == [0, 0]
    assert sorted(await where.later(minutes=1)) == ["bulk", "reply"]


@pytest.mark.parametrize("priority", [outbox.REPLY, NOTICE])
async def test_what_somebody_waits_for_is_tried_for_two_days(
    on_both: Rehearsal, priority: int
) -> None:
    where = line(on_both, x=[RetryLater("busy", seconds=10)] * 999)
    (row,) = where.queue("x", priority=priority)
    for _ in range(MAX_ATTEMPTS + 2):
        await where.later(hours=1)
        pause = where.row(row).not_before - where.service.clock.now()
        assert pause <= timedelta(minutes=5)
    assert where.status(row) == ["queued"]
    await where.later(hours=48)
    assert where.status(row) == ["failed"]


@pytest.mark.parametrize("priority", [NEWS, BULK])
async def test_what_comes_unasked_is_not_put_back_into_the_night(
    on_both: Rehearsal, priority: int
) -> None:
    where = line(on_both, x=[RetryLater("busy", seconds=3600)])
    where.service.clock.forward(timedelta(hours=10, minutes=30))  # 19:30
    (row,) = where.queue("x", priority=priority)
    await where.drain()
    local = where.service.office().calendar.local(where.row(row).not_before)
    assert (local.hour, local.minute) == (6, 0)


# ---- lanes


async def test_a_nudge_for_the_morning_is_in_no_replys_way(on_both: Rehearsal) -> None:
    where = line(on_both)
    (nudge,) = where.queue("nudge", priority=NOTICE)
    _wait_until(where, nudge, where.service.clock.now() + timedelta(hours=9))
    where.queue("help", "more")
    assert await where.drain() == ["help", "more"]
    assert await where.later(hours=9) == ["nudge"]


async def test_a_reply_waits_behind_what_was_put_back_untried(on_both: Rehearsal) -> None:
    where = line(on_both, first=[RetryLater("connect", seconds=60, whole_channel=True)])
    where.queue("first")
    await where.drain()
    where.queue("second")
    assert await where.later(seconds=1) == []
    assert await where.later(seconds=60) == ["first", "second"]


def _wait_until(where: Line, row: int, until: datetime) -> None:
    with where.service.database.write() as connection:
        connection.execute(
            update(outbox.outbox).where(outbox.outbox.c.id == row).values(not_before=until)
        )


# ---- WhatsApp's window


async def test_a_parked_notice_leaves_when_its_person_writes(on_both: Rehearsal) -> None:
    where = line(on_both, notice=[WindowClosed("63016")], bulk=[WindowClosed("63016")])
    (notice,) = where.queue("notice", priority=NOTICE)
    (bulk,) = where.queue("bulk", priority=BULK)
    await where.drain()
    assert where.status(notice, bulk) == ["parked", "parked"]
    assert where.row(bulk).body is None
    where.service.clock.forward(timedelta(days=2))
    contact = where.row(notice).contact_id
    with where.service.database.write() as connection:
        now = where.service.clock.now()
        assert outbox.unpark(connection, [], now) == 0
        assert outbox.unpark(connection, [contact + 1], now) == 0
        assert outbox.unpark(connection, {contact}, now) == 1
    assert await where.drain() == ["notice"]
    assert where.status(bulk) == ["parked"]


async def test_a_parked_text_does_not_wait_for_ever(on_both: Rehearsal) -> None:
    where = line(on_both, notice=[WindowClosed("63016")])
    (notice,) = where.queue("notice", priority=NOTICE)
    await where.drain()
    now = where.service.clock.now()
    for days, kept in ((6, True), (8, False)):
        with where.service.database.write() as connection:
            outbox.clear(connection, now + timedelta(days=days))
        assert (where.row(notice).body is not None) == kept
    with where.service.database.write() as connection:
        assert outbox.unpark(connection, [where.row(notice).contact_id], now) == 0


async def test_a_window_known_to_be_closed_is_not_tried(on_both: Rehearsal) -> None:
    where = line(on_both)
    where.channel.name = "whatsapp"
    where.new_sender()
    notices = [where.queue("x", to=who, channel="whatsapp", priority=NOTICE)[0] for who in "ab"]
    now = where.service.clock.now()
    with where.service.database.write() as connection:
        for row, ago in zip(notices, (1, 25), strict=True):
            who = where.row(row).contact_id
            connection.execute(sessions.insert().values(
                contact_id=who, last_inbound_at=now - timedelta(hours=ago),
                state=seal_session(where.service.ring, who, Session()),
            ))  # fmt: skip
    await where.drain()
    assert where.status(*notices) == ["sent", "parked"]
    assert where.row(notices[1]).body is not None


# ---- rows that must not stand in the way


async def test_a_settled_row_is_not_put_back(on_both: Rehearsal) -> None:
    where = line(on_both)
    first, _ = where.queue("first", "second")
    now = where.service.clock.now()
    with where.service.database.write() as connection:
        outbox.claim(connection, "simulator", now, 1)
    assert where.report(first, "sent")
    with where.service.database.write() as connection:
        later = now + timedelta(hours=1)
        assert not outbox.put_back(connection, first, where.row(first).lane, later, "429")
    assert where.status(first) == ["sent"]
    assert await where.drain() == ["second"]


async def test_a_callback_for_a_part_does_not_end_the_whole(on_both: Rehearsal) -> None:
    where = line(on_both)
    text = "panjang " * 300
    (row,) = where.queue(text)
    with where.service.database.write() as connection:
        outbox.claim(connection, "simulator", where.service.clock.now(), 1)
    assert not where.report(row, "delivered", sid="part-1")
    assert not where.report(row, "failed", sid="part-1")
    with where.service.database.write() as connection:
        outbox.put_back(
            connection, row, where.row(row).lane, where.service.clock.now(), "429", tried=True
        )
    assert not where.report(row, "sent", sid="part-1")
    assert await where.drain() == [text]
    assert where.report(row, "delivered")


@pytest.mark.parametrize("body", [None, b"\0" * 80])
@pytest.mark.parametrize("held", [False, True])
async def test_what_cannot_be_opened_ends_and_the_lane_goes_on(
    on_both: Rehearsal, body: bytes | None, held: bool
) -> None:
    where = line(on_both)
    bad, good = where.queue("bad", "good")
    (other,) = where.queue("other", to="budi")
    with where.service.database.write() as connection:
        if held:
            outbox.claim(connection, "simulator", where.service.clock.now(), 100)
        table = outbox.outbox
        connection.execute(update(table).where(table.c.id == bad).values(body=body))
    if held:
        where.service.clock.forward(outbox.LEASE + GRACE)
        await where.settle()
    await where.drain()
    assert where.status(bad, good, other) == ["failed", "sent", "sent"]
    assert where.row(bad).error_code == "sealed"


# ---- without my address


async def test_no_time_leads_from_a_hidden_report_to_its_chat(on_both: Rehearsal) -> None:
    on_both.clock.forward(timedelta(minutes=17, seconds=3, milliseconds=41))
    await report(on_both, hidden=True)
    exact = _exact_times(on_both, tips.tips, tips.parts, tips.assignments, outbox.outbox)
    assert exact == []


async def test_a_report_with_an_address_keeps_its_exact_time(on_both: Rehearsal) -> None:
    on_both.clock.forward(timedelta(minutes=17, seconds=3, milliseconds=41))
    await report(on_both)
    with on_both.service.database.read() as connection:
        assert _tip(connection).opened_at == on_both.clock.now()


def _exact_times(rehearsal: Rehearsal, *tables: Any) -> list[tuple[str, datetime]]:
    """Times of rows that are not on a whole five minutes."""
    found = []
    with rehearsal.service.database.read() as connection:
        for table in tables:
            for row in connection.execute(select(table)).mappings():
                found += [
                    (f"{table.name}.{name}", value)
                    for name, value in row.items()
                    if isinstance(value, datetime) and value.timestamp() % 300
                ]
    return found


async def test_the_audit_says_no_more(on_both: Rehearsal) -> None:
    on_both.clock.forward(timedelta(minutes=17))
    await report(on_both, hidden=True)
    entries = audit.entries
    with on_both.service.database.read() as connection:
        at = connection.execute(
            select(entries.c.at).where(entries.c.action == "opened")
        ).scalar_one()
        assert audit.first_break(connection) is None
    assert at == outbox.to_the_hour(at)


async def test_that_somebody_was_answered_is_known_for_a_day(on_both: Rehearsal) -> None:
    where = line(on_both, waits=[RetryLater("busy", seconds=90_000)])
    (reply,) = where.queue("reply")
    (notice,) = where.queue("notice", priority=NOTICE)
    (waits,) = where.queue("waits", to="budi")
    await where.drain()
    now = where.service.clock.now()
    with where.service.database.write() as connection:
        assert outbox.clear(connection, now + timedelta(hours=23)) == 0
        assert outbox.clear(connection, now + timedelta(hours=25)) == 1
        assert Line.ids(connection) >= {notice, waits}
        assert reply not in Line.ids(connection)
