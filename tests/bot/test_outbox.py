"""The outbox: order within a lane, priorities, states that only climb, and texts that are wiped."""

from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from bot import demo, outbox
from bot.channels.base import OutcomeUnknown, RetryLater, WindowClosed
from bot.outbox import BULK, NEWS, NOTICE, REPLY
from bot.rehearsal import Rehearsal
from bot.schedule import run_due
from tests.bot.lines import Line, line
from tests.bot.steps import heard, settle_in


def claim(where: Line, most: int = 100) -> list[int]:
    with where.service.database.write() as connection:
        now = where.service.clock.now()
        return [row.id for row in outbox.claim(connection, "simulator", now, most)]


async def test_one_lane_gives_one_message_at_a_time(on_both: Rehearsal) -> None:
    where = line(on_both)
    first, second = where.queue("a", "b")
    assert claim(where) == [first]
    assert claim(where) == []
    with where.service.database.write() as connection:
        outbox.mark_sent(connection, [(first, "sid")])
    assert claim(where) == [second]


async def test_replies_leave_before_notices_and_those_before_bulk(on_both: Rehearsal) -> None:
    where = line(on_both)
    (bulk,) = where.queue("bulk", to="a", priority=BULK)
    (notice,) = where.queue("notice", to="b", priority=NOTICE)
    (reply,) = where.queue("reply", to="c", priority=REPLY)
    assert claim(where) == [reply, notice, bulk]


async def test_a_reply_does_not_wait_behind_bulk_of_the_same_person(on_both: Rehearsal) -> None:
    where = line(on_both)
    bulk = where.queue("bulk 1", "bulk 2", priority=BULK)
    (reply,) = where.queue("reply")
    assert claim(where, 1) == [reply]
    assert claim(where) == [bulk[0]]


async def test_a_page_holds_no_more_than_was_asked_for(on_both: Rehearsal) -> None:
    where = line(on_both)
    rows = [where.queue("x", to=f"p{n}")[0] for n in range(10)]
    assert claim(where, 4) == rows[:4]
    assert claim(where, 100) == rows[4:]


async def test_another_channels_messages_are_left_alone(on_both: Rehearsal) -> None:
    where = line(on_both)
    where.queue("x", channel="telegram")
    assert claim(where) == []


async def test_nothing_leaves_before_its_time(on_both: Rehearsal) -> None:
    where = line(on_both)
    (row,) = where.queue("x")
    assert claim(where) == [row]
    with where.service.database.write() as connection:
        later = where.service.clock.now() + timedelta(minutes=5)
        outbox.put_back(connection, row, where.row(row).lane, later, "")
    assert claim(where) == []
    where.service.clock.forward(timedelta(minutes=5))
    assert claim(where) == [row]


async def test_a_text_is_wiped_when_it_has_left(on_both: Rehearsal) -> None:
    where = line(on_both)
    rows = where.queue("x", "y")
    assert all(where.row(row).body for row in rows)
    await where.drain()
    assert [where.row(row).body for row in rows] == [None, None]
    assert where.status(*rows) == ["sent", "sent"]


async def test_a_text_in_the_outbox_is_sealed_for_its_lane(on_both: Rehearsal) -> None:
    where = line(on_both)
    (row,) = where.queue("kata rahasia")
    assert b"rahasia" not in where.row(row).body
    body = outbox.open_body(where.service.ring, where.row(row).lane, where.row(row).body)
    assert body.text == "kata rahasia"


# ---- status callbacks


@pytest.mark.parametrize(
    ("reports", "ends"),
    [
        (["sent", "delivered", "read"], "read"),
        (["read", "delivered", "sent"], "read"),
        (["delivered", "delivered", "sent"], "delivered"),
        (["delivered", "failed"], "delivered"),
        (["sent", "failed"], "failed"),
        (["failed", "sent", "delivered"], "failed"),
        (["read", "failed"], "read"),
    ],
)
async def test_callbacks_late_twice_and_out_of_order_only_climb(
    rehearsal: Rehearsal, reports: list[str], ends: str
) -> None:
    where = line(rehearsal)
    (row,) = where.queue("x")
    await where.drain()
    for status in reports:
        where.report(row, status)
    assert where.status(row) == [ends]


@given(st.lists(st.sampled_from(["sent", "delivered", "read"]), max_size=8), st.data())
@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_any_order_of_callbacks_ends_at_the_highest(
    rehearsal: Rehearsal, reports: list[str], data: st.DataObject
) -> None:
    where = line_without_sender(rehearsal)
    (row,) = where.queue("x")
    with where.service.database.write() as connection:
        outbox.claim(connection, "simulator", where.service.clock.now(), 1000)
        outbox.mark_sent(connection, [(row, f"sid-{row}")])
    rank = {"sent": 0, "delivered": 1, "read": 2}
    climbed = [where.report(row, status) for status in data.draw(st.permutations(reports))]
    assert where.status(row) == [max(["sent", *reports], key=lambda status: rank[status])]
    assert sum(climbed) <= 2


def line_without_sender(rehearsal: Rehearsal) -> Line:
    """A line outside of any running loop."""
    where = Line.__new__(Line)
    where.rehearsal, where.service = rehearsal, rehearsal.service
    return where


async def test_a_callback_of_another_message_changes_nothing(on_both: Rehearsal) -> None:
    where = line(on_both)
    (row,) = where.queue("x")
    await where.drain()
    assert not where.report(row, "delivered", sid="another-sid")
    assert not where.report(row + 1000, "delivered")
    assert not where.report(None, "delivered", sid="nobody")
    assert not where.report(None, "failed", sid="")
    assert where.status(row) == ["sent"]


