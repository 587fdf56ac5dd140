"""A process of its own: a voice note on stdin, the words that Whisper hears in it on stdout.

Started by `bot/listening.py` for each voice note and never imported by the service but for its
numbers. It gives itself hard limits before it looks at the first byte; the model is read from a
folder of this machine, and nothing is ever downloaded. No byte of the voice is ever in a file.
"""

import resource
import sys
from io import BytesIO

MEMORY = 4 * 1024 * 1024 * 1024
"""Address space; a Whisper of the size "base" in int8 really uses 350 MB."""
SECONDS = 100
"""Of processor time: two minutes of speech take about half of it with "base"."""
MAX_BYTES = 5 * 1024 * 1024
LONGEST = 120
"""Seconds of speech."""
RATE = 16_000
TOO_LONG, DAMAGED, UNCLEAR = 20, 21, 22
"""Exit codes; `bot/listening.py` knows them."""
SILENCE, SURE = 0.6, -1.0
"""Whisper's own bounds (`no_speech_threshold`, `log_prob_threshold`): what is on the wrong side of
either is noise or a guess, and a guess must not be put into anybody's mouth."""


def limit() -> None:
    for what, most in (
        (resource.RLIMIT_AS, MEMORY),
        (resource.RLIMIT_CPU, SECONDS),
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_NOFILE, 128),
    ):
        resource.setrlimit(what, (most, most))


def hear(sound: bytes, folder: str, prompt: str) -> str:
    """What is said in it. Exits for what can't be heard."""
    from faster_whisper import WhisperModel, decode_audio  # noqa: PLC0415  (under the limits)

    try:
        samples = decode_audio(BytesIO(sound), sampling_rate=RATE)
    except Exception:
        sys.exit(DAMAGED)  # and not a word more: an error can quote what was in the file
    if len(samples) > LONGEST * RATE:
        sys.exit(TOO_LONG)
    model = WhisperModel(folder, device="cpu", compute_type="int8", cpu_threads=1,
                         local_files_only=True)  # fmt: skip
    parts, _ = model.transcribe(
        samples, language="id", beam_size=5, vad_filter=True, initial_prompt=prompt or None,
        condition_on_previous_text=False, without_timestamps=True,
    )  # fmt: skip
    sure = (one for one in parts if one.no_speech_prob < SILENCE and one.avg_logprob > SURE)
    return " ".join(one.text.strip() for one in sure).strip()


def main(folder: str, prompt: str) -> None:
    limit()
    sound = sys.stdin.buffer.read(MAX_BYTES + 1)
    if len(sound) > MAX_BYTES:
        sys.exit(TOO_LONG)
    words = hear(sound, folder, prompt)
    if not words:
        sys.exit(UNCLEAR)
    sys.stdout.buffer.write(words.encode())
