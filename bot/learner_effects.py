"""What a learner's events do: a lesson finished, a quiz answered, reminders wanted or not."""

from typing import TYPE_CHECKING

from bot import lessons, recall, reminders
from bot.contacts import Known
from flows.events import ItemAnswered, LessonReached, RemindersChosen

if TYPE_CHECKING:
    from bot.effects import Effects

LearnerEvent = LessonReached | ItemAnswered | RemindersChosen


def carry_out(effects: "Effects", known: Known, event: LearnerEvent) -> None:
    """Nothing is kept of somebody who has not agreed to it."""
    if not known.consented:
        return
    connection, database, now = effects.connection, effects.service.database, effects.now
    match event:
        case LessonReached():
            lessons.reached(
                connection, database, known.id, lesson=event.lesson, finished=event.finished,
                score=event.score, of=event.of, now=now,
            )  # fmt: skip
            known.done_lessons = (known.done_lessons or frozenset()) | {event.lesson}
        case ItemAnswered(lesson=lesson, item=item, right=right):
            recall.answered(connection, database, known.id, (lesson, item), right=right, now=now)
            reminders.heard_from(connection, known.id, now)
        case RemindersChosen(wanted=wanted, text_version=version):
            reminders.choose(connection, database, known.id, version if wanted else "", now)
