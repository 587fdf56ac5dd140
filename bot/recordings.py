"""Cards that a person has read aloud: content/audio/LESSON.CARD.ogg with a sidecar of that name.

The sidecar says who read which words (their fingerprint) and when. A recording of words that the
card no longer says is stale: never sent, and refused by `kentongan content check`.
"""

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from flows.catalog import CONTENT, ContentError, load_yaml, need, short_path
from flows.curriculum import Lesson
from flows.findings import Finding
from flows.hear_see import Shown, all_cards
from flows.speech import Speech, load_speech

MOST = 512 * 1024
"""WhatsApp shows a larger sound as a file without a play button (channels.md 5.1)."""
_FIELDS = frozenset({"by", "on", "sha"})


@dataclass(frozen=True, slots=True)
class Recording:
    path: Path
    sha: str
    by: str
    on: date


def words_of(shown: Shown, speech: Speech, today: date) -> str:
    """What is to be read aloud, in the words of the card: also what a person is given to read."""
    way_on = [speech.after_card] if shown.number else []
    return "\n".join([shown.words(today), *way_on])


def sha_of(words: str) -> str:
    return hashlib.sha256(words.encode()).hexdigest()[:16]


def load_recordings(folder: Path = CONTENT) -> dict[str, Recording]:
    """By `lesson/card`. Raises ContentError for a sidecar that is missing or can't be read."""
    return dict(_read(path) for path in sorted((folder / "audio").glob("*.ogg")))


def _read(path: Path) -> tuple[str, Recording]:
    where = short_path(path.with_suffix(".yaml"))
    raw = load_yaml(path.with_suffix(".yaml"))
    if not isinstance(raw, dict) or raw.keys() != _FIELDS:
        raise ContentError(f"{where}: must have by, on and sha")
    try:
        on = date.fromisoformat(need(raw, "on", where))
    except ValueError:
        raise ContentError(f"{where}: `on` must be a day such as 2026-11-21") from None
    lesson, _, card = path.stem.partition(".")
    recording = Recording(path, need(raw, "sha", where), need(raw, "by", where), on)
    return f"{lesson}/{card}", recording


def check_recordings(folder: Path, lessons: Iterable[Lesson]) -> Iterator[Finding]:
    """What keeps a recording from being sent, and words that no voice says well."""
    try:
        speech, recordings = load_speech(folder), load_recordings(folder)
    except ContentError as error:
        where, _, problem = str(error).partition(": ")
        yield Finding("error", where, "", problem)
        return
    cards = {shown.name: shown for shown in all_cards(lessons)}
    for name, shown in cards.items():
        for word in dict.fromkeys(speech.unknown(shown.words(date.min))):
            file = f"content/lessons/{shown.lesson.id}.yaml"
            problem = f"“{word}” has no pronunciation in content/speech.yaml"
            yield Finding("warning", file, f"card {shown.card.id}", problem)
        if name in recordings and recordings[name].sha != sha_of(
            words_of(shown, speech, date.min)  # the mark of a late review is spoken by a voice
        ):
            yield _wrong(recordings[name], "was recorded for other words than the card has now")
    for name, recording in recordings.items():
        if name not in cards:
            yield _wrong(recording, "no card has this name")
        data = recording.path.read_bytes()
        if not data.startswith(b"OggS") or b"OpusHead" not in data[:200]:
            yield _wrong(recording, "is no OGG/Opus")
        if len(data) > MOST:
            yield _wrong(recording, f"has {len(data)} bytes, at most {MOST}")


def _wrong(recording: Recording, problem: str) -> Finding:
    return Finding("error", short_path(recording.path), "", problem)
