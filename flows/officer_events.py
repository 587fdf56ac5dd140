"""What officers and partners want to happen: part of the closed set of `flows/events.py`."""

from dataclasses import dataclass, field
from datetime import datetime


@dataclass(frozen=True, slots=True)
class TipAcknowledged:
    tip_id: str


@dataclass(frozen=True, slots=True)
class TipQuestionAsked:
    """The officer writes to the reporter; neither sees the other's number."""

    tip_id: str
    text: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class TipPaused:
    """The owner waits for something: the clock stands still until then."""

    tip_id: str
    reason: str
    """One of `content/deadlines.yaml`."""
    until: datetime


@dataclass(frozen=True, slots=True)
class TipPassedOn:
    """The owner hands it to a colleague, who has to take it."""

    tip_id: str
    to: int
    """`Colleague.id`"""


@dataclass(frozen=True, slots=True)
class TipShown:
    """Mode `chat`: its redacted text goes to the owner's chat, which counts as reading it."""

    tip_id: str


@dataclass(frozen=True, slots=True)
class LeaveTaken:
    """The officer is away: their new reports go along the chain, the taken ones to the deputy."""

    begins: datetime
    ends: datetime
    """The moment after the last day."""
    reason: str
    """`annual`, `sick`, `duty_trip`, `training` or `other`."""
    deputy: int | None
    """`Colleague.id`"""


@dataclass(frozen=True, slots=True)
class LeaveEnded:
    pass


@dataclass(frozen=True, slots=True)
class TipClosed:
    tip_id: str
    outcome: str


@dataclass(frozen=True, slots=True)
class OfficerEnrolled:
    code: str = field(repr=False)
    token: str = field(repr=False)
    """The one-time link's secret with which the officer makes a console account."""


@dataclass(frozen=True, slots=True)
class PartnerEnrolled:
    code: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class PartnerAsked:
    """An officer asks a partner about a tip, in words that name nobody."""

    tip_id: str
    partner_id: int
    text: str = field(repr=False)
    code: str = field(repr=False)
    """With which the partner reads it."""


@dataclass(frozen=True, slots=True)
class PartnerCodeMissed:
    """A wrong code was typed for a request."""

    request_id: int


@dataclass(frozen=True, slots=True)
class PartnerRequestRead:
    request_id: int


@dataclass(frozen=True, slots=True)
class PartnerAnswered:
    """A partner's answer, sealed into the case."""

    request_id: int
    text: str = field(repr=False)
    danger: bool = False


PartnerEvent = PartnerEnrolled | PartnerCodeMissed | PartnerRequestRead | PartnerAnswered
"""What a partner does; `PartnerAsked` is an officer's."""
