"""Bodies that no provider would send. None of them may stop the bot, or be answered with a 5xx.

Telegram repeats for a day whatever is not answered 2xx, so what is no update is refused, and what is
one is taken. Every body here comes with the right secret or signature: what is not proven genuine
is refused before it is read.
"""

import json
import random
import tracemalloc
from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qsl, urlencode

import pytest
from starlette.datastructures import ImmutableMultiDict

from tests.fakes.twilio import inbound_form
from tests.webhooks.live import (
    SECRET,
    LiveBot,
    in_group,
    membership,
    private,
    signed_by_library,
)
from tests.webhooks.no_updates import NO_UPDATES
from webhooks.edge import MAX_BODY

WEBHOOK = "/webhooks/twilio"
HUGE = 10_000_000
MUTATIONS = 1000


def failed_turns(bot: LiveBot) -> float:
    return bot.metric("kentongan_turns_total", outcome="failed")


def alive(bot: LiveBot) -> None:
    """Both channels still answer a genuine message."""
    assert "Kanim Ponorogo" in bot.talks(bot.new_id(), "halo").text
    phone = f"whatsapp:+62812{bot.new_id()}"
    assert bot.whatsapp(phone, "halo").status_code == 200
    assert "Kanim Ponorogo" in bot.whatsapp_answer(phone).body


@pytest.mark.parametrize("body", NO_UPDATES)
def test_what_is_no_update_is_refused(bot: LiveBot, body: bytes) -> None:
    before, failed = bot.rows("SELECT count(*) FROM inbox"), failed_turns(bot)
    refused = bot.metric("kentongan_webhook_refused_total", reason="not_an_update")
    assert bot.telegram_call(body).status_code == 400
    assert bot.metric("kentongan_webhook_refused_total", reason="not_an_update") == refused + 1
    assert bot.rows("SELECT count(*) FROM inbox") == before
    assert failed_turns(bot) == failed


def test_depth_where_nobody_looks_is_passed_over(bot: LiveBot) -> None:
    chat = bot.new_id()
    deep = json.dumps({"update_id": bot.new_id()} | private(chat, text="halo")).encode()
    deep = deep[:-1] + b', "baru": ' + b"[" * 500 + b"]" * 500 + b"}"
    assert bot.telegram_call(deep).status_code == 200
    assert "Kanim Ponorogo" in bot.telegram_answer(chat).text


@pytest.mark.parametrize("content_type", ["text/plain", "", "multipart/form-data; boundary=x"])
def test_telegrams_content_type_does_not_matter(bot: LiveBot, content_type: str) -> None:
    chat = bot.new_id()
    body = json.dumps({"update_id": bot.new_id()} | private(chat, text="halo")).encode()
    assert bot.telegram_call(body, **{"Content-Type": content_type}).status_code == 200
    assert "Kanim Ponorogo" in bot.telegram_answer(chat).text


@pytest.mark.parametrize(
    "body",
    [
        pytest.param(b"", id="empty"),
        pytest.param(b"\xff\xfe\x80", id="not UTF-8"),
        pytest.param(b'{"Body": "halo"}', id="JSON"),
        pytest.param(b"&" * 1000, id="only separators"),
        pytest.param(b"a=1&" * 300, id="more fields than Twilio has"),
        pytest.param(b"=&=&=", id="names that are empty"),
        pytest.param(b"--x\r\nContent-Disposition: form-data; name=Body\r\n\r\nhalo\r\n--x--",
                     id="multipart"),
    ],
)  # fmt: skip
@pytest.mark.parametrize("path", [WEBHOOK, WEBHOOK + "/status"])
def test_what_is_no_form_of_ours_is_refused(bot: LiveBot, path: str, body: bytes) -> None:
    before = bot.rows("SELECT count(*) FROM inbox")
    call = bot.twilio_call(body, path, signature=signed(path, body))
    assert call.status_code in (400, 403)
    assert bot.rows("SELECT count(*) FROM inbox") == before


def test_escaped_bytes_that_are_no_utf_8_are_taken(bot: LiveBot) -> None:
    phone = f"whatsapp:+62812{bot.new_id()}"
    body = (
        urlencode(inbound_form("halo", sender=phone)).encode().replace(b"Body=halo", b"Body=%FF%C3")
    )
    assert bot.twilio_call(body, signature=signed(WEBHOOK, body)).status_code == 200
    assert bot.whatsapp_answer(phone).body


def signed(path: str, body: bytes) -> str:
    """The signature over what a reader of forms finds in these bytes."""
    try:
        pairs = parse_qsl(body.decode(), keep_blank_values=True)
    except UnicodeDecodeError:
        return "c2lnbmVk"
    return signed_by_library(path, ImmutableMultiDict(pairs))


