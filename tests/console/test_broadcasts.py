"""Broadcasts at the console, through the real app: form, preview, a second person, one click once,
pause, correction, withdrawal; and the same as JSON."""

import re
from typing import Any

import httpx
import pytest
from sqlalchemy import update

from bot import broadcasts, contacts, demo, feeding
from bot.officer_at_work import Declined
from bot.officer_broadcasts import OfficerBroadcasts
from bot.outbox_rows import outbox
from bot.service import Service
from bot.settings import Settings
from console.sessions import COOKIE
from tests.console.office import FORM, Bot, csrf_of
from tests.console.staff import NONCE, OTHER_OFFICE, Desk, demo_desk, hire

TEXT = "Besok pukul 09.00 penyuluhan di balai desa."
DRAFT: dict[str, Any] = {"text": TEXT, "places": [demo.VILLAGE]}
FIELDS = {"text": TEXT, f"place.{demo.VILLAGE}": "1", "kind": "news", "to": "residents"}
WARNING = DRAFT | {
    "kind": "warning", "source": "Kemlu, imbauan", "source_date": "2026-11-20",
    "until": "2026-12-20T12:00:00",
    "text": "Ada ajakan kerja ke Kamboja lewat media sosial. Cek dulu ke Disnaker.",
}  # fmt: skip


@pytest.fixture
def officer(bot: Bot, browser: httpx.AsyncClient) -> Desk:
    return demo_desk(bot, browser, "D-001")


async def post_form(desk: Desk, path: str, **fields: str) -> httpx.Response:
    """As a page's own form sends it."""
    given = {"csrf": csrf_of(desk.client)} | fields
    headers = FORM | {"Origin": desk.bot.base}
    return await desk.client.post(f"/console{path}", data=given, headers=headers)


async def order(desk: Desk, draft: dict[str, Any] = DRAFT, nonce: str = NONCE) -> int:
    answer = await desk.post("/api/broadcasts", {"nonce": nonce, "draft": draft})
    assert answer.status_code == 200, answer.text
    return int(answer.json()["number"])


async def act(desk: Desk, number: int, name: str, words: str = "") -> httpx.Response:
    nonce = f"{number:08x}{len(name):08x}{0:08x}{desk.officer_id:08x}"
    return await desk.post(f"/api/broadcasts/{number}/{name}", {"nonce": nonce, "words": words})


async def state(desk: Desk, number: int) -> str:
    return str((await desk.get(f"/api/broadcasts/{number}")).json()["status"])


def deliver(bot: Bot, room: int = 100) -> dict[str, list[str]]:
    """What the sender and the schedule do."""
    service, now = bot.service, bot.service.clock.now()
    with service.database.write() as connection:
        broadcasts.start_due(connection, service, now)
        feeding.feed(connection, service, demo.CHANNEL, now, room)
    said = bot.sent()
    with service.database.write() as connection:
        broadcasts.end_due(connection, now)
    return said


def limit(service: Service, **settings: int) -> None:
    service.settings = Settings(**(service.settings.model_dump() | settings))


# ---- form, preview, sending


async def test_from_the_form_over_the_preview_to_the_group(bot: Bot, officer: Desk) -> None:
    form = (await officer.get("/broadcasts/new")).text
    assert f'name="place.{demo.VILLAGE}"' in form
    assert "Kecamatan di" not in form  # only who leads reaches them
    preview = await post_form(officer, "/broadcasts/preview", **FIELDS)
    assert preview.status_code == 200
    assert TEXT in preview.text
    assert "Grup" in preview.text
    assert "Tulis STOP untuk berhenti" in preview.text
    hidden = dict(re.findall(r'name="([\w.]+)" value="([^"]*)"', preview.text))
    assert hidden["text"] == TEXT
    sent = await post_form(officer, "/broadcasts", **FIELDS, nonce=hidden["nonce"])
    assert sent.headers["location"] == "/console/broadcasts/1"
    assert bot.woken
    assert TEXT in deliver(bot)[demo.GROUP][0]
    status = (await officer.get("/broadcasts/1")).text
    assert "selesai" in status
    assert "1 dari 1" in status


async def test_a_double_click_is_one_broadcast(bot: Bot, officer: Desk) -> None:
    for _ in range(2):
        answer = await post_form(officer, "/broadcasts", **FIELDS, nonce=NONCE)
        assert answer.headers["location"] == "/console/broadcasts/1"
    assert len((await officer.get("/api/broadcasts")).json()["broadcasts"]) == 1
    assert len(deliver(bot)[demo.GROUP]) == 1


