"""The wire to Twilio: its asynchronous client made safe, and its errors in our words.

Each error has a page, https://www.twilio.com/docs/api/errors/ and its number; which WhatsApp error
stands behind it is at https://www.twilio.com/docs/whatsapp/tutorial/error-codes.
"""

import base64
import json
from collections.abc import Awaitable, Mapping
from typing import Any, TypeVar
from urllib.parse import urlencode, urljoin, urlsplit

import aiohttp
from twilio.base.exceptions import TwilioException
from twilio.http.async_http_client import AsyncTwilioHttpClient
from twilio.http.response import Response

from bot.channels.base import (
    TOO_LARGE,
    ChannelDown,
    OutcomeUnknown,
    Refused,
    RetryLater,
    SendError,
    TemplateRefused,
    Unreachable,
    WindowClosed,
)

RETRY_SECONDS = 5.0

_HOSTS = ("https://api.twilio.com/", "https://content.twilio.com/")
MEDIA_HOSTS = ("twilio.com", "twiliocdn.com", "amazonaws.com")
"""Where Twilio sends whoever asks for media (channels.md 1.4); https only."""
MAX_HOPS = 4
_CHUNK = 64 * 1024
_Answer = TypeVar("_Answer")


class TwilioWire(AsyncTwilioHttpClient):  # type: ignore[misc]
    """The library's asynchronous client with its request replaced, as of twilio 9.13.

    The original ignores its time-out (twilio-python#925), sends JSON as a form, passes aiohttp
    an argument that is deprecated, logs numbers and keeps the last message in memory.
    """

    def __init__(self, api_base: str, timeout: float) -> None:
        super().__init__()
        self._api_base = api_base.rstrip("/")
        self._limits = aiohttp.ClientTimeout(total=timeout, connect=min(5.0, timeout))

    async def request(
        self,
        method: str,
        url: str,
        params: Mapping[str, str] | None = None,
        data: Mapping[str, Any] | None = None,
        headers: Mapping[str, str] | None = None,
        auth: tuple[str, str] | None = None,
        timeout: float | None = None,  # noqa: ASYNC109
        allow_redirects: bool = False,
    ) -> Response:
        """Make one call; `timeout` and `allow_redirects` are the library's and not used."""
        headers = dict(headers or {})
        if auth:
            pair = base64.b64encode(":".join(auth).encode()).decode()
            headers["Authorization"] = f"Basic {pair}"
        async with self.session.request(
            method.upper(),
            self._destination(url),
            params=params,
            data=_encoded(data, headers.get("Content-Type")),
            headers=headers,
            timeout=self._limits,
            allow_redirects=False,
        ) as answer:
            return Response(answer.status, await answer.text(), answer.headers)

    async def download(self, url: str, auth: tuple[str, str], most: int) -> bytes:
        """Media of ours, at most `most` bytes. Raises SendError.

        Twilio answers with the address of its store. Our credentials go to Twilio's own host and
        never along to that one; an address of any other host is not followed.
        """
        pair = base64.b64encode(":".join(auth).encode()).decode()
        headers = {"Authorization": f"Basic {pair}"}
        address = self._destination(url)
        for _ in range(MAX_HOPS):
            async with self.session.get(
                address, headers=headers, timeout=self._limits, allow_redirects=False
            ) as answer:
                if answer.status == 200:
                    return await _bounded(answer, most)
                if answer.status not in (301, 302, 303, 307, 308):
                    raise _no_media(answer.status)
                address = self._store(urljoin(address, answer.headers.get("Location", "")))
                headers = {}
        raise Refused("redirects")

    def _store(self, address: str) -> str:
        parts = urlsplit(address)
        host = parts.hostname or ""
        known = any(host == name or host.endswith(f".{name}") for name in MEDIA_HOSTS)
        if known and parts.scheme == "https" and parts.port in (None, 443):
            return address
        if self._api_base and host == urlsplit(self._api_base).hostname:
            return address  # the operator's own proxy, or a test
        raise Refused("host", "media at a host that is not Twilio's")

    def _destination(self, url: str) -> str:
        """Where the call goes. Another host than Twilio's would be handed our credentials."""
        for host in _HOSTS:
            if url.startswith(host):
                return f"{self._api_base}/{url.removeprefix(host)}" if self._api_base else url
        raise ChannelDown("host", "the Twilio library asked for an unknown host")


def _encoded(data: Mapping[str, Any] | None, content_type: str | None) -> bytes | None:
    """The body as its Content-Type says. aiohttp's own form costs a tenth of the whole call."""
    if not data:
        return None
    if content_type == "application/json":
        # The library writes null for what was left out; the API's description knows no null.
        given = {name: value for name, value in data.items() if value is not None}
        return json.dumps(given).encode()
    return urlencode(data, doseq=True).encode()


