"""An officer's own account: a new password, recovery code or key; and coming back without a password.

Each asks for the present password (or the recovery code) again: an unlocked phone is not enough.
"""

import secrets
from typing import TYPE_CHECKING, Any

import msgspec
from sqlalchemy import Connection, update
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from bot import accounts, audit, keys, links, outbox, rewrapping, sign_in, tip_seal
from bot.effects import Effects
from bot.keys import Recipient, officer_keys
from bot.officers import roles_of
from bot.rewrapping import NewWrap
from bot.sign_in import Attempt
from bot.world import World
from console.edge import RefusedError, check_origin, read_json, same
from console.entrance import Entrance, home, json_answer, staff_number, warn
from console.sessions import BROWSER, Signed, posted_json, set_cookie, signed_in
from console.setup import KEY_BYTES, LOCKED_BYTES, checked_key

if TYPE_CHECKING:
    from console.app import Console


class NewPassword(msgspec.Struct):
    proof: bytes
    new_proof: bytes
    by_password: bytes


class NewRecovery(msgspec.Struct):
    proof: bytes
    by_recovery: bytes


class NewKey(msgspec.Struct):
    proof: bytes
    key_id: str
    public: bytes
    by_password: bytes
    by_recovery: bytes


class Wrap(msgspec.Struct):
    id: str
    wrap: bytes


class Rewrapped(msgspec.Struct):
    """Wraps for the officer's new key: of tips, and of the office's keys."""

    key_id: str
    tips: list[Wrap]
    office: list[Wrap]


class Proven(msgspec.Struct):
    key_id: str
    word: str


class Forgotten(msgspec.Struct):
    staff_no: str
    code: str


class Recovered(msgspec.Struct):
    ticket: str
    word: str
    proof: bytes
    by_password: bytes


def routes(console: "Console") -> list[Route]:
    own, forgot = Account(console), Forgot(console)
    page = console.page
    return [
        Route("/console/account", page(GET=own.show)),
        Route("/console/account/password", page(POST=own.password)),
        Route("/console/account/recovery", page(POST=own.recovery)),
        Route("/console/account/key", page(GET=own.key_work, POST=own.key_begin)),
        Route("/console/account/key/wraps", page(POST=own.key_wraps)),
        Route("/console/account/key/proof", page(POST=own.key_prove)),
        Route("/console/forgot", page(GET=forgot.show)),
        Route("/console/forgot/begin", page(POST=forgot.begin)),
        Route("/console/forgot/finish", page(POST=forgot.finish)),
    ]


