"""Steps of who leaves and who follows, for the tests of departures."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select

from bot import contacts, demo, departures
from bot.channels.base import Outgoing
from bot.rehearsal import Rehearsal
from flows.departure_plan import Plan
from tests.bot.steps import heard

KEEP = ("keberangkatan saya", "1", "malaysia", "24 januari 2027", "simpan")


async def plan(rehearsal: Rehearsal, who: str = demo.VILLAGER, *more: str) -> None:
    for words in (*KEEP, *(more or ("ingatkan saya",))):
        said = await rehearsal.say(who, words)
    assert "Sudah 0 dari 13" in heard(said, who)


def kept(rehearsal: Rehearsal, who: str = demo.VILLAGER) -> Plan | None:
    service = rehearsal.service
    with service.database.read() as connection:
        return departures.of(connection, service.ring, number_of(rehearsal, who))


def number_of(rehearsal: Rehearsal, who: str) -> int:
    service = rehearsal.service
    index = contacts.index_of(service.ring, demo.CHANNEL, who)
    query = select(contacts.contacts.c.id).where(contacts.contacts.c.address_index == index)
    with service.database.read() as connection:
        return int(connection.execute(query).scalar_one())


async def until(rehearsal: Rehearsal, at: str) -> str:
    """What the villager hears up to that moment."""
    by = datetime.fromisoformat(at) - rehearsal.clock.now()
    return heard(await rehearsal.wait(by), demo.VILLAGER)


async def code_of(rehearsal: Rehearsal, who: str = demo.VILLAGER) -> str:
    await rehearsal.say(who, "ceklis")
    await rehearsal.say(who, "keluarga ikut lihat")
    made = heard(await rehearsal.say(who, "buat kode"), who)
    return made.partition("7 hari: ")[2].split()[0]


async def follow(rehearsal: Rehearsal, relative: str = "ibu") -> str:
    """Up to the question to the traveller; what the traveller hears."""
    await rehearsal.say(relative, "halo")
    code = await code_of(rehearsal)
    assert "Kodenya benar" in heard(await rehearsal.say(relative, f"ikuti {code}"), relative)
    return heard(await rehearsal.say(relative, "ya, tanyakan"), demo.VILLAGER)


async def answer(rehearsal: Rehearsal, words: str) -> Sequence[Outgoing]:
    asked = await rehearsal.say(demo.VILLAGER, "ceklis")
    assert "Boleh ia melihat" in heard(asked, demo.VILLAGER)
    return await rehearsal.say(demo.VILLAGER, words)
