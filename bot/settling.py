"""Messages whose outcome nobody knows: looked up at the provider, sent once more, or left alone."""

import logging
from datetime import timedelta

from bot import outbox
from bot.channels.base import Channel, SendError
from bot.outgoing import have_erased, outgoing
from bot.service import Service

log = logging.getLogger(__name__)

SEALED = "sealed"
"""Why a row failed whose text or address can't be opened (any more)."""


async def settle(service: Service, channel: Channel, grace: timedelta) -> bool:
    """Rows whose outcome is unknown: found at the provider → sent; else a reply is sent once
    more, marked, and bulk is left alone (security.md 4.1). Whether there were any."""
    now = service.clock.now()
    with service.database.read() as connection:
        rows = outbox.stranded(connection, channel.name, now, grace)
    for row in rows:
        try:
            message = outgoing(service.ring, row)
        except Exception as error:
            log.error("outbox %s can't be opened: %s", row.id, type(error).__name__)
            with service.database.write() as connection:
                outbox.finish(connection, row.id, "failed", SEALED)
            continue
        try:
            found = await channel.find_sent(message)
        except SendError:
            continue  # the provider can't tell now; the next round asks again
        except Exception as error:  # one row's trouble must not hold up the others
            log.error("outbox %s can't be settled: %s", row.id, type(error).__name__)
            continue
        with service.database.write() as connection:
            if found:
                outbox.mark_sent(connection, [(row.id, found)])
                have_erased(connection, service.ring, channel.name, row, message.erase, found, now)
            elif row.priority == outbox.BULK or row.resent:
                outbox.finish(connection, row.id, "unknown", "unknown")
            else:
                outbox.resend(connection, row, now)
    return bool(rows)
