"""One trial: an undisturbed report on each channel, then many under kills, then the reckoning."""

import asyncio
import random
from collections.abc import Sequence
from dataclasses import dataclass, field

from sqlalchemy import Connection, func, select, text

from bot import audit, contacts
from bot.contacts import contacts as contact_table
from bot.inbox import inbox
from bot.outbox import outbox
from bot.service import Service
from bot.sessions import SessionRow, open_session
from bot.tips import Assignment, Tip
from flows.session import Session
from tests.fakes.telegram import FakeTelegram
from tests.fakes.twilio import FakeTwilio, Step
from tests.faults.load import ANSWERS, STEPS, Load, Person, normal, people
from tests.faults.server import REAL, ServerProcess
from tests.webhooks.live import eventually

SETTLES_WITHIN = 30.0

sessions = SessionRow.__table__  # type: ignore[attr-defined]
tips = Tip.__table__  # type: ignore[attr-defined]
assignments = Assignment.__table__  # type: ignore[attr-defined]


@dataclass
class Figures:
    """What a trial found. Everything but `doubled["telegram"]` must be zero."""

    kills: int = 0
    messages: int = 0
    deliveries: int = 0
    unanswered: int = 0
    lost: dict[str, int] = field(default_factory=lambda: dict.fromkeys(REAL, 0))
    doubled: dict[str, int] = field(default_factory=lambda: dict.fromkeys(REAL, 0))
    most_doubled_in_a_chat: int = 0
    out_of_order: int = 0
    wrong: list[str] = field(default_factory=list)
    """Whatever else differs from the undisturbed run, in words."""

    def __str__(self) -> str:
        return (
            f"{self.kills} kills, {self.messages} messages in {self.deliveries} deliveries "
            f"({self.unanswered} without a 200): lost {self.lost}, doubled {self.doubled} "
            f"(most in one chat {self.most_doubled_in_a_chat}), out of order {self.out_of_order}"
        )

    def assert_nothing_lost(self, kills: int) -> None:
        """Nor doubled where that can be known; the figures are printed whatever they are."""
        print(f"\n{self}")
        assert self.wrong == [], self.wrong
        assert self.kills == kills, self
        assert self.unanswered > 0, "no kill met a delivery"
        assert self.lost == {"telegram": 0, "whatsapp": 0}, self
        assert self.out_of_order == 0, self
        assert self.doubled["whatsapp"] == 0, self
        # Telegram tells nobody what it has taken: one message in flight a chat and kill.
        assert self.most_doubled_in_a_chat <= kills, self


async def trial(
    server: ServerProcess,
    telegram: FakeTelegram,
    twilio: FakeTwilio,
    *,
    kills: int,
    contacts: int,
    seed: int,
    settles_within: float = SETTLES_WITHIN,
) -> Figures:
    """Kill the server that many times while everybody reports; count what came of it."""
    chance = random.Random(seed)
    twilio.plan = (Step("sent"), Step("delivered", 0.01))
    await asyncio.to_thread(server.start)
    models, everybody = people(2, first=900_000), people(contacts)
    await Load(server.url, chance).run(models)
    await asyncio.to_thread(eventually, server.settled, "all answers", settles_within)
    load = Load(server.url, chance)
    running = asyncio.create_task(load.run(everybody))
    for number in range(kills):
        # Spread over the whole load, each at a moment that nobody chose.
        until = (number + chance.uniform(0.3, 1.0)) * contacts * len(STEPS) / (kills + 0.2)
        while load.taken < until and not running.done():
            await asyncio.sleep(0.001)
        await asyncio.sleep(chance.uniform(0, 0.03))
        await asyncio.to_thread(server.kill)
        await asyncio.to_thread(server.start)
    await running
    await asyncio.to_thread(eventually, server.settled, "all answers", settles_within)
    await asyncio.to_thread(server.stop)
    return await asyncio.to_thread(_reckon, server, telegram, twilio, models, everybody, load)


