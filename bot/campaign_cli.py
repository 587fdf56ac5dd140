"""`kentongan campaign`, `poster`, `relay` and `kit`: how people come, and what others pass on."""

import argparse
from datetime import date, datetime
from io import BytesIO
from pathlib import Path
from typing import Any

from PIL import Image
from sqlalchemy import Connection

from bot import (
    campaign_effects,
    campaigns,
    outbox,
    picture_cards,
    posters,
    press_kit,
    relays,
    repeats,
)
from bot.effects import Effects
from bot.not_allowed import NotAllowed
from bot.picture_cards import CannotDraw
from bot.press_kit import NoKit
from bot.roster import officer_by_staff_no
from bot.sealing import new_receipt
from bot.service import Service
from bot.terminal import FINE, WrongUse, open_service, print_json
from bot.world import World
from flows.broadcast_names import contacts, persons
from flows.campaign_plan import KINDS, REPEATING, RepeatDecided, RepeatMade, RepeatPlan, read_code

WEEKDAYS = ("senin", "selasa", "rabu", "kamis", "jumat", "sabtu", "minggu")


def add_commands(commands: Any) -> None:
    _add_campaign(commands)
    poster = commands.add_parser("poster", help="a campaign's poster as PDF (A4)")
    poster.add_argument("code")
    poster.add_argument("--to", type=Path, required=True, metavar="FILE.pdf")
    poster.set_defaults(command=run_poster)
    kit = commands.add_parser("kit", help="what local media and schools get")
    press = kit.add_subparsers(required=True, metavar="press").add_parser(
        "press", help="sourced text, picture card and 30 seconds of radio"
    )
    press.add_argument("what", metavar="LESSON|BROADCAST")
    press.add_argument("--to", type=Path, required=True, metavar="DIR")
    press.set_defaults(command=run_press)
    _add_relay(commands)


def _add_campaign(commands: Any) -> None:
    group = commands.add_parser("campaign", help="join codes and news that repeats")
    parts = group.add_subparsers(required=True, metavar="add|list|pause|resume|stop|links|counts")
    add = parts.add_parser("add", help="a join code, or a campaign that speaks by itself")
    add.add_argument("--kind", default="poster", choices=[one for one in KINDS if one != "forward"])
    add.add_argument("--place", required=True, metavar="CODE", help="a village or a kecamatan")
    add.add_argument("--title", default="", help="of a join code")
    add.add_argument("--ends", default="", metavar="DATE", help="the code's last day")
    add.add_argument(
        "--as", dest="staff_no", default="", metavar="STAFF_NO", help="of lesson and hours: whose"
    )
    add.add_argument("--day", default="", help="of lesson senin … minggu; of hours 1 … 28")
    add.add_argument("--hour", type=int, default=9, choices=range(6, 20), metavar="6-19")
    add.set_defaults(command=run_add)
    listed = parts.add_parser("list", help="the office's campaigns, newest first")
    listed.set_defaults(command=run_list)
    for act in ("pause", "resume", "stop"):
        one = parts.add_parser(act, help=f"{act} a repeating campaign")
        one.add_argument("number", type=int)
        one.set_defaults(command=run_decide, act=act)
    links = parts.add_parser("links", help="the links of a code")
    links.add_argument("code")
    links.set_defaults(command=run_links)
    counts = parts.add_parser("counts", help="who came by a code, by day and without names")
    counts.add_argument("code")
    counts.set_defaults(command=run_counts)
    for added in (add, listed, links, counts):
        added.add_argument("--json", action="store_true")


def _add_relay(commands: Any) -> None:
    group = commands.add_parser("relay", help="admins of WhatsApp groups, who forward by hand")
    parts = group.add_subparsers(required=True, metavar="add|list|stop")
    add = parts.add_parser("add", help="a one-time code for one admin")
    add.add_argument("--place", required=True, metavar="CODE", help="the group's village")
    add.add_argument("--label", required=True, help="the group's name; nobody's name or number")
    add.set_defaults(command=run_relay_add)
    listed = parts.add_parser("list", help="who forwards, and which codes wait")
    listed.set_defaults(command=run_relay_list)
    listed.add_argument("--json", action="store_true")
    stop = parts.add_parser("stop", help="ask this admin for nothing any more")
    stop.add_argument("number", type=int)
    stop.set_defaults(command=run_relay_stop)


