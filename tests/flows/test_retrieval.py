"""Questions in people's own words, and the cards they find."""

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from flows.catalog import CONTENT, ContentError
from flows.curriculum import for_villagers, load_lessons
from flows.question_words import Synonyms, clashes, load_synonyms
from flows.retrieval import (
    OFFERED,
    Asked,
    heading,
    load_asked,
    load_retrieval,
    load_words,
    shipped_retrieval,
)
from flows.session import Session
from tests.flows.talking import assert_answered, place, say, talk, words

RETRIEVAL = shipped_retrieval()
LESSONS = for_villagers(load_lessons())


def best(question: str) -> str:
    return RETRIEVAL.find(question).candidates[0].id


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("berapa biaya paspor", "pinten biaya ndamel paspor"),
        ("berapa biaya paspor", "bikin pasport bayar brp"),
        ("berapa biaya paspor", "sabaraha ongkos ngadamel paspor"),
        ("apa itu TPPO", "perdagangan orang teh naon"),
        ("syarat jadi pekerja migran", "syarate dadi TKW opo wae"),
        ("berapa lama jam kerja", "jam kerjo nang kono piro jam"),
        ("cara lapor diri", "carane lapor diri piye"),
    ],
)
def test_slang_and_regional_words_find_the_same_card(one: str, other: str) -> None:
    assert best(one) == best(other)


@pytest.mark.parametrize(
    ("asked", "card"),
    [
        ("penyelundpan manusia itu apa", "tppm.apa_itu"),
        ("wawancra paspor harus jawab apa", "wawancara_paspor.jawab_jujur"),
        ("cara kliam bpjs", "bpjs.klaim"),
        ("tokutai ginou itu magang bukan", "magang.tokutei"),
        ("istirhat di kapal brp jam", "pelaut.istirahat"),
        ("umur saya 16 tahun boleh daftar tki?", "berangkat_sah.lima_syarat"),
    ],
)
def test_misspelt_words_are_understood(asked: str, card: str) -> None:
    assert best(asked) == card


@pytest.mark.parametrize(
    "asked", ["cuaca besok bagaimana", "resep rendang dong", "xqzt vbnm", "👍👍", "", "123456"]
)
def test_what_has_nothing_to_do_with_the_lessons_is_not_known(asked: str) -> None:
    assert RETRIEVAL.find(asked).verdict == "none"


def test_a_bare_topic_is_asked_about() -> None:
    found = RETRIEVAL.find("paspor")
    assert found.verdict == "unsure"
    assert len(found.offered()) == OFFERED


def test_what_was_said_is_not_offered_again() -> None:
    found = RETRIEVAL.find("berapa biaya paspor")
    first = found.offered()[0]
    assert first.id not in [one.id for one in found.offered(but=(first.id,))]


def test_a_question_like_one_that_nobody_here_answers_loses_confidence() -> None:
    asked = "perpanjang paspor di kuala lumpur"
    known = Asked("cara perpanjang paspor di kuala lumpur gimana")
    without = load_retrieval(CONTENT, LESSONS, ()).find(asked)
    assert load_retrieval(CONTENT, LESSONS, (known,)).find(asked).confidence < without.confidence


def test_a_known_question_leads_to_its_card() -> None:
    asked = "bapak saya buta huruf, piye carane"
    known = Asked("bapak buta huruf piye carane", ("ltsa.meja",))
    found = load_retrieval(CONTENT, LESSONS, (known,)).find(asked)
    assert found.candidates[0].id == "ltsa.meja"


@given(st.text(max_size=300))
@settings(max_examples=150, deadline=None)
def test_any_text_is_weighed(text: str) -> None:
    found = RETRIEVAL.find(text)
    assert 0 <= found.confidence <= 1
    assert found.verdict == "none" or found.candidates
    offered = found.offered()
    assert len(offered) <= OFFERED
    assert len({one.heading for one in offered}) == len(offered)


_WORDS = st.lists(
    st.sampled_from(sorted({word for one in load_asked() for word in one.text.split()})),
    min_size=1,
    max_size=14,
).map(" ".join)


@given(_WORDS | st.text(min_size=1, max_size=120))
@settings(max_examples=150, deadline=None)
def test_any_words_get_an_answer_or_a_way_on(text: str) -> None:
    sprint = say(Session(), text)
    assert_answered(sprint)
    for choice in ("2", "1", "belum"):
        if sprint.session.flow != "free_text":
            break
        sprint = say(sprint.session, choice)
        assert_answered(sprint)


def test_the_words_that_are_read_are_bounded() -> None:
    asked = load_words(CONTENT, LESSONS).terms("paspor hilang di jalan " * 5000)
    assert len(asked) <= 40


