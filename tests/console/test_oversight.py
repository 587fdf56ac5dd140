"""Who may see which page, and what those do who look after the office."""

import re

import httpx
import pytest

from bot import audit, demo, outbox
from console import account, entrance, keywork, oversight, setup
from console.app import Console
from console.words import action, subject
from tests.console.browsers import post
from tests.console.office import Bot, add_officer, csrf_of, sign_in

STAFF = {"officer": "D-001", "leader": "D-003", "admin": "D-030", "auditor": "D-031",
         "dpo": "D-032"}  # fmt: skip
EVERYBODY = frozenset(STAFF)
ROLES_OF = {
    ("GET", "/console/account"): EVERYBODY,
    ("GET", "/console/account/key"): EVERYBODY,
    ("GET", "/console/session"): EVERYBODY,
    ("GET", "/console/keys/work"): {"leader"},
    ("GET", "/console/office"): {"admin"},
    ("GET", "/console/audit"): {"auditor", "dpo"},
    ("GET", "/console/data"): {"dpo"},
    ("POST", "/console/account/password"): EVERYBODY,
    ("POST", "/console/account/recovery"): EVERYBODY,
    ("POST", "/console/account/key"): EVERYBODY,
    ("POST", "/console/account/key/wraps"): EVERYBODY,
    ("POST", "/console/account/key/proof"): EVERYBODY,
    ("POST", "/console/keys/office"): {"leader"},
    ("POST", "/console/keys/share"): {"leader"},
    ("POST", "/console/keys/tips"): {"leader"},
    ("POST", "/console/keys/broken"): {"officer", "leader"},
    ("POST", "/console/office/{officer}/end"): {"admin"},
    ("POST", "/console/office/{officer}/invite"): {"admin"},
    ("POST", "/console/sign-out"): EVERYBODY,
}
FOR_ALL = {
    ("GET", "/console"), ("GET", "/console/"), ("POST", "/console/sign-in/salt"),
    ("POST", "/console/sign-in"), ("GET", "/console/setup/{token}"),
    ("POST", "/console/setup/{token}"), ("POST", "/console/setup/{token}/code"),
    ("POST", "/console/setup/{token}/test"), ("GET", "/console/forgot"),
    ("POST", "/console/forgot/begin"), ("POST", "/console/forgot/finish"),
}  # fmt: skip


def routes_of(bot: Bot) -> set[tuple[str, str]]:
    console = Console(bot.service, lambda: None)
    modules = (entrance, setup, account, keywork, oversight)
    return {
        (method, route.path)
        for module in modules
        for route in module.routes(console)
        for method in route.endpoint._handlers
        if method != "HEAD"
    }


def test_every_route_has_a_row(bot: Bot) -> None:
    assert routes_of(bot) == set(ROLES_OF) | FOR_ALL


async def ask(bot: Bot, client: httpx.AsyncClient, method: str, path: str) -> httpx.Response:
    path = path.replace("{officer}", str(bot.officer("D-002").id))
    if method == "GET":
        return await client.get(path)
    if "office/" in path or path.endswith("sign-out"):
        csrf = csrf_of(client) if client.cookies else ""
        return await client.post(path, data={"csrf": csrf})
    return await post(client, path.removeprefix("/console"), {})


@pytest.mark.parametrize("role", ["nobody", *STAFF])
async def test_each_role_reaches_its_own_pages_only(
    bot: Bot, browser: httpx.AsyncClient, role: str
) -> None:
    """Signing out comes last."""
    if role in ("admin", "auditor", "dpo"):
        add_officer(bot, STAFF[role], role)
    if role != "nobody":
        await sign_in(bot, browser, STAFF[role])
    wrong = []
    for method, path in sorted(ROLES_OF):
        if role != "nobody":
            assert (await browser.get("/console/session")).status_code == 200, f"before {path}"
        before = bot.whole_database()
        status = (await ask(bot, browser, method, path)).status_code
        if role == "nobody":
            right = status in (303, 401)
        elif role not in ROLES_OF[method, path]:
            right = status == 404
        else:
            # 400, 409: let in, but the empty body or key asks for nothing that there is.
            right = status in (200, 303, 400, 409)
        changed = bot.whole_database() != before
        if not right or (changed and (method == "GET" or status in (401, 404))):
            wrong.append((method, path, status, changed))
    assert wrong == []


