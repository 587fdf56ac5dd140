"""The sender against a channel that misbehaves by script: order, retries, and never blindly twice."""

import asyncio
import logging
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.exc import OperationalError

from bot import demo, groups, outbox
from bot.channels.base import (
    ChannelDown,
    GroupMoved,
    Inbound,
    OutcomeUnknown,
    Refused,
    RetryLater,
    SendError,
    Unreachable,
    WindowClosed,
)
from bot.contacts import contacts
from bot.outbox import BULK, MAX_ATTEMPTS, NEWS, NOTICE
from bot.rehearsal import Rehearsal
from bot.sender import DOWN, Pace, Pacer, Sender
from tests.bot.lines import GRACE, ScriptedChannel, line
from tests.bot.steps import settle_in

BUSY = RetryLater("busy", seconds=10)


async def test_messages_of_one_person_arrive_in_order(on_both: Rehearsal) -> None:
    where = line(on_both)
    rows = where.queue(*(f"{n}" for n in range(20)))
    assert await where.drain() == [f"{n}" for n in range(20)]
    assert set(where.status(*rows)) == {"sent"}


async def test_a_message_that_must_wait_holds_up_its_lane_only(on_both: Rehearsal) -> None:
    where = line(on_both, a1=[BUSY])
    where.queue("a1", "a2", "a3", to="a")
    where.queue("b1", "b2", to="b")
    assert await where.drain() == ["b1", "b2"]
    assert where.channel.tried.count("a1") == 1
    assert "a2" not in where.channel.tried
    assert await where.later(seconds=9) == []
    assert await where.later(seconds=1) == ["a1", "a2", "a3"]


async def test_the_pause_grows_with_each_try(on_both: Rehearsal) -> None:
    where = line(on_both, x=[BUSY] * 3)
    (row,) = where.queue("x")
    pauses = []
    for _ in range(3):
        await where.drain()
        now = where.service.clock.now()
        pauses.append((where.row(row).not_before - now).total_seconds())
        where.service.clock.forward(where.row(row).not_before - now)
    assert pauses == [10, 20, 40]
    assert await where.drain() == ["x"]


async def test_a_wait_that_the_provider_names_in_minutes_is_kept(on_both: Rehearsal) -> None:
    where = line(on_both, x=[RetryLater("limit", seconds=3600)])
    (row,) = where.queue("x")
    await where.drain()
    assert where.row(row).not_before - where.service.clock.now() == timedelta(hours=1)


async def test_what_is_never_taken_is_given_up_and_the_lane_goes_on(
    on_both: Rehearsal, caplog: pytest.LogCaptureFixture
) -> None:
    where = line(on_both, bad=[BUSY] * 50)
    bad, good = where.queue("bad", "good", priority=BULK)
    for _ in range(MAX_ATTEMPTS):
        got = await where.later(hours=1)
    assert where.channel.tried.count("bad") == MAX_ATTEMPTS
    assert where.status(bad) == ["failed"]
    assert where.row(bad).body is None
    assert where.row(bad).error_code == "busy"
    assert "given up" in caplog.text
    assert got == ["good"]
    assert where.status(good) == ["sent"]


async def test_a_limit_of_the_whole_channel_stops_everybody(on_both: Rehearsal) -> None:
    where = line(on_both, a=[RetryLater("429", seconds=30, whole_channel=True)])
    where.queue("a", to="a")
    assert await where.drain() == []
    where.queue("b", to="b")
    assert await where.drain() == []
    assert where.channel.tried == ["a"]
    assert await where.later(seconds=31) == ["a", "b"]


async def test_refused_credentials_lose_nothing_however_long(on_both: Rehearsal) -> None:
    outage = MAX_ATTEMPTS + 4
    where = line(on_both, x=[*[ChannelDown("401")] * outage, BUSY])
    row, _ = where.queue("x", "y")
    for _ in range(outage):
        assert await where.later(minutes=2) == []
    assert where.status(row) == ["queued"]
    assert await where.later(minutes=2) == []  # the channel is back and busy once
    assert where.status(row) == ["queued"]
    assert await where.later(hours=1) == ["x", "y"]


