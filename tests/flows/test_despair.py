"""Who wants to die is not asked for consent, nor whether somebody is being held."""

import pytest

from flows.ports import Person
from flows.session import Session
from tests.flows.talking import at, place, say


@pytest.mark.parametrize(
    "text",
    [
        "saya pgn mati aja",
        "mau mati aja rasanya, ditipu agen",
        "saya mau bunuh diri",
        "aku pengen mati wae, utang akeh",
        "capek hidup",
        "saya ingin mengakhiri hidup",
        "lebih baik mati",
        "ga kuat hidup lagi",
    ],
)
@pytest.mark.parametrize("person", [Person("telegram", is_new=True), Person("telegram")])
def test_despair_is_answered_by_itself(text: str, person: Person) -> None:
    assert place(say(Session(), text, person)) == "free_text.despair"


def test_despair_is_heard_at_a_menu_and_at_a_question() -> None:
    assert place(say(at("welcome", "menu"), "saya mau bunuh diri")) == "free_text.despair"
    assert place(say(at("stopping", "ask"), "saya pgn mati aja")) == "free_text.despair"


@pytest.mark.parametrize(
    "text",
    [
        "saya disekap agen, mau mati aja",
        "dipukul majikan tiap hari, saya mau mati",
        "saya takut mati di sini",
        "teman saya mau bunuh diri",
    ],
)
def test_despair_under_somebodys_hands_is_danger(text: str) -> None:
    assert place(say(Session(), text)) == "tip_off.danger_first"


@pytest.mark.parametrize("text", ["hp saya mau mati", "adik saya bunuh diri tahun lalu"])
def test_what_is_not_ones_own_death(text: str) -> None:
    assert place(say(Session(), text)) != "free_text.despair"
