"""Pages of those who look after the office and never see a case: accounts, the log, the data.

`admin` ends sessions and invites anew; `auditor` reads the log; `dpo` also what is kept and why.
"""

from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection, func, select
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from bot import accounts, audit, contacts, departures, keys, outbox, pictures, roster, tips, watches
from bot.effects import Effects
from bot.invitations import invite_anew
from bot.officers import can_read, leader_ids, officers, roles_of
from bot.world import World
from console.edge import RefusedError
from console.sessions import Signed, posted, signed_in

if TYPE_CHECKING:
    from console.app import Console

PAGE = 50


def routes(console: "Console") -> list[Route]:
    oversight = Oversight(console)
    page = console.page
    return [
        Route("/console/office", page(GET=oversight.office)),
        Route("/console/office/{officer}/end", page(POST=oversight.end_sessions)),
        Route("/console/office/{officer}/invite", page(POST=oversight.invite)),
        Route("/console/audit", page(GET=oversight.audit)),
        Route("/console/data", page(GET=oversight.data)),
    ]


class Oversight:
    def __init__(self, console: "Console") -> None:
        self._console = console
        self._service = console.service

    # ---- accounts (admin)

    async def office(self, request: Request) -> Response:
        signed = await signed_in(request, role="admin")
        people = await run_in_threadpool(self._people, signed)
        return self._console.show("office.html", signed=signed, people=people, done="")

    async def end_sessions(self, request: Request) -> Response:
        signed, _ = await posted(request, role="admin")
        officer_id = await run_in_threadpool(self._officer, signed, request)

        def end() -> None:
            with self._service.database.write() as connection:
                accounts.end_sessions(connection, officer_id)
                self._record(connection, signed, "sessions_ended", officer_id)

        await run_in_threadpool(end)
        return self._console.go("/office")

    async def invite(self, request: Request) -> Response:
        """The old chat, account and sessions end at once; the code is shown here only."""
        signed, _ = await posted(request, role="admin")
        officer_id = await run_in_threadpool(self._officer, signed, request)
        code, name = await run_in_threadpool(self._invite, signed, officer_id)
        self._console.wake()
        return self._console.show("invited.html", signed=signed, code=code, name=name)

    def _invite(self, signed: Signed, officer_id: int) -> tuple[str, str]:
        service, now = self._service, self._service.clock.now()
        with service.database.write() as connection:
            audit.wait_in_line(connection)
            leaders = leader_ids(connection, signed.office_code, service.today(now))
            known = set(leaders) - keys.unconfirmed(connection, service.today(now))
            others = [one for one in known if one != officer_id and can_read(connection, one)]
            if officer_id in leaders and not others:
                raise RefusedError(409, "sole_leader")  # nobody would notice who enrols
            effects = Effects(connection, service, World(connection, service, None, now), now)
            code = invite_anew(effects, officer_id)
            self._record(connection, signed, "invited", officer_id)
            outbox.queue(connection, effects.rows)
            name = select(officers.c.name).where(officers.c.id == officer_id)
            return code, connection.execute(name).scalar_one()

    def _people(self, signed: Signed) -> list[dict[str, Any]]:
        today = self._service.today(self._service.clock.now())
        open_sessions = (
            select(func.count())
            .where(accounts.sessions.c.officer_id == officers.c.id)
            .scalar_subquery()
        )
        query = (
            select(
                officers.c.id, officers.c.name, officers.c.staff_no, officers.c.contact_id,
                officers.c.key_id, open_sessions.label("sessions"),
            )
            .where(officers.c.office_code == signed.office_code, officers.c.active)
            .order_by(officers.c.name)
        )  # fmt: skip
        with self._service.database.read() as connection:
            return [
                {"row": row, "roles": sorted(roles_of(connection, row.id, today))}
                for row in connection.execute(query).all()
            ]

    def _officer(self, signed: Signed, request: Request) -> int:
        """The officer of this office whom the address names. Raises RefusedError."""
        text = request.path_params["officer"]
        if text.isascii() and text.isdigit() and len(text) <= 9:
            with self._service.database.read() as connection:
                found = connection.execute(
                    select(officers.c.id).where(
                        officers.c.id == int(text),
                        officers.c.office_code == signed.office_code,
                        officers.c.active,
                    )
                ).scalar()
            if found is not None:
                return int(found)
        raise RefusedError(404, "not_here")

    def _record(self, connection: Connection, signed: Signed, action: str, officer_id: int) -> None:
        audit.record(connection, self._service.clock.now(), actor=f"officer:{signed.officer_id}",
                     action=action, subject=f"officer:{officer_id}")  # fmt: skip

    # ---- the log (auditor, dpo)

    async def audit(self, request: Request) -> Response:
        signed = await signed_in(request, role="auditor dpo")
        query = request.query_params
        tip, staff_no = _number(query.get("tip", "")), query.get("officer", "").strip()[:60]
        before = _number(query.get("before", ""))

        def read() -> Any:
            with self._service.database.read() as connection:
                who = roster.officer_by_staff_no(connection, signed.office_code, staff_no)
                wanted = who if who is not None else 0 if staff_no else None
                entries = audit.page(connection, PAGE, tip=tip, officer_id=wanted, before=before)
                return (
                    entries,
                    _names(connection),
                    audit.first_break(connection),
                    audit.head(connection),
                )

        entries, names, broken, head = await run_in_threadpool(read)
        return self._console.show(
            "audit.html", signed=signed, entries=entries, names=names, broken=broken, head=head,
            tip=tip or "", staff_no=staff_no, more=len(entries) == PAGE,
        )  # fmt: skip

    # ---- what is kept (dpo)

    async def data(self, request: Request) -> Response:
        signed = await signed_in(request, role="dpo")

        def count() -> dict[str, int]:
            with self._service.database.read() as connection:
                return {name: _count(connection, query) for name, query in _COUNTED.items()}

        counts = await run_in_threadpool(count)
        mode = self._service.settings.tip_mode
        return self._console.show("data.html", signed=signed, counts=counts, mode=mode)


_TIPS = tips.tips.c
_COUNTED = {
    "Orang yang dikenal bot": select(contacts.contacts.c.id),
    "Laporan dan pertanyaan yang terbuka": select(_TIPS.number).where(
        _TIPS.status.in_(tips.OPEN_STATUSES)
    ),
    "Laporan dan pertanyaan yang ditutup": select(_TIPS.number).where(_TIPS.status == "closed"),
    "Laporan yang ditarik (isinya sudah tidak ada)": select(_TIPS.number).where(
        _TIPS.status == "withdrawn"
    ),
    "Laporan yang sudah lama ditutup (isinya sudah dihapus)": select(_TIPS.number).where(
        _TIPS.status == "erased"
    ),
    "Foto yang menunggu dibaca atau dihapus": select(pictures.jobs.c.id),
    "Pantauan perusahaan": select(watches.watched.c.id),
    "Daftar keberangkatan": select(departures.departures.c.contact_id),
    "Petugas aktif": select(officers.c.id).where(officers.c.active),
}


def _count(connection: Connection, query: Any) -> int:
    counted = select(func.count()).select_from(query.subquery())
    return int(connection.execute(counted).scalar_one())


def _names(connection: Connection) -> dict[str, str]:
    """`officer:3` → the officer's name."""
    rows = connection.execute(select(officers.c.id, officers.c.name))
    return {f"officer:{row.id}": row.name for row in rows}


def _number(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and len(text) <= 9 else None
