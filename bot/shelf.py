"""The lessons' sounds and picture cards: made once, kept as files named by what they say.

Sounds and cards are public content that can be made again at any time, so the folder is a cache of
them: no backup, no table. Their file is named by a hash of the words (with their marks) and the
voice, so an edited card is simply another file. Photos of broadcasts lie here too, under the names
that those keep; nothing prunes them. Who fetches by itself (Twilio) gets an address that nobody can
guess and that ends after some hours.
"""

import hashlib
import hmac
import os
import re
import secrets
from collections.abc import Iterable
from contextlib import suppress
from datetime import date, datetime, timedelta
from pathlib import Path

from bot import picture_cards, voice
from bot.channels.base import Media
from bot.picture_cards import CannotDraw
from bot.recordings import load_recordings, sha_of, words_of
from bot.sealing import KeyRing
from bot.settings import Settings
from bot.voice import CannotSpeak, Voice
from flows.curriculum import Lesson
from flows.hear_see import AUDIO, Shown, all_cards
from flows.speech import load_speech

LINKS_STAY = timedelta(hours=6)
"""Twilio fetches when it sends, which may be after a queue of hours."""
_FILE = re.compile(r"[0-9a-f]{32}\.(ogg|png|jpg)")
PHOTO = "photo"


class CannotMake(Exception):
    """The sound or picture can't be had; the message says why, for the operator."""


class Shelf:
    """One folder of made files."""

    def __init__(self, settings: Settings, lessons: Iterable[Lesson], ring: KeyRing) -> None:
        """Raises ContentError."""
        self.folder = settings.media_dir
        self.voice = chosen_voice(settings)
        self._address = f"{settings.public_base_url}/media"
        self._ring = ring
        self._speech = load_speech()
        self._recordings = load_recordings()
        self._cards = {shown.name: shown for shown in all_cards(lessons)}
        self.draws_cards = not picture_cards.missing()

    @property
    def cards(self) -> list[Shown]:
        return list(self._cards.values())

    @property
    def has_audio(self) -> bool:
        return not self.voice.missing

    def made(self, wants: str, today: date, now: datetime) -> Media:
        """The file of `audio/lesson/card` or `picture/lesson/card`, made now if need be; blocks for
        a second or so then. `photo/file` was kept before. Raises CannotMake."""
        kind, _, name = wants.partition("/")
        if kind == PHOTO:
            return Media("picture", self._photo(name), self.link(name, now))
        shown = self._cards.get(name)
        if shown is None:
            raise CannotMake("no such card any more")
        if kind == AUDIO:
            path = self._audio(shown, today)
            return Media("audio", path, self.link(path.name, now))
        path = self._picture(shown, today)
        return Media("picture", path, self.link(path.name, now))

    def keep_photo(self, data: bytes) -> str:
        """Keep a JPEG, already cleaned, and return the name by which `photo/<name>` finds it; the
        same picture is the same file. Raises CannotMake."""
        return self._kept(f"{hashlib.sha256(data).hexdigest()[:32]}.jpg", data).name

    def use(self, other: Voice) -> None:
        """Speak with another voice from now on (`kentongan audio build --voice`)."""
        self.voice = other

    def script(self, shown: Shown) -> str:
        """What a person reads aloud for a recording."""
        return words_of(shown, self._speech, date.min)

    def prune(self, ending: str, kept: set[Path]) -> int:
        """Delete files of that ending that no card says any more."""
        old = [path for path in self.folder.glob(f"*.{ending}") if path not in kept]
        for path in old:
            path.unlink(missing_ok=True)
        return len(old)

    # ---- addresses

    def link(self, name: str, now: datetime) -> str:
        expires = int((now + LINKS_STAY).timestamp())
        return f"{self._address}/{expires}/{self._mark(name, expires)}/{name}"

    def behind(self, name: str, expires: int, mark: str, now: datetime) -> Path | None:
        """The file of an address that we gave out, while it is good."""
        ours = hmac.compare_digest(mark.encode(), self._mark(name, expires).encode())
        if not ours or not _FILE.fullmatch(name) or now.timestamp() > expires:
            return None
        path = self.folder / name
        return path if path.is_file() else None

    def _mark(self, name: str, expires: int) -> str:
        return self._ring.index("media", f"{name}|{expires}").hex()[:32]

    # ---- files

    def _photo(self, name: str) -> Path:
        path = self.folder / name
        if not (_FILE.fullmatch(name) and name.endswith(".jpg") and path.is_file()):
            raise CannotMake("the photo is no longer there")
        return path

    def _audio(self, shown: Shown, today: date) -> Path:
        words = words_of(shown, self._speech, today)
        recording = self._recordings.get(shown.name)
        if recording and recording.sha == sha_of(words):
            data = recording.path.read_bytes()
            return self._kept(_name("ogg", "recorded", hashlib.sha256(data).hexdigest()), data)
        spoken = self._speech.spoken(words)
        path = self.folder / _name("ogg", self.voice.name, spoken)
        try:
            return path if path.is_file() else self._kept(path.name, self.voice.say(spoken))
        except CannotSpeak as error:
            raise CannotMake(str(error)) from None

    def _picture(self, shown: Shown, today: date) -> Path:
        drawn = picture_cards.of(shown, today)
        path = self.folder / _name("png", picture_cards.EDITION, repr(drawn))
        try:
            return path if path.is_file() else self._kept(path.name, picture_cards.draw(drawn))
        except CannotDraw as error:
            raise CannotMake(str(error)) from None

    def _kept(self, name: str, data: bytes) -> Path:
        """Whole or not at all: another process may be reading or making the same file."""
        path = self.folder / name
        half = self.folder / f".{name}.{secrets.token_hex(4)}"
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            half.write_bytes(data)
            os.replace(half, path)
        except OSError as error:
            with suppress(OSError):
                half.unlink()
            raise CannotMake(f"{self.folder}: {error.strerror}") from None
        return path


def chosen_voice(settings: Settings, name: str = "") -> Voice:
    """Piper where it is set up, else espeak-ng; or the one that is named."""
    wants_piper = name == "piper" or (not name and settings.piper != Path())
    return voice.piper(settings.piper, settings.piper_voice) if wants_piper else voice.espeak()


def _name(ending: str, how: str, words: str) -> str:
    said = f"{how}\n{words}".encode()
    return f"{hashlib.sha256(said).hexdigest()[:32]}.{ending}"
