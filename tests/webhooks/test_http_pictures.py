"""Posters through the real webhooks: fetched from the providers, read by Tesseract, answered."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from bot import picture_reader, pictures
from tests.fakes.twilio import ACCOUNT_SID
from tests.posters import LINES, PDF, blank_png, coded, draw, poster
from tests.webhooks.live import LiveBot, eventually, live_bot, private

READ = "“LOWONGAN KERJA KE TAIWAN / PT ALFA NUSANTARA PERDANA / Gaji 12.000.000 per bulan"
MIB = 1024 * 1024


@pytest.fixture(scope="module")
def bot(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LiveBot]:
    """Whose fetches give up after a second, so that a provider that hangs can be met."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(picture_reader, "FETCH_SECONDS", 1.0)
        patch.setattr(picture_reader, "RETRY_SECONDS", 0.1)
        patch.setattr(pictures, "SETTLES", timedelta())
        with live_bot(tmp_path_factory.mktemp("pictures")) as bot:
            yield bot


def photographs(bot: LiveBot, chat: int, picture: bytes, caption: str = "") -> str:
    """A photo on Telegram; returns its file_id."""
    file_id = bot.telegram.files.put(picture)
    size = {"file_id": file_id, "file_unique_id": "u", "width": 900, "height": 1280}
    photo: dict[str, Any] = {"photo": [size | {"file_size": len(picture)}]}
    assert bot.telegram_call(private(chat, **photo, caption=caption)).status_code == 200
    return file_id


def attaches(
    bot: LiveBot, phone: str, picture: bytes, kind: str = "image/jpeg", body: str = ""
) -> str:
    """A picture on WhatsApp, or any other file; returns its two ids."""
    message, media = bot.twilio.media.put(picture)
    address = (
        f"https://api.twilio.com/2010-04-01/Accounts/{ACCOUNT_SID}/Messages/{message}/Media/{media}"
    )
    more = {
        "NumMedia": "1",
        "MediaUrl0": address,
        "MediaContentType0": kind,
        "MessageType": kind.partition("/")[0],
    }
    assert bot.whatsapp(phone, body, **more).status_code == 200
    return f"{message}/{media}"


def telegram_hears(bot: LiveBot, chat: int, words: str) -> str:
    return eventually(
        lambda: next((sent.text for sent in bot.heard(chat) if words in sent.text), ""),
        f"“{words}” in {[sent.text[:60] for sent in bot.heard(chat)]}",
        20,
    )


def whatsapp_hears(bot: LiveBot, phone: str, words: str) -> str:
    return eventually(
        lambda: next((sent.body for sent in bot.got(phone) if words in sent.body), ""),
        f"“{words}” in {[sent.body[:60] for sent in bot.got(phone)]}",
        20,
    )


def new_phone(bot: LiveBot) -> str:
    return f"whatsapp:+62811{bot.new_id()}"


# ---- a poster, both ways


def test_a_poster_on_telegram_is_read_back_and_handed_to_the_check(bot: LiveBot) -> None:
    chat = bot.new_id()
    photographs(bot, chat, poster())
    telegram_hears(bot, chat, "saya baca dulu")
    assert READ in telegram_hears(bot, chat, "Cek ini?")
    assert [label["text"] for (label,) in bot.heard(chat)[-1].keyboard] == [
        "1. Ya, cek ini", "2. Salah, saya ketik", "3. Laporkan", "0. Bicara petugas",
    ]  # fmt: skip
    assert bot.talks(chat, "1").text


def test_a_poster_on_whatsapp_is_read_back_as_plain_text_and_deleted_there(bot: LiveBot) -> None:
    phone = new_phone(bot)
    ids = attaches(bot, phone, poster(kind="PNG"), "image/png")
    said = whatsapp_hears(bot, phone, "Cek ini?")
    assert READ in said
    assert "1. Ya, cek ini" in said
    assert "ContentSid" not in bot.got(phone)[-1].form, "Twilio would keep it as a template"
    eventually(lambda: ids in bot.twilio.media.deleted, "the copy at Twilio deleted")
    assert bot.twilio.media.leaked == [], "credentials reached the media store"


