"""A flood changes the order in which reports are read. None is dropped, none is slowed in danger."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from bot import order, tips
from bot.rehearsal import Rehearsal
from tests.bot.steps import count, heard, read_in_console, report


async def ranks(rehearsal: Rehearsal) -> list[int]:
    with rehearsal.service.database.read() as connection:
        return list(
            connection.execute(select(tips.tips.c.rank).order_by(tips.tips.c.number)).scalars()
        )


async def listed(rehearsal: Rehearsal, officer: str = "petugas") -> list[int]:
    sent = await rehearsal.say(officer, "tugas")
    return [
        int(b.label.split()[0].lstrip("#")) for b in sent[-1].buttons if b.label.startswith("#")
    ]


async def test_the_fourth_report_of_a_day_is_kept_and_read_after_the_others(
    on_both: Rehearsal,
) -> None:
    for _ in range(order.SENDER_A_DAY + 1):
        await report(on_both)
    await report(on_both, "budi")
    assert await ranks(on_both) == [0, 0, 0, 1, 0]
    assert count(on_both, tips.tips, status="assigned") == 5
    assert await listed(on_both) == [1, 2, 3, 5, 4]


async def test_a_new_day_begins_anew(rehearsal: Rehearsal) -> None:
    for _ in range(order.SENDER_A_DAY):
        await report(rehearsal)
    await rehearsal.wait(timedelta(days=1))
    await report(rehearsal)
    assert await ranks(rehearsal) == [0, 0, 0, 0]


async def test_danger_stands_before_everything_however_often_it_was_said(
    rehearsal: Rehearsal,
) -> None:
    await report(rehearsal, "budi")
    for _ in range(order.SENDER_A_DAY + 1):
        await report(rehearsal, danger="akan berangkat segera")
    assert await listed(rehearsal) == [2, 3, 4, 5, 1]


async def test_a_villages_flood_steps_back_too(
    rehearsal: Rehearsal, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(order, "VILLAGE_AN_HOUR", 2)
    for who in ("ani", "budi", "citra"):
        await report(rehearsal, who)
    await report(rehearsal, "dewi", where="desa baosan kidul ngrayun ponorogo")
    assert await ranks(rehearsal) == [0, 0, 1, 0]


async def test_reports_closed_as_false_only_step_back(on_both: Rehearsal) -> None:
    for number in range(1, order.FALSE_REPORTS + 1):
        await report(on_both)
        await on_both.say("petugas", f"ambil {number}")
        read_in_console(on_both, number)
        for words in (f"selesai {number}", "sengaja palsu", "ya"):
            await on_both.say("petugas", words)
        await on_both.wait(timedelta(days=1))
    assert count(on_both, tips.tips, outcome="false") == order.FALSE_REPORTS
    await report(on_both)
    assert await ranks(on_both) == [0, 0, 1]


async def test_what_is_counted_is_forgotten(rehearsal: Rehearsal) -> None:
    await report(rehearsal)
    assert count(rehearsal, order.counts) == 3
    await rehearsal.wait(timedelta(days=4))
    assert count(rehearsal, order.counts) == 0


async def test_the_same_phone_alarms_the_same_people_once_in_ten_minutes(
    rehearsal: Rehearsal,
) -> None:
    def alarms() -> int:
        sent = rehearsal.channel.sent
        return sum(
            "menyebut “bahaya sekarang”.\nLaporannya" in m.text for m in sent if m.to == "kepala"
        )

    for who, expected in (("warga", 1), ("warga", 1), ("budi", 2)):
        for words in ("lapor", "lanjut", "ya, sekarang", "menu"):
            await rehearsal.say(who, words)
        assert alarms() == expected
    await rehearsal.wait(order.ALARM_JOINS)
    for words in ("batal", "lapor", "lanjut", "ya, sekarang"):
        await rehearsal.say("warga", words)
    assert alarms() == 3


STORY = "Ada calo mengumpulkan paspor warga lalu semuanya dibawa pergi"


async def test_the_same_words_of_one_phone_are_one_case(on_both: Rehearsal) -> None:
    """A second tap, or fear: its code works, its owner hears of it once, and nobody else."""
    await report(on_both, what=STORY)
    sent = len(on_both.channel.sent)
    code = await report(on_both, what=STORY)
    told = heard(on_both.channel.sent[sent:], "petugas")
    assert told == "#1 bertambah satu laporan tentang hal yang sama. Balas BACA 1."
    assert count(on_both, tips.tips, number=2, status="closed", outcome="merged") == 1
    assert count(on_both, tips.assignments, tip_number=1, ended_at=None) == 1
    assert count(on_both, tips.assignments, tip_number=2, ended_at=None) == 0
    answer = heard(await on_both.say("warga", f"kode {code}"), "warga")
    assert "digabung dengan laporan lain" in answer


async def test_the_same_words_of_another_phone_or_a_hidden_one_stay_a_case(
    rehearsal: Rehearsal,
) -> None:
    await report(rehearsal, what=STORY)
    await report(rehearsal, "budi", what=STORY)
    await report(rehearsal, what=STORY, hidden=True)
    assert count(rehearsal, tips.tips, status="assigned") == 3
