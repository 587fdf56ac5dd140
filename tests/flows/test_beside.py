"""Questions in own words inside a lesson: answered where that gives no quiz answer away."""

import pytest

from flows import engine
from flows.session import Session
from tests.flows.ports import FakePorts
from tests.flows.talking import CATALOG, at, place, say, words

AGE = "kalau umur saya 17 gimana"
AT_CARD = at("lesson_calo", "card_izin_dulu")
AT_QUIZ = at("lesson_berangkat_sah", "quiz_umur")
IN_REVIEW = at("review", "berangkat_sah-umur")
COURSE = next(lesson for lesson in CATALOG.lessons if lesson.audience == "pimpasa")


def asked(before: Session, text: str = AGE) -> engine.Sprint:
    sprint = say(before, text)
    assert place(sprint) == f"{before.flow}.{before.node}", "the card or question is put again"
    return sprint


@pytest.mark.parametrize(
    "before", [AT_CARD, at(f"lesson_{COURSE.id}", f"card_{COURSE.cards[0].id}")]
)
def test_a_sure_card_is_said(before: Session) -> None:
    sprint = asked(before)
    assert "umur minimal 18" in words(sprint)
    assert "Pasal 5" in words(say(sprint.session, "sumber")), "the source of the answer"


@pytest.mark.parametrize("before", [AT_QUIZ, IN_REVIEW])
def test_a_question_that_waits_is_not_answered_by_it(before: Session) -> None:
    sprint = asked(before)
    assert "sesudah soal" in words(sprint)
    assert "minimal 18" not in words(sprint)
    assert AGE not in str(sprint.session), "what was typed is not kept"
    assert "gaji" in words(asked(sprint.session, "berapa gaji di hongkong?"))


def test_no_question_is_answered_by_the_card_that_its_own_words_find() -> None:
    """Every quiz question typed as somebody's own words, at that question."""
    for lesson in CATALOG.lessons:
        for item in lesson.quiz:
            before = at(f"lesson_{lesson.id}", f"quiz_{item.id}")
            said = say(before, item.question)
            assert "Kita lanjutkan" not in words(said), f"{lesson.id}/{item.id}"


def test_in_a_review_it_is_answered_at_the_end() -> None:
    sprint = say(asked(IN_REVIEW).session, "2", ports=FakePorts(memories=()))
    assert place(sprint) != place(say(IN_REVIEW, AGE))
    assert "minimal 18" in words(sprint)


@pytest.mark.parametrize(
    "typed", ["gak ngerti", "tidak boleh dong", "hmm", "harus punya visa kerja"]
)
def test_what_is_no_question_is_no_question(typed: str) -> None:
    assert "belum paham" in words(asked(AT_QUIZ, typed))


@pytest.mark.parametrize("typed", ["terus kalau gak punya ijazah?", "PT Maju Jaya resmi gak"])
def test_what_is_not_sure_is_admitted_and_may_be_asked_elsewhere(typed: str) -> None:
    assert "Tulis MENU" in words(asked(AT_CARD, typed))


def test_a_slip_in_an_offered_choice_is_still_that_choice() -> None:
    assert place(say(AT_CARD, "lanjt")) == "lesson_calo.card_data_benar"
    assert place(say(AT_QUIZ, "18 tahn")) == "lesson_berangkat_sah.quiz_merekrut"


def test_danger_comes_before_any_answer() -> None:
    assert "110" in words(say(AT_QUIZ, "tolong anak saya disekap, umurnya 17"))
