"""Assisted mode: two people look at one phone, and nothing of its owner is on the screen."""

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from flows import assisted
from flows.engine import Sprint
from flows.events import AttachmentTaken, LessonReached, MessageCreated, OptedOut, TipOpened
from flows.nodes import Choose
from flows.ports import Person, Remembered
from flows.session import Frame, Input, Owed, Session
from flows.waits import wakes_at
from tests.flows.ports import LISTED, RECEIPT, TIP, FakePorts
from tests.flows.talking import (
    CATALOG,
    EVERYWHERE,
    OFFICER,
    VILLAGER,
    WAITS,
    assert_answered,
    at,
    messages,
    place,
    say,
    take,
    talk,
    wake,
    words,
)

PEOPLE = [VILLAGER, OFFICER, replace(VILLAGER, is_new=True, consented=False, place=None)]
OPEN = [
    (flow, node)
    for flow, node in WAITS
    if flow in ("assisted", "lessons", "check_recruiter", "free_text") or flow.startswith("lesson_")
]
"""Every question that can wait while somebody is assisted."""
LESSON = f"lesson_{CATALOG.lessons[0].id}"
OF_TIPS = (
    "#12",
    "12 dari",
    RECEIPT,
    "Mobilnya putih",
    "Ibu Dewi",
    "calo di rumah pak",
    "sudah Anda",
)
"""What only a report, its reporter's draft or its officer's work would bring onto the screen."""
DRAFT = {"what": "calo di rumah pak Karto", "when": "kemarin"}


def ports() -> FakePorts:
    """Of somebody with a case that has news, a question from an officer, and work of their own."""
    tip = replace(TIP, owner="Ibu Dewi", urgency="now")
    return FakePorts(
        tips={12: tip}, has_news=True, messages={"t1": ("Mobilnya putih?",)}, watched=("PT Lama",)
    )


def assisting(flow: str = "assisted", node: str = "start") -> Session:
    """Waits there, with a half-done report and a told-later of the phone's owner set aside."""
    session = at(flow, node)
    session.assisting = True
    session.kept = {"tip_off": Frame("where_ask", dict(DRAFT), session.waits_since)}
    session.owed = [Owed("tip_off.sent_incomplete", {"receipt": RECEIPT, "numbers": "110"},
                         session.waits_since)]  # fmt: skip
    return session


def over(sprint: Sprint) -> bool:
    return not sprint.session.assisting


def assert_nothing_of_a_tip(sprint: Sprint) -> None:
    told = words(sprint)
    assert not [part for part in OF_TIPS if part in told]
    shown = [button.label for message in messages(sprint.events) for button in message.buttons]
    assert "Ambil" not in shown
    kept = {type(event) for event in sprint.events} - {MessageCreated, OptedOut}
    assert over(sprint) or not kept, kept


# ---- what is on the screen


TYPED = st.one_of(
    st.sampled_from([*EVERYWHERE, *"12345", "ya", "lanjut", "SELESAI", "PT Maju Jaya", "DAMPINGI"]),
    st.sampled_from(
        [f"KODE {RECEIPT}", RECEIPT, "kode", "TUGAS", "DAFTAR SEMUA", "AMBIL 12", "BACA 12",
         "TUTUP 12", "MITRA", "MITRA 12", "laporan saya", "jawab", "tarik laporan", "SIARAN",
         "lapor ada calo", "tanya petugas", "data saya", "KURSUS", "pimpasa", "siapa yang lapor?",
         "saya disekap, tolong", "biaya paspor berapa", "saya ingin mati", "halo", "terima kasih"]
    ),
    st.text(st.characters(codec="utf-8"), max_size=60),
)  # fmt: skip


@given(st.sampled_from(OPEN), st.sampled_from(PEOPLE), st.lists(TYPED, min_size=1, max_size=6))
@settings(max_examples=400, deadline=None)
def test_nothing_of_a_tip_is_ever_said(
    where: tuple[str, str], owner: Person, typed: list[str]
) -> None:
    """Whatever is typed, until the mode ends; and nobody's progress, watch or report comes of it."""
    session, here = assisting(*where), ports()
    for text in typed:
        sprint = say(session, text, owner, here)
        assert_answered(sprint)
        assert_nothing_of_a_tip(sprint)
        if over(sprint):
            return
        assert sprint.session.kept["tip_off"].answers == DRAFT
        assert sprint.session.owed
        session = sprint.session


