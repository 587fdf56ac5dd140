"""Meetings at the console, through the real app: planned, changed, asked at, answered, counted,
closed, printed; and the same as JSON."""

import re
from typing import Any

import httpx
import pytest

from bot import demo
from tests.bot.steps import NGRAYUN
from tests.console.office import FORM, Bot, csrf_of
from tests.console.staff import NONCE, OTHER_OFFICE, Desk, demo_desk, hire
from tests.console.test_broadcasts import deliver, limit, post_form

NEIGHBOUR = "tetangga"
ASKED = "tanya pertemuan berapa biaya paspor di kantor imigrasi?"
MEETING: dict[str, Any] = {
    "place": demo.VILLAGE, "title": "Sosialisasi paspor", "where": "Balai desa",
    "starts_at": "2026-11-25T09:00:00",
}  # fmt: skip
FIELDS = {
    "place": demo.VILLAGE, "title": "Sosialisasi paspor", "where": "Balai desa",
    "day": "2026-11-25", "begins": "09:00", "ends": "", "speakers": "",
}  # fmt: skip


@pytest.fixture
def officer(bot: Bot, browser: httpx.AsyncClient) -> Desk:
    return demo_desk(bot, browser, "D-001")


@pytest.fixture
def villager(bot: Bot) -> str:
    """Lives there and has agreed."""
    for words in ("halo", "setuju", NGRAYUN):
        bot.say(NEIGHBOUR, words)
    assert "Desa Anda" in bot.say(NEIGHBOUR, "ya")[NEIGHBOUR][0]
    return NEIGHBOUR


async def plan(desk: Desk, meeting: dict[str, Any] = MEETING, nonce: str = NONCE) -> int:
    answer = await desk.post("/api/meetings", {"nonce": nonce, "meeting": meeting})
    assert answer.status_code == 200, answer.text
    return int(answer.json()["number"])


async def act(desk: Desk, number: int, name: str, **given: Any) -> httpx.Response:
    nonce = f"{number:08x}{len(name):08x}{len(str(given)):08x}{desk.officer_id:08x}"
    return await desk.post(f"/api/meetings/{number}/{name}", {"nonce": nonce, "given": given})


def ask(bot: Bot, who: str) -> None:
    bot.say(who, ASKED)
    assert "dicatat" in "\n".join(bot.say(who, "kirim")[who])


# ---- planned, seen, changed, called off


async def test_from_the_form_to_the_invitation(bot: Bot, officer: Desk, villager: str) -> None:
    page = (await officer.get("/meetings")).text
    assert f'<option value="{demo.VILLAGE}"' in page
    before = bot.whole_database()
    seen = (await post_form(officer, "/meetings", **FIELDS)).text
    assert "UNDANGAN: Sosialisasi paspor: Rabu 25 November" in seen
    assert "Untuk 1 grup dan 1 orang" in seen
    assert bot.whole_database() == before
    hidden = dict(
        re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', seen.split("bubble")[1])
    )
    assert hidden | FIELDS == hidden
    planned = await post_form(officer, "/meetings", **hidden)
    assert planned.headers["location"] == "/console/meetings/1"
    assert bot.woken
    said = deliver(bot)
    assert "UNDANGAN: Sosialisasi paspor: Rabu 25 November" in said[villager][0]
    assert "UNDANGAN" in said[demo.GROUP][0]
    assert "Sosialisasi paspor" in (await officer.get("/meetings")).text
    page = (await officer.get("/meetings/1")).text
    assert "Rabu 25 November pukul 09.00 WIB sampai 11.00" in page
    assert 'href="/console/broadcasts/1"' in page
    assert bot.actions()[-2][:2] == (f"officer:{officer.officer_id}", "planned")


async def test_a_double_click_is_one_meeting(officer: Desk) -> None:
    for _ in range(2):
        answer = await post_form(officer, "/meetings", **FIELDS, nonce=NONCE, sure="1")
        assert answer.headers["location"] == "/console/meetings/1"
    assert len((await officer.get("/api/meetings")).json()["meetings"]) == 1


