"""The one-time link and the way back without a password, from outside."""

from typing import Any

import httpx
import pytest
from sqlalchemy import func, select

from bot import demo, keys
from bot.accounts import accounts
from bot.officers import officers
from bot.sealing import new_key_pair
from tests.console.browsers import Keys, account_body, b64, unb64
from tests.console.office import BASE, Bot, add_officer, invite, sign_in


def account_count(bot: Bot) -> int:
    with bot.service.database.read() as connection:
        return int(connection.execute(select(func.count()).select_from(accounts)).scalar_one())


async def test_an_account_is_made_in_one_go(bot: Bot, browser: httpx.AsyncClient) -> None:
    path, pair = invite(bot), Keys.made()
    assert account_count(bot) == 2
    body = await account_body(bot, browser, path, pair)
    assert account_count(bot) == 2
    answer = await browser.post(path, json=body)
    assert (answer.status_code, answer.json()["next"]) == (200, "/console/inbox")
    assert (await browser.get("/console/account")).status_code == 200
    assert bot.officer("D-002").key_id == pair.id
    again = await browser.post(path, json=body)
    assert again.status_code == 410


async def test_the_code_of_the_set_up_does_not_also_sign_in(
    bot: Bot, browser: httpx.AsyncClient
) -> None:
    path = invite(bot)
    body = await account_body(bot, browser, path, Keys.made())
    await browser.post(path, json=body)
    with bot.service.database.read() as connection:
        step = connection.execute(
            select(accounts.c.totp_step)
            .join(officers, officers.c.id == accounts.c.officer_id)
            .where(officers.c.staff_no == "D-002")
        ).scalar_one()
    assert step == body["step"]


CHANGES: list[tuple[dict[str, Any], int]] = [
    ({"step": 1}, 403),
    ({"receipt": "0" * 32}, 403),
    ({"word": "AAAAAAAA"}, 403),
    ({"word": ""}, 403),
    ({"key_id": "f" * 16}, 403),
    ({"public": b64(new_key_pair()[1])}, 403),
    ({"key_id": "../../etc"}, 400),
    ({"public": b64(bytes(31))}, 400),
    ({"public": ""}, 400),
    ({"salt": b64(bytes(15))}, 400),
    ({"proof": b64(bytes(31))}, 400),
    ({"by_password": b64(bytes(59))}, 400),
    ({"by_recovery": b64(bytes(61))}, 400),
    ({"proof": "é"}, 400),
    ({"step": "x"}, 400),
]


@pytest.mark.parametrize(("change", "status"), CHANGES)
async def test_what_does_not_fit_makes_no_account(
    bot: Bot, browser: httpx.AsyncClient, change: dict[str, Any], status: int
) -> None:
    path = invite(bot)
    body = await account_body(bot, browser, path, Keys.made())
    before = bot.whole_database()
    assert (await browser.post(path, json=body | change)).status_code == status
    assert bot.whole_database() == before
    assert (await browser.post(path, json=body)).status_code == 200


async def test_looking_changes_nothing(bot: Bot, browser: httpx.AsyncClient) -> None:
    path = invite(bot)
    before = bot.whole_database()
    pages = [(await browser.get(path)).text for _ in range(2)]
    assert pages[0] == pages[1]  # the same second factor, however often the page is opened
    assert (await browser.head(path)).status_code == 200
    assert bot.whole_database() == before


@pytest.mark.parametrize("case", ["expired", "forged", "left", "invited again", "recover link"])
async def test_a_link_that_is_no_longer_good(
    bot: Bot, browser: httpx.AsyncClient, case: str
) -> None:
    path = invite(bot)
    body = await account_body(bot, browser, path, Keys.made())
    match case:
        case "expired":
            bot.forward(minutes=60)
        case "forged":
            path = path[:-1] + ("A" if path[-1] != "A" else "B")
        case "left":
            bot.change_officer("D-002", active=False)
        case "invited again":
            assert invite(bot) != path
        case "recover link":
            bot.change_officer("D-002", contact_id=None)
    for answer in (
        await browser.get(path),
        await browser.post(path, json=body),
        await browser.post(f"{path}/code", json={"code": "000000"}),
    ):
        assert answer.status_code == 410
        assert "sudah dipakai atau lewat satu jam" in answer.text


