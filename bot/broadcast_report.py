"""What became of a broadcast, counted from its rows and nothing else."""

from collections import Counter
from collections.abc import Mapping

from sqlalchemy import Connection, case, func, select

from bot.broadcast_rows import HANDED, broadcasts, recipients
from bot.contacts import contacts, sessions
from bot.outbox_rows import outbox

LEFT = ("waiting", "queued", "sending")
"""States of those who are still to be told."""


def progress(counted: Mapping[str, int]) -> tuple[int, int]:
    """(how many are done with, of how many)."""
    every = sum(counted.values())
    return every - sum(counted.get(state, 0) for state in LEFT), every


def counts(connection: Connection, number: int) -> dict[str, int]:
    """Recipients by the one state each is in; their sum is everybody it was for.

    `waiting` are not yet in the outbox; `opted_out` wrote STOP before or while it was sent.
    """
    found: Counter[str] = Counter()
    before = select(recipients.c.state, func.count()).where(
        recipients.c.broadcast_id == number, recipients.c.state != HANDED
    )
    for state, count in connection.execute(before.group_by(recipients.c.state)):
        found[state] += int(count)
    state = case((outbox.c.error_code == "opted_out", "opted_out"), else_=outbox.c.status)
    left = select(state, func.count()).where(outbox.c.broadcast_id == number).group_by(state)
    for status, count in connection.execute(left):
        found[status] += int(count)
    return dict(found)


def failures(connection: Connection, number: int) -> dict[str, int]:
    """Failed messages by the provider's code."""
    rows = connection.execute(
        select(outbox.c.error_code, func.count())
        .where(outbox.c.broadcast_id == number, outbox.c.status == "failed")
        .group_by(outbox.c.error_code)
    )
    return {code: int(count) for code, count in rows}


def answers(connection: Connection, number: int) -> tuple[int, int]:
    """(how many wrote to us since it began, how many wrote STOP since), of those who got it."""
    began = select(broadcasts.c.starts_at).where(broadcasts.c.id == number).scalar_subquery()
    mine = (
        recipients.c.broadcast_id == number,
        recipients.c.state == HANDED,
        recipients.c.target > 0,
    )
    wrote = (
        select(func.count())
        .select_from(recipients)
        .join(sessions, sessions.c.contact_id == recipients.c.target)
        .where(*mine, sessions.c.last_inbound_at > began)
    )
    left = (
        select(func.count())
        .select_from(recipients)
        .join(contacts, contacts.c.id == recipients.c.target)
        .where(*mine, contacts.c.opted_out_at > began)
    )
    return connection.execute(wrote).scalar_one(), connection.execute(left).scalar_one()
