"""A district full of people, and broadcasts to them, without saying a word to anybody."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import insert, select, update

from bot import audience, broadcast_report, feeding
from bot.broadcast_rows import SENDING, broadcasts, recipients
from bot.broadcast_words import packed
from bot.contacts import contacts, index_of, sessions
from bot.demo import OFFICE, VILLAGE
from bot.officers import officers
from bot.outbox_rows import outbox
from bot.rehearsal import Rehearsal
from bot.sessions import seal_session
from flows.broadcast_plan import Plan
from flows.session import Session

TEXT = "Besok pukul 09.00 penyuluhan di balai desa."


@dataclass(slots=True)
class Many:
    """People of one rehearsal, written straight into its tables."""

    rehearsal: Rehearsal

    @property
    def now(self) -> datetime:
        return self.rehearsal.service.clock.now()

    def people(
        self,
        count: int,
        channel: str = "telegram",
        *,
        place: str = VILLAGE,
        spoke: timedelta | None = timedelta(hours=1),
        language: str = "id",
    ) -> list[int]:
        """Ids of that many who agreed; `spoke` = how long ago, None: never in this life."""
        service, now = self.rehearsal.service, self.now
        with service.database.write() as connection:
            start = len(connection.execute(select(contacts.c.id)).all())
            rows = []
            for number in range(start, start + count):
                address = f"{7_000_000_000 + number}"
                if channel == "whatsapp":
                    address = f"whatsapp:+62{8_120_000_000 + number}"
                index = index_of(service.ring, channel, address)
                rows.append(
                    {"channel": channel, "address_index": index, "place_code": place,
                     "address": service.ring.seal("contact", index.hex(), address.encode()),
                     "language": language, "consented_at": now, "created_at": now}
                )  # fmt: skip
            ids = list(
                connection.execute(insert(contacts).returning(contacts.c.id), rows).scalars()
            )
            if spoke is not None:
                connection.execute(
                    insert(sessions),
                    [{"contact_id": i, "state": seal_session(service.ring, i, Session()),
                      "last_inbound_at": now - spoke} for i in ids],
                )  # fmt: skip
        return ids

    def begin(self, plan: Plan | None = None, *, status: str = SENDING, **more: Any) -> int:
        """A running broadcast with its recipients, whoever ordered it."""
        plan = plan or Plan(TEXT, (VILLAGE,))
        service = self.rehearsal.service
        with service.database.write() as connection:
            officer = connection.execute(
                select(officers.c.id).where(officers.c.staff_no == "D-001")
            ).scalar_one()
            number = int(
                connection.execute(
                    broadcasts.insert()
                    .values(
                        office_code=OFFICE, officer_id=officer, kind=plan.kind, status=status,
                        plan=packed(plan), text=plan.text, place_codes=" ".join(plan.places),
                        created_at=self.now, starts_at=self.now, expires_at=plan.expires,
                        stopped_why="", **more,
                    )
                    .returning(broadcasts.c.id)
                ).scalar_one()
            )  # fmt: skip
            audience.write_down(connection, service.ring, plan, number, self.now)
        return number

    def feed(self, channel: str = "telegram", room: int = 1000) -> int:
        service = self.rehearsal.service
        with service.database.write() as connection:
            return feeding.feed(connection, service, channel, self.now, room)

    def counts(self, number: int) -> dict[str, int]:
        with self.rehearsal.service.database.read() as connection:
            return broadcast_report.counts(connection, number)

    def states(self, number: int) -> Counter[str]:
        with self.rehearsal.service.database.read() as connection:
            rows = connection.execute(
                select(recipients.c.state).where(recipients.c.broadcast_id == number)
            )
            return Counter(row.state for row in rows)

    def handed(self, number: int) -> list[Any]:
        with self.rehearsal.service.database.read() as connection:
            return list(
                connection.execute(
                    select(outbox).where(outbox.c.broadcast_id == number).order_by(outbox.c.id)
                )
            )

    def change(self, ids: Sequence[int], **values: object) -> None:
        with self.rehearsal.service.database.write() as connection:
            connection.execute(update(contacts).where(contacts.c.id.in_(ids)).values(**values))

    def finish(self, number: int, status: str = "delivered") -> None:
        """Everything that was handed out has that state now."""
        with self.rehearsal.service.database.write() as connection:
            connection.execute(
                update(outbox).where(outbox.c.broadcast_id == number).values(status=status)
            )
