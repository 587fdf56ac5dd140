"""What the conversation about a departure may ask (`flows/departure_plan.py`)."""

from bot import departure_family, departures
from bot.learner_world import LearnerWorld
from flows.departure_plan import Followed, Plan


class DepartureWorld(LearnerWorld):
    def departure(self) -> Plan | None:
        if self._known is None:
            return None
        return departures.of(self._connection, self._service.ring, self._known.id)

    def followers(self) -> int:
        return departure_family.count(self._connection, self._known.id) if self._known else 0

    def family_asks(self) -> bool:
        if self._known is None:
            return False
        return departure_family.waits(self._connection, self._known.id, self._at) is not None

    def family_code(self, code: str) -> bool:
        if self._known is None:
            return False
        ring = self._service.ring
        owner = departure_family.owner_of(self._connection, ring, code, self._known.id, self._at)
        return owner is not None

    def followed(self) -> Followed | None:
        found = (
            departure_family.followed_by(self._connection, self._known.id) if self._known else None
        )
        if found is None:
            return None
        traveller, allowed = found
        plan = departures.of(self._connection, self._service.ring, traveller) if allowed else None
        return Followed(plan)
