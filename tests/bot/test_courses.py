"""An officer's count of courses, from the real rows of both databases; and HAPUS takes them away."""

from sqlalchemy import select

from bot import demo, lessons
from bot.contacts import contacts
from bot.rehearsal import Rehearsal
from tests.bot.steps import settle_in

COUNT = "Hitungan desa saya"


async def counted(bot: Rehearsal) -> str:
    await bot.say(demo.OFFICER, "kursus")
    said = await bot.say(demo.OFFICER, COUNT)
    return "\n".join(message.text for message in said if message.to == demo.OFFICER)


def learns(bot: Rehearsal, contact_id: int, *ids: str, finished: bool = True) -> None:
    database = bot.service.database
    with database.write() as connection:
        for lesson in ids:
            lessons.reached(
                connection, database, contact_id, lesson=lesson, finished=finished, score=4, of=4,
                now=bot.clock.now(),
            )  # fmt: skip


async def test_a_count_of_whole_courses_in_the_officers_own_villages(on_both: Rehearsal) -> None:
    bot = on_both
    course = [one.id for one in bot.service.catalog.lessons if one.audience == "desa"]
    for number in range(4):
        await settle_in(bot, f"near{number}", "Ngrayun, Ngrayun, Ponorogo")
    await settle_in(bot, "far", "Balong, Balong, Ponorogo")
    with bot.service.database.read() as connection:
        rows = connection.execute(
            select(contacts.c.id, contacts.c.place_code)
            .where(contacts.c.place_code != "", contacts.c.consented_at.is_not(None))
            .order_by(contacts.c.id)
        ).all()
    *near, far = [row.id for row in rows]
    assert len({row.place_code for row in rows}) == 2
    for one in (*near[:2], far):
        learns(bot, one, *course)
    learns(bot, near[2], course[0])
    learns(bot, near[3], *course, finished=False)
    assert "Perangkat desa kurang dari 3;" in await counted(bot)
    learns(bot, near[2], *course[1:])
    assert "Perangkat desa 3;" in await counted(bot)
    for words in ("hapus", "ya"):
        await bot.say("near0", words)
    assert "Perangkat desa kurang dari 3;" in await counted(bot)
