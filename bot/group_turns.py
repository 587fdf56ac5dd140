"""One event of a group → one committed turn. Of a group only what was said to the bot comes here."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from bot import group_notices, groups, outbox
from bot.channels.base import Inbound
from bot.effects import Effects
from bot.group_world import GroupTalk
from bot.officer_world import OfficerWorld
from bot.service import Service
from flows import coordination, engine, receipt_codes
from flows.events import MessageCreated
from flows.village_group import command_of

WORDS_ARE_FREE = frozenset(
    {
        "village_group:ask", "village_group:heard", "village_group:report",
        "coordination:role", "coordination:task", "coordination:note", "coordination:attend",
    }
)  # fmt: skip
"""Nodes behind whose command somebody may cry for help."""
_PRESSES = frozenset({f"coordination.{coordination.DO}", f"coordination.{coordination.COME}"})


@dataclass(frozen=True, slots=True)
class GroupTurn:
    """What a group's turn may use; its messages are returned, not sent."""

    connection: Connection
    service: Service
    now: datetime

    def take(self, inbound: Inbound) -> list[dict[str, Any]]:
        """Rows for the outbox."""
        ring, channel = self.service.ring, inbound.channel
        if inbound.kind == "group_moved":
            groups.move(self.connection, ring, channel, inbound.group, inbound.moved_to)
            return []
        if inbound.kind == "group_left" or inbound.standing.startswith("muted"):
            group_id = groups.id_of(self.connection, ring, channel, inbound.group)
            trouble = "left" if inbound.kind == "group_left" else "muted"
            if group_id is None:
                return []
            return group_notices.lost(self.connection, self.service, group_id, trouble, self.now)
        group_id = groups.join(
            self.connection, self.service.database, ring, channel, inbound.group, self.now
        )
        if inbound.kind == "group_rights":
            return []
        entry, words = self._entry(inbound, group_id)
        return self._speak(inbound, group_id, entry, words) if entry else []

    def _entry(self, inbound: Inbound, group_id: int) -> tuple[str, str]:
        """(`flow:node`, the words behind the command); "" for silence."""
        if inbound.kind == "group_joined":
            return "village_group:start", ""
        if receipt_codes.find(inbound.text):
            return "village_group:code", ""  # neither repeated nor confirmed before the village
        kind = groups.by_id(self.connection, group_id).kind
        entry, words = self._pressed(inbound) if inbound.payload else self._said(inbound, kind)
        if entry.startswith("coordination:") and kind != "coordination":
            return "", ""
        if entry in WORDS_ARE_FREE and self.service.catalog.hears_danger(words):
            return "village_group:danger", words
        return entry, words

    def _said(self, inbound: Inbound, kind: str) -> tuple[str, str]:
        text, catalog = inbound.text.strip(), self.service.catalog
        if not text.startswith("/"):  # a reply to the bot may ask
            return ("village_group:heard", text) if text else ("", "")
        name, words = command_of(text)
        if kind == "coordination" and name in catalog.coordination_commands:
            return f"coordination:{catalog.coordination_commands[name]}", words
        node = catalog.group_commands.get(name, "")
        return (f"village_group:{node}", words) if node else ("", "")

    @staticmethod
    def _pressed(inbound: Inbound) -> tuple[str, str]:
        """Anybody in the group can press anything: only what a button of ours says counts."""
        place, _, number = inbound.payload.rpartition(".")
        return (place.replace(".", ":"), number) if place in _PRESSES else ("", "")

    def _speak(
        self, inbound: Inbound, group_id: int, entry: str, words: str
    ) -> list[dict[str, Any]]:
        world = OfficerWorld(self.connection, self.service, None, self.now)
        world.talk = GroupTalk(
            group_id, inbound.thread, inbound.author, inbound.author_name, inbound.by_admin,
            inbound.standing,
        )  # fmt: skip
        sprint = engine.begin(self.service.catalog, entry, words, world.person(), world)
        effects = Effects(self.connection, self.service, world, self.now)
        said = [event for event in sprint.events if isinstance(event, MessageCreated)]
        effects.carry_out(sprint.events)
        rows = []
        for number, message in enumerate(said):
            rows.append(
                outbox.row_for(
                    self.service.ring, message, self.now, channel=inbound.channel,
                    group_id=group_id, thread=inbound.thread,
                    callback_id="" if number else inbound.callback_id,
                )
            )  # fmt: skip
        return rows + effects.rows
