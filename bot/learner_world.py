"""Who is talking, and what they have learned: part of a turn's world (`bot/world.py`)."""

from functools import cached_property

from bot import lessons, mastery, recall, reminders
from bot.routing_world import RoutingWorld
from flows.ports import Person, Remembered


class LearnerWorld(RoutingWorld):
    """The answers for learners; only those who agreed have any."""

    def person(self) -> Person:
        """Who is talking, from what was read of them."""
        known = self._known
        if known is None:
            return Person(channel="group")
        if known.done_lessons is None:
            # Only lessons ask for it, and only those who agreed have any.
            has_any = known.consented
            known.done_lessons = (
                lessons.done(self._connection, known.id) if has_any else frozenset()
            )
        return Person(
            channel=known.channel,
            is_new=known.is_new,
            consented=known.consented,
            opted_out=known.opted_out_at is not None,
            quiet=known.quiet_before is not None,
            place=self.place(known.place_code) if known.place_code else None,
            officer=known.officer_name,
            done_lessons=known.done_lessons,
            language=known.language,
        )

    def remembered(self) -> tuple[Remembered, ...]:
        return self._remembered

    @cached_property
    def _remembered(self) -> tuple[Remembered, ...]:
        if self._known is None or not self._known.consented:
            return ()
        at, memories = self._at, recall.of(self._connection, self._known.id)
        return tuple(
            Remembered(
                *item,
                due=mastery.is_due(memories[item], at),
                mastered=memories[item].mastered,
                would_be=mastery.answered(memories[item], True, at).mastered,
            )
            for item in mastery.in_order(memories, at)
        )

    def reminders(self) -> bool | None:
        return reminders.wanted(self._connection, self._known.id) if self._known else False
