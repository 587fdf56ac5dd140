"""Danger that somebody confirmed before there is a report: told to whoever is on duty, in a few
words that say nothing of the story; and told once more when the report behind it is given up, or
all that is kept about its sender is deleted."""

from typing import TYPE_CHECKING

from bot import conflicts, officers, order, tip_lists
from bot.contacts import Known
from flows.events import AlarmWithdrawn, DangerConfirmed

if TYPE_CHECKING:
    from bot.effects import Effects


def carry_out(effects: "Effects", known: Known, event: DangerConfirmed | AlarmWithdrawn) -> None:
    connection, ring, now = effects.connection, effects.service.ring, effects.now
    named = effects.world.named_in(known.place_code or "", event.told)
    if isinstance(event, AlarmWithdrawn):
        if event.erased:
            mine = tip_lists.of_reporter(connection, ring, known.id, now)
            # A report that is not theirs any more loses nothing, and whom it named is not known.
            heard = order.alarmed_lately(connection, ring, known.id, now)
            if not heard or not (event.told or mine):
                return
            for tip in mine:
                named |= conflicts.passed_over(connection, ring, tip.number)
        # Whoever was told believes that it is over: the next alarm is new, however soon it comes.
        order.forget_alarm(connection, ring, known.id, now)
        notice = "notice.danger_erased" if event.erased else "notice.danger_withdrawn"
    elif order.is_new_alarm(connection, effects.service.database, ring, known.id, now):
        notice = "notice.danger"
    else:
        return
    route = effects.world.route(known.place_code or "", skip=named)
    for officer_id in officers.on_alarm(route.chain):
        effects.tell_officer(officer_id, notice)
