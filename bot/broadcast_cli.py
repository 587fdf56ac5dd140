"""`kentongan broadcast`: what officers do with broadcasts in chat and console, on the command line.

`--as` names the officer whose rights count; the log says that it was the operator who typed it.
"""

import argparse
import secrets
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date, datetime
from pathlib import Path
from typing import Any

import msgspec
from sqlalchemy import Connection

from bot import audit, keeping
from bot.broadcast_draft import Draft, DraftError
from bot.broadcast_shown import Count, Seen, Shown, listed, shown_by_number
from bot.officer_at_work import Declined
from bot.officer_broadcasts import OfficerBroadcasts
from bot.roster import officer_by_staff_no
from bot.service import Service
from bot.shelf import CannotMake
from bot.terminal import (
    FINDING,
    FINE,
    WRONG_USE,
    Refusal,
    WrongUse,
    open_service,
    parse_time,
    print_json,
    show_progress,
)
from flows.departure_facts import WAYS
from flows.languages import NAMES
from flows.times import say_time

NOT_YET = "nothing was sent: the same command with --yes sends it"


def add_commands(commands: Any) -> None:
    group = commands.add_parser("broadcast", help="messages to villages: who, when, what it costs")
    parts = group.add_subparsers(required=True, metavar="preview|send|…|list|show|watch")

    def add(name: str, run: Callable[[argparse.Namespace], int], help: str) -> Any:
        added = parts.add_parser(name, help=help, description=help)
        added.set_defaults(command=run)
        added.add_argument("--json", action="store_true")
        return added

    _add_plan(add("preview", run_preview, "who would get it, when, at what price; sends nothing"))
    send = add("send", run_send, "send it, or propose it where a second person has to approve")
    _add_plan(send)
    correct = add("correct", run_correct, "put right what a broadcast said, for all who got it")
    _add_number(correct)
    correct.add_argument("--text", required=True, help="- reads it from stdin")
    for added in (send, correct):
        added.add_argument("--yes", action="store_true", help="the preview was read")
    for act, help in _ACTS.items():
        added = add(act, run_act, help)
        added.set_defaults(act=act)
        _add_number(added)
        if act in ("reject", "withdraw"):
            added.add_argument("--text", required=act == "withdraw", default="",
                               help="why; of a withdrawal what people are told; - reads stdin")  # fmt: skip
    add("list", run_list, "the office's open ones, then the last that ended")
    add("show", run_show, "one, with its counts").add_argument("number", type=int)
    watch = add("watch", run_watch, "how far it is, until it ends; then its report")
    watch.add_argument("number", type=int)
    watch.add_argument("--every", type=float, default=2.0, metavar="SECONDS")


_ACTS = {
    "approve": "the second person says yes",
    "reject": "the second person says no",
    "pause": "nothing more leaves until it is resumed",
    "resume": "go on after a pause",
    "cancel": "nothing more leaves, for good",
    "withdraw": "stop it, and tell all who got it that it no longer holds",
}


def _add_number(parser: Any) -> None:
    parser.add_argument("number", type=int)
    parser.add_argument("--as", dest="staff_no", required=True, metavar="STAFF_NO")


def _add_plan(parser: Any) -> None:
    add = parser.add_argument
    add("--as", dest="staff_no", required=True, metavar="STAFF_NO")
    add("--text", required=True, help="- reads it from stdin")
    add("--place", nargs="+", required=True, metavar="CODE", help="villages, kecamatan, regencies")
    add("--to", default="residents", choices=["residents", "coordination"])
    add("--language", nargs="+", default=[], choices=NAMES)
    add("--way", nargs="+", default=[], choices=WAYS, help="of going abroad, by kept plans")
    add("--lesson", default="", metavar="ID", help="only who has finished it")
    add("--at", metavar="TIME", help="not before; ISO 8601 with offset")
    add(
        "--template",
        default="",
        metavar="NAME",
        help="another than its kind has, outside the window",
    )
    add("--photo", type=Path, metavar="FILE")
    add("--warning", action="store_true", help="needs --source, --source-date and --until")
    add("--source", default="")
    add("--source-date", type=_day, metavar="YYYY-MM-DD")
    add("--act", default="", metavar="NUMBER", help="of the official act that names a company")
    add("--until", metavar="TIME", help="when the warning runs out; ISO 8601 with offset")
    add("--danger", action="store_true", help="to life: the warning may go at night")


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text[:20]}: is no day such as 2026-11-20") from None


