"""The real Twilio client against the fake Twilio, one row per error of the error table."""

import logging
import socket
import time

import pytest

from bot.channels.base import (
    ChannelDown,
    OutcomeUnknown,
    Refused,
    RetryLater,
    SendError,
    TemplateRefused,
    Unreachable,
    WindowClosed,
)
from bot.channels.twilio_wire import TwilioWire
from bot.channels.whatsapp import WhatsAppChannel, failure
from tests.channels.conftest import TO, Contents, failure_of, message, new_channel
from tests.fakes.twilio import (
    ACCOUNT_SID,
    AUTH_TOKEN,
    DROPPED_AFTER_TAKEN,
    HANG,
    TAKEN_THEN_HANG,
    TAKEN_THEN_RUBBISH,
    FakeTwilio,
    Fault,
)

pytestmark = pytest.mark.asyncio


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        # channels.md 1.8, line by line
        pytest.param("63016", WindowClosed, id="63016 outside the 24 hours"),
        pytest.param("63018", RetryLater, id="63018 rate or messaging limit"),
        pytest.param("63017", RetryLater, id="63017 messages per second"),
        pytest.param("20429", RetryLater, id="20429 too many requests"),
        pytest.param("30001", RetryLater, id="30001 queue overflow"),
        pytest.param("21611", RetryLater, id="21611 sender's queue is full"),
        pytest.param("63119", RetryLater, id="63119 Meta's limit for the account"),
        pytest.param("63024", Unreachable, id="63024 not on WhatsApp"),
        pytest.param("63003", Unreachable, id="63003 To not found"),
        pytest.param("21211", Unreachable, id="21211 bad number"),
        pytest.param("21614", Unreachable, id="21614 no mobile number"),
        pytest.param("63014", Unreachable, id="63014 blocked or opted out"),
        pytest.param("63015", Unreachable, id="63015 not in the sandbox"),
        pytest.param("63049", Refused, id="63049 Meta chose not to deliver"),
        pytest.param("63032", Refused, id="63032 user in a Meta experiment"),
        pytest.param("63013", Refused, id="63013 policy"),
        pytest.param("63021", Refused, id="63021 content rejected"),
        pytest.param("63005", Refused, id="63005 content not accepted"),
        pytest.param("63027", TemplateRefused, id="63027 no such template"),
        pytest.param("63028", TemplateRefused, id="63028 parameter count"),
        pytest.param("63030", TemplateRefused, id="63030 parameter"),
        pytest.param("63040", TemplateRefused, id="63040 template rejected"),
        pytest.param("63041", TemplateRefused, id="63041 template paused"),
        pytest.param("63042", TemplateRefused, id="63042 template disabled"),
        pytest.param("63019", Refused, id="63019 media (we send none)"),
        pytest.param("63062", Refused, id="63062 marketing terms"),
        pytest.param("21656", Refused, id="21656 variables"),
        pytest.param("21619", Refused, id="21619 no body"),
        pytest.param("21617", Refused, id="21617 too long"),
        pytest.param("63007", ChannelDown, id="63007 no channel for From"),
        pytest.param("63020", ChannelDown, id="63020 business restricted"),
        pytest.param("63051", ChannelDown, id="63051 WABA locked"),
        pytest.param("63112", ChannelDown, id="63112 disabled by Meta"),
        pytest.param("20003", ChannelDown, id="20003 authentication"),
        pytest.param("63012", RetryLater, id="63012 provider's trouble"),
        pytest.param("63010", RetryLater, id="63010 provider's trouble"),
        pytest.param("20500", RetryLater, id="20500 Twilio's trouble"),
        pytest.param("99999", Refused, id="unknown"),
    ],
)
async def test_each_code_has_its_meaning_at_once_and_in_a_callback(
    twilio: FakeTwilio, whatsapp: WhatsAppChannel, code: str, expected: type[SendError]
) -> None:
    twilio.fail(Fault(400, int(code)), to=TO)

    assert await failure_of(whatsapp.send(message())) == (expected, code)
    assert (type(failure(code)), failure(code).code) == (expected, code)
    assert twilio.sent == []


