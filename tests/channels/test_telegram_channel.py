"""The real Telegram client against the fake Bot API telegram, one row per error of the telegram."""

import logging
import socket
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from bot.channels.base import (
    ChannelDown,
    GroupMoved,
    MayNotWrite,
    Media,
    OutcomeUnknown,
    Outgoing,
    Refused,
    RetryLater,
    SendError,
    Unreachable,
)
from bot.channels.telegram import TelegramChannel, split
from flows.events import Button, Poll
from tests.channels.conftest import failure_of
from tests.fakes.telegram import (
    BAD_GATEWAY,
    BLOCKED,
    DROPPED_AFTER_TAKEN,
    FINE,
    HANG,
    TAKEN_THEN_HANG,
    TAKEN_THEN_RUBBISH,
    TOKEN,
    UNAUTHORIZED,
    FakeTelegram,
    Fault,
    flood,
    migrated,
)

pytestmark = pytest.mark.asyncio

MENU = (
    Button("1", "Belajar", "welcome.menu.learn"),
    Button("0", "Bicara dengan petugas", "welcome.menu.human"),
)


@pytest_asyncio.fixture
async def channel(telegram: FakeTelegram) -> AsyncIterator[TelegramChannel]:
    channel = TelegramChannel(
        TOKEN, base_url=telegram.url, read_timeout=0.4, seconds_between_parts=0.0
    )
    yield channel
    await channel.close()


def message(text: str = "Selamat pagi", **more: object) -> Outgoing:
    return Outgoing(outbox_id=7, to="4711", text=text, **more)  # type: ignore[arg-type]


async def test_text_goes_out_plain_and_without_a_link_preview(
    telegram: FakeTelegram, channel: TelegramChannel
) -> None:
    sent = await channel.send(message("Cek <b>PT</b> *Maju* https://siskop2mi.bp2mi.go.id"))

    assert sent == str(telegram.sent[0].message_id)
    assert telegram.sent[0].text == "Cek <b>PT</b> *Maju* https://siskop2mi.bp2mi.go.id"
    assert telegram.sent[0].parameters["link_preview_options"] == {"is_disabled": True}
    assert "parse_mode" not in telegram.sent[0].parameters


async def test_each_choice_is_a_row_with_its_number(
    telegram: FakeTelegram, channel: TelegramChannel
) -> None:
    await channel.send(message(buttons=MENU))

    assert telegram.sent[0].keyboard == [
        [{"text": "1. Belajar", "callback_data": "welcome.menu.learn"}],
        [{"text": "0. Bicara dengan petugas", "callback_data": "welcome.menu.human"}],
    ]


async def test_a_link_is_a_link_button(telegram: FakeTelegram, channel: TelegramChannel) -> None:
    button = Button("", "Buka laporan", "", url="https://desa.example.go.id/baca/abc")

    await channel.send(message(buttons=(button,)))

    assert telegram.sent[0].keyboard == [[{"text": "Buka laporan", "url": button.url}]]


async def test_a_group_gets_its_message(telegram: FakeTelegram, channel: TelegramChannel) -> None:
    await channel.send(Outgoing(1, "-1001234567890", "Kabar desa", group=True))

    assert [sent.chat for sent in telegram.sent] == ["-1001234567890"]


FORUM = "-1001234567890"
QUIZ = Poll("Bolehkah paspor dititipkan?", ("Boleh", "Jangan", "Kalau dibayar"), 1)


def to_forum(text: str = "Kabar desa", **more: object) -> Outgoing:
    return Outgoing(9, FORUM, text, group=True, **more)  # type: ignore[arg-type]


async def test_a_forum_is_answered_in_the_topic_that_asked(
    telegram: FakeTelegram, channel: TelegramChannel
) -> None:
    telegram.topics[FORUM] = {12: True}

    await channel.send(to_forum(thread="12"))
    await channel.send(to_forum())

    asked, general = telegram.sent
    assert asked.parameters["message_thread_id"] == 12
    assert "message_thread_id" not in general.parameters


