"""The templates of content/ at Twilio: registered, submitted to Meta, and asked after.

Each step is written down before the next begins, and a template is looked for under its name before
it is registered, so that a run that was cut off is simply run again.
"""

import asyncio
import logging
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from bot import template_refusals, templates
from bot.channels.base import SendError
from bot.channels.twilio_content import Approval, TwilioTemplates
from bot.service import Service
from bot.settings import Settings
from bot.templates import APPROVED, states
from flows.templates import Template, shipped_templates

log = logging.getLogger(__name__)

UNSUBMITTED = "unsubmitted"
UNREGISTERED = "unregistered"


@dataclass(frozen=True, slots=True)
class Line:
    """What is known of one template now."""

    name: str
    status: str
    category: str
    asked: str
    """The category of content/; Meta may bill another."""
    reason: str = ""
    problem: str = ""
    """Why this could not be asked or done; the rest is then what was known before."""


def library(settings: Settings) -> TwilioTemplates:
    return TwilioTemplates(
        settings.twilio_account_sid,
        settings.twilio_auth_token.get_secret_value(),
        api_base_url=settings.twilio_api_base_url,
    )


async def sync(service: Service, twilio: TwilioTemplates) -> AsyncIterator[Line]:
    """Register what is new or has changed, submit it, ask after the others; one line each."""
    there: dict[str, str] | None = None
    for template in shipped_templates().values():
        before = await asyncio.to_thread(_state, service, template)
        try:
            if there is None:
                there = await twilio.registered()
            sid = await _registered(service, twilio, template, before, there)
            approval = await twilio.approval(sid)
            if approval.status == UNSUBMITTED:
                approval = await twilio.submit(sid, template)
            yield await asyncio.to_thread(_keep, service, template, sid, approval)
        except SendError as error:
            yield _line(template, before, problem=f"Twilio: {error}")


async def poll(service: Service, twilio: TwilioTemplates) -> AsyncIterator[Line]:
    """Ask after every template that is registered; nothing is registered or submitted."""
    for template in shipped_templates().values():
        before = await asyncio.to_thread(_state, service, template)
        if not before.get("content_sid") or before["fingerprint"] != template.fingerprint:
            yield _line(template, {})
            continue
        try:
            approval = await twilio.approval(before["content_sid"])
        except SendError as error:
            yield _line(template, before, problem=f"Twilio: {error}")
            continue
        yield await asyncio.to_thread(_keep, service, template, before["content_sid"], approval)


def known(service: Service) -> list[Line]:
    """What was last heard of each template; nobody is asked."""
    return [_line(one, _state(service, one)) for one in shipped_templates().values()]


async def poll_quietly(service: Service) -> None:
    """The daily look; what is wrong is in the log."""
    async with library(service.settings) as twilio:
        async for line in poll(service, twilio):
            if line.problem:
                log.error("template %s: %s", line.name, line.problem)


async def _registered(
    service: Service,
    twilio: TwilioTemplates,
    template: Template,
    before: Mapping[str, Any],
    there: Mapping[str, str],
) -> str:
    """The Content SID of exactly these words; older ones that Meta never approved are deleted."""
    known = there.get(template.registered_name)
    sid = known or await twilio.register(template)
    if sid != before.get("content_sid"):
        await asyncio.to_thread(_keep, service, template, sid, Approval(UNSUBMITTED))
        if before.get("content_sid") and before["status"] != APPROVED:
            await twilio.delete(before["content_sid"])
    return sid


def _state(service: Service, template: Template) -> Mapping[str, Any]:
    """The row; empty where there is none."""
    with service.database.read() as connection:
        query = select(states).where(states.c.name == template.name)
        row = connection.execute(query).mappings().first()
        return dict(row) if row else {}


def _keep(service: Service, template: Template, sid: str, approval: Approval) -> Line:
    """Write down what Meta says; a template that was approved and is no more stops what needs it."""
    now = service.clock.now()
    with service.database.write() as connection:
        before = connection.execute(select(states).where(states.c.name == template.name)).first()
        state = {
            "name": template.name, "content_sid": sid, "status": approval.status,
            "category": approval.category, "reason": approval.reason,
            "fingerprint": template.fingerprint,
        }  # fmt: skip
        templates.keep(connection, service.database, state, now)
        was = before.status if before is not None and before.content_sid == sid else ""
        if approval.status == was:
            return _line(template, state)
        if was == APPROVED and approval.status not in templates.WAITING:
            template_refusals.stop_what_needs(
                connection, service, template.name, sid, approval.status, now
            )
        elif approval.status not in (APPROVED, *templates.WAITING):
            template_refusals.page_operator(template.name, approval.status)
    if approval.status == APPROVED:
        template_refusals.REFUSED.labels(template.name).set(0)
    return _line(template, state)


def _line(template: Template, state: Mapping[str, Any], *, problem: str = "") -> Line:
    status = str(state.get("status", "")) or UNREGISTERED
    if state and state["fingerprint"] != template.fingerprint:
        status = UNREGISTERED
    return Line(
        template.name, status, str(state.get("category", "")), template.category,
        str(state.get("reason", "")), problem,
    )  # fmt: skip


def is_fine(line: Line) -> bool:
    """Approved, or on its way there."""
    return not line.problem and line.status in (APPROVED, UNREGISTERED, *templates.WAITING)
