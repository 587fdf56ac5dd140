"""A Twilio for tests: checks each call (twilio_rules.py), answers and calls back like it.

The signature is computed here by
https://www.twilio.com/docs/usage/webhooks/webhooks-security, with neither our verifier nor
Twilio's library. Stricter than Twilio in one thing: a parameter it does not have is refused.
"""

import asyncio
import base64
import hashlib
import hmac
import re
import secrets
from collections import defaultdict, deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, Literal
from urllib.parse import urlsplit

import httpx
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from tests.fakes import FakeProvider
from tests.fakes.media import TwilioMedia
from tests.fakes.twilio_answers import (
    Sent,
    Step,
    callback_form,
    message_resource,
    refusal_answer,
)
from tests.fakes.twilio_rules import (
    ACCOUNT_SID,
    AUTH_TOKEN,
    SENDER,
    Refusal,
    check_credentials,
    checked_message,
    read_form,
)
from tests.fakes.twilio_templates import TemplateDesk

__all__ = [
    "ACCOUNT_SID",
    "AUTH_TOKEN",
    "DROPPED_AFTER_TAKEN",
    "FINE",
    "HANG",
    "SENDER",
    "TAKEN_THEN_HANG",
    "TAKEN_THEN_RUBBISH",
    "CalledBack",
    "FakeTwilio",
    "Fault",
    "Sent",
    "Step",
    "inbound_form",
    "sign",
]


def sign(url: str, form: Mapping[str, str], token: str = AUTH_TOKEN) -> str:
    """X-Twilio-Signature: the URL and each name and value in order of the names, HMAC-SHA1."""
    text = url + "".join(name + form[name] for name in sorted(form))
    return base64.b64encode(hmac.new(token.encode(), text.encode(), hashlib.sha1).digest()).decode()


def inbound_form(body: str = "", *, sid: str = "", sender: str = "", **more: str) -> dict[str, str]:
    """The form of an incoming WhatsApp message, after webhook-request; `more` adds and replaces."""
    sid = sid or "SM" + secrets.token_hex(16)
    sender = sender or "whatsapp:+6281234567890"
    form = {
        "SmsMessageSid": sid,
        "NumMedia": "0",
        "ProfileName": "Warga",
        "MessageType": "text",
        "SmsSid": sid,
        "WaId": sender.removeprefix("whatsapp:+"),
        "SmsStatus": "received",
        "Body": body,
        "To": SENDER,
        "NumSegments": "1",
        "ReferralNumMedia": "0",
        "MessageSid": sid,
        "AccountSid": ACCOUNT_SID,
        "From": sender,
        "ApiVersion": "2010-04-01",
    }
    return form | more


@dataclass(frozen=True, slots=True)
class Fault:
    """What one call gets instead of its answer; `taken` calls have their effect all the same."""

    status: int = 201
    code: int | None = None
    taken: bool = False
    then: Literal["answer", "hang", "drop", "rubbish"] = "answer"
    rfc9457: bool = False


CONTENT_ROUTES = (
    ("", ["GET", "POST"]),
    ("/{content}", ["GET", "DELETE"]),
    ("/{content}/ApprovalRequests", ["GET"]),
    ("/{content}/ApprovalRequests/whatsapp", ["POST"]),
)
_CALLS = {
    ("GET", 2): "contents", ("POST", 2): "content", ("GET", 3): "one content",
    ("DELETE", 3): "delete content", ("GET", 4): "approval", ("POST", 5): "submit",
}  # fmt: skip
"""By method and depth of the address."""
FINE = None
"""In a row of faults: this call is answered as usual."""
HANG = Fault(then="hang")
TAKEN_THEN_HANG = Fault(taken=True, then="hang")
DROPPED_AFTER_TAKEN = Fault(taken=True, then="drop")
TAKEN_THEN_RUBBISH = Fault(taken=True, then="rubbish")


@dataclass(frozen=True, slots=True)
class CalledBack:
    """One status callback that was made, and the status code it was answered with."""

    url: str
    form: dict[str, str]
    signature: str
    answer: int


