"""Groups on both databases: codes, moves, what officials agree on, and the lesson of the week."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import func, insert, select, update

from bot import coordination, demo, group_lessons, groups, outbox, schedule
from bot.broadcast_rows import WAITING, broadcasts, recipients
from bot.channels.base import Inbound
from bot.coordination import items, members, parts
from bot.effects import Effects
from bot.erase_cli import erase_person
from bot.group_lessons import next_lesson, polls
from bot.group_world import GroupTalk
from bot.officer_world import OfficerWorld
from bot.rehearsal import Rehearsal
from bot.tip_moves import NotAllowed
from flows.conversations import shipped_catalog
from flows.curriculum import for_villagers
from flows.events import Event, MessageCreated
from flows.group_plan import (
    GroupBound,
    GroupInvited,
    GroupLessonsChosen,
    GroupUnbound,
    ItemAdded,
    ItemDone,
    ItemJoined,
    NewsTopicChosen,
    RoleSaid,
)

WEDNESDAY = datetime.fromisoformat("2026-11-25T16:00:00+07:00")


@pytest.fixture(autouse=True)
def learning(request: pytest.FixtureRequest) -> None:
    """A rehearsal's group gets no lessons by itself."""
    for name in {"on_both", "rehearsal"} & set(request.fixturenames):
        with request.getfixturevalue(name).service.database.write() as connection:
            connection.execute(update(groups.groups).values(lessons=True))


def one(bot: Rehearsal, query: Any) -> Any:
    with bot.service.database.read() as connection:
        return connection.execute(query).scalar()


def group(bot: Rehearsal) -> Any:
    with bot.service.database.read() as connection:
        return connection.execute(select(groups.groups)).one()


def do(bot: Rehearsal, event: Event, talk: GroupTalk | None = None) -> None:
    """An effect by itself, as if some flow had forgotten to ask who may."""
    now = bot.service.clock.now()
    with bot.service.database.write() as connection:
        world = OfficerWorld(connection, bot.service, None, now)
        world.talk = talk
        Effects(connection, bot.service, world, now).apply(event)


async def code(bot: Rehearsal, kind: str = "residents", village: str = "2") -> str:
    """Of Desa Ngrayun unless another village is named."""
    await bot.say(demo.OFFICER, "GRUP")
    await bot.say(demo.OFFICER, "Kode koordinasi" if kind == "coordination" else "1")
    said = await bot.say(demo.OFFICER, village)
    return said[-1].text.partition("/pasang ")[2].split()[0]


async def coordinate(bot: Rehearsal) -> None:
    """The example's group becomes one of officials, with a member, a task and a meeting."""
    await bot.group("/lepas")
    await bot.group(f"/pasang {await code(bot, 'coordination')}")
    for words in ("/saya kepala desa", "/tugas pasang poster", "/hadir rapat Senin"):
        await bot.group(words, by="kades")


# ---- rights are asked again where things happen


@pytest.mark.parametrize(
    "event",
    [
        GroupBound("AAAA-BBBB"),
        GroupUnbound(),
        GroupUnbound(1),
        GroupInvited("AAAA-BBBB", demo.VILLAGE),
        NewsTopicChosen(),
        GroupLessonsChosen(False),
        RoleSaid("kepala desa"),
        ItemAdded("task", "x"),
        ItemJoined(1),
        ItemDone(1),
    ],
    ids=lambda event: type(event).__name__,
)
@pytest.mark.parametrize("where", ["in private", "in the group"])
def test_nothing_happens_for_who_may_not(rehearsal: Rehearsal, event: Event, where: str) -> None:
    talk = GroupTalk(1, author="tamu", author_name="Tamu", by_admin=False)
    with pytest.raises(NotAllowed):
        do(rehearsal, event, talk if where == "in the group" else None)


async def test_a_good_code_does_not_turn_one_kind_into_the_other(rehearsal: Rehearsal) -> None:
    typed = await code(rehearsal, "coordination")
    with pytest.raises(NotAllowed):
        do(rehearsal, GroupBound(typed), GroupTalk(1, by_admin=True))
    assert group(rehearsal).kind == "residents"


async def test_an_officer_undoes_no_other_village(rehearsal: Rehearsal) -> None:
    """The deputy serves Ngrayun only."""
    typed = await code(rehearsal, village="1")
    await rehearsal.group(f"/pasang {typed}")
    (said,) = await rehearsal.say(demo.DEPUTY, "LEPAS 1")
    assert "Tulis LEPAS dan nomor grupnya" in said.text
    assert group(rehearsal).place_code == demo.OTHER_VILLAGE


# ---- codes


