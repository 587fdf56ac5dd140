"""What is said in a voice note: faster-whisper in a limited process (`bot/hear_voice.py`).

An optional part: the package (extra `speech`) and the folder of a model that somebody has put
there. Without either, officers listen. The sound is held in memory alone and kept nowhere.
"""

import importlib.util
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from bot import limited
from bot.hear_voice import DAMAGED, MAX_BYTES, TOO_LONG, UNCLEAR

ROOT = Path(__file__).resolve().parent.parent
SECONDS = 60.0
"""By the wall clock; with the fetching before it, still inside a picture job's lease."""
MOST_OUT = 16 * 1024
PACKAGE = "faster_whisper"
FILES = ("model.bin", "config.json", "tokenizer.json")
PROMPT = (
    "Warga desa bertanya tentang kerja di luar negeri: PT, P3MI, PJTKI, calo, sponsor, lowongan, "
    "paspor, visa, kontrak, gaji, Disnaker, LTSA, BPJS, Taiwan, Hong Kong, Malaysia, Arab Saudi."
)
"""Words that Whisper would otherwise hear as others that sound alike."""
_START = (
    "import sys; sys.path[:0] = sys.argv[4:]; sys.path.insert(0, sys.argv[1]); "
    "from bot.hear_voice import main; main(*sys.argv[2:4])"
)

Outcome = Literal["heard", "unclear", "too_long", "too_large", "damaged", "too_hard", "not_fetched"]
_EXITS: dict[int, Outcome] = {TOO_LONG: "too_long", DAMAGED: "damaged", UNCLEAR: "unclear"}


@dataclass(frozen=True, slots=True)
class Heard:
    """What became of a voice note; the words are never in its repr."""

    outcome: Outcome
    text: str = field(default="", repr=False)


def missing(model: Path) -> str:
    """What this machine lacks to hear, with the mend; empty when it can."""
    if model == Path():
        return "KENTONGAN_SPEECH_MODEL is unset"
    if importlib.util.find_spec(PACKAGE) is None:
        return "faster-whisper is not installed: make install EXTRAS=speech"
    lacks = [name for name in FILES if not (model / name).is_file()]
    return f"KENTONGAN_SPEECH_MODEL: {model} has no {', '.join(lacks)}" if lacks else ""


def command(model: Path, *paths: str) -> list[str]:
    """`paths` are looked at first for the package."""
    return [sys.executable, "-I", "-c", _START, str(ROOT), str(model.resolve()), PROMPT, *paths]


def listen(sound: bytes, started_by: list[str]) -> Heard:
    """Hear one voice note; blocks for some seconds, `SECONDS` at most."""
    if len(sound) > MAX_BYTES:
        return Heard("too_long")
    status, out = limited.run(started_by, sound, MOST_OUT, seconds=SECONDS, HF_HUB_OFFLINE="1")
    if status:
        return Heard(_EXITS.get(status, "too_hard"))
    return Heard("heard", " ".join(out.decode("utf-8", "replace").split()))
