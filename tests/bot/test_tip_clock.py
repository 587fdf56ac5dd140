"""The clock of a tip and the ladder it goes up: leave, pauses, transfers, second offices."""

from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from bot import demo, leave, outbox, tips
from bot.effects import Effects
from bot.leave import LeaveError
from bot.officers import duties, officers
from bot.rehearsal import Rehearsal
from bot.roster import COLUMNS, import_roster, read_roster
from bot.tip_moves import NotAllowed
from bot.world import World
from tests.bot.steps import MONDAY, count, first_tip, heard, report

HEAD = ",".join(COLUMNS)


def officer(rehearsal: Rehearsal, staff_no: str) -> int:
    with rehearsal.service.database.read() as connection:
        query = select(officers.c.id).where(officers.c.staff_no == staff_no)
        return int(connection.execute(query).scalar_one())


def tip(rehearsal: Rehearsal) -> tips.TipRow:
    with rehearsal.service.database.read() as connection:
        return first_tip(connection)


def local(rehearsal: Rehearsal, at: datetime | None) -> str:
    assert at is not None
    return f"{rehearsal.service.office().calendar.local(at):%a %d %H:%M}"


def act(rehearsal: Rehearsal, do: Callable[[Effects], object]) -> None:
    """What another part of the bot would do inside its own turn."""
    service, now = rehearsal.service, rehearsal.clock.now()
    with service.database.write() as connection:
        effects = Effects(connection, service, World(connection, service, None, now), now)
        do(effects)
        outbox.queue(connection, effects.rows)


def go_away(
    rehearsal: Rehearsal, staff_no: str, *, days: int = 3, after: int = 0, deputy: str = ""
) -> None:
    begins = rehearsal.clock.now() + timedelta(days=after)
    with rehearsal.service.database.write() as connection:
        leave.begin(
            connection, officer(rehearsal, staff_no), begins, begins + timedelta(days=days),
            "annual", rehearsal.clock.now(), deputy_id=officer(rehearsal, deputy) if deputy else None,
        )  # fmt: skip


# ---- the three clocks


async def test_each_stage_has_its_own_deadline_and_the_first_words_start_the_last(
    on_both: Rehearsal,
) -> None:
    await report(on_both, danger="akan berangkat segera")
    assert (tip(on_both).status, local(on_both, tip(on_both).due_at)) == (
        "assigned", "Mon 23 11:00",
    )  # fmt: skip
    await on_both.say("petugas", "ambil 1")
    assert (tip(on_both).status, local(on_both, tip(on_both).due_at)) == (
        "acknowledged", "Tue 24 09:00",
    )  # fmt: skip
    await on_both.say("petugas", "tanya 1 Kapan berangkat?")
    # Five working days of eight hours.
    assert (tip(on_both).status, local(on_both, tip(on_both).due_at)) == (
        "answered", "Mon 30 09:00",
    )  # fmt: skip
    await on_both.wait(timedelta(hours=3))
    await on_both.say("petugas", "tanya 1 Dengan siapa?")
    assert local(on_both, tip(on_both).due_at) == "Mon 30 09:00"  # words alone win no time


async def test_new_words_of_the_reporter_bring_the_deadline_forward_and_an_answer_puts_it_back(
    on_both: Rehearsal,
) -> None:
    await report(on_both, danger="akan berangkat segera")
    await on_both.say("petugas", "ambil 1")
    await on_both.say("petugas", "tanya 1 Kapan berangkat?")
    await on_both.say("warga", "buka")
    sent = await on_both.say("warga", "Besok pagi dengan bus")
    assert "Ada jawaban untuk #1" in heard(sent, "petugas")
    assert local(on_both, tip(on_both).due_at) == "Tue 24 09:00"
    await on_both.say("petugas", "tanya 1 Terima kasih")
    assert local(on_both, tip(on_both).due_at) == "Mon 30 09:00"


async def test_who_never_decides_loses_the_tip(on_both: Rehearsal) -> None:
    await report(on_both, danger="akan berangkat segera")
    await on_both.say("petugas", "ambil 1")
    await on_both.say("petugas", "tanya 1 Kapan berangkat?")
    sent = await on_both.wait(timedelta(days=7))
    assert "#1 sudah dialihkan" in heard(sent, "petugas")
    assert "#1 diteruskan kepada Anda" in heard(sent, "wakil")
    assert tip(on_both).answered_at is None  # whoever has it now has not said a word yet


# ---- pauses


async def test_a_pause_stops_the_clock_until_its_end_and_the_reporter_is_told(
    on_both: Rehearsal,
) -> None:
    await report(on_both, danger="akan berangkat segera")
    await on_both.say("petugas", "ambil 1")
    owner, until = officer(on_both, "D-001"), MONDAY + timedelta(days=7)
    act(on_both, lambda effects: effects.pause(tip(on_both), owner, "partner", until))
    assert "Ada pesan untuk Anda" in heard(await on_both.wait(timedelta(minutes=1)), "warga")
    assert await on_both.wait(timedelta(days=6)) == []
    assert tip(on_both).status == "acknowledged"
    assert "Jeda #1 sudah selesai" in heard(await on_both.wait(timedelta(days=1)), "petugas")
    # It stood at Tuesday 09:00 and moved by seven days.
    assert (tip(on_both).paused_until, local(on_both, tip(on_both).due_at)) == (
        None,
        "Tue 01 09:00",
    )


