"""Ten thousand recipients at the providers' own pace, with every fault, killed three times."""

from pathlib import Path

import pytest

from tests.fakes.limits import StrictTelegram, StrictTwilio
from tests.faults.broadcast_trial import paced, settle, trial
from tests.faults.server import ServerProcess

pytestmark = pytest.mark.soak

TELEGRAM, WHATSAPP, GROUPS = 3_460, 6_500, 40


async def test_ten_thousand_end_with_one_true_state_each(tmp_path: Path, database_url: str) -> None:
    with StrictTelegram() as telegram, StrictTwilio() as twilio:
        server = paced(ServerProcess(tmp_path, telegram, twilio, database_url=database_url))
        service = server.service()
        people = settle(service, TELEGRAM, WHATSAPP, GROUPS)
        service.close()
        assert people.total == 10_000
        try:
            outcome = await trial(server, telegram, twilio, people, kills=3, within=900, slow=True)
        finally:
            server.stop()
    print(f"told to slow down: Telegram {telegram.flooded}, Twilio {twilio.flooded}")
    outcome.assert_true(people)
    assert telegram.flooded + twilio.flooded <= people.total // 100, "faster than allowed"
