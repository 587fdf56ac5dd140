"""A WhatsApp channel that talks to the fake Twilio over loopback."""

from collections.abc import AsyncIterator, Awaitable
from typing import Any

import pytest
import pytest_asyncio

from bot.channels.base import Outgoing, SendError
from bot.channels.whatsapp import WhatsAppChannel
from tests.fakes.twilio import ACCOUNT_SID, AUTH_TOKEN, SENDER, FakeTwilio

TO = "whatsapp:+6281234567890"
PUBLIC = "https://bot.example.go.id"
PATIENT, IMPATIENT = 10.0, 1.5
"""Seconds that a call may take: on a busy machine, and where the fake hangs on purpose."""


class Contents:
    """What the service remembers of registered Content resources."""

    def __init__(self) -> None:
        self.known: dict[str, str] = {}

    async def lookup(self, fingerprint: str) -> str | None:
        return self.known.get(fingerprint)

    async def remember(self, fingerprint: str, content_sid: str) -> None:
        self.known[fingerprint] = content_sid


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
        timeout=more.pop("timeout", PATIENT),
        seconds_between_parts=0.0,
        **more,
    )


@pytest_asyncio.fixture
async def whatsapp(
    twilio: FakeTwilio, contents: Contents, request: pytest.FixtureRequest
) -> AsyncIterator[WhatsAppChannel]:
    """Impatient only where the test's name or case says that a call hangs."""
    hangs = any(word in request.node.name for word in ("hang", "read timeout", "no answer"))
    channel = new_channel(twilio.url, contents, timeout=IMPATIENT if hangs else PATIENT)
    yield channel
    await channel.close()


def message(text: str = "Selamat pagi", **more: Any) -> Outgoing:
    return Outgoing(**{"outbox_id": 7, "to": TO, "text": text, **more})


async def failure_of(sending: Awaitable[str]) -> tuple[type[SendError], str]:
    """How a message could not be sent: the kind of error, exactly, and its code."""
    with pytest.raises(SendError) as raised:
        await sending
    return type(raised.value), raised.value.code
