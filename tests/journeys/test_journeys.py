"""Every dialogue of this folder, on the real turns, outbox, sender and schedule."""

from pathlib import Path

import pytest

from bot.rehearsal import Rehearsal
from tests.journeys.journey import (
    Journey,
    Player,
    WentOtherwise,
    all_journeys,
    as_sent,
    read_aloud,
)
from tests.sqlite import with_our_tables

JOURNEYS = all_journeys()
ON_POSTGRESQL = (
    "tip_off_full",
    "officer_desk",
    "escalation_chain",
    "broadcast",
    "village_group_bind",
    "village_group_lesson",
    "coordination_group",
    "voice_in_a_report",
    "departure_family",
    "departure_reminders",
    "meeting",
)
"""Those that use most of the SQL are played on the second database too."""


async def _play(journey: Journey, database_url: str) -> None:
    rehearsal = Rehearsal(database_url, start=journey.start, read=read_aloud, keep=as_sent)
    otherwise = ""
    try:
        await Player(journey, rehearsal).play()
    except WentOtherwise as went:
        otherwise = str(went)
    finally:
        rehearsal.close()
    if otherwise:
        pytest.fail(otherwise, pytrace=False)


@pytest.mark.parametrize("journey", JOURNEYS, ids=lambda journey: journey.path.stem)
async def test_the_dialogue_goes_as_written(journey: Journey, tmp_path: Path) -> None:
    await _play(journey, with_our_tables(tmp_path))


@pytest.mark.parametrize("name", ON_POSTGRESQL)
async def test_the_dialogue_goes_as_written_on_postgresql(name: str, postgresql_url: str) -> None:
    journey = next(journey for journey in JOURNEYS if journey.path.stem == name)
    await _play(journey, postgresql_url)


@pytest.mark.parametrize(
    ("steps", "complaint"),
    [
        ("- warga: lapor\n- bot: [kata yang tidak ada]", "kata yang tidak ada"),
        ("- warga: lapor\n- bot: []", "nothing at all to warga"),
        ("- warga: lapor\n- not: [rahasia]", "nobody hears 'rahasia'"),
        ("- warga: lapor\n- only to: [petugas]", "nobody else"),
        ("- warga: lapor\n- buttons: [Lanjut]", "exactly the buttons"),
        ("- warga: lapor\n- bot to petugas: [x]", "to petugas: ['x']"),
        ("- warga: lapor\n- warga presses: Terbang", "no button 'Terbang'"),
        ("- warga sends: blocked", "warga gets an answer"),
    ],
)
async def test_a_dialogue_that_goes_otherwise_fails_with_its_step(
    steps: str, complaint: str, tmp_path: Path, rehearsal: Rehearsal
) -> None:
    path = tmp_path / "wrong.yaml"
    path.write_text(f"title: wrong\nstart: 2026-11-23T09:00:00+07:00\nsteps:\n{steps}\n")
    with pytest.raises(WentOtherwise) as raised:
        await Player(Journey.read(path), rehearsal).play()
    assert complaint in str(raised.value)
    last = 1 + steps.count("\n")
    assert f"wrong.yaml, step {last}:" in str(raised.value)
