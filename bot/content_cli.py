"""`kentongan content`: check, stamp, compare and count what the bot teaches."""

import argparse
from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path
from typing import Any

from bot import translation_cli
from bot.terminal import FINE, WrongUse, last_days, open_service, print_json
from flows.languages import TRANSLATED


def add_commands(commands: Any) -> None:
    content = commands.add_parser("content", help="lessons, texts and their review")
    names = content.add_subparsers(
        required=True, metavar="check|stamp|diff|funnel|curriculum|export|import"
    )
    check = names.add_parser("check", help="lint flows and content")
    check.add_argument("--json", action="store_true")
    check.add_argument("--database", action="store_true",
                       help="also name the places that are gone and where people still wait")  # fmt: skip
    check.set_defaults(command=run_check)
    stamp = names.add_parser("stamp", help="record that a person has reviewed these files, or a "
                             "native speaker a language")  # fmt: skip
    stamp.add_argument("file", type=Path, nargs="*", help="lessons or other files of content/")
    stamp.add_argument("--language", choices=TRANSLATED)
    stamp.add_argument("--by", required=True, metavar="NAME")
    stamp.add_argument("--on", metavar="DATE")
    stamp.set_defaults(command=run_stamp)
    diff = names.add_parser("diff", help="what people will read differently")
    diff.add_argument("old", metavar="A", help="a git revision, or a folder like content/")
    diff.add_argument("new", metavar="B", help="the same")
    diff.set_defaults(command=run_diff)
    funnel = names.add_parser("funnel", help="how far people get in each lesson, card by card")
    funnel.add_argument("--lesson", metavar="NAME")
    funnel.add_argument("--days", type=last_days, default=90, metavar="N")
    funnel.add_argument("--json", action="store_true")
    funnel.set_defaults(command=run_funnel)
    curriculum = names.add_parser("curriculum", help="the table of law, lessons and sources")
    curriculum.set_defaults(command=run_curriculum)
    translation_cli.add_commands(names)


def run_check(given: argparse.Namespace) -> int:
    from bot.content_check import run
    from bot.parked import parked

    waiting = list(parked(open_service())) if given.database else []
    return run(as_json=given.json, waiting=waiting)


def run_stamp(given: argparse.Namespace) -> int:
    if bool(given.file) == bool(given.language):
        raise WrongUse("say either the files that were read, or --language")
    try:
        on = date.fromisoformat(given.on) if given.on else datetime.now().astimezone().date()
    except ValueError:
        raise WrongUse(f"--on {given.on}: is no date such as 2026-11-22") from None
    try:
        for file, count in _stamped(given, on):
            texts = f", {count} texts" if count > 1 else ""
            print(f"{file}: reviewed by {given.by} on {on}{texts}")
    except ValueError as error:
        raise WrongUse(f"--by: {error}") from None
    return FINE


def _stamped(given: argparse.Namespace, on: date) -> Iterator[tuple[Path, int]]:
    """Each with its number of texts as soon as it is written: the next one may be refused."""
    from bot import reviews, translations

    for file in given.file:
        yield file, reviews.stamp(file, given.by, on)
    if given.language:
        yield translations.stamp(given.language, given.by, on), 1


def run_diff(given: argparse.Namespace) -> int:
    from bot.content_diff import compare

    for line in compare(given.old, given.new):
        print(line)
    return FINE


def run_funnel(given: argparse.Namespace) -> int:
    from bot.funnel import bars, rows_of

    service = open_service()
    today = service.today(service.clock.now())
    with service.database.read() as connection:
        rows = rows_of(connection, service.catalog.lessons, today, given.days, given.lesson)
    if given.json:
        for row in rows:
            print_json(row.as_dict())
    else:
        for line in bars(rows):
            print(line)
    return FINE


def run_curriculum(_: argparse.Namespace) -> int:
    from bot.curriculum_table import table
    from flows.curriculum import load_lessons

    print(table(load_lessons()), end="")
    return FINE
