"""What leaders' browsers do for the others: the office's key, and wraps that somebody lacks.

The server only says what is missing and for whom; a browser that can open a report makes it.
"""

from typing import TYPE_CHECKING, Any

import msgspec
from sqlalchemy import Connection, select
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from bot import audit, conflicts, keys, outbox, rewrapping, roster, tips
from bot.case_rights import access_to
from bot.effects import Effects
from bot.keys import Recipient
from bot.officers import leader_ids, officers
from bot.rewrapping import NewWrap
from bot.service import Service
from bot.tip_seal import WRAP_BYTES
from bot.world import World
from console.case import must_handle_cases, reader_of
from console.edge import RefusedError
from console.entrance import json_answer
from console.sessions import Signed, posted_json, signed_in
from console.setup import checked_key

if TYPE_CHECKING:
    from console.app import Console


class LeaderWrap(msgspec.Struct):
    """The office's private key, sealed to one leader's key."""

    office_key_id: str
    officer_key_id: str
    wrap: bytes


class NewOfficeKey(msgspec.Struct):
    key_id: str
    public: bytes
    replaces: str
    """The present key that the browser saw, "" for none."""
    wraps: list[LeaderWrap]


class Wrap(msgspec.Struct):
    tip: str
    recipient: str
    wrap: bytes


class Shared(msgspec.Struct):
    wraps: list[LeaderWrap]


class Broken(msgspec.Struct):
    """A wrap that the officer's own key, or the office's that they hold, does not open."""

    tip: str
    recipient: str


class Rewrapped(msgspec.Struct):
    wraps: list[Wrap]


def routes(console: "Console") -> list[Route]:
    work = KeyWork(console)
    page = console.page
    return [
        Route("/console/keys/work", page(GET=work.what)),
        Route("/console/keys/office", page(POST=work.office_key)),
        Route("/console/keys/share", page(POST=work.share)),
        Route("/console/keys/tips", page(POST=work.tips)),
        Route("/console/keys/broken", page(POST=work.broken)),
    ]


class KeyWork:
    def __init__(self, console: "Console") -> None:
        self._console = console
        self._service = console.service

    async def what(self, request: Request) -> Response:
        signed = await signed_in(request, role="leader")
        return json_answer(await run_in_threadpool(_what, self._service, signed))

    async def office_key(self, request: Request) -> Response:
        """A new key of the office; the one before is retired. 409 when another was faster."""
        signed, given = await posted_json(request, NewOfficeKey, role="leader")
        key = checked_key(given.key_id, given.public)
        if not await run_in_threadpool(_keep_office_key, self._service, signed, given, key):
            raise RefusedError(409, "changed")
        return json_answer({})

    async def share(self, request: Request) -> Response:
        signed, given = await posted_json(request, Shared, role="leader")
        await run_in_threadpool(_share, self._service, signed, given.wraps)
        self._console.wake()
        return json_answer({})

    async def tips(self, request: Request) -> Response:
        signed, given = await posted_json(request, Rewrapped, role="leader")
        made = [NewWrap(wrap.tip, wrap.recipient, wrap.wrap) for wrap in given.wraps]

        def add() -> int:
            now = self._service.clock.now()
            with self._service.database.write() as connection:
                held = _held(connection, signed)
                return rewrapping.add(connection, self._service, signed.officer_id, held, made, now)

        return json_answer({"added": await run_in_threadpool(add)})

    async def broken(self, request: Request) -> Response:
        must_handle_cases(await signed_in(request))
        signed, given = await posted_json(request, Broken)
        return json_answer(
            {"removed": await run_in_threadpool(_take_broken, self._service, signed, given)}
        )


def _leaders(connection: Connection, service: Service, office_code: str) -> list[Recipient]:
    """The proven keys of the office's leaders."""
    today = service.today(service.clock.now())
    return keys.recipients_of(connection, leader_ids(connection, office_code, today))


def _own_key(connection: Connection, signed: Signed) -> Recipient:
    return keys.recipients_of(connection, [signed.officer_id])[0]


def _held(connection: Connection, signed: Signed) -> list[str]:
    """Keys that this officer's browser has: their own, for a leader also the office's."""
    own = _own_key(connection, signed).id
    if "leader" not in signed.roles:
        return [own]
    return [own, *keys.office_wraps(connection, signed.office_code, own)]


def _take_broken(service: Service, signed: Signed, given: Broken) -> bool:
    """Only of a tip that the officer may open, or that `_what` asks a leader to wrap."""
    now, reader = service.clock.now(), reader_of(signed)
    with service.database.write() as connection:
        tip = tips.by_id(connection, given.tip)
        named = conflicts.passed_over(connection, service.ring, tip.number) if tip else ()
        asked = "leader" in signed.roles and signed.officer_id not in named
        if tip is None or not (asked or access_to(connection, service, reader, tip.number, now)):
            raise RefusedError(404, "not_here")
        held = _held(connection, signed)
        return rewrapping.take_broken(
            connection, signed.officer_id, held, tip.number, given.recipient, now
        )


