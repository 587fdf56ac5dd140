"""What an officer does from the page, and posts that come from elsewhere."""

import asyncio
import re

import httpx
import pytest
from markupsafe import escape

from bot import demo
from flows.officer_desk import OUTCOMES
from tests.console.office import (
    BASE,
    Bot,
    sign_in,
)

# ---- asking and closing


async def test_a_question_reaches_the_reporter(bot: Bot, browser: httpx.AsyncClient) -> None:
    reading = await sign_in(bot, browser, demo.OFFICER, 1)
    fields = {"csrf": bot.csrf(reading), "words": "Busnya apa?\r\nNIK 3502020101900001\x00\u202e"}
    answer = await browser.post("/console/tip/1/ask", data=fields)
    assert (answer.status_code, answer.headers["location"]) == (
        303, "/console/tip/1#percakapan",
    )  # fmt: skip
    assert bot.woken == 1
    assert bot.sent() == {demo.VILLAGER: ["Ada pesan untuk Anda. Tulis BUKA untuk membacanya."]}
    assert bot.actions()[-1] == ("officer:1", "asked", "tip:1")
    html = (await browser.get("/console/tip/1")).text
    assert "<p>Busnya apa?\nNIK [NIK disembunyikan]</p>" in html


async def test_a_second_tap_sends_nothing_twice(bot: Bot, browser: httpx.AsyncClient) -> None:
    reading = await sign_in(bot, browser, demo.OFFICER, 1)
    fields = {"csrf": bot.csrf(reading), "words": "Apakah busnya biru?"}
    answers = await asyncio.gather(
        *(browser.post("/console/tip/1/ask", data=fields) for _ in range(3))
    )
    assert [answer.status_code for answer in answers] == [303] * 3
    assert len(bot.sent()[demo.VILLAGER]) == 1


@pytest.mark.parametrize(
    ("words", "error"),
    [
        ("", "terlalu pendek"),
        ("   \n ", "terlalu pendek"),
        ("?!.", "terlalu pendek"),
        ("ab", "terlalu pendek"),
        ("\u200b\u202e\x00\x07\u2066", "terlalu pendek"),
        ('kata <b> & "x" ' + "a" * 1000, "terlalu panjang"),
    ],
)
async def test_what_was_typed_is_kept_when_it_cannot_go_out(
    bot: Bot, browser: httpx.AsyncClient, words: str, error: str
) -> None:
    reading = await sign_in(bot, browser, demo.OFFICER, 1)
    fields = {"csrf": bot.csrf(reading), "words": words}
    answer = await browser.post("/console/tip/1/ask", data=fields)
    assert (answer.status_code, error in answer.text) == (422, True)
    assert f">\n{escape(words)}</textarea>" in answer.text
    assert (bot.sent(), bot.woken) == ({}, 0)


async def test_a_thousand_characters_fit(bot: Bot, browser: httpx.AsyncClient) -> None:
    reading = await sign_in(bot, browser, demo.OFFICER, 1)
    words = "é\r\n" * 500
    fields = {"csrf": bot.csrf(reading), "words": words}
    assert (await browser.post("/console/tip/1/ask", data=fields)).status_code == 303


async def test_who_wants_no_questions_gets_none(bot: Bot, browser: httpx.AsyncClient) -> None:
    bot.report(contact="2")
    bot.link(demo.OFFICER, "AMBIL 3")
    reading = await sign_in(bot, browser, demo.OFFICER, 3)
    html = (await browser.get("/console/tip/3")).text
    assert "/ask" not in html
    assert "memilih tidak ditanya" in html
    fields = {"csrf": bot.csrf(reading), "words": "Siapa nama Anda?"}
    answer = await browser.post("/console/tip/3/ask", data=fields)
    assert answer.status_code == 409
    assert bot.sent() == {}


@pytest.mark.parametrize("outcome", OUTCOMES)
async def test_closing(bot: Bot, browser: httpx.AsyncClient, outcome: str) -> None:
    reading = await sign_in(bot, browser, demo.OFFICER, 1)
    html = (await browser.get("/console/tip/1")).text
    words = bot.service.catalog.wording.say(f"officer_desk.outcome_{outcome}")
    assert f'value="{outcome}" required>{words}' in html
    fields = {"csrf": bot.csrf(reading), "outcome": outcome}
    answer = await browser.post("/console/tip/1/close", data=fields)
    assert (answer.status_code, "#1 ditutup" in answer.text) == (200, True)
    assert bot.tip(1).status == "closed"
    assert bot.woken == 1
    assert demo.VILLAGER in bot.sent()
    assert bot.actions()[-1] == ("officer:1", f"closed:{outcome}", "tip:1")
    browser.cookies.set("kentongan_reading_1", reading)
    assert (await browser.post("/console/tip/1/close", data=fields)).status_code == 403


