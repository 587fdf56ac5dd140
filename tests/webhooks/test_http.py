"""The web process beside its conversations: a database that is away, health, and the simulator."""

import logging
import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from sqlalchemy import Engine, event
from sqlalchemy.exc import OperationalError

from bot import outbox
from bot.channels.base import MAX_MEDIA
from bot.database import Database
from flows.events import MessageCreated
from tests.fakes.twilio import ACCOUNT_SID, inbound_form
from tests.posters import poster
from tests.webhooks.live import PUBLIC, LiveBot, eventually, live_bot, private
from webhooks.edge import MAX_BODY
from webhooks.simulator import GUARD

# ---- the database is away


@pytest.fixture
def hasty(tmp_path: Path) -> Iterator[LiveBot]:
    """A bot that waits 0.05 s for a lock where it otherwise waits 30."""
    with live_bot(tmp_path) as bot:
        _never_wait(bot.service.database.engine)
        yield bot


def _never_wait(engine: Engine) -> None:
    @event.listens_for(engine, "checkout")
    def hurry(connection: Any, *_: object) -> None:
        connection.execute("PRAGMA busy_timeout=50")


@contextmanager
def locked(bot: LiveBot) -> Iterator[None]:
    """Another process holds the file, as a backup or a long import would."""
    with closing(sqlite3.connect(bot.file, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        yield
        other.execute("ROLLBACK")


def test_while_the_file_is_locked_telegram_is_asked_to_come_again(hasty: LiveBot) -> None:
    chat, update_id = hasty.new_id(), hasty.new_id()
    with locked(hasty):
        call = hasty.says(chat, "halo", update_id)
        assert call.status_code == 503
        assert int(call.headers["Retry-After"]) > 0
        assert hasty.rows("SELECT * FROM inbox") == []
    assert hasty.says(chat, "halo", update_id).status_code == 200
    assert hasty.says(chat, "halo", update_id).status_code == 200
    hasty.telegram_answer(chat)
    hasty.until_quiet()
    assert len(hasty.heard(chat)) == 1


def test_while_the_file_is_locked_twilio_is_asked_to_come_again(hasty: LiveBot) -> None:
    phone = "whatsapp:+6281234567890"
    form = inbound_form("halo", sender=phone)
    with locked(hasty):
        assert hasty.twilio_call(form).status_code == 503
    assert hasty.twilio_call(form).status_code == 200
    answer = hasty.whatsapp_answer(phone)
    sid, path = answer.sid, answer.form["StatusCallback"].removeprefix(PUBLIC)
    hasty.until_quiet()
    report = {"MessageSid": sid, "MessageStatus": "read", "AccountSid": ACCOUNT_SID}
    with locked(hasty):
        call = hasty.twilio_call(report, path)
        assert call.status_code == 503
        assert int(call.headers["Retry-After"]) > 0
    assert hasty.twilio_call(report, path).status_code == 204
    assert hasty.rows("SELECT status FROM outbox WHERE provider_id = ?", sid) == [("read",)]
    assert len(hasty.got(phone)) == 1


def test_what_left_while_the_file_was_locked_is_not_sent_again(hasty: LiveBot) -> None:
    """The provider took the message; our note of it comes when the lock is gone."""
    chat = hasty.new_id()
    with hasty.sender_may_not_note():
        hasty.says(chat, "halo")
        hasty.telegram_answer(chat)
        lock = locked(hasty)
        lock.__enter__()
    assert hasty.says(hasty.new_id(), "halo").status_code == 503
    lock.__exit__(None, None, None)
    hasty.until_quiet()
    assert len(hasty.heard(chat)) == 1
    assert [row[0] for row in hasty.rows("SELECT DISTINCT status FROM outbox")] == ["sent"]


def test_a_database_that_breaks_within_a_turn_is_503_and_says_nothing_of_the_text(
    bot: LiveBot, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    chat, update_id = bot.new_id(), bot.new_id()

    @contextmanager
    def broken(self: Database) -> Iterator[None]:
        raise OperationalError("INSERT rahasia-sekali", {"text": "rahasia-sekali"}, Exception("x"))
        yield

    caplog.set_level(logging.DEBUG)
    with monkeypatch.context() as patch:
        patch.setattr(Database, "write", broken)
        assert bot.says(chat, "rahasia-sekali", update_id).status_code == 503
    assert "OperationalError" in caplog.text
    assert "rahasia-sekali" not in caplog.text
    assert bot.says(chat, "halo", update_id).status_code == 200
    assert "Kanim Ponorogo" in bot.telegram_answer(chat).text


# ---- health


def test_the_process_says_that_it_lives(bot: LiveBot) -> None:
    assert bot.http.get("/healthz").json() == {"status": "ok"}


def test_a_working_bot_is_ready(bot: LiveBot) -> None:
    bot.until_quiet()
    call = bot.http.get("/readyz")
    assert (call.status_code, call.json()) == (200, {"status": "ok", "problems": []})


def test_a_bot_without_an_office_is_not_ready(tmp_path: Path) -> None:
    with live_bot(tmp_path, office="kanim-lain") as bot:
        call = bot.http.get("/readyz")
        assert (call.status_code, call.json()["problems"]) == (503, ["no office"])
        assert bot.http.get("/healthz").status_code == 200


def test_a_message_that_waits_too_long_makes_the_bot_not_ready(tmp_path: Path) -> None:
    with live_bot(tmp_path, telegram_bot_token="") as bot:
        assert bot.says(5, "halo").status_code == 200
        assert bot.http.get("/readyz").status_code == 200, "a moment is not too long"
        now = bot.service.clock.now()
        with bot.service.database.write() as connection:
            old = outbox.row_for(
                bot.service.ring, MessageCreated("rahasia"), now - timedelta(minutes=6),
                channel="telegram", contact_id=1,
            )  # fmt: skip
            outbox.queue(connection, [old])
        call = bot.http.get("/readyz")
        assert call.status_code == 503
        assert call.json()["problems"][0].startswith("outbox telegram: oldest message waits 36")
        assert bot.metric("kentongan_outbox_oldest_seconds", channel="telegram") >= 360


def test_metrics_are_for_this_machine_only(bot: LiveBot) -> None:
    bot.talks(bot.new_id(), "halo")
    call = bot.http.get("/metrics")
    assert call.status_code == 200
    assert "kentongan_turns_total" in call.text
    for header in ("X-Forwarded-For", "Forwarded", "x-forwarded-for"):
        proxied = bot.http.get("/metrics", headers={header: "127.0.0.1"})
        assert (proxied.status_code, proxied.content) == (403, b"")


def test_metrics_name_nobody(bot: LiveBot) -> None:
    chat = bot.new_id()
    bot.talks(chat, "laporan-rahasia-9")
    text = bot.http.get("/metrics").text
    assert str(chat) not in text
    assert "rahasia" not in text


@pytest.mark.parametrize("path", ["/docs", "/openapi.json", "/redoc", "/webhooks", "/.env"])
def test_nothing_else_is_served(bot: LiveBot, path: str) -> None:
    assert bot.http.get(path).status_code == 404


@pytest.mark.parametrize(
    "path", ["/webhooks/telegram/", "/webhooks/twilio/", "/webhooks/twilio/status/"]
)
def test_a_slash_at_the_end_is_not_redirected(bot: LiveBot, path: str) -> None:
    """A redirect would be signed over another address than the one that is called."""
    assert bot.http.post(path, content=b"").status_code == 404


# ---- the simulator


@pytest.fixture(scope="module")
def simulator(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LiveBot]:
    with live_bot(tmp_path_factory.mktemp("simulator"), simulator=True) as bot:
        yield bot


PATHS = ("/simulator", "/simulator/", "/simulator/state", "/simulator/static/simulator.html")
POSTS = ("/simulator/say", "/simulator/clock", "/simulator/picture", "/simulator/reset")


def test_without_the_setting_there_is_no_simulator(bot: LiveBot) -> None:
    for path in (*PATHS, "/simulator/stream"):
        assert bot.http.get(path).status_code == 404
    for path in POSTS:
        call = bot.http.post(path, json={"phone": "warga", "text": "halo"}, headers={GUARD: "1"})
        assert call.status_code == 404


def test_whoever_types_only_the_address_gets_a_page(bot: LiveBot, simulator: LiveBot) -> None:
    for live, page in ((bot, "/console/"), (simulator, "/simulator/")):
        call = live.http.get("/", follow_redirects=True)
        assert (call.status_code, call.url.path) == (200, page)


def test_with_the_setting_the_page_is_there(simulator: LiveBot) -> None:
    for path in PATHS:
        call = simulator.http.get(path, follow_redirects=True)
        assert call.status_code == 200
    page = simulator.http.get("/simulator/")
    assert "script-src 'self'" in page.headers["Content-Security-Policy"]
    assert page.headers["Cache-Control"] == "no-store"


def say(simulator: LiveBot, phone: str = "warga", **what: str) -> httpx.Response:
    return simulator.http.post(
        "/simulator/say", json={"phone": phone, **what}, headers={GUARD: "1"}
    )


def shown(simulator: LiveBot, phone: str = "warga") -> list[dict[str, Any]]:
    messages: dict[str, list[dict[str, Any]]] = simulator.http.get("/simulator/state").json()[
        "messages"
    ]
    return messages[phone]


def test_what_is_said_on_the_page_is_answered_on_the_page(simulator: LiveBot) -> None:
    before = len(shown(simulator))
    assert say(simulator, text="halo").status_code == 202
    eventually(lambda: len(shown(simulator)) == before + 2, "an answer on the page")
    said, answer = shown(simulator)[before:]
    assert (said["from"], said["text"]) == ("me", "halo")
    assert answer["from"] == "bot"
    assert "Kanim Ponorogo" in answer["text"]


@pytest.mark.parametrize("path", POSTS)
def test_another_sites_page_can_not_post_to_the_simulator(simulator: LiveBot, path: str) -> None:
    time.sleep(0.3)  # the sender notes what it has sent up to 50 ms later
    before, shown_before = simulator.everything(), shown(simulator)
    for headers in ({}, {"Origin": "https://evil.example.org", "Content-Type": "text/plain"}):
        call = simulator.http.post(
            path, content=b'{"phone": "warga", "text": "x", "forward": "1d"}', headers=headers
        )
        assert call.status_code == 403
    assert simulator.everything() == before
    assert shown(simulator) == shown_before


@pytest.mark.parametrize(
    "body",
    [
        pytest.param(b"", id="empty"),
        pytest.param(b"{", id="cut off"),
        pytest.param(b"[" * 10_000, id="deep"),
        pytest.param(b"\xff", id="not UTF-8"),
        pytest.param(b"null", id="null"),
        pytest.param(b'{"phone": 5}', id="a number"),
        pytest.param(b'{"phone": "siapa", "text": "halo", "forward": "99y"}', id="unknown"),
        pytest.param(b'{"phone": "warga", "text": "   ", "forward": ""}', id="blank"),
        pytest.param(b'{"phone": "warga", "forward": "1d", "text": "' + b"x" * MAX_BODY + b'"}',
                     id="oversized"),
    ],
)  # fmt: skip
@pytest.mark.parametrize("path", ["/simulator/say", "/simulator/clock"])
def test_the_simulator_refuses_what_it_can_not_read(
    simulator: LiveBot, path: str, body: bytes
) -> None:
    before = simulator.rows("SELECT count(*) FROM inbox")
    call = simulator.http.post(path, content=body, headers={GUARD: "1"})
    assert call.status_code == 400
    assert call.json()["error"]
    assert simulator.rows("SELECT count(*) FROM inbox") == before


def test_a_picture_from_the_villagers_phone_is_read_on_the_page(simulator: LiveBot) -> None:
    before = len(shown(simulator))
    call = simulator.http.post(
        "/simulator/picture", content=poster("PT ALFA NUSANTARA"), headers={GUARD: "1"}
    )
    assert call.status_code == 202
    eventually(lambda: "Cek ini?" in shown(simulator)[-1]["text"], "the read-back on the page")
    texts = [message["text"] for message in shown(simulator)[before:]]
    assert texts[0] == "[foto]"
    assert "“PT ALFA NUSANTARA”" in texts[-1]
    say(simulator, text="menu")


@pytest.mark.parametrize("size", [0, MAX_MEDIA + 1], ids=["empty", "too large"])
def test_the_simulator_takes_no_empty_and_no_huge_picture(simulator: LiveBot, size: int) -> None:
    before = simulator.rows("SELECT count(*) FROM inbox")
    call = simulator.http.post("/simulator/picture", content=b"x" * size, headers={GUARD: "1"})
    assert call.status_code == 413
    assert call.json()["error"]
    assert simulator.rows("SELECT count(*) FROM inbox") == before


def test_reset_begins_anew(simulator: LiveBot) -> None:
    say(simulator, text="halo")
    assert simulator.http.post("/simulator/reset", headers={GUARD: "1"}).status_code == 200
    assert shown(simulator) == []
    assert simulator.rows("SELECT count(*) FROM inbox") == [(0,)]
    assert simulator.rows("SELECT count(*) FROM officer") == [(3,)]


def test_telegram_goes_on_beside_the_simulator(simulator: LiveBot) -> None:
    chat = simulator.new_id()
    assert simulator.telegram_call(private(chat, text="halo")).status_code == 200
    assert "Kanim Ponorogo" in simulator.telegram_answer(chat).text
