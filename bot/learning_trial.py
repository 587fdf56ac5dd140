"""Our scheduler against the best fixed drip, on learners who forget by another model.

Both have the same lessons, the same budget of pushes (`bot/mastery.py`), at most three questions a
push, and the same people. A drip asks each item so many days after its lesson, whatever was
answered; its best schedule is searched on other people than those it is measured on.
"""

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from statistics import fmean, stdev
from typing import Any, Protocol

from bot import mastery
from bot.forgetters import Forgetter, Item, forgetter
from bot.mastery import Memory
from bot.reminders import GIVEN_UP
from flows.curriculum import Lesson, for_villagers
from flows.review import AT_ONCE

BEGIN = datetime(2026, 11, 23, tzinfo=UTC)
DAYS = 90
LATER = 180
"""The second measure: three months after the last message."""
KNOWN = 0.9
"""True recall from which on an item counts as mastered."""
READS, QUIZ, PUSH = 0.37, 0.372, 0.42
"""Hours of a day, as parts of it: cards read, their quiz three minutes later, a push at ten."""
USUAL = (1, 3, 7, 14, 30)
"""The drip that somebody would choose without a search."""
SEARCHED = 40
"""Learners on whom drips are searched."""
FIRSTS, RATIOS, MOST = (1, 2, 3, 4, 5, 7, 10, 14, 21), (1.0, 1.5, 2.0, 2.5, 3.0), 6


class Teacher(Protocol):
    """Who decides what is asked. Days count from the start."""

    def learned(self, item: Item, right: bool, day: float) -> None: ...
    def due(self, day: float) -> list[Item]: ...


class Ours:
    """What the bot does: FSRS (`bot/mastery.py`)."""

    def __init__(self) -> None:
        self._memories: dict[Item, Memory] = {}

    def learned(self, item: Item, right: bool, day: float) -> None:
        self._memories[item] = mastery.answered(self._memories.get(item), right, _at(day))

    def due(self, day: float) -> list[Item]:
        at = _at(day)
        waiting = {i: m for i, m in self._memories.items() if mastery.is_due(m, at)}
        return mastery.in_order(waiting, at)


class Drip:
    """Each item on fixed days after its lesson; what the budget leaves over waits its turn."""

    def __init__(self, after: Sequence[int]) -> None:
        self._after = after
        self._next: dict[Item, tuple[int, int]] = {}
        """Item → (day of its lesson, how many of the days are done)."""

    def learned(self, item: Item, right: bool, day: float) -> None:
        begun, done = self._next.get(item, (int(day), -1))
        self._next[item] = (begun, done + 1)

    def due(self, day: float) -> list[Item]:
        waiting = [
            (begun + self._after[done], item)
            for item, (begun, done) in self._next.items()
            if done < len(self._after) and begun + self._after[done] <= day
        ]
        return [item for _, item in sorted(waiting)]


@dataclass(frozen=True, slots=True)
class Outcome:
    """One learner after 90 days. Shares and chances are over all items of all lessons."""

    pushes: int
    messages: int
    mastered: float
    recall: float
    recall_later: float


def teach(learner: Forgetter, teacher: Teacher, choices: dict[Item, int], a_week: int) -> Outcome:
    """90 days: lessons when the learner does them, pushes when the budget and the teacher say so."""
    pushed: list[datetime] = []
    messages = unanswered = 0
    by_day = {day: lesson for lesson, day in learner.lesson_days.items()}
    for day in range(DAYS):
        if lesson := by_day.get(day):
            unanswered = 0
            for item in (item for item in choices if item[0] == lesson):
                learner.memory[item].meet(day + READS)
                right = learner.answer(item, choices[item], day + QUIZ)
                teacher.learned(item, right, day + QUIZ)
        now = day + PUSH
        allowed = mastery.next_push(pushed[-a_week:], _at(now), a_week)
        if allowed is None or allowed > _at(now) or unanswered >= GIVEN_UP:
            continue
        asked = teacher.due(now)[:AT_ONCE]
        if not asked:
            continue
        pushed.append(_at(now))
        messages += 1
        if learner.chance.random() >= learner.answers:
            unanswered += 1
            continue
        unanswered = 0
        messages += len(asked)  # each answer is answered; the next question is in the same message
        for item in asked:
            teacher.learned(item, learner.answer(item, choices[item], now), now)
    return _measured(learner, len(pushed), messages)


def _measured(learner: Forgetter, pushes: int, messages: int) -> Outcome:
    recalls = [traces.recall(DAYS) for traces in learner.memory.values()]
    return Outcome(
        pushes=pushes,
        messages=messages,
        mastered=fmean(recall >= KNOWN for recall in recalls),
        recall=fmean(recalls),
        recall_later=fmean(traces.recall(LATER) for traces in learner.memory.values()),
    )