@pytest.mark.parametrize("outcome", ["", "deleted", "handled ", "<b>"])
async def test_an_outcome_that_is_none(bot: Bot, browser: httpx.AsyncClient, outcome: str) -> None:
    reading = await sign_in(bot, browser, demo.OFFICER, 1)
    fields = {"csrf": bot.csrf(reading), "outcome": outcome}
    answer = await browser.post("/console/tip/1/close", data=fields)
    assert (answer.status_code, "Pilih dulu hasilnya" in answer.text) == (422, True)
    assert bot.tip(1).status == "acknowledged"


async def test_a_question_is_answered_as_it_is_typed(bot: Bot, browser: httpx.AsyncClient) -> None:
    for text in ("petugas", "Berapa biaya paspor?"):
        bot.say("tetangga", text)
    assert bot.tip(3).topic == "question"
    bot.link(demo.HEAD, "AMBIL 3")
    reading = await sign_in(bot, browser, demo.HEAD, 3)
    html = (await browser.get("/console/tip/3")).text
    assert re.search(r"<dt>Pertanyaan</dt>\s*<dd>Berapa biaya paspor\?</dd>", html)
    fields = {"csrf": bot.csrf(reading), "words": "Rp350.000 di kantor imigrasi."}
    assert (await browser.post("/console/tip/3/ask", data=fields)).status_code == 303
    assert bot.sent()["tetangga"] == ["Ada pesan untuk Anda. Tulis BUKA untuk membacanya."]
    assert "Rp350.000 di kantor imigrasi." in bot.say("tetangga", "buka")["tetangga"][0]


# ---- posts from elsewhere


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({}, 303),
        ({"origin": BASE}, 303),
        ({"origin": "null", "sec-fetch-site": "same-origin"}, 303),
        ({"origin": BASE + ".jahat.example"}, 403),
        ({"origin": "https://jahat.example"}, 403),
        ({"origin": BASE.replace("https", "http")}, 403),
        ({"origin": "null", "sec-fetch-site": "cross-site"}, 403),
        ({"origin": "null", "sec-fetch-site": "same-site"}, 403),
        ({"sec-fetch-site": "cross-site"}, 403),
        ({"origin": ""}, 403),
    ],
)
async def test_where_a_post_comes_from(
    bot: Bot, browser: httpx.AsyncClient, headers: dict[str, str], status: int
) -> None:
    reading = await sign_in(bot, browser, demo.OFFICER, 1)
    fields = {"csrf": bot.csrf(reading), "words": "Apakah busnya biru?"}
    answer = await browser.post("/console/tip/1/ask", data=fields, headers=headers)
    assert answer.status_code == status
    link = bot.link(demo.OFFICER, "BACA 1")
    answer = await browser.post(link, data={"pin": demo.PIN}, headers=headers)
    assert answer.status_code == status


@pytest.mark.parametrize("given", ["", "0" * 32, "another reading's", "upper case", "é", "missing"])
@pytest.mark.parametrize("action", ["ask", "close"])
async def test_a_post_needs_its_own_token(
    bot: Bot, browser: httpx.AsyncClient, action: str, given: str
) -> None:
    reading = await sign_in(bot, browser, demo.OFFICER, 1)
    own = bot.csrf(reading)
    csrf = {"another reading's": bot.csrf("B" * 32), "upper case": own.upper() + "A"}
    fields = {"words": "Apakah busnya biru?", "outcome": "handled"}
    if given != "missing":
        fields["csrf"] = csrf.get(given, given)
    answer = await browser.post(f"/console/tip/1/{action}", data=fields)
    assert answer.status_code == 403
    assert bot.tip(1).status == "acknowledged"
    assert bot.sent() == {}


async def test_the_form_carries_the_token(bot: Bot, browser: httpx.AsyncClient) -> None:
    reading = await sign_in(bot, browser, demo.OFFICER, 1)
    html = (await browser.get("/console/tip/1")).text
    assert set(re.findall(r'name="csrf" value="([^"]*)"', html)) == {bot.csrf(reading)}
    assert reading not in html
