"""Join codes, repeating news and admins who forward: what flows know of them and want to happen."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal, Protocol, get_args

from flows.broadcast_plan import Preview

Kind = Literal["poster", "link", "forward", "radio", "event", "lesson", "hours"]
KINDS: tuple[Kind, ...] = get_args(Kind)
REPEATING: tuple[Kind, ...] = ("lesson", "hours")
Came = Literal["arrived", "joined", "again"]
Act = Literal["approve", "pause", "resume", "stop"]

ALPHABET = "BCDFGHJKMNPRSTWXZ"
"""Consonants that look and sound apart: a code is never a word, so never a village's name."""
CODE_LETTERS = 7
FEWEST, MOST = 6, 8
"""Letters of what may be a code, typed with a slip."""


def read_code(words: str) -> str:
    """The one word that may be a code, in capitals; "" for anything else."""
    code = words.strip().strip(".,!?\"'").upper()
    return code if FEWEST <= len(code) <= MOST and set(code) <= set(ALPHABET) else ""


@dataclass(frozen=True, slots=True)
class CampaignView:
    """A campaign as its office sees it; of all this a newcomer's chat uses only the place."""

    id: int
    code: str
    kind: Kind
    title: str
    place_code: str
    place_name: str
    ended: bool
    links: tuple[str, ...]
    """To chat by, then its poster."""
    counts: tuple[tuple[str, int], ...] = ()
    """(what, how many) since its first day."""
    status: str = ""
    """Of a repeating one: proposed, active, paused, stopped."""
    next_at: datetime | None = None
    mine: bool = False
    may_approve: bool = False


@dataclass(frozen=True, slots=True)
class RepeatPlan:
    """A campaign that speaks by itself: a lesson a week, or the office's hours once a month."""

    kind: Kind
    places: tuple[str, ...]
    day: int
    """Of `lesson` the weekday (0 = Monday), of `hours` the day of the month (1 to 28)."""
    hour: int = 9


@dataclass(frozen=True, slots=True)
class RepeatPreview:
    """What its first message would be, and whom it would reach now."""

    text: str
    """"" when there is nothing to say: `preview.problems` then says why."""
    first_at: datetime
    preview: Preview


@dataclass(frozen=True, slots=True)
class RelayView:
    """What an admin who is asked to forward may know of it before saying yes."""

    place_name: str
    office: str
    label: str


@dataclass(frozen=True, slots=True)
class RelayTaskView:
    """A broadcast that waits to be forwarded by the one who asks."""

    key: str
    """`broadcast-relay`."""
    label: str
    begins: str
    """Its first words, to tell several apart."""
    again: bool
    """Its kit was sent before."""


# ---- events


@dataclass(frozen=True, slots=True)
class CampaignArrived:
    """Somebody came by this code, joined, or was there already. Counted, never remembered."""

    code: str
    came: Came


@dataclass(frozen=True, slots=True)
class CampaignMade:
    code: str
    kind: Kind
    place_code: str
    title: str


@dataclass(frozen=True, slots=True)
class RepeatMade:
    plan: RepeatPlan
    code: str
    nonce: str


@dataclass(frozen=True, slots=True)
class RepeatDecided:
    number: int
    act: Act


@dataclass(frozen=True, slots=True)
class RelayInvited:
    code: str = field(repr=False)
    place_code: str
    label: str


@dataclass(frozen=True, slots=True)
class RelayAgreed:
    code: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class RelayAnswered:
    key: str
    answer: Literal["forwarded", "declined"]


@dataclass(frozen=True, slots=True)
class KitAsked:
    """The press kit of a lesson or a broadcast, into this chat."""

    what: str


CampaignEvent = (
    CampaignArrived
    | CampaignMade
    | RepeatMade
    | RepeatDecided
    | RelayInvited
    | RelayAgreed
    | RelayAnswered
    | KitAsked
)


# ---- questions


class CampaignPorts(Protocol):
    def campaign(self, code: str) -> CampaignView | None:
        """Any office's, by its code: it stands on a wall."""
        ...

    def campaign_by_number(self, number: int) -> CampaignView | None:
        """One of the officer's own office."""
        ...

    def campaigns(self) -> tuple[CampaignView, ...]:
        """The office's repeating ones that go on, then the newest others."""
        ...

    def new_campaign_code(self) -> str: ...
    def campaign_links(self, code: str) -> tuple[str, ...]:
        """Of a code, made or about to be: to chat by, and its poster."""
        ...

    def repeat_preview(self, plan: RepeatPlan) -> RepeatPreview: ...
    def news_a_week(self) -> int:
        """The most broadcasts one person gets in seven days."""
        ...

    def relay_invitation(self, code: str) -> RelayView | None: ...
    def relay_tasks(self) -> tuple[RelayTaskView, ...]:
        """What waits for the one who asks; what is to be handed over first stands first."""
        ...

    def forwarded(self, number: int) -> tuple[int, int, int]:
        """Of a broadcast: (admins who forwarded it, admins who were asked, people who came)."""
        ...

    def kit_problem(self, what: str) -> str:
        """The text key of why there is no press kit of it; "" when there is one."""
        ...
