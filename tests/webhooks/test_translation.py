"""What each update of Telegram becomes, the hostile ones included."""

import json
from typing import Any

import pytest

from bot.channels.base import Inbound
from tests.webhooks.no_updates import NO_UPDATES
from webhooks import telegram

BOT = "KentonganDesaBot"
SITI = {"id": 4711, "is_bot": False, "first_name": "Siti", "language_code": "id"}
US = {"id": 99, "is_bot": True, "first_name": "Kentongan", "username": BOT}
OTHER_BOT = {"id": 98, "is_bot": True, "first_name": "Lain", "username": "LainBot"}
ANONYMOUS = {"id": 1087968824, "is_bot": True, "first_name": "Group", "username": "GroupAnonymous"}
PRIVATE = {"id": 4711, "type": "private", "first_name": "Siti"}
GROUP = {"id": -1001, "type": "supergroup", "title": "Warga Krajan"}
SMALL_GROUP = {"id": -55, "type": "group", "title": "RT 03"}


def body(**fields: Any) -> bytes:
    return json.dumps({"update_id": 500, **fields}).encode()


def private(**fields: Any) -> bytes:
    return body(message={"message_id": 1, "date": 1, "chat": PRIVATE, "from": SITI, **fields})


def group(sender: dict[str, Any] = SITI, **fields: Any) -> bytes:
    return body(message={"message_id": 1, "date": 1, "chat": GROUP, "from": sender, **fields})


def pressed(chat: dict[str, Any] | None, sender: dict[str, Any] = SITI, **fields: Any) -> bytes:
    message = {"message": {"message_id": 1, "date": 0, "chat": chat}} if chat else {}
    return body(
        callback_query={"id": "990", "from": sender, "chat_instance": "1"} | message | fields
    )


def member(chat: dict[str, Any], before: str, after: str, **more: bool) -> bytes:
    change = {
        "chat": chat,
        "from": SITI,
        "date": 1,
        "old_chat_member": {"user": US, "status": before},
        "new_chat_member": {"user": US, "status": after, "until_date": 0} | more,
    }
    return body(my_chat_member=change)


def inbound(kind: str, address: str = "4711", **more: Any) -> Inbound:
    return Inbound("telegram", "500", kind, address, **more)  # type: ignore[arg-type]


def in_group(kind: str = "group_command", group: str = "-1001", **more: Any) -> Inbound:
    siti = {"author": "4711", "author_name": "Siti"} if kind == "group_command" else {}
    return inbound(kind, "", group=group, **siti | more)


@pytest.mark.parametrize(
    ("update", "expected"),
    [
        pytest.param(private(text="Lapor"), inbound("text", text="Lapor"), id="text"),
        pytest.param(
            private(text="/start desa_krajan"),
            inbound("text", text="/start desa_krajan"),
            id="start with a payload, as typed",
        ),
        pytest.param(
            private(text="/start@LainBot x"),
            inbound("text", text="/start@LainBot x"),
            id="a command in private, as typed",
        ),
        pytest.param(private(text=""), inbound("text"), id="empty text"),
        pytest.param(
            private(text="dua\u202ebarat\u200f"),
            inbound("text", text="dua\u202ebarat\u200f"),
            id="right-to-left marks stay",
        ),
        pytest.param(
            private(text="a\x00b\ud800c"), inbound("text", text="abc"), id="NUL, half a pair"
        ),
        pytest.param(private(text="😀"), inbound("text", text="😀"), id="a whole pair stays"),
        pytest.param(private(text="x" * 5000), inbound("text", text="x" * 4096), id="too long"),
        pytest.param(
            private(
                text="ya",
                reply_to_message={"message_id": 2, "date": 1, "chat": PRIVATE, "from": US},
                entities=[{"type": "bold", "offset": 0, "length": 2}],
            ),
            inbound("text", text="ya"),
            id="an answer in private",
        ),
    ],
)
def test_private_text(update: bytes, expected: Inbound) -> None:
    assert telegram.translate(update, BOT) == expected


PLACE = {"latitude": -7.9, "longitude": 111.5}
FILE = {"file_id": "f", "file_unique_id": "u"}


MB = 1024 * 1024
SIZES = [
    {"file_id": "small", "width": 90, "height": 67, "file_size": 1_000},
    {"file_id": "large", "width": 1280, "height": 960, "file_size": 9 * MB},
    {"file_id": "middle", "width": 800, "height": 600, "file_size": 90_000},
    {"file_id": "original", "width": 8000, "height": 6000, "file_size": 17 * MB},
]


