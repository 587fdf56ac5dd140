"""The rounds of the benchmark: each server in a process of its own, interleaved, on one machine.

floor    a FastAPI POST on uvicorn (uvloop, httptools) that reads and parses the same body
accept   our webhook: a 3-step conversation until the 200, reply rows written, synchronous=FULL
variant  the same conversation with an SQLModel AsyncSession and one commit a message
bulk     a broadcast: its fan-out in the database, and the pace that its sending keeps
drain    our sender with the official clients against a loopback server, beside those clients alone
"""

import asyncio
import importlib
import json
import multiprocessing
import os
import shutil
import socket
import sys
import tempfile
import time
import warnings
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Any

import uvicorn
import uvloop
from sqlalchemy import Connection, select
from telegram import Bot
from telegram.request import HTTPXRequest
from twilio.http.async_http_client import AsyncTwilioHttpClient
from twilio.http.response import Response
from twilio.rest import Client

from bot import contacts as people_of
from bot import demo, outbox
from bot.bench import bulk, report
from bot.bench.load import fire, provide, telegram_request
from bot.clock import Clock
from bot.running import Running
from bot.sealing import KeyRing
from bot.sender import PACES
from bot.service import Service, migrate
from bot.settings import Settings, read_settings
from flows.events import MessageCreated

CONNECTIONS = 48
STEPS = ("menu", "1", "1")
"""The menu, the menu of lessons, the first card."""
SECRET = "bench-secret-0123456789"
SENT = {"telegram": 1.5, "whatsapp": 10}
"""Messages for each contact in a round of drain: some two seconds for 2,000 contacts, so that the
ends do not count."""
TEXT = "Mau apa hari ini?"


def run(*, rounds: int, contacts: int, as_json: bool) -> int:
    """Run it, print it; 0 when every goal is met, else 1."""
    try:
        importlib.import_module("aiosqlite")
    except ImportError:
        print("bench needs the development packages: uv sync", file=sys.stderr)
        return 2
    measured: dict[str, list[float]] = {}
    for number in range(rounds):
        for name, work in _PARTS:
            if not as_json:
                _progress(f"round {number + 1}/{rounds}: {name}")
            for key, value in work(contacts).items():
                measured.setdefault(key, []).append(value)
    found: dict[str, Any] = {
        "rounds": rounds,
        "contacts": contacts,
        "steps": len(STEPS),
        "connections": CONNECTIONS,
        "synchronous": "FULL",
        "pacer": "off (flag of the bench; on in service)",
    } | report.weigh(measured)
    if as_json:
        print(json.dumps(found))
    else:
        _progress("")
        report.show(found)
    return 0 if all(found["met"].values()) else 1


# ---- the parts


def _accept(contacts: int) -> dict[str, float]:
    with _service("accept") as settings, _process(_serve_ours, settings) as port:
        return _fire_conversation(port, contacts, "accept")


def _floor(contacts: int) -> dict[str, float]:
    with _process(_serve_floor) as port:
        return _fire_conversation(port, contacts, "floor")


