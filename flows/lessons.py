"""Lessons from content/lessons become flows: cards, a quiz that explains every answer, an action."""

from collections.abc import Callable, Collection, Iterable, Mapping
from datetime import date

from rapidfuzz.fuzz import ratio
from rapidfuzz.process import extractOne

from flows.catalog import Source
from flows.curriculum import VILLAGER, Card, Chapter, Lesson, QuizItem, for_villagers
from flows.events import Event, ItemAnswered, LessonReached, RemindersChosen
from flows.nodes import (
    Choice,
    Choose,
    Decide,
    Emit,
    Flow,
    Goto,
    Node,
    Option,
    Say,
    Scene,
    Slots,
)
from flows.paging import paged
from flows.triggers import fold

REMIND = "lessons.remind"
DONE_MARK = " ✓"
"""Stands behind the title of a finished lesson, chapter or course, inside the limit of its label."""


def flows(
    lessons: tuple[Lesson, ...], chapters: tuple[Chapter, ...], reminder_version: str
) -> list[Flow]:
    """The menu of chapters and lessons, and one flow for each lesson.

    `reminder_version` names the words that are agreed to with `REMIND`.
    """
    taught = for_villagers(lessons)
    return [_list(taught, chapters), *(_flow(lesson, reminder_version) for lesson in lessons)]


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
                why = f"{mark} {_escape(choice.why)}{{label}}"
                words[f"{name}.why_{item.id}_{number}"] = why
        words[f"{name}.action"] = f"{_escape(lesson.action.text)}{{label}}"
    return words


def label(lesson: Lesson, source: Source) -> Callable[[Scene], Mapping[str, str]]:
    """The honest mark under a fact: read by no lawyer yet, or past its review date."""

    def slots(scene: Scene) -> Mapping[str, str]:
        found = marks(source, lesson.reviewed, scene.ports.now.date())
        return {"label": "".join(f"\n({mark})" for mark in found)}

    return slots


def marks(source: Source, reviewed: bool, today: date) -> list[str]:
    """What has to be said with a fact, however it is told: read, heard or drawn."""
    late = ["Keterangan ini perlu dicek ulang ke Disnaker."] if today > source.review_by else []
    return late if reviewed else [*late, "Belum diperiksa ahli hukum."]


def age(source: Source) -> Slots:
    """Under the reason of an answer only its age is said; who read the lesson its cards say."""

    def slots(scene: Scene) -> Mapping[str, str]:
        found = marks(source, True, scene.ports.now.date())
        return {"label": "".join(f"\n({mark})" for mark in found)}

    return slots


def shown(source: Source) -> Slots:
    return lambda scene: {"source": source.shown()}


def _list(lessons: tuple[Lesson, ...], chapters: tuple[Chapter, ...]) -> Flow:
    exits = begins(lessons)
    of = {one.id: [x for x in lessons if x.chapter == one.id] for one in chapters}

    def next_lesson(scene: Scene) -> Lesson | None:
        done = scene.person.done_lessons
        return next((lesson for lesson in lessons if lesson.id not in done), None)

    ways = (
        Choice("next", "lessons.next", "next"),
        Choice("chapters", "lessons.by_chapter", "chapters"),
        Choice("departure", "lessons.departure", "departure:start"),
        Choice("menu", "common.to_menu", "welcome:menu"),
    )

    def start(scene: Scene) -> Mapping[str, str]:
        following = next_lesson(scene)
        return {"title": following.title if following else lessons[0].title}

    def chapter_options(scene: Scene) -> tuple[Option, ...]:
        return groups((one for one in chapters if of[one.id]), of, scene)

    def lesson_options(scene: Scene) -> tuple[Option, ...]:
        return members(of.get(scene.answers.get("chapter", ""), ()), scene)

    return Flow(
        "lessons",
        {
            "asked": Decide(named(lessons, keywords=True), exits | {"none": "look"}),
            "look": Decide(
                lambda scene: "some" if due_items(scene, lessons) else "none",
                {"some": "start_due", "none": "start"},
            ),
            "start": Choose("lessons.start", ways, slots=start, open=True),
            "start_due": Choose(
                "lessons.start_due",
                (Choice("review", "lessons.review", "review:start"), *ways),
                slots=start,
                open=True,
            ),
            "next": Decide(lambda scene: (next_lesson(scene) or lessons[0]).id, exits),
            **paged("chapters", chapter_options, "chapter", "which",
                    text="lessons.chapters", other="lessons.other", free="find"),
            **paged("which", lesson_options, "lesson", "go",
                    text="lessons.which", other="lessons.other", free="find"),
            "go": Decide(lambda scene: scene.answers["lesson"], exits),
            "find": Decide(named(lessons, keywords=True), exits | {"none": "elsewhere"}),
            "elsewhere": Goto("free_text"),
        },
        entries=("look", "start", "chapters"),
    )  # fmt: skip


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


