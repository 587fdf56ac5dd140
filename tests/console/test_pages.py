"""The officer's pages from outside: who gets in, and that nothing breaks them."""

import asyncio
import shutil
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import httpx
import pytest
from sqlalchemy import select

from bot import demo, links, tips
from bot.schedule import escalate_overdue
from console.edge import HEADERS, MAX_BODY
from tests.console.office import (
    FORM,
    STORY,
    Bot,
    enrol,
    sign_in,
)

# ---- who gets in

GUARDED = [
    ("GET", "/console/tip/1", {}, 200),
    ("POST", "/console/tip/1/ask", {"words": "Apakah busnya sudah datang?"}, 303),
    ("POST", "/console/tip/1/close", {"outcome": "handled"}, 200),
]
VISITORS = [
    "no cookie", "forged", "another officer's", "expired", "hot link as cookie", "escalated away",
    "withdrawn", "closed in chat", "officer left", "enrolled elsewhere", "right one",
]  # fmt: skip


async def cookie_of(visitor: str, bot: Bot, client: httpx.AsyncClient) -> str:
    """The cookie that this visitor brings to tip 1."""
    if visitor == "no cookie":
        return ""
    if visitor == "forged":
        return "A" * 32
    if visitor == "another officer's":
        return await sign_in(bot, client, demo.HEAD, 2)
    if visitor == "hot link as cookie":
        return bot.link(demo.OFFICER, "BACA 1").rsplit("/", 1)[1]
    reading = await sign_in(bot, client, demo.OFFICER, 1)
    match visitor:
        case "expired":
            bot.forward(minutes=15)
        case "escalated away":
            with bot.service.database.write() as connection:
                now = bot.service.clock.now() + timedelta(days=9)
                assert escalate_overdue(connection, bot.service, now) == 2
        case "withdrawn":
            with bot.service.database.write() as connection:
                tips.withdraw(connection, 1, bot.service.clock.now())
        case "closed in chat":
            bot.say(demo.OFFICER, "SELESAI 1")
            bot.say(demo.OFFICER, "1")
            assert bot.tip(1).status == "closed"
        case "officer left":
            bot.change_officer("D-001", active=False)
        case "enrolled elsewhere":
            bot.change_officer("D-001", contact_id=None)
    return reading


@pytest.mark.parametrize("visitor", VISITORS)
@pytest.mark.parametrize(("method", "path", "fields", "right"), GUARDED)
async def test_a_tip_opens_for_its_present_owner_only(
    bot: Bot, browser: httpx.AsyncClient, method: str, path: str, fields: dict[str, str],
    right: int, visitor: str,
) -> None:  # fmt: skip
    reading = await cookie_of(visitor, bot, browser)
    browser.cookies.clear()
    before = bot.whole_database()
    answer = await browser.request(
        method,
        path,
        data=fields | {"csrf": bot.csrf(reading)} if method == "POST" else None,
        headers={"cookie": f"kentongan_reading_1={reading}"} if reading else {},
    )
    if visitor == "right one":
        assert answer.status_code == right
        return
    assert answer.status_code == 403
    assert STORY not in answer.text
    assert "Halaman ini tertutup" in answer.text
    assert bot.whole_database() == before
    assert bot.woken == 0


async def test_a_number_without_a_tip_looks_like_somebody_elses(
    bot: Bot, browser: httpx.AsyncClient
) -> None:
    await sign_in(bot, browser, demo.OFFICER, 1)
    theirs = await browser.get("/console/tip/2")
    for number in ("999", "0", "99999999999999999999", "9" * 5000, "-1", "1x", "٢", "%00"):
        nobodys = await browser.get(f"/console/tip/{number}")
        assert (nobodys.status_code, nobodys.text) == (theirs.status_code, theirs.text)


@pytest.mark.parametrize("kind", ["t", "pin"])
@pytest.mark.parametrize(
    "token", ["A" * 32, "x", "A" * 5000, "%ff%fe" * 9, "%00" * 20, "' OR 1=1 --" * 3, "💥" * 20]
)
async def test_unknown_links_are_gone(browser: httpx.AsyncClient, kind: str, token: str) -> None:
    for method in ("GET", "POST"):
        answer = await browser.request(method, f"/console/{kind}/{token}", headers=FORM)
        assert answer.status_code in (410, 422) if method == "POST" else answer.status_code == 410
        assert "Tautan ini sudah tidak berlaku." in answer.text