@pytest.mark.parametrize("topics", [{}, {12: False}], ids=["deleted", "closed"])
async def test_what_has_lost_its_topic_comes_to_general_once(
    telegram: FakeTelegram, channel: TelegramChannel, topics: dict[int, bool]
) -> None:
    telegram.topics[FORUM] = topics

    await channel.send(to_forum(thread="12"))
    await channel.send(to_forum("", poll=QUIZ, thread="12"))

    assert [sent.text for sent in telegram.sent] == ["Kabar desa", QUIZ.question]
    assert not any("message_thread_id" in sent.parameters for sent in telegram.sent)


async def test_a_quiz_is_a_poll_in_which_nobody_is_seen(
    telegram: FakeTelegram, channel: TelegramChannel
) -> None:
    sent = await channel.send(to_forum("", poll=QUIZ))

    poll = telegram.polls[int(FORUM), int(sent)]
    assert (poll["type"], poll["is_anonymous"]) == ("quiz", True)
    assert [option["text"] for option in poll["options"]] == list(QUIZ.options)
    assert poll["correct_option_ids"] == [QUIZ.right]


async def test_the_explanation_closes_its_quiz_and_a_retry_does_not_mind(
    telegram: FakeTelegram, channel: TelegramChannel
) -> None:
    sent = await channel.send(to_forum("", poll=QUIZ))
    answer = to_forum("Jawabannya: Jangan.", ends_poll=sent)
    telegram.fail(flood(3), chat=FORUM)
    with pytest.raises(RetryLater):
        await channel.send(answer)
    assert telegram.polls[int(FORUM), int(sent)]["is_closed"]

    await channel.send(answer)

    assert telegram.sent[-1].text == "Jawabannya: Jangan."
    assert len(telegram.sent) == 2


async def test_a_quiz_that_was_deleted_is_still_explained(
    telegram: FakeTelegram, channel: TelegramChannel
) -> None:
    await channel.send(to_forum("Jawabannya: Jangan.", ends_poll="77"))

    assert [sent.text for sent in telegram.sent] == ["Jawabannya: Jangan."]


@pytest.mark.parametrize("words", ["Poster baru.", "kata " * 300], ids=["caption", "too long"])
async def test_a_photo_goes_with_its_words_once(
    telegram: FakeTelegram, channel: TelegramChannel, tmp_path: Path, words: str
) -> None:
    """1,024 characters fit under it; a longer text follows, and a retry sends no second photo."""
    photo = tmp_path / "a.png"
    photo.write_bytes(b"a picture")
    telegram.topics[FORUM] = {12: True}
    outgoing = to_forum(words.strip(), media=Media("picture", photo, ""), thread="12")
    if len(words) > 1024:
        telegram.fail(flood(3), method="sendMessage")
        with pytest.raises(RetryLater):
            await channel.send(outgoing)

    await channel.send(outgoing)

    assert "".join(sent.text for sent in telegram.sent) == words.strip()
    photos = [call for call in telegram.calls if call.method == "sendPhoto"]
    assert [call.parameters["message_thread_id"] for call in photos] == [12]


@pytest.mark.parametrize(
    ("status", "admin", "standing"),
    [
        ("creator", True, "admin"),
        ("administrator", True, "admin"),
        ("member", False, "member"),
        ("restricted", False, "muted"),
        ("left", False, "member"),
    ],
)
async def test_who_is_what_in_a_group(
    telegram: FakeTelegram, channel: TelegramChannel, status: str, admin: bool, standing: str
) -> None:
    telegram.members |= {(FORUM, 4711): status, (FORUM, telegram.me["id"]): status}

    assert await channel.is_admin(FORUM, "4711") is admin
    assert await channel.standing(FORUM) == standing
    telegram.me["can_read_all_group_messages"] = True
    assert await channel.standing(FORUM) == f"{standing} reads_all"