async def test_a_channel_that_refuses_us_rests_at_once(on_both: Rehearsal) -> None:
    where = line(on_both, a=[ChannelDown("401")])
    where.queue("a", to="a")
    await where.drain()
    where.queue("b", to="b")
    assert await where.drain() == []
    assert where.channel.tried == ["a"]


async def test_a_person_who_cannot_be_reached_gets_no_more_notices(on_both: Rehearsal) -> None:
    await settle_in(on_both, "warga")
    where = line(on_both, x=[Unreachable("blocked")])
    (first,) = where.queue("x")
    assert await where.drain() == []
    assert where.row(first).error_code == "blocked"
    (notice,) = where.queue("notice", priority=NOTICE)
    (bulk,) = where.queue("bulk", priority=BULK)
    assert await where.drain() == []
    assert where.status(first, notice, bulk) == ["failed"] * 3
    assert where.channel.tried == ["x"]
    await on_both.turns.accept(_says("warga", "menu"))
    got = await where.drain()
    assert any("Mau apa hari ini" in text for text in got)
    assert _unreachable(on_both) == 0


def _says(who: str, text: str) -> Inbound:
    return demo.inbound(f"{who}-{text}", who, text)


def _unreachable(rehearsal: Rehearsal) -> int:
    with rehearsal.service.database.read() as connection:
        query = select(contacts.c.id).where(contacts.c.unreachable_at.is_not(None))
        return len(connection.execute(query).all())


async def test_a_refused_message_is_not_tried_again_and_the_next_goes(on_both: Rehearsal) -> None:
    where = line(on_both, bad=[Refused("21656")])
    bad, good = where.queue("bad", "good")
    assert await where.drain() == ["good"]
    assert where.status(bad, good) == ["failed", "sent"]
    assert where.row(bad).body is None


async def test_a_closed_window_parks_the_message(on_both: Rehearsal) -> None:
    where = line(on_both, x=[WindowClosed("63016")])
    (row,) = where.queue("x", priority=BULK)
    assert await where.later(days=1) == []
    assert where.status(row) == ["parked"]
    assert where.channel.tried == ["x"]


async def test_stop_between_claim_and_sending_is_honoured(on_both: Rehearsal) -> None:
    """Opted out after the row was queued by another way than STOP in this process."""
    await settle_in(on_both, "warga")
    where = line(on_both)
    (bulk,) = where.queue("bulk", priority=BULK)
    (news,) = where.queue("news", priority=NEWS)
    (notice,) = where.queue("notice", priority=NOTICE)
    with where.service.database.write() as connection:
        now = where.service.clock.now()
        connection.execute(contacts.update().values(opted_out_at=now))
    got = await where.drain()
    assert "notice" in got
    assert not {"bulk", "news"} & set(got)
    assert where.status(bulk, news, notice) == ["cancelled", "cancelled", "sent"]


async def test_a_moved_group_is_followed_and_loses_nothing(on_both: Rehearsal) -> None:
    await on_both.join_group()
    where = line(on_both)
    where.channel.scripts["/cek"] = []
    await on_both.turns.accept(_says("grup", "/cek"))
    with where.service.database.read() as connection:
        body = connection.execute(
            select(outbox.outbox.c.lane, outbox.outbox.c.body).where(
                outbox.outbox.c.status == "queued"
            )
        ).one()
    words = outbox.open_body(where.service.ring, body.lane, body.body).text
    where.channel.scripts[words] = [GroupMoved("migrated", moved_to="grup-baru")]
    assert await where.drain() == [words]
    assert where.channel.to == ["grup-baru"]
    with where.service.database.read() as connection:
        row = connection.execute(select(groups.groups)).one()
        assert groups.chat_of(where.service.ring, row.chat_index, row.chat) == "grup-baru"
        assert row.place_code  # the same group, still bound to its village


