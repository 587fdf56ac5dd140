"""What a hostile review broke on the way out: outages, lanes, WhatsApp's window, rows in the way."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select, update

from bot import audit, outbox, tips
from bot.channels.base import RetryLater, WindowClosed
from bot.officers import Step
from bot.outbox import BULK, MAX_ATTEMPTS, NEWS, NOTICE
from bot.rehearsal import Rehearsal
from bot.sessions import SessionRow, seal_session
from flows.session import Session
from tests.bot.lines import GRACE, Line, line
from tests.bot.steps import first_tip, report

sessions = SessionRow.__table__  # type: ignore[attr-defined]
NEXT = Step(None, None, "", "section_head", "")


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
        assert first_tip(connection).opened_at == on_both.clock.now()


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