async def _bounded(answer: aiohttp.ClientResponse, most: int) -> bytes:
    if (answer.content_length or 0) > most:
        raise Refused(TOO_LARGE)
    data = bytearray()
    async for chunk in answer.content.iter_chunked(_CHUNK):
        data += chunk
        if len(data) > most:
            raise Refused(TOO_LARGE)
    return bytes(data)


def _no_media(status: int) -> SendError:
    """Media may be missing for a moment after the webhook (channels.md 1.4)."""
    if status in (404, 429) or status >= 500:
        return RetryLater(str(status), seconds=2.0)
    if status in (401, 403):
        return ChannelDown(str(status))
    return Refused(str(status))


async def translated(call: Awaitable[_Answer]) -> _Answer:
    """Twilio's answer, or a SendError.

    Raised "from None": Twilio's messages can quote the number they are about.
    """
    try:
        return await call
    except TwilioException as error:
        raise _refusal(error) from None
    except (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError):
        raise RetryLater("connect", seconds=RETRY_SECONDS, whole_channel=True) from None
    except (aiohttp.ClientError, OSError, TimeoutError) as error:
        raise OutcomeUnknown("no answer", type(error).__name__) from None
    except (KeyError, TypeError, ValueError) as error:
        # The library could not read a 2xx answer, so the call was taken.
        raise OutcomeUnknown("201", f"unreadable answer ({type(error).__name__})") from None


def _refusal(error: TwilioException) -> SendError:
    """Twilio's own code where we know it; else an HTTP status that is not about the message."""
    # A list that fails raises an exception with nothing but the answer in it (twilio/base/page.py).
    answers = [answer for answer in error.args if isinstance(answer, Response)]
    status = str(answers[0].status_code if answers else getattr(error, "status", ""))
    code = str(getattr(error, "code", None) or status or "unknown")
    answer = failure(code, f"HTTP {status}")
    if isinstance(answer, Refused) and (status in ("401", "429") or status.startswith("5")):
        return failure(status, f"code {code}")
    return answer


# The pauses are ours; that a pause is the answer is what each code's page says.
_WHOLE_CHANNEL_PAUSES = {
    "63018": 300.0,  # the sender's rate or messaging limit: no immediate retry
    "63017": 30.0,  # the account's messages per second
    "63119": 300.0,  # Meta's limit for the business account
    "30001": 60.0,  # queue overflow
    "21611": 300.0,  # the sender's queue is full
    "20429": 10.0,  # too many requests
    "429": 10.0,
}
_PROVIDER_TROUBLE = frozenset({"63010", "63012", "20500", "20503", "503"})
_UNREACHABLE = frozenset(
    {
        "63003",  # To not found
        "63014",  # blocked us or opted out
        "63015",  # the sandbox: has not joined
        "63024",  # invalid recipient: not on WhatsApp
        "21211",  # not a number
        "21610",  # unsubscribed
        "21614",  # not a mobile number
    }
)
_TEMPLATE_REFUSED = {
    "63027": "missing",  # no such template in this language
    "63028": "mismatched",  # not as many values as variables
    "63030": "mismatched",  # a parameter that it does not take
    "63040": "rejected",
    "63041": "paused",
    "63042": "disabled",
}
_OF_TEMPLATES = {"21655": "missing", "21656": "mismatched"}
"""What these mean where a template was sent; of our own choices 21655 is mended by ourselves."""
_CHANNEL_DOWN = frozenset(
    {
        "20003",  # authentication failed
        "20005",  # account not active
        "20404",  # no such account: nothing else is named in the address of the call
        "21606",  # From is not ours to use
        "30002",  # account suspended
        "63001",  # Meta denies access
        "63007",  # no channel for From
        "63020",  # business account restricted
        "63051",  # WhatsApp business account locked
        "63112",  # disabled by Meta
        "401",
        "403",
        "404",
    }
)


def failure(code: str, detail: str = "") -> SendError:
    """What an error code of Twilio means, at once or in a later status callback.

    What is not named here is about this very message (content, template, variables, a limit of
    Meta for this user), so it is not sent again: Refused.
    """
    if code == "63016":
        return WindowClosed(code, detail)
    if code in _WHOLE_CHANNEL_PAUSES:
        pause = _WHOLE_CHANNEL_PAUSES[code]
        return RetryLater(code, seconds=pause, whole_channel=True, detail=detail)
    if code in _PROVIDER_TROUBLE:
        return RetryLater(code, seconds=30.0, detail=detail)
    if code in _UNREACHABLE:
        return Unreachable(code, detail)
    if code in _CHANNEL_DOWN:
        return ChannelDown(code, detail)
    if code in _TEMPLATE_REFUSED:
        return TemplateRefused(code, _TEMPLATE_REFUSED[code], detail)
    if len(code) == 3 and code.startswith("5"):
        return OutcomeUnknown(code, detail)
    return Refused(code, detail)


def of_template(error: Refused) -> Refused:
    """The same, knowing that what was sent is a template."""
    if error.code in _OF_TEMPLATES:
        return TemplateRefused(error.code, _OF_TEMPLATES[error.code])
    return error
