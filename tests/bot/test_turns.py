"""One message in → one committed turn, on both databases."""

import asyncio
import logging
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from bot import demo, outbox
from bot.channels.base import Inbound
from bot.contacts import contacts
from bot.effects import Effects
from bot.inbox import inbox
from bot.officers import officers
from bot.rehearsal import Rehearsal
from bot.tips import tips
from bot.turns import sessions
from bot.world import World
from flows.events import TipOpened
from flows.nodes import Decide, Scene
from tests.bot.steps import count, heard, report, settle_in

SECRET_WORDS = "rumah kuning di ujung jalan"


def break_flow(rehearsal: Rehearsal, flow: str, node: str, when: Callable[[Scene], bool]) -> None:
    """Make one node's function raise for the messages that `when` picks."""
    whole = rehearsal.service.catalog.flows[flow]
    decide = whole.nodes[node]
    assert isinstance(decide, Decide)

    def by(scene: Scene) -> str:
        if when(scene):
            raise ValueError(f"cannot handle {scene.words}")
        return decide.by(scene)

    nodes = {**whole.nodes, node: replace(decide, by=by)}
    flows = {**rehearsal.service.catalog.flows, flow: replace(whole, nodes=nodes)}
    rehearsal.service.catalog = replace(rehearsal.service.catalog, flows=flows)


def texts_waiting(rehearsal: Rehearsal) -> list[str]:
    with rehearsal.service.database.read() as connection:
        rows = connection.execute(
            select(outbox.outbox.c.lane, outbox.outbox.c.body).order_by(outbox.outbox.c.id)
        ).all()
    ring = rehearsal.service.ring
    return [outbox.open_body(ring, row.lane, row.body).text for row in rows if row.body]


async def test_fifty_deliveries_of_one_event_at_once_make_one_turn(on_both: Rehearsal) -> None:
    event = demo.inbound("same", "warga", "halo")
    outcomes = await asyncio.gather(*(on_both.turns.accept(event) for _ in range(50)))
    assert sorted(outcomes) == ["done"] + ["duplicate"] * 49
    assert count(on_both, inbox) == 1
    assert len(texts_waiting(on_both)) == 1


async def test_a_delivery_that_comes_back_later_changes_nothing(on_both: Rehearsal) -> None:
    event = demo.inbound("again", "warga", "halo")
    assert await on_both.turns.accept(event) == "done"
    await on_both.sender.drain()
    await on_both.wait(timedelta(days=2))
    sent = len(on_both.channel.sent)
    assert await on_both.turns.accept(event) == "duplicate"
    await on_both.sender.drain()
    assert len(on_both.channel.sent) == sent


async def test_the_same_event_id_of_two_channels_is_two_events(on_both: Rehearsal) -> None:
    one = demo.inbound("1", "warga", "halo")
    other = Inbound("telegram", "1", "text", address="5551234", text="halo")
    assert await on_both.turns.accept(one) == "done"
    assert await on_both.turns.accept(other) == "done"


async def test_messages_of_one_person_are_taken_in_their_order(on_both: Rehearsal) -> None:
    words = ["halo", "setuju", "ngrayun ngrayun ponorogo", "ya"]
    people = [f"warga{n}" for n in range(12)]
    waiting = []
    for n, text in enumerate(words):  # interleaved: everybody's first, everybody's second, …
        for who in people:
            event = demo.inbound(f"{who}-{n}", who, text)
            waiting.append(asyncio.ensure_future(on_both.turns.accept(event)))
    assert set(await asyncio.gather(*waiting)) == {"done"}
    assert count(on_both, contacts, place_code=demo.VILLAGE) == len(people)


async def test_all_that_waits_shares_one_commit(on_both: Rehearsal) -> None:
    sizes = []
    apply = on_both.turns.commits._apply

    def counting(connection: Any, items: list[Inbound]) -> Any:
        sizes.append(len(items))
        return apply(connection, items)

    on_both.turns.commits._apply = counting
    events = [demo.inbound(f"e{n}", f"warga{n}", "halo") for n in range(60)]
    on_both.turns.commits.commit_now(events)
    assert sizes == [60]


