"""Twilio's webhooks over real HTTP: the signature, the dialogue, and what becomes of our messages.

The public address is https://bot.example.go.id; every call arrives on http://127.0.0.1, as behind a
proxy that ends TLS.
"""

import random
from concurrent.futures import ThreadPoolExecutor
from itertools import permutations
from pathlib import Path
from urllib.parse import urlencode

import pytest

from tests.fakes.twilio import ACCOUNT_SID, SENDER, Step, inbound_form, sign
from tests.webhooks.live import PUBLIC, LiveBot, eventually, live_bot

WEBHOOK, STATUS = "/webhooks/twilio", "/webhooks/twilio/status"
CLIMB = ("queued", "sent", "delivered", "read")


def new_phone(bot: LiveBot) -> str:
    return f"whatsapp:+62812{bot.new_id()}"


def refused(bot: LiveBot, reason: str) -> float:
    return bot.metric("kentongan_webhook_refused_total", channel="whatsapp", reason=reason)


# ---- who may call


@pytest.mark.parametrize(
    "address",
    [
        f"http://127.0.0.1{WEBHOOK}",
        f"http://bot.example.go.id{WEBHOOK}",
        f"https://evil.example.org{WEBHOOK}",
        f"{PUBLIC}{WEBHOOK}/",
        f"{PUBLIC}{WEBHOOK}?a=1",
        f"{PUBLIC}{STATUS}",
    ],
)
def test_a_signature_over_another_address_is_refused(bot: LiveBot, address: str) -> None:
    before = refused(bot, "signature")
    form = inbound_form("halo", sender=new_phone(bot))
    assert bot.twilio_call(form, signature=sign(address, form)).status_code == 403
    assert refused(bot, "signature") == before + 1


def test_the_proxys_own_words_about_the_address_are_not_believed(bot: LiveBot) -> None:
    form = inbound_form("halo", sender=new_phone(bot))
    forged = sign(f"https://evil.example.org{WEBHOOK}", form)
    headers = {"Host": "evil.example.org", "X-Forwarded-Proto": "https",
               "X-Forwarded-Host": "evil.example.org"}  # fmt: skip
    assert bot.twilio_call(form, signature=forged, **headers).status_code == 403
    assert bot.twilio_call(form, **headers).status_code == 200


def test_whatever_is_changed_after_signing_is_refused(bot: LiveBot) -> None:
    form = inbound_form("halo", sender=new_phone(bot))
    genuine = sign(PUBLIC + WEBHOOK, form)
    changed = [
        form | {"Body": "halp"},
        form | {"Body": "halo "},
        form | {"From": "whatsapp:+6281234567891"},
        form | {"Tambahan": "1"},
        form | {"Tambahan": ""},
        {name: value for name, value in form.items() if name != "ApiVersion"},
    ]
    for other in changed:
        assert bot.twilio_call(other, signature=genuine).status_code == 403
    swapped = genuine[:-3] + ("A" if genuine[-3] != "A" else "B") + genuine[-2:]
    for signature in (swapped, genuine.lower(), genuine[:-1], "x", "é".encode().decode("latin-1")):
        call = bot.http.post(
            WEBHOOK, data=form, headers=[(b"X-Twilio-Signature", signature.encode("latin-1"))]
        )
        assert call.status_code == 403
    assert (
        bot.twilio_call(form, signature=sign(PUBLIC + WEBHOOK, form, "x" * 32)).status_code == 403
    )
    twice = urlencode(form).encode() + b"&Body=halo%20juga"
    assert bot.twilio_call(twice, signature=genuine).status_code == 403
    assert bot.rows("SELECT 1 FROM inbox WHERE event_id = ?", form["MessageSid"]) == []
    assert bot.twilio_call(form, signature=genuine).status_code == 200


@pytest.mark.parametrize("path", [WEBHOOK, STATUS])
def test_a_missing_signature_is_refused(bot: LiveBot, path: str) -> None:
    before = refused(bot, "signature")
    assert bot.twilio_call(inbound_form("halo"), path, signature="").status_code == 403
    assert refused(bot, "signature") == before + 1


