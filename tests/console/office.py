"""The example office with a console in front, for the tests of the pages."""

import base64
import hashlib
import hmac
import re
from datetime import UTC, date, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import httpx
from sqlalchemy import select, update
from starlette.applications import Starlette

from bot import audit, demo, outbox, tips
from bot.accounts import accounts, derive
from bot.clock import Clock
from bot.gazetteer import Gazetteer
from bot.officers import duties, officers
from bot.outgoing import outgoing
from bot.roster import invite as invite_officer
from bot.roster import shut_out
from bot.sealing import KeyRing
from bot.service import Service
from bot.settings import Settings
from bot.sign_in import STEP_SECONDS, code_at
from bot.turns import Turns
from console import app as console
from console.sessions import COOKIE
from flows.conversations import shipped_catalog

BASE = "https://bot.contoh.go.id"
MONDAY = "2026-11-23T09:00:00+07:00"
STORY = "Bus menjemput lima orang untuk kerja di kebun sawit tanpa paspor"
OFFICIAL = "Pak kades ikut membantu, katanya aman"
PLACE = "Desa Baosan Kidul, Ngrayun, Ponorogo"
FORM = {"content-type": "application/x-www-form-urlencoded"}
_GAZETTEER = Gazetteer()
_CATALOG = shipped_catalog()