def _what(service: Service, signed: Signed) -> dict[str, Any]:
    """A leader's key that holds no key of the office yet gets nothing by itself: whoever invites
    could have enrolled in that name, so another leader says first that they know whose it is."""
    office, now = signed.office_code, service.clock.now()
    with service.database.read() as connection:
        own = _own_key(connection, signed)
        present = keys.office_recipient(connection, office)
        leaders = _leaders(connection, service, office)
        held = keys.office_wraps(connection, office, own.id)
        names = _names(connection, leaders)
        lacking = [
            {"office_key_id": key_id, "officer_key_id": leader.id, "public": leader.public,
             "name": names[leader.id]}
            for leader in leaders
            for key_id in held.keys() - keys.office_wraps(connection, office, leader.id).keys()
        ]  # fmt: skip
        unsure = {leader.id for leader in leaders if leader.id != own.id and not (
            keys.office_wraps(connection, office, leader.id)
        )}  # fmt: skip
        missing, left = rewrapping.missing(
            connection, service, signed.officer_id, [own.id, *held], now, but=unsure
        )
    return {
        "office_key": present[0].id if present else "",
        "leaders": [
            {"id": leader.id, "public": leader.public}
            for leader in leaders
            if leader.id not in unsure
        ],
        "held": {key: {"officerKeyId": own.id, "wrap": wrap} for key, wrap in held.items()},
        "share": lacking,
        "tips": [
            {"tip": each.tip_id, "tip_public": each.tip_public, "recipient": each.recipient.id,
             "public": each.recipient.public, "wraps": each.wraps}
            for each in missing
        ],
        "left": left,
    }  # fmt: skip


def _names(connection: Connection, held: list[Recipient]) -> dict[str, str]:
    """Whose keys these are."""
    table = officers.c
    ids = [key.id for key in held]
    rows = connection.execute(select(table.key_id, table.name).where(table.key_id.in_(ids)))
    return {row.key_id: row.name for row in rows}


def _keep_office_key(service: Service, signed: Signed, given: NewOfficeKey, key: Recipient) -> bool:
    now, office = service.clock.now(), signed.office_code
    with service.database.write() as connection:
        audit.wait_in_line(connection)
        present = keys.office_recipient(connection, office)
        leaders = {leader.id for leader in _leaders(connection, service, office)}
        wraps = {wrap.officer_key_id: wrap.wrap for wrap in given.wraps}
        if (present[0].id if present else "") != given.replaces:
            return False
        own = _own_key(connection, signed).id
        if signed.officer_id in keys.unconfirmed(connection, service.today(now)):
            return False  # else the key that nobody vouched for would open all that comes
        if own not in wraps or not wraps.keys() <= leaders or not _sized(wraps.values()):
            return False
        keys.add_office_key(connection, office, key, now)
        for officer_key_id, wrap in wraps.items():
            keys.share_office_key(connection, key.id, officer_key_id, wrap)
        _record(connection, service, signed, "office_key_made", f"office:{office}")
    return True


def _share(service: Service, signed: Signed, wraps: list[LeaderWrap]) -> None:
    """Only for leaders who lack it, and only of keys that this leader holds."""
    office, now = signed.office_code, service.clock.now()
    with service.database.write() as connection:
        audit.wait_in_line(connection)
        held = keys.office_wraps(connection, office, _own_key(connection, signed).id)
        leaders = {leader.id for leader in _leaders(connection, service, office)}
        for wrap in wraps:
            if wrap.office_key_id not in held or wrap.officer_key_id not in leaders:
                continue
            there = keys.office_wraps(connection, office, wrap.officer_key_id)
            if wrap.office_key_id in there or not _sized([wrap.wrap]):
                continue
            keys.share_office_key(connection, wrap.office_key_id, wrap.officer_key_id, wrap.wrap)
            _record(connection, service, signed, "office_key_shared", f"office:{office}")
        effects = Effects(connection, service, World(connection, service, None, now), now)
        rewrapping.hand_over_from_ring(effects)  # the new leader counts from now on
        roster.hand_over_orphans(connection, now)
        outbox.queue(connection, effects.rows)


def _sized(wraps: Any) -> bool:
    return all(len(wrap) == WRAP_BYTES for wrap in wraps)


def _record(
    connection: Connection, service: Service, signed: Signed, action: str, subject: str
) -> None:
    audit.record(connection, service.clock.now(), actor=f"officer:{signed.officer_id}",
                 action=action, subject=subject)  # fmt: skip
