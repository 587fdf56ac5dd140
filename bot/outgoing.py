"""A row of the outbox, opened for its channel."""

from bot import contacts, groups, outbox
from bot.channels.base import Outgoing
from bot.sealing import KeyRing, SealBroken


def outgoing(
    ring: KeyRing,
    row_id: int,
    lane: str,
    to: bytes,
    to_index: bytes,
    sealed: bytes | None,
    group_id: int | None,
) -> Outgoing:
    """An outbox row opened for sending; raises SealBroken where there is nothing to open."""
    if sealed is None:
        raise SealBroken("outbox: the text was wiped")
    body = outbox.open_body(ring, lane, sealed)
    is_group = group_id is not None
    address = (groups.chat_of if is_group else contacts.address_of)(ring, to_index, to)
    return Outgoing(
        outbox_id=row_id,
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
