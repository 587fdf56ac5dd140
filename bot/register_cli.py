"""`kentongan register`: import a list or a list of sanctions, and show which register counts."""

import argparse
import hashlib
import sys
from collections import Counter
from datetime import date, datetime
from pathlib import Path
from typing import Any

from sqlalchemy.exc import SQLAlchemyError

from bot import register_snapshots, watches
from bot.recruiters import Register
from bot.register_file import COLUMNS, Reading, read_register_file
from bot.register_import import (
    Imported,
    Origin,
    Overtaken,
    import_register,
    make_plan,
    plan_import,
)
from bot.register_rows import Observation, RegisterFileError
from bot.register_status import STATUSES, plain_status, status_of
from bot.sealing import KeyRing, SealBroken
from bot.service import Service
from bot.settings import Settings, read_settings
from bot.terminal import FINE, WrongUse, loaded, open_service, print_json

STOPPED = 130
"""What a shell expects of a command that Ctrl-C ended."""
TRIES = 3
_SHIPPED = "content/recruiters.csv, shipped with this release"


def add_commands(commands: Any) -> None:
    register = commands.add_parser("register", help="the licence register of recruiters (P3MI)")
    register_commands = register.add_subparsers(required=True, metavar="import|show")
    load = register_commands.add_parser("import", help="take over a list from a CSV or XLSX file")
    load.add_argument("file", type=Path)
    load.add_argument("--kind", choices=["list", "sanctions"], default="list",
                      help="list: replaces the listings; sanctions: replaces the sanctions")  # fmt: skip
    load.add_argument("--map", action="append", default=[], metavar="COLUMN=HEADING",
                      help=f"the file's name for a column, which is one of {', '.join(COLUMNS)}")  # fmt: skip
    load.add_argument("--source", default="", metavar="URL", help="where the file comes from")
    load.add_argument("--source-date", default="", metavar="DATE", help="the day it speaks of")
    load.add_argument("--status", action="append", default=[], metavar="STATUS | TEXT=STATUS",
                      help="the status of rows without that column, or what a text means")  # fmt: skip
    load.add_argument("--official", action="store_true",
                      help="the office's own export, no third party's copy")  # fmt: skip
    load.add_argument("--drop-share", type=float, metavar="0..1",
                      help="companies that may be gone at most (KENTONGAN_REGISTER_DROP_SHARE)")  # fmt: skip
    load.add_argument("--dry-run", action="store_true", help="show the difference, write nothing")
    load.set_defaults(command=run_import)
    show = register_commands.add_parser("show", help="snapshots, statuses, source, date")
    show.set_defaults(command=run_show)
    for added in (load, show):
        added.add_argument("--json", action="store_true")


def run_import(given: argparse.Namespace) -> int:
    try:
        return _run_import(given)
    except KeyboardInterrupt:
        print("stopped; `kentongan register show` says which register counts", file=sys.stderr)
        return STOPPED
    except RegisterFileError as error:
        raise WrongUse(str(error)) from None
    except SealBroken:
        raise WrongUse(
            "KENTONGAN_KEYRING_PATH: this key ring doesn't open what watchers left; nothing was done"
        ) from None
    except SQLAlchemyError as error:
        busy = "lock" in str(error).casefold()
        why = "is busy, somebody writes for long" if busy else f"failed ({type(error).__name__})"
        raise WrongUse(f"the database {why}; nothing was taken over, try again") from None


def _run_import(given: argparse.Namespace) -> int:
    settings = read_settings()
    if given.dry_run and not register_snapshots.is_there(settings.database_url):
        rows, imported = _rehearse(settings, given)
    else:
        service = _open()
        rows = _read(given, service.today(service.clock.now()))
        imported = _import(service, rows, given)
    counted = Counter(change.kind for change in imported.changes)
    for change in imported.changes:
        if given.json:
            print_json({"change": change.kind, "what": change.what})
        else:
            print(f"{change.kind:8} {change.what}")
    summary = {
        "snapshot": None if given.dry_run else imported.snapshot,
        "rows": len(rows),
        **{kind: counted[kind] for kind in ("new", "changed", "gone")},
        "watchers_told": 0 if given.dry_run else imported.told,
        "dry_run": given.dry_run,
    }
    print_json(summary) if given.json else _print_summary(summary, imported)
    return FINE


def _open() -> Service:
    """The register is public: where nobody watches a company it needs no key ring."""
    settings = read_settings()
    if settings.keyring_path.exists():
        return open_service(settings)
    service = open_service(settings, ring=KeyRing.fresh())
    with service.database.read() as connection:
        if watches.is_any(connection):
            raise WrongUse(
                f"{settings.keyring_path}: no key ring is there, and people wait to hear of a company; "
                "set KENTONGAN_KEYRING_PATH to the one of this database"
            )
    return service


def _rehearse(settings: Settings, given: argparse.Namespace) -> tuple[list[Observation], Imported]:
    """A dry run where no database is yet: it is compared with the shipped register."""
    today = datetime.now().astimezone().date()
    rows = _read(given, today)
    plan = make_plan(
        loaded(Register.load), None, rows, _origin(given), drop_share=_share(settings, given),
        today=today,
    )  # fmt: skip
    return rows, Imported(None, plan.changes, 0)


