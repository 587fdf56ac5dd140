"""The first visit: password, second factor, key pair and recovery code, and a test report.

Until the test report is opened nothing is kept here but the link: what the steps need again is
derived from it with the key ring. Only then does the officer count for reports.
"""

import base64
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import msgspec
from sqlalchemy import Connection, select
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from bot import accounts, audit, keys, links, outbox, rewrapping, roster, sign_in
from bot.effects import Effects
from bot.keys import Recipient
from bot.officers import officers, roles_of
from bot.sealing import KeyRing
from bot.service import Service
from bot.world import World
from console.edge import RefusedError, check_origin, read_json, same
from console.entrance import home, json_answer
from console.sessions import set_cookie

if TYPE_CHECKING:
    from console.app import Console

KEY_BYTES = 32
LOCKED_BYTES = 12 + KEY_BYTES + 16


class Code(msgspec.Struct):
    code: str


class Key(msgspec.Struct):
    key_id: str
    public: bytes


class NewAccount(msgspec.Struct):
    """What the browser has made. Nothing of it is secret to who has the password but not here."""

    step: int
    receipt: str
    """That the code of that step was right, as `code` answered it."""
    salt: bytes
    proof: bytes
    key_id: str
    public: bytes
    by_password: bytes
    by_recovery: bytes
    word: str
    """From the test report."""


def routes(console: "Console") -> list[Route]:
    setup = Setup(console)
    page = console.page
    return [
        Route("/console/setup/{token}", page(GET=setup.show, POST=setup.finish)),
        Route("/console/setup/{token}/code", page(POST=setup.code)),
        Route("/console/setup/{token}/test", page(POST=setup.test)),
    ]


class Setup:
    def __init__(self, console: "Console") -> None:
        self._console = console
        self._service = console.service

    async def show(self, request: Request) -> Response:
        token, officer = await self._invited(request)
        letters = base64.b32encode(totp_secret(self._service.ring, token)).decode()
        label = quote(f"Kentongan:{officer.staff_no}")
        return self._console.show(
            "setup.html",
            officer=officer,
            path=f"/setup/{token}",
            letters=" ".join(letters[at : at + 4] for at in range(0, len(letters), 4)),
            otpauth=f"otpauth://totp/{label}?secret={letters}&issuer=Kentongan",
        )

    async def code(self, request: Request) -> Response:
        """The first code: the app is set up. It is used up, and told so by a receipt."""
        token, _ = await self._invited(request)
        given = await read_json(request, Code)
        ring, now = self._service.ring, self._service.clock.now()
        step = sign_in.matching_step(totp_secret(ring, token), given.code, now)
        if step is None:
            raise RefusedError(403, "wrong_code")
        return json_answer({"step": step, "receipt": _receipt(ring, token, step)})

    async def test(self, request: Request) -> Response:
        token, _ = await self._invited(request)
        given = await read_json(request, Key)
        key = checked_key(given.key_id, given.public)
        return json_answer({"sealed": keys.test_report(self._service.ring, token, key)})

    async def finish(self, request: Request) -> Response:
        token, _ = await self._invited(request)
        given = await read_json(request, NewAccount)
        key, ring = checked_key(given.key_id, given.public), self._service.ring
        sizes = [len(given.salt), len(given.proof), len(given.by_password), len(given.by_recovery)]
        if sizes != [accounts.SALT_BYTES, KEY_BYTES, LOCKED_BYTES, LOCKED_BYTES]:
            raise RefusedError(400, "unreadable")
        if not same(given.receipt, _receipt(ring, token, given.step)):
            raise RefusedError(403, "wrong_code")
        if not same(given.word, keys.test_word(ring, token, key)):
            raise RefusedError(403, "wrong_key")
        made = await run_in_threadpool(_make_account, self._service, token, given, key)
        if made is None:
            raise RefusedError(410, "gone_setup")
        session, half, path = made
        self._console.wake()
        response = json_answer({"half": half, "next": self._console.root + path})
        set_cookie(response, self._console, session)
        return response

    async def _invited(self, request: Request) -> tuple[str, Any]:
        """(token, officer) of a link that is still good. Looking does not use it up."""
        token = request.path_params["token"]
        if request.method == "POST":
            check_origin(request.headers, self._console.origin)

        def find() -> Any:
            with self._service.database.read() as connection:
                opened = links.find(connection, token, "setup", self._service.clock.now())
                return _officer(connection, opened.officer_id) if opened else None

        officer = await run_in_threadpool(find)
        if officer is None:
            raise RefusedError(410, "gone_setup")
        return token, officer


def totp_secret(ring: KeyRing, token: str) -> bytes:
    """The second factor that this link sets up: the same however often the page is opened."""
    halves = (ring.index("totp-setup", f"{token}|{half}") for half in "12")
    return b"".join(halves)[: sign_in.TOTP_SECRET_BYTES]


def checked_key(key_id: str, public: bytes) -> Recipient:
    """Raises RefusedError for what can't be a key of ours."""
    named = len(key_id) == 16 and set(key_id) <= set("0123456789abcdef")
    if not named or len(public) != KEY_BYTES:
        raise RefusedError(400, "unreadable")
    return Recipient(key_id, public)


def _receipt(ring: KeyRing, token: str, step: int) -> str:
    return ring.index("totp-shown", f"{token}|{step}").hex()


def _officer(connection: Connection, officer_id: int) -> Any:
    return connection.execute(
        select(officers.c.id, officers.c.name, officers.c.staff_no, officers.c.office_code).where(
            officers.c.id == officer_id, officers.c.active, officers.c.contact_id.is_not(None)
        )
    ).first()


def _make_account(
    service: Service, token: str, given: NewAccount, key: Recipient
) -> tuple[str, bytes, str] | None:
    """One commit: account, key, reports that waited. None when the link went meanwhile."""
    now = service.clock.now()
    with service.database.write() as connection:
        opened = links.find(connection, token, "setup", now)
        officer = _officer(connection, opened.officer_id) if opened else None
        if officer is None or not links.use(connection, token, now):
            return None
        actor = f"officer:{officer.id}"
        accounts.close(connection, officer.id)
        connection.execute(
            accounts.accounts.insert().values(
                officer_id=officer.id, salt=given.salt, proof_hash=accounts.hash_proof(given.proof),
                totp=service.ring.seal("totp", str(officer.id), totp_secret(service.ring, token)),
                totp_step=given.step, made_at=now,
            )
        )  # fmt: skip
        keys.add_officer_key(
            connection, officer.id, key, by_password=given.by_password,
            by_recovery=given.by_recovery, now=now,
        )  # fmt: skip
        keys.prove(connection, officer.id, key.id, now)
        for action in ("account_made", "key_proven"):
            audit.record(connection, now, actor=actor, action=action, subject=actor)
        effects = Effects(connection, service, World(connection, service, None, now), now)
        rewrapping.hand_over_from_ring(effects)
        roster.hand_over_orphans(connection, now)
        outbox.queue(connection, effects.rows)
        session, half = accounts.start_session(connection, officer.id, now)
        return session, half, home(roles_of(connection, officer.id, service.today(now)))
