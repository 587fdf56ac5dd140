"""The licence register of recruiting companies (P3MI) and what it says about a typed name.

The rule is `recruiters.md` 5.3: names are the same only when they fold to the same letters; all
else is at most similar and never accepted silently. Listings and sanctions are weighed apart,
and a number beats a name. The answer speaks of a name on a dated copy, never of a person.
"""

import csv
import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from pathlib import Path
from typing import NamedTuple, Self

from rapidfuzz import fuzz, process
from rapidfuzz.distance import OSA

from flows.company_names import (
    GENERIC,
    Mention,
    company_words,
    fold,
    initials_of,
    licence_numbers,
    mentions,
    name_words,
    names_a_person,
    rare_words,
)
from flows.ports import RecruiterAnswer, RegisterRow, Verdict

REGISTER_FILE = Path(__file__).resolve().parent.parent / "content" / "recruiters.csv"
STALE_AFTER = timedelta(days=30)
"""MigranShield, another public project, calls a copy stale after so long (`recruiters.md` 4.3)."""
MAX_CHARACTERS = 4096
MAX_CHOICES = 3
MAX_MENTIONS = 4
"""Of a long message only so many possible names are compared, so that nobody can stall a turn."""
SIMILAR = 85.0
"""Below this ratio only one or two slips of the finger still count (`recruiters.md` 5.2)."""
SLIPS_FROM = 9
"""Letters that a name needs before two slips still mean it."""
LEAST_RATIO = 75.0
LEADS_ALIKE = 75.0
_NEEDED = ("name", "licence_no", "status", "source_url", "source_date")
_COLUMNS = (*_NEEDED, "valid_until", "read_on")
_SANCTIONS = ("suspended", "revoked")
_STATUSES = {
    "listed": re.compile(r"(?:terdaftar|listed)\b", re.IGNORECASE),
    "suspended": re.compile(r"(?:penghentian sementara|diskors|suspended)\b", re.IGNORECASE),
    "revoked": re.compile(r"(?:dicabut|pencabutan|revoked)\b", re.IGNORECASE),
    "lifted": re.compile(r"(?:sanksi .*\bdiakhiri|pengakhiran|lifted)\b", re.IGNORECASE),
    "claimed": re.compile(r"(?:situs|aplikasi) .*\bperusahaan sendiri\b", re.IGNORECASE),
}
"""How a status text begins. What a company says of itself is kept but counts for nothing."""
_TERM = re.compile(r"\b(\d{1,2}) bulan sejak (\d{4})-(\d{2})-(\d{2})\b")


@dataclass(frozen=True, slots=True)
class Observation:
    """One row of the file: what a source said on a day, and until when it says that it holds."""

    row: RegisterRow
    valid_until: date | None = None

    @property
    def digits(self) -> str:
        return re.sub(r"\D", "", self.row.licence_no)

    def on(self, today: date) -> RegisterRow:
        """The row as it counts today: a listing past its own date is no listing (1.6)."""
        over = self.row.status == "listed" and self.valid_until and self.valid_until < today
        return replace(self.row, status="expired") if over else self.row

    def term_is_over(self, today: date) -> bool:
        """A suspension "3 bulan sejak ..." whose months have passed; its end is not announced."""
        if self.row.status != "suspended" or not (term := _TERM.search(self.row.status_text)):
            return False
        months, year, month, day = (int(number) for number in term.groups())
        years, month = divmod(month - 1 + months, 12)
        return (today.year, today.month, today.day) > (year + years, month + 1, day)


@dataclass(frozen=True, slots=True, eq=False)
class _Company:
    """All observations whose names fold to the same letters."""

    fold: str
    words: tuple[str, ...]
    sounds: tuple[str, ...]
    observations: list[Observation] = field(default_factory=list)

    @property
    def lead(self) -> str:
        """The first word that tells this name from others, or just the first."""
        return next((sound for sound in self.sounds if sound not in GENERIC), self.sounds[0])

    def face(self, today: date) -> RegisterRow:
        """The one row that stands for the company in a list of choices: a sanction shows."""
        rows = [observation.on(today) for observation in self.observations]
        return min(rows, key=lambda row: (row.status not in _SANCTIONS, row.status != "listed"))

    def has(self, statuses: Collection[str]) -> bool:
        return any(observation.row.status in statuses for observation in self.observations)


class _Near(NamedTuple):
    company: _Company
    rank: float
    score: float


