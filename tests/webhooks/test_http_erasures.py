"""After a report Twilio has none of its words, and Telegram's chat has no read-back."""

import re
import secrets
from collections.abc import Iterator
from datetime import timedelta

import pytest

from bot import doctor, erasures, picture_reader
from tests.fakes.twilio import ACCOUNT_SID, Fault
from tests.recordings import photograph, recorded
from tests.webhooks.live import LiveBot, eventually, live_bot, private

REPORT = (
    "lapor", "1", "3", "Ada calo kanariwhat", "ngrayun ngrayun ponorogo", "ya", "kemarin",
    "Pak Anu", "boleh",
)  # fmt: skip


@pytest.fixture(scope="module")
def bot(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LiveBot]:
    """Whose deletions do not wait for Twilio to settle, and are asked for again at once."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(erasures, "SETTLES", timedelta())
        patch.setattr(picture_reader, "RETRY_SECONDS", 0.05)
        with live_bot(tmp_path_factory.mktemp("erasures")) as bot:
            yield bot


def writes(bot: LiveBot, phone: str, *lines: str) -> list[str]:
    """Says these one after the other on WhatsApp; the ids Twilio has given them."""
    sids = []
    for line in lines:
        sids.append("SM" + secrets.token_hex(16))
        before = len(bot.got(phone))
        assert bot.whatsapp(phone, line, sid=sids[-1]).status_code == 200
        bot.whatsapp_answer(phone, before)
        bot.until_quiet()
    return sids


def attaches(bot: LiveBot, phone: str, data: bytes, kind: str, caption: str = "") -> str:
    """A file on WhatsApp; returns its message's id."""
    message, media = bot.twilio.media.put(data)
    account = f"https://api.twilio.com/2010-04-01/Accounts/{ACCOUNT_SID}"
    url = f"{account}/Messages/{message}/Media/{media}"
    more = {"NumMedia": "1", "MediaUrl0": url, "MediaContentType0": kind}
    assert bot.whatsapp(phone, caption, sid=message, **more).status_code == 200
    return message


def told(bot: LiveBot, phone: str) -> list[str]:
    """Our messages to that phone which hold something of the person."""
    return [sent.sid for sent in bot.got(phone) if "ContentSid" not in sent.form]


def until_erased(bot: LiveBot) -> None:
    eventually(lambda: not bot.rows("SELECT * FROM provider_erasure"), "no row left")


def new_phone(bot: LiveBot) -> str:
    return f"whatsapp:+62813{bot.new_id()}"


def test_of_a_report_nothing_stays_at_twilio(bot: LiveBot) -> None:
    phone = new_phone(bot)
    (before,) = writes(bot, phone, "menu")
    sids = writes(bot, phone, *REPORT, "kirim")
    texts = {sent.sid: sent.body for sent in bot.got(phone)}
    assert any("kanariwhat" in text for text in texts.values())
    until_erased(bot)
    assert set(sids) <= set(bot.twilio.erased)
    left = [text for sid, text in texts.items() if sid not in bot.twilio.erased]
    assert not any("kanariwhat" in text or "Kode laporan" in text for text in left)
    assert before not in bot.twilio.erased, "of what is no report nothing is touched"


def test_of_a_report_that_is_given_up_nothing_stays_either(bot: LiveBot) -> None:
    phone = new_phone(bot)
    sids = writes(bot, phone, *REPORT, "batal")
    until_erased(bot)
    assert set(sids) <= set(bot.twilio.erased)


def test_words_that_were_said_before_the_report_and_went_into_it(bot: LiveBot) -> None:
    phone = new_phone(bot)
    poster = attaches(bot, phone, photograph(), "image/jpeg", "kanaricaption benar?")
    eventually(lambda: any("Cek ini?" in sent.body for sent in bot.got(phone)), "read back")
    writes(bot, phone, "3")
    until_erased(bot)
    assert poster in bot.twilio.erased


def test_twilio_is_asked_until_it_is_done_with_a_message(bot: LiveBot) -> None:
    phone = new_phone(bot)
    bot.twilio.fail(Fault(409, 20009), Fault(500), Fault(429, 20429), call="erase")
    sids = writes(bot, phone, "lapor", "1", "3")
    until_erased(bot)
    assert set(sids) <= set(bot.twilio.erased)


