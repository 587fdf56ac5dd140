"""`kentongan templates`: what WhatsApp may send outside its 24 hours, and what Meta says of it."""

import argparse
import asyncio
import dataclasses
from collections.abc import AsyncIterator, Callable
from typing import Any

from bot import content_check, template_sync
from bot.channels.twilio_content import TwilioTemplates
from bot.service import Service
from bot.template_sync import Line
from bot.terminal import FINDING, FINE, WrongUse, open_service, print_json
from flows.catalog import CONTENT, ContentError
from flows.conversations import load_catalog
from flows.templates import Template, load_templates, units


def add_commands(commands: Any) -> None:
    said = "WhatsApp's templates: checked, submitted, asked after"
    parts = commands.add_parser("templates", help=said, description=said).add_subparsers(
        required=True, metavar="check|sync|status"
    )
    for name, command, help in (
        ("check", run_check, "what Meta would refuse, and how each reads"),
        ("sync", run_sync, "register and submit what is new or has changed"),
        ("status", run_status, "ask what Meta says of each now"),
    ):
        added = parts.add_parser(name, help=help, description=help)
        added.add_argument("--json", action="store_true")
        added.set_defaults(command=command)


def run_check(given: argparse.Namespace) -> int:
    """Each template with its samples filled in, then what is wrong."""
    found = list(content_check.check_templates(CONTENT, load_catalog()))
    try:
        shown = load_templates()
    except ContentError:
        shown = ()
    for template in shown:
        text = template.rendered([fill.sample for fill in template.fills])
        if given.json:
            print_json({"name": template.name, "category": template.category, "text": text})
        else:
            _print(template, text)
    for finding in found:
        print_json(dataclasses.asdict(finding)) if given.json else print(finding.line())
    return FINDING if found else FINE


def _print(template: Template, text: str) -> None:
    print(f"{template.name} ({template.category}, for {', '.join(template.uses)})")
    for line in text.splitlines():
        print(f"  {line}")
    buttons = " ".join(f"[{button.title}]" for button in template.buttons)
    print(f"  {buttons} {units(text)} characters\n".replace("   ", "  "))


def run_sync(given: argparse.Namespace) -> int:
    return _run(given, template_sync.sync)


def run_status(given: argparse.Namespace) -> int:
    return _run(given, template_sync.poll)


def _run(
    given: argparse.Namespace, work: Callable[[Service, TwilioTemplates], AsyncIterator[Line]]
) -> int:
    service = open_service()
    if not service.settings.whatsapp_ready:
        raise WrongUse(
            "KENTONGAN_TWILIO_ACCOUNT_SID, _AUTH_TOKEN and _WHATSAPP_FROM must be set first"
        )

    async def lines() -> bool:
        fine = True
        async with template_sync.library(service.settings) as twilio:
            async for line in work(service, twilio):
                fine &= template_sync.is_fine(line)
                print_json(dataclasses.asdict(line)) if given.json else print(said(line))
        return fine

    try:
        return FINE if asyncio.run(lines()) else FINDING
    finally:
        service.close()


def said(line: Line) -> str:
    """`kabar_desa: approved, MARKETING (asked for UTILITY)`."""
    category = line.category or line.asked
    other = f" (asked for {line.asked})" if category != line.asked else ""
    ends = "".join(f"; {words}" for words in (line.reason, line.problem) if words)
    return f"{line.name}: {line.status}, {category}{other}{ends}"