async def test_a_large_invitation_waits_for_the_second_person_who_is_asked_once(
    bot: Bot, officer: Desk, villager: str
) -> None:
    limit(bot.service, approval_above=0)
    assert "Menunggu persetujuan" in (await post_form(officer, "/meetings", **FIELDS)).text
    for _ in range(2):
        number = await plan(officer)
    assert len(bot.sent()[demo.HEAD]) == 1
    shown = (await officer.get(f"/api/meetings/{number}")).json()
    broadcast = (await officer.get(f"/api/broadcasts/{shown['invitation']}")).json()
    assert broadcast["status"] == "proposed"
    assert villager not in deliver(bot)


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        ({"place": "35.02.02"}, "tidak saya temukan di wilayah Anda"),
        ({"place": "35.02.01.2001"}, "bukan wilayah Anda"),
        ({"title": "Acara Pak Budi Santoso"}, "tanpa nama orang"),
        ({"speakers": "Lihat bit.ly/abc"}, "bit.ly"),
        ({"where": "x"}, ""),
        ({"starts_at": "2026-11-22T09:00:00"}, "sudah lewat"),
        ({"starts_at": "2027-11-22T09:00:00"}, "enam bulan"),
        ({"ends_at": "2026-11-25T08:00:00"}, "sesudah jam mulai"),
    ],
)
async def test_what_is_refused_is_told_and_nothing_changes(
    bot: Bot, officer: Desk, wrong: dict[str, str], told: str
) -> None:
    before = bot.whole_database()
    body = {"nonce": NONCE, "meeting": MEETING | wrong}
    answer = await officer.post("/api/meetings", body)
    assert answer.status_code == 422
    assert told in answer.json()["error"]
    assert bot.whole_database() == before


async def test_the_form_comes_back_filled(officer: Desk) -> None:
    fields = FIELDS | {"title": "Acara Pak Budi Santoso"}
    answer = await post_form(officer, "/meetings", **fields, nonce=NONCE)
    assert answer.status_code == 422
    assert "tanpa nama orang" in answer.text
    assert 'value="Acara Pak Budi Santoso"' in answer.text
    assert 'value="09:00"' in answer.text


async def test_who_was_invited_hears_of_a_change_and_of_the_end(
    bot: Bot, officer: Desk, villager: str
) -> None:
    """Also when all of it happens within minutes: that is not the same news twice."""
    number = await plan(officer)
    deliver(bot)
    shown = (await act(officer, number, "change", starts_at="2026-11-26T10:00:00")).json()
    assert (shown["starts_at"], shown["ends_at"]) == (
        "2026-11-26T10:00:00+07:00", "2026-11-26T12:00:00+07:00",
    )  # fmt: skip
    assert "BERUBAH: Sosialisasi paspor: Kamis 26 November" in deliver(bot)[villager][0]
    bot.forward(minutes=1)
    times = {"day": "2026-11-27", "begins": "10:00", "ends": "11:00"}
    answer = await post_form(
        officer, f"/meetings/{number}/change", **times, where="Masjid", nonce=NONCE
    )
    assert answer.headers["location"] == f"/console/meetings/{number}"
    assert "di Masjid" in deliver(bot)[villager][0]
    assert (await act(officer, number, "cancel")).json()["status"] == "cancelled"
    assert "BATAL" in deliver(bot)[villager][0]
    late = await post_form(officer, f"/meetings/{number}/cancel", nonce=NONCE[::-1])
    assert late.status_code == 409
    assert "Itu tidak bisa lagi" in late.text


# ---- questions, present, the end


async def test_a_question_is_answered_once_to_who_asked(
    bot: Bot, officer: Desk, villager: str
) -> None:
    number = await plan(officer)
    deliver(bot)
    ask(bot, villager)
    shown = (await officer.get(f"/api/meetings/{number}")).json()
    assert (shown["open_questions"], shown["acts"]) == (1, ["change", "cancel", "answer"])
    (group,) = shown["questions"]
    assert (group["asked"], group["answer"]) == ("kurang dari 3", None)
    assert "berapa biaya paspor" in (await officer.get(f"/meetings/{number}")).text
    bad = await post_form(
        officer, f"/meetings/{number}/answer", question=str(group["number"]), text="bit.ly/abc",
        nonce=NONCE,
    )  # fmt: skip
    assert bad.status_code == 409
    assert ">bit.ly/abc</textarea>" in bad.text
    told = {"question": group["number"], "text": "Rp350.000 untuk paspor biasa."}
    for _ in range(2):
        assert (await act(officer, number, "answer", **told)).status_code == 200
    assert "Rp350.000" in "\n".join(bot.sent()[villager])
    assert bot.sent() == {}
    again = await act(officer, number, "answer", **told | {"text": "Rp650.000 yang baru."})
    assert "sudah dijawab" in again.json()["error"]


