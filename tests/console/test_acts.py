"""What the acts of a case's page do: to the tip, to its keys, to who is told, to the log."""

import base64
import re
from typing import Any

import httpx
import pytest

from bot import demo, tip_seal
from bot.case_rows import merges
from bot.officers import duties
from bot.sealing import new_key_pair, public_of, seal_to
from bot.tip_rows import wraps
from bot.tip_seal import pack, part_info
from tests.console.office import Bot
from tests.console.staff import NONCE, Desk, demo_desk, hire, wrap_for
from tests.opened import opened, report_of

OTHER = "Calo menahan paspor delapan orang di rumahnya sejak Senin"

PIMPASA, DEPUTY, LEADER = "D-001", "D-002", "D-003"


@pytest.fixture
def owner(bot: Bot, browser: httpx.AsyncClient) -> Desk:
    """The village's officer, who has taken tip 1."""
    return demo_desk(bot, browser, PIMPASA)


def wraps_of(bot: Bot, number: int, key_id: str) -> dict[str, bytes]:
    with bot.service.database.read() as connection:
        return tip_seal.wrap_for(connection, number, [key_id])


def b64(data: bytes) -> str:
    return base64.b64encode(data).decode()


# ---- reading


async def test_the_case_comes_sealed_with_only_ones_own_wraps(bot: Bot, owner: Desk) -> None:
    case = await owner.opened(1)
    own_id, own = demo.private_key(PIMPASA)
    assert list(case["wraps"]) == [own_id]
    assert (case["officeKeys"], case["ring"]) == ({}, None)
    wrap = base64.b64decode(case["wraps"][own_id])
    private = tip_seal.open_wrap(own, case["id"], own_id, wrap)
    assert b64(public_of(private)) == case["public"]
    assert [part["kind"] for part in case["parts"]] == ["report"]
    assert "Bus" not in str(case)


async def test_a_leader_gets_the_office_key_as_sealed_to_them(
    bot: Bot, browser: httpx.AsyncClient
) -> None:
    leader = demo_desk(bot, browser, LEADER)
    case = await leader.opened(1)
    own_id, _ = demo.private_key(LEADER)
    (office_key,) = case["officeKeys"]
    assert case["officeKeys"][office_key]["officerKeyId"] == own_id
    assert office_key in case["wraps"]


async def test_every_serving_is_written_down(bot: Bot, owner: Desk) -> None:
    before = len(bot.actions())
    await owner.get("/tip/1")
    assert len(bot.actions()) == before
    await owner.opened(1)
    await owner.post("/tip/1/open", {"why": "print"})
    who = f"officer:{owner.officer_id}"
    assert bot.actions()[before:] == [(who, "read", "tip:1"), (who, "printed", "tip:1")]
    assert "Dibaca 2 kali" in (await owner.get("/tip/1")).text


async def test_the_reporter_is_told_of_every_reading_and_of_the_letter(
    bot: Bot, owner: Desk, browser: httpx.AsyncClient
) -> None:
    await owner.opened(1)
    await owner.post("/tip/1/open", {"why": "print"})
    letter = {"partner": "polres_ppa", "ground": "penempatan_tanpa_izin", "digest": "ab" * 32}
    assert (await owner.act(1, "forwarded", **letter)).status_code == 200
    bot.say(demo.VILLAGER, "menu")
    bot.say(demo.VILLAGER, "buka")
    told = " ".join(bot.say(demo.VILLAGER, "2")[demo.VILLAGER])
    assert "Dibaca 2 kali oleh petugas kantor imigrasi." in told
    assert "Diteruskan ke Polres." in told


async def test_no_word_of_a_report_is_in_any_page_of_the_server(bot: Bot, owner: Desk) -> None:
    for path in ("/inbox", "/tip/1", "/tip/1/print", "/tip/1/forward"):
        text = (await owner.get(path)).text
        assert "paspor" not in text
        assert "besok malam" not in text


