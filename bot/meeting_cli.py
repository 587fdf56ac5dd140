"""`kentongan meeting`: village meetings without a chat: planned, listed, called off, reported."""

import argparse
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import Connection

from bot import meeting_effects, meeting_report, meetings, outbox
from bot.effects import Effects
from bot.not_allowed import NotAllowed
from bot.roster import officer_by_staff_no
from bot.service import Service
from bot.terminal import FINE, WrongUse, open_service, parse_time, print_json, print_report
from bot.world import World
from flows.meeting_plan import MeetingEnded, MeetingPlan, MeetingPlanned, MeetingReport, MeetingView
from flows.meeting_times import USUAL


def add_commands(commands: Any) -> None:
    meeting = commands.add_parser("meeting", help="village meetings: invitation, questions, report")
    kinds = meeting.add_subparsers(required=True, metavar="add|list|cancel|report")
    add = kinds.add_parser("add", help="plan one and invite the village, as that officer")
    add.add_argument("--place", required=True, metavar="CODE", help="the village's Kemendagri code")
    add.add_argument("--title", required=True)
    add.add_argument("--where", required=True, help="in the village, e.g. 'Balai desa'")
    add.add_argument("--at", required=True, metavar="TIME", help="ISO 8601 with offset")
    add.add_argument("--until", metavar="TIME", help="two hours later if left out")
    add.add_argument("--speakers", default="", help="by their office, nobody by name")
    add.set_defaults(command=run_add)
    shown = kinds.add_parser("list", help="those that are not over with")
    shown.add_argument("--all", action="store_true", help="also those that are")
    shown.set_defaults(command=run_list)
    cancel = kinds.add_parser("cancel", help="call one off: everybody who was invited is told")
    cancel.add_argument("number", type=int, metavar="N")
    cancel.set_defaults(command=run_cancel)
    report = kinds.add_parser("report", help="one page for the office, without anybody's name")
    report.add_argument("number", type=int, metavar="N")
    report.add_argument("--to", type=Path, metavar="FILE.pdf")
    report.set_defaults(command=run_report)
    for added in (add, cancel):
        added.add_argument("--as", dest="staff_no", required=True, metavar="STAFF_NO",
                           help="the officer who does it")  # fmt: skip
    for added in (add, shown, cancel, report):
        added.add_argument("--json", action="store_true")


def run_add(given: argparse.Namespace) -> int:
    starts_at = parse_time(given.at)
    ends_at = parse_time(given.until) if given.until else starts_at + USUAL
    if not timedelta(0) < ends_at - starts_at <= timedelta(days=1):
        raise WrongUse("--until: after --at, and within a day")
    plan = MeetingPlan(
        given.place, given.title, given.where, starts_at, ends_at, given.speakers
    )  # fmt: skip

    def act(effects: Effects, officer_id: int) -> dict[str, Any]:
        place = effects.world.place(plan.place_code)
        if place is None or place.level != "village":
            raise WrongUse(f"--place {plan.place_code}: is no village")
        # Planned once more by mistake, it is the same meeting.
        nonce = f"cli:{officer_id}:{plan.place_code}:{starts_at.isoformat()}:{plan.title}"
        planned = MeetingPlanned(plan, nonce)
        number = meeting_effects.by_officer(effects, officer_id, planned)
        invited = meetings.invitation_of(effects.connection, number)
        return {"meeting": number, "invitation": invited.id if invited else None}

    return _act(given, act)


def run_cancel(given: argparse.Namespace) -> int:
    def act(effects: Effects, officer_id: int) -> dict[str, Any]:
        meeting_effects.by_officer(effects, officer_id, MeetingEnded(given.number, "cancel"))
        return {"meeting": given.number, "status": "cancelled"}

    return _act(given, act)


def _act(given: argparse.Namespace, act: Callable[[Effects, int], dict[str, Any]]) -> int:
    """In one transaction as that officer, whose rights are asked like in the chat."""
    service = open_service()
    now = service.clock.now()
    try:
        with service.database.write() as connection:
            effects = Effects(connection, service, World(connection, service, None, now), now)
            done = act(effects, _officer(connection, service, given.staff_no))
            outbox.queue(connection, effects.rows)
    except NotAllowed as refused:
        raise WrongUse(_in_words(service, str(refused))) from None
    finally:
        service.close()
    print_report(done, given.json)
    return FINE


def _officer(connection: Connection, service: Service, staff_no: str) -> int:
    for code in service.offices():
        officer_id = officer_by_staff_no(connection, code, staff_no)
        if officer_id is not None:
            return officer_id
    raise WrongUse(f"--as {staff_no}: no officer has this number; see `kentongan roster show`")


def _in_words(service: Service, key: str) -> str:
    wording = service.catalog.wording
    if key in wording and "{" not in wording.raw(key):
        return " ".join(wording.say(key).split())
    return key


def run_list(given: argparse.Namespace) -> int:
    service = open_service()
    now = service.clock.now()
    with service.database.read() as connection:
        rows = [
            row
            for code in service.offices()
            for row in meetings.of_office(connection, code, every=given.all)
        ]
        views = [_view(service, row, now) for row in rows]
    for view in views:
        print_report(
            {
                "meeting": view.number, "status": view.status, "village": view.village,
                "title": view.plan.title, "where": view.plan.where,
                "starts_at": view.plan.starts_at.isoformat(),
            },
            given.json,
        )  # fmt: skip
    if not views and not given.json:
        print("no meetings")
    service.close()
    return FINE


def run_report(given: argparse.Namespace) -> int:
    service = open_service()
    now = service.clock.now()
    with service.database.write() as connection:
        row = meetings.by_number(connection, given.number)
        if row is None:
            raise WrongUse(f"{given.number}: there is no such meeting")
        view = _view(service, row, now)
        report = meeting_report.of(connection, service, given.number, view)
        meetings.reported(connection, given.number, now)
    if given.to:
        _write(report, service.office_of(row.office_code).name, given.to)
    if given.json:
        print_json(meeting_report.as_json(report))
    elif not given.to:
        print(report.meeting.plan.title)
        for heading, text in meeting_report.lines(report):
            print(f"{heading}: {text}")
    else:
        print(f"written: {given.to}")
    service.close()
    return FINE


def _view(service: Service, row: Any, now: datetime) -> MeetingView:
    place = service.gazetteer.place(row.place_code)
    return meetings.view_of(service, row, place.name if place else row.place_code, now)


def _write(report: MeetingReport, office: str, to: Path) -> None:
    from bot.meeting_pdf import pdf
    from bot.picture_cards import CannotDraw

    if to.suffix != ".pdf":
        raise WrongUse(f"--to {to}: must end in .pdf")
    try:
        to.write_bytes(pdf(report, office))
    except (OSError, CannotDraw) as error:
        raise WrongUse(f"--to {to}: {error}") from None
