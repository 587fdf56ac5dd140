"""Telegram: plain text and inline buttons through the Bot API, and its errors in our words.

Limits are those of https://core.telegram.org/bots/api; error texts are those of the official
server, https://github.com/tdlib/telegram-bot-api (Client.cpp).
"""

import asyncio
import logging
import os
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace

from telegram import Bot, InlineKeyboardButton, InlineKeyboardMarkup, LinkPreviewOptions
from telegram.error import TelegramError
from telegram.request import HTTPXRequest

from bot.channels.base import (
    MAX_MEDIA,
    TOO_LARGE,
    Media,
    Outgoing,
    Refused,
    SendError,
    Unreachable,
    Wire,
)
from bot.channels.telegram_errors import translated
from flows.events import Button, Poll

MAX_TEXT_UNITS = 4096
"""https://core.telegram.org/bots/api#sendmessage: 1-4096 characters, which we count as UTF-16
units, since Telegram counts its offsets so (https://core.telegram.org/api/entities)."""
PART_UNITS = 4000
"""Where a text that is too long is cut, with some room below Telegram's own limit."""
MAX_CAPTION_UNITS = 1024
"""https://core.telegram.org/bots/api#sendphoto: a caption has 0-1024 characters."""
MAX_CALLBACK_BYTES = 64
"""https://core.telegram.org/bots/api#inlinekeyboardbutton: callback_data is 1-64 bytes."""
WEBHOOK_CONNECTIONS = 20
"""https://core.telegram.org/bots/api#setwebhook: 1-100 webhook calls at the same time."""
ALLOWED_UPDATES = (
    "message",
    "edited_message",
    "callback_query",
    "my_chat_member",
)
"""https://core.telegram.org/bots/api#setwebhook: a list left out keeps the one set before."""
SECONDS_BETWEEN_PARTS = 1.0
"""https://core.telegram.org/bots/faq#broadcasting-to-users: one message per second and chat."""
QUICK_SECONDS = 3.0
"""How long a webhook waits for what Telegram knows of a group: within its own call's patience."""
MAX_REMEMBERED_PARTS = 1000

_TOPIC_IS_GONE = ("message thread not found", "topic_closed", "topic_deleted")

# RetryAfter gives a timedelta from the library's next major version on and warns until then;
# this is the library's own switch for having it now (telegram/_utils/datetime.py).
os.environ.setdefault("PTB_TIMEDELTA", "1")


