"""Many people who each report something, over providers that deliver again what was not taken."""

import asyncio
import json
import random
import re
import time
from collections.abc import Sequence
from dataclasses import dataclass, field

import httpx

from tests.fakes.telegram import FakeTelegram
from tests.fakes.twilio import FakeTwilio, inbound_form, sign
from tests.faults.server import PUBLIC, SECRET

STEPS = (
    "halo", "2", "menu", "lapor", "lanjut", "tidak", "Ada calo nomor {who} mengumpulkan paspor",
    "ngrayun ngrayun ponorogo", "ya", "tidak tahu", "tidak tahu", "boleh", "kirim", "menu",
)  # fmt: skip
"""A report from the first word to the receipt. Each step has one answer, but for the notice, which
is three; the answers to both `menu` are the same words."""
REPORTED_AT = STEPS.index("kirim")
REPEATED = 0.3
"""The part of the deliveries that come again although they were taken."""
AT_ONCE = 24
GIVES_UP = 60.0
"""Seconds without a 200 after which no restart is to be expected any more."""

_VARIES = (
    (re.compile(r"\b[A-Z0-9]{4}-[A-Z0-9]{4}-[A-Z0-9]{4}\b"), "<kode>"),
    (re.compile(r"paling lambat [^\n]*? W(?:IB|ITA|IT)\b"), "<tenggat>"),
    (re.compile(r"calo nomor \d+"), "calo nomor <siapa>"),
)


def answers_to(steps: int) -> int:
    """Messages that one person gets for the first so many steps."""
    return steps + 2 * (steps > STEPS.index("lapor"))


ANSWERS = answers_to(len(STEPS))


def normal(text: str) -> str:
    """The text without what differs from person to person and minute to minute."""
    for pattern, name in _VARIES:
        text = pattern.sub(name, text)
    return text


@dataclass
class Person:
    """Somebody with a phone. `number` is theirs alone; it also makes their event ids."""

    number: int
    channel: str

    @property
    def address(self) -> str:
        return str(self.number) if self.channel == "telegram" else f"whatsapp:+62812{self.number}"

    def event_id(self, step: int) -> str:
        number = self.number * 100 + step
        return str(number) if self.channel == "telegram" else f"SM{number:032x}"

    def text(self, step: int) -> str:
        return STEPS[step].format(who=self.number)

    def arrived(self, telegram: FakeTelegram, twilio: FakeTwilio) -> list[str]:
        """What this person's phone shows, in order."""
        if self.channel == "telegram":
            return [sent.text for sent in telegram.shown if sent.chat == self.address]
        return [sent.body for sent in twilio.sent if sent.to == self.address]


def people(count: int, first: int = 1_000_000) -> list[Person]:
    """Half of them on each channel."""
    return [Person(first + n, ("telegram", "whatsapp")[n % 2]) for n in range(count)]


@dataclass
class Load:
    """Delivers everybody's steps; the next one only after the last was answered 2xx."""

    url: str
    chance: random.Random
    taken: int = 0
    """Steps that were answered 2xx for the first time."""
    refused: list[int] = field(default_factory=list)
    """Answers that were neither 2xx nor 503."""
    unanswered: int = 0
    """Deliveries without a 2xx; each was made again."""
    repeated: int = 0

    async def run(self, everybody: Sequence[Person]) -> None:
        self._room = asyncio.Semaphore(AT_ONCE)
        limits = httpx.Limits(max_connections=AT_ONCE, max_keepalive_connections=AT_ONCE)
        async with httpx.AsyncClient(
            base_url=self.url, trust_env=False, timeout=30, limits=limits
        ) as self._client:
            await asyncio.gather(*(self._all_steps(person) for person in everybody))

    async def _all_steps(self, person: Person) -> None:
        for step in range(len(STEPS)):
            if self.chance.random() < REPEATED:
                self.repeated += 1
                earlier = self.chance.randrange(step + 1)
                # At the same moment as the first delivery, or long after it.
                await asyncio.gather(self._deliver(person, step), self._deliver(person, earlier))
            else:
                await self._deliver(person, step)
            self.taken += 1

    async def _deliver(self, person: Person, step: int) -> None:
        ends, status = time.monotonic() + GIVES_UP, 0
        while time.monotonic() < ends:
            async with self._room:
                try:
                    status = (await self._post(person, step)).status_code
                except httpx.TransportError:
                    status = 0
            if 200 <= status < 300:
                return
            self.unanswered += 1
            if status not in (0, 503):
                self.refused.append(status)
            await asyncio.sleep(self.chance.uniform(0.02, 0.1))
        raise AssertionError(
            f"{GIVES_UP:.0f} s without a 200 (last {status}): {person}, step {step}"
        )

    async def _post(self, person: Person, step: int) -> httpx.Response:
        text, event_id = person.text(step), person.event_id(step)
        if person.channel == "whatsapp":
            form = inbound_form(text, sid=event_id, sender=person.address)
            headers = {"X-Twilio-Signature": sign(f"{PUBLIC}/webhooks/twilio", form)}
            return await self._client.post("/webhooks/twilio", data=form, headers=headers)
        sender = {"id": person.number, "is_bot": False, "first_name": "Siti"}
        chat = {"id": person.number, "type": "private"}
        message = {"message_id": 1, "date": 1, "chat": chat, "from": sender, "text": text}
        body = json.dumps({"update_id": int(event_id), "message": message})
        return await self._client.post(
            "/webhooks/telegram",
            content=body,
            headers={"X-Telegram-Bot-Api-Secret-Token": SECRET},
        )