async def test_what_may_not_be_sent_is_told_before_and_refused_after(
    bot: Bot, officer: Desk
) -> None:
    fields = FIELDS | {"text": f"{TEXT} Daftar di https://bit.ly/x"}
    preview = await post_form(officer, "/broadcasts/preview", **fields)
    assert "Tautan ke bit.ly tidak boleh" in preview.text
    assert ">Kirim<" not in preview.text
    before = bot.whole_database()
    refused = await post_form(officer, "/broadcasts", **fields, nonce=NONCE)
    assert refused.status_code == 422
    assert "Tautan ke bit.ly tidak boleh" in refused.text
    assert bot.whole_database() == before


async def test_the_form_comes_back_as_it_was(officer: Desk) -> None:
    filled = FIELDS | {"language.jv": "1", "at": "2026-11-24T10:00", "kind": "warning"}
    form = (await post_form(officer, "/broadcasts/new", **filled)).text
    assert TEXT in form
    assert 'name="language.jv" value="1" checked' in form
    assert 'value="2026-11-24T10:00"' in form
    assert 'value="warning" checked' in form


async def test_a_leader_reaches_kecamatan_and_more_villages_than_usual_forms_have_fields(
    bot: Bot, browser: httpx.AsyncClient
) -> None:
    head = demo_desk(bot, browser, "D-003")
    form = (await head.get("/broadcasts/new")).text
    assert "Kecamatan di Kab. Ponorogo" in form
    ticked = dict.fromkeys(re.findall(r'name="(place\.35\.02\.\d\d)"', form), "1")
    assert len(ticked) == 21
    fields = {"text": TEXT} | ticked
    preview = await post_form(head, "/broadcasts/preview", **fields)
    assert "1 penerima" in preview.text


async def test_an_hour_in_the_form_is_the_offices_own(bot: Bot, officer: Desk) -> None:
    draft = DRAFT | {"at": "2026-11-24T10:00:00"}
    number = await order(officer, draft)
    shown = (await officer.get(f"/api/broadcasts/{number}")).json()
    assert shown["starts_at"] == "2026-11-24T10:00:00+07:00"
    assert shown["status"] == "scheduled"
    assert deliver(bot) == {}


@pytest.mark.parametrize(
    ("draft", "told"),
    [
        (DRAFT | {"places": ["99.99"]}, "place 99.99"),
        (DRAFT | {"languages": ["xx"]}, "language xx"),
        (DRAFT | {"lesson": "tidak_ada"}, "lesson tidak_ada"),
        (DRAFT | {"corrects": 7}, "nomor itu tidak ada"),
        (DRAFT | {"places": ["35.07.01.2001"]}, "bukan wilayah Anda"),
    ],
)
async def test_a_script_hears_what_to_mend(officer: Desk, draft: dict[str, Any], told: str) -> None:
    answer = await officer.post("/api/broadcasts", {"nonce": NONCE, "draft": draft})
    assert answer.status_code == 422
    assert told in answer.json()["error"]


async def test_a_shape_that_is_not_ours_is_unreadable(officer: Desk) -> None:
    for path, body in (
        ("/api/broadcasts", {"nonce": "1", "draft": DRAFT}),
        ("/api/broadcasts", {"nonce": NONCE, "draft": DRAFT | {"kind": "withdrawal"}}),
        ("/api/broadcasts/preview", DRAFT | {"meeting": 1}),
    ):
        assert (await officer.post(path, body)).status_code == 400
    assert (
        await post_form(officer, "/broadcasts/preview", text="x", at="kapan")
    ).status_code == 400


async def test_nobodys_number_is_kept_in_the_words(officer: Desk) -> None:
    draft = DRAFT | {"text": "Bawa KTP dengan NIK 3502021111900001 ke balai desa."}
    seen = (await officer.post("/api/broadcasts/preview", draft)).json()
    assert "3502021111900001" not in seen["text"]


# ---- the second person


async def test_a_warning_waits_for_the_second_person(
    bot: Bot, browser: httpx.AsyncClient, officer: Desk
) -> None:
    number = await order(officer, WARNING)
    assert await state(officer, number) == "proposed"
    assert "menunggu persetujuan" in bot.sent()[demo.HEAD][0]
    page = (await officer.get(f"/broadcasts/{number}")).text
    assert ">Setujui<" not in page
    assert (await act(officer, number, "approve")).json()["error"].startswith("Siaran disetujui")
    async with bot.browser() as second:
        head = demo_desk(bot, second, "D-003")
        page = (await head.get(f"/broadcasts/{number}")).text
        assert ">Setujui<" in page
        assert "1 penerima" in page  # what is approved: whom it reaches, and its words
        assert "Sumber: Kemlu, imbauan" in page
        assert (await act(head, number, "approve")).json()["approved_by"].startswith("Dewi")
    said = deliver(bot)
    assert "PERINGATAN" in said[demo.GROUP][0]
    assert any("disetujui Dewi" in words for words in said[demo.OFFICER])


