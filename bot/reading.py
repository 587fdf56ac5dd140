"""What is written in a picture: Tesseract in a limited process of its own (`bot/read_picture.py`).

The picture's bytes are held in memory alone: they go into the process by a memfd, and what comes
back is text. Nothing here writes a file, logs a word of what was read, or trusts a picture's name.
"""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Literal

from bot import limited
from bot.limited import SECONDS
from bot.read_picture import DAMAGED, MAX_BYTES, NO_PICTURE, TOO_LARGE

__all__ = ["MAX_BYTES", "SECONDS", "Read", "missing", "read", "version"]

MOST_OUT = 1024 * 1024
MOST_CHARACTERS = 3000
SURE = 40.0
"""Tesseract's confidence below which a word is not believed: leaves and faces come out so."""
FEWEST_LETTERS = 8
"""Fewer in a whole picture are no poster and no chat."""
PROGRAM = Path(__file__).with_name("read_picture.py")
PACKAGES = "tesseract-ocr tesseract-ocr-ind"

Outcome = Literal[
    "read", "nothing", "no_picture", "too_large", "damaged", "too_hard", "not_fetched"
]
_EXITS: dict[int, Outcome] = {
    NO_PICTURE: "no_picture",
    TOO_LARGE: "too_large",
    DAMAGED: "damaged",
}


@dataclass(frozen=True, slots=True)
class Read:
    """What became of a picture; the words are never in its repr."""

    outcome: Outcome
    text: str = field(default="", repr=False)


@cache
def languages() -> tuple[str, ...]:
    """What Tesseract on this machine can read; empty where there is no Tesseract."""
    try:
        listed = subprocess.run(
            ["tesseract", "--list-langs"], capture_output=True, text=True, timeout=20, check=True
        )
    except (OSError, subprocess.SubprocessError):
        return ()
    return tuple(line.strip() for line in listed.stdout.splitlines()[1:])


def wanted() -> tuple[str, ...]:
    """Posters mix both; English comes with Debian's tesseract-ocr."""
    return ("ind", "eng") if "eng" in languages() else ("ind",)


def missing() -> str:
    """What this machine lacks to read pictures, with the mend; empty when it can."""
    if not hasattr(os, "memfd_create"):
        return "reading pictures needs Linux"
    if shutil.which("tesseract") is None:
        return f"Tesseract is not installed: apt-get install {PACKAGES}"
    if "ind" not in languages():
        return f"Tesseract has no Indonesian: apt-get install {PACKAGES}"
    return ""


def version() -> str:
    told = subprocess.run(["tesseract", "--version"], capture_output=True, text=True, check=False)
    return told.stdout.partition("\n")[0] or "tesseract"


def command() -> list[str]:
    return [sys.executable, "-I", str(PROGRAM), "+".join(wanted())]


def read(picture: bytes) -> Read:
    """Read one picture; blocks for a second or so, `SECONDS` at most."""
    if len(picture) > MAX_BYTES:
        return Read("too_large")
    status, out = limited.run(command(), picture, MOST_OUT)
    if status:
        return Read(_EXITS.get(status, "too_hard"))
    text = "\n".join(_lines(out.decode("utf-8", "replace")))[:MOST_CHARACTERS]
    if sum(letter.isalpha() for letter in text) < FEWEST_LETTERS:
        return Read("nothing")
    return Read("read", text)


def _lines(table: str) -> Iterator[str]:
    """The believed words, line by line, in the order of the page."""
    place: tuple[str, ...] = ()
    words: list[str] = []
    for row in table.splitlines()[1:]:
        level, *where, text = row.split("\t")
        if level != "5" or float(where[9]) < SURE or not text.strip():
            continue
        if tuple(where[:4]) != place and words:
            yield " ".join(words)
            words = []
        place = tuple(where[:4])
        words.append(text.strip())
    if words:
        yield " ".join(words)