class Account:
    def __init__(self, console: "Console") -> None:
        self._console = console
        self._service = console.service
        self._turned_away = Entrance(console).turned_away

    async def show(self, request: Request) -> Response:
        signed = await signed_in(request)

        def read() -> Any:
            with self._service.database.read() as connection:
                account = sign_in.account_of(connection, signed.office_code, signed.staff_no)
                held = keys.office_wraps(connection, signed.office_code, account.key_id)
                present = keys.office_recipient(connection, signed.office_code)
                return account, bool(present), bool(present) and present[0].id in held

        account, has_office_key, holds = await run_in_threadpool(read)
        return self._console.show(
            "account.html", signed=signed, account=account, has_office_key=has_office_key,
            holds=holds,
        )  # fmt: skip

    async def password(self, request: Request) -> Response:
        """The same key under a new password; other sessions end."""
        signed, given = await posted_json(request, NewPassword)
        _check_sizes({given.new_proof: KEY_BYTES, given.by_password: LOCKED_BYTES})

        def change(connection: Connection, account: Any) -> None:
            set_password(connection, account, given.new_proof, given.by_password)
            accounts.end_sessions(connection, signed.officer_id, but=signed.token)
            self._tell(connection, signed.officer_id, "password_changed")

        return await self._with_password(signed, given.proof, change)

    async def recovery(self, request: Request) -> Response:
        signed, given = await posted_json(request, NewRecovery)
        _check_sizes({given.by_recovery: LOCKED_BYTES})

        def change(connection: Connection, account: Any) -> None:
            connection.execute(
                update(officer_keys)
                .where(officer_keys.c.id == account.key_id)
                .values(by_recovery=given.by_recovery)
            )
            self._record(connection, signed.officer_id, "recovery_code_changed")

        return await self._with_password(signed, given.proof, change)

    # ---- a new key of one's own

    async def key_begin(self, request: Request) -> Response:
        """Keep the new key beside the present one; answers the test report to it."""
        signed, given = await posted_json(request, NewKey)
        key = checked_key(given.key_id, given.public)
        _check_sizes({given.by_password: LOCKED_BYTES, given.by_recovery: LOCKED_BYTES})

        def change(connection: Connection, account: Any) -> None:
            for begun in keys.drop_unproven(connection, signed.officer_id):
                rewrapping.drop_key(connection, begun)
            keys.add_officer_key(
                connection, signed.officer_id, key, by_password=given.by_password,
                by_recovery=given.by_recovery, now=self._service.clock.now(),
            )  # fmt: skip

        sealed = keys.test_report(self._service.ring, f"rotate:{signed.officer_id}", key)
        return await self._with_password(signed, given.proof, change, {"sealed": sealed})

    async def key_work(self, request: Request) -> Response:
        """What the new key does not open yet, as the present key does."""
        signed = await signed_in(request)

        def read() -> Any:
            with self._service.database.read() as connection:
                key = self._begun(connection, signed, request.query_params.get("key", ""))
                old = keys.recipients_of(connection, [signed.officer_id])[0].id
                held = keys.office_wraps(connection, signed.office_code, old)
                done = keys.office_wraps(connection, signed.office_code, key.id)
                tips, left = rewrapping.own_tips(
                    connection, self._service.ring, signed.officer_id, old, key.id
                )
            lacking = {key_id: wrap for key_id, wrap in held.items() if key_id not in done}
            return {
                "office": [{"id": key_id, "wrap": wrap} for key_id, wrap in lacking.items()],
                "tips": [{"id": tip.tip_id, "wrap": tip.wrap} for tip in tips],
                "left": left + len(lacking),
            }

        return json_answer(await run_in_threadpool(read))

    async def key_wraps(self, request: Request) -> Response:
        signed, given = await posted_json(request, Rewrapped)

        def add() -> None:
            with self._service.database.write() as connection:
                audit.wait_in_line(connection)
                key = self._begun(connection, signed, given.key_id)
                old = keys.recipients_of(connection, [signed.officer_id])[0].id
                made = [NewWrap(wrap.id, key.id, wrap.wrap) for wrap in given.tips]
                ring = self._service.ring
                rewrapping.add_own(connection, ring, signed.officer_id, old, key.id, made)
                held = keys.office_wraps(connection, signed.office_code, old)
                done = keys.office_wraps(connection, signed.office_code, key.id)
                for wrap in given.office:
                    fits = len(wrap.wrap) == tip_seal.WRAP_BYTES
                    if fits and wrap.id in held and wrap.id not in done:
                        keys.share_office_key(connection, wrap.id, key.id, wrap.wrap)

        await run_in_threadpool(add)
        return json_answer({})

    async def key_prove(self, request: Request) -> Response:
        """The new key counts from now on, and nothing is left under the old one."""
        signed, given = await posted_json(request, Proven)

        def prove() -> None:
            now = self._service.clock.now()
            with self._service.database.write() as connection:
                audit.wait_in_line(connection)
                key = self._begun(connection, signed, given.key_id)
                old = keys.recipients_of(connection, [signed.officer_id])[0].id
                word = keys.test_word(self._service.ring, f"rotate:{signed.officer_id}", key)
                if not same(given.word, word):
                    raise RefusedError(403, "wrong_key")
                ring = self._service.ring
                if rewrapping.own_tips(connection, ring, signed.officer_id, old, key.id)[1]:
                    raise RefusedError(409, "changed")  # a report came meanwhile
                keys.prove(connection, signed.officer_id, key.id, now)
                rewrapping.drop_key(connection, old)
                accounts.end_sessions(connection, signed.officer_id, but=signed.token)
                self._tell(connection, signed.officer_id, "key_changed")

        await run_in_threadpool(prove)
        self._console.wake()
        return json_answer({})

    def _begun(self, connection: Connection, signed: Signed, key_id: str) -> Recipient:
        """The officer's own key that is not proven yet. Raises RefusedError."""
        key = keys.begun(connection, signed.officer_id, key_id)
        if key is None:
            raise RefusedError(409, "changed")
        return key

    async def _with_password(
        self, signed: Signed, proof: bytes, change: Any, answer: dict[str, Any] | None = None
    ) -> Response:
        """Do it if the present password is right; wrong ones are counted as at the entrance."""
        service = self._service

        def work() -> Attempt:
            with service.database.write() as connection:
                attempt = sign_in.attempt(
                    connection, service.database, service.ring, signed.office_code,
                    signed.staff_no, service.clock.now(), proof=proof,
                    signed_in=True,
                )  # fmt: skip
                warn(service, connection, attempt)
                if attempt.outcome == "right":
                    change(connection, attempt.account)
                return attempt

        attempt = await run_in_threadpool(work)
        if attempt.outcome != "right":
            return self._turned_away(attempt, "wrong_password")
        self._console.wake()
        return json_answer(answer or {})

    def _record(self, connection: Connection, officer_id: int, action: str) -> None:
        actor = f"officer:{officer_id}"
        now = self._service.clock.now()
        audit.record(connection, now, actor=actor, action=action, subject=actor)

    def _tell(self, connection: Connection, officer_id: int, action: str) -> None:
        """Write it down, and say so in the officer's chat: it may have been somebody else."""
        self._record(connection, officer_id, action)
        now = self._service.clock.now()
        effects = Effects(
            connection, self._service, World(connection, self._service, None, now), now
        )
        effects.tell_officer(officer_id, f"notice.{action}")
        outbox.queue(connection, effects.rows)


