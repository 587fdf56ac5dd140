"""The page of groups: the office's own, without their addresses, and undoing one."""

import httpx
import pytest
from sqlalchemy import select

from bot import broadcasts, demo, groups
from flows.broadcast_plan import Plan
from tests.console.office import Bot
from tests.console.staff import OTHER_OFFICE, Desk, demo_desk, hire
from tests.console.test_broadcasts import deliver, post_form


@pytest.fixture
def officer(bot: Bot, browser: httpx.AsyncClient) -> Desk:
    return demo_desk(bot, browser, "D-001")


def elsewhere(bot: Bot, place: str) -> int:
    """Another group, bound to that place."""
    ring, now = bot.service.ring, bot.service.clock.now()
    with bot.service.database.write() as connection:
        number = groups.join(connection, bot.service.database, ring, "telegram", "-100777", now)
        table = groups.groups
        connection.execute(
            table.update()
            .where(table.c.id == number)
            .values(place_code=place, kind="coordination", active=False, trouble="muted")
        )
    return number


async def test_groups_are_listed_with_kind_place_and_day(bot: Bot, officer: Desk) -> None:
    elsewhere(bot, "35.02.01")
    page = (await officer.get("/groups")).text
    assert "grup warga" in page
    assert "grup koordinasi" in page
    assert "bot tidak boleh menulis" in page
    assert "Senin 23 November" in page
    assert "-100777" not in page
    assert page.count(">Lepas<") == 1  # the other one is not of this officer's villages


async def test_another_offices_groups_are_nowhere(bot: Bot, officer: Desk) -> None:
    number = elsewhere(bot, "35.06.01")
    assert "Kediri" not in (await officer.get("/groups")).text
    answer = await officer.post(f"/api/groups/{number}/unbind", {})
    assert answer.status_code == 404
    async with bot.browser() as client:
        stranger = Desk(bot, client, hire(bot, "X-001", "section_head", OTHER_OFFICE).id)
        assert (await stranger.post("/api/groups/1/unbind", {})).status_code == 404


async def test_an_undone_group_gets_nothing_more(bot: Bot, officer: Desk) -> None:
    with bot.service.database.write() as connection:
        plan = Plan("Besok ada penyuluhan di balai desa.", (demo.VILLAGE,))
        now = bot.service.clock.now()
        broadcasts.order(connection, bot.service, officer.officer_id, plan, "n", now)
        broadcasts.start_due(connection, bot.service, now)
    answer = await post_form(officer, "/groups/1/unbind")
    assert answer.headers["location"] == "/console/groups"
    assert "Belum ada grup" in (await officer.get("/groups")).text
    assert demo.GROUP not in deliver(bot)
    assert bot.actions()[-1] == (f"officer:{officer.officer_id}", "group_unbound", "group:1")
    with bot.service.database.read() as connection:
        row = connection.execute(select(groups.groups)).one()
    assert (row.place_code, row.kind, row.active) == ("", "residents", True)
