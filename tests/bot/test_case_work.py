"""Access, sharing, merging and forms that come twice, on both databases."""

from datetime import datetime

import pytest
from sqlalchemy import Connection, select

from bot import case_work, tip_seal, tips
from bot.case_rights import Access, Reader, access_to
from bot.case_work import NotPossible
from bot.effects import Effects
from bot.officers import officers
from bot.rehearsal import Rehearsal
from bot.tip_rows import wraps
from bot.world import World
from console.case import read
from console.inbox import read as read_inbox
from tests.bot.steps import report

OWNER, DEPUTY, LEADER = "D-001", "D-002", "D-003"


def reader(bot: Rehearsal, staff_no: str) -> Reader:
    with bot.service.database.read() as connection:
        row = connection.execute(select(officers).where(officers.c.staff_no == staff_no)).one()
    return Reader(row.id, row.office_code, staff_no == LEADER)


def now(bot: Rehearsal) -> datetime:
    return bot.service.clock.now()


def effects(bot: Rehearsal, connection: Connection) -> Effects:
    world = World(connection, bot.service, None, now(bot))
    return Effects(connection, bot.service, world, now(bot))


def access(bot: Rehearsal, connection: Connection, staff_no: str, number: int = 1) -> Access | None:
    return access_to(connection, bot.service, reader(bot, staff_no), number, now(bot))


async def test_a_share_opens_and_shuts(on_both: Rehearsal) -> None:
    await report(on_both)
    leader, deputy = reader(on_both, LEADER), reader(on_both, DEPUTY)
    with on_both.service.database.write() as connection:
        assert access(on_both, connection, DEPUTY) is None
        view = access(on_both, connection, LEADER)
        assert view is not None and view.directs
        acts = effects(on_both, connection)
        case_work.share(acts, view, leader.officer_id, deputy.officer_id)
        case_work.share(acts, view, leader.officer_id, deputy.officer_id)
        shared = access(on_both, connection, DEPUTY)
        assert shared is not None and shared.shared and not shared.directs
    listed = read_inbox(on_both.service, deputy, "shared", "", "")
    assert [(row.number, row.opens, row.unread) for row in listed.rows] == [(1, True, 1)]
    assert [name for _, name in read(on_both.service, leader, 1).shared] != []
    with on_both.service.database.write() as connection:
        view = access(on_both, connection, LEADER)
        assert view is not None
        case_work.unshare(effects(on_both, connection), view, leader.officer_id, deputy.officer_id)
        assert access(on_both, connection, DEPUTY) is None
        kept = connection.execute(select(wraps.c.recipient)).scalars().all()
        assert len(kept) > 2  # of the chain, whom the share gave nothing


async def test_a_merge_joins_two_and_only_once(on_both: Rehearsal) -> None:
    await report(on_both)
    await report(on_both)
    leader = reader(on_both, LEADER)
    with on_both.service.database.write() as connection:
        one, two = (access(on_both, connection, LEADER, number) for number in (1, 2))
        assert one is not None and two is not None
        case_work.merge(effects(on_both, connection), two, one, leader.officer_id)
        with pytest.raises(NotPossible):
            case_work.merge(effects(on_both, connection), two, one, leader.officer_id)
    with on_both.service.database.read() as connection:
        merged = access(on_both, connection, OWNER, 2)
        assert merged is not None and (merged.merged_into, merged.is_open) == (1, False)
    owner = reader(on_both, OWNER)
    assert read(on_both.service, owner, 1).merged_here == [2]
    assert [row.number for row in read_inbox(on_both.service, owner, "", "", "").rows] == [1]
    closed = read_inbox(on_both.service, leader, "closed", "", "").rows
    assert [(row.number, row.outcome) for row in closed] == [(2, "merged")]


async def test_a_form_counts_once_and_is_forgotten_later(on_both: Rehearsal) -> None:
    database, moment = on_both.service.database, now(on_both)
    officer = reader(on_both, OWNER).officer_id
    with database.write() as connection:
        assert case_work.first_time(connection, database, officer, "a" * 32, moment)
        assert not case_work.first_time(connection, database, officer, "a" * 32, moment)
        case_work.purge_forms(connection, moment)
        assert not case_work.first_time(connection, database, officer, "a" * 32, moment)


async def test_what_was_seen_is_kept_by_officer(on_both: Rehearsal) -> None:
    await report(on_both)
    owner = reader(on_both, OWNER)
    database = on_both.service.database
    for _ in range(2):
        with database.write() as connection:
            case_work.mark_seen(connection, database, 1, owner.officer_id)
    assert [row.unread for row in read_inbox(on_both.service, owner, "", "", "").rows] == [0]
    leader = reader(on_both, LEADER)
    assert [row.unread for row in read_inbox(on_both.service, leader, "office", "", "").rows] == [1]


async def test_a_withdrawn_tip_is_nobodys_any_more(on_both: Rehearsal) -> None:
    await report(on_both)
    with on_both.service.database.write() as connection:
        tips.withdraw(connection, 1, now(on_both))
        for staff_no in (OWNER, LEADER):
            assert access(on_both, connection, staff_no) is None
        assert tip_seal.sealed_parts(connection, 1) == []
