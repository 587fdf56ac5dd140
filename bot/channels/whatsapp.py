"""WhatsApp through Twilio: text, buttons and lists.

Limits are those of https://www.twilio.com/docs/messaging/api/message-resource (Body) and of
https://www.twilio.com/docs/content. Errors are in twilio_wire.py.
"""

import asyncio
import hashlib
import json
import re
from collections import deque
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from twilio.rest import Client
from twilio.rest.content.v1.content import ContentList

from bot.channels.base import (
    MAX_MEDIA,
    ChannelDown,
    Media,
    Outgoing,
    Refused,
    SendError,
    Unreachable,
    WindowClosed,
    Wire,
)
from bot.channels.twilio_wire import TwilioWire, failure, of_template, translated
from flows.events import Button

__all__ = ["WhatsAppChannel", "content_types", "failure", "numbered", "split"]

MAX_BODY_UNITS = 1600
"""https://www.twilio.com/docs/api/errors/21617: a longer Body is refused. We count UTF-16 units,
the larger of the two ways to count an emoji; so for every limit of this file."""
PART_UNITS = 1500
"""Where a text that is too long is cut, with some room below Twilio's own limit."""
MAX_CONTENT_BODY = 1024
"""https://www.twilio.com/docs/content/twilio-quick-reply and .../twiliolist-picker, `body`."""
MAX_QUICK_REPLIES = 3
"""https://www.twilio.com/docs/content/twilio-quick-reply: in a session, without an approval."""
MAX_QUICK_REPLY_TITLE = 20
"""https://www.twilio.com/docs/content/twilio-quick-reply, `title`."""
MAX_LIST_ITEMS = 10
"""https://www.twilio.com/docs/content/twiliolist-picker, `items`."""
MAX_LIST_ITEM = 24
"""https://www.twilio.com/docs/content/twiliolist-picker, `item`."""
MAX_CHOICE_ID = 200
"""https://www.twilio.com/docs/content/twiliolist-picker, `id`."""
LIST_BUTTON = "Pilih"
"""The word on the button that opens a list, at most 20 characters (same page, `button`)."""
CONTENT_LANGUAGE = "id"
SECONDS_BETWEEN_PARTS = 1.0
SECONDS_WITHOUT_CONTENT = 300.0
"""How long a message whose Content could not be registered goes as plain text."""
MAX_OPEN_ATTEMPTS = 1000
LOOK_BACK = timedelta(hours=1)
CLOCK_SKEW = timedelta(minutes=1)
_MEDIA = re.compile(r"(?P<message>(?:MM|SM)[0-9a-f]{32})/(?P<media>ME[0-9a-f]{32})")
"""What the webhook keeps of a MediaUrl: https://www.twilio.com/docs/messaging/api/media-resource."""


@dataclass(slots=True)
class _Attempt:
    """What this process knows about a message whose sending has begun and not ended."""

    since: datetime
    parts_taken: int = 0


