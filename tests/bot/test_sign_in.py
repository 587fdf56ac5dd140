"""Counting and sharing on both databases: guesses at the same moment, and keys that are missing."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

from sqlalchemy import select

from bot import accounts, demo, keys, rewrapping, sign_in, tip_seal, tips
from bot.effects import Effects
from bot.officers import officers
from bot.rehearsal import Rehearsal
from bot.rewrapping import NewWrap
from bot.sealing import new_key_pair
from bot.world import World
from flows.events import TipOpened

PLACE = demo.OTHER_VILLAGE


def report(bot: Rehearsal) -> int:
    """A report that whoever may read it now can open."""
    service, now = bot.service, bot.clock.now()
    with service.database.write() as connection:
        chain = World(connection, service, None, now).route(PLACE).chain
        opened = TipOpened(
            receipt=f"R-{now.timestamp()}", topic="report", urgency="none", place_code=PLACE,
            report={"what": "isi"},
        )  # fmt: skip
        ids = [step.officer_id for step in chain if step.officer_id is not None]
        return tips.open_tip(
            connection, service.ring, opened, office_code=demo.OFFICE, contact_id=1,
            owner=chain[0] if chain else tips.UNROUTED, due_at=now + timedelta(days=1), now=now,
            recipients=keys.recipients(connection, demo.OFFICE, ids),
        )  # fmt: skip


def recipients(bot: Rehearsal, number: int) -> set[str]:
    with bot.service.database.read() as connection:
        query = select(tips.wraps.c.recipient).where(tips.wraps.c.tip_number == number)
        return set(connection.execute(query).scalars())


async def test_guesses_at_the_same_moment_are_all_counted(on_both: Rehearsal) -> None:
    service, now = on_both.service, on_both.clock.now()

    def guess(_: int) -> str:
        with service.database.write() as connection:
            return sign_in.attempt(
                connection, service.database, service.ring, demo.OFFICE, "D-001", now,
                proof=bytes(32), code="000000",
            ).outcome  # fmt: skip

    with ThreadPoolExecutor(8) as pool:
        outcomes = list(pool.map(guess, range(24)))
    assert (outcomes.count("wrong"), outcomes.count("wait")) == (4, 20)
    with service.database.read() as connection:
        (count,) = connection.execute(select(sign_in.failures.c.failures)).scalars()
    assert count == sign_in.FREE_FAILURES


async def test_a_code_used_twice_at_the_same_moment_works_once(on_both: Rehearsal) -> None:
    service, now = on_both.service, on_both.clock.now()
    proof = demo._secrets_of("D-001").proof
    code = sign_in.code_at(demo.TOTP_SECRET, now)

    def enter(_: int) -> str:
        with service.database.write() as connection:
            return sign_in.attempt(
                connection, service.database, service.ring, demo.OFFICE, "D-001", now,
                proof=proof, code=code,
            ).outcome  # fmt: skip

    with ThreadPoolExecutor(4) as pool:
        outcomes = list(pool.map(enter, range(4)))
    assert sorted(outcomes) == ["right", "wrong", "wrong", "wrong"]


async def test_sessions_start_last_and_end(on_both: Rehearsal) -> None:
    now = on_both.clock.now()
    with on_both.service.database.write() as connection:
        token, half = accounts.start_session(connection, 1, now)
        other, _ = accounts.start_session(connection, 1, now)
        found = accounts.session_of(connection, token, now)
        assert (found.officer_id, bytes(found.half)) == (1, half)
        accounts.touch(connection, token, now + timedelta(minutes=14))
        assert accounts.session_of(connection, token, now + timedelta(minutes=28))
        assert accounts.session_of(connection, other, now + timedelta(minutes=15)) is None
        assert accounts.purge_sessions(connection, now + timedelta(minutes=15)) == 1
        assert accounts.end_sessions(connection, 1, but=token) == 0
        assert accounts.end_sessions(connection, 1) == 1
        assert accounts.session_of(connection, token, now + timedelta(minutes=15)) is None


async def test_what_is_missing_is_found_and_kept(on_both: Rehearsal) -> None:
    service, now = on_both.service, on_both.clock.now()
    number = report(on_both)
    leader, _ = demo.private_key("D-003")
    private, public = new_key_pair()
    del private
    with service.database.write() as connection:
        keys.add_officer_key(connection, 1, keys.Recipient("1" * 16, public), by_password=b"",
                             by_recovery=b"", now=now)  # fmt: skip
        keys.prove(connection, 1, "1" * 16, now)
        (found,), left = rewrapping.missing(connection, service, 3, [leader], now)
        assert (found.recipient.id, list(found.wraps), left) == ("1" * 16, [leader], 1)
        nobody, none = rewrapping.missing(connection, service, 3, ["strange"], now)
        assert (nobody, none) == ([], 0)
        made = [NewWrap(found.tip_id, "1" * 16, bytes(tip_seal.WRAP_BYTES))] * 2
        assert rewrapping.add(connection, service, 3, [leader], made, now) == 1
        assert rewrapping.missing(connection, service, 3, [leader], now) == ([], 0)
    assert "1" * 16 in recipients(on_both, number)


async def test_a_new_office_key_opens_what_the_old_one_still_opens_too(on_both: Rehearsal) -> None:
    service, now = on_both.service, on_both.clock.now()
    number = report(on_both)
    leader, _ = demo.private_key("D-003")
    with service.database.write() as connection:
        (old,) = keys.office_recipient(connection, demo.OFFICE)
        new = keys.Recipient("2" * 16, new_key_pair()[1])
        keys.add_office_key(connection, demo.OFFICE, new, now)
        (found,), _ = rewrapping.missing(connection, service, 3, [leader], now)
        made = [NewWrap(found.tip_id, new.id, bytes(tip_seal.WRAP_BYTES))]
        assert rewrapping.add(connection, service, 3, [leader], made, now) == 1
    assert {new.id, old.id} <= recipients(on_both, number), "the new wrap may open nothing"


async def test_reports_under_the_key_ring_go_to_whoever_may_read_them(on_both: Rehearsal) -> None:
    service, now = on_both.service, on_both.clock.now()
    with service.database.write() as connection:
        held = connection.execute(select(officers.c.id, officers.c.key_id)).all()
        kept: dict[int, str] = {row.id: row.key_id for row in held}
        connection.execute(keys.office_keys.update().values(retired_at=now))
        connection.execute(officers.update().values(key_id=None))
    number = report(on_both)
    assert recipients(on_both, number) == {"server"}
    with service.database.write() as connection:
        effects = Effects(connection, service, World(connection, service, None, now), now)
        rewrapping.hand_over_from_ring(effects)
    assert recipients(on_both, number) == {"server"}, "nobody is there yet"
    with service.database.write() as connection:
        connection.execute(officers.update().where(officers.c.id == 1).values(key_id=kept[1]))
        effects = Effects(connection, service, World(connection, service, None, now), now)
        rewrapping.hand_over_from_ring(effects)
    assert recipients(on_both, number) == {kept[1]}
