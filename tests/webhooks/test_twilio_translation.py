"""What each form of Twilio becomes, the hostile ones included."""

import pytest

from bot.channels.base import Inbound, StatusReport
from tests.fakes.twilio import ACCOUNT_SID, inbound_form
from webhooks import twilio

BSUID = "whatsapp:ID.45661234567890"


def whatsapp(kind: str, **more: str) -> Inbound:
    address = more.pop("address", "whatsapp:+6281234567890")
    return Inbound("whatsapp", "SM1", kind, address, **more)  # type: ignore[arg-type]


def form(text: str = "", **more: str) -> dict[str, str]:
    return inbound_form(text, sid="SM1", **more)


def medium(content_type: str, text: str = "", **more: str) -> dict[str, str]:
    return form(text, NumMedia="1", MediaContentType0=content_type, MediaUrl0="https://x", **more)


@pytest.mark.parametrize(
    ("received", "expected"),
    [
        pytest.param(form("Lapor"), whatsapp("text", text="Lapor"), id="text"),
        pytest.param(form(" 1 "), whatsapp("text", text=" 1 "), id="text as typed"),
        pytest.param(form("a\x00b\ud800"), whatsapp("text", text="ab"), id="NUL, half a pair"),
        pytest.param(form("\u202ebarat"), whatsapp("text", text="\u202ebarat"), id="RTL mark"),
        pytest.param(form("x" * 5000), whatsapp("text", text="x" * 4096), id="too long"),
        pytest.param(form("a", Forwarded="true", Baru2031="x"), whatsapp("text", text="a"),
                     id="unknown parameters"),
        pytest.param(
            form("a", From=BSUID, WaId=""), whatsapp("text", text="a", address=BSUID),
            id="From is no number",
        ),
        pytest.param(
            form("a", From="", ExternalUserId=BSUID), whatsapp("text", text="a", address=BSUID),
            id="no From: ExternalUserId",
        ),
        pytest.param(
            form("a", ExternalUserId=BSUID), whatsapp("text", text="a"), id="both: From"
        ),
        pytest.param(
            form("Ya", ButtonText="Ya", ButtonPayload="tip.ask.yes", MessageType="button"),
            whatsapp("choice", text="Ya", payload="tip.ask.yes"),
            id="quick reply",
        ),
        pytest.param(
            form("Lapor", ListId="menu.report", ListTitle="Lapor", MessageType="interactive"),
            whatsapp("choice", text="Lapor", payload="menu.report"),
            id="list",
        ),
        pytest.param(
            form("Ya", ButtonText="Ya", ButtonPayload="", MessageType="button"),
            whatsapp("text", text="Ya"),
            id="a button without payload is its word",
        ),
        pytest.param(form("", MessageType="reaction"), None, id="reaction"),
        pytest.param(form("👍", MessageType="reaction"), None, id="reaction with its emoji"),
        pytest.param(form("a", MessageSid="", SmsMessageSid=""), None, id="no id"),
        pytest.param(form("a", From=""), None, id="from nobody"),
    ],
)  # fmt: skip
def test_whatsapp_messages(received: dict[str, str], expected: Inbound | None) -> None:
    assert twilio.translate(received, ACCOUNT_SID) == expected


@pytest.mark.parametrize(
    ("received", "name", "text"),
    [
        pytest.param(medium("image/jpeg"), "photo", "", id="photo"),
        pytest.param(medium("image/jpeg", "kontrak"), "photo", "kontrak", id="with a caption"),
        pytest.param(medium("image/webp"), "sticker", "", id="sticker"),
        pytest.param(medium("audio/ogg; codecs=opus"), "voice", "", id="voice note"),
        pytest.param(medium("video/mp4"), "video", "", id="video"),
        pytest.param(medium("application/pdf", "surat.pdf"), "document", "surat.pdf", id="PDF"),
        pytest.param(medium("text/vcard"), "contact", "", id="contact"),
        pytest.param(medium("TEXT/CSV"), "document", "", id="another text file"),
        pytest.param(medium("", MessageType="hologram"), "hologram", "", id="no media type"),
        pytest.param(form("", NumMedia="banyak"), "text", "", id="NumMedia is no number"),
        pytest.param(
            form("", MessageType="location", Latitude="-7.9", Longitude="111.5", Label="Balai"),
            "location",
            "",
            id="location",
        ),
        pytest.param(
            form("", MessageType="interactive", FlowData="{}"), "interactive", "", id="a Flow"
        ),
        pytest.param(form("", MessageType="<script>"), "unknown", "", id="hostile type"),
        pytest.param(form("  \n"), "text", "  \n", id="only spaces"),
    ],
)
def test_what_cannot_be_read_on_whatsapp(received: dict[str, str], name: str, text: str) -> None:
    assert twilio.translate(received, ACCOUNT_SID) == whatsapp("unreadable", text=text, medium=name)


