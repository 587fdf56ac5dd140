"""A Bot API server for tests: checks each call as the documents say, answers like the real one.

Rules and fields: https://core.telegram.org/bots/api (10.1). Error words: the official server's
source, https://github.com/tdlib/telegram-bot-api, Client.cpp. Stricter than the real server in one
thing: a parameter that the method does not have is refused instead of ignored.
"""

import asyncio
import json
import re
import time
from collections import defaultdict, deque
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal
from urllib.parse import urlsplit

from starlette.applications import Starlette
from starlette.datastructures import UploadFile
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from tests.fakes import FakeProvider
from tests.fakes.media import TelegramFiles

TOKEN = "123456789:AAExampleExampleExampleExampleExample"
USERNAME = "KentonganDesaBot"

BUTTON_FIELDS = {
    # https://core.telegram.org/bots/api#inlinekeyboardbutton
    "text": str,
    "url": str,
    "callback_data": str,
}
LINK_PREVIEW_FIELDS = {
    # https://core.telegram.org/bots/api#linkpreviewoptions
    "is_disabled": bool,
    "url": str,
    "prefer_small_media": bool,
    "prefer_large_media": bool,
    "show_above_text": bool,
}

POLL_OPTION_FIELDS = {
    # https://core.telegram.org/bots/api#inputpolloption
    "text": str,
    "text_parse_mode": str,
    "text_entities": list,
}

Kind = Literal[
    "Integer", "String", "Boolean", "Chat", "Strings", "Integers", "PollOptions", "Keyboard",
    "LinkPreview", "File",
]  # fmt: skip
METHODS: dict[str, dict[str, tuple[Kind, bool]]] = {
    # name -> parameter -> (type, required); each at https://core.telegram.org/bots/api#<name>
    "getMe": {},
    "sendMessage": {
        "chat_id": ("Chat", True),
        "text": ("String", True),
        "message_thread_id": ("Integer", False),
        "parse_mode": ("String", False),
        "disable_notification": ("Boolean", False),
        "protect_content": ("Boolean", False),
        "link_preview_options": ("LinkPreview", False),
        "reply_markup": ("Keyboard", False),
    },
    "sendPoll": {
        "chat_id": ("Chat", True),
        "message_thread_id": ("Integer", False),
        "question": ("String", True),
        "options": ("PollOptions", True),
        "is_anonymous": ("Boolean", False),
        "type": ("String", False),
        "correct_option_ids": ("Integers", False),
        "open_period": ("Integer", False),
    },
    "stopPoll": {"chat_id": ("Chat", True), "message_id": ("Integer", True)},
    "getChatMember": {"chat_id": ("Chat", True), "user_id": ("Integer", True)},
    "sendVoice": {
        "chat_id": ("Chat", True),
        "message_thread_id": ("Integer", False),
        "reply_markup": ("Keyboard", False),
        "voice": ("File", True),
        "caption": ("String", False),
        "duration": ("Integer", False),
        "disable_notification": ("Boolean", False),
    },
    "sendPhoto": {
        "chat_id": ("Chat", True),
        "message_thread_id": ("Integer", False),
        "reply_markup": ("Keyboard", False),
        "photo": ("File", True),
        "caption": ("String", False),
        "disable_notification": ("Boolean", False),
    },
    "answerCallbackQuery": {
        "callback_query_id": ("String", True),
        "text": ("String", False),
        "show_alert": ("Boolean", False),
        "url": ("String", False),
        "cache_time": ("Integer", False),
    },
    "setWebhook": {
        "url": ("String", True),
        "ip_address": ("String", False),
        "max_connections": ("Integer", False),
        "allowed_updates": ("Strings", False),
        "drop_pending_updates": ("Boolean", False),
        "secret_token": ("String", False),
    },
    "getWebhookInfo": {},
    "getFile": {"file_id": ("String", True)},
    "deleteMessage": {"chat_id": ("Chat", True), "message_id": ("Integer", True)},
}