@pytest.mark.parametrize(
    ("fields", "media"),
    [
        pytest.param({"photo": [FILE]}, "f", id="photo"),
        pytest.param({"photo": SIZES}, "large", id="the largest that we take"),
        pytest.param({"photo": SIZES[-1:]}, "", id="too large"),
        pytest.param({"photo": []}, "", id="no size"),
        pytest.param({"document": FILE | {"mime_type": "image/png"}}, "f", id="sent as a file"),
        pytest.param(
            {"document": FILE | {"mime_type": "image/png", "file_size": 17 * MB}},
            "",
            id="too large a file",
        ),
    ],
)
def test_a_picture_is_known_by_where_it_lies(fields: dict[str, Any], media: str) -> None:
    message = private(**fields, caption="ini\x00 posternya")

    translated = telegram.translate(message, BOT)

    assert translated == inbound("picture", text="ini posternya", media=media)
    assert "posternya" not in repr(translated)
    assert "media" not in repr(translated), "nothing of it reaches a log"


@pytest.mark.parametrize(
    ("fields", "medium"),
    [
        pytest.param({"voice": FILE | {"duration": 3}}, "voice", id="voice"),
        pytest.param({"audio": FILE}, "audio", id="audio"),
        pytest.param({"video": FILE}, "video", id="video"),
        pytest.param({"video_note": FILE}, "video_note", id="video note"),
        pytest.param({"document": FILE}, "document", id="document"),
        pytest.param({"document": FILE | {"mime_type": "application/pdf"}}, "document", id="pdf"),
        pytest.param({"animation": FILE, "document": FILE}, "animation", id="animation"),
        pytest.param({"sticker": FILE | {"emoji": "😀"}}, "sticker", id="sticker"),
        pytest.param({"location": PLACE}, "location", id="location"),
        pytest.param({"venue": {"title": "Balai"}, "location": PLACE}, "venue", id="venue"),
        pytest.param({"contact": {"phone_number": "+62"}}, "contact", id="contact"),
        pytest.param({"poll": {"id": "1", "options": []}}, "poll", id="poll"),
        pytest.param({"dice": {"emoji": "🎲", "value": 3}}, "dice", id="dice"),
        pytest.param({"hologram_2031": {"x": 1}}, "unknown", id="something of the future"),
        pytest.param({"photo": 5}, "photo", id="a photo of another shape"),
    ],
)
@pytest.mark.parametrize("caption", ["", "ini\x00 kontraknya"], ids=["bare", "with a caption"])
def test_what_the_bot_cannot_read(fields: dict[str, Any], medium: str, caption: str) -> None:
    fields = fields | ({"caption": caption} if caption else {})

    a_file = isinstance(fields.get(medium), dict) and medium not in ("sticker", "contact")
    media = fields[medium].get("file_id", "") if a_file else ""
    assert telegram.translate(private(**fields), BOT) == inbound(
        "unreadable", text=caption.replace("\x00", ""), medium=medium, media=media
    )


@pytest.mark.parametrize(
    ("update", "expected"),
    [
        pytest.param(
            pressed(PRIVATE, data="tip.ask.yes"),
            inbound("choice", payload="tip.ask.yes", callback_id="990"),
            id="in private",
        ),
        pytest.param(
            pressed(None, data="tip.ask.yes"),
            inbound("choice", payload="tip.ask.yes", callback_id="990"),
            id="its message is gone",
        ),
        pytest.param(
            pressed(GROUP, data="group.bind.yes"),
            in_group(payload="group.bind.yes", callback_id="990"),
            id="in a group",
        ),
        pytest.param(
            body(
                callback_query={
                    "id": "990",
                    "from": SITI,
                    "chat_instance": "1",
                    "data": "x",
                    "message": {
                        "message_id": 1,
                        "date": 1,
                        "chat": GROUP,
                        "message_thread_id": 12,
                        "is_topic_message": True,
                    },
                }
            ),
            in_group(payload="x", callback_id="990", thread="12"),
            id="in a topic",
        ),
        pytest.param(pressed({"id": -7, "type": "channel"}, data="x"), None, id="in a channel"),
        pytest.param(pressed(PRIVATE, game_short_name="x"), None, id="a game"),
        pytest.param(pressed(PRIVATE, OTHER_BOT, data="x"), None, id="by a bot"),
    ],
)
def test_pressed_buttons(update: bytes, expected: Inbound | None) -> None:
    assert telegram.translate(update, BOT) == expected