# ---- campaigns


def run_add(given: argparse.Namespace) -> int:
    service = open_service()
    _need_place(service, given.place)
    now = service.clock.now()
    with service.database.write() as connection:
        code = campaigns.new_code(connection)
        if given.kind in REPEATING:
            number, status = _add_repeating(connection, service, given, code, now)
        else:
            number, status = _add_code(connection, service, given, code, now), "active"
    links = campaigns.all_links(service, code)
    if given.json:
        print_json({"number": number, "code": code, "status": status, "links": links})
    else:
        waits = " (waits for a second officer: SETUJU KAMPANYE)" if status == "proposed" else ""
        print(f"campaign {number}: DAFTAR {code}{waits}", *links, sep="\n")
    return FINE


def _add_code(
    connection: Connection, service: Service, given: argparse.Namespace, code: str, now: datetime
) -> int:
    if not given.title.strip():
        raise WrongUse("--title: say what the code is for, e.g. 'Poster balai desa'")
    _need_nobody("--title", given.title)
    try:
        ends_on = date.fromisoformat(given.ends) if given.ends else None
    except ValueError:
        raise WrongUse(f"--ends {given.ends}: must be a day such as 2026-12-31") from None
    if ends_on and ends_on < service.office().calendar.local(now).date():
        raise WrongUse(f"--ends {given.ends}: that day is over")
    return campaigns.make(
        connection, code=code, kind=given.kind, place_code=given.place, title=given.title.strip(),
        office_code=service.office().code, officer_id=None, now=now, ends_on=ends_on,
    )  # fmt: skip


def _need_nobody(option: str, text: str) -> None:
    if found := [*persons(text), *contacts(text)]:
        raise WrongUse(f"{option}: no person's name and no number ({found[0]})")


def _add_repeating(
    connection: Connection, service: Service, given: argparse.Namespace, code: str, now: datetime
) -> tuple[int, str]:
    plan = RepeatPlan(given.kind, (given.place,), _day(given.kind, given.day), given.hour)
    officer_id = officer_by_staff_no(connection, service.office().code, given.staff_no)
    if officer_id is None:
        raise WrongUse(f"--as {given.staff_no}: no active officer of the office")
    try:
        effects = Effects(connection, service, World(connection, service, None, now), now)
        campaign_effects.by_officer(effects, officer_id, RepeatMade(plan, code, f"cli:{code}"))
        outbox.queue(connection, effects.rows)
    except NotAllowed as refused:
        raise WrongUse(_words(service, refused)) from None
    made = campaigns.by_code(connection, code)
    row = repeats.get(connection, made.id) if made else None
    assert row is not None, "it was just made"
    return row.id, row.status


def _day(kind: str, day: str) -> int:
    if kind == "lesson" and day.lower() in WEEKDAYS:
        return WEEKDAYS.index(day.lower())
    if kind == "hours" and day.isdecimal() and 1 <= int(day) <= 28:
        return int(day)
    wanted = ", ".join(WEEKDAYS) if kind == "lesson" else "1 to 28"
    raise WrongUse(f"--day {day}: of a {kind} campaign must be one of {wanted}")


def run_list(given: argparse.Namespace) -> int:
    service = open_service()
    with service.database.read() as connection:
        rows = campaigns.listed(connection, service.office().code)
        counted = campaigns.counted(connection, [row.id for row in rows])
        for row in rows:
            repeat = repeats.get(connection, row.id)
            report = {
                "number": row.id, "kind": row.kind, "code": row.code, "title": row.title,
                "place": row.place_code, "status": repeat.status if repeat else "",
                "next_at": repeat.next_at if repeat else None, **counted[row.id],
            }  # fmt: skip
            if given.json:
                print_json(report)
            else:
                print("  ".join(f"{name}={value}" for name, value in report.items() if value))
    return FINE


def run_decide(given: argparse.Namespace) -> int:
    service = open_service()
    try:
        with service.database.write() as connection:
            event = RepeatDecided(given.number, given.act)
            repeats.decide(connection, service, None, event, service.clock.now())
    except NotAllowed as refused:
        raise WrongUse(_words(service, refused)) from None
    print(f"campaign {given.number}: {given.act}")
    return FINE