@pytest.mark.parametrize("path", [WEBHOOK, STATUS])
def test_another_account_is_refused_even_when_signed(bot: LiveBot, path: str) -> None:
    before = refused(bot, "account")
    form = inbound_form("halo", AccountSid="AC" + "f" * 32, MessageStatus="read")
    assert bot.twilio_call(form, path).status_code == 403
    assert refused(bot, "account") == before + 1


@pytest.mark.parametrize("unset", ["twilio_auth_token", "twilio_account_sid"])
def test_without_token_or_account_in_the_settings_nobody_may_call(
    tmp_path: Path, unset: str
) -> None:
    with live_bot(tmp_path, **{unset: ""}) as bot:
        form = inbound_form("halo", AccountSid="" if unset == "twilio_account_sid" else ACCOUNT_SID)
        for path in (WEBHOOK, STATUS):
            for signature in (
                sign(PUBLIC + path, form),
                sign(PUBLIC + path, form, ""),
                "",
            ):
                assert bot.twilio_call(form, path, signature=signature).status_code == 403
        assert bot.rows("SELECT * FROM inbox") == []


# ---- a person


def test_a_message_is_answered_through_twilio_with_a_callback_that_names_our_row(
    bot: LiveBot,
) -> None:
    phone = new_phone(bot)
    call = bot.whatsapp(phone, "halo")
    assert call.status_code == 200
    assert call.headers["content-type"] == "application/xml"
    assert call.text == "<Response/>"
    answer = bot.whatsapp_answer(phone)
    assert answer.sender == SENDER
    assert "Kanim Ponorogo" in answer.body
    row = newest_row(bot)
    assert answer.form["StatusCallback"] == f"{PUBLIC}{STATUS}?ob={row}"


def newest_row(bot: LiveBot) -> int:
    return int(bot.rows("SELECT max(id) FROM outbox WHERE channel = 'whatsapp'")[0][0])


def test_a_pressed_quick_reply_goes_on(bot: LiveBot) -> None:
    phone = new_phone(bot)
    bot.whatsapp(phone, "halo")
    content = bot.twilio.contents[bot.whatsapp_answer(phone).form["ContentSid"]]
    yes, no, _ = content["types"]["twilio/quick-reply"]["actions"]
    assert (yes["title"], no["title"]) == ("Setuju", "Jangan simpan")
    pressed = {"ButtonText": no["title"], "ButtonPayload": no["id"], "MessageType": "button"}
    assert bot.whatsapp(phone, no["title"], **pressed).status_code == 200
    menu = bot.whatsapp_answer(phone, after=1)
    assert "Mau apa hari ini" in menu.body
    picker = bot.twilio.contents[menu.form["ContentSid"]]["types"]["twilio/list-picker"]
    item = picker["items"][0]
    listed = {"ListId": item["id"], "ListTitle": item["item"], "MessageType": "interactive"}
    assert bot.whatsapp(phone, item["item"], **listed).status_code == 200
    assert "Pelajaran pendek" in bot.whatsapp_answer(phone, after=2).body


@pytest.mark.parametrize(
    "more",
    [
        pytest.param({"NumMedia": "1", "MediaContentType0": "audio/ogg", "MessageType": "audio",
                      "MediaUrl0": "https://api.twilio.com/x"}, id="voice note"),
        pytest.param({"NumMedia": "1", "MediaContentType0": "image/webp", "MediaUrl0": "x"},
                     id="sticker"),
        pytest.param({"Latitude": "-7.9", "Longitude": "111.5", "MessageType": "location"},
                     id="location"),
        pytest.param({"MessageType": "hologram"}, id="something of the future"),
    ],
)  # fmt: skip
def test_an_empty_body_gets_a_kind_answer(bot: LiveBot, more: dict[str, str]) -> None:
    phone = new_phone(bot)
    bot.whatsapp(phone, "halo")
    bot.whatsapp_answer(phone)
    assert bot.whatsapp(phone, "", **more).status_code == 200
    answer = bot.whatsapp_answer(phone, after=1)
    assert "hanya bisa membaca tulisan" in answer.body
    assert "Setuju?" in answer.body


