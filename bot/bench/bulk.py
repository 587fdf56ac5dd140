"""Broadcasts in the benchmark: how long the fan-out holds the database, how well a pace is kept."""

import asyncio
import time
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import insert, select

from bot import audience
from bot.broadcast_rows import SENDING, WAITING, broadcasts, recipients
from bot.broadcast_words import packed
from bot.channels.base import Channel, Outgoing
from bot.channels.telegram import TelegramChannel
from bot.channels.whatsapp import WhatsAppChannel
from bot.contacts import contacts, index_of, sessions
from bot.demo import OFFICE, VILLAGE
from bot.officers import officers
from bot.outbox import OPEN_STATES, outbox
from bot.pacing import Pacer, pace_of
from bot.sender import Sender
from bot.service import Service
from bot.sessions import seal_session
from flows.broadcast_plan import Plan
from flows.session import Session

FAN_OUT = 0.5
"""Seconds of database time that 100,000 recipients may take."""
RECIPIENTS = 100_000
PACES = {"telegram": 30.0, "whatsapp": 80.0}
SECONDS = 4.0
_PLAN = Plan("Besok pukul 09.00 penyuluhan di balai desa.", (VILLAGE,))
MORNING = datetime(2026, 11, 23, 3, tzinfo=UTC)
"""Ten in Ponorogo: nobody sleeps while the benchmark runs."""


def fan_out(service: Service, count: int = RECIPIENTS) -> float:
    """Seconds for that many recipients, committed and synced; scaled to 100,000."""
    _people(service, "telegram", count)
    number = _broadcast(service)
    began = time.perf_counter()
    with service.database.write() as connection:
        audience.write_down(connection, service.ring, _PLAN, number, service.clock.now())
    return (time.perf_counter() - began) * RECIPIENTS / count


async def kept_pace(service: Service, channel: str) -> tuple[float, float]:
    """(share of the pace that a broadcast reaches, the most in any second by the pace)."""
    rate = PACES[channel]
    _people(service, channel, int(rate * SECONDS))
    number = _broadcast(service)
    with service.database.write() as connection:
        audience.write_down(connection, service.ring, _PLAN, number, service.clock.now())
    wire = _Timed(_wire(service, channel))
    pacer = Pacer(replace(pace_of(service.settings, channel), per_second=rate))
    sender = Sender(service, wire, pacer=pacer)
    running = asyncio.create_task(sender.run())
    sender.wake()
    while await asyncio.to_thread(_left, service, number, channel):  # noqa: ASYNC110 (rows, no event)
        await asyncio.sleep(0.05)
    sender.stop()
    await running
    await wire.close()
    sent = wire.at
    kept = (len(sent) - 1) / (sent[-1] - sent[0]) / rate
    return kept, _most_in_a_second(sent) / rate


def _most_in_a_second(sent: list[float]) -> int:
    most, first = 0, 0
    for last, at in enumerate(sent):
        while at - sent[first] >= 1:
            first += 1
        most = max(most, last - first + 1)
    return most


class _Timed:
    """A channel that notes when each message began to leave."""

    def __init__(self, channel: Channel) -> None:
        self._channel = channel
        self.name = channel.name
        self.at: list[float] = []

    async def send(self, message: Outgoing) -> str:
        self.at.append(time.perf_counter())
        return await self._channel.send(message)

    async def find_sent(self, message: Outgoing) -> str | None:
        return await self._channel.find_sent(message)

    async def close(self) -> None:
        await self._channel.close()


def _wire(service: Service, channel: str) -> Channel:
    settings = service.settings
    if channel == "telegram":
        token = settings.telegram_bot_token.get_secret_value()
        return TelegramChannel(token, base_url=settings.telegram_api_base_url)
    return WhatsAppChannel(
        settings.twilio_account_sid,
        settings.twilio_auth_token.get_secret_value(),
        sender=settings.twilio_whatsapp_from,
        public_base_url=settings.public_base_url,
        lookup=_nothing,
        remember=_nothing,
        api_base_url=settings.twilio_api_base_url,
    )


async def _nothing(*_: str) -> None:
    """Plain text needs no registered content."""


def _people(service: Service, channel: str, count: int) -> None:
    now, ring = service.clock.now(), service.ring
    state = seal_session(ring, 0, Session())
    rows: list[dict[str, Any]] = []
    for number in range(count):
        address = (
            f"whatsapp:+62813{number:07}" if channel == "whatsapp" else str(5_000_000 + number)
        )
        index = index_of(ring, channel, address)
        rows.append(
            {"channel": channel, "address_index": index, "place_code": VILLAGE, "language": "id",
             "address": ring.seal("contact", index.hex(), address.encode()),
             "consented_at": now, "created_at": now}
        )  # fmt: skip
    with service.database.write() as connection:
        ids = connection.execute(insert(contacts).returning(contacts.c.id), rows).scalars().all()
        connection.execute(
            insert(sessions),
            [{"contact_id": one, "state": state, "last_inbound_at": now} for one in ids],
        )


def _broadcast(service: Service) -> int:
    now = service.clock.now()
    with service.database.write() as connection:
        officer = connection.execute(select(officers.c.id).limit(1)).scalar_one()
        number = connection.execute(
            broadcasts.insert()
            .values(
                office_code=OFFICE, officer_id=officer, kind="news", status=SENDING,
                plan=packed(_PLAN), text=_PLAN.text, place_codes=VILLAGE, created_at=now,
                starts_at=now, stopped_why="",
            )
            .returning(broadcasts.c.id)
        ).scalar_one()  # fmt: skip
    return int(number)


def _left(service: Service, number: int, channel: str) -> bool:
    """Somebody of it still waits, or is on the way."""
    with service.database.read() as connection:
        waits = select(recipients.c.target).where(
            recipients.c.broadcast_id == number, recipients.c.channel == channel,
            recipients.c.state == WAITING,
        )  # fmt: skip
        leaves = select(outbox.c.id).where(
            outbox.c.broadcast_id == number, outbox.c.status.in_(OPEN_STATES)
        )
        return any(connection.execute(query.limit(1)).first() for query in (waits, leaves))
