"""Short ways through a conversation, for tests that are about something else."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Connection, Table, func, select

from bot import audit, demo, tips
from bot.channels.base import Outgoing
from bot.rehearsal import Rehearsal
from flows.events import MessageCreated

NGRAYUN = "ngrayun ngrayun ponorogo"
MONDAY = datetime.fromisoformat("2026-11-23T09:00:00+07:00")


async def report(
    rehearsal: Rehearsal,
    who: str = demo.VILLAGER,
    *,
    what: str = "Ada calo mengumpulkan paspor",
    where: str = NGRAYUN,
    when: str = "tidak tahu",
    suspect: str = "tidak tahu",
    danger: str = "tidak",
    hidden: bool = False,
) -> str:
    """A whole report of that phone; returns its code."""
    way = [("lapor"), "tanpa alamat saya" if hidden else "lanjut", danger, what, where, "ya", when]
    for words in way + [suspect] + ([] if hidden else ["boleh"]):
        await rehearsal.say(who, words)
    sent = await rehearsal.say(who, "kirim")
    told = heard(sent, who)
    assert "Kode laporan: " in told, told
    return told.partition("Kode laporan: ")[2].split()[0]


def read_in_console(rehearsal: Rehearsal, number: int, officer_id: int = 1) -> None:
    """What the console writes down when this officer opens the report."""
    with rehearsal.service.database.write() as connection:
        audit.record(connection, rehearsal.clock.now(), actor=f"officer:{officer_id}",
                     action="read", subject=f"tip:{number}")  # fmt: skip


async def settle_in(rehearsal: Rehearsal, who: str, village: str = NGRAYUN) -> None:
    """Agree, and live in that village."""
    for words in ("halo", "setuju", village):
        await rehearsal.say(who, words)
    assert "Desa Anda" in heard(await rehearsal.say(who, "ya"), who)


def heard(messages: Sequence[Outgoing], who: str) -> str:
    return "\n".join(message.text for message in messages if message.to == who)


def count(rehearsal: Rehearsal, table: Table, **where: object) -> int:
    """Rows of a table with these values."""
    query = select(func.count()).select_from(table).filter_by(**where)
    with rehearsal.service.database.read() as connection:
        return int(connection.execute(query).scalar_one())


def first_tip(connection: Connection) -> tips.TipRow:
    tip = tips.by_number(connection, 1)
    assert tip is not None
    return tip


def plain(text: str) -> MessageCreated:
    return MessageCreated(text)
