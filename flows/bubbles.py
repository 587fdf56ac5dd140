"""What a sprint says, joined into as few messages as fit.

Replies that leave one after the other can arrive out of order, and WhatsApp bills each one
(channels.md 1.10).
"""

from dataclasses import dataclass

from flows.events import Button, MessageCreated

MAX_BUBBLE = 1000
"""Characters of one message: a WhatsApp list or quick reply takes 1,024 with its numbers."""


@dataclass(frozen=True, slots=True)
class Bubble:
    text: str
    buttons: tuple[Button, ...]
    fixed: bool
    alone: bool = False
    """Nothing joins it."""
    media: str = ""
    """As in `MessageCreated`; such a bubble is a message of its own."""


def joined(bubbles: list[Bubble]) -> list[MessageCreated]:
    """The messages in order; buttons and a bubble that stands alone end a message."""
    messages: list[Bubble] = []
    for bubble in bubbles:
        last = messages[-1] if messages else None
        ended = last is None or last.buttons or last.alone or last.media or bubble.media
        if last and not ended and len(last.text) + len(bubble.text) < MAX_BUBBLE:
            text = f"{last.text}\n\n{bubble.text}"
            fixed = last.fixed and bubble.fixed
            messages[-1] = Bubble(text, bubble.buttons, fixed, bubble.alone)
        else:
            messages.append(bubble)
    return [MessageCreated(b.text, b.buttons, b.fixed, b.media) for b in messages]
