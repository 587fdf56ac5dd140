"""Expressions of when: whether somebody leaves then is decided elsewhere."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import islice

from flows.entities_text import MOST, Folded, word_set


@dataclass(frozen=True, slots=True)
class Departure:
    """A time ahead: `when` is today, tonight, tomorrow, days, week, date or unknown.

    `within_hours` is an upper bound: the hours until the last moment it may mean (the day's end;
    tomorrow 48). `clock` is "HH:MM" or "". `day` and `month` belong to a date, 0 when not said.
    `start` and `end` are character offsets in the message.
    """

    when: str
    within_hours: int | None
    clock: str
    day: int
    month: int
    start: int
    end: int


_NIGHT = "malam|malem|mlm|mlem|mlam|bengi|dalu|peuting"
_PART = rf"(?:{_NIGHT}|pagi|siang|sore|petang|subuh|dini hari|isya|magh?rib|esuk|isuk|awan|beurang)"
_THIS = r"(?:ini|nanti|iki|ieu|niki|ni|areya|satiya|nt|nnti|ntar)"
_SOON = r"(?:nanti|nnti|nti|nt|ntar|entar|tar|mengko|mangke|mengkin|engke|dagghi'|gan|mangken)"
_DAY = r"(?:hari|hr|dina|dinten|poe|are|ari)"
_WEEKDAY = r"(?:senin|senen|selasa|slasa|rabu|rebo|kamis|kemis|jum'?at|jemuah|sabtu|setu|ahad)"
MONTHS = {
    name: number
    for number, names in enumerate(
        [
            "jan januari",
            "feb februari pebruari",
            "mar maret",
            "apr april",
            "mei",
            "jun juni",
            "jul juli",
            "agu agust agustus ags",
            "sep sept september",
            "okt oktober",
            "nov november nopember",
            "des desember",
            "",
        ][:12],
        start=1,
    )
    for name in names.split()
}
_MONTH = "|".join(sorted(MONTHS, key=len, reverse=True))
_NUMBERS = {
    "satu": 1, "se": 1, "sa": 1, "dua": 2, "rong": 2, "tiga": 3, "telung": 3, "tilu": 3,
    "empat": 4, "patang": 4, "lima": 5, "limang": 5, "enam": 6, "tujuh": 7, "pitung": 7,
    "sepuluh": 10,
}  # fmt: skip
_COUNT = rf"(\d{{1,2}}|{'|'.join(sorted(_NUMBERS, key=len, reverse=True))})"
_SPANS = {
    "jam": 1, "hari": 24, "hr": 24, "dina": 24, "poe": 24, "are": 24, "dinten": 24, "minggu": 168,
    "mgg": 168, "mg": 168, "bulan": 744, "bln": 744, "menit": 0, "mnt": 0,
}  # fmt: skip
_AHEAD = r"(?:lagi|lg|maneh|meneh|malih|deui|ke\s?depan|kedepan|mendatang|pole|pas)"
_WHENS: tuple[tuple[str, str, int | None], ...] = (
    ("days", rf"(?:besok lusa|lusa|pageto|suk emben|emben|tulat|embhen)(?:\s{_PART})?", 72),
    ("tonight", rf"{_SOON}\s?(?:{_NIGHT}|dini hari)|(?:{_NIGHT}"
     rf"|dini hari)\s?{_THIS}(?:\s(?:juga|jg))?", 24),
    ("tonight", r"tonight|mbengi iki|bengi mengko|malem sateya|malem satiya", 24),
    ("tomorrow", rf"(?:besok|bsk|besuk|bsok|sesuk|sesok|ngesuk|esok|mbenjang|benjing|isukan|isuk|enjing"
     rf"|lagghuna|lagghu'?|laggu'|tomorrow)e?(?![-2]|\s?-|\sharinya)"
     rf"(?:\s(?:hari\s)?(?:{_WEEKDAY}|{_PART}))?", 48),
    ("today", rf"(?:{_SOON}\s)?(?:pagi|siang|sore|petang|subuh|awan|sonten|sonte"
     rf"|siyang)\s?(?:juga\s)?{_THIS}"
     rf"(?![a-z])|{_SOON}\s(?:pagi|siang|sore|petang|subuh|awan|sonten)", 24),
    ("today", rf"(?:{_DAY}\s?(?:ini|iki|ieu|niki|ni|satiya|areya)|ini hari|dino iki|saiki"
     rf"|sakniki|ayeuna|ayena"
     r"|satiya|sateya|sekarang|skrg|skrang|sekarang juga|today)(?:\s(?:juga|jg))?", 24),
    ("today", r"(?:sebentar|bentar|bntr|sbntr|sedhela|sakedap|sakeudeung) (?:lagi|maneh|deui)", 3),
    ("week", r"(?:minggu|mgg|mg|pekan|week)\s(?:depan|dpn|ngarep|hareup|mendatang)", 336),
    ("week", r"(?:minggu|mgg|pekan) (?:ini|iki|ieu)|akhir (?:pekan|minggu)", 168),
    ("week", rf"(?:hari\s|malam\s|malem\s|hr\s)?{_WEEKDAY}(?:\s{_PART})?\s(?:depan|dpn|ngarep)"
     r"|(?:hari|malam|malem|hr) minggu (?:depan|dpn)", 336),
    ("week", rf"(?:hari\s|malam\s|malem\s|hr\s)?{_WEEKDAY}(?:\s(?:ini|besok|{_PART}))?|(?:hari"
     rf"|malam|malem|hr) minggu", 168),
    ("unknown", r"(?:bulan|bln|wulan)\s(?:depan|dpn|ngarep|hareup)", 1488),
    ("unknown", r"(?:bulan|bln|wulan)\s(?:ini|iki|ieu)", 744),
    ("unknown", r"(?:akhir (?:bulan|bln)|dalam waktu dekat|secepatnya|beberapa hari lagi"
     r"|(?:habis|abis|setelah) lebaran)", None),
)  # fmt: skip
_PATTERN = "|".join(f"(?P<w{i}>{pattern})" for i, (_, pattern, _) in enumerate(_WHENS))
_WHEN = re.compile(rf"(?<![\d-])(?:{_PATTERN})(?![a-z])")
_LATER = re.compile(
    rf"(?<![a-z\d.,])(?:dalam\s|dlm\s)?{_COUNT}\s?"
    rf"({'|'.join(sorted(_SPANS, key=len, reverse=True))})\s{_AHEAD}(?![a-z])"
)
_DAY_NAMED = word_set("tgl tanggal tg tggl")
_NAMED_DATE = re.compile(
    rf"(?:tgl|tanggal|tg|tggl)[\s.:]{{0,2}}(\d{{1,2}})(?:\s?-\s?\d{{1,2}})?(?![\d.,]\d|\d)(?:\s({_MONTH})(?![a-z]))?"
)
_DATE = re.compile(
    rf"[0-9](?<![a-z\d/.-].)\d?(?:\s({_MONTH})(?![a-z])"
    r"|([/.-])(\d{1,2})\2(?:20)?\d\d(?![\d/.-])|/(\d{1,2})(?![\d/]))"
)
_CLOCK_WORDS = word_set("jam jm pukul pkl tabuh kol")
_CLOCK = re.compile(
    r"(?:jam|jm|pukul|pkl|tabuh|kol)[\s.:]{0,2}(?:sekitar\s)?(setengah\s)?(\d{1,2})(?:[.:](\d\d))?"
    r"(?![\d]|\s?(?:kerja|sehari|per))(?:\s?(?:wib|wita|wit))?"
    rf"(?:\s{_PART})?"
)
_ZONES = word_set("wib wita wit")
_ZONED = re.compile(r"[0-9](?<![\d.,:/-].)(\d?)[.:]([0-5]\d)\s?(?:wib|wita|wit)(?![a-z])")
_FIRST_WORDS = word_set(
    """
    lusa pageto suk emben embhen tulat besok bsk besuk bsok sesuk sesok ngesuk esok mbenjang benjing
    isukan isuk enjing lagghuna lagghu laggu tomorrow nanti nnti nti nt ntar entar tar mengko mangke
    mengkin engke dagghi gan mangken malam malem mlm mlem mlam bengi dalu peuting dini tonight
    mbengi pagi siang sore petang subuh awan sonten sonte siyang hari hr dina dinten poe are ari ini
    dino saiki sakniki ayeuna ayena satiya sateya sekarang skrg skrang today sebentar bentar bntr
    sbntr sedhela sakedap sakeudeung minggu mgg mg pekan week akhir senin senen selasa slasa rabu
    rebo kamis kemis jum jumat jemuah sabtu setu ahad bulan bln wulan dalam secepatnya beberapa
    habis abis setelah hariini harini malamini malamni soreini malemini
    """
)
"""Every first word of `_WHENS`: only there the patterns are tried."""
_AHEAD_WORDS = word_set("lagi lg maneh meneh malih deui depan kedepan mendatang pole pas")
_BETWEEN = re.compile(
    r"[\s,.(@-]{0,3}(?:(?:di|pada|kira2|kira-kira|sekitar|hari|habis|abis|sama)\s){0,2}"
)
_PARTS: tuple[tuple[re.Pattern[str], range, int], ...] = (
    (re.compile(r"(?<![a-z])(?:siang|awan|beurang)"), range(1, 6), 12),
    (re.compile(r"(?<![a-z])(?:sore|petang|sonten|maghrib|magrib|isya)"), range(1, 10), 12),
    (re.compile(rf"(?<![a-z])(?:{_NIGHT})"), range(6, 12), 12),
    (re.compile(rf"(?<![a-z])(?:{_NIGHT})"), range(12, 13), -12),
)
"""A part of the day, the hours people say with it, and what makes them hours of 24."""


def find_departures(folded: Folded) -> Iterator[Departure]:
    """Times ahead in the order of the message; a day and the clock beside it are one."""
    text = folded.text
    found = list(_days(folded))
    if folded.said.digits:
        found += [*_dates(folded), *_clocks(folded)]
    found.sort(key=lambda time: (time.start, -time.end))
    joined: list[Departure] = []
    for time in found[:MOST]:
        last = joined[-1] if joined else None
        if last and _belongs(text, last, time):
            joined[-1] = _together(last, time)
        else:
            joined.append(time)
    for time in joined:
        start, end = folded.span(time.start, time.end)
        clock = _on_the_day(time.clock, text[time.start : time.end]) if time.clock else ""
        yield replace(time, clock=clock, start=start, end=end)


def _days(folded: Folded) -> Iterator[Departure]:
    text = folded.text
    done = 0
    for word, start in folded.said.words:
        match = _WHEN.match(text, start) if word in _FIRST_WORDS and start >= done else None
        if match:
            done = match.end()
            when, _, hours = _WHENS[int((match.lastgroup or "w0")[1:])]
            yield Departure(when, hours, "", 0, 0, *match.span())
    if _AHEAD_WORDS.isdisjoint(folded.said.known):
        return
    for later in islice(_LATER.finditer(text), MOST):
        count = int(later[1]) if later[1].isdigit() else _NUMBERS[later[1]]
        unit = _SPANS[later[2]]
        yield Departure(_when(unit, count), _until(unit, count), "", 0, 0, *later.span())


def _when(unit: int, count: int) -> str:
    if unit <= 1:
        return "today"
    if unit == 24:
        return "tomorrow" if count == 1 else "days"
    return "week" if unit == 168 else "unknown"


def _until(unit: int, count: int) -> int:
    """Hours until the last moment meant: the end of the day that is `count` days ahead."""
    return max(1, unit * count) if unit <= 1 else unit * count + 24


def _dates(folded: Folded) -> Iterator[Departure]:
    text = folded.text
    for word, start in folded.said.words:
        named = _NAMED_DATE.match(text, start) if word in _DAY_NAMED else None
        if named:
            yield from _date(named, int(named[1]), MONTHS.get(named[2] or "", 0))
    for match in islice(_DATE.finditer(text), MOST):
        if match[4] and not _date_is_meant(text, match.start()):
            continue  # "1/2 hari", "UU 18/2017"
        month = MONTHS[match[1]] if match[1] else int(match[3] or match[4]) or 13
        yield from _date(match, int(match[0][: 2 if match[0][1].isdigit() else 1]), month)


def _date(match: re.Match[str], day: int, month: int) -> Iterator[Departure]:
    if 1 <= day <= 31 and month <= 12:
        yield Departure("date", None, "", day, month, *match.span())


def _date_is_meant(text: str, start: int) -> bool:
    """Day/month without a year is a date only behind a word of leaving or of time."""
    return bool(
        re.search(
            r"(?:berangkat|terbang|tgl|tanggal|flight|hari|pada|besok)\s\Z",
            text[max(0, start - 12) : start],
        )
    )


def _clocks(folded: Folded) -> Iterator[Departure]:
    text, said = folded.text, folded.said
    for word, start in said.words if not _CLOCK_WORDS.isdisjoint(said.known) else ():
        clock = _CLOCK.match(text, start) if word in _CLOCK_WORDS else None
        if clock:
            half = bool(clock[1])
            yield from _at(clock, int(clock[2]) - half, 30 if half else int(clock[3] or 0))
    if not _ZONES.isdisjoint(said.known):
        for zoned in islice(_ZONED.finditer(text), MOST):
            yield from _at(zoned, int(zoned[0][0] + zoned[1]), int(zoned[2]))


def _at(match: re.Match[str], hour: int, minute: int) -> Iterator[Departure]:
    if 0 <= hour <= 24 and minute < 60:
        yield Departure("unknown", None, f"{hour % 24:02}:{minute:02}", 0, 0, *match.span())


def _on_the_day(clock: str, phrase: str) -> str:
    """Four in the afternoon is 16:00, eleven "nanti malam" 23:00; one at night stays one."""
    hour = int(clock[:2])
    for part, hours, more in _PARTS:
        if hour in hours and part.search(phrase):
            return f"{hour + more:02}{clock[2:]}"
    return clock


def _belongs(text: str, last: Departure, time: Departure) -> bool:
    """Overlapping, or side by side with a clock or date in one of the two."""
    if time.start < last.end:
        return True
    different = bool(last.clock) != bool(time.clock) or "date" in (last.when, time.when)
    gap = _BETWEEN.match(text, last.end)
    return different and bool(gap) and time.start <= (gap.end() if gap else 0)


def _together(first: Departure, second: Departure) -> Departure:
    """The day of the one and the clock of the other; the nearer day when both have one."""
    days = [time for time in (first, second) if time.when not in ("unknown", "date")]
    dates = [time for time in (first, second) if time.when == "date"]
    base = min(days, key=lambda t: t.within_hours or 0) if days else (dates or [first])[0]
    date = dates[0] if dates else base
    hours = [time.within_hours for time in (first, second) if time.within_hours]
    return Departure(
        base.when, base.within_hours or (min(hours) if hours else None), first.clock or second.clock,
        date.day, date.month, first.start, max(first.end, second.end),
    )  # fmt: skip