@pytest.mark.parametrize(
    ("fault", "expected", "code"),
    [
        pytest.param(Fault(401, 20003), ChannelDown, "20003", id="401"),
        pytest.param(Fault(401, None), ChannelDown, "401", id="401 without a code"),
        pytest.param(Fault(403, None), ChannelDown, "403", id="403 without a code"),
        pytest.param(Fault(429, 20429), RetryLater, "20429", id="429"),
        pytest.param(Fault(429, None), RetryLater, "429", id="429 without a code"),
        pytest.param(Fault(429, 54321), RetryLater, "429", id="429 with an unknown code"),
        pytest.param(Fault(404, 21655), Refused, "21655", id="404 about the message"),
        pytest.param(Fault(400, 63016, rfc9457=True), WindowClosed, "63016", id="RFC 9457 answer"),
        pytest.param(Fault(500, 20500), RetryLater, "20500", id="500 in Twilio's words"),
        pytest.param(Fault(500, None), OutcomeUnknown, "500", id="500 without a code"),
        pytest.param(Fault(502, None), OutcomeUnknown, "502", id="502"),
        pytest.param(Fault(503, None), RetryLater, "503", id="503"),
        pytest.param(Fault(504, None), OutcomeUnknown, "504", id="504"),
        pytest.param(HANG, OutcomeUnknown, "no answer", id="read timeout"),
        pytest.param(TAKEN_THEN_HANG, OutcomeUnknown, "no answer", id="taken, then read timeout"),
        pytest.param(DROPPED_AFTER_TAKEN, OutcomeUnknown, "no answer", id="taken, then cut off"),
        pytest.param(TAKEN_THEN_RUBBISH, OutcomeUnknown, "201", id="201 that can't be read"),
    ],
)
async def test_each_http_outcome_has_its_meaning(
    twilio: FakeTwilio,
    whatsapp: WhatsAppChannel,
    fault: Fault,
    expected: type[SendError],
    code: str,
) -> None:
    twilio.fail(fault, to=TO)

    assert await failure_of(whatsapp.send(message())) == (expected, code)
    assert len(twilio.sent) == int(fault.taken)


@pytest.mark.parametrize("code", ["63018", "63017", "20429", "30001", "21611", "429"])
async def test_a_limit_of_the_sender_stops_the_whole_channel(code: str) -> None:
    error = failure(code)

    assert isinstance(error, RetryLater)
    assert error.whole_channel
    assert error.seconds >= 10


async def test_a_call_that_hangs_ends(twilio: FakeTwilio, whatsapp: WhatsAppChannel) -> None:
    twilio.fail(HANG)
    begun = time.monotonic()

    with pytest.raises(OutcomeUnknown):
        await whatsapp.send(message())

    assert time.monotonic() - begun < 60


async def test_a_refused_connection_is_safe_to_retry(contents: Contents) -> None:
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        channel = new_channel(f"http://127.0.0.1:{closed.getsockname()[1]}", contents)

        with pytest.raises(RetryLater) as raised:
            await channel.send(message())

    assert raised.value.whole_channel
    await channel.close()


async def test_wrong_credentials_are_a_channel_down(twilio: FakeTwilio, contents: Contents) -> None:
    channel = new_channel(twilio.url, contents, auth_token="f" * 32)

    with pytest.raises(ChannelDown):
        await channel.send(message())

    await channel.close()


@pytest.mark.parametrize(
    "url",
    [
        pytest.param("https://api.twilio.com.example.org/2010-04-01/", id="looks alike"),
        pytest.param("https://accounts.twilio.com/v1/", id="another of Twilio's"),
        pytest.param("http://api.twilio.com/2010-04-01/", id="not encrypted"),
    ],
)
async def test_another_host_never_gets_the_credentials(url: str) -> None:
    wire = TwilioWire("", 1.0)

    with pytest.raises(ChannelDown):
        await wire.request("GET", url, auth=(ACCOUNT_SID, AUTH_TOKEN))

    await wire.close()


async def test_neither_number_nor_text_is_logged_or_told(
    twilio: FakeTwilio, whatsapp: WhatsAppChannel, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    await whatsapp.send(message("nama saya Siti"))
    await whatsapp.find_sent(message("nama saya Siti"))
    with pytest.raises(Unreachable) as raised:
        await whatsapp.send(message(to="whatsapp:0812"))

    for secret in ("Siti", "6281234567890", "0812", AUTH_TOKEN):
        assert secret not in caplog.text
        assert secret not in str(raised.value)
    assert raised.value.__suppress_context__
