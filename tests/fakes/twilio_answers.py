"""What Twilio answers and calls back, field by field."""

from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import format_datetime
from typing import Any

from starlette.responses import JSONResponse, Response

from tests.fakes.twilio_rules import ACCOUNT_SID


@dataclass(frozen=True, slots=True)
class Step:
    """One status callback: which status, how long after the step before, with which error."""

    status: str
    after: float = 0.0
    error_code: str = ""


@dataclass(slots=True)
class Sent:
    """One message that Twilio has taken."""

    sid: str
    to: str
    sender: str
    body: str
    form: dict[str, str]
    at: datetime = field(default_factory=lambda: datetime.now(UTC))
    status: str = "queued"
    error_code: str = ""


def callback_form(sent: Sent, step: Step) -> dict[str, str]:
    # docs/messaging/guides/outbound-message-status-in-status-callbacks, WhatsApp
    form = {
        "ChannelPrefix": "whatsapp",
        "ApiVersion": "2010-04-01",
        "MessageStatus": step.status,
        "SmsSid": sent.sid,
        "SmsStatus": step.status,
        "ChannelInstallSid": "XE" + "0" * 32,
        "To": sent.to,
        "From": sent.sender,
        "MessageSid": sent.sid,
        "StructuredMessage": "false",
        "AccountSid": ACCOUNT_SID,
        "ChannelToAddress": sent.to.removeprefix("whatsapp:")[:5] + "XXXX",
    }
    if step.status in ("delivered", "read"):
        form["EventType"] = step.status.upper()
    if step.error_code:
        form["ErrorCode"] = step.error_code
    return form


def refusal_answer(status: int, code: int | None, rfc9457: bool = False) -> Response:
    if code is None:
        return Response("<html>upstream</html>", status_code=status)
    page = f"https://www.twilio.com/docs/errors/{code}"
    if rfc9457:
        body = {"type": page, "title": "refused", "status": status, "code": code}
    else:
        body = {"code": code, "message": "refused", "more_info": page, "status": status}
    return JSONResponse(body, status_code=status)


def message_resource(sent: Sent) -> dict[str, Any]:
    # "Message Properties"
    moment = format_datetime(sent.at)
    return {
        "account_sid": ACCOUNT_SID,
        "api_version": "2010-04-01",
        "body": sent.body,
        "date_created": moment,
        "date_sent": None if sent.status == "queued" else moment,
        "date_updated": moment,
        "direction": "outbound-api",
        "error_code": int(sent.error_code) if sent.error_code else None,
        "error_message": None,
        "from": sent.sender,
        "messaging_service_sid": None,
        "num_media": "0",
        "num_segments": "1",
        "price": None,
        "price_unit": None,
        "sid": sent.sid,
        "status": sent.status,
        "subresource_uris": {},
        "to": sent.to,
        "uri": f"/2010-04-01/Accounts/{ACCOUNT_SID}/Messages/{sent.sid}.json",
    }
