"""Listing against sanction: what the observations of one company come to (`recruiters.md` 5.3, 5)."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from bot.register_index import Company, NameIndex
from bot.register_rows import REMARKS, SANCTIONS, Observation
from flows.ports import RegisterRow, Verdict


@dataclass(frozen=True, slots=True)
class Sides:
    """Listings, sanctions not ended since, and what is only told beside them (remarks)."""

    listed: list[Observation]
    acts: list[Observation]
    remarks: list[Observation]
    disputed: bool
    """Some end of a sanction may speak of one of the acts, and can't be shown to."""


def speaking(index: NameIndex, company: Company, number: str = "") -> list[Observation]:
    """What is seen under the company's name and, of sanctions, under its licence numbers.

    With a number: not what is seen of namesakes under another number of the same kind.
    """
    own = company.observations
    if number:
        kinds = {seen.is_nib for seen in own if seen.digits == number}
        own = [s for s in own if s.digits in (number, "") or s.is_nib not in kinds]
    numbers = {seen.digits for seen in own if seen.row.status == "listed"} | {number}
    others = [
        seen
        for n in sorted(numbers - {""})
        for owner in index.by_number.get(n, ())
        if owner is not company
        for seen in owner.observations
        if seen.digits == n and seen.row.status in (*SANCTIONS, "lifted_watch")
    ]
    return [*own, *others]


def weigh(seen: Iterable[Observation], today: date) -> tuple[Verdict, tuple[RegisterRow, ...]]:
    """The verdict, and the rows that it rests on."""
    found = _sides(seen, today)
    listed, acts, remarks = found.listed, found.acts, found.remarks
    if listed and acts:
        bound = {act.digits for act in acts if not act.term_is_over(today)} - {""}
        one_name = len({one.row.key for one in (*listed, *acts)}) == 1
        certain = one_name and not found.disputed
        if certain and bound.issuperset(listing.digits for listing in listed):
            return "sanctioned", _rows([*acts, *listed, *remarks], today)
        return "conflict", _rows([*listed, *acts, *remarks], today)
    if listed:
        return "listed", _rows([*listed, *remarks], today)
    if acts and found.disputed:
        return "conflict", _rows([*acts, *remarks], today)
    if acts:
        return "sanctioned", _rows(acts, today)
    return "not_found", _rows(remarks, today)


def _sides(seen: Iterable[Observation], today: date) -> Sides:
    by_status: Mapping[str, list[Observation]] = defaultdict(list)
    for observation in seen:
        by_status[observation.on(today).status].append(observation)
    ended = by_status["lifted_watch"]
    acts = [
        act
        for status in ("revoked", "suspended")
        for act in by_status[status]
        if not any(_ends(end, act) for end in ended)
    ]
    remarks = [remark for status in REMARKS for remark in by_status[status]]
    disputed = any(end.row.seen_on >= act.row.seen_on for end in ended for act in acts)
    return Sides(by_status["listed"], acts, remarks, disputed)


def _ends(end: Observation, act: Observation) -> bool:
    """Only of a suspension, only later, only of the same number: all else is two records."""
    later = end.row.seen_on > act.row.seen_on
    return act.row.status == "suspended" and later and act.digits == end.digits


def _rows(observations: Iterable[Observation], today: date) -> tuple[RegisterRow, ...]:
    return tuple(observation.on(today) for observation in observations)