def test_what_is_still_there_is_counted(bot: LiveBot, monkeypatch: pytest.MonkeyPatch) -> None:
    phone = new_phone(bot)
    monkeypatch.setattr(picture_reader, "RETRY_SECONDS", 3600.0)
    bot.twilio.fail(*[Fault(409, 20009)] * 9, call="erase")
    (sid,) = writes(bot, phone, "lapor")
    fresh = "SELECT 1 FROM provider_erasure WHERE error_code = ''"
    eventually(lambda: not bot.rows(fresh), "refusals noted")
    sealed = [row[0] for row in bot.rows("SELECT sealed FROM provider_erasure")]
    assert not any(sid.encode() in one for one in sealed), "an id leads to the message"
    waiting = len(sealed)
    assert waiting
    (found,) = (one for one in doctor._database(bot.service) if one.what == "messages")
    assert found.state == "ok"
    assert found.detail.startswith(f"{waiting} still to be deleted at their provider, the oldest")
    metrics = bot.http.get("/metrics").text
    assert f'kentongan_erasures_pending{{state="waiting"}} {waiting}.0' in metrics
    with bot.service.database.write() as connection:
        rows = erasures.erasures
        connection.execute(rows.update().values(attempts=erasures.FAILING))
        (found,) = doctor._erasures(erasures.pending(connection), bot.service.clock.now())
        assert (found.state, f"{waiting} refused" in found.detail) == ("warn", True)
        long_ago = bot.service.clock.now() - timedelta(hours=25)
        connection.execute(rows.update().values(created_at=long_ago, not_before=long_ago))
        (found,) = doctor._erasures(erasures.pending(connection), bot.service.clock.now())
        assert found.state == "bad"
    bot.twilio._faults["erase"].clear()
    until_erased(bot)
    assert sid in bot.twilio.erased


@pytest.mark.parametrize(
    ("name", "kind", "said"),
    [
        ("note.ogg", "audio/ogg", "Pesan suara diterima (1)"),
        ("film.mp4", "video/mp4", "Video diterima (1)"),
        ("", "image/jpeg", "Foto diterima (1)"),
    ],
)
def test_a_file_on_whatsapp_is_kept_and_then_deleted_there_with_its_words(
    bot: LiveBot, name: str, kind: str, said: str
) -> None:
    phone = new_phone(bot)
    writes(bot, phone, *REPORT[:6])
    data = recorded(name) if name else photograph()
    message = attaches(bot, phone, data, kind, "kanaricaption")
    eventually(lambda: any(said in sent.body for sent in bot.got(phone)), said)
    until_erased(bot)
    assert message in bot.twilio.erased
    assert not [ids for ids in bot.twilio.media.held if ids.startswith(message)]
    assert bot.rows("SELECT count(*) FROM draft_media")[0][0] >= 1
    writes(bot, phone, *REPORT[6:], "kirim")
    assert bot.rows("SELECT count(*) FROM tip_part WHERE kind = 'attachment'")[0][0] >= 1


def test_a_voice_note_on_telegram_is_kept(bot: LiveBot) -> None:
    chat = bot.new_id()
    for line in REPORT[:3]:
        bot.talks(chat, line)
    file_id = bot.telegram.files.put(recorded("note.ogg"))
    voice = {"file_id": file_id, "file_unique_id": "u", "duration": 1, "mime_type": "audio/ogg"}
    assert bot.telegram_call(private(chat, voice=voice)).status_code == 200
    eventually(
        lambda: any("Pesan suara diterima (1)" in sent.text for sent in bot.heard(chat)), "kept"
    )
    bot.talks(chat, "batal")


def test_a_film_of_more_than_telegram_gives_to_bots_is_declined_kindly(bot: LiveBot) -> None:
    chat = bot.new_id()
    for line in REPORT[:3]:
        bot.talks(chat, line)
    file_id = bot.telegram.files.put(b"\0" * (20 * 1024 * 1024 + 1))
    assert bot.telegram_call(private(chat, video={"file_id": file_id})).status_code == 200
    eventually(lambda: any("terlalu besar" in sent.text for sent in bot.heard(chat)), "declined")
    assert "Apa yang terjadi" in bot.heard(chat)[-1].text
    bot.talks(chat, "batal")


# ---- Telegram's read-back


@pytest.mark.parametrize("end", ["kirim", "batal"])
def test_the_read_back_goes_from_the_chat_and_the_receipt_stays(bot: LiveBot, end: str) -> None:
    chat = bot.new_id()
    for line in REPORT:
        bot.talks(chat, line)
    assert "Ini laporan Anda" in bot.heard(chat)[-1].text
    assert bot.rows("SELECT count(*) FROM provider_erasure WHERE draft IS NOT NULL") == [(1,)]
    assert bot.says(chat, end).status_code == 200
    eventually(
        lambda: not any("Ini laporan Anda" in sent.text for sent in bot.heard(chat)), "deleted"
    )
    until_erased(bot)
    if end == "kirim":
        bot.until_quiet()
        assert re.search(r"Kode laporan: \w{4}-", bot.heard(chat)[-1].text)


def test_a_read_back_that_nobody_answers_goes_before_telegram_forbids_it(bot: LiveBot) -> None:
    chat = bot.new_id()
    for line in REPORT:
        bot.talks(chat, line)
    ((after,),) = eventually(
        lambda: bot.rows("SELECT not_before - created_at FROM provider_erasure"), "a row"
    )
    assert timedelta(hours=40) < timedelta(milliseconds=after) < erasures.TELEGRAM_DELETES
    assert bot.says(chat, "batal").status_code == 200
    until_erased(bot)
