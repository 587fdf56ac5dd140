"""Lessons from content/lessons become flows: cards, a quiz that explains every answer, an action."""

from collections.abc import Callable, Mapping

from flows.catalog import Card, Lesson, QuizItem, Source
from flows.events import Event, LessonReached
from flows.nodes import Choice, Choose, Decide, Emit, Flow, Node, Option, Pick, Say, Scene, Slots


def flows(lessons: tuple[Lesson, ...]) -> list[Flow]:
    """The list of lessons, and one flow for each."""
    return [_list(lessons), *(_flow(lesson) for lesson in lessons)]


def texts(lessons: tuple[Lesson, ...]) -> dict[str, str]:
    """The lessons' words under the keys that their flows use."""
    words: dict[str, str] = {}
    for lesson in lessons:
        name = f"lesson_{lesson.id}"
        for number, card in enumerate(lesson.cards, 1):
            words[f"{name}.card_{card.id}"] = (
                f"{_escape(card.text)}\n({number}/{len(lesson.cards)}){{label}}"
            )
        for item in lesson.quiz:
            words[f"{name}.quiz_{item.id}"] = _escape(item.question)
            for number, choice in enumerate(item.choices, 1):
                mark = "Betul." if choice.correct else "Belum tepat."
                words[f"{name}.quiz_{item.id}_{number}"] = _escape(choice.label)
                words[f"{name}.why_{item.id}_{number}"] = f"{mark} {_escape(choice.why)}"
        words[f"{name}.action"] = f"{_escape(lesson.action.text)}{{label}}"
    return words


def label(lesson: Lesson, source: Source) -> Callable[[Scene], Mapping[str, str]]:
    """The honest mark under a fact: read by no lawyer yet, or past its review date."""

    def slots(scene: Scene) -> Mapping[str, str]:
        marks = []
        if scene.ports.now.date() > source.review_by:
            marks.append("(Keterangan ini perlu dicek ulang ke Disnaker.)")
        if not lesson.reviewed:
            marks.append("(Belum diperiksa ahli hukum.)")
        return {"label": "".join("\n" + mark for mark in marks)}

    return slots


def shown(source: Source) -> Slots:
    return lambda scene: {"source": source.shown()}


def _list(lessons: tuple[Lesson, ...]) -> Flow:
    def options(scene: Scene) -> tuple[Option, ...]:
        done = scene.person.done_lessons
        return tuple(
            Option(lesson.id, lesson.title + (" ✓" if lesson.id in done else ""), lesson.keywords)
            for lesson in lessons
        )

    exits = {lesson.id: f"lesson_{lesson.id}:{_first(lesson)}" for lesson in lessons}
    return Flow(
        "lessons",
        {
            "start": Pick(
                "lessons.which",
                options,
                "lesson",
                "go",
                other=Choice("menu", "common.to_menu", "welcome:menu"),
            ),
            "go": Decide(lambda scene: scene.answers["lesson"], exits),
        },
    )


def _first(lesson: Lesson) -> str:
    return f"card_{lesson.cards[0].id}"


def _flow(lesson: Lesson) -> Flow:
    name = f"lesson_{lesson.id}"
    nodes: dict[str, Node] = {}
    follow = [f"card_{card.id}" for card in lesson.cards[1:]] + [f"quiz_{lesson.quiz[0].id}"]
    for card, then in zip(lesson.cards, follow, strict=True):
        nodes[f"card_{card.id}"] = _card(name, lesson, card, then)
    for number, item in enumerate(lesson.quiz):
        last = number + 1 == len(lesson.quiz)
        nodes |= _quiz(name, item, "finished" if last else f"quiz_{lesson.quiz[number + 1].id}")
    nodes |= {
        "finished": Emit(_finished(lesson), "result"),
        "result": Say("lessons.result", "action", slots=_score(lesson)),
        "action": Choose(
            f"{name}.action",
            (
                Choice("more", "lessons.more", "lessons:start"),
                Choice("check", "welcome.check", "check_recruiter:start"),
                Choice("menu", "common.to_menu", "welcome:menu"),
            ),
            slots=label(lesson, lesson.action.source),
            source=shown(lesson.action.source),
            open=True,
            public=True,
        ),
    }
    return Flow(name, nodes, keeps=True)


def _card(name: str, lesson: Lesson, card: Card, then: str) -> Choose:
    return Choose(
        f"{name}.card_{card.id}",
        (Choice("next", "common.next", then),),
        slots=label(lesson, card.source),
        source=shown(card.source),
        public=True,
    )


def _quiz(name: str, item: QuizItem, then: str) -> dict[str, Node]:
    """The question, and for each choice: count it, explain it, go on."""
    key = f"quiz_{item.id}"
    choices = tuple(
        Choice(str(n), f"{name}.{key}_{n}", f"{key}_{n}") for n in range(1, len(item.choices) + 1)
    )
    nodes: dict[str, Node] = {key: Choose(f"{name}.{key}", choices, source=shown(item.source))}
    for number, choice in enumerate(item.choices, 1):
        nodes[f"{key}_{number}"] = Decide(
            _count(choice.correct), {"next": f"why_{item.id}_{number}"}
        )
        nodes[f"why_{item.id}_{number}"] = Say(f"{name}.why_{item.id}_{number}", then)
    return nodes


def _count(correct: bool) -> Callable[[Scene], str]:
    def count(scene: Scene) -> str:
        right = int(scene.answers.get("right", "0")) + correct
        scene.answers["right"] = str(right)
        return "next"

    return count


def _finished(lesson: Lesson) -> Callable[[Scene], list[Event]]:
    def events(scene: Scene) -> list[Event]:
        if not scene.person.consented:
            return []
        right = int(scene.answers.get("right", "0"))
        return [LessonReached(lesson.id, "action", True, right, len(lesson.quiz))]

    return events


def _score(lesson: Lesson) -> Slots:
    return lambda scene: {"right": scene.answers.get("right", "0"), "of": str(len(lesson.quiz))}


def _escape(text: str) -> str:
    return text.strip().replace("{", "{{").replace("}", "}}")
