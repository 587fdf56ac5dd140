"""The press and radio kit: sourced, marked, half a minute long, and refused where a fact is old."""

from datetime import timedelta

import pytest

from bot import broadcasts, demo, press_kit
from bot.press_kit import Kit, NoKit
from bot.rehearsal import Rehearsal
from flows.curriculum import for_villagers, load_lessons
from flows.press_kit import FEWEST, MOST, count
from tests.bot.test_relays import NEWS, author_of, later, order

LESSONS = for_villagers(load_lessons())


def kit(bot: Rehearsal, what: str) -> Kit:
    with bot.service.database.write() as connection:
        return press_kit.make(connection, bot.service, what, demo.OFFICE, bot.clock.now())


def with_whatsapp(bot: Rehearsal) -> Rehearsal:
    bot.service.settings = bot.service.settings.model_copy(
        update={"twilio_whatsapp_from": "whatsapp:+6281200000000"}
    )
    return bot


def test_every_lesson_makes_half_a_minute_of_spoken_words(rehearsal: Rehearsal) -> None:
    """With the longest way to join, a telephone number, and with the shortest."""
    for bot in (rehearsal, with_whatsapp(rehearsal)):
        for lesson in LESSONS:
            script = kit(bot, lesson.id).script
            assert FEWEST <= count(script) <= MOST, lesson.id
            assert not any(letter.isdigit() for letter in script), lesson.id
            assert "http" not in script


def test_the_number_is_read_as_it_is_dialled_and_the_code_letter_by_letter(
    rehearsal: Rehearsal,
) -> None:
    script = kit(with_whatsapp(rehearsal), "calo").script
    assert "nol delapan satu dua nol nol nol nol nol nol nol nol" in script
    code = script.rsplit("spasi, ", 1)[1].rstrip(".")
    assert len(code.split(", ")) == 7


def test_the_text_names_each_source_once_with_its_day_and_says_who_has_not_read_it(
    rehearsal: Rehearsal,
) -> None:
    lesson = next(one for one in LESSONS if one.id == "calo")
    article = kit(rehearsal, "calo").article
    for card in (*lesson.cards, lesson.action):
        assert article.count(f"- {card.source.shown()}") == 1
        assert card.text.split("\n")[0].strip() in article
    assert ("Belum diperiksa ahli hukum." in article) is not lesson.reviewed


def test_printed_twice_it_carries_the_same_code(rehearsal: Rehearsal) -> None:
    assert kit(rehearsal, "calo").article == kit(rehearsal, "calo").article


def test_an_aged_fact_is_refused(rehearsal: Rehearsal) -> None:
    lesson = LESSONS[0]
    late = min(fact.source.review_by for fact in (*lesson.cards, lesson.action))
    rehearsal.clock.forward(timedelta(days=(late - rehearsal.clock.now().date()).days + 1))
    with pytest.raises(NoKit, match="kit_old"):
        kit(rehearsal, lesson.id)


async def test_a_broadcast_that_left_makes_one_and_a_withdrawn_one_does_not(
    on_both: Rehearsal,
) -> None:
    number = order(on_both)
    with pytest.raises(NoKit, match="kit_not_sent"):
        kit(on_both, str(number))
    await later(on_both, minutes=1)
    made = kit(on_both, str(number))
    assert NEWS.text in made.article
    assert FEWEST <= made.words <= MOST
    assert "pukul sembilan" in made.script
    with on_both.service.database.write() as connection:
        broadcasts.withdraw(connection, on_both.service, author_of(on_both), number,
                            "Penyuluhan besok batal. Maaf.", on_both.clock.now())  # fmt: skip
    with pytest.raises(NoKit, match="kit_not_sent"):
        kit(on_both, str(number))


@pytest.mark.parametrize("what", ["", "tidak_ada", "99", "999999999999"])
def test_what_is_not_there_is_refused(rehearsal: Rehearsal, what: str) -> None:
    with pytest.raises(NoKit, match="kit_unknown"):
        kit(rehearsal, what)
