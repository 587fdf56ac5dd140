"""What an officer does with villages: a code that binds a group."""

from typing import TYPE_CHECKING

from bot import groups
from bot.tip_moves import NotAllowed
from flows.events import GroupInvited

if TYPE_CHECKING:
    from bot.effects import Effects


def invite(effects: "Effects", officer_id: int, event: GroupInvited) -> None:
    """Raises NotAllowed for a village that is another officer's."""
    connection, service, now = effects.connection, effects.service, effects.now
    if event.place_code not in {place.code for place in effects.world.officer_villages()}:
        raise NotAllowed("the village is another officer's")
    groups.invite(connection, service.ring, event.code, event.place_code, officer_id, now)
