"""What all pages of the console share: methods, limits, headers, forms, where a post is from."""

import hmac
import logging
from collections.abc import Awaitable, Callable, Mapping
from urllib.parse import parse_qsl, urlsplit

from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

log = logging.getLogger(__name__)

Handler = Callable[[Request], Awaitable[Response]]
MAX_BODY = 64 * 1024
MAX_FIELDS = 20
HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'self'; img-src 'self' data:; form-action 'self'; "
        "base-uri 'none'; frame-ancestors 'self'"
    ),
    "Cache-Control": "no-store",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Robots-Tag": "noindex",
}


class RefusedError(Exception):
    """The request can't be answered with what it asked for; the page says so kindly."""

    def __init__(self, status: int, page: str, **headers: str) -> None:
        super().__init__(page)
        self.status = status
        self.page = page
        self.headers = headers


class Page:
    """One address with its methods. As an ASGI app, so that refusals carry the headers too."""

    def __init__(self, refusal: Callable[[RefusedError], Response], **handlers: Handler) -> None:
        """`handlers` by method; a page that can be read answers HEAD like GET."""
        self._refusal = refusal
        self._handlers: dict[str, Handler] = handlers
        if "GET" in handlers:
            self._handlers["HEAD"] = handlers["GET"]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        response = await self._answer(Request(scope, receive))
        response.headers.update(HEADERS)
        await response(scope, receive, send)

    async def _answer(self, request: Request) -> Response:
        try:
            handler = self._handlers.get(request.method)
            if handler is None:
                raise RefusedError(405, "no_method", allow=", ".join(sorted(self._handlers)))
            return await handler(request)
        except RefusedError as refused:
            return self._refusal(refused)
        except ClientDisconnect:
            return Response(status_code=400)  # nobody is left to read it
        except Exception as error:
            # Never the message: what a database says may quote what somebody wrote.
            log.error("a console page failed: %s", type(error).__name__)
            return self._refusal(RefusedError(503, "trouble"))


async def read_form(request: Request) -> dict[str, str]:
    """The fields of a posted form. Raises RefusedError for too much, or for what is no form."""
    body = await _read_body(request)
    if not request.headers.get("content-type", "").startswith("application/x-www-form-urlencoded"):
        raise RefusedError(400, "unreadable")
    try:
        pairs = parse_qsl(
            body.decode("ascii"),
            keep_blank_values=True,
            errors="strict",
            max_num_fields=MAX_FIELDS,
        )
    except ValueError:  # UnicodeDecodeError is one
        raise RefusedError(400, "unreadable") from None
    return dict(pairs)


async def _read_body(request: Request) -> bytes:
    announced = request.headers.get("content-length", "")
    if announced.isdigit() and (len(announced) > 9 or int(announced) > MAX_BODY):
        raise RefusedError(413, "too_large", connection="close")
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > MAX_BODY:
            raise RefusedError(413, "too_large", connection="close")
    return bytes(body)


def origin_of(address: str) -> str:
    """`https://bot.example.go.id` of an address below it, as browsers write an origin."""
    parts = urlsplit(address)
    host = f"[{parts.hostname}]" if ":" in (parts.hostname or "") else parts.hostname
    usual = {"http": 80, "https": 443}.get(parts.scheme)
    port = f":{parts.port}" if parts.port and parts.port != usual else ""
    return f"{parts.scheme}://{host}{port}"


def check_origin(headers: Mapping[str, str], origin: str) -> None:
    """Raises RefusedError when the post comes from another site.

    Under `Referrer-Policy: no-referrer` browsers write `Origin: null` even on our own forms;
    Sec-Fetch-Site then tells ours from others.
    """
    given = headers.get("origin", "null")
    same_site = headers.get("sec-fetch-site", "same-origin") == "same-origin"
    if given != origin and not (given == "null" and same_site):
        raise RefusedError(403, "foreign")


def same(given: str, expected: str) -> bool:
    """Equal, compared in constant time."""
    return hmac.compare_digest(given.encode("utf-8", "replace"), expected.encode())