@pytest.mark.parametrize("fault", [FINE, HANG, BAD_GATEWAY, flood(9)])
async def test_what_telegram_does_not_say_in_time_is_not_known(
    telegram: FakeTelegram, fault: Fault | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    """FINE: a person whom Telegram does not know as a member."""
    monkeypatch.setattr("bot.channels.telegram.QUICK_SECONDS", 0.2)
    channel = TelegramChannel(TOKEN, base_url=telegram.url)
    telegram.fail(fault, fault, method="getChatMember")

    assert await channel.is_admin(FORUM, "99") is None
    assert await channel.standing(FORUM) == ""
    await channel.close()


async def test_a_pressed_button_is_answered_first(
    telegram: FakeTelegram, channel: TelegramChannel
) -> None:
    await channel.send(message(callback_id="990"))

    assert telegram.answered == ["990"]
    assert [call.method for call in telegram.calls] == ["answerCallbackQuery", "sendMessage"]


@pytest.mark.parametrize("trouble", ["too old", "server down", "flood"])
async def test_an_unanswerable_press_does_not_stop_the_message(
    telegram: FakeTelegram, channel: TelegramChannel, trouble: str
) -> None:
    if trouble == "too old":
        telegram.old_callbacks.add("990")
    elif trouble == "server down":
        telegram.fail(BAD_GATEWAY, method="answerCallbackQuery")
    else:
        telegram.fail(flood(30), method="answerCallbackQuery")

    await channel.send(message(callback_id="990"))

    assert len(telegram.sent) == 1


@pytest.mark.parametrize(
    ("payload", "goes"),
    [
        pytest.param("x" * 64, True, id="64 bytes"),
        pytest.param("x" * 65, False, id="65 bytes"),
        pytest.param("é" * 32, True, id="32 characters of 2 bytes"),
        pytest.param("é" * 33, False, id="33 characters of 2 bytes"),
        pytest.param("", False, id="empty"),
    ],
)
async def test_the_payload_has_64_bytes(
    telegram: FakeTelegram, channel: TelegramChannel, payload: str, goes: bool
) -> None:
    outgoing = message("baris panjang\n" * 400, buttons=(Button("1", "Ya", payload),))
    if goes:
        await channel.send(outgoing)
    else:
        with pytest.raises(Refused):
            await channel.send(outgoing)

    assert bool(telegram.sent) is goes  # a long text is not half sent either


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        pytest.param("a" * 4096, 1, id="4096 characters"),
        pytest.param("a" * 4097, 2, id="4097 characters without a space"),
        pytest.param("😀" * 2048, 1, id="2048 emoji are 4096 units"),
        pytest.param("😀" * 2049, 2, id="2049 emoji are 4098 units"),
        pytest.param("a" + "😀" * 4000, 3, id="a pair on the cut stays whole"),
        pytest.param("satu baris dari banyak\n" * 400, 3, id="many lines"),
        pytest.param("kata " * 1600 + "\nakhir", 3, id="one long paragraph"),
    ],
)
async def test_long_text_goes_in_parts_that_telegram_takes(
    telegram: FakeTelegram, channel: TelegramChannel, text: str, parts: int
) -> None:
    sent = await channel.send(message(text, buttons=MENU))

    assert len(telegram.sent) == parts
    assert "".join("".join(s.text.split()) for s in telegram.sent) == "".join(text.split())
    assert [bool(s.keyboard) for s in telegram.sent] == [False] * (parts - 1) + [True]
    assert sent == str(telegram.sent[-1].message_id)


async def test_lines_are_kept_whole() -> None:
    lines = [f"{number}. baris yang tidak boleh terpotong" for number in range(300)]

    parts = split("\n".join(lines))

    assert [line for part in parts for line in part.split("\n")] == lines


async def test_a_retry_goes_on_after_the_parts_already_taken(
    telegram: FakeTelegram, channel: TelegramChannel
) -> None:
    outgoing = message("satu baris dari banyak\n" * 400)
    telegram.fail(FINE, flood(1), chat=4711)
    with pytest.raises(RetryLater):
        await channel.send(outgoing)
    assert [sent.text for sent in telegram.sent] == split(outgoing.text)[:1]

    await channel.send(outgoing)

    assert [sent.text for sent in telegram.sent] == split(outgoing.text)


