"""Every word, button and text in every state of every shipped conversation.

And any other input there: an answer, never an exception.
"""

import copy
from dataclasses import replace
from datetime import timedelta

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from flows.events import OptedOut
from flows.nodes import Ask, Choose, Pick, Say, Scene
from flows.session import Frame, Input, Session
from flows.wording import slots_of
from tests.flows.ports import FakePorts
from tests.flows.talking import (
    ANSWERS,
    CATALOG,
    EVERYWHERE,
    OFFICER,
    VILLAGER,
    WAITS,
    answers_in,
    assert_answered,
    at,
    messages,
    person_of,
    place,
    say,
    take,
    wake,
    words,
)

# ---- every word in every state


@pytest.mark.parametrize("word", EVERYWHERE)
@pytest.mark.parametrize("flow", sorted({flow for flow, _ in WAITS}))
def test_every_word_works_in_every_state(flow: str, word: str) -> None:
    for node in (node for name, node in WAITS if name == flow):
        for text in (word, word.lower(), f"  {word}! "):
            sprint = say(at(flow, node), text, person_of(flow))
            assert_answered(sprint)
            assert (OptedOut() in sprint.events) is (word == "STOP"), node
            assert word != "STOP" or not sprint.session.flow, node


@pytest.mark.parametrize(("flow", "node"), WAITS)
def test_each_word_does_what_it_says(flow: str, node: str) -> None:
    person = person_of(flow)
    assert place(say(at(flow, node), "MENU", person)) == "welcome.menu"
    # While somebody is assisted a report is explained first.
    reports = ("assisted",) if flow == "assisted" else ("tip_off", "resume")
    assert say(at(flow, node), "LAPOR", person).session.flow in reports
    assert "BATAL" in words(say(at(flow, node), "BANTUAN", person))
    assert "imigrasi.go.id" in words(say(at(flow, node), "RESMI", person))
    sourced = at(flow, node)
    sourced.source = "UU 18/2017 Pasal 5"
    assert "UU 18/2017 Pasal 5" in words(say(sourced, "SUMBER", person))


@pytest.mark.parametrize("kind", ["unreadable", "edited", "timeout", "text", "choice"])
@pytest.mark.parametrize(("flow", "node"), WAITS)
def test_what_is_no_text(flow: str, node: str, kind: str) -> None:
    given = msgspec.convert({"kind": kind, "text": "🙂", "payload": "x"}, Input)
    sprint = take(at(flow, node), given, person_of(flow))
    if kind == "timeout":
        assert sprint.session.node == node
        assert not sprint.events
    else:
        assert_answered(sprint)


def test_free_words_at_the_officers_list_are_answered() -> None:
    assert_answered(say(at("officer_desk", "list"), "sebentar ya", OFFICER))


@pytest.mark.parametrize(("flow", "node"), WAITS)
def test_every_button_offered_works(flow: str, node: str) -> None:
    person, ports = person_of(flow), FakePorts()
    asked = say(at(flow, node), "BANTUAN", person, ports)
    for button in messages(asked.events)[-1].buttons:
        assert len(button.payload.encode()) <= 64
        assert_answered(say(asked.session, "", person, ports, payload=button.payload))
        assert_answered(say(asked.session, button.number, person, ports))


def test_every_text_gets_its_slots() -> None:
    scene = Scene(dict(ANSWERS), VILLAGER, FakePorts(), "PT Maju Jaya")
    for flow in CATALOG.flows.values():
        for name, node in flow.nodes.items():
            scene.person = person_of(flow.name)
            if not isinstance(node, Say | Choose | Pick | Ask):
                continue
            scene.answers |= {"kind": answers_in(flow.name)["kind"], "name": "PT Maju Jaya"}
            given = set(node.slots(scene)) if node.slots else set()
            needed = slots_of(CATALOG.wording.raw(node.text)) if node.slots else set()
            assert needed <= given, f"{flow.name}.{name}"


# ---- hostile input, purity

LETTERS = st.characters(codec="utf-8")
HOSTILE = st.one_of(
    st.text(LETTERS, max_size=200),
    st.text(st.sampled_from("🙂👍🏽\u200f\u202e\u200d\n\t\x00①２{}[]%/@.#0"), max_size=60),
    st.builds(lambda text, times: (text * times)[:4096], st.text(LETTERS, min_size=1),
              st.integers(1, 4096)),
    st.sampled_from([*EVERYWHERE, "halo", "/start", "cek PT {x}", "{place}", "tanya", "disekap"]),
)  # fmt: skip


@given(st.sampled_from(WAITS), st.lists(HOSTILE, min_size=1, max_size=3), st.booleans())
@settings(max_examples=400, deadline=None)
def test_hostile_words(where: tuple[str, str], typed: list[str], new: bool) -> None:
    """Any words at any wait: an answer, no exception, a session that can be stored."""
    person = replace(person_of(where[0]), is_new=new)
    session = at(*where)
    for text in typed:
        sprint = say(session, text, person)
        assert_answered(sprint)
        session = sprint.session


@given(st.sampled_from(WAITS), st.sampled_from([*EVERYWHERE, "1", "2", "ya", "PT Maju", "🙂"]))
@settings(deadline=None)
def test_the_given_session_is_never_changed(where: tuple[str, str], typed: str) -> None:
    session = at(*where)
    before = copy.deepcopy(session)
    say(session, typed, person_of(where[0]))
    wake(session, FakePorts().later(timedelta(9)))
    assert session == before


@given(
    st.builds(
        Session,
        flow=st.text(LETTERS),
        node=st.text(LETTERS),
        answers=st.dictionaries(st.text(LETTERS), st.text(LETTERS)),
        kept=st.dictionaries(
            st.text(LETTERS),
            st.builds(
                Frame,
                node=st.text(LETTERS),
                answers=st.dictionaries(st.text(LETTERS), st.text(LETTERS)),
                at=st.integers(0, 2**40),
            ),
        ),
        misses=st.integers(0, 9),
        waits_since=st.integers(0, 2**40),
        nudged=st.booleans(),
        source=st.text(LETTERS),
    )
)
def test_a_session_survives_storage(session: Session) -> None:
    assert msgspec.msgpack.decode(msgspec.msgpack.encode(session), type=Session) == session
    assert msgspec.json.decode(msgspec.json.encode(session), type=Session) == session