# ---- commands


def run_preview(given: argparse.Namespace) -> int:
    draft = _draft(given)
    _photo(given)  # one that can't be sent is told now
    with _sitting(given, writes=False) as sitting:
        seen = sitting.mine.look(sitting.mine.plan(draft))
    _print_seen(seen, given.json)
    return FINDING if seen.problems else FINE


def run_send(given: argparse.Namespace) -> int:
    return _send(given, _draft(given))


def run_correct(given: argparse.Namespace) -> int:
    return _send(given, Draft(text=_text(given.text), corrects=given.number))


def _send(given: argparse.Namespace, draft: Draft) -> int:
    number, photo = 0, _photo(given)
    with _sitting(given, writes=given.yes) as sitting:
        mine = sitting.mine
        plan = mine.plan(draft)
        seen = mine.look(plan)
        if given.yes and not seen.problems:
            if photo:
                plan = replace(plan, photo=_on_shelf(sitting.service, photo))
            number = mine.order(plan, secrets.token_hex(16))
            sitting.note("send", number)
            found = mine.find(number)
    if not number:
        _print_seen(seen, given.json)
        if not seen.problems:
            print(NOT_YET, file=sys.stderr)
        return FINDING if seen.problems else WRONG_USE
    assert found is not None
    _print_shown(found, given.json)
    return FINE


def run_act(given: argparse.Namespace) -> int:
    words = _text(given.text) if hasattr(given, "text") else ""
    with _sitting(given) as sitting:
        try:
            sitting.mine.act(given.number, given.act, words, secrets.token_hex(16))
        except LookupError:
            raise _no_such(given.number) from None
        sitting.note(given.act, given.number)
        found = sitting.mine.find(given.number)
    assert found is not None
    _print_shown(found, given.json)
    return FINE


def run_list(given: argparse.Namespace) -> int:
    service = open_service()
    now, office = service.clock.now(), service.office()
    with service.database.read() as connection:
        found = listed(connection, service, office.code, now)
    for one in found:
        if given.json:
            print_json(_builtins(one))
            continue
        far = f"{one.done}/{one.of}" if one.of else "-"
        words = " ".join(one.text.split())[:48]
        print(f"{one.number:5} {one.status:10} {far:>13} {one.kind:10} {one.author:24} {words}")
    return FINE


def run_show(given: argparse.Namespace) -> int:
    _print_shown(_look_up(open_service(), given.number), given.json)
    return FINE


def run_watch(given: argparse.Namespace) -> int:
    service, before = open_service(), (0, 0)
    while (found := _look_up(service, given.number)).is_open:
        if (found.done, found.of) != before:
            before = found.done, found.of
            show_progress(f"broadcast {found.number}", *before)
        wait(given.every)
    if found.of and before != (found.done, found.of):
        show_progress(f"broadcast {found.number}", found.done, found.of)
    _print_shown(found, given.json)
    return FINE


wait = time.sleep


# ---- who, and in which transaction


@dataclass(frozen=True, slots=True)
class _Sitting:
    """One command's transaction, and the officer in it."""

    mine: OfficerBroadcasts
    connection: Connection
    service: Service
    now: datetime

    def note(self, act: str, number: int) -> None:
        """That it was typed here: the officer's own line does not say so."""
        audit.record(self.connection, self.now, actor="operator", action=f"commanded:{act}",
                     subject=f"broadcast:{number}")  # fmt: skip


@contextmanager
def _sitting(given: argparse.Namespace, *, writes: bool = True) -> Iterator[_Sitting]:
    """Raises WrongUse for what can't be meant; ends the command with 1 for what is refused."""
    service = open_service()
    now, office = service.clock.now(), service.office()
    begin = service.database.write if writes else service.database.read
    try:
        with begin() as connection:
            officer_id = officer_by_staff_no(connection, office.code, given.staff_no)
            if officer_id is None:
                raise WrongUse(
                    f"--as {given.staff_no}: no active officer of {office.code} with that staff_no;"
                    " see `kentongan roster show`"
                )
            mine = OfficerBroadcasts(connection, service, officer_id, now)
            yield _Sitting(mine, connection, service, now)
    except DraftError as error:
        raise WrongUse(f"--{error}") from None
    except Declined as declined:
        raise Refusal(str(declined)) from None


