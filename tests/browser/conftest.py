"""A real server process and a real browser: Debian's Chromium, driven by Playwright."""

import os
import shutil
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, sync_playwright

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
