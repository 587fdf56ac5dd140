"""The groups of the office's villages: of which kind, where, since when; and undoing one."""

from typing import TYPE_CHECKING

import msgspec
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from bot import office_groups
from bot.office_groups import GroupShown
from console.desk import ROLES, number_of
from console.edge import RefusedError
from console.entrance import json_answer
from console.sessions import Signed, posted, posted_json, signed_in

if TYPE_CHECKING:
    from console.app import Console


class Nothing(msgspec.Struct):
    """The post says all by its address."""


def routes(console: "Console") -> list[Route]:
    groups, page = Groups(console), console.page
    return [
        Route("/console/groups", page(GET=groups.listed)),
        Route("/console/groups/{number}/unbind", page(POST=groups.unbind)),
        Route("/console/api/groups", page(GET=groups.api_listed)),
        Route("/console/api/groups/{number}/unbind", page(POST=groups.api_unbind)),
    ]


class Groups:
    def __init__(self, console: "Console") -> None:
        self._console = console
        self._service = console.service

    async def listed(self, request: Request) -> Response:
        signed = await signed_in(request, role=ROLES)
        found = await run_in_threadpool(self._listed, signed)
        return self._console.show("groups.html", signed=signed, groups=found)

    async def unbind(self, request: Request) -> Response:
        signed, _ = await posted(request, role=ROLES)
        await run_in_threadpool(self._unbind, signed, number_of(request))
        return self._console.go("/groups")

    async def api_listed(self, request: Request) -> Response:
        signed = await signed_in(request, role=ROLES, touch=False)
        return json_answer({"groups": await run_in_threadpool(self._listed, signed)})

    async def api_unbind(self, request: Request) -> Response:
        signed, _ = await posted_json(request, Nothing, role=ROLES)
        await run_in_threadpool(self._unbind, signed, number_of(request))
        return json_answer({"groups": await run_in_threadpool(self._listed, signed)})

    def _listed(self, signed: Signed) -> list[GroupShown]:
        now = self._service.clock.now()
        with self._service.database.read() as connection:
            return office_groups.listed(
                connection, self._service, signed.office_code, signed.officer_id, now
            )

    def _unbind(self, signed: Signed, number: int) -> None:
        """Raises RefusedError: another's group answers as one that does not exist."""
        now = self._service.clock.now()
        try:
            with self._service.database.write() as connection:
                office_groups.unbind(connection, self._service, signed.officer_id, number, now)
        except LookupError:
            raise RefusedError(404, "not_here") from None
