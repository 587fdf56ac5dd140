"""AMAN, HAPUS, STOP and codes, in every state of every shipped conversation."""

from dataclasses import replace

import pytest

from flows.events import CaseNewsStopped, Hushed, OptedIn, OptedOut, ReceiptTried, TipDetailAdded
from flows.nodes import Choose
from tests.flows.ports import RECEIPT, FakePorts
from tests.flows.talking import (
    ALONE,
    ANSWERS,
    CATALOG,
    OFFICER,
    VILLAGER,
    WAITS,
    at,
    messages,
    person_of,
    place,
    say,
    words,
)

LESSON = f"lesson_{CATALOG.lessons[0].id}"
FIRST = f"{LESSON}.{CATALOG.flows[LESSON].start}"
OF_A_CASE = ("lapor", "kode", "petugas desa", "perkara", "kasus", "batal", "selesai", "aman")
"""What must not stand in the answer to AMAN (the lesson's own words are read below)."""


@pytest.mark.parametrize("word", ["AMAN", "aman", " Aman! ", "/aman"])
@pytest.mark.parametrize(("flow", "node"), WAITS)
def test_aman_is_an_ordinary_lesson_in_every_state(flow: str, node: str, word: str) -> None:
    person = person_of(flow)
    sprint = say(at(flow, node), word, person)
    assert place(sprint) == FIRST
    assert sprint.session.answers == {}
    assert not {"tip_status", "ask_human", "pictures"} & set(sprint.session.kept)
    assert (Hushed() in sprint.events) is (person is VILLAGER)
    (message,) = messages(sprint.events)
    assert message == messages(say(at("welcome", "menu"), word, person).events)[0]


def test_the_lesson_of_aman_speaks_of_no_case() -> None:
    text = words(say(at("welcome", "menu"), "aman")).casefold()
    assert not [word for word in OF_A_CASE if word in text]


def test_a_draft_is_kept_out_of_sight_until_lapor() -> None:
    hushed = say(at("tip_off", "when"), "aman").session
    assert hushed.kept["tip_off"].answers["what"] == ANSWERS["what"]
    for word in ("menu", "bantuan", "halo", "buka", "belajar", "lanjut", "hapus", RECEIPT):
        told = words(say(hushed, word))
        assert "belum selesai" not in told
        assert ANSWERS["what"] not in told
    assert say(hushed, "lapor").session.flow == "resume"


def test_aman_among_other_words_is_an_answer() -> None:
    """ "Apakah ada yang dalam bahaya?" - "aman kok"."""
    assert not say(at("tip_off", "what"), "di sini aman saja kok").session.flow.startswith("lesson")
    assert place(say(at("tip_off", "danger"), "aman aja")).startswith("tip_off.")


@pytest.mark.parametrize("channel", ["whatsapp", "telegram", "simulator"])
def test_hapus_says_how_the_chat_is_deleted_and_what_we_can_delete(channel: str) -> None:
    sprint = say(at("welcome", "menu"), "HAPUS", replace(VILLAGER, channel=channel))
    told = words(sprint)
    assert "hanya bisa Anda hapus sendiri" in told
    assert "Laporan yang sudah terkirim tetap ada pada petugas" in told
    assert ("iPhone" in told) is (channel == "whatsapp")
    assert place(sprint) == "welcome.delete_ask"


@pytest.mark.parametrize(("flow", "node"), ALONE)
def test_a_code_is_heard_at_every_question_and_never_repeated(flow: str, node: str) -> None:
    person = person_of(flow)
    for code in (RECEIPT, RECEIPT.lower().replace("-", " "), f"kode saya {RECEIPT}"):
        sprint = say(at(flow, node), code, person)
        assert ReceiptTried("t1") in sprint.events
        assert place(sprint) == "tip_status.shown"
        assert RECEIPT not in words(sprint)
    unknown = say(at(flow, node), "2222-33AA-4444", person)
    assert ReceiptTried() in unknown.events
    assert "2222" not in words(unknown)


def test_a_code_inside_an_answer_is_part_of_the_answer() -> None:
    told = f"Ini tambahan, calonya datang lagi, {RECEIPT} itu kodenya"
    assert place(say(at("tip_off", "what"), told)) != "tip_status.shown"
    assert place(say(at("welcome", "menu"), told)) == "tip_status.shown"


# ---- STOP


def test_stop_asks_once_whether_messages_of_an_open_case_may_come() -> None:
    ports = FakePorts(has_news=True)
    asked = say(at("welcome", "menu"), "stop", ports=ports)
    assert place(asked) == "stopping.ask"
    assert OptedOut() in asked.events
    assert CaseNewsStopped() not in asked.events
    assert CaseNewsStopped() in say(asked.session, "tidak", ports=ports).events
    assert CaseNewsStopped() not in say(asked.session, "ya", ports=ports).events
    ports.has_news = False  # as the world answers: nothing was opened since
    again = say(asked.session, "stop", replace(VILLAGER, opted_out=True), ports)
    assert CaseNewsStopped() in again.events
    assert not again.session.flow


def test_the_question_of_stop_does_not_say_what_it_is_about() -> None:
    told = words(say(at("welcome", "menu"), "stop", ports=FakePorts(has_news=True))).casefold()
    assert not [word for word in ("lapor", "perkara", "kasus", "kode", "petugas") if word in told]


@pytest.mark.parametrize(
    "where",
    [
        "tip_status.code",
        "tip_status.shown",
        "tip_status.closed",
        "tip_status.which",
        "stopping.ask",
    ],
)
def test_a_cry_for_help_is_heard_where_no_story_is_told(where: str) -> None:
    flow, _, node = where.partition(".")
    assert place(say(at(flow, node), "tolong saya disekap di gudang")) == "tip_off.danger_first"


def test_a_cry_instead_of_a_contact_goes_to_the_officer_at_once() -> None:
    sprint = say(at("tip_status", "share_words"), "tolong saya disekap di gudang")
    assert TipDetailAdded("t1", "tolong saya disekap di gudang", danger=True) in sprint.events
    assert "Telepon dulu" in words(sprint)


@pytest.mark.parametrize(("stopped", "quiet"), [(True, False), (False, True), (False, False)])
def test_mulai_brings_back_whoever_was_silenced(stopped: bool, quiet: bool) -> None:
    person = replace(VILLAGER, opted_out=stopped, quiet=quiet)
    events = say(at("welcome", "menu"), "mulai", person).events
    assert (OptedIn() in events) is (stopped or quiet)


# ---- what comes unasked


@pytest.mark.parametrize("key", ["notice.news", "common.nudge"])
def test_what_comes_unasked_says_nothing_of_a_case(key: str) -> None:
    text = CATALOG.wording.raw(key).casefold()
    assert "{" not in text
    said = ("lapor", "petugas", "perkara", "kasus", "kode", "pertanyaan", "jawaban", "calo")
    assert not [word for word in said if word in text]


def test_every_wait_but_menus_ends_by_itself() -> None:
    """A case that was opened does not stay open on the phone."""
    flow = CATALOG.flows["tip_status"]
    assert flow.expires.total_seconds() <= 3600
    assert not any(isinstance(node, Choose) and node.open for node in flow.nodes.values())


def test_an_officer_only_gets_a_lesson() -> None:
    assert Hushed() not in say(at("officer_desk", "list"), "aman", OFFICER).events
