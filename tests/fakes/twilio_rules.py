"""What Twilio refuses, from its documents; each rule names the page it is from.

Below https://www.twilio.com/docs: messaging/api/message-resource, content/content-api-resources,
and api/errors with the number of each error.
"""

import base64
import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from starlette.requests import Request

ACCOUNT_SID = "AC" + "0123456789abcdef" * 2
AUTH_TOKEN = "0f1e2d3c4b5a69788796a5b4c3d2e1f0"
SENDER = "whatsapp:+14155550100"

MESSAGE_PARAMETERS = frozenset(
    # "Create a Message", request body parameters
    [
        "To", "From", "MessagingServiceSid", "Body", "MediaUrl", "ContentSid",
        "ContentVariables", "StatusCallback", "ApplicationSid", "ProvideFeedback", "Attempt",
        "ValidityPeriod", "ForceDelivery", "ContentRetention", "AddressRetention",
        "SmartEncoded", "PersistentAction", "TrafficType", "ShortenUrls", "ScheduleType",
        "SendAt", "SendAsMms", "MessageIntent", "RiskCheck", "MaxPrice", "FallbackFrom",
    ]
)  # fmt: skip


class Refusal(Exception):
    def __init__(self, status: int, code: int, words: str) -> None:
        super().__init__(words)
        self.status = status
        self.code = code


def checked_message(
    form: dict[str, str], contents: Mapping[str, dict[str, Any]], approved: bool
) -> dict[str, str]:
    """`approved`: its ContentSid is a template that Meta has approved."""
    for name in form:
        if name not in MESSAGE_PARAMETERS:
            raise Refusal(400, 20001, f"unknown parameter {name}")
    if not form.get("To"):
        raise Refusal(400, 21604, "A 'To' phone number is required.")
    if not re.fullmatch(r"whatsapp:(\+[1-9]\d{5,14}|[A-Z]{2}\.\w{1,128})", form["To"]):
        raise Refusal(400, 21211, f"Invalid 'To' Phone Number: {form['To']}")
    if not form.get("From") and not form.get("MessagingServiceSid"):
        raise Refusal(400, 21603, "A 'From' phone number is required.")
    if form.get("From") not in (None, SENDER):
        raise Refusal(400, 63007, "Twilio could not find a Channel with the From address")
    if not (form.get("Body") or form.get("ContentSid") or form.get("MediaUrl")):
        raise Refusal(400, 21619, "A text message body or media urls must be specified.")
    if len(form.get("Body", "").encode("utf-16-le")) > 2 * 1600:
        raise Refusal(400, 21617, "The concatenated message body exceeds the 1600 limit")
    if media := form.get("MediaUrl"):
        # whatsapp/guidance-whatsapp-media-messages: publicly accessible, with no credentials in it
        if urlsplit(media).scheme != "https" or "@" in urlsplit(media).netloc:
            raise Refusal(400, 21620, f"Invalid media URL: {media}")
        # the same page: a caption goes with a picture, a film or a document, and with no sound
        if media.endswith(".ogg") and form.get("Body"):
            raise Refusal(400, 63021, "Channel invalid content error")
    _check_callback(form.get("StatusCallback"))
    _check_content_sid(form, contents, approved)
    return form


def _check_content_sid(
    form: dict[str, str], contents: Mapping[str, dict[str, Any]], approved: bool
) -> None:
    sid = form.get("ContentSid")
    if sid is None:
        if form.get("ContentVariables"):
            raise Refusal(400, 21656, "ContentVariables without ContentSid")
        return
    if form.get("Body") or form.get("MediaUrl"):
        # errors/63016: "Remove the Body parameter" when a content template is sent
        raise Refusal(400, 21656, "Body and ContentSid")
    if sid not in contents:
        raise Refusal(400, 21655, "The ContentSid is Invalid")
    actions = contents[sid]["types"].get("twilio/quick-reply", {}).get("actions", [])
    # docs/content/twilio-quick-reply: in session without approval only three buttons
    if len(actions) > 3 and not approved:
        raise Refusal(400, 63021, "Channel invalid content error")


async def read_form(request: Request) -> dict[str, str]:
    async with request.form() as form:
        return {name: str(value) for name, value in form.items()}


def check_credentials(request: Request) -> None:
    pair = base64.b64encode(f"{ACCOUNT_SID}:{AUTH_TOKEN}".encode()).decode()
    if request.headers.get("authorization") != f"Basic {pair}":
        raise Refusal(401, 20003, "Authenticate")


def _check_callback(url: str | None) -> None:
    # errors/21609: protocol, hostname without underscores, at most 4000 characters
    if url is None:
        return
    parts = urlsplit(url)
    host = parts.hostname or ""
    if parts.scheme not in ("http", "https") or not host or "_" in host or len(url) > 4000:
        raise Refusal(400, 21609, "Invalid 'StatusCallback'")


def check_content(content: dict[str, Any]) -> None:
    # docs/content/content-api-resources: language and types are required
    if set(content) - {"friendly_name", "language", "variables", "types"}:
        raise Refusal(400, 20001, "unknown field")
    samples = content.get("variables") or {}
    if not all(isinstance(sample, str) for sample in samples.values()):
        raise Refusal(400, 20001, "variables: names to texts")
    if not content.get("language") or not content.get("types"):
        raise Refusal(400, 20001, "language and types are required")
    for name, body in content["types"].items():
        if not 1 <= len(body.get("body", "")) <= 1024:
            raise Refusal(400, 20001, "body is 1 to 1024 characters")
        if name == "twilio/quick-reply":
            _check_choices(body, "actions", "title", 20)
        elif name == "twilio/list-picker":
            _check_choices(body, "items", "item", 24)
            if not 1 <= len(body.get("button", "")) <= 20:
                raise Refusal(400, 20001, "button is 1 to 20 characters")
        elif name != "twilio/text":
            raise Refusal(400, 20001, f"this fake does not know {name}")


def _check_choices(body: dict[str, Any], name: str, title: str, longest: int) -> None:
    # docs/content/twilio-quick-reply and .../twiliolist-picker: 1-10 choices, title 20, item 24
    choices = body.get(name, [])
    if not 1 <= len(choices) <= 10:
        raise Refusal(400, 20001, f"{name}: 1 to 10")
    for choice in choices:
        if not 1 <= len(choice.get(title, "")) <= longest or len(choice.get("id", "")) > 200:
            raise Refusal(400, 20001, f"{title} or id is too long or empty")
