"""What the server knows of one case, and its sealed parts for the reader's browser."""

import base64
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection, func, select
from starlette.requests import Request

from bot import (
    audit,
    case_work,
    conflicts,
    officers,
    partner_requests,
    partners,
    tip_lists,
    tip_seal,
    tips,
)
from bot.case_rights import Access, Reader, access_to
from bot.case_rows import merges, shared_with
from bot.case_work import Colleague
from bot.effects import Effects
from bot.keys import office_key_wraps
from bot.partners import Listed
from bot.service import Service
from bot.tip_rows import fingerprints, parts
from bot.world import World
from console.edge import RefusedError
from console.sessions import Signed
from flows.catalog import HotlineEntry

if TYPE_CHECKING:
    from console.app import Console

WHY = {"read": "read", "print": "printed", "forward": "read"}
"""Why the sealed parts are asked for → how it is written down."""


@dataclass(frozen=True, slots=True)
class Similar:
    """Another tip of the office that names the same; only its number, and a link if allowed."""

    number: int
    same: int
    opens: bool


@dataclass(frozen=True, slots=True)
class Case:
    """What the server can read of a tip, for whoever may open it."""

    view: Access
    place: str
    owners: list[tuple[datetime, str, str]]
    reads: list[tuple[datetime, str]]
    similar: list[Similar]
    merged_here: list[int]
    shared: list[tuple[int, str]]
    heirs: list[Colleague]
    colleagues: list[Colleague]
    requests: list[partner_requests.Told]
    hotlines: list[HotlineEntry]

    @property
    def tip(self) -> tips.TipRow:
        return self.view.tip

    @property
    def is_question(self) -> bool:
        return self.tip.topic == "question"

    @property
    def may_reply(self) -> bool:
        """Also to who chose not to be asked: news is no question, and silence would be no answer."""
        return self.view.taken

    @property
    def may_pause(self) -> bool:
        tip = self.tip
        own = self.view.taken and tip.officer_id is not None
        return own and tip.urgency != "now" and tip.paused_until is None


def must_handle_cases(signed: Signed) -> None:
    """Raises RefusedError, as for an address that does not exist: who only looks after accounts or
    the log never sees a case."""
    if not signed.roles & {"officer", "leader"}:
        raise RefusedError(404, "not_here")


def reader_of(signed: Signed) -> Reader:
    must_handle_cases(signed)
    return Reader(signed.officer_id, signed.office_code, "leader" in signed.roles)


def number_of(request: Request) -> int:
    """The tip in the address. Raises RefusedError for what is no number of a tip."""
    text = request.path_params["number"]
    if not (text.isascii() and text.isdigit() and len(text) <= 9):
        raise RefusedError(404, "not_here")
    return int(text)


def may_forward(view: Access) -> bool:
    return view.is_open and (view.taken or view.leads)


def case_code(tip: tips.TipRow) -> str:
    """Under which a partner answers; it says nothing about the reporter."""
    return f"{tip.office_code.upper()}/{tip.number}"


def partners_of(connection: Connection, service: Service, tip: tips.TipRow) -> list[Listed]:
    """Whoever answers for the place. Not by the tip's category, which is only what the words
    sounded like: the officer has read it and knows better."""
    return partners.for_place(
        connection,
        service.partner_directory,
        service.gazetteer,
        office_code=tip.office_code,
        code=tip.place_code,
        concern="",
        today=service.today(service.clock.now()),
    )


# ---- reading


def must_access(connection: Connection, service: Service, reader: Reader, number: int) -> Access:
    """Raises RefusedError: whose it is not, and what does not exist, are answered alike."""
    view = access_to(connection, service, reader, number, service.clock.now())
    if view is None:
        raise RefusedError(404, "not_here")
    return view


def read(service: Service, reader: Reader, number: int) -> Case:
    """Raises RefusedError."""
    now = service.clock.now()
    with service.database.read() as connection:
        view = must_access(connection, service, reader, number)
        effects = Effects(connection, service, World(connection, service, None, now), now)
        tip = view.tip
        place = service.gazetteer.place(tip.place_code) if tip.place_code else None
        names = _names(connection, tip.office_code)
        today = service.today(now)
        return Case(
            view=view,
            place=place.name if place else "",
            owners=tip_lists.history(connection, number),
            reads=_reads(connection, number, names),
            similar=_similar(connection, service, reader, tip),
            merged_here=_merged_here(connection, service, reader, number),
            shared=[(one, names.get(one, "")) for one in shared_with(connection, number)],
            heirs=case_work.heirs(effects, view, reader.officer_id) if view.directs else [],
            colleagues=_others(effects, view, reader) if view.directs else [],
            requests=partner_requests.of_tip(connection, number),
            hotlines=[one for one in service.catalog.hotlines if today <= one.review_by],
        )