def _reckon(
    server: ServerProcess,
    telegram: FakeTelegram,
    twilio: FakeTwilio,
    models: Sequence[Person],
    everybody: Sequence[Person],
    load: Load,
) -> Figures:
    messages = len(everybody) * len(STEPS)
    figures = Figures(
        server.kills, messages, messages + load.repeated + load.unanswered, load.unanswered
    )
    expected = {
        model.channel: [normal(text) for text in model.arrived(telegram, twilio)]
        for model in models
    }
    for channel, texts in expected.items():
        assert len(texts) == ANSWERS, f"the undisturbed run on {channel}: {texts}"
    for person in everybody:
        arrived = [normal(text) for text in person.arrived(telegram, twilio)]
        _compare(figures, person, arrived, expected[person.channel])
    service = server.service()
    try:
        _look_inside(figures, service, [*models, *everybody], models)
    finally:
        service.close()
    if load.refused:
        figures.wrong.append(f"answers {sorted(set(load.refused))}")
    for line in _log(server).splitlines():
        if "Traceback" in line or "turn failed" in line:
            figures.wrong.append(f"the log says: {line}")
    return figures


def _compare(figures: Figures, person: Person, arrived: list[str], expected: list[str]) -> None:
    """Walk along what should have come. The same once more is a double, a gap is a loss, and what
    fits nowhere behind the last is disorder."""
    place = doubled = lost = 0
    for words in arrived:
        if place and words == expected[place - 1] and words != (expected[place:] or [""])[0]:
            doubled += 1
        elif words in expected[place:]:
            found = expected.index(words, place)
            lost += found - place
            place = found + 1
        else:
            figures.out_of_order += 1
    figures.lost[person.channel] += lost + len(expected) - place
    figures.doubled[person.channel] += doubled
    figures.most_doubled_in_a_chat = max(figures.most_doubled_in_a_chat, doubled)


def _look_inside(
    figures: Figures, service: Service, everybody: Sequence[Person], models: Sequence[Person]
) -> None:
    with service.database.read() as connection:
        if service.database.is_sqlite:
            found = list(connection.execute(text("PRAGMA integrity_check")).scalars())
            found += connection.execute(text("PRAGMA foreign_key_check")).scalars()
            if found != ["ok"]:
                figures.wrong.append(f"integrity: {found}")
        if broken := audit.first_break(connection):
            figures.wrong.append(f"the audit chain breaks at {broken}")
        events = {(e.channel, e.event_id) for e in connection.execute(select(inbox))}
        wanted = {(p.channel, p.event_id(s)) for p in everybody for s in range(len(STEPS))}
        if events != wanted:
            figures.wrong.append(f"events missing {wanted - events}, unknown {events - wanted}")
        for name, query in _COUNTS.items():
            count = connection.execute(query).scalar_one()
            if count != len(everybody):
                figures.wrong.append(f"{name}: {count} for {len(everybody)} people")
        rows = replies_by_contact(connection)
        ids = contact_ids(connection, service)
        states = {row.contact_id: row.state for row in connection.execute(select(sessions))}
        resting = {
            _comparable(open_session(service.ring, ids[model.address], states[ids[model.address]]))
            for model in models
        }
    assert len(resting) == 1, f"the undisturbed runs ended differently: {resting}"
    for person in everybody:
        row_id = ids[person.address]
        if rows.get(row_id) != ANSWERS:
            figures.wrong.append(f"{person}: {rows.get(row_id)} replies, {ANSWERS} were due")
        session = open_session(service.ring, row_id, states[row_id])
        if _comparable(session) not in resting:
            figures.wrong.append(f"{person} rests at {session.flow}:{session.node}")


_COUNTS = {
    "tips": select(func.count()).select_from(tips),
    "reporters with a tip": select(func.count(tips.c.return_index.distinct())),
    "open assignments": select(func.count())
    .select_from(assignments)
    .where(assignments.c.ended_at.is_(None)),
    "notices to officers": select(func.count()).where(outbox.c.channel == "simulator"),
}


def _comparable(session: Session) -> tuple[object, ...]:
    answers = tuple(sorted((name, normal(value)) for name, value in session.answers.items()))
    return session.flow, session.node, answers, tuple(sorted(session.kept)), session.misses


def replies_by_contact(connection: Connection) -> dict[int, int]:
    """How many answers stand in the outbox for whom."""
    query = (
        select(outbox.c.contact_id, func.count())
        .where(outbox.c.channel.in_(REAL))
        .group_by(outbox.c.contact_id)
    )
    return {row[0]: row[1] for row in connection.execute(query)}


def contact_ids(connection: Connection, service: Service) -> dict[str, int]:
    """Our id of each address."""
    rows = connection.execute(
        select(contact_table.c.id, contact_table.c.address_index, contact_table.c.address).where(
            contact_table.c.channel.in_(REAL)
        )
    )
    return {
        contacts.address_of(service.ring, row.address_index, row.address): row.id for row in rows
    }


def _log(server: ServerProcess) -> str:
    return server.log.read_text()
