"""When a meeting is, in an officer's own words: "Kamis 3 Desember jam 9 sampai 11"."""

import re
from datetime import date, datetime, timedelta

from flows.entities_text import fold
from flows.entities_times import Departure, find_departures

USUAL = timedelta(hours=2)
FARTHEST = timedelta(days=180)
_BARE_CLOCK = re.compile(
    r"(?<![\d./:-])(?<!jam )(?<!pukul )(?<!pkl )(?<!jm )(\d{1,2}[.:][0-5]\d)(?![\d./:]\d)"
)
_UNTIL = re.compile(
    r"\b(?:jam|jm|pukul|pkl)\s*\d{1,2}(?:[.:]\d\d)?\s*(?:wib|wita|wit|pagi|siang|sore|malam)?\s*"
    r"(?:sampai|smp|hingga|s\s*/?\s*d|-|–)\s*(?:jam|jm|pukul|pkl)?\s*(\d{1,2})(?:[.:]([0-5]\d))?",
    re.IGNORECASE,
)
_WEEKDAYS = {
    name: number
    for number, names in enumerate((
        "senin senen", "selasa slasa", "rabu rebo", "kamis kemis", "jumat jum'at jemuah",
        "sabtu setu", "minggu ahad",
    ))
    for name in names.split()
}  # fmt: skip
_WEEKDAY = re.compile(rf"\b(?!minggu (?:depan|ini|lagi))({'|'.join(_WEEKDAYS)})\b", re.IGNORECASE)
EARLIEST = 6
"""Nobody meets at two at night: an hour below is one of the afternoon."""


def read_when(text: str, now: datetime) -> tuple[datetime, datetime] | str:
    """Begin and end on the clock of `now`, or the text key of what is missing."""
    words = _BARE_CLOCK.sub(r"jam \1", text)
    found = list(find_departures(fold(words)))
    day = _day(found, words, now.date())
    if day is None:
        return "meetings.no_day"
    clocked = next((time for time in found if time.clock), None)
    if clocked is None:
        return "meetings.no_clock"
    hour, minute = map(int, clocked.clock.split(":"))
    starts = _at(day, hour, minute, now)
    if (weekday := _weekday(words)) is not None and weekday != day.weekday():
        return "meetings.other_weekday"
    if starts <= now:
        return "meetings.past"
    if starts - now > FARTHEST:
        return "meetings.too_far"
    return starts, _end(words, starts)


def _day(found: list[Departure], words: str, today: date) -> date | None:
    """A date before a weekday before "besok": who names several means the most exact."""
    for time in found:
        if time.day:
            return _next_date(time.day, time.month, today)
    for time in found:
        ahead = {"today": 0, "tonight": 0, "tomorrow": 1, "days": 2}.get(time.when)
        if ahead is not None and time.within_hours:
            later = time.within_hours // 24 - 1
            return today + timedelta(days=later if time.when == "days" else ahead)
    if (weekday := _weekday(words)) is not None:
        return today + timedelta(days=(weekday - today.weekday()) % 7 or 7)
    return None


def _weekday(words: str) -> int | None:
    found = _WEEKDAY.search(words)
    return _WEEKDAYS[found[1].casefold()] if found else None


def _next_date(day: int, month: int, today: date) -> date | None:
    """The next such day; without a month the next month that has it."""
    for ahead in range(13):
        year, index = divmod(today.year * 12 + today.month - 1 + ahead, 12)
        if month not in (0, index + 1):
            continue
        try:
            found = date(year, index + 1, day)
        except ValueError:
            continue
        if found >= today:
            return found
    return None


def _at(day: date, hour: int, minute: int, now: datetime) -> datetime:
    hour += 12 if hour < EARLIEST else 0
    return datetime(day.year, day.month, day.day, hour, minute, tzinfo=now.tzinfo)


def _end(words: str, starts: datetime) -> datetime:
    """`sampai 11` behind the hour; else two hours on."""
    until = _UNTIL.search(words)
    if until is None:
        return starts + USUAL
    hour, minute = int(until[1]), int(until[2] or 0)
    for later in (hour, hour + 12):
        if later < 24:
            ends = starts.replace(hour=later, minute=minute)
            if ends > starts:
                return ends
    return starts + USUAL