# ---- restart, and the running loop


async def test_after_a_restart_what_was_left_is_sent_and_nothing_twice(on_both: Rehearsal) -> None:
    where = line(on_both)
    where.queue("a1", "a2", "a3", to="a")
    where.queue("b1", to="b")
    where.sender._page = 1
    with where.service.database.write() as connection:
        outbox.claim(connection, "simulator", where.service.clock.now(), 1)  # and then it dies
    where.new_sender()
    assert await where.drain() == ["b1"]
    where.service.clock.forward(outbox.LEASE + GRACE)
    await where.settle()
    assert await where.drain() == ["a1", "a2", "a3"]
    assert sorted(where.channel.got) == ["a1", "a2", "a3", "b1"]


async def test_a_new_sender_need_not_wait_for_the_old_ones_leases(on_both: Rehearsal) -> None:
    where = line(on_both, x=[OutcomeUnknown("killed")])
    (row,) = where.queue("x")
    await where.drain()
    where.new_sender()
    await where.drain()
    where.service.clock.forward(GRACE)
    await where.settle()
    assert where.status(row) == ["queued"]


async def test_the_running_sender_sends_when_it_is_woken_and_stops_cleanly(
    on_both: Rehearsal,
) -> None:
    where = line(on_both)
    running = asyncio.create_task(where.sender.run())
    rows = where.queue(*(f"{n}" for n in range(30)))
    where.sender.wake()
    for _ in range(200):
        if len(where.channel.got) == 30:
            break
        await asyncio.sleep(0.02)
    assert where.channel.got == [f"{n}" for n in range(30)]
    where.sender.stop()
    await asyncio.wait_for(running, 10)
    assert set(where.status(*rows)) == {"sent"}


async def test_stopping_hands_back_what_was_not_begun(on_both: Rehearsal) -> None:
    where = line(on_both)
    gate = asyncio.Event()
    begun = asyncio.Event()
    send = where.channel.send

    async def slow(message: Any) -> str:
        begun.set()
        await gate.wait()
        return await send(message)

    where.channel.send = slow  # type: ignore[method-assign]
    rows = [where.queue("x", to=f"p{n}")[0] for n in range(20)]
    running = asyncio.create_task(where.sender.run())
    where.sender.wake()
    await asyncio.wait_for(begun.wait(), 10)
    where.sender.stop()
    await asyncio.sleep(0.05)
    gate.set()
    await asyncio.wait_for(running, 15)
    states = where.status(*rows)
    assert set(states) == {"sent", "queued"}
    assert states.count("sent") == len(where.channel.got)
    where.new_sender()
    where.channel.send = send  # type: ignore[method-assign]
    await where.later(seconds=5)
    assert set(where.status(*rows)) == {"sent"}
    assert len(where.channel.got) == len(rows)


async def test_a_second_sender_waits_while_the_first_holds_the_channel(
    on_both: Rehearsal, monkeypatch: pytest.MonkeyPatch
) -> None:
    where = line(on_both)
    await where.drain()
    monkeypatch.setattr("bot.schedule.hold.__kwdefaults__", {"holder": "another process"})
    where.queue("x")
    other = ScriptedChannel()
    second = Sender(where.service, other, pacer=None)
    await second.drain()
    assert other.tried == []
    where.service.clock.forward(timedelta(minutes=2))  # the first one died
    await second.drain()
    assert other.got == ["x"]


