"""A WhatsApp channel that talks to the fake Twilio over loopback."""

from collections.abc import AsyncIterator, Iterator
from typing import Any

import pytest
import pytest_asyncio

from bot.channels.base import Outgoing
from bot.channels.whatsapp import WhatsAppChannel
from tests.fakes.twilio import ACCOUNT_SID, AUTH_TOKEN, SENDER, FakeTwilio

TO = "whatsapp:+6281234567890"
PUBLIC = "https://bot.example.go.id"


class Contents:
    """What the service remembers of registered Content resources."""

    def __init__(self) -> None:
        self.known: dict[str, str] = {}

    async def lookup(self, fingerprint: str) -> str | None:
        return self.known.get(fingerprint)

    async def remember(self, fingerprint: str, content_sid: str) -> None:
        self.known[fingerprint] = content_sid


@pytest.fixture
def twilio() -> Iterator[FakeTwilio]:
    with FakeTwilio() as fake:
        yield fake


@pytest.fixture
def contents() -> Contents:
    return Contents()


def new_channel(server_url: str, contents: Contents, **more: Any) -> WhatsAppChannel:
    return WhatsAppChannel(
        more.pop("account_sid", ACCOUNT_SID),
        more.pop("auth_token", AUTH_TOKEN),
        sender=SENDER,
        public_base_url=PUBLIC,
        lookup=contents.lookup,
        remember=contents.remember,
        api_base_url=server_url,
        timeout=0.5,
        seconds_between_parts=0.0,
        **more,
    )


@pytest_asyncio.fixture
async def whatsapp(twilio: FakeTwilio, contents: Contents) -> AsyncIterator[WhatsAppChannel]:
    channel = new_channel(twilio.url, contents)
    yield channel
    await channel.close()


def message(text: str = "Selamat pagi", **more: Any) -> Outgoing:
    return Outgoing(**{"outbox_id": 7, "to": TO, "text": text, **more})