@pytest.mark.parametrize(("method", "path"), sorted(row for row in ROLES_OF if row[0] == "POST"))
async def test_no_post_without_its_token(
    bot: Bot, browser: httpx.AsyncClient, method: str, path: str
) -> None:
    """As whoever may do all of it; from another page of the same browser."""
    for role in ("head", "admin"):
        add_officer(bot, f"D-{role}", role)
    await sign_in(bot, browser, "D-admin" if "/office/" in path else "D-head")
    path = path.replace("{officer}", "2")
    before = bot.whole_database()
    for answer in (
        await browser.post(path, json={}, headers={"x-csrf": "0" * 64}),
        await browser.post(path, json={}),
        await browser.post(path, data={"csrf": "0" * 64}),
        await browser.post(path, data={"csrf": csrf_of(browser)},
                           headers={"origin": "https://jahat.example"}),
    ):  # fmt: skip
        assert answer.status_code in (400, 403)
    assert bot.whole_database() == before


# ---- accounts


async def admin(bot: Bot, client: httpx.AsyncClient) -> dict[str, str]:
    add_officer(bot, "D-030", "admin")
    return {"csrf": await sign_in(bot, client, "D-030")}


async def test_the_manager_ends_sessions(bot: Bot, browser: httpx.AsyncClient) -> None:
    async with bot.browser() as officer:
        await sign_in(bot, officer, "D-001")
        fields = await admin(bot, browser)
        assert "sedang masuk (1)" in (await browser.get("/console/office")).text
        answer = await browser.post("/console/office/1/end", data=fields)
        assert answer.headers["location"] == "/console/office"
        assert (await officer.get("/console/account")).status_code == 303
    actor = f"officer:{bot.officer('D-030').id}"
    assert bot.actions()[-1] == (actor, "sessions_ended", "officer:1")


async def test_the_manager_invites_anew_and_the_leaders_hear_of_it(
    bot: Bot, browser: httpx.AsyncClient
) -> None:
    async with bot.browser() as officer:
        await sign_in(bot, officer, "D-001")
        fields = await admin(bot, browser)
        html = (await browser.post("/console/office/1/invite", data=fields)).text
        assert (await officer.get("/console/account")).status_code == 303
    found = re.search(r"MASUK (\w{4}-\w{4})", html)
    assert found
    assert bot.officer("D-001").contact_id is None
    assert bot.officer("D-001").key_id is None
    told = bot.sent()
    assert told[demo.HEAD] == [
        "Undangan baru dibuat untuk petugas D-001. Kalau Anda tidak tahu sebabnya, tanyakan kepada"
        " pengelola."
    ]
    assert told[demo.OFFICER] == [
        "Undangan baru dibuat atas nama Anda, HP ini dikeluarkan. Kalau bukan Anda yang minta, beri"
        " tahu pimpinan sekarang."
    ]
    said = bot.say("hp-baru", f"MASUK {found[1]}")
    assert "/console/setup/" in " ".join(said["hp-baru"])


async def test_the_only_leader_is_not_invited_from_here(
    bot: Bot, browser: httpx.AsyncClient
) -> None:
    """Nobody would notice who enrols; a second one counts once somebody has vouched for them."""
    fields = await admin(bot, browser)
    leader = bot.officer("D-003")
    add_officer(bot, "D-020", "head")
    answer = await browser.post(f"/console/office/{leader.id}/invite", data=fields)
    assert answer.status_code == 409
    bot.change_officer("D-020", contact_id=None)
    answer = await browser.post(f"/console/office/{leader.id}/invite", data=fields)
    assert answer.status_code == 409
    assert "satu-satunya pimpinan" in answer.text
    assert bot.officer("D-003") == leader
    other = bot.officer("D-020").id
    assert (await browser.post(f"/console/office/{other}/invite", data=fields)).status_code == 200


@pytest.mark.parametrize("officer", ["99", "0", "-1", "x", "1e3", "١", "9" * 12])
async def test_there_is_nobody_else_to_invite(
    bot: Bot, browser: httpx.AsyncClient, officer: str
) -> None:
    fields = await admin(bot, browser)
    answer = await browser.post(f"/console/office/{officer}/invite", data=fields)
    assert answer.status_code == 404