async def test_a_no_with_its_reason_ends_it(bot: Bot, officer: Desk) -> None:
    number = await order(officer, WARNING)
    async with bot.browser() as second:
        head = demo_desk(bot, second, "D-003")
        answer = await post_form(
            head, f"/broadcasts/{number}/reject", nonce=NONCE, words="Sumbernya belum ada"
        )
        assert answer.status_code == 303
    assert "Sumbernya belum ada" in (await officer.get(f"/broadcasts/{number}")).text
    assert demo.GROUP not in deliver(bot)


async def test_who_only_looks_after_the_office_stops_nothing(
    bot: Bot, browser: httpx.AsyncClient, officer: Desk
) -> None:
    """Not even with the command line's or a script's way in."""
    number = await order(officer)
    admin = hire(bot, "X-009", "admin").id
    with bot.service.database.write() as connection:
        mine = OfficerBroadcasts(connection, bot.service, admin, bot.service.clock.now())
        with pytest.raises(Declined):
            mine.act(number, "cancel", "", NONCE)
    assert await state(officer, number) == "scheduled"


# ---- while it runs, and after


async def test_pause_resume_cancel_by_buttons(bot: Bot, officer: Desk) -> None:
    number = await order(officer)
    for button, becomes in (("pause", "paused"), ("resume", "scheduled"), ("cancel", "cancelled")):
        nonce = f"{len(button):032x}"
        answer = await post_form(officer, f"/broadcasts/{number}/{button}", nonce=nonce)
        assert answer.headers["location"] == f"/console/broadcasts/{number}"
        assert await state(officer, number) == becomes
    again = await post_form(officer, f"/broadcasts/{number}/pause", nonce="f" * 32)
    assert again.status_code == 409
    assert "Siaran itu sudah" in again.text
    assert deliver(bot) == {}


async def test_the_same_button_twice_is_no_error(officer: Desk) -> None:
    number = await order(officer)
    for _ in range(2):
        answer = await post_form(officer, f"/broadcasts/{number}/pause", nonce=NONCE)
        assert answer.status_code == 303


async def test_a_correction_goes_to_who_got_it_and_the_rest_stops(bot: Bot, officer: Desk) -> None:
    number = await order(officer)
    deliver(bot)
    page = (await officer.get(f"/broadcasts/{number}")).text
    assert "Ralat" in page
    right = "Penyuluhan pindah ke pukul 10.00."
    preview = await post_form(officer, "/broadcasts/preview", text=right, corrects=str(number))
    assert f"Semua yang menerima siaran #{number}" in preview.text
    assert "RALAT" in preview.text
    sent = await post_form(
        officer, "/broadcasts", text=right, corrects=str(number), nonce=NONCE[::-1]
    )
    assert sent.headers["location"] == f"/console/broadcasts/{number + 1}"
    assert deliver(bot)[demo.GROUP][0].startswith("RALAT")


async def test_what_runs_is_held_back_while_it_is_corrected(bot: Bot, officer: Desk) -> None:
    bot.say(demo.VILLAGER, "desa baosan kidul ngrayun ponorogo")
    number = await order(officer)
    deliver(bot, room=0)  # begun, nobody told yet
    assert await state(officer, number) == "sending"
    correction = {"text": "Penyuluhan pindah ke pukul 10.00.", "corrects": number}
    await order(officer, correction, NONCE[::-1])
    assert await state(officer, number) == "cancelled"
    assert demo.GROUP not in deliver(bot)


async def test_a_withdrawal_is_told_at_once_and_offered_once(bot: Bot, officer: Desk) -> None:
    number = await order(officer)
    deliver(bot)
    short = await act(officer, number, "withdraw", "ya")
    assert "terlalu pendek" in short.json()["error"]
    answer = await post_form(
        officer, f"/broadcasts/{number}/withdraw", nonce=NONCE, words="Penyuluhan batal. Maaf."
    )
    assert answer.status_code == 303
    assert deliver(bot)[demo.GROUP][0].startswith("DITARIK")
    assert "Tarik kembali" not in (await officer.get(f"/broadcasts/{number}")).text


