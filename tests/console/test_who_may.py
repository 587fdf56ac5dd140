"""Every address of the console × everybody who could ask for it. A route without a row fails."""

import base64
from datetime import timedelta
from typing import Any

import httpx
import pytest
from starlette.routing import Route

from bot import broadcasts, demo, meetings, partner_requests, relays, repeats, tip_seal
from bot.case_rows import shares
from flows.broadcast_plan import Plan
from flows.campaign_plan import RepeatPlan
from flows.meeting_plan import MeetingPlan
from tests.console.office import Bot
from tests.console.staff import NONCE, OTHER_OFFICE, come_in, hire

NOBODY = "no session"
OWNER, COLLEAGUE, SHARED = "owner", "officer of the office", "shared with"
LEADER, OTHER_LEADER = "leader", "another office's leader"
ADMIN, AUDITOR, DPO = "admin", "auditor", "dpo"
HANDLE = {OWNER, COLLEAGUE, SHARED, LEADER, OTHER_LEADER}
SIGNED = HANDLE | {ADMIN, AUDITOR, DPO}
EVERYBODY = SIGNED | {NOBODY}
READ, DIRECT = {OWNER, SHARED, LEADER}, {OWNER, LEADER}

TIP = "/console/tip/{number}"
OFFICE = HANDLE - {OTHER_LEADER}
BROADCASTS = "/console/broadcasts"
API = "/console/api/broadcasts"
MEETINGS, CAMPAIGNS = "/console/api/meetings", "/console/api/campaigns"
RELAYS = "/console/api/relays"
CASES: dict[tuple[str, str], set[str]] = {
    ("GET", "/console/inbox"): HANDLE,
    ("GET", TIP): READ,
    ("GET", f"{TIP}/print"): READ,
    ("GET", f"{TIP}/forward"): DIRECT,
    ("POST", f"{TIP}/open"): READ,
    ("POST", f"{TIP}/part/{{uid}}"): READ,
    ("POST", f"{TIP}/take"): {OWNER},
    ("POST", f"{TIP}/reply"): {OWNER},
    ("POST", f"{TIP}/note"): READ,
    ("POST", f"{TIP}/pause"): {OWNER},
    ("POST", f"{TIP}/hand-on"): DIRECT,
    ("POST", f"{TIP}/share"): DIRECT,
    ("POST", f"{TIP}/unshare"): READ,
    ("POST", f"{TIP}/merge"): {LEADER},
    ("POST", f"{TIP}/close"): {OWNER},
    ("POST", f"{TIP}/forwarded"): DIRECT,
    ("POST", f"{TIP}/partner-answer"): DIRECT,
    ("GET", BROADCASTS): HANDLE,
    ("GET", f"{BROADCASTS}/new"): HANDLE,
    ("GET", f"{BROADCASTS}/preview"): HANDLE,
    ("GET", f"{BROADCASTS}/{{number}}"): OFFICE,
    ("GET", f"{BROADCASTS}/{{number}}/{{act}}"): OFFICE,
    ("GET", API): HANDLE,
    ("POST", API): OFFICE,
    ("POST", f"{API}/preview"): HANDLE,
    ("GET", f"{API}/{{number}}"): OFFICE,
    ("POST", f"{API}/{{number}}/{{act}}"): OFFICE,
    ("GET", "/console/groups"): HANDLE,
    ("GET", "/console/api/groups"): HANDLE,
    ("POST", "/console/api/groups/{number}/unbind"): OFFICE,
    ("GET", "/console/meetings"): HANDLE,
    ("GET", "/console/meetings/{number}"): OFFICE,
    ("GET", "/console/meetings/{number}/report.pdf"): OFFICE,
    ("GET", MEETINGS): HANDLE,
    ("POST", MEETINGS): OFFICE,
    ("GET", f"{MEETINGS}/{{number}}"): OFFICE,
    ("POST", f"{MEETINGS}/{{number}}/{{act}}"): OFFICE,
    ("GET", "/console/campaigns"): HANDLE,
    ("GET", "/console/relays"): HANDLE,
    ("GET", CAMPAIGNS): HANDLE,
    ("POST", CAMPAIGNS): OFFICE,
    ("POST", f"{CAMPAIGNS}/{{number}}/{{act}}"): OFFICE,
    ("POST", RELAYS): OFFICE,
    ("POST", f"{RELAYS}/{{number}}/stop"): OFFICE,
    ("GET", "/console/api/templates"): HANDLE,
}
"""Who gets a 2xx, asked for number 1 of each with a body that the page could send."""
ELSEWHERE: dict[tuple[str, str], set[str]] = {
    ("GET", "/console"): EVERYBODY,
    ("GET", "/console/"): EVERYBODY,
    ("POST", "/console/sign-in/salt"): EVERYBODY,
    ("POST", "/console/sign-in"): EVERYBODY,
    ("POST", "/console/sign-out"): SIGNED,
    ("GET", "/console/session"): SIGNED,
    ("GET", "/console/setup/{token}"): EVERYBODY,
    ("POST", "/console/setup/{token}"): EVERYBODY,
    ("POST", "/console/setup/{token}/code"): EVERYBODY,
    ("POST", "/console/setup/{token}/test"): EVERYBODY,
    ("GET", "/console/account"): SIGNED,
    ("POST", "/console/account/password"): SIGNED,
    ("POST", "/console/account/recovery"): SIGNED,
    ("GET", "/console/account/key"): SIGNED,
    ("POST", "/console/account/key"): SIGNED,
    ("POST", "/console/account/key/wraps"): SIGNED,
    ("POST", "/console/account/key/proof"): SIGNED,
    ("GET", "/console/forgot"): EVERYBODY,
    ("POST", "/console/forgot/begin"): EVERYBODY,
    ("POST", "/console/forgot/finish"): EVERYBODY,
    ("GET", "/console/keys/work"): {LEADER, OTHER_LEADER},
    ("POST", "/console/keys/office"): {LEADER, OTHER_LEADER},
    ("POST", "/console/keys/share"): {LEADER, OTHER_LEADER},
    ("POST", "/console/keys/tips"): {LEADER, OTHER_LEADER},
    ("POST", "/console/keys/broken"): HANDLE,
    ("POST", BROADCASTS): HANDLE,
    ("POST", f"{BROADCASTS}/new"): HANDLE,
    ("POST", f"{BROADCASTS}/preview"): HANDLE,
    ("POST", f"{BROADCASTS}/{{number}}/{{act}}"): HANDLE,
    ("POST", "/console/groups/{number}/unbind"): HANDLE,
    ("POST", "/console/meetings"): HANDLE,
    ("POST", "/console/meetings/{number}/{act}"): HANDLE,
    ("POST", "/console/campaigns"): HANDLE,
    ("POST", "/console/campaigns/{number}/{act}"): HANDLE,
    ("POST", "/console/relays"): HANDLE,
    ("POST", "/console/relays/{number}/stop"): HANDLE,
    ("GET", "/console/office"): {ADMIN},
    ("POST", "/console/office/{officer}/end"): {ADMIN},
    ("POST", "/console/office/{officer}/invite"): {ADMIN},
    ("GET", "/console/audit"): {AUDITOR, DPO},
    ("GET", "/console/data"): {DPO},
    ("GET", "/console/static/{version}/{name:path}"): EVERYBODY,
    ("GET", "/console/{rest:path}"): set(),
}
"""Who is let in: not sent to the sign-in, not told that there is nothing here or that it is
forbidden. With an empty body even they come no further than that it is unreadable."""
NEW: dict[str, dict[str, Any]] = {
    MEETINGS: {
        "meeting": {"place": demo.VILLAGE, "title": "Penyuluhan", "where": "Balai desa",
                    "starts_at": "2026-11-27T09:00:00"},
    },
    CAMPAIGNS: {"campaign": {"kind": "poster", "place": demo.VILLAGE, "title": "Poster balai"}},
    RELAYS: {"place": demo.VILLAGE, "label": "WA RT 07"},
}  # fmt: skip
TURNED_AWAY = {303, 401, 403, 404, 405}


