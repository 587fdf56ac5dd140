"""`kentongan register`: import a list or a list of sanctions, and show which register counts."""

import argparse
import hashlib
from collections import Counter
from datetime import date
from pathlib import Path
from typing import Any

from bot import register_snapshots
from bot.recruiters import Register
from bot.register_file import COLUMNS, Reading, read_register_file
from bot.register_import import Imported, Origin, import_register
from bot.register_rows import Observation, RegisterFileError
from bot.sealing import KeyRing
from bot.service import Service
from bot.settings import read_settings
from bot.terminal import FINE, WrongUse, open_service, print_json

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
    load.add_argument("--status", default="", help="the status of all rows without that column")
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
    service = _open()
    try:
        rows = read_register_file(given.file, _reading(given, service))
        imported = _import(service, rows, given)
    except RegisterFileError as error:
        raise WrongUse(str(error)) from None
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
    """The register is public: where nobody is kept yet it needs no key ring."""
    settings = read_settings()
    return open_service(settings, ring=None if settings.keyring_path.exists() else KeyRing.fresh())


def _print_summary(summary: dict[str, Any], imported: Imported) -> None:
    counts = ", ".join(f"{summary[kind]} {kind}" for kind in ("new", "changed", "gone"))
    print(f"{summary['rows']} rows read: {counts}" if imported.changes else "no difference")
    if summary["dry_run"]:
        print(f"dry run: nothing was written; {imported.told} watchers would be told")
    elif imported.snapshot:
        print(f"snapshot {imported.snapshot}; {imported.told} watchers are told")


def _reading(given: argparse.Namespace, service: Service) -> Reading:
    headings = dict(_heading(text) for text in given.map)
    return Reading(
        headings=headings,
        source=given.source,
        source_date=_day(given.source_date) if given.source_date else None,
        status=given.status,
        third_party=not given.official,
        today=service.today(service.clock.now()),
    )


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


def _import(service: Service, rows: list[Observation], given: argparse.Namespace) -> Imported:
    share = given.drop_share
    if share is not None and not 0 <= share <= 1:
        raise WrongUse(f"--drop-share {share}: write a share from 0 to 1, 0.2 for a fifth")
    origin = Origin(
        given.kind,
        given.file.name,
        hashlib.sha256(given.file.read_bytes()).digest(),
        third_party=not given.official,
    )
    imported = None
    try:
        with service.database.write() as connection:
            imported = import_register(
                connection, service, rows, origin, now=service.clock.now(),
                drop_share=service.settings.register_drop_share if share is None else share,
            )  # fmt: skip
            if given.dry_run:
                raise _DryRun
    except _DryRun:
        pass
    assert imported is not None
    return imported


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
