"""The fake Twilio itself: its callbacks and its signature, by Twilio's own example."""

import asyncio
import time

import pytest

from bot.channels.whatsapp import WhatsAppChannel
from tests.channels.conftest import PUBLIC, message
from tests.fakes.twilio import FakeTwilio, Step, sign

pytestmark = pytest.mark.asyncio


async def test_the_fake_calls_back_in_the_planned_order_and_signed(
    twilio: FakeTwilio, whatsapp: WhatsAppChannel
) -> None:
    twilio.plan = [Step("delivered"), Step("sent"), Step("sent"), Step("failed", 0.01, "63016")]
    twilio.call_back_to = twilio.url

    await whatsapp.send(message())
    until = time.monotonic() + 5
    while len(twilio.called_back) < 4 and time.monotonic() < until:
        await asyncio.sleep(0.01)

    assert [call.form["MessageStatus"] for call in twilio.called_back] == [
        "delivered",
        "sent",
        "sent",
        "failed",
    ]
    assert twilio.called_back[3].form["ErrorCode"] == "63016"
    call = twilio.called_back[0]
    assert call.url == f"{PUBLIC}/webhooks/twilio/status?ob=7"
    assert call.signature == sign(call.url, call.form)


async def test_the_fake_signs_as_twilio_documents_it() -> None:
    # The example of https://www.twilio.com/docs/usage/webhooks/webhooks-security
    form = {
        "Digits": "1234",
        "To": "+18005551212",
        "From": "+14158675309",
        "Caller": "+14158675309",
        "CallSid": "CA1234567890ABCDE",
    }

    assert sign("https://mycompany.com/myapp.php?foo=1&bar=2", form, "12345") == (
        "RSOYDt4T1cUTdK1PDd93/VVr8B8="
    )
