"""What is written in a picture: Tesseract in a limited process of its own (`bot/read_picture.py`).

The picture's bytes are held in memory alone: they go into the process by a memfd, and what comes
back is text. Nothing here writes a file, logs a word of what was read, or trusts a picture's name.
"""

import contextlib
import os
import shutil
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Literal

from bot.read_picture import DAMAGED, MAX_BYTES, NO_PICTURE, TOO_LARGE

__all__ = ["MAX_BYTES", "Read", "missing", "read", "version"]

SECONDS = 30.0
"""By the wall clock, for a machine so busy that the process's own 20 CPU seconds take long."""
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


def read(picture: bytes) -> Read:
    """Read one picture; blocks for a second or so, `SECONDS` at most."""
    if len(picture) > MAX_BYTES:
        return Read("too_large")
    status, out = _run(picture, "+".join(wanted()))
    if status:
        return Read(_EXITS.get(status, "too_hard"))
    text = "\n".join(_lines(out.decode("utf-8", "replace")))[:MOST_CHARACTERS]
    if sum(letter.isalpha() for letter in text) < FEWEST_LETTERS:
        return Read("nothing")
    return Read("read", text)


def _run(picture: bytes, wanted: str) -> tuple[int, bytes]:
    """The program's exit status and output; whatever it starts or does, it ends in time."""
    memory = os.memfd_create("picture")
    try:
        with open(memory, "wb", closefd=False) as file:
            file.write(picture)
        os.lseek(memory, 0, os.SEEK_SET)
        process = subprocess.Popen(
            [sys.executable, "-I", str(PROGRAM), wanted],
            stdin=memory, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
            env=_environment(), cwd="/", start_new_session=True,
        )  # fmt: skip
    finally:
        os.close(memory)
    assert process.stdout is not None
    ending = threading.Timer(SECONDS, _end, [process])
    ending.start()
    try:
        with process.stdout:
            out = process.stdout.read(MOST_OUT)
    finally:
        ending.cancel()
        if process.poll() is None and len(out) == MOST_OUT:
            _end(process)
        process.wait()
    return process.returncode, out


def _end(process: "subprocess.Popen[bytes]") -> None:
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)


def _environment() -> dict[str, str]:
    """Nothing of ours: no token is in reach of a picture that breaks out of its decoder."""
    kept = {name: os.environ[name] for name in ("PATH", "TESSDATA_PREFIX") if name in os.environ}
    return {"LC_ALL": "C.UTF-8", "OMP_THREAD_LIMIT": "1", **kept}


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
