"""A broadcast on WhatsApp: our outbox, the real client, the fake Twilio, our webhook for callbacks."""

from datetime import timedelta
from typing import Any

import httpx
from pydantic import SecretStr
from sqlalchemy import insert, select

from bot import broadcast_report, broadcasts, contacts, outbox
from bot.broadcast_rows import SENDING, recipients
from bot.broadcast_words import packed
from bot.channels.whatsapp import WhatsAppChannel
from bot.contacts import sessions
from bot.officers import officers
from bot.rehearsal import Rehearsal
from bot.sender import Sender
from flows.broadcast_plan import Plan
from tests.channels.conftest import PUBLIC, Contents
from tests.fakes import LoopbackServer
from tests.fakes.twilio import ACCOUNT_SID, AUTH_TOKEN, SENDER, FakeTwilio, inbound_form, sign
from tests.templates import register
from webhooks.app import create_app

VILLAGE = "35.02.02.2001"
DAY = timedelta(hours=25)


class OnWhatsApp:
    """`people` are numbers; person 3 is `whatsapp:+628120000003`."""

    def __init__(self, rehearsal: Rehearsal, twilio: FakeTwilio, **settings: Any) -> None:
        self.rehearsal, self.twilio = rehearsal, twilio
        self.service = rehearsal.service
        self.service.settings = self.service.settings.model_copy(
            update={
                "twilio_account_sid": ACCOUNT_SID,
                "twilio_auth_token": SecretStr(AUTH_TOKEN),
                "twilio_whatsapp_from": SENDER,
                "twilio_api_base_url": twilio.url,
                "public_base_url": PUBLIC,
            }
            | settings
        )
        self.app = create_app(self.service, frozenset({"web"}))
        self.web = LoopbackServer(self.app)
        self.web.start()
        twilio.call_back_to = self.web.url
        known = Contents()
        self.channel = WhatsAppChannel(
            ACCOUNT_SID, AUTH_TOKEN, sender=SENDER, public_base_url=PUBLIC,
            lookup=known.lookup, remember=known.remember, api_base_url=twilio.url,
        )  # fmt: skip
        self.sender = Sender(self.service, self.channel, pacer=None)
        self.ids: dict[int, int] = {}

    async def close(self) -> None:
        self.twilio.settle()
        self.web.stop()
        self.app.state.statuses.close()
        self.app.state.running.turns.close()
        await self.channel.close()

    # ---- who and what

    def approve(self, *uses: str) -> dict[str, str]:
        return register(self.service, self.twilio, *uses)

    def people(self, *numbers: int, silent: bool = False) -> None:
        """Villagers of one village who wrote an hour ago; `silent` since yesterday."""
        now = self.service.clock.now()
        with self.service.database.write() as connection:
            wanted = {("whatsapp", address(one)): one for one in numbers}
            found = contacts.load(connection, self.service.database, self.service.ring, wanted, now)
            for person, known in found.items():
                self.ids[wanted[person]] = known.id
                contacts.change(connection, known.id, place_code=VILLAGE, consented_at=now)
            ago = DAY if silent else timedelta(hours=1)
            connection.execute(
                insert(sessions),
                [
                    {"contact_id": known.id, "state": b"", "last_inbound_at": now - ago}
                    for known in found.values()
                ],
            )
        if silent:
            self.twilio.outside |= {address(one) for one in numbers}

    def lost_window(self, *numbers: int) -> None:
        """Twilio counts otherwise than we do."""
        self.twilio.outside |= {address(one) for one in numbers}

    def broadcast(self, *numbers: int, text: str = "Besok ada layanan paspor.", **plan: Any) -> int:
        """One that runs, to these people; its number."""
        now, order = self.service.clock.now(), Plan(text, (VILLAGE,), **plan)
        with self.service.database.write() as connection:
            officer = connection.execute(
                select(officers).where(officers.c.contact_id.is_not(None)).order_by(officers.c.id)
            ).first()
            assert officer is not None
            number = connection.execute(
                broadcasts.broadcasts.insert()
                .values(
                    office_code=officer.office_code, officer_id=officer.id, kind=order.kind,
                    status=SENDING, plan=packed(order), text=text, place_codes=VILLAGE,
                    created_at=now, starts_at=now, expires_at=order.expires, stopped_why="",
                )
                .returning(broadcasts.broadcasts.c.id)
            ).scalar_one()  # fmt: skip
            rows = [
                {
                    "broadcast_id": number, "target": self.ids[one], "channel": "whatsapp",
                    "state": "waiting", "not_before": now,
                }
                for one in numbers
            ]  # fmt: skip
            connection.execute(insert(recipients), rows)
        return int(number)

    # ---- what happens

    async def send(self, *, hours: float = 0, minutes: float = 0) -> None:
        """Everything that may leave after that time leaves, and Twilio tells all it has to tell."""
        self.service.clock.forward(timedelta(hours=hours, minutes=minutes))
        self.sender._not_sent.down_until = 0
        before = -1
        while before != len(self.twilio.calls):
            before = len(self.twilio.calls)
            await self.sender.drain()
            self.twilio.settle()
        with self.service.database.write() as connection:
            broadcasts.end_due(connection, self.service.clock.now())

    async def writes(self, number: int, text: str = "halo", payload: str = "") -> None:
        """They write to us, by the webhook."""
        self.twilio.outside.discard(address(number))
        more = {"ButtonPayload": payload} if payload else {}
        form = inbound_form(text, sender=address(number), **more)
        headers = {"X-Twilio-Signature": sign(f"{PUBLIC}/webhooks/twilio", form)}
        async with httpx.AsyncClient(trust_env=False, verify=False) as client:
            answer = await client.post(
                f"{self.web.url}/webhooks/twilio", data=form, headers=headers
            )
        assert answer.status_code == 200, answer.status_code
        await self.send()

    # ---- what became of it

    def counts(self, number: int) -> dict[str, int]:
        with self.service.database.read() as connection:
            return broadcast_report.counts(connection, number)

    def states(self, number: int) -> dict[int, list[str]]:
        """Person → every state that the rows give them; one each, if all is well."""
        people = {contact_id: one for one, contact_id in self.ids.items()}
        found: dict[int, list[str]] = {}
        with self.service.database.read() as connection:
            mine = select(recipients).where(recipients.c.broadcast_id == number)
            for row in connection.execute(mine.where(recipients.c.state != "handed")):
                found.setdefault(people[row.target], []).append(row.state)
            sent = select(outbox.outbox).where(outbox.outbox.c.broadcast_id == number)
            for row in connection.execute(sent):
                found.setdefault(people[row.contact_id], []).append(row.status)
        return found

    def status(self, number: int) -> Any:
        with self.service.database.read() as connection:
            return broadcasts.by_number(connection, number)

    def got(self, number: int) -> list[str]:
        """What really stands on that phone: all that Twilio took and did not fail."""
        return [
            sent.body
            for sent in self.twilio.sent
            if sent.to == address(number) and not sent.error_code
        ]

    def window_is_shut(self, number: int) -> bool:
        with self.service.database.read() as connection:
            last = connection.execute(
                select(sessions.c.last_inbound_at).where(sessions.c.contact_id == self.ids[number])
            ).scalar()
        return outbox.window_closed(last, self.service.clock.now())


def address(number: int) -> str:
    return f"whatsapp:+628120{number:06}"
