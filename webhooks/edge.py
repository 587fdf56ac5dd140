"""What every webhook does the same way: bounded bodies, counted refusals, a turn before the 200."""

import logging
import re

from prometheus_client import Counter
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response

from bot.channels.base import MAX_INBOUND_CHARACTERS, Inbound
from bot.running import Running

log = logging.getLogger(__name__)

MAX_BODY = 256 * 1024
"""Bytes of a webhook's body. Telegram's largest text update and Twilio's form are far below."""

_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")

REFUSED = Counter("kentongan_webhook_refused", "Refused webhook calls.", ["channel", "reason"])


def clean(text: str) -> str:
    """Without what PostgreSQL can't store (NUL, half surrogate pairs), and not too long."""
    return _UNSTORABLE.sub("", text)[:MAX_INBOUND_CHARACTERS]


def refuse(channel: str, reason: str, status: int) -> Response:
    REFUSED.labels(channel, reason).inc()
    return Response(status_code=status)


async def read_body(request: Request, most: int = MAX_BODY) -> bytes | None:
    """The body, or None when it is larger than `most` (it is then read no further)."""
    length = request.headers.get("content-length", "")
    if length.isdigit() and int(length) > most:
        return None
    body = bytearray()
    try:
        async for chunk in request.stream():
            body += chunk
            if len(body) > most:
                return None
    except ClientDisconnect:
        return None
    return bytes(body)


async def take(running: Running, inbound: Inbound | None, answer: Response) -> Response:
    """Answer once the turn is committed; 503 asks the provider to try again."""
    if inbound is None:
        return answer
    try:
        await running.turns.accept(inbound)
    except Exception as error:
        log.error("turn not committed: %s", type(error).__name__)
        return Response(status_code=503, headers={"Retry-After": "5"})
    return answer
