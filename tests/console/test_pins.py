"""Wrong PINs are counted and end; an officer sets a PIN once."""

import asyncio

import httpx
import pytest

from bot import demo
from bot.pins import pin_fits
from tests.console.office import (
    WRONG_PIN,
    Bot,
    enrol,
    sign_in,
)

# ---- wrong PINs


async def test_five_wrong_pins_end_the_link(bot: Bot, browser: httpx.AsyncClient) -> None:
    link = bot.link(demo.OFFICER, "BACA 1")
    for _ in range(4):
        answer = await browser.post(link, data={"pin": WRONG_PIN})
        assert (answer.status_code, "PIN tidak cocok" in answer.text) == (403, True)
        assert WRONG_PIN not in answer.text
    answer = await browser.post(link, data={"pin": WRONG_PIN})
    assert (answer.status_code, "PIN salah lima kali" in answer.text) == (403, True)
    assert (await browser.post(link, data={"pin": demo.PIN})).status_code == 410
    assert bot.officer("D-001").pin_failures == 5


async def test_the_fifth_attempt_still_counts_when_right(
    bot: Bot, browser: httpx.AsyncClient
) -> None:
    link = bot.link(demo.OFFICER, "BACA 1")
    for _ in range(4):
        await browser.post(link, data={"pin": WRONG_PIN})
    assert (await browser.post(link, data={"pin": demo.PIN})).status_code == 303
    assert bot.officer("D-001").pin_failures == 0


async def test_ten_wrong_pins_in_a_row_void_the_pin(bot: Bot, browser: httpx.AsyncClient) -> None:
    async with bot.browser() as elsewhere:
        await sign_in(bot, elsewhere, demo.OFFICER, 1)
        for _ in range(2):
            link = bot.link(demo.OFFICER, "BACA 1")
            for _ in range(5):
                answer = await browser.post(link, data={"pin": WRONG_PIN})
        assert answer.status_code == 403
        assert "Mintalah kode MASUK baru kepada pengelola di kantor" in answer.text
        assert bot.officer("D-001").pin_hash is None
        assert (await elsewhere.get("/console/tip/1")).status_code == 403
    again = await browser.post(bot.link(demo.OFFICER, "BACA 1"), data={"pin": demo.PIN})
    assert (again.status_code, "PIN tidak berlaku lagi" in again.text) == (403, True)
    assert bot.actions().count(("system", "pin_void", "officer:1")) == 1
    assert bot.officer("D-003").pin_hash is not None


async def test_guesses_in_parallel_do_not_outrun_the_count(
    bot: Bot, browser: httpx.AsyncClient
) -> None:
    link = bot.link(demo.OFFICER, "BACA 1")
    guesses = [browser.post(link, data={"pin": f"97531{n}"}) for n in range(9)]
    statuses = sorted(answer.status_code for answer in await asyncio.gather(*guesses))
    assert statuses == [403] * 5 + [410] * 4
    assert bot.officer("D-001").pin_failures == 5


async def test_without_a_pin_it_looks_the_same(
    bot: Bot, browser: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    checked: list[bool] = []

    def counted(pin_hash: str | None, pin: str) -> bool:
        checked.append(pin_hash is not None)
        return pin_fits(pin_hash, pin)

    monkeypatch.setattr("console.desk.pin_fits", counted)
    with_pin = await browser.post(bot.link(demo.OFFICER, "BACA 1"), data={"pin": WRONG_PIN})
    bot.change_officer("D-001", pin_hash=None)
    without = await browser.post(bot.link(demo.OFFICER, "BACA 1"), data={"pin": demo.PIN})
    assert checked == [True, False]
    assert (with_pin.status_code, with_pin.text) == (without.status_code, without.text)


@pytest.mark.parametrize(
    "pin", ["", "12", "abcdef", "２４６８１０", "2" * 400, "246810\0", "-24681"]
)
async def test_what_is_no_pin_is_not_counted(
    bot: Bot, browser: httpx.AsyncClient, pin: str
) -> None:
    answer = await browser.post(bot.link(demo.OFFICER, "BACA 1"), data={"pin": pin})
    assert (answer.status_code, "6 sampai 12 angka" in answer.text) == (422, True)
    assert bot.officer("D-001").pin_failures == 0


# ---- a PIN of one's own


async def test_an_officer_sets_a_pin_once(bot: Bot, browser: httpx.AsyncClient) -> None:
    link = enrol(bot)
    before = bot.whole_database()
    assert (await browser.get(link)).status_code == 200
    assert bot.whole_database() == before
    answer = await browser.post(link, data={"pin": "739 154", "again": "739154"})
    assert (answer.status_code, "TUGAS" in answer.text) == (200, True)
    kept = bot.officer("D-002")
    assert kept.pin_hash.startswith("$argon2id$")
    assert bot.actions()[-1] == ("officer:2", "pin_set", "officer:2")
    for again in (
        await browser.get(link),
        await browser.post(link, data={"pin": "864213", "again": "864213"}),
    ):
        assert again.status_code == 410
    assert bot.officer("D-002").pin_hash == kept.pin_hash


@pytest.mark.parametrize(
    ("pin", "again", "error"),
    [
        ("739154", "739155", "tidak sama"),
        ("739154", "", "tidak sama"),
        ("", "", "6 sampai 12 angka"),
        ("123456", "123456", "6 sampai 12 angka"),
        ("777777", "777777", "6 sampai 12 angka"),
        ("98765", "98765", "6 sampai 12 angka"),
        ("7391547391547", "7391547391547", "6 sampai 12 angka"),
        ("７３９１５４", "７３９１５４", "6 sampai 12 angka"),
        ("73915a", "73915a", "6 sampai 12 angka"),
    ],
)
async def test_a_weak_or_mistyped_pin_is_asked_again(
    bot: Bot, browser: httpx.AsyncClient, pin: str, again: str, error: str
) -> None:
    link = enrol(bot)
    answer = await browser.post(link, data={"pin": pin, "again": again})
    assert (answer.status_code, error in answer.text) == (422, True)
    assert bot.officer("D-002").pin_hash is None
    answer = await browser.post(link, data={"pin": "739154", "again": "739154"})
    assert answer.status_code == 200


async def test_link_kinds_do_not_open_each_others_pages(
    bot: Bot, browser: httpx.AsyncClient
) -> None:
    pin_token = enrol(bot).rsplit("/", 1)[1]
    tip_token = bot.link(demo.OFFICER, "BACA 1").rsplit("/", 1)[1]
    assert (await browser.get(f"/console/t/{pin_token}")).status_code == 410
    assert (await browser.get(f"/console/pin/{tip_token}")).status_code == 410
    answer = await browser.post(
        f"/console/pin/{tip_token}", data={"pin": "739154", "again": "739154"}
    )
    assert answer.status_code == 410
