"""What an officer's chat may ask about broadcasts (`flows/broadcast_plan.py`)."""

from typing import Any

from bot import broadcast_preview, broadcast_report, broadcasts, feeding, officers
from bot.broadcast_rows import PROPOSED
from bot.departure_world import DepartureWorld
from flows.broadcast_plan import BroadcastView, Plan, Preview


class BroadcastWorld(DepartureWorld):
    def broadcast_places(self) -> tuple[tuple[str, str], ...]:
        officer_id = self._known.officer_id if self._known else None
        if officer_id is None:
            return ()
        codes = broadcast_preview.reachable(
            self._connection, self._service, officer_id, self._today
        )
        places = ((code, self.place(code)) for code in codes)
        return tuple((code, place.name) for code, place in places if place)

    def broadcast_preview(self, plan: Plan) -> Preview:
        officer_id = self._known.officer_id if self._known else None
        if officer_id is None:
            return Preview(problems=(("officer_desk.stranger", ()),))
        return broadcast_preview.look(self._connection, self._service, officer_id, plan, self._at)

    def broadcast(self, number: int) -> BroadcastView | None:
        office = self._known.office_code if self._known else None
        row = broadcasts.get(self._connection, number, office) if office else None
        return self._broadcast_view(row) if row else None

    def news_waiting(self) -> bool:
        known = self._known
        return known is not None and bool(
            feeding.parked_for(self._connection, [known.id], self._at)
        )

    def broadcasts(self) -> tuple[BroadcastView, ...]:
        office = self._known.office_code if self._known else None
        if office is None:
            return ()
        return tuple(map(self._broadcast_view, broadcasts.listed(self._connection, office)))

    def _broadcast_view(self, row: Any) -> BroadcastView:
        officer_id = self._known.officer_id if self._known else None
        waits = row.status == PROPOSED and officer_id is not None
        return BroadcastView(
            id=row.id,
            kind=row.kind,
            status=row.status,
            text=row.text,
            author=officers.names(self._connection, [row.officer_id])[row.officer_id],
            mine=row.officer_id == officer_id,
            counts=tuple(broadcast_report.counts(self._connection, row.id).items()),
            starts_at=self._office.calendar.local(row.starts_at) if row.starts_at else None,
            may_approve=waits
            and officer_id is not None
            and broadcasts.may_approve(self._connection, self._service, row, officer_id, self._at),
            why=row.stopped_why,
        )
