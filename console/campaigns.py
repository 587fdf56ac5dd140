"""Campaigns, the admins who forward, and WhatsApp's templates at the console, and as JSON. What may
be done is decided in `bot/officer_campaigns.py`, as for the chat.
"""

import secrets
from typing import TYPE_CHECKING, get_args

import msgspec
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from bot import template_sync
from bot.officer_at_work import Declined
from bot.officer_campaigns import CampaignShown, Draft, Link, OfficerCampaigns, RelayShown
from console.broadcast_form import choices
from console.desk import ROLES, Desk, check_nonce, filled, number_of, shaped, villages
from console.edge import RefusedError
from console.entrance import json_answer
from console.sessions import Signed, posted, posted_json, signed_in
from flows.campaign_plan import Act, RepeatPreview
from flows.campaigns import CAME, MONTH_DAYS, WEEKDAYS

if TYPE_CHECKING:
    from console.app import Console

ACTS = get_args(Act)


class New(msgspec.Struct):
    nonce: str
    """32 hex digits, made with the page: the same again changes nothing."""
    campaign: Draft


class Done(msgspec.Struct):
    nonce: str


class Invited(msgspec.Struct):
    nonce: str
    place: str
    label: str
    """The group's name; nobody's name or number."""


class Nothing(msgspec.Struct):
    """The post says all by its address."""


def routes(console: "Console") -> list[Route]:
    pages, api, page = Pages(console), Api(console), console.page
    return [
        Route("/console/campaigns", page(GET=pages.listed, POST=pages.add)),
        Route("/console/campaigns/{number}/{act}", page(POST=pages.act)),
        Route("/console/relays", page(GET=pages.listed, POST=pages.invite)),
        Route("/console/relays/{number}/stop", page(POST=pages.stop)),
        Route("/console/api/campaigns", page(GET=api.listed, POST=api.add)),
        Route("/console/api/campaigns/{number}/{act}", page(POST=api.act)),
        Route("/console/api/relays", page(POST=api.invite)),
        Route("/console/api/relays/{number}/stop", page(POST=api.stop)),
        Route("/console/api/templates", page(GET=api.templates)),
    ]


class _Shared(Desk[OfficerCampaigns]):
    def __init__(self, console: "Console") -> None:
        super().__init__(console, OfficerCampaigns)

    async def _all(self, signed: Signed) -> tuple[list[CampaignShown], list[RelayShown]]:
        return await self.ask(signed, lambda mine: (mine.listed(), mine.forwarding()))

    async def _add(self, signed: Signed, draft: Draft, nonce: str) -> None:
        check_nonce(nonce)
        await self.do(signed, lambda mine: mine.add(draft, nonce))

    async def _act(self, signed: Signed, request: Request, nonce: str) -> None:
        check_nonce(nonce)
        number, act = number_of(request), request.path_params["act"]
        if act not in ACTS:
            raise RefusedError(404, "not_here")
        try:
            await self.do(signed, lambda mine: mine.act(number, act, nonce))
        except LookupError:
            raise RefusedError(404, "not_here") from None

    async def _invite(self, signed: Signed, given: Invited) -> str:
        check_nonce(given.nonce)
        return await self.do(
            signed, lambda mine: mine.invite(given.place, given.label, given.nonce)
        )

    async def _stop(self, signed: Signed, request: Request) -> None:
        number = number_of(request)
        try:
            await self.do(signed, lambda mine: mine.stop(number))
        except LookupError:
            raise RefusedError(404, "not_here") from None


class Pages(_Shared):
    async def listed(self, request: Request) -> Response:
        return await self._list(await signed_in(request, role=ROLES))

    async def add(self, request: Request) -> Response:
        signed, fields = await posted(request, role=ROLES)
        draft: Draft = shaped(fields, Draft)
        try:
            if not isinstance(draft, Link) and "sure" not in fields:
                repeat = draft
                seen = await self.ask(signed, lambda mine: mine.look(repeat))
                return await self._list(signed, fields=fields, seen=seen)
            await self._add(signed, draft, fields.get("nonce", ""))
        except Declined as declined:
            return await self._list(signed, error=str(declined), status=422, fields=fields)
        return self._console.go("/campaigns")

    async def act(self, request: Request) -> Response:
        signed, fields = await posted(request, role=ROLES)
        try:
            await self._act(signed, request, fields.get("nonce", ""))
        except Declined as declined:
            return await self._list(signed, error=str(declined), status=409)
        return self._console.go("/campaigns")

    async def invite(self, request: Request) -> Response:
        """The code stands on the page that answers: no address carries it."""
        signed, fields = await posted(request, role=ROLES)
        get = fields.get
        given = Invited(get("nonce", ""), get("place", ""), get("label", ""))
        try:
            code = await self._invite(signed, given)
        except Declined as declined:
            return await self._list(signed, error=str(declined), status=422, fields=fields)
        return await self._list(signed, code=code)

    async def stop(self, request: Request) -> Response:
        signed, _ = await posted(request, role=ROLES)
        try:
            await self._stop(signed, request)
        except Declined as declined:
            return await self._list(signed, error=str(declined), status=409)
        return self._console.go("/campaigns")

    async def _list(
        self,
        signed: Signed,
        *,
        error: str = "",
        status: int = 200,
        code: str = "",
        fields: dict[str, str] | None = None,
        seen: RepeatPreview | None = None,
    ) -> Response:
        found, forwarding = await self._all(signed)
        places = await self.ask(signed, lambda mine: mine.places())
        return self._console.show(
            "campaigns.html", status, signed=signed, campaigns=found, relays=forwarding,
            offered=choices(self._service, places), villages=villages(self._service, places),
            weekdays=WEEKDAYS, month_days=MONTH_DAYS, came=CAME, error=error, code=code,
            fields=filled(fields or {}), seen=seen,
            nonce=secrets.token_hex(16),
        )  # fmt: skip


class Api(_Shared):
    """The same for scripts: JSON with the session's cookie, posts with `X-CSRF`."""

    async def listed(self, request: Request) -> Response:
        return await self._told(await signed_in(request, role=ROLES, touch=False))

    async def add(self, request: Request) -> Response:
        signed, new = await posted_json(request, New, role=ROLES)
        try:
            await self._add(signed, new.campaign, new.nonce)
        except Declined as declined:
            return json_answer({"error": str(declined)}, 422)
        return await self._told(signed)

    async def act(self, request: Request) -> Response:
        signed, done = await posted_json(request, Done, role=ROLES)
        try:
            await self._act(signed, request, done.nonce)
        except Declined as declined:
            return json_answer({"error": str(declined)}, 409)
        return await self._told(signed)

    async def invite(self, request: Request) -> Response:
        signed, given = await posted_json(request, Invited, role=ROLES)
        try:
            return json_answer({"code": await self._invite(signed, given)})
        except Declined as declined:
            return json_answer({"error": str(declined)}, 422)

    async def stop(self, request: Request) -> Response:
        signed, _ = await posted_json(request, Nothing, role=ROLES)
        try:
            await self._stop(signed, request)
        except Declined as declined:
            return json_answer({"error": str(declined)}, 409)
        return await self._told(signed)

    async def templates(self, request: Request) -> Response:
        """What was last heard of each; nothing is asked of Twilio."""
        await signed_in(request, role=ROLES, touch=False)
        found = await run_in_threadpool(template_sync.known, self._service)
        return json_answer({"templates": found})

    async def _told(self, signed: Signed) -> Response:
        found, forwarding = await self._all(signed)
        return json_answer({"campaigns": found, "relays": forwarding})
