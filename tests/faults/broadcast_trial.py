"""A broadcast through providers that hold their limits and fail, and the reckoning afterwards:
what each recipient really has beside the one state that we say they are in."""

import asyncio
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial

from sqlalchemy import Connection, insert, select

from bot import audience, broadcast_report, groups
from bot.broadcast_rows import DONE, HANDED, SENDING, broadcasts, recipients
from bot.broadcast_words import packed
from bot.contacts import contacts, index_of, sessions
from bot.demo import OFFICE, VILLAGE
from bot.officers import officers
from bot.outbox_rows import outbox
from bot.sealing import KeyRing
from bot.service import Service
from bot.sessions import seal_session
from flows.broadcast_plan import Plan
from flows.session import Session
from tests.fakes.limits import StrictTelegram, StrictTwilio
from tests.fakes.telegram import BAD_GATEWAY, BLOCKED, DROPPED_AFTER_TAKEN, flood, migrated
from tests.fakes.twilio import DROPPED_AFTER_TAKEN as TAKEN_BY_TWILIO
from tests.fakes.twilio import Fault, Step
from tests.faults.server import ServerProcess
from tests.webhooks.live import eventually

TEXT = "Ada ajakan kerja ke Kamboja lewat media sosial. Jangan berangkat sebelum cek ke Disnaker."
EVERY = 25
"""One in so many recipients meets each fault."""
_GOOD = (Step("sent"), Step("delivered"))


@dataclass
class People:
    """Who the broadcast is for, by their address at the provider."""

    telegram: dict[str, int]
    whatsapp: dict[str, int]
    groups: dict[str, int]

    @property
    def total(self) -> int:
        return len(self.telegram) + len(self.whatsapp) + len(self.groups)


@dataclass
class Outcome:
    counts: dict[str, int]
    wrong: list[str] = field(default_factory=list)
    told_twice: int = 0
    kills: int = 0

    def assert_true(self, people: People) -> None:
        print(f"\n{self}")
        assert self.wrong == []
        assert sum(self.counts.values()) == people.total, "one state for each recipient"
        assert self.counts.keys() <= {
            "sent",
            "delivered",
            "read",
            "failed",
            "unknown",
            "parked",
        }
        # Telegram tells nobody what it has taken: at most what was in flight at a kill.
        assert self.told_twice <= 8 * self.kills


def settle(service: Service, telegram: int, whatsapp: int, group_count: int) -> People:
    """That many people and groups of the example village."""
    people = People(
        _people(service, "telegram", [str(5_000_000 + n) for n in range(telegram)]),
        _people(service, "whatsapp", [f"whatsapp:+62813{n:07}" for n in range(whatsapp)]),
        {},
    )
    with service.database.write() as connection:
        connection.execute(groups.groups.update().values(active=False))  # the example's own
        for n in range(group_count):
            chat = str(-4_000_000 - n)
            number = groups.join(
                connection, service.database, service.ring, "telegram", chat, service.clock.now()
            )
            people.groups[chat] = number
        connection.execute(
            groups.groups.update()
            .where(groups.groups.c.id.in_(people.groups.values()))
            .values(place_code=VILLAGE)
        )
    return people


def _people(service: Service, channel: str, addresses: Sequence[str]) -> dict[str, int]:
    now, ring = service.clock.now(), service.ring
    rows = [_contact(ring, channel, address) | {"created_at": now, "consented_at": now}
            for address in addresses]  # fmt: skip
    with service.database.write() as connection:
        ids = connection.execute(insert(contacts).returning(contacts.c.id), rows).scalars().all()
        connection.execute(
            insert(sessions),
            [{"contact_id": i, "state": seal_session(ring, i, Session()),
              "last_inbound_at": now - timedelta(hours=1)} for i in ids],
        )  # fmt: skip
        found = connection.execute(
            select(contacts.c.address_index, contacts.c.id).where(contacts.c.id.in_(ids))
        ).all()
    by_index = {row.address_index: row.id for row in found}
    return {address: by_index[index_of(ring, channel, address)] for address in addresses}


def _contact(ring: KeyRing, channel: str, address: str) -> dict[str, object]:
    index = index_of(ring, channel, address)
    sealed = ring.seal("contact", index.hex(), address.encode())
    return {"channel": channel, "address_index": index, "address": sealed, "place_code": VILLAGE,
            "language": "id"}  # fmt: skip


def begin(service: Service) -> int:
    """A warning of danger to life: the trial runs at any hour."""
    plan, now = Plan(TEXT, (VILLAGE,), "warning", danger=True), service.clock.now()
    with service.database.write() as connection:
        officer = connection.execute(select(officers.c.id).limit(1)).scalar_one()
        number = connection.execute(
            broadcasts.insert()
            .values(
                office_code=OFFICE, officer_id=officer, kind="warning", status=SENDING,
                plan=packed(plan), text=TEXT, place_codes=VILLAGE, created_at=now, starts_at=now,
                stopped_why="",
            )
            .returning(broadcasts.c.id)
        ).scalar_one()  # fmt: skip
        audience.write_down(connection, service.ring, plan, int(number), now)
    return int(number)


