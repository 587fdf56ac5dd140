"""Messages of the service to people beside any conversation: notices, news of a case."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, select, update

from bot import contacts, officers, outbox, tips
from bot.service import Service
from bot.world import World


class Telling:
    """Messages collect in `rows` until the turn is kept."""

    def __init__(
        self, connection: Connection, service: Service, world: World, now: datetime
    ) -> None:
        self.connection = connection
        self.service = service
        self.world = world
        self.now = now
        self.rows: list[dict[str, Any]] = []

    def tell_reporter(self, tip: tips.TipRow) -> None:
        """That a message waits, never more: somebody else may hold the phone. Without a return
        address, or after STOP and "no", it waits under the code."""
        contact_id = tips.reporter_of(self.connection, self.service.ring, tip.number)
        if contact_id and contacts.may_be_told(self.connection, contact_id, tip.opened_at):
            self.tell(contact_id, "notice.news", {})

    def tell_officer(self, officer_id: int | None, key: str, *, number: int | None = None) -> None:
        """A line without any of the report in the officer's chat."""
        contact_id = officers.contact_of(self.connection, officer_id) if officer_id else None
        if contact_id is not None:
            slots = {"number": str(number)} if number else {}
            self.tell(contact_id, key, slots, tip_number=number)

    def tell_officers(self, who: Iterable[int], key: str, *, number: int) -> None:
        for officer_id in dict.fromkeys(who):
            self.tell_officer(officer_id, key, number=number)

    def tell(
        self, contact_id: int, key: str, slots: dict[str, str], *, tip_number: int | None = None
    ) -> None:
        """A message of the service to one contact, behind the replies that already wait."""
        channel = self.connection.execute(
            select(contacts.contacts.c.channel).where(contacts.contacts.c.id == contact_id)
        ).scalar_one()
        message = self.service.message(key, slots)
        self.rows.append(
            outbox.row_for(self.service.ring, message, self.now, channel=channel,
                           contact_id=contact_id, priority=outbox.NOTICE, tip_number=tip_number)
        )  # fmt: skip

    def take_back(self, number: int, contact_ids: list[int], *, all_others: bool = False) -> None:
        """Notices of a tip that have not left yet never do: those to these, or to all others.

        As of every row that is done with, no exact time of it stays."""
        table = outbox.outbox
        to = table.c.contact_id.in_(contact_ids)
        self.connection.execute(
            update(table)
            .where(
                table.c.tip_number == number,
                table.c.status.in_(("queued", "parked")),
                ~to if all_others else to,
            )
            .values(status="cancelled", body=None, not_before=table.c.created_at)
        )
