"""The web process: webhooks for machines, the console for people, health for the operator."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import FastAPI
from starlette.routing import Route

from bot import outbox
from bot.channels.base import StatusReport
from bot.database import GroupCommit
from bot.running import PARTS, Running
from bot.service import Service
from console import pages
from webhooks import health, simulator, telegram, twilio


def create_app(service: Service, parts: frozenset[str] = PARTS, *, paced: bool = True) -> FastAPI:
    """The application around a service. The hot webhooks are plain Starlette routes: FastAPI's
    own handling costs as much again as the whole committed turn (performance.md 7.1)."""
    running = Running(service, parts, paced=paced)
    statuses: GroupCommit[StatusReport, bool] = GroupCommit(
        "statuses", service.database, outbox.record_status
    )

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        async with running.started():
            app.state.telegram_username = await running.telegram_username()
            yield
        statuses.close()

    app = FastAPI(
        title="Kentongan", lifespan=lifespan, docs_url=None, redoc_url=None, openapi_url=None,
        redirect_slashes=False,
    )  # fmt: skip
    app.state.running = running
    app.state.statuses = statuses
    app.state.telegram_username = service.settings.telegram_bot_username
    app.router.routes += [
        Route("/webhooks/telegram", telegram.receive, methods=["POST"]),
        Route("/webhooks/twilio", twilio.receive, methods=["POST"]),
        Route("/webhooks/twilio/status", twilio.status, methods=["POST"]),
        Route("/healthz", health.alive),
        Route("/readyz", health.ready),
        Route("/metrics", health.metrics),
        *pages.routes(service, running.wake),
    ]
    if service.settings.simulator:
        app.router.routes += simulator.routes()
    return app