async def test_an_attachment_comes_by_itself_and_is_written_down(bot: Bot, owner: Desk) -> None:
    tip = bot.tip(1)
    with bot.service.database.write() as connection:
        tip_seal.add_part(
            connection, 1, tip.id, tip.public_key, "attachment",
            {"name": "a.jpg", "media_type": "image/jpeg"}, bot.service.clock.now(), b"x" * 9000,
        )  # fmt: skip
    part = (await owner.opened(1))["parts"][-1]
    assert part["sealed"] is None
    answer = await owner.post(f"/tip/1/part/{part['uid']}", {})
    assert (answer.status_code, len(answer.content)) == (200, part["size"])
    assert bot.actions()[-1][1] == "read_attachment"
    for uid in ("ab" * 12, (await owner.opened(1))["parts"][0]["uid"]):
        assert (await owner.post(f"/tip/1/part/{uid}", {})).status_code == 404


# ---- words


async def test_a_reply_is_sealed_and_its_reporter_told_once(bot: Bot, owner: Desk) -> None:
    body = {"nonce": NONCE, "words": "NIK 3502121505900001 jangan dikirim.\r\nBusnya biru?"}
    for _ in range(3):  # the answer was lost on the way, the button pressed again
        assert (await owner.post("/tip/1/reply", body)).status_code == 200
    words = "NIK [NIK disembunyikan] jangan dikirim.\nBusnya biru?"
    assert [
        part.content["text"] for part in opened(bot.service, 1) if part.kind == "to_reporter"
    ] == [words]
    assert bot.tip(1).status == "answered"
    (told,) = bot.sent()[demo.VILLAGER]
    assert "Ada pesan untuk Anda" in told
    assert bot.woken


@pytest.mark.parametrize(
    ("words", "says"),
    [("", "terlalu pendek"), (" . , ! ", "terlalu pendek"), ("\u200b\u200b\u200b", "pendek"),
     ("a" * 1001, "terlalu panjang")],
)  # fmt: skip
async def test_words_that_cannot_go_out(bot: Bot, owner: Desk, words: str, says: str) -> None:
    before = bot.whole_database()
    answer = await owner.act(1, "reply", words=words)
    assert (answer.status_code, says in answer.json()["error"]) == (422, True)
    assert bot.whole_database() == before


async def test_who_wants_no_questions_may_be_given_news(
    bot: Bot, browser: httpx.AsyncClient
) -> None:
    """Else the clock of the answer could never be stopped."""
    bot.report(OTHER, contact="2")
    bot.say(demo.OFFICER, "AMBIL 3")
    owner = demo_desk(bot, browser, PIMPASA)
    assert "Pelapor memilih TIDAK ditanya" in (await owner.get("/tip/3")).text
    assert (await owner.act(3, "reply", words="Kami sudah cek.")).status_code == 200
    assert bot.tip(3).status == "answered"


def sealed_note(bot: Bot, words: str, uid: str = "cd" * 12) -> dict[str, Any]:
    tip = bot.tip(1)
    info = part_info(tip.id, "note", uid)
    return {"uid": uid, "sealed": b64(seal_to(tip.public_key, info, pack({"text": words})))}


async def test_a_note_is_kept_as_the_browser_sealed_it(bot: Bot, owner: Desk) -> None:
    assert (await owner.act(1, "note", **sealed_note(bot, "hubungi BP3MI"))).status_code == 200
    note = opened(bot.service, 1)[-1]
    assert (note.kind, note.content) == ("note", {"text": "hubungi BP3MI"})
    assert demo.VILLAGER not in bot.sent()


@pytest.mark.parametrize("odd", [{"uid": "x"}, {"sealed": "AAAA"}, {"sealed": b64(b"x" * 30_000)}])
async def test_what_is_no_sealed_note_is_refused(bot: Bot, owner: Desk, odd: Any) -> None:
    before = bot.whole_database()
    answer = await owner.act(1, "note", **sealed_note(bot, "x") | odd)
    assert not answer.is_success
    assert bot.whole_database() == before


# ---- the clock and the end


async def test_a_pause_has_its_reason_and_its_end(bot: Bot, owner: Desk) -> None:
    for odd in ({"reason": "malas", "days": 3}, {"reason": "document", "days": 15}):
        assert (await owner.act(1, "pause", **odd)).status_code == 422
    assert (await owner.act(1, "pause", reason="document", days=3)).status_code == 200
    assert bot.tip(1).pause_reason == "document"
    assert "Jeda sampai Kamis 26 November" in (await owner.get("/tip/1")).text
    assert (await owner.act(1, "pause", reason="document", days=3)).status_code == 409


