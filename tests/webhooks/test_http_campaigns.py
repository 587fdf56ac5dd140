"""A join link on the wire: what WhatsApp and Telegram send when it is tapped, and the poster."""

from io import BytesIO
from urllib.parse import parse_qs, urlsplit

import pytest
from PIL import Image

from bot import campaigns, contacts, demo, outbox
from flows.events import MessageCreated
from tests.webhooks.live import PUBLIC, LiveBot, eventually


@pytest.fixture(scope="module")
def code(bot: LiveBot) -> str:
    with bot.service.database.write() as connection:
        made = campaigns.new_code(connection)
        campaigns.make(connection, code=made, kind="poster", place_code=demo.VILLAGE,
                       title="Balai desa", office_code=demo.OFFICE, officer_id=None,
                       now=bot.service.clock.now())  # fmt: skip
    return made


def test_a_tapped_telegram_link_joins(bot: LiveBot, code: str) -> None:
    bot.service.telegram_username = "kentongan_bot"
    link = urlsplit(campaigns.links(bot.service, code)[1])
    chat = bot.new_id()
    payload = parse_qs(link.query)["start"][0]
    assert len(payload) <= 64
    assert "Ikut kabar Desa Ngrayun" in bot.talks(chat, f"/start {payload}").text
    assert "Anda ikut kabar Desa Ngrayun" in bot.talks(chat, "ya").text


def test_a_tapped_whatsapp_link_joins(bot: LiveBot, code: str) -> None:
    link = urlsplit(campaigns.links(bot.service, code)[0])
    phone = f"whatsapp:+62812{bot.new_id()}"
    assert bot.whatsapp(phone, parse_qs(link.query)["text"][0]).status_code == 200
    bot.whatsapp_answer(phone)
    assert bot.whatsapp(phone, "ya").status_code == 200
    eventually(lambda: counted(bot, code).get("joined", 0) == 2, "both are counted")


def counted(bot: LiveBot, code: str) -> dict[str, int]:
    with bot.service.database.read() as connection:
        row = campaigns.by_code(connection, code)
        assert row is not None
        return campaigns.counted(connection, [row.id])[row.id]


def test_the_poster_is_there_for_whoever_knows_the_code(bot: LiveBot, code: str) -> None:
    answer = bot.http.get(f"/poster/{code}.pdf")
    assert (answer.status_code, answer.headers["content-type"]) == (200, "application/pdf")
    assert answer.content.startswith(b"%PDF-")


@pytest.mark.parametrize("name", ["BCDFGHJ", "krajan", "..%2F..%2Fetc%2Fpasswd", "A" * 5000])
def test_no_other_poster_is(bot: LiveBot, name: str) -> None:
    assert bot.http.get(f"/poster/{name}.pdf").status_code == 404


@pytest.fixture
def photo(bot: LiveBot) -> tuple[str, bytes]:
    file = BytesIO()
    Image.new("RGB", (400, 300), "green").save(file, "JPEG")
    return bot.service.shelf.keep_photo(file.getvalue()), file.getvalue()


def send(bot: LiveBot, channel: str, address: str, name: str) -> None:
    service = bot.service
    with service.database.write() as connection:
        people = contacts.load(connection, service.database, service.ring, [(channel, address)],
                               service.clock.now())  # fmt: skip
        message = MessageCreated("Tulis DAFTAR", fixed=False, media=f"photo/{name}")
        row = outbox.row_for(service.ring, message, service.clock.now(), channel=channel,
                             contact_id=people[channel, address].id)  # fmt: skip
        outbox.queue(connection, [row])


def test_a_kept_photo_goes_to_telegram_as_it_is(bot: LiveBot, photo: tuple[str, bytes]) -> None:
    chat = bot.new_id()
    bot.talks(chat, "menu")
    send(bot, "telegram", str(chat), photo[0])
    sent = eventually(
        lambda: next((one for one in bot.heard(chat) if "photo" in one.parameters), None),
        "the photo",
    )
    assert sent is not None
    assert (sent.parameters["photo"], sent.text) == (photo[1], "Tulis DAFTAR")


def test_twilio_fetches_a_kept_photo_from_us(bot: LiveBot, photo: tuple[str, bytes]) -> None:
    phone = f"whatsapp:+62812{bot.new_id()}"
    assert bot.whatsapp(phone, "menu").status_code == 200
    bot.whatsapp_answer(phone)
    send(bot, "whatsapp", phone, photo[0])
    sent = eventually(
        lambda: next((one for one in bot.got(phone) if "MediaUrl" in one.form), None), "media"
    )
    assert sent is not None
    assert sent.form["MediaUrl"].startswith(f"{PUBLIC}/media/")
    got = bot.http.get(urlsplit(sent.form["MediaUrl"]).path)
    assert (got.headers["content-type"], got.content) == ("image/jpeg", photo[1])
