"""Who is signed in: a cookie, a row, and the half of the browser's key that lies in it.

15 minutes without a request, or 12 hours in all, and it has ended (`bot/accounts.py`).
"""

import base64
import hmac
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, TypeVar
from urllib.parse import quote, urlsplit

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from bot import accounts
from bot.officers import roles_of
from bot.service import Service
from console.edge import (
    MAX_FIELDS,
    RefusedError,
    check_origin,
    read_form,
    read_json,
    same,
    wants_json,
)

if TYPE_CHECKING:
    from console.app import Console

T = TypeVar("T")
COOKIE = "kentongan_console"
BROWSER = "kentongan_browser"


@dataclass(frozen=True, slots=True)
class Signed:
    """A signed-in officer."""

    officer_id: int
    office_code: str
    name: str
    staff_no: str
    roles: frozenset[str]
    """Of `officer`, `leader`, `admin`, `auditor`, `dpo`."""
    token: str = field(repr=False)
    half: bytes = field(repr=False)
    """The private key in this browser's tab is encrypted under it."""
    ends_at: datetime
    """When the session ends if nothing more is asked."""

    @property
    def half_b64(self) -> str:
        return base64.b64encode(self.half).decode()


async def signed_in(request: Request, *, role: str = "", touch: bool = True) -> Signed:
    """Who asks. Raises RefusedError: to the sign-in and back, or 404 without the `role`.

    Of several roles (`"officer leader"`) one is enough. A role that is missing answers as an
    address that does not exist.
    """
    console: Console = request.state.console
    token = request.cookies.get(COOKIE, "")
    signed = await run_in_threadpool(_find, console.service, token, touch) if token else None
    if signed is None:
        raise _to_the_entrance(request, console.root)
    request.state.signed = signed  # a refusal then leads back to their list
    if role and signed.roles.isdisjoint(role.split()):
        raise RefusedError(404, "not_here")
    return signed


async def posted(
    request: Request, *, role: str = "", most: int = MAX_FIELDS
) -> tuple[Signed, dict[str, str]]:
    """(who, fields) of a form of ours, `most` of them. Raises RefusedError."""
    check_origin(request.headers, request.state.console.origin)
    signed = await signed_in(request, role=role)
    fields = await read_form(request, most)
    _check_csrf(signed, fields.get("csrf", ""))
    return signed, fields


async def posted_json(request: Request, shape: type[T], *, role: str = "") -> tuple[Signed, T]:
    """(who, body) of a script of ours, which repeats the page's token in `X-CSRF`."""
    check_origin(request.headers, request.state.console.origin)
    signed = await signed_in(request, role=role)
    _check_csrf(signed, request.headers.get("x-csrf", ""))
    return signed, await read_json(request, shape)


def csrf(signed: Signed) -> str:
    """Only this session's own pages know it."""
    return hmac.digest(signed.token.encode(), b"kentongan/console/csrf", "sha256").hex()


def _check_csrf(signed: Signed, given: str) -> None:
    if not same(given, csrf(signed)):
        raise RefusedError(403, "foreign")


def set_cookie(response: Response, console: "Console", token: str) -> None:
    response.set_cookie(
        COOKIE, token, max_age=int(accounts.SESSION_LASTS.total_seconds()), path=console.root,
        secure=console.origin.startswith("https:"), httponly=True, samesite="strict",
    )  # fmt: skip


def set_browser(response: Response, console: "Console", token: str) -> None:
    """It opens nothing: only wrong tries from here are counted by themselves."""
    response.set_cookie(
        BROWSER, token, max_age=int(accounts.BROWSER_KNOWN.total_seconds()), path=console.root,
        secure=console.origin.startswith("https:"), httponly=True, samesite="strict",
    )  # fmt: skip


def drop_cookie(response: Response, console: "Console") -> None:
    response.delete_cookie(COOKIE, path=console.root)


def safe_next(wanted: str, root: str) -> str:
    """The page to go back to after signing in; only ours, else "" (no open redirect)."""
    parts = urlsplit(wanted)
    ours = wanted.startswith(f"{root}/") and not parts.scheme and not parts.netloc
    odd = any(letter in wanted for letter in "\\\r\n\t") or "/." in wanted or "//" in wanted
    return wanted if ours and not odd and len(wanted) < 300 else ""


def _find(service: Service, token: str, touch: bool) -> Signed | None:
    now = service.clock.now()
    with service.database.read() as connection:
        row = accounts.session_of(connection, token, now)
        if row is None:
            return None
        roles = roles_of(connection, row.officer_id, service.today(now))
    seen_at = row.seen_at
    if touch and now - seen_at >= accounts.TOUCH_EVERY:
        with service.database.write() as connection:
            accounts.touch(connection, token, now)
        seen_at = now
    return Signed(
        officer_id=row.officer_id, office_code=row.office_code, name=row.name,
        staff_no=row.staff_no, roles=roles, token=token, half=row.half,
        ends_at=accounts.ends_at(row.started_at, seen_at),
    )  # fmt: skip


def _to_the_entrance(request: Request, root: str) -> RefusedError:
    if wants_json(request):
        return RefusedError(401, "signed_out")
    back = ""
    if request.method in ("GET", "HEAD"):
        back = root + request.url.path.removeprefix("/console")
        back += f"?{request.url.query}" if request.url.query else ""
    again = "&again=session" if COOKIE in request.cookies else ""
    return RefusedError(303, "signed_out", location=f"{root}/?next={quote(back)}{again}")