async def test_closing_says_the_last_words_once_and_shuts_the_case(bot: Bot, owner: Desk) -> None:
    answer = await owner.act(1, "close", outcome="handled", words="Terima kasih, busnya dicegat.")
    assert answer.json() == {"go": "/inbox"}
    assert bot.tip(1).status == "closed"
    assert len(bot.sent()[demo.VILLAGER]) == 1
    bot.say(demo.VILLAGER, "buka")
    assert "busnya dicegat" in " ".join(bot.say(demo.VILLAGER, "2")[demo.VILLAGER])
    assert (await owner.get("/tip/1")).status_code == 404
    listed = (await owner.get("/inbox?show=closed")).text
    assert "Sudah ditangani" in listed
    assert "/tip/1" not in listed


async def test_a_closed_case_opens_for_its_leaders_only(
    bot: Bot, browser: httpx.AsyncClient
) -> None:
    await demo_desk(bot, browser, PIMPASA).act(1, "close", outcome="handled")
    leader = demo_desk(bot, browser, LEADER)
    page = (await leader.get("/tip/1")).text
    assert "Sudah ditangani" in page
    assert "data-act" not in page
    assert (await leader.opened(1))["parts"]
    assert (await leader.act(1, "note", **sealed_note(bot, "nanti"))).status_code == 409


async def test_a_report_nobody_read_is_not_closed_as_false(bot: Bot, owner: Desk) -> None:
    refused = await owner.act(1, "close", outcome="false", words="Laporan ini palsu.")
    assert refused.status_code == 422
    assert "Baca dulu" in refused.json()["error"]
    assert bot.tip(1).status == "acknowledged"
    await owner.opened(1)
    assert (await owner.act(1, "close", outcome="false")).json() == {"go": "/inbox"}
    assert bot.tip(1).status == "closed"
    assert "closed:false" in [action for _, action, _ in bot.actions()]


async def test_an_outcome_is_one_of_the_list(bot: Bot, owner: Desk) -> None:
    assert (await owner.act(1, "close", outcome="lupa")).status_code == 422
    assert bot.tip(1).status == "acknowledged"


# ---- hands


async def test_the_owner_hands_on_to_the_leader_who_can_read_already(bot: Bot, owner: Desk) -> None:
    to = bot.officer(LEADER).id
    answer = await owner.act(1, "hand-on", officer=to)
    assert answer.json() == {"go": "/inbox"}
    tip = bot.tip(1)
    assert (tip.officer_id, tip.status) == (to, "assigned")
    said = bot.sent()
    assert "diserahkan rekan kepada Anda" in said[demo.HEAD][-1]
    assert "Ada pesan untuk Anda" in said[demo.VILLAGER][-1]
    assert demo.OFFICER not in said
    assert (await owner.get("/tip/1")).status_code == 404


async def test_the_owner_cannot_hand_on_to_just_anybody(bot: Bot, owner: Desk) -> None:
    somebody = hire(bot, "D-009", "contact")
    with bot.service.database.write() as connection:
        connection.execute(
            duties.update().where(duties.c.officer_id == somebody.id).values(place_code="35.02.01")
        )
    assert (await owner.act(1, "hand-on", officer=somebody.id)).status_code == 409
    assert bot.tip(1).officer_id == owner.officer_id


async def test_a_new_hand_gets_the_key_from_the_leaders_browser(
    bot: Bot, browser: httpx.AsyncClient
) -> None:
    """The server asks for a wrap, takes one for exactly that key, and only then hands over."""
    leader = demo_desk(bot, browser, LEADER)
    somebody = hire(bot, "D-009", "contact")
    before = bot.whole_database()
    asked = (await leader.act(1, "hand-on", officer=somebody.id)).json()["wrap_for"]
    assert asked["id"] == somebody.key_id
    assert bot.whole_database() == before
    public = base64.b64decode(asked["public"])
    wrap = wrap_for(bot, 1, LEADER, public, somebody.key_id)
    other, _ = demo.private_key(DEPUTY)
    for odd in ({"key_id": other, "wrap": b64(wrap)}, {"key_id": asked["id"], "wrap": "AAAA"}):
        answer = await leader.act(1, "hand-on", officer=somebody.id, **odd)
        assert "wrap_for" in answer.json()
    assert bot.whole_database() == before
    done = await leader.act(1, "hand-on", officer=somebody.id, key_id=asked["id"], wrap=b64(wrap))
    assert done.json() == {"go": "/tip/1"}
    assert bot.tip(1).officer_id == somebody.id
    kept = wraps_of(bot, 1, somebody.key_id)[somebody.key_id]
    assert tip_seal.open_wrap(somebody.private, bot.tip(1).id, somebody.key_id, kept)


