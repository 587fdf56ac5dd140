"""Tips whose owner has left, or that nobody can take: never silent, never promised."""

from datetime import timedelta

import pytest
from sqlalchemy import select, update

from bot import demo, tips
from bot.officers import officers
from bot.rehearsal import Rehearsal
from bot.roster import hand_over_orphans, invite

STORY = ("lapor", "lanjut", "sekarang", "adik saya dikurung calo", "ngrayun ngrayun ponorogo", "ya",
         "boleh", "kirim")  # fmt: skip


async def _report(rehearsal: Rehearsal) -> str:
    said = [await rehearsal.say(demo.VILLAGER, words) for words in STORY]
    return "\n".join(message.text for message in said[-1] if message.to == demo.VILLAGER)


def _leaves(rehearsal: Rehearsal, *staff_numbers: str) -> None:
    with rehearsal.service.database.write() as connection:
        connection.execute(
            update(officers)
            .where(officers.c.staff_no.in_(staff_numbers))
            .values(active=False, contact_id=None)
        )
        hand_over_orphans(connection, rehearsal.clock.now())


def _owner(rehearsal: Rehearsal) -> int | None:
    with rehearsal.service.database.read() as connection:
        owner: int | None = connection.execute(
            select(tips.assignments.c.officer_id).where(tips.assignments.c.ended_at.is_(None))
        ).scalar_one()
    return owner


async def test_a_tip_of_an_officer_who_left_goes_to_those_who_had_it_before(
    rehearsal: Rehearsal,
) -> None:
    await _report(rehearsal)
    await rehearsal.wait(timedelta(minutes=40))  # PIMPASA and deputy let it pass: the head has it
    _leaves(rehearsal, "D-003")
    said = await rehearsal.wait(timedelta(minutes=1))
    assert [m.to for m in said if "diteruskan kepada Anda" in m.text] == [demo.OFFICER]


async def test_nothing_is_promised_when_nobody_is_enrolled_and_enrolment_delivers(
    rehearsal: Rehearsal,
) -> None:
    _leaves(rehearsal, "D-001", "D-002", "D-003")
    answer = await _report(rehearsal)
    assert "Belum ada petugas kami" in answer
    assert "paling lambat" not in answer
    assert "sudah diberi tahu" not in answer
    assert _owner(rehearsal) is None

    with rehearsal.service.database.write() as connection:
        connection.execute(
            update(officers).where(officers.c.staff_no == "D-003").values(active=True)
        )
        head = connection.execute(
            select(officers.c.id).where(officers.c.staff_no == "D-003")
        ).scalar_one()
    with rehearsal.service.database.write() as connection:
        code = invite(connection, rehearsal.service.ring, head, rehearsal.clock.now())
    await rehearsal.say("baru", f"MASUK {code}")
    assert _owner(rehearsal) is None  # without a key nothing could be read yet
    with rehearsal.service.database.write() as connection:
        connection.execute(update(officers).where(officers.c.id == head).values(key_id="set"))
        hand_over_orphans(connection, rehearsal.clock.now())
    said = await rehearsal.wait(timedelta(minutes=1))
    assert [m.to for m in said if "diteruskan kepada Anda" in m.text] == ["baru"]
    assert _owner(rehearsal) == head


@pytest.mark.parametrize(
    ("days", "police", "marked"), [(0, True, False), (40, False, False), (200, True, True)]
)
async def test_a_doubtful_number_is_given_in_danger_only_when_no_other_is_left(
    rehearsal: Rehearsal, days: int, police: bool, marked: bool
) -> None:
    """110 is reviewed within a month, the others within six."""
    await rehearsal.wait(timedelta(days=days))
    said = await rehearsal.say(demo.VILLAGER, "anak saya disekap")
    assert "0800-1000" in said[0].text
    assert ("110 (Polisi" in said[0].text) is police
    assert ("cek ulang" in said[0].text) is marked
