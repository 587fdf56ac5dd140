"""What the engine makes of answers, buttons, half-done conversations and time."""

from dataclasses import replace
from datetime import timedelta

import pytest

from flows import engine
from flows.events import DraftDropped, OptedIn, OptedOut, TipOpened
from flows.nodes import Choose
from flows.officer_events import TipQuestionAsked
from flows.ports import Person
from flows.session import Frame, Session
from flows.waits import wakes_at
from tests.flows.ports import NGRAYUN, NOW, RECEIPT, FakePorts
from tests.flows.talking import (
    ANSWERS,
    CATALOG,
    OFFICER,
    VILLAGER,
    WAITS,
    answers_of,
    assert_answered,
    at,
    messages,
    place,
    say,
    talk,
    wake,
    words,
)

# ---- typed answers


@pytest.mark.parametrize(
    "typed",
    ["1", "satu", "siji", "hiji", "①", "1️⃣", "１", "no 1", "nomor 1", "yang nomor satu aja ya",
     "Belajar 3 menit", "belajar", "blajar", "BELAJAR!", "1. Belajar 3 menit"],
)  # fmt: skip
def test_a_choice_by_number_word_label_or_typo(typed: str) -> None:
    assert place(say(at("welcome", "menu"), typed)) == "lessons.start"


@pytest.mark.parametrize("typed", ["Dokumen yang wajib", "dokumen yg wajib"])
def test_a_lesson_is_found_by_its_title_on_any_page_and_anywhere(typed: str) -> None:
    for flow, node in (("lessons", "start"), ("lessons", "which_page"), ("welcome", "menu")):
        assert say(at(flow, node), typed).session.flow == "lesson_dokumen"


@pytest.mark.parametrize("typed", ["ijazah", "surat nikah", "surat nika"])
def test_a_lesson_is_found_by_its_keyword_on_any_page(typed: str) -> None:
    for node in ("chapters_whole", "which_page"):
        assert say(at("lessons", node), typed).session.flow == "lesson_dokumen"


@pytest.mark.parametrize("typed", ["2", "Dokumen dan paspor", "dokumen dan pasport"])
def test_an_option_by_number_label_typo_or_keyword(typed: str) -> None:
    assert place(say(at("lessons", "chapters_whole"), typed)) == "lessons.which_whole"


@pytest.mark.parametrize("typed", ["1", "Tidak tahu", "tidak"])
def test_a_question_may_be_skipped_by_its_label(typed: str) -> None:
    sprint = say(at("tip_off", "when"), typed)
    assert place(sprint) == "tip_off.read_back"  # the rest was told already
    assert sprint.session.answers["when"] == ANSWERS["when"]


@pytest.mark.parametrize("typed", ["gak tahu", "lupa", "ora ngerti"])
def test_a_question_may_be_skipped_by_its_choice_words(typed: str) -> None:
    sprint = say(at("tip_off", "when"), typed)
    assert sprint.session.answers["when"] == ANSWERS["when"]


def test_not_understood_says_more_the_second_time() -> None:
    first = say(at("welcome", "delete_ask"), "hmm apa ya")
    second = say(first.session, "hmm apa ya")
    assert (first.session.misses, second.session.misses) == (1, 2)
    assert words(first) != words(second)
    assert "MENU" in words(second)


def test_danger_is_heard_in_the_middle_of_something_else() -> None:
    sprint = say(at("welcome", "consent"), "tolong anak saya disekap")
    assert place(sprint) == "tip_off.danger_first"
    assert "110" in words(sprint)
    assert sprint.session.answers["what"] == "tolong anak saya disekap"


@pytest.mark.parametrize(
    ("flow", "node"), [("ask_human", "question"), ("check_recruiter", "ask_name")]
)
def test_danger_is_heard_where_words_are_asked(flow: str, node: str) -> None:
    assert "110" in words(say(at(flow, node), "tolong anak saya disekap"))


# ---- buttons


def test_a_button_of_the_present_question() -> None:
    sprint = say(at("tip_off", "danger"), "", payload="tip_off.danger.none")
    assert place(sprint) == "tip_off.read_back"  # the rest was told already


