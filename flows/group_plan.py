"""Groups as conversations see them: who speaks where, what a code binds, what was agreed."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal, Protocol

GroupKind = Literal["residents", "coordination"]
"""Never both: what officials agree on is not for the whole village."""
ItemKind = Literal["task", "meeting", "note"]


@dataclass(frozen=True, slots=True)
class GroupView:
    """The group in which somebody speaks to the bot, and what is known of the speaker."""

    id: int
    kind: GroupKind
    place_code: str
    """"" while no code has bound it."""
    place_name: str
    lessons: bool
    """The weekly lesson comes here."""
    by_admin: bool | None
    """None: it was not asked, or Telegram did not say."""
    standing: str
    """As `Inbound.standing`."""
    in_topic: bool
    """It was said in a topic of a forum, not in General."""
    news_in_topic: bool
    """Somebody has chosen a topic for what comes unasked."""
    speaker: str = field(default="", repr=False)
    """Their name as the channel shows it; "" for who can't be told apart (an anonymous admin)."""


@dataclass(frozen=True, slots=True)
class Invitation:
    """What a one-time code binds a group to."""

    place_code: str
    place_name: str
    kind: GroupKind


@dataclass(frozen=True, slots=True)
class OfficerGroup:
    """A bound group as an officer of its village sees it."""

    id: int
    kind: GroupKind
    place_name: str
    trouble: str
    """`left` or `muted`: nothing can be sent there. "" while all is well."""


@dataclass(frozen=True, slots=True)
class Item:
    """Something of a coordination group: a task, a meeting or patrol, what was agreed."""

    number: int
    kind: ItemKind
    text: str = field(repr=False)
    is_open: bool
    who: tuple[str, ...] = field(default=(), repr=False)
    """Name and role of those who do it, or come."""
    at: datetime | None = None


# ---- events


@dataclass(frozen=True, slots=True)
class GroupInvited:
    """An officer wants to bind a group to a village: the code waits to be typed in the group."""

    code: str = field(repr=False)
    place_code: str
    kind: GroupKind = "residents"


@dataclass(frozen=True, slots=True)
class GroupBound:
    code: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class GroupUnbound:
    """The group belongs to no village any more, and what it had agreed on is erased."""

    group: int = 0
    """By number, from the officer's chat; 0 is the group in which an admin says so."""


@dataclass(frozen=True, slots=True)
class NewsTopicChosen:
    """What comes unasked goes to the topic in which this was said."""


@dataclass(frozen=True, slots=True)
class GroupLessonsChosen:
    wanted: bool


@dataclass(frozen=True, slots=True)
class RoleSaid:
    """A member of a coordination group has said what they are there."""

    role: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class RoleForgotten:
    pass


@dataclass(frozen=True, slots=True)
class ItemAdded:
    kind: ItemKind
    text: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class ItemJoined:
    """The speaker does the task, or comes to the meeting."""

    number: int


@dataclass(frozen=True, slots=True)
class ItemDone:
    number: int


CoordinationEvent = RoleSaid | RoleForgotten | ItemAdded | ItemJoined | ItemDone
GroupEvent = (
    GroupInvited
    | GroupBound
    | GroupUnbound
    | NewsTopicChosen
    | GroupLessonsChosen
    | CoordinationEvent
)


# ---- questions


class GroupPorts(Protocol):
    def group(self) -> GroupView | None:
        """The group in which this is said; None in private."""
        ...

    def group_invitation(self, code: str) -> Invitation | None: ...
    def officer_groups(self) -> tuple[OfficerGroup, ...]:
        """The bound groups of the villages that the asking officer serves."""
        ...

    def my_role(self) -> str | None:
        """What the speaker has said to be in this coordination group."""
        ...

    def next_item(self) -> int:
        """The number that the next item of this coordination group will have."""
        ...

    def items(self) -> tuple[Item, ...]:
        """All of this coordination group, oldest first."""
        ...

    def minutes(self, group: int) -> tuple[Item, ...]:
        """The same of a group of the asking officer's villages, by number; else nothing."""
        ...
