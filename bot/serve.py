"""`kentongan serve` and `kentongan demo`: the process itself."""

import asyncio
import importlib
import logging
import signal
import socket
import sys
from pathlib import Path
from typing import Any

import uvicorn

from bot import demo as example
from bot import reviews
from bot.clock import Clock
from bot.database import Database
from bot.running import PARTS, Running
from bot.sealing import KeyRing
from bot.service import Service, migrate
from bot.settings import Settings, SettingsError, read_settings
from bot.terminal import begin_log

DEMO_FOLDER = Path("var/demo")

log = logging.getLogger("kentongan")


def serve(settings: Settings, parts: frozenset[str]) -> int:
    """Run until stopped. Raises SettingsError when real people would get unreviewed law."""
    begin_log(settings, "%(asctime)s %(levelname)s %(name)s: %(message)s")
    if "web" in parts:
        refuse_taken_port(settings)
    service = Service(settings)
    refuse_unreviewed(service)
    refuse_unaccepted(settings)
    migrate(service.database, service.ring)
    service.office()
    if "web" in parts:
        uvicorn.run(_app(service, parts), **_web(settings))
    else:
        asyncio.run(_without_web(service, parts))
    service.close()
    return 0


def demo(port: int) -> int:
    """The example office on an embedded database of its own; no account, key or setting needed."""
    address = f"http://127.0.0.1:{port}"
    settings = read_settings(
        _env_file=None,
        database_url=f"sqlite:///{DEMO_FOLDER}/kentongan.db",
        keyring_path=DEMO_FOLDER / "keyring.json",
        public_base_url=address,
        port=port,
        office=example.OFFICE,
        simulator=True,
        telegram_bot_token="",  # whatever the environment says: nobody real is reached
        twilio_auth_token="",
    )
    begin_log(settings, "%(asctime)s %(levelname)s %(name)s: %(message)s")
    refuse_taken_port(settings)  # before anything is emptied: another demo may be running
    ring = KeyRing.load(settings.keyring_path, create=True)
    service = Service(settings, database=Database(settings.database_url), ring=ring, clock=Clock())
    migrate(service.database, service.ring)
    example.start_over(service)
    print(
        f"\n  Kentongan is drumming: open {address}/simulator/\n  (stop with Ctrl+C)\n", flush=True
    )
    uvicorn.run(_app(service, PARTS), **_web(settings))
    service.close()
    return 0


def refuse_taken_port(settings: Settings) -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((settings.host, settings.port))
        except OSError:
            raise SettingsError(
                f"KENTONGAN_PORT: port {settings.port} is taken on {settings.host}; stop what uses "
                "it or choose another (kentongan demo --port 8001)"
            ) from None


def refuse_unreviewed(service: Service) -> None:
    """Real channels get only content that a person has stamped, or that the office accepted in
    writing to be labelled as unreviewed (design.md 6)."""
    settings = service.settings
    if not settings.real_channels or settings.accept_unreviewed:
        return
    if unread := reviews.unreviewed():
        raise SettingsError(
            f"KENTONGAN_ACCEPT_UNREVIEWED: {', '.join(unread)} are reviewed by nobody; "
            "stamp them with `kentongan content stamp` or set this to true to send them labelled"
        )


def refuse_unaccepted(settings: Settings) -> None:
    """Reports of real people are readable to more than officers' keys only where the office has
    accepted that in writing (security.md 3.2)."""
    if settings.real_channels and settings.tip_mode != "sealed" and not settings.tip_mode_accepted:
        raise SettingsError(
            f"KENTONGAN_TIP_MODE_ACCEPTED: mode {settings.tip_mode} needs who at the office "
            "accepted it in writing, and when; or set KENTONGAN_TIP_MODE=sealed"
        )


def _app(service: Service, parts: frozenset[str]) -> Any:
    # By name: bot/ never imports the web edges, it only starts them.
    return importlib.import_module("webhooks.app").create_app(service, parts)


def _web(settings: Settings) -> dict[str, Any]:
    return {
        "host": settings.host,
        "port": settings.port,
        "loop": "uvloop" if sys.platform != "win32" else "auto",
        "http": "httptools",
        "access_log": False,  # addresses of the webhooks' callers and of officers stay unwritten
        "server_header": False,
        "timeout_graceful_shutdown": 5,
        "log_level": settings.log_level.lower(),
    }


async def _without_web(service: Service, parts: frozenset[str]) -> None:
    stopped = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stopped.set)
    async with Running(service, parts).started():
        log.info("running: %s", ", ".join(sorted(parts)))
        await stopped.wait()
