"""Whose turn it is, when and at which office; and what partners ask in theirs."""

from datetime import date, datetime
from functools import cached_property

from sqlalchemy import Connection

from bot import partner_requests, partners
from bot.contacts import Known
from bot.service import OurOffice, Service
from flows.ports import PartnerRequestView, PartnerView


class PartnerWorld:
    """The ground of a turn's world (`bot/world.py`), with the answers for partners."""

    def __init__(
        self, connection: Connection, service: Service, known: Known | None, at: datetime
    ) -> None:
        self._connection = connection
        self._service = service
        self._known = known
        self._at = at

    @cached_property
    def _office(self) -> OurOffice:
        return self._service.office()

    @cached_property
    def now(self) -> datetime:
        return self._office.calendar.local(self._at)

    @property
    def _today(self) -> date:
        return self.now.date()

    @cached_property
    def writer(self) -> partners.Writer | None:
        """The partner who is talking; asked only where it matters."""
        return partners.of_contact(self._connection, self._known.id) if self._known else None

    def partner(self) -> PartnerView | None:
        return _partner_view(self.writer)

    def partner_invitation(self, code: str) -> PartnerView | None:
        ring = self._service.ring
        return _partner_view(partners.invited(self._connection, ring, code, self._at))

    def partner_requests(self) -> tuple[PartnerRequestView, ...]:
        if self.writer is None:
            return ()
        local = self._office.calendar.local
        return tuple(
            PartnerRequestView(one.id, local(one.sent_at), local(one.due_at))
            for one in partner_requests.waiting(self._connection, self.writer.id, self._at)
        )

    def partner_words(self, request_id: int, code: str) -> str | None:
        if self.writer is None:
            return None
        return partner_requests.words_of(
            self._connection, self._service.ring, self.writer.id, request_id, code, self._at
        )


def _partner_view(writer: partners.Writer | None) -> PartnerView | None:
    return PartnerView(writer.id, writer.kind, writer.name) if writer else None
