"""A real `kentongan serve` process that can be killed and started again on the same data."""

import os
import signal
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

from sqlalchemy import select

from bot import demo
from bot.database import Database
from bot.outbox import OPEN_STATES, outbox
from bot.sealing import KeyRing
from bot.service import Service, migrate
from bot.settings import read_settings
from tests.fakes.telegram import TOKEN, USERNAME, FakeTelegram
from tests.fakes.twilio import ACCOUNT_SID, AUTH_TOKEN, SENDER, FakeTwilio
from tests.postgresql import free_port

ROOT = Path(__file__).resolve().parents[2]
SECRET = "a-secret-of-Telegram_0123456789"
PUBLIC = "https://bot.example.go.id"
STARTS_WITHIN = 40.0
REAL = ("telegram", "whatsapp")


class ServerProcess:
    """The whole service in one process: webhooks, senders, schedule."""

    def __init__(
        self,
        folder: Path,
        telegram: FakeTelegram,
        twilio: FakeTwilio,
        *,
        database_url: str = "",
        quick: bool = True,
    ) -> None:
        """`quick=False` runs `kentongan serve` as it is, with its minutes of waiting."""
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.log = folder / "server.log"
        self.database_url = database_url or f"sqlite:///{folder / 'kentongan.db'}"
        self.keyring = folder / "keyring.json"
        self._folder = folder
        self._command = [sys.executable, "-m", "tests.faults.quick_serve"]
        if not quick:
            self._command = [sys.executable, "-m", "bot", "serve"]
        self.environment = {
            "PATH": os.environ["PATH"],
            "HOME": str(folder),
            "PYTHONPATH": str(ROOT),
            "KENTONGAN_DATABASE_URL": self.database_url,
            "KENTONGAN_KEYRING_PATH": str(self.keyring),
            "KENTONGAN_PUBLIC_BASE_URL": PUBLIC,
            "KENTONGAN_PORT": str(self.port),
            "KENTONGAN_OFFICE": demo.OFFICE,
            "KENTONGAN_TELEGRAM_BOT_TOKEN": TOKEN,
            "KENTONGAN_TELEGRAM_BOT_USERNAME": USERNAME,
            "KENTONGAN_TELEGRAM_WEBHOOK_SECRET": SECRET,
            "KENTONGAN_TELEGRAM_API_BASE_URL": telegram.url,
            "KENTONGAN_TWILIO_ACCOUNT_SID": ACCOUNT_SID,
            "KENTONGAN_TWILIO_AUTH_TOKEN": AUTH_TOKEN,
            "KENTONGAN_TWILIO_WHATSAPP_FROM": SENDER,
            "KENTONGAN_TWILIO_API_BASE_URL": twilio.url,
            "KENTONGAN_ACCEPT_UNREVIEWED": "true",
            "KENTONGAN_LOG_LEVEL": "WARNING",
        }
        self._process: subprocess.Popen[bytes] | None = None
        self.kills = 0
        self._seed()
        twilio.call_back_to = self.url

    def service(self) -> Service:
        """The same data, seen from here. To be closed by the caller."""
        settings = read_settings(
            _env_file=None, database_url=self.database_url, keyring_path=self.keyring,
            office=demo.OFFICE,
        )  # fmt: skip
        return Service(settings)

    def settled(self) -> bool:
        """No message to a real person is on its way."""
        waiting = select(outbox.c.id).where(
            outbox.c.channel.in_(REAL), outbox.c.status.in_(OPEN_STATES)
        )
        database = Database(self.database_url)
        try:
            with database.read() as connection:
                return connection.execute(waiting).first() is None
        finally:
            database.close()

    def start(self) -> None:
        """Returns when it answers."""
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(
                self._command, cwd=self._folder, env=self.environment, stdout=log, stderr=log
            )
        ends = time.monotonic() + STARTS_WITHIN
        while not self._answers():
            if self._process.poll() is not None or time.monotonic() > ends:
                raise AssertionError(f"the server did not start:\n{self.log.read_text()[-2000:]}")
            time.sleep(0.02)

    def kill(self) -> None:
        """SIGKILL: nothing is finished, noted or closed."""
        assert self._process is not None
        assert self._process.poll() is None, f"it ended by itself:\n{self.log.read_text()[-2000:]}"
        self._process.send_signal(signal.SIGKILL)
        self._process.wait(20)
        self.kills += 1

    def stop(self) -> None:
        """As an operator stops it; fails when it does not end by itself."""
        if self._process is not None and self._process.poll() is None:
            self._process.terminate()
            try:
                self._process.wait(25)
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.wait()
                raise

    def _answers(self) -> bool:
        try:
            with urllib.request.urlopen(f"{self.url}/healthz", timeout=2) as answer:
                return bool(answer.status == 200)
        except OSError:
            return False

    def _seed(self) -> None:
        KeyRing.load(self.keyring, create=True)
        service = self.service()
        migrate(service.database)
        demo.seed(service)
        service.close()
