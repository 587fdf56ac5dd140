"""Javanese (ngoko, krama) and Sundanese words do at every question what the Indonesian word does."""

import pytest

from flows.engine import Run
from flows.nodes import Ask, Choose
from flows.triggers import everywhere
from tests.flows.ports import FakePorts
from tests.flows.talking import CATALOG, WAITS, at, person_of, place, say, words

NUMBERS = {
    "1": "siji setunggal hiji kahiji",
    "2": "loro kalih dua kadua",
    "3": "telu tiga tilu katilu",
    "4": "papat sekawan opat kaopat",
    "5": "lima limo gangsal kalima",
    "6": "enem genep",
    "7": "pitu tujuh",
    "8": "wolu dalapan",
    "9": "sanga songo salapan",
    "10": "sepuluh sedasa sapuluh",
    "0": "nol kosong",
}


def understood(flow: str, node: str, word: str) -> bool:
    """The word is a choice there, works everywhere, or begins a conversation."""
    run = Run(CATALOG, at(flow, node), person_of(flow), FakePorts())
    wait = run.waiting_node()
    assert wait is not None
    asks = isinstance(wait, Ask) or wait.free is not None
    if (choice := run.chosen(wait, word)) is not None:
        # A word that is only near a label ("mulai": "Mulai pelajaran ini") has no other language.
        return choice == run.chosen(wait, word, typos=False)
    if (action := everywhere(word, CATALOG.everywhere, typos=False)) and not (
        asks and action == "human"
    ):
        return True
    begins = CATALOG.triggers.match(word) or (run.person.officer and CATALOG.triggers.command(word))
    return bool(begins) and isinstance(wait, Choose) and wait.open


def answer(flow: str, node: str, typed: str) -> tuple[str, str]:
    sprint = say(at(flow, node), typed, person_of(flow))
    return place(sprint), words(sprint)


@pytest.mark.parametrize("word", CATALOG.regional)
def test_a_regional_word_does_what_the_indonesian_one_does(word: str) -> None:
    heard = [wait for wait in WAITS if understood(*wait, word)]
    assert heard, f"{word} is understood nowhere: its row is of no use"
    for flow, node in heard:
        wanted = answer(flow, node, word)
        for other in CATALOG.regional[word]:
            assert answer(flow, node, other) == wanted, f"{other} at {flow}.{node}"


@pytest.mark.parametrize("number", NUMBERS)
def test_a_number_word_is_its_number(number: str) -> None:
    heard = [wait for wait in WAITS if understood(*wait, number)]
    assert heard or int(number) > 5, "no list is longer than five"
    for flow, node in heard:
        wanted = answer(flow, node, number)
        for other in NUMBERS[number].split():
            for typed in (other, f"sing {other} wae", f"nu {other} weh", f"ingkang {other} mawon"):
                assert answer(flow, node, typed) == wanted, f"{typed} at {flow}.{node}"


@pytest.mark.parametrize(
    ("typed", "word"),
    [
        ("aku arep lapor", "lapor"),
        ("kula badhe lapor", "lapor"),
        ("abdi hoyong lapor", "lapor"),
        ("mandheg", "berhenti"),
        ("eureun", "berhenti"),
        ("mboten saestu", "batal"),
        ("teu jadi", "batal"),
        ("bali menyang menu", "menu"),
        ("balik ka menu", "menu"),
        ("busak dataku", "hapus data saya"),
        ("pupus data abdi", "hapus data saya"),
    ],
)
@pytest.mark.parametrize(("flow", "node"), WAITS)
def test_the_words_that_matter_work_at_every_question(
    flow: str, node: str, typed: str, word: str
) -> None:
    assert answer(flow, node, typed) == answer(flow, node, word)


@pytest.mark.parametrize("typed", ["warung", "burung", "bukan", "leres", "siyang", "tiang", "lesu"])
def test_a_word_of_its_own_is_no_slip_of_a_regional_one(typed: str) -> None:
    assert everywhere(typed, CATALOG.everywhere, typos=True) is None
