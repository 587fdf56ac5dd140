"""A voice that reads a card aloud: espeak-ng, or Piper where it is set up; as OGG/Opus.

Both channels play a voice note that is OGG/Opus in mono (channels.md 5). Only our own content is
ever spoken, so the programs run without the limits that strangers' files get.
"""

import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

SECONDS = 60.0
_OPUS = (
    "-v error -nostdin -f wav -i pipe:0 -ac 1 -ar 48000 -c:a libopus -b:a 24k -application voip "
    "-map_metadata -1 -fflags +bitexact -flags:a +bitexact -f ogg pipe:1"
)


class CannotSpeak(Exception):
    """A program failed, or there is none; the message says which."""


@dataclass(frozen=True, slots=True)
class Voice:
    """One way to speak. `command` takes words from stdin and writes a WAV to stdout."""

    name: str
    """Part of what names a sound file: another voice is another file."""
    command: tuple[str, ...]
    missing: str = ""
    """What this machine lacks for it, with the mend; empty when it can speak."""

    def say(self, words: str) -> bytes:
        """OGG/Opus, about 3 kB a second; blocks for a second or so. Raises CannotSpeak."""
        if self.missing:
            raise CannotSpeak(self.missing)
        sound = _run(self.command, words.encode())
        return _run(("ffmpeg", *_OPUS.split()), sound)


def espeak() -> Voice:
    """Robotic but clear, and 150 kB of Debian's data: it is there in every installation."""
    lacks = [name for name in ("espeak-ng", "ffmpeg") if shutil.which(name) is None]
    missing = f"apt-get install {' '.join(lacks)}" if lacks else ""
    # 140 words a minute: slower than its usual 175, since people listen to it on the way.
    command = ("espeak-ng", "-v", "id", "-s", "140", "-p", "40", "--stdin", "--stdout")
    return Voice("espeak-ng id 140", command, missing)


def piper(program: Path, model: Path) -> Voice:
    """Piper with a voice file (https://github.com/OHF-Voice/piper1-gpl)."""
    lacks = ""
    if shutil.which(program) is None:
        lacks = f"KENTONGAN_PIPER: {program} is no program"
    elif not model.is_file() or not Path(f"{model}.json").is_file():
        lacks = f"KENTONGAN_PIPER_VOICE: {model} or its .json is missing"
    elif shutil.which("ffmpeg") is None:
        lacks = "apt-get install ffmpeg"
    command = (str(program), "--model", str(model), "--output_file", "-")
    return Voice(f"piper {model.stem}", command, lacks)


def _run(command: tuple[str, ...], given: bytes) -> bytes:
    try:
        done = subprocess.run(
            command, input=given, capture_output=True, timeout=SECONDS, check=False
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise CannotSpeak(f"{command[0]}: {type(error).__name__}") from None
    if done.returncode or not done.stdout:
        raise CannotSpeak(f"{command[0]}: exit {done.returncode}")
    return done.stdout
