"""Telegram's webhook over real HTTP: who may call, and what a person or a group then reads."""

import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from tests.fakes.telegram import USERNAME
from tests.webhooks.live import (
    SECRET,
    LiveBot,
    in_group,
    live_bot,
    membership,
    person,
    private,
)


def refused(bot: LiveBot, reason: str) -> float:
    return bot.metric("kentongan_webhook_refused_total", channel="telegram", reason=reason)


# ---- who may call


@pytest.mark.parametrize("secret", ["", SECRET, "x" * 16])
def test_without_a_secret_in_the_settings_nobody_may_call(tmp_path: Path, secret: str) -> None:
    with live_bot(tmp_path, telegram_webhook_secret="") as bot:
        before = refused(bot, "secret")
        assert bot.telegram_call(private(1, text="halo"), secret=secret).status_code == 403
        assert refused(bot, "secret") == before + 1
        assert bot.rows("SELECT * FROM inbox") == []


@pytest.mark.parametrize(
    "secret",
    ["", "wrong", SECRET[:-1], SECRET + "x", SECRET.lower(), "\u00e9" * 16],
)
def test_a_wrong_secret_is_refused_and_counted(bot: LiveBot, secret: str) -> None:
    before = refused(bot, "secret")
    update = bot.new_id()
    call = bot.telegram_call({"update_id": update} | private(1, text="halo"), secret=secret)
    assert call.status_code == 403
    assert call.content == b""
    assert refused(bot, "secret") == before + 1
    assert bot.rows("SELECT * FROM inbox WHERE event_id = ?", str(update)) == []


def test_a_missing_secret_is_refused_and_counted(bot: LiveBot) -> None:
    before = refused(bot, "secret")
    body = json.dumps({"update_id": bot.new_id()} | private(1, text="halo"))
    assert bot.http.post("/webhooks/telegram", content=body).status_code == 403
    assert refused(bot, "secret") == before + 1


def test_the_webhook_takes_only_posts(bot: LiveBot) -> None:
    headers = {"X-Telegram-Bot-Api-Secret-Token": SECRET}
    assert bot.http.get("/webhooks/telegram", headers=headers).status_code == 405


# ---- a person


def test_a_genuine_message_is_answered_with_buttons_that_telegram_takes(bot: LiveBot) -> None:
    chat = bot.new_id()
    answer = bot.talks(chat, "halo")
    assert "Kanim Ponorogo" in answer.text
    labels = [button["text"] for row in answer.keyboard for button in row]
    assert labels == ["1. Setuju", "2. Jangan simpan", "0. Bicara petugas"]
    assert all(1 <= len(data.encode()) <= 64 for data in payloads(answer.keyboard))


def test_a_pressed_button_goes_on_and_stops_spinning(bot: LiveBot) -> None:
    chat = bot.new_id()
    consent = bot.talks(chat, "halo")
    assert bot.presses(chat, payloads(consent.keyboard)[1], f"press-{chat}").status_code == 200
    answer = bot.telegram_answer(chat, after=1)
    assert "Mau apa hari ini" in answer.text
    assert f"press-{chat}" in bot.telegram.answered


def test_a_whole_dialogue_leads_to_a_lesson(bot: LiveBot) -> None:
    chat = bot.new_id()
    answers = [bot.talks(chat, text) for text in ("halo", "2", "1", "1")]
    expected = ("Setuju?", "Mau apa hari ini?", "Pelajaran pendek", "(1/5)")
    for answer, words in zip(answers, expected, strict=True):
        assert words in answer.text
        assert all(1 <= len(data.encode()) <= 64 for data in payloads(answer.keyboard))
    assert len(bot.heard(chat)) == 4


def payloads(keyboard: list[list[dict[str, str]]]) -> list[str]:
    return [button["callback_data"] for row in keyboard for button in row]