@given(st.sampled_from(OPEN), st.sampled_from(WAITS), st.sampled_from("0123456"))
@settings(max_examples=300, deadline=None)
def test_an_old_button_opens_nothing(
    where: tuple[str, str], old: tuple[str, str], number: str
) -> None:
    node = CATALOG.flows[old[0]].nodes[old[1]]
    keys = [choice.key for choice in node.choices] if isinstance(node, Choose) else []
    key = keys[int(number) % len(keys)] if keys else number
    sprint = say(assisting(*where), "", VILLAGER, ports(), payload=f"{old[0]}.{old[1]}.{key}")
    assert_answered(sprint)
    assert_nothing_of_a_tip(sprint)


@pytest.mark.parametrize("owner", PEOPLE)
@pytest.mark.parametrize(
    "text", ["BUKA", "HAPUS", "MULAI", f"KODE {RECEIPT}", RECEIPT, "laporan saya", "MITRA", "halo"]
)
def test_the_owners_own_is_closed_and_the_question_waits_on(owner: Person, text: str) -> None:
    session = assisting(LESSON, "card_" + CATALOG.lessons[0].cards[0].id)
    assert session.flow.startswith("lesson_")
    for _ in range(2):
        sprint = say(session, text, owner, ports())
        assert "Tulis SELESAI dulu" in words(sprint)
        assert sprint.session.node == session.node
        assert not over(sprint)
        session = sprint.session


def test_an_officers_commands_are_unknown() -> None:
    for text in ("TUGAS", "AMBIL 12", "DAFTAR SEMUA", "TUTUP 12"):
        assert place(say(at("welcome", "menu"), text, OFFICER, ports())).startswith("officer_desk")
        sprint = say(assisting(), text, OFFICER, ports())
        assert "Tulis SELESAI dulu" in words(sprint)
        assert not over(sprint)
        assert_nothing_of_a_tip(sprint)


# ---- reading aloud


def test_a_lesson_is_read_aloud_and_leaves_nothing() -> None:
    lesson = CATALOG.lessons[0]
    sprint = say(assisting("lessons", "start"), "1", VILLAGER, ports())
    assert words(sprint).startswith("Bacakan:\n\n" + lesson.cards[0].text)
    events = list(sprint.events)
    for _ in lesson.cards:
        sprint = say(sprint.session, "lanjut", VILLAGER, ports())
        events += sprint.events
    for item in lesson.quiz:
        right = next(n for n, choice in enumerate(item.choices, 1) if choice.correct)
        sprint = say(sprint.session, str(right), VILLAGER, ports())
        assert words(sprint).count("Bacakan:") == 1
        events += sprint.events
    assert lesson.action.text in words(sprint)
    assert not [event for event in events if not isinstance(event, MessageCreated)]
    assert place(say(sprint.session, "Kembali ke menu", VILLAGER, ports())) == "assisted.start"


def test_the_same_lesson_is_kept_outside_the_mode() -> None:
    """The row that shows what the mode holds back."""
    last = CATALOG.lessons[0].quiz[-1]
    asked = at(f"lesson_{CATALOG.lessons[0].id}", f"quiz_{last.id}")
    assert any(isinstance(event, LessonReached) for event in say(asked, "1").events)
    asked.assisting = True
    assert not any(isinstance(event, LessonReached) for event in say(asked, "1").events)


def test_a_half_done_lesson_of_the_owner_is_not_offered() -> None:
    lesson = CATALOG.lessons[0]
    session = talk("dampingi").session
    session.kept[f"lesson_{lesson.id}"] = Frame(f"quiz_{lesson.quiz[0].id}", {"right": "3"}, 0)
    session.flow, session.node = "lessons", "start"
    sprint = say(session, "1")
    assert lesson.cards[0].text in words(sprint)
    assert sprint.session.kept[f"lesson_{lesson.id}"].answers == {"right": "3"}


