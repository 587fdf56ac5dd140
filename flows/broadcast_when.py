"""When a broadcast leaves, and until when a warning holds, as officers type it. Pure reading.

"besok jam 8", "nanti sore", "25-11 19.30", "Senin pagi", "2 jam lagi"; "30 November", "7 hari".
"""

import re
from datetime import date, datetime, time, timedelta

from flows.desk_words import read_days, read_length
from flows.triggers import fold

FARTHEST = timedelta(days=60)
"""How far ahead a broadcast may be planned."""
_NOW = frozenset({"sekarang", "sekarang juga", "langsung", "saiki", "skrg", "skrng"})
_CLOCK = re.compile(
    r"(?:\b(?:jam|jm|pukul|pkl)\s*(?P<half>setengah\s+)?(?P<hour>\d{1,2})(?:[.:](?P<minute>[0-5]\d))?"
    r"|(?<![\d/.-])(?P<bare>[01]?\d|2[0-3])[.:](?P<after>[0-5]\d)(?![\d/.-]))",
    re.IGNORECASE,
)
_PARTS = {
    "subuh": 5, "pagi": 8, "siang": 12, "sore": 16, "petang": 17, "malam": 19, "mlm": 19,
}  # fmt: skip
"""The hour that a part of the day means when no clock is named."""
_DAYS = {
    "senin": 0, "senen": 0, "selasa": 1, "rabu": 2, "rebo": 2, "kamis": 3, "jumat": 4, "jum": 4,
    "sabtu": 5, "minggu": 6, "ahad": 6,
}  # fmt: skip
_HOURS = {
    word: str(hour)
    for hour, word in enumerate(
        ["satu", "dua", "tiga", "empat", "lima", "enam", "tujuh", "delapan", "sembilan", "sepuluh",
         "sebelas"], start=1,
    )
}  # fmt: skip
_HOUR_WORDS = re.compile(rf"\b(?:{'|'.join(_HOURS)})\b", re.IGNORECASE)
_TODAY = frozenset({"nanti", "ntar", "ini"})
_LATER = re.compile(r"\b(?:lagi|lg)\b", re.IGNORECASE)
_MINUTES = re.compile(r"\b(\d{1,3})\s*(?:menit|mnt)\b", re.IGNORECASE)


def read_when(text: str, now: datetime) -> datetime | None:
    """The moment meant, `now` itself for "sekarang", or None when it is not clear. It may lie in
    the past: that is for the asker to refuse. `now` is in the office's zone."""
    text = _HOUR_WORDS.sub(lambda word: _HOURS[word[0].casefold()], text)
    words = fold(text).split()
    if fold(text) in _NOW:
        return now
    if _LATER.search(text):
        return _from_now(text, now)
    day = _day(text, words, now.date())
    clock = _clock(text, words)
    if clock is None:
        return None
    at = datetime.combine(day or now.date(), clock, now.tzinfo)
    if day is None and at <= now:
        at += timedelta(days=1)
    return at


def read_until(text: str, now: datetime) -> datetime | None:
    """The last moment of the day meant, or so long from now; None when it is not clear."""
    length, _ = read_length(text)
    if length is not None:
        return now + length
    days, _ = read_days(text, now.date())
    day = days[1] if days else _weekday(fold(text).split(), now.date())
    return datetime.combine(day, time(23, 59), now.tzinfo) if day else None


def _from_now(text: str, now: datetime) -> datetime | None:
    if minutes := _MINUTES.search(text):
        return now + timedelta(minutes=int(minutes[1]))
    length, _ = read_length(text)
    return now + length if length else None


def _day(text: str, words: list[str], today: date) -> date | None:
    found, _ = read_days(_CLOCK.sub(" ", text), today)
    if found:
        return found[0]
    return _weekday(words, today) or (today if _TODAY & set(words) else None)


def _weekday(words: list[str], today: date) -> date | None:
    """The next such day; "minggu depan" is the week, and of that no day is named."""
    for at, word in enumerate(words):
        if word in _DAYS:
            following = words[at + 1] if at + 1 < len(words) else ""
            if word == "minggu" and following in ("depan", "dpn"):
                continue
            ahead = (_DAYS[word] - today.weekday()) % 7
            return today + timedelta(days=ahead or 7)
    return None


def _clock(text: str, words: list[str]) -> time | None:
    part = next((word for word in words if word in _PARTS), "")
    found = _CLOCK.search(text)
    if found is None:
        return time(_PARTS[part]) if part else None
    hour = int(found["hour"] or found["bare"])
    minute = int(found["minute"] or found["after"] or 0)
    if found["half"]:  # "setengah delapan" is half an hour before
        hour, minute = hour - 1, 30
    if part in ("siang", "sore", "petang", "malam", "mlm") and 1 <= hour < 12:
        hour += 12 if part != "siang" or hour < 6 else 0
    return time(hour, minute) if 0 <= hour < 24 else None