async def test_a_question_of_another_meeting_is_not_answered_here(
    bot: Bot, officer: Desk, villager: str
) -> None:
    number = await plan(officer)
    deliver(bot)
    ask(bot, villager)
    other = await plan(officer, MEETING | {"place": demo.OTHER_VILLAGE}, NONCE[::-1])
    answer = await act(officer, other, "answer", question=1, text="Rp350.000 untuk paspor.")
    assert "tidak ada" in answer.json()["error"]
    assert (await officer.get(f"/api/meetings/{number}")).json()["open_questions"] == 1


async def test_held_closed_and_printed(bot: Bot, officer: Desk, villager: str) -> None:
    number = await plan(officer)
    deliver(bot)
    bot.say(villager, "datang")
    early = await act(officer, number, "held", present=40)
    assert "belum dimulai" in early.json()["error"]
    bot.forward(days=2, hours=1)
    fresh = demo_desk(bot, officer.client, "D-001")
    noted = await post_form(fresh, f"/meetings/{number}/held", present="43", nonce=NONCE)
    assert noted.headers["location"] == f"/console/meetings/{number}"
    shown = (await fresh.get(f"/api/meetings/{number}")).json()
    assert (shown["present"], shown["coming"]["yes"]) == (43, "kurang dari 3")
    assert shown["acts"] == ["held", "close"]
    assert (await act(fresh, number, "held", present=5001)).status_code == 400
    assert (await act(fresh, number, "close")).json()["status"] == "closed"
    pdf = await fresh.get(f"/meetings/{number}/report.pdf")
    assert pdf.headers["content-type"] == "application/pdf"
    assert pdf.headers["cache-control"] == "no-store"
    assert pdf.content.startswith(b"%PDF-")
    assert "ditutup" in (await fresh.get("/meetings")).text


# ---- whose it is


async def test_another_offices_meeting_is_not_there(bot: Bot, officer: Desk) -> None:
    number = await plan(officer)
    async with bot.browser() as client:
        stranger = Desk(bot, client, hire(bot, "X-001", "section_head", OTHER_OFFICE).id)
        missing = await stranger.get("/meetings/998")
        for path in (f"/meetings/{number}", f"/meetings/{number}/report.pdf"):
            theirs = await stranger.get(path)
            assert (theirs.status_code, theirs.text) == (404, missing.text)
        assert (await act(stranger, number, "cancel")).status_code == 404
        assert (await stranger.get("/api/meetings")).json() == {"meetings": []}
    async with bot.browser() as client:
        deputy = demo_desk(bot, client, "D-002")
        other = await plan(officer, MEETING | {"place": demo.OTHER_VILLAGE}, NONCE[::-1])
        assert (await deputy.get(f"/meetings/{other}")).status_code == 404


@pytest.mark.parametrize("path", ["/meetings", "/meetings/1/cancel"])
async def test_a_form_of_another_page_is_refused(bot: Bot, officer: Desk, path: str) -> None:
    await plan(officer)
    before = bot.whole_database()
    fields = FIELDS | {"nonce": "f" * 32, "sure": "1"}
    assert (await post_form(officer, path, **fields, csrf="0" * 64)).status_code == 403
    headers = FORM | {"Origin": "https://jahat.example"}
    given = fields | {"csrf": csrf_of(officer.client)}
    answer = await officer.client.post(f"/console{path}", data=given, headers=headers)
    assert answer.status_code == 403
    assert bot.whole_database() == before


async def test_nobody_who_asks_or_comes_is_shown(bot: Bot, officer: Desk, villager: str) -> None:
    number = await plan(officer)
    deliver(bot)
    bot.say(villager, "datang")
    ask(bot, villager)
    paths = ("/meetings", f"/meetings/{number}", "/api/meetings", f"/api/meetings/{number}")
    for path in paths:
        assert villager not in (await officer.get(path)).text