def prepare(bot: Bot, role: str) -> int:
    """The tip's attachment, and the officer of the role; 0 for nobody."""
    tip, deputy = bot.tip(1), bot.officer("D-002").id
    now = bot.service.clock.now()
    with bot.service.database.write() as connection:
        tip_seal.add_part(
            connection, 1, tip.id, tip.public_key, "attachment",
            {"name": "foto.jpg", "media_type": "image/jpeg", "size": "3"}, now, b"abc",
        )  # fmt: skip
        partner_requests.record_forward(
            connection, tip, office_code=tip.office_code, officer_id=deputy,
            partner_key="polres_ppa", partner_kind="polres", partner_id=None,
            ground="penempatan_tanpa_izin", digest="ab" * 32, due_at=now, now=now,
        )  # fmt: skip
        author = bot.officer("D-001").id
        plan = Plan("Besok ada penyuluhan di balai desa.", (demo.VILLAGE,))
        broadcasts.order(connection, bot.service, author, plan, "first", now)
        meeting = MeetingPlan(
            demo.VILLAGE,
            "Sosialisasi",
            "Balai desa",
            now + timedelta(days=2),
            now + timedelta(days=2.1),
        )
        meetings.plan(connection, bot.service, author, meeting, "first", now)
        weekly = RepeatPlan("lesson", (demo.VILLAGE,), 2)
        repeats.make(connection, bot.service, author, weekly, "BCDFGHJ", "first", now)
        relays.invite(
            connection, bot.service.ring, "ABCD-EFGH", office_code=demo.OFFICE,
            place_code=demo.VILLAGE, label="WA RT 05", officer_id=author, now=now,
        )  # fmt: skip
        if role == SHARED:
            connection.execute(
                shares.insert().values(
                    tip_number=1, officer_id=deputy, shared_by=1, shared_at=now, key_id=""
                )
            )
    known = {OWNER: "D-001", COLLEAGUE: "D-002", SHARED: "D-002", LEADER: "D-003"}
    if role == NOBODY:
        return 0
    if role in known:
        return int(bot.officer(known[role]).id)
    if role == OTHER_LEADER:
        return hire(bot, "X-001", "section_head", OTHER_OFFICE).id
    return hire(bot, "X-002", role).id


