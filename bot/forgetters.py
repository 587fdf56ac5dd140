"""Learners who exist only in a simulation, and forget otherwise than our scheduler believes.

They forget by Pavlik and Anderson's activation model (Cognitive Science 29, 2005, 559-586): each
encounter with an item leaves a trace that decays as a power of time, and the faster the more active
the item was when it was met, which is why spacing helps. Nothing of FSRS is in it.
"""

import math
import random
from dataclasses import dataclass, field

SCALE, INTERCEPT = 0.217, 0.177
THRESHOLD, NOISE = -0.704, 0.255
"""The published values of c, a, tau and s."""
SECONDS_A_DAY = 0.025 * 86_400
"""Outside a lesson the model's time runs forty times slower (its h)."""
LEARNER_SPREAD, ITEM_SPREAD, DECAY_SPREAD = 0.35, 0.35, 0.12
"""Standard deviations of what makes learners and items differ; ours, not the paper's."""
EASE = 0.75
"""How much easier than the paper's foreign words an item of a lesson is, whose cards explain it:
chosen so that a little less than half is known a week after a lesson without any review."""
SLIP = 0.03
"""Who knows it and still presses the wrong button."""
DAYS_TO_LESSON = (0.4, 0.9)
"""Between these lies a learner's chance to do the next lesson on a day."""
ANSWERS = (6.0, 2.0)
"""Beta distribution of a learner's chance to answer when reminded: three of four on average."""

Item = tuple[str, str]


@dataclass(slots=True)
class Traces:
    """What one learner has met of one item: (day, decay) of each encounter."""

    ease: float
    decay: float
    met: list[tuple[float, float]] = field(default_factory=list)

    def activation(self, day: float) -> float:
        total = sum(max((day - at) * SECONDS_A_DAY, 1.0) ** -decay for at, decay in self.met)
        return math.log(total) if total else -math.inf

    def recall(self, day: float) -> float:
        """The true chance to remember it, without guessing."""
        if not self.met:
            return 0.0
        return 1 / (1 + math.exp((THRESHOLD - self.activation(day) - self.ease) / NOISE))

    def meet(self, day: float) -> None:
        decay = SCALE * math.exp(self.activation(day)) + self.decay if self.met else self.decay
        self.met.append((day, decay))


@dataclass(slots=True)
class Forgetter:
    """One learner: how they forget, when they do which lesson, whether they answer."""

    memory: dict[Item, Traces]
    lesson_days: dict[str, int]
    answers: float
    chance: random.Random

    def answer(self, item: Item, choices: int, day: float) -> bool:
        """Right by knowing or by luck; the explanation that follows is an encounter either way."""
        traces = self.memory[item]
        knows = self.chance.random() < traces.recall(day)
        right = self.chance.random() < (1 - SLIP if knows else 1 / choices)
        traces.meet(day)
        return right


def forgetter(lessons: dict[str, list[Item]], seed: str, days: int) -> Forgetter:
    """The same seed is the same person with the same items, whoever teaches them."""
    chance = random.Random(seed)  # noqa: S311 (people, no secret)
    ease = EASE + chance.gauss(0, LEARNER_SPREAD)
    decay = INTERCEPT * math.exp(chance.gauss(0, DECAY_SPREAD))
    answers = chance.betavariate(*ANSWERS)
    pace = chance.uniform(*DAYS_TO_LESSON)
    items = [item for listed in lessons.values() for item in listed]
    memory = {item: Traces(ease + chance.gauss(0, ITEM_SPREAD), decay) for item in items}
    waiting, lesson_days = list(lessons), dict[str, int]()
    for day in range(days):
        if waiting and chance.random() < pace:
            lesson_days[waiting.pop(0)] = day
    return Forgetter(memory, lesson_days, answers, chance)
