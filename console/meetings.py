"""Village meetings at the console: the list, a new one, one with its questions, its report to print;
and all of it as JSON. What may be done is decided in `bot/officer_meetings.py`, as for the chat.
"""

import secrets
from datetime import datetime
from typing import TYPE_CHECKING, Any, get_args

import msgspec
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from bot import meeting_report
from bot.meeting_pdf import pdf
from bot.officer_at_work import Declined
from bot.officer_meetings import Act, Draft, Given, MeetingShown, OfficerMeetings
from bot.picture_cards import CannotDraw
from console.desk import ROLES, Desk, check_nonce, filled, number_of, shaped, villages
from console.edge import RefusedError
from console.entrance import json_answer
from console.sessions import Signed, posted, posted_json, signed_in
from flows.broadcast_plan import Preview

if TYPE_CHECKING:
    from console.app import Console

ACTS = get_args(Act)


class New(msgspec.Struct):
    nonce: str
    """32 hex digits, made with the page: the same again is the same meeting."""
    meeting: Draft


class Done(msgspec.Struct):
    nonce: str
    given: Given = msgspec.field(default_factory=Given)


def routes(console: "Console") -> list[Route]:
    pages, api, page = Pages(console), Api(console), console.page
    one, api_one = "/console/meetings/{number}", "/console/api/meetings/{number}"
    return [
        Route("/console/meetings", page(GET=pages.listed, POST=pages.plan)),
        Route(one, page(GET=pages.show)),
        Route(f"{one}/report.pdf", page(GET=pages.report)),
        Route(f"{one}/{{act}}", page(POST=pages.act)),
        Route("/console/api/meetings", page(GET=api.listed, POST=api.plan)),
        Route(api_one, page(GET=api.show)),
        Route(f"{api_one}/{{act}}", page(POST=api.act)),
    ]


class _Shared(Desk[OfficerMeetings]):
    def __init__(self, console: "Console") -> None:
        super().__init__(console, OfficerMeetings)

    async def _find(self, signed: Signed, request: Request) -> MeetingShown:
        """Raises RefusedError: another office's number answers as one that does not exist."""
        number = number_of(request)
        try:
            return await self.ask(signed, lambda mine: mine.find(number))
        except LookupError:
            raise RefusedError(404, "not_here") from None

    async def _plan(self, signed: Signed, draft: Draft, nonce: str) -> int:
        check_nonce(nonce)
        return await self.do(signed, lambda mine: mine.plan(draft, nonce))

    async def _act(self, signed: Signed, request: Request, given: Given, nonce: str) -> None:
        check_nonce(nonce)
        number, act = number_of(request), request.path_params["act"]
        if act not in ACTS:
            raise RefusedError(404, "not_here")
        try:
            await self.do(signed, lambda mine: mine.act(number, act, given, nonce))
        except LookupError:
            raise RefusedError(404, "not_here") from None


class Pages(_Shared):
    async def listed(self, request: Request) -> Response:
        return await self._list(await signed_in(request, role=ROLES))

    async def plan(self, request: Request) -> Response:
        signed, fields = await posted(request, role=ROLES)
        draft: Draft = shaped(_with_times(fields), Draft)
        try:
            if "sure" not in fields:
                seen = await self.ask(signed, lambda mine: mine.look(draft))
                return await self._list(signed, fields=fields, seen=seen)
            number = await self._plan(signed, draft, fields.get("nonce", ""))
        except Declined as declined:
            return await self._list(signed, error=str(declined), fields=fields)
        return self._console.go(f"/meetings/{number}")

    async def _list(
        self,
        signed: Signed,
        *,
        error: str = "",
        fields: dict[str, str] | None = None,
        seen: Preview | None = None,
    ) -> Response:
        found = await self.ask(signed, lambda mine: mine.listed())
        reached = await self.ask(signed, lambda mine: villages(self._service, mine.places()))
        return self._console.show(
            "meetings.html", 422 if error else 200, signed=signed, meetings=found,
            villages=reached, error=error, fields=filled(fields or {}), seen=seen,
            nonce=secrets.token_hex(16),
        )  # fmt: skip

    async def show(self, request: Request) -> Response:
        signed = await signed_in(request, role=ROLES)
        return self._page(signed, await self._find(signed, request))

    async def act(self, request: Request) -> Response:
        signed, fields = await posted(request, role=ROLES)
        given: Given = shaped(_with_times(fields), Given)
        try:
            await self._act(signed, request, given, fields.get("nonce", ""))
        except Declined as declined:
            return self._page(signed, await self._find(signed, request), str(declined), given)
        return self._console.go(f"/meetings/{number_of(request)}")

    def _page(
        self, signed: Signed, found: MeetingShown, error: str = "", given: Given | None = None
    ) -> Response:
        return self._console.show(
            "meeting.html", 409 if error else 200, signed=signed, meeting=found, error=error,
            given=given or Given(), facts=meeting_report.facts(found.report),
            nonce=secrets.token_hex(16),
        )  # fmt: skip

    async def report(self, request: Request) -> Response:
        signed = await signed_in(request, role=ROLES)
        found = await self._find(signed, request)
        office = self._service.office_of(signed.office_code).name
        try:
            data = await run_in_threadpool(pdf, found.report, office)
        except CannotDraw:
            raise RefusedError(503, "trouble") from None
        name = f'inline; filename="pertemuan-{found.report.meeting.number}.pdf"'
        headers = {"Content-Disposition": name}
        return Response(data, media_type="application/pdf", headers=headers)


class Api(_Shared):
    """The same for scripts: JSON with the session's cookie, posts with `X-CSRF`."""

    async def listed(self, request: Request) -> Response:
        signed = await signed_in(request, role=ROLES, touch=False)
        found = await self.ask(signed, lambda mine: mine.listed())
        return json_answer({"meetings": [_told(one) for one in found]})

    async def show(self, request: Request) -> Response:
        signed = await signed_in(request, role=ROLES, touch=False)
        return json_answer(_told(await self._find(signed, request)))

    async def plan(self, request: Request) -> Response:
        signed, new = await posted_json(request, New, role=ROLES)
        try:
            return json_answer({"number": await self._plan(signed, new.meeting, new.nonce)})
        except Declined as declined:
            return json_answer({"error": str(declined)}, 422)

    async def act(self, request: Request) -> Response:
        signed, done = await posted_json(request, Done, role=ROLES)
        try:
            await self._act(signed, request, done.given, done.nonce)
        except Declined as declined:
            return json_answer({"error": str(declined)}, 409)
        return json_answer(_told(await self._find(signed, request)))


def _told(found: MeetingShown) -> dict[str, Any]:
    more = {"invitation": found.invitation or None, "acts": found.acts}
    return meeting_report.as_json(found.report) | more


def _with_times(fields: dict[str, str]) -> dict[str, str]:
    """A day and two clocks as the two moments that they are. Raises RefusedError."""
    told = {name: text for name, text in fields.items() if name not in ("day", "begins", "ends")}
    day = fields.get("day", "")
    try:
        for name, clock in (("starts_at", "begins"), ("ends_at", "ends")):
            if day and fields.get(clock):
                told[name] = datetime.fromisoformat(f"{day}T{fields[clock]}").isoformat()
    except ValueError:
        raise RefusedError(400, "unreadable") from None
    return told
