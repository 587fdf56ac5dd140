"""The pages of one case: to read and work on, to print, to hand to a partner.

A GET shows only what is readable on the server. The sealed parts are asked for by the page's
script with a post, because to hand them out is written down.
"""

import secrets
from typing import TYPE_CHECKING, Any

import msgspec
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from bot import partner_requests
from bot.case_rights import Reader
from bot.partners import Listed
from console.case import (
    WHY,
    Case,
    case_code,
    grounds_of,
    may_forward,
    number_of,
    partners_of,
    read,
    reader_of,
    serve,
    serve_part,
)
from console.edge import RefusedError
from console.sessions import posted_json, signed_in
from flows.canned import CANNED
from flows.officer_desk import OUTCOMES
from flows.partners import KINDS, NO_PERSONAL_DATA
from flows.times import say_date

if TYPE_CHECKING:
    from console.app import Console


class Asked(msgspec.Struct):
    why: str = "read"


def routes(console: "Console") -> list[Route]:
    pages, page = Pages(console), console.page
    return [
        Route("/console/tip/{number}", page(GET=pages.show)),
        Route("/console/tip/{number}/print", page(GET=pages.print)),
        Route("/console/tip/{number}/forward", page(GET=pages.forward)),
        Route("/console/tip/{number}/open", page(POST=pages.open)),
        Route("/console/tip/{number}/part/{uid}", page(POST=pages.part)),
    ]


class Pages:
    def __init__(self, console: "Console") -> None:
        self._console = console
        self._service = console.service

    async def show(self, request: Request) -> Response:
        signed = await signed_in(request)
        found = await run_in_threadpool(read, self._service, reader_of(signed), number_of(request))
        say = self._service.catalog.wording.say
        return self._console.show(
            "case.html",
            signed=signed,
            case=found,
            canned=[say(key) for key in CANNED],
            outcome_choices=[
                (outcome, say(f"officer_desk.outcome_{outcome}")) for outcome in OUTCOMES
            ],
            reasons=self._service.deadlines.pause_reasons,
            most_days=self._service.deadlines.pause_at_most.days,
            kinds=KINDS,
            nonce=_nonce,
        )

    async def print(self, request: Request) -> Response:
        signed = await signed_in(request)
        found = await run_in_threadpool(read, self._service, reader_of(signed), number_of(request))
        return self._console.show("print.html", signed=signed, case=found)

    async def forward(self, request: Request) -> Response:
        """Where a letter to a partner is put together, in the browser."""
        signed = await signed_in(request)
        found, listed = await run_in_threadpool(
            self._partners, reader_of(signed), number_of(request)
        )
        return self._console.show(
            "forward.html",
            signed=signed,
            case=found,
            partners=listed,
            grounds=grounds_of(found.tip),
            letter=self._letter(found, listed),
            nonce=_nonce,
        )

    def _partners(self, reader: Reader, number: int) -> tuple[Case, list[Listed]]:
        found = read(self._service, reader, number)
        if not may_forward(found.view):
            raise RefusedError(404, "not_here")
        with self._service.database.read() as connection:
            return found, partners_of(connection, self._service, found.tip)

    def _letter(self, found: Case, listed: list[Listed]) -> dict[str, Any]:
        """What the script needs to write the letter of flows/forwarding.py."""
        say = self._service.catalog.wording.say
        names = ("title", "unproven", "case", "office", "partner", "basis", "data_basis", "due",
                 "care", "reporter", "reporter_kept")  # fmt: skip
        told = ("what", "where_name", "when", "who", "proof", "victim", "where_words", "asked")
        office = self._service.office_of(found.tip.office_code)
        due = office.calendar.local(self._service.clock.now() + partner_requests.ANSWER_WITHIN)
        return {
            "words": {name: say(f"forwarding.{name}").strip() for name in names},
            "told": {name: say(f"forwarding.told_{name}").strip() for name in told},
            "office": office.name,
            "case": case_code(found.tip),
            "due": say_date(due.date()),
            "partners": [
                {"key": one.key, "name": one.name, "kind": one.kind, "reach": one.reached_by}
                for one in listed
            ],
            "grounds": [
                {
                    "id": ground.id, "partners": ground.partners, "basis": ground.basis,
                    "data_basis": ground.data_basis, "care": ground.care,
                    "data": ground.id != NO_PERSONAL_DATA,
                }
                for ground in grounds_of(found.tip)
            ],
        }  # fmt: skip

    async def open(self, request: Request) -> Response:
        """The sealed parts and the wraps that this officer's keys open. Written down each time."""
        signed, asked = await posted_json(request, Asked)
        reader, number = reader_of(signed), number_of(request)
        if asked.why not in WHY:
            raise RefusedError(400, "unreadable")
        found = await run_in_threadpool(serve, self._console, reader, number, WHY[asked.why])
        return JSONResponse(found)

    async def part(self, request: Request) -> Response:
        """The sealed bytes of one attachment."""
        signed, _ = await posted_json(request, Asked)
        reader, number = reader_of(signed), number_of(request)
        uid = request.path_params["uid"]
        sealed = await run_in_threadpool(serve_part, self._service, reader, number, uid)
        return Response(sealed, media_type="application/octet-stream")


def _nonce() -> str:
    return secrets.token_hex(16)