def test_unknown_parameters_are_passed_over(bot: LiveBot) -> None:
    phone = new_phone(bot)
    more = {f"Baru{number}": "ü ☎ &=?" for number in range(100)}
    assert bot.whatsapp(phone, "halo", **more).status_code == 200
    assert "Kanim Ponorogo" in bot.whatsapp_answer(phone).body


@pytest.mark.parametrize(
    "text",
    ["😀" * 4000, "\u202e\u200flapor", "\n", "\x00", "lapor\x00", "{{1}} {office} %s", "'; --"],
    ids=["4,000 emoji", "right-to-left", "newline", "NUL", "NUL in words", "template", "quotes"],
)
def test_strange_words_get_a_kind_answer(bot: LiveBot, text: str) -> None:
    phone = new_phone(bot)
    bot.whatsapp(phone, "halo")
    bot.whatsapp_answer(phone)
    assert bot.whatsapp(phone, text).status_code == 200
    answer = bot.whatsapp_answer(phone, after=1)
    assert answer.body.strip()
    assert "{" not in answer.body
    assert "ada yang salah" not in answer.body.lower(), "that is an apology for a failed turn"


def test_a_reaction_is_taken_in_silence(bot: LiveBot) -> None:
    bot.until_quiet()
    before = bot.everything()
    assert bot.whatsapp(new_phone(bot), "👍", MessageType="reaction").status_code == 200
    assert bot.everything() == before


def test_the_same_message_fifty_times_at_once_is_one_turn_and_one_reply(bot: LiveBot) -> None:
    phone = new_phone(bot)
    form = inbound_form("halo", sender=phone)
    with ThreadPoolExecutor(50) as pool:
        calls = list(pool.map(lambda _: bot.twilio_call(form), range(50)))
    assert [call.status_code for call in calls] == [200] * 50
    bot.until_quiet()
    assert len(bot.got(phone)) == 1
    assert len(bot.rows("SELECT 1 FROM inbox WHERE event_id = ?", form["MessageSid"])) == 1


# ---- what becomes of our messages


def outbox_row(bot: LiveBot, row: int) -> tuple[str, str, str, bool]:
    """(status, provider's id, error code, text is gone)"""
    found = bot.rows(
        "SELECT status, provider_id, error_code, body IS NULL FROM outbox WHERE id = ?", row
    )[0]
    return str(found[0]), str(found[1]), str(found[2]), bool(found[3])


def a_sent_message(bot: LiveBot) -> tuple[int, str]:
    """(our row, Twilio's id) of a message that we have noted as sent."""
    phone = new_phone(bot)
    bot.whatsapp(phone, "halo")
    sid = bot.whatsapp_answer(phone).sid
    bot.until_quiet()
    return int(bot.rows("SELECT id FROM outbox WHERE provider_id = ?", sid)[0][0]), sid


def report(bot: LiveBot, row: int | str, sid: str, status: str, **more: str) -> int:
    form = {"MessageSid": sid, "SmsSid": sid, "MessageStatus": status, "SmsStatus": status,
            "AccountSid": ACCOUNT_SID, "ChannelPrefix": "whatsapp", "To": "whatsapp:+62", **more}  # fmt: skip
    return bot.twilio_call(form, f"{STATUS}?ob={row}").status_code


def test_twilios_own_callbacks_carry_a_message_from_queued_to_read(bot: LiveBot) -> None:
    phone = new_phone(bot)
    bot.twilio.plans[phone] = [Step(status) for status in CLIMB]
    bot.whatsapp(phone, "halo")
    row = int(bot.whatsapp_answer(phone).form["StatusCallback"].rpartition("=")[2])
    sid = bot.got(phone)[0].sid
    eventually(lambda: outbox_row(bot, row)[0] == "read", "a message that was read")
    assert outbox_row(bot, row) == ("read", sid, "", True)

    def answers() -> list[int]:
        return [back.answer for back in bot.twilio.called_back if back.form["MessageSid"] == sid]

    # The row says "read" before Twilio has our answer to the callback that said so.
    eventually(lambda: len(answers()) == 4, "the answer to the last callback")
    assert answers() == [204] * 4


