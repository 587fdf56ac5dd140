"""Who asks "who reported me" hears one fixed answer, and nothing of a tip is even looked at."""

import pytest

from flows import engine
from flows.ports import TipView
from flows.refusal import asks_who_reported
from flows.session import Input, Session
from tests.flows.ports import FakePorts
from tests.flows.talking import CATALOG, VILLAGER, WAITS, at, person_of, say, words

ASKED = (
    "siapa yang melaporkan saya?",
    "Siapa yg lapor saya",
    "pak siapa sih yang laporin saya ke imigrasi?",
    "sapa sing nglaporke aku",
    "saya dilaporkan siapa",
    "apakah ada yang melaporkan saya?",
    "ada laporan tentang saya?",
    "apa ada laporan soal saya pak joko",
    "nomor hp yang lapor berapa",
    "alamat yang melaporkan saya di mana",
    "siapa pelapornya?",
    "nama pelapornya siapa",
    "siapa yang ngadu",
    "apa saya dilaporkan?",
    "siapa yg lapor saya?? jawab!",
    "woi siapa yang lapor saya",
    "who reported me",
    "Who reported me?? answer now",
    "did anyone report me",
    "apakah PT Maju Jaya dilaporkan",
    "apakah pak budi sudah dilaporkan?",
    "ada berapa laporan d ngrayun",
    "berapa laporan tentang saya",
)
FIXED = CATALOG.wording.raw("common.who_reported")


class NothingToLookUp(FakePorts):
    """Any question about a tip is a failure."""

    def reporter_tips(self) -> tuple[TipView, ...]:
        raise AssertionError("looked at tips")

    def officer_tips(self) -> tuple[TipView, ...]:
        raise AssertionError("looked at tips")

    def tip_by_receipt(self, receipt: str) -> TipView | None:
        raise AssertionError("looked at tips")

    def tip_by_number(self, number: int) -> TipView | None:
        raise AssertionError("looked at tips")


@pytest.mark.parametrize("text", ASKED)
def test_the_answer_is_fixed_and_nothing_is_looked_up(text: str) -> None:
    sprint = say(Session(), text, ports=NothingToLookUp())
    assert words(sprint).startswith(FIXED)
    assert not [event for event in sprint.events if type(event).__name__ != "MessageCreated"]


@pytest.mark.parametrize(("flow", "node"), WAITS)
def test_in_every_state(flow: str, node: str) -> None:
    person = person_of(flow)
    given = Input("text", "siapa yang melaporkan saya")
    sprint = engine.resume(CATALOG, at(flow, node), given, VILLAGER, FakePorts())
    assert words(sprint).startswith(FIXED)
    if person is VILLAGER:
        assert (sprint.session.flow, sprint.session.node) == (flow, node)


@pytest.mark.parametrize(
    "text",
    [
        "saya mau lapor",
        "siapa yang bisa saya lapori soal calo di desa",
        "lapor ke siapa kalau ada calo?",
        "saya takut mereka tahu siapa yang melaporkan, apalagi calonya tetangga saya sendiri di desa",
        "calo itu bertanya siapa yang melaporkan dia",
        "apakah saya bisa melapor?",
        "bagaimana cara melaporkan calo",
        "apa laporan saya sudah dibaca?",
        "laporan saya gimana",
        "berapa laporan saya",
        "berapa lama laporan saya diproses",
        "apakah calo bisa dilaporkan",
        "apakah ini harus dilaporkan",
        "i want to report someone",
    ],
)
def test_what_only_sounds_like_it(text: str) -> None:
    assert not asks_who_reported(text)
