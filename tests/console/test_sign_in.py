"""Who gets in: the password's proof and the second factor, each once, and ever slower guesses."""

import httpx

from tests.console.office import Bot, sign_in


async def test_an_officer_signs_in(bot: Bot, browser: httpx.AsyncClient) -> None:
    await sign_in(bot, browser, "D-001")
    assert (await browser.get("/console/session")).json() == {"seconds": 900}
    assert bot.actions()[-1] == ("officer:1", "signed_in", "officer:1")
