"""`kentongan group`: the groups of the office's villages, codes for new ones, and undoing one."""

import argparse
from typing import Any

import msgspec

from bot import audit, office_groups
from bot.not_allowed import NotAllowed
from bot.roster import officer_by_staff_no
from bot.terminal import FINE, Refusal, WrongUse, open_service, print_json
from flows.village_group import KINDS


def add_commands(commands: Any) -> None:
    group = commands.add_parser("group", help="the groups of the office's villages")
    parts = group.add_subparsers(required=True, metavar="list|invite|unbind")
    show = parts.add_parser("list", help="kind, channel, village, since when")
    show.set_defaults(command=run_list)
    invite = parts.add_parser("invite", help="a one-time code that binds a group to a village")
    invite.add_argument("--place", required=True, metavar="CODE", help="a village of the officer's")
    invite.add_argument("--kind", default="residents", choices=KINDS)
    invite.set_defaults(command=run_invite)
    unbind = parts.add_parser("unbind", help="the group is nobody's any more: no news goes there")
    unbind.add_argument("number", type=int)
    unbind.set_defaults(command=run_unbind)
    for added in (invite, unbind):
        added.add_argument("--as", dest="staff_no", required=True, metavar="STAFF_NO")
    for added in (show, invite, unbind):
        added.add_argument("--json", action="store_true")


def run_list(given: argparse.Namespace) -> int:
    service = open_service()
    now, office = service.clock.now(), service.office()
    with service.database.read() as connection:
        found = office_groups.listed(connection, service, office.code, None, now)
    for one in found:
        if given.json:
            print_json(dict(msgspec.to_builtins(one)))
            continue
        state = f" ({one.trouble})" if one.trouble else ""
        since = f"{one.since:%Y-%m-%d}"
        print(f"{one.number:5} {one.kind:12} {one.channel:9} since {since}  {one.place}{state}")
    return FINE


def run_invite(given: argparse.Namespace) -> int:
    service = open_service()
    now = service.clock.now()
    with service.database.write() as connection:
        officer_id = _officer(connection, service, given.staff_no)
        try:
            code = office_groups.invite(
                connection, service, officer_id, given.place, given.kind, now
            )
        except NotAllowed as refused:
            raise Refusal(f"{given.place}: {refused}") from None
        audit.record(connection, now, actor="operator", action="commanded:group_invite",
                     subject=f"officer:{officer_id}")  # fmt: skip
    if given.json:
        print_json({"place": given.place, "kind": given.kind, "code": code})
    else:
        print(f"add the bot to the group, then write there: /pasang {code}")
    return FINE


def run_unbind(given: argparse.Namespace) -> int:
    service = open_service()
    now = service.clock.now()
    with service.database.write() as connection:
        officer_id = _officer(connection, service, given.staff_no)
        try:
            office_groups.unbind(connection, service, officer_id, given.number, now)
        except LookupError:
            raise WrongUse(
                f"{given.number}: no group of {given.staff_no}'s places; see `kentongan group list`"
            ) from None
        audit.record(connection, now, actor="operator", action="commanded:group_unbind",
                     subject=f"group:{given.number}")  # fmt: skip
    if given.json:
        print_json({"unbound": given.number})
    else:
        print(f"group {given.number} is nobody's now")
    return FINE


def _officer(connection: Any, service: Any, staff_no: str) -> int:
    officer_id = officer_by_staff_no(connection, service.office().code, staff_no)
    if officer_id is None:
        raise WrongUse(
            f"--as {staff_no}: no active officer with that staff_no; see `kentongan roster show`"
        )
    return officer_id
