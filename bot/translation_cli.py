"""`kentongan content export`, `import` and `stamp`: words out to people who check them, and back."""

import argparse
import sys
from datetime import date, datetime
from pathlib import Path
from typing import Any

from bot.terminal import FINDING, FINE, WrongUse
from flows.languages import TRANSLATED


def add_commands(commands: Any) -> None:
    """Under `kentongan content`."""
    export = commands.add_parser("export", help="the texts to translate, in conversation order")
    what = export.add_mutually_exclusive_group(required=True)
    what.add_argument("--po", choices=TRANSLATED, help="one language as gettext, on stdout")
    what.add_argument("--xlsx", type=Path, metavar="FILE", help="all languages as a spreadsheet")
    export.set_defaults(command=run_export)
    taken = commands.add_parser("import", help="take a translated PO file or spreadsheet back")
    taken.add_argument("file", type=Path)
    taken.add_argument("--dry-run", action="store_true", help="show the difference, write nothing")
    taken.set_defaults(command=run_import)
    stamp = commands.add_parser(
        "stamp", help="record that a person has reviewed a lesson, or a native speaker a language"
    )
    read = stamp.add_mutually_exclusive_group(required=True)
    read.add_argument("file", type=Path, nargs="?", help="a lesson")
    read.add_argument("--language", choices=TRANSLATED)
    stamp.add_argument("--by", required=True, metavar="NAME")
    stamp.add_argument("--on", metavar="DATE")
    stamp.set_defaults(command=run_stamp)


def run_export(given: argparse.Namespace) -> int:
    from bot.translations import as_po, kept, write_xlsx
    from flows.conversations import load_catalog

    catalog = load_catalog()
    if given.po:
        sys.stdout.write(f"{as_po(catalog, given.po, kept(catalog, given.po))}\n")
        return FINE
    try:
        write_xlsx(catalog, given.xlsx)
    except OSError as error:
        raise WrongUse(f"--xlsx {given.xlsx}: {error.strerror or 'cannot be written'}") from None
    print(f"{given.xlsx}: written")
    return FINE


def run_import(given: argparse.Namespace) -> int:
    from bot.translations import Refused, read_back, write
    from flows.conversations import load_catalog

    catalog = load_catalog()
    try:
        changes = read_back(catalog, given.file)
    except Refused as refused:
        print(refused, file=sys.stderr)
        return FINDING
    for change in changes:
        print("\n".join(change.lines()))
    if given.dry_run or not changes:
        print(f"{len(changes)} texts differ; nothing was written")
        return FINE
    for path in write(catalog, changes):
        print(f"content/locale/{path.name}: written, awaits a native speaker's stamp")
    return FINE


def run_stamp(given: argparse.Namespace) -> int:
    try:
        on = date.fromisoformat(given.on) if given.on else datetime.now().astimezone().date()
    except ValueError:
        raise WrongUse(f"--on {given.on}: is no date such as 2026-11-22") from None
    try:
        file = _stamped(given, on)
    except ValueError as error:
        raise WrongUse(f"--by: {error}") from None
    print(f"{file}: reviewed by {given.by} on {on}")
    return FINE


def _stamped(given: argparse.Namespace, on: date) -> Path:
    from bot import content_check, translations

    if given.language:
        return translations.stamp(given.language, given.by, on)
    content_check.stamp(given.file, given.by, on)
    file: Path = given.file
    return file
