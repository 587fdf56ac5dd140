"""Who gets a report's key later than it came: never whom it names, always whoever answers for it."""

from datetime import timedelta
from typing import Any

from sqlalchemy import Connection, select, update

from bot import case_work, conflicts, demo, keys, leave, rewrapping, tip_lists, tip_seal, tips
from bot.case_rights import Reader, access_to
from bot.case_rows import shares
from bot.effects import Effects
from bot.officers import duties, officers
from bot.rehearsal import Rehearsal
from bot.tip_rows import wraps
from bot.world import World
from tests.bot.steps import heard, report
from tests.bot.test_conflicts import add_officer, key_of, vouch_for
from tests.bot.test_two_offices import add_office

ELSEWHERE = "baosan kidul ngrayun ponorogo"
LEADER_READS = Reader(3, demo.OFFICE, leader=True)
KEY = {staff_no: demo.private_key(staff_no)[0] for staff_no in ("D-001", "D-002", "D-003")}


def holders(bot: Rehearsal, number: int = 1) -> set[str]:
    with bot.service.database.read() as connection:
        query = select(wraps.c.recipient).where(wraps.c.tip_number == number)
        return set(connection.execute(query).scalars())


def entitled(bot: Rehearsal, connection: Connection, number: int = 1) -> set[str]:
    tip = tips.by_number(connection, number)
    found = rewrapping.Entitled(connection, bot.service, bot.clock.now()).to(tip)
    return {recipient.id for recipient in found}


def effects(bot: Rehearsal, connection: Connection) -> Effects:
    now = bot.clock.now()
    return Effects(connection, bot.service, World(connection, bot.service, None, now), now)


def accuse(bot: Rehearsal, connection: Connection, number: int, officer_id: int) -> None:
    who = frozenset([officer_id])
    conflicts.remember(connection, bot.service.database, bot.service.ring, number, who)


def take_wraps(connection: Connection, *recipients: str) -> None:
    connection.execute(wraps.delete().where(wraps.c.recipient.in_(recipients)))


def without_keys(bot: Rehearsal, connection: Connection) -> dict[int, str]:
    """Nobody can read: what comes waits under the key ring. Returns what the officers had."""
    kept: dict[int, str] = {
        row.id: row.key_id for row in connection.execute(select(officers.c.id, officers.c.key_id))
    }
    connection.execute(update(officers).values(key_id=None))
    connection.execute(keys.office_keys.update().values(retired_at=bot.clock.now()))
    return kept


def give_back(connection: Connection, kept: dict[int, str], *officer_ids: int) -> None:
    for officer_id in officer_ids:
        change = update(officers).where(officers.c.id == officer_id)
        connection.execute(change.values(key_id=kept[officer_id]))


async def test_whom_a_tip_names_is_not_entitled_by_a_share(on_both: Rehearsal) -> None:
    await report(on_both, where=ELSEWHERE)
    with on_both.service.database.write() as connection:
        row: dict[str, Any] = {"tip_number": 1, "officer_id": 2, "shared_by": 3}
        connection.execute(shares.insert().values(**row, shared_at=on_both.clock.now()))
        assert KEY["D-002"] in entitled(on_both, connection)
        accuse(on_both, connection, 1, 2)
        assert KEY["D-002"] not in entitled(on_both, connection)


async def test_the_offices_key_is_not_wanted_where_only_whom_a_tip_names_has_it(
    on_both: Rehearsal,
) -> None:
    """A leader's browser would have been asked to wrap the report to the key of the accused."""
    await report(on_both, where=ELSEWHERE)
    with on_both.service.database.write() as connection:
        office = keys.office_recipient(connection, demo.OFFICE)[0].id
        accuse(on_both, connection, 1, 2)
        assert office in entitled(on_both, connection)
        accuse(on_both, connection, 1, 3)
        assert entitled(on_both, connection) == {KEY["D-001"]}