async def test_the_reporters_words_end_a_pause(on_both: Rehearsal) -> None:
    await report(on_both, danger="akan berangkat segera")
    await on_both.say("petugas", "ambil 1")
    owner, until = officer(on_both, "D-001"), MONDAY + timedelta(days=7)
    act(on_both, lambda effects: effects.pause(tip(on_both), owner, "reporter", until))
    for words in ("buka", "1", "Mereka berangkat malam ini"):
        await on_both.say("warga", words)
    assert tip(on_both).paused_until is None
    assert local(on_both, tip(on_both).due_at) == "Tue 24 09:00"


@pytest.mark.parametrize(
    ("danger", "reason", "days"),
    [
        ("akan berangkat segera", "partner", 15),
        ("akan berangkat segera", "partner", 0),
        ("akan berangkat segera", "malas", 3),
        ("akan berangkat segera", "", 3),
    ],
)
async def test_no_pause_without_reason_and_end(
    rehearsal: Rehearsal, danger: str, reason: str, days: int
) -> None:
    await report(rehearsal, danger=danger)
    await rehearsal.say("petugas", "ambil 1")
    owner, until = officer(rehearsal, "D-001"), rehearsal.clock.now() + timedelta(days=days)
    with pytest.raises(NotAllowed):
        act(rehearsal, lambda effects: effects.pause(tip(rehearsal), owner, reason, until))


async def test_no_pause_in_danger_nor_by_who_has_not_taken_it(rehearsal: Rehearsal) -> None:
    for words in ("lapor", "lanjut", "sekarang", "Anak dikunci", "ngrayun ngrayun ponorogo", "ya",
                  "boleh", "kirim"):  # fmt: skip
        await rehearsal.say("warga", words)
    owner, until = officer(rehearsal, "D-001"), rehearsal.clock.now() + timedelta(days=1)
    for _ in range(2):
        with pytest.raises(NotAllowed):
            act(rehearsal, lambda effects: effects.pause(tip(rehearsal), owner, "partner", until))
        await rehearsal.say("petugas", "ambil 1")


async def test_pauses_do_not_follow_one_another_for_ever(on_both: Rehearsal) -> None:
    """An officer could put a report to sleep two weeks at a time; after three a leader decides."""
    await report(on_both)
    await on_both.say("petugas", "ambil 1")
    for _ in range(3):
        said = heard(await on_both.say("petugas", "TUNDA 1 2 hari menunggu dokumen"), "petugas")
        assert "#1 ditunda sampai" in said
        await on_both.wait(timedelta(days=2))
    assert tip(on_both).paused_until is None
    said = heard(await on_both.say("petugas", "TUNDA 1 2 hari menunggu dokumen"), "petugas")
    assert "diputuskan pimpinan: TERUSKAN 1" in said
    owner, until = officer(on_both, "D-001"), on_both.clock.now() + timedelta(days=1)
    with pytest.raises(NotAllowed):
        act(on_both, lambda effects: effects.pause(tip(on_both), owner, "partner", until))
    act(on_both, lambda effects: effects.pass_on(tip(on_both), owner, officer(on_both, "D-003")))
    await on_both.say("kepala", "ambil 1")
    said = heard(await on_both.say("kepala", "TUNDA 1 2 hari menunggu dokumen"), "kepala")
    assert "#1 ditunda sampai" in said


# ---- leave


async def test_who_is_away_is_passed_over_and_nothing_comes_back_by_itself(
    on_both: Rehearsal,
) -> None:
    await on_both.say("petugas", "halo")
    go_away(on_both, "D-001", days=1)
    await report(on_both)
    assert tip(on_both).role == "deputy"
    assert heard(await on_both.wait(timedelta(days=2)), "petugas") == ""
    assert tip(on_both).role != "pimpasa"
    await report(on_both, "budi")
    assert count(on_both, tips.assignments, tip_number=2, role="pimpasa", ended_at=None) == 1


async def test_as_leave_begins_the_open_tips_move_once(on_both: Rehearsal) -> None:
    await report(on_both)
    await report(on_both, "budi")
    await on_both.say("petugas", "ambil 2")
    go_away(on_both, "D-001", after=0, deputy="D-003")
    sent = await on_both.wait(timedelta(minutes=1))
    assert "#1 diteruskan kepada Anda karena petugasnya cuti" in heard(sent, "wakil")
    assert "#2 diteruskan kepada Anda karena petugasnya cuti" in heard(sent, "kepala")
    assert heard(sent, "petugas").count("sudah dialihkan") == 2
    for reporter in ("warga", "budi"):
        assert heard(sent, reporter).count("Ada pesan untuk Anda") == 1
    assert await on_both.wait(timedelta(minutes=1)) == []


