"""The officer's list: what waits, most urgent deadline first; never a word of what it says."""

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from sqlalchemy import ColumnElement, Connection, Select, and_, func, or_, select, true
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from bot import conflicts, officers, tips
from bot.case_rights import Access, Reader, access_to
from bot.case_rows import seen, shares
from bot.case_work import FRESH_KINDS
from bot.service import Service
from bot.tip_rows import assignments, parts
from console import acts, case_pages
from console.case import reader_of
from console.sessions import signed_in

if TYPE_CHECKING:
    from console.app import Console

PAGE = 20
SHOWS = ("mine", "office", "shared", "closed")
_MONTH = re.compile(r"20\d\d-(0[1-9]|1[0-2])", re.ASCII)
_DISTRICT = 8
"""Characters of a kecamatan's code: a village's name stands only inside the case."""


@dataclass(frozen=True, slots=True)
class Row:
    number: int
    topic: str
    category: str
    urgency: str
    status: str
    outcome: str
    place: str
    role: str
    """The owner's, "" for a closed one."""
    due_at: datetime | None
    paused: bool
    unread: int
    opens: bool
    """Whether this officer may open it."""


@dataclass(frozen=True, slots=True)
class Listing:
    show: str
    month: str
    months: tuple[str, str]
    """The month before and the one after; "" where there is none."""
    page: int
    more: bool
    counts: dict[str, int]
    rows: list[Row]


def routes(console: "Console") -> list[Route]:
    inbox = Inbox(console)
    return [
        Route("/console/inbox", console.page(GET=inbox.show)),
        *case_pages.routes(console),
        *acts.routes(console),
    ]


class Inbox:
    def __init__(self, console: "Console") -> None:
        self._console = console

    async def show(self, request: Request) -> Response:
        signed = await signed_in(request)
        asked = request.query_params
        listing = await run_in_threadpool(
            read,
            self._console.service,
            reader_of(signed),
            asked.get("show", ""),
            asked.get("month", ""),
            asked.get("page", ""),
        )
        return self._console.show("inbox.html", signed=signed, list=listing)


def read(service: Service, reader: Reader, show: str, month: str, page: str) -> Listing:
    """What the officer asked to see; what makes no sense is read as the usual list."""
    now = service.clock.now()
    number = int(page) if page.isdecimal() and len(page) < 4 else 1
    local = service.office_of(reader.office_code).calendar.local(now)
    this_month = f"{local:%Y-%m}"
    month = month if _MONTH.fullmatch(month) and month <= this_month else this_month
    with service.database.read() as connection:
        lists = _Lists(connection, service, reader, now)
        counts = {name: lists.count(name) for name in SHOWS[:3]}
        if show not in SHOWS or (show == "office" and not reader.leader):
            show = "office" if reader.leader and not counts["mine"] else "mine"
        found = lists.page(show, _span(local, month), number)
        rows = [lists.row(tip) for tip in found[:PAGE]]
    before, after = _neighbours(month)
    return Listing(
        show, month, (before, after if after <= this_month else ""), number, len(found) > PAGE,
        counts, rows,
    )  # fmt: skip


