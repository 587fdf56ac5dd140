"""More officers for the example office, with keys as their browsers would make them, and sessions
without the sign-in page (which has tests of its own)."""

import hmac
from dataclasses import dataclass
from datetime import date
from typing import Any

import httpx
from sqlalchemy import select

from bot import accounts, contacts, demo, keys, tip_seal
from bot.officers import duties, officers, offices
from bot.sealing import new_key_pair, seal_to
from console.sessions import COOKIE
from tests.console.office import Bot

OTHER_OFFICE = "kanim-kediri"
NONCE = "0123456789abcdef" * 2


@dataclass(frozen=True)
class Officer:
    id: int
    key_id: str
    private: bytes


def hire(bot: Bot, staff_no: str, role: str, office: str = demo.OFFICE) -> Officer:
    """An enrolled officer with an account and a proven key."""
    now, private_public = bot.service.clock.now(), new_key_pair()
    private, public = private_public
    key = keys.Recipient(keys.new_key_id(), public)
    with bot.service.database.write() as connection:
        known = contacts.load(
            connection, bot.service.database, bot.service.ring, [(demo.CHANNEL, staff_no)], now
        )
        _add_office(connection, office, now)
        officer_id = connection.execute(
            officers.insert()
            .values(
                office_code=office, staff_no=staff_no, name=f"Petugas {staff_no}", active=True,
                contact_id=known[demo.CHANNEL, staff_no].id,
            )
            .returning(officers.c.id)
        ).scalar_one()  # fmt: skip
        connection.execute(
            duties.insert().values(
                officer_id=officer_id, office_code=office, role=role, place_code="", decree="",
                valid_from=date(2026, 1, 1),
            )
        )  # fmt: skip
        connection.execute(
            accounts.accounts.insert().values(
                officer_id=officer_id, salt=b"s" * 16, proof_hash=b"p", totp=b"t", totp_step=0,
                made_at=now,
            )
        )  # fmt: skip
        keys.add_officer_key(connection, officer_id, key, by_password=b"", by_recovery=b"", now=now)
        keys.prove(connection, officer_id, key.id, now)
    bot.service.forget_office()
    return Officer(officer_id, key.id, private)


def _add_office(connection: Any, code: str, now: Any) -> None:
    if connection.execute(select(offices.c.code).where(offices.c.code == code)).first() is None:
        ours = connection.execute(select(offices).where(offices.c.code == demo.OFFICE)).one()
        values = dict(ours._mapping) | {"code": code, "name": "Kanim Lain", "created_at": now}
        connection.execute(offices.insert().values(values))


def come_in(bot: Bot, client: httpx.AsyncClient, officer_id: int) -> dict[str, str]:
    """A session of the officer; the headers that its page's scripts send."""
    with bot.service.database.write() as connection:
        token, _ = accounts.start_session(connection, officer_id, bot.service.clock.now())
    client.cookies.set(COOKIE, token)
    csrf = hmac.digest(token.encode(), b"kentongan/console/csrf", "sha256").hex()
    return {"X-CSRF": csrf, "Origin": bot.base}


class Desk:
    """An officer at the console, with the requests that the pages make."""

    def __init__(self, bot: Bot, client: httpx.AsyncClient, officer_id: int) -> None:
        self.bot, self.client, self.officer_id = bot, client, officer_id
        self._headers = come_in(bot, client, officer_id)
        self._forms = 0

    async def get(self, path: str) -> httpx.Response:
        return await self.client.get(f"/console{path}")

    async def post(self, path: str, body: dict[str, Any]) -> httpx.Response:
        return await self.client.post(f"/console{path}", json=body, headers=self._headers)

    async def act(self, number: int, name: str, **body: Any) -> httpx.Response:
        """One act of the case's page, as a form that was not sent before."""
        self._forms += 1
        nonce = f"{self.officer_id:016x}{self._forms:016x}"
        return await self.post(f"/tip/{number}/{name}", {"nonce": nonce} | body)

    async def opened(self, number: int) -> dict[str, Any]:
        answer = await self.post(f"/tip/{number}/open", {})
        assert answer.status_code == 200, answer.text
        return dict(answer.json())


def demo_desk(bot: Bot, client: httpx.AsyncClient, staff_no: str) -> Desk:
    return Desk(bot, client, bot.officer(staff_no).id)


def wrap_for(bot: Bot, number: int, by: str, public: bytes, key_id: str) -> bytes:
    """The wrap that the browser of the demo's officer `by` makes of a tip's key."""
    own_id, own = demo.private_key(by)
    tip_id = bot.tip(number).id
    with bot.service.database.read() as connection:
        wrap = tip_seal.wrap_for(connection, number, [own_id])[own_id]
    private = tip_seal.open_wrap(own, tip_id, own_id, wrap)
    return seal_to(public, tip_seal.wrap_info(tip_id, key_id), private)