def test_the_same_update_fifty_times_at_once_is_one_turn_and_one_reply(bot: LiveBot) -> None:
    chat, update_id = bot.new_id(), bot.new_id()
    done = bot.metric("kentongan_turns_total", channel="telegram", outcome="done")
    again = bot.metric("kentongan_turns_total", channel="telegram", outcome="duplicate")
    with ThreadPoolExecutor(50) as pool:
        calls = list(pool.map(lambda _: bot.says(chat, "halo", update_id), range(50)))
    assert [call.status_code for call in calls] == [200] * 50
    bot.until_quiet()
    assert len(bot.heard(chat)) == 1
    assert bot.metric("kentongan_turns_total", channel="telegram", outcome="done") == done + 1
    assert (
        bot.metric("kentongan_turns_total", channel="telegram", outcome="duplicate") == again + 49
    )
    # What comes much later is still known.
    assert bot.says(chat, "halo", update_id).status_code == 200
    bot.talks(chat, "2")
    assert len(bot.heard(chat)) == 2


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("😀" * 4000, id="4,000 emoji"),
        pytest.param("\u202e\u200f\u2067belajar\u2069", id="right-to-left marks"),
        pytest.param("\n", id="a bare newline"),
        pytest.param("", id="nothing"),
        pytest.param("\x00", id="NUL"),
        pytest.param("lapor\x00" * 500, id="NUL in words"),
        pytest.param("\ud83d", id="half a surrogate pair"),
        pytest.param("{office} %s ${x} {{1}} <b>", id="what templates use"),
        pytest.param("'; DROP TABLE inbox; --", id="what a database reads"),
        pytest.param("/start " + "a" * 5000, id="a long start parameter"),
        pytest.param("٣" * 50, id="digits of another script"),
    ],
)
def test_strange_words_get_a_kind_answer(bot: LiveBot, text: str) -> None:
    chat = bot.new_id()
    bot.talks(chat, "halo")
    answer = bot.talks(chat, text)
    assert answer.text
    assert answer.keyboard, "a way on"
    assert "{" not in answer.text
    assert "ada yang salah" not in answer.text.lower(), "that is an apology for a failed turn"
    assert len(bot.heard(chat)) == 2


FILE = {"file_id": "f", "file_unique_id": "u"}


@pytest.mark.parametrize(
    "fields",
    [
        {"sticker": FILE | {"emoji": "😀", "width": 1, "height": 1, "type": "regular"}},
        {"video": FILE, "caption": "ini suratnya"},
        {"location": {"latitude": -7.9, "longitude": 111.5}},
        {"hologram_2031": {"x": 1}},
    ],
    ids=["sticker", "video", "location", "something of the future"],
)
def test_what_the_bot_cannot_read_gets_a_kind_answer(bot: LiveBot, fields: dict[str, Any]) -> None:
    chat = bot.new_id()
    bot.talks(chat, "halo")
    assert bot.telegram_call(private(chat, **fields)).status_code == 200
    answer = bot.telegram_answer(chat, after=1)
    assert "hanya bisa membaca tulisan" in answer.text
    assert "Setuju?" in answer.text, "the open question is asked again"


def test_a_changed_message_gets_a_kind_answer(bot: LiveBot) -> None:
    chat = bot.new_id()
    bot.talks(chat, "halo")
    changed = {"edited_message": private(chat, text="lapor")["message"] | {"edit_date": 2}}
    assert bot.telegram_call(changed).status_code == 200
    assert "Pesan yang diubah tidak saya baca" in bot.telegram_answer(chat, after=1).text


