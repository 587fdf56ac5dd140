"""Wraps that leaders' browsers make: the server takes them only for whom a report is meant."""

from typing import Any

import httpx
import pytest
from sqlalchemy import select

from bot import conflicts, demo, doctor, keys, rewrapping, tip_seal, tips
from bot.officers import officers
from tests.console.browsers import Keys, account_body, b64, demo_proof, post, rewrapped, wrapped
from tests.console.office import STORY, Bot, add_officer, invite, sign_in

BAOSAN = "35.02.02.2003"


def key_of(bot: Bot, staff_no: str) -> str:
    with bot.service.database.read() as connection:
        found = connection.execute(
            select(officers.c.key_id).where(officers.c.staff_no == staff_no)
        ).scalar_one()
    return str(found)


def recipients(bot: Bot, number: int = 1) -> set[str]:
    with bot.service.database.read() as connection:
        query = select(tips.wraps.c.recipient).where(tips.wraps.c.tip_number == number)
        return set(connection.execute(query).scalars())


async def work(client: httpx.AsyncClient) -> dict[str, Any]:
    answer = await client.get("/console/keys/work")
    assert answer.status_code == 200
    return dict(answer.json())


async def test_a_new_officers_wraps_are_asked_for_and_taken(
    bot: Bot, browser: httpx.AsyncClient
) -> None:
    add_officer(bot, "D-010", "deputy", BAOSAN)
    await sign_in(bot, browser, "D-003")
    asked = await work(browser)
    assert {each["recipient"] for each in asked["tips"]} == {key_of(bot, "D-010")}
    answer = await post(browser, "/keys/tips", {"wraps": rewrapped("D-003", asked)})
    assert answer.json() == {"added": 2}
    own_id, own = demo.private_key("D-010")
    with bot.service.database.read() as connection:
        tip = tips.by_number(connection, 1)
        assert tip
        wrap = tip_seal.wrap_for(connection, 1, [own_id])[own_id]
        opened = tip_seal.open_wrap(own, tip.id, own_id, wrap)
        part = tip_seal.open_part(opened, tip.id, tip_seal.sealed_parts(connection, 1)[0])
    assert part.content["what"] == STORY
    assert (await work(browser))["left"] == 0
    again = await post(browser, "/keys/tips", {"wraps": rewrapped("D-003", asked)})
    assert again.json() == {"added": 0}


async def test_whom_a_report_speaks_of_gets_no_wrap(bot: Bot, browser: httpx.AsyncClient) -> None:
    """Tip 2 speaks of an official: all who serve that village are passed over, with whatever key."""
    async with bot.browser() as own:
        path, pair = invite(bot, "D-001"), Keys.made()
        body = await account_body(bot, own, path, pair)
        assert (await own.post(path, json=body)).status_code == 200
    await sign_in(bot, browser, "D-003")
    asked = [(each["tip"], each["recipient"]) for each in (await work(browser))["tips"]]
    assert asked == [(bot.tip(1).id, pair.id)]


def _not_entitled(bot: Bot, case: str) -> dict[str, str]:
    """A wrap that must not be kept."""
    pair = Keys.made()
    recipient, tip = pair.id, bot.tip(1).id
    match case:
        case "admin":
            add_officer(bot, "D-030", "admin")
            recipient = key_of(bot, "D-030")
        case "officer of another village":
            add_officer(bot, "D-010", "deputy", demo.VILLAGE)
            recipient = key_of(bot, "D-010")
        case "officer the tip speaks of":
            recipient, tip = key_of(bot, "D-001"), bot.tip(2).id
        case "key ring":
            recipient = tip_seal.SERVER
        case "no such tip":
            recipient, tip = key_of(bot, "D-002"), "none"
        case "left the office":
            add_officer(bot, "D-010", "deputy", BAOSAN)
            recipient = key_of(bot, "D-010")
            bot.change_officer("D-010", active=False)
        case "withdrawn":
            add_officer(bot, "D-010", "deputy", BAOSAN)
            recipient = key_of(bot, "D-010")
            with bot.service.database.write() as connection:
                tips.withdraw(connection, 1, bot.service.clock.now())
    return wrapped(pair.private, tip, recipient, pair.public)