@dataclass(frozen=True, slots=True)
class Fault:
    """What one call gets instead of its answer; `taken` calls have their effect all the same."""

    status: int = 200
    description: str = ""
    parameters: dict[str, int] = field(default_factory=dict)
    taken: bool = False
    then: Literal["answer", "hang", "drop", "rubbish"] = "answer"


@dataclass(frozen=True, slots=True)
class Call:
    """One call as the server understood it."""

    method: str
    parameters: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Sent:
    """One message that went out to a chat."""

    chat: str
    text: str
    message_id: int
    at: float
    keyboard: list[list[dict[str, str]]]
    parameters: dict[str, Any]


def flood(seconds: int) -> Fault:
    words = f"Too Many Requests: retry after {seconds}"
    return Fault(429, words, {"retry_after": seconds})


def migrated(new_id: int) -> Fault:
    words = "Bad Request: group chat was upgraded to a supergroup chat"
    return Fault(400, words, {"migrate_to_chat_id": new_id})


KICKED = Fault(403, "Forbidden: bot was kicked from the supergroup chat")
NO_RIGHTS = Fault(400, "Bad Request: not enough rights to send text messages to the chat")
BLOCKED = Fault(403, "Forbidden: bot was blocked by the user")
UNAUTHORIZED = Fault(401, "Unauthorized")
BAD_GATEWAY = Fault(502, "Bad Gateway")
FINE = None
"""In a row of faults: this call is answered as usual."""
HANG = Fault(then="hang")
TAKEN_THEN_HANG = Fault(taken=True, then="hang")
DROPPED_AFTER_TAKEN = Fault(taken=True, then="drop")
TAKEN_THEN_RUBBISH = Fault(taken=True, then="rubbish")


class _Refusal(Exception):
    def __init__(self, status: int, description: str) -> None:
        super().__init__(description)
        self.status = status
        self.description = description