def groups(
    listed: Iterable[Chapter], of: Mapping[str, Collection[Lesson]], scene: Scene
) -> tuple[Option, ...]:
    """Chapters or courses to choose from; a mark stands behind those that are all done."""
    done = scene.person.done_lessons
    return tuple(
        Option(one.id, one.title + _mark(all(x.id in done for x in of[one.id]))) for one in listed
    )


def members(lessons: Iterable[Lesson], scene: Scene) -> tuple[Option, ...]:
    """The lessons of one of them."""
    done = scene.person.done_lessons
    return tuple(Option(one.id, one.title + _mark(one.id in done), one.keywords) for one in lessons)


def _mark(done: bool) -> str:
    return DONE_MARK if done else ""


def begins(lessons: tuple[Lesson, ...]) -> dict[str, str]:
    """Lesson → its first card."""
    return {lesson.id: f"lesson_{lesson.id}:{_first(lesson)}" for lesson in lessons}


def _first(lesson: Lesson) -> str:
    return f"card_{lesson.cards[0].id}"


def _flow(lesson: Lesson, reminder_version: str) -> Flow:
    name, action = f"lesson_{lesson.id}", f"{lesson.id}/{lesson.action.id}"
    others = "lessons:look" if lesson.audience == VILLAGER else "courses:start"
    nodes: dict[str, Node] = {}
    follow = [f"card_{card.id}" for card in lesson.cards[1:]] + [f"quiz_{lesson.quiz[0].id}"]
    for card, then in zip(lesson.cards, follow, strict=True):
        nodes[f"card_{card.id}"] = _card(name, lesson, card, then)
    for number, item in enumerate(lesson.quiz):
        last = number + 1 == len(lesson.quiz)
        nodes |= _quiz(
            name, lesson, item, "finished" if last else f"quiz_{lesson.quiz[number + 1].id}"
        )
    nodes |= {
        "finished": Emit(_finished(lesson), "result"),
        "result": Say("lessons.result", "asked", slots=_score(lesson)),
        "asked": Decide(_asked, {"yes": "action", "no": "to_do"}),
        "to_do": Say(
            f"{name}.action",
            "remind",
            slots=label(lesson, lesson.action.source),
            source=shown(lesson.action.source),
            public=True,
        ),
        **remind_questions(reminder_version, others, card=action),
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
            card=action,
        ),
    }
    return Flow(name, nodes, keeps=True)


def _card(name: str, lesson: Lesson, card: Card, then: str) -> Choose:
    return Choose(
        f"{name}.card_{card.id}",
        (Choice("next", "common.next", then), Choice("listen", "hear.listen", "@listen")),
        slots=label(lesson, card.source),
        source=shown(card.source),
        public=True,
        card=f"{lesson.id}/{card.id}",
    )