async def test_one_message_that_fails_leaves_the_others_of_its_batch(
    on_both: Rehearsal, caplog: pytest.LogCaptureFixture
) -> None:
    break_flow(on_both, "free_text", "start", lambda scene: SECRET_WORDS in scene.words)
    await on_both.say("warga0", "menu")
    before = len(on_both.channel.sent)
    events = [
        demo.inbound("a", "warga1", "halo"),
        demo.inbound("b", "warga0", f"apakah {SECRET_WORDS} berbahaya"),
        demo.inbound("c", "warga2", "lapor"),
    ]
    with caplog.at_level(logging.DEBUG):
        assert on_both.turns.commits.commit_now(events) == ["done", "failed", "done"]
    await on_both.sender.drain()
    sent = on_both.channel.sent[before:]
    assert "Setuju?" in heard(sent, "warga1")
    assert "Sebelum mulai" in heard(sent, "warga2")
    assert heard(sent, "warga0").count("ada gangguan di pihak kami") == 1
    assert SECRET_WORDS not in caplog.text
    assert "ValueError" in caplog.text


async def test_a_failed_message_leaves_the_conversation_where_it_was(on_both: Rehearsal) -> None:
    await on_both.say("warga", "lapor")
    await on_both.say("warga", "lanjut")
    await on_both.say("warga", "tidak")
    await on_both.say("warga", "Ada calo")
    break_flow(on_both, "tip_off", "where_find", lambda scene: True)
    assert "gangguan" in heard(await on_both.say("warga", "ngrayun"), "warga")
    assert "Di mana kejadiannya" in heard(await on_both.say("warga", "bantuan"), "warga")


async def test_effects_of_a_failed_turn_are_taken_back_together(
    on_both: Rehearsal, monkeypatch: pytest.MonkeyPatch
) -> None:
    def tell(self: Effects, *_: object, **__: object) -> None:
        raise RuntimeError("no telling")

    for words in ("lapor", "lanjut", "tidak", "Ada calo", "ngrayun ngrayun ponorogo", "ya", "1",
                  "1", "boleh"):  # fmt: skip
        await on_both.say("warga", words)
    with monkeypatch.context() as patch:
        patch.setattr(Effects, "tell", tell)
        sent = await on_both.say("warga", "kirim")
        assert "gangguan" in heard(sent, "warga")
        assert on_both.last_outcome == "failed"
    assert count(on_both, tips) == 0
    sent = await on_both.say("warga", "kirim")
    assert "Kode laporan" in heard(sent, "warga")
    assert count(on_both, tips) == 1


async def test_a_reply_that_cannot_be_queued_takes_the_effects_back_too(
    on_both: Rehearsal, monkeypatch: pytest.MonkeyPatch
) -> None:
    for words in ("lapor", "lanjut", "tidak", "Ada calo", "ngrayun ngrayun ponorogo", "ya", "1",
                  "1", "boleh"):  # fmt: skip
        await on_both.say("warga", words)
    real = outbox.row_for

    def row_for(ring: Any, message: Any, now: Any, **rest: Any) -> dict[str, Any]:
        if "Kode laporan" in message.text:
            raise ValueError("cannot be encoded")
        return real(ring, message, now, **rest)

    with monkeypatch.context() as patch:
        patch.setattr(outbox, "row_for", row_for)
        sent = await on_both.say("warga", "kirim")
    assert "gangguan" in heard(sent, "warga")
    assert heard(sent, "petugas") == ""
    assert count(on_both, tips) == 0
    assert "Kode laporan" in heard(await on_both.say("warga", "kirim"), "warga")
    assert count(on_both, tips) == 1