def _at(day: float) -> datetime:
    return BEGIN + timedelta(days=day)


# ---- the trial


@dataclass(frozen=True, slots=True)
class Summary:
    """Means over learners."""

    name: str
    outcomes: tuple[Outcome, ...]

    def mean(self, what: str) -> float:
        return fmean(getattr(one, what) for one in self.outcomes)

    def as_json(self) -> dict[str, Any]:
        names = ("pushes", "messages", "mastered", "recall", "recall_later")
        return {"name": self.name} | {name: round(self.mean(name), 3) for name in names}


class Trial:
    """The same lessons and people for every teacher."""

    def __init__(self, lessons: Sequence[Lesson], seed: int, a_week: int) -> None:
        """The first of the villagers' lessons, as many as `lessons` holds."""
        taught = for_villagers(lessons)
        self._lessons = {one.id: [(one.id, item.id) for item in one.quiz] for one in taught}
        self._choices = {(one.id, i.id): len(i.choices) for one in taught for i in one.quiz}
        self._seed, self._a_week = seed, a_week

    def run(self, name: str, make: Callable[[], Teacher], people: str, number: int) -> Summary:
        learners = (
            forgetter(self._lessons, f"{self._seed} {people} {n}", DAYS) for n in range(number)
        )
        outcomes = (teach(one, make(), self._choices, self._a_week) for one in learners)
        return Summary(name, tuple(outcomes))

    def compare(self, number: int, progress: Callable[[int, int], None]) -> dict[str, Any]:
        """Ours, no review, and the drips that the search found, all on the same new people."""
        drips = list(schedules())
        searched: list[tuple[tuple[int, ...], Summary]] = []
        steps = len(drips) + 1
        ours = self.run("ours", Ours, "searched", SEARCHED)
        for done, after in enumerate(drips, 1):
            searched.append((after, self._drip(after, "searched", SEARCHED)))
            progress(done, steps)
        enough = [d for d in searched if d[1].mean("mastered") >= ours.mean("mastered")]
        cheap = [d for d in searched if d[1].mean("messages") <= ours.mean("messages")]
        cheapest = min(enough, key=lambda d: d[1].mean("messages"), default=None)
        best = max(cheap, key=lambda d: d[1].mean("mastered"), default=None)
        top = max(searched, key=lambda d: d[1].mean("mastered"))
        measured = self.run("ours", Ours, "measured", number)
        rows = {"ours": measured, "no review": self._drip((), "measured", number)}
        compared = {"cheapest drip that teaches as much": cheapest, "best drip that costs no more": best,
                    "best drip at any cost": top}  # fmt: skip
        for name, found in compared.items():
            if found:
                rows[name] = self._drip(found[0], "measured", number)
        rows["a drip nobody searched"] = self._drip(USUAL, "measured", number)
        progress(steps, steps)
        return {
            "seed": self._seed,
            "learners": number,
            "items": len(self._choices),
            "pushes_a_week": self._a_week,
            "drips_searched": len(drips),
            "results": {key: row.as_json() for key, row in rows.items()},
            "ours_against": {
                key: _against(measured, row) for key, row in rows.items() if "drip" in key
            },
        }

    def _drip(self, after: tuple[int, ...], people: str, number: int) -> Summary:
        name = "days " + ", ".join(map(str, after)) if after else "none"
        return self.run(name, lambda: Drip(after), people, number)


def schedules() -> Iterator[tuple[int, ...]]:
    """Days after the lesson: a first interval, each further one longer by a ratio."""
    seen = set()
    for first in FIRSTS:
        for ratio in RATIOS:
            for most in range(1, MOST + 1):
                gaps = [first * ratio**n for n in range(most)]
                days = tuple(round(sum(gaps[: n + 1])) for n in range(most))
                if days[-1] < DAYS and days not in seen:
                    seen.add(days)
                    yield days


def _against(ours: Summary, drip: Summary) -> dict[str, float]:
    """Ours against a drip, learner by learner, with 95 % intervals of the means."""
    pairs = list(zip(ours.outcomes, drip.outcomes, strict=True))
    share = 1 - ours.mean("messages") / drip.mean("messages")
    mastered = [one.mastered - other.mastered for one, other in pairs]
    half = 1.96 * stdev(mastered) / math.sqrt(len(mastered)) if len(mastered) > 1 else 0.0
    return {
        "messages_saved": round(share, 3),
        "mastered_more": round(fmean(mastered), 3),
        "mastered_half_interval": round(half, 3),
    }