async def test_two_groups_type_one_code_and_one_is_bound(on_both: Rehearsal) -> None:
    typed = await code(on_both)
    for name in ("rt1", "rt2"):
        await on_both.join_group(name)
    await on_both.group(f"/pasang {typed}", group="rt1")
    await on_both.group(f"/pasang {typed}", group="rt2")
    bound = select(func.count()).where(groups.groups.c.place_code == demo.VILLAGE)
    assert one(on_both, bound) == 2  # the example's own, and the first of the two


async def test_an_expired_code_goes(on_both: Rehearsal) -> None:
    await code(on_both)
    with on_both.service.database.write() as connection:
        groups.purge(connection, on_both.clock.now() + timedelta(hours=24, seconds=1))
    assert one(on_both, select(func.count()).select_from(groups.invitations)) == 0


# ---- moves and unbinding


async def test_who_only_speaks_in_a_group_of_officials_can_be_erased(on_both: Rehearsal) -> None:
    await coordinate(on_both)
    with on_both.service.database.write() as connection:
        had = len(connection.execute(select(members)).all())
        for done in (True, False):
            person = erase_person(on_both.service, connection, demo.CHANNEL, "kades")
            assert person is done
        assert len(connection.execute(select(members)).all()) == had - 1


async def test_a_move_merges_what_was_under_way_to_both_ids(on_both: Rehearsal) -> None:
    """The bot was "added" under the new id before anybody told it of the move."""
    await on_both.join_group("baru")
    with on_both.service.database.write() as connection:
        number = connection.execute(
            insert(broadcasts)
            .values(office_code=demo.OFFICE, officer_id=1, text="x", created_at=on_both.clock.now(),
                    place_codes="")
            .returning(broadcasts.c.id)
        ).scalar_one()  # fmt: skip
        for target in (-1, -2):
            connection.execute(
                insert(recipients).values(broadcast_id=number, target=target, channel=demo.CHANNEL,
                                          state=WAITING, not_before=on_both.clock.now())
            )  # fmt: skip
        groups.move(connection, on_both.service.ring, demo.CHANNEL, demo.GROUP, "baru")
    row = group(on_both)
    assert (row.id, row.place_code) == (1, demo.VILLAGE)
    assert groups.chat_of(on_both.service.ring, row.chat_index, row.chat) == "baru"
    with on_both.service.database.read() as connection:
        assert connection.execute(select(recipients.c.target)).scalars().all() == [-1]


async def test_a_new_id_that_was_bound_meanwhile_keeps_what_it_has(on_both: Rehearsal) -> None:
    """The notice of the move came after a long outage: the admin had bound the group anew."""
    await on_both.join_group("baru")
    await on_both.group(f"/pasang {await code(on_both, 'coordination')}", group="baru")
    await on_both.group("/saya kepala desa", group="baru")
    now = on_both.clock.now()
    with on_both.service.database.write() as connection:
        row = outbox.row_for(on_both.service.ring, MessageCreated("kabar"), now,
                             channel=demo.CHANNEL, group_id=1, not_before=now)  # fmt: skip
        outbox.queue(connection, [row])
        groups.move(connection, on_both.service.ring, demo.CHANNEL, demo.GROUP, "baru")
    said = await on_both.wait(timedelta(0))
    assert [(message.to, message.text) for message in said] == [("baru", "kabar")]
    query = select(groups.groups.c.kind, groups.groups.c.active).order_by(groups.groups.c.id)
    with on_both.service.database.read() as connection:
        assert [tuple(row) for row in connection.execute(query)] == [
            ("residents", False), ("coordination", True),
        ]  # fmt: skip


async def test_an_unbound_group_gets_nothing_that_was_under_way(on_both: Rehearsal) -> None:
    now = on_both.clock.now()
    with on_both.service.database.write() as connection:
        rows = [
            outbox.row_for(on_both.service.ring, MessageCreated(words), now, channel=demo.CHANNEL,
                           group_id=1, priority=priority, not_before=now + timedelta(hours=1))
            for words, priority in (("kabar", outbox.BULK), ("jawaban", outbox.REPLY))
        ]  # fmt: skip
        outbox.queue(connection, rows)
        groups.unbind(connection, 1, now)
    said = await on_both.wait(timedelta(hours=2))
    assert [message.text for message in said] == ["jawaban"]


# ---- a coordination group


async def test_what_officials_agree_on_is_sealed_and_goes_with_the_group(
    on_both: Rehearsal,
) -> None:
    await coordinate(on_both)
    with on_both.service.database.read() as connection:
        kept = [
            bytes(row.sealed)
            for table in (items, members)
            for row in connection.execute(select(table))
        ]
    assert len(kept) == 3
    assert not any(b"poster" in value or b"kepala" in value for value in kept)
    await on_both.say(demo.OFFICER, "LEPAS 1")
    for table in (items, members, parts):
        assert one(on_both, select(func.count()).select_from(table)) == 0