def test_a_check_is_read_aloud_and_offers_no_watch() -> None:
    verdict = talk("dampingi", "2", "PT Maju Jaya")
    assert words(verdict).startswith("Bacakan:\n\n" + LISTED.name)
    labels = [button.label for button in messages(verdict.events)[-1].buttons]
    watch = CATALOG.wording.say("check_recruiter.watch")
    assert watch not in labels
    outside = talk("cek PT Maju Jaya")
    assert watch in [button.label for button in messages(outside.events)[-1].buttons]


# ---- beginning and end


def test_it_begins_by_a_word_and_sets_aside_what_was_half_done() -> None:
    session = at(LESSON, "card_" + CATALOG.lessons[0].cards[1].id)
    sprint = say(session, "dampingi", VILLAGER)
    assert place(sprint) == "assisted.start"
    assert sprint.session.assisting
    assert session.flow in sprint.session.kept


@pytest.mark.parametrize(("flow", "node"), OPEN)
@pytest.mark.parametrize("word", ["SELESAI", "selesai!", "sudah selesai", "MENU", "/menu", "menu"])
def test_it_ends_from_every_question(flow: str, node: str, word: str) -> None:
    sprint = say(assisting(flow, node), word, VILLAGER, ports())
    assert over(sprint)
    assert place(sprint) == "welcome.menu"
    assert "Pendampingan selesai." in words(sprint)
    assert not sprint.session.answers
    assert sprint.session.kept["tip_off"].answers == DRAFT


def test_what_was_owed_is_told_after_the_end() -> None:
    ended = say(assisting(), "selesai", VILLAGER, ports())
    assert RECEIPT not in words(ended)
    assert RECEIPT in words(say(ended.session, "menu", VILLAGER, ports()))


@pytest.mark.parametrize(("flow", "node"), OPEN)
def test_silence_ends_it(flow: str, node: str) -> None:
    session = assisting(flow, node)
    session.kept = {}
    due = session.waits_since + assisted.SILENCE.total_seconds()
    assert wakes_at(CATALOG, session) == due
    early = wake(session, ports().later(assisted.SILENCE - timedelta(seconds=1)))
    assert early.session.assisting
    late = wake(session, ports().later(assisted.SILENCE))
    assert over(late)
    assert not late.session.flow
    assert not words(late)
    # The clock may come later than the person.
    spoke = say(session, "1", OFFICER, ports().later(assisted.SILENCE))
    assert over(spoke)
    assert place(say(spoke.session, "TUGAS", OFFICER, ports())) == "officer_desk.list"


def test_a_cry_that_the_owner_left_still_goes_out_and_is_not_spoken_of() -> None:
    aside = talk("disekap majikan, tolong", "ya", "menu", "dampingi")
    assert aside.session.assisting
    assert "tip_off" in aside.session.kept
    here = FakePorts().later(timedelta(minutes=20))
    sprint = take(aside.session, Input("timeout"), VILLAGER, here)
    assert any(isinstance(event, TipOpened) for event in sprint.events)
    assert sprint.session.assisting
    assert RECEIPT not in words(sprint)


def test_cancel_goes_back_to_the_beginning_of_the_mode() -> None:
    sprint = say(assisting("check_recruiter", "ask_name"), "BATAL", VILLAGER, ports())
    assert place(sprint) == "assisted.start"
    assert sprint.session.kept["tip_off"].answers == DRAFT


def test_stop_stops_and_asks_nothing_about_a_case() -> None:
    sprint = say(assisting(), "STOP", VILLAGER, ports())
    assert over(sprint)
    assert OptedOut() in sprint.events
    assert sprint.session.flow == ""
    assert "laporan" not in words(sprint).casefold()
    assert sprint.session.kept["tip_off"].answers == DRAFT


def test_hush_leaves_a_lesson_and_no_word_of_the_mode() -> None:
    sprint = say(assisting(), "AMAN", VILLAGER, ports())
    assert over(sprint)
    assert "endampingan" not in words(sprint)
    assert "Bacakan" not in words(sprint)


# ---- a report, danger, a human


@pytest.mark.parametrize("text", ["LAPOR", "lapor ada calo di desa", "3"])
def test_lapor_explains_first(text: str) -> None:
    sprint = say(assisting(), text, VILLAGER, ports())
    assert place(sprint) == "assisted.report"
    assert "orang yang Anda dampingi" in words(sprint)
    assert place(say(sprint.session, "2", VILLAGER, ports())) == "assisted.start"


