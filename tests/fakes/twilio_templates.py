"""Twilio's Content resources and Meta's approval of them, as the documents say; nothing of ours.

Below https://www.twilio.com/docs: content/content-api-resources (resources and statuses),
content/using-variables-with-content-api (variables), content/twilio-quick-reply (lengths), and
api/errors with the number of each error. That Meta wants every template's name once for each
language, and what becomes of a variable at an end, is of
https://developers.facebook.com/docs/whatsapp/business-management-api/message-templates.
"""

import json
import re
import secrets
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import pairwise
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from tests.fakes.twilio_rules import ACCOUNT_SID, Refusal, check_content

_PLACE = re.compile(r"\{\{(\w+)\}\}")
_REFUSES = {"rejected": 63040, "paused": 63041, "disabled": 63042}


@dataclass
class Approval:
    name: str
    category: str
    status: str = "received"
    reason: str = ""


@dataclass
class TemplateDesk:
    """What an account has registered, and what Meta's people have said of it."""

    contents: dict[str, dict[str, Any]]
    approvals: dict[str, Approval] = field(default_factory=dict)
    answers: list[tuple[str, str]] = field(default_factory=list)
    """(status, reason) that the next requests end with; without one they wait."""

    def say(self, status: str, reason: str = "", *, name: str = "") -> None:
        """Meta decides: of all that was submitted, or of those whose name begins so."""
        for approval in self.approvals.values():
            if approval.name.startswith(name):
                approval.status, approval.reason = status, reason

    def is_approved(self, sid: str) -> bool:
        return sid in self.approvals and self.approvals[sid].status == "approved"

    # ---- the Content API

    def _register(self, content: dict[str, Any]) -> Response:
        sid = "HX" + secrets.token_hex(16)
        moment = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        self.contents[sid] = content | {"moment": moment}
        return JSONResponse(self._resource(sid), status_code=201)

    def listed(self, request: Request) -> Response:
        """Newest last, a page at a time, with the address of the next."""
        query = request.query_params
        if set(query) - {"PageSize", "Page", "PageToken"}:
            raise Refusal(400, 20001, "unknown parameter")
        size, page = int(query.get("PageSize", "50")), int(query.get("Page", "0"))
        if not 1 <= size <= 1000:
            raise Refusal(400, 20001, "PageSize is 1 to 1000")
        shown = list(self.contents)[page * size : (page + 1) * size]
        left = len(self.contents) > (page + 1) * size
        base = f"https://content.twilio.com/v1/Content?PageSize={size}"
        return JSONResponse(
            {
                "contents": [self._resource(sid) for sid in shown],
                "meta": {
                    "page": page,
                    "page_size": size,
                    "first_page_url": f"{base}&Page=0",
                    "previous_page_url": None,
                    "url": f"{base}&Page={page}",
                    "next_page_url": f"{base}&Page={page + 1}&PageToken=x" if left else None,
                    "key": "contents",
                },
            }
        )

    def one(self, request: Request) -> Response:
        sid = self._known(request)
        if request.method == "DELETE":
            del self.contents[sid]
            self.approvals.pop(sid, None)
            return Response(status_code=204)
        return JSONResponse(self._resource(sid))

    def take(self, request: Request, given: dict[str, Any]) -> Response:
        """A new Content, or the request to approve one."""
        if request.url.path.endswith("/whatsapp"):
            return self._submit(self._known(request), given)
        check_content(given)
        return self._register(given)

    def _submit(self, sid: str, asked: dict[str, Any]) -> Response:
        if set(asked) - {"name", "category"} or not all(isinstance(v, str) for v in asked.values()):
            raise Refusal(400, 20001, "name and category, both texts")
        if not re.fullmatch(r"[a-z0-9_]{1,512}", asked.get("name", "")):
            raise Refusal(400, 20001, "name: lower case letters, digits and _")
        if asked.get("category") not in ("UTILITY", "MARKETING", "AUTHENTICATION"):
            raise Refusal(400, 20001, "category")
        if sid in self.approvals:
            raise Refusal(400, 20001, "was submitted already")
        approval = Approval(asked["name"], asked["category"])
        taken = {one.name for one in self.approvals.values()}
        if approval.name in taken:
            approval.status, approval.reason = "rejected", "the name exists already"
        elif why := _ill_formed(self.contents[sid]):
            approval.status, approval.reason = "rejected", why
        elif self.answers:
            approval.status, approval.reason = self.answers.pop(0)
        self.approvals[sid] = approval
        return JSONResponse(self._approval(sid, approval), status_code=201)

    def approval(self, request: Request) -> Response:
        sid = self._known(request)
        approval = self.approvals.get(sid, Approval("", "", "unsubmitted"))
        said = self._approval(sid, approval) | {"type": "whatsapp"}
        url = f"https://content.twilio.com/v1/Content/{sid}/ApprovalRequests"
        return JSONResponse({"sid": sid, "account_sid": ACCOUNT_SID, "whatsapp": said, "url": url})

    def _known(self, request: Request) -> str:
        sid = str(request.path_params["content"])
        if sid not in self.contents:
            raise Refusal(404, 20404, "The requested resource was not found")
        return sid

    def _approval(self, sid: str, approval: Approval) -> dict[str, Any]:
        return {
            "name": approval.name,
            "category": approval.category,
            "content_type": next(iter(self.contents[sid]["types"])),
            "status": approval.status,
            "rejection_reason": approval.reason,
            "allow_category_change": True,
        }

    def _resource(self, sid: str) -> dict[str, Any]:
        content = self.contents[sid]
        return {
            "sid": sid,
            "account_sid": ACCOUNT_SID,
            "date_created": content["moment"],
            "date_updated": content["moment"],
            "friendly_name": content.get("friendly_name"),
            "language": content["language"],
            "variables": content.get("variables", {}),
            "types": content["types"],
            "url": f"https://content.twilio.com/v1/Content/{sid}",
            "links": {},
        }

    # ---- sending

    def rendered(self, form: dict[str, str]) -> str:
        """What the person reads. Raises Refusal for a template that can't be sent so."""
        sid = form["ContentSid"]
        content = self.contents[sid]
        approval = self.approvals.get(sid)
        if approval and approval.status in _REFUSES:
            raise Refusal(400, _REFUSES[approval.status], approval.status)
        body: str = next(iter(content["types"].values()))["body"]
        values = _values(form.get("ContentVariables"))
        if set(values) != set(_PLACE.findall(body)):
            raise Refusal(400, 63028, "Number of parameters does not match")
        for value in values.values():
            # errors/63013: no empty value, line break, tab, or more than four blanks in a row
            if not value.strip() or re.search(r"[\n\r\t]| {5}", value):
                raise Refusal(400, 63013, "Channel policy violation")
        said = _PLACE.sub(lambda found: values[found[1]], body)
        if len(said.encode("utf-16-le")) > 2 * 1024:
            raise Refusal(400, 63021, "Channel invalid content error")
        return said


def _values(given: str | None) -> dict[str, str]:
    """errors/21656: a JSON object of texts."""
    try:
        values = json.loads(given or "{}")
    except ValueError:
        values = None
    if not isinstance(values, dict) or not all(isinstance(v, str) for v in values.values()):
        raise Refusal(400, 21656, "The ContentVariables Parameter is invalid")
    return values


def _ill_formed(content: dict[str, Any]) -> str:
    """Why Meta's people send it back, or nothing."""
    body = next(iter(content["types"].values()))["body"].strip()
    if not (found := list(_PLACE.finditer(body))):
        return ""
    samples = content.get("variables") or {}
    if [one[1] for one in found] != [str(n) for n in range(1, len(found) + 1)]:
        return "variables must be numbered in order"
    if any(not samples.get(one[1], "").strip() for one in found):
        return "a variable has no sample"
    if not body[: found[0].start()].strip() or not body[found[-1].end() :].strip(" .,;:!?\n"):
        return "variables can't be at the start or end of the template"
    gaps = [body[a.end() : b.start()] for a, b in pairwise(found)]
    if any(not gap.strip(" .,;:!?\n") for gap in gaps):
        return "two variables next to each other"
    return ""
