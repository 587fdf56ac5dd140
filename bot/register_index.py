"""The register's names in memory, and which of them typed words could mean.

Names are the same only when they fold to the same letters; all else is at most similar
(`recruiters.md` 5.3).
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import NamedTuple

from rapidfuzz import fuzz, process
from rapidfuzz.distance import OSA

from bot.register_rows import SANCTIONS, Observation
from flows.company_names import GENERIC, Mention, company_words, initials_of, rare_words
from flows.letters import fold, skeleton
from flows.ports import RegisterRow

MAX_MENTIONS = 4
"""Of a long message only so many possible names are compared, so that nobody can stall a turn."""
SIMILAR = 85.0
"""Below this ratio only one or two slips of the finger still count (`recruiters.md` 5.2)."""
SLIPS_FROM = 6
"""Letters that a name needs before two slips still mean it."""
LEAST_RATIO = 75.0
LEADS_ALIKE = 75.0
GENERIC_PART = 95.0
"""What part of a mention must reach when it consists of words of every second company."""


@dataclass(frozen=True, slots=True, eq=False)
class Company:
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
        return min(rows, key=lambda row: (row.status not in SANCTIONS, row.status != "listed"))

    def has(self, statuses: Collection[str], number: str = "") -> bool:
        return any(
            seen.row.status in statuses and number in ("", seen.digits)
            for seen in self.observations
        )


SKELETON_FROM = 5
"""Consonants that tell one name from others."""


class Near(NamedTuple):
    company: Company
    rank: float
    score: float


class NameIndex:
    """Some hundred names, looked at as a whole each time."""

    def __init__(self, observations: Iterable[Observation]) -> None:
        self.by_fold: dict[str, Company] = {}
        self.by_number: dict[str, list[Company]] = defaultdict(list)
        for observation in observations:
            if observation.row.status != "claimed":
                self._keep(observation)
        self._companies = list(self.by_fold.values())
        self._folds = list(self.by_fold)
        self.name_words = frozenset(word for known in self._companies for word in known.words)
        self._by_sound: dict[str, list[Company]] = defaultdict(list)
        self._by_initials: dict[str, list[Company]] = defaultdict(list)
        self._by_words: dict[tuple[str, ...], list[Company]] = defaultdict(list)
        self._by_skeleton: dict[str, list[Company]] = defaultdict(list)
        for company in self._companies:
            for sound in set(company.sounds) - GENERIC:
                self._by_sound[sound].append(company)
            self._by_words[tuple(sorted(company.sounds))].append(company)
            self._by_skeleton[skeleton(company.fold)].append(company)
            for initials in initials_of(company.words):
                self._by_initials[initials].append(company)

    def _keep(self, observation: Observation) -> None:
        words = company_words(observation.row.name)
        key = fold(words)
        company = self.by_fold.get(key)
        if company is None:
            sounds = tuple(fold((word,)) for word in words)
            company = self.by_fold[key] = Company(key, words, sounds)
        company.observations.append(observation)
        owners = self.by_number[observation.digits]
        if company not in owners:
            owners.append(company)

    def exact(self, mention: Mention) -> Company | None:
        whole = self.by_fold.get(fold(mention.words))
        return whole or self.by_fold.get(fold(mention.trimmed()))

    def near(self, named: Sequence[Mention]) -> list[Near]:
        """Everything similar, best first: by ratio, by beginning, or by shared rare words."""
        marked = [mention for mention in named if mention.marked]
        best: dict[Company, Near] = {}
        for mention in (marked or named)[:MAX_MENTIONS]:
            ways = (self._misspelt, self._partly, self._disguised)
            for near in (near for way in ways for near in way(mention)):
                known = best.get(near.company)
                if known is None or near.rank > known.rank:
                    best[near.company] = near
        return sorted(best.values(), key=lambda near: (-near.rank, -near.score, near.company.fold))

    def _misspelt(self, mention: Mention) -> Iterator[Near]:
        """The letters nearly agree, of the whole mention or of the part that could be the name."""
        for part in mention.parts():
            whole = part == mention.words
            if not whole and len(part) < 2:
                continue
            telling = whole or bool(rare_words(part))
            letters = fold(part)
            for _, ratio, index in process.extract(
                letters,
                self._folds,
                scorer=fuzz.ratio,
                score_cutoff=LEAST_RATIO if telling else GENERIC_PART,
                limit=6,
            ):
                company = self._companies[index]
                if _alike(part, letters, company, ratio):
                    yield Near(company, min(ratio, 99) - (not whole), min(ratio, 99))

    def _partly(self, mention: Mention) -> Iterator[Near]:
        """One name continues the other, or holds all its words, two of them rare (5.3)."""
        letters, rare = fold(mention.words), rare_words(mention.words)
        sounds = {fold((word,)) for word in mention.words}
        for company in self._companies:
            longer = rare and len(mention.words) > 1 and company.fold.startswith(letters)
            shorter = letters.startswith(company.fold) and company.lead not in GENERIC
            if (longer or shorter) and min(len(letters), len(company.fold)) >= 8:
                yield Near(company, 97, _ratio(letters, company))
        shared: dict[Company, int] = defaultdict(int)
        for sound in rare:
            for company in self._by_sound.get(sound, ()):
                shared[company] += 1
        for company, count in shared.items():
            words = set(company.sounds)
            if count >= 2 and (words <= sounds or sounds <= words):
                yield Near(company, 90, _ratio(letters, company))

    def _disguised(self, mention: Mention) -> Iterator[Near]:
        """The words in another order, written without vowels, or cut to their first letters."""
        letters = fold(mention.words)
        sounds = tuple(fold((word,)) for word in mention.words)
        if len(sounds) > 1:
            for company in self._by_words.get(tuple(sorted(sounds)), ()):
                yield Near(company, 95, _ratio(letters, company))
        bones = skeleton(letters)
        if len(bones) >= SKELETON_FROM:
            for company in self._by_skeleton.get(bones, ()):
                yield Near(company, 92, _ratio(letters, company))
        for sound in rare_words(mention.words):
            for company in self._by_sound.get(sound, ()):
                if _cut_short(sounds, company.sounds):
                    yield Near(company, 91, _ratio(letters, company))

    def weak(self, named: Sequence[Mention]) -> list[Near]:
        """Hints that give a list, never a verdict: one rare word, initials, a common beginning."""
        found: dict[Company, None] = {}
        words = named[0].words if named else ()
        letters = fold(words)
        if len(words) == 1:
            found |= dict.fromkeys(self._by_sound.get(letters, ()))
            found |= dict.fromkeys(self._by_initials.get(words[0], ()))
        elif words and not rare_words(words):
            found |= {c: None for c in self._companies if c.fold.startswith(letters)}
        scored = [Near(company, 0, _ratio(letters, company)) for company in found]
        return sorted(scored, key=lambda near: (-near.score, near.company.fold))


def _cut_short(typed: Sequence[str], known: Sequence[str]) -> bool:
    """Word by word the name or its beginning; a last word may be missing."""
    if len(typed) < 2 or not len(known) - 1 <= len(typed) <= len(known):
        return False
    return all(one and other.startswith(one) for one, other in zip(typed, known, strict=False))


def _ratio(letters: str, company: Company) -> float:
    return min(fuzz.ratio(letters, company.fold), 99.0)


def _alike(part: Sequence[str], letters: str, company: Company, score: float) -> bool:
    """One or two slips of the finger, or a ratio of 85 with the telling word there (5.3)."""
    typed, known = "".join(part), "".join(company.words)
    slips = 2 if len(typed) >= SLIPS_FROM else 1
    for one, other in ((typed, known), (letters, company.fold)):
        if OSA.distance(one, other, score_cutoff=slips) <= slips:
            return True
    return score >= SIMILAR and fuzz.partial_ratio(company.lead, letters) >= LEADS_ALIKE
