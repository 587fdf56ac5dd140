"""`kentongan`: one command for the operator. Exit 0 = fine, 1 = a finding, 2 = wrong use.

With --json each line of stdout is one JSON object and nothing else is printed there. Errors are
one clear line on stderr, never a traceback.
"""

import argparse
import dataclasses
import json
import logging
import os
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any, NoReturn

from bot.sealing import KeyRing, KeyRingError
from bot.service import NoOffice, Service, migrate
from bot.settings import Settings, SettingsError, read_settings
from flows.catalog import ContentError

FINE, FINDING, WRONG_USE = 0, 1, 2


class WrongUse(Exception):
    """The command can't be carried out as it was given; the message is one line."""


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
    talk.add_argument("--as", dest="address", default="warga", metavar="ADDRESS")
    talk.add_argument("--group", metavar="ID")
    talk.add_argument("--language", default="id", choices=["id"])
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
    _office_commands(commands)
    _content_commands(commands)
    return parser


def _office_commands(commands: Any) -> None:
    office = commands.add_parser("office", help="set up the office that runs this bot")
    office_commands = office.add_subparsers(required=True, metavar="init")
    init = office_commands.add_parser("init", help="create or change the office and its area")
    init.add_argument(
        "--name", required=True, help="as in content/offices.csv, e.g. 'Kanim Ponorogo'"
    )
    init.add_argument("--code", default="", help="short code; made from the name if left out")
    init.add_argument("--regency", action="append", default=[], metavar="CODE")
    init.add_argument(
        "--time-zone", default="", choices=["", "Asia/Jakarta", "Asia/Makassar", "Asia/Jayapura"]
    )
    init.add_argument("--opens", default="08:00")
    init.add_argument("--closes", default="16:00")
    init.set_defaults(command=run_office_init)
    roster = commands.add_parser("roster", help="officers, their villages and duties")
    roster_commands = roster.add_subparsers(required=True, metavar="import|invite|show")
    load = roster_commands.add_parser("import", help="make the roster what a CSV file says")
    load.add_argument("file", type=Path)
    load.set_defaults(command=run_roster_import)
    invite = roster_commands.add_parser("invite", help="a new enrolment code for one officer")
    invite.add_argument("staff_no")
    invite.set_defaults(command=run_roster_invite)
    show = roster_commands.add_parser("show", help="officers, and who has enrolled")
    show.set_defaults(command=run_roster_show)
    for added in (init, load):
        added.add_argument(
            "--dry-run", action="store_true", help="show the difference, write nothing"
        )
    for added in (init, load, invite, show):
        added.add_argument("--json", action="store_true")


def _content_commands(commands: Any) -> None:
    content = commands.add_parser("content", help="lessons, texts and their review")
    content_commands = content.add_subparsers(required=True, metavar="check|stamp")
    check = content_commands.add_parser("check", help="lint flows and content")
    check.add_argument("--json", action="store_true")
    check.set_defaults(command=run_content_check)
    stamp = content_commands.add_parser("stamp", help="record that a person has reviewed a lesson")
    stamp.add_argument("file", type=Path)
    stamp.add_argument("--by", required=True, metavar="NAME")
    stamp.add_argument("--on", metavar="DATE")
    stamp.set_defaults(command=run_content_stamp)


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
    from bot.talk import talk

    at = _time(given.at) if given.at else None
    return talk(sys.stdin, address=given.address, group=given.group, at=at, as_json=given.json)


def run_doctor(given: argparse.Namespace) -> int:
    from bot.doctor import examine

    findings = examine(read_settings())
    for finding in findings:
        if given.json:
            _print_json(dataclasses.asdict(finding))
        else:
            print(f"{finding.state:5} {finding.what}: {finding.detail}")
    return FINDING if any(finding.state == "bad" for finding in findings) else FINE


def run_recruiter(given: argparse.Namespace) -> int:
    from bot.recruiters import Register
    from bot.reports import recruiter_report

    register = _loaded(Register.load)
    for text in _texts(given.text):
        report = recruiter_report(register, text, datetime.now().astimezone().date())
        _print_report(report, given.json)
    return FINE


def run_place(given: argparse.Namespace) -> int:
    from bot.gazetteer import Gazetteer
    from bot.reports import place_report
    from bot.territory import Offices

    gazetteer, offices = Gazetteer(), _loaded(Offices)
    for text in _texts(given.text):
        report = place_report(gazetteer, offices, text, datetime.now().astimezone().date())
        _print_report(report, given.json)
    return FINE


def run_route(given: argparse.Namespace) -> int:
    from bot.reports import route_report

    service = _service()
    if service.gazetteer.place(given.place) is None:
        raise WrongUse(f"--place {given.place}: no such code in the Kemendagri list")
    at = _time(given.at) if given.at else service.clock.now()
    report = route_report(service, given.place, given.topic, given.urgency, at)
    if given.json:
        _print_json(report)
        return FINE
    print(
        f"{report['place_name']} → {report['office']}"
        + ("" if report["served"] else " (not served)")
    )
    for step in report["chain"]:
        print(
            f"  {step['role']:13} {step['name'] or '-':30} by {step['due_at']}  ({step['reason']})"
        )
    return FINE


def run_bench(given: argparse.Namespace) -> int:
    from bot.bench.run import run

    return run(rounds=given.rounds, contacts=given.contacts, as_json=given.json)


