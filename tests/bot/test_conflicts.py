"""Whom a report speaks of never gets it: names, roles, keys, merges, and what can't be read."""

import threading
from datetime import timedelta

import pytest
from sqlalchemy import Connection, select, text, update

from bot import case_work, conflicts, demo, doctor, keys, tips
from bot.case_rights import Reader, access_to
from bot.case_rows import shares
from bot.effects import Effects
from bot.officers import UNROUTED, duties, officers
from bot.rehearsal import Rehearsal
from bot.rewrapping import hand_over_from_ring
from bot.roster import hand_over_orphans
from bot.tip_rows import wraps
from bot.tip_seal import SERVER
from bot.world import World
from console.case import read
from console.inbox import read as read_inbox
from flows.events import TipDetailAdded
from flows.safety import leaders_meant, names_an_official, speaks_of_immigration
from tests.bot.steps import count, first_tip, heard, report
from tests.bot.test_two_offices import add_office, open_from_elsewhere
from tests.opened import DEPUTY, LEADER, PIMPASA

ACCUSES_THE_LEADER = "Dewi Lestari kepala seksi imigrasi, dan perangkat desa"


def ids(bot: Rehearsal) -> dict[str, int]:
    with bot.service.database.read() as connection:
        rows = connection.execute(select(officers.c.staff_no, officers.c.id))
        return {row.staff_no: row.id for row in rows}


def named(bot: Rehearsal, number: int = 1) -> set[str]:
    """Staff numbers of those whom a tip passes over."""
    with bot.service.database.read() as connection:
        found = conflicts.passed_over(connection, bot.service.ring, number)
    return {staff_no for staff_no, officer_id in ids(bot).items() if officer_id in found}


def who_opens(bot: Rehearsal, number: int = 1) -> set[str]:
    with bot.service.database.read() as connection:
        query = select(wraps.c.recipient).where(wraps.c.tip_number == number)
        return set(connection.execute(query).scalars())


def key_of(staff_no: str) -> str:
    return demo.private_key(staff_no)[0]


def add_officer(bot: Rehearsal, staff_no: str, name: str, role: str) -> int:
    """Another officer of the example office, with a phone called like the number, and a key."""
    service, now = bot.service, bot.clock.now()
    with service.database.write() as connection:
        officer_id: int = connection.execute(
            officers.insert()
            .values(office_code=demo.OFFICE, staff_no=staff_no, name=name, active=True)
            .returning(officers.c.id)
        ).scalar_one()
        connection.execute(
            duties.insert().values(officer_id=officer_id, office_code=demo.OFFICE, role=role,
                                   place_code="", decree="", valid_from=now.date())
        )  # fmt: skip
        demo._enrol(connection, service, staff_no, staff_no, now)
    return officer_id


def vouch_for(bot: Rehearsal, staff_no: str) -> str:
    """Another leader says whose key it is; returns the office's key, which they then hold."""
    with bot.service.database.write() as connection:
        (office_key,) = keys.office_recipient(connection, demo.OFFICE)
        keys.share_office_key(connection, office_key.id, key_of(staff_no), b"wrap")
    return office_key.id


def what_the_doctor_says(bot: Rehearsal) -> list[str]:
    with bot.service.database.read() as connection:
        return [one.detail for one in doctor._accused(connection, bot.service)]


# ---- what words name