@pytest.mark.parametrize(
    ("update", "expected"),
    [
        pytest.param(group(text="/info"), in_group(text="/info"), id="command"),
        pytest.param(group(text="/INFO desa"), in_group(text="/INFO desa"), id="with words"),
        pytest.param(
            group(text="/daftar@kentongandesabot KODE1"),
            in_group(text="/daftar KODE1"),
            id="named, other case: the name is taken off",
        ),
        pytest.param(group(text="/info@LainBot"), None, id="for another bot"),
        pytest.param(
            group(text="/info@LainBot", reply_to_message={"from": US}),
            None,
            id="for another bot, in answer to us",
        ),
        pytest.param(
            group(text="benar?", reply_to_message={"message_id": 2, "from": US}),
            in_group(text="benar?"),
            id="answer to us",
        ),
        pytest.param(
            group(text="benar?", reply_to_message={"from": OTHER_BOT}), None, id="answer to a bot"
        ),
        pytest.param(
            group(text="benar?", reply_to_message={"from": SITI}), None, id="answer to a person"
        ),
        pytest.param(
            group(text="x", reply_to_message={"from": US | {"is_bot": False}}),
            None,
            id="answer to a person with our name",
        ),
        pytest.param(group(text="rapat nanti malam"), None, id="talk among people"),
        pytest.param(group(text=f"@{BOT} halo"), None, id="mention"),
        pytest.param(group(text="lihat /info"), None, id="command inside a sentence"),
        pytest.param(group(text="/"), None, id="slash alone"),
        pytest.param(group(text="/2 hari/minggu lagi"), in_group(text="/2 hari/minggu lagi"),
                     id="a digit is a command too"),
        pytest.param(group(text="/info", sender=OTHER_BOT), None, id="command of a bot"),
        pytest.param(
            group(text="/info", sender=ANONYMOUS, sender_chat=GROUP),
            in_group(text="/info", author="", author_name="", by_admin=True),
            id="command of an anonymous admin",
        ),
        pytest.param(
            group(text="/info", message_thread_id=12, is_topic_message=True),
            in_group(text="/info", thread="12"),
            id="in a topic",
        ),
        pytest.param(
            group(text="/info", message_thread_id=12),
            in_group(text="/info"),
            id="a thread of answers is no topic",
        ),
        pytest.param(
            group(SITI | {"last_name": "Aminah"}, text="/info"),
            in_group(text="/info", author_name="Siti Aminah"),
            id="with her whole name",
        ),
        pytest.param(
            group(text="/info", sender=ANONYMOUS, sender_chat={"id": -7, "type": "channel"}),
            None,
            id="command of a channel",
        ),
        pytest.param(group(photo=[FILE], caption="/info"), None, id="photo"),
        pytest.param(
            group(photo=[FILE], reply_to_message={"from": US}), None, id="photo in answer to us"
        ),
        pytest.param(group(new_chat_members=[SITI]), None, id="somebody joined"),
        pytest.param(group(new_chat_members=[US]), None, id="we joined: my_chat_member says it"),
        pytest.param(group(left_chat_member=US), None, id="we left: my_chat_member says it"),
        pytest.param(group(pinned_message={"message_id": 1}), None, id="pinned"),
        pytest.param(
            body(message={"message_id": 1, "date": 1, "chat": SMALL_GROUP, "from": SITI,
                          "migrate_to_chat_id": -1009876543210}),
            in_group("group_moved", "-55", moved_to="-1009876543210"),
            id="moved to a new id",
        ),
        pytest.param(group(migrate_from_chat_id=-55),
                     in_group("group_moved", "-55", moved_to="-1001"), id="moved from an old id"),
        pytest.param(
            body(edited_message={"message_id": 1, "chat": GROUP, "from": SITI, "text": "/info"}),
            None,
            id="edited",
        ),
    ],
)  # fmt: skip
def test_groups(update: bytes, expected: Inbound | None) -> None:
    assert telegram.translate(update, BOT) == expected
    assert telegram.translate(update, f"@{BOT}") == expected


