"""The real app behind a real uvicorn on loopback, with fake providers that it really calls."""

import asyncio
import json
import re
import sqlite3
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager
from itertools import count
from pathlib import Path
from typing import Any, Self, TypeVar

import httpx
import pytest
import uvicorn
from twilio.request_validator import RequestValidator

from bot import demo
from bot.sealing import KeyRing
from bot.sender import Sender
from bot.service import Service, migrate
from bot.settings import read_settings
from tests.fakes.telegram import TOKEN, FakeTelegram
from tests.fakes.telegram import Sent as TelegramSent
from tests.fakes.twilio import ACCOUNT_SID, AUTH_TOKEN, SENDER, FakeTwilio, inbound_form, sign
from tests.fakes.twilio import Sent as TwilioSent
from webhooks.app import create_app

SECRET = "a-secret-of-Telegram_0123456789"
PUBLIC = "https://bot.example.go.id"
WITHIN = 30.0
"""Seconds after which something that should have happened is missed, also on a busy machine."""

T = TypeVar("T")


def eventually(look: Callable[[], T], what: str, within: float = WITHIN) -> T:
    """What `look` gives as soon as it is something; fails when nothing comes."""
    ends = time.monotonic() + within
    while not (found := look()):
        assert time.monotonic() < ends, f"not within {within:.0f} s: {what}"
        time.sleep(0.01)
    return found


class LiveBot:
    """One server process's worth of bot, in a thread. Everything goes in and out over HTTP."""

    _ids = count(1)

    def __init__(self, folder: Path, telegram: FakeTelegram, twilio: FakeTwilio, **settings: Any):
        self.telegram, self.twilio = telegram, twilio
        self.file = folder / "kentongan.db"
        keyring = folder / "keyring.json"
        self.service = Service(
            read_settings(
                _env_file=None,
                **{
                    "database_url": f"sqlite:///{self.file}",
                    "keyring_path": keyring,
                    "public_base_url": PUBLIC,
                    "office": demo.OFFICE,
                    "telegram_bot_token": TOKEN,
                    "telegram_webhook_secret": SECRET,
                    "telegram_api_base_url": telegram.url,
                    "twilio_account_sid": ACCOUNT_SID,
                    "twilio_auth_token": AUTH_TOKEN,
                    "twilio_whatsapp_from": SENDER,
                    "twilio_api_base_url": twilio.url,
                    **settings,
                },
            ),
            ring=KeyRing.load(keyring, create=True),
        )
        migrate(self.service.database)
        demo.seed(self.service)
        self._server = _Server(create_app(self.service, paced=False))
        self.url = self._server.url
        self.http = httpx.Client(base_url=self.url, trust_env=False, timeout=30)

    def __enter__(self) -> Self:
        self._server.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.http.close()
        self._server.stop()
        self.service.close()

    # ---- Telegram calls

    def telegram_call(self, body: bytes | dict[str, Any], **headers: str) -> httpx.Response:
        """POST one update as Telegram does; `secret=""` sends an empty header."""
        if isinstance(body, dict):
            body = json.dumps({"update_id": self.new_id(), **body}).encode()
        secret = headers.pop("secret", SECRET)
        sent = {"Content-Type": "application/json", "X-Telegram-Bot-Api-Secret-Token": secret}
        coded = [
            (name.encode(), value.encode("latin-1")) for name, value in (sent | headers).items()
        ]
        return self.http.post("/webhooks/telegram", content=body, headers=coded)

    def says(self, chat: int, text: str, update_id: int = 0) -> httpx.Response:
        """A person writes to the bot on Telegram."""
        update = {"update_id": update_id or self.new_id()} | private(chat, text=text)
        return self.telegram_call(update)

    def presses(self, chat: int, payload: str, callback_id: str) -> httpx.Response:
        return self.telegram_call(
            {
                "callback_query": {
                    "id": callback_id,
                    "from": person(chat),
                    "message": private(chat, text="…")["message"],
                    "chat_instance": "1",
                    "data": payload,
                }
            }
        )

    def heard(self, chat: int) -> list[TelegramSent]:
        return [sent for sent in self.telegram.sent if sent.chat == str(chat)]

    def telegram_answer(self, chat: int, after: int = 0) -> TelegramSent:
        """The newest message in the chat, once there are more than `after`."""
        return eventually(lambda: self.heard(chat)[after:], f"an answer in chat {chat}")[-1]

    def talks(self, chat: int, text: str) -> TelegramSent:
        """Say it and wait until the bot has said all it has to say to that."""
        before = len(self.heard(chat))
        assert self.says(chat, text).status_code == 200
        self.until_quiet()
        return self.telegram_answer(chat, before)

    # ---- Twilio calls

    def twilio_call(
        self,
        form: dict[str, str] | bytes,
        path: str = "/webhooks/twilio",
        *,
        signature: str | None = None,
        **headers: str,
    ) -> httpx.Response:
        """POST a form as Twilio does: signed over the public address."""
        if signature is None:
            signature = sign(PUBLIC + path, form) if isinstance(form, dict) else ""
        if signature:
            headers["X-Twilio-Signature"] = signature
        if isinstance(form, dict):
            return self.http.post(path, data=form, headers=headers)
        headers.setdefault("Content-Type", "application/x-www-form-urlencoded")
        return self.http.post(path, content=form, headers=headers)

    def whatsapp(self, sender: str, text: str, **more: str) -> httpx.Response:
        return self.twilio_call(inbound_form(text, sender=sender, **more))

    def got(self, address: str) -> list[TwilioSent]:
        return [sent for sent in self.twilio.sent if sent.to == address]

    def whatsapp_answer(self, address: str, after: int = 0) -> TwilioSent:
        return eventually(lambda: self.got(address)[after:], f"an answer to {address}")[-1]

    # ---- looking inside

    def rows(self, query: str, *values: object) -> list[tuple[Any, ...]]:
        with closing(sqlite3.connect(self.file)) as connection:
            return connection.execute(query, values).fetchall()

    def until_quiet(self) -> None:
        """Until nothing of the real channels is on its way."""
        open_rows = (
            "SELECT 1 FROM outbox WHERE status IN ('queued', 'sending') AND channel != 'simulator'"
        )
        eventually(lambda: not self.rows(open_rows), "an empty outbox")

    @contextmanager
    def sender_may_not_note(self) -> Iterator[None]:
        """What has left is written down only after this block, as when the process is slow."""
        # The sender keeps what it could not note and asks again; waiting here would hold the loop
        # that takes the callbacks.
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(Sender, "_note", lambda sender: None)
            yield

    def everything(self) -> dict[str, list[tuple[Any, ...]]]:
        """Every row of every table but the leases, which a timer renews."""
        tables = self.rows("SELECT name FROM sqlite_master WHERE type = 'table'")
        return {
            name: sorted(self.rows(f'SELECT * FROM "{name}"'), key=repr)
            for (name,) in tables
            if name not in ("lease", "tick")
        }

    def metric(self, name: str, **labels: str) -> float:
        """The sum of this metric's samples with these labels."""
        total = 0.0
        for line in self.http.get("/metrics").text.splitlines():
            head, _, value = line.rpartition(" ")
            given = dict(re.findall(r'(\w+)="([^"]*)"', head))
            if head.partition("{")[0] == name and labels.items() <= given.items():
                total += float(value)
        return total

    @classmethod
    def new_id(cls) -> int:
        """For an update, a chat or a phone that no other test has."""
        return 7_000_000 + next(cls._ids)


