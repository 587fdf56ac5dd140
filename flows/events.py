"""What a flow wants to happen. A closed set: `bot/turns.py` turns each into its effect.

Events are written only after the whole turn has been computed, inside its transaction.
"""

from dataclasses import dataclass, field

from flows.broadcast_plan import BroadcastEvent
from flows.campaign_plan import CampaignEvent
from flows.departure_plan import Plan
from flows.group_plan import GroupEvent
from flows.meeting_plan import MeetingEvent
from flows.officer_events import (
    LeaveEnded,
    LeaveTaken,
    OfficerEnrolled,
    PartnerAsked,
    PartnerEvent,
    TipAcknowledged,
    TipClosed,
    TipPassedOn,
    TipPaused,
    TipQuestionAsked,
    TipShown,
)
from flows.ports import Urgency


@dataclass(frozen=True, slots=True)
class Button:
    """A choice as every channel offers it: a tap, the number, or the word."""

    number: str
    label: str
    payload: str
    """`flow.node.key`, at most 64 bytes (Telegram's callback data)."""
    url: str = ""


@dataclass(frozen=True, slots=True)
class Poll:
    """A question as the channel's own poll, where it has one; else numbered lines below the text."""

    question: str
    options: tuple[str, ...]
    right: int
    """Index of the right option."""

    def spelled_out(self, text: str) -> str:
        """For channels without polls: the text, the question, its numbered options."""
        options = (f"{number}. {option}" for number, option in enumerate(self.options, 1))
        return "\n".join(filter(None, [text, self.question, *options]))


@dataclass(frozen=True, slots=True)
class MessageCreated:
    text: str
    buttons: tuple[Button, ...] = ()
    fixed: bool = True
    """The text holds nothing about a person, so a channel may register it as a template."""
    media: str = ""
    """A lesson's card to be heard or seen, `audio/lesson/card` or `picture/lesson/card`, or a photo
    that was kept (`photo/file`); the text is what stands beside it (`flows/hear_see.py`)."""
    poll: Poll | None = None


@dataclass(frozen=True, slots=True)
class ConsentGiven:
    purpose: str
    text_version: str


@dataclass(frozen=True, slots=True)
class ConsentWithdrawn:
    """Of one purpose; all others stay."""

    purpose: str


@dataclass(frozen=True, slots=True)
class PlaceChosen:
    code: str


@dataclass(frozen=True, slots=True)
class LanguageChosen:
    language: str
    """One of `flows.languages.NAMES`."""


@dataclass(frozen=True, slots=True)
class OptedOut:
    pass


@dataclass(frozen=True, slots=True)
class OptedIn:
    pass


@dataclass(frozen=True, slots=True)
class ForgetMe:
    """The contact asked that what is kept about them be deleted."""


@dataclass(frozen=True, slots=True)
class PictureSent:
    """A picture is to be read; its words come back as an input of their own."""

    media: str = field(repr=False)
    caption: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class VoiceSent:
    """A voice note is to be written down; what was heard comes back as an input of its own."""

    media: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class AttachmentSent:
    """A file is to be kept with a report; how it went comes back as an input of its own."""

    media: str = field(repr=False)
    medium: str
    tip_id: str = ""
    """The case it is added to; empty for the draft."""
    receipt: str = ""
    """The same for a case that is opened in this very turn, before this event."""


@dataclass(frozen=True, slots=True)
class AttachmentTaken:
    """A file for a case that is open already was cleaned and sealed: it goes into the case."""

    token: str
    tip_id: str


@dataclass(frozen=True, slots=True)
class DraftDropped:
    """A report was given up before it was sent: nothing of it stays."""


@dataclass(frozen=True, slots=True)
class LessonReached:
    lesson: str
    card: str
    finished: bool
    score: int
    of: int


@dataclass(frozen=True, slots=True)
class ItemAnswered:
    """A quiz item was answered, in its lesson or in a review."""

    lesson: str
    item: str
    right: bool


@dataclass(frozen=True, slots=True)
class RemindersChosen:
    """Whether this chat may be asked, unasked, what it has learned."""

    wanted: bool
    text_version: str = ""
    """Of the words that were agreed to."""


@dataclass(frozen=True, slots=True)
class RegisterWatched:
    """The contact wants to hear once when the register's status of this company changes."""

    key: str = field(repr=False)
    """`RegisterRow.key`; empty means that it is made of the name."""
    name: str = field(repr=False)
    """As it is to be shown in the notice."""


