"""Telegram's webhook: one update becomes one Inbound, or nothing.

Fields are those of https://core.telegram.org/bots/api#update. Of a group only what was said to
the bot is read; everything else people write there becomes None and is kept nowhere.
"""

import hmac
import json
import re
from dataclasses import replace

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from bot.channels.base import MAX_MEDIA, Inbound, InboundKind
from bot.running import Running
from flows.village_group import ASKS_FOR_ADMIN, command_of
from webhooks.edge import clean, read_body, refuse, take

CHANNEL = "telegram"
MEDIA = (
    "voice",
    "audio",
    "photo",
    "video",
    "video_note",
    "animation",
    "document",
    "sticker",
    "contact",
    "venue",
    "location",
    "poll",
    "dice",
    "story",
)
"""https://core.telegram.org/bots/api#message, the most telling name first: an animation also has
`document`, a venue also has `location`."""
FILES = frozenset({"voice", "audio", "video", "video_note", "animation", "document"})
"""Those that are one file, which a report can hold."""
SERVICE = frozenset(
    {
        "pinned_message",
        "message_auto_delete_timer_changed",
        "chat_background_set",
        "write_access_allowed",
        "forum_topic_created",
    }
)
"""Notices in a private chat that nobody wrote and nobody waits for an answer to."""

_COMMAND = re.compile(r"/\w+(?:@(?P<bot>\w+))?(?=\s|$)", re.ASCII)
_ABSENT = ("left", "kicked")


class BadBody(Exception):
    """The body is no update of the Bot API."""


class _User(msgspec.Struct):
    id: int
    is_bot: bool = False
    username: str | None = None
    first_name: str = ""
    last_name: str | None = None

    @property
    def name(self) -> str:
        return clean(f"{self.first_name} {self.last_name or ''}".strip())


class _Chat(msgspec.Struct):
    id: int
    type: str

    @property
    def is_group(self) -> bool:
        return self.type in ("group", "supergroup")


class _RepliedTo(msgspec.Struct):
    from_: _User | None = msgspec.field(name="from", default=None)


class _Message(msgspec.Struct):
    chat: _Chat
    from_: _User | None = msgspec.field(name="from", default=None)
    sender_chat: _Chat | None = None
    text: str | None = None
    caption: str | None = None
    reply_to_message: _RepliedTo | None = None
    migrate_to_chat_id: int | None = None
    migrate_from_chat_id: int | None = None
    message_thread_id: int | None = None
    is_topic_message: bool = False

    @property
    def by_hidden_admin(self) -> bool:
        """A group's anonymous admin writes as a bot, with the group itself as `sender_chat`."""
        return self.sender_chat is not None and self.sender_chat.id == self.chat.id

    @property
    def by_person(self) -> bool:
        return self.by_hidden_admin or (self.from_ is not None and not self.from_.is_bot)

    @property
    def thread(self) -> str:
        """The forum's topic. Replies in other groups have a thread id too, but no topic."""
        return str(self.message_thread_id or "") if self.is_topic_message else ""


class _Photo(msgspec.Struct):
    """One size of a photo, or a file of any kind."""

    file_id: str
    file_size: int = 0
    width: int = 0
    height: int = 0
    mime_type: str = ""


class _PressedMessage(msgspec.Struct):
    chat: _Chat
    message_thread_id: int | None = None
    is_topic_message: bool = False


class _CallbackQuery(msgspec.Struct):
    id: str
    from_: _User = msgspec.field(name="from")
    data: str | None = None
    message: _PressedMessage | None = None


class _Member(msgspec.Struct):
    status: str
    is_member: bool = True
    can_send_messages: bool = True
    """Both are only there for `restricted`."""

    @property
    def is_there(self) -> bool:
        return self.status not in _ABSENT and (self.status != "restricted" or self.is_member)

    @property
    def standing(self) -> str:
        if self.status in ("administrator", "creator"):
            return "admin"
        return "muted" if self.status == "restricted" and not self.can_send_messages else "member"


class _MemberChange(msgspec.Struct):
    chat: _Chat
    old_chat_member: _Member
    new_chat_member: _Member


class _Update(msgspec.Struct):
    update_id: int
    message: msgspec.Raw = msgspec.Raw()
    edited_message: _Message | None = None
    callback_query: _CallbackQuery | None = None
    my_chat_member: _MemberChange | None = None


