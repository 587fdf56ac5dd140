"""Who answers for a place, now and for this report: a turn's view of routing (`bot/routing.py`)."""

from bot import conflicts
from bot.chart import Chart, load_chart
from bot.partner_world import PartnerWorld
from bot.routing import Question, Route, leaders, route
from flows.ports import Desk, OfficerCard, Place, Urgency


class RoutingWorld(PartnerWorld):
    """The second layer of a turn's world (`bot/world.py`)."""

    def place(self, code: str) -> Place | None:
        return self._service.gazetteer.place(code) if code else None

    def desk(self, place_code: str, urgency: Urgency, *, told: str = "") -> Desk:
        """`told` are the words of a report: whom they name does not count as its owner."""
        skip = self.named_in(place_code, told)
        route = self.route(place_code, skip=skip)
        office, owner = self._service.office_of(route.office_code), route.owner
        there = owner.officer_id is not None or bool(self.desk_readers(owner.office_code, skip))
        return Desk(
            served=route.promised,
            office_name=office.name,
            owner=f"{owner.shown} {office.name}",
            reachable=there,
            hours=office.hours,
            on_duty=there and office.calendar.is_open(self._at),
            due_at=office.calendar.local(office.due(self._at, urgency)) if route.promised else None,
            other_office="" if route.promised else _other_office(route),
            ask_district=route.ask_district,
        )

    def route(
        self,
        place_code: str,
        *,
        home: str = "",
        topic: str = "report",
        skip: frozenset[int] = frozenset(),
        everybody: bool = False,
    ) -> Route:
        """Who is responsible for that place now (`bot/routing.py`)."""
        question = Question(place_code, self._at, home, topic, skip, everybody)
        return route(self._chart(place_code, home), question)

    def desk_readers(self, office_code: str, skip: frozenset[int]) -> list[int]:
        """The officers who see what waits on the desks of an office."""
        if not office_code:
            return []
        there = leaders(self._chart(), office_code, self._at, skip)
        return [row.id for row in there]

    def _chart(self, *codes: str) -> Chart:
        service = self._service
        return load_chart(
            self._connection, self._office, service.offices(), service.gazetteer.place,
            service.office_list, self._today, codes,
        )  # fmt: skip

    def named_in(
        self, place_code: str, told: str, *, home: str = "", office_code: str = ""
    ) -> frozenset[int]:
        """Officers who must not handle what was told; `office_code` is where the tip is now."""
        if not told:
            return frozenset()
        route = self.route(place_code, home=home)
        there = {route.office_code, office_code, *(copy.office_code or "" for copy in route.copies)}
        return conflicts.named_in(self._connection, there, route.place_code, told, self._today)

    def pimpasa(self, place_code: str) -> tuple[OfficerCard, ...]:
        place = self.place(place_code)
        return tuple(
            OfficerCard(step.name, step.shown, place.name if place else "")
            for step in self.route(place_code).chain
            if step.role == "pimpasa"
        )


def _other_office(route: Route) -> str:
    """Who is responsible, as far as that is known; the Kanwil where it is unclear."""
    return route.responsible or next(
        (step.name for step in route.chain if step.role in ("kanwil", "kanwil_inbox")), ""
    )
