"""A broadcast through providers with limits and faults, killed in its middle: one true state each."""

from pathlib import Path

from tests.fakes.limits import StrictTelegram, StrictTwilio
from tests.faults.broadcast_trial import paced, settle, trial
from tests.faults.server import ServerProcess


async def test_a_broadcast_under_faults_and_a_kill_ends_with_one_true_state_each(
    tmp_path: Path,
) -> None:
    with StrictTelegram() as telegram, StrictTwilio() as twilio:
        server = paced(ServerProcess(tmp_path, telegram, twilio))
        service = server.service()
        people = settle(service, 75, 150, 4)
        service.close()
        try:
            outcome = await trial(server, telegram, twilio, people, kills=1, within=60)
        finally:
            server.stop()
    outcome.assert_true(people)
    # On a busy machine a few calls arrive closer together than they left (see `kentongan bench`).
    assert telegram.flooded + twilio.flooded <= people.total // 20, "faster than allowed"