class Register:
    """The whole register in memory: some hundred names, looked at as a whole each time."""

    def __init__(self, observations: Iterable[Observation]) -> None:
        self.observations = tuple(observations)
        listed = [seen.row.seen_on for seen in self.observations if seen.row.status == "listed"]
        self.date = max(listed, default=None)
        """The day of the newest listing: the date of the copy."""
        self._by_fold: dict[str, _Company] = {}
        self._by_number: dict[str, list[_Company]] = defaultdict(list)
        for observation in self.observations:
            if observation.row.status != "claimed":
                self._keep(observation)
        self._companies = list(self._by_fold.values())
        self._folds = list(self._by_fold)
        self._name_words = frozenset(word for known in self._companies for word in known.words)
        self._by_sound: dict[str, list[_Company]] = defaultdict(list)
        self._by_initials: dict[str, list[_Company]] = defaultdict(list)
        for company in self._companies:
            for sound in set(company.sounds) - GENERIC:
                self._by_sound[sound].append(company)
            for initials in initials_of(company.words):
                self._by_initials[initials].append(company)

    @classmethod
    def load(cls, path: Path = REGISTER_FILE) -> Self:
        """Read the CSV file; a row that can't be used raises ValueError in one line."""
        return cls(read_observations(path))

    def find(self, text: str, today: date) -> RecruiterAnswer:
        """What the register says about the company that the words name."""
        if self.date is None:
            return RecruiterAnswer("register_unavailable")
        verdict, rows = self._judge(text[:MAX_CHARACTERS], today)
        return RecruiterAnswer(verdict, rows, self.date, today - self.date > STALE_AFTER)

    def _keep(self, observation: Observation) -> None:
        words = company_words(observation.row.name)
        key = fold(words)
        sounds = tuple(fold((word,)) for word in words)
        company = self._by_fold.setdefault(key, _Company(key, words, sounds))
        company.observations.append(observation)
        owners = self._by_number[observation.digits]
        if company not in owners:
            owners.append(company)

    def _judge(self, text: str, today: date) -> tuple[Verdict, tuple[RegisterRow, ...]]:
        words = name_words(text)
        named = mentions(words, self._name_words)
        is_person = names_a_person(words)
        if is_person:
            named = [mention for mention in named if mention.marked or len(mention.words) > 1]
        same = self._same(named)
        if number := next((n for n in licence_numbers(text) if n in self._by_number), ""):
            return self._judge_number(number, named, same, today)
        if len(same) == 1 and self._all_mean(same[0], named):
            return self._weigh(same[0], today)
        near = [*(_Near(company, 100, 99) for company in same), *self._near(named)]
        if near:
            return "similar", _choices(near, today)
        if is_person and not any(mention.marked for mention in named):
            return "not_a_company", ()
        weak = self._weak(named)
        return ("similar", _choices(weak, today)) if weak else ("not_found", ())

    def _judge_number(
        self, number: str, named: Sequence[Mention], same: Sequence[_Company], today: date
    ) -> tuple[Verdict, tuple[RegisterRow, ...]]:
        """The number says which company; another company's name beside it is shown as such."""
        owners = self._by_number[number]
        if len(owners) > 1:
            return "similar", _choices([_Near(owner, 100, 99) for owner in owners], today)
        verdict, rows = self._weigh(owners[0], today, number=number)
        others = [company for company in same if company is not owners[0]]
        if verdict == "listed" and (others or not self._all_mean(owners[0], named)):
            listed = tuple(row for row in rows if row.score == 100)
            return "conflict", listed + tuple(company.face(today) for company in others[:2])
        return verdict, rows

    def _weigh(
        self, company: _Company, today: date, *, number: str = ""
    ) -> tuple[Verdict, tuple[RegisterRow, ...]]:
        """Listing against sanction for one name, then the look-alikes of the other side."""
        seen: Sequence[Observation] = company.observations
        if number:
            seen = [observation for observation in seen if observation.digits in (number, "")]
        listed, acts, past = _sides(seen, today)
        if listed and acts:
            bound = {act.digits for act in acts if not act.term_is_over(today)} - {""}
            if bound.issuperset(listing.digits for listing in listed):
                return "sanctioned", _rows([*acts, *listed], today)
            return "conflict", _rows([*listed, *acts], today)
        if listed:
            other = self._look_alikes(company, _SANCTIONS, today)
            return "listed", _rows([*listed, *past], today) + other
        if acts:
            other = self._look_alikes(company, ("listed",), today)
            return "sanctioned", _rows(acts, today) + other
        return "not_found", _rows(past, today)

    def _look_alikes(
        self, company: _Company, statuses: Collection[str], today: date
    ) -> tuple[RegisterRow, ...]:
        near = self._near([Mention(company.words, marked=True)])
        other = [n for n in near if n.company is not company and n.company.has(statuses)]
        return _choices(other[:2], today)

    def _same(self, named: Sequence[Mention]) -> list[_Company]:
        """Companies whose whole name is there; one word needs PT before it or to stand alone."""
        found: dict[_Company, None] = {}
        for mention in named[: 4 * MAX_MENTIONS]:
            company = self._exact(mention)
            if company and (mention.marked or len(named) == 1 or len(mention.words) > 1):
                found[company] = None
        return list(found)

    def _exact(self, mention: Mention) -> _Company | None:
        whole = self._by_fold.get(fold(mention.words))
        return whole or self._by_fold.get(fold(mention.trimmed()))

    def _all_mean(self, company: _Company, named: Sequence[Mention]) -> bool:
        """No name behind a PT in the message is another company's or unknown."""
        return all(
            self._exact(mention) is company
            or any(near.company is company for near in self._near([mention]))
            for mention in [mention for mention in named if mention.marked][:MAX_MENTIONS]
        )

    def _near(self, named: Sequence[Mention]) -> list[_Near]:
        """Everything similar, best first: by ratio, by beginning, or by shared rare words."""
        marked = [mention for mention in named if mention.marked]
        best: dict[_Company, _Near] = {}
        for mention in (marked or named)[:MAX_MENTIONS]:
            for near in (*self._misspelt(mention), *self._partly(mention)):
                known = best.get(near.company)
                if known is None or near.rank > known.rank:
                    best[near.company] = near
        return sorted(best.values(), key=lambda near: (-near.rank, -near.score, near.company.fold))

    def _misspelt(self, mention: Mention) -> Iterator[_Near]:
        """The letters nearly agree, of the whole mention or of the part that could be the name."""
        for part in mention.parts():
            whole = part == mention.words
            if not whole and (len(part) < 2 or not rare_words(part)):
                continue
            letters = fold(part)
            for _, ratio, index in process.extract(
                letters, self._folds, scorer=fuzz.ratio, score_cutoff=LEAST_RATIO, limit=6
            ):
                company = self._companies[index]
                if _alike(part, letters, company, ratio):
                    yield _Near(company, min(ratio, 99) - (not whole), min(ratio, 99))

    def _partly(self, mention: Mention) -> Iterator[_Near]:
        """One name continues the other, or holds all its words, two of them rare (5.3)."""
        letters, rare = fold(mention.words), rare_words(mention.words)
        sounds = {fold((word,)) for word in mention.words}
        for company in self._companies:
            longer = rare and len(mention.words) > 1 and company.fold.startswith(letters)
            shorter = letters.startswith(company.fold) and company.lead not in GENERIC
            if (longer or shorter) and min(len(letters), len(company.fold)) >= 8:
                yield _Near(company, 97, _ratio(letters, company))
        shared: dict[_Company, int] = defaultdict(int)
        for sound in rare:
            for company in self._by_sound.get(sound, ()):
                shared[company] += 1
        for company, count in shared.items():
            words = set(company.sounds)
            if count >= 2 and (words <= sounds or sounds <= words):
                yield _Near(company, 90, _ratio(letters, company))

    def _weak(self, named: Sequence[Mention]) -> list[_Near]:
        """Hints that give a list, never a verdict: one rare word, initials, a common beginning."""
        found: dict[_Company, None] = {}
        words = named[0].words if named else ()
        letters = fold(words)
        if len(words) == 1:
            found |= dict.fromkeys(self._by_sound.get(letters, ()))
            found |= dict.fromkeys(self._by_initials.get(words[0], ()))
        elif words and not rare_words(words):
            found |= {c: None for c in self._companies if c.fold.startswith(letters)}
        scored = [_Near(company, 0, _ratio(letters, company)) for company in found]
        return sorted(scored, key=lambda near: (-near.score, near.company.fold))


