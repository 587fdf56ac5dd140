"""Messy places with a fixed seed: how villagers write the real list, and how the answers count.

Every text comes from a real village. Half of the villages lie in regencies whose office is sure,
the others anywhere in Indonesia. For figures run `python -m tests.bot.places_figures 4000`.
"""

import random
import time
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from statistics import quantiles

from bot.territory import Gazetteer, Offices, is_inside, province_code, regency_code
from flows.ports import PlaceAnswer
from tests.bot.places_forms import FORMS, Form, Names, nickname, worn

ON = date(2026, 11, 22)


@dataclass(frozen=True, slots=True)
class Case:
    """A text, the places it may mean (any of them is right), and the way it was made."""

    text: str
    codes: tuple[str, ...]
    kind: str
    names_area: bool
    """The text names a kecamatan or a regency: it should not need a question."""


@dataclass(slots=True)
class Score:
    """The counts of one run, with the cases that went wrong for a person to read."""

    outcomes: Counter[str]
    questions: Counter[str]
    bad: list[tuple[str, Case, PlaceAnswer]]
    spent: list[float]

    @property
    def total(self) -> int:
        return sum(self.outcomes.values())

    def share(self, *outcomes: str) -> float:
        return sum(self.outcomes[o] for o in outcomes) / max(1, self.total)

    @property
    def right(self) -> float:
        """Answered with the right office, or asked with the right office among the choices."""
        return self.share("right", "offered")

    @property
    def wrong(self) -> float:
        return self.share("wrong")

    @property
    def asked(self) -> float:
        """Questions among the texts that name a kecamatan or a regency."""
        return self.questions["asked"] / max(1, self.questions["all"])

    def milliseconds(self, percent: int) -> float:
        return 1000 * quantiles(self.spent, n=100)[percent - 1]


class Messy:
    """Makes cases from the list, and judges the answers by the office they lead to."""

    def __init__(self, gazetteer: Gazetteer, offices: Offices) -> None:
        self._gazetteer = gazetteer
        self._offices = offices
        sure = {a.regency_code for a in offices.areas if a.confidence == "sure"}
        self.everywhere = self._villages()
        self.weighted = [code for code in self.everywhere if regency_code(code) in sure]

    def _villages(self) -> list[str]:
        codes = [""]
        for _ in range(4):
            codes = [child.code for code in codes for child in self._gazetteer.children(code)]
        return codes

    def office(self, code: str) -> str:
        """The office where it is settled, else the regency, which leads to the same people."""
        answer = self._offices.responsible(code, ON) if "." in code else None
        return (answer.office if answer else None) or regency_code(code) or code

    def names(self, code: str) -> Names:
        parts: list[str] = []
        for end in (13, 8, 5, 2):
            place = self._gazetteer.place(code[:end])
            assert place is not None
            name = place.name.split(",")[0]
            parts.append(name if end == 2 else name.split(" ", 1)[1])
        place = self._gazetteer.place(code[:5])
        kind = "kota" if place and place.name.startswith("Kota") else "kab"
        village, district, regency, province = (part.lower() for part in parts)
        return Names(village, district, regency, province, kind)

    def case(self, chance: random.Random, forms: Sequence[Form] = FORMS) -> Case:
        code = chance.choice(self.weighted if chance.random() < 0.5 else self.everywhere)
        form = chance.choices(forms, weights=[f.weight for f in forms])[0]
        fields = self._fields(code, form, chance)
        codes: tuple[str, ...] = (code[: form.end],)
        if "{other" in form.text:
            other = chance.choice(self.everywhere)
            while regency_code(other) == regency_code(code):
                other = chance.choice(self.everywhere)
            spare = self._fields(other, form, chance)
            fields |= {f"other_{key}": value for key, value in spare.items()}
            codes = (codes[0], other[:5])
        text = form.text.format(**fields)
        return Case(_dressed(text, chance), codes, form.kind, form.names_area)

    def _fields(self, code: str, form: Form, chance: random.Random) -> dict[str, str]:
        names = self.names(code)
        wear = 0.0 if form.tidy else chance.choice((0.0, 0.25, 0.5))
        fields = {
            "v": worn(names.village, chance, wear),
            "k": worn(names.district, chance, wear),
            "r": worn(names.regency, chance, wear),
            "p": worn(names.province, chance, wear / 2),
            "kk": names.kind,
            "KK": "kota" if names.kind == "kota" else "kabupaten",
        }
        if chance.random() < 0.25:
            fields["r"] = nickname(code[:5], chance) or fields["r"]
        if chance.random() < 0.6:
            fields["p"] = nickname(province_code(code), chance) or fields["p"]
        return fields

    def judge(self, case: Case, answer: PlaceAnswer) -> str:
        """ "right"; "offered": asked, with the right office among the choices; "vague": it contains it;
        "astray": asked without it; "none": nothing found; "wrong": another office."""
        meant = {self.office(code) for code in case.codes}
        if answer.place:
            if answer.place.level == "province":
                inside = any(c.startswith(answer.place.code) for c in case.codes)
                return (
                    "vague" if inside and len(case.codes[0]) > 2 else "right" if inside else "wrong"
                )
            if self.office(answer.place.code) in meant:
                return "right"
            larger = any(is_inside(code, answer.place.code) for code in case.codes)
            return "vague" if larger else "wrong"
        if not answer.ask:
            return "none"
        offered = {self.office(choice.code) for choice in answer.ask}
        return "offered" if meant & offered else "astray"

    def run(self, cases: Iterable[Case]) -> Score:
        score = Score(Counter(), Counter(), [], [])
        for case in cases:
            begun = time.perf_counter()
            answer = self._gazetteer.find(case.text)
            score.spent.append(time.perf_counter() - begun)
            outcome = self.judge(case, answer)
            score.outcomes[outcome] += 1
            if case.names_area:
                score.questions["all"] += 1
                score.questions["asked"] += bool(answer.ask)
            if outcome != "right":
                score.bad.append((outcome, case, answer))
        return score

    def cases(self, count: int, seed: int, forms: Sequence[Form] = FORMS) -> list[Case]:
        chance = random.Random(seed)
        return [self.case(chance, forms) for _ in range(count)]


def _dressed(text: str, chance: random.Random) -> str:
    """Capitals and marks as a thumb leaves them."""
    style = chance.random()
    if style < 0.12:
        return text.upper()
    if style < 0.3:
        text = text.title()
    if chance.random() < 0.4:
        text = "".join(c for c in text.replace("/", " ") if c not in ".,")
    return text
