"""Taking a register file over: what of the old stays, what has changed, and who is told of it."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from math import ceil
from typing import Any

from sqlalchemy import Connection

from bot import audit, register_notices, register_snapshots
from bot.recruiters import Register
from bot.register_file import Kind
from bot.register_index import Company
from bot.register_rows import SANCTIONS, Observation, RegisterFileError
from bot.service import Service

_LISTINGS = ("listed", "expired")


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a file comes from, for the snapshot's own row."""

    kind: Kind
    file_name: str
    file_hash: bytes
    third_party: bool


@dataclass(frozen=True, slots=True)
class Change:
    """One line of the difference report."""

    kind: str
    """`new`, `changed` or `gone`."""
    what: str


@dataclass(frozen=True, slots=True)
class Imported:
    snapshot: int | None
    """None when the file says what the register says already."""
    changes: tuple[Change, ...]
    told: int
    """Watchers who get a notice."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What an import will do, worked out before the database is held."""

    base: int | None
    """The snapshot that the file was compared with."""
    before: Register
    after: Register
    changes: tuple[Change, ...]
    is_same: bool


class Overtaken(Exception):
    """Another import was committed since the plan was made."""


def make_plan(
    before: Register,
    base: int | None,
    rows: Sequence[Observation],
    origin: Origin,
    *,
    drop_share: float,
    today: date,
) -> Plan:
    """Raises RegisterFileError when the file is of the other kind or loses too many companies."""
    _check_kind(rows, origin)
    after = Register(merged(before.observations, rows, origin.kind))
    _check_drop(before, after, rows, origin, drop_share, today)
    changes = tuple(differences(before, after, today))
    return Plan(base, before, after, changes, _is_same(before, after))


def plan_import(
    connection: Connection,
    service: Service,
    rows: Sequence[Observation],
    origin: Origin,
    *,
    drop_share: float,
    now: datetime,
) -> Plan:
    """The plan against the register that counts now."""
    base = register_snapshots.newest_id(connection)
    before = service.register_now(connection)
    today = service.today(now)
    return make_plan(before, base, rows, origin, drop_share=drop_share, today=today)


def import_register(
    connection: Connection,
    service: Service,
    rows: Sequence[Observation],
    origin: Origin,
    *,
    drop_share: float,
    now: datetime,
    plan: Plan | None = None,
) -> Imported:
    """Make the register what the rows say, in the caller's transaction: all of it or nothing.

    Raises what `make_plan` raises, and Overtaken when a given plan is no longer good.
    """
    audit.wait_in_line(connection)  # two imports at a time would both compare with the old one
    if plan is None:
        plan = plan_import(connection, service, rows, origin, drop_share=drop_share, now=now)
    elif register_snapshots.newest_id(connection) != plan.base:
        raise Overtaken
    if plan.is_same and plan.base is not None:
        return Imported(None, (), 0)
    number = register_snapshots.keep(
        connection,
        {
            "kind": origin.kind,
            "file_name": origin.file_name,
            "file_hash": origin.file_hash,
            "source": rows[0].row.source,
            "source_date": max(seen.row.seen_on for seen in _speaking(rows)),
            "third_party": origin.third_party,
        },
        plan.after.observations,
        now,
    )
    told = register_notices.tell_watchers(connection, service, plan.after, now, before=plan.before)
    audit.record(connection, now, actor="operator", action="register", subject=f"register:{number}")
    return Imported(number, plan.changes, told)


def _speaking(rows: Sequence[Observation]) -> list[Observation]:
    """The rows that give a file its day: its listings, or, where there are none, all of it."""
    return [seen for seen in rows if seen.row.status == "listed"] or list(rows)


def merged(
    before: Iterable[Observation], rows: Sequence[Observation], kind: Kind
) -> list[Observation]:
    """A list replaces the listings and leaves alone the acts that it doesn't speak of. A list of
    sanctions replaces all acts but revocations: those stay until the file says otherwise."""
    spoken = {(seen.row.status, mark) for seen in rows for mark in _marks(seen)}
    ends = _ends(rows)
    replaced = ("claimed", *_LISTINGS) if kind == "sanctions" else ()
    kept = [
        seen
        for seen in before
        if seen.row.status in replaced
        or (
            seen.row.status not in _LISTINGS
            and (kind == "list" or (seen.row.status == "revoked" and not _is_over(seen, ends)))
            and not any((seen.row.status, mark) in spoken for mark in _marks(seen))
        )
    ]
    return [*kept, *rows] if kind == "sanctions" else [*rows, *kept]


def _ends(rows: Iterable[Observation]) -> Mapping[str, list[Observation]]:
    """The rows that say that a sanction is over, by number and by name."""
    ends: dict[str, list[Observation]] = defaultdict(list)
    for seen in rows:
        if seen.row.status == "lifted_watch":
            for mark in {seen.digits, seen.row.key} - {""}:
                ends[mark].append(seen)
    return ends


def _is_over(act: Observation, ends: Mapping[str, list[Observation]]) -> bool:
    """A later row of its number says so; of its name, when one of the two has no number."""
    found = [end for mark in (act.digits, act.row.key) for end in ends.get(mark, ())]
    return any(
        end.row.seen_on > act.row.seen_on
        and (end.digits == act.digits or not (end.digits and act.digits))
        for end in found
    )


