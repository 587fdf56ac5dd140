"""kill -9 under load: what got its 200 has happened exactly once, and its answer arrives."""

import httpx
import pytest

from tests.fakes.telegram import FakeTelegram
from tests.fakes.twilio import HANG, TAKEN_THEN_HANG, FakeTwilio, Fault, inbound_form, sign
from tests.faults.server import PUBLIC, ServerProcess
from tests.faults.trial import trial
from tests.webhooks.live import eventually

KILLS = 3
CONTACTS = 36
"""tests/soak kills twenty times, on each database."""


async def test_three_kills_lose_nothing_and_double_nothing_that_can_be_known(
    server: ServerProcess, telegram: FakeTelegram, twilio: FakeTwilio
) -> None:
    figures = await trial(server, telegram, twilio, kills=KILLS, contacts=CONTACTS, seed=20261123)
    figures.assert_nothing_lost(KILLS)


@pytest.mark.parametrize("fault", [HANG, TAKEN_THEN_HANG], ids=["not taken", "taken"])
def test_a_kill_in_the_middle_of_a_call_is_settled_by_twilios_list(
    server: ServerProcess, twilio: FakeTwilio, fault: Fault
) -> None:
    """The person got the very same words just before: those are not taken for these."""
    phone = "whatsapp:+6281234567890"
    server.start()
    _whatsapp(server, phone, "halo")
    _whatsapp(server, phone, "2")
    _whatsapp(server, phone, "menu")
    eventually(lambda: len(twilio.sent) == 3, "three answers")
    twilio.fail(fault, to=phone)
    _whatsapp(server, phone, "menu")
    eventually(lambda: twilio.calls.count(("message", phone)) == 4, "a fourth call")
    server.kill()
    server.start()
    eventually(server.settled, "every answer settled", 15)
    assert [sent.body[:16] for sent in twilio.sent[2:]] == ["Mau apa hari ini"] * 2


def _whatsapp(server: ServerProcess, phone: str, text: str) -> None:
    form = inbound_form(text, sender=phone)
    headers = {"X-Twilio-Signature": sign(f"{PUBLIC}/webhooks/twilio", form)}
    address = f"{server.url}/webhooks/twilio"
    assert httpx.post(address, data=form, headers=headers, trust_env=False).status_code == 200
