"""A conversation at rest: where it waits and what has been answered. Plain data, sealed by the bot."""

from typing import Literal

import msgspec

InputKind = Literal[
    "text",
    "choice",
    "unreadable",
    "edited",
    "timeout",
    "expired",
    "picture",
    "picture_read",
    "attachment",
    "voice_heard",
    "push",
]


HELD_MEDIA = "held_media"
"""The answer that says where a photo lies while its sender is asked what it belongs to."""


class Frame(msgspec.Struct):
    """A half-done conversation that was set aside, to be taken up again."""

    node: str
    answers: dict[str, str]
    at: int
    """Unix seconds when it was set aside."""


class Owed(msgspec.Struct):
    """What was done for somebody while they were away, to be told first when they are back."""

    text: str
    slots: dict[str, str]
    at: int
    """Unix seconds when it was done."""


class Session(msgspec.Struct, omit_defaults=True):
    """What one contact's conversation waits for. An empty `flow` means: nothing."""

    flow: str = ""
    node: str = ""
    answers: dict[str, str] = {}
    kept: dict[str, Frame] = {}
    misses: int = 0
    """Answers in a row that were not understood at this node."""
    waits_since: int = 0
    """Unix seconds when the present wait began."""
    nudged: bool = False
    owed: list[Owed] = []
    hushed: bool = False
    """AMAN was written: nothing of a case is spoken of before the person asks for it."""
    assisting: bool = False
    """Assisted mode (`flows/assisted.py`): two people look at this phone."""
    source: str = ""
    """Where the last fact of this conversation comes from: what the word SUMBER answers."""
    heard: list[str] = []
    """The providers' ids of messages whose words are still in here (`bot/erasures.py`)."""

    def rest(self) -> None:
        """The conversation is over; its sources, too, may say of which company it was."""
        self.flow = self.node = self.source = ""
        self.answers = {}
        self.misses = 0
        self.nudged = False


class Input(msgspec.Struct, frozen=True):
    """One thing that happened to the session: words, a pressed choice, or time that passed."""

    kind: InputKind
    text: str = ""
    payload: str = ""
    """For a choice: `flow.node.key`, as the button was given it. For `picture_read`, `voice_heard`
    and `attachment`: how it went. For a `push`: `flow:node`, where it begins."""
    media: str = ""
    """For a picture: where it lies at its provider; empty when it is too large to be fetched.
    The same for `unreadable`, where it is a file; for an `attachment` the name of its row."""
    caption: str = ""
    """For `picture_read`: the words that came with the picture; its own are the text."""
    medium: str = ""
    """For `unreadable` and `attachment`: photo, voice, video, document, location, ..."""
    tip_id: str = ""
    """For `attachment`: the case it belongs to; empty while its report is a draft."""
