"""/simulator: a villager's phone, a village group and an officer's phone on one page.

What is typed there goes through the same turn as a real channel's message, and what the bot says
leaves through the same outbox and sender. Off unless the demo or a setting turns it on.
"""

import asyncio
import itertools
import json
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, TypeVar

import msgspec
from sqlalchemy import func, select
from starlette.requests import Request
from starlette.responses import (
    FileResponse,
    JSONResponse,
    RedirectResponse,
    Response,
    StreamingResponse,
)
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles

from bot import demo
from bot.accounts import accounts
from bot.channels.base import MAX_MEDIA, Inbound
from bot.channels.simulator import SimulatorChannel
from bot.running import Running
from bot.schedule import forward
from bot.service import Service
from bot.sign_in import STEP_SECONDS, code_at
from webhooks.edge import read_body

STATIC = Path(__file__).resolve().parent / "static"
HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; "
        "img-src 'self' data:; media-src 'self'; frame-src 'self'; form-action 'self'; base-uri 'none'"
    ),
    "Cache-Control": "no-store",
    "X-Content-Type-Options": "nosniff",
}
GUARD = "X-Kentongan-Simulator"
"""A header that another site's page can't send without asking: our guard against forged posts."""
STEPS = {"15m": timedelta(minutes=15), "2h": timedelta(hours=2), "1d": timedelta(days=1),
         "3d": timedelta(days=3)}  # fmt: skip
PING = 15.0
"""Seconds after which a silent stream says that it is still there."""

T = TypeVar("T")

_PHONES = (
    ("warga", "Warga", "Telepon seorang warga", "private"),
    ("grup", "Grup desa", "Grup Telegram Desa Ngrayun", "group"),
    ("petugas", "Petugas", "PIMPASA Desa Ngrayun dan Baosan Kidul", "private"),
)
_OFFICE_PHONES = {
    demo.DEPUTY: "HP wakil petugas",
    demo.HEAD: "HP kepala seksi",
    demo.PARTNER: "HP Babinsa",
}
"""Phones without a screen of their own: what they get is shown on the officer's, under their name."""
_SIGN_IN = (("D-001", "petugas"), ("D-003", "kepala seksi"))


class Said(msgspec.Struct):
    phone: str
    text: str = ""
    payload: str = ""
    label: str = ""


class Forward(msgspec.Struct):
    forward: str


def routes() -> list[Route | Mount]:
    return [
        Route("/simulator", lambda request: RedirectResponse("/simulator/")),
        Route("/simulator/", page),
        Route("/simulator/state", state),
        Route("/simulator/code", code),
        Route("/simulator/stream", stream),
        Route("/simulator/say", say, methods=["POST"]),
        Route("/simulator/picture", picture, methods=["POST"]),
        Route("/simulator/clock", clock, methods=["POST"]),
        Route("/simulator/reset", reset, methods=["POST"]),
        Mount("/simulator/static", StaticFiles(directory=STATIC)),
    ]  # fmt: skip


async def page(request: Request) -> Response:
    return FileResponse(STATIC / "simulator.html", headers=HEADERS)


async def state(request: Request) -> Response:
    running: Running = request.app.state.running
    office = running.service.office()
    phones = [
        {"id": phone, "title": title, "subtitle": subtitle, "kind": kind}
        for phone, title, subtitle, kind in _PHONES
    ]
    return JSONResponse(
        {
            "now": office.calendar.local(running.service.clock.now()).isoformat(timespec="seconds"),
            "office": office.name,
            "phones": phones,
            "messages": {phone: _shown(_channel(running), phone) for phone, *_ in _PHONES},
            "console": await asyncio.to_thread(_console, running.service),
        },
        headers=HEADERS,
    )


async def code(request: Request) -> Response:
    """What the example officers' code app shows now."""
    running: Running = request.app.state.running
    return JSONResponse(await asyncio.to_thread(_console, running.service), headers=HEADERS)


async def stream(request: Request) -> Response:
    running: Running = request.app.state.running
    after = request.query_params.get("after", "")
    return StreamingResponse(
        _events(_channel(running), int(after) if after.isdigit() else 0),
        media_type="text/event-stream",
        headers=HEADERS | {"X-Accel-Buffering": "no"},
    )


async def say(request: Request) -> Response:
    running: Running = request.app.state.running
    said = await _read(request, Said)
    if isinstance(said, Response):
        return said
    if said.phone not in {phone for phone, *_ in _PHONES} or not (
        said.text.strip() or said.payload
    ):
        return _error("Tulis sesuatu dulu.", 400)
    text = said.text[:4096]
    _channel(running).show(said.phone, "me", text or said.label)
    if said.phone == demo.GROUP and not text.startswith("/") and not said.payload:
        return JSONResponse(
            {}, 202, headers=HEADERS
        )  # as on Telegram: not for the bot, kept nowhere
    event_id = f"sim-{next(_event_ids)}-{id(running):x}"
    await running.turns.accept(demo.inbound(event_id, said.phone, text, said.payload))
    return JSONResponse({}, 202, headers=HEADERS)


