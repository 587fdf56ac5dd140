"""Broadcasts at the console: the list, the form, the preview, how far one is; and all of it as JSON
for a script. What may be done is decided in `bot/officer_broadcasts.py`, as for the chat.
"""

import secrets
from typing import TYPE_CHECKING

import msgspec
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from bot.broadcast_draft import Draft, DraftError
from bot.broadcast_shown import Seen, Shown
from bot.officer_at_work import Declined
from bot.officer_broadcasts import OfficerBroadcasts
from console.broadcast_form import MOST_FIELDS, choices, draft_of
from console.desk import ROLES, Desk, check_nonce, number_of
from console.edge import RefusedError
from console.entrance import json_answer
from console.sessions import Signed, posted, posted_json, signed_in

if TYPE_CHECKING:
    from console.app import Console


class Order(msgspec.Struct):
    draft: Draft
    nonce: str
    """32 hex digits, made with the page: the same order again is the same broadcast."""


class Act(msgspec.Struct):
    nonce: str
    words: str = ""
    """Of `withdraw`: what people are told; of `reject`: why."""


def routes(console: "Console") -> list[Route]:
    pages, api, page = Pages(console), Api(console), console.page
    # Who has to sign in again comes back to a post's address with a GET.
    one, api_one = "/console/broadcasts/{number}", "/console/api/broadcasts/{number}"
    return [
        Route("/console/broadcasts", page(GET=pages.listed, POST=pages.send)),
        Route("/console/broadcasts/new", page(GET=pages.new, POST=pages.change)),
        Route("/console/broadcasts/preview", page(GET=pages.new, POST=pages.preview)),
        Route(one, page(GET=pages.show)),
        Route(f"{one}/{{act}}", page(GET=pages.show, POST=pages.act)),
        Route("/console/api/broadcasts", page(GET=api.listed, POST=api.send)),
        Route("/console/api/broadcasts/preview", page(POST=api.preview)),
        Route(api_one, page(GET=api.show)),
        Route(f"{api_one}/{{act}}", page(POST=api.act)),
    ]


class _Shared(Desk[OfficerBroadcasts]):
    """What pages and API share."""

    def __init__(self, console: "Console") -> None:
        super().__init__(console, OfficerBroadcasts)

    async def _find(self, signed: Signed, request: Request) -> Shown:
        """Raises RefusedError: another office's number answers as one that does not exist."""
        number = number_of(request)
        found = await self.ask(signed, lambda mine: mine.find(number))
        if found is None:
            raise RefusedError(404, "not_here")
        return found

    async def _order(self, signed: Signed, draft: Draft, nonce: str) -> int:
        check_nonce(nonce)
        return await self.do(signed, lambda mine: mine.order(mine.plan(draft), nonce))

    async def _do(self, signed: Signed, request: Request, words: str, nonce: str) -> Shown:
        check_nonce(nonce)
        number, act = number_of(request), request.path_params["act"]
        try:
            await self.do(signed, lambda mine: mine.act(number, act, words, nonce))
        except LookupError:
            raise RefusedError(404, "not_here") from None
        return await self._find(signed, request)