def run_links(given: argparse.Namespace) -> int:
    service = open_service()
    row = _campaign(service, given.code)
    links = campaigns.all_links(service, row.code)
    if given.json:
        print_json({"code": row.code, "links": links})
    else:
        print(*links, sep="\n")
    return FINE


def run_counts(given: argparse.Namespace) -> int:
    service = open_service()
    row = _campaign(service, given.code)
    with service.database.read() as connection:
        days = campaigns.by_day(connection, row.id)
    for day, what, count in days:
        if given.json:
            print_json({"day": day, "what": what, "count": count})
        else:
            print(f"{day}  {what:8} {count}")
    return FINE


# ---- poster, kit


def run_poster(given: argparse.Namespace) -> int:
    service = open_service()
    row = _campaign(service, given.code)
    try:
        data = posters.of(service, row)
    except CannotDraw as error:
        raise WrongUse(str(error)) from None
    given.to.write_bytes(data)
    print(f"{given.to}: {row.title}, DAFTAR {row.code}")
    return FINE


def run_press(given: argparse.Namespace) -> int:
    service = open_service()
    try:
        with service.database.write() as connection:
            kit = press_kit.make(
                connection, service, given.what, service.office().code, service.clock.now()
            )
        picture = picture_cards.draw(kit.drawn)
    except NoKit as refused:
        raise WrongUse(_words(service, refused)) from None
    except CannotDraw as error:
        raise WrongUse(str(error)) from None
    given.to.mkdir(parents=True, exist_ok=True)
    (given.to / "berita.txt").write_text(f"{kit.article}\n", encoding="utf-8")
    (given.to / "radio.txt").write_text(f"{kit.script}\n", encoding="utf-8")
    (given.to / "kartu.png").write_bytes(picture)
    with Image.open(BytesIO(picture)) as drawn:
        drawn.convert("RGB").save(given.to / "kartu.jpg", "JPEG", quality=85)
    print(f"{given.to}: berita.txt, radio.txt ({kit.words} words), kartu.png, kartu.jpg")
    return FINE


# ---- admins who forward


def run_relay_add(given: argparse.Namespace) -> int:
    service = open_service()
    _need_place(service, given.place)
    _need_nobody("--label", given.label)
    code = new_receipt()[:9]
    with service.database.write() as connection:
        number = relays.invite(
            connection, service.ring, code, office_code=service.office().code,
            place_code=given.place, label=given.label, officer_id=None, now=service.clock.now(),
        )  # fmt: skip
    print(f"relay {number}: PENERUS {code}")
    return FINE


def run_relay_list(given: argparse.Namespace) -> int:
    service = open_service()
    with service.database.read() as connection:
        rows = relays.of_office(connection, service.office().code)
    for row in rows:
        state = relays.state_of(row)
        if given.json:
            print_json({"number": row.id, "place": row.place_code, "label": row.label,
                        "state": state})  # fmt: skip
        else:
            print(f"{row.id:4}  {row.place_code:15} {state:9} {row.label}")
    return FINE


def run_relay_stop(given: argparse.Namespace) -> int:
    service = open_service()
    with service.database.write() as connection:
        office, now = service.office().code, service.clock.now()
        if not relays.end(connection, given.number, office, None, now):
            raise WrongUse(f"relay {given.number}: the office has none of that number")
    print(f"relay {given.number}: ended")
    return FINE


# ---- what was typed


def _campaign(service: Service, code: str) -> Any:
    with service.database.read() as connection:
        row = campaigns.by_code(connection, read_code(code)) if read_code(code) else None
    if row is None or row.office_code != service.office().code:
        raise WrongUse(f"{code}: the office has no campaign of that code")
    return row


def _need_place(service: Service, code: str) -> None:
    place = service.gazetteer.place(code)
    if place is None or place.level not in ("village", "district"):
        raise WrongUse(f"--place {code}: must be the code of a village or a kecamatan")


def _words(service: Service, refused: Exception) -> str:
    """What the officers' chat says of it."""
    return service.catalog.wording.raw(str(refused)).strip()