def serve(console: "Console", reader: Reader, number: int, action: str) -> dict[str, Any]:
    """Raises RefusedError. The case as keys.js opens it; attachments without their bytes."""
    service = console.service
    now = service.clock.now()
    with service.database.write() as connection:
        tips.hold(connection, number)
        view = must_access(connection, service, reader, number)
        tip = view.tip
        own = connection.execute(
            select(officers.officers.c.key_id).where(officers.officers.c.id == reader.officer_id)
        ).scalar_one()
        office = _office_keys(connection, own) if reader.leader else {}
        private = tip_seal.key_of_ring(connection, service.ring, number, tip.id)
        sealed = tip_seal.sealed_parts(connection, number)
        case_work.mark_seen(connection, service.database, number, reader.officer_id)
        audit.record(connection, now, actor=f"officer:{reader.officer_id}", action=action,
                     subject=f"tip:{number}")  # fmt: skip
        wraps = tip_seal.wrap_for(connection, number, [own, *office])
    return {
        "id": tip.id,
        "public": _b64(tip.public_key),
        "ring": _b64(private) if private else None,
        "wraps": {recipient: _b64(wrap) for recipient, wrap in wraps.items()},
        "officeKeys": {
            key_id: {"officerKeyId": own, "wrap": _b64(wrap)} for key_id, wrap in office.items()
        },
        "parts": [
            {
                "uid": part.uid, "kind": part.kind, "at": console.moment(part.at),
                "sealed": None if part.kind == "attachment" else _b64(part.sealed),
                "size": len(part.sealed),
            }
            for part in sealed
        ],
    }  # fmt: skip


def serve_part(service: Service, reader: Reader, number: int, uid: str) -> bytes:
    """Raises RefusedError. One attachment of the case, sealed."""
    now = service.clock.now()
    with service.database.write() as connection:
        tips.hold(connection, number)
        must_access(connection, service, reader, number)
        sealed = connection.execute(
            select(parts.c.sealed).where(
                parts.c.tip_number == number, parts.c.uid == uid, parts.c.kind == "attachment"
            )
        ).scalar()
        if sealed is None:
            raise RefusedError(404, "not_here")
        audit.record(connection, now, actor=f"officer:{reader.officer_id}",
                     action="read_attachment", subject=f"tip:{number}")  # fmt: skip
    return bytes(sealed)


def _office_keys(connection: Connection, own: str) -> dict[str, bytes]:
    """The keys of the office as they are sealed to this leader's own."""
    rows = connection.execute(
        select(office_key_wraps.c.office_key_id, office_key_wraps.c.wrap).where(
            office_key_wraps.c.officer_key_id == own
        )
    )
    return {row.office_key_id: row.wrap for row in rows}


def _names(connection: Connection, office_code: str) -> dict[int, str]:
    table = officers.officers.c
    rows = connection.execute(select(table.id, table.name).where(table.office_code == office_code))
    return {row.id: row.name for row in rows}


def _reads(
    connection: Connection, number: int, names: dict[int, str]
) -> list[tuple[datetime, str]]:
    """(when, who) has opened it, newest first."""
    entry = audit.entries.c
    rows = connection.execute(
        select(entry.at, entry.actor)
        .where(entry.subject == f"tip:{number}", entry.action.in_(audit.READING))
        .order_by(entry.id.desc())
    )
    return [
        (row.at, names.get(int(row.actor.removeprefix("officer:")), "petugas kantor lain"))
        for row in rows
    ]


def _similar(
    connection: Connection, service: Service, reader: Reader, tip: tips.TipRow
) -> list[Similar]:
    """Tips of the same office with a fingerprint in common, those with most first."""
    mine = select(fingerprints.c.fingerprint).where(fingerprints.c.tip_number == tip.number)
    count = func.count().label("same")
    rows = connection.execute(
        select(fingerprints.c.tip_number, count)
        .join(tips.tips, tips.tips.c.number == fingerprints.c.tip_number)
        .where(
            fingerprints.c.fingerprint.in_(mine),
            fingerprints.c.tip_number != tip.number,
            tips.tips.c.office_code == tip.office_code,
        )
        .group_by(fingerprints.c.tip_number)
        .order_by(count.desc(), fingerprints.c.tip_number.desc())
        .limit(10)
    )
    hidden = {
        *conflicts.passing_over(connection, service.ring, reader.officer_id),
        *_merged_here(connection, service, reader, tip.number),
    }
    now = service.clock.now()
    return [
        Similar(
            row.tip_number, row.same,
            access_to(connection, service, reader, row.tip_number, now) is not None,
        )
        for row in rows if row.tip_number not in hidden
    ]  # fmt: skip


def _merged_here(
    connection: Connection, service: Service, reader: Reader, number: int
) -> list[int]:
    """But for those that name who asks."""
    rows = connection.execute(
        select(merges.c.tip_number)
        .where(merges.c.into_number == number)
        .order_by(merges.c.tip_number)
    )
    hidden = conflicts.passing_over(connection, service.ring, reader.officer_id)
    return [one for one in rows.scalars() if one not in hidden]


def _others(effects: Effects, view: Access, reader: Reader) -> list[Colleague]:
    """With whom it could still be shared."""
    there = {reader.officer_id, *shared_with(effects.connection, view.tip.number)}
    found = case_work.colleagues(effects, view, but=view.tip.officer_id or 0)
    return [one for one in found if one.id not in there]


def _b64(data: bytes) -> str:
    return base64.b64encode(data).decode()
