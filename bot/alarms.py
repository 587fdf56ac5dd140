"""Danger that somebody confirmed before there is a report: told to whoever is on duty, in a few
words that say nothing of the story; and told once more when the report behind it is given up."""

from typing import TYPE_CHECKING

from bot import officers, order
from bot.contacts import Known
from flows.events import AlarmWithdrawn, DangerConfirmed

if TYPE_CHECKING:
    from bot.effects import Effects


def carry_out(effects: "Effects", known: Known, event: DangerConfirmed | AlarmWithdrawn) -> None:
    connection, ring, now = effects.connection, effects.service.ring, effects.now
    if isinstance(event, AlarmWithdrawn):
        # Whoever was told believes that it is over: the next alarm is new, however soon it comes.
        order.forget_alarm(connection, ring, known.id, now)
        notice = "notice.danger_withdrawn"
    elif order.is_new_alarm(connection, effects.service.database, ring, known.id, now):
        notice = "notice.danger"
    else:
        return
    place_code = known.place_code or ""
    named = effects.world.named_in(place_code, event.told)
    for officer_id in officers.on_alarm(effects.world.route(place_code, skip=named).chain):
        effects.tell_officer(officer_id, notice)
