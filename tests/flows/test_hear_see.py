"""DENGAR, GAMBAR, SUARA TERUS: what is sent beside a card, and what is said where it can't be."""

from dataclasses import replace

import pytest

from flows import engine
from flows.events import ConsentGiven, ConsentWithdrawn
from flows.hear_see import Shown, all_cards
from flows.session import Session
from tests.flows.ports import FakePorts
from tests.flows.talking import CATALOG, VILLAGER, at, messages, place, say, words

DRAWN = next(lesson for lesson in CATALOG.lessons if lesson.picture)
PLAIN = next(lesson for lesson in CATALOG.lessons if not lesson.picture)


def at_card(lesson_id: str, card_id: str) -> Session:
    node = "action" if card_id == "action" else f"card_{card_id}"
    return at(f"lesson_{lesson_id}", node)


FIRST = at_card(DRAWN.id, DRAWN.cards[0].id)
NAME = f"{DRAWN.id}/{DRAWN.cards[0].id}"


def media(sprint: engine.Sprint) -> list[str]:
    return [message.media for message in messages(sprint.events) if message.media]


@pytest.mark.parametrize("shown", all_cards(CATALOG.lessons), ids=lambda shown: shown.name)
def test_every_card_and_action_can_be_heard(shown: Shown) -> None:
    before = at_card(shown.lesson.id, shown.card.id)
    sprint = say(before, "dengar")
    assert media(sprint) == [f"audio/{shown.name}"]
    assert sprint.session == before, "the card waits on"


@pytest.mark.parametrize("typed", ["2", "Dengarkan", "suara", "DENGAR", "dengar"])
def test_the_ways_to_say_it(typed: str) -> None:
    sprint = say(FIRST, typed)
    assert media(sprint) == [f"audio/{NAME}"]
    assert len(messages(sprint.events)) == 1, "the card is not put again"
    assert place(say(sprint.session, "1")) != place(sprint)


@pytest.mark.parametrize("ports", [FakePorts(voice=False), FakePorts(voice=True)])
def test_what_to_do_today_is_heard_also_where_reminders_are_offered(ports: FakePorts) -> None:
    """At the end of a first lesson it stands above another question."""
    ports = replace(ports, wants_reminders=None)
    last = at(f"lesson_{DRAWN.id}", f"quiz_{DRAWN.quiz[-1].id}")
    ended = say(last, "1", ports=ports)
    name = f"{DRAWN.id}/{DRAWN.action.id}"
    assert place(ended) == f"lesson_{DRAWN.id}.remind"
    assert media(ended) == ([f"audio/{name}"] if ports.wants_voice() else [])
    assert media(say(ended.session, "dengar", ports=ports)) == [f"audio/{name}"]


def test_the_button_says_it_too() -> None:
    payload = f"lesson_{DRAWN.id}.card_{DRAWN.cards[0].id}.listen"
    assert media(say(FIRST, "Dengarkan", payload=payload)) == [f"audio/{NAME}"]


def test_without_a_voice_it_is_said_honestly() -> None:
    sprint = say(FIRST, "dengar", ports=FakePorts(audio=False))
    assert "di sini belum ada suara" in words(sprint)
    assert DRAWN.cards[0].text in words(sprint)
    assert not media(sprint)


def test_a_drawn_card_is_shown() -> None:
    assert media(say(FIRST, "gambar")) == [f"picture/{NAME}"]


@pytest.mark.parametrize(
    ("session", "ports", "said"),
    [
        (at_card(PLAIN.id, PLAIN.cards[0].id), FakePorts(), "tidak punya gambar"),
        (FIRST, FakePorts(draws=False), "gambar belum bisa dibuat"),
        (at("welcome", "menu"), FakePorts(), "dipakai di dalam pelajaran"),
        (Session(), FakePorts(), "dipakai di dalam pelajaran"),
    ],
)
def test_where_there_is_no_picture(session: Session, ports: FakePorts, said: str) -> None:
    sprint = say(session, "gambar", ports=ports)
    assert said in words(sprint)
    assert not media(sprint)


# ---- every card


def test_the_wish_is_a_consent_and_the_present_card_is_heard_at_once() -> None:
    sprint = say(FIRST, "suara terus")
    assert [e.purpose for e in sprint.events if isinstance(e, ConsentGiven)] == ["voice"]
    assert media(sprint) == [f"audio/{NAME}"]
    again = say(FIRST, "suara terus", ports=FakePorts(voice=True))
    assert not [e for e in again.events if isinstance(e, ConsentGiven)], "once is enough"


def test_who_wants_it_hears_every_card_behind_its_words() -> None:
    sprint = say(FIRST, "1", ports=FakePorts(voice=True))
    told = messages(sprint.events)
    assert [bool(message.media) for message in told] == [False, True]
    assert told[0].buttons and DRAWN.cards[1].text in told[0].text
    quiz = at(f"lesson_{DRAWN.id}", f"card_{DRAWN.cards[-1].id}")
    assert not media(say(quiz, "1", ports=FakePorts(voice=True))), "a question is no card"


@pytest.mark.parametrize("ports", [FakePorts(), FakePorts(voice=True, audio=False)])
def test_nobody_else_does(ports: FakePorts) -> None:
    assert not media(say(FIRST, "1", ports=ports))


def test_without_consent_nothing_is_remembered() -> None:
    sprint = say(FIRST, "suara terus", replace(VILLAGER, consented=False))
    assert "perlu persetujuan" in words(sprint)
    assert not [e for e in sprint.events if isinstance(e, ConsentGiven)]
    unasked = say(FIRST, "1", replace(VILLAGER, consented=False), FakePorts(voice=True))
    assert not media(unasked)


def test_it_can_be_taken_back() -> None:
    sprint = say(FIRST, "tanpa suara", ports=FakePorts(voice=True))
    assert ConsentWithdrawn("voice") in sprint.events
    assert not media(sprint)
    assert ConsentWithdrawn("voice") not in say(FIRST, "tanpa suara").events
    assert place(say(Session(), "tanpa suara")) == "welcome.menu"


def test_what_is_heard_says_what_the_card_says_with_its_marks() -> None:
    shown = all_cards([DRAWN])[0]
    said = shown.words(shown.card.source.review_by)
    assert said == f"{shown.card.text}\nBelum diperiksa ahli hukum."
    late = shown.words(shown.card.source.review_by.replace(year=2031))
    assert "perlu dicek ulang ke Disnaker" in late
    stamped = replace(shown, lesson=replace(DRAWN, reviewed=True))
    assert stamped.words(shown.card.source.review_by) == shown.card.text
