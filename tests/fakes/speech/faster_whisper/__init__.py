"""What `bot/hear_voice.py` uses of faster-whisper 1.2, with its own names and arguments.

Real is the process around it and its limits; instead of a model it "hears" what stands behind the
mark in the sound, so that a test can say what is heard. It opens no connection, like the real one
with `local_files_only`.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

RATE = 16_000


@dataclass
class Segment:
    text: str
    no_speech_prob: float
    avg_logprob: float


def decode_audio(input_file: BinaryIO, sampling_rate: int = RATE) -> list[int]:
    """`SOUND seconds|text|no_speech|logprob|…`; anything else can't be decoded."""
    data = input_file.read()
    if not data.startswith(b"SOUND "):
        raise ValueError(f"no sound: {data!r}")
    seconds, _, script = data.removeprefix(b"SOUND ").partition(b"|")
    return [*script, *[0] * (int(seconds) * sampling_rate - len(script))]


class WhisperModel:
    def __init__(
        self, model_size_or_path: str, device: str, compute_type: str, cpu_threads: int,
        local_files_only: bool,
    ) -> None:  # fmt: skip
        assert local_files_only and device == "cpu" and compute_type == "int8"
        assert (Path(model_size_or_path) / "model.bin").is_file()

    def transcribe(
        self, audio: list[int], language: str, beam_size: int, vad_filter: bool,
        initial_prompt: str | None, condition_on_previous_text: bool, without_timestamps: bool,
    ) -> tuple[Iterator[Segment], object]:  # fmt: skip
        assert language == "id" and vad_filter and not condition_on_previous_text
        script = bytes(byte for byte in audio if byte).decode()
        if script == "grow":
            script = "x" * (8 * 1024**3)
        parts = script.split("|") if script else []
        return (
            Segment(parts[n], float(parts[n + 1]), float(parts[n + 2]))
            for n in range(0, len(parts), 3)
        ), object()
