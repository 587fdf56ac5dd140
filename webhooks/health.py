"""Is it alive, is it ready, and what does it count. None of it says anything about a tip."""

import asyncio

from prometheus_client import CONTENT_TYPE_LATEST, Gauge, generate_latest
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from bot import erasures, outbox
from bot.service import NoOffice, Service

OLDEST = Gauge("kentongan_outbox_oldest_seconds", "Age of the oldest message due.", ["channel"])
ERASURES = Gauge(
    "kentongan_erasures_pending", "Messages of reports that providers still have.", ["state"]
)
ERASURES_OLDEST = Gauge("kentongan_erasures_oldest_seconds", "Age of the oldest of them.")
LATE = 300.0
"""Seconds after which an unsent message makes the service not ready."""


async def alive(request: Request) -> Response:
    """GET /healthz: the process answers."""
    return JSONResponse({"status": "ok"})


async def ready(request: Request) -> Response:
    """GET /readyz: the database answers, an office is set up, nothing waits too long."""
    problems = await asyncio.to_thread(_problems, request.app.state.running.service)
    status = 503 if problems else 200
    return JSONResponse({"status": "ok" if not problems else "no", "problems": problems}, status)


async def metrics(request: Request) -> Response:
    """GET /metrics, from this machine only: a proxied call carries a Forwarded header."""
    local = request.client is not None and request.client.host in ("127.0.0.1", "::1")
    if not local or "x-forwarded-for" in request.headers or "forwarded" in request.headers:
        return Response(status_code=403)
    await asyncio.to_thread(_measure, request.app.state.running.service)
    return Response(generate_latest(), media_type=CONTENT_TYPE_LATEST)


def _problems(service: Service) -> list[str]:
    problems = []
    try:
        service.office()
        late = {channel: age for channel, age in _measure(service).items() if age > LATE}
        problems += [
            f"outbox {channel}: oldest message waits {age:.0f} s" for channel, age in late.items()
        ]
    except NoOffice:
        problems.append("no office")
    except Exception as error:
        problems.append(f"database: {type(error).__name__}")
    return problems


def _measure(service: Service) -> dict[str, float]:
    now = service.clock.now()
    with service.database.read() as connection:
        waiting = outbox.oldest_waiting(connection, now)
        pending = erasures.pending(connection)
    ages = {channel: (now - oldest).total_seconds() for channel, oldest in waiting.items()}
    ERASURES.labels("waiting").set(pending.waiting)
    ERASURES.labels("failing").set(pending.failing)
    age = (now - pending.oldest).total_seconds() if pending.oldest else 0.0
    ERASURES_OLDEST.set(age)
    for channel, age in ages.items():
        OLDEST.labels(channel).set(age)
    return ages