class FakeTelegram(FakeProvider):
    """The server; `sent` and `calls` are what it saw, `fail` says what goes wrong next."""

    def __init__(self, token: str = TOKEN, username: str = USERNAME) -> None:
        self.token = token
        self.me: dict[str, Any] = {
            "id": int(token.partition(":")[0]),
            "is_bot": True,
            "first_name": "Kentongan",
            "username": username,
            "can_join_groups": True,
            "can_read_all_group_messages": False,
        }
        self.members: dict[tuple[str, int], str] = {}
        """(chat, person) → status in it, as #chatmember has them; nobody else is a member."""
        self.topics: dict[str, dict[int, bool]] = {}
        """Of a forum: its topics, and whether they are open."""
        self.polls: dict[tuple[int, int], dict[str, Any]] = {}
        self.sent: list[Sent] = []
        """What the chats show now: without what was deleted."""
        self.shown: list[Sent] = []
        """Everything that was ever shown, in order."""
        self.calls: list[Call] = []
        self.answered: list[str] = []
        self.old_callbacks: set[str] = set()
        self.webhook: dict[str, Any] = {"url": ""}
        self._faults: dict[str, deque[Fault | None]] = defaultdict(deque)
        self.files = TelegramFiles()
        route = Route("/bot{token}/{method}", self._receive, methods=["GET", "POST"])
        files = Route(f"/file/bot{token}/{{path:path}}", self.files.download)
        self.app = Starlette(routes=[route, files])
        super().__init__(self.app)

    def fail(
        self, *faults: Fault | None, chat: str | int = "", method: str = "sendMessage"
    ) -> None:
        """The next calls of this method (to this chat, or to any) get these faults, in order."""
        self._faults[f"{method} {chat}".strip()].extend(faults)

    async def _receive(self, request: Request) -> Response:
        if request.path_params["token"] != self.token:
            return _error(401, "Unauthorized")
        known = {name.lower(): name for name in METHODS}
        method = known.get(request.path_params["method"].lower())
        if method is None:
            return _error(404, "Not Found")
        try:
            parameters = _checked(method, await _decoded(request))
            self.calls.append(Call(method, parameters))
            return await self._answer(request, method, parameters)
        except _Refusal as refusal:
            return _error(refusal.status, refusal.description)

    async def _answer(self, request: Request, method: str, parameters: dict[str, Any]) -> Response:
        fault = self._next_fault(method, str(parameters.get("chat_id", "")))
        result = None
        if fault is None or fault.taken:
            result = getattr(self, f"_{method}")(parameters)
        if fault is None:
            return JSONResponse({"ok": True, "result": result})
        if fault.then == "hang":
            await asyncio.sleep(3600)
        if fault.then == "drop":
            self._server.drop(request.scope)
        if fault.then == "rubbish":
            return Response("<html>not what you expect</html>")
        return _error(fault.status, fault.description, fault.parameters)

    def _next_fault(self, method: str, chat: str) -> Fault | None:
        for key in (f"{method} {chat}", method):
            if self._faults[key]:
                return self._faults[key].popleft()
        return None

    def _getMe(self, parameters: dict[str, Any]) -> dict[str, Any]:
        return self.me

    def _sendMessage(self, parameters: dict[str, Any]) -> dict[str, Any]:
        # #sendmessage: 1-4096 characters; Client.cpp: spaces at the ends do not count.
        text = parameters["text"].strip()
        if not text:
            raise _Refusal(400, "Bad Request: message text is empty")
        if len(text.encode("utf-16-le")) > 2 * 4096:
            raise _Refusal(400, "Bad Request: message is too long")
        return self._show(parameters, text) | {"text": text}

    def _show(self, parameters: dict[str, Any], text: str) -> dict[str, Any]:
        """It stands in the chat now. Returns what every Message has: #message."""
        chat = str(parameters["chat_id"])
        thread = parameters.get("message_thread_id")
        if thread is not None:
            topics = self.topics.get(chat, {})
            if thread not in topics:
                raise _Refusal(400, "Bad Request: message thread not found")
            if not topics[thread]:
                raise _Refusal(400, "Bad Request: TOPIC_CLOSED")
        keyboard = parameters.get("reply_markup", {}).get("inline_keyboard", [])
        message_id = len(self.shown) + 1
        self.shown.append(Sent(chat, text, message_id, time.monotonic(), keyboard, parameters))
        self.sent.append(self.shown[-1])
        message: dict[str, Any] = {
            "message_id": message_id,
            "from": self.me,
            "chat": _chat(chat),
            "date": int(time.time()),
        }
        if keyboard:
            message["reply_markup"] = {"inline_keyboard": keyboard}
        return message

    def _sendPoll(self, parameters: dict[str, Any]) -> dict[str, Any]:
        # #sendpoll: a question of 1-300 characters, 2-12 options of 1-100, a quiz has right ones
        options = [option["text"] for option in parameters["options"]]
        if not 1 <= len(parameters["question"]) <= 300:
            raise _Refusal(400, "Bad Request: poll question length must not exceed 300")
        if not 2 <= len(options) <= 12:
            raise _Refusal(400, "Bad Request: poll must have at least 2 option")
        if not all(1 <= len(option) <= 100 for option in options):
            raise _Refusal(400, "Bad Request: poll options length must not exceed 100")
        right = parameters.get("correct_option_ids", [])
        is_quiz = parameters.get("type", "regular") == "quiz"
        if is_quiz and not (right and all(0 <= index < len(options) for index in right)):
            raise _Refusal(400, "Bad Request: wrong correct option ID specified")
        message = self._show(parameters, parameters["question"])
        poll = {
            # https://core.telegram.org/bots/api#poll
            "id": str(9000 + message["message_id"]),
            "question": parameters["question"],
            "options": [
                {"persistent_id": str(n), "text": option, "voter_count": 0}
                for n, option in enumerate(options)
            ],
            "total_voter_count": 0,
            "is_closed": False,
            "is_anonymous": parameters.get("is_anonymous", True),
            "type": parameters.get("type", "regular"),
            "allows_multiple_answers": False,
            "allows_revoting": False,
            "members_only": False,
            "correct_option_ids": right,
        }
        self.polls[message["chat"]["id"], message["message_id"]] = poll
        return message | {"poll": poll}

    def _stopPoll(self, parameters: dict[str, Any]) -> dict[str, Any]:
        poll = self.polls.get((int(parameters["chat_id"]), parameters["message_id"]))
        if poll is None:
            raise _Refusal(400, "Bad Request: message with poll to stop not found")
        if poll["is_closed"]:
            raise _Refusal(400, "Bad Request: poll has already been closed")
        poll["is_closed"] = True
        return poll

    def _getChatMember(self, parameters: dict[str, Any]) -> dict[str, Any]:
        chat, person = str(parameters["chat_id"]), parameters["user_id"]
        status = self.members.get((chat, person))
        if status is None:
            raise _Refusal(400, "Bad Request: PARTICIPANT_ID_INVALID")
        user = self.me if person == self.me["id"] else {
            "id": person, "is_bot": False, "first_name": "Siti",
        }  # fmt: skip
        return {"user": user, "status": status} | _MEMBER_FIELDS.get(status, {})

    def _sendVoice(self, parameters: dict[str, Any]) -> dict[str, Any]:
        # #sendvoice: "an .OGG file encoded with OPUS", otherwise it is sent as a document
        if b"OpusHead" not in parameters["voice"][:200]:
            raise _Refusal(400, "Bad Request: the voice would be sent as a document")
        return self._sendFile(parameters, "voice", {"duration": 1})

    def _sendPhoto(self, parameters: dict[str, Any]) -> dict[str, Any]:
        # #sendphoto: at most 10 MB
        if len(parameters["photo"]) > 10 * 1024 * 1024:
            raise _Refusal(400, "Bad Request: PHOTO_SAVE_FILE_INVALID")
        return self._sendFile(parameters, "photo", {"width": 1080, "height": 1080})

    def _sendFile(
        self, parameters: dict[str, Any], what: str, more: dict[str, int]
    ) -> dict[str, Any]:
        caption = parameters.get("caption", "")
        if len(caption) > 1024:  # #sendvoice, #sendphoto: 0-1024 characters
            raise _Refusal(400, "Bad Request: message caption is too long")
        message = self._show(parameters, caption)
        number = message["message_id"]
        file = {"file_id": f"sent-{number}", "file_unique_id": f"u{number}"} | more
        return message | {"caption": caption, what: [file] if what == "photo" else file}

    def _answerCallbackQuery(self, parameters: dict[str, Any]) -> bool:
        if parameters["callback_query_id"] in self.old_callbacks:
            raise _Refusal(
                400,
                "Bad Request: query is too old and response timeout expired or query ID is invalid",
            )
        # #answercallbackquery: text 0-200 characters
        if len(parameters.get("text", "")) > 200:
            raise _Refusal(400, "Bad Request: MESSAGE_TOO_LONG")
        self.answered.append(parameters["callback_query_id"])
        return True

    def _setWebhook(self, parameters: dict[str, Any]) -> bool:
        # #setwebhook: HTTPS, ports 443, 80, 88, 8443, 1-100 connections, secret of 1-256 characters
        url = urlsplit(parameters["url"])
        if parameters["url"] and url.scheme != "https":
            raise _Refusal(400, "Bad Request: bad webhook: An HTTPS URL must be provided")
        if url.port not in (None, 443, 80, 88, 8443):
            raise _Refusal(400, "Bad Request: bad webhook: webhook can be set up only on ports 443")
        if not re.fullmatch(r"[A-Za-z0-9_-]{0,256}", parameters.get("secret_token", "")):
            raise _Refusal(400, "Bad Request: secret token contains unallowed characters")
        if not 1 <= parameters.get("max_connections", 40) <= 100:
            raise _Refusal(400, "Bad Request: max_connections must be from 1 to 100")
        self.webhook = parameters
        return True

    def _getWebhookInfo(self, parameters: dict[str, Any]) -> dict[str, Any]:
        # https://core.telegram.org/bots/api#webhookinfo
        return {
            "url": self.webhook["url"],
            "has_custom_certificate": False,
            "pending_update_count": 0,
            "allowed_updates": self.webhook.get("allowed_updates", []),
        }

    def _getFile(self, parameters: dict[str, Any]) -> dict[str, Any]:
        found = self.files.describe(parameters["file_id"])
        if isinstance(found, str):
            raise _Refusal(400, found)
        return found

    def _deleteMessage(self, parameters: dict[str, Any]) -> bool:
        found = [m for m in self.sent if m.message_id == parameters["message_id"]]
        if not found:
            raise _Refusal(400, "Bad Request: message to delete not found")
        self.sent.remove(found[0])
        return True


