"""Who is responsible for a tip: exactly one chain with exactly one owner, for any place and moment.

The rules of territory.md A3. First the decree's officer of the village and the deputy, then the
contact of the kecamatan, then the office by kecamatan and by regency, on the day, and only where
that is sure. What is not sure goes openly to the Kanwil of the province, never to the nearest
office; without a place a human empties the inbox. `load_chart` (`bot/chart.py`) reads what counts
for a few places or for all, `route` is a pure function of it.
"""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Literal
from zoneinfo import ZoneInfo

from bot.chart import Chart
from bot.officers import (
    LEADING_ROLES,
    ROLE_ORDER,
    UNROUTED,
    VILLAGE_ROLES,
    Step,
    holds_on,
    with_parents,
)
from bot.service import OurOffice
from bot.territory import province_code, zone_of
from flows.ports import Place
from flows.safety import ABROAD_DESK

Kind = Literal["ours", "other_office", "abroad", "unclear", "unknown"]


@dataclass(frozen=True, slots=True)
class Question:
    """What is to be routed, and when."""

    place_code: str
    """Where it happened; "" when nobody knows."""
    at: datetime
    home_code: str = ""
    """Where the recruited person lives, if that is another place: that office owns the tip."""
    topic: str = "report"
    skip: frozenset[int] = frozenset()
    """Officers who must not have it: the tip speaks of them (`bot/conflicts.py`)."""
    everybody: bool = False
    """Show also those who are passed over, each with the reason."""


@dataclass(frozen=True, slots=True)
class Copy:
    """Another desk that the tip concerns; it owns nothing."""

    office: str
    office_code: str | None
    """None for a desk that is not on this system: the owner writes to it."""
    reason: str


@dataclass(frozen=True, slots=True)
class Route:
    kind: Kind
    place_code: str
    """The place that decides, which the tip keeps."""
    office_code: str
    """The office on this system whose tip it is."""
    responsible: str
    """The name of the responsible office; "" as long as that is not settled."""
    sure: Literal["given", "sure", "unclear", "unknown"]
    source: str
    source_date: str
    candidates: tuple[str, ...]
    chain: tuple[Step, ...]
    """In order, each once, never empty: the first that is not passed over owns the tip."""
    copies: tuple[Copy, ...] = ()
    ask_district: bool = False
    """The area is unclear and the kecamatan is not known: ask for it once."""

    @property
    def owner(self) -> Step:
        return next(step for step in self.chain if not step.passed_over)

    @property
    def promised(self) -> bool:
        """A clock may be promised to the reporter: the office on this system is responsible."""
        return self.kind in ("ours", "unknown")


@dataclass(frozen=True, slots=True)
class Settled:
    """Which office serves a place on a day, and from where that is known."""

    office_code: str | None
    name: str
    sure: Literal["given", "sure", "unclear"]
    source: str = ""
    source_date: str = ""
    candidates: tuple[str, ...] = ()


def route(chart: Chart, question: Question) -> Route:
    """The one responsible chain."""
    happened, home = _known(chart, question.place_code), _known(chart, question.home_code)
    decides = home if home is not None and home.level != "country" else happened
    copies: list[Copy] = []
    if any(place is not None and place.level == "country" for place in (happened, home)):
        copies.append(Copy(ABROAD_DESK, None, "it happened abroad (UU 18/2017 Pasal 21)"))
    if decides is None:
        return _without_office(chart, question, "unknown", "", tuple(copies))
    if decides.level == "country":
        return _without_office(chart, question, "abroad", decides.code, tuple(copies))
    settled = settle(chart, decides.code, question.at)
    other = happened if happened is not decides else None
    if other is not None and other.level != "country":
        second = settle(chart, other.code, question.at)
        if second.name and second.name != settled.name:
            copies.append(Copy(second.name, second.office_code, f"it happened in {other.code}"))
    return _routed(chart, question, decides, settled, tuple(copies))


