"""A row of the outbox, opened for its channel; and deleted there once it was sent."""

from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from bot import contacts, erasures, groups, outbox
from bot.channels.base import Outgoing
from bot.sealing import KeyRing, SealBroken


def outgoing(ring: KeyRing, row: Any) -> Outgoing:
    """An outbox row opened for sending; raises SealBroken where there is nothing to open."""
    if row.body is None:
        raise SealBroken("outbox: the text was wiped")
    body = outbox.open_body(ring, row.lane, row.body)
    is_group = row.group_id is not None
    address = (groups.chat_of if is_group else contacts.address_of)(ring, row.to_index, row.to)
    return Outgoing(
        outbox_id=row.id,
        to=address,
        text=body.text,
        buttons=body.shown_buttons(),
        fixed=body.fixed,
        callback_id=body.callback_id,
        group=is_group,
        erase=body.erase,
        wants=body.media,
        template=body.template,
        variables=body.variables,
        awake=body.awake,
        thread=body.thread,
        poll=body.shown_poll(),
        ends_poll=body.ends_poll,
    )


def have_erased(
    connection: Connection,
    ring: KeyRing,
    channel: str,
    row: Any,
    when: str,
    provider_id: str,
    now: datetime,
) -> None:
    """A message that holds a report's words ("" in `when` for any other), now that the provider
    has a name for it."""
    if not when:
        return
    chat = contacts.address_of(ring, row.to_index, row.to) if channel == "telegram" else ""
    message = erasures.Message(provider_id, chat)
    draft_of = row.contact_id if when == "told" else None
    erasures.put(connection, ring, channel, message, now, draft_of=draft_of)
