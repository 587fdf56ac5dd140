"""When a quiz item is asked again and when it is known: FSRS, without any storage.

The scheduler is the PyPI package `fsrs` (https://github.com/open-spaced-repetition/py-fsrs) with
its published weights, no fuzz and no steps inside a day: a village learner is not asked twice a
day. `kentongan simulate-learners` runs exactly these functions. Times are aware; FSRS gets UTC.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TypeVar

from fsrs import Card, Rating, Scheduler, State

Key = TypeVar("Key")

RETENTION = 0.93
"""An item is asked again when the chance of a right answer is expected to have fallen to this: of
three choices one is right by luck, so 0.93 right answers are 0.9 known."""
SHORTEST = timedelta(days=12)
"""No item comes back sooner: what is to be known in three months is best repeated after about a
tenth of that or more (Cepeda and others, Psychological Science 19, 2008, 1095-1102), and each
message counts. FSRS alone would ask after one or two days; docs/learning.md has the figures."""
MASTERED_STABILITY = 90.0
"""Days. FSRS's stability is the time after which recall is still 0.9, so a mastered item is
expected to be known, with that chance, three months after its last question."""
COUNTS_AGAIN = timedelta(days=1)
"""An answer sooner after the last one says what was just read, not what is remembered."""
WEEK = timedelta(days=7)
BETWEEN_PUSHES = timedelta(hours=44)
"""Every second day at most: three of them are a week, and nobody is nagged on three days running."""

_SCHEDULER = Scheduler(
    desired_retention=RETENTION, learning_steps=(), relearning_steps=(), enable_fuzzing=False
)


@dataclass(frozen=True, slots=True)
class Memory:
    """What FSRS holds about one learner and one item; `stability` in days, difficulty 1 to 10."""

    stability: float
    difficulty: float
    reviewed_at: datetime
    due: datetime

    @property
    def mastered(self) -> bool:
        return self.stability >= MASTERED_STABILITY


def answered(memory: Memory | None, right: bool, at: datetime) -> Memory:
    """The memory after an answer: right is FSRS's Good, wrong its Again."""
    if memory and at - memory.reviewed_at < COUNTS_AGAIN:
        return memory
    rating = Rating.Good if right else Rating.Again
    card, _ = _SCHEDULER.review_card(_card(memory), rating, at.astimezone(UTC))
    assert card.stability is not None
    assert card.difficulty is not None
    return Memory(card.stability, card.difficulty, at, max(card.due, at + SHORTEST))


def chance(memory: Memory, at: datetime) -> float:
    """The expected chance that the item is answered right at that time."""
    return _SCHEDULER.get_card_retrievability(_card(memory), at.astimezone(UTC))


def is_due(memory: Memory, at: datetime) -> bool:
    """A mastered item is never due again."""
    return memory.due <= at and not memory.mastered


def in_order(memories: Mapping[Key, Memory], at: datetime) -> list[Key]:
    """All items, the one with the best chance first: with fewer questions than items are due, what
    can still be kept comes before what is lost already."""
    return sorted(memories, key=lambda key: (-chance(memories[key], at), str(key)))


def next_due(memories: Mapping[Key, Memory]) -> datetime | None:
    """When the next unmastered item is due; None once all are mastered."""
    return min((m.due for m in memories.values() if not m.mastered), default=None)


def next_push(pushed: Sequence[datetime], at: datetime, a_week: int) -> datetime | None:
    """The first moment from `at` on at which a push keeps the budget; None where there is none.

    `pushed` are the learner's last pushes in any order; no seven days ever hold more than `a_week`.
    """
    if a_week < 1:
        return None
    latest = sorted(pushed)[-a_week:]
    moments = [at, *(one + BETWEEN_PUSHES for one in latest[-1:])]
    if len(latest) == a_week:
        moments.append(latest[0] + WEEK)
    return max(moments)


def _card(memory: Memory | None) -> Card:
    if memory is None:
        return Card(card_id=0)  # without a number FSRS would sleep to make one
    return Card(
        card_id=0, state=State.Review, stability=memory.stability, difficulty=memory.difficulty,
        due=memory.due.astimezone(UTC), last_review=memory.reviewed_at.astimezone(UTC),
    )  # fmt: skip