@pytest.mark.parametrize(
    "case",
    ["a stranger's key", "admin", "officer of another village", "officer the tip speaks of",
     "key ring", "no such tip", "left the office", "withdrawn"],
)  # fmt: skip
async def test_a_wrap_for_whom_it_is_not_meant_is_passed_over(
    bot: Bot, browser: httpx.AsyncClient, case: str
) -> None:
    made = _not_entitled(bot, case)
    before = recipients(bot, 1) | recipients(bot, 2)
    await sign_in(bot, browser, "D-003")
    answer = await post(browser, "/keys/tips", {"wraps": [made]})
    assert (answer.status_code, answer.json()) == (200, {"added": 0})
    assert recipients(bot, 1) | recipients(bot, 2) == before


@pytest.mark.parametrize("wrap", ["", b64(bytes(79)), b64(bytes(81)), b64(bytes(4000))])
async def test_a_wrap_of_another_size_is_none(
    bot: Bot, browser: httpx.AsyncClient, wrap: str
) -> None:
    add_officer(bot, "D-010", "deputy", BAOSAN)
    await sign_in(bot, browser, "D-003")
    asked = (await work(browser))["tips"][0]
    made = {"tip": asked["tip"], "recipient": asked["recipient"], "wrap": wrap}
    assert (await post(browser, "/keys/tips", {"wraps": [made]})).json() == {"added": 0}


def _move_away(bot: Bot) -> None:
    """Tip 1 goes to an office that is not on this system's own list."""
    with bot.service.database.write() as connection:
        connection.exec_driver_sql("PRAGMA foreign_keys=OFF")
        connection.execute(
            tips.tips.update().where(tips.tips.c.number == 1).values(office_code="kanim-lain")
        )


async def test_a_report_that_moved_away_is_still_wrapped_by_who_can_open_it(
    bot: Bot, browser: httpx.AsyncClient
) -> None:
    """Otherwise nobody of the office where it is now could read it."""
    _move_away(bot)
    add_officer(bot, "D-010", "deputy", BAOSAN)
    await sign_in(bot, browser, "D-003")
    asked = (await work(browser))["tips"]
    assert {each["tip"] for each in asked} == {bot.tip(1).id, bot.tip(2).id}


async def test_a_report_that_nobody_here_can_open_is_not_touched(
    bot: Bot, browser: httpx.AsyncClient
) -> None:
    _move_away(bot)
    with bot.service.database.write() as connection:
        leader = [
            key_of(bot, "D-003"),
            *(k.id for k in keys.office_recipient(connection, demo.OFFICE)),
        ]
        connection.execute(
            tips.wraps.delete().where(
                tips.wraps.c.tip_number == 1, tips.wraps.c.recipient.in_(leader)
            )
        )
    add_officer(bot, "D-010", "deputy", BAOSAN)
    await sign_in(bot, browser, "D-003")
    asked = (await work(browser))["tips"]
    assert {each["tip"] for each in asked} == {bot.tip(2).id}
    pair = Keys.made()
    made = wrapped(pair.private, bot.tip(1).id, key_of(bot, "D-010"), pair.public)
    assert (await post(browser, "/keys/tips", {"wraps": [made]})).json() == {"added": 0}


def _accuse(bot: Bot, number: int, staff_no: str) -> None:
    with bot.service.database.write() as connection:
        who = frozenset([bot.officer(staff_no).id])
        conflicts.remember(connection, bot.service.database, bot.service.ring, number, who)


async def test_a_leader_whom_a_report_names_gets_and_gives_no_wrap_of_it(
    bot: Bot, browser: httpx.AsyncClient
) -> None:
    _accuse(bot, 1, "D-003")
    add_officer(bot, "D-010", "deputy", BAOSAN)
    await sign_in(bot, browser, "D-003")
    assert (await browser.get("/console/tip/1")).status_code == 404
    asked = await work(browser)
    assert {each["tip"] for each in asked["tips"]} == {bot.tip(2).id}
    rubbish = {"tip": bot.tip(1).id, "recipient": key_of(bot, "D-010"), "wrap": b64(bytes(80))}
    assert (await post(browser, "/keys/tips", {"wraps": [rubbish]})).json() == {"added": 0}
    assert key_of(bot, "D-010") not in recipients(bot, 1)
    broken = {"tip": bot.tip(1).id, "recipient": asked["office_key"]}
    assert (await post(browser, "/keys/broken", broken)).status_code == 404
    assert asked["office_key"] in recipients(bot, 1)