async def test_sharing_lets_read_and_taking_back_ends_it(
    bot: Bot, browser: httpx.AsyncClient
) -> None:
    leader = demo_desk(bot, browser, LEADER)
    colleague = hire(bot, "D-009", "contact")
    public = (await leader.act(1, "share", officer=colleague.id)).json()["wrap_for"]["public"]
    wrap = wrap_for(bot, 1, LEADER, base64.b64decode(public), colleague.key_id)
    sent = {"officer": colleague.id, "key_id": colleague.key_id, "wrap": b64(wrap)}
    assert (await leader.act(1, "share", **sent)).json() == {"go": "/tip/1"}
    assert (await leader.act(1, "share", **sent)).status_code == 200  # nothing twice
    assert "#1 dibagikan kepada Anda" in bot.sent()["D-009"][-1]
    reading = Desk(bot, browser, colleague.id)
    assert list((await reading.opened(1))["wraps"]) == [colleague.key_id]
    assert "Dibagikan (1)" in (await reading.get("/inbox?show=shared")).text
    assert (await reading.act(1, "reply", words="Halo pelapor")).status_code == 409
    assert (await reading.act(1, "close", outcome="handled")).status_code == 409
    leader = demo_desk(bot, browser, LEADER)
    assert (await leader.act(1, "unshare", officer=colleague.id)).status_code == 200
    assert wraps_of(bot, 1, colleague.key_id) == {}
    reading = Desk(bot, browser, colleague.id)
    assert (await reading.get("/tip/1")).status_code == 404
    actions = [action for _, action, _ in bot.actions()]
    assert f"shared:{colleague.id}" in actions
    assert f"unshared:{colleague.id}" in actions


async def test_a_leader_takes_over(bot: Bot, browser: httpx.AsyncClient) -> None:
    leader = demo_desk(bot, browser, LEADER)
    assert (await leader.act(1, "hand-on", officer=leader.officer_id)).status_code == 200
    assert "diserahkan pimpinan" in bot.sent()[demo.OFFICER][-1]
    assert (await leader.act(1, "take")).json() == {"go": "/tip/1"}
    assert (bot.tip(1).officer_id, bot.tip(1).status) == (leader.officer_id, "acknowledged")


# ---- two that say the same


async def test_merging_closes_one_and_lets_the_other_owner_read_both(
    bot: Bot, browser: httpx.AsyncClient
) -> None:
    bot.report(OTHER)
    bot.say(demo.OFFICER, "AMBIL 3")
    leader = demo_desk(bot, browser, LEADER)
    for into in (3, 99):
        assert (await leader.act(3, "merge", into=into)).status_code in (404, 409)
    assert (await leader.act(3, "merge", into=1)).json() == {"go": "/tip/1"}
    assert bot.tip(3).status == "closed"
    said = bot.sent()
    assert len(said[demo.VILLAGER]) == 1
    assert "bertambah satu laporan" in said[demo.OFFICER][-1]
    owner = demo_desk(bot, browser, PIMPASA)
    assert 'href="/console/tip/3"' in (await owner.get("/tip/1")).text
    assert list((await owner.opened(3))["wraps"]) == [demo.private_key(PIMPASA)[0]]
    assert "Digabung ke" in (await owner.get("/tip/3")).text
    with bot.service.database.read() as connection:
        (row,) = connection.execute(merges.select())
    assert (row.tip_number, row.into_number) == (3, 1)
    assert report_of(bot.service, 3)["what"] == OTHER