@pytest.mark.parametrize("path", ["/webhooks/telegram", WEBHOOK, WEBHOOK + "/status"])
@pytest.mark.parametrize("announced", [True, False], ids=["length said", "length not said"])
def test_ten_megabytes_are_refused_and_take_no_memory(
    bot: LiveBot, path: str, announced: bool
) -> None:
    headers = {"X-Telegram-Bot-Api-Secret-Token": SECRET, "X-Twilio-Signature": "c2lnbmVk"}
    if announced:
        headers["Content-Length"] = str(HUGE)
    chunk = b"a" * 50_000

    def body() -> Iterator[bytes]:
        for _ in range(HUGE // len(chunk)):
            yield chunk

    tracemalloc.start()
    try:
        before, _ = tracemalloc.get_traced_memory()
        call = bot.http.post(path, content=body(), headers=headers)
        peak = tracemalloc.get_traced_memory()[1] - before
    finally:
        tracemalloc.stop()
    assert call.status_code == 413
    assert peak < 10 * MAX_BODY, f"{peak:,} bytes"


def test_the_largest_body_is_taken_and_one_byte_more_is_not(bot: LiveBot) -> None:
    chat = bot.new_id()
    body = json.dumps({"update_id": bot.new_id()} | private(chat, text="halo")).encode()
    assert bot.telegram_call(body + b" " * (MAX_BODY - len(body) + 1)).status_code == 413
    assert bot.telegram_call(body + b" " * (MAX_BODY - len(body))).status_code == 200
    assert bot.telegram_answer(chat).text


# ---- a thousand mutations


def damaged(chance: random.Random, body: bytes) -> bytes:
    """Some bytes turned, lost, doubled, or put where they do not belong."""
    found = bytearray(body)
    for _ in range(chance.choice((1, 1, 1, 2, 5, 20))):
        at = chance.randrange(len(found) + 1)
        match chance.randrange(5):
            case 0 if at < len(found):
                found[at] ^= 1 << chance.randrange(8)
            case 1:
                del found[at : at + chance.randrange(1, 12)]
            case 2:
                found[at:at] = chance.choice((b"\x00", b'"', b"{", b"[[[", b"&", b"%", b"\\u0000",
                                              b"%00", b"%ED%A0%80", b"\xed\xa0\x80", b"null"))  # fmt: skip
            case 3:
                start = chance.randrange(len(found) + 1)
                found[at:at] = found[start : start + chance.randrange(1, 60)]
            case _:
                del found[at:]
    return bytes(found)


STRANGE: tuple[Any, ...] = (
    None, True, -1, 0, 2**63, -(2**70), 1.5, "", "0", "\x00", "\ud800", "x" * 9000, [], [[]], {},
    {"id": 1}, {"type": "private"}, "private", "supergroup", [None] * 50,
)  # fmt: skip


def reshaped(chance: random.Random, value: Any) -> Any:
    """The same update with some value or name of another kind."""
    if isinstance(value, dict) and value and chance.random() < 0.9:
        name = chance.choice(list(value))
        match chance.randrange(8):
            case 0:
                return {key: kept for key, kept in value.items() if key != name}
            case 1:
                return value | {name: chance.choice(STRANGE)}
            case 2:
                return value | {chance.choice(("text", "chat", "from", "voice")): value[name]}
            case _:
                return value | {name: reshaped(chance, value[name])}
    return chance.choice(STRANGE)


def genuine_updates(bot: LiveBot) -> tuple[dict[str, Any], ...]:
    chat, group = bot.new_id(), -1_000_000_000_000 - bot.new_id()
    said = private(chat, text="lapor")["message"]
    press = {"id": str(bot.new_id()), "from": said["from"], "message": said, "chat_instance": "1"}
    return (
        private(chat, text="lapor"),
        private(chat, photo=[{"file_id": "f"}], caption="x"),
        {"edited_message": said},
        {"callback_query": press | {"data": "welcome.menu.learn"}},
        in_group(group, text="/tanya umur"),
        in_group(group, migrate_to_chat_id=group - 1),
        membership(group, "left", "member"),
        membership(chat, "member", "kicked"),
    )


def test_a_thousand_mutations_of_updates_never_break_anything(bot: LiveBot) -> None:
    chance = random.Random(20261123)
    failed, answers = failed_turns(bot), []
    for number in range(MUTATIONS):
        update = chance.choice(genuine_updates(bot)) | {"update_id": bot.new_id()}
        if number % 2:
            body = json.dumps(reshaped(chance, update)).encode()
        else:
            body = damaged(chance, json.dumps(update).encode())
        answers.append(bot.telegram_call(body).status_code)
    assert set(answers) == {200, 400}
    assert answers.count(200) > MUTATIONS // 10, "too damaged to find anything"
    assert failed_turns(bot) == failed
    alive(bot)


@pytest.mark.parametrize("path", [WEBHOOK, WEBHOOK + "/status?ob=1"])
def test_a_thousand_mutations_of_forms_never_break_anything(bot: LiveBot, path: str) -> None:
    chance = random.Random(20261124)
    failed, answers = failed_turns(bot), []
    for number in range(MUTATIONS):
        form = inbound_form("lapor", sender=f"whatsapp:+62812{bot.new_id()}")
        if "status" in path:
            form |= {
                "MessageStatus": chance.choice(("sent", "read", "failed")),
                "ErrorCode": "63016",
            }
        if number % 2:
            name = chance.choice(list(form))
            strange = chance.choice(("", "\x00", "x" * 9000, "whatsapp:", "2", "😀", "ID.1"))
            body = urlencode(form | {name: strange, "ButtonPayload": strange}).encode()
        else:
            body = damaged(chance, urlencode(form).encode())
        answers.append(bot.twilio_call(body, path, signature=signed(path, body)).status_code)
    taken = 204 if "status" in path else 200
    assert set(answers) <= {taken, 400, 403}
    assert answers.count(taken) > MUTATIONS // 10, "too damaged to find anything"
    assert failed_turns(bot) == failed
    alive(bot)
