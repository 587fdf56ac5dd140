"""Taking a register file over: what of the old stays, what has changed, and who is told of it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from math import ceil
from typing import Any

from sqlalchemy import Connection

from bot import audit, outbox, register_notices, register_snapshots
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


def import_register(
    connection: Connection,
    service: Service,
    rows: Sequence[Observation],
    origin: Origin,
    *,
    drop_share: float,
    now: datetime,
) -> Imported:
    """Make the register what the rows say, in the caller's transaction: all of it or nothing.

    Raises RegisterFileError when the file is of the other kind or loses too many companies.
    """
    audit.wait_in_line(connection)  # two imports at a time would both compare with the old one
    before = service.register_now(connection)
    today = service.today(now)
    _check_kind(rows, origin)
    after = Register(merged(before.observations, rows, origin.kind))
    _check_drop(before, rows, origin, drop_share)
    if _is_same(before, after) and register_snapshots.newest(connection) is not None:
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
        after.observations,
        now,
    )
    notices = register_notices.for_watchers(connection, service, before, after, now)
    outbox.queue(connection, notices)
    audit.record(connection, now, actor="operator", action="register", subject=f"register:{number}")
    return Imported(number, tuple(differences(before, after, today)), len(notices))


def _speaking(rows: Sequence[Observation]) -> list[Observation]:
    """The rows that give a file its day: its listings, or, where there are none, all of it."""
    return [seen for seen in rows if seen.row.status == "listed"] or list(rows)


def merged(
    before: Iterable[Observation], rows: Sequence[Observation], kind: Kind
) -> list[Observation]:
    """A list replaces the listings and leaves alone the acts that it doesn't speak of; a list of
    sanctions replaces all acts and leaves the listings alone."""
    if kind == "sanctions":
        kept = [seen for seen in before if seen.row.status in (*_LISTINGS, "claimed")]
        return [*kept, *rows]
    spoken = {(seen.row.status, mark) for seen in rows for mark in _marks(seen)}
    kept = [
        seen
        for seen in before
        if seen.row.status not in _LISTINGS
        and not any((seen.row.status, mark) in spoken for mark in _marks(seen))
    ]
    return [*rows, *kept]


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
    before: Register, rows: Sequence[Observation], origin: Origin, drop_share: float
) -> None:
    """A file that is cut off looks like many companies that lost their licence at once."""
    statuses = ("listed",) if origin.kind == "list" else SANCTIONS
    spoken = {seen.row.key for seen in rows} | ({seen.digits for seen in rows} - {""})
    there = [company for company in before.index.by_fold.values() if company.has(statuses)]
    lost = [company for company in there if spoken.isdisjoint({company.fold, *_numbers(company)})]
    if len(lost) > drop_share * len(there):
        share = len(lost) / len(there)
        raise RegisterFileError(
            f"{origin.file_name}: {len(lost)} of {len(there)} companies would be gone ({share:.0%}), "
            f"more than {drop_share:.0%}; is the file whole? If so: --drop-share {ceil(share * 100) / 100}"
        )


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
    for key, company in old.items():
        if key not in new and key not in renamed.values():
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
