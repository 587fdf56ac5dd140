"""Campaigns, forwarding admins and templates at the console, through the real app."""

from typing import Any

import httpx
import pytest

from bot import demo, templates
from flows.templates import shipped_templates
from tests.console.office import FORM, Bot, csrf_of
from tests.console.staff import NONCE, OTHER_OFFICE, Desk, demo_desk, hire
from tests.console.test_broadcasts import limit, post_form

LESSON = {"kind": "lesson", "place": demo.VILLAGE, "day": 2}
LINK = {"kind": "poster", "place": demo.VILLAGE, "title": "Poster balai desa"}


@pytest.fixture
def officer(bot: Bot, browser: httpx.AsyncClient) -> Desk:
    return demo_desk(bot, browser, "D-001")


async def add(desk: Desk, campaign: dict[str, Any], nonce: str = NONCE) -> dict[str, Any]:
    """The newest, as the list has it."""
    answer = await desk.post("/api/campaigns", {"nonce": nonce, "campaign": campaign})
    assert answer.status_code == 200, answer.text
    return dict(answer.json()["campaigns"][0])


async def act(desk: Desk, number: int, name: str, nonce: str = NONCE) -> httpx.Response:
    return await desk.post(f"/api/campaigns/{number}/{name}", {"nonce": nonce})


# ---- links


async def test_a_link_from_the_form_is_counted_without_names(bot: Bot, officer: Desk) -> None:
    fields = {name: str(value) for name, value in LINK.items()}
    for _ in range(2):  # a double click
        made = await post_form(officer, "/campaigns", **fields, nonce=NONCE)
        assert made.headers["location"] == "/console/campaigns"
    (one,) = (await officer.get("/api/campaigns")).json()["campaigns"]
    assert (one["title"], one["counts"], one["acts"]) == ("Poster balai desa", {}, [])
    assert one["poster"] == f"{bot.base}/poster/{one['code']}.pdf"
    bot.say("tetangga", f"DAFTAR {one['code']}")
    (one,) = (await officer.get("/api/campaigns")).json()["campaigns"]
    assert one["counts"] == {"arrived": 1}
    assert one["days"] == [["2026-11-23", {"arrived": 1}]]
    page = (await officer.get("/campaigns")).text
    assert "Datang 1, ikut 0, sudah ikut 0" in page
    assert f'href="{one["poster"]}"' in page
    assert "tetangga" not in page


@pytest.mark.parametrize(
    ("campaign", "told"),
    [
        (LINK | {"place": "35.07.01.2001"}, "bukan wilayah Anda"),
        (LINK | {"title": "!"}, ""),
        (LESSON | {"place": "35.07.01.2001"}, "bukan wilayah Anda"),
    ],
)
async def test_what_is_refused_is_told_and_nothing_changes(
    bot: Bot, officer: Desk, campaign: dict[str, Any], told: str
) -> None:
    before = bot.whole_database()
    answer = await officer.post("/api/campaigns", {"nonce": NONCE, "campaign": campaign})
    assert answer.status_code == 422
    assert told in answer.json()["error"]
    assert bot.whole_database() == before


async def test_a_shape_that_is_not_ours_is_unreadable(officer: Desk) -> None:
    for campaign in (
        LESSON | {"day": 7},
        LESSON | {"hour": 3},
        LESSON | {"kind": "hours", "day": 0},
        LINK | {"kind": "forward"},
    ):
        answer = await officer.post("/api/campaigns", {"nonce": NONCE, "campaign": campaign})
        assert answer.status_code == 400
    assert (await post_form(officer, "/campaigns", kind="lesson", day="x")).status_code == 400


# ---- lessons and hours


async def test_a_lesson_runs_is_paused_goes_on_and_stops(officer: Desk) -> None:
    one = await add(officer, LESSON)
    assert (one["status"], one["next_at"]) == ("active", "2026-11-25T09:00:00+07:00")
    page = (await officer.get("/campaigns")).text
    assert "Berikutnya Rabu 25 November pukul 09.00 WIB" in page
    number = one["number"]
    for name, becomes in (("pause", "paused"), ("resume", "active"), ("stop", "stopped")):
        nonce = f"{len(name):032x}"
        answer = await post_form(officer, f"/campaigns/{number}/{name}", nonce=nonce)
        assert answer.headers["location"] == "/console/campaigns"
        (one,) = (await officer.get("/api/campaigns")).json()["campaigns"]
        assert one["status"] == becomes
    assert (await act(officer, number, "stop")).status_code == 409
    late = await post_form(officer, f"/campaigns/{number}/pause", nonce="f" * 32)
    assert late.status_code == 409
    assert "sudah berubah" in late.text


async def test_the_hours_of_the_office_come_once_a_month(officer: Desk) -> None:
    fields = {"kind": "hours", "place": demo.VILLAGE, "day": "25"}
    seen = (await post_form(officer, "/campaigns", **fields)).text
    assert "Jam layanan Kanim Ponorogo" in seen
    assert "Untuk 1 grup dan 0 orang" in seen
    assert "Yang pertama Rabu 25 November pukul 09.00 WIB" in seen
    assert (await officer.get("/api/campaigns")).json()["campaigns"] == []
    made = await post_form(officer, "/campaigns", **fields, nonce=NONCE, sure="1")
    assert made.status_code == 303
    (one,) = (await officer.get("/api/campaigns")).json()["campaigns"]
    assert (one["kind"], one["next_at"]) == ("hours", "2026-11-25T09:00:00+07:00")