@dataclass(frozen=True, slots=True)
class RegisterUnwatched:
    """No notice any more for this company, or, with an empty key, for any."""

    key: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class TipOpened:
    """A report (or, with topic `question`, a question to a human) that needs an owner."""

    receipt: str
    topic: str
    urgency: Urgency
    place_code: str
    report: dict[str, str] = field(repr=False)
    keep_return_address: bool = True
    category: str = ""
    """`tppo`, `tppm`, `other`; empty for a question."""
    home_code: str = ""
    """Where the recruited person lives, when that is not where it happened: its office owns it."""


@dataclass(frozen=True, slots=True)
class TipDetailAdded:
    """More from the reporter, or an answer to the officer's question; sealed into the case."""

    tip_id: str
    text: str = field(repr=False)
    danger: bool = False
    """The words speak of danger: the owner is told so, and the clock runs as in danger."""


@dataclass(frozen=True, slots=True)
class DangerConfirmed:
    """Somebody said yes, it is happening now: whoever is on duty hears it before the report."""

    told: str = field(default="", repr=False)
    """The words so far, only to pass over officers whom they name; never sent or kept."""


@dataclass(frozen=True, slots=True)
class AlarmWithdrawn:
    """The report behind a `DangerConfirmed` was given up before it was sent."""

    told: str = field(default="", repr=False)
    """As it was in the alarm, so that the same officers are passed over."""
    erased: bool = False
    """All that is kept about the person goes, with or without an alarm before; `ForgetMe` follows."""


@dataclass(frozen=True, slots=True)
class TipWithdrawn:
    tip_id: str


@dataclass(frozen=True, slots=True)
class TipSeen:
    """The reporter has been shown how the case stands."""

    tip_id: str


@dataclass(frozen=True, slots=True)
class ContactShared:
    """The reporter tells the officer how to be reached; sealed into the case, once, for good."""

    tip_id: str
    text: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class ReceiptTried:
    """A code was typed; `tip_id` is empty when it opened nothing."""

    tip_id: str = ""


@dataclass(frozen=True, slots=True)
class CaseNewsStopped:
    """After STOP: not even that there is a message about an open case."""


@dataclass(frozen=True, slots=True)
class Hushed:
    """AMAN: somebody looks at the phone. Cases need their code from now on, and nothing comes."""


@dataclass(frozen=True, slots=True)
class DepartureKept:
    """The plan as it is now; it takes the place of what was kept before."""

    plan: Plan = field(repr=False)


@dataclass(frozen=True, slots=True)
class DepartureForgotten:
    """The plan goes, and with it whoever followed it."""


@dataclass(frozen=True, slots=True)
class FamilyInvited:
    """A one-time code for a relative; one that was not used before is void."""

    code: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class FamilyAsked:
    """A relative typed the code: its owner is asked."""

    code: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class FamilyAnswered:
    allowed: bool


@dataclass(frozen=True, slots=True)
class FamilyEnded:
    mine: bool
    """The traveller ends it for all relatives; else this relative stops following."""


DepartureEvent = (
    DepartureKept | DepartureForgotten | FamilyInvited | FamilyAsked | FamilyAnswered | FamilyEnded
)


Event = (
    MessageCreated
    | ConsentGiven
    | ConsentWithdrawn
    | PlaceChosen
    | LanguageChosen
    | OptedOut
    | OptedIn
    | ForgetMe
    | PictureSent
    | VoiceSent
    | AttachmentSent
    | AttachmentTaken
    | DraftDropped
    | LessonReached
    | RegisterWatched
    | RegisterUnwatched
    | ItemAnswered
    | RemindersChosen
    | TipOpened
    | DangerConfirmed
    | AlarmWithdrawn
    | TipDetailAdded
    | TipWithdrawn
    | TipSeen
    | ContactShared
    | ReceiptTried
    | CaseNewsStopped
    | Hushed
    | TipAcknowledged
    | TipQuestionAsked
    | TipPaused
    | TipPassedOn
    | TipShown
    | LeaveTaken
    | LeaveEnded
    | TipClosed
    | OfficerEnrolled
    | PartnerEvent
    | PartnerAsked
    | DepartureEvent
    | GroupEvent
    | BroadcastEvent
    | MeetingEvent
    | CampaignEvent
)
