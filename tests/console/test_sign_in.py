"""Who gets in: the password's proof and the second factor, each once, and ever slower guesses."""

import base64
import os
from datetime import timedelta

import httpx
import pytest

from bot import accounts, demo, sign_in
from console.sessions import BROWSER, COOKIE, safe_next
from tests.console.office import Bot, csrf_of, proof_of
from tests.console.office import sign_in as enter

WRONG = base64.b64encode(os.urandom(32)).decode()


async def salt_of(client: httpx.AsyncClient, staff_no: str) -> str:
    answer = await client.post("/console/sign-in/salt", json={"staff_no": staff_no})
    assert answer.status_code == 200
    return str(answer.json()["salt"])


async def tries(
    bot: Bot, client: httpx.AsyncClient, staff_no: str = "D-001", **given: str
) -> httpx.Response:
    """One try; right unless `given` says otherwise."""
    proof = proof_of(demo.PASSWORD, await salt_of(client, staff_no))
    body = {"staff_no": staff_no, "proof": proof, "code": bot.code("D-001")} | given
    return await client.post("/console/sign-in", json=body)


async def test_an_officer_signs_in(bot: Bot, browser: httpx.AsyncClient) -> None:
    await enter(bot, browser, "D-001")
    assert (await browser.get("/console/session")).json() == {"seconds": 900}
    assert bot.actions()[-1] == ("officer:1", "signed_in", "officer:1")


async def test_small_letters_are_the_same_staff_number(
    bot: Bot, browser: httpx.AsyncClient
) -> None:
    assert await salt_of(browser, "d-001") == await salt_of(browser, "D-001")
    assert await salt_of(browser, "x-404") == await salt_of(browser, "X-404")
    assert (await tries(bot, browser, " d-001 ")).status_code == 200


async def test_who_is_signed_in_finds_back_from_what_is_not_there(
    bot: Bot, browser: httpx.AsyncClient
) -> None:
    assert "Ke halaman masuk" in (await browser.get("/console/nothing")).text
    await enter(bot, browser, "D-001")
    for path in ("/console/nothing", "/console/tip/99"):
        page = await browser.get(path)
        assert page.status_code == 404
        assert '/console/inbox">Kembali ke daftar' in page.text
        assert "Ke halaman masuk" not in page.text


async def test_the_cookie_is_for_this_site_and_no_script(
    bot: Bot, browser: httpx.AsyncClient
) -> None:
    cookie = (await tries(bot, browser)).headers["set-cookie"]
    for part in ("HttpOnly", "SameSite=strict", "Secure", "Path=/console", "Max-Age=43200"):
        assert part in cookie


@pytest.mark.parametrize(
    "given",
    [
        {"proof": WRONG},
        {"code": "000000"},
        {"code": ""},
        {"code": "١٢٣٤٥٦"},
        {"proof": WRONG, "code": "000000"},
        {"proof": ""},
        {"staff_no": "D-999"},
        {"staff_no": ""},
        {"staff_no": "' OR 1=1 --"},
    ],
)
async def test_what_does_not_get_in_is_answered_alike(
    bot: Bot, browser: httpx.AsyncClient, given: dict[str, str]
) -> None:
    answer = await tries(bot, browser, **given)
    assert (answer.status_code, COOKIE in browser.cookies) == (403, False)
    assert answer.json()["error"].startswith("Nomor pegawai, kata sandi, atau kode tidak cocok.")


async def test_a_staff_number_is_taken_with_spaces_around(
    bot: Bot, browser: httpx.AsyncClient
) -> None:
    assert (await tries(bot, browser, staff_no=" D-001 ")).status_code == 200


async def test_a_code_works_once(bot: Bot, browser: httpx.AsyncClient) -> None:
    code = bot.code("D-001")
    assert (await tries(bot, browser, code=code)).status_code == 200
    assert (await tries(bot, browser, code=code)).status_code == 403
    before = sign_in.code_at(demo.TOTP_SECRET, bot.service.clock.now() - timedelta(seconds=30))
    assert (await tries(bot, browser, code=before)).status_code == 403


@pytest.mark.parametrize(("seconds", "right"), [(-60, 403), (-30, 200), (0, 200), (30, 200),
                                                (60, 403)])  # fmt: skip
async def test_a_neighbouring_code_fits(
    bot: Bot, browser: httpx.AsyncClient, seconds: int, right: int
) -> None:
    at = bot.service.clock.now() + timedelta(seconds=seconds)
    code = sign_in.code_at(demo.TOTP_SECRET, at)
    assert (await tries(bot, browser, code=f"{code[:3]} {code[3:]}")).status_code == right


async def test_an_unknown_number_has_always_the_same_salt(
    bot: Bot, browser: httpx.AsyncClient
) -> None:
    salts = [await salt_of(browser, name) for name in ("X-1", "X-1", "X-2", "D-001", "D-002")]
    assert salts[0] == salts[1]
    assert len(set(salts)) == 4
    assert {len(base64.b64decode(salt)) for salt in salts} == {accounts.SALT_BYTES}


