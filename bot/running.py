"""The parts of the service that run: turns, senders, schedule; started and stopped together."""

import asyncio
import contextlib
import gc
import logging
from collections.abc import AsyncIterator
from datetime import datetime

from bot import outbox
from bot.channels.base import Wire
from bot.channels.simulator import SimulatorChannel
from bot.channels.telegram import TelegramChannel
from bot.channels.whatsapp import WhatsAppChannel
from bot.contents import Contents
from bot.pacing import Pacer, pace_of
from bot.picture_reader import PictureReader
from bot.schedule import Schedule
from bot.sender import Sender
from bot.service import Service
from bot.turns import Turns

log = logging.getLogger(__name__)

PARTS = frozenset({"web", "sender", "scheduler"})


class Running:
    """One process of the service. `parts` says which of its duties this process has."""

    def __init__(
        self, service: Service, parts: frozenset[str] = PARTS, *, paced: bool = True
    ) -> None:
        """`paced=False` sends as fast as the provider answers; only the benchmark does so."""
        self.service = service
        self._parts = parts
        self._paced = paced
        self.turns = Turns(service, wake=self.wake)
        self.simulator: SimulatorChannel | None = None
        self.telegram: TelegramChannel | None = None
        self._channels: list[Wire] = []
        self.senders: list[Sender] = []
        self.reader: PictureReader | None = None

    def wake(self) -> None:
        """Something new stands in the outbox."""
        for sender in self.senders:
            sender.wake()

    @contextlib.asynccontextmanager
    async def started(self) -> AsyncIterator[None]:
        """Everything runs inside this block; at its end what is begun is finished and noted."""
        # The first villager should not wait for 83,762 villages to be read.
        await asyncio.to_thread(self.service.gazetteer.warm_up)
        # What is loaded now stays for good: the collector need not walk through it again and
        # again, nor look after every few messages (measured: a tenth of the sender's time).
        gc.freeze()
        gc.set_threshold(20_000, 20, 20)
        self._channels = self._open_channels()
        schedule = Schedule(self.service, self.turns) if "scheduler" in self._parts else None
        tasks = []
        if "sender" in self._parts:
            self.senders = [Sender(self.service, c, pacer=self._pacer(c)) for c in self._channels]
            tasks = [asyncio.create_task(sender.run()) for sender in self.senders]
            self.reader = PictureReader(self.service, self.turns, self._channels)
        reading = asyncio.create_task(self.reader.run()) if self.reader else None
        if schedule:
            schedule.start()
        try:
            yield
        finally:
            if schedule:
                schedule.stop()
            if reading:
                reading.cancel()
                await asyncio.gather(reading, return_exceptions=True)
            for sender in self.senders:
                sender.stop()
            await asyncio.gather(*tasks, return_exceptions=True)
            for channel in self._channels:
                await channel.close()
            await asyncio.to_thread(self.turns.close)

    async def telegram_username(self) -> str:
        """The bot's own name, asked from Telegram when the settings don't say it."""
        if name := self.service.settings.telegram_bot_username:
            return name
        if self.telegram is not None:
            try:
                return await self.telegram.username()
            except Exception as error:
                log.error("Telegram does not tell our name: %s", type(error).__name__)
        return ""

    def _pacer(self, channel: Wire) -> Pacer | None:
        if not self._paced or channel.name == "simulator":
            return None
        return Pacer(pace_of(self.service.settings, channel.name))

    def _open_channels(self) -> list[Wire]:
        settings, channels = self.service.settings, list[Wire]()
        if settings.telegram_ready:
            token = settings.telegram_bot_token.get_secret_value()
            self.telegram = TelegramChannel(token, base_url=settings.telegram_api_base_url)
            channels.append(self.telegram)
        if settings.whatsapp_ready:
            contents = Contents(self.service.database)
            channels.append(
                WhatsAppChannel(
                    settings.twilio_account_sid,
                    settings.twilio_auth_token.get_secret_value(),
                    sender=settings.twilio_whatsapp_from,
                    public_base_url=settings.public_base_url,
                    lookup=contents.lookup,
                    remember=contents.remember,
                    accounted=self._accounted,
                    api_base_url=settings.twilio_api_base_url,
                )
            )
        if settings.simulator:
            self.simulator = SimulatorChannel(self._office_time)
            channels.append(self.simulator)
        return channels

    async def _accounted(self, provider_id: str) -> bool:
        def look() -> bool:
            with self.service.database.read() as connection:
                return outbox.has_sent(connection, provider_id)

        return await asyncio.to_thread(look)

    def _office_time(self) -> datetime:
        return self.service.office().calendar.local(self.service.clock.now())