def translate(body: bytes, bot_username: str) -> Inbound | None:
    """The event of one update, or None for what the bot has no use for. Raises BadBody."""
    try:
        try:
            update = msgspec.json.decode(body, type=_Update)
            return _event(update, bot_username.removeprefix("@").lower())
        except msgspec.ValidationError:
            raise
        except msgspec.DecodeError:
            # msgspec takes half of a surrogate pair for a broken text; json reads it.
            update = msgspec.json.decode(_without_surrogates(body), type=_Update)
            return _event(update, bot_username.removeprefix("@").lower())
    except (ValueError, RecursionError) as error:
        # Not chained and without its words: they can quote what somebody wrote.
        raise BadBody(type(error).__name__) from None


def _without_surrogates(body: bytes) -> bytes:
    return json.dumps(json.loads(body), ensure_ascii=False).encode("utf-8", "ignore")


def _event(update: _Update, bot: str) -> Inbound | None:
    event_id = str(update.update_id)
    if bytes(update.message) not in (b"", b"null"):
        return _from_message(event_id, update.message, bot)
    if update.edited_message is not None:
        return _from_edit(event_id, update.edited_message)
    if update.callback_query is not None:
        return _from_press(event_id, update.callback_query)
    if update.my_chat_member is not None:
        return _from_member_change(event_id, update.my_chat_member)
    return None


def _from_message(event_id: str, raw: msgspec.Raw, bot: str) -> Inbound | None:
    message = msgspec.json.decode(raw, type=_Message)
    if message.chat.is_group:
        return _from_group(event_id, message, bot)
    if message.chat.type != "private" or message.from_ is None or message.from_.is_bot:
        return None
    address = str(message.from_.id)
    if message.text is not None:
        return Inbound(CHANNEL, event_id, "text", address, text=clean(message.text))
    fields = msgspec.json.decode(raw, type=dict[str, msgspec.Raw])
    if SERVICE & fields.keys():
        return None
    caption = clean(message.caption or "")
    medium = next((medium for medium in MEDIA if medium in fields), "unknown")
    media = _picture(medium, fields)
    if media is not None:
        return Inbound(CHANNEL, event_id, "picture", address, text=caption, media=media)
    return Inbound(
        CHANNEL, event_id, "unreadable", address,
        text=caption, medium=medium, media=_file(medium, fields),
    )  # fmt: skip


def _file(medium: str, fields: dict[str, msgspec.Raw]) -> str:
    """The file_id of sound, film or a document; how large it is `fetch` will see."""
    if medium not in FILES:
        return ""
    try:
        return clean(msgspec.json.decode(fields[medium], type=_Photo).file_id)
    except msgspec.ValidationError:  # of a shape that the documents don't know (yet)
        return ""


def _picture(medium: str, fields: dict[str, msgspec.Raw]) -> str | None:
    """The file_id of a photo's largest size that we take, or of a picture sent as a file.

    Empty when all are too large; None for what is no picture.
    """
    try:
        if medium == "photo":
            sizes = msgspec.json.decode(fields["photo"], type=list[_Photo])
        elif medium == "document":
            sizes = [msgspec.json.decode(fields["document"], type=_Photo)]
            if not sizes[0].mime_type.startswith("image/"):
                return None
        else:
            return None
    except msgspec.ValidationError:  # of a shape that the documents don't know (yet)
        return None
    fitting = [size for size in sizes if size.file_size <= MAX_MEDIA]
    best = max(fitting, key=lambda size: size.width * size.height, default=None)
    return clean(best.file_id) if best else ""


def _from_group(event_id: str, message: _Message, bot: str) -> Inbound | None:
    """Only a command for this bot, an answer to it, or the group's new id."""
    group = str(message.chat.id)
    if message.migrate_to_chat_id is not None:
        moved_to = str(message.migrate_to_chat_id)
        return Inbound(CHANNEL, event_id, "group_moved", group=group, moved_to=moved_to)
    if message.migrate_from_chat_id is not None:
        # The same move told by the new chat: whichever comes first does it.
        before = str(message.migrate_from_chat_id)
        return Inbound(CHANNEL, event_id, "group_moved", group=before, moved_to=group)
    if message.text is None or not message.by_person:
        return None
    text = clean(message.text)
    command = _COMMAND.match(text)
    if command:
        named = command["bot"]
        if named and named.lower() != bot:
            return None
        if named:
            text = text[: command.start("bot") - 1] + text[command.end("bot") :]
        return _said_to_us(event_id, message, text)
    if _answers_us(message, bot):
        return _said_to_us(event_id, message, text)
    return None