@pytest.mark.parametrize(
    ("told", "who"),
    [
        ("Petugas imigrasi bernama Dewi minta uang", {PIMPASA, DEPUTY, LEADER}),
        ("Bu Dewi pegawai kanim minta lima juta", {PIMPASA, DEPUTY, LEADER}),
        ("Bu Dewi di kantor imigrasi minta lima juta", {LEADER}),
        ("Kakanim minta uang", {PIMPASA, DEPUTY}),
        ("Pak Joko kepala seksi imigrasi minta uang", {PIMPASA, DEPUTY, LEADER}),
        ("kepala-seksi imigrasi", {PIMPASA, DEPUTY, LEADER}),
        ("Kasi Inteldakim ikut", {PIMPASA, DEPUTY, LEADER}),
        ("Pak Kasi di imigrasi ikut", {PIMPASA, DEPUTY, LEADER}),
        ("Calo bernama Dewi minta uang", set()),
        ("Saya kasi uang ke Bu Dewi", set()),
        ("Dewi mau bikin paspor lewat calo", set()),
        ("Dewi Lestari ikut", {LEADER}),
        ("Kepala kantor cabang PT itu bernama Dewi", set()),
        ("Kasi pemerintahan desa minta uang", set()),
        ("Kepala seksi pemerintahan desa minta uang", set()),
    ],
)
def test_whom_words_name(rehearsal: Rehearsal, told: str, who: set[str]) -> None:
    now = rehearsal.clock.now()
    with rehearsal.service.database.read() as connection:
        world = World(connection, rehearsal.service, None, now)
        found = world.named_in(demo.VILLAGE, told)
    assert {one for one, officer_id in ids(rehearsal).items() if officer_id in found} == who


def test_titles_of_others_are_no_officers() -> None:
    assert leaders_meant("Kepala kantor imigrasi") == {"head"}
    assert leaders_meant("Kepala seksi dan kakanim") == {"head", "section_head"}
    for told in ("kepala kantor pos", "kepala seksi kesejahteraan", "pak kasi tahu saya"):
        assert not leaders_meant(told)
        assert not names_an_official(told)
        assert not speaks_of_immigration(told)


async def test_a_title_passes_over_that_role_and_the_next_leader_gets_it(
    on_both: Rehearsal,
) -> None:
    add_officer(on_both, "D-009", "Agus Salim", "head")
    vouch_for(on_both, "D-009")
    await report(on_both, what="Pak Dewi kepala seksi imigrasi minta uang")
    assert named(on_both) == {PIMPASA, DEPUTY, LEADER}
    with on_both.service.database.read() as connection:
        assert first_tip(connection).officer_id == ids(on_both)["D-009"]
    assert key_of(LEADER) not in who_opens(on_both)


async def test_officers_of_other_offices_are_looked_for_too(on_both: Rehearsal) -> None:
    """The second office's head is named: no copy's notice tells of it."""
    add_office(on_both, "Kanwil Jawa Timur", "kanwil", kind="kanwil", regencies=("35",))
    with on_both.service.database.write() as connection:
        connection.execute(
            update(officers).where(officers.c.staff_no == "kanwil-1").values(name="Rini Astuti")
        )
    await report(on_both, what="Calonya teman Rini Astuti")
    assert named(on_both) == {"kanwil-1"}


async def test_who_is_named_hears_nothing_of_a_copy(on_both: Rehearsal) -> None:
    sent = await open_from_elsewhere(on_both, "Kepala kantor imigrasi Karawang ikut")
    assert "karawang-1" in named(on_both)
    assert heard(sent, "karawang") == ""


# ---- a report that accuses all who could read it


async def test_a_report_against_the_only_leader_waits_for_another_one(on_both: Rehearsal) -> None:
    said = await on_both.say(demo.VILLAGER, "lapor")
    for words in ("lanjut", "tidak", ACCUSES_THE_LEADER, "ngrayun ngrayun ponorogo", "ya",
                  "tidak tahu", "tidak tahu", "boleh", "kirim"):  # fmt: skip
        said = await on_both.say(demo.VILLAGER, words)
    told = heard(said, demo.VILLAGER)
    assert "Belum ada petugas kami" in told
    assert "paling lambat" not in told
    assert named(on_both) == {PIMPASA, DEPUTY, LEADER}
    assert who_opens(on_both) == {SERVER}
    (finding,) = what_the_doctor_says(on_both)
    assert finding.startswith("1 reports only accused officers could open")

    other = add_officer(on_both, "D-009", "Agus Salim", "section_head")
    office_key = vouch_for(on_both, "D-009")
    with on_both.service.database.write() as connection:
        now = on_both.clock.now()
        effects = Effects(
            connection, on_both.service, World(connection, on_both.service, None, now), now
        )
        assert hand_over_from_ring(effects) == 1
        hand_over_orphans(connection, now)
    assert who_opens(on_both) == {key_of("D-009"), office_key}
    assert what_the_doctor_says(on_both) == []
    sent = await on_both.wait(timedelta(minutes=1))
    assert "#1" in heard(sent, "D-009")
    assert heard(sent, demo.HEAD) == ""
    with on_both.service.database.read() as connection:
        assert first_tip(connection).officer_id == other