@pytest.mark.parametrize("staff_no", ["D-001", "X-404"])
async def test_guessing_gets_slow_and_never_shuts_out_for_good(
    bot: Bot, browser: httpx.AsyncClient, staff_no: str
) -> None:
    waits = []
    for _ in range(11):
        answer = await tries(bot, browser, staff_no, proof=WRONG)
        waits.append(int(answer.headers.get("retry-after", 0)) // 60)
        if waits[-1]:  # right or wrong: nothing is looked at meanwhile
            assert (await tries(bot, browser, staff_no)).status_code == 429
        bot.forward(minutes=waits[-1])
    assert waits == [0, 0, 0, 0, 1, 2, 4, 8, 15, 15, 15]
    told = bot.sent().get(demo.OFFICER, [])
    assert len(told) == (1 if staff_no == "D-001" else 0)
    right = await tries(bot, browser, staff_no)
    assert right.status_code == (200 if staff_no == "D-001" else 429)


async def test_who_waited_long_enough_may_try_again(bot: Bot, browser: httpx.AsyncClient) -> None:
    for _ in range(5):
        answer = await tries(bot, browser, proof=WRONG)
    assert answer.status_code == 429
    assert "Tunggu 1 menit" in answer.json()["error"]
    bot.forward(seconds=59)
    assert (await tries(bot, browser)).status_code == 429
    bot.forward(seconds=1)
    assert (await tries(bot, browser)).status_code == 200
    assert (await tries(bot, browser, proof=WRONG)).status_code == 403  # counted anew


async def test_the_officer_is_warned_again_each_day(bot: Bot, browser: httpx.AsyncClient) -> None:
    for _ in range(5):
        await tries(bot, browser, proof=WRONG)
    assert len(bot.sent()[demo.OFFICER]) == 1
    bot.forward(hours=23)
    await tries(bot, browser, proof=WRONG)
    assert demo.OFFICER not in bot.sent()
    bot.forward(hours=1)
    await tries(bot, browser, proof=WRONG)
    assert len(bot.sent()[demo.OFFICER]) == 1


async def test_a_browser_that_signed_in_before_does_not_wait_for_anothers_tries(bot: Bot) -> None:
    async with bot.browser() as own, bot.browser() as strange:
        assert (await tries(bot, own)).status_code == 200
        assert own.cookies.get(BROWSER)
        for _ in range(5):
            answer = await tries(bot, strange, proof=WRONG)
        assert answer.status_code == 429
        assert (await tries(bot, strange)).status_code == 429
        assert (await tries(bot, own)).status_code == 200
        assert (await tries(bot, strange)).status_code == 429
        assert [(await tries(bot, own, proof=WRONG)).status_code for _ in range(5)] == [
            *([403] * 4), 429,
        ]  # fmt: skip


async def test_a_known_browser_is_forgotten_after_90_days_and_with_the_account(bot: Bot) -> None:
    async with bot.browser() as own:
        await tries(bot, own)
        token, now = own.cookies.get(BROWSER), bot.service.clock.now()
        assert token
        later = now + timedelta(days=90)
        with bot.service.database.write() as connection:
            assert accounts.knows_browser(connection, 1, token, now)
            assert not accounts.knows_browser(connection, 2, token, now)
            assert not accounts.knows_browser(connection, 1, token, later)
            accounts.close(connection, 1)
            assert not accounts.knows_browser(connection, 1, token, now)


async def test_a_right_code_alone_forgets_no_failure(bot: Bot, browser: httpx.AsyncClient) -> None:
    for _ in range(4):
        assert (await tries(bot, browser, proof=WRONG)).status_code == 403
    body = {"staff_no": "D-001", "code": bot.code("D-001")}
    assert (await browser.post("/console/forgot/begin", json=body)).status_code == 200
    assert (await tries(bot, browser, proof=WRONG)).status_code == 429


async def test_old_failures_are_forgotten(bot: Bot, browser: httpx.AsyncClient) -> None:
    await tries(bot, browser, "X-404")
    with bot.service.database.write() as connection:
        now = bot.service.clock.now()
        assert sign_in.purge(connection, now) == 0
        assert sign_in.purge(connection, now + timedelta(days=1, seconds=1)) == 1


@pytest.mark.parametrize("change", [{"active": False}, {"contact_id": None}, {"key_id": None}])
async def test_who_is_no_officer_any_more_is_out_at_once(
    bot: Bot, browser: httpx.AsyncClient, change: dict[str, object]
) -> None:
    await enter(bot, browser, "D-001")
    bot.change_officer("D-001", **change)
    assert (await browser.get("/console/account")).status_code == 303
    assert (await tries(bot, browser)).status_code == 403


# ---- sessions


async def test_a_session_ends_when_it_is_idle(bot: Bot, browser: httpx.AsyncClient) -> None:
    await enter(bot, browser, "D-001")
    for _ in range(3):
        bot.forward(minutes=14, seconds=59)
        assert (await browser.get("/console/account")).status_code == 200
    bot.forward(minutes=15)
    answer = await browser.get("/console/account?x=1")
    assert answer.status_code == 303
    wanted = "/console/?next=/console/account%3Fx%3D1&again=session"
    assert answer.headers["location"] == wanted


async def test_a_session_ends_after_half_a_day(bot: Bot, browser: httpx.AsyncClient) -> None:
    await enter(bot, browser, "D-001")
    for _ in range(71):
        bot.forward(minutes=10)
        assert (await browser.get("/console/account")).status_code == 200
    assert (await browser.get("/console/session")).json() == {"seconds": 600}
    bot.forward(minutes=10)
    assert (await browser.get("/console/account")).status_code == 303


async def test_asking_how_long_it_lasts_does_not_make_it_last(
    bot: Bot, browser: httpx.AsyncClient
) -> None:
    await enter(bot, browser, "D-001")
    bot.forward(minutes=10)
    for _ in range(2):
        assert (await browser.get("/console/session")).json() == {"seconds": 300}
    bot.forward(minutes=5)
    assert (await browser.get("/console/session")).status_code == 303


async def test_signing_out(bot: Bot, browser: httpx.AsyncClient) -> None:
    csrf = await enter(bot, browser, "D-001")
    token = browser.cookies[COOKIE]
    answer = await browser.post("/console/sign-out", data={"csrf": csrf})
    assert (answer.status_code, answer.headers["location"]) == (303, "/console/?again=out")
    browser.cookies.set(COOKIE, token)
    assert (await browser.get("/console/account")).status_code == 303


async def test_signing_out_everywhere(bot: Bot) -> None:
    async with bot.browser() as one, bot.browser() as other, bot.browser() as another:
        await enter(bot, one, "D-001")
        await enter(bot, another, "D-003")
        csrf = await enter(bot, other, "D-001")
        await other.post("/console/sign-out", data={"csrf": csrf, "all": "1"})
        statuses = [
            (await each.get("/console/account")).status_code for each in (one, other, another)
        ]
    assert statuses == [303, 303, 200]


async def test_a_forged_cookie_opens_nothing(bot: Bot, browser: httpx.AsyncClient) -> None:
    await enter(bot, browser, "D-001")
    token = browser.cookies[COOKIE]
    for forged in ("", "A" * 43, token[:-1], token + "A", token.swapcase(), "é"):
        browser.cookies.clear()
        headers = {b"cookie": f"{COOKIE}={forged}".encode("latin-1")}
        answer = await browser.get("/console/account", headers=headers)
        assert answer.status_code == 303


async def test_a_script_is_told_that_the_session_is_over(
    bot: Bot, browser: httpx.AsyncClient
) -> None:
    answer = await browser.post("/console/account/password", json={})
    assert answer.status_code == 401
    assert answer.json() == {
        "error": "Waktu masuk Anda sudah habis. Masuklah lagi untuk melanjutkan."
    }


async def test_what_the_database_holds_of_a_session_opens_nothing(
    bot: Bot, browser: httpx.AsyncClient
) -> None:
    await enter(bot, browser, "D-001")
    with bot.service.database.read() as connection:
        lines = "\n".join(connection.connection.driver_connection.iterdump())  # type: ignore[union-attr]
    assert browser.cookies[COOKIE] not in lines
    assert csrf_of(browser) not in lines


@pytest.mark.parametrize(
    ("wanted", "kept"),
    [
        ("/console/tip/3", True),
        ("/console/audit?tip=3&officer=D-001", True),
        ("/console", False),
        ("/consolex/tip", False),
        ("//jahat.example/console/", False),
        ("https://jahat.example/console/", False),
        ("/console//jahat.example", False),
        ("/console/../simulator/", False),
        ("/console/\\jahat.example", False),
        ("/console/x\r\nSet-Cookie: a=b", False),
        ("javascript:alert(1)", False),
        ("/console/" + "a" * 400, False),
    ],
)
def test_the_way_back_leads_only_to_our_own_pages(wanted: str, kept: bool) -> None:
    assert safe_next(wanted, "/console") == (wanted if kept else "")


async def test_signing_in_leads_back(bot: Bot, browser: httpx.AsyncClient) -> None:
    for wanted, path in (("/console/tip/1", "/console/tip/1"),
                         ("https://jahat.example/", "/console/inbox")):  # fmt: skip
        answer = await tries(bot, browser, next=wanted)
        assert answer.json()["next"] == path


async def test_without_javascript_a_line_says_what_is_needed(browser: httpx.AsyncClient) -> None:
    html = (await browser.get("/console/")).text
    assert "<noscript><p" in html
    assert "Nyalakan JavaScript" in html