class WhatsAppChannel(Wire):
    """One WhatsApp sender of one Twilio account.

    `lookup` and `remember` keep which Content resource was registered for which fingerprint;
    `accounted` tells whether a message of Twilio's is known to be the sending of some row.
    """

    name = "whatsapp"

    def __init__(
        self,
        account_sid: str,
        auth_token: str,
        *,
        sender: str,
        public_base_url: str,
        lookup: Callable[[str], Awaitable[str | None]],
        remember: Callable[[str, str], Awaitable[None]],
        accounted: Callable[[str], Awaitable[bool]] | None = None,
        api_base_url: str = "",
        timeout: float = 20.0,
        seconds_between_parts: float = SECONDS_BETWEEN_PARTS,
    ) -> None:
        """`sender` is `whatsapp:+62…`; an empty `api_base_url` means Twilio itself."""
        self._account_sid = account_sid
        self._auth_token = auth_token
        self._sender = sender
        self._public_base_url = public_base_url.rstrip("/")
        self._lookup = lookup
        self._remember = remember
        self._accounted = accounted
        self._api_base_url = api_base_url
        self._timeout = timeout
        self._seconds_between_parts = seconds_between_parts
        self._client: Client | None = None
        self._registering = asyncio.Lock()
        self._contents: dict[str, str] = {}
        self._no_content_until: dict[str, float] = {}
        self._stale: set[str] = set()
        self._open: dict[int, _Attempt] = {}
        self._returned: deque[str] = deque(maxlen=MAX_OPEN_ATTEMPTS)

    async def send(self, message: Outgoing) -> str:
        if message.poll:  # WhatsApp gives businesses no polls
            message = replace(message, text=message.poll.spelled_out(message.text), poll=None)
        attempt = self._open.setdefault(message.outbox_id, _Attempt(datetime.now(UTC)))
        while len(self._open) > MAX_OPEN_ATTEMPTS:
            self._open.pop(next(iter(self._open)))
        try:
            if message.template:
                sid = await self._send_template(message)
            elif message.media:
                sid = await self._send_media(message, message.media)
            else:
                content = await self._send_content(message) if message.fixed else None
                sid = content or await self._send_parts(message, attempt)
        except (Refused, Unreachable, WindowClosed):
            self._open.pop(message.outbox_id, None)
            raise
        self._open.pop(message.outbox_id, None)
        self._returned.append(sid)
        return sid

    async def _send_template(self, message: Outgoing) -> str:
        """Neither words nor media beside it: https://www.twilio.com/docs/api/errors/63016."""
        values = {"content_variables": message.variables} if message.variables else {}
        try:
            return await self._create(message, content_sid=message.template, **values)
        except Refused as error:
            raise of_template(error) from None

    async def _send_media(self, message: Outgoing, media: Media) -> str:
        """Twilio fetches it from us. Words beside a sound are refused by WhatsApp:
        https://www.twilio.com/docs/whatsapp/guidance-whatsapp-media-messages."""
        beside = {} if media.kind == "audio" else {"body": message.text}
        return await self._create(message, media_url=[media.url], **beside)

    async def _send_content(self, message: Outgoing) -> str | None:
        """Send as buttons or a list; None where it has to be plain text."""
        types = content_types(message)
        content = await self._content(types) if types else None
        if not types or not content:
            return None
        try:
            return await self._create(message, content_sid=content)
        except Refused as error:
            # https://www.twilio.com/docs/api/errors/21655: deleted there, or another account's.
            if error.code != "21655":
                raise
            fingerprint = _fingerprint(types)
            self._contents.pop(fingerprint, None)
            self._stale.add(fingerprint)
            return None

    async def _send_parts(self, message: Outgoing, attempt: _Attempt) -> str:
        parts = split(numbered(message))
        sid = ""
        for number in range(attempt.parts_taken, len(parts)):
            if sid:
                await asyncio.sleep(self._seconds_between_parts)
            sid = await self._create(message, body=parts[number])
            if number < len(parts) - 1:
                attempt.parts_taken = number + 1
        return sid

    async def _create(self, message: Outgoing, **content: str | list[str]) -> str:
        callback = f"{self._public_base_url}/webhooks/twilio/status?ob={message.outbox_id}"
        answer = await translated(
            self._twilio().messages.create_async(
                to=message.to, from_=self._sender, status_callback=callback, **content
            )
        )
        return str(answer.sid)

    async def _content(self, types: dict[str, Any]) -> str | None:
        """The Content resource of these choices, registered the first time they are sent."""
        fingerprint = _fingerprint(types)
        now = asyncio.get_running_loop().time()
        async with self._registering:
            if fingerprint in self._contents:
                return self._contents[fingerprint]
            if self._no_content_until.get(fingerprint, now) > now:
                return None
            known = None if fingerprint in self._stale else await self._lookup(fingerprint)
            sid = known or await self._register(fingerprint, types)
            if sid is None:
                self._no_content_until[fingerprint] = now + SECONDS_WITHOUT_CONTENT
                return None
            self._contents[fingerprint] = sid
            self._stale.discard(fingerprint)
            return sid

    async def _register(self, fingerprint: str, types: dict[str, Any]) -> str | None:
        request = ContentList.ContentCreateRequest(
            {
                "friendly_name": f"kentongan {fingerprint[:16]}",
                "language": CONTENT_LANGUAGE,
                "types": types,
            }
        )
        try:
            answer = await translated(self._twilio().content.v1.contents.create_async(request))
        except SendError:
            return None
        await self._remember(fingerprint, str(answer.sid))
        return str(answer.sid)

    async def find_sent(self, message: Outgoing) -> str | None:
        """Look in Twilio's list for the last part's words, sent since this message was begun.

        Words that another message accounts for are not taken for this one's.
        Raises SendError when the list can't be had: that is not a "no".
        """
        attempt = self._open.get(message.outbox_id)
        since = (attempt.since - CLOCK_SKEW) if attempt else datetime.now(UTC) - LOOK_BACK
        words = split(numbered(message))[-1].strip()
        records = await translated(
            self._twilio().messages.list_async(
                to=message.to, from_=self._sender, date_sent_after=since, limit=200
            )
        )
        for record in records:
            # Twilio's filter is documented for whole days, so the time is compared here as well.
            moment = record.date_sent or record.date_created
            if moment and moment < since.replace(microsecond=0):
                continue
            if (record.body or "").strip() == words and not await self._is_anothers(record.sid):
                return str(record.sid)
        return None

    async def fetch(self, media: str) -> bytes:
        """The address is built here of two ids, so that a forged one can't be called with our
        credentials."""
        ids = _ids(media)
        account = f"https://api.twilio.com/2010-04-01/Accounts/{self._account_sid}"
        url = f"{account}/Messages/{ids['message']}/Media/{ids['media']}"
        auth = (self._account_sid, self._auth_token)
        wire: TwilioWire = self._twilio().http_client
        return await translated(wire.download(url, auth, MAX_MEDIA))

    async def discard(self, media: str) -> None:
        """Twilio keeps media until it is told to delete it; what it does not have is deleted."""
        ids = _MEDIA.fullmatch(media)
        if ids is None:
            return
        copy = self._twilio().messages(ids["message"]).media(ids["media"])
        await _gone(copy.delete_async())

    async def erase(self, message: str, chat: str) -> None:
        """The whole message, with its media: what is not Twilio's any more is deleted.
        https://www.twilio.com/docs/messaging/api/message-resource#delete-a-message-resource."""
        await _gone(self._twilio().messages(message).delete_async())

    async def _is_anothers(self, sid: str) -> bool:
        """The same words were sent before: that record is no proof for this message."""
        if sid in self._returned:
            return True
        return self._accounted is not None and await self._accounted(sid)

    async def close(self) -> None:
        client, self._client = self._client, None
        if client:
            await client.http_client.close()

    def _twilio(self) -> Client:
        """The one client of this process, made on first use: aiohttp needs the running loop."""
        if self._client is None:
            self._client = Client(
                self._account_sid,
                self._auth_token,
                http_client=TwilioWire(self._api_base_url, self._timeout),
                # Not the process environment, where the library would find other accounts.
                environment={"TWILIO_EDGE": ""},
            )
        return self._client