def test_an_old_button_puts_the_present_question_again() -> None:
    sprint = say(at("tip_off", "what"), "Ya", payload="tip_off.danger.now")
    assert place(sprint) == "tip_off.what"
    assert "sudah lewat" in words(sprint)


def test_an_old_menu_still_works_and_keeps_what_was_half_done() -> None:
    sprint = say(at("tip_off", "what"), "", payload="welcome.menu.learn")
    assert place(sprint) == "lessons.start"
    assert sprint.session.kept["tip_off"].node == "what"


@pytest.mark.parametrize(
    "payload",
    ["x", ".", "..", "welcome", "welcome.menu", "welcome.menu.", "welcome.menu.zzz",
     "welcome.nothing.1", "nothing.menu.1", "lessons.start.99", "lessons.start.-1",
     "lessons.start.zzz", "welcome.start.x", "tip_off.open.x", "officer_desk.taken.x",
     "lessons.start.٣", "resume.ask.continue"],
)  # fmt: skip
def test_a_payload_that_nobody_was_given(payload: str) -> None:
    assert_answered(say(Session(), "", payload=payload))
    assert_answered(say(at("lessons", "start"), "", payload=payload))


def test_a_payload_with_a_strange_digit() -> None:
    assert_answered(say(at("lessons", "start"), "", payload="lessons.start.²"))


# ---- half done


def half_done() -> Session:
    """A report left at "when?" for the menu."""
    return say(at("tip_off", "when"), "MENU").session


def test_what_was_half_done_is_offered_again_after_days() -> None:
    later = FakePorts().later(timedelta(days=2))
    sprint = say(half_done(), "lapor", ports=later)
    assert place(sprint) == "resume.ask"
    taken_up = say(sprint.session, "lanjut", ports=later)
    assert place(taken_up) == "tip_off.when"
    assert taken_up.session.answers == answers_of("tip_off")
    assert not taken_up.session.kept


def test_or_begun_afresh() -> None:
    asked = say(half_done(), "lapor")
    fresh = say(asked.session, "dari awal")
    assert place(fresh) == "tip_off.before"
    assert not fresh.session.answers
    assert not fresh.session.kept


def test_a_half_done_report_is_forgotten_after_its_days() -> None:
    session = half_done()
    over = FakePorts().later(CATALOG.flows["tip_off"].expires)
    assert wakes_at(CATALOG, session) == int(over.now.timestamp())
    after = wake(session, over)
    assert not after.session.kept
    assert not messages(after.events)


def test_going_on_with_what_has_expired_begins_afresh() -> None:
    asked = say(half_done(), "lapor").session
    over = FakePorts().later(timedelta(days=4))
    waited = wake(asked, over).session
    assert_answered(say(waited, "1", ports=over))


@pytest.mark.parametrize("frame", [("lesson_gone", "card_x"), ("tip_off", "gone")])
def test_a_kept_flow_that_is_no_more(frame: tuple[str, str]) -> None:
    name, node = frame
    session = Session(kept={name: Frame(node, {"what": "x"}, int(NOW.timestamp()))})
    assert place(say(session, "MENU")) == "welcome.menu"
    asked = say(session, "lapor")
    assert messages(asked.events)
    assert_answered(say(asked.session, "1"))


def test_a_wait_that_is_no_more_begins_afresh() -> None:
    for session in (Session(flow="gone", node="x"), Session(flow="tip_off", node="gone")):
        assert place(say(session, "halo")) == "welcome.menu"


def test_a_menu_button_where_the_flow_is_no_more() -> None:
    session = Session(flow="gone", node="x", answers={"a": "b"})
    assert_answered(say(session, "", payload="welcome.menu.learn"))


def test_a_finished_lesson_is_not_half_done() -> None:
    assert not say(at("lesson_calo", "action"), "MENU").session.kept


# ---- time