def test_a_copy_that_twilio_will_not_delete_at_once_is_asked_for_until_it_does(
    bot: LiveBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(picture_reader, "RETRY_SECONDS", 0.1)
    bot.twilio.media.keeps.extend(("429", "500"))
    ids = attaches(bot, new_phone(bot), poster())
    eventually(lambda: ids in bot.twilio.media.deleted, "the copy at Twilio deleted")
    eventually(lambda: not bot.rows("SELECT * FROM picture_job"), "its row gone")


def test_a_copy_that_twilio_does_not_have_is_deleted(bot: LiveBot) -> None:
    bot.twilio.media.keeps.append("404")
    phone = new_phone(bot)
    attaches(bot, phone, poster())
    whatsapp_hears(bot, phone, "Cek ini?")
    eventually(lambda: not bot.rows("SELECT * FROM picture_job"), "its row gone")


@pytest.mark.parametrize("kind", ["video/mp4", "application/pdf", "image/webp", "text/vcard"])
def test_what_is_never_read_is_declined_and_deleted_at_twilio(bot: LiveBot, kind: str) -> None:
    phone = new_phone(bot)
    ids = attaches(bot, phone, b"not ours to keep", kind)
    assert "tidak disimpan" in whatsapp_hears(bot, phone, "belum video")
    eventually(lambda: ids in bot.twilio.media.deleted, "the copy at Twilio deleted")
    assert ids not in bot.twilio.media.asked, "and never fetched"


def test_a_picture_that_is_declined_at_once_is_deleted_at_twilio(
    bot: LiveBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bot.service, "reads_pictures", False)
    phone = new_phone(bot)
    unread = attaches(bot, phone, poster())
    assert "tidak disimpan" in whatsapp_hears(bot, phone, "belum bisa membaca gambar")
    eventually(lambda: unread in bot.twilio.media.deleted, "the copy where nothing is installed")
    assert unread not in bot.twilio.media.asked


def test_a_picture_behind_a_cry_for_help_is_kept_and_deleted_at_twilio(bot: LiveBot) -> None:
    in_danger = attaches(bot, new_phone(bot), poster(), body="tolong adik saya disekap")
    eventually(lambda: in_danger in bot.twilio.media.deleted, "the copy behind a cry for help")
    assert bot.twilio.media.asked.count(in_danger) == 1


def test_a_picture_sent_as_a_file_is_read_too(bot: LiveBot) -> None:
    chat = bot.new_id()
    file_id = bot.telegram.files.put(poster("PT BETA JAYA", "Kerja ke Polandia"))
    document = {"file_id": file_id, "file_unique_id": "u", "mime_type": "image/jpeg"}
    bot.telegram_call(private(chat, document=document | {"file_name": "poster.jpg"}))
    assert "PT BETA JAYA / Kerja ke Polandia" in telegram_hears(bot, chat, "Cek ini?")


def test_a_caption_of_danger_comes_first(bot: LiveBot) -> None:
    chat = bot.new_id()
    file_id = photographs(bot, chat, poster(), "tolong adik saya disekap")
    telegram_hears(bot, chat, "Telepon dulu")
    assert "Telepon dulu" in telegram_hears(bot, chat, "Foto diterima (1)"), "and again"
    assert bot.telegram.files.fetched.count(file_id) == 1, "kept as evidence, not read"


def test_a_picture_twice_delivered_is_read_once(bot: LiveBot) -> None:
    chat, update = bot.new_id(), bot.new_id()
    file_id = bot.telegram.files.put(poster())
    size = {"file_id": file_id, "file_unique_id": "u", "width": 900, "height": 1280}
    for _ in range(3):
        bot.telegram_call({"update_id": update} | private(chat, photo=[size]))
    telegram_hears(bot, chat, "Cek ini?")
    bot.until_quiet()
    assert [sent.text[:12] for sent in bot.heard(chat)][1:] == ["Ini yang ter"]
    assert bot.telegram.files.fetched.count(file_id) == 1


# ---- what means harm, or is just too much


@pytest.mark.parametrize(
    ("picture", "answer"),
    [
        pytest.param(coded(draw(size=(5000, 10000)), "PNG"), "Cek ini?", id="50 megapixels"),
        pytest.param(blank_png(60_000, 60_000), "terlalu besar", id="a decompression bomb"),
        pytest.param(poster()[:20_000], "tidak terbaca", id="a truncated jpeg"),
        pytest.param(PDF, "tidak terbaca", id="a pdf named .jpg"),
        pytest.param(b"", "tidak terbaca", id="nothing at all"),
        pytest.param(b"\xff\xd8\xff" + b"x" * (11 * MIB), "terlalu besar", id="11 MB"),
        pytest.param(b"\xff\xd8\xff" + b"x" * (21 * MIB), "terlalu besar", id="21 MB"),
    ],
)
def test_hostile_and_huge_files_get_a_kind_answer_on_both_channels(
    bot: LiveBot, picture: bytes, answer: str
) -> None:
    chat, phone = bot.new_id(), new_phone(bot)
    # As if Telegram had not said how large it is: then it is getFile that says so.
    file_id = bot.telegram.files.put(picture)
    bot.telegram_call(private(chat, photo=[{"file_id": file_id, "file_unique_id": "u"}]))
    attaches(bot, phone, picture)
    telegram_hears(bot, chat, answer)
    whatsapp_hears(bot, phone, answer)
    assert bot.http.get("/readyz").status_code == 200


# ---- providers in trouble


@pytest.mark.parametrize("trouble", ["hang", "404", "500"])
def test_a_provider_that_hangs_or_fails_is_asked_again(bot: LiveBot, trouble: Any) -> None:
    chat, phone = bot.new_id(), new_phone(bot)
    bot.telegram.files.trouble.append(trouble)
    file_id = photographs(bot, chat, poster())
    assert READ in telegram_hears(bot, chat, "Cek ini?")
    assert bot.telegram.files.fetched.count(file_id) == 2
    bot.twilio.media.trouble.append(trouble)
    ids = attaches(bot, phone, poster())
    assert READ in whatsapp_hears(bot, phone, "Cek ini?")
    assert bot.twilio.media.asked.count(ids) == 2


def test_a_picture_that_is_gone_is_asked_for_again(
    bot: LiveBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    chat = bot.new_id()
    unknown = {"file_id": "AgACgone", "file_unique_id": "u"}
    bot.telegram_call(private(chat, photo=[unknown]))
    assert "kirim sekali lagi" in telegram_hears(bot, chat, "tidak sampai")
    monkeypatch.setattr(pictures, "ATTEMPTS", 1)
    phone = new_phone(bot)
    ids = attaches(bot, phone, poster())
    del bot.twilio.media.held[ids]
    whatsapp_hears(bot, phone, "tidak sampai")


@pytest.mark.parametrize(
    "elsewhere",
    [
        "https://evil.example/x.jpg",
        "http://169.254.169.254/latest/meta-data",
        "https://eviltwilio.com/x",
        "https://api.twilio.com.evil.example/x",
        "http://media.twiliocdn.com/x",
        "file:///etc/passwd",
    ],
)
def test_twilio_sending_us_elsewhere_is_not_followed(bot: LiveBot, elsewhere: str) -> None:
    phone = new_phone(bot)
    bot.twilio.media.send_on_to = elsewhere
    try:
        attaches(bot, phone, poster())
        whatsapp_hears(bot, phone, "tidak sampai")
    finally:
        bot.twilio.media.send_on_to = ""


# ---- what stays


def test_neither_the_picture_nor_its_words_lie_anywhere(bot: LiveBot, tmp_path: Path) -> None:
    chat = bot.new_id()
    picture = poster("PT KANARIFOTO JAYA", "Gaji 98.765.432", "Hubungi 0812-9999-0000")
    file_id = photographs(bot, chat, picture, "kanaricaption")
    telegram_hears(bot, chat, "KANARIFOTO")
    bot.until_quiet()
    eventually(lambda: not bot.rows("SELECT * FROM picture_job"), "its row gone")
    folder = bot.file.parent
    for wanted in (b"KANARIFOTO", b"kanaricaption", b"98.765", file_id.encode(), picture[200:260]):
        assert not [path for path in folder.iterdir() if wanted in path.read_bytes()]
    assert bot.rows("SELECT body FROM outbox WHERE status IN ('sent', 'delivered') AND body") == []
    assert bot.metric("kentongan_pictures_total", channel="telegram", outcome="read") >= 1


def test_without_tesseract_it_asks_for_words(bot: LiveBot, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bot.service, "reads_pictures", False)
    chat = bot.new_id()
    file_id = photographs(bot, chat, poster())
    telegram_hears(bot, chat, "belum bisa membaca gambar")
    assert file_id not in bot.telegram.files.fetched
    assert LINES
