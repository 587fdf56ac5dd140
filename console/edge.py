"""What all pages of the console share: methods, limits, headers, forms, where a post is from."""

import hmac
import logging
from collections.abc import Awaitable, Callable, Mapping
from typing import TYPE_CHECKING, TypeVar
from urllib.parse import parse_qsl, urlsplit

import msgspec
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

if TYPE_CHECKING:
    from console.app import Console

log = logging.getLogger(__name__)

T = TypeVar("T")
Handler = Callable[[Request], Awaitable[Response]]
MAX_BODY = 64 * 1024
MAX_FIELDS = 20
API = "/console/api/"
HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; connect-src 'self'; "
        "style-src 'self'; img-src 'self' data: blob:; media-src blob:; form-action 'self'; "
        "base-uri 'none'; frame-ancestors 'none'"
    ),
    "Cache-Control": "no-store",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
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
    """One address with its methods. As an ASGI app, so that refusals carry the headers too.

    Handlers find the console at `request.state.console`.
    """

    def __init__(self, console: "Console", **handlers: Handler) -> None:
        """`handlers` by method; a page that can be read answers HEAD like GET."""
        self._console = console
        self._handlers: dict[str, Handler] = handlers
        if "GET" in handlers:
            self._handlers["HEAD"] = handlers["GET"]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        request = Request(scope, receive)
        request.state.console = self._console
        response = await self._answer(request)
        for name, value in HEADERS.items():
            response.headers.setdefault(name, value)
        await response(scope, receive, send)

    async def _answer(self, request: Request) -> Response:
        try:
            handler = self._handlers.get(request.method)
            if handler is None:
                raise RefusedError(405, "no_method", allow=", ".join(sorted(self._handlers)))
            return await handler(request)
        except RefusedError as refused:
            return self._console.refusal(request, refused)
        except ClientDisconnect:
            return Response(status_code=400)  # nobody is left to read it
        except Exception as error:
            # Never the message: what a database says may quote what somebody wrote.
            log.error("a console page failed: %s", type(error).__name__)
            return self._console.refusal(request, RefusedError(503, "trouble"))


async def read_form(request: Request, most: int = MAX_FIELDS) -> dict[str, str]:
    """The fields of a posted form. Raises RefusedError for too much, or for what is no form."""
    body = await _read_body(request)
    if not request.headers.get("content-type", "").startswith("application/x-www-form-urlencoded"):
        raise RefusedError(400, "unreadable")
    try:
        pairs = parse_qsl(
            body.decode("ascii"),
            keep_blank_values=True,
            errors="strict",
            max_num_fields=most,
        )
    except ValueError:  # UnicodeDecodeError is one
        raise RefusedError(400, "unreadable") from None
    return dict(pairs)


async def read_json(request: Request, shape: type[T]) -> T:
    """What a script of ours posted. Raises RefusedError for too much, or for another shape."""
    body = await _read_body(request)
    if not is_json(request):
        raise RefusedError(400, "unreadable")
    try:
        return msgspec.json.decode(body, type=shape)
    except (msgspec.DecodeError, RecursionError):
        raise RefusedError(400, "unreadable") from None


def wants_json(request: Request) -> bool:
    """A script asks, not a person: it gets JSON, refusals too."""
    return is_json(request) or request.url.path.startswith(API)


def is_json(request: Request) -> bool:
    return request.headers.get("content-type", "").startswith("application/json")


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
