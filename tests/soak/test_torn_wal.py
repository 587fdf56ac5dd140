"""A power cut tears the end of SQLite's log: what is left opens, and no turn is there by half."""

import asyncio
import random
import shutil
from pathlib import Path

import pytest
from sqlalchemy import func, select, text

from bot import audit, demo
from bot.channels.base import Inbound
from bot.database import Database
from bot.inbox import inbox
from bot.sealing import KeyRing
from bot.service import Service, migrate
from bot.settings import read_settings
from bot.turns import Turns
from tests.faults.load import REPORTED_AT, STEPS, Person, answers_to, people
from tests.faults.trial import contact_ids, replies_by_contact, tips

pytestmark = pytest.mark.soak

TEARS = 200
CONTACTS = 40
GARBAGE = 4096


async def _talk(turns: Turns, person: Person) -> None:
    for step in range(len(STEPS)):
        said = Inbound(
            person.channel, person.event_id(step), "text", person.address, text=person.text(step)
        )
        assert await turns.accept(said) == "done"


def _service(folder: Path) -> Service:
    file = folder / "kentongan.db"
    settings = read_settings(_env_file=None, database_url=f"sqlite:///{file}", office=demo.OFFICE)
    ring = KeyRing.load(folder / "keyring.json", create=True)
    return Service(settings, ring=ring)


async def test_a_torn_log_loses_only_whole_turns_from_its_end(tmp_path: Path) -> None:
    whole, torn = tmp_path / "whole", tmp_path / "torn"
    for folder in (whole, torn):
        folder.mkdir()
    service = _service(whole)
    migrate(service.database)
    demo.seed(service)
    with service.database.engine.connect() as connection:
        connection.connection.cursor().execute("PRAGMA wal_checkpoint(TRUNCATE)")
    everybody = people(CONTACTS)
    turns = Turns(service)
    await asyncio.gather(*(_talk(turns, person) for person in everybody))
    turns.close()
    log = (whole / "kentongan.db-wal").read_bytes()
    base = (whole / "kentongan.db").read_bytes()
    chance = random.Random(20261123)
    seen = set()
    for tear in range(TEARS):
        shutil.rmtree(torn)
        torn.mkdir()
        (torn / "kentongan.db").write_bytes(base)
        cut = chance.randrange(len(log) + 1)
        tail = chance.randbytes(GARBAGE) if tear % 2 else b""
        (torn / "kentongan.db-wal").write_bytes(log[:cut] + tail)
        database = Database(f"sqlite:///{torn / 'kentongan.db'}")
        seen.add(_taken_whole(database, service, everybody))
        database.close()
    service.close()
    print(f"\n{TEARS} torn logs of {len(log):,} bytes: {len(seen)} different ends, none by half")
    assert len(seen) > 10, "every tear ended at the same turn"
    assert min(seen) < max(seen) <= CONTACTS * len(STEPS)


def _taken_whole(database: Database, service: Service, everybody: list[Person]) -> int:
    """How many messages are there, each with its answer and its report, or not at all."""
    with database.read() as connection:
        assert list(connection.execute(text("PRAGMA integrity_check")).scalars()) == ["ok"]
        assert connection.execute(text("PRAGMA foreign_key_check")).all() == []
        assert audit.first_break(connection) is None
        events = {(row.channel, row.event_id) for row in connection.execute(select(inbox))}
        replies = replies_by_contact(connection)
        ids = contact_ids(connection, service)
        opened = connection.execute(select(func.count()).select_from(tips)).scalar_one()
    steps = {}
    for person in everybody:
        taken = [s for s in range(len(STEPS)) if (person.channel, person.event_id(s)) in events]
        assert taken == list(range(len(taken))), f"{person} has a gap: {taken}"
        assert replies.get(ids.get(person.address, 0), 0) == answers_to(len(taken))
        steps[person.number] = len(taken)
    assert opened == sum(taken > REPORTED_AT for taken in steps.values())
    return sum(steps.values())