@pytest.mark.parametrize("order", sorted(set(permutations(["sent", "delivered", "read", "sent"]))))
def test_callbacks_in_any_order_only_ever_climb(bot: LiveBot, order: tuple[str, ...]) -> None:
    row, sid = a_sent_message(bot)
    seen = ["sent"]
    for status in order:
        assert report(bot, row, sid, status) == 204
        seen.append(outbox_row(bot, row)[0])
    ranks = [CLIMB.index(status) for status in seen]
    assert ranks == sorted(ranks)
    assert seen[-1] == "read"


def test_a_callback_may_be_faster_than_our_own_note(bot: LiveBot) -> None:
    phone = new_phone(bot)
    bot.whatsapp(phone, "halo")
    bot.whatsapp_answer(phone)
    bot.until_quiet()
    hurried = new_phone(bot)
    # Our note waits behind this lock; the callback was recorded before it.
    bot.twilio.plans[hurried] = [Step("delivered")]
    with bot.sender_may_not_note():
        bot.whatsapp(hurried, "halo")
        row = int(bot.whatsapp_answer(hurried).form["StatusCallback"].rpartition("=")[2])
        sid = bot.got(hurried)[0].sid
        eventually(lambda: outbox_row(bot, row)[0] == "delivered", "the callback's note")
    bot.whatsapp(phone, "2")
    bot.whatsapp_answer(phone, after=1)
    bot.until_quiet()
    assert outbox_row(bot, row) == ("delivered", sid, "", True)
    assert len(bot.got(hurried)) == 1


@pytest.mark.parametrize("status", ["failed", "undelivered"])
def test_a_failure_after_sending_ends_the_row_with_its_code(bot: LiveBot, status: str) -> None:
    row, sid = a_sent_message(bot)
    assert report(bot, row, sid, status, ErrorCode="63016") == 204
    assert outbox_row(bot, row) == ("failed", sid, "63016", True)
    # Late good news of a failed message, and an empty code, change nothing.
    assert report(bot, row, sid, "sent") == 204
    assert report(bot, row, sid, status, ErrorCode="") == 204
    assert outbox_row(bot, row) == ("failed", sid, "63016", True)


def test_a_failure_after_delivery_changes_nothing(bot: LiveBot) -> None:
    row, sid = a_sent_message(bot)
    assert report(bot, row, sid, "delivered") == 204
    assert report(bot, row, sid, "failed", ErrorCode="63016") == 204
    assert outbox_row(bot, row)[0] == "delivered"


def test_a_callback_for_another_message_changes_nothing(bot: LiveBot) -> None:
    row, sid = a_sent_message(bot)
    for which in (row, 10**17, "0", "-1", "x", "", "9" * 40, "1%00"):
        other = "SM" + "e" * 32
        assert report(bot, which, other, "failed", ErrorCode="63016") in (204, 403)
    assert outbox_row(bot, row) == ("sent", sid, "", True)


def test_a_callback_that_does_not_name_our_row_changes_nothing(bot: LiveBot) -> None:
    row, sid = a_sent_message(bot)
    form = {"MessageSid": sid, "MessageStatus": "delivered", "AccountSid": ACCOUNT_SID}
    assert bot.twilio_call(form, STATUS).status_code == 204
    assert outbox_row(bot, row) == ("sent", sid, "", True)


def test_a_hundred_callbacks_at_once_are_all_recorded(bot: LiveBot) -> None:
    messages = [a_sent_message(bot) for _ in range(10)]
    calls = [(row, sid, status) for row, sid in messages for status in CLIMB[1:]] * 3
    random.Random(7).shuffle(calls)
    with ThreadPoolExecutor(16) as pool:
        answers = list(pool.map(lambda call: report(bot, *call), calls))
    assert set(answers) == {204}
    assert {outbox_row(bot, row)[0] for row, _ in messages} == {"read"}
