"""Courses for those who help: open to all, the own role's first, counted without names."""

import pytest

from flows.courses import FEW
from flows.curriculum import VILLAGER as FOR_VILLAGERS
from flows.curriculum import load_courses
from flows.lessons import DONE_MARK
from flows.lint_lessons import MAX_LIST_ITEM
from flows.ports import PartnerView, Person
from tests.flows.ports import FakePorts
from tests.flows.talking import CATALOG, OFFICER, VILLAGER, messages, place, say, talk, words

COURSES = load_courses()
OF = {
    course.id: [one for one in CATALOG.lessons if one.audience == course.id] for course in COURSES
}


def nobody() -> FakePorts:
    return FakePorts(is_partner=None)


def labels(person: Person = VILLAGER, ports: FakePorts | None = None) -> list[str]:
    listed = talk("kursus", person=person, ports=ports or nobody())
    return [button.label for button in messages(listed.events)[-1].buttons]


def test_titles_leave_room_for_the_mark() -> None:
    assert all(len(course.title) + len(DONE_MARK) <= MAX_LIST_ITEM for course in COURSES)


def test_everybody_may_take_every_course() -> None:
    assert labels()[: len(COURSES)] == [course.title for course in COURSES]
    for number, course in enumerate(COURSES, 1):
        for place_in_list, lesson in enumerate(OF[course.id], 1):
            sprint = talk("kursus", str(number), str(place_in_list), ports=nobody())
            assert sprint.session.flow == f"lesson_{lesson.id}"


@pytest.mark.parametrize("course", [course.id for course in COURSES])
def test_a_course_has_a_word_of_its_own(course: str) -> None:
    sprint = talk(f"KURSUS {course.upper()}", ports=nobody())
    assert place(sprint) == "courses.which"
    assert OF[course][0].title in words(sprint) + "".join(
        button.label for button in messages(sprint.events)[-1].buttons
    )


@pytest.mark.parametrize(
    ("kind", "course"),
    [("kades", "desa"), ("camat", "desa"), ("babinsa", "pendamping"),
     ("bhabinkamtibmas", "pendamping"), ("kodim", "pendamping")],
)  # fmt: skip
def test_a_partners_own_course_comes_first(kind: str, course: str) -> None:
    title = next(one.title for one in COURSES if one.id == course)
    ports = FakePorts(is_partner=PartnerView(5, kind, "Mitra"))
    assert labels(ports=ports)[0] == title
    assert f"Kursus Anda: {title}." in words(talk("kursus", ports=ports))
    other = FakePorts(is_partner=PartnerView(5, "bp3mi", "Mitra"))
    assert "Kursus Anda" not in words(talk("kursus", ports=other))


def test_an_officers_own_course_comes_first() -> None:
    assert labels(OFFICER)[0] == "Petugas PIMPASA"


def test_what_is_done_is_marked_for_the_learner() -> None:
    first, *rest = OF["desa"]
    some = Person("telegram", consented=True, done_lessons=frozenset([first.id]))
    assert "Perangkat desa" in labels(some)
    listed = talk("kursus desa", person=some, ports=nobody())
    shown = [button.label for button in messages(listed.events)[-1].buttons]
    assert shown[0] == f"{first.title} ✓"
    assert rest[0].title in shown
    all_done = Person("telegram", done_lessons=frozenset(one.id for one in OF["desa"]))
    assert "Perangkat desa ✓" in labels(all_done)


def test_a_course_leads_on_to_courses() -> None:
    for lesson in CATALOG.lessons:
        action = CATALOG.flows[f"lesson_{lesson.id}"].nodes["action"]
        goes = {choice.key: choice.then for choice in action.choices}  # type: ignore[union-attr]
        expected = "lessons:look" if lesson.audience == FOR_VILLAGERS else "courses:start"
        assert goes["more"] == expected


def test_only_an_officer_sees_a_count_and_no_small_one() -> None:
    assert "Hitungan desa saya" not in labels()
    ports = nobody()
    ports.learners = {
        frozenset(one.id for one in OF["desa"]): FEW,
        frozenset(one.id for one in OF["sekolah"]): FEW - 1,
    }
    listed = talk("kursus", person=OFFICER, ports=ports)
    counted = words(say(listed.session, "Hitungan desa saya", OFFICER, ports))
    assert f"Perangkat desa {FEW};" in counted
    assert f"Guru dan sekolah kurang dari {FEW};" in counted