def break_things(
    people: People, telegram: StrictTelegram, twilio: StrictTwilio, *, slow: bool
) -> None:
    """Every documented trouble, each for its share of the people; `slow`: those too that a sender
    waits for."""
    for n, chat in enumerate(people.telegram):
        match n % EVERY:
            case 0:
                telegram.fail(BLOCKED, chat=chat)
            case 1:
                telegram.fail(flood(1), chat=chat)
            case 2:
                telegram.fail(DROPPED_AFTER_TAKEN, chat=chat)
            case 3:
                telegram.fail(BAD_GATEWAY, chat=chat)
    for n, chat in enumerate(people.groups):
        match n % 4:
            case 0:
                telegram.fail(migrated(-1_004_000_000 - n), chat=chat)
            case 1:
                telegram.fail(BLOCKED, chat=chat)
    twilio.plan = _GOOD
    for n, to in enumerate(people.whatsapp):
        match n % EVERY:
            case 0:
                twilio.fail(Fault(400, 63024), to=to)
            case 1 if slow and n < 2 * EVERY:  # the whole sender rests for ten seconds
                twilio.fail(Fault(429, 20429), to=to)
            case 2:
                twilio.fail(TAKEN_BY_TWILIO, to=to)
            case 3:  # out of order, and again
                twilio.plans[to] = (
                    Step("delivered"),
                    Step("sent"),
                    Step("delivered"),
                    Step("read"),
                )
            case 4:
                twilio.plans[to] = (Step("sent"), Step("undelivered", 0, "63024"))
            case 6:  # the window was shut after all, and no template is approved
                twilio.plans[to] = (Step("sent"), Step("undelivered", 0, "63016"))
            case 5 if slow:  # tried again after half a minute
                twilio.fail(Fault(503), to=to)


async def trial(
    server: ServerProcess,
    telegram: StrictTelegram,
    twilio: StrictTwilio,
    people: People,
    *,
    kills: int,
    within: float,
    slow: bool = False,
) -> Outcome:
    """Run it to its end with that many kills spread over it; then the reckoning."""
    service = server.service()
    try:
        break_things(people, telegram, twilio, slow=slow)
        number = begin(service)
        await asyncio.to_thread(server.start)
        for kill in range(kills):
            share = (kill + 1) / (kills + 1)
            await _until(partial(_has_left, telegram, twilio, share * people.total), within)
            await asyncio.to_thread(server.kill)
            await asyncio.to_thread(server.start)
        await _until(lambda: _has_ended(service, number), within)
        await asyncio.sleep(0.3)  # the last callbacks
        await asyncio.to_thread(server.stop)
        outcome = _reckon(service, number, people, telegram, twilio)
        outcome.kills = kills
        return outcome
    finally:
        service.close()


async def _until(true: Callable[[], bool], within: float) -> None:
    await asyncio.to_thread(eventually, true, "the broadcast goes on", within)


def _has_left(telegram: StrictTelegram, twilio: StrictTwilio, share: float) -> bool:
    return len(telegram.shown) + len(twilio.sent) >= share


def _has_ended(service: Service, number: int) -> bool:
    with service.database.read() as connection:
        status = select(broadcasts.c.status).where(broadcasts.c.id == number)
        return connection.execute(status).scalar() == DONE


def _reckon(
    service: Service,
    number: int,
    people: People,
    telegram: StrictTelegram,
    twilio: StrictTwilio,
) -> Outcome:
    got = Counter(sent.chat for sent in telegram.shown) + Counter(sent.to for sent in twilio.sent)
    failed = {sent.to for sent in twilio.sent if sent.status in ("failed", "undelivered")}
    with service.database.read() as connection:
        outcome = Outcome(broadcast_report.counts(connection, number))
        states = _states(connection, number)
    moved = {chat: str(-1_004_000_000 - n) for n, chat in enumerate(people.groups) if n % 4 == 0}
    targets = {**people.telegram, **people.whatsapp}
    targets |= {moved.get(chat, chat): -group for chat, group in people.groups.items()}
    for address, target in targets.items():
        copies, state = got[address], states.get(target, [])
        outcome.told_twice += max(0, copies - 1)
        if len(state) != 1:
            outcome.wrong.append(f"{address} is in the states {state}")
        elif state[0] in ("sent", "delivered", "read") and copies == 0:
            outcome.wrong.append(f"{address} is {state[0]} and has nothing")
        elif state[0] in ("failed", "parked") and copies and address not in failed:
            outcome.wrong.append(f"{address} has it and is {state[0]}")
    return outcome


def _states(connection: Connection, number: int) -> dict[int, list[str]]:
    found = {
        row.target: [] if row.state == HANDED else [row.state]
        for row in connection.execute(
            select(recipients.c.target, recipients.c.state).where(
                recipients.c.broadcast_id == number
            )
        )
    }
    for row in connection.execute(
        select(outbox.c.contact_id, outbox.c.group_id, outbox.c.status).where(
            outbox.c.broadcast_id == number
        )
    ):
        target = row.contact_id if row.contact_id is not None else -row.group_id
        found[target].append(row.status)
    return found


PACED = {"KENTONGAN_TELEGRAM_PER_SECOND": "30", "KENTONGAN_WHATSAPP_PER_SECOND": "80"}


def paced(server: ServerProcess) -> ServerProcess:
    """The server keeps the fastest pace that the providers' documents allow."""
    server.environment |= PACED | {"QUICK_SERVE_PACED": "yes"}
    return server