async def test_a_callback_faster_than_our_own_note_is_kept(on_both: Rehearsal) -> None:
    where = line(on_both)
    (row,) = where.queue("x")
    claim(where)
    assert where.report(row, "delivered", sid="sid-x")
    with where.service.database.write() as connection:
        outbox.mark_sent(connection, [(row, "sid-x")])
    assert where.status(row) == ["delivered"]
    assert where.row(row).provider_id == "sid-x"
    assert where.row(row).body is None


async def test_a_callback_settles_an_unknown_outcome(on_both: Rehearsal) -> None:
    where = line(on_both, x=[OutcomeUnknown("timeout")])
    (row,) = where.queue("x")
    await where.drain()
    assert where.status(row) == ["sending"]
    assert where.report(row, "sent")
    assert where.row(row).body is None
    assert await where.later(minutes=5) == []
    await where.settle()
    assert where.channel.tried == ["x"]


async def test_a_failed_callback_keeps_its_code(on_both: Rehearsal) -> None:
    where = line(on_both)
    (row,) = where.queue("x")
    await where.drain()
    where.report(row, "failed", code="63016")
    assert where.row(row).error_code == "63016"


# ---- STOP, counts and clearing away


@pytest.mark.parametrize("unasked", [NEWS, BULK])
async def test_stop_cancels_what_comes_unasked_and_nothing_else(
    on_both: Rehearsal, unasked: int
) -> None:
    await settle_in(on_both, "warga")
    where = line(on_both)
    mine = where.queue("unasked", priority=unasked)
    theirs = where.queue("unasked", to="budi", priority=unasked)
    notice = where.queue("notice", priority=NOTICE)
    await on_both.turns.accept(demo.inbound("stop", "warga", "STOP"))
    assert where.status(*mine, *theirs, *notice) == ["cancelled", "queued", "queued"]
    assert where.row(mine[0]).body is None
    got = await where.drain()
    assert sorted(text for text in got if text in ("unasked", "notice")) == ["notice", "unasked"]


@pytest.mark.parametrize("words", [("STOP",), ("hapus", "ya")])
async def test_news_that_waits_for_the_window_or_is_on_its_way_is_wiped(
    on_both: Rehearsal, words: tuple[str, ...]
) -> None:
    await settle_in(on_both, "warga")
    where = line(on_both, parked=[WindowClosed("63016")], held=[OutcomeUnknown("no answer")])
    (parked,) = where.queue("parked", priority=NEWS)
    await where.drain()
    (held,) = where.queue("held", priority=NEWS)
    await where.drain()
    assert where.status(parked, held) == ["parked", "sending"]
    for text in words:
        await on_both.turns.accept(demo.inbound(text, "warga", text))
    assert where.status(parked, held) == ["cancelled"] * 2
    assert {where.row(row).body for row in (parked, held)} == {None}
    assert not {"parked", "held"} & set(await where.later(days=1))


async def test_a_broadcasts_report_is_its_rows(on_both: Rehearsal) -> None:
    for who in ("warga", "budi", "tono"):
        await settle_in(on_both, who)
    for words in ("siaran", "2", "Penyuluhan besok pukul sembilan", "kirim"):
        sent = await on_both.say("petugas", words)
    reached = [message.to for message in sent if "Penyuluhan" in message.text]
    assert sorted(reached) == ["budi", "grup", "tono", "warga"]
    with on_both.service.database.read() as connection:
        mine = select(outbox.outbox.c.status).where(outbox.outbox.c.broadcast_id == 1)
        assert list(connection.execute(mine).scalars()) == ["sent"] * 4
    assert "dikirim 4" in heard(await on_both.wait(timedelta(minutes=1)), "petugas")


async def test_old_finished_rows_go_and_open_ones_stay(on_both: Rehearsal) -> None:
    where = line(on_both, stuck=[RetryLater("later", seconds=90_000_000)])
    done = where.queue("done")
    stuck = where.queue("stuck", to="budi")
    await where.drain()
    now = where.service.clock.now()
    with where.service.database.write() as connection:
        assert outbox.purge(connection, now - timedelta(hours=1)) == 0
        assert outbox.purge(connection, now + timedelta(hours=1)) >= 1
        left = Line.ids(connection)
    assert set(stuck) <= left
    assert not set(done) & left


async def test_the_oldest_waiting_message_is_known_by_channel(on_both: Rehearsal) -> None:
    where = line(on_both)
    since = where.service.clock.now()
    where.queue("x")
    where.service.clock.forward(timedelta(minutes=3))
    where.queue("y", to="budi")
    with where.service.database.read() as connection:
        waiting = outbox.oldest_waiting(connection, where.service.clock.now())
    assert waiting == {"simulator": since}


async def test_a_nudge_for_the_morning_ends_with_stop(on_both: Rehearsal) -> None:
    """A report is left in the evening; the reminder waits for the day, and STOP comes first."""
    service = on_both.service
    service.clock.forward(timedelta(hours=10, minutes=45))
    for words in ("lapor", "lanjut"):
        await on_both.say("warga", words)
    nudges = select(outbox.outbox.c.status).where(outbox.outbox.c.priority == NEWS)
    for _ in range(8):
        service.clock.forward(timedelta(minutes=30))
        run_due(service, on_both.turns)
    with service.database.read() as connection:
        assert connection.execute(nudges).scalars().all() == ["queued"]
    await on_both.say("warga", "STOP")
    with service.database.read() as connection:
        assert connection.execute(nudges).scalars().all() == ["cancelled"]
