"""Both directions of a channel: what it hands over, what it sends, and how sending fails.

SendError
├── RetryLater      nothing left this machine, or the provider said "not now"
├── Unreachable     this person or group can't get messages (blocked, kicked, no such chat)
│   └── MayNotWrite the bot is in the group, but not allowed to write there
├── WindowClosed    WhatsApp's 24 hours are over: only an approved template may be sent
├── GroupMoved      Telegram gave the group another id
├── Refused         this very message will never be accepted
│   └── TemplateRefused  nor any other of its template: it is paused, rejected or gone
├── ChannelDown     credentials or account are wrong: stop sending, call the operator
└── OutcomeUnknown  the request left, the answer did not come: never retried blindly
"""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal, Protocol

from flows.events import Button, Poll

InboundKind = Literal[
    "text",
    "choice",
    "unreadable",
    "picture",
    "picture_read",
    "attachment",
    "voice_heard",
    "edited",
    "blocked",
    "unblocked",
    "group_command",
    "group_joined",
    "group_left",
    "group_moved",
    "group_rights",
]

MAX_INBOUND_CHARACTERS = 4096
"""Telegram's longest text message (Bot API, sendMessage); WhatsApp's is shorter."""

MAX_MEDIA = 16 * 1024 * 1024
"""Bytes of a file that is fetched: what WhatsApp delivers at most, and Telegram's bots get 20 MB."""
TOO_LARGE = "too_large"
"""The code of `Refused` for a file that is larger."""


@dataclass(frozen=True, slots=True)
class Inbound:
    """One event of a channel, proven genuine and translated; the text is never in its repr."""

    channel: str
    event_id: str
    """The provider's own id of this event, unique within the channel."""
    kind: InboundKind
    address: str = field(default="", repr=False)
    """Opaque id of the person in that channel; empty for what concerns a group only."""
    text: str = field(default="", repr=False)
    payload: str = field(default="", repr=False)
    """What a pressed button carried."""
    group: str = field(default="", repr=False)
    moved_to: str = field(default="", repr=False)
    callback_id: str = ""
    """Telegram's id of a button press, to be answered so that the button stops spinning."""
    medium: str = ""
    """For `unreadable`: photo, voice, location, sticker, ..."""
    media: str = field(default="", repr=False)
    """For `picture`: what `PictureSource.fetch` gets it by; empty when it is larger than we take.
    For `unreadable`: what its copy is deleted by, where a provider keeps one."""
    thread: str = ""
    """The topic of a Telegram forum in which it was said."""
    author: str = field(default="", repr=False)
    """Who said it in a group, by their opaque id: only coordination groups look at it."""
    author_name: str = field(default="", repr=False)
    by_admin: bool | None = None
    """Whether a group's admin said it; None where it was not asked or could not be known."""
    standing: str = ""
    """What the bot is in the group, as Telegram says now: `member`, `admin` or `muted`, and
    `reads_all` while privacy mode is off; "" where it was not asked or could not be known."""
    caption: str = field(default="", repr=False)
    """For `picture_read`: the words that came with the picture. Its `payload` says how it went, as
    those of `attachment` and `voice_heard` do."""


@dataclass(frozen=True, slots=True)
class StatusReport:
    """What a provider says later about a message of ours."""

    channel: str
    outbox_id: int | None
    provider_id: str
    status: Literal["sent", "delivered", "read", "failed"]
    error_code: str = ""


TYPES = {".ogg": "audio/ogg", ".png": "image/png", ".jpg": "image/jpeg"}
"""Of the files that we give out."""


@dataclass(frozen=True, slots=True)
class Media:
    """A file of ours beside a message: a lesson's card to be heard or seen, or a photo."""

    kind: Literal["audio", "picture"]
    path: Path
    url: str
    """Where a provider that fetches by itself finds it, for some hours."""

    @property
    def type(self) -> str:
        return TYPES[self.path.suffix]


@dataclass(frozen=True, slots=True)
class Outgoing:
    """One outbox row on its way out."""

    outbox_id: int
    to: str = field(repr=False)
    text: str = field(repr=False)
    buttons: tuple[Button, ...] = ()
    fixed: bool = False
    callback_id: str = ""
    group: bool = False
    erase: str = ""
    """When the provider is to delete it (`bot/erasures.py`)."""
    wants: str = ""
    """The card or photo that is to be heard or seen beside it, as `MessageCreated.media`."""
    media: Media | None = None
    """What was made of it (`bot/shelf.py`)."""
    template: str = ""
    """The Content SID of an approved template of WhatsApp's that is sent instead of the text."""
    variables: str = ""
    """What fills the template: a JSON object of numbers as text to text (`ContentVariables`)."""
    awake: bool = False
    """It may go at night, though nobody waits for it."""
    thread: str = ""
    """The topic of a Telegram forum; empty means the group's General."""
    poll: Poll | None = None
    ends_poll: str = ""
    """The provider's id of a poll of ours that is to be closed before this is sent."""


class SendError(Exception):
    """A message was not sent, or it is not known whether it was."""

    def __init__(self, code: str, detail: str = "") -> None:
        super().__init__(f"{code} {detail}".strip())
        self.code = code


class RetryLater(SendError):
    """Safe to try again after `seconds`: the provider did not take the message.

    `whole_channel`: the limit concerns the sender account, not this one conversation.
    """

    def __init__(
        self, code: str, *, seconds: float, whole_channel: bool = False, detail: str = ""
    ) -> None:
        super().__init__(code, detail)
        self.seconds = seconds
        self.whole_channel = whole_channel


class Unreachable(SendError):
    """The person blocked the bot, never started it, or the group is gone."""


class MayNotWrite(Unreachable):
    """The bot is in the group, but not allowed to write there: its admin can change that."""


class WindowClosed(SendError):
    """WhatsApp error 63016: more than 24 hours since the person's last message."""


class GroupMoved(SendError):
    """The Telegram group became a supergroup; `moved_to` is its new id."""

    def __init__(self, code: str, *, moved_to: str) -> None:
        super().__init__(code)
        self.moved_to = moved_to


class Refused(SendError):
    """The provider will never take this message as it is."""


class TemplateRefused(Refused):
    """WhatsApp takes no message of this template (any more); `status` is what became of it."""

    def __init__(self, code: str, status: str, detail: str = "") -> None:
        super().__init__(code, detail)
        self.status = status


class ChannelDown(SendError):
    """The account or its credentials are refused: nothing can be sent until a human mends it."""


class OutcomeUnknown(SendError):
    """The request left and no answer came: the message may or may not have been sent."""


class Channel(Protocol):
    """A wire to people. Implementations hold one client per process and their own limits."""

    name: str

    async def send(self, message: Outgoing) -> str:
        """Send it and return the provider's id. Raises SendError."""
        ...

    async def find_sent(self, message: Outgoing) -> str | None:
        """Look for a message of unknown outcome at the provider; None where it can't be known."""
        ...

    async def close(self) -> None: ...


class PictureSource(Protocol):
    """Where the pictures of a channel lie."""

    name: str

    async def fetch(self, media: str) -> bytes:
        """A file that somebody sent, at most MAX_MEDIA bytes. Raises SendError."""
        ...

    async def discard(self, media: str) -> None:
        """Have the provider delete its copy, where that can be asked. Raises SendError."""
        ...

    async def erase(self, message: str, chat: str) -> None:
        """Have the provider delete a message; done, too, when it has none. Raises SendError."""
        ...


class Wire(Channel, PictureSource, Protocol):
    """A whole channel, both directions."""