def remind_questions(version: str, then: str, card: str = "") -> dict[str, Node]:
    """May they be asked later what they remember? Put once, after a first lesson, under `card`."""

    def chosen(wanted: bool) -> Callable[[Scene], list[Event]]:
        return lambda scene: [RemindersChosen(wanted, version if wanted else "")]

    return {
        "remind": Choose(
            REMIND,
            (
                Choice("yes", "common.yes", "remind_yes"),
                Choice("no", "common.rather_not", "remind_no"),
            ),
            open=True,  # the lesson is over, whether this is answered or not
            card=card,
        ),
        # The button stays in the chat: it may be pressed after HAPUS or STOP.
        "remind_yes": Decide(
            may_be_reminded,
            {"yes": "remind_on", "stranger": "review:stranger", "stopped": "review:stopped"},
        ),
        "remind_on": Emit(chosen(True), "reminded"),
        "reminded": Say("lessons.reminded", then),
        "remind_no": Emit(chosen(False), "not_reminded"),
        "not_reminded": Say("lessons.not_reminded", then),
    }


def may_be_reminded(scene: Scene) -> str:
    """yes; stranger: nothing is kept of them; stopped: they wrote STOP."""
    if not scene.person.consented:
        return "stranger"
    return "stopped" if scene.person.opted_out else "yes"


def _asked(scene: Scene) -> str:
    ask = may_be_reminded(scene) == "yes" and scene.ports.reminders() is None
    return "no" if ask else "yes"


def due_items(scene: Scene, lessons: tuple[Lesson, ...]) -> list[str]:
    """`lesson-item` of what is due now, in its order; facts past their day are not asked. In
    assisted mode nothing is: it is the phone's owner who has learned it."""
    if scene.person.assisted:
        return []
    today = scene.ports.now.date()
    good = {
        (lesson.id, item.id)
        for lesson in lessons
        for item in lesson.quiz
        if today <= item.source.review_by
    }
    return [
        f"{one.lesson}-{one.item}"
        for one in scene.ports.remembered()
        if one.due and (one.lesson, one.item) in good
    ]


def _quiz(name: str, lesson: Lesson, item: QuizItem, then: str) -> dict[str, Node]:
    """The question, and for each choice: count it, explain it, go on."""
    key = f"quiz_{item.id}"
    choices = tuple(
        Choice(str(n), f"{name}.{key}_{n}", f"{key}_{n}") for n in range(1, len(item.choices) + 1)
    )
    nodes: dict[str, Node] = {
        key: Choose(
            f"{name}.{key}",
            choices,
            source=shown(item.source),
            quiz=f"{lesson.id}/{item.id}",
        )
    }
    for number, choice in enumerate(item.choices, 1):
        why = f"why_{item.id}_{number}"
        nodes[f"{key}_{number}"] = Emit(count(lesson, item, choice.correct), why)
        nodes[why] = Say(
            f"{name}.{why}",
            then,
            slots=age(item.source),
            source=shown(item.source),
            public=True,
        )
    return nodes


def count(lesson: Lesson, item: QuizItem, right: bool) -> Callable[[Scene], list[Event]]:
    """Counts a right answer, and keeps what it says about the learner's memory."""

    def events(scene: Scene) -> list[Event]:
        scene.answers["right"] = str(int(scene.answers.get("right", "0")) + right)
        return [ItemAnswered(lesson.id, item.id, right)] if scene.person.consented else []

    return events


def _finished(lesson: Lesson) -> Callable[[Scene], list[Event]]:
    def events(scene: Scene) -> list[Event]:
        right = int(scene.answers.get("right", "0"))
        return [LessonReached(lesson.id, "action", True, right, len(lesson.quiz))]

    return events


def _score(lesson: Lesson) -> Slots:
    return lambda scene: {"right": scene.answers.get("right", "0"), "of": str(len(lesson.quiz))}


def _escape(text: str) -> str:
    return text.strip().replace("{", "{{").replace("}", "}}")