class Bot:
    """The example office with a console in front, on a clock that stands still."""

    def __init__(self, folder: Path, base: str = BASE) -> None:
        settings = Settings(
            database_url=f"sqlite:///{folder / 'kentongan.db'}",
            keyring_path=folder / "keyring.json",
            public_base_url=base,
            _env_file=None,
        )
        self.service = Service(
            settings,
            ring=KeyRing.load(settings.keyring_path, create=True),
            clock=Clock(datetime.fromisoformat(MONDAY)),
            catalog=_CATALOG,
        )
        # Reading the list of villages takes a third of a second: once is enough.
        self.service.gazetteer = _GAZETTEER
        self.base = base
        self.turns = Turns(self.service)
        self.woken = 0
        self.app = Starlette(routes=console.routes(self.service, self._wake))
        self._events = 0

    def _wake(self) -> None:
        self.woken += 1

    def close(self) -> None:
        self.turns.close()
        self.service.close()

    def browser(self) -> httpx.AsyncClient:
        return httpx.AsyncClient(transport=httpx.ASGITransport(self.app), base_url=self.base)

    def say(self, who: str, text: str) -> dict[str, list[str]]:
        """One turn; every message it made, by address."""
        self._events += 1
        event = f"{self.service.clock.now():%H%M%S}-{self._events}-{text[:9]}"
        (outcome,) = self.turns.commits.commit_now([demo.inbound(event, who, text)])
        assert outcome == "done"
        return self.sent()

    def sent(self) -> dict[str, list[str]]:
        said: dict[str, list[str]] = {}
        ring = self.service.ring
        with self.service.database.write() as connection:
            while rows := outbox.claim(connection, demo.CHANNEL, self.service.clock.now(), 50):
                for row in rows:
                    message = outgoing(ring, row)
                    said.setdefault(message.to, []).append(message.text)
                    outbox.mark_sent(connection, [(row.id, "x")])
        return said

    def report(self, what: str = STORY, who: str = "tidak tahu", contact: str = "1") -> None:
        """What the bot asks is answered until the report is sent; it leaves out what was told."""
        answers = {
            "Setuju lanjut?": "1", "dalam bahaya?": "2", "Apa yang terjadi": what,
            "Di mana kejadiannya?": PLACE, "Betul?": "1", "Kapan?": "besok malam",
            "Siapa yang": who, "Bolehkah petugas": contact, "Kirim?": "1",
        }  # fmt: skip
        words = "lapor"
        for _ in range(len(answers) + 1):
            said = "\n".join(self.say(demo.VILLAGER, words)[demo.VILLAGER])
            if "Kode laporan" in said:
                return
            words = next(answer for asked, answer in answers.items() if asked in said)
        raise AssertionError(said)

    def link(self, officer: str, words: str) -> str:
        """The path of the link that an officer gets for AMBIL or BACA."""
        text = " ".join(self.say(officer, words)[officer])
        found = re.search(re.escape(self.base) + r"(/console/\S+)", text)
        assert found, text
        return found[1]

    def forward(self, **by: float) -> None:
        self.service.clock.forward(timedelta(**by))

    def code(self, staff_no: str) -> str:
        """The second factor's code that this officer can still use, once."""
        now = self.service.clock.now()
        with self.service.database.read() as connection:
            last = connection.execute(
                select(accounts.c.totp_step)
                .join(officers, officers.c.id == accounts.c.officer_id)
                .where(officers.c.staff_no == staff_no)
            ).scalar_one()
        step = max(int(now.timestamp()) // STEP_SECONDS, last + 1)
        return code_at(demo.TOTP_SECRET, datetime.fromtimestamp(step * STEP_SECONDS, UTC))

    def officer(self, staff_no: str) -> Any:
        with self.service.database.read() as connection:
            return connection.execute(select(officers).where(officers.c.staff_no == staff_no)).one()

    def change_officer(self, staff_no: str, **values: object) -> None:
        with self.service.database.write() as connection:
            connection.execute(
                update(officers).where(officers.c.staff_no == staff_no).values(**values)
            )

    def actions(self) -> list[tuple[str, str, str]]:
        with self.service.database.read() as connection:
            assert audit.first_break(connection) is None
            entry = audit.entries.c
            return [
                tuple(row)
                for row in connection.execute(
                    select(entry.actor, entry.action, entry.subject).order_by(entry.id)
                )
            ]

    def tip(self, number: int) -> tips.TipRow:
        with self.service.database.read() as connection:
            found = tips.by_number(connection, number)
        assert found
        return found

    def whole_database(self) -> str:
        """A fingerprint of every row, to show that something changed nothing."""
        with self.service.database.read() as connection:
            lines = connection.connection.driver_connection.iterdump()  # type: ignore[union-attr]
            return hashlib.sha256("\n".join(lines).encode()).hexdigest()


def add_officer(bot: Bot, staff_no: str, role: str, place: str = "") -> None:
    """One more officer of the example office, with chat, account and proven key."""
    now = bot.service.clock.now()
    with bot.service.database.write() as connection:
        made = officers.insert().values(
            office_code=demo.OFFICE, staff_no=staff_no, name=f"{role} {staff_no}", active=True
        )
        officer_id = connection.execute(made.returning(officers.c.id)).scalar_one()
        connection.execute(
            duties.insert().values(
                officer_id=officer_id, office_code=demo.OFFICE, role=role, place_code=place,
                decree="", valid_from=date(2026, 1, 1),
            )
        )  # fmt: skip
        demo._enrol(connection, bot.service, staff_no, f"hp-{staff_no}", now)


async def sign_in(bot: Bot, client: httpx.AsyncClient, staff_no: str) -> str:
    """As the sign-in page does it; the client has the cookie then. Returns the CSRF token."""
    salt = (await client.post("/console/sign-in/salt", json={"staff_no": staff_no})).json()["salt"]
    given = {
        "staff_no": staff_no,
        "proof": proof_of(demo.PASSWORD, salt),
        "code": bot.code(staff_no),
    }
    answer = await client.post("/console/sign-in", json=given)
    assert answer.status_code == 200, answer.text
    return csrf_of(client)


def csrf_of(client: httpx.AsyncClient) -> str:
    token = client.cookies.get(COOKIE)
    assert token
    return hmac.digest(token.encode(), b"kentongan/console/csrf", "sha256").hex()


@cache
def proof_of(password: str, salt: str) -> str:
    """Argon2id is slow on purpose: once for each password and salt."""
    return base64.b64encode(derive(password, base64.b64decode(salt)).proof).decode()


def invite(bot: Bot, staff_no: str = "D-002", chat: str = "hp-baru") -> str:
    """A new chat of the officer comes in with a code; returns the path of the set-up page."""
    with bot.service.database.write() as connection:
        officer_id = bot.officer(staff_no).id
        shut_out(connection, officer_id)
        code = invite_officer(connection, bot.service.ring, officer_id, bot.service.clock.now())
    return bot.link(chat, f"MASUK {code}")