def test_a_report_begins_with_its_own_notice_and_without_the_mode() -> None:
    explained = say(talk("dampingi").session, "lapor")
    sprint = say(explained.session, "1")
    assert over(sprint)
    assert place(sprint) == "tip_off.before"
    assert CATALOG.wording.say("tip_off.before_seen") in words(sprint)


def test_a_verdict_leads_to_the_explanation_too() -> None:
    verdict = talk("dampingi", "2", "PT Maju Jaya")
    assert place(say(verdict.session, "Lapor")) == "assisted.report"


def test_danger_gets_the_numbers_at_once_and_no_report_by_itself() -> None:
    sprint = say(
        assisting("check_recruiter", "ask_name"), "saya disekap, tolong", VILLAGER, ports()
    )
    assert "Polisi" in words(sprint)
    assert place(sprint) == "assisted.danger_next"
    assert sprint.session.kept["tip_off"].answers == DRAFT
    assert place(say(sprint.session, "1", VILLAGER, FakePorts())).startswith(("tip_off", "resume"))


@pytest.mark.parametrize(("flow", "node"), OPEN)
def test_zero_reaches_a_human(flow: str, node: str) -> None:
    asked = CATALOG.flows[flow].nodes[node]
    if not getattr(asked, "human", False):
        return
    sprint = say(assisting(flow, node), "0", VILLAGER, ports())
    assert over(sprint)
    assert place(sprint) == "ask_human.question"


def test_a_question_is_not_sent_in_the_owners_name() -> None:
    sprint = say(assisting("free_text", "unknown"), "1", VILLAGER, ports())
    assert place(sprint) == "ask_human.question"
    assert not [event for event in sprint.events if not isinstance(event, MessageCreated)]


# ---- pictures


def test_a_picture_is_not_taken() -> None:
    given = Input("picture", media="file-1")
    sprint = take(assisting(), given, VILLAGER, ports())
    assert "tidak dibaca dan tidak disimpan" in words(sprint)
    assert not [event for event in sprint.events if not isinstance(event, MessageCreated)]


def test_an_earlier_picture_waits_for_its_owner() -> None:
    read = Input("picture_read", "PT Rahasia gaji 9 juta", "read")
    sprint = take(assisting(), read, VILLAGER, ports())
    assert not words(sprint)
    on = say(sprint.session, "halo", VILLAGER, ports())
    assert "PT Rahasia" not in words(on)
    ended = say(on.session, "selesai", VILLAGER, ports())
    assert "PT Rahasia" in words(ended)


def test_what_was_sent_to_a_case_goes_in_silently() -> None:
    kept = Input("attachment", payload="kept", media="row", medium="photo", tip_id="t1")
    sprint = take(assisting(), kept, VILLAGER, ports())
    assert sprint.events == [AttachmentTaken("row", "t1")]


def test_a_voice_is_not_heard_and_goes_to_no_officer() -> None:
    for hears in (True, False):
        here = ports()
        here.hears = hears
        sprint = take(assisting(), Input("unreadable", media="f", medium="voice"), VILLAGER, here)
        assert "tidak dibaca dan tidak disimpan" in words(sprint)
        assert not over(sprint)
    heard = Input("voice_heard", "laporan saya tentang Pak Karto")
    assert not words(take(assisting(), heard, VILLAGER, ports()))


# ---- the owner's own learning


def test_the_owner_is_asked_nothing_of_his_own_meanwhile() -> None:
    lesson = CATALOG.lessons[0]
    here = ports()
    here.memories = (Remembered(lesson.id, lesson.quiz[0].id, True, False, False),)
    session = assisting("lessons", "start")
    session.kept, session.owed = {}, []
    push = Input("push", payload="review:unasked")
    assert not take(session, push, VILLAGER, here).events
    on = say(assisting(LESSON, "action"), "1", VILLAGER, here)
    assert place(on) == "lessons.start"
    session.assisting = False
    assert place(say(at(LESSON, "action"), "1", VILLAGER, here)) == "lessons.start_due"
