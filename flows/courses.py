"""Courses for those who help: officers, village staff, teachers, Babinsa and Bhabinkamtibmas.

They hold no secret, so nobody needs a code: KURSUS lists them for everybody, the own role's first.
Who has learned what is shown to the learner alone; an officer sees a count over all his villages,
and a small one only as small, since a village has one head.
"""

from collections.abc import Callable, Mapping

from flows.curriculum import Chapter, Lesson
from flows.lessons import begins, groups, members
from flows.nodes import Choice, Decide, Flow, Node, Option, Pick, Say, Scene

FEW = 3
"""From so many learners on their number is told."""
_OF_PARTNER = {
    "kades": "desa",
    "camat": "desa",
    "babinsa": "pendamping",
    "bhabinkamtibmas": "pendamping",
    "kodim": "pendamping",
}
"""Kind of partner (`flows/partners.py`) → its course."""


def flow(lessons: tuple[Lesson, ...], courses: tuple[Chapter, ...]) -> Flow:
    """The list of courses, the lessons of each, and an officer's count."""
    of = {one.id: tuple(x for x in lessons if x.audience == one.id) for one in courses}
    taught = {name: found for name, found in of.items() if found}
    helpers = tuple(lesson for found in taught.values() for lesson in found)
    titles = {one.id: one.title for one in courses}

    def listed(scene: Scene) -> tuple[Option, ...]:
        own = _own(scene)
        filled = (one for one in courses if one.id in taught)
        return groups(sorted(filled, key=lambda one: one.id != own), taught, scene)

    def of_course(scene: Scene) -> tuple[Option, ...]:
        return members(taught.get(scene.answers.get("course", ""), ()), scene)

    def mine(scene: Scene) -> Mapping[str, str]:
        own = _own(scene)
        return {"mine": f" Kursus Anda: {titles[own]}." if own else ""}

    def counts(scene: Scene) -> Mapping[str, str]:
        return {
            "counts": "; ".join(
                f"{titles[name]} {_number(scene.ports.learners_near({x.id for x in found}))}"
                for name, found in taught.items()
            )
        }

    menu = Choice("menu", "common.to_menu", "welcome:menu")
    counted = Choice("counts", "courses.counts", "counts")
    others = Choice("others", "courses.others", "start")
    begin: Mapping[str, str] = begins(helpers)
    nodes: dict[str, Node] = {
        "start": Decide(
            lambda scene: "officer" if scene.person.officer else "anybody",
            {"officer": "list_officer", "anybody": "list"},
        ),
        "list": Pick("courses.list", listed, "course", "which", other=menu, slots=mine),
        "list_officer": Pick("courses.list", listed, "course", "which", other=counted, slots=mine),
        "counts": Say("courses.counted", "start", slots=counts),
        "which": Pick("courses.which", of_course, "lesson", "go", other=others),
        "go": Decide(lambda scene: scene.answers["lesson"], begin),
    }
    nodes |= {name: Decide(_choose(name), {"next": "which"}) for name in taught}
    return Flow("courses", nodes, entries=tuple(taught))


def _choose(course: str) -> Callable[[Scene], str]:
    def choose(scene: Scene) -> str:
        scene.answers["course"] = course
        return "next"

    return choose


def _own(scene: Scene) -> str:
    """The course of somebody's role; "" for who has none that we know."""
    if scene.person.officer:
        return "pimpasa"
    partner = scene.ports.partner()
    return _OF_PARTNER.get(partner.kind, "") if partner else ""


def _number(learners: int) -> str:
    return str(learners) if learners >= FEW else f"kurang dari {FEW}"
