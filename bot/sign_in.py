"""Trying to sign in: password and second factor are checked together, and guessing gets slow.

Failures are counted by staff number, known or not, so that neither the answer nor the waiting
tells who has an account. Nobody is locked out for good; and a browser that the officer has signed
in with before is counted by itself, so that who knows a staff number can't make its officer wait.
"""

import hmac
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from typing import Any, Literal

from cryptography.hazmat.primitives.hashes import SHA1
from cryptography.hazmat.primitives.twofactor.totp import TOTP
from sqlalchemy import Connection, Select, case, delete, func, select, update
from sqlmodel import Field, SQLModel

from bot.accounts import SALT_BYTES, accounts, browsers, hash_proof, knows_browser
from bot.database import Database, Moment
from bot.keys import officer_keys
from bot.officers import officers
from bot.sealing import KeyRing

FREE_FAILURES = 5
"""Failures in a row after which the next try has to wait, and the officer is told."""
WARN_AGAIN = timedelta(days=1)
MOST_WAITING = timedelta(minutes=15)
FORGET_FAILURES = timedelta(days=1)
STEP_SECONDS, DIGITS = 30, 6
"""RFC 6238's usual values: what authenticator apps take for granted."""
TOTP_SECRET_BYTES = 20


class SignInFailure(SQLModel, table=True):
    """How often a staff number was tried in vain since it last signed in."""

    __tablename__ = "sign_in_failure"

    staff_index: bytes = Field(primary_key=True)
    """Keyed fingerprint of the staff number as it was typed, of a known browser with its own."""
    failures: int
    retry_at: datetime | None = Field(default=None, sa_type=Moment)
    at: datetime = Field(index=True, sa_type=Moment)
    warned_at: datetime | None = Field(default=None, sa_type=Moment)


failures = SignInFailure.__table__  # type: ignore[attr-defined]


@dataclass(frozen=True, slots=True)
class Attempt:
    """What became of a try. `warn`: the officer whose chat should hear of it now."""

    outcome: Literal["right", "wrong", "wait"]
    account: Any = None
    wait: timedelta = timedelta()
    warn: int | None = None


def salt_of(connection: Connection, ring: KeyRing, office_code: str, staff_no: str) -> bytes:
    """The salt of an account; for who has none always the same invented one."""
    row = account_of(connection, office_code, staff_no)
    return bytes(row.salt) if row else _invented_salt(ring, _one(staff_no))


def account_of(connection: Connection, office_code: str, staff_no: str) -> Any:
    """The account of an officer who may sign in, with the present key."""
    mine = officers.c.office_code == office_code, func.lower(officers.c.staff_no) == _one(staff_no)
    exact_first = case((officers.c.staff_no == staff_no, 0), else_=1)
    return connection.execute(_accounts().where(*mine).order_by(exact_first)).first()


def _one(staff_no: str) -> str:
    """`d-003` is D-003: a phone's keyboard decides which is typed."""
    return staff_no.lower()


def account_of_id(connection: Connection, officer_id: int) -> Any:
    return connection.execute(_accounts().where(officers.c.id == officer_id)).first()


def _accounts() -> Select[Any]:
    return (
        select(
            accounts.c.officer_id, accounts.c.salt, accounts.c.proof_hash, accounts.c.totp,
            accounts.c.totp_step, officers.c.key_id, officers.c.name,
            officers.c.staff_no,
            officer_keys.c.public, officer_keys.c.by_password, officer_keys.c.by_recovery,
        )
        .join(officers, officers.c.id == accounts.c.officer_id)
        .join(officer_keys, officer_keys.c.id == officers.c.key_id)
        .where(officers.c.active, officers.c.contact_id.is_not(None))
    )  # fmt: skip


def attempt(
    connection: Connection,
    database: Database,
    ring: KeyRing,
    office_code: str,
    staff_no: str,
    now: datetime,
    *,
    proof: bytes | None = None,
    code: str | None = None,
    browser: str = "",
    signed_in: bool = False,
) -> Attempt:
    """Check what was given: the password's proof, the second factor's code, or both.

    Counted first and taken back when right, so that guesses in parallel can't outrun the count.
    Earlier failures are forgotten only when both were right. The tries of a known `browser` (its
    token), and of who is `signed_in` already, are counted by themselves.
    """
    found = account_of(connection, office_code, staff_no)
    known = knows_browser(connection, found.officer_id if found else 0, browser, now)
    index = ring.index("sign-in", _one(staff_no))
    if known:
        index = ring.index("sign-in-browser", f"{browser}|{_one(staff_no)}")
    elif signed_in:
        index = ring.index("sign-in-again", _one(staff_no))
    count, retry_at, warned_at = _count(connection, database, index, now)
    if retry_at and retry_at > now:
        return Attempt("wait", wait=retry_at - now)
    found = account_of(connection, office_code, staff_no)  # as it is now that others wait for us
    proof_hash, secret, last_step = _expected(ring, found)
    right = proof is None or hmac.compare_digest(hash_proof(proof), proof_hash)
    step = None if code is None else matching_step(secret, code, now, after=last_step)
    if found and right and (code is None or _used(connection, found, step)):
        if proof is not None and code is not None:
            connection.execute(delete(failures).where(failures.c.staff_index == index))
        else:
            _take_back(connection, index)
        return Attempt("right", found)
    if count < FREE_FAILURES:
        return Attempt("wrong")
    wait = min(timedelta(minutes=1 << min(count - FREE_FAILURES, 10)), MOST_WAITING)
    warns = found and (warned_at is None or now - warned_at >= WARN_AGAIN)
    connection.execute(
        update(failures)
        .where(failures.c.staff_index == index)
        .values(retry_at=now + wait, warned_at=now if warns else warned_at)
    )
    return Attempt("wait", wait=wait, warn=found.officer_id if warns else None)