def _marks(seen: Observation) -> tuple[str, ...]:
    """By what an act is known again: its number, or the name where it has none."""
    return (seen.digits,) if seen.digits else (seen.row.key,)


def _check_kind(rows: Sequence[Observation], origin: Origin) -> None:
    listed = sum(seen.row.status == "listed" for seen in rows)
    if origin.kind == "list" and not listed:
        raise RegisterFileError(
            f"{origin.file_name}: no row is a listing; is it a list of sanctions (--kind sanctions)?"
        )
    if origin.kind == "sanctions" and listed:
        raise RegisterFileError(
            f"{origin.file_name}: {listed} rows are listings; leave --kind sanctions out"
        )


def _check_drop(
    before: Register,
    after: Register,
    rows: Sequence[Observation],
    origin: Origin,
    drop_share: float,
    today: date,
) -> None:
    """A file that is cut off looks like many companies that lost their licence at once; so does
    one whose dates are all over."""
    is_list = origin.kind == "list"
    statuses = ("listed",) if is_list else SANCTIONS
    named = {seen.row.key for seen in rows} | ({seen.digits for seen in rows} - {""})
    there = [c for c in before.index.by_fold.values() if _counts(c, statuses, today)]
    lost = [c for c in there if not any(_counts(o, statuses, today) for o in _again(after, c))]
    still_named = [c for c in lost if not named.isdisjoint({c.fold, *_numbers(c)})]
    gone = len(lost) if is_list else len(lost) - len(still_named)
    if gone > drop_share * len(there):
        share = gone / len(there)
        mend = f"is the file whole? If so: --drop-share {ceil(share * 100) / 100}"
        if not is_list:
            mend = "is the file whole? If so, give each that ended a row with pengakhiran sanksi"
        elif still_named:
            mend = (
                f"{len(still_named)} stand in it and are not listed: look at status and valid_until"
            )
        raise RegisterFileError(
            f"{origin.file_name}: {gone} of {len(there)} companies would be gone ({share:.0%}), "
            f"more than {drop_share:.0%}; {mend}"
        )


def _counts(company: Company, statuses: Sequence[str], today: date) -> bool:
    return any(seen.on(today).status in statuses for seen in company.observations)


def _again(after: Register, company: Company) -> Iterable[Company]:
    """The company in the new register, by its name or its number."""
    if same := after.index.by_fold.get(company.fold):
        yield same
    for number in _numbers(company):
        yield from after.index.by_number.get(number, ())


def _numbers(company: Company) -> set[str]:
    return {seen.digits for seen in company.observations} - {""}


def _is_same(before: Register, after: Register) -> bool:
    return sorted(map(_facts, before.observations)) == sorted(map(_facts, after.observations))


def _facts(seen: Observation) -> tuple[Any, ...]:
    row = seen.row
    return (row.name, row.licence_no, row.status, row.status_text, row.source, row.third_party,
            row.seen_on, seen.valid_until or date.min)  # fmt: skip


# ---- the difference


def differences(before: Register, after: Register, today: date) -> Iterable[Change]:
    """Company by company: new, changed status, name or number, gone."""
    old, new = before.index.by_fold, after.index.by_fold
    renamed = dict(_renamed(before, after))
    for key, company in new.items():
        was = old.get(key) or old.get(renamed.get(key, ""))
        if was is None:
            yield Change("new", f"{_told(company)}: {_statuses(company, today)}")
            continue
        if was.fold != key:
            yield Change("changed", f"{_told(was)}: now written {company.face(today).name}")
        if _statuses(was, today) != _statuses(company, today):
            yield Change("changed", f"{_told(company)}: {_statuses(was, today)} → "
                         f"{_statuses(company, today)}")  # fmt: skip
        if _shown_numbers(was) != _shown_numbers(company):
            yield Change("changed", f"{_told(company)}: number {_shown_numbers(was) or '-'} → "
                         f"{_shown_numbers(company) or '-'}")  # fmt: skip
    gone = old.keys() - new.keys() - set(renamed.values())
    for key, company in old.items():
        if key in gone:
            yield Change("gone", f"{_told(company)}: was {_statuses(company, today)}")


def _renamed(before: Register, after: Register) -> Iterable[tuple[str, str]]:
    """(new name, old name) of companies that kept their number and changed their name."""
    for key, company in before.index.by_fold.items():
        if key in after.index.by_fold:
            continue
        successor = after.by_numbers(_numbers(company))
        if successor and successor.fold not in before.index.by_fold:
            yield successor.fold, key


def _told(company: Company) -> str:
    row = company.observations[0].row
    return f"{row.name} ({row.licence_no})" if row.licence_no else row.name


def _statuses(company: Company, today: date) -> str:
    return " + ".join(sorted({seen.on(today).status for seen in company.observations}))


def _shown_numbers(company: Company) -> str:
    numbers = {seen.row.licence_no for seen in company.observations}
    return ", ".join(sorted(numbers - {""}))
