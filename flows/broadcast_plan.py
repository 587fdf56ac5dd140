"""A broadcast as an officer plans it, and what is counted of it before anything leaves."""

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Literal, Protocol, get_args

Kind = Literal["news", "warning", "correction", "withdrawal", "invitation", "lesson", "hours"]
KINDS: tuple[Kind, ...] = get_args(Kind)
"""`lesson` and `hours` are written by campaigns, `invitation` by meetings."""
To = Literal["residents", "coordination"]


@dataclass(frozen=True, slots=True)
class Plan:
    """The whole order. Public words only: nothing of a report, nobody's number."""

    text: str
    places: tuple[str, ...]
    """Codes of villages, kecamatan or regencies: everybody whose village lies in one of them."""
    kind: Kind = "news"
    to: To = "residents"
    """`coordination`: only groups of village officials and agencies, never residents."""
    languages: tuple[str, ...] = ()
    ways: tuple[str, ...] = ()
    """Ways of going (content/ways.yaml) of kept departure plans."""
    lesson: str = ""
    """Only who has finished this lesson. With languages, ways or a lesson no group gets it."""
    photo: str = ""
    """The file's name on the shelf."""
    template: str = ""
    """Name in content/templates.yaml, for WhatsApp outside its 24 hours; "" takes that of its kind."""
    source: str = ""
    source_date: date | None = None
    act: str = ""
    """Number of the official act that allows a company to be named."""
    expires: datetime | None = None
    danger: bool = False
    """A warning of danger to life: it may go at night."""
    at: datetime | None = None
    """Not before; None: at once."""
    corrects: int = 0
    meeting: int = 0
    campaign: int = 0


@dataclass(frozen=True, slots=True)
class Cost:
    """US dollars at least; `unpriced` names what no dated price is known for."""

    usd: str
    """A decimal number, as text."""
    unpriced: tuple[str, ...] = ()
    past_review: bool = False


@dataclass(frozen=True, slots=True)
class Preview:
    """Who would get it right now, what it costs and when it is done; counted, nothing kept."""

    groups: int = 0
    people: tuple[tuple[str, int], ...] = ()
    """(channel, how many), all of them: inside and outside the window."""
    languages: tuple[tuple[str, int], ...] = ()
    outside_window: int = 0
    """Of the people on WhatsApp: those who need the template, and without one are parked."""
    template: str = ""
    """What they get: the template of that name; "" parks them until they write."""
    knock: bool = False
    """The parked are asked, by a template without the news itself, to write."""
    over_tier: int = 0
    """Of those outside the window: how many today's limit of people puts off to another day."""
    opted_out: int = 0
    admins: int = 0
    """Admins of WhatsApp groups who get a kit to forward."""
    cost: Cost = field(default_factory=lambda: Cost("0"))
    starts_at: datetime | None = None
    ends_at: datetime | None = None
    """At the channels' pace; without those who wait for another day."""
    needs_second: bool = False
    """A second officer has to approve it first."""
    problems: tuple[tuple[str, tuple[tuple[str, str], ...]], ...] = ()
    """(text key, slots) of everything that keeps it from being sent; empty means that it may."""

    @property
    def total(self) -> int:
        return self.groups + sum(count for _, count in self.people)


@dataclass(frozen=True, slots=True)
class BroadcastView:
    """A broadcast as its office sees it."""

    id: int
    kind: Kind
    status: str
    text: str
    author: str
    mine: bool
    counts: tuple[tuple[str, int], ...]
    """(state, number of recipients), straight from the rows; see `bot/broadcast_report.py`."""
    starts_at: datetime | None = None
    may_approve: bool = False
    why: str = ""
    """Why it was stopped, in words."""


# ---- events


@dataclass(frozen=True, slots=True)
class BroadcastOrdered:
    """The officer confirmed the preview: sent at once, or kept until somebody approves it."""

    plan: Plan
    nonce: str
    """Of this very preview: a second press changes nothing."""


@dataclass(frozen=True, slots=True)
class BroadcastDecided:
    """What an officer does with one that exists."""

    number: int
    act: Literal["approve", "reject", "pause", "resume", "cancel", "withdraw"]
    words: str = ""
    """Of `withdraw`: what those who got it are told; of `reject`: why."""


BroadcastEvent = BroadcastOrdered | BroadcastDecided


# ---- questions


class BroadcastPorts(Protocol):
    def broadcast_places(self) -> tuple[tuple[str, str], ...]:
        """(code, name) of the places the officer may reach: villages, for leaders all regencies."""
        ...

    def broadcast_preview(self, plan: Plan) -> Preview: ...
    def broadcast(self, number: int) -> BroadcastView | None:
        """One of the officer's own office."""
        ...

    def news_waiting(self) -> bool:
        """Something that WhatsApp kept from this person leaves now that they have written."""
        ...

    def broadcasts(self) -> tuple[BroadcastView, ...]:
        """The office's last ones, newest first, and all that are open."""
        ...
