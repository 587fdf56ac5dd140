"""How often each card was shown and gone on from: counted from real turns, with nobody in it."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select

from bot import funnel
from bot.funnel import Row, bars, counts, rows_of
from bot.parked import parked
from bot.rehearsal import Rehearsal
from flows.session import Session


async def test_a_lesson_that_is_left_at_the_first_question(database_url: str) -> None:
    rehearsal = Rehearsal(database_url)
    lesson = next(x for x in rehearsal.service.catalog.lessons if x.id == "calo")
    for who in ("warga", "ibu"):
        await rehearsal.say(who, "halo")
        await rehearsal.say(who, "MENU")
        await rehearsal.say(who, lesson.title)
    for _ in lesson.cards:
        await rehearsal.say("warga", "1")
    await rehearsal.say("warga", "MENU")
    service = rehearsal.service
    today = service.today(service.clock.now())
    with service.database.read() as connection:
        rows = rows_of(connection, service.catalog.lessons, today, 1, None)
        assert connection.execute(select(counts)).first() is not None
        assert not rows_of(connection, service.catalog.lessons, today + timedelta(1), 1, None)
        assert not rows_of(connection, service.catalog.lessons, today, 1, "lowongan")
    rehearsal.close()
    first, second, *_ = lesson.cards
    found = {row.place: (row.seen, row.answered, row.dropped) for row in rows}
    assert found[f"card_{first.id}"] == (2, 1, 1)
    assert found[f"card_{second.id}"] == (1, 1, 0)
    assert found[f"quiz_{lesson.quiz[0].id}"] == (1, 0, 1)
    assert found["action"] == (0, 0, 0)
    assert [row.place for row in rows][-1] == "action"


def test_what_a_turn_adds() -> None:
    menu, card = Session("welcome", "menu"), Session("lesson_calo", "card_a")
    assert list(funnel.steps(menu, card)) == [("calo", "card_a", "seen")]
    assert list(funnel.steps(card, card)) == []  # asked again, or SUMBER
    following = Session("lesson_calo", "quiz_a")
    assert list(funnel.steps(card, following)) == [
        ("calo", "card_a", "answered"), ("calo", "quiz_a", "seen")
    ]  # fmt: skip
    assert list(funnel.steps(card, menu)) == []
    # What to do stands above the question about reminders, at the end of a first lesson.
    end = Session("lesson_calo", "remind")
    assert list(funnel.steps(following, end)) == [
        ("calo", "quiz_a", "answered"), ("calo", "action", "seen")
    ]  # fmt: skip


def test_the_chart() -> None:
    rows = [Row("calo", "card_a", 20, 15), Row("calo", "action", 10, 0)]
    lesson, first, last = bars(rows)
    assert lesson == "calo"
    assert first.count("█") == 2 * last.count("█") == funnel.WIDTH
    assert first.endswith("20 seen, 5 left here")
    assert last.endswith("10 seen")
    assert list(bars([])) == ["no lesson was opened in these days"]


async def test_people_who_wait_at_a_place_that_is_gone(database_url: str) -> None:
    rehearsal = Rehearsal(database_url)
    service = rehearsal.service
    for who in ("warga", "ibu"):
        await rehearsal.say(who, "halo")
        await rehearsal.say(who, "MENU")
    assert list(parked(service)) == []
    welcome = service.catalog.flows["welcome"]
    without = replace(welcome, nodes={k: v for k, v in welcome.nodes.items() if k != "menu"})
    service.catalog = replace(service.catalog, flows={**service.catalog.flows, "welcome": without})
    (finding,) = parked(service)
    assert finding.line() == (
        "warning welcome menu: 2 waiting here, but the place is gone: they begin afresh"
    )
    rehearsal.close()


@pytest.mark.parametrize("place", ["card_a", "action"])
def test_nobody_drops_out_at_the_end(place: str) -> None:
    assert Row("calo", place, 3, 0).dropped == (0 if place == "action" else 3)