class TelegramChannel(Wire):
    """One bot. A text too long for one message goes in parts, and a retry goes on after them."""

    name = "telegram"

    def __init__(
        self,
        token: str,
        *,
        base_url: str = "",
        read_timeout: float = 20.0,
        seconds_between_parts: float = SECONDS_BETWEEN_PARTS,
    ) -> None:
        """`base_url` points at another Bot API server; empty means api.telegram.org."""
        # These loggers write what may not be kept: httpx the address, which holds the token,
        # and telegram (at DEBUG) the texts.
        for logger in ("httpx", "httpcore", "telegram"):
            logging.getLogger(logger).setLevel(logging.WARNING)
        base = base_url.rstrip("/") or "https://api.telegram.org"
        self._request = HTTPXRequest(
            connection_pool_size=8,
            connect_timeout=5.0,
            pool_timeout=5.0,
            write_timeout=10.0,
            read_timeout=read_timeout,
        )
        self._bot = Bot(
            token,
            base_url=f"{base}/bot",
            base_file_url=f"{base}/file/bot",
            request=self._request,
            get_updates_request=self._request,
        )
        self._seconds_between_parts = seconds_between_parts
        self._parts_taken: dict[int, int] = {}
        self._username = ""

    async def send(self, message: Outgoing) -> str:
        keyboard = _keyboard(message.buttons)
        if message.callback_id:
            # Only the button's spinner hangs on this: a press from before an outage is "too old",
            # and whatever else is wrong the message itself will meet too.
            with suppress(TelegramError):
                await self._bot.answer_callback_query(message.callback_id, read_timeout=5.0)
        try:
            if message.ends_poll:
                await self._stop_poll(message)
            try:
                sent = await self._send_one(message, keyboard)
            except (Refused, Unreachable) as error:
                if not message.thread or not _topic_is_gone(error):
                    raise
                # A topic that was closed or deleted: General is where everybody still looks.
                sent = await self._send_one(replace(message, thread=""), keyboard)
        except (Refused, Unreachable):
            self._parts_taken.pop(message.outbox_id, None)
            raise
        self._parts_taken.pop(message.outbox_id, None)
        return sent

    async def _send_one(self, message: Outgoing, keyboard: InlineKeyboardMarkup | None) -> str:
        if message.poll:
            return await self._send_poll(message, message.poll)
        if message.media:
            return await self._send_media(message, message.media, keyboard)
        return await self._send_parts(message, split(message.text), keyboard)

    async def _send_poll(self, message: Outgoing, poll: Poll) -> str:
        """Anonymous, so that nobody learns who knew what, we least of all:
        https://core.telegram.org/bots/api#sendpoll."""
        answer = await translated(
            self._bot.send_poll(
                message.to,
                "\n".join(filter(None, [message.text, poll.question])),
                poll.options,
                type="quiz",
                is_anonymous=True,
                correct_option_ids=[poll.right],  # type: ignore[list-item]
                message_thread_id=_thread(message),
            )
        )
        return str(answer.message_id)

    async def _stop_poll(self, message: Outgoing) -> None:
        """Nobody can answer any more. One that was closed or deleted meanwhile is closed too."""
        with suppress(Refused):
            await translated(self._bot.stop_poll(message.to, int(message.ends_poll)))

    async def _send_media(
        self, message: Outgoing, media: Media, keyboard: InlineKeyboardMarkup | None
    ) -> str:
        """A voice note plays in the chat only as OGG/Opus:
        https://core.telegram.org/bots/api#sendvoice. The file itself goes, no address. Words that
        are too long for a caption follow it as a message."""
        fits = _units(message.text) <= MAX_CAPTION_UNITS
        if message.outbox_id not in self._parts_taken:
            send = self._bot.send_voice if media.kind == "audio" else self._bot.send_photo
            sent = await translated(
                send(
                    message.to,
                    await asyncio.to_thread(media.path.read_bytes),
                    caption=message.text if fits else None,
                    reply_markup=keyboard if fits else None,
                    message_thread_id=_thread(message),
                )
            )
            if fits:
                return str(sent.message_id)
            self._remember_part(message.outbox_id, 0)
        return await self._send_parts(message, split(message.text), keyboard)

    async def _send_parts(
        self, message: Outgoing, parts: Sequence[str], keyboard: InlineKeyboardMarkup | None
    ) -> str:
        sent = ""
        for number in range(self._parts_taken.get(message.outbox_id, 0), len(parts)):
            if sent:
                await asyncio.sleep(self._seconds_between_parts)
            last = number == len(parts) - 1
            answer = await translated(
                self._bot.send_message(
                    chat_id=message.to,
                    text=parts[number],
                    message_thread_id=_thread(message),
                    reply_markup=keyboard if last else None,
                    link_preview_options=LinkPreviewOptions(is_disabled=True),
                )
            )
            sent = str(answer.message_id)
            if not last:
                self._remember_part(message.outbox_id, number + 1)
        return sent

    def _remember_part(self, outbox_id: int, taken: int) -> None:
        """Keep what Telegram has of a long text; the oldest go, so that memory stays bounded."""
        self._parts_taken[outbox_id] = taken
        while len(self._parts_taken) > MAX_REMEMBERED_PARTS:
            self._parts_taken.pop(next(iter(self._parts_taken)))

    async def find_sent(self, message: Outgoing) -> str | None:
        """Telegram gives a bot no way to look at what it has sent."""
        return None

    async def fetch(self, media: str) -> bytes:
        """A file by its file_id: https://core.telegram.org/bots/api#getfile."""
        try:
            found = await translated(self._bot.get_file(media))
        except Refused as error:
            raise Refused(TOO_LARGE if "too big" in str(error) else error.code) from None
        if (found.file_size or 0) > MAX_MEDIA:
            raise Refused(TOO_LARGE)
        if not found.file_path:
            raise Refused("400", "no file_path")
        return bytes(await translated(found.download_as_bytearray()))

    async def discard(self, media: str) -> None:
        """What somebody sent stays in their own chat: it is theirs to delete."""

    async def erase(self, message: str, chat: str) -> None:
        """A message of ours: https://core.telegram.org/bots/api#deletemessage.

        What Telegram does not let us delete stays: after 48 hours, or in a chat that is closed.
        """
        with suppress(Refused, Unreachable):
            await translated(self._bot.delete_message(chat_id=chat, message_id=int(message)))

    async def username(self) -> str:
        """The bot's own name, asked once (getMe). Raises SendError."""
        if not self._username:
            me = await translated(self._bot.get_me())
            self._username = me.username or ""
        return self._username

    async def is_admin(self, chat: str, person: str) -> bool | None:
        """Whether somebody is an admin of a group; None when Telegram does not say so soon."""
        try:
            member = await self._bot.get_chat_member(
                chat, int(person), read_timeout=QUICK_SECONDS, connect_timeout=QUICK_SECONDS
            )
        except (TelegramError, KeyError, TypeError, ValueError):
            return None
        return member.status in (member.ADMINISTRATOR, member.OWNER)

    async def standing(self, chat: str) -> str:
        """What the bot itself is in a group, as `Inbound.standing`; "" when it can't be known."""
        try:
            me = await self._bot.get_me(read_timeout=QUICK_SECONDS, connect_timeout=QUICK_SECONDS)
            member = await self._bot.get_chat_member(
                chat, me.id, read_timeout=QUICK_SECONDS, connect_timeout=QUICK_SECONDS
            )
        except (TelegramError, KeyError, TypeError, ValueError):
            return ""
        what = "admin" if member.status in (member.ADMINISTRATOR, member.OWNER) else "member"
        if member.status == member.RESTRICTED and not getattr(member, "can_send_messages", True):
            what = "muted"
        return f"{what} reads_all" if me.can_read_all_group_messages else what

    async def set_webhook(self, url: str, secret: str) -> None:
        """Have Telegram call `url`; what waited during a restart is kept. Raises SendError."""
        await translated(
            self._bot.set_webhook(
                url,
                secret_token=secret,
                allowed_updates=ALLOWED_UPDATES,
                max_connections=WEBHOOK_CONNECTIONS,
                drop_pending_updates=False,
            )
        )

    async def close(self) -> None:
        # Bot.shutdown() closes nothing unless Bot.initialize() has asked the network before.
        await self._request.shutdown()