class FakeTwilio(FakeProvider):
    """The server. `plan` is what is called back for each message, in that order."""

    def __init__(self) -> None:
        self.sent: list[Sent] = []
        self.contents: dict[str, dict[str, Any]] = {}
        self.templates = TemplateDesk(self.contents)
        self.outside: set[str] = set()
        """Who has not written for 24 hours: they get nothing but an approved template."""
        self.not_on_whatsapp: set[str] = set()
        self.people_a_day: int | None = None
        """How many may get a template (messaging-limits); each counts once."""
        self.says_at_once = False
        """Whether these three are said as the answer; else in a callback, as they mostly are."""
        self.how_it_fails: Sequence[str] = ("failed",)
        """The statuses of such a callback, in the order in which they arrive."""
        self._templated: set[str] = set()
        self.calls: list[tuple[str, str]] = []
        self.plan: Sequence[Step] = ()
        self.plans: dict[str, Sequence[Step]] = {}
        self.called_back: list[CalledBack] = []
        self.call_back_to = ""
        """Where callbacks really go, when StatusCallback names a host that is not on loopback."""
        self._faults: dict[str, deque[Fault | None]] = defaultdict(deque)
        self._tasks: set[asyncio.Task[None]] = set()
        self.media = TwilioMedia()
        self.erased: list[str] = []
        """Messages that were deleted, ours and what people sent us."""
        account = "/2010-04-01/Accounts/{sid}/Messages.json"
        one = f"/2010-04-01/Accounts/{ACCOUNT_SID}/Messages/{{message}}.json"
        media = f"/2010-04-01/Accounts/{ACCOUNT_SID}/Messages/{{message}}/Media/{{media}}"
        self.app = Starlette(
            routes=[
                Route(account, self._messages, methods=["GET", "POST"]),
                Route(one, self._message, methods=["DELETE"]),
                *(
                    Route(f"/v1/Content{rest}", self._content, methods=methods)
                    for rest, methods in CONTENT_ROUTES
                ),
                Route(media, self._media, methods=["GET", "DELETE"]),
            ]
        )
        super().__init__(self.app)

    def start(self) -> None:
        self.media.start()
        super().start()

    def stop(self) -> None:
        super().stop()
        self.media.stop()

    def settle(self) -> None:
        """Wait until every callback that is under way has been made."""
        while tasks := list(self._tasks):
            done = asyncio.run_coroutine_threadsafe(_all(tasks), tasks[0].get_loop())
            done.result(30)

    def fail(self, *faults: Fault | None, to: str = "", call: str = "message") -> None:
        """The next calls (`message`, to this address or any; `content`; `contents`; `one content`;
        `delete content`; `approval`; `submit`; `list`; `erase`, of this message or any) go wrong so."""
        self._faults[f"{call} {to}".strip()].extend(faults)

    async def _messages(self, request: Request) -> Response:
        try:
            check_credentials(request)
            if request.path_params["sid"] != ACCOUNT_SID:
                raise Refusal(404, 20404, "The requested resource was not found")
            if request.method == "GET":
                return await self._with_fault(request, "list", "", self._listed)
            form = await read_form(request)
            self.calls.append(("message", form.get("To", "")))
            approved = self.templates.is_approved(form.get("ContentSid", ""))
            checked = checked_message(form, self.contents, approved)
            body = self.templates.rendered(form) if "ContentSid" in form else form.get("Body", "")
            fails = self._why_not(checked["To"], approved)
            if fails and self.says_at_once:
                raise Refusal(400, int(fails), "refused")
            return await self._with_fault(
                request, "message", form["To"], lambda _: self._take(checked, body, fails)
            )
        except Refusal as refusal:
            return refusal_answer(refusal.status, refusal.code)

    def _why_not(self, to: str, approved: bool) -> str:
        """The documented code of what keeps WhatsApp from delivering it, or nothing."""
        if to in self.not_on_whatsapp:
            return "63024"
        if to not in self.outside:
            return ""
        if not approved:
            return "63016"
        met = self.people_a_day is not None and len(self._templated) >= self.people_a_day
        if met and to not in self._templated:
            return "63018"
        self._templated.add(to)
        return ""

    async def _message(self, request: Request) -> Response:
        """Delete a Message resource; its media go with it (Twilio's notice of 14 October 2020).

        Whatever was not deleted before is there: this fake does not make what people send us.
        """
        try:
            check_credentials(request)
            sid = request.path_params["message"]
            self.calls.append(("erase", sid))
            if not re.fullmatch(r"(SM|MM)[0-9a-f]{32}", sid) or sid in self.erased:
                raise Refusal(404, 20404, "The requested resource was not found")
            return await self._with_fault(request, "erase", sid, lambda _: self._erase(sid))
        except Refusal as refusal:
            return refusal_answer(refusal.status, refusal.code)

    def _erase(self, sid: str) -> Response:
        self.erased.append(sid)
        for ids in [ids for ids in self.media.held if ids.startswith(f"{sid}/")]:
            del self.media.held[ids]
        return Response(status_code=204)

    async def _content(self, request: Request) -> Response:
        """Everything of the Content API, and the approvals behind it."""
        call = _CALLS[request.method, request.url.path.count("/")]
        try:
            check_credentials(request)
            self.calls.append((call, ""))
            answer = self.templates.listed if call == "contents" else self.templates.one
            if call in ("content", "submit"):
                if not request.headers.get("content-type", "").startswith("application/json"):
                    raise Refusal(400, 20001, "the Content API takes JSON")
                given = await request.json()
                answer = partial(self.templates.take, given=given)
            elif call == "approval":
                answer = self.templates.approval
            return await self._with_fault(request, call, "", answer)
        except Refusal as refusal:
            return refusal_answer(refusal.status, refusal.code)

    async def _media(self, request: Request) -> Response:
        try:
            check_credentials(request)
        except Refusal as refusal:
            return refusal_answer(refusal.status, refusal.code)
        return await self.media.serve(request)

    async def _with_fault(self, request: Request, call: str, to: str, effect: Any) -> Response:
        fault = self._next_fault(call, to)
        if fault is None:
            answer: Response = effect(request)
            return answer
        if fault.taken:
            effect(request)
        if fault.then == "hang":
            await asyncio.sleep(3600)
        if fault.then == "drop":
            self._server.drop(request.scope)
        if fault.then == "rubbish":
            return Response("<html>not what you expect</html>", status_code=201)
        return refusal_answer(fault.status, fault.code, fault.rfc9457)

    def _next_fault(self, call: str, to: str) -> Fault | None:
        for key in (f"{call} {to}".strip(), call):
            if self._faults[key]:
                return self._faults[key].popleft()
        return None

    def _take(self, form: dict[str, str], body: str, fails: str) -> Response:
        sent = Sent("SM" + secrets.token_hex(16), form["To"], form.get("From", ""), body, form)
        self.sent.append(sent)
        plan = self.plans.get(sent.to, self.plan)
        if fails:
            codes = {"failed": fails, "undelivered": fails}
            plan = [Step(one, error_code=codes.get(one, "")) for one in self.how_it_fails]
        if plan and form.get("StatusCallback"):
            task = asyncio.get_running_loop().create_task(self._call_back(sent, plan))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)
        return JSONResponse(message_resource(sent), status_code=201)

    def _listed(self, request: Request) -> Response:
        query = request.query_params
        known = {"To", "From", "DateSent", "DateSent<", "DateSent>", "PageSize", "Page"}
        if set(query) - known - {"PageToken"}:
            raise Refusal(400, 20001, "unknown parameter")
        found = [
            sent
            for sent in self.sent
            if query.get("To", sent.to) == sent.to
            and query.get("From", sent.sender) == sent.sender
            # The filter is documented for dates: a time of day is not looked at.
            and query.get("DateSent>", "")[:10] <= sent.at.date().isoformat()
        ]
        page = {
            "messages": [message_resource(sent) for sent in reversed(found)],
            "page": 0,
            "page_size": int(query.get("PageSize", "50")),
            "start": 0,
            "end": max(0, len(found) - 1),
            "uri": str(request.url.path),
            "first_page_uri": str(request.url.path),
            "next_page_uri": None,
            "previous_page_uri": None,
        }
        return JSONResponse(page)

    async def _call_back(self, sent: Sent, plan: Sequence[Step]) -> None:
        async with httpx.AsyncClient(trust_env=False, verify=False) as client:
            for step in plan:
                await asyncio.sleep(step.after)
                sent.status, sent.error_code = step.status, step.error_code
                url, form = sent.form["StatusCallback"], callback_form(sent, step)
                target = url
                if self.call_back_to:
                    parts = urlsplit(url)
                    target = self.call_back_to + parts._replace(scheme="", netloc="").geturl()
                signature = sign(url, form)
                try:
                    headers = {"X-Twilio-Signature": signature}
                    answer = await client.post(target, data=form, headers=headers)
                    status = answer.status_code
                except httpx.HTTPError:
                    status = 0
                self.called_back.append(CalledBack(url, form, signature, status))


async def _all(tasks: Sequence[asyncio.Task[None]]) -> None:
    await asyncio.gather(*tasks, return_exceptions=True)