def _look_up(service: Service, number: int) -> Shown:
    with service.database.read() as connection:
        found = shown_by_number(
            connection, service, service.office().code, number, service.clock.now()
        )
    if found is None:
        raise _no_such(number)
    return found


def _no_such(number: int) -> WrongUse:
    return WrongUse(f"{number}: the office has no such broadcast; see `kentongan broadcast list`")


# ---- what was given


def _draft(given: argparse.Namespace) -> Draft:
    return Draft(
        text=_text(given.text),
        places=given.place,
        kind="warning" if given.warning else "news",
        to=given.to,
        languages=given.language,
        ways=given.way,
        lesson=given.lesson,
        template=given.template,
        source=given.source,
        source_date=given.source_date,
        act=given.act,
        until=_moment("--until", given.until),
        danger=given.danger,
        at=_moment("--at", given.at),
    )


def _moment(option: str, text: str | None) -> datetime | None:
    try:
        return parse_time(text) if text else None
    except WrongUse as error:
        raise WrongUse(str(error).replace("--at", option, 1)) from None


def _text(text: str) -> str:
    return sys.stdin.read() if text == "-" else text


def _photo(given: argparse.Namespace) -> bytes:
    """Cleaned as evidence is; empty without one."""
    path: Path | None = getattr(given, "photo", None)
    if path is None:
        return b""
    try:
        kept = keeping.keep(path.read_bytes())
    except OSError as error:
        raise WrongUse(f"--photo {path}: {error.strerror}") from None
    if kept.media_type != "image/jpeg":
        raise WrongUse(f"--photo {path}: is no photo that can be cleaned; save it as JPEG")
    return kept.data


def _on_shelf(service: Service, photo: bytes) -> str:
    try:
        return service.shelf.keep_photo(photo)
    except CannotMake as error:
        raise WrongUse(f"KENTONGAN_MEDIA_DIR: {error}") from None


# ---- what is printed


def _builtins(value: Seen | Shown) -> dict[str, Any]:
    return dict(msgspec.to_builtins(value))


def _print_seen(seen: Seen, as_json: bool) -> None:
    if as_json:
        return print_json(_builtins(seen))
    lines = {
        "text": seen.text,
        "places": "; ".join(seen.places),
        "recipients": f"{seen.total}: {seen.groups} groups, {_said(seen.people) or '0 people'}",
        "languages": _said(seen.languages),
        "outside WhatsApp's 24 hours": _outside(seen),
        "over today's WhatsApp limit": str(seen.over_tier),
        "wrote STOP": str(seen.opted_out),
        "cost": _price(seen),
        "starts": seen.starts,
        "done by": seen.ends,
        "second person": "needed" if seen.needs_second else "not needed",
    }
    _print_lines(lines)
    for problem in seen.problems:
        print(problem, file=sys.stderr)


def _outside(seen: Seen) -> str:
    if not seen.outside_window:
        return "0"
    how = f"by the template {seen.template}" if seen.template else "parked until they write"
    return f"{seen.outside_window}, {how}{', a template asks them to' if seen.knock else ''}"


def _price(seen: Seen) -> str:
    said = f"at least US$ {seen.usd}"
    if seen.unpriced:
        said += f" (no dated price for {', '.join(seen.unpriced)})"
    return said + (" (a price is past its review date)" if seen.price_is_old else "")


def _print_shown(shown: Shown, as_json: bool) -> None:
    if as_json:
        return print_json(_builtins(shown))
    _print_lines(
        {
            "broadcast": f"{shown.number}, {shown.kind}, {shown.status}",
            "text": shown.text,
            "places": "; ".join(shown.places),
            "by": shown.author
            + (f", approved by {shown.approved_by}" if shown.approved_by else ""),
            "starts": say_time(shown.starts_at) if shown.starts_at else "",
            "ended": say_time(shown.ended_at) if shown.ended_at else "",
            "done": f"{shown.done} of {shown.of}" if shown.of else "",
            "counts": _said(shown.counts),
            "failed": _said(shown.failures),
            "answers": f"{shown.replies} wrote since, {shown.stops} of them STOP",
            "why": shown.why,
        }
    )


def _said(counts: tuple[Count, ...]) -> str:
    return ", ".join(f"{one.words} {one.number}" for one in counts)


def _print_lines(lines: dict[str, str]) -> None:
    for name, value in lines.items():
        if value:
            print(f"{name}: {value.replace(chr(10), chr(10) + '  ')}")
