"""What may be kept of evidence: cleaned in a limited process of its own (`bot/keep_media.py`).

Nothing here writes a file or trusts a name. Held in memory only, until it is sealed.
"""

import shutil
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from bot import limited
from bot.keep_media import MAX_BYTES, MOST_KEPT, UNKNOWN
from bot.read_picture import DAMAGED, TOO_LARGE

__all__ = ["MAX_BYTES", "MOST_KEPT", "Kept", "keep", "missing"]

ROOT = Path(__file__).resolve().parent.parent
_START = "import sys; sys.path.insert(0, sys.argv[1]); from bot.keep_media import main; main()"

Outcome = Literal["kept", "unknown", "too_large", "damaged", "not_fetched"]
_EXITS: dict[int, Outcome] = {UNKNOWN: "unknown", TOO_LARGE: "too_large", DAMAGED: "damaged"}


@dataclass(frozen=True, slots=True)
class Kept:
    """What became of one file; `data` only when it is `kept`."""

    outcome: Outcome
    media_type: str = ""
    as_it_came: bool = False
    """Not made anew: its tags, and whatever else was in it, are still there."""
    data: bytes = field(default=b"", repr=False)


def missing() -> str:
    """What this machine lacks to clean everything; those files are then kept as they came."""
    lacks = [
        package
        for program, package in (("ffmpeg", "ffmpeg"), ("pdftoppm", "poppler-utils"))
        if shutil.which(program) is None
    ]
    return f"apt-get install {' '.join(lacks)}" if lacks else ""


def command() -> list[str]:
    return [sys.executable, "-I", "-c", _START, str(ROOT)]


def keep(data: bytes) -> Kept:
    """Clean one file; blocks for a second or so, `limited.SECONDS` at most."""
    if len(data) > MAX_BYTES:
        return Kept("too_large")
    status, out = limited.run(command(), data, MOST_KEPT + 200)
    if status:
        return Kept(_EXITS.get(status, "damaged"))
    head, _, cleaned = out.partition(b"\n")
    media_type, _, label = head.decode().partition(" ")
    return Kept("kept", media_type, label == "asli", cleaned)
