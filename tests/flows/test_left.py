"""A report that was left: asked about on return, sent in danger, told of first, never in a push."""

from dataclasses import replace
from datetime import timedelta

import pytest

from flows import engine
from flows.events import OptedOut, TipOpened
from flows.left import HUSH, OWED_STAYS, come_back
from flows.session import Frame, Input, Owed, Session
from flows.tip_off_send import SENT_AFTER, SENT_AFTER_NOW
from flows.waits import wakes_at
from tests.flows.ports import NOW, RECEIPT, FakePorts
from tests.flows.talking import (
    CATALOG,
    VILLAGER,
    assert_answered,
    at,
    messages,
    place,
    say,
    talk,
    words,
)

MINUTE = timedelta(minutes=1)
DRAFT = {"what": "Anak saya dibawa calo", "consent": "v", "danger": "yes", "asked": "where"}


def waiting(node: str = "where_ask", **answers: str) -> Session:
    since = int(NOW.timestamp())
    return Session(flow="tip_off", node=node, answers=DRAFT | answers, waits_since=since)


def after(session: Session, by: timedelta) -> engine.Sprint:
    return engine.resume(CATALOG, session, Input("timeout"), VILLAGER, FakePorts().later(by))


def opened(sprint: engine.Sprint) -> list[TipOpened]:
    return [event for event in sprint.events if isinstance(event, TipOpened)]


# ---- sent without them


def test_a_sign_of_danger_is_sent_half_an_hour_after_the_nudge() -> None:
    nudged = after(waiting(), timedelta(hours=2))
    assert not opened(nudged)
    assert wakes_at(CATALOG, nudged.session) == int((NOW + SENT_AFTER).timestamp())
    assert not opened(after(nudged.session, SENT_AFTER - MINUTE))
    sent = after(nudged.session, SENT_AFTER)
    (tip,) = opened(sent)
    assert (tip.topic, tip.urgency, tip.report["incomplete"]) == ("report", "soon", "yes")
    assert tip.report["contact"] == "yes"
    assert DRAFT["what"] not in repr(sent.session)
    assert not opened(after(sent.session, SENT_AFTER + MINUTE))


def test_danger_that_was_confirmed_is_sent_after_a_quarter_of_an_hour() -> None:
    session = waiting(urgency="now")
    assert not opened(after(session, SENT_AFTER_NOW - MINUTE))
    assert opened(after(session, SENT_AFTER_NOW))[0].urgency == "now"


def test_the_push_says_nothing_of_a_case() -> None:
    (message,) = messages(after(waiting(), SENT_AFTER).events)
    assert message.text == CATALOG.wording.raw("notice.news")


@pytest.mark.parametrize("gone", [{"danger": ""}, {"consent": ""}, {"what": ""}])
def test_what_is_never_sent(gone: dict[str, str]) -> None:
    assert not opened(after(waiting(**gone), timedelta(hours=71)))


def test_a_hidden_reporter_is_not_given_a_return_address() -> None:
    (tip,) = opened(after(waiting(hidden="yes"), SENT_AFTER))
    assert not tip.keep_return_address
    assert "contact" not in tip.report


@pytest.mark.parametrize("word", ["menu", "0", "aman", "apa"])
def test_a_cry_that_was_not_answered_is_sent_wherever_its_sender_went(word: str) -> None:
    cry = say(Session(), "tolong anak saya disekap")
    assert "kami teruskan ke petugas" in words(cry)
    assert opened(after(cry.session, SENT_AFTER))
    elsewhere = after(say(cry.session, word).session, SENT_AFTER)
    assert opened(elsewhere)
    assert bool(messages(elsewhere.events)) is (word != "aman")


@pytest.mark.parametrize("word", ["tidak", "ini bukan laporan", "batal"])
def test_a_cry_that_was_answered_with_a_no_is_not_sent(word: str) -> None:
    cry = say(Session(), "tolong anak saya disekap").session
    answered = say(cry, word).session
    assert not opened(after(answered, SENT_AFTER))
    assert not opened(after(say(answered, "menu").session, SENT_AFTER))


@pytest.mark.parametrize("word", ["batal", "stop"])
def test_cancelled_is_cancelled(word: str) -> None:
    assert not opened(after(say(waiting(), word).session, SENT_AFTER))


def test_a_draft_that_was_set_aside_is_sent_too_and_nothing_else_is_disturbed() -> None:
    session = say(say(waiting(), "menu").session, "belajar").session
    assert "tip_off" in session.kept
    sent = after(session, SENT_AFTER)
    assert opened(sent)
    assert place(sent) == "lessons.start"
    assert "tip_off" not in sent.session.kept


# ---- told first


def test_back_they_hear_the_code_before_anything_else() -> None:
    session = after(waiting(), SENT_AFTER).session
    back = say(session, "iya ada apa")
    assert words(back).startswith("Tadi Anda belum selesai")
    assert RECEIPT in words(back)
    assert place(back) == "welcome.menu"
    assert not back.session.owed
    assert RECEIPT not in words(say(back.session, "menu"))