def test_one_neutral_nudge_and_a_quiet_end() -> None:
    flow = CATALOG.flows["tip_off"]
    assert flow.nudge_after
    session, ports = at("tip_off", "what"), FakePorts()
    nudge_at = ports.later(flow.nudge_after)
    assert wakes_at(CATALOG, session) == int(nudge_at.now.timestamp())
    nudged = wake(session, nudge_at)
    assert len(messages(nudged.events)) == 1
    assert "lapor" not in words(nudged).casefold()
    assert place(nudged) == "tip_off.what"
    again = wake(nudged.session, nudge_at)
    assert not again.events
    over = ports.later(flow.expires)
    assert wakes_at(CATALOG, nudged.session) == int(over.now.timestamp())
    ended = wake(nudged.session, over)
    assert ended.events == [DraftDropped()]
    assert ended.session == Session(waits_since=session.waits_since)


def test_a_wait_ends_by_its_own_hour() -> None:
    session = at("tip_status", "shown")
    over = FakePorts().later(timedelta(hours=1))
    assert wakes_at(CATALOG, session) == int(over.now.timestamp())
    assert not wake(session, over).session.flow


def test_a_menu_never_wakes_anybody() -> None:
    assert wakes_at(CATALOG, at("welcome", "menu")) is None
    assert wakes_at(CATALOG, Session()) is None


# ---- whole conversations


def test_a_new_villager_is_greeted_once() -> None:
    new = Person("telegram", is_new=True)
    assert place(say(Session(), "halo", new)) == "welcome.consent"
    assert place(say(Session(), "xyzzy", new)) == "welcome.asked_consent"
    assert "Saya mesin" in words(say(Session(), "LAPOR", new))
    assert "Saya mesin" in words(say(Session(), "anak saya disekap", new))


def test_stop_and_start() -> None:
    assert talk("STOP").events[0] == OptedOut()
    back = say(Session(), "MULAI", replace(VILLAGER, opted_out=True))
    assert OptedIn() in back.events
    assert OptedIn() not in say(Session(), "MULAI").events


def test_a_report_from_end_to_end() -> None:
    lines = ("LAPOR", "1", "3", "Pak X membawa anak saya, NIK 3502020202000001", "ngrayun", "ya",
             "kemarin", "boleh")  # fmt: skip
    asked = talk(*lines)
    assert place(asked) == "tip_off.read_back"
    assert "3502020202000001" not in words(asked)
    sent = say(asked.session, "kirim")
    opened = next(event for event in sent.events if isinstance(event, TipOpened))
    assert (opened.place_code, opened.urgency, opened.topic) == (NGRAYUN.code, "none", "report")
    assert RECEIPT in words(sent)
    assert not sent.session.answers
    assert not sent.session.kept


def test_officer_words_work_in_every_state() -> None:
    for flow, node in WAITS:
        if isinstance(CATALOG.flows[flow].nodes[node], Choose):
            assert_answered(say(at(flow, node), "AMBIL 12", OFFICER))


@pytest.mark.parametrize(("typed", "to"), [("Tanya", "ask_words"), ("Tutup", "close_choose")])
def test_an_officer_may_type_a_label(typed: str, to: str) -> None:
    assert place(say(at("officer_desk", "mine"), typed, OFFICER)) == f"officer_desk.{to}"


def test_an_officers_question_may_begin_with_a_command_word() -> None:
    sprint = say(at("officer_desk", "ask_words"), "Terima kasih. Di mana kejadiannya?", OFFICER)
    assert any(isinstance(event, TipQuestionAsked) for event in sprint.events)


@pytest.mark.parametrize("typed", ["AMBIL ²", "SIARAN ²"])
def test_an_officers_strange_digit(typed: str) -> None:
    assert_answered(say(Session(), typed, OFFICER))


def test_a_tip_that_is_gone_while_its_officer_reads() -> None:
    assert_answered(say(at("officer_desk", "tip"), "hmm", OFFICER, FakePorts(tips={})))


def test_group_commands_answer_and_keep_nothing() -> None:
    for node in sorted(set(CATALOG.group_commands.values())):
        for typed in ("", "PT Maju Jaya", "syarat umur berapa", "WXYZ"):
            sprint = engine.begin(
                CATALOG, f"village_group:{node}", typed, Person("group"), FakePorts()
            )
            assert messages(sprint.events)
            assert sprint.session == Session()
