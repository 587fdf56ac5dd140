"""What a page costs on a weak signal, and that nothing in it comes from, or goes, elsewhere."""

import gzip
import hashlib
import re
from pathlib import Path

import httpx
import pytest

from console.edge import HEADERS
from tests.console.office import Bot, add_officer, invite, sign_in

STATIC = Path(__file__).resolve().parents[2] / "console" / "static"
LARGEST_PAGE = 150 * 1024
VENDOR = {
    "keys.js": "53763f4fc791ce614bf1e1e0e4763795ebaa78c78c5104053e3dc8f976b80ac2",
    "age.js": "4ffb0d536c8505fd3360a19ec224ad8342fd052f03b7819b6d8b3d343ff5c060",
    "qr.js": "72b924e598fc3efc0d4da0cd79acad3c89d01b2e378fb9839154225bab78e2a9",
}
"""SHA-256 as built by the commands of console/static/vendor/README.md."""
ROLES = {"D-001": "", "D-003": "", "D-030": "admin", "D-031": "auditor", "D-032": "dpo"}
PAGES = [
    ("", "/console/"),
    ("", "/console/?again=session&next=/console/tip/1"),
    ("", "/console/forgot"),
    ("", "/console/none"),
    ("D-001", "/console/account"),
    ("D-003", "/console/account"),
    ("D-003", "/console/keys/work"),
    ("D-030", "/console/office"),
    ("D-031", "/console/audit"),
    ("D-032", "/console/data"),
]


@pytest.mark.parametrize("name", VENDOR)
def test_no_library_changes_unseen(name: str) -> None:
    found = hashlib.sha256((STATIC / "vendor" / name).read_bytes()).hexdigest()
    assert found == VENDOR[name]


async def enter(bot: Bot, browser: httpx.AsyncClient, staff_no: str) -> None:
    if role := ROLES.get(staff_no, ""):
        add_officer(bot, staff_no, role)
    if staff_no:
        await sign_in(bot, browser, staff_no)


@pytest.mark.parametrize(("staff_no", "path"), PAGES)
async def test_every_answer_keeps_its_page_to_itself(
    bot: Bot, browser: httpx.AsyncClient, staff_no: str, path: str
) -> None:
    await enter(bot, browser, staff_no)
    answer = await browser.get(path)
    assert answer.status_code == (404 if "none" in path else 200)
    for name, value in HEADERS.items():
        assert answer.headers[name] == value
    assert "unsafe-inline" not in answer.headers["content-security-policy"]
    html = answer.text
    assert not re.search(r"<script(?![^>]*\bsrc=)(?![^>]*application/json)|\son\w+=|style=", html)
    assert not re.search(r"(?:src|href|action)=\"(?:https?:)?//", html)


@pytest.mark.parametrize(("staff_no", "path"), PAGES)
async def test_a_page_is_small(
    bot: Bot, browser: httpx.AsyncClient, staff_no: str, path: str
) -> None:
    await enter(bot, browser, staff_no)
    assert await weight(browser, path) < LARGEST_PAGE


async def test_the_set_up_page_is_small(bot: Bot, browser: httpx.AsyncClient) -> None:
    assert await weight(browser, invite(bot)) < LARGEST_PAGE


async def weight(browser: httpx.AsyncClient, path: str) -> int:
    """Bytes over the wire: the page, and every script and style it leads to."""
    page = await browser.get(path)
    waiting = re.findall(r"(?:src|href)=\"([^\"]+\.(?:js|css))\"", page.text)
    total, seen = len(page.content), set()
    while waiting:
        address = waiting.pop()
        if address in seen:
            continue
        seen.add(address)
        async with browser.stream("GET", address) as answer:
            assert answer.status_code == 200
            assert answer.headers["content-encoding"] == "gzip"
            raw = b"".join([chunk async for chunk in answer.aiter_raw()])
        total += len(raw)
        folder = address.rsplit("/", 1)[0]
        for name in re.findall(rb"from ?\"(\./[\w./]+\.js)\"", gzip.decompress(raw)):
            waiting.append(f"{folder}/{name.decode().removeprefix('./')}")
    return total


async def test_scripts_stay_in_the_browser_until_they_change(browser: httpx.AsyncClient) -> None:
    html = (await browser.get("/console/")).text
    address = re.search(r"href=\"([^\"]+console\.css)\"", html)
    assert address
    answer = await browser.get(address[1])
    assert answer.headers["cache-control"] == "public, max-age=31536000, immutable"
    assert answer.headers["content-type"].startswith("text/css")
    old = await browser.get("/console/static/000000000000/console.css")
    assert old.headers["cache-control"] == "no-store"
    plain = await browser.get(address[1], headers={"accept-encoding": "identity"})
    assert "content-encoding" not in plain.headers
    assert plain.content == answer.content


@pytest.mark.parametrize(
    "name", ["none.js", "../app.py", "%2e%2e/app.py", "vendor/README.md", "vendor/package.json",
             "vendor/keys_entry.js", ""],
)  # fmt: skip
async def test_only_scripts_and_styles_are_served(browser: httpx.AsyncClient, name: str) -> None:
    assert (await browser.get(f"/console/static/x/{name}")).status_code == 404