def _used(connection: Connection, found: Any, step: int | None) -> bool:
    """Whether the code was right and this try is the one that uses it up: two at the same moment
    may be counted apart."""
    if step is None:
        return False
    unused = (accounts.c.officer_id == found.officer_id) & (accounts.c.totp_step < step)
    return connection.execute(update(accounts).where(unused).values(totp_step=step)).rowcount > 0


def recovered(connection: Connection, ring: KeyRing, staff_no: str) -> None:
    """The second factor and the recovery code were right: earlier failures are forgotten."""
    index = ring.index("sign-in", staff_no)
    connection.execute(delete(failures).where(failures.c.staff_index == index))


def _take_back(connection: Connection, index: bytes) -> None:
    mine = failures.c.staff_index == index
    connection.execute(delete(failures).where(mine, failures.c.failures == 1))
    connection.execute(update(failures).where(mine).values(failures=failures.c.failures - 1))


def matching_step(secret: bytes, code: str, now: datetime, *, after: int = 0) -> int | None:
    """The 30-second step whose code this is: the present one or a neighbour, later than `after`
    (a code works once). All three are compared, whichever fits."""
    given = "".join(code.split()).encode()
    totp = TOTP(secret, DIGITS, SHA1(), STEP_SECONDS, enforce_key_length=False)  # noqa: S303
    present = int(now.timestamp()) // STEP_SECONDS
    matching = None
    for step in (present - 1, present, present + 1):
        fits = hmac.compare_digest(totp.generate(step * STEP_SECONDS), given)
        if fits and step > after:
            matching = step
    return matching


def code_at(secret: bytes, now: datetime) -> str:
    """The code that an authenticator app shows now."""
    totp = TOTP(secret, DIGITS, SHA1(), STEP_SECONDS, enforce_key_length=False)  # noqa: S303
    return totp.generate(int(now.timestamp())).decode()


def purge(connection: Connection, now: datetime) -> int:
    """Failures of long ago, most of them of numbers that nobody has; browsers not seen since."""
    connection.execute(delete(browsers).where(browsers.c.until <= now))
    return connection.execute(
        delete(failures).where(failures.c.at < now - FORGET_FAILURES)
    ).rowcount


def _count(
    connection: Connection, database: Database, index: bytes, now: datetime
) -> tuple[int, datetime | None, datetime | None]:
    """(failures with this try, until when to wait, when the officer was last warned). The
    row is held until the commit, so that tries at the same moment come one after the other; what
    must wait anyway is not counted."""
    waits = failures.c.retry_at > now
    insert = database.insert(failures).values(staff_index=index, failures=1, at=now)
    counted = insert.on_conflict_do_update(
        index_elements=["staff_index"],
        set_={
            "failures": case((waits, failures.c.failures), else_=failures.c.failures + 1),
            "at": now,
        },
    ).returning(failures.c.failures, failures.c.retry_at, failures.c.warned_at)
    row = connection.execute(counted).one()
    return row.failures, row.retry_at, row.warned_at


def _expected(ring: KeyRing, found: Any) -> tuple[bytes, bytes, int]:
    """(hash of the proof, second factor's secret, last used step): nobody's for who is unknown, so
    that the same work is done for them."""
    if found is None:
        proof_hash, sealed = _decoy(ring)
        return proof_hash, ring.open("totp", "nobody", sealed), 0
    return found.proof_hash, ring.open("totp", str(found.officer_id), found.totp), found.totp_step


@cache
def _decoy(ring: KeyRing) -> tuple[bytes, bytes]:
    secret = secrets.token_bytes(TOTP_SECRET_BYTES)
    return secrets.token_bytes(32), ring.seal("totp", "nobody", secret)


def _invented_salt(ring: KeyRing, staff_no: str) -> bytes:
    return ring.index("console-salt", staff_no)[:SALT_BYTES]
