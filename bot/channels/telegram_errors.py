"""What an error of the Bot API means for the outbox; a row of channels.md 2.7 each.

Error texts are those of the official server, https://github.com/tdlib/telegram-bot-api (Client.cpp).
"""

from collections.abc import Awaitable
from datetime import timedelta
from typing import TypeVar

import httpx
from telegram.error import (
    BadRequest,
    ChatMigrated,
    Conflict,
    Forbidden,
    InvalidToken,
    RetryAfter,
    TelegramError,
)

from bot.channels.base import (
    ChannelDown,
    GroupMoved,
    MayNotWrite,
    OutcomeUnknown,
    Refused,
    RetryLater,
    SendError,
    Unreachable,
)

RETRY_SECONDS = 5.0

_NOTHING_LEFT = (
    httpx.ConnectError,
    httpx.ConnectTimeout,
    httpx.PoolTimeout,
    httpx.ProxyError,
    httpx.UnsupportedProtocol,
)
_CHAT_IS_CLOSED = (
    "chat not found",
    "user not found",
    "peer_id_invalid",
    "bot is not a member",
    "group chat was upgraded",
    "group chat was deactivated",
    "user_is_blocked",
    "user is deactivated",
)
_MAY_NOT_WRITE = (
    "not enough rights",
    "have no rights",
    "need administrator rights",
    "chat_write_forbidden",
    "chat_send_plain_forbidden",
    "chat_send_polls_forbidden",
    "chat_restricted",
    "topic_closed",
)
_Answer = TypeVar("_Answer")


async def translated(call: Awaitable[_Answer]) -> _Answer:
    """The answer of the Bot API, or a SendError.

    Raised "from None": the library's own errors can quote the address, which holds the token.
    """
    try:
        return await call
    except TelegramError as error:
        raise failure(error) from None
    except (KeyError, TypeError, ValueError) as error:
        # The library could not read a 200 answer, so the call was taken.
        raise OutcomeUnknown("200", f"unreadable answer ({type(error).__name__})") from None


def failure(error: TelegramError) -> SendError:
    """What an error of the Bot API means for the outbox.

    Class and text are both needed: the library's BadRequest and TimedOut are NetworkErrors too.
    """
    text = error.message.lower()
    if isinstance(error, RetryAfter):
        wait = error.retry_after
        seconds = wait.total_seconds() if isinstance(wait, timedelta) else wait
        return RetryLater("429", seconds=seconds + 1)
    if isinstance(error, ChatMigrated):
        return GroupMoved("400", moved_to=str(error.new_chat_id))
    if isinstance(error, Forbidden):
        return Unreachable("403", text)
    if isinstance(error, InvalidToken):
        return ChannelDown("404" if "not found" in text else "401", "the bot token is refused")
    if isinstance(error, Conflict):
        return ChannelDown("409", "another program uses this bot")
    if isinstance(error, BadRequest):
        return _bad_request(text)
    return _network_failure(error, text)


def _bad_request(text: str) -> SendError:
    if "logged out" in text:
        # https://core.telegram.org/bots/api#logout: the bot was moved to another server.
        return ChannelDown("400", text)
    if any(reason in text for reason in _MAY_NOT_WRITE):
        return MayNotWrite("400", text)
    if any(reason in text for reason in _CHAT_IS_CLOSED):
        return Unreachable("400", text)
    return Refused("400", text)


def _network_failure(error: TelegramError, text: str) -> SendError:
    """Time-outs, broken connections and HTTP statuses that have no class of their own.

    A front server that says 502 or 503 found nobody to take the call, so it is made again. After
    any other 5xx and after a connection lost in the middle the message may be out.
    """
    if isinstance(error.__cause__, _NOTHING_LEFT):
        return RetryLater("connect", seconds=RETRY_SECONDS, whole_channel=True)
    if "too many requests" in text:
        return RetryLater("429", seconds=RETRY_SECONDS)
    if "entity too large" in text or "file is too big" in text:
        return Refused("413", "too large")
    if "bad gateway" in text:
        return RetryLater("502", seconds=RETRY_SECONDS, whole_channel=True)
    if "service unavailable" in text:
        return RetryLater("503", seconds=RETRY_SECONDS, whole_channel=True)
    if "internal server error" in text:
        return OutcomeUnknown("500")
    return OutcomeUnknown("no answer", type(error.__cause__ or error).__name__)