PICTURE = ("MM" + "a" * 32, "ME" + "b" * 32)
MEDIA = f"https://api.twilio.com/2010-04-01/Accounts/{ACCOUNT_SID}/Messages/%s/Media/%s" % PICTURE


@pytest.mark.parametrize("content_type", ["image/jpeg", "IMAGE/PNG; x=y", "image/tiff"])
def test_a_picture_is_known_by_its_two_ids(content_type: str) -> None:
    received = medium(content_type, "benar?") | {"MediaUrl0": MEDIA}
    expected = whatsapp("picture", text="benar?", media="/".join(PICTURE))
    assert twilio.translate(received, ACCOUNT_SID) == expected


@pytest.mark.parametrize(
    "address",
    [
        pytest.param(MEDIA.replace(ACCOUNT_SID, "AC" + "f" * 32), id="another account's"),
        pytest.param(MEDIA + "?x=1", id="with a query"),
        pytest.param(MEDIA + "/../../../Calls", id="with a way out"),
        pytest.param(MEDIA.replace("ME", "RE"), id="a recording"),
        pytest.param(f"https://evil.example/?{MEDIA}", id="elsewhere"),
        pytest.param(f"file://{MEDIA}", id="a file"),
        pytest.param("http://169.254.169.254/latest/meta-data", id="the cloud's own"),
        pytest.param("", id="none"),
    ],
)
def test_an_address_that_is_not_of_our_media_is_never_kept(address: str) -> None:
    received = medium("image/jpeg") | {"MediaUrl0": address}
    assert twilio.translate(received, ACCOUNT_SID) == whatsapp("unreadable", medium="photo")


@pytest.mark.parametrize(
    ("content_type", "name"),
    [("image/webp", "sticker"), ("audio/ogg", "voice"), ("application/pdf", "document")],
)
def test_what_is_no_picture_keeps_where_its_copy_is_to_be_deleted(
    content_type: str, name: str
) -> None:
    received = medium(content_type, "dengar ini") | {"MediaUrl0": MEDIA}
    expected = whatsapp("unreadable", text="dengar ini", medium=name, media="/".join(PICTURE))
    assert twilio.translate(received, ACCOUNT_SID) == expected


@pytest.mark.parametrize("sid", ["", "AC" + "f" * 32, ACCOUNT_SID.upper()])
def test_another_account_is_not_ours(sid: str) -> None:
    with pytest.raises(twilio.NotOurs):
        twilio.translate(form("Lapor", AccountSid=sid), ACCOUNT_SID)


def report(status: str, outbox_id: int | None = 7, error_code: str = "") -> StatusReport:
    return StatusReport("whatsapp", outbox_id, "SM1", status, error_code)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("status", "more", "query", "expected"),
    [
        *(
            pytest.param(step, {}, "7", None, id=step)
            for step in ("queued", "accepted", "sending", "scheduled", "canceled", "", "baru")
        ),
        pytest.param("sent", {}, "7", report("sent"), id="sent"),
        pytest.param("delivered", {"EventType": "DELIVERED"}, "7", report("delivered"),
                     id="delivered"),
        pytest.param("read", {"EventType": "READ"}, "7", report("read"), id="read"),
        pytest.param("failed", {"ErrorCode": "63016"}, "7", report("failed", 7, "63016"),
                     id="failed"),
        pytest.param("undelivered", {"ErrorCode": "63024"}, "7", report("failed", 7, "63024"),
                     id="undelivered"),
        pytest.param("failed", {}, "7", report("failed"), id="failed without a code"),
        pytest.param("sent", {"ErrorCode": "1"}, "7", report("sent"), id="a code on success"),
        pytest.param("sent", {}, None, report("sent", None), id="no outbox id"),
        pytest.param("sent", {}, "", report("sent", None), id="empty outbox id"),
        pytest.param("sent", {}, "7; DROP", report("sent", None), id="outbox id is no number"),
        pytest.param("sent", {}, "\u0667", report("sent", None), id="outbox id in other digits"),
        pytest.param("sent", {}, "-7", report("sent", None), id="negative outbox id"),
        pytest.param("sent", {}, "9" * 19, report("sent", None), id="outbox id too long"),
        pytest.param("sent", {"MessageSid": "", "SmsSid": "SM1"}, "7", report("sent"),
                     id="only SmsSid"),
        pytest.param("sent", {"MessageSid": "", "SmsSid": ""}, "7", None, id="no id"),
    ],
)  # fmt: skip
def test_status_callbacks(
    status: str, more: dict[str, str], query: str | None, expected: StatusReport | None
) -> None:
    fields = {"MessageSid": "SM1", "MessageStatus": status, "AccountSid": ACCOUNT_SID} | more

    assert twilio.translate_status(fields, query) == expected