async def test_another_site_can_not_post_to_it(bot: Bot, browser: httpx.AsyncClient) -> None:
    path = invite(bot)
    body = await account_body(bot, browser, path, Keys.made())
    for headers in ({"origin": "https://jahat.example"}, {"sec-fetch-site": "cross-site"}):
        assert (await browser.post(path, json=body, headers=headers)).status_code == 403
    assert (await browser.post(path, json=body, headers={"origin": BASE})).status_code == 200


async def test_setting_up_again_ends_the_old_sessions(bot: Bot) -> None:
    async with bot.browser() as old, bot.browser() as new:
        await sign_in(bot, old, "D-002")
        path = invite(bot)
        assert (await old.get("/console/account")).status_code == 303
        body = await account_body(bot, new, path, Keys.made())
        assert (await new.post(path, json=body)).status_code == 200
        assert (await old.get("/console/account")).status_code == 303


# ---- a forgotten password


async def begin(bot: Bot, client: httpx.AsyncClient, **given: str) -> httpx.Response:
    body = {"staff_no": "D-001", "code": bot.code("D-001")} | given
    return await client.post("/console/forgot/begin", json=body)


def finish_body(begun: dict[str, Any]) -> dict[str, Any]:
    key_id, private = demo.private_key("D-001")
    word = Keys(key_id, private, b"").test_word(begun["sealed"])
    return {
        "ticket": begun["ticket"], "word": word, "proof": b64(b"n" * 32),
        "by_password": b64(bytes(60)),
    }  # fmt: skip


async def test_the_way_back_needs_the_key_itself(bot: Bot, browser: httpx.AsyncClient) -> None:
    begun = (await begin(bot, browser)).json()
    body = finish_body(begun)
    wrong = await browser.post("/console/forgot/finish", json=body | {"word": "AAAAAAAA"})
    assert wrong.status_code == 403
    other = await browser.post("/console/forgot/finish", json=body | {"ticket": "A" * 32})
    assert other.status_code == 409
    good = await browser.post("/console/forgot/finish", json=body)
    assert good.status_code == 200
    assert (await browser.get("/console/account")).status_code == 200
    again = await browser.post("/console/forgot/finish", json=body)
    assert again.status_code == 409
    assert "Kata sandi akun Anda baru diganti" in bot.sent()[demo.OFFICER][-1]


async def test_a_ticket_does_not_last(bot: Bot, browser: httpx.AsyncClient) -> None:
    body = finish_body((await begin(bot, browser)).json())
    bot.forward(minutes=60)
    assert (await browser.post("/console/forgot/finish", json=body)).status_code == 409


@pytest.mark.parametrize("given", [{"code": "000000"}, {"staff_no": "X-404"}, {"staff_no": ""}])
async def test_without_the_second_factor_nothing_is_handed_out(
    bot: Bot, browser: httpx.AsyncClient, given: dict[str, str]
) -> None:
    answer = await begin(bot, browser, **given)
    assert (answer.status_code, list(answer.json())) == (403, ["error"])


async def test_a_ticket_is_no_set_up_link_and_the_other_way_round(
    bot: Bot, browser: httpx.AsyncClient
) -> None:
    begun = (await begin(bot, browser)).json()
    assert (await browser.get(f"/console/setup/{begun['ticket']}")).status_code == 410
    token = invite(bot, "D-002").rsplit("/", 1)[1]
    body = finish_body(begun) | {"ticket": token}
    assert (await browser.post("/console/forgot/finish", json=body)).status_code == 409


async def test_what_the_server_keeps_opens_with_the_printed_code_only(
    bot: Bot, browser: httpx.AsyncClient
) -> None:
    begun = (await begin(bot, browser)).json()
    key_id, private = demo.private_key("D-001")
    assert begun["key_id"] == key_id
    assert private not in unb64(begun["by_recovery"])


async def test_a_leader_may_set_up_before_the_office_has_a_key(
    bot: Bot, browser: httpx.AsyncClient
) -> None:
    add_officer(bot, "D-020", "head")
    path, pair = invite(bot, "D-020", "hp-kepala"), Keys.made()
    body = await account_body(bot, browser, path, pair)
    assert (await browser.post(path, json=body)).status_code == 200
    asked = (await browser.get("/console/keys/work")).json()
    assert asked["held"] == {}
    with bot.service.database.read() as connection:
        assert keys.office_wraps(connection, demo.OFFICE, pair.id) == {}