async def test_a_link_ends_after_a_quarter_of_an_hour(bot: Bot, browser: httpx.AsyncClient) -> None:
    link = bot.link(demo.OFFICER, "BACA 1")
    bot.forward(minutes=14, seconds=59)
    assert (await browser.get(link)).status_code == 200
    bot.forward(seconds=1)
    for answer in (await browser.get(link), await browser.post(link, data={"pin": demo.PIN})):
        assert answer.status_code == 410
        words = "Tautan ini sudah tidak berlaku. Balas BACA dan nomornya di chat untuk tautan baru."
        assert words in answer.text


async def test_a_preview_uses_nothing_up_and_says_nothing(
    bot: Bot, browser: httpx.AsyncClient
) -> None:
    link = bot.link(demo.OFFICER, "BACA 1")
    before = bot.whole_database()
    for method in ("GET", "HEAD", "GET"):
        answer = await browser.request(method, link)
        assert answer.status_code == 200
        for told in ("laporan", "Laporan", "#1", "Baosan", "bus", "Sri", "Segera"):
            assert told not in answer.text
    assert bot.whole_database() == before
    assert (await browser.post(link, data={"pin": demo.PIN})).status_code == 303


async def test_a_link_opens_once_and_is_written_down(bot: Bot, browser: httpx.AsyncClient) -> None:
    link = bot.link(demo.OFFICER, "BACA 1")
    first = await browser.post(link, data={"pin": " 246 810 "})
    assert first.status_code == 303
    assert bot.actions()[-1] == ("officer:1", "read", "tip:1")
    for again in (await browser.get(link), await browser.post(link, data={"pin": demo.PIN})):
        assert again.status_code == 410
        assert "set-cookie" not in again.headers
    assert [action for _, action, _ in bot.actions()].count("read") == 1


async def test_two_at_once_get_one_reading(bot: Bot, browser: httpx.AsyncClient) -> None:
    link = bot.link(demo.OFFICER, "BACA 1")
    answers = await asyncio.gather(*(browser.post(link, data={"pin": demo.PIN}) for _ in range(4)))
    assert sorted(answer.status_code for answer in answers) == [303, 410, 410, 410]


async def test_the_cookie_is_hard_to_steal(bot: Bot, browser: httpx.AsyncClient) -> None:
    answer = await browser.post(bot.link(demo.OFFICER, "BACA 1"), data={"pin": demo.PIN})
    cookie = answer.headers["set-cookie"]
    flags = {part.strip().lower() for part in cookie.split(";")[1:]}
    assert flags == {"httponly", "secure", "samesite=strict", "path=/console", "max-age=900"}
    reading = cookie.split(";")[0].split("=")[1]
    with bot.service.database.read() as connection:
        stored = connection.execute(select(links.links.c.hash)).scalars().all()
    assert reading.encode() not in stored


async def test_without_https_the_cookie_still_works(template: Path, tmp_path: Path) -> None:
    shutil.copytree(template, tmp_path, dirs_exist_ok=True)
    bot = Bot(tmp_path, "http://127.0.0.1:8000")
    bot._events = 1000
    async with bot.browser() as client:
        await sign_in(bot, client, demo.OFFICER, 1)
        assert (await client.get("/console/tip/1")).status_code == 200
    bot.close()


async def test_a_tip_that_moved_on_before_the_pin_stays_shut(
    bot: Bot, browser: httpx.AsyncClient
) -> None:
    link = bot.link(demo.OFFICER, "BACA 1")
    with bot.service.database.write() as connection:
        tips.withdraw(connection, 1, bot.service.clock.now())
    assert (await browser.post(link, data={"pin": demo.PIN})).status_code == 410
    assert "read" not in [action for _, action, _ in bot.actions()]


# ---- nothing breaks it


PATHS = ["/console/t/{t}", "/console/tip/1", "/console/tip/1/ask", "/console/tip/1/close",
         "/console/pin/{p}", "/console/static/console.css"]  # fmt: skip
