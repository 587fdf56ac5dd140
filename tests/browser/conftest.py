"""A real server process and a real browser: Debian's Chromium, driven by Playwright."""

import os
import shutil
import subprocess
import sys
import threading
import time
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
import uvicorn
from playwright.sync_api import Browser, Locator, Page, Route, expect, sync_playwright

from bot import demo
from bot.service import migrate
from tests.console.office import Bot
from tests.postgresql import free_port

CHROMIUM_FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


@pytest.fixture(scope="module")
def demo_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """`kentongan demo`, as a newcomer starts it, in an empty folder."""
    port = free_port()
    folder = tmp_path_factory.mktemp("demo")
    environment = {"PATH": os.environ["PATH"], "HOME": str(folder)}
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "bot", "demo", "--port", str(port)],
            cwd=folder,
            env=environment | {"PYTHONPATH": str(Path(__file__).resolve().parents[2])},
            stdout=log,
            stderr=log,
        )
    address = f"http://127.0.0.1:{port}"
    _wait_until_ready(address, process, folder / "log")
    yield address
    process.terminate()
    process.wait(20)


class Phone:
    """One of the phones on the page."""

    def __init__(self, page: Page, name: str) -> None:
        self._phone = page.locator(f'[data-phone="{name}"]')

    def types(self, text: str) -> None:
        self._phone.locator("form.say input[name=text]").fill(text)
        self._phone.locator("form.say").locator("button[type=submit]").click()

    def presses(self, label: str) -> None:
        self._phone.locator("button.choice", has_text=label).last.click()

    def shows(self, text: str) -> None:
        expect(self.bubbles.filter(has_text=text).last).to_be_visible(timeout=10_000)

    @property
    def bubbles(self) -> Locator:
        return self._phone.locator(".bubble")

    def says_nowhere(self, text: str) -> None:
        assert text not in (self._phone.inner_text())


@pytest.fixture
def page(browser: Browser, demo_url: str) -> Iterator[Page]:
    page = browser.new_page(viewport={"width": 1400, "height": 900}, locale="id-ID")
    page.goto(f"{demo_url}/simulator/")
    page.locator("[data-action=reset]").click()
    with page.expect_response("**/simulator/reset"):
        page.locator("[data-action=reset-confirm]").click()
    expect(page.locator("#announce")).to_have_text("Simulator mulai dari awal")
    expect(page.locator(".bubble")).to_have_count(0)
    yield page
    page.close()


def _wait_until_ready(address: str, process: "subprocess.Popen[bytes]", log: Path) -> None:
    for _ in range(300):
        try:
            with urllib.request.urlopen(f"{address}/readyz", timeout=2) as answer:
                if answer.status == 200:
                    return
        except OSError:
            time.sleep(0.1)
        if process.poll() is not None:
            break
    pytest.fail(f"kentongan demo did not start:\n{log.read_text()}", pytrace=False)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Fails, never skips, when Debian's Chromium is missing.

    For the module only: Playwright's loop runs in this thread while it is open, and no
    asynchronous test could run beside it.
    """
    chromium = shutil.which("chromium")
    if chromium is None:
        pytest.fail("Chromium is needed for these tests: apt-get install chromium", pytrace=False)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=list(CHROMIUM_FLAGS))
        yield browser
        browser.close()


@dataclass
class LiveConsole:
    """The example office's console on a port of its own, on a clock that stands still."""

    bot: Bot
    url: str

    def code(self, staff_no: str) -> str:
        return self.bot.code(staff_no)


@pytest.fixture
def live(tmp_path: Path) -> Iterator[LiveConsole]:
    """A fresh example office behind a real server, in a thread beside the test."""
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    bot = Bot(tmp_path, url)
    migrate(bot.service.database)
    demo.seed(bot.service)
    config = uvicorn.Config(bot.app, port=port, log_level="critical", lifespan="off")
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run)
    thread.start()
    while not server.started and thread.is_alive():
        time.sleep(0.01)
    yield LiveConsole(bot, url)
    server.should_exit = True
    thread.join()
    bot.close()


@pytest.fixture
def phone(browser: Browser, live: LiveConsole) -> Iterator[Page]:
    """A small phone that fails the test when its page fails, or asks another server for anything."""
    context = browser.new_context(viewport={"width": 360, "height": 740}, locale="id-ID")
    page = context.new_page()
    wrong: list[str] = []
    page.on("pageerror", lambda error: wrong.append(str(error)))
    page.on("console", lambda line: wrong.append(line.text) if "Security" in line.text else None)

    def only_ours(route: Route) -> None:
        if not route.request.url.startswith((live.url + "/", "data:", "blob:")):
            wrong.append(f"asked {route.request.url}")
        route.continue_()

    page.route("**/*", only_ours)
    yield page
    context.close()
    assert wrong == []


def sign_in(page: Page, live: LiveConsole, staff_no: str, next: str = "/console/account") -> None:
    """Through the real page, half a minute later: a code works once."""
    live.bot.forward(seconds=30)
    page.goto(f"{live.url}/console/?next={next}")
    page.fill("#staff-no", staff_no)
    page.fill("#password", demo.PASSWORD)
    page.fill("#code", live.code(staff_no))
    page.get_by_role("button", name="Masuk").click()
    page.wait_for_url(live.url + next)


def keep(page: Page, name: str) -> None:
    """Screenshots for people: only where SCREENSHOTS names a folder."""
    if folder := os.environ.get("SCREENSHOTS"):
        page.screenshot(path=f"{folder}/{name}.png", full_page=True)