def _variant(contacts: int) -> dict[str, float]:
    # One commit a message is slow: a quarter of the contacts tells the rate as well.
    with _service("variant") as settings, _process(_serve_variant, settings) as port:
        return _fire_conversation(port, max(50, contacts // 4), "variant")


def _drain_telegram(contacts: int) -> dict[str, float]:
    return _drain("telegram", round(SENT["telegram"] * contacts))


def _drain_whatsapp(contacts: int) -> dict[str, float]:
    return _drain("whatsapp", round(SENT["whatsapp"] * contacts))


def _fan_out(contacts: int) -> dict[str, float]:
    """Fifty recipients for each contact of the run: 100,000 for 2,000."""
    with _service("fan-out") as settings:
        service = Service(settings)
        seconds = bulk.fan_out(service, 50 * contacts)
        service.close()
    return {"fan_out_seconds": seconds}


def _pace_telegram(_: int) -> dict[str, float]:
    return _pace("telegram")


def _pace_whatsapp(_: int) -> dict[str, float]:
    return _pace("whatsapp")


def _pace(channel: str) -> dict[str, float]:
    """As in service, at the fastest pace that the provider allows."""
    with _process(_serve_provider) as port, _service(f"pace-{channel}", port) as settings:
        service = Service(settings, clock=Clock(bulk.MORNING))
        kept, most = uvloop.run(bulk.kept_pace(service, channel))
        service.close()
    return {f"{channel}_pace_kept": kept, f"{channel}_most_in_a_second": most}


_PARTS: tuple[tuple[str, Callable[[int], dict[str, float]]], ...] = (
    ("floor", _floor),
    ("accept", _accept),
    ("variant", _variant),
    ("fan-out", _fan_out),
    ("pace telegram", _pace_telegram),
    ("pace whatsapp", _pace_whatsapp),
    ("drain telegram", _drain_telegram),
    ("drain whatsapp", _drain_whatsapp),
)


def _fire_conversation(port: int, contacts: int, name: str) -> dict[str, float]:
    """Every contact's steps in order on one connection; connections side by side."""
    lanes: list[list[bytes]] = [[] for _ in range(min(CONNECTIONS, contacts))]
    for contact in range(contacts):
        for step, text in enumerate(STEPS):
            update_id = contact * len(STEPS) + step + 1
            request = telegram_request(
                f"127.0.0.1:{port}", SECRET, update_id, 10_000 + contact, text
            )
            lanes[contact % len(lanes)].append(request)
    lanes = [_step_by_step(lane) for lane in lanes]
    _on_core(1)
    seconds, latencies, bad = uvloop.run(fire(port, lanes))
    if bad:
        raise RuntimeError(f"{name}: {bad} answers were not 2xx")
    return {
        f"{name}_per_second": contacts * len(STEPS) / seconds,
        f"{name}_p99_ms": latencies[int(len(latencies) * 0.99)] * 1000,
    }


def _step_by_step(lane: list[bytes]) -> list[bytes]:
    """All first steps, then all second ones: the same contact's next message comes later."""
    return [request for step in range(len(STEPS)) for request in lane[step :: len(STEPS)]]


def _drain(channel: str, count: int) -> dict[str, float]:
    """Client alone and our sender, in that order, against the same loopback provider."""
    with _process(_serve_provider) as port, _service(f"drain-{channel}", port) as settings:
        alone = uvloop.run(_client_alone(channel, count, settings))
        ours = uvloop.run(_our_sender(channel, count, settings))
    return {f"{channel}_client_per_second": alone, f"{channel}_sender_per_second": ours}


async def _client_alone(channel: str, count: int, settings: Settings) -> float:
    """What the official client reaches with as many tasks as our sender has workers."""
    send, close = _plain_client(channel, settings)
    work = iter(range(count))

    async def worker() -> None:
        for number in work:
            await send(number)

    with warnings.catch_warnings():
        # Twilio's wire hands aiohttp an argument that is deprecated.
        warnings.simplefilter("ignore", DeprecationWarning)
        await send(0)
        began = time.perf_counter()
        await asyncio.gather(*(worker() for _ in range(PACES[channel].workers)))
        seconds = time.perf_counter() - began
    await close()
    return count / seconds


def _plain_client(
    channel: str, settings: Settings
) -> tuple[Callable[[int], Awaitable[object]], Callable[[], Awaitable[object]]]:
    """(send, close) of the official client as its vendor ships it, pointed at the loopback."""
    if channel == "telegram":
        request = HTTPXRequest(connection_pool_size=PACES[channel].workers)
        base = f"{settings.telegram_api_base_url}/bot"
        bot = Bot(settings.telegram_bot_token.get_secret_value(), base_url=base, request=request)
        return lambda n: bot.send_message(chat_id=n + 1, text=TEXT), request.shutdown
    wire = _VendorsWire(settings.twilio_api_base_url)
    token = settings.twilio_auth_token.get_secret_value()
    client = Client(settings.twilio_account_sid, token, http_client=wire)
    sender = settings.twilio_whatsapp_from
    callback = f"{settings.public_base_url}/webhooks/twilio/status?ob="
    return (
        lambda n: client.messages.create_async(
            to=f"whatsapp:+62812{n:07}", from_=sender, body=TEXT, status_callback=f"{callback}{n}"
        ),
        wire.close,
    )


class _VendorsWire(AsyncTwilioHttpClient):  # type: ignore[misc]
    """Twilio's own asynchronous wire; only the host is another, which it has no setting for."""

    def __init__(self, base: str) -> None:
        super().__init__(timeout=20.0)
        self._base = base

    async def request(self, method: str, url: str, *given: Any, **named: Any) -> Response:
        there = url.replace("https://api.twilio.com", self._base)
        return await super().request(method, there, *given, **named)


async def _our_sender(channel: str, count: int, settings: Settings) -> float:
    """The production sender over a full outbox, once its client is warm like the other's."""
    service = Service(settings)
    running = Running(service, frozenset({"sender"}), paced=False)
    async with running.started():
        await asyncio.to_thread(_fill_outbox, service, channel, 1)
        await _until_empty(running, channel)
        await asyncio.to_thread(_fill_outbox, service, channel, count)
        began = time.perf_counter()
        await _until_empty(running, channel)
        seconds = time.perf_counter() - began
    service.close()
    return count / seconds


async def _until_empty(running: Running, channel: str) -> None:
    running.wake()
    while await asyncio.to_thread(_left, running.service, channel):  # noqa: ASYNC110 (rows, no event)
        await asyncio.sleep(0.02)


def _fill_outbox(service: Service, channel: str, count: int) -> None:
    now = service.clock.now()
    people = [(channel, f"whatsapp:+62812{n:07}" if channel == "whatsapp" else str(n + 1))
              for n in range(count)]  # fmt: skip
    message = MessageCreated(TEXT, fixed=False)
    with service.database.write() as connection:
        known = people_of.load(connection, service.database, service.ring, people, now)
        outbox.queue(connection, [
            outbox.row_for(service.ring, message, now, channel=channel, contact_id=person.id)
            for person in known.values()
        ])  # fmt: skip


def _left(service: Service, channel: str) -> bool:
    with service.database.read() as connection:
        return _has_open(connection, channel)


# ---- servers in processes of their own


@contextmanager
def _service(name: str, provider: int = 0) -> Iterator[Settings]:
    """Settings of a fresh database with the example office."""
    folder = Path(tempfile.mkdtemp(prefix=f"kentongan-bench-{name}-"))
    settings = read_settings(
        _env_file=None,
        database_url=f"sqlite:///{folder}/bench.db",
        keyring_path=folder / "keyring.json",
        telegram_bot_token="1:bench",
        telegram_webhook_secret=SECRET,
        telegram_bot_username="bench_bot",
        telegram_api_base_url=f"http://127.0.0.1:{provider or 9}",
        twilio_account_sid="AC" + "0" * 32,
        twilio_auth_token="bench",
        twilio_whatsapp_from="whatsapp:+62800000000",
        twilio_api_base_url=f"http://127.0.0.1:{provider or 9}",
        log_level="ERROR",
    )
    try:
        KeyRing.load(settings.keyring_path, create=True)
        service = Service(settings, clock=Clock())
        migrate(service.database, service.ring)
        demo.seed(service)
        service.close()
        yield settings
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def _process(serve: Callable[..., None], *arguments: Any) -> Iterator[int]:
    """Run `serve(port, …)` in a fresh process until the block ends."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = int(free.getsockname()[1])
    process = multiprocessing.get_context("spawn").Process(
        target=serve, args=(port, *arguments), daemon=True
    )
    process.start()
    try:
        _wait_for(port, process)
        yield port
    finally:
        process.terminate()
        process.join(10)


def _wait_for(port: int, process: BaseProcess) -> None:
    for _ in range(600):
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        if not process.is_alive():
            break
        time.sleep(0.05)
    raise RuntimeError("a server of the bench did not start")


def _serve_ours(port: int, settings: Settings) -> None:
    create_app = importlib.import_module("webhooks.app").create_app
    _uvicorn(create_app(Service(settings), frozenset({"web"})), port)


def _serve_floor(port: int) -> None:
    from bot.bench.servers import floor

    _uvicorn(floor(), port)


def _serve_variant(port: int, settings: Settings) -> None:
    from bot.bench.servers import variant

    _uvicorn(variant(Service(settings)), port)


def _serve_provider(port: int) -> None:
    _on_core(0)
    uvloop.run(provide(port))


def _uvicorn(app: Any, port: int) -> None:
    _on_core(0)
    uvicorn.run(app, host="127.0.0.1", port=port, loop="uvloop", http="httptools",
                access_log=False, log_level="error")  # fmt: skip


def _on_core(number: int) -> None:
    """The server on one core, the load on the other, where the machine has two."""
    if hasattr(os, "sched_setaffinity") and (os.cpu_count() or 1) > 1:
        os.sched_setaffinity(0, {number})


# ---- the report


def _progress(text: str) -> None:
    if sys.stderr.isatty():
        print(f"\r{text:40}", end="", file=sys.stderr, flush=True)


def _has_open(connection: Connection, channel: str) -> bool:
    """Anything of this channel is still on its way."""
    found = (
        select(outbox.outbox.c.id)
        .where(outbox.outbox.c.channel == channel, outbox.outbox.c.status.in_(outbox.OPEN_STATES))
        .limit(1)
    )
    return connection.execute(found).first() is not None
