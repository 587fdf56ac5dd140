"""One message from a village group → what the bot says there; nothing of who spoke is kept."""

from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from bot import groups, outbox
from bot.channels.base import Inbound
from bot.effects import Effects
from bot.officer_world import OfficerWorld
from bot.service import Service
from flows import engine, receipt_codes
from flows.catalog import Catalog
from flows.events import MessageCreated


def take(
    connection: Connection, service: Service, inbound: Inbound, now: datetime
) -> list[dict[str, Any]]:
    """Carries out what the message does; the replies, as rows of the outbox."""
    ring, channel = service.ring, inbound.channel
    if inbound.kind == "group_left":
        groups.leave(connection, ring, channel, inbound.group)
        return []
    if inbound.kind == "group_moved":
        groups.move(connection, ring, channel, inbound.group, inbound.moved_to)
        return []
    group_id = groups.join(connection, service.database, ring, channel, inbound.group, now)
    node, words = ("start", "") if inbound.kind == "group_joined" else _heard(service, inbound)
    if not node:
        return []
    world = OfficerWorld(connection, service, None, now)
    sprint = engine.begin(service.catalog, f"village_group:{node}", words, world.person(), world)
    Effects(connection, service, world, now, group_id=group_id).carry_out(sprint.events)
    return [
        outbox.row_for(ring, event, now, channel=channel, group_id=group_id)
        for event in sprint.events
        if isinstance(event, MessageCreated)
    ]


def _heard(service: Service, inbound: Inbound) -> tuple[str, str]:
    """The node that answers, "" for none, and the words it gets."""
    node, words = _command(service.catalog, inbound.text.strip())
    if receipt_codes.find(inbound.text):
        return "code", ""  # neither repeated nor confirmed before the village
    if node in ("ask", "heard", "report") and service.catalog.hears_danger(words):
        return "danger", words
    return node, words


def _command(catalog: Catalog, text: str) -> tuple[str, str]:
    """The node a command leads to and the words behind it; a reply to the bot may ask."""
    if not text.startswith("/"):
        return ("heard", text) if text else ("", "")
    command, _, words = text[1:].partition(" ")
    name = command.partition("@")[0].casefold()
    return catalog.group_commands.get(name, ""), words.strip()
