"""An officer reaches his or her villages: written, seen, sent, and then reported from the rows.

The draft is `flows/broadcast_draft.py`, what is done with one that exists
`flows/broadcast_acts.py`, a photo on its way `flows/broadcast_photo.py`.
"""

from collections.abc import Callable, Sequence

from flows.broadcast_acts import ACTS, acting, option
from flows.broadcast_draft import ALL, drafting, keep_text
from flows.broadcast_said import Words
from flows.nodes import Choice, Decide, End, Flow, Node, Option, Pick, Say, Scene
from flows.paging import paged
from flows.triggers import fold

NAME = "broadcasts"
MOST_LISTED = 4
_NEW = frozenset({"baru", "siaran baru", "kabar baru", "buat", "tulis"})
_LIST = frozenset({"daftar", "semua", "list"})
Labelled = Sequence[tuple[str, str]]
"""(value, label)."""


def flow(say: Words, *, languages: Labelled, ways: Labelled, lessons: Labelled) -> Flow:
    """`say` is the wording; the three are what a broadcast can be narrowed to."""
    return Flow(
        NAME,
        _beginning() | drafting(say) | _narrowing(languages, ways, lessons) | acting(say),
        entries=("warning", "photo_coming", *ACTS),
    )


def _beginning() -> dict[str, Node]:
    return {
        "start": Decide(_what, {"new": "begin", "show": "show", "stranger": "stranger",
                                "unknown": "unknown", "list": "list", "text": "at_once"}),
        "stranger": Say("officer_desk.stranger", "welcome:menu"),
        "no_villages": Say("officer_desk.no_villages", "rest"),
        "list": Pick("broadcasts.list", _recent, "number", "show", human=False,
                     other=Choice("new", "broadcasts.new", "begin")),
        "begin": Decide(_has_villages, {"yes": "where", "no": "no_villages"}),
        "at_once": Decide(_has_villages, {"yes": "after_text", "no": "no_villages"}),
        "warning": Decide(_warns, {"new": "begin", "text": "at_once", "stranger": "stranger"}),
        "rest": End(),
    }  # fmt: skip


def _narrowing(languages: Labelled, ways: Labelled, lessons: Labelled) -> dict[str, Node]:
    return {
        "languages": Pick("broadcasts.which_language", _options(languages), "language", "look",
                          human=False),
        "ways": Pick("broadcasts.which_way", _options(ways), "way", "look", human=False),
        **paged("lessons", _options(lessons), "lesson", "look", text="broadcasts.which_lesson",
                other="broadcasts.other_lessons", free="no_lesson"),
        "no_lesson": Say("broadcasts.no_lesson", "whom"),
    }  # fmt: skip


def _options(labelled: Labelled) -> Callable[[Scene], tuple[Option, ...]]:
    options = tuple(Option(value, label) for value, label in labelled)
    return lambda scene: options


def _what(scene: Scene) -> str:
    if not scene.person.officer:
        return "stranger"
    words = scene.words.strip()
    number = words.lstrip("#")
    if number.isdecimal():
        scene.answers["number"] = str(int(number[:9]))
        return "show" if scene.ports.broadcast(int(number[:9])) else "unknown"
    if fold(words) in _NEW:
        return "new"
    if words and fold(words) not in _LIST:
        scene.answers["place"] = ALL
        keep_text(scene, words)
        return "text"
    return "list" if _recent(scene) else "new"


def _warns(scene: Scene) -> str:
    if not scene.person.officer:
        return "stranger"
    scene.answers["kind"] = "warning"
    if not scene.words.strip():
        return "new"
    scene.answers["place"] = ALL
    keep_text(scene, scene.words)
    return "text"


def _has_villages(scene: Scene) -> str:
    return "yes" if scene.ports.broadcast_places() else "no"


def _recent(scene: Scene) -> tuple[Option, ...]:
    recent = [view for view in scene.ports.broadcasts() if view.recent]
    return tuple(map(option, recent[:MOST_LISTED]))