async def test_a_wrap_that_does_not_open_is_asked_for_again(bot: Bot) -> None:
    own = key_of(bot, "D-001")
    async with bot.browser() as officer, bot.browser() as leader:
        await sign_in(bot, officer, "D-001")
        await sign_in(bot, leader, "D-003")
        body = {"tip": bot.tip(1).id, "recipient": own}
        for not_theirs in ((await work(leader))["office_key"], key_of(bot, "D-003"), "none"):
            answer = await post(officer, "/keys/broken", body | {"recipient": not_theirs})
            assert answer.json() == {"removed": False}
        assert (await post(officer, "/keys/broken", body)).json() == {"removed": True}
        assert bot.actions()[-1] == ("officer:1", "wrap_broken", "tip:1")
        (asked,) = (await work(leader))["tips"]
        assert (asked["tip"], asked["recipient"]) == (bot.tip(1).id, own)


async def test_the_only_wrap_of_a_report_is_never_taken(
    bot: Bot, browser: httpx.AsyncClient
) -> None:
    own = key_of(bot, "D-001")
    with bot.service.database.write() as connection:
        connection.execute(
            tips.wraps.delete().where(tips.wraps.c.tip_number == 1, tips.wraps.c.recipient != own)
        )
    await sign_in(bot, browser, "D-001")
    body = {"tip": bot.tip(1).id, "recipient": own}
    assert (await post(browser, "/keys/broken", body)).json() == {"removed": False}
    assert recipients(bot, 1) == {own}