@pytest.mark.parametrize(
    ("update", "expected"),
    [
        pytest.param(member(PRIVATE, "member", "kicked"), inbound("blocked"), id="blocked"),
        pytest.param(member(PRIVATE, "kicked", "member"), inbound("unblocked"), id="unblocked"),
        pytest.param(member(PRIVATE, "member", "left"), None, id="private, another status"),
        pytest.param(
            member(GROUP, "left", "member"), in_group("group_joined", standing="member"), id="added"
        ),
        pytest.param(
            member(GROUP, "kicked", "administrator"),
            in_group("group_joined", standing="admin"),
            id="added as admin",
        ),
        pytest.param(
            member(GROUP, "left", "restricted", is_member=True, can_send_messages=False),
            in_group("group_rights", standing="muted"),
            id="added, but may not write",
        ),
        pytest.param(
            member(GROUP, "member", "administrator"),
            in_group("group_rights", standing="admin"),
            id="made admin",
        ),
        pytest.param(
            member(GROUP, "administrator", "member"),
            in_group("group_rights", standing="member"),
            id="no longer admin",
        ),
        pytest.param(member(GROUP, "member", "left"), in_group("group_left"), id="removed"),
        pytest.param(member(GROUP, "member", "kicked"), in_group("group_left"), id="banned"),
        pytest.param(
            member(GROUP, "member", "restricted", is_member=True, can_send_messages=False),
            in_group("group_rights", standing="muted"),
            id="may not write any more",
        ),
        pytest.param(
            member(GROUP, "member", "restricted", is_member=True, can_send_messages=True),
            in_group("group_rights", standing="member"),
            id="restricted in other things",
        ),
        pytest.param(
            member(GROUP, "restricted", "restricted", is_member=False),
            in_group("group_left"),
            id="restricted and gone",
        ),
        pytest.param(
            member({"id": -7, "type": "channel"}, "left", "administrator"), None, id="channel"
        ),
    ],
)
def test_blocked_added_removed(update: bytes, expected: Inbound | None) -> None:
    assert telegram.translate(update, BOT) == expected


@pytest.mark.parametrize(
    ("update", "expected"),
    [
        pytest.param(
            body(edited_message={"chat": PRIVATE, "from": SITI, "text": "PT Maju"}),
            inbound("edited", text="PT Maju"),
            id="edited text",
        ),
        pytest.param(
            body(edited_message={"chat": PRIVATE, "from": SITI, "caption": "kontrak"}),
            inbound("edited", text="kontrak"),
            id="edited caption",
        ),
        pytest.param(
            body(edited_message={"chat": PRIVATE, "from": SITI, "location": PLACE}),
            None,
            id="a live location moves",
        ),
        pytest.param(
            body(message={"chat": PRIVATE, "from": OTHER_BOT, "text": "x"}), None, id="from a bot"
        ),
        pytest.param(body(message={"chat": PRIVATE, "text": "x"}), None, id="from nobody"),
        pytest.param(private(pinned_message={"message_id": 1}), None, id="pinned in private"),
        pytest.param(
            body(channel_post={"chat": {"id": -7, "type": "channel"}, "text": "x"}),
            None,
            id="channel post",
        ),
        pytest.param(
            body(message={"chat": {"id": -7, "type": "channel"}, "from": SITI, "text": "x"}),
            None,
            id="message in a channel",
        ),
        pytest.param(body(message_reaction={"chat": PRIVATE, "user": SITI}), None, id="reaction"),
        pytest.param(body(chat_member={"chat": GROUP, "from": SITI}), None, id="a member changed"),
        pytest.param(body(poll={"id": "1"}), None, id="poll"),
        pytest.param(body(holo_call={"id": [1, {"x": None}]}), None, id="update of the future"),
        pytest.param(body(), None, id="nothing in it"),
        pytest.param(body(message=None), None, id="null"),
    ],
)
def test_everything_else(update: bytes, expected: Inbound | None) -> None:
    assert telegram.translate(update, BOT) == expected


@pytest.mark.parametrize(
    "hostile",
    [
        *NO_UPDATES,
        pytest.param(private(text=["a"]), id="text is a list"),
        pytest.param(private(text="x", **{"from": "Siti"}), id="from is text"),
        pytest.param(private(chat={"id": "1", "type": "private"}), id="chat id is text"),
        pytest.param(body(callback_query={"id": 1, "from": SITI}), id="callback id is a number"),
        pytest.param(body(my_chat_member={"chat": GROUP}), id="half a member change"),
    ],
)
def test_a_body_that_is_no_update(hostile: bytes) -> None:
    with pytest.raises(telegram.BadBody) as raised:
        telegram.translate(hostile, BOT)

    assert raised.value.__suppress_context__


def test_what_people_write_is_in_no_repr() -> None:
    translated = telegram.translate(private(text="nama saya Siti"), BOT)

    assert "Siti" not in repr(translated)
    assert "4711" not in repr(translated)