_ADMIN_RIGHTS = (
    "can_be_edited", "is_anonymous", "can_manage_chat", "can_delete_messages",
    "can_manage_video_chats", "can_restrict_members", "can_promote_members", "can_change_info",
    "can_invite_users", "can_post_stories", "can_edit_stories", "can_delete_stories",
)  # fmt: skip
_PERMISSIONS = (
    "is_member", "can_send_messages", "can_send_audios", "can_send_documents", "can_send_photos",
    "can_send_videos", "can_send_video_notes", "can_send_voice_notes", "can_send_polls",
    "can_send_other_messages", "can_add_web_page_previews", "can_change_info", "can_invite_users",
    "can_pin_messages", "can_manage_topics", "can_edit_tag", "can_react_to_messages",
)  # fmt: skip
_MEMBER_FIELDS: dict[str, dict[str, Any]] = {
    # https://core.telegram.org/bots/api#chatmember: one shape a status
    "creator": {"is_anonymous": False},
    "administrator": dict.fromkeys(_ADMIN_RIGHTS, True),
    "restricted": dict.fromkeys(_PERMISSIONS, False) | {"is_member": True, "until_date": 0},
    "kicked": {"until_date": 0},
}


def _error(status: int, description: str, parameters: dict[str, int] | None = None) -> JSONResponse:
    # https://core.telegram.org/bots/api#making-requests
    body: dict[str, Any] = {"ok": False, "error_code": status, "description": description}
    if parameters:
        body["parameters"] = parameters
    return JSONResponse(body, status_code=status)