async def test_the_ring_keeps_it_while_only_the_accused_have_keys(on_both: Rehearsal) -> None:
    await report(on_both, what=ACCUSES_THE_LEADER)
    with on_both.service.database.write() as connection:
        now = on_both.clock.now()
        effects = Effects(
            connection, on_both.service, World(connection, on_both.service, None, now), now
        )
        hand_over_from_ring(effects)
    assert who_opens(on_both) == {SERVER}


async def test_the_offices_key_counts_when_another_leader_holds_it(on_both: Rehearsal) -> None:
    add_officer(on_both, "D-009", "Agus Salim", "head")
    office_key = vouch_for(on_both, "D-009")
    await report(on_both, what=ACCUSES_THE_LEADER)
    assert who_opens(on_both) == {key_of("D-009"), office_key}


async def test_nobody_promises_to_pass_on_what_nobody_has(on_both: Rehearsal) -> None:
    """It happened elsewhere, and who would pass it on is accused."""
    said = await on_both.say(demo.VILLAGER, "lapor")
    for words in ("lanjut", "tidak", "Ada calo bernama Dewi Lestari", "Kota Pasuruan", "ya", "tidak tahu",
                  "tidak tahu", "boleh", "kirim", "kirim"):  # fmt: skip
        said = await on_both.say(demo.VILLAGER, words) or said
    with on_both.service.database.read() as connection:
        assert first_tip(connection).role == UNROUTED.role
    told = heard(on_both.channel.sent, demo.VILLAGER)
    assert "akan meneruskannya" not in told
    assert "Belum ada petugas kami" in told


# ---- who is named later


def add_words(bot: Rehearsal, words: str) -> None:
    service, now = bot.service, bot.clock.now()
    with service.database.write() as connection:
        tips.hold(connection, 1)
        effects = Effects(connection, service, World(connection, service, None, now), now)
        effects._add(first_tip(connection), words, danger=False)


async def test_who_is_named_later_loses_keys_and_shares(on_both: Rehearsal) -> None:
    await report(on_both)
    who = ids(on_both)
    with on_both.service.database.write() as connection:
        for staff_no in (DEPUTY, LEADER):
            connection.execute(
                shares.insert().values(
                    tip_number=1, officer_id=who[staff_no], shared_by=who[PIMPASA],
                    shared_at=on_both.clock.now(), key_id="",
                )
            )  # fmt: skip
    assert {key_of(PIMPASA), key_of(DEPUTY), key_of(LEADER)} < who_opens(on_both)
    add_words(on_both, "Sri Wahyuni dan Bagus Prasetyo ikut")
    left = who_opens(on_both)
    assert key_of(LEADER) in left
    assert not {key_of(PIMPASA), key_of(DEPUTY)} & left
    assert count(on_both, shares, officer_id=who[DEPUTY]) == 0
    assert count(on_both, shares, officer_id=who[LEADER]) == 1


async def test_the_last_wrap_is_not_destroyed_by_an_accusation(on_both: Rehearsal) -> None:
    await report(on_both)
    with on_both.service.database.write() as connection:
        connection.execute(wraps.delete().where(wraps.c.recipient != key_of(PIMPASA)))
    add_words(on_both, "Sri Wahyuni ikut")
    assert who_opens(on_both) == {key_of(PIMPASA)}
    assert len(what_the_doctor_says(on_both)) == 1


