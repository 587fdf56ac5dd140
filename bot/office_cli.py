"""`kentongan office` and `kentongan roster`: an office set up and kept from files."""

import argparse
from collections.abc import Callable
from pathlib import Path
from typing import Any

from sqlalchemy import select

from bot import audit, outbox
from bot.contacts import contacts
from bot.database import Database
from bot.effects import Effects
from bot.invitations import invite_anew
from bot.office_setup import init_office, office_code
from bot.reports import roster_report
from bot.roster import (
    Change,
    RosterError,
    import_roster,
    officer_by_staff_no,
    read_roster,
)
from bot.sealing import KeyRing
from bot.service import Service, migrate
from bot.settings import Settings, read_settings
from bot.terminal import FINE, WrongUse, open_service, print_json
from bot.working_hours import USUAL_HOURS
from bot.world import World


def add_commands(commands: Any) -> None:
    office = commands.add_parser("office", help="set up the office that runs this bot")
    office_commands = office.add_subparsers(required=True, metavar="init")
    init = office_commands.add_parser("init", help="create or change the office and its area")
    init.add_argument(
        "--name", required=True, help="as in content/offices.csv, e.g. 'Kanim Ponorogo'"
    )
    init.add_argument("--code", default="", help="short code; made from the name if left out")
    init.add_argument("--regency", action="append", default=[], metavar="CODE",
                      help="a regency or kecamatan; of a Kanwil its provinces")  # fmt: skip
    init.add_argument(
        "--time-zone", default="", choices=["", "Asia/Jakarta", "Asia/Makassar", "Asia/Jayapura"]
    )
    init.add_argument("--kind", default="kanim", choices=["kanim", "kanwil"])
    init.add_argument(
        "--hours",
        default=USUAL_HOURS,
        help="e.g. 'Mon-Thu 07:30-12:00 13:00-16:00; Fri 07:30-11:30 13:00-16:30'",
    )
    init.add_argument("--ramadan-hours", default="", help="the same for Ramadan, if they differ")
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


def run_office_init(given: argparse.Namespace) -> int:
    settings = read_settings()
    if not given.dry_run:
        _make_key_ring(settings)
    fresh = given.dry_run and not settings.keyring_path.exists()
    service = open_service(settings, ring=KeyRing.fresh() if fresh else None)

    def init(connection: Any) -> list[Any]:
        return init_office(
            connection, service.office_list, service.gazetteer, name=given.name,
            code=given.code or office_code(given.name), regencies=tuple(given.regency),
            time_zone=given.time_zone, kind=given.kind, hours=given.hours,
            ramadan_hours=given.ramadan_hours, now=service.clock.now(),
        )  # fmt: skip

    return carry_out(service, init, given)


def _make_key_ring(settings: Settings) -> None:
    """A first key ring for a first database. A new one beside old data would shut all of it."""
    if settings.keyring_path.exists():
        return
    database = Database(settings.database_url)
    migrate(database)
    with database.read() as connection:
        used = connection.execute(select(contacts.c.id).limit(1)).first()
    database.close()
    if used:
        raise WrongUse(
            f"{settings.keyring_path} is missing, but the database holds what was sealed with it: "
            "restore the key ring from its backup"
        )
    KeyRing.load(settings.keyring_path, create=True)


def run_roster_import(given: argparse.Namespace) -> int:
    service = open_service()
    office = service.office()
    today = office.calendar.local(service.clock.now()).date()
    try:
        rows = read_roster(given.file, service.gazetteer, today)
    except RosterError as error:
        raise WrongUse(str(error)) from None
    return carry_out(
        service,
        lambda connection: import_roster(
            connection, service.ring, office.code, rows, service.clock.now()
        ),
        given,
    )


def run_roster_invite(given: argparse.Namespace) -> int:
    service = open_service()
    office, now = service.office(), service.clock.now()
    with service.database.write() as connection:
        officer_id = officer_by_staff_no(connection, office.code, given.staff_no)
        if officer_id is None:
            raise WrongUse(f"{given.staff_no}: no active officer with that staff_no")
        effects = Effects(connection, service, World(connection, service, None, now), now)
        code = invite_anew(effects, officer_id)
        outbox.queue(connection, effects.rows)
        audit.record(connection, now, actor="operator", action="invited",
                     subject=f"officer:{officer_id}")  # fmt: skip
    print_changes([Change("invited", f"{given.staff_no}: MASUK {code}")], given.json)
    return FINE


def run_roster_show(given: argparse.Namespace) -> int:
    for report in roster_report(open_service()):
        if given.json:
            print_json(report)
        else:
            state = "not enrolled"
            if report["enrolled"]:
                state = "enrolled" if report["key"] else "no key yet"
            print(f"{report['staff_no']:10} {report['name']:30} {state:13} {report['duties']}")
    return FINE


class _DryRun(Exception):
    """Takes a transaction back after its difference report was made."""


def carry_out(service: Service, work: Callable[[Any], list[Any]], given: argparse.Namespace) -> int:
    """Do it and print the difference; with --dry-run take it back."""
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
    print_changes(changes, given.json)
    if not given.json and given.dry_run:
        print("dry run: nothing was written")
    return FINE


def print_changes(changes: list[Any], as_json: bool) -> None:
    for change in changes:
        if as_json:
            print_json({"change": change.kind, "what": change.what})
        else:
            print(f"{change.kind:8} {change.what}")
    if not changes and not as_json:
        print("no difference")