def body_of(bot: Bot, path: str) -> dict[str, Any]:
    """What the case's page would send for this act, with nonce."""
    deputy = bot.officer("D-002").id
    told: dict[str, dict[str, Any]] = {
        "reply": {"words": "Apakah busnya biru?"},
        "note": {"uid": "ab" * 12, "sealed": base64.b64encode(b"x" * 304).decode()},
        "pause": {"reason": "document", "days": 3},
        "hand-on": {"officer": bot.officer("D-003").id},
        "share": {"officer": deputy},
        "unshare": {"officer": deputy},
        "merge": {"into": 2},
        "close": {"outcome": "handled"},
        "partner-answer": {"request": 1, "words": "Sudah kami terima"},
        "forwarded": {
            "partner": "polres_ppa",
            "ground": "penempatan_tanpa_izin",
            "digest": "ab" * 32,
        },
    }
    name = path.rsplit("/", 1)[-1]
    if name in ("open", "{uid}", "unbind", "stop"):
        return {}
    if path in NEW:
        return {"nonce": NONCE} | NEW[path]
    draft = {"text": "Jam pelayanan kantor berubah mulai besok.", "places": [demo.VILLAGE]}
    if path.startswith(API):
        return draft if name == "preview" else {"nonce": NONCE, "draft": draft}
    return {"nonce": NONCE} | told.get(name, {})


async def ask(
    bot: Bot, client: httpx.AsyncClient, headers: dict[str, str], method: str, path: str
) -> httpx.Response:
    with bot.service.database.read() as connection:
        parts = tip_seal.sealed_parts(connection, 1)
    filled = path.replace(":path", "").format_map(
        {
            "number": 1, "uid": next(part.uid for part in parts if part.kind == "attachment"),
            "token": "x" * 32, "officer": 1, "version": "x", "name": "console.css",
            "rest": "nirgends", "act": "cancel" if "meetings" in path else "pause",
        }
    )  # fmt: skip
    if method == "GET":
        return await client.get(filled)
    body = body_of(bot, path) if (method, path) in CASES else {}
    return await client.post(filled, json=body, headers=headers)


def test_every_route_has_a_row(bot: Bot) -> None:
    served = {
        (method, route.path)
        for route in bot.app.routes
        if isinstance(route, Route)
        for method in route.endpoint._handlers  # type: ignore[attr-defined]
        if method != "HEAD"
    }
    assert served == CASES.keys() | ELSEWHERE.keys()