@pytest.mark.parametrize("kind", ["reaction", "future", "empty", "pinned", "channel", "other bot"])
def test_what_needs_no_answer_is_taken_in_silence(bot: LiveBot, kind: str) -> None:
    chat = bot.new_id()
    where = {"id": chat, "type": "private", "first_name": "Siti"}
    like = {"type": "emoji", "emoji": "👍"}
    updates: dict[str, dict[str, Any]] = {
        "reaction": {
            "message_reaction": {"chat": where, "message_id": 1, "user": person(chat), "date": 1,
                                 "old_reaction": [], "new_reaction": [like]},
        },
        "future": {"telepathy": {"from": person(chat), "thought": "lapor"}},
        "empty": {},
        "pinned": private(chat, pinned_message=private(chat, text="x")["message"]),
        "channel": {"channel_post": {"message_id": 1, "date": 1, "text": "halo",
                                     "chat": {"id": -100999, "type": "channel", "title": "x"}}},
        "other bot": private(chat, text="halo", **{"from": person(chat) | {"is_bot": True}}),
    }  # fmt: skip
    bot.until_quiet()
    before = bot.everything()
    assert bot.telegram_call(updates[kind]).status_code == 200
    assert bot.everything() == before
    bot.talks(chat, "halo")
    assert len(bot.heard(chat)) == 1


# ---- a group


@pytest.fixture
def group(bot: LiveBot) -> Iterator[int]:
    """A group that the bot was just added to."""
    group = -1_000_000_000_000 - bot.new_id()
    assert bot.telegram_call(membership(group, "left", "member")).status_code == 200
    bot.telegram_answer(group)
    bot.until_quiet()
    yield group


def test_the_bot_introduces_itself_once_in_a_group(bot: LiveBot, group: int) -> None:
    assert "Saya diam kecuali dipanggil" in bot.heard(group)[0].text
    assert bot.telegram_call(membership(group, "member", "administrator")).status_code == 200
    assert bot.telegram_call(in_group(group, new_chat_title="Warga")).status_code == 200
    assert bot.telegram_call(in_group(group, text="/tanya umur minimal")).status_code == 200
    bot.until_quiet()
    assert ["Saya diam" in sent.text for sent in bot.heard(group)] == [True, False]


@pytest.mark.parametrize("command", ["/tanya", f"/tanya@{USERNAME}", f"/tanya@{USERNAME.lower()}"])
def test_a_group_gets_an_answer_when_it_asks(bot: LiveBot, group: int, command: str) -> None:
    call = bot.telegram_call(in_group(group, text=f"{command} berapa umur minimal"))
    assert call.status_code == 200
    assert "umur minimal 18 tahun" in bot.telegram_answer(group, after=1).text


def test_a_group_answer_links_to_the_private_chat_of_this_very_bot(
    bot: LiveBot, group: int
) -> None:
    """The name comes from Telegram: the settings of this bot do not say it."""
    assert not bot.service.settings.telegram_bot_username
    bot.telegram_call(in_group(group, text="/lapor"))
    assert f"https://t.me/{USERNAME}?start=lapor" in bot.telegram_answer(group, after=1).text


@pytest.mark.parametrize("known", [True, False], ids=["a known group", "a group never seen"])
def test_ordinary_words_of_a_group_leave_no_trace(bot: LiveBot, group: int, known: bool) -> None:
    where = group if known else -1_000_000_000_000 - bot.new_id()
    before, heard = bot.everything(), len(bot.telegram.sent)
    ours = {"from": person(99) | {"is_bot": True, "username": "LainBot"}}
    for fields in (
        {"text": "Pak Joko kemarin mengumpulkan paspor"},
        {"text": "lapor"},
        {"text": "/tanya@LainBot umur"},
        {"text": "ya", "reply_to_message": {"message_id": 2, "date": 1, **ours}},
        {"voice": FILE | {"duration": 3}},
        {"photo": [FILE], "caption": "/tanya apa ini"},
        {"sticker": FILE},
        {"new_chat_members": [person(5)]},
    ):
        assert bot.telegram_call(in_group(where, **fields)).status_code == 200
    edited = {"edited_message": in_group(where, text="/tanya umur minimal")["message"]}
    assert bot.telegram_call(edited).status_code == 200
    assert bot.everything() == before
    bot.talks(bot.new_id(), "halo")
    assert len(bot.telegram.sent) == heard + 1