async def test_an_office_role_is_in_no_chain_and_has_no_villages(bot: Bot) -> None:
    for staff_no, role in (("D-030", "admin"), ("D-031", "auditor"), ("D-032", "dpo")):
        add_officer(bot, staff_no, role)
    with bot.service.database.write() as connection:
        connection.execute(outbox.outbox.delete())
    bot.report("Ada calo menahan paspor")
    said = bot.say("hp-D-031", "SIARAN desa")
    assert "Belum ada desa" in " ".join(said["hp-D-031"])
    assert bot.tip(3).officer_id == bot.officer("D-001").id
    tasks = bot.say("hp-D-030", "TUGAS")["hp-D-030"]
    assert tasks == ["Tidak ada laporan yang menunggu Anda."]


# ---- the log


async def auditor(bot: Bot, client: httpx.AsyncClient) -> None:
    add_officer(bot, "D-031", "auditor")
    await sign_in(bot, client, "D-031")


async def test_the_log_is_told_in_words(bot: Bot, browser: httpx.AsyncClient) -> None:
    await auditor(bot, browser)
    html = (await browser.get("/console/audit")).text
    assert "Rantai catatan utuh" in html
    with bot.service.database.read() as connection:
        assert audit.head(connection) in html
    text = re.sub(r"\s+", " ", re.sub(r"<[^>]+>", "", html))
    assert "Sri Wahyuni (contoh): mengambil, laporan #1" in text
    assert "pelapor: mengirim laporan, laporan #2" in text


async def test_the_log_by_report_and_by_officer(bot: Bot, browser: httpx.AsyncClient) -> None:
    await auditor(bot, browser)

    async def subjects(query: str) -> list[tuple[str, str]]:
        html = (await browser.get(f"/console/audit?{query}")).text
        return re.findall(r"<strong>([^<]*)</strong>(?:, ([^<]*))?</p>", html)

    of_tip = await subjects("tip=1")
    assert of_tip
    assert {about for _, about in of_tip} == {"laporan #1"}
    of_officer = await subjects("officer=D-003")
    assert ("mengambil", "laporan #2") in of_officer
    assert ("mengambil", "laporan #1") not in of_officer
    assert await subjects("officer=X-404") == []
    assert await subjects("tip=999") == []
    assert await subjects("tip=1;DROP") == await subjects("")


async def test_the_log_page_by_page(bot: Bot, browser: httpx.AsyncClient) -> None:
    await auditor(bot, browser)
    with bot.service.database.write() as connection:
        for number in range(120):
            audit.record(connection, bot.service.clock.now(), actor="system", action="escalated",
                         subject=f"tip:{number + 10}")  # fmt: skip
    path, seen = "/console/audit", 0
    while path:
        html = (await browser.get(path)).text
        seen += html.count("<li><time>")
        older = re.search(r"href=\"([^\"]*before=\d+)\">Lebih lama", html)
        path = older[1].replace("&amp;", "&") if older else ""
    assert seen == len(bot.actions())


async def test_an_altered_log_is_told(bot: Bot, browser: httpx.AsyncClient) -> None:
    await auditor(bot, browser)
    with bot.service.database.write() as connection:
        connection.execute(
            audit.entries.update().where(audit.entries.c.id == 3).values(actor="officer:2")
        )
    html = (await browser.get("/console/audit")).text
    assert "Rantai catatan putus di nomor 3" in html


def test_every_action_that_is_written_down_has_words() -> None:
    assert action("closed:handled") == "menutup (handled)"
    assert action("something_new") == "something_new"
    assert (subject("tip:3"), subject("office:kanim-x")) == ("laporan #3", "kantor kanim-x")


async def test_the_data_page_counts_and_explains(bot: Bot, browser: httpx.AsyncClient) -> None:
    add_officer(bot, "D-032", "dpo")
    await sign_in(bot, browser, "D-032")
    html = (await browser.get("/console/data")).text
    assert "<dt>Laporan dan pertanyaan yang terbuka</dt><dd>2</dd>" in html
    assert "hanya terbuka di HP petugas dan pimpinan" in html
