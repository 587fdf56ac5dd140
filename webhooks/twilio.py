"""Twilio's webhooks: an incoming WhatsApp message, and what became of one of ours.

Fields are those of https://www.twilio.com/docs/messaging/guides/webhook-request and
https://www.twilio.com/docs/messaging/guides/outbound-message-status-in-status-callbacks. Twilio
adds fields without notice, so unknown ones are passed over.
"""

import re
from collections.abc import Mapping
from typing import Literal

from bot.channels.base import MAX_INBOUND_CHARACTERS, Inbound, StatusReport

CHANNEL = "whatsapp"

_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")
_NAME = re.compile(r"[a-z_]{1,32}")
_OUTBOX_ID = re.compile(r"[0-9]{1,18}")
_STATUSES: dict[str, Literal["sent", "delivered", "read", "failed"]] = {
    "sent": "sent",
    "delivered": "delivered",
    "read": "read",
    "undelivered": "failed",
    "failed": "failed",
}
_MEDIA = {
    "image/webp": "sticker",
    "image": "photo",
    "audio": "voice",
    "video": "video",
    "text/vcard": "contact",
    "text/x-vcard": "contact",
    "application": "document",
    "text": "document",
}


class NotOurs(Exception):
    """The call names another Twilio account than ours."""


def translate(form: Mapping[str, str], account_sid: str) -> Inbound | None:
    """One incoming message, or None for what is none. Raises NotOurs.

    A reaction to one of our messages is no message: nobody waits for an answer to a thumb.
    """
    if form.get("AccountSid", "") != account_sid:
        raise NotOurs
    event_id = clean(form.get("MessageSid") or form.get("SmsMessageSid") or "")
    # Who hides their number behind a username has only ExternalUserId, `whatsapp:ID.…`:
    # https://developers.facebook.com/documentation/business-messaging/whatsapp/business-scoped-user-ids/
    address = clean(form.get("From") or form.get("ExternalUserId") or "")
    if not event_id or not address or form.get("MessageType") == "reaction":
        return None
    text = clean(form.get("Body", ""))
    payload = clean(form.get("ButtonPayload") or form.get("ListId") or "")
    if payload:
        return Inbound(CHANNEL, event_id, "choice", address, text=text, payload=payload)
    medium = _medium(form)
    if medium or not text.strip():
        medium = medium or _message_type(form)
        return Inbound(CHANNEL, event_id, "unreadable", address, text=text, medium=medium)
    return Inbound(CHANNEL, event_id, "text", address, text=text)


def _medium(form: Mapping[str, str]) -> str:
    """What came besides words: the name Telegram has for it, or nothing."""
    if form.get("Latitude") and form.get("Longitude"):
        return "location"
    if form.get("NumMedia", "0") in ("", "0"):
        return ""
    content_type = form.get("MediaContentType0", "").split(";")[0].strip().lower()
    family = content_type.split("/")[0]
    return _MEDIA.get(content_type) or _MEDIA.get(family) or _message_type(form)


def _message_type(form: Mapping[str, str]) -> str:
    name = form.get("MessageType", "").lower()
    return name if _NAME.fullmatch(name) else "unknown"


def translate_status(
    form: Mapping[str, str], outbox_id_from_query: str | None
) -> StatusReport | None:
    """What became of our message, or None for steps that tell the outbox nothing."""
    status = _STATUSES.get(form.get("MessageStatus") or form.get("SmsStatus") or "")
    provider_id = clean(form.get("MessageSid") or form.get("SmsSid") or "")
    if status is None or not provider_id:
        return None
    outbox_id = outbox_id_from_query or ""
    return StatusReport(
        CHANNEL,
        int(outbox_id) if _OUTBOX_ID.fullmatch(outbox_id) else None,
        provider_id,
        status,
        error_code=clean(form.get("ErrorCode", ""))[:16] if status == "failed" else "",
    )


def clean(text: str) -> str:
    """Without what PostgreSQL can't store (NUL, half surrogate pairs), and not too long."""
    return _UNSTORABLE.sub("", text)[:MAX_INBOUND_CHARACTERS]