async def test_a_former_owner_whom_it_names_learns_nothing_of_its_fate(
    on_both: Rehearsal,
) -> None:
    await report(on_both)
    await on_both.say(demo.OFFICER, "ambil 1")
    add_words(on_both, "Sri Wahyuni yang membantu calo")
    unknown = heard(await on_both.say(demo.OFFICER, "baca 99"), demo.OFFICER)
    assert heard(await on_both.say(demo.OFFICER, "baca 1"), demo.OFFICER) == unknown.replace(
        "99", "1"
    )


async def test_two_who_are_named_at_once_are_both_passed_over(postgresql_url: str) -> None:
    bot = Rehearsal(postgresql_url)
    await report(bot)
    service, now = bot.service, bot.clock.now()
    with service.database.read() as connection:
        tip_id = first_tip(connection).id

    def tell(connection: Connection, words: str) -> None:
        world = World(connection, service, None, now)
        Effects(connection, service, world, now).apply(TipDetailAdded(tip_id, words))

    def tell_of_the_deputy() -> None:
        with service.database.write() as connection:
            tell(connection, "Bagus Prasetyo juga ikut")

    waits = text(
        "SELECT count(*) FROM pg_stat_activity"
        " WHERE wait_event_type = 'Lock' AND datname = current_database()"
    )
    other = threading.Thread(target=tell_of_the_deputy)
    with service.database.write() as connection:
        tell(connection, "Sri Wahyuni ikut")
        other.start()
        with service.database.engine.connect() as observer:
            while other.is_alive() and not observer.execute(waits).scalar_one():
                observer.rollback()
    other.join()
    assert named(bot) == {PIMPASA, DEPUTY}
    bot.close()


# ---- merging


def leader_of(bot: Rehearsal) -> Reader:
    return Reader(ids(bot)[LEADER], demo.OFFICE, True)


def merge(bot: Rehearsal, number: int, into: int) -> None:
    service, now = bot.service, bot.clock.now()
    with service.database.write() as connection:
        leader = leader_of(bot)
        one, two = (access_to(connection, service, leader, tip, now) for tip in (number, into))
        assert one is not None and two is not None
        effects = Effects(connection, service, World(connection, service, None, now), now)
        case_work.merge(effects, one, two, leader.officer_id)


async def test_a_merged_report_still_passes_over_whom_it_names(on_both: Rehearsal) -> None:
    await report(on_both)
    await report(on_both, what="Sri Wahyuni membantu calo")
    with on_both.service.database.read() as connection:
        assert first_tip(connection).officer_id == ids(on_both)[PIMPASA]
    merge(on_both, 2, into=1)
    assert named(on_both, 1) == {PIMPASA}
    with on_both.service.database.read() as connection:
        assert first_tip(connection).officer_id == ids(on_both)[DEPUTY]
    assert key_of(PIMPASA) not in who_opens(on_both)
    assert read(on_both.service, leader_of(on_both), 1).merged_here == [2]


async def test_what_was_merged_is_hidden_from_whom_it_names(on_both: Rehearsal) -> None:
    await report(on_both)
    await report(on_both)
    merge(on_both, 2, into=1)
    service, owner = on_both.service, ids(on_both)[PIMPASA]
    with service.database.write() as connection:
        conflicts.remember(connection, service.database, service.ring, 2, frozenset({owner}))
    assert read(service, Reader(owner, demo.OFFICE, False), 1).merged_here == []


# ---- what can't be read


async def test_one_unreadable_row_hides_that_tip_and_no_other(on_both: Rehearsal) -> None:
    await report(on_both)
    await report(on_both)
    service = on_both.service
    with service.database.write() as connection:
        conflicts.remember(connection, service.database, service.ring, 1, frozenset({1}))
        connection.execute(update(conflicts.conflicts).values(sealed=b"damaged"))
        conflicts.remember(connection, service.database, service.ring, 1, frozenset({1}))
    for staff_no in (PIMPASA, LEADER):
        reader = Reader(ids(on_both)[staff_no], demo.OFFICE, staff_no == LEADER)
        box = "office" if staff_no == LEADER else ""
        assert [row.number for row in read_inbox(service, reader, box, "", "").rows] == [2]
    assert named(on_both) == {PIMPASA, DEPUTY, LEADER}