@pytest.mark.parametrize(
    ("fault", "expected", "code"),
    [
        # channels.md 2.7, line by line; words from the official server's source
        pytest.param(BLOCKED, Unreachable, "403", id="blocked by the user"),
        pytest.param(
            Fault(403, "Forbidden: user is deactivated"), Unreachable, "403", id="deactivated"
        ),
        pytest.param(
            Fault(403, "Forbidden: bot was kicked from the supergroup chat"),
            Unreachable,
            "403",
            id="kicked from the group",
        ),
        pytest.param(
            Fault(403, "Forbidden: bot is not a member of the supergroup chat"),
            Unreachable,
            "403",
            id="not a member",
        ),
        pytest.param(
            Fault(403, "Forbidden: the group chat was deleted"), Unreachable, "403", id="deleted"
        ),
        pytest.param(
            Fault(403, "Forbidden: bot can't initiate conversation with a user"),
            Unreachable,
            "403",
            id="never pressed Start",
        ),
        pytest.param(
            Fault(400, "Bad Request: chat not found"), Unreachable, "400", id="chat not found"
        ),
        pytest.param(
            Fault(400, "Bad Request: group chat was upgraded to a supergroup chat"),
            Unreachable,
            "400",
            id="upgraded, no new id",
        ),
        pytest.param(
            Fault(400, "Bad Request: TOPIC_CLOSED"), MayNotWrite, "400", id="topic closed"
        ),
        pytest.param(
            Fault(400, "Bad Request: not enough rights to send text messages to the chat"),
            MayNotWrite,
            "400",
            id="not enough rights",
        ),
        pytest.param(
            Fault(400, "Bad Request: CHAT_WRITE_FORBIDDEN"), MayNotWrite, "400", id="may not write"
        ),
        pytest.param(
            Fault(400, "Bad Request: message thread not found"), Refused, "400", id="no such thread"
        ),
        pytest.param(
            Fault(400, "Bad Request: can't parse entities: byte offset 3"),
            Refused,
            "400",
            id="can't parse entities",
        ),
        pytest.param(Fault(400, "Bad Request: message is too long"), Refused, "400", id="too long"),
        pytest.param(
            Fault(400, "Bad Request: BUTTON_DATA_INVALID"), Refused, "400", id="button data"
        ),
        pytest.param(Fault(400, "Logged out"), ChannelDown, "400", id="logged out"),
        pytest.param(UNAUTHORIZED, ChannelDown, "401", id="401"),
        pytest.param(Fault(404, "Not Found"), ChannelDown, "404", id="404 malformed token"),
        pytest.param(
            Fault(409, "Conflict: terminated by other getUpdates request"),
            ChannelDown,
            "409",
            id="409 conflict",
        ),
        pytest.param(Fault(413, "Request Entity Too Large"), Refused, "413", id="413"),
        pytest.param(Fault(400, "Bad Request: file is too big"), Refused, "400", id="file too big"),
        pytest.param(Fault(429, "Too Many Requests"), RetryLater, "429", id="429 without a time"),
        pytest.param(Fault(500, "Internal Server Error: restart"), OutcomeUnknown, "500", id="500"),
        pytest.param(BAD_GATEWAY, RetryLater, "502", id="502"),
        pytest.param(Fault(502, ""), RetryLater, "502", id="502 without words"),
        pytest.param(Fault(503, "Service Unavailable"), RetryLater, "503", id="503"),
        pytest.param(Fault(504, "Gateway Timeout"), OutcomeUnknown, "no answer", id="504"),
        pytest.param(HANG, OutcomeUnknown, "no answer", id="read timeout"),
        pytest.param(TAKEN_THEN_HANG, OutcomeUnknown, "no answer", id="taken, then read timeout"),
        pytest.param(DROPPED_AFTER_TAKEN, OutcomeUnknown, "no answer", id="taken, then cut off"),
        pytest.param(TAKEN_THEN_RUBBISH, OutcomeUnknown, "no answer", id="200 that can't be read"),
    ],
)
async def test_each_error_has_its_meaning(
    telegram: FakeTelegram,
    channel: TelegramChannel,
    fault: Fault,
    expected: type[SendError],
    code: str,
) -> None:
    telegram.fail(fault, chat=4711)

    assert await failure_of(channel.send(message())) == (expected, code)
    assert len(telegram.sent) == int(fault.taken)