class Pages(_Shared):
    """Written by the server; the status page's script only asks the API how far it is."""

    async def listed(self, request: Request) -> Response:
        signed = await signed_in(request, role=ROLES)
        found = await self.ask(signed, lambda mine: mine.listed())
        return self._console.show("broadcast_list.html", signed=signed, broadcasts=found)

    async def new(self, request: Request) -> Response:
        signed = await signed_in(request, role=ROLES)
        return await self._form(signed, {})

    async def change(self, request: Request) -> Response:
        """The form again, as it was filled in before the preview."""
        signed, fields = await posted(request, role=ROLES, most=MOST_FIELDS)
        return await self._form(signed, fields)

    async def preview(self, request: Request) -> Response:
        signed, fields = await posted(request, role=ROLES, most=MOST_FIELDS)
        draft = draft_of(fields)
        try:
            seen = await self.ask(signed, lambda mine: mine.look(mine.plan(draft)))
        except (Declined, DraftError):
            raise RefusedError(404, "not_here") from None
        return self._preview(signed, fields, draft, seen)

    def _preview(
        self, signed: Signed, fields: dict[str, str], draft: Draft, seen: Seen, status: int = 200
    ) -> Response:
        return self._console.show(
            "broadcast_preview.html", status, signed=signed, seen=seen, draft=draft,
            fields={name: value for name, value in fields.items() if name not in ("csrf", "nonce")},
            nonce=secrets.token_hex(16),
        )  # fmt: skip

    async def send(self, request: Request) -> Response:
        signed, fields = await posted(request, role=ROLES, most=MOST_FIELDS)
        draft = draft_of(fields)
        try:
            number = await self._order(signed, draft, fields.get("nonce", ""))
        except Declined:
            seen = await self.ask(signed, lambda mine: mine.look(mine.plan(draft)))
            return self._preview(signed, fields, draft, seen, 422)
        except DraftError:
            raise RefusedError(404, "not_here") from None
        return self._console.go(f"/broadcasts/{number}")

    async def show(self, request: Request) -> Response:
        signed = await signed_in(request, role=ROLES)
        return await self._status(signed, await self._find(signed, request))

    async def act(self, request: Request) -> Response:
        signed, fields = await posted(request, role=ROLES)
        words, nonce = fields.get("words", ""), fields.get("nonce", "")
        try:
            found = await self._do(signed, request, words, nonce)
        except Declined as declined:
            found = await self._find(signed, request)
            return await self._status(signed, found, str(declined), words)
        return self._console.go(f"/broadcasts/{found.number}")

    async def _status(
        self, signed: Signed, found: Shown, error: str = "", words: str = ""
    ) -> Response:
        seen = await self.ask(signed, lambda mine: mine.proposed(found.number))
        return self._console.show(
            "broadcast.html", 409 if error else 200, signed=signed, broadcast=found, error=error,
            words=words, seen=seen, nonce=secrets.token_hex(16),
        )  # fmt: skip

    async def _form(self, signed: Signed, fields: dict[str, str]) -> Response:
        offered = await self.ask(signed, lambda mine: choices(self._service, mine.places()))
        return self._console.show(
            "broadcast_new.html", signed=signed, offered=offered, fields=fields,
            filtered=any(name.startswith(("language.", "way.")) for name in fields)
            or bool(fields.get("lesson")),
        )  # fmt: skip


class Api(_Shared):
    """The same for scripts: JSON with the session's cookie, posts with `X-CSRF`."""

    async def listed(self, request: Request) -> Response:
        signed = await signed_in(request, role=ROLES, touch=False)
        found = await self.ask(signed, lambda mine: mine.listed())
        return json_answer({"broadcasts": found})

    async def show(self, request: Request) -> Response:
        """Asked again and again by the status page: it does not keep the session alive."""
        signed = await signed_in(request, role=ROLES, touch=False)
        return json_answer(await self._find(signed, request))

    async def preview(self, request: Request) -> Response:
        signed, draft = await posted_json(request, Draft, role=ROLES)
        try:
            return json_answer(await self.ask(signed, lambda mine: mine.look(mine.plan(draft))))
        except (Declined, DraftError) as refused:
            return json_answer({"error": str(refused)}, 422)

    async def send(self, request: Request) -> Response:
        signed, order = await posted_json(request, Order, role=ROLES)
        try:
            number = await self._order(signed, order.draft, order.nonce)
        except (Declined, DraftError) as refused:
            return json_answer({"error": str(refused)}, 422)
        return json_answer({"number": number})

    async def act(self, request: Request) -> Response:
        signed, given = await posted_json(request, Act, role=ROLES)
        try:
            return json_answer(await self._do(signed, request, given.words, given.nonce))
        except Declined as declined:
            return json_answer({"error": str(declined)}, 409)