async def test_a_year_later_it_is_gone(on_both: Rehearsal) -> None:
    await coordinate(on_both)
    with on_both.service.database.write() as connection:
        coordination.purge(connection, on_both.clock.now() + timedelta(days=366))
    assert one(on_both, select(func.count()).select_from(items)) == 0
    assert one(on_both, select(func.count()).select_from(parts)) == 0


async def test_who_has_everything_deleted_is_out_of_every_group(on_both: Rehearsal) -> None:
    """The person's id in the group is the address of their private chat."""
    await coordinate(on_both)
    await on_both.group("/saya babinsa", by="lain")
    await on_both.say("kades", "halo")
    await on_both.say("kades", "hapus data saya")
    await on_both.say("kades", "ya")
    with on_both.service.database.read() as connection:
        assert coordination.role_of(connection, on_both.service.ring, 1, "kades") is None
        assert coordination.role_of(connection, on_both.service.ring, 1, "lain") == "babinsa"


async def test_a_press_counts_once_and_only_of_our_buttons(on_both: Rehearsal) -> None:
    await coordinate(on_both)
    for payload in ("coordination.do.1", "coordination.do.1", "coordination.ended.1", "x", "."):
        await on_both.group(payload=payload, by="kades")
    said = await on_both.group("/daftar", by="kades")
    assert said[0].text.count("Kades, kepala desa") == 2  # the task and the meeting
    assert one(on_both, select(func.count()).where(items.c.is_open)) == 2


async def test_who_can_not_be_told_apart_keeps_nothing(rehearsal: Rehearsal) -> None:
    await coordinate(rehearsal)
    for words in ("/saya camat", "/tugas x", "/hadir", "/selesai 1"):
        (said,) = await rehearsal.group(words, author="", author_name="")
        assert "admin anonim" in said.text


async def test_words_that_are_too_long_are_cut_and_numbers_of_people_hidden(
    rehearsal: Rehearsal,
) -> None:
    await coordinate(rehearsal)
    (said,) = await rehearsal.group("/catat KTP 3502021234560001 " + "a" * 900, by="kades")
    assert "3502021234560001" not in said.text
    assert len(said.text) < 400


async def test_long_minutes_show_the_newest_and_say_that_there_are_more(
    rehearsal: Rehearsal,
) -> None:
    await coordinate(rehearsal)
    for number in range(12):
        await rehearsal.group(f"/catat kesepakatan nomor {number} " + "kata " * 25, by="kades")
    await rehearsal.say(demo.OFFICER, "GRUP")
    await rehearsal.say(demo.OFFICER, "Notulen")
    (said,) = await rehearsal.say(demo.OFFICER, "1")
    assert "nomor 11" in said.text
    assert "nomor 0 " not in said.text
    assert "catatan yang lebih lama" in said.text
    assert len(said.text) <= 1024


# ---- the lesson of the week


def to_group(said: Sequence[Any]) -> list[str]:
    return [message.text for message in said if message.to == demo.GROUP and not message.poll]


async def until(bot: Rehearsal, at: datetime) -> list[str]:
    return to_group(await bot.wait(at - bot.clock.now()))


async def test_a_lesson_comes_once_a_week_on_the_villages_own_clock(on_both: Rehearsal) -> None:
    """16.00 in Papua is 14.00 in Ponorogo."""
    with on_both.service.database.write() as connection:
        connection.execute(update(groups.groups).values(place_code="94.71.01.1001"))
    assert await until(on_both, WEDNESDAY - timedelta(hours=2, minutes=1)) == []
    assert len(await until(on_both, WEDNESDAY - timedelta(hours=2))) == 1
    assert await until(on_both, WEDNESDAY) == []


@pytest.mark.parametrize(
    "change",
    [
        {"lessons": False},
        {"active": False},
        {"kind": "coordination"},
        {"place_code": ""},
    ],
    ids=str,
)
async def test_groups_that_get_no_lesson(rehearsal: Rehearsal, change: dict[str, object]) -> None:
    with rehearsal.service.database.write() as connection:
        connection.execute(update(groups.groups).values(**change))
    assert await until(rehearsal, WEDNESDAY + timedelta(days=8)) == []


async def test_a_service_that_was_down_at_the_hour_does_it_until_evening(
    rehearsal: Rehearsal,
) -> None:
    rehearsal.clock.forward(WEDNESDAY + timedelta(hours=2, minutes=50) - rehearsal.clock.now())
    assert len(to_group(await rehearsal.wait(timedelta(0)))) == 1
    with rehearsal.service.database.write() as connection:
        connection.execute(update(groups.groups).values(lesson_at=None))
    rehearsal.clock.forward(timedelta(minutes=20))
    assert to_group(await rehearsal.wait(timedelta(0))) == []


