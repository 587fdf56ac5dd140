"""The web process: webhooks for machines, the console for people, health for the operator."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

from fastapi import FastAPI
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp, Receive, Scope, Send

from bot import undelivered
from bot.channels.base import StatusReport
from bot.database import GroupCommit
from bot.running import PARTS, Running
from bot.service import Service
from console import app as console
from webhooks import health, media, posters, simulator, telegram, twilio

HANDLERS: dict[str, Callable[[Request], Awaitable[Response]]] = {
    "/webhooks/telegram": telegram.receive,
    "/webhooks/twilio": twilio.receive,
    "/webhooks/twilio/status": twilio.status,
}


class Webhooks:
    """Takes the machines' calls before FastAPI's own handling, which costs as much again as the
    whole committed turn (performance.md 7.1); everything else goes on to it."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        handler = HANDLERS.get(scope["path"]) if scope["type"] == "http" else None
        if handler is None:
            return await self._app(scope, receive, send)
        if scope["method"] == "POST":
            response = await handler(Request(scope, receive, send))
        else:
            response = Response(status_code=405, headers={"Allow": "POST"})
        await response(scope, receive, send)


def create_app(service: Service, parts: frozenset[str] = PARTS, *, paced: bool = True) -> FastAPI:
    """The application around a service."""
    running = Running(service, parts, paced=paced)
    statuses: GroupCommit[StatusReport, bool] = GroupCommit(
        "statuses",
        service.database,
        lambda connection, reports: undelivered.record(
            connection, service, reports, service.clock.now()
        ),
    )

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        async with running.started():
            service.telegram_username = await running.telegram_username()
            yield
        statuses.close()

    app = FastAPI(
        title="Kentongan", lifespan=lifespan, docs_url=None, redoc_url=None, openapi_url=None,
        redirect_slashes=False,
    )  # fmt: skip
    app.state.running = running
    app.state.statuses = statuses
    app.add_middleware(Webhooks)
    front = "/simulator/" if service.settings.simulator else "/console/"
    app.router.routes += [
        Route("/", lambda _: RedirectResponse(front)),  # whoever types only the address
        Route("/healthz", health.alive),
        Route("/readyz", health.ready),
        Route("/metrics", health.metrics),
        *media.routes(),
        *posters.routes(),
        *console.routes(service, running.wake),
    ]
    if service.settings.simulator:
        app.router.routes += simulator.routes()
    return app