async def test_a_large_one_waits_for_the_second_person(bot: Bot, officer: Desk) -> None:
    limit(bot.service, approval_above=0)
    one = await add(officer, LESSON)
    assert (one["status"], one["acts"]) == ("proposed", ["stop"])
    assert "SETUJU KAMPANYE 1" in bot.sent()[demo.HEAD][0]
    assert "petugas lain" in (await act(officer, 1, "approve")).json()["error"]
    async with bot.browser() as second:
        head = demo_desk(bot, second, "D-003")
        assert ">Setujui<" in (await head.get("/campaigns")).text
        (one,) = (await act(head, 1, "approve")).json()["campaigns"]
    assert one["status"] == "active"


# ---- who forwards


async def test_an_admin_is_invited_by_a_code_that_is_shown_once(bot: Bot, officer: Desk) -> None:
    given = {"place": demo.VILLAGE, "label": "WA RT 05"}
    page = await post_form(officer, "/relays", **given, nonce=NONCE)
    code = page.text.split("PENERUS ")[1].split("<")[0]
    again = await post_form(officer, "/relays", **given, nonce=NONCE)
    assert again.status_code == 422
    assert "sudah dibuat" in again.text
    (one,) = (await officer.get("/api/campaigns")).json()["relays"]
    assert (one["label"], one["status"]) == ("WA RT 05", "waits")
    bot.say("admin-rt", f"PENERUS {code}")
    bot.say("admin-rt", "ya")
    page = await officer.get("/campaigns")
    assert "meneruskan" in page.text
    assert code not in page.text
    assert "admin-rt" not in page.text
    stopped = await post_form(officer, f"/relays/{one['number']}/stop")
    assert stopped.headers["location"] == "/console/campaigns"
    assert (await officer.get("/api/campaigns")).json()["relays"] == []
    assert bot.actions()[-1] == (f"officer:{officer.officer_id}", "relay_ended", "relay:1")


async def test_a_village_that_is_not_theirs(bot: Bot, officer: Desk) -> None:
    body = {"nonce": NONCE, "place": "35.07.01.2001", "label": "WA RT 05"}
    answer = await officer.post("/api/relays", body)
    assert (answer.status_code, "bukan wilayah" in answer.json()["error"]) == (422, True)
    there = {"nonce": NONCE, "place": demo.OTHER_VILLAGE, "label": "WA RT 07"}
    assert (await officer.post("/api/relays", there)).status_code == 200
    async with bot.browser() as client:
        deputy = demo_desk(bot, client, "D-002")
        page = (await deputy.get("/campaigns")).text
        assert "WA RT 07" in page
        assert "/relays/1/stop" not in page
        assert (await deputy.post("/api/relays/1/stop", {})).status_code == 404


# ---- whose it is


async def test_another_offices_campaign_is_not_there(bot: Bot, officer: Desk) -> None:
    await add(officer, LESSON)
    async with bot.browser() as client:
        stranger = Desk(bot, client, hire(bot, "X-001", "section_head", OTHER_OFFICE).id)
        assert (await act(stranger, 1, "stop")).status_code == 404
        listed = (await stranger.get("/api/campaigns")).json()
        assert listed == {"campaigns": [], "relays": []}


@pytest.mark.parametrize("path", ["/campaigns", "/campaigns/1/stop", "/relays", "/relays/1/stop"])
async def test_a_form_of_another_page_is_refused(bot: Bot, officer: Desk, path: str) -> None:
    await add(officer, LESSON)
    before = bot.whole_database()
    fields = {"nonce": "f" * 32, "kind": "lesson", "place": demo.VILLAGE, "day": "1", "label": "x"}
    assert (await post_form(officer, path, **fields, csrf="0" * 64)).status_code == 403
    headers = FORM | {"Origin": "https://jahat.example"}
    given = fields | {"csrf": csrf_of(officer.client)}
    answer = await officer.client.post(f"/console{path}", data=given, headers=headers)
    assert answer.status_code == 403
    assert bot.whole_database() == before


# ---- templates


async def test_what_is_known_of_each_template(bot: Bot, officer: Desk) -> None:
    template = next(iter(shipped_templates().values()))
    state = {"name": template.name, "content_sid": "HX1", "status": "paused", "category": "UTILITY",
             "reason": "", "fingerprint": template.fingerprint}  # fmt: skip
    with bot.service.database.write() as connection:
        now = bot.service.clock.now()
        templates.keep(connection, bot.service.database, state, now)
    found = (await officer.get("/api/templates")).json()["templates"]
    assert [one["name"] for one in found] == list(shipped_templates())
    states = {one["name"]: one["status"] for one in found}
    assert states.pop(template.name) == "paused"
    assert set(states.values()) == {"unregistered"}