def _chat(chat: str) -> dict[str, Any]:
    # https://core.telegram.org/bots/api#chat
    number = int(chat) if chat.lstrip("-").isdigit() else -1
    if number > 0:
        return {"id": number, "type": "private", "first_name": "Warga"}
    kind = "supergroup" if chat.startswith("-100") else "group"
    return {"id": number, "type": kind, "title": "Warga Desa"}


async def _decoded(request: Request) -> dict[str, Any]:
    """The parameters from the query and the body, in each of the four ways #making-requests names.

    In a form everything is text: numbers, booleans and JSON objects are read out of it later.
    """
    parameters: dict[str, Any] = dict(request.query_params)
    if request.headers.get("content-type", "").startswith("application/json"):
        parameters.update(await request.json())
    elif request.method == "POST":
        async with request.form() as form:
            for name, value in form.multi_items():
                parameters[name] = await value.read() if isinstance(value, UploadFile) else value
    return parameters


def _checked(method: str, parameters: dict[str, Any]) -> dict[str, Any]:
    expected = METHODS[method]
    for name in parameters:
        if name not in expected:
            raise _Refusal(400, f"Bad Request: {method} has no parameter {name}")
    for name, (_, required) in expected.items():
        if required and name not in parameters:
            raise _Refusal(400, f"Bad Request: parameter {name} is required")
    return {name: _read(expected[name][0], name, value) for name, value in parameters.items()}