METHODS = {
    "/console/tip/1": {"GET", "HEAD"},
    "/console/static/console.css": {"GET", "HEAD"},
    "/console/tip/1/ask": {"POST"},
    "/console/tip/1/close": {"POST"},
}
BODIES: list[tuple[bytes, dict[str, str]]] = [
    (b"", FORM),
    (b"pin=%ff%fe&words=%80&csrf=%c3", FORM),
    (b"\xff\xfe\x00\x80", FORM),
    (b"pin=%00%00&words=%00&outcome=%00&again=%00", FORM),
    (b"pin[]=1&pin=%zz&=&&&;;==", FORM),
    (b"&".join(b"a=%d" % n for n in range(500)), FORM),
    (b"{}", {"content-type": "application/json"}),
    (b"--x\r\nContent-Disposition: form-data\r\n\r\n", {"content-type": "multipart/form-data"}),
    (b"x", {"content-type": "multipart/form-data; boundary=" + "=" * 200}),
    (b"pin=246810", {}),
    (b"pin=1", FORM | {"content-length": "abc"}),
    (b"pin=1", FORM | {"content-length": "9" * 5000}),
    (b"csrf=" + b"%F0%9F%92%A5" * 3000, FORM),
    (b"pin=" + b"1" * MAX_BODY, FORM),
]


@pytest.mark.parametrize("path", PATHS)
async def test_no_input_is_an_error_of_ours_and_all_answers_carry_the_headers(
    bot: Bot, browser: httpx.AsyncClient, path: str
) -> None:
    await sign_in(bot, browser, demo.OFFICER, 1)
    path = path.format(
        t=bot.link(demo.OFFICER, "BACA 1").rsplit("/", 1)[1], p=enrol(bot).rsplit("/", 1)[1]
    )
    for method in ("GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS", "PATCH", "TRACE", "BREW"):
        for body, headers in BODIES:
            answer = await browser.request(method, path, content=body, headers=headers)
            assert answer.status_code < 500, (method, path, body[:40])
            for name, value in HEADERS.items():
                assert answer.headers[name] == value
            if method not in METHODS.get(path, {"GET", "HEAD", "POST"}):
                assert answer.status_code == 405
                assert "GET" in answer.headers["allow"] or "POST" in answer.headers["allow"]
    assert bot.officer("D-001").pin_failures == 0
    assert bot.tip(1).status == "acknowledged"


@pytest.mark.parametrize("path", ["/console/t/" + "A" * 32, "/console/pin/" + "A" * 32])
@pytest.mark.parametrize("announced", [True, False])
async def test_a_body_is_cut_off_before_it_is_parsed(
    browser: httpx.AsyncClient, path: str, announced: bool
) -> None:
    sent = 0

    async def endless() -> AsyncIterator[bytes]:
        nonlocal sent
        for _ in range(1000):
            sent += 4096
            yield b"x" * 4096

    headers = FORM | ({"content-length": "4096000"} if announced else {})
    answer = await browser.post(path, content=endless(), headers=headers)
    assert answer.status_code == 413
    if not announced:
        assert sent <= MAX_BODY + 8192
    fits = await browser.post(path, content=b"pin=" + b"1" * (MAX_BODY - 4), headers=FORM)
    assert fits.status_code in (410, 422)


@pytest.mark.parametrize(
    "cookie",
    ["kentongan_reading_1=", "kentongan_reading_1=%ff", "=;;=;", "kentongan_reading_1=\xe9" * 9,
     "kentongan_reading_1=" + "A" * 9000, 'kentongan_reading_1="\\", x'],
)  # fmt: skip
async def test_cookies_that_are_none_of_ours(browser: httpx.AsyncClient, cookie: str) -> None:
    answer = await browser.get("/console/tip/1", headers=[(b"cookie", cookie.encode("latin-1"))])
    assert answer.status_code == 403


async def test_trouble_of_our_own_is_said_kindly_and_quotes_nothing(
    bot: Bot,
    browser: httpx.AsyncClient,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    await sign_in(bot, browser, demo.OFFICER, 1)

    def fail(*_: object) -> None:
        raise RuntimeError(f"near {STORY}")

    monkeypatch.setattr("console.desk.read_case", fail)
    answer = await browser.get("/console/tip/1")
    assert (answer.status_code, "Ada gangguan" in answer.text) == (503, True)
    assert answer.headers["cache-control"] == "no-store"
    assert "RuntimeError" in caplog.text
    assert STORY not in caplog.text


async def test_the_style_is_served(browser: httpx.AsyncClient) -> None:
    answer = await browser.get("/console/static/console.css")
    assert answer.headers["content-type"].startswith("text/css")
    assert "main.page" in answer.text