class _Lists:
    """The lists of one officer, inside one connection."""

    def __init__(
        self, connection: Connection, service: Service, reader: Reader, now: datetime
    ) -> None:
        self._connection, self._service, self._reader, self._now = connection, service, reader, now
        day = service.today(now)
        self._takes_unowned = not reader.leader and officers.leads(
            connection, reader.officer_id, day, reader.office_code
        )
        self._hidden = conflicts.passing_over(connection, service.ring, reader.officer_id)

    def count(self, show: str) -> int:
        query = self._query(show, None).with_only_columns(func.count())
        return int(self._connection.execute(query).scalar_one())

    def page(self, show: str, span: tuple[datetime, datetime], number: int) -> list[Any]:
        """One page's tips and one more, if there is one more."""
        query = self._query(show, span)
        if show == "closed":
            query = query.order_by(tips.tips.c.closed_at.desc(), tips.tips.c.number.desc())
        else:
            # A flood of one phone steps back (bot/order.py), but never behind what is less urgent.
            owned = assignments.c.officer_id.is_not(None)
            calm = tips.tips.c.urgency != "now"
            query = query.order_by(
                owned, calm, tips.tips.c.rank, assignments.c.due_at, tips.tips.c.number
            )
        return list(
            self._connection.execute(query.offset((number - 1) * PAGE).limit(PAGE + 1)).all()
        )

    def _query(self, show: str, span: tuple[datetime, datetime] | None) -> Select[Any]:
        table = tips.tips.c
        open_one = and_(assignments.c.tip_number == table.number, assignments.c.ended_at.is_(None))
        return (
            select(table.number)
            .outerjoin(assignments, open_one)
            .where(self._which(show, span), table.number.not_in(self._hidden))
        )

    def _which(self, show: str, span: tuple[datetime, datetime] | None) -> ColumnElement[bool]:
        table, me = tips.tips.c, self._reader.officer_id
        here = table.office_code == self._reader.office_code
        is_open = table.status.in_(tips.OPEN_STATUSES)
        if show == "office":
            return and_(is_open, here) if self._reader.leader else ~true()
        if show == "shared":
            mine = select(shares.c.tip_number).where(shares.c.officer_id == me)
            return and_(is_open, table.number.in_(mine))
        if show == "closed" and span is not None:
            had = select(assignments.c.tip_number).where(
                assignments.c.officer_id == me, assignments.c.end_reason == "closed"
            )
            whose = here if self._reader.leader else table.number.in_(had)
            since, until = span
            ended = and_(table.closed_at >= since, table.closed_at < until)
            return and_(table.status == "closed", whose, ended)
        unowned = and_(here, assignments.c.officer_id.is_(None))
        mine = assignments.c.officer_id == me
        return and_(is_open, or_(mine, unowned) if self._takes_unowned else mine)

    def row(self, found: Any) -> Row:
        number = int(found.number)
        view = access_to(self._connection, self._service, self._reader, number, self._now)
        known = tips.by_number(self._connection, number)
        assert known is not None  # it was found in this very connection
        outcome = select(tips.tips.c.outcome).where(tips.tips.c.number == number)
        place = self._service.gazetteer.place(known.place_code[:_DISTRICT])
        return Row(
            number=number,
            topic=known.topic,
            category=known.category,
            urgency=known.urgency,
            status=known.status,
            outcome=self._connection.execute(outcome).scalar_one(),
            place=place.name if place else "",
            role=known.role if known.status in tips.OPEN_STATUSES else "",
            due_at=known.due_at,
            paused=known.paused_until is not None,
            unread=self._unread(number, view),
            opens=view is not None,
        )

    def _unread(self, number: int, view: Access | None) -> int:
        if view is None or not view.is_open:
            return 0
        read_to = select(seen.c.part_id).where(
            seen.c.tip_number == number, seen.c.officer_id == self._reader.officer_id
        )
        after = self._connection.execute(read_to).scalar() or 0
        fresh = select(func.count()).where(
            parts.c.tip_number == number, parts.c.id > after, parts.c.kind.in_(FRESH_KINDS)
        )
        return int(self._connection.execute(fresh).scalar_one())


def say_left(due: datetime, now: datetime) -> str:
    """`3 jam lagi`, `lewat 20 menit`."""
    left = abs(due - now)
    if left >= timedelta(days=2):
        amount = f"{left.days} hari"
    elif left >= timedelta(hours=1):
        amount = f"{int(left.total_seconds()) // 3600} jam"
    else:
        amount = f"{max(1, int(left.total_seconds()) // 60)} menit"
    return f"{amount} lagi" if due > now else f"lewat {amount}"


def _span(local: datetime, month: str) -> tuple[datetime, datetime]:
    """Begin and end of a month in the office's time zone."""
    year, number = map(int, month.split("-"))
    begin = local.replace(year=year, month=number, day=1, hour=0, minute=0, second=0, microsecond=0)
    return begin, (begin + timedelta(days=32)).replace(day=1)


def _neighbours(month: str) -> tuple[str, str]:
    year, number = map(int, month.split("-"))
    count = year * 12 + number - 1
    before, after = divmod(count - 1, 12), divmod(count + 1, 12)
    return f"{before[0]}-{before[1] + 1:02}", f"{after[0]}-{after[1] + 1:02}"
