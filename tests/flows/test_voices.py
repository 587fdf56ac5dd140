"""A voice note outside of a report: read back before it counts, or handed to an officer."""

from dataclasses import replace
from datetime import timedelta

import msgspec
import pytest

from flows import attachments, engine
from flows.events import AttachmentSent, Event, MessageCreated, TipOpened, VoiceSent
from flows.nodes import Ask
from flows.ports import Attachments, Person, TipView
from flows.session import Input, Session
from tests.flows.ports import NOW, TIP, FakePorts
from tests.flows.talking import (
    ALONE,
    CATALOG,
    OFFICER,
    VILLAGER,
    WAITS,
    assert_answered,
    at,
    messages,
    person_of,
    place,
    say,
    take,
    talk,
    words,
)

IN_A_REPORT = {wait for wait in WAITS if wait[0] == "tip_off"} | attachments.ADDS_TO_CASE
HEARD_IN = [w for w in ALONE if w not in IN_A_REPORT and w != ("ask_human", "question")]
DEAF = FakePorts(hears=False, tips={})
QUESTION = replace(TIP, topic="question", status="assigned", opened_at=NOW)


def records(
    session: Session, caption: str = "", *, ports: FakePorts | None = None,
    person: Person = VILLAGER, medium: str = "voice",
) -> engine.Sprint:  # fmt: skip
    given = Input("unreadable", caption, media="file-1", medium=medium)
    return take(session, given, person, ports)


def is_heard(
    session: Session, text: str, outcome: str = "heard", person: Person = VILLAGER
) -> engine.Sprint:
    return take(session, Input("voice_heard", text, outcome), person)


def of_kind(sprint: engine.Sprint, kind: type[Event]) -> list[Event]:
    return [event for event in sprint.events if isinstance(event, kind)]


# ---- heard here


@pytest.mark.parametrize("medium", ["voice", "audio"])
@pytest.mark.parametrize(("flow", "node"), HEARD_IN)
def test_it_is_promised_and_the_question_waits_on(flow: str, node: str, medium: str) -> None:
    before = at(flow, node)
    sprint = records(before, person=person_of(flow), medium=medium)
    assert of_kind(sprint, VoiceSent) == [VoiceSent("file-1")]
    assert words(sprint) == "Sebentar, pesan suaranya saya dengarkan dulu."
    assert sprint.session == before
    assert "file-1" not in repr(sprint.events)


def test_several_wait_in_line_and_five_are_enough() -> None:
    assert "sesudah yang tadi" in words(records(Session(), ports=FakePorts(pictures=1)))
    sprint = records(Session(), ports=FakePorts(pictures=5))
    assert "Masih ada 5" in words(sprint)
    assert not of_kind(sprint, VoiceSent)


@pytest.mark.parametrize("typed", ["1", "ya", "betul"])
@pytest.mark.parametrize(
    ("session", "text"),
    [
        (Session(), "apa itu calo"),
        (at("welcome", "menu"), "cek"),
        (at("check_recruiter", "ask_name"), "PT Maju Jaya"),
        (at("welcome", "village_ask"), "ngrayun"),
        (at("lesson_calo", f"quiz_{CATALOG.lessons[0].quiz[0].id}"), "menu"),
    ],
)
def test_what_was_heard_gets_the_same_answer_as_text(
    session: Session, text: str, typed: str
) -> None:
    asked = is_heard(session, text)
    assert place(asked) == "voices.read_back"
    assert f"Saya dengar: “{text}”" in words(asked)
    confirmed, written = say(asked.session, typed), say(session, text)
    assert messages(confirmed.events) == messages(written.events)
    assert place(confirmed) == place(written)
    assert confirmed.session.answers == written.session.answers


@pytest.mark.parametrize(("flow", "node"), [w for w in HEARD_IN if w[0] != "voices"])
def test_a_no_leads_back_to_where_it_was_recorded(flow: str, node: str) -> None:
    before, person = at(flow, node), person_of(flow)
    asked = is_heard(before, "gaji dua belas juta", person=person)
    sprint = say(asked.session, "2", person)
    assert_answered(sprint)
    assert "sekali lagi" in words(sprint)
    assert place(sprint) == f"{flow}.{node}"
    assert sprint.session.answers == before.answers


def test_words_typed_instead_count_instead() -> None:
    session = at("check_recruiter", "ask_name")
    asked = is_heard(session, "PT Mayu Daya")
    typed, written = say(asked.session, "PT Maju Jaya"), say(session, "PT Maju Jaya")
    assert messages(typed.events) == messages(written.events)


def test_a_lesson_that_was_interrupted_is_not_lost() -> None:
    lesson = CATALOG.lessons[0]
    before = at(f"lesson_{lesson.id}", f"card_{lesson.cards[1].id}")
    away = say(is_heard(before, "apa itu calo").session, "menu")
    assert f"lesson_{lesson.id}" in away.session.kept
    back = say(is_heard(before, "apa itu calo").session, "2")
    assert f"lesson_{lesson.id}" not in back.session.kept


