"""The licence register of recruiting companies (P3MI) and what it says about a typed name.

The rule is `recruiters.md` 5.3: a name is accepted only when it is the same after folding.
Listings and sanctions are weighed apart, and a number beats a name. The answer speaks of a name
on a dated copy, never of a person.
"""

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import date, timedelta
from functools import lru_cache
from pathlib import Path
from typing import Self

from bot.register_file import read_observations
from bot.register_index import MAX_MENTIONS, Company, NameIndex, Near
from bot.register_rows import SANCTIONS, Observation
from bot.register_weighing import speaking, weigh
from flows.company_names import (
    Mention,
    fold,
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
MAX_CHARACTERS = 20_000
MAX_NAMED = 4_000
"""Possible names of a long forward that are looked up as they are; only a few are compared."""
MAX_CHOICES = 3
_NO_PT = ("CV", "UD", "PD")
"""Forms of a firm that no P3MI can have: the PT of that name is another one (`recruiters.md` 1.2)."""
_PART_OF_A_NAME = ("PALSU", "BODONG", "ILEGAL", "BARU")
"""Said of a company, unless the words end with it and ask nothing."""


class Register:
    """The whole register in memory, and its verdicts."""

    def __init__(self, observations: Iterable[Observation]) -> None:
        self.observations = tuple(observations)
        listed = [seen.row for seen in self.observations if seen.row.status == "listed"]
        self.date = max((row.seen_on for row in listed), default=None)
        """The day of the newest listing: the date of the copy."""
        self.third_party = any(row.third_party for row in listed) or not listed
        self.index = NameIndex(self.observations)

    @classmethod
    def load(cls, path: Path = REGISTER_FILE) -> Self:
        """Read the shipped file; a row that can't be used raises ValueError in one line."""
        return cls(read_observations(path))

    def find(self, text: str, today: date) -> RecruiterAnswer:
        """What the register says about the company that the words name."""
        if self.date is None:
            return RecruiterAnswer("register_unavailable")
        verdict, rows, written = self._judge(text[:MAX_CHARACTERS], today)
        return RecruiterAnswer(
            verdict, rows, self.date, self.stale(today), self.third_party, written
        )

    def stale(self, today: date) -> bool:
        return self.date is not None and today - self.date > STALE_AFTER

    def standing(self, key: str, today: date) -> str:
        """What a watcher is told of a name: a status of 1.6, `conflict` or `not_found`."""
        company = self.index.by_fold.get(key)
        if company is None:
            return "not_found"
        verdict, rows = weigh(speaking(self.index, company), today)
        statuses = [row.status for row in rows if row.score == 100]
        if verdict == "listed":
            return next((status for status in statuses if status != "listed"), "listed")
        if verdict == "sanctioned":
            return statuses[0]
        return "expired" if "expired" in statuses else verdict

    def names_in(self, text: str) -> tuple[str, ...]:
        """Names of the register that stand in a text as a whole, also without PT. A single word is
        a name only behind PT, where nobody needs the register to see it."""
        found: dict[str, None] = {}
        for mention in mentions(name_words(text), self.index.name_words):
            for words in _runs(mention.words):
                company = self.index.by_fold.get(fold(words))
                if company and rare_words(words):
                    found[" ".join(words).title()] = None
        return tuple(found)

    def by_numbers(self, numbers: Iterable[str]) -> Company | None:
        """The one company with one of these licence numbers; None when there are several."""
        found = {owner.fold: owner for n in numbers for owner in self.index.by_number.get(n, ())}
        return next(iter(found.values())) if len(found) == 1 else None

    def _judge(self, text: str, today: date) -> tuple[Verdict, tuple[RegisterRow, ...], str]:
        """The verdict, its rows, and a written name that a number doesn't belong to."""
        words = name_words(text)
        named = mentions(words, self.index.name_words)
        is_person = names_a_person(words)
        if is_person:
            named = [mention for mention in named if mention.marked or len(mention.words) > 1]
        same = self._same(named)
        numbers = (number.lstrip("0") for number in licence_numbers(text))
        if number := next((n for n in numbers if n in self.index.by_number), ""):
            return self._judge_number(number, named, same, today)
        certain = not self._written_otherwise(text, words, named)
        if len(same) == 1 and self._all_mean(same[0], named) and certain:
            return *self._weigh(same[0], today), ""
        near = [*(Near(company, 100, 99) for company in same), *self.index.near(named)]
        if near:
            return "similar", _choices(near, today), ""
        if is_person and not any(mention.marked for mention in named):
            return "not_a_company", (), ""
        weak = self.index.weak(named)
        return ("similar", _choices(weak, today), "") if weak else ("not_found", (), "")

    def _judge_number(
        self, number: str, named: Sequence[Mention], same: Sequence[Company], today: date
    ) -> tuple[Verdict, tuple[RegisterRow, ...], str]:
        """The number says which company; another company's name beside it is shown as such."""
        owners = self.index.by_number[number]
        listing = [owner for owner in owners if owner.has(("listed",), number)]
        if len(owners) > 1 and not any(owner.has(SANCTIONS, number) for owner in owners):
            return "similar", _choices([Near(owner, 100, 99) for owner in owners], today), ""
        owner = (listing or owners)[0]
        verdict, rows = self._weigh(owner, today, number=number)
        others = [company for company in same if company is not owner]
        if verdict == "listed" and (others or not self._all_mean(owner, named)):
            listed = tuple(row for row in rows if row.score == 100)
            faces = tuple(company.face(today) for company in others[:2])
            unknown = next((m for m in named if m.marked and self.index.exact(m) is None), None)
            written = " ".join(unknown.words) if unknown and not faces else ""
            return "conflict", listed + faces, written
        return verdict, rows, ""

    def _weigh(
        self, company: Company, today: date, *, number: str = ""
    ) -> tuple[Verdict, tuple[RegisterRow, ...]]:
        """Listing against sanction for one name, then the look-alikes of the other side."""
        verdict, rows = weigh(speaking(self.index, company, number), today)
        if verdict == "listed":
            rows += self._look_alikes(company, SANCTIONS, today)
        elif verdict == "sanctioned" and all(row.status != "listed" for row in rows):
            rows += self._look_alikes(company, ("listed",), today)
        return verdict, rows

    def _written_otherwise(self, text: str, words: Sequence[str], named: Sequence[Mention]) -> bool:
        """A CV of the name of a PT, or a last word that makes it another name ("PT X Palsu")."""
        forms = [m.form for m in named if m.marked and self.index.exact(m)]
        if forms and all(form in _NO_PT for form in forms):
            return True
        if not words or words[-1] not in _PART_OF_A_NAME or "?" in text:
            return False
        marked = [mention.words for mention in named if mention.marked]
        return any(tuple(words[-1 - len(name) : -1]) == name for name in marked)

    def _look_alikes(
        self, company: Company, statuses: Collection[str], today: date
    ) -> tuple[RegisterRow, ...]:
        near = self.index.near([Mention(company.words, marked=True)])
        other = [n for n in near if n.company is not company and n.company.has(statuses)]
        return _choices(other[:2], today)

    def _same(self, named: Sequence[Mention]) -> list[Company]:
        """Companies whose whole name is there; one word needs PT before it or to stand alone."""
        found: dict[Company, None] = {}
        for mention in named[:MAX_NAMED]:
            company = self.index.exact(mention)
            if company and (mention.marked or len(named) == 1 or len(mention.words) > 1):
                found[company] = None
        return list(found)

    def _all_mean(self, company: Company, named: Sequence[Mention]) -> bool:
        """No name behind a PT in the message is another company's or unknown."""
        marked = [mention for mention in named[:MAX_NAMED] if mention.marked]
        unlike = [mention for mention in marked if self.index.exact(mention) is not company]
        return len(unlike) <= MAX_MENTIONS and all(
            any(near.company is company for near in self.index.near([mention]))
            for mention in unlike
        )


def _runs(words: Sequence[str]) -> Iterator[tuple[str, ...]]:
    """Every run of two to six neighbours."""
    for start in range(len(words) - 1):
        for end in range(start + 2, min(len(words), start + 6) + 1):
            yield tuple(words[start:end])


@lru_cache(maxsize=1)
def shipped_register() -> Register:
    """The file that is shipped, read once in a process: it is never changed."""
    return Register.load()


def _choices(near: Sequence[Near], today: date) -> tuple[RegisterRow, ...]:
    """At most three names, each once, and the best of each side among them (5.5)."""
    best: dict[Company, Near] = {}
    for found in near:
        best.setdefault(found.company, found)
    ranked = list(best.values())
    chosen = ranked[:MAX_CHOICES]
    for statuses in (SANCTIONS, ("listed",)):
        first = next((found for found in ranked if found.company.has(statuses)), None)
        if first and first not in chosen:
            chosen[-1] = first
    return tuple(replace(found.company.face(today), score=found.score) for found in chosen)