async def test_a_database_that_fails_for_a_moment_doubles_nothing(
    on_both: Rehearsal, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What was sent is noted as soon as that is possible again, by the same running sender."""
    where = line(on_both)
    real, failures = outbox.mark_sent, [1, 2]

    def mark(*arguments: Any) -> None:
        if failures:
            failures.pop()
            raise OperationalError("UPDATE", {}, Exception("gone away"))
        real(*arguments)

    monkeypatch.setattr(outbox, "mark_sent", mark)
    rows = [where.queue("x", to=f"p{n}")[0] for n in range(3)]
    running = asyncio.create_task(where.sender.run())
    where.sender.wake()
    for _ in range(250):
        if set(where.status(*rows)) == {"sent"}:
            break
        await asyncio.sleep(0.02)
    where.sender.stop()
    await asyncio.wait_for(running, 15)
    assert not failures
    assert where.status(*rows) == ["sent"] * 3
    assert len(where.channel.got) == 3


async def test_a_channel_that_works_again_is_no_longer_shown_as_down(rehearsal: Rehearsal) -> None:
    where = line(rehearsal, x=[ChannelDown("401")])
    where.queue("x")
    await where.drain()
    assert DOWN.labels("simulator")._value.get() == 1
    assert await where.later(minutes=2) == ["x"]
    assert DOWN.labels("simulator")._value.get() == 0


# ---- pace


class Beat:
    """A monotonic clock moved by hand."""

    def __init__(self) -> None:
        self.at = 100.0

    def __call__(self) -> float:
        return self.at


def test_a_lane_may_burst_and_then_waits() -> None:
    beat = Beat()
    pacer = Pacer(Pace(1000, 6.0, 3, 3.5, 1), clock=beat)
    assert [pacer.lane_wait("c1") for _ in range(3)] == [0, 0, 0]
    assert pacer.lane_wait("c1") == pytest.approx(6)
    assert pacer.lane_wait("c2") == 0
    beat.at += 6
    assert pacer.lane_wait("c1") == 0
    assert pacer.lane_wait("c1") == pytest.approx(6)


def test_a_group_has_its_own_pace_in_bulk_too() -> None:
    pacer = Pacer(Pace(1000, 1.0, 1, 20.0, 1), clock=Beat())
    for lane in ("g1", "bg2"):
        assert pacer.lane_wait(lane) == 0
        assert pacer.lane_wait(lane) == pytest.approx(20)


def test_the_channel_takes_no_more_than_its_rate() -> None:
    beat = Beat()
    pacer = Pacer(Pace(10, 0, 1, 0, 1), clock=beat)
    assert [round(pacer.channel_wait(), 3) for _ in range(4)] == [0, 0.102, 0.203, 0.305]
    beat.at += 10
    assert pacer.channel_wait() == 0


async def test_waiting_for_the_pace_is_no_failed_try(on_both: Rehearsal) -> None:
    """A busy lane is paced many times; that must not use up the tries of its messages."""
    where = line(on_both, last=[BUSY])
    (row,) = where.queue("last")
    beat = Beat()
    pacer = Pacer(Pace(1000, 1.0, 1, 1.0, 1), clock=beat)
    where.sender = Sender(where.service, where.channel, pacer=pacer)
    lane = where.row(row).lane
    for _ in range(MAX_ATTEMPTS + 2):
        pacer._lanes[lane] = (0.0, beat.at)
        assert await where.later(seconds=2) == []
    assert where.channel.tried == []
    beat.at += 2
    await where.later(seconds=2)
    assert where.channel.tried == ["last"]
    assert where.status(row) == ["queued"]


@pytest.mark.parametrize("error", [Refused("x"), Unreachable("x"), WindowClosed("x"), BUSY])
async def test_no_failure_leaves_a_row_behind_that_nobody_looks_at(
    on_both: Rehearsal, error: SendError, caplog: pytest.LogCaptureFixture
) -> None:
    where = line(on_both, x=[error] * 20)
    (row,) = where.queue("x")
    with caplog.at_level(logging.ERROR):
        for _ in range(10):
            await where.later(hours=5)
    assert where.row(row).status in outbox.FINAL_STATES
    assert where.row(row).lease_until is None
