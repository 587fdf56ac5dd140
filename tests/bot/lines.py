"""A channel whose answers are written down beforehand, and an outbox to send through it."""

from collections import defaultdict
from datetime import timedelta
from typing import Any

from sqlalchemy import Row, select

from bot import contacts, outbox
from bot.channels.base import Outgoing, SendError, StatusReport
from bot.outbox import REPLY
from bot.rehearsal import Rehearsal
from bot.sender import Sender
from flows.events import MessageCreated

NAME = "simulator"
GRACE = timedelta(seconds=90)


class ScriptedChannel:
    """Answers each text as its script says, one entry a try; without one it is sent."""

    name = NAME

    def __init__(self, **scripts: list[SendError | None]) -> None:
        self.scripts: dict[str, list[SendError | None]] = defaultdict(list)
        self.scripts.update(scripts)
        self.tried: list[str] = []
        self.got: list[str] = []
        """What the person really has."""
        self.to: list[str] = []
        self.known: dict[str, str] = {}
        """What a look-up at the provider finds."""

    async def send(self, message: Outgoing) -> str:
        self.tried.append(message.text)
        answer = self.scripts[message.text].pop(0) if self.scripts[message.text] else None
        if answer:
            raise answer
        self.got.append(message.text)
        self.to.append(message.to)
        return f"sid-{message.outbox_id}"

    async def find_sent(self, message: Outgoing) -> str | None:
        return self.known.get(message.text)

    async def close(self) -> None:
        return None


class Line:
    """The outbox of a rehearsal, a scripted channel, and senders that come and go."""

    def __init__(self, rehearsal: Rehearsal, channel: ScriptedChannel) -> None:
        self.rehearsal = rehearsal
        self.service = rehearsal.service
        self.channel = channel
        self.sender = self.new_sender()

    def new_sender(self) -> Sender:
        """As after a restart: nothing is remembered but what the database holds."""
        self.sender = Sender(self.service, self.channel, pacer=None, grace=GRACE)
        return self.sender

    def queue(
        self,
        *texts: str,
        to: str = "warga",
        priority: int = REPLY,
        broadcast_id: int | None = None,
        channel: str = NAME,
    ) -> list[int]:
        now = self.service.clock.now()
        with self.service.database.write() as connection:
            people = contacts.load(
                connection, self.service.database, self.service.ring, [(channel, to)], now
            )
            rows = [
                outbox.row_for(
                    self.service.ring, MessageCreated(text), now, channel=channel,
                    contact_id=people[channel, to].id, priority=priority,
                    broadcast_id=broadcast_id,
                )
                for text in texts
            ]  # fmt: skip
            before = self.ids(connection)
            outbox.queue(connection, rows)
            return sorted(self.ids(connection) - before)

    @staticmethod
    def ids(connection: Any) -> set[int]:
        return {row.id for row in connection.execute(select(outbox.outbox.c.id))}

    async def drain(self) -> list[str]:
        """Send what may leave now; what the channel really got."""
        before = len(self.channel.got)
        await self.sender.drain()
        return self.channel.got[before:]

    async def later(self, **by: float) -> list[str]:
        """The same after some time, with a sender that no longer rests."""
        self.service.clock.forward(timedelta(**by))
        self.sender._not_sent.down_until = 0
        return await self.drain()

    async def settle(self) -> None:
        await self.sender._settle()

    def row(self, row_id: int) -> Row[Any]:
        with self.service.database.read() as connection:
            query = select(outbox.outbox).where(outbox.outbox.c.id == row_id)
            return connection.execute(query).one()

    def status(self, *row_ids: int) -> list[str]:
        return [self.row(row_id).status for row_id in row_ids]

    def report(self, row_id: int | None, status: Any, sid: str = "", code: str = "") -> bool:
        """A status callback of the provider."""
        sid = sid or f"sid-{row_id}"
        with self.service.database.write() as connection:
            report = StatusReport(NAME, row_id, sid, status, code)
            return outbox.record_status(
                connection, [report], self.service.ring, self.service.clock.now()
            )[0]


def line(rehearsal: Rehearsal, **scripts: list[SendError | None]) -> Line:
    return Line(rehearsal, ScriptedChannel(**scripts))