def _read(kind: Kind, name: str, value: Any) -> Any:
    if kind == "Chat":
        # "Integer or String": an id, or @name of a channel or supergroup
        if re.fullmatch(r"-?\d{1,16}|@\w{4,32}", str(value)):
            return str(value)
        raise _Refusal(400, "Bad Request: chat not found")
    if kind == "File":
        if isinstance(value, bytes) and value:
            return value
        raise _Refusal(400, f"Bad Request: there is no {name} in the request")
    if kind == "String":
        if isinstance(value, str):
            return value
        raise _Refusal(400, f"Bad Request: parameter {name} must be a String")
    if kind == "Integer":
        if re.fullmatch(r"-?\d+", str(value)):
            return int(value)
        raise _Refusal(400, f"Bad Request: parameter {name} must be an Integer")
    if kind == "Boolean":
        if str(value).lower() in ("true", "false", "1", "0"):
            return str(value).lower() in ("true", "1")
        raise _Refusal(400, f"Bad Request: parameter {name} must be a Boolean")
    return _read_object(kind, name, value)


def _read_object(kind: Kind, name: str, value: Any) -> Any:
    try:
        value = json.loads(value) if isinstance(value, str) else value
    except ValueError:
        raise _Refusal(400, f"Bad Request: can't parse {name} JSON object") from None
    if kind == "Strings":
        if isinstance(value, list) and all(isinstance(item, str) for item in value):
            return value
        raise _Refusal(400, f"Bad Request: parameter {name} must be an Array of String")
    if kind == "Integers":
        if isinstance(value, list) and all(isinstance(item, int) for item in value):
            return value
        raise _Refusal(400, f"Bad Request: parameter {name} must be an Array of Integer")
    if kind == "PollOptions":
        if not isinstance(value, list) or not all(isinstance(item, dict) for item in value):
            raise _Refusal(400, "Bad Request: expected an Array of InputPollOption")
        for item in value:
            _check_fields("InputPollOption", POLL_OPTION_FIELDS, item)
        return value
    if not isinstance(value, dict):
        raise _Refusal(400, "Bad Request: object expected as " + name.replace("_", " "))
    if kind == "LinkPreview":
        _check_fields("LinkPreviewOptions", LINK_PREVIEW_FIELDS, value)
        return value
    # https://core.telegram.org/bots/api#inlinekeyboardmarkup
    _check_fields("InlineKeyboardMarkup", {"inline_keyboard": list}, value)
    for row in value.get("inline_keyboard", []):
        for button in row:
            _check_button(button)
    return value


def _check_fields(type_name: str, fields: Mapping[str, type], value: dict[str, Any]) -> None:
    for name, content in value.items():
        if name not in fields or not isinstance(content, fields[name]):
            raise _Refusal(400, f"Bad Request: {type_name}.{name} is unknown or of another type")


def _check_button(button: dict[str, Any]) -> None:
    _check_fields("InlineKeyboardButton", BUTTON_FIELDS, button)
    if not button.get("text"):
        raise _Refusal(400, "Bad Request: inline keyboard button text is empty")
    # #inlinekeyboardbutton: "exactly one of the fields other than text"
    if ("url" in button) == ("callback_data" in button):
        raise _Refusal(400, "Bad Request: Text buttons are unallowed in the inline keyboard")
    # #inlinekeyboardbutton: callback_data is 1-64 bytes
    if "callback_data" in button and not 1 <= len(button["callback_data"].encode()) <= 64:
        raise _Refusal(400, "Bad Request: BUTTON_DATA_INVALID")
    if "url" in button and urlsplit(button["url"]).scheme not in ("http", "https", "tg"):
        raise _Refusal(400, "Bad Request: BUTTON_URL_INVALID")