@pytest.mark.parametrize("role", sorted(EVERYBODY))
async def test_nobody_else_gets_anything(bot: Bot, browser: httpx.AsyncClient, role: str) -> None:
    """All that is not this role's, one after the other; and asking changes nothing."""
    officer_id = prepare(bot, role)
    headers = come_in(bot, browser, officer_id) if officer_id else {"Origin": bot.base}
    before = bot.whole_database()
    answers = {
        (method, path): (await ask(bot, browser, headers, method, path)).status_code
        for (method, path), allowed in CASES.items()
        if role not in allowed
    }
    assert [key for key, status in answers.items() if not 300 <= status < 500] == []
    elsewhere = {
        key: (await ask(bot, browser, headers, *key)).status_code
        for key, allowed in ELSEWHERE.items()
        if role not in allowed
    }
    assert {key: status for key, status in elsewhere.items() if status not in TURNED_AWAY} == {}
    assert bot.whole_database() == before


@pytest.mark.parametrize(
    ("role", "method", "path"),
    [(role, *key) for key, allowed in CASES.items() for role in sorted(allowed)],
)
async def test_whose_it_is_gets_it(
    bot: Bot, browser: httpx.AsyncClient, role: str, method: str, path: str
) -> None:
    headers = come_in(bot, browser, prepare(bot, role))
    answer = await ask(bot, browser, headers, method, path)
    assert answer.status_code == 200, answer.text
    if method == "POST" and "part" not in path:
        assert "error" not in answer.json()


@pytest.mark.parametrize("role", sorted(EVERYBODY))
async def test_the_other_pages_let_in_whom_they_are_for(
    bot: Bot, browser: httpx.AsyncClient, role: str
) -> None:
    officer_id = prepare(bot, role)
    headers = come_in(bot, browser, officer_id) if officer_id else {"Origin": bot.base}
    shut = {
        key: status
        for key, allowed in ELSEWHERE.items()
        if role in allowed
        and (status := (await ask(bot, browser, headers, *key)).status_code) in TURNED_AWAY
    }
    assert shut == {}


@pytest.mark.parametrize("path", ["/console/tip/1", "/console/tip/999", "/console/tip/x"])
async def test_not_yours_and_not_there_look_alike(
    bot: Bot, browser: httpx.AsyncClient, path: str
) -> None:
    come_in(bot, browser, prepare(bot, COLLEAGUE))
    answer = await browser.get(path)
    missing = await browser.get("/console/tip/998")
    assert (answer.status_code, answer.text) == (404, missing.text)


@pytest.mark.parametrize("method", ["POST"])
@pytest.mark.parametrize("broken", [{"X-CSRF": "0" * 64}, {"Origin": "https://jahat.example"}])
async def test_a_post_from_elsewhere_is_refused(
    bot: Bot, browser: httpx.AsyncClient, method: str, broken: dict[str, str]
) -> None:
    headers = come_in(bot, browser, prepare(bot, OWNER)) | broken
    before = bot.whole_database()
    for wanted, path in CASES:
        if wanted == method:
            assert (await ask(bot, browser, headers, method, path)).status_code == 403
    assert bot.whole_database() == before


async def test_a_get_changes_nothing(bot: Bot, browser: httpx.AsyncClient) -> None:
    headers = come_in(bot, browser, prepare(bot, LEADER))
    before = bot.whole_database()
    for method, path in (*CASES, *ELSEWHERE):
        if method == "GET":
            await ask(bot, browser, headers, method, path)
    assert bot.whole_database() == before


async def test_whom_a_tip_names_never_sees_it(bot: Bot, browser: httpx.AsyncClient) -> None:
    """Not even a leader: neither the page, nor the row, nor the count."""
    bot.report("Bu Dewi Lestari dari imigrasi minta uang", who="Dewi Lestari")
    come_in(bot, browser, bot.officer("D-003").id)
    assert (await browser.get("/console/tip/3")).status_code == 404
    listed = (await browser.get("/console/inbox?show=office")).text
    assert "#3" not in listed
    assert "Kantor (2)" in listed