def _ratio(letters: str, company: _Company) -> float:
    return min(fuzz.ratio(letters, company.fold), 99.0)


def _alike(part: Sequence[str], letters: str, company: _Company, score: float) -> bool:
    """One or two slips of the finger, or a ratio of 85 with the telling word there (5.3)."""
    typed, known = "".join(part), "".join(company.words)
    slips = 2 if len(typed) >= SLIPS_FROM else 1
    for one, other in ((typed, known), (letters, company.fold)):
        if OSA.distance(one, other, score_cutoff=slips) <= slips:
            return True
    return score >= SIMILAR and fuzz.partial_ratio(company.lead, letters) >= LEADS_ALIKE


def _sides(
    seen: Iterable[Observation], today: date
) -> tuple[list[Observation], list[Observation], list[Observation]]:
    """Listings, sanctions not ended since, and what is over (ended sanctions, old listings)."""
    by_status: Mapping[str, list[Observation]] = defaultdict(list)
    for observation in seen:
        by_status[observation.on(today).status].append(observation)
    ended = by_status["lifted"]
    acts = [
        act
        for act in (*by_status["revoked"], *by_status["suspended"])
        if not any(
            end.row.seen_on >= act.row.seen_on
            and (act.digits == end.digits or not (act.digits and end.digits))
            for end in ended
        )
    ]
    return by_status["listed"], acts, ended + by_status["expired"]