async def test_a_leader_nobody_has_vouched_for_gets_no_new_report(on_both: Rehearsal) -> None:
    """Whoever invites could have enrolled in that name: old reports waited, new ones came."""
    add_officer(on_both, "D-020", "Agus Salim", "head")
    await report(on_both, where=ELSEWHERE)
    assert key_of("D-020") not in holders(on_both)
    today = on_both.service.today(on_both.clock.now())
    with on_both.service.database.write() as connection:
        newcomer = max(keys.unconfirmed(connection, today))
        row: dict[str, Any] = {"tip_number": 1, "officer_id": newcomer, "shared_by": 3}
        connection.execute(shares.insert().values(**row, shared_at=on_both.clock.now()))
        mine = tips.assignments.c.tip_number == 1
        connection.execute(update(tips.assignments).where(mine).values(officer_id=newcomer))
        assert key_of("D-020") not in entitled(on_both, connection)
        access = access_to(connection, on_both.service, LEADER_READS, 1, on_both.clock.now())
        assert access is not None
        found = case_work.colleagues(effects(on_both, connection), access)
        assert newcomer not in {one.id for one in found}
    vouch_for(on_both, "D-020")
    await report(on_both, "baru", where=ELSEWHERE)
    assert key_of("D-020") in holders(on_both, 2)


async def test_where_nobody_could_vouch_a_leader_counts_at_once(on_both: Rehearsal) -> None:
    """The only leader made a new key after losing phone and paper."""
    with on_both.service.database.write() as connection:
        connection.execute(keys.office_key_wraps.delete())
        today = on_both.service.today(on_both.clock.now())
        assert keys.unconfirmed(connection, today) == frozenset()
    await report(on_both, where=ELSEWHERE)
    assert KEY["D-003"] in holders(on_both)


async def test_the_last_wrap_of_a_report_is_not_dropped_with_a_key(on_both: Rehearsal) -> None:
    """An accused officer changed their key, and with it went the only way into the report."""
    await report(on_both, where=ELSEWHERE)
    await report(on_both, where=ELSEWHERE)
    with on_both.service.database.write() as connection:
        mine = wraps.c.tip_number == 1
        connection.execute(wraps.delete().where(mine, wraps.c.recipient != KEY["D-001"]))
        rewrapping.drop_key(connection, KEY["D-001"])
    assert holders(on_both, 1) == {KEY["D-001"]}
    assert KEY["D-001"] not in holders(on_both, 2)


async def test_a_first_key_at_another_office_takes_what_waited_for_its_desk(
    on_both: Rehearsal,
) -> None:
    """Only the reports of the new officer's own office were looked at."""
    with on_both.service.database.write() as connection:
        without_keys(on_both, connection)
    await report(on_both, where=ELSEWHERE)
    assert holders(on_both) == {tip_seal.SERVER}
    add_office(on_both, "Kanwil Jawa Timur", "kanwil", kind="kanwil", regencies=("35",))
    other = keys.Recipient("5" * 16, bytes(range(32)))
    with on_both.service.database.write() as connection:
        keys.add_office_key(connection, "kanwil", other, on_both.clock.now())
        assert rewrapping.hand_over_from_ring(effects(on_both, connection)) == 1
    assert other.id in holders(on_both)


async def test_taken_tips_go_to_a_deputy_only_who_can_open_them(on_both: Rehearsal) -> None:
    """Officer 2 serves the first village only, and was given no key of the other's reports."""
    await report(on_both)
    await report(on_both, where=ELSEWHERE)
    for words in ("ambil 1", "ambil 2"):
        await on_both.say(demo.OFFICER, words)
    with on_both.service.database.write() as connection:
        now = on_both.clock.now()
        away = leave.begin(connection, 1, now, now + timedelta(days=3), "annual", now, deputy_id=2)
        effects(on_both, connection).begin_leave(away)
        assert [tip.number for tip in tip_lists.owned_by(connection, 2)] == [1]
        assert [tip.number for tip in tip_lists.owned_by(connection, 3)] == [2]


async def test_who_can_open_nothing_of_it_is_not_offered_as_deputy(on_both: Rehearsal) -> None:
    await report(on_both, where=ELSEWHERE)
    await on_both.say(demo.OFFICER, "ambil 1")
    said = heard(await on_both.say(demo.OFFICER, "CUTI hari ini sampai besok Bagus"), demo.OFFICER)
    assert "Bagus" not in said.replace("'Bagus'", "")


async def test_a_leader_as_deputy_opens_with_the_offices_key(on_both: Rehearsal) -> None:
    await report(on_both)
    today = on_both.service.today(on_both.clock.now())
    with on_both.service.database.write() as connection:
        assert rewrapping.can_open(connection, 3, 1, today)
        take_wraps(connection, *KEY.values())
        assert rewrapping.can_open(connection, 3, 1, today)
        assert not rewrapping.can_open(connection, 1, 1, today)
        connection.execute(update(officers).where(officers.c.id == 3).values(contact_id=None))
        assert not rewrapping.can_open(connection, 3, 1, today)


