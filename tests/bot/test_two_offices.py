"""The ladder beyond one office: the regional office, a second one that is told, and accusations there."""

from datetime import timedelta
from typing import Any

from bot import contacts, demo, outbox, tips
from bot.effects import Effects
from bot.office_setup import init_office
from bot.officers import duties, officers
from bot.rehearsal import Rehearsal
from bot.tip_rows import copies
from bot.world import World
from flows.events import TipOpened
from tests.bot.steps import count, heard, report, settle_in
from tests.bot.test_tip_clock import local, tip


def add_office(rehearsal: Rehearsal, name: str, code: str, **given: Any) -> None:
    """Another office on the system, whose head reads with the phone called like its code."""
    service, now = rehearsal.service, rehearsal.clock.now()
    with service.database.write() as connection:
        init_office(connection, service.office_list, service.gazetteer, name=name, code=code,
                    now=now, **given)  # fmt: skip
        member = {"office_code": code, "staff_no": f"{code}-1", "name": "Kepala", "active": True}
        officer_id = connection.execute(
            officers.insert().values(**member).returning(officers.c.id)
        ).scalar_one()
        connection.execute(
            duties.insert().values(officer_id=officer_id, office_code=code, role="head",
                                   place_code="", decree="", valid_from=now.date())
        )  # fmt: skip
        demo._enrol(connection, service, f"{code}-1", code, now)
    service.forget_office()


async def test_the_ladder_ends_at_the_kanwil_on_its_own_calendar(on_both: Rehearsal) -> None:
    add_office(
        on_both, "Kanwil Jawa Timur", "kanwil", kind="kanwil", regencies=("35",),
        hours="Mon-Fri 08:00-12:00",
    )  # fmt: skip
    await report(on_both, danger="akan berangkat segera")
    sent = await on_both.wait(timedelta(hours=6))
    assert "#1 ada di kotak kantor" in heard(sent, "kanwil")
    assert "#1 sudah dialihkan" in heard(sent, "kepala")
    assert (tip(on_both).office_code, tip(on_both).role) == ("kanwil", "kanwil")
    assert local(on_both, tip(on_both).due_at) == "Tue 24 10:00"
    assert "#1 Anda ambil" in heard(await on_both.say("kanwil", "ambil 1"), "kanwil")
    assert tip(on_both).role == "head"
    assert "pada petugas lain" in heard(await on_both.say("kepala", "ambil 1"), "kepala")


async def test_an_unclear_area_goes_openly_to_the_kanwil_and_never_to_the_nearest(
    on_both: Rehearsal,
) -> None:
    add_office(on_both, "Kanwil Jawa Timur", "kanwil", kind="kanwil", regencies=("35",))
    for words in ("lapor", "lanjut", "tidak", "Ada calo", "Kota Pasuruan"):
        await on_both.say("warga", words)
    said = heard(await on_both.say("warga", "ya"), "warga")
    assert "Kecamatan apa di Kota Pasuruan?" in said
    for words in ("tidak tahu", "tidak tahu", "tidak tahu", "boleh"):
        said += heard(await on_both.say("warga", words), "warga")
    assert "Kanwil Jawa Timur" in said
    for words in ("kirim", "kirim"):
        await on_both.say("warga", words)
    assert (tip(on_both).office_code, tip(on_both).role) == ("kanwil", "kanwil")
    assert count(on_both, tips.assignments, tip_number=1) == 1


async def test_tips_of_a_place_go_to_the_office_on_the_system_that_serves_it(
    on_both: Rehearsal,
) -> None:
    add_office(on_both, "Kanim Karawang", "karawang", regencies=("32.15",))
    await report(on_both, where="rawagempol kulon cilamaya wetan karawang")
    assert (tip(on_both).office_code, tip(on_both).role) == ("karawang", "head")
    assert "Laporan baru #1" in heard(on_both.channel.sent, "karawang")
    assert "#1" not in heard(on_both.channel.sent, "kepala")


async def open_from_elsewhere(rehearsal: Rehearsal, what: str) -> list[Any]:
    """It happened in Karawang, to somebody of Ngrayun."""
    add_office(rehearsal, "Kanim Karawang", "karawang", regencies=("32.15",))
    await settle_in(rehearsal, "warga")
    event = TipOpened("R-1", "report", "none", "32.15.15", {"what": what}, home_code=demo.VILLAGE)
    service, now = rehearsal.service, rehearsal.clock.now()
    with service.database.write() as connection:
        addresses = [("simulator", "warga")]
        who = contacts.load(connection, service.database, service.ring, addresses, now)
        known = who["simulator", "warga"]
        world = World(connection, service, known, now)
        effects = Effects(connection, service, world, now, known=known)
        effects.apply(event)
        outbox.queue(connection, effects.rows)
    return list(await rehearsal.wait(timedelta(minutes=1)))


async def test_of_two_offices_the_victims_home_owns_it_and_the_other_gets_a_copy(
    on_both: Rehearsal,
) -> None:
    sent = await open_from_elsewhere(on_both, "Ada calo")
    assert "Laporan baru #1" in heard(sent, "petugas")
    assert "Tembusan #1" in heard(sent, "karawang")
    assert (tip(on_both).office_code, tip(on_both).place_code) == (demo.OFFICE, demo.VILLAGE)
    assert count(on_both, copies, tip_number=1, office_code="karawang") == 1
    assert count(on_both, tips.assignments, tip_number=1) == 1


async def test_an_accused_officer_of_the_victims_home_is_passed_over(on_both: Rehearsal) -> None:
    sent = await open_from_elsewhere(on_both, "Calonya teman Sri Wahyuni")
    assert heard(sent, "petugas") == ""
    assert tip(on_both).role == "deputy"


async def test_an_accused_leader_does_not_see_what_waits_on_the_desk(on_both: Rehearsal) -> None:
    for words in ("lapor", "lanjut", "tidak", "Ada calo bernama Dewi Lestari", "Kota Pasuruan",
                  "ya", "tidak tahu", "tidak tahu", "boleh", "kirim", "kirim"):  # fmt: skip
        await on_both.say("warga", words)
    assert tip(on_both).role == "unrouted"  # nobody else leads here
    assert "#1" not in heard(on_both.channel.sent, "kepala")
    assert "Tidak ada laporan" in heard(await on_both.say("kepala", "tugas"), "kepala")
    assert "#1 Anda ambil" not in heard(await on_both.say("kepala", "ambil 1"), "kepala")
