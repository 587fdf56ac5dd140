"""Messages of which nobody knows whether they arrived: settled, or sent once more and marked."""

from datetime import timedelta
from typing import Any

import pytest

from bot import outbox
from bot.channels.base import OutcomeUnknown, RetryLater
from bot.outbox import BULK, REPLY
from bot.rehearsal import Rehearsal
from tests.bot.lines import GRACE, Line, line


async def without_answer(rehearsal: Rehearsal, priority: int = REPLY) -> tuple[Line, int]:
    """A text "x" whose only try ended without an answer, and as long ago as is waited for one."""
    where = line(rehearsal, x=[OutcomeUnknown("timeout")])
    (row,) = where.queue("x", priority=priority)
    await where.drain()
    where.service.clock.forward(outbox.LEASE + GRACE)
    return where, row


async def test_a_reply_of_unknown_outcome_is_sent_once_more_and_marked(on_both: Rehearsal) -> None:
    where = line(on_both, x=[OutcomeUnknown("timeout")] * 5)
    x, y = where.queue("x", "y")
    assert await where.drain() == []
    await where.settle()
    assert where.status(x, y) == ["sending", "queued"]  # too early: a callback may still settle it
    where.service.clock.forward(outbox.LEASE + GRACE)
    await where.settle()
    assert where.status(x) == ["queued"]
    assert where.row(x).resent
    await where.drain()
    where.service.clock.forward(outbox.LEASE + GRACE)
    await where.settle()
    assert where.status(x) == ["unknown"]
    assert where.row(x).body is None
    assert await where.drain() == ["y"]
    assert where.channel.tried.count("x") == 2
    where.service.clock.forward(timedelta(days=1))
    await where.settle()
    assert await where.drain() == []


async def test_bulk_of_unknown_outcome_is_never_sent_again(on_both: Rehearsal) -> None:
    where, row = await without_answer(on_both, priority=BULK)
    await where.settle()
    assert where.status(row) == ["unknown"]
    assert await where.later(days=1) == []
    assert where.channel.tried == ["x"]


async def test_what_the_provider_knows_is_not_sent_again(on_both: Rehearsal) -> None:
    where, row = await without_answer(on_both)
    where.channel.known["x"] = "sid-found"
    await where.settle()
    assert where.status(row) == ["sent"]
    assert where.row(row).provider_id == "sid-found"
    assert where.channel.tried == ["x"]


async def test_a_provider_that_cannot_tell_now_is_asked_again(
    on_both: Rehearsal, monkeypatch: pytest.MonkeyPatch
) -> None:
    where, row = await without_answer(on_both)

    async def not_now(_message: Any) -> str | None:
        raise RetryLater("503", seconds=1)

    with monkeypatch.context() as patch:
        patch.setattr(where.channel, "find_sent", not_now)
        await where.settle()
    assert where.status(row) == ["sending"]
    await where.settle()
    assert where.status(row) == ["queued"]


async def test_a_late_callback_after_giving_up_still_climbs(on_both: Rehearsal) -> None:
    where, row = await without_answer(on_both, priority=BULK)
    await where.settle()
    assert where.report(row, "delivered")
    assert where.status(row) == ["delivered"]


async def test_an_error_that_nobody_foresaw_counts_as_unknown(
    on_both: Rehearsal, caplog: pytest.LogCaptureFixture
) -> None:
    where = line(on_both)
    where.channel.scripts["kata rahasia"] = [ZeroDivisionError("kata rahasia")]  # type: ignore[list-item]
    (row,) = where.queue("kata rahasia")
    assert await where.drain() == []
    assert where.status(row) == ["sending"]
    assert "ZeroDivisionError" in caplog.text
    assert "rahasia" not in caplog.text