def settle(chart: Chart, code: str, at: datetime) -> Settled:
    """The office for a place: what the offices on this system were given, then the list."""
    on = at.astimezone(ZoneInfo(zone_of(code))).date()
    for place in with_parents(code):
        if rows := _served_by(chart, place, on):
            return _of_rows(chart, rows)
    parts = [place for place in chart.areas if place.startswith(f"{code}.")]
    below = {row.office_code for place in parts for row in _served_by(chart, place, on)}
    listed = chart.listed.responsible(code, on)
    names = tuple(dict.fromkeys((*(chart.offices[c].name for c in below), *listed.candidates)))
    if listed.status != "sure" or below or listed.office is None:
        return Settled(None, "", "unclear", candidates=names)
    there = [o for o in chart.offices.values() if o.name == listed.office and o.kind == "kanim"]
    if there and there[0].area_given:  # its operator has said what is its own; this is not
        return Settled(None, "", "unclear", candidates=names)
    office_code = there[0].code if there else None
    return Settled(
        office_code, listed.office, "sure", listed.source, listed.source_date, listed.candidates
    )


def leaders(chart: Chart, office_code: str, at: datetime, skip: frozenset[int]) -> list[Any]:
    """Who sees the desks of an office and can read: those present, or, if none is, all."""
    on = _day(chart, office_code, at)
    able = [
        row
        for row in chart.leaders.get(office_code, ())
        if row.id not in skip and row.contact_id and row.key_id and holds_on(row, on)
    ]
    unique = list({row.id: row for row in able}.values())
    return [row for row in unique if not chart.is_away(row.id, at)] or unique


def _served_by(chart: Chart, place_code: str, on: date) -> list[Any]:
    """The areas of immigration offices (not Kanwil) that name exactly this place."""
    return [
        row
        for row in chart.areas.get(place_code, ())
        if holds_on(row, on) and chart.offices[row.office_code].kind == "kanim"
    ]


def _of_rows(chart: Chart, rows: list[Any]) -> Settled:
    names = tuple(dict.fromkeys(chart.offices[row.office_code].name for row in rows))
    if len({row.office_code for row in rows}) > 1:
        return Settled(None, "", "unclear", candidates=names)
    row, office = rows[0], chart.offices[rows[0].office_code]
    return Settled(
        office.code, office.name, "given" if office.area_given else "sure", row.source,
        row.valid_from.isoformat(), names,
    )  # fmt: skip


def _routed(
    chart: Chart, question: Question, place: Place, settled: Settled, copies: tuple[Copy, ...]
) -> Route:
    """For a known place in Indonesia."""
    kanwil = _kanwil(chart, place.code, question)
    office = chart.offices[settled.office_code] if settled.office_code else chart.ours
    kind: Kind = "ours" if settled.office_code else "other_office" if settled.name else "unclear"
    if kind == "ours":
        chain = _office(chart, office, place.code, question)
        if question.topic != "question":  # a question is the office's own to answer
            chain += kanwil
        first = next((step for step in chain if not step.passed_over), None)
        if first is not None and first.role in VILLAGE_ROLES:
            copies = (Copy(office.name, office.code, "the office's inbox (Inteldakim)"), *copies)
    elif kind == "unclear" and question.topic != "question":
        chain = kanwil
    else:
        chain = _office(chart, office, "", question)
    chain = _never_empty(chain)
    return Route(
        kind=kind,
        place_code=place.code,
        office_code=next(step for step in chain if not step.passed_over).office_code or office.code,
        responsible=settled.name,
        sure=settled.sure,
        source=settled.source,
        source_date=settled.source_date,
        candidates=settled.candidates,
        chain=tuple(chain),
        copies=copies,
        ask_district=kind == "unclear" and place.level in ("province", "regency"),
    )


def _without_office(
    chart: Chart, question: Question, kind: Kind, place_code: str, copies: tuple[Copy, ...]
) -> Route:
    """Abroad or no place at all: people of the office that was asked, then its inbox."""
    if kind == "abroad":
        chain = _office(chart, chart.ours, "", question)
    else:
        chain = _people(chart, chart.ours, "", question)
        what = "place unknown: a human assigns it"
        chain += _desk(chart, chart.ours, question, chain, "unrouted", what)
    return Route(
        kind=kind,
        place_code=place_code,
        office_code=chart.ours.code,
        responsible=ABROAD_DESK if kind == "abroad" else "",
        sure="unknown",
        source="",
        source_date="",
        candidates=(),
        chain=tuple(_never_empty(chain)),
        copies=copies,
    )


