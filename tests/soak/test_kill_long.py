"""kill -9 twenty times under load, on each database; and once with the waits of real service."""

from pathlib import Path

import pytest

from tests.fakes.telegram import FakeTelegram
from tests.fakes.twilio import FakeTwilio
from tests.faults.server import ServerProcess
from tests.faults.trial import trial

pytestmark = pytest.mark.soak

KILLS = 20
CONTACTS = 240


@pytest.mark.parametrize("seed", [1, 2])
async def test_twenty_kills_lose_nothing_and_double_nothing_that_can_be_known(
    tmp_path: Path, telegram: FakeTelegram, twilio: FakeTwilio, database_url: str, seed: int
) -> None:
    server = ServerProcess(tmp_path, telegram, twilio, database_url=database_url)
    try:
        figures = await trial(server, telegram, twilio, kills=KILLS, contacts=CONTACTS, seed=seed)
        figures.assert_nothing_lost(KILLS)
    finally:
        server.stop()


async def test_one_kill_of_the_service_as_it_is_loses_nothing(
    tmp_path: Path, telegram: FakeTelegram, twilio: FakeTwilio
) -> None:
    """`kentongan serve` itself: 45 s until the dead sender's lease ends, 90 s for late callbacks,
    and the providers' pace."""
    server = ServerProcess(tmp_path, telegram, twilio, quick=False)
    try:
        figures = await trial(
            server, telegram, twilio, kills=1, contacts=20, seed=3, settles_within=420
        )
        figures.assert_nothing_lost(1)
    finally:
        server.stop()
