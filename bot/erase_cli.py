"""`kentongan erase`: what a person may ask the office to delete, when they can't do it in the chat.

It does what "hapus data saya" and "tarik" do, by the same code, and is in the audit.
"""

import argparse
from typing import Any

from sqlalchemy import Connection

from bot import audit, contacts, coordination, outbox, tips
from bot.effects import Effects
from bot.returns import forget_me, withdraw
from bot.service import Service
from bot.terminal import FINDING, FINE, WrongUse, open_service, print_report, texts_of
from bot.world import World

CHANNELS = ("whatsapp", "telegram", "simulator")


def add_commands(commands: Any) -> None:
    help = "delete what is kept about a person, or a report by its code"
    erase = commands.add_parser("erase", help=help, description=help)
    erase.add_argument("what", choices=["person", "report"])
    erase.add_argument("text", metavar="TEXT",
                       help="the address in its channel (+62…, a chat id), or the receipt code; "
                       "- reads it from stdin, so that it is in no shell history")  # fmt: skip
    erase.add_argument("--channel", choices=CHANNELS, default="whatsapp")
    erase.add_argument("--json", action="store_true")
    erase.set_defaults(command=run_erase)


def run_erase(given: argparse.Namespace) -> int:
    text = next(texts_of(given.text), "").strip()
    if not text:
        raise WrongUse("erase: nothing to look for")
    service = open_service()
    try:
        with service.database.write() as connection:
            if given.what == "person":
                done = erase_person(service, connection, given.channel, text)
            else:
                done = erase_report(service, connection, text)
    finally:
        service.close()
    print_report({"erased": given.what if done else "nothing: not found"}, given.json)
    return FINE if done else FINDING


def erase_person(service: Service, connection: Connection, channel: str, address: str) -> bool:
    """Village, lessons, consent, conversation, watches, pictures, the way back from reports."""
    now = service.clock.now()
    if not contacts.is_known(connection, service.ring, channel, address):
        # Who speaks in a group of officials only has never written to us alone.
        return coordination.forget_person(connection, service.ring, channel, address)
    people = contacts.load(connection, service.database, service.ring, [(channel, address)], now)
    known = people[channel, address]
    forget_me(_effects(service, connection), known)
    audit.record(connection, now, actor="operator", action="erased", subject=f"contact:{known.id}")
    return True


def erase_report(service: Service, connection: Connection, code: str) -> bool:
    """False when no report has that code, or its content is gone already."""
    tip = tips.by_receipt(connection, service.ring, code)
    if tip is None:
        return False
    effects = _effects(service, connection)
    done = withdraw(effects, tip)
    if done:
        audit.record(connection, service.clock.now(), actor="operator", action="erased",
                     subject=f"tip:{tip.number}")  # fmt: skip
    outbox.queue(connection, effects.rows)
    return done


def _effects(service: Service, connection: Connection) -> Effects:
    now = service.clock.now()
    return Effects(connection, service, World(connection, service, None, now), now)