async def picture(request: Request) -> Response:
    """A picture from the villager's phone: the file itself, as a real channel would keep it."""
    running: Running = request.app.state.running
    if GUARD.lower() not in request.headers:
        return _error("Permintaan ditolak.", 403)
    body = await read_body(request, MAX_MEDIA)
    if not body:
        return _error("Foto kosong, atau lebih besar dari 16 MB.", 413)
    media = _channel(running).keep(body)
    _channel(running).show(demo.VILLAGER, "me", "[foto]")
    event_id = f"sim-{next(_event_ids)}-{id(running):x}"
    await running.turns.accept(
        Inbound(demo.CHANNEL, event_id, "picture", demo.VILLAGER, media=media)
    )
    return JSONResponse({}, 202, headers=HEADERS)


async def clock(request: Request) -> Response:
    """Move the clock; everything that falls due on the way happens, in its order."""
    running: Running = request.app.state.running
    asked = await _read(request, Forward)
    if isinstance(asked, Response):
        return asked
    if asked.forward not in STEPS:
        return _error("Langkah waktu tidak dikenal.", 400)
    await forward(running.service, running.turns, STEPS[asked.forward], running.senders[-1].drain)
    office = running.service.office()
    now = office.calendar.local(running.service.clock.now()).isoformat(timespec="seconds")
    _channel(running).tell("clock", {"now": now})
    return JSONResponse({"now": now}, headers=HEADERS)


async def reset(request: Request) -> Response:
    """Begin anew: an empty database with the example office, the clock back to now."""
    running: Running = request.app.state.running
    if GUARD.lower() not in request.headers:
        return _error("Permintaan ditolak.", 403)
    await asyncio.to_thread(demo.start_over, running.service)
    _channel(running).clear()
    return JSONResponse({}, headers=HEADERS)


_event_ids = itertools.count(1)


def _console(service: Service) -> dict[str, Any]:
    """How a visitor signs in to the console as one of the example officers. A code works once, so
    it is the next one when somebody has just used the present one."""
    step = int(service.clock.now().timestamp()) // STEP_SECONDS
    with service.database.read() as connection:
        used = connection.execute(select(func.max(accounts.c.totp_step))).scalar() or 0
    at = datetime.fromtimestamp(min(max(step, used + 1), step + 1) * STEP_SECONDS, UTC)
    return {
        "address": f"{service.settings.public_base_url}/console/",
        "officers": [{"staff_no": staff_no, "title": title} for staff_no, title in _SIGN_IN],
        "password": demo.PASSWORD,
        "code": code_at(demo.TOTP_SECRET, at),
    }


def _channel(running: Running) -> SimulatorChannel:
    assert running.simulator is not None, "these routes exist only with the simulator"
    return running.simulator


def _shown(channel: SimulatorChannel, phone: str) -> list[dict[str, Any]]:
    """A phone's messages; the officer's phone also shows what the other officers got."""
    messages = channel.shown(phone)
    if phone == demo.OFFICER:
        for other, name in _OFFICE_PHONES.items():
            messages += [
                message | {"from": name, "buttons": []} for message in channel.shown(other)
            ]
        messages.sort(key=lambda message: message["id"])
    return messages


async def _events(channel: SimulatorChannel, after: int) -> AsyncIterator[str]:
    """First what was missed, then what comes."""
    try:
        async with channel.listen() as queue:
            for phone, *_ in _PHONES:
                for message in _shown(channel, phone):
                    if message["id"] > after:
                        yield _event("message", {"phone": phone, "message": message})
            while True:
                try:
                    name, data = await asyncio.wait_for(queue.get(), PING)
                except TimeoutError:
                    yield ": still here\n\n"
                    continue
                if name == "closed":
                    return
                yield _event(name, _on_officers_phone(data))
    except ValueError:
        yield _event("full", {})


def _on_officers_phone(data: dict[str, Any]) -> dict[str, Any]:
    name = _OFFICE_PHONES.get(data.get("phone", ""))
    if not name:
        return data
    return {"phone": demo.OFFICER, "message": data["message"] | {"from": name, "buttons": []}}


def _event(name: str, data: dict[str, Any]) -> str:
    return f"event: {name}\ndata: {json.dumps(data, ensure_ascii=False)}\n\n"


async def _read(request: Request, shape: type[T]) -> T | Response:
    if GUARD.lower() not in request.headers:
        return _error("Permintaan ditolak.", 403)
    body = await read_body(request)
    try:
        return msgspec.json.decode(body or b"", type=shape)
    except (msgspec.DecodeError, RecursionError):
        return _error("Isi permintaan tidak terbaca.", 400)


def _error(text: str, status: int) -> Response:
    return JSONResponse({"error": text}, status, headers=HEADERS)