def test_of_two_voices_the_second_counts_and_leads_back_before_the_first() -> None:
    session = at("check_recruiter", "ask_name")
    second = is_heard(is_heard(session, "satu dua").session, "PT Maju Jaya")
    assert messages(say(second.session, "1").events) == messages(
        say(session, "PT Maju Jaya").events
    )


def test_danger_that_was_heard_names_the_numbers_before_it_asks() -> None:
    asked = is_heard(Session(), "tolong saya disekap majikan")
    assert place(asked) == "voices.read_back"
    first = messages(asked.events)[0].text
    assert first.index("110") < first.index("Saya dengar")
    assert place(say(asked.session, "1")) == "tip_off.danger_first"


@pytest.mark.parametrize("heard", ["buka", "lapor", "aman"])
def test_no_word_counts_before_it_is_confirmed(heard: str) -> None:
    """Heard wrongly, it must neither open what AMAN has hidden nor hide anything."""
    for hushed in (True, False):
        session = msgspec.structs.replace(at("welcome", "menu"), hushed=hushed)
        sprint = is_heard(session, heard)
        assert place(sprint) == "voices.read_back"
        assert sprint.session.hushed is hushed


def test_a_report_is_not_interrupted() -> None:
    before = at("tip_off", "danger")
    sprint = is_heard(before, "tolong saya disekap majikan")
    assert place(sprint) == "tip_off.danger"
    assert "belum masuk laporan" in words(sprint)
    assert "110" in words(sprint)


def test_an_identity_number_is_masked() -> None:
    asked = is_heard(Session(), "NIK saya 3502010101900001")
    assert "3502010101900001" not in words(asked) + repr(asked.session)


@pytest.mark.parametrize(
    ("outcome", "said"),
    [
        ("unclear", "tidak jelas"),
        ("damaged", "tidak jelas"),
        ("too_hard", "tidak jelas"),
        ("too_long", "paling lama 2 menit"),
        ("too_large", "paling lama 2 menit"),
        ("not_fetched", "tidak sampai"),
    ],
)
def test_what_could_not_be_heard_is_said(outcome: str, said: str) -> None:
    sprint = is_heard(at("check_recruiter", "ask_name"), "", outcome)
    assert said in words(sprint)
    assert place(sprint) == "check_recruiter.ask_name"


def test_danger_in_the_words_under_it_is_heard_first() -> None:
    sprint = records(talk("menu").session, "tolong, adik saya disekap")
    assert place(sprint) == "tip_off.danger_first"
    assert of_kind(sprint, AttachmentSent), "and the voice is evidence"


def test_in_a_report_it_is_an_attachment() -> None:
    sprint = records(at("tip_off", "who"))
    assert of_kind(sprint, AttachmentSent) and not of_kind(sprint, VoiceSent)


# ---- for the officer


@pytest.mark.parametrize(
    ("session", "ports"),
    [(Session(), DEAF), (at("ask_human", "question"), FakePorts(tips={}))],
)
def test_the_officer_gets_a_question_with_the_voice(session: Session, ports: FakePorts) -> None:
    sprint = records(session, ports=ports)
    opened, sent = (e for e in sprint.events if not isinstance(e, MessageCreated))
    assert isinstance(opened, TipOpened) and opened.topic == "question"
    assert sent == AttachmentSent("file-1", "voice", receipt=opened.receipt)
    told = words(sprint)
    assert "Saya tidak mendengarkan pesan suara ini" in told
    assert told.index("110") < told.index("paling lambat"), "danger can't be heard in it"
    assert opened.receipt in told
    assert not sprint.session.answers


def test_without_anybody_there_nothing_is_promised() -> None:
    sprint = records(Session(), ports=replace(DEAF, reachable=False))
    assert "belum ada petugas yang bisa dihubungi" in words(sprint)


def test_what_follows_belongs_to_the_same_question() -> None:
    ports = FakePorts(hears=False, tips={12: QUESTION})
    sprint = records(Session(), ports=ports)
    assert sprint.events[0] == AttachmentSent("file-1", "voice", "t1")
    assert "teruskan juga" in words(sprint) and "110" in words(sprint)
    assert not of_kind(sprint, TipOpened)


@pytest.mark.parametrize(
    "other",
    [
        replace(QUESTION, topic="report"),
        replace(QUESTION, status="closed"),
        replace(QUESTION, opened_at=NOW - timedelta(hours=2)),
    ],
)
def test_what_does_not_follow_is_a_new_question(other: TipView) -> None:
    ports = FakePorts(hears=False, tips={12: other})
    assert of_kind(records(Session(), ports=ports), TipOpened)


def test_a_question_takes_only_so_many() -> None:
    ports = FakePorts(hears=False, tips={12: QUESTION}, files=Attachments(19, 1))
    sprint = records(Session(), ports=ports)
    assert "terlalu banyak" in words(sprint)
    assert not of_kind(sprint, AttachmentSent)


def test_an_officer_asks_no_officer() -> None:
    sprint = records(Session(), ports=DEAF, person=OFFICER)
    assert not of_kind(sprint, TipOpened)
    assert "hanya bisa membaca" in words(sprint)


def test_the_question_that_is_asked_for_there_exists() -> None:
    assert isinstance(CATALOG.flows["ask_human"].nodes["question"], Ask)