def _thread(message: Outgoing) -> int | None:
    return int(message.thread) if message.thread.isdecimal() else None


def _topic_is_gone(error: SendError) -> bool:
    return any(reason in str(error) for reason in _TOPIC_IS_GONE)


def split(text: str) -> list[str]:
    """The text in parts that Telegram takes, cut at line ends, else at a space."""
    if _units(text) <= MAX_TEXT_UNITS:
        return [text]
    parts = [""]
    for line in text.splitlines(keepends=True):
        rest = line
        while rest:
            piece = _fitting(rest)
            if _units(parts[-1] + piece) > PART_UNITS:
                parts.append("")
            parts[-1] += piece
            rest = rest[len(piece) :]
    return [part.strip("\r\n") for part in parts if part.strip()]


def _fitting(line: str) -> str:
    """The longest beginning of a line that fits into one part."""
    if _units(line) <= PART_UNITS:
        return line
    # A character cut in half at the limit is dropped from this part and opens the next one.
    room = line.encode("utf-16-le", "replace")[: 2 * PART_UNITS].decode("utf-16-le", "ignore")
    return line[: room.rfind(" ") + 1] or room


def _units(text: str) -> int:
    return len(text.encode("utf-16-le", "replace")) // 2


def _keyboard(buttons: Sequence[Button]) -> InlineKeyboardMarkup | None:
    if not buttons:
        return None
    return InlineKeyboardMarkup([[_inline_button(button)] for button in buttons])


def _inline_button(button: Button) -> InlineKeyboardButton:
    label = f"{button.number}. {button.label}" if button.number else button.label
    if button.url:
        return InlineKeyboardButton(label, url=button.url)
    # Checked here, so that a long text is not half sent when Telegram refuses its buttons.
    if not 1 <= len(button.payload.encode("utf-8", "replace")) <= MAX_CALLBACK_BYTES:
        raise Refused("400", "BUTTON_DATA_INVALID")
    return InlineKeyboardButton(label, callback_data=button.payload)
