"""Twilio's Content API: where WhatsApp's templates are registered and Meta's approval is asked.

https://www.twilio.com/docs/content/content-api-resources, which also lists the statuses.
"""

from dataclasses import dataclass
from types import TracebackType
from typing import Any, Self

from twilio.rest import Client
from twilio.rest.content.v1.content import ContentList
from twilio.rest.content.v1.content.approval_create import ApprovalCreateList

from bot.channels.base import ChannelDown
from bot.channels.twilio_wire import TwilioWire, translated
from flows.templates import Template

MISSING = "missing"
_NOT_THERE = ("404", "20404")
PAGE = 100


@dataclass(frozen=True, slots=True)
class Approval:
    """What Meta says of a template."""

    status: str
    category: str = ""
    """What it is billed as, which may be another than we asked for."""
    reason: str = ""


class TwilioTemplates:
    """The templates of one Twilio account. Everything raises SendError."""

    def __init__(
        self, account_sid: str, auth_token: str, *, api_base_url: str = "", timeout: float = 20.0
    ) -> None:
        self._client = Client(
            account_sid,
            auth_token,
            http_client=TwilioWire(api_base_url, timeout),
            environment={"TWILIO_EDGE": ""},
        )

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:  # fmt: skip
        await self._client.http_client.close()

    async def registered(self) -> dict[str, str]:
        """Name → Content SID of everything the account has."""
        found = await translated(self._client.content.v1.contents.list_async(page_size=PAGE))
        return {str(one.friendly_name): str(one.sid) for one in found}

    async def register(self, template: Template) -> str:
        """Returns the Content SID; Meta has not seen it yet."""
        request = ContentList.ContentCreateRequest(
            {
                "friendly_name": template.registered_name,
                "language": template.language,
                "variables": {
                    str(number): fill.sample for number, fill in enumerate(template.fills, 1)
                },
                "types": _types(template),
            }
        )
        answer = await translated(self._client.content.v1.contents.create_async(request))
        return str(answer.sid)

    async def submit(self, sid: str, template: Template) -> Approval:
        """Ask Meta to approve it."""
        request = ApprovalCreateList.ContentApprovalRequest(
            {"name": template.registered_name, "category": template.category}
        )
        asking = self._client.content.v1.contents(sid).approval_create
        answer = await translated(asking.create_async(request))
        return Approval(
            str(answer.status), str(answer.category or ""), str(answer.rejection_reason or "")
        )

    async def approval(self, sid: str) -> Approval:
        """What Meta says now; `missing` where Twilio has it no more."""
        asking = self._client.content.v1.contents(sid).approval_fetch()
        try:
            answer = await translated(asking.fetch_async())
        except ChannelDown as error:
            if error.code in _NOT_THERE:
                return Approval(MISSING)
            raise
        said: dict[str, Any] = answer.whatsapp or {}
        return Approval(
            str(said.get("status") or "unsubmitted"),
            str(said.get("category") or ""),
            str(said.get("rejection_reason") or ""),
        )

    async def delete(self, sid: str) -> None:
        """Done, too, when it is not there."""
        try:
            await translated(self._client.content.v1.contents(sid).delete_async())
        except ChannelDown as error:
            if error.code not in _NOT_THERE:
                raise


def _types(template: Template) -> dict[str, Any]:
    if not template.buttons:
        return {"twilio/text": {"body": template.body}}
    actions = [
        {"type": "QUICK_REPLY", "title": button.title, "id": button.to}
        for button in template.buttons
    ]
    return {"twilio/quick-reply": {"body": template.body, "actions": actions}}
