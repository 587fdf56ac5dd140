"""Lessons from content/lessons become flows: cards, a quiz that explains every answer, an action."""

from collections.abc import Callable, Mapping

from rapidfuzz.fuzz import ratio
from rapidfuzz.process import extractOne

from flows.catalog import Source
from flows.curriculum import VILLAGER, Card, Chapter, Lesson, QuizItem, for_villagers
from flows.events import Event, LessonReached
from flows.nodes import (
    Choice,
    Choose,
    Decide,
    Emit,
    Flow,
    Goto,
    Node,
    Option,
    Pick,
    Say,
    Scene,
    Slots,
)
from flows.triggers import fold

AT_ONCE = 5
"""Choices shown at once; a longer list shows four of them and the way to the rest."""


def flows(lessons: tuple[Lesson, ...], chapters: tuple[Chapter, ...]) -> list[Flow]:
    """The menu of chapters and lessons, and one flow for each lesson."""
    taught = for_villagers(lessons)
    return [_list(taught, chapters), *(_flow(lesson) for lesson in lessons)]


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


def _list(lessons: tuple[Lesson, ...], chapters: tuple[Chapter, ...]) -> Flow:
    exits = begins(lessons)
    filled = [one for one in chapters if any(lesson.chapter == one.id for lesson in lessons)]

    def next_lesson(scene: Scene) -> Lesson | None:
        done = scene.person.done_lessons
        return next((lesson for lesson in lessons if lesson.id not in done), None)

    def start(scene: Scene) -> Mapping[str, str]:
        following = next_lesson(scene)
        return {"title": following.title if following else lessons[0].title}

    def chapter_options(scene: Scene) -> tuple[Option, ...]:
        done = scene.person.done_lessons
        of = {one.id: {x.id for x in lessons if x.chapter == one.id} for one in filled}
        return tuple(Option(one.id, one.title + mark_done(of[one.id] <= done)) for one in filled)

    def lesson_options(scene: Scene) -> tuple[Option, ...]:
        done = scene.person.done_lessons
        return tuple(
            Option(lesson.id, lesson.title + mark_done(lesson.id in done), lesson.keywords)
            for lesson in lessons
            if lesson.chapter == scene.answers.get("chapter")
        )

    return Flow(
        "lessons",
        {
            "start": Choose(
                "lessons.start",
                (
                    Choice("next", "lessons.next", "next"),
                    Choice("chapters", "lessons.by_chapter", "chapters"),
                    Choice("menu", "common.to_menu", "welcome:menu"),
                ),
                slots=start,
                open=True,
            ),
            "next": Decide(lambda scene: (next_lesson(scene) or lessons[0]).id, exits),
            **_paged("chapters", chapter_options, "chapter", "which"),
            **_paged("which", lesson_options, "lesson", "go"),
            "go": Decide(lambda scene: scene.answers["lesson"], exits),
            "find": Decide(named(lessons, keywords=True), exits | {"none": "elsewhere"}),
            "elsewhere": Goto("free_text"),
        },
        entries=("chapters",),
    )


def _paged(
    name: str, every: Callable[[Scene], tuple[Option, ...]], answer: str, then: str
) -> dict[str, Node]:
    """A list of any length under the node `name`; a long one a page at a time."""

    def fits(scene: Scene) -> str:
        scene.answers.pop("page", None)
        return "whole" if len(every(scene)) <= AT_ONCE else "pages"

    def page(scene: Scene) -> tuple[Option, ...]:
        listed, room = every(scene), AT_ONCE - 1
        at = int(scene.answers.get("page", "0")) * room
        return listed[at : at + room]

    def turn(scene: Scene) -> str:
        pages = max(1, -(-len(every(scene)) // (AT_ONCE - 1)))
        scene.answers["page"] = str((int(scene.answers.get("page", "0")) + 1) % pages)
        return "page"

    text = f"lessons.{name}"
    other = Choice("more", "lessons.other", f"{name}_turn")
    return {
        name: Decide(fits, {"whole": f"{name}_whole", "pages": f"{name}_page"}),
        f"{name}_whole": Pick(text, every, answer, then, free="find"),
        f"{name}_page": Pick(text, page, answer, then, other=other, free="find"),
        f"{name}_turn": Decide(turn, {"page": f"{name}_page"}),
    }


def named(lessons: tuple[Lesson, ...], *, keywords: bool) -> Callable[[Scene], str]:
    """The id of the lesson whose title (or keyword) the scene's words are; "none" for all others."""
    known = {
        fold(word): one.id
        for one in lessons
        for word in (one.title, *(one.keywords if keywords else ()))
    }

    def find(scene: Scene) -> str:
        found = extractOne(fold(scene.words), known.keys(), scorer=ratio, score_cutoff=85)
        return known[found[0]] if found else "none"

    return find


def mark_done(done: bool) -> str:
    return " ✓" if done else ""


def begins(lessons: tuple[Lesson, ...]) -> dict[str, str]:
    """Lesson → its first card."""
    return {lesson.id: f"lesson_{lesson.id}:{_first(lesson)}" for lesson in lessons}


def _first(lesson: Lesson) -> str:
    return f"card_{lesson.cards[0].id}"


def _flow(lesson: Lesson) -> Flow:
    name = f"lesson_{lesson.id}"
    others = "lessons:start" if lesson.audience == VILLAGER else "courses:start"
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
                Choice("more", "lessons.more", others),
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