def run_office_init(given: argparse.Namespace) -> int:
    from bot.roster import init_office, office_code

    settings = read_settings()
    if not given.dry_run:
        KeyRing.load(settings.keyring_path, create=True)
    for name in ("opens", "closes"):
        _clock_time(name, getattr(given, name))
    fresh = given.dry_run and not settings.keyring_path.exists()
    service = _service(settings, ring=KeyRing.fresh() if fresh else None)

    def init(connection: Any) -> list[Any]:
        return init_office(
            connection, service.office_list, name=given.name,
            code=given.code or office_code(given.name), regencies=tuple(given.regency),
            time_zone=given.time_zone, opens=given.opens, closes=given.closes,
            now=service.clock.now(),
        )  # fmt: skip

    return _change(service, init, given)


def run_roster_import(given: argparse.Namespace) -> int:
    from bot.roster import RosterError, import_roster, read_roster

    service = _service()
    office = service.office()
    today = office.calendar.local(service.clock.now()).date()
    try:
        rows = read_roster(given.file, service.gazetteer, today)
    except RosterError as error:
        raise WrongUse(str(error)) from None
    return _change(
        service,
        lambda connection: import_roster(
            connection, service.ring, office.code, rows, service.clock.now()
        ),
        given,
    )


def run_roster_invite(given: argparse.Namespace) -> int:
    from bot.roster import Change, invite, officer_by_staff_no

    service = _service()
    office, now = service.office(), service.clock.now()
    with service.database.write() as connection:
        officer_id = officer_by_staff_no(connection, office.code, given.staff_no)
        if officer_id is None:
            raise WrongUse(f"{given.staff_no}: no active officer with that staff_no")
        code = invite(connection, service.ring, officer_id, now)
    _print_changes([Change("invited", f"{given.staff_no}: MASUK {code}")], given.json)
    return FINE


def run_roster_show(given: argparse.Namespace) -> int:
    from bot.reports import roster_report

    for report in roster_report(_service()):
        if given.json:
            _print_json(report)
        else:
            state = "enrolled" if report["enrolled"] else "not enrolled"
            print(f"{report['staff_no']:10} {report['name']:30} {state:13} {report['duties']}")
    return FINE


def run_content_check(given: argparse.Namespace) -> int:
    from bot.content_check import run

    return run(as_json=given.json)


def run_content_stamp(given: argparse.Namespace) -> int:
    from bot.content_check import stamp

    on = datetime.fromisoformat(given.on).date() if given.on else datetime.now().astimezone().date()
    stamp(given.file, given.by, on)
    print(f"{given.file}: reviewed by {given.by} on {on}")
    return FINE


# ---- what commands share


def _service(settings: Settings | None = None, *, ring: KeyRing | None = None) -> Service:
    settings = settings or read_settings()
    logging.basicConfig(level=settings.log_level, format="%(levelname)s %(name)s: %(message)s")
    logging.getLogger("alembic").setLevel(logging.WARNING)
    ring = ring or KeyRing.load(settings.keyring_path)
    try:
        service = Service(settings, ring=ring)
        migrate(service.database)
    except (OSError, ValueError) as error:
        raise WrongUse(str(error).splitlines()[0]) from None
    except Exception as error:
        raise WrongUse(f"KENTONGAN_DATABASE_URL: {type(error).__name__}: can't be opened") from None
    return service


class _DryRun(Exception):
    """Takes a transaction back after its difference report was made."""


def _change(service: Service, work: Callable[[Any], list[Any]], given: argparse.Namespace) -> int:
    """Do it and print the difference; with --dry-run take it back."""
    from bot.roster import RosterError

    changes: list[Any] = []
    try:
        with service.database.write() as connection:
            changes = work(connection)
            if given.dry_run:
                raise _DryRun
    except _DryRun:
        changes = [change for change in changes if change.kind != "invited"]
    except RosterError as error:
        raise WrongUse(str(error)) from None
    _print_changes(changes, given.json)
    if not given.json and given.dry_run:
        print("dry run: nothing was written")
    return FINE


def _print_changes(changes: list[Any], as_json: bool) -> None:
    for change in changes:
        if as_json:
            _print_json({"change": change.kind, "what": change.what})
        else:
            print(f"{change.kind:8} {change.what}")
    if not changes and not as_json:
        print("no difference")


def _print_report(report: dict[str, Any], as_json: bool) -> None:
    if as_json:
        _print_json(report)
    else:
        for name, value in report.items():
            print(f"{name}: {value}")
        print()


def _print_json(value: dict[str, Any]) -> None:
    print(json.dumps(value, ensure_ascii=False, default=str), flush=True)


def _texts(text: str) -> Iterator[str]:
    lines: Iterable[str] = sys.stdin if text == "-" else [text]
    return (line.rstrip("\n") for line in lines)


def _time(text: str) -> datetime:
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        raise WrongUse(
            f"--at {text}: is no ISO 8601 time such as 2026-11-23T09:00:00+07:00"
        ) from None
    if at.tzinfo is None:
        raise WrongUse(f"--at {text}: has no offset; write for example {text}+07:00")
    return at


def _clock_time(name: str, text: str) -> None:
    try:
        datetime.strptime(text, "%H:%M")  # noqa: DTZ007  (a time of day, no date)
    except ValueError:
        raise WrongUse(f"--{name} {text}: is no time such as 08:00") from None


def _loaded(load: Callable[[], Any]) -> Any:
    try:
        return load()
    except ValueError as error:
        raise WrongUse(str(error)) from None