async def test_what_no_key_opens_is_set_aside_and_the_rest_goes_on(
    bot: Bot, browser: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As many broken ones as are asked for at once kept every other report from its readers."""
    monkeypatch.setattr(rewrapping, "AT_ONCE", 1)
    own = key_of(bot, "D-003")
    with bot.service.database.write() as connection:
        only = tips.wraps.c.tip_number == 1, tips.wraps.c.recipient != own
        connection.execute(tips.wraps.delete().where(*only))
    add_officer(bot, "D-010", "deputy", BAOSAN)
    await sign_in(bot, browser, "D-003")
    asked = await work(browser)
    assert [each["tip"] for each in asked["tips"]] == [bot.tip(1).id]
    body = {"tip": bot.tip(1).id, "recipient": own}
    assert (await post(browser, "/keys/broken", body)).json() == {"removed": False}
    after = await work(browser)
    assert [each["tip"] for each in after["tips"]] == [bot.tip(2).id]
    assert after["left"] < asked["left"]
    findings = [found.detail for found in doctor.examine(bot.service.settings)]
    assert any(detail.startswith("1 have one key left") for detail in findings)
    bot.forward(days=2)
    await sign_in(bot, browser, "D-003")
    assert (await work(browser))["tips"][0]["tip"] == bot.tip(1).id, "it is tried again"


# ---- the office's key


def _office_key(bot: Bot, replaces: str, *holders: str) -> dict[str, Any]:
    pair = Keys.made()
    wraps = [
        {"office_key_id": pair.id, "officer_key_id": key_of(bot, holder), "wrap": b64(bytes(80))}
        for holder in holders
    ]
    return {"key_id": pair.id, "public": b64(pair.public), "replaces": replaces, "wraps": wraps}


async def test_the_offices_key_is_replaced_only_as_it_was_seen(
    bot: Bot, browser: httpx.AsyncClient
) -> None:
    await sign_in(bot, browser, "D-003")
    present = (await work(browser))["office_key"]
    for body in (
        _office_key(bot, "", "D-003"),
        _office_key(bot, "0" * 16, "D-003"),
        _office_key(bot, present),  # the maker could not open it
        _office_key(bot, present, "D-003", "D-001"),  # no leader
        _office_key(bot, present, "D-003") | {"wraps": [{
            "office_key_id": "x", "officer_key_id": key_of(bot, "D-003"), "wrap": b64(b"short"),
        }]},
    ):  # fmt: skip
        assert (await post(browser, "/keys/office", body)).status_code == 409
    assert (await work(browser))["office_key"] == present
    good = _office_key(bot, present, "D-003")
    assert (await post(browser, "/keys/office", good)).status_code == 200
    assert (await work(browser))["office_key"] == good["key_id"]
    assert (await post(browser, "/keys/office", good)).status_code == 409


async def test_a_leader_nobody_has_vouched_for_makes_no_new_key_of_the_office(
    bot: Bot, browser: httpx.AsyncClient
) -> None:
    """It would have opened all that came after it."""
    add_officer(bot, "D-020", "head")
    await sign_in(bot, browser, "D-020")
    present = (await work(browser))["office_key"]
    body = _office_key(bot, present, "D-020", "D-003")
    assert (await post(browser, "/keys/office", body)).status_code == 409
    assert (await work(browser))["office_key"] == present


@pytest.mark.parametrize(
    "change", [{"key_id": "ABC"}, {"key_id": "Z" * 16}, {"public": b64(bytes(31))}, {"public": 5},
               {"wraps": "none"}],
)  # fmt: skip
async def test_what_is_no_key_is_refused(
    bot: Bot, browser: httpx.AsyncClient, change: dict[str, Any]
) -> None:
    await sign_in(bot, browser, "D-003")
    body = _office_key(bot, (await work(browser))["office_key"], "D-003") | change
    assert (await post(browser, "/keys/office", body)).status_code == 400


async def test_the_offices_key_is_shared_with_leaders_only(
    bot: Bot, browser: httpx.AsyncClient
) -> None:
    add_officer(bot, "D-020", "head")
    await sign_in(bot, browser, "D-003")
    asked = await work(browser)
    (lacking,) = asked["share"]
    assert lacking["officer_key_id"] == key_of(bot, "D-020")
    for officer_key in (key_of(bot, "D-001"), Keys.made().id):
        wrap = {"office_key_id": asked["office_key"], "officer_key_id": officer_key,
                "wrap": b64(bytes(80))}  # fmt: skip
        await post(browser, "/keys/share", {"wraps": [wrap]})
    with bot.service.database.read() as connection:
        held = connection.execute(select(keys.office_key_wraps.c.officer_key_id)).scalars().all()
    assert held == [key_of(bot, "D-003")]
    wrap = {name: lacking[name] for name in ("office_key_id", "officer_key_id")}
    await post(browser, "/keys/share", {"wraps": [wrap | {"wrap": b64(bytes(80))}]})
    assert (await work(browser))["share"] == []


async def test_what_waited_goes_to_a_new_leader_once_somebody_vouches(
    bot: Bot, browser: httpx.AsyncClient
) -> None:
    """It stayed under the key ring, since only new accounts were looked at."""
    add_officer(bot, "D-020", "head")
    _accuse(bot, 1, "D-003")
    with bot.service.database.write() as connection:
        private = bytes(32)
        connection.execute(tips.wraps.delete().where(tips.wraps.c.tip_number == 1))
        tip_seal.give_key_to_ring(connection, bot.service.ring, 1, bot.tip(1).id, private)
    await sign_in(bot, browser, "D-003")
    (lacking,) = (await work(browser))["share"]
    wrap = {name: lacking[name] for name in ("office_key_id", "officer_key_id")}
    assert key_of(bot, "D-020") not in recipients(bot)
    await post(browser, "/keys/share", {"wraps": [wrap | {"wrap": b64(bytes(80))}]})
    assert key_of(bot, "D-020") in recipients(bot)
    assert tip_seal.SERVER not in recipients(bot)


# ---- an officer's own new key


async def begin(bot: Bot, client: httpx.AsyncClient, pair: Keys, staff_no: str) -> httpx.Response:
    body = {
        "proof": demo_proof(staff_no), "key_id": pair.id, "public": b64(pair.public),
        "by_password": b64(bytes(60)), "by_recovery": b64(bytes(60)),
    }  # fmt: skip
    return await post(client, "/account/key", body)


async def test_a_new_key_counts_only_when_all_is_wrapped_to_it(
    bot: Bot, browser: httpx.AsyncClient
) -> None:
    await sign_in(bot, browser, "D-001")
    pair, old = Keys.made(), key_of(bot, "D-001")
    word = pair.test_word((await begin(bot, browser, pair, "D-001")).json()["sealed"])
    early = await post(browser, "/account/key/proof", {"key_id": pair.id, "word": word})
    assert (early.status_code, key_of(bot, "D-001")) == (409, old)
    todo = (await browser.get(f"/console/account/key?key={pair.id}")).json()
    made = [{"id": tip["id"], "wrap": b64(bytes(80))} for tip in todo["tips"]]
    assert len(made) == todo["left"] == 1
    body = {"key_id": pair.id, "tips": made, "office": []}
    assert (await post(browser, "/account/key/wraps", body)).status_code == 200
    wrong = await post(browser, "/account/key/proof", {"key_id": pair.id, "word": "AAAAAAAA"})
    assert (wrong.status_code, key_of(bot, "D-001")) == (403, old)
    good = await post(browser, "/account/key/proof", {"key_id": pair.id, "word": word})
    assert (good.status_code, key_of(bot, "D-001")) == (200, pair.id)
    assert old not in recipients(bot)


async def test_a_key_begun_and_left_is_forgotten(bot: Bot, browser: httpx.AsyncClient) -> None:
    await sign_in(bot, browser, "D-001")
    first, second = Keys.made(), Keys.made()
    await begin(bot, browser, first, "D-001")
    tip = {"id": bot.tip(1).id, "wrap": b64(bytes(80))}
    await post(browser, "/account/key/wraps", {"key_id": first.id, "tips": [tip], "office": []})
    assert first.id in recipients(bot)
    await begin(bot, browser, second, "D-001")
    assert first.id not in recipients(bot)
    assert (await browser.get(f"/console/account/key?key={first.id}")).status_code == 409
    assert (await browser.get(f"/console/account/key?key={second.id}")).status_code == 200


async def test_a_new_key_opens_nothing_that_names_its_officer(
    bot: Bot, browser: httpx.AsyncClient
) -> None:
    """Named by what was added later, when the officer's key had it already."""
    _accuse(bot, 1, "D-001")
    await sign_in(bot, browser, "D-001")
    pair = Keys.made()
    word = pair.test_word((await begin(bot, browser, pair, "D-001")).json()["sealed"])
    todo = (await browser.get(f"/console/account/key?key={pair.id}")).json()
    assert (todo["tips"], todo["left"]) == ([], 0)
    tip = {"id": bot.tip(1).id, "wrap": b64(bytes(80))}
    await post(browser, "/account/key/wraps", {"key_id": pair.id, "tips": [tip], "office": []})
    good = await post(browser, "/account/key/proof", {"key_id": pair.id, "word": word})
    assert good.status_code == 200
    assert pair.id not in recipients(bot, 1)


async def test_nobody_touches_anothers_new_key(bot: Bot) -> None:
    async with bot.browser() as one, bot.browser() as other:
        await sign_in(bot, one, "D-001")
        await sign_in(bot, other, "D-002")
        pair = Keys.made()
        word = pair.test_word((await begin(bot, one, pair, "D-001")).json()["sealed"])
        assert (await other.get(f"/console/account/key?key={pair.id}")).status_code == 409
        for path, body in (
            ("/account/key/wraps", {"key_id": pair.id, "tips": [], "office": []}),
            ("/account/key/proof", {"key_id": pair.id, "word": word}),
        ):
            assert (await post(other, path, body)).status_code == 409


async def test_a_report_that_an_officer_can_not_open_is_not_wrapped_to_their_new_key(
    bot: Bot, browser: httpx.AsyncClient
) -> None:
    """Tip 2 speaks of D-001's village: D-001 was never given it."""
    await sign_in(bot, browser, "D-001")
    pair = Keys.made()
    await begin(bot, browser, pair, "D-001")
    tip = {"id": bot.tip(2).id, "wrap": b64(bytes(80))}
    await post(browser, "/account/key/wraps", {"key_id": pair.id, "tips": [tip], "office": []})
    assert pair.id not in recipients(bot, 2)


@pytest.mark.parametrize("path", ["/account/password", "/account/recovery", "/account/key"])
async def test_each_change_asks_for_the_password_and_guessing_gets_slow(
    bot: Bot, browser: httpx.AsyncClient, path: str
) -> None:
    await sign_in(bot, browser, "D-001")
    pair = Keys.made()
    body = {
        "proof": b64(bytes(32)), "new_proof": b64(bytes(32)), "by_password": b64(bytes(60)),
        "by_recovery": b64(bytes(60)), "key_id": pair.id, "public": b64(pair.public),
    }  # fmt: skip
    statuses = [(await post(browser, path, body)).status_code for _ in range(6)]
    assert statuses == [403] * 4 + [429] * 2
    right = body | {"proof": demo_proof("D-001")}
    assert (await post(browser, path, right)).status_code == 429
    bot.forward(minutes=1)
    assert (await post(browser, path, right)).status_code == 200


async def test_a_changed_password_ends_the_others_sessions(bot: Bot) -> None:
    async with bot.browser() as one, bot.browser() as other:
        await sign_in(bot, one, "D-001")
        await sign_in(bot, other, "D-001")
        body = {"proof": demo_proof("D-001"), "new_proof": b64(bytes(32)),
                "by_password": b64(bytes(60))}  # fmt: skip
        assert (await post(one, "/account/password", body)).status_code == 200
        assert (await other.get("/console/account")).status_code == 303
        assert (await one.get("/console/account")).status_code == 200
    assert "Kata sandi akun Anda baru diganti" in bot.sent()[demo.OFFICER][-1]