async def test_tips_that_name_the_same_are_linked_where_they_may_be_read(
    bot: Bot, browser: httpx.AsyncClient
) -> None:
    bot.report("Pelaku pakai nomor 0812-3456-7890")
    bot.report("Ada yang mengajak, nomornya 081234567890")
    bot.say(demo.OFFICER, "AMBIL 3")
    bot.say(demo.OFFICER, "AMBIL 4")
    same = re.compile(r'<a href="/console/tip/4">#4</a>: \d+ hal yang sama')
    assert same.search((await demo_desk(bot, browser, PIMPASA).get("/tip/3")).text)
    leader = demo_desk(bot, browser, LEADER)
    await leader.act(4, "hand-on", officer=leader.officer_id)
    page = (await demo_desk(bot, browser, PIMPASA).get("/tip/3")).text
    assert re.search(r"<li>#4: \d+ hal yang sama", page)


async def test_a_tip_about_the_other_ones_owner_takes_both_from_them(
    bot: Bot, browser: httpx.AsyncClient
) -> None:
    """Tip 2 speaks of a village official: the village's own officers must not read it."""
    leader = demo_desk(bot, browser, LEADER)
    assert (await leader.act(2, "merge", into=1)).status_code == 200
    assert bot.tip(2).status == "closed"
    assert bot.tip(1).officer_id == leader.officer_id
    assert (await demo_desk(bot, browser, PIMPASA).get("/tip/1")).status_code == 404


# ---- partners


async def test_a_letter_is_put_on_record_without_its_words(bot: Bot, owner: Desk) -> None:
    page = (await owner.get("/tip/1/forward")).text
    assert "Polres" in page
    told = {"partner": "polres_ppa", "ground": "penempatan_tanpa_izin", "digest": "ab" * 32}
    for odd in ({"partner": "x"}, {"ground": "x"}, {"digest": "x"}, {"ground": "konsuler"}):
        assert (await owner.act(1, "forwarded", **told | odd)).status_code == 422
    assert (await owner.act(1, "forwarded", **told)).status_code == 200
    assert bot.actions()[-1] == (f"officer:{owner.officer_id}", "forwarded:polres", "tip:1")
    page = (await owner.get("/tip/1")).text
    assert "Diteruskan ke Polres" in page
    found = re.search(r'name="request" value="(\d+)"', page)
    assert found
    letter = int(found[1])
    for request, words, status in (
        (letter, "x", 422),
        (letter + 1, "Sudah kami terima", 409),
        (letter, "Sudah kami terima", 200),
        (letter, "Lagi pula", 409),
    ):
        answer = await owner.act(1, "partner-answer", request=request, words=words)
        assert answer.status_code == status
    part = opened(bot.service, 1)[-1]
    assert (part.kind, "Sudah kami terima" in part.content["text"]) == ("from_partner", True)
    assert 'name="request"' not in (await owner.get("/tip/1")).text


async def test_a_form_without_a_nonce_does_nothing(bot: Bot, owner: Desk) -> None:
    before = bot.whole_database()
    for nonce in ("", "x" * 32, NONCE[:-1]):
        answer = await owner.post("/tip/1/reply", {"nonce": nonce, "words": "Busnya biru?"})
        assert answer.status_code == 422
    assert bot.whole_database() == before


async def test_the_same_nonce_of_another_officer_counts_by_itself(
    bot: Bot, browser: httpx.AsyncClient
) -> None:
    owner = demo_desk(bot, browser, PIMPASA)
    await owner.post("/tip/1/reply", {"nonce": NONCE, "words": "Busnya biru?"})
    leader = demo_desk(bot, browser, LEADER)
    await leader.post("/tip/2/reply", {"nonce": NONCE, "words": "Kades yang mana?"})
    assert bot.tip(2).status == "answered"


async def test_mode_server_gives_the_browser_the_tips_key(
    bot: Bot, browser: httpx.AsyncClient
) -> None:
    tip, (private, public) = bot.tip(1), new_key_pair()
    with bot.service.database.write() as connection:
        connection.execute(wraps.delete().where(wraps.c.tip_number == 1))
        tip_seal.give_key_to_ring(connection, bot.service.ring, 1, tip.id, private)
    case = await demo_desk(bot, browser, PIMPASA).opened(1)
    assert (case["ring"], case["wraps"], len(public)) == (b64(private), {}, 32)