# ---- the conversation


def test_lapor_diri_is_a_lesson_and_lapor_a_report() -> None:
    assert place(say(Session(), "lapor diri")) == "lesson_lapor_diri.card_wajib"
    assert place(say(Session(), "Lapor diri online gimana caranya?")) == "free_text.answered"
    assert place(say(Session(), "lapor, ada calo di desa")).startswith("tip_off.")
    assert place(say(Session(), "lapor")).startswith("tip_off.")


@pytest.mark.parametrize(
    ("asked", "at"),
    [
        ("cara cek PT resmi gimana", "free_text.answered"),
        ("apakah PT Amalindo Langgeng resmi?", "check_recruiter.next"),
        ("kerja di kamboja boleh ga", "free_text.answered"),
        ("pak Slamet itu calo bukan ya", "check_recruiter.ask_company"),
        ("mbak yuni itu resmi apa tidak", "check_recruiter.ask_company"),
        ("apa itu calo?", "free_text.answered"),
        ("kenapa banyak orang lewat calo ya", "free_text.which"),
        ("Bu, umur 50 masih bisa kerja di Jepang?", "free_text.which"),
    ],
)
def test_a_general_question_is_no_check_and_one_company_or_person_is(asked: str, at: str) -> None:
    assert place(say(Session(), asked)) == at


@pytest.mark.parametrize("asked", ["laporan di sini dibaca sapa", "sblm pulang hrs lapor kmn"])
def test_a_question_about_reporting_is_no_thanks(asked: str) -> None:
    """ "Matur" is thanks before "nuwun" and telling elsewhere, as in "lapor"."""
    assert place(say(Session(), asked)) == "free_text.answered"
    assert words(say(Session(), "matur nuwun nggih")).startswith("Terima kasih juga")


def test_a_second_belum_leads_to_the_officer() -> None:
    sprint = talk("berapa biaya bikin paspor", "belum", "1", "belum")
    assert place(sprint) == "free_text.unknown"
    assert "question" in sprint.session.answers


def test_another_question_instead_of_a_choice_is_answered() -> None:
    sprint = talk("paspor gimana ya", "apa itu TPPO?")
    assert place(sprint) == "free_text.answered"
    assert "perdagangan orang" in words(sprint)
    assert sprint.session.answers["said"] == "tppo.apa_itu"


# ---- what editors write


def test_every_card_has_a_short_heading_of_its_own() -> None:
    headings = [heading(lesson, card) for lesson in LESSONS for card in lesson.cards]
    assert len(set(headings)) == len(headings)
    assert max(map(len, headings)) <= 24


def test_a_heading_writes_names_as_the_lesson_does() -> None:
    bpjs = next(lesson for lesson in LESSONS if lesson.id == "bpjs")
    assert heading(bpjs, bpjs.cards[0]) == "Wajib BPJS"


def test_the_shipped_synonyms_are_unambiguous() -> None:
    assert list(clashes(load_synonyms())) == []


@pytest.mark.parametrize(
    ("synonyms", "group", "problem"),
    [
        (Synonyms({"utang": ("kredit",), "biaya": ("kredit",)}, (), ()), "biaya", "belongs to"),
        (Synonyms({"utang": ("biaya",), "biaya": ()}, (), ()), "biaya", "belongs to utang"),
        (Synonyms({"utang": ("itu",)}, ("itu",), ()), "utang", "small words"),
        (Synonyms({}, ("apa",), ("apa",)), "weak", "small words"),
    ],
)
def test_a_word_in_two_places_is_found(synonyms: Synonyms, group: str, problem: str) -> None:
    [(where, said)] = list(clashes(synonyms))
    assert where == group
    assert problem in said


@pytest.mark.parametrize(
    ("name", "text", "problem"),
    [
        ("synonyms.yaml", "groups: {a: b}\nsmall: []\nweak: []\n", "has the wrong form"),
        ("synonyms.yaml", "small: []\nweak: []\n", "'groups' is missing"),
        ("questions.yaml", "a: b\n", "must be a list"),
        ("questions.yaml", "- {cards: []}\n", "`ask` is missing"),
        ("questions.yaml", "- {ask: apa}\n", "needs `ask` and `cards`"),
    ],
)
def test_broken_files_are_named(name: str, text: str, problem: str, tmp_path: Path) -> None:
    folder = tmp_path / "content"
    folder.mkdir()
    (folder / name).write_text(text)
    with pytest.raises(ContentError, match=problem):
        (load_synonyms if name == "synonyms.yaml" else load_asked)(folder)