def _never_empty(chain: list[Step]) -> list[Step]:
    there = any(not step.passed_over for step in chain)
    return chain if there else [*chain, UNROUTED]


def _people(chart: Chart, office: OurOffice, code: str, question: Question) -> list[Step]:
    """Officers on duty for the place, then for the whole office, each once."""
    on = _day(chart, office.code, question.at)
    places = [*with_parents(code), ""] if code else [""]
    rows = [
        row
        for place in places
        for row in chart.duties.get((office.code, place), ())
        if holds_on(row, on)
    ]
    rows.sort(key=lambda row: (ROLE_ORDER.index(row.role), -len(row.place_code), row.id))
    steps: dict[int, Step] = {}
    for row in rows:
        step = _person(chart, row, question)
        if question.everybody or not step.passed_over:
            steps.setdefault(row.id, step)
    return list(steps.values())


def _person(chart: Chart, row: Any, question: Question) -> Step:
    reason = f"{row.role} of {row.place_code or 'the whole office'}"
    if row.decree:
        reason += f", {row.decree}"
    passed_over = ""
    if row.id in question.skip:
        passed_over = "NAMED IN THE TIP"
    elif row.contact_id is None:
        passed_over = "NOT ENROLLED"
    elif not row.key_id:
        passed_over = "NO KEY"
    elif row.id in chart.unconfirmed:
        passed_over = "KEY NOT CONFIRMED BY ANOTHER LEADER"
    elif chart.is_away(row.id, question.at):
        passed_over = "ON LEAVE"
    if passed_over:
        reason += f", {passed_over}: passed over"
    contact_id = row.contact_id if row.key_id else None
    return Step(row.id, contact_id, row.name, row.role, reason, row.office_code, passed_over)


def _office(chart: Chart, office: OurOffice, code: str, question: Question) -> list[Step]:
    """Its people, then the office as a whole: the head, or else the inbox of its leaders.

    Where one leader is all there is, the inbox would only be the same person again.
    """
    people = _people(chart, office, code, question)
    if any(step.role == "head" and not step.passed_over for step in people):
        return people
    return [*people, *_desk(chart, office, question, people, "office_inbox", "the office's inbox")]


def _desk(
    chart: Chart, office: OurOffice, question: Question, people: list[Step], role: str, reason: str
) -> list[Step]:
    """A desk of the office, where somebody else than the one leader in `people` sees it."""
    leading = [step for step in people if step.role in LEADING_ROLES and not step.passed_over]
    there = leaders(chart, office.code, question.at, question.skip)
    if not there or len(leading) == 1:
        return []
    return [Step(None, None, office.name, role, reason, office.code)]


def _kanwil(chart: Chart, code: str, question: Question) -> list[Step]:
    """The regional office of the province; when it is not on this system our leaders bring it."""
    province = province_code(code)
    on = question.at.astimezone(ZoneInfo(zone_of(code))).date()
    place = chart.places(province)
    name = f"Kanwil Ditjen Imigrasi {place.name if place else province}"
    for row in chart.areas.get(province, ()):
        office = chart.offices[row.office_code]
        if (
            office.kind == "kanwil"
            and holds_on(row, on)
            and leaders(chart, office.code, question.at, question.skip)
        ):
            return [Step(None, None, office.name, "kanwil", f"Kanwil of {province}", office.code)]
    if not leaders(chart, chart.ours.code, question.at, question.skip):
        return []
    why = f"Kanwil of {province}, not on this system"
    return [Step(None, None, name, "kanwil_inbox", why, chart.ours.code)]


def _known(chart: Chart, code: str) -> Place | None:
    return chart.places(code) if code else None


def _day(chart: Chart, office_code: str, at: datetime) -> date:
    return chart.offices[office_code].calendar.local(at).date()