class Forgot(Account):
    """A new password with the second factor and the recovery code; the key stays the same."""

    async def show(self, request: Request) -> Response:
        return self._console.show("forgot.html")

    async def begin(self, request: Request) -> Response:
        """The key as only the recovery code opens it, and a test report to it."""
        check_origin(request.headers, self._console.origin)
        given = await read_json(request, Forgotten)
        service, now, ticket = self._service, self._service.clock.now(), secrets.token_urlsafe(24)
        browser = request.cookies.get(BROWSER, "")

        def work() -> Attempt:
            with service.database.write() as connection:
                attempt = sign_in.attempt(
                    connection, service.database, service.ring, service.office().code,
                    staff_number(given.staff_no), now, code=given.code, browser=browser,
                )  # fmt: skip
                warn(service, connection, attempt)
                if attempt.outcome == "right":
                    links.issue(connection, ticket, "recover", attempt.account.officer_id, now)
                return attempt

        attempt = await run_in_threadpool(work)
        if attempt.outcome != "right":
            return self._turned_away(attempt, "wrong_recovery")
        account = attempt.account
        key = Recipient(account.key_id, account.public)
        return json_answer({
            "ticket": ticket, "salt": account.salt, "key_id": account.key_id,
            "by_recovery": account.by_recovery,
            "sealed": keys.test_report(service.ring, ticket, key),
        })  # fmt: skip

    async def finish(self, request: Request) -> Response:
        check_origin(request.headers, self._console.origin)
        given = await read_json(request, Recovered)
        _check_sizes({given.proof: KEY_BYTES, given.by_password: LOCKED_BYTES})
        token, half, path = await run_in_threadpool(self._recover, given)
        self._console.wake()
        response = json_answer({"half": half, "next": self._console.root + path})
        set_cookie(response, self._console, token)
        return response

    def _recover(self, given: Recovered) -> tuple[str, bytes, str]:
        service, now = self._service, self._service.clock.now()
        with service.database.write() as connection:
            opened = links.find(connection, given.ticket, "recover", now)
            account = opened and sign_in.account_of_id(connection, opened.officer_id)
            if not account:
                raise RefusedError(409, "changed")
            key = Recipient(account.key_id, account.public)
            if not same(given.word, keys.test_word(service.ring, given.ticket, key)):
                raise RefusedError(403, "wrong_recovery")
            if not links.use(connection, given.ticket, now):
                raise RefusedError(409, "changed")
            officer_id = account.officer_id
            set_password(connection, account, given.proof, given.by_password)
            accounts.end_sessions(connection, officer_id)
            sign_in.recovered(connection, service.ring, account.staff_no)
            self._tell(connection, officer_id, "password_changed")
            token, half = accounts.start_session(connection, officer_id, now)
            return token, half, home(roles_of(connection, officer_id, service.today(now)))


def set_password(connection: Connection, account: Any, proof: bytes, by_password: bytes) -> None:
    connection.execute(
        update(accounts.accounts)
        .where(accounts.accounts.c.officer_id == account.officer_id)
        .values(proof_hash=accounts.hash_proof(proof))
    )
    connection.execute(
        update(officer_keys)
        .where(officer_keys.c.id == account.key_id)
        .values(by_password=by_password)
    )


def _check_sizes(given: dict[bytes, int]) -> None:
    if any(len(value) != size for value, size in given.items()):
        raise RefusedError(400, "unreadable")