async def test_a_leave_to_come_moves_nothing_before_its_morning(on_both: Rehearsal) -> None:
    await report(on_both)
    await on_both.say("petugas", "ambil 1")
    go_away(on_both, "D-001", after=1)
    assert await on_both.wait(timedelta(hours=23)) == []
    assert "#1 diteruskan" in heard(await on_both.wait(timedelta(hours=1)), "wakil")


async def test_who_is_back_early_gets_new_tips_again(on_both: Rehearsal) -> None:
    go_away(on_both, "D-001", days=10)
    service = on_both.service
    with service.database.write() as connection:
        me = officer(on_both, "D-001")
        assert leave.end(connection, me, on_both.clock.now())
        assert not leave.end(connection, me, on_both.clock.now())
        assert leave.of(connection, me, on_both.clock.now()) is None
    await report(on_both)
    assert tip(on_both).role == "pimpasa"


async def test_a_leave_replaces_what_it_overlaps_and_cannot_be_nonsense(
    on_both: Rehearsal,
) -> None:
    now, me = on_both.clock.now(), officer(on_both, "D-001")
    week, day = timedelta(days=7), timedelta(days=1)
    with on_both.service.database.write() as connection:
        leave.begin(connection, me, now, now + week, "annual", now)
        leave.begin(connection, me, now + 2 * day, now + 3 * day, "sick", now)
        assert leave.of(connection, me, now + day) is not None
        found = leave.of(connection, me, now + 2 * day)
        assert found is not None
        assert found.reason == "sick"
        assert leave.of(connection, me, now + 3 * day) is None
        for bad in (now - day, now + timedelta(days=500)):
            with pytest.raises(LeaveError):
                leave.begin(connection, me, now, bad, "annual", now)
        with pytest.raises(LeaveError):
            leave.begin(connection, me, now, now + day, "tired", now)
        with pytest.raises(LeaveError):
            leave.begin(connection, me, now, now + day, "annual", now, deputy_id=me)


# ---- taking, and nobody nagged


async def test_what_somebody_has_taken_no_longer_waits_for_others(on_both: Rehearsal) -> None:
    for words in ("lapor", "lanjut", "sekarang", "Anak dikunci", "ngrayun ngrayun ponorogo", "ya",
                  "boleh"):  # fmt: skip
        await on_both.say("warga", words)
    await on_both.turns.accept(demo.inbound("send", "warga", "kirim"))  # nothing leaves yet
    with on_both.service.database.read() as connection:
        waits = connection.execute(
            select(outbox.outbox.c.contact_id).where(outbox.outbox.c.tip_number == 1)
        ).all()
    assert len(waits) == 2  # the officer's own, and the leader's alarm
    await on_both.turns.accept(demo.inbound("take", "petugas", "ambil 1"))
    assert count(on_both, outbox.outbox, tip_number=1, status="cancelled") == 1
    await on_both.drain()
    assert "Laporan #1" not in heard(on_both.channel.sent, "kepala")


# ---- transfer


async def test_tips_of_who_is_transferred_go_to_the_successor_for_the_place(
    on_both: Rehearsal, tmp_path: Path
) -> None:
    """Still an officer, of another village: the tips stay with the place."""
    await report(on_both)
    await on_both.say("petugas", "ambil 1")
    path = tmp_path / "roster.csv"
    path.write_text(
        f"{HEAD}\nD-002,Bagus Prasetyo (contoh),pimpasa,{demo.VILLAGE},,2026-01-01,\n"
        f"D-001,Sri Wahyuni (contoh),pimpasa,{demo.OTHER_VILLAGE},,2026-01-01,\n"
        "D-003,Dewi,section_head,,,2026-01-01,\n"
    )
    service, now = on_both.service, on_both.clock.now()
    with service.database.write() as connection:
        rows = read_roster(path, service.gazetteer, now.date())
        import_roster(connection, service.ring, demo.OFFICE, rows, now)
    sent = await on_both.wait(timedelta(minutes=1))
    assert heard(sent, "wakil") == (
        "#1 diteruskan kepada Anda karena petugasnya cuti atau pindah. Balas AMBIL 1."
    )
    assert "#1 sudah dialihkan ke petugas lain karena Anda cuti" in heard(sent, "petugas")
    assert "Ada pesan untuk Anda" in heard(sent, "warga")
    assert (tip(on_both).status, tip(on_both).role) == ("assigned", "pimpasa")


async def test_a_duty_that_ends_by_its_date_hands_over_that_day(on_both: Rehearsal) -> None:
    await report(on_both)
    await on_both.say("petugas", "ambil 1")
    with on_both.service.database.write() as connection:
        connection.execute(
            duties.update()
            .where(duties.c.officer_id == officer(on_both, "D-001"))
            .values(valid_to=MONDAY.date())
        )
    sent = await on_both.wait(timedelta(days=1))
    assert "#1 diteruskan kepada Anda karena petugasnya cuti atau pindah" in heard(sent, "wakil")