async def test_a_lesson_that_waits_for_its_channel_sleeps_at_night(on_both: Rehearsal) -> None:
    """What nobody asked for does not leave in the group's night, whenever it was queued."""
    bot, now = on_both, WEDNESDAY.replace(hour=21)
    with bot.service.database.write() as connection:
        row = outbox.row_for(bot.service.ring, MessageCreated("pelajaran"), now,
                             channel=demo.CHANNEL, group_id=1, priority=outbox.NEWS)  # fmt: skip
        outbox.queue(connection, [row])
        connection.execute(update(groups.groups).values(lessons=False))
    bot.clock.forward(now - bot.clock.now())
    await bot.drain()
    assert not bot.channel.sent
    assert await until(bot, now + timedelta(hours=9)) == ["pelajaran"]


async def test_a_quiz_that_never_left_is_not_explained(on_both: Rehearsal) -> None:
    await until(on_both, WEDNESDAY)
    with on_both.service.database.write() as connection:
        connection.execute(update(outbox.outbox).values(status="failed"))
    assert await until(on_both, WEDNESDAY + timedelta(days=2)) == []
    assert one(on_both, select(func.count()).select_from(polls)) == 0


async def test_a_quiz_still_on_its_way_is_explained_later(on_both: Rehearsal) -> None:
    bot = on_both
    await until(bot, WEDNESDAY)
    waiting = update(outbox.outbox).where(outbox.outbox.c.priority == outbox.NEWS)
    with bot.service.database.write() as connection:
        connection.execute(waiting.values(status="sending", lease_until=WEDNESDAY + timedelta(9)))
    assert await until(bot, WEDNESDAY + timedelta(hours=25)) == []
    with bot.service.database.write() as connection:
        connection.execute(waiting.values(status="sent"))
    (said,) = await until(bot, WEDNESDAY + timedelta(hours=27))
    assert "Jawabannya" in said


async def test_the_explanation_names_its_poll(rehearsal: Rehearsal) -> None:
    await until(rehearsal, WEDNESDAY)
    asked = next(m for m in rehearsal.channel.sent if m.poll)
    await until(rehearsal, WEDNESDAY + timedelta(hours=24))
    assert rehearsal.channel.sent[-1].ends_poll == f"rehearsal-{asked.outbox_id}"


async def test_an_unbound_group_forgets_its_quiz(rehearsal: Rehearsal) -> None:
    await until(rehearsal, WEDNESDAY)
    await rehearsal.group("/lepas")
    assert await until(rehearsal, WEDNESDAY + timedelta(days=8)) == []


LESSONS = for_villagers(shipped_catalog().lessons)
TODAY = date(2026, 11, 25)


def aged(change: Callable[[Any], Any], *, lesson: int = 0) -> list[Any]:
    return [change(one) if n == lesson else one for n, one in enumerate(LESSONS)]


def old(fact: Any) -> Any:
    return replace(fact, source=replace(fact.source, review_by=TODAY - timedelta(days=1)))


def test_lessons_go_round() -> None:
    first = next_lesson(LESSONS, "", TODAY)
    last = next_lesson(LESSONS, LESSONS[-1].id, TODAY)
    assert first is not None
    assert first[0] is LESSONS[0]
    assert last == first
    assert next_lesson(LESSONS, "gone_since", TODAY) == first


def test_what_is_past_its_review_date_is_passed_over() -> None:
    old_card = aged(lambda lesson: replace(lesson, cards=(old(lesson.cards[0]), *lesson.cards[1:])))
    found = next_lesson(old_card, "", TODAY)
    assert found is not None
    assert found[0] is LESSONS[1]
    old_item = aged(lambda lesson: replace(lesson, quiz=(old(lesson.quiz[0]), *lesson.quiz[1:])))
    found = next_lesson(old_item, "", TODAY)
    assert found is not None
    assert found[1] is LESSONS[0].quiz[1]
    assert next_lesson(LESSONS, "", date(2030, 1, 1)) is None


async def test_without_a_fresh_lesson_nothing_is_sent(
    rehearsal: Rehearsal, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.group_lessons.next_lesson", lambda *_: None)
    assert await until(rehearsal, WEDNESDAY + timedelta(minutes=5)) == []


def test_every_shipped_lesson_can_be_a_poll() -> None:
    for lesson in LESSONS:
        assert any(group_lessons._fits(item, TODAY) for item in lesson.quiz), lesson.id


async def test_a_group_that_nobody_knows_can_be_lost(rehearsal: Rehearsal) -> None:
    for kind in ("group_left", "group_rights"):
        said = await rehearsal.take(
            Inbound(demo.CHANNEL, rehearsal.event_id(), kind, group="lain", standing="muted")
        )
        assert not said
    assert schedule.next_moment(rehearsal.service) is not None