def _print_summary(summary: dict[str, Any], imported: Imported) -> None:
    counts = ", ".join(f"{summary[kind]} {kind}" for kind in ("new", "changed", "gone"))
    print(f"{summary['rows']} rows read: {counts}" if imported.changes else "no difference")
    if summary["dry_run"]:
        print(f"dry run: nothing was written; {imported.told} watchers would be told")
    elif imported.snapshot:
        print(f"snapshot {imported.snapshot}; {imported.told} watchers are told")


def _read(given: argparse.Namespace, today: date) -> list[Observation]:
    headings = dict(_heading(text) for text in given.map)
    if len(headings) < len(given.map):
        raise WrongUse("--map names one column twice: write each COLUMN once")
    means = dict(_meaning(text) for text in given.status if "=" in text)
    for_all = [text for text in given.status if "=" not in text]
    if len(for_all) > 1:
        raise WrongUse("--status: rows without that column can have one status only")
    reading = Reading(
        headings=headings,
        source=given.source,
        source_date=_day(given.source_date) if given.source_date else None,
        status="".join(for_all),
        statuses=means,
        third_party=not given.official,
        today=today,
    )
    return read_register_file(given.file, reading)


def _meaning(text: str) -> tuple[str, str]:
    found, _, status = text.rpartition("=")
    status = status.strip() if status.strip() in STATUSES else status_of(status)
    if not plain_status(found) or status not in STATUSES:
        raise WrongUse(f"--status {text}: write TEXT=STATUS, STATUS one of {', '.join(STATUSES)}")
    return plain_status(found), status


def _heading(text: str) -> tuple[str, str]:
    column, _, heading = text.partition("=")
    if column not in COLUMNS or not heading.strip():
        raise WrongUse(f"--map {text}: write COLUMN=HEADING, COLUMN one of {', '.join(COLUMNS)}")
    return column, heading


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise WrongUse(f"--source-date {text}: is no date such as 2026-11-22") from None


class _DryRun(Exception):
    """Takes a transaction back after its difference report was made."""


def _share(settings: Settings, given: argparse.Namespace) -> float:
    share: float | None = given.drop_share
    if share is not None and not 0 <= share <= 1:
        raise WrongUse(f"--drop-share {share}: write a share from 0 to 1, 0.2 for a fifth")
    return settings.register_drop_share if share is None else share


def _origin(given: argparse.Namespace) -> Origin:
    digest = hashlib.sha256(given.file.read_bytes()).digest()
    return Origin(given.kind, given.file.name, digest, third_party=not given.official)


def _import(service: Service, rows: list[Observation], given: argparse.Namespace) -> Imported:
    """The difference is worked out before the database is held, anew when another was faster."""
    share, origin = _share(service.settings, given), _origin(given)
    for _ in range(TRIES):
        now = service.clock.now()
        with service.database.read() as connection:
            plan = plan_import(connection, service, rows, origin, drop_share=share, now=now)
        imported = None
        try:
            with service.database.write() as connection:
                imported = import_register(
                    connection, service, rows, origin, drop_share=share, now=now, plan=plan
                )
                if given.dry_run:
                    raise _DryRun
        except Overtaken:
            continue
        except _DryRun:
            pass
        assert imported is not None
        return imported
    raise WrongUse("other imports were faster each time; nothing was taken over, try again")


def run_show(given: argparse.Namespace) -> int:
    service = _open()
    with service.database.read() as connection:
        register = service.register_now(connection)
        history = register_snapshots.history(connection)
    report = register_report(register, service.today(service.clock.now()))
    report["snapshots"] = [
        {
            "snapshot": row.id,
            "kind": row.kind,
            "file": row.file_name,
            "sha256": bytes(row.file_hash).hex(),
            "source": row.source,
            "source_date": row.source_date.isoformat(),
            "third_party": row.third_party,
            "rows": row.rows,
            "imported_at": row.imported_at.isoformat(timespec="seconds"),
        }
        for row in history
    ]
    print_json(report) if given.json else _print_show(report)
    return FINE


def register_report(register: Register, today: date) -> dict[str, Any]:
    """Of which day and source the register is, and how many rows have which status."""
    statuses = Counter(seen.on(today).status for seen in register.observations)
    listed = Counter(seen.row.source for seen in register.observations
                     if seen.row.status == "listed")  # fmt: skip
    return {
        "date": register.date.isoformat() if register.date else None,
        "stale": register.stale(today),
        "third_party": register.third_party,
        "source": listed.most_common(1)[0][0] if listed else "",
        "companies": len(register.index.by_fold),
        "statuses": dict(sorted(statuses.items())),
    }


def _print_show(report: dict[str, Any]) -> None:
    copy = "a third-party copy" if report["third_party"] else "an official export"
    stale = ", older than 30 days" if report["stale"] else ""
    print(f"register of {report['date']}, {copy}{stale}\nsource: {report['source']}")
    print(f"{report['companies']} companies; rows: "
          + ", ".join(f"{number} {status}" for status, number in report["statuses"].items()))  # fmt: skip
    for row in report["snapshots"]:
        whose = "copy" if row["third_party"] else "official"
        print(f"snapshot {row['snapshot']:4} {row['imported_at']} {row['kind']:9} {row['rows']:6} rows  "
              f"{row['source_date']} {whose:8} {row['file']}  {row['source']}")  # fmt: skip
    if not report["snapshots"]:
        print(f"no import yet: {_SHIPPED}")