async def _gone(deleting: Awaitable[bool]) -> None:
    """Deleted, or never there."""
    try:
        await translated(deleting)
    except ChannelDown as error:
        if error.code not in ("404", "20404"):
            raise


def _ids(media: str) -> re.Match[str]:
    found = _MEDIA.fullmatch(media)
    if found is None:
        raise Refused("media", "no ids of Twilio")
    return found


def numbered(message: Outgoing) -> str:
    """The text with its choices below it, so that the number can always be typed."""
    lines = [_line(button) for button in message.buttons]
    return message.text + ("\n\n" + "\n".join(lines) if lines else "")


def _line(button: Button) -> str:
    line = f"{button.number}. {button.label}" if button.number else button.label
    return f"{line}: {button.url}" if button.url else line


def content_types(message: Outgoing) -> dict[str, Any] | None:
    """The message as a Content resource, or None where it must go as plain text.

    Twilio stores a Content resource until it is deleted, so only fixed words go into one. A text
    that could hold anything about a person is never registered.
    """
    choices = [button for button in message.buttons if not button.url]
    body = numbered(message)
    labels = [button.label for button in choices]
    if not message.fixed or not choices or _units(body) > MAX_CONTENT_BODY:
        return None
    if "{{" in body or len(set(labels)) < len(labels) or not all(map(_has_id, choices)):
        # {{1}} would be a variable: https://www.twilio.com/docs/content/using-variables-with-content-api
        return None
    longest = max(map(_units, labels))
    if len(choices) <= MAX_QUICK_REPLIES and longest <= MAX_QUICK_REPLY_TITLE:
        actions = [{"type": "QUICK_REPLY", "title": b.label, "id": b.payload} for b in choices]
        return {"twilio/quick-reply": {"body": body, "actions": actions}}
    if len(choices) <= MAX_LIST_ITEMS and longest <= MAX_LIST_ITEM:
        items = [{"item": button.label, "id": button.payload} for button in choices]
        return {"twilio/list-picker": {"body": body, "button": LIST_BUTTON, "items": items}}
    return None


def _has_id(button: Button) -> bool:
    return bool(button.label) and 1 <= _units(button.payload) <= MAX_CHOICE_ID


def _fingerprint(types: dict[str, Any]) -> str:
    return hashlib.sha256(json.dumps(types, sort_keys=True).encode()).hexdigest()


def split(text: str) -> list[str]:
    """The text in parts that Twilio takes, cut after a paragraph, else a line, else a sentence."""
    parts = []
    while _units(text) > MAX_BODY_UNITS:
        end = _cut(text)
        parts.append(text[:end].strip())
        text = text[end:].lstrip()
    return [part for part in [*parts, text] if part] or [text]


def _cut(text: str) -> int:
    room = text.encode("utf-16-le", "replace")[: 2 * PART_UNITS].decode("utf-16-le", "ignore")
    for ending in ("\n\n", "\n", ". ", "? ", "! ", " "):
        end = room.rfind(ending)
        if end >= len(room) // 2:
            return end + len(ending)
    return len(room)


def _units(text: str) -> int:
    return len(text.encode("utf-16-le", "replace")) // 2
