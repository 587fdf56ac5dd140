"""`kentongan`: one command for the operator. Exit 0 = fine, 1 = a finding, 2 = wrong use.

With --json each line of stdout is one JSON object and nothing else is printed there. Errors are
one clear line on stderr, never a traceback.
"""

import argparse
import dataclasses
import os
import sys
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import NoReturn

from bot import (
    answer_cli,
    broadcast_cli,
    campaign_cli,
    content_cli,
    erase_cli,
    group_cli,
    keyring_cli,
    learning_cli,
    media_cli,
    meeting_cli,
    office_cli,
    partner_cli,
    register_cli,
    template_cli,
    understand_cli,
)
from bot.sealing import KeyRingError
from bot.service import NoOffice
from bot.settings import SettingsError, read_settings
from bot.terminal import (
    FINDING,
    FINE,
    WRONG_USE,
    Refusal,
    WrongUse,
    loaded,
    open_service,
    parse_time,
    print_json,
    print_report,
    texts_of,
)
from flows.catalog import ContentError
from flows.languages import NAMES

_PARTS = (
    answer_cli,
    broadcast_cli,
    campaign_cli,
    erase_cli,
    group_cli,
    keyring_cli,
    media_cli,
    meeting_cli,
    learning_cli,
    office_cli,
    partner_cli,
    register_cli,
    template_cli,
    understand_cli,
    content_cli,
)
"""Each adds its own commands."""


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        raise WrongUse(f"{message} (see `{self.prog} --help`)")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; returns its exit code."""
    os.umask(0o077)  # what we write (database, key ring) is for this user only
    try:
        given = _parser().parse_args(arguments)
        command: Callable[[argparse.Namespace], int] = given.command
        return command(given)
    except BrokenPipeError:
        return FINE
    except KeyboardInterrupt:
        return FINE
    except Refusal as refusal:
        print(str(refusal), file=sys.stderr)
        return FINDING
    except (WrongUse, SettingsError, KeyRingError, ContentError, NoOffice) as error:
        for line in str(error).splitlines():
            print(line, file=sys.stderr)
        return WRONG_USE


def _parser() -> argparse.ArgumentParser:
    parser = _Parser(prog="kentongan", description="The village drum: WhatsApp and Telegram bot.")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    def add(name: str, command: Callable[[argparse.Namespace], int], help: str) -> _Parser:
        added = commands.add_parser(name, help=help, description=help)
        added.set_defaults(command=command)
        return added

    demo = add("demo", run_demo, "serve an example office on an embedded database")
    demo.add_argument("--port", type=int, default=8000)
    serve = add("serve", run_serve, "webhooks, console, senders and schedule by the settings")
    serve.add_argument("--only", default="web,sender,scheduler", metavar="PARTS")
    talk = add("talk", run_talk, "a conversation on the terminal with the example office")
    talk.add_argument("what", nargs="*", metavar="lesson NAME", help="read one lesson through")
    talk.add_argument("--as", dest="address", default="warga", metavar="ADDRESS")
    talk.add_argument("--group", metavar="ID")
    talk.add_argument("--language", default="id", choices=NAMES, help="also a draft, as a preview")
    talk.add_argument("--at", metavar="TIME", help="ISO 8601 with offset; now if left out")
    doctor = add("doctor", run_doctor, "check settings, database, credentials, clock and content")
    recruiter = add("recruiter", run_recruiter, "what the licence register says about a name")
    recruiter.add_argument("text", metavar="TEXT", help="- reads one text per line from stdin")
    place = add("place", run_place, "which place somebody's words mean")
    place.add_argument("text", metavar="TEXT", help="- reads one text per line from stdin")
    route = add("route", run_route, "who answers for a place, in order, with deadlines")
    route.add_argument("--place", required=True, metavar="CODE")
    route.add_argument("--topic", default="report", choices=["report", "question"])
    route.add_argument("--urgency", default="none", choices=["none", "soon", "now"])
    route.add_argument("--at", metavar="TIME", help="ISO 8601 with offset; now if left out")
    bench = add("bench", run_bench, "the benchmark, as ratios within one run")
    bench.add_argument("--rounds", type=int, default=3)
    bench.add_argument("--contacts", type=int, default=2000)
    for added in (talk, doctor, recruiter, place, route, bench):
        added.add_argument("--json", action="store_true")
    for part in _PARTS:
        part.add_commands(commands)
    log = commands.add_parser("audit", help="the log of who did what")
    verify = log.add_subparsers(required=True, metavar="verify").add_parser(
        "verify", help="whether the log's chain is whole, and the hash of its last entry"
    )
    verify.set_defaults(command=run_audit_verify)
    verify.add_argument("--json", action="store_true")
    telegram = commands.add_parser("telegram", help="the Telegram bot's connection")
    connect = telegram.add_subparsers(required=True, metavar="connect").add_parser(
        "connect", help="tell Telegram the address of our webhook"
    )
    connect.set_defaults(command=run_telegram_connect)
    return parser


# ---- commands


def run_demo(given: argparse.Namespace) -> int:
    from bot.serve import demo

    return demo(given.port)


def run_serve(given: argparse.Namespace) -> int:
    from bot.running import PARTS
    from bot.serve import serve

    parts = frozenset(given.only.split(","))
    if unknown := parts - PARTS:
        raise WrongUse(
            f"--only: {', '.join(sorted(unknown))} is none of {', '.join(sorted(PARTS))}"
        )
    return serve(read_settings(), parts)


def run_talk(given: argparse.Namespace) -> int:
    from bot.talk import read_through, talk

    at = parse_time(given.at) if given.at else None
    match given.what:
        case []:
            pass
        case ["lesson", name]:
            return read_through(name, at=at, as_json=given.json)
        case _:
            raise WrongUse("talk alone, or `talk lesson NAME`")
    return talk(
        sys.stdin,
        address=given.address,
        group=given.group,
        at=at,
        as_json=given.json,
        language=given.language,
    )


def run_doctor(given: argparse.Namespace) -> int:
    from bot.doctor import examine

    findings = examine(read_settings())
    for finding in findings:
        if given.json:
            print_json(dataclasses.asdict(finding))
        else:
            print(f"{finding.state:5} {finding.what}: {finding.detail}")
    return FINDING if any(finding.state == "bad" for finding in findings) else FINE


def run_audit_verify(given: argparse.Namespace) -> int:
    from bot import audit

    with open_service().database.read() as connection:
        broken, head = audit.first_break(connection), audit.head(connection)
    if given.json:
        print_json({"broken": broken, "head": head})
    elif broken:
        print(f"entry {broken} does not fit the chain: it was altered, or one before it removed")
    else:
        print(f"whole; last entry {head or '(none)'}")
    return FINDING if broken else FINE


def run_recruiter(given: argparse.Namespace) -> int:
    from bot.register_snapshots import register_for_terminal
    from bot.reports import recruiter_report

    register = loaded(register_for_terminal)
    for text in texts_of(given.text):
        report = recruiter_report(register, text, datetime.now().astimezone().date())
        print_report(report, given.json)
    return FINE


def run_place(given: argparse.Namespace) -> int:
    from bot.gazetteer import Gazetteer
    from bot.reports import place_report
    from bot.territory import Offices

    gazetteer, offices = Gazetteer(), loaded(Offices)
    loaded(gazetteer.warm_up)
    for text in texts_of(given.text):
        report = place_report(gazetteer, offices, text, datetime.now().astimezone().date())
        print_report(report, given.json)
    return FINE


def run_route(given: argparse.Namespace) -> int:
    from bot.reports import route_report

    service = open_service()
    if service.gazetteer.place(given.place) is None:
        raise WrongUse(f"--place {given.place}: no such code in the Kemendagri list")
    at = parse_time(given.at) if given.at else service.clock.now()
    report = route_report(service, given.place, given.topic, given.urgency, at)
    if given.json:
        print_json(report)
        return FINE
    print(
        f"{report['place_name']} → {report['office']}"
        + ("" if report["served"] else " (not served)")
    )
    for step in report["chain"]:
        due = f"by {step['due_at']}" if step["due_at"] else "-"
        print(f"  {step['role']:13} {step['name'] or '-':30} {due:26} ({step['reason']})")
    return FINE


def run_bench(given: argparse.Namespace) -> int:
    from bot.bench.run import run

    return run(rounds=given.rounds, contacts=given.contacts, as_json=given.json)


def run_telegram_connect(_: argparse.Namespace) -> int:
    import asyncio

    from bot.channels.base import SendError
    from bot.channels.telegram import TelegramChannel

    settings = read_settings()
    secret = settings.telegram_webhook_secret.get_secret_value()
    if not settings.telegram_ready or not secret:
        raise WrongUse("KENTONGAN_TELEGRAM_BOT_TOKEN and _WEBHOOK_SECRET must be set first")
    address = f"{settings.public_base_url}/webhooks/telegram"

    async def connect() -> str:
        token = settings.telegram_bot_token.get_secret_value()
        channel = TelegramChannel(token, base_url=settings.telegram_api_base_url)
        try:
            await channel.set_webhook(address, secret)
            return await channel.username()
        finally:
            await channel.close()

    try:
        username = asyncio.run(connect())
    except SendError as error:
        print(
            f"Telegram did not take it ({error}): check token, address and network", file=sys.stderr
        )
        return FINDING
    print(f"@{username} now calls {address}")
    return FINE
