"""`kentongan partners`: whom an office may turn to, from its own file and the shipped directory."""

import argparse
import dataclasses
from pathlib import Path
from typing import Any

from bot import partners
from bot.office_cli import carry_out, print_changes
from bot.partner_import import PartnerFileError, import_partners, invite, read_partners
from bot.roster import Change
from bot.terminal import FINE, WrongUse, open_service, print_json
from flows.partners import CONCERNS


def add_commands(commands: Any) -> None:
    group = commands.add_parser("partners", help="police, BP3MI, Babinsa and others of an area")
    parts = group.add_subparsers(required=True, metavar="import|invite|show")
    load = parts.add_parser("import", help="make the office's partners what a CSV file says")
    load.add_argument("file", type=Path)
    load.add_argument("--dry-run", action="store_true", help="show the difference, write nothing")
    load.set_defaults(command=run_import)
    again = parts.add_parser("invite", help="a new enrolment code; the old chat is shut out")
    again.add_argument("key")
    again.set_defaults(command=run_invite)
    show = parts.add_parser("show", help="who may help with a place, best first")
    show.add_argument("--place", required=True, metavar="CODE", help="35.02.02.2009, or my, tw …")
    show.add_argument("--for", dest="concern", default="", choices=["", *CONCERNS])
    show.set_defaults(command=run_show)
    for added in (load, again, show):
        added.add_argument("--json", action="store_true")


def run_import(given: argparse.Namespace) -> int:
    service = open_service()
    office, now = service.office(), service.clock.now()
    try:
        rows = read_partners(given.file, service.gazetteer, service.today(now))
        return carry_out(
            service,
            lambda connection: import_partners(connection, service.ring, office.code, rows, now),
            given,
        )
    except PartnerFileError as error:
        raise WrongUse(str(error)) from None


def run_invite(given: argparse.Namespace) -> int:
    service = open_service()
    office, now = service.office(), service.clock.now()
    try:
        with service.database.write() as connection:
            code = invite(connection, service.ring, office.code, given.key, now)
    except PartnerFileError as error:
        raise WrongUse(str(error)) from None
    print_changes([Change("invited", f"{given.key}: MITRA {code}")], given.json)
    return FINE


def run_show(given: argparse.Namespace) -> int:
    service = open_service()
    if service.gazetteer.place(given.place) is None:
        raise WrongUse(f"--place {given.place}: no such code in the Kemendagri list or countries")
    office, today = service.office(), service.today(service.clock.now())
    with service.database.read() as connection:
        found = partners.for_place(
            connection, service.partner_directory, service.gazetteer, office_code=office.code,
            code=given.place, concern=given.concern, today=today,
        )  # fmt: skip
    for one in found:
        if given.json:
            print_json(dataclasses.asdict(one) | {"reached_by": one.reached_by})
            continue
        marks = "".join([" (past its review date)" if one.stale else "",
                         " (in chat)" if one.enrolled else ""])  # fmt: skip
        print(f"{one.kind:15} {one.name}{f', {one.area}' if one.area else ''}{marks}")
        print(f"{'':15} {one.reason}")
        print(f"{'':15} {one.reached_by}  [{one.source or 'no source given'}]")
    return FINE
