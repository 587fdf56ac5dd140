"""The officer's list: what is in it, in which order, and what is never in it."""

import re
from datetime import timedelta

import httpx
import pytest

from bot import demo
from bot.tip_rows import assignments, tips
from console.inbox import say_left
from tests.console.office import STORY, Bot
from tests.console.staff import Desk, demo_desk, hire


def numbers(page: str) -> list[int]:
    return [int(number) for number in re.findall(r"#(\d+)", page)]


async def test_a_row_says_what_waits_without_a_word_of_it(
    bot: Bot, browser: httpx.AsyncClient
) -> None:
    page = (await demo_desk(bot, browser, "D-001").get("/inbox")).text
    assert numbers(page) == [1]
    for words in ("Segera", "Sudah diambil", "Kec. Ngrayun", "1 baru", "Saya (1)", "lagi"):
        assert words in page
    for secret in ("Baosan", STORY[:10], "Kantor ("):
        assert secret not in page


async def test_unread_ends_with_reading_and_comes_back_with_news(
    bot: Bot, browser: httpx.AsyncClient
) -> None:
    owner = demo_desk(bot, browser, "D-001")
    await owner.opened(1)
    assert "baru</span>" not in (await owner.get("/inbox")).text
    bot.say(demo.OFFICER, "TANYA 1 Apakah busnya biru?")
    assert "baru</span>" not in (await owner.get("/inbox")).text
    for text in ("BUKA", "2", "Ya, biru"):
        bot.say(demo.VILLAGER, text)
    assert "1 baru" in (await owner.get("/inbox")).text


async def test_the_office_by_deadline_what_nobody_owns_first(
    bot: Bot, browser: httpx.AsyncClient
) -> None:
    for words in ("Ada calo menahan paspor", "Ada yang dibawa malam-malam"):
        bot.report(words)
    with bot.service.database.write() as connection:
        for number, officer, hours in ((1, 1, 9), (2, 1, 3), (3, None, 8), (4, 1, 1)):
            connection.execute(
                assignments.update()
                .where(assignments.c.tip_number == number, assignments.c.ended_at.is_(None))
                .values(officer_id=officer, due_at=bot.service.clock.now() + timedelta(hours=hours))
            )
        connection.execute(tips.update().values(rank=0))
    leader = demo_desk(bot, browser, "D-003")
    page = (await leader.get("/inbox?show=office")).text
    assert numbers(page) == [3, 4, 2, 1]
    assert numbers((await leader.get("/inbox")).text) == [3, 4, 2, 1]  # none of their own


async def test_a_flood_steps_back_but_never_in_danger(bot: Bot, browser: httpx.AsyncClient) -> None:
    bot.report()
    leader = demo_desk(bot, browser, "D-003")

    async def order(rank: int, urgency: str) -> list[int]:
        with bot.service.database.write() as connection:
            connection.execute(tips.update().values(rank=0, urgency="soon"))
            first = tips.update().where(tips.c.number == 1)
            connection.execute(first.values(rank=rank, urgency=urgency))
            due = bot.service.clock.now() + timedelta(hours=1)
            one = assignments.update().where(assignments.c.tip_number == 1)
            connection.execute(one.values(due_at=due))
        return numbers((await leader.get("/inbox?show=office")).text)

    assert (await order(0, "soon"))[0] == 1
    assert (await order(1, "soon"))[-1] == 1
    assert (await order(1, "now"))[0] == 1


async def test_overdue_is_marked(bot: Bot, browser: httpx.AsyncClient) -> None:
    bot.forward(days=3)
    page = (await demo_desk(bot, browser, "D-001").get("/inbox")).text
    assert '<p class="error">Batas waktu: lewat' in page


async def test_twenty_a_page(bot: Bot, browser: httpx.AsyncClient) -> None:
    with bot.service.database.write() as connection:
        row = dict(connection.execute(tips.select().where(tips.c.number == 1)).one()._mapping)
        open_one = connection.execute(
            assignments.select().where(assignments.c.tip_number == 1)
        ).first()
        assert open_one is not None
        for number in range(100, 124):
            copy = {"number": number, "id": f"t{number}", "receipt_index": str(number).encode()}
            connection.execute(tips.insert().values(row | copy))
            values = dict(open_one._mapping) | {"tip_number": number, "id": number}
            connection.execute(assignments.insert().values(values))
    owner = demo_desk(bot, browser, "D-001")
    first, second = [(await owner.get(f"/inbox?page={page}")).text for page in (1, 2)]
    assert (len(numbers(first)), len(numbers(second))) == (20, 5)
    assert "Berikutnya" in first
    assert "Sebelumnya" in second


@pytest.mark.parametrize(
    "query", ["show=alles", "page=-1", "page=99999", "month=2026-13&show=closed", "show=office"]
)
async def test_an_odd_question_is_read_as_the_usual_one(
    bot: Bot, browser: httpx.AsyncClient, query: str
) -> None:
    answer = await demo_desk(bot, browser, "D-001").get(f"/inbox?{query}")
    assert answer.status_code == 200
    assert "#2" not in answer.text


async def test_another_offices_leader_sees_nothing_of_ours(
    bot: Bot, browser: httpx.AsyncClient
) -> None:
    somebody = hire(bot, "X-001", "section_head", "kanim-kediri")
    page = (await Desk(bot, browser, somebody.id).get("/inbox?show=office")).text
    assert numbers(page) == []


async def test_months_go_back_and_forth(bot: Bot, browser: httpx.AsyncClient) -> None:
    owner = demo_desk(bot, browser, "D-001")
    await owner.act(1, "close", outcome="unfounded")
    assert numbers((await owner.get("/inbox?show=closed")).text) == [1]
    before = (await owner.get("/inbox?show=closed&month=2026-10")).text
    assert numbers(before) == []
    assert "month=2026-11" in before


@pytest.mark.parametrize(
    ("minutes", "words"),
    [(1, "1 menit lagi"), (59, "59 menit lagi"), (60, "1 jam lagi"), (47 * 60, "47 jam lagi"),
     (48 * 60, "2 hari lagi"), (0, "lewat 1 menit"), (-90, "lewat 1 jam"), (-4320, "lewat 3 hari")],
)  # fmt: skip
def test_deadlines_read_as_people_say_them(bot: Bot, minutes: int, words: str) -> None:
    now = bot.service.clock.now()
    assert say_left(now + timedelta(minutes=minutes), now) == words