def _rows(observations: Iterable[Observation], today: date) -> tuple[RegisterRow, ...]:
    return tuple(observation.on(today) for observation in observations)


def _choices(near: Sequence[_Near], today: date) -> tuple[RegisterRow, ...]:
    """At most three names, each once, and the best of each side among them (5.5)."""
    best: dict[_Company, _Near] = {}
    for found in near:
        best.setdefault(found.company, found)
    ranked = list(best.values())
    chosen = ranked[:MAX_CHOICES]
    for statuses in (_SANCTIONS, ("listed",)):
        first = next((found for found in ranked if found.company.has(statuses)), None)
        if first and first not in chosen:
            chosen[-1] = first
    return tuple(replace(found.company.face(today), score=found.score) for found in chosen)


def read_observations(path: Path = REGISTER_FILE) -> Iterator[Observation]:
    """The rows of the file; ValueError names the file, the row, the problem and the mend."""
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            reader = csv.DictReader(file, restval="", strict=True)
            missing = [column for column in _NEEDED if column not in (reader.fieldnames or ())]
            if missing:
                raise RowError(f"the column {missing[0]} is missing", "add it to the first line")
            for cells in reader:
                yield _observation({key: (cells.get(key) or "").strip() for key in _COLUMNS})
    except RowError as error:
        raise ValueError(f"{path.name}, row {reader.line_num}: {error}") from None
    except csv.Error as error:
        raise ValueError(f"{path.name}, row {reader.line_num + 1}: {error}; mend it") from None
    except (OSError, UnicodeDecodeError) as error:
        raise ValueError(f"{path.name}: {error}; save it as CSV in UTF-8") from None


class RowError(Exception):
    def __str__(self) -> str:
        return "; ".join(self.args)


def _observation(cells: Mapping[str, str]) -> Observation:
    name, number, status_text = cells["name"], cells["licence_no"], cells["status"]
    if not company_words(name) or len(name) > 120:
        raise RowError(f"{name[:40]!r} is no company name", "write the name as the source has it")
    if re.search(r"[0-9][.,]?[0-9]*E[+]", number) or (number and not re.search("[0-9]", number)):
        raise RowError(
            f"the number {number!r} is cut off", "format the column as text, or empty it"
        )
    status = next((word for word, begins in _STATUSES.items() if begins.match(status_text)), "")
    if not status:
        mend = "begin it with terdaftar, penghentian sementara, dicabut or pengakhiran"
        raise RowError(f"the status {status_text[:40]!r} is not known", mend)
    if not cells["source_url"]:
        raise RowError("source_url is empty", "write where the row comes from")
    seen_on = _day(cells, "source_date") or _day(cells, "read_on")
    if not seen_on:
        raise RowError("source_date and read_on are empty", "write the day the source was read")
    row = RegisterRow(name, number, status, status_text, cells["source_url"], seen_on)
    return Observation(row, _day(cells, "valid_until"))


def _day(cells: Mapping[str, str], column: str) -> date | None:
    try:
        return date.fromisoformat(cells[column]) if cells[column] else None
    except ValueError:
        raise RowError(f"{column} {cells[column][:20]!r} is no day", "write 2026-09-17") from None