async def test_a_text_that_the_database_refuses_is_tried_alone(
    postgresql_url: str, caplog: pytest.LogCaptureFixture
) -> None:
    """A broadcast's text is compared as it is; PostgreSQL takes no NUL in a text."""
    rehearsal = Rehearsal(postgresql_url)
    try:
        await settle_in(rehearsal, "warga")
        for words in ("siaran", "2"):
            await rehearsal.say("petugas", words)
        before = len(rehearsal.channel.sent)
        events = [
            demo.inbound("a", "warga1", "halo"),
            demo.inbound("b", "petugas", f"Penyuluhan {SECRET_WORDS}\x00 di balai desa"),
            demo.inbound("c", "warga2", "halo"),
        ]
        assert rehearsal.turns.commits.commit_now(events) == ["done", "failed", "done"]
        await rehearsal.sender.drain()
        sent = rehearsal.channel.sent[before:]
        assert "Setuju?" in heard(sent, "warga1")
        assert "Setuju?" in heard(sent, "warga2")
        assert heard(sent, "petugas").count("gangguan") == 1
        assert heard(sent, "warga") == ""
        assert rehearsal.turns.commits.commit_now(events) == ["duplicate"] * 3
        assert SECRET_WORDS not in caplog.text
    finally:
        rehearsal.close()


@pytest.mark.parametrize(
    "words", ["\ud800 halo", "a\x00b", "x" * 100_000, "\u202e\u200b", "%s {x}"]
)
async def test_no_text_breaks_the_turns_of_others(on_both: Rehearsal, words: str) -> None:
    for place in ("menu", "lapor", "lanjut", "tidak"):
        await on_both.say("warga", place)
        await on_both.say("warga", words)
    events = [demo.inbound("x", "warga", words), demo.inbound("y", "budi", "halo")]
    assert on_both.turns.commits.commit_now(events)[1] == "done"
    await on_both.sender.drain()
    assert "Mau apa hari ini" in heard(await on_both.say("warga", "menu"), "warga")


async def test_only_the_owner_carries_a_tip_on_even_when_the_flow_is_wrong(
    on_both: Rehearsal, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The effects check the rights again: a flow's slip opens nothing."""
    await report(on_both)
    break_to = on_both.service.catalog.flows["officer_desk"]
    always = {"_": "take"}
    node = break_to.nodes["take_it"]
    assert isinstance(node, Decide)
    nodes = {**break_to.nodes, "take_it": replace(node, by=lambda scene: always["_"])}
    flows = {**on_both.service.catalog.flows, "officer_desk": replace(break_to, nodes=nodes)}
    on_both.service.catalog = replace(on_both.service.catalog, flows=flows)
    monkeypatch.setattr(World, "_is_mine", lambda world, tip: True)
    sent = await on_both.say("wakil", "ambil 1")
    assert "gangguan" in heard(sent, "wakil")
    assert "/console/" not in heard(sent, "wakil")
    assert count(on_both, tips, status="assigned") == 1


async def test_an_officer_who_left_is_a_villager_again(on_both: Rehearsal) -> None:
    await report(on_both)
    with on_both.service.database.write() as connection:
        connection.execute(
            officers.update().where(officers.c.staff_no == "D-001").values(active=False)
        )
    sent = await on_both.say("petugas", "ambil 1")
    assert "/console/" not in heard(sent, "petugas")
    assert "Mau apa hari ini" in heard(await on_both.say("petugas", "menu"), "petugas")


async def test_what_is_stored_of_a_message_is_only_that_it_came(on_both: Rehearsal) -> None:
    await on_both.say("warga", "lapor")
    assert set(inbox.c.keys()) == {"id", "channel", "event_id", "received_at"}
    with on_both.service.database.read() as connection:
        row = connection.execute(select(sessions.c.state).limit(1)).one()
    assert b"tip_off" not in row.state


async def test_the_wake_up_call_follows_each_commit(on_both: Rehearsal) -> None:
    called = []
    on_both.turns.commits._after = lambda: called.append(len(texts_waiting(on_both)))
    await on_both.turns.accept(demo.inbound("w", "warga", "halo"))
    await asyncio.sleep(0.05)
    assert called == [1]


def test_a_tip_never_shows_its_report_in_a_repr() -> None:
    event = TipOpened("R", "report", "none", "35.02", {"what": SECRET_WORDS})
    assert SECRET_WORDS not in repr(event)
    assert SECRET_WORDS not in repr(demo.inbound("1", "0812999", SECRET_WORDS))
    assert "0812999" not in repr(demo.inbound("1", "0812999", SECRET_WORDS))
