"""A card's sound and picture on the wire: Telegram gets the file, Twilio fetches it from us."""

from urllib.parse import urlsplit

import httpx
import pytest

from tests.fakes.telegram import Sent as TelegramSent
from tests.fakes.telegram import flood
from tests.fakes.twilio import Sent as TwilioSent
from tests.webhooks.live import PUBLIC, LiveBot, eventually


def on_telegram(bot: LiveBot, chat: int, text: str, field: str) -> TelegramSent:
    bot.talks(chat, "belajar")
    bot.talks(chat, "1")
    assert bot.says(chat, text).status_code == 200
    return eventually(
        lambda: next((sent for sent in bot.heard(chat) if field in sent.parameters), None),
        f"{field} on Telegram",
    )  # type: ignore[return-value]


def on_whatsapp(bot: LiveBot, phone: str, text: str) -> TwilioSent:
    for words in ("belajar", "1", text):
        before = len(bot.got(phone))
        assert bot.whatsapp(phone, words).status_code == 200
        bot.whatsapp_answer(phone, before)
    return bot.whatsapp_answer(phone)


def fetched(bot: LiveBot, address: str) -> httpx.Response:
    assert address.startswith(f"{PUBLIC}/media/")
    return bot.http.get(urlsplit(address).path)


def new_phone(bot: LiveBot) -> str:
    return f"whatsapp:+62812{bot.new_id()}"


def test_telegram_gets_a_voice_note_that_plays_in_the_chat(bot: LiveBot) -> None:
    sent = on_telegram(bot, bot.new_id(), "dengar", "voice")
    assert sent.parameters["voice"].startswith(b"OggS")
    assert sent.text == "Suara: Berangkat yang sah 1/5"


def test_a_voice_note_that_telegram_puts_off_comes_later(bot: LiveBot) -> None:
    chat = bot.new_id()
    bot.telegram.fail(flood(1), chat=chat, method="sendVoice")
    assert on_telegram(bot, chat, "dengar", "voice")


def test_telegram_gets_a_picture(bot: LiveBot) -> None:
    sent = on_telegram(bot, bot.new_id(), "gambar", "photo")
    assert sent.parameters["photo"].startswith(b"\x89PNG")
    assert sent.text == "Berangkat yang sah 1/5"


def test_twilio_fetches_the_sound_from_us_and_no_words_go_with_it(bot: LiveBot) -> None:
    sent = on_whatsapp(bot, new_phone(bot), "dengar")
    assert "Body" not in sent.form
    got = fetched(bot, sent.form["MediaUrl"])
    assert got.status_code == 200
    assert got.headers["content-type"] == "audio/ogg"
    assert got.headers["x-content-type-options"] == "nosniff"
    assert b"OpusHead" in got.content[:100]


def test_twilio_fetches_the_picture_with_its_caption(bot: LiveBot) -> None:
    sent = on_whatsapp(bot, new_phone(bot), "gambar")
    assert sent.form["Body"] == "Berangkat yang sah 1/5"
    got = fetched(bot, sent.form["MediaUrl"])
    assert got.headers["content-type"] == "image/png"
    assert got.content.startswith(b"\x89PNG")


@pytest.mark.parametrize("wrong", ["mark", "expires", "name", "no number", "outside"])
def test_no_other_address_leads_anywhere(bot: LiveBot, wrong: str) -> None:
    sent = on_whatsapp(bot, new_phone(bot), "gambar")
    _, _, expires, mark, name = urlsplit(sent.form["MediaUrl"]).path.split("/")
    forged = {
        "mark": f"/media/{expires}/{'0' * 32}/{name}",
        "expires": f"/media/{int(expires) + 1}/{mark}/{name}",
        "name": f"/media/{expires}/{mark}/{'0' * 32}.png",
        "no number": f"/media/soon/{mark}/{name}",
        "outside": f"/media/{expires}/{mark}/..%2Fkeyring.json",
    }[wrong]
    refused = bot.http.get(forged)
    assert refused.status_code == 404
    assert name.encode() not in refused.content
    assert bot.http.post(urlsplit(sent.form["MediaUrl"]).path).status_code == 405
