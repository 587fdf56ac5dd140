"""Signing in and out. The password never comes here, only a proof of it."""

import math
from typing import TYPE_CHECKING

import msgspec
from sqlalchemy import Connection
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from bot import accounts, audit, outbox, sign_in
from bot.effects import Effects
from bot.officers import roles_of
from bot.service import Service
from bot.sign_in import Attempt
from bot.world import World
from console.edge import RefusedError, check_origin, read_json
from console.sessions import (
    BROWSER,
    drop_cookie,
    posted,
    safe_next,
    set_browser,
    set_cookie,
    signed_in,
)

if TYPE_CHECKING:
    from console.app import Console

HOMES = {"leader": "/inbox", "officer": "/inbox", "admin": "/office", "auditor": "/audit",
         "dpo": "/audit"}  # fmt: skip
"""Where each role begins, the first that fits."""


class Who(msgspec.Struct):
    staff_no: str


class Given(msgspec.Struct):
    """What the browser sends to sign in: bytes as base64."""

    staff_no: str
    proof: bytes
    code: str
    next: str = ""


def routes(console: "Console") -> list[Route]:
    entrance = Entrance(console)
    page = console.page
    return [
        Route("/console", page(GET=entrance.show)),
        Route("/console/", page(GET=entrance.show)),
        Route("/console/sign-in/salt", page(POST=entrance.salt)),
        Route("/console/sign-in", page(POST=entrance.sign_in)),
        Route("/console/sign-out", page(POST=entrance.sign_out)),
        Route("/console/session", page(GET=entrance.session)),
    ]


class Entrance:
    def __init__(self, console: "Console") -> None:
        self._console = console
        self._service = console.service

    async def show(self, request: Request) -> Response:
        wanted = safe_next(request.query_params.get("next", ""), self._console.root)
        return self._console.show(
            "sign_in.html", next=wanted, again=request.query_params.get("again", "")
        )

    async def salt(self, request: Request) -> Response:
        check_origin(request.headers, self._console.origin)
        who = await read_json(request, Who)
        salt = await run_in_threadpool(_salt, self._service, staff_number(who.staff_no))
        return json_answer({"salt": salt})

    async def sign_in(self, request: Request) -> Response:
        """The cookie, the half of the browser's key, and the private key as only the password
        opens it."""
        check_origin(request.headers, self._console.origin)
        given = await read_json(request, Given)
        attempt, started = await run_in_threadpool(
            _sign_in, self._service, given, request.cookies.get(BROWSER, "")
        )
        if started is None:
            return self.turned_away(attempt)
        token, half, home, browser = started
        answer = {
            "half": half,
            "key_id": attempt.account.key_id,
            "by_password": attempt.account.by_password,
            "next": safe_next(given.next, self._console.root) or self._console.root + home,
        }
        response = json_answer(answer)
        set_cookie(response, self._console, token)
        if browser:
            set_browser(response, self._console, browser)
        return response

    def turned_away(self, attempt: Attempt, page: str = "wrong") -> Response:
        """Raises RefusedError, or answers how long to wait."""
        if attempt.warn:
            self._console.wake()
        if attempt.outcome == "wrong":
            raise RefusedError(403, page)
        minutes = math.ceil(attempt.wait.total_seconds() / 60)
        words = f"Terlalu sering salah. Tunggu {minutes} menit, lalu coba lagi."
        return JSONResponse({"error": words}, 429, {"Retry-After": str(minutes * 60)})

    async def sign_out(self, request: Request) -> Response:
        """This session, or with `all` every session of the officer."""
        signed, fields = await posted(request)

        def end() -> None:
            with self._service.database.write() as connection:
                if fields.get("all"):
                    accounts.end_sessions(connection, signed.officer_id)
                accounts.end_session(connection, signed.token)

        await run_in_threadpool(end)
        response = self._console.go("/?again=out")
        drop_cookie(response, self._console)
        return response

    async def session(self, request: Request) -> Response:
        """How many seconds are left; asking does not make them more."""
        signed = await signed_in(request, touch=False)
        left = signed.ends_at - self._service.clock.now()
        return JSONResponse({"seconds": int(left.total_seconds())})


def json_answer(content: object, status: int = 200) -> Response:
    """JSON with bytes as base64, as the scripts read them."""
    return Response(msgspec.json.encode(content), status, media_type="application/json")


def staff_number(typed: str) -> str:
    return " ".join(typed.split())[:60]


def warn(service: Service, connection: Connection, attempt: Attempt) -> None:
    """One line in the chat of the officer whose account is being tried."""
    if attempt.warn is None:
        return
    now = service.clock.now()
    effects = Effects(connection, service, World(connection, service, None, now), now)
    effects.tell_officer(attempt.warn, "notice.sign_in_tries")
    outbox.queue(connection, effects.rows)
    audit.record(connection, now, actor="system", action="sign_in_slowed",
                 subject=f"officer:{attempt.warn}")  # fmt: skip


def home(roles: frozenset[str]) -> str:
    return next((path for role, path in HOMES.items() if role in roles), "/account")


def _salt(service: Service, staff_no: str) -> bytes:
    with service.database.read() as connection:
        return sign_in.salt_of(connection, service.ring, service.office().code, staff_no)


def _sign_in(
    service: Service, given: Given, browser: str
) -> tuple[Attempt, tuple[str, bytes, str, str] | None]:
    """(attempt, (session's token, half, first page, token of a browser that was not known))."""
    now, office = service.clock.now(), service.office().code
    with service.database.write() as connection:
        attempt = sign_in.attempt(
            connection, service.database, service.ring, office, staff_number(given.staff_no), now,
            proof=given.proof, code=given.code, browser=browser,
        )  # fmt: skip
        if attempt.outcome != "right":
            warn(service, connection, attempt)
            return attempt, None
        officer_id = attempt.account.officer_id
        token, half = accounts.start_session(connection, officer_id, now)
        audit.record(connection, now, actor=f"officer:{officer_id}", action="signed_in",
                     subject=f"officer:{officer_id}")  # fmt: skip
        roles = roles_of(connection, officer_id, service.today(now))
        known = accounts.knows_browser(connection, officer_id, browser, now)
        fresh = "" if known else accounts.know_browser(connection, officer_id, now)
        return attempt, (token, half, home(roles), fresh)