def _said_to_us(event_id: str, message: _Message, text: str) -> Inbound:
    hidden = message.by_hidden_admin
    author = None if hidden else message.from_
    return Inbound(
        CHANNEL, event_id, "group_command", group=str(message.chat.id), text=text,
        thread=message.thread,
        author=str(author.id) if author else "",
        author_name=author.name if author else "",
        by_admin=True if hidden else None,
    )  # fmt: skip


def _answers_us(message: _Message, bot: str) -> bool:
    author = message.reply_to_message and message.reply_to_message.from_
    return bool(author and author.is_bot and (author.username or "").lower() == bot)


def _from_edit(event_id: str, message: _Message) -> Inbound | None:
    """A person's own correction in private. A moving live location arrives as an edit too."""
    text = message.text if message.text is not None else message.caption
    if message.chat.type != "private" or text is None:
        return None
    if message.from_ is None or message.from_.is_bot:
        return None
    return Inbound(CHANNEL, event_id, "edited", str(message.from_.id), text=clean(text))


def _from_press(event_id: str, press: _CallbackQuery) -> Inbound | None:
    if press.data is None or press.from_.is_bot:
        return None
    chat = press.message.chat if press.message else None
    payload = clean(press.data)
    if press.message is not None and press.message.chat.is_group:
        topic = press.message.message_thread_id if press.message.is_topic_message else None
        return Inbound(
            CHANNEL,
            event_id,
            "group_command",
            group=str(press.message.chat.id),
            payload=payload,
            callback_id=press.id,
            thread=str(topic or ""),
            author=str(press.from_.id),
            author_name=press.from_.name,
        )
    if chat is not None and chat.type != "private":
        return None
    address = str(press.from_.id)
    return Inbound(CHANNEL, event_id, "choice", address, payload=payload, callback_id=press.id)


def _from_member_change(event_id: str, change: _MemberChange) -> Inbound | None:
    """The bot itself was blocked or taken back, added to a group or removed from it."""
    before, after = change.old_chat_member, change.new_chat_member
    chat = str(change.chat.id)
    if change.chat.type == "private":
        if after.status == "kicked":
            return Inbound(CHANNEL, event_id, "blocked", chat)
        return Inbound(CHANNEL, event_id, "unblocked", chat) if after.status == "member" else None
    if not change.chat.is_group:
        return None
    if not after.is_there:
        return Inbound(CHANNEL, event_id, "group_left", group=chat)
    came = not before.is_there and after.standing != "muted"
    kind: InboundKind = "group_joined" if came else "group_rights"
    return Inbound(CHANNEL, event_id, kind, group=chat, standing=after.standing)


async def _asked(running: Running, inbound: Inbound) -> Inbound:
    """With what only Telegram knows: who is the group's admin, what the bot itself is there.

    Asked before the turn, since a turn waits for no network.
    """
    telegram = running.telegram
    if telegram is None:
        return inbound
    if inbound.kind == "group_joined":
        standing = await telegram.standing(inbound.group)
        return replace(inbound, standing=standing or inbound.standing)
    if inbound.kind != "group_command" or not inbound.text.startswith("/"):
        return inbound
    node = running.service.catalog.group_commands.get(command_of(inbound.text)[0], "")
    if node not in ASKS_FOR_ADMIN:
        return inbound
    by_admin = inbound.by_admin
    if by_admin is None and inbound.author:
        by_admin = await telegram.is_admin(inbound.group, inbound.author)
    standing = await telegram.standing(inbound.group) if node == "look" else ""
    return replace(inbound, by_admin=by_admin, standing=standing)


async def receive(request: Request) -> Response:
    """POST /webhooks/telegram: prove who calls, translate, one committed turn, 200.

    Telegram repeats whatever is not answered 2xx for up to 24 hours, in order, so a turn that
    fails is still 200 (its author got an apology); only a database that can't take it is 503.
    """
    running: Running = request.app.state.running
    secret = running.service.settings.telegram_webhook_secret.get_secret_value()
    given = request.headers.get("X-Telegram-Bot-Api-Secret-Token", "")
    if not secret or not hmac.compare_digest(given.encode(), secret.encode()):
        return refuse(CHANNEL, "secret", 403)
    body = await read_body(request)
    if body is None:
        return refuse(CHANNEL, "too_large", 413)
    try:
        inbound = translate(body, running.service.telegram_username)
    except BadBody:
        return refuse(CHANNEL, "not_an_update", 400)
    if inbound is not None:
        inbound = await _asked(running, inbound)
    return await take(running, inbound, Response())
