"""Twilio's webhooks: an incoming WhatsApp message, and what became of one of ours.

Fields are those of https://www.twilio.com/docs/messaging/guides/webhook-request and
https://www.twilio.com/docs/messaging/guides/outbound-message-status-in-status-callbacks. Twilio
adds fields without notice, so unknown ones are passed over.
"""

import re
from collections.abc import Mapping
from typing import Literal
from urllib.parse import parse_qsl

from starlette.datastructures import ImmutableMultiDict
from starlette.requests import Request
from starlette.responses import Response
from twilio.request_validator import RequestValidator

from bot.channels.base import Inbound, StatusReport
from bot.running import Running
from webhooks.edge import clean, read_body, refuse, take

CHANNEL = "whatsapp"
MAX_FIELDS = 200
"""Fields of one form; Twilio sends about forty."""

_NAME = re.compile(r"[a-z_]{1,32}")
_MEDIA_URL = re.compile(
    r"https?://[^/?#@]+/2010-04-01/Accounts/(?P<account>AC[0-9a-f]{32})"
    r"/Messages/(?P<message>(?:MM|SM)[0-9a-f]{32})/Media/(?P<media>ME[0-9a-f]{32})"
)
"""Only its ids are kept and its host is never called: see WhatsAppChannel.fetch."""
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
    medium, media = _medium(form), _media_ids(form, account_sid)
    if medium == "photo" and media:
        return Inbound(CHANNEL, event_id, "picture", address, text=text, media=media)
    if medium or not text.strip():
        return Inbound(
            CHANNEL, event_id, "unreadable", address,
            text=text, medium=medium or _message_type(form), media=media,
        )  # fmt: skip
    return Inbound(CHANNEL, event_id, "text", address, text=text)


def _media_ids(form: Mapping[str, str], account_sid: str) -> str:
    """Where Twilio keeps what came, of whatever kind. WhatsApp sends one file a message:
    https://www.twilio.com/docs/whatsapp/guidance-whatsapp-media-messages."""
    found = _MEDIA_URL.fullmatch(form.get("MediaUrl0", ""))
    ours = found is not None and found["account"] == account_sid
    return f"{found['message']}/{found['media']}" if found and ours else ""


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


async def receive(request: Request) -> Response:
    """POST /webhooks/twilio: signature over our public address, translate, one committed turn.

    The answer is empty TwiML: replies leave through the outbox (channels.md 1.3).
    """
    form = await _proven(request)
    if isinstance(form, Response):
        return form
    running: Running = request.app.state.running
    try:
        inbound = translate(form, running.service.settings.twilio_account_sid)
    except NotOurs:
        return refuse(CHANNEL, "account", 403)
    return await take(running, inbound, Response("<Response/>", media_type="application/xml"))


async def status(request: Request) -> Response:
    """POST /webhooks/twilio/status?ob=…: what became of the outbox row `ob`."""
    form = await _proven(request)
    if isinstance(form, Response):
        return form
    if form.get("AccountSid", "") != request.app.state.running.service.settings.twilio_account_sid:
        return refuse(CHANNEL, "account", 403)
    report = translate_status(form, request.query_params.get("ob"))
    if report is not None:
        try:
            await request.app.state.statuses.put(report)
        except Exception:
            return Response(status_code=503, headers={"Retry-After": "5"})
    return Response(status_code=204)


async def _proven(request: Request) -> ImmutableMultiDict[str, str] | Response:
    """The form when Twilio's signature proves it, else the refusal.

    Twilio signs the public address, so it is built from the setting, never from the request's
    own idea of scheme and host (channels.md 1.2). An unset token closes the endpoint.
    """
    settings = request.app.state.running.service.settings
    token = settings.twilio_auth_token.get_secret_value()
    given = request.headers.get("X-Twilio-Signature", "")
    if not token or not settings.twilio_account_sid or not given:
        return refuse(CHANNEL, "signature", 403)
    body = await read_body(request)
    if body is None:
        return refuse(CHANNEL, "too_large", 413)
    try:
        pairs = parse_qsl(body.decode(), keep_blank_values=True, max_num_fields=MAX_FIELDS)
    except (UnicodeDecodeError, ValueError):
        return refuse(CHANNEL, "not_a_form", 400)
    form = ImmutableMultiDict(pairs)
    address = settings.public_base_url + request.url.path
    if request.url.query:
        address += "?" + request.url.query
    if not RequestValidator(token).validate(address, form, given):
        return refuse(CHANNEL, "signature", 403)
    return form
