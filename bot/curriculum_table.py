"""docs/curriculum.md: what the law wants told, where it is taught, and on what each lesson rests."""

from collections.abc import Iterable, Iterator

from flows.curriculum import LETTERS, Lesson, for_villagers

SUBJECTS = {
    "a": "rights and duties of the worker and the family",
    "b": "vacancies, kind of work, employer, place of work",
    "c": "social security: programmes, access, claims",
    "d": "the official way, requirements, steps of safe migration",
    "e": "costs of placement by the rules",
    "f": "trafficking, narcotics syndicates, radicalisation, health",
    "g": "law and culture of the destination",
    "h": "placement agreement and work contract",
    "i": "the latest list of P3MI and mitra usaha",
    "j": "destinations, open and forbidden",
    "k": "complaints and reports, at home and abroad",
    "l": "procedures of the LTSA",
    "m": "wage standards",
}
"""PP 59/2021 Pasal 4 ayat (4), in short."""
_HEAD = """\
# Curriculum

What PP 59/2021 Pasal 4 ayat (4) wants told to everybody who may go, letter by letter, and where it is
taught. Made from `content/lessons/` by `kentongan content curriculum > docs/curriculum.md`; a test
compares the two. A lesson names its letters in `covers`.
"""


def table(lessons: Iterable[Lesson]) -> str:
    """The whole document."""
    return "\n".join([_HEAD, *_letters(list(lessons))]) + "\n"


def _letters(lessons: list[Lesson]) -> Iterator[str]:
    taught = for_villagers(lessons)
    yield "| letter | subject | lessons | sources |"
    yield "|---|---|---|---|"
    for letter in LETTERS:
        covering = [lesson for lesson in taught if letter in lesson.covers]
        names = ", ".join(f"`{lesson.id}`" for lesson in covering)
        sources = dict.fromkeys(source for lesson in covering for source in _sources(lesson))
        yield f"| {letter} | {SUBJECTS[letter]} | {names} | {'; '.join(sources)} |"
    yield ""
    yield "## Courses for those who help"
    yield ""
    yield "| audience | lesson | sources |"
    yield "|---|---|---|"
    for lesson in lessons:
        if lesson not in taught:
            yield f"| {lesson.audience} | `{lesson.id}` | {'; '.join(_sources(lesson))} |"


def _sources(lesson: Lesson) -> list[str]:
    sources = [card.source for card in (*lesson.cards, lesson.action)]
    sources += [item.source for item in lesson.quiz]
    return list(dict.fromkeys(source.text.replace("|", "/") for source in sources))
