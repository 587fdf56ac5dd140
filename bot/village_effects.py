"""What an officer does with villages: bind a group, order a broadcast."""

from typing import TYPE_CHECKING

from bot import broadcasts, groups
from bot.tip_moves import NotAllowed
from flows.events import BroadcastOrdered, GroupInvited

if TYPE_CHECKING:
    from bot.effects import Effects


def carry_out(effects: "Effects", officer_id: int, event: BroadcastOrdered | GroupInvited) -> None:
    """Raises NotAllowed for a village that is another officer's, or for too many recipients."""
    connection, service, now = effects.connection, effects.service, effects.now
    allowed = {place.code for place in effects.world.officer_villages()}
    if isinstance(event, GroupInvited):
        if event.place_code not in allowed:
            raise NotAllowed("the village is another officer's")
        groups.invite(connection, service.ring, event.code, event.place_code, officer_id, now)
        return
    if not set(event.place_codes) <= allowed:
        raise NotAllowed("the village is another officer's")
    audience = effects.world.audience(event.place_codes)
    if audience.total > service.settings.broadcast_limit:
        raise NotAllowed("more recipients than KENTONGAN_BROADCAST_LIMIT")
    office = service.office()
    slots = {"text": event.text, "office": office.name}
    broadcasts.order(
        connection,
        service.ring,
        office_code=office.code,
        officer_id=officer_id,
        place_codes=event.place_codes,
        text=event.text,
        to_group=service.message("broadcasts.message", slots),
        to_person=service.message("broadcasts.message_stop", slots),
        not_before=office.calendar.quiet_until(now),
        now=now,
    )
