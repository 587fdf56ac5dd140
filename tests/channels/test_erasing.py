"""A provider is asked to delete a message, through its own client."""

from collections.abc import AsyncIterator, Iterator

import pytest

from bot.channels.base import ChannelDown, Outgoing, RetryLater, SendError
from bot.channels.telegram import TelegramChannel
from bot.channels.whatsapp import WhatsAppChannel
from tests.channels.conftest import TO
from tests.fakes.telegram import BLOCKED, TOKEN, FakeTelegram, flood
from tests.fakes.telegram import Fault as TelegramFault
from tests.fakes.twilio import FakeTwilio, Fault

INBOUND = "SM" + "a" * 32
WITH_MEDIA = "MM" + "b" * 32


async def test_a_message_of_ours_and_one_of_theirs_are_deleted(
    whatsapp: WhatsAppChannel, twilio: FakeTwilio
) -> None:
    ours = await whatsapp.send(Outgoing(1, TO, "Ini laporan Anda: ..."))
    await whatsapp.erase(ours, "")
    await whatsapp.erase(INBOUND, "")
    assert twilio.erased == [ours, INBOUND]


async def test_the_media_go_with_their_message(
    whatsapp: WhatsAppChannel, twilio: FakeTwilio
) -> None:
    message, media = twilio.media.put(b"picture")
    await whatsapp.erase(message, "")
    assert twilio.media.held == {}
    await whatsapp.discard(f"{message}/{media}")


async def test_what_twilio_has_not_is_deleted(
    whatsapp: WhatsAppChannel, twilio: FakeTwilio
) -> None:
    await whatsapp.erase(INBOUND, "")
    await whatsapp.erase(INBOUND, "")
    assert twilio.erased == [INBOUND]


@pytest.mark.parametrize(
    ("fault", "error"),
    [
        pytest.param(Fault(409, 20009), SendError, id="not done with it yet"),
        pytest.param(Fault(429, 20429), RetryLater, id="too many"),
        pytest.param(Fault(500), SendError, id="trouble"),
        pytest.param(Fault(401, 20003), ChannelDown, id="credentials"),
    ],
)
async def test_what_twilio_does_not_delete_is_an_error(
    whatsapp: WhatsAppChannel, twilio: FakeTwilio, fault: Fault, error: type[SendError]
) -> None:
    twilio.fail(fault, call="erase")
    with pytest.raises(error) as caught:
        await whatsapp.erase(INBOUND, "")
    assert INBOUND not in str(caught.value)
    assert twilio.erased == []
    await whatsapp.erase(INBOUND, "")
    assert twilio.erased == [INBOUND]


# ---- Telegram


@pytest.fixture
def telegram() -> Iterator[FakeTelegram]:
    with FakeTelegram() as fake:
        yield fake


@pytest.fixture
async def bot(telegram: FakeTelegram) -> AsyncIterator[TelegramChannel]:
    channel = TelegramChannel(TOKEN, base_url=telegram.url)
    yield channel
    await channel.close()


async def test_a_message_goes_from_the_chat(bot: TelegramChannel, telegram: FakeTelegram) -> None:
    sent = await bot.send(Outgoing(1, "77", "Ini laporan Anda: ..."))
    await bot.erase(sent, "77")
    assert telegram.sent == []
    assert telegram.calls[-1].parameters == {"chat_id": "77", "message_id": int(sent)}


@pytest.mark.parametrize(
    "fault",
    [
        TelegramFault(400, "Bad Request: message to delete not found"),
        TelegramFault(400, "Bad Request: message can't be deleted for everyone"),
        TelegramFault(400, "Bad Request: chat not found"),
        BLOCKED,
    ],
    ids=lambda fault: fault.description,
)
async def test_what_telegram_does_not_let_us_delete_stays(
    bot: TelegramChannel, telegram: FakeTelegram, fault: TelegramFault
) -> None:
    telegram.fail(fault, chat="77", method="deleteMessage")
    await bot.erase("5", "77")
    assert telegram.calls[-1].method == "deleteMessage"


async def test_telegram_in_trouble_is_asked_again(
    bot: TelegramChannel, telegram: FakeTelegram
) -> None:
    telegram.fail(flood(3), chat="77", method="deleteMessage")
    with pytest.raises(RetryLater):
        await bot.erase("5", "77")
