"""The short review: a few quiz items that are about to be forgotten, asked again.

It begins when somebody writes ULANGAN, from the lessons, or, for those who said yes to it, by
itself (`bot/reminders.py`). Its questions are open: whoever is asked unasked may write of
something else instead, and the buttons stay good.
"""

from collections.abc import Callable

from flows.curriculum import Lesson, QuizItem, for_villagers
from flows.events import Event, RemindersChosen
from flows.lessons import age, count, due_items, may_be_reminded, remind_questions, shown
from flows.nodes import Choice, Choose, Decide, Emit, Flow, Node, Say, Scene

AT_ONCE = 3
"""Questions of one review."""
_ON = (
    Choice("more", "lessons.more", "lessons:look"),
    Choice("menu", "common.to_menu", "welcome:menu"),
)
"""The ways on from its end, which is a wait of its own: SUMBER still tells the last answer's source."""


def flow(lessons: tuple[Lesson, ...], reminder_version: str) -> Flow:
    """A question of its own for each quiz item of the villagers' lessons."""
    taught = for_villagers(lessons)
    items = {f"{one.id}-{item.id}": (one, item) for one in taught for item in one.quiz}
    nodes: dict[str, Node] = {
        "start": Decide(
            _opening(taught),
            {"stranger": "stranger", "due": "next", "known": "known", "none": "none"},
        ),
        "stranger": Say("review.stranger", "lessons:start"),
        "none": Say("review.none", "lessons:start"),
        "known": Choose("review.known", _ON, open=True),
        "next": Decide(
            _next(taught), {name: name for name in items} | {"end": "end", "known": "known"}
        ),
        "end": Decide(
            lambda scene: "more" if _left(scene, taught) else "none",
            {"more": "score_more", "none": "score"},
        ),
        "score": Choose("review.score", _ON, slots=_score, open=True),
        "score_more": Choose(
            "review.score",
            (Choice("again", "lessons.review", "review:start"), *_ON),
            slots=_score,
            open=True,
        ),
        "push": Say("review.push", "next"),
        "outside": Choose(
            "review.outside",
            (
                Choice("start", "review.begin", "start"),
                Choice("quiet", "review.no_more", "quiet"),
            ),
            open=True,
        ),
        "wish": Decide(
            may_be_reminded, {"stranger": "stranger", "stopped": "stopped", "yes": "remind"}
        ),
        "stopped": Say("review.stopped", "welcome:menu"),
        **remind_questions(reminder_version, "welcome:menu"),
        "quiet": Emit(lambda scene: [RemindersChosen(False)], "not_reminded"),
    }
    for name, (lesson, item) in items.items():
        nodes |= _question(name, lesson, item)
    return Flow(
        "review", nodes, entries=("push", "outside", "wish", "quiet", "stranger", "stopped")
    )


def _question(name: str, lesson: Lesson, item: QuizItem) -> dict[str, Node]:
    """The words are the lesson's own. SUMBER tells the source of the last explanation."""
    words = f"lesson_{lesson.id}"
    numbers = range(1, len(item.choices) + 1)
    choices = (Choice(str(n), f"{words}.quiz_{item.id}_{n}", f"{name}_{n}") for n in numbers)
    nodes: dict[str, Node] = {
        name: Choose(
            f"{words}.quiz_{item.id}", tuple(choices), open=True, quiz=f"{lesson.id}/{item.id}"
        ),
    }
    for number, choice in enumerate(item.choices, 1):
        answered, why = f"{name}_{number}", f"{name}_why_{number}"
        nodes[answered] = Emit(_answered(name, lesson, item, choice.correct), why)
        nodes[why] = Say(
            f"{words}.why_{item.id}_{number}",
            "next",
            slots=age(item.source),
            source=shown(item.source),
            public=True,
        )
    return nodes


def _answered(
    name: str, lesson: Lesson, item: QuizItem, right: bool
) -> Callable[[Scene], list[Event]]:
    keep = count(lesson, item, right)

    def events(scene: Scene) -> list[Event]:
        for key, holds in (("asked", True), ("known", right)):
            if holds:
                scene.answers[key] = f"{scene.answers.get(key, '')} {name}".strip()
        return keep(scene)

    return events


def _opening(taught: tuple[Lesson, ...]) -> Callable[[Scene], str]:
    def opening(scene: Scene) -> str:
        if not scene.person.consented:
            return "stranger"
        if due_items(scene, taught):
            return "due"
        return "known" if _all_mastered(scene, taught) else "none"

    return opening


def _next(taught: tuple[Lesson, ...]) -> Callable[[Scene], str]:
    """The next question of this review."""

    def following(scene: Scene) -> str:
        left = _left(scene, taught)
        if left and len(scene.answers.get("asked", "").split()) < AT_ONCE:
            return left[0]
        return "known" if _all_mastered(scene, taught) else "end"

    return following


def _left(scene: Scene, taught: tuple[Lesson, ...]) -> list[str]:
    """What is due and was not asked just now: that counts as due until the turn is over."""
    asked = scene.answers.get("asked", "").split()
    return [name for name in due_items(scene, taught) if name not in asked]


def _all_mastered(scene: Scene, taught: tuple[Lesson, ...]) -> bool:
    """Every item of the course is known for months to come, with what was just answered."""
    just = scene.answers.get("known", "").split()
    mastered = {
        (one.lesson, one.item)
        for one in scene.ports.remembered()
        if one.mastered or (one.would_be and f"{one.lesson}-{one.item}" in just)
    }
    return all((lesson.id, item.id) in mastered for lesson in taught for item in lesson.quiz)


def _score(scene: Scene) -> dict[str, str]:
    asked = scene.answers.get("asked", "").split()
    return {"right": scene.answers.get("right", "0"), "of": str(len(asked))}