async def test_flood_control_waits_a_second_longer_than_asked(
    telegram: FakeTelegram, channel: TelegramChannel
) -> None:
    telegram.fail(flood(17), chat=4711)

    with pytest.raises(RetryLater) as raised:
        await channel.send(message())

    assert raised.value.seconds == 18
    assert not raised.value.whole_channel
    await channel.send(Outgoing(8, "4712", "chat lain tetap jalan"))


async def test_a_group_that_moved_tells_where_to(
    telegram: FakeTelegram, channel: TelegramChannel
) -> None:
    telegram.fail(migrated(-1009876543210), chat=-55)

    with pytest.raises(GroupMoved) as raised:
        await channel.send(Outgoing(9, "-55", "Kabar desa", group=True))

    assert raised.value.moved_to == "-1009876543210"


async def test_a_refused_connection_is_safe_to_retry() -> None:
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        channel = TelegramChannel(TOKEN, base_url=f"http://127.0.0.1:{closed.getsockname()[1]}")

        with pytest.raises(RetryLater) as raised:
            await channel.send(message())

    assert raised.value.whole_channel
    await channel.close()


async def test_an_unknown_outcome_cannot_be_looked_up(channel: TelegramChannel) -> None:
    assert await channel.find_sent(message()) is None


async def test_the_username_is_asked_once(telegram: FakeTelegram, channel: TelegramChannel) -> None:
    assert await channel.username() == "KentonganDesaBot"
    assert await channel.username() == "KentonganDesaBot"

    assert [call.method for call in telegram.calls] == ["getMe"]


async def test_a_wrong_token_is_a_channel_down(telegram: FakeTelegram) -> None:
    channel = TelegramChannel("1:wrong", base_url=telegram.url)

    with pytest.raises(ChannelDown) as raised:
        await channel.username()

    assert "1:wrong" not in str(raised.value)
    await channel.close()


async def test_the_webhook_is_set_with_secret_and_updates(
    telegram: FakeTelegram, channel: TelegramChannel
) -> None:
    await channel.set_webhook("https://bot.example.go.id/webhooks/telegram", "rahasia_0123456789")

    assert telegram.webhook == {
        "url": "https://bot.example.go.id/webhooks/telegram",
        "secret_token": "rahasia_0123456789",
        "max_connections": 20,
        "drop_pending_updates": False,
        "allowed_updates": [
            "message",
            "edited_message",
            "callback_query",
            "my_chat_member",
        ],
    }


@pytest.mark.parametrize(
    "url",
    [
        pytest.param("http://bot.example.go.id/webhooks/telegram", id="not https"),
        pytest.param("https://bot.example.go.id:8000/webhooks/telegram", id="another port"),
    ],
)
async def test_a_webhook_telegram_does_not_take(channel: TelegramChannel, url: str) -> None:
    with pytest.raises(Refused):
        await channel.set_webhook(url, "rahasia_0123456789")


async def test_neither_token_nor_text_is_logged(
    telegram: FakeTelegram, channel: TelegramChannel, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    telegram.fail(Fault(400, "Bad Request: chat not found"))
    with pytest.raises(Unreachable):
        await channel.send(message("nama saya Siti"))
    await channel.send(message("nama saya Siti"))

    assert TOKEN not in caplog.text
    assert "Siti" not in caplog.text