async def test_a_report_that_only_another_office_could_open_stays_with_the_ring_too(
    on_both: Rehearsal,
) -> None:
    """It waits on the desk of an office whose leader answers for another village and has not made
    the office's key yet; the desk above it has one."""
    add_office(on_both, "Kanwil Jawa Timur", "kanwil", kind="kanwil", regencies=("35",))
    other, own = (keys.Recipient(digit * 16, bytes(range(32))) for digit in "56")
    with on_both.service.database.write() as connection:
        kept = without_keys(on_both, connection)
        give_back(connection, kept, *(kept.keys() - {1, 2}))
        connection.execute(
            update(duties).where(duties.c.officer_id == 3).values(place_code=demo.OTHER_VILLAGE)
        )
        keys.add_office_key(connection, "kanwil", other, on_both.clock.now())
    await report(on_both)
    assert holders(on_both) == {tip_seal.SERVER, other.id}
    with on_both.service.database.write() as connection:
        tip = tips.by_number(connection, 1)
        assert tip is not None
        assert tip.office_code == demo.OFFICE
        effects(on_both, connection).hand_to_people(tip)
        left = set(connection.execute(select(wraps.c.recipient)).scalars())
        assert left == {tip_seal.SERVER, other.id}, "nobody of the office could open it"
        keys.add_office_key(connection, demo.OFFICE, own, on_both.clock.now())
        effects(on_both, connection).hand_to_people(tip)
    assert holders(on_both) == {other.id, own.id}


async def test_who_it_was_handed_to_or_shared_with_reads_it_when_the_ring_lets_go(
    on_both: Rehearsal,
) -> None:
    """Officer 2 serves another village: only the present owner and a share make them readers."""
    with on_both.service.database.write() as connection:
        kept = without_keys(on_both, connection)
    await report(on_both, where=ELSEWHERE)
    with on_both.service.database.write() as connection:
        give_back(connection, kept, 1, 2, 3)
        mine = tips.assignments.c.tip_number == 1
        connection.execute(update(tips.assignments).where(mine).values(officer_id=2))
        assert KEY["D-002"] in entitled(on_both, connection)
        tip = tips.by_number(connection, 1)
        assert tip is not None
        effects(on_both, connection).hand_to_people(tip)
    assert holders(on_both) == set(KEY.values())


async def test_who_reads_a_tip_reads_what_was_merged_into_it(on_both: Rehearsal) -> None:
    """Also who comes to own it later, but never whom one of the two names."""
    await report(on_both, where=ELSEWHERE)
    await report(on_both, where=ELSEWHERE)
    service, now = on_both.service, on_both.clock.now()
    with service.database.write() as connection:
        one, two = (access_to(connection, service, LEADER_READS, number, now) for number in (1, 2))
        assert one is not None and two is not None
        case_work.merge(effects(on_both, connection), two, one, 3)
        mine = tips.assignments.c.tip_number == 1
        connection.execute(update(tips.assignments).where(mine).values(officer_id=2))
        held = [KEY["D-003"]]
        found, _ = rewrapping.missing(connection, service, 3, held, now)
        lacking = {(each.tip_id, each.recipient.id) for each in found}
        assert (two.tip.id, KEY["D-002"]) in lacking
        accuse(on_both, connection, 2, 2)
        assert KEY["D-002"] not in entitled(on_both, connection, 2)
        assert KEY["D-002"] in entitled(on_both, connection, 1)


async def test_the_words_of_a_report_follow_it_up_the_ladder(on_both: Rehearsal) -> None:
    """The Kanwil's key was made after the report came: the Kanim's leader wraps it to that key."""
    add_office(on_both, "Kanwil Jawa Timur", "kanwil", kind="kanwil", regencies=("35",))
    await report(on_both, danger="akan berangkat segera")
    sent = await on_both.wait(timedelta(hours=6))
    assert "#1 ada di kotak kantor" in heard(sent, "kanwil")
    service, now = on_both.service, on_both.clock.now()
    other = keys.Recipient("5" * 16, bytes(range(32)))
    with service.database.write() as connection:
        keys.add_office_key(connection, "kanwil", other, now)
        found, _ = rewrapping.missing(connection, service, 3, [KEY["D-003"]], now)
    assert other.id in {each.recipient.id for each in found}