def person(chat: int) -> dict[str, Any]:
    return {"id": chat, "is_bot": False, "first_name": "Siti", "language_code": "id"}


def private(chat: int, **fields: Any) -> dict[str, Any]:
    where = {"id": chat, "type": "private", "first_name": "Siti"}
    return {"message": {"message_id": 1, "date": 1, "chat": where, "from": person(chat), **fields}}


def in_group(group: int, **fields: Any) -> dict[str, Any]:
    where = {"id": group, "type": "supergroup", "title": "Warga Krajan"}
    return {"message": {"message_id": 1, "date": 1, "chat": where, "from": person(4711), **fields}}


def membership(group: int, before: str, after: str) -> dict[str, Any]:
    us = {"id": 123456789, "is_bot": True, "first_name": "Kentongan"}
    return {
        "my_chat_member": {
            "chat": {"id": group, "type": "supergroup", "title": "Warga Krajan"},
            "from": person(4711),
            "date": 1,
            "old_chat_member": {"user": us, "status": before},
            "new_chat_member": {"user": us, "status": after},
        }
    }


def signed_by_library(path: str, form: Any) -> str:
    """For a body that was damaged on purpose: what Twilio would sign if it had sent this."""
    validator = RequestValidator(AUTH_TOKEN)
    return str(validator.compute_signature(PUBLIC + path, form))


@contextmanager
def live_bot(folder: Path, **settings: Any) -> Iterator[LiveBot]:
    """A bot with providers of its own."""
    with ExitStack() as stack:
        telegram = stack.enter_context(FakeTelegram())
        twilio = stack.enter_context(FakeTwilio())
        bot = stack.enter_context(LiveBot(folder, telegram, twilio, **settings))
        twilio.call_back_to = bot.url
        yield bot


class _Server:
    """uvicorn as `kentongan serve` runs it, in a thread, with the app's own start and end."""

    def __init__(self, app: Any) -> None:
        config = uvicorn.Config(
            app, port=0, loop="uvloop", http="httptools", lifespan="on",
            access_log=False, log_level="critical", timeout_graceful_shutdown=5,
        )  # fmt: skip
        self._socket = config.bind_socket()
        self.url = f"http://127.0.0.1:{self._socket.getsockname()[1]}"
        self._server = uvicorn.Server(config)
        self._thread = threading.Thread(target=self._run, daemon=True)

    def start(self) -> None:
        self._thread.start()
        eventually(
            lambda: self._server.started or not self._thread.is_alive(), "the server's start"
        )
        assert self._server.started, "the app did not start"

    def stop(self) -> None:
        self._server.should_exit = True
        self._thread.join(20)
        assert not self._thread.is_alive(), "the server does not stop"
        self._socket.close()

    def _run(self) -> None:
        with asyncio.Runner(loop_factory=self._server.config.get_loop_factory()) as runner:
            runner.run(self._server.serve(sockets=[self._socket]))
