"""Rows that a dead sender held: each is settled once, however many crashes and callbacks meet it."""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select

from bot import demo, outbox
from bot.channels.base import StatusReport
from bot.outbox import MAX_ATTEMPTS
from bot.rehearsal import Rehearsal
from flows.events import MessageCreated

CHANNEL = demo.CHANNEL
NO_GRACE = timedelta()


def one_row(rehearsal: Rehearsal) -> None:
    service = rehearsal.service
    with service.database.write() as connection:
        row = outbox.row_for(
            service.ring, MessageCreated("x"), service.clock.now(), channel=CHANNEL, contact_id=1
        )
        outbox.queue(connection, [row])


def crash(rehearsal: Rehearsal, now: datetime) -> Any:
    """A sender takes the row and dies; the next one finds it, as it is in the database."""
    with rehearsal.service.database.write() as connection:
        assert len(outbox.claim(connection, CHANNEL, now, 10)) == 1
    with rehearsal.service.database.write() as connection:
        assert outbox.release(connection, CHANNEL, now) == 1
        (row,) = outbox.stranded(connection, CHANNEL, now, NO_GRACE)
    return row


def resend(rehearsal: Rehearsal, row: Any, now: datetime) -> None:
    with rehearsal.service.database.write() as connection:
        outbox.resend(connection, row, now)


def state(rehearsal: Rehearsal) -> tuple[str, bool]:
    columns = select(outbox.outbox.c.status, outbox.outbox.c.body.is_not(None))
    with rehearsal.service.database.read() as connection:
        status, has_text = connection.execute(columns).one()
    return str(status), bool(has_text)


async def test_each_crash_allows_one_more_resend_but_not_without_end(on_both: Rehearsal) -> None:
    one_row(on_both)
    now = on_both.clock.now()
    for _ in range(MAX_ATTEMPTS - 1):
        row = crash(on_both, now)
        assert not row.resent
        resend(on_both, row, now)
    assert crash(on_both, now).resent, "now the sender gives it up"


async def test_a_callback_that_comes_while_a_row_is_looked_up_wins(on_both: Rehearsal) -> None:
    one_row(on_both)
    now = on_both.clock.now()
    row = crash(on_both, now)
    with on_both.service.database.write() as connection:
        report = StatusReport(CHANNEL, row.id, "sid", "delivered")
        assert outbox.record_status(connection, [report], on_both.service.ring, now) == [True]
    resend(on_both, row, now)
    assert state(on_both) == ("delivered", False)


async def test_who_looked_up_too_long_ago_sends_nothing_again(on_both: Rehearsal) -> None:
    """Another sender has taken the row since, and it is on its way."""
    one_row(on_both)
    now = on_both.clock.now()
    row = crash(on_both, now)
    resend(on_both, row, now)
    with on_both.service.database.write() as connection:
        assert len(outbox.claim(connection, CHANNEL, now, 10)) == 1
    resend(on_both, row, now)
    assert state(on_both) == ("sending", True)
