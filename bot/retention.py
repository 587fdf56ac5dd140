"""A closed report does not stay for ever: after its time the keys and all that they opened go.

What stays says that there was a case: its number, office, topic, how it ended, its times, the
fingerprint of its code (whose holder hears that it is deleted), and the audit's lines.
"""

from datetime import datetime

from sqlalchemy import Connection, delete, select, update

from bot import audit, conflicts, returns, tips
from bot.case_rows import merges


def erase_old(connection: Connection, closed_before: datetime, now: datetime) -> int:
    """Erase what was closed before; open reports never. Returns how many.

    One that was merged stays as long as the report it belongs to: whoever reads that reads it too.
    """
    target = tips.tips.alias()
    still_read = (
        select(merges.c.tip_number)
        .join(target, target.c.number == merges.c.into_number)
        .where(target.c.status.not_in(tips.GONE))
    )
    numbers = connection.execute(
        select(tips.tips.c.number)
        .where(
            tips.tips.c.status == "closed",
            tips.tips.c.closed_at < closed_before,
            tips.tips.c.number.not_in(still_read),
        )
        .order_by(tips.tips.c.number)
    ).scalars()
    return sum(_erase(connection, number, now) for number in numbers.all())


def _erase(connection: Connection, number: int, now: datetime) -> bool:
    if tips.hold(connection, number) != "closed":
        return False  # its reporter was faster
    tips.empty(connection, number)
    conflicts.forget(connection, number)
    returns.forget_where_and_who(connection, number)
    connection.execute(delete(merges).where(merges.c.tip_number == number))
    connection.execute(
        update(tips.tips)
        .where(tips.tips.c.number == number)
        .values(status="erased", place_code="", category="", urgency="none", may_ask=False,
                return_address=None, return_index=None)
    )  # fmt: skip
    audit.record(connection, now, actor="system", action="outlived", subject=f"tip:{number}")
    return True
