"""What every command of `kentongan` does the same way: open the service, print, refuse in one line."""

import json
import logging
import re
import sys
from argparse import ArgumentTypeError
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from typing import Any

from bot.sealing import KeyRing, KeyRingError
from bot.service import Service, migrate
from bot.settings import Settings, read_settings

FINE, FINDING, WRONG_USE = 0, 1, 2
BAR = 40
"""Letters of a progress bar."""


class WrongUse(Exception):
    """The command can't be carried out as it was given; the message is one line."""


class Refusal(Exception):
    """The bot does not do it; the message is what an officer reads in chat. Exit code 1."""


def begin_log(settings: Settings, form: str) -> None:
    """To stderr, without libraries' own remarks: fontTools names each letter of a poster's words."""
    logging.basicConfig(level=settings.log_level, format=form)
    for noisy in ("alembic", "apscheduler", "fontTools", "httpx", "python_multipart"):
        logging.getLogger(noisy).setLevel(logging.WARNING)


def open_service(settings: Settings | None = None, *, ring: KeyRing | None = None) -> Service:
    settings = settings or read_settings()
    begin_log(settings, "%(levelname)s %(name)s: %(message)s")
    ring = ring or KeyRing.load(settings.keyring_path)
    try:
        service = Service(settings, ring=ring)
        migrate(service.database, service.ring)
    except KeyRingError:
        raise
    except (OSError, ValueError) as error:
        raise WrongUse(str(error).splitlines()[0]) from None
    except Exception as error:
        raise WrongUse(f"KENTONGAN_DATABASE_URL: {type(error).__name__}: can't be opened") from None
    return service


def print_report(report: dict[str, Any], as_json: bool) -> None:
    if as_json:
        print_json(report)
    else:
        for name, value in report.items():
            if value is not None:
                print(f"{name}: {value}")
        print()


def print_json(value: dict[str, Any]) -> None:
    print(json.dumps(value, ensure_ascii=False, default=str), flush=True)


def texts_of(text: str) -> Iterator[str]:
    lines: Iterable[str] = sys.stdin if text == "-" else [text]
    return (line.rstrip("\n") for line in lines)


def parse_time(text: str) -> datetime:
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        raise WrongUse(
            f"--at {text}: is no ISO 8601 time such as 2026-11-23T09:00:00+07:00"
        ) from None
    if at.tzinfo is None:
        raise WrongUse(f"--at {text}: has no offset; write for example {text}+07:00")
    return at


def last_days(text: str) -> int:
    """How many days, for an option of argparse: one at least, ten years at most."""
    if not re.fullmatch(r"[1-9][0-9]{0,3}", text) or int(text) > 3650:
        raise ArgumentTypeError(f"{text[:20]}: between 1 and 3650 days")
    return int(text)


def loaded(load: Callable[[], Any]) -> Any:
    try:
        return load()
    except ValueError as error:
        raise WrongUse(str(error)) from None


def show_progress(what: str, done: int, of: int) -> None:
    """A bar on stderr, where somebody watches; the last step ends its line."""
    if sys.stderr.isatty():
        full = BAR * done // max(of, 1)
        end = "\n" if done >= of else ""
        print(f"\r{what} [{'#' * full:{BAR}}]", end=end, file=sys.stderr, flush=True)