async def test_one_of_an_older_release_is_shown_and_withdrawn(bot: Bot, officer: Desk) -> None:
    """It has no plan, only its words and places."""
    number = await order(officer)
    deliver(bot)
    table = broadcasts.broadcasts
    with bot.service.database.write() as connection:
        connection.execute(update(table).where(table.c.id == number).values(plan=""))
    assert TEXT in (await officer.get(f"/broadcasts/{number}")).text
    assert (await act(officer, number, "withdraw", "Penyuluhan batal. Maaf.")).status_code == 200
    assert deliver(bot)[demo.GROUP][0].startswith("DITARIK")


async def test_failures_are_told_in_words(bot: Bot, officer: Desk) -> None:
    number = await order(officer)
    deliver(bot)
    with bot.service.database.write() as connection:
        connection.execute(
            update(outbox)
            .where(outbox.c.broadcast_id == number)
            .values(status="failed", error_code="403")
        )
    shown = (await officer.get(f"/api/broadcasts/{number}")).json()
    (failure,) = shown["failures"]
    assert failure == {"key": "403", "words": "memblokir bot atau bot dikeluarkan", "number": 1}
    assert "memblokir bot atau bot dikeluarkan: 1" in (await officer.get("/broadcasts/1")).text


# ---- whose it is


async def test_another_offices_number_looks_like_none(bot: Bot, officer: Desk) -> None:
    number = await order(officer)
    async with bot.browser() as elsewhere:
        stranger = Desk(bot, elsewhere, hire(bot, "X-001", "section_head", OTHER_OFFICE).id)
        for path in ("/broadcasts/{}", "/api/broadcasts/{}"):
            theirs = await stranger.get(path.format(number))
            missing = await stranger.get(path.format(number + 998))
            assert (theirs.status_code, theirs.text) == (404, missing.text)
        assert (await act(stranger, number, "cancel")).status_code == 404
        draft = {"text": TEXT, "corrects": number}
        answer = await stranger.post("/api/broadcasts", {"nonce": NONCE, "draft": draft})
        assert answer.status_code == 422
        assert (await stranger.get("/api/broadcasts")).json() == {"broadcasts": []}
    assert await state(officer, number) == "scheduled"


@pytest.mark.parametrize(
    "path", ["/broadcasts", "/broadcasts/new", "/broadcasts/preview", "/broadcasts/1/cancel"]
)
async def test_a_form_of_another_page_is_refused(bot: Bot, officer: Desk, path: str) -> None:
    await order(officer)
    before = bot.whole_database()
    fields = FIELDS | {"nonce": "f" * 32}
    assert (await post_form(officer, path, **fields, csrf="0" * 64)).status_code == 403
    headers = FORM | {"Origin": "https://jahat.example"}
    given = fields | {"csrf": csrf_of(officer.client)}
    answer = await officer.client.post(f"/console{path}", data=given, headers=headers)
    assert answer.status_code == 403
    assert bot.whole_database() == before


async def test_a_nonce_belongs_to_one_officer(bot: Bot, officer: Desk) -> None:
    number = await order(officer)
    async with bot.browser() as second:
        deputy = demo_desk(bot, second, "D-002")
        assert await order(deputy, DRAFT | {"text": f"{TEXT} Bawa KTP."}) != number


async def test_asking_how_far_it_is_does_not_keep_a_session_alive(
    bot: Bot, browser: httpx.AsyncClient, officer: Desk
) -> None:
    number = await order(officer)
    for _ in range(16):
        bot.forward(minutes=1)
        answer = await officer.get(f"/api/broadcasts/{number}")
    assert answer.status_code == 401
    assert "error" in answer.json()
    browser.cookies.delete(COOKIE)


async def test_nobodys_address_is_anywhere(bot: Bot, officer: Desk) -> None:
    person, now = "whatsapp:+6281234567890", bot.service.clock.now()
    with bot.service.database.write() as connection:
        known = contacts.load(
            connection, bot.service.database, bot.service.ring, [("whatsapp", person)], now
        )
        contact_id = known["whatsapp", person].id
        contacts.change(connection, contact_id, place_code=demo.VILLAGE, consented_at=now)
    preview = await post_form(officer, "/broadcasts/preview", **FIELDS)
    assert "Orang di WhatsApp" in preview.text
    number = await order(officer)
    deliver(bot)
    pages = [await officer.get(path) for path in ("/broadcasts", f"/broadcasts/{number}")]
    pages += [await officer.get(f"/api/broadcasts/{number}"), preview]
    assert "menunggu" in pages[1].text
    assert [page.url for page in pages if "81234567890" in page.text] == []
