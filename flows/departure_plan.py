"""Somebody's own departure: the way, where to, when, what is ticked; and who may follow it."""

from dataclasses import dataclass, field
from datetime import date
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Plan:
    way: str
    """One of `departure_facts.WAYS`."""
    country: str = ""
    """A code of countries.csv; "" while they don't know."""
    day: date | None = None
    done: frozenset[str] = field(default_factory=frozenset)
    """Ids of ticked documents; of another way or country they are kept, and not counted."""
    remind: bool = False


@dataclass(frozen=True, slots=True)
class Followed:
    """What a relative's chat follows; `plan` is None while the traveller has not said yes."""

    plan: Plan | None


class DeparturePorts(Protocol):
    """What the conversation about a departure asks the world."""

    def departure(self) -> Plan | None:
        """The plan that is kept for this contact."""
        ...

    def followers(self) -> int:
        """How many relatives may see it."""
        ...

    def family_asks(self) -> bool:
        """Somebody used a code of this contact's and waits for a yes or a no."""
        ...

    def family_code(self, code: str) -> bool:
        """The code is good, and another contact's."""
        ...

    def followed(self) -> Followed | None: ...