def test_where_nobody_is_there_they_hear_the_numbers_and_no_promise() -> None:
    """It said that an officer had it, while no officer could be told."""
    alone = FakePorts(reachable=False).later(SENT_AFTER)
    session = engine.resume(CATALOG, waiting(), Input("timeout"), VILLAGER, alone).session
    told = words(say(session, "iya ada apa"))
    assert RECEIPT in told
    assert "110" in told
    assert "kami teruskan" not in told


@pytest.mark.parametrize("text", ["menu", "lapor", "buka", "stop", "batal", "0", "belajar"])
def test_a_word_that_means_something_is_also_done(text: str) -> None:
    session = after(waiting(), SENT_AFTER).session
    back = say(session, text)
    assert RECEIPT in messages(back.events)[0].text
    assert (OptedOut() in back.events) is (text == "stop")
    assert_answered(back)


def test_after_the_hushing_word_nothing_is_told_until_they_ask_for_it() -> None:
    catalog = replace(CATALOG, everywhere={**CATALOG.everywhere, HUSH: ("aman",)})
    owed = [Owed("tip_off.sent_incomplete", {"receipt": RECEIPT}, int(NOW.timestamp()))]
    run = engine.Run(catalog, Session(owed=owed), VILLAGER, FakePorts())
    assert not come_back(run, Input("text", "aman"))
    assert not run.bubbles
    session = run.session
    for text in ("halo", "menu", "belajar"):
        sprint = say(session, text)
        assert RECEIPT not in words(sprint)
        session = sprint.session
    assert RECEIPT in words(say(session, "buka"))


def test_hushed_a_draft_is_sent_without_a_push() -> None:
    frame = Frame("where_ask", dict(DRAFT), int(NOW.timestamp()))
    session = Session(kept={"tip_off": frame}, hushed=True)
    sent = after(session, SENT_AFTER)
    assert opened(sent)
    assert not messages(sent.events)


def test_what_is_owed_is_forgotten_after_three_days() -> None:
    session = after(waiting(), SENT_AFTER).session
    over = SENT_AFTER + OWED_STAYS
    assert wakes_at(CATALOG, session) == int((NOW + over).timestamp())
    assert not after(session, over).session.owed


# ---- asked about on return


def nudged(node: str = "where_ask", **answers: str) -> Session:
    return after(waiting(node, danger="", **answers), timedelta(hours=2)).session


def test_any_words_lead_to_the_question_whether_to_send() -> None:
    back = say(nudged(), "halo pak")
    assert place(back) == "tip_off.draft_ask"
    assert "Kirim yang sudah ada" in words(back)
    (tip,) = opened(say(back.session, "kirim"))
    assert (tip.report["what"], tip.report["incomplete"]) == (DRAFT["what"], "yes")


def test_what_was_typed_is_the_answer_all_the_same() -> None:
    when = say(nudged("when", asked="where when"), "kemarin sore")
    assert when.session.answers["when"] == "kemarin sore"
    where = say(nudged(), "ngrayun")
    on = say(where.session, "lanjut mengisi")
    assert place(on) == "tip_off.where_heard"


@pytest.mark.parametrize("text", ["menu", "batal", "lapor", "siapa yang melaporkan saya"])
def test_words_that_mean_something_keep_their_meaning(text: str) -> None:
    assert place(say(nudged(), text)) != "tip_off.draft_ask"


def test_a_choice_of_the_question_that_waited_is_its_answer() -> None:
    sent = say(nudged("read_back", contact="yes"), "kirim")
    (tip,) = opened(sent)
    assert "incomplete" not in tip.report


def test_nothing_is_asked_where_nothing_was_told() -> None:
    empty = after(at("tip_off", "before"), timedelta(hours=2)).session
    empty.answers.clear()
    assert place(say(empty, "sebentar ya pak")) == "tip_off.before"


def test_a_cry_is_not_lost_to_a_second_report_that_is_left_too() -> None:
    cry = say(say(Session(), "tolong anak saya disekap").session, "menu")
    second = say(cry.session, "lapor ada calo di pasar")
    left = say(say(second.session, "tanpa simpan nomor").session, "menu")
    frame = left.session.kept["tip_off"]
    assert frame.answers["what"].splitlines() == ["tolong anak saya disekap", "ada calo di pasar"]
    assert frame.at == cry.session.kept["tip_off"].at, "its time runs on"
    (tip,) = opened(after(left.session, SENT_AFTER))
    assert (tip.urgency, tip.keep_return_address) == ("soon", False)
    assert tip.report["what"] == frame.answers["what"]


def test_a_plain_draft_is_not_mixed_with_the_next() -> None:
    first = say(talk("LAPOR", "lanjut", "tidak", "calo di pasar").session, "menu")
    second = say(say(first.session, "lapor calo lain di terminal").session, "menu")
    assert second.session.kept["tip_off"].answers["what"] == "calo lain di terminal"
