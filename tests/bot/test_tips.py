"""A tip has exactly one owner and a running clock until it is closed, and opens only as itself."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    RuleBasedStateMachine,
    consumes,
    invariant,
    rule,
    run_state_machine_as_test,
)
from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError

from bot import audit, demo, tip_lists, tips
from bot.clock import Clock
from bot.database import Database
from bot.officers import Step, offices
from bot.officers import officers as officer_table
from bot.rehearsal import Rehearsal
from bot.sealing import KeyRing, SealBroken
from bot.service import migrate
from bot.tips import assignments, parts, relays, wraps
from flows.events import TipOpened
from tests.bot.steps import count, heard, report, settle_in
from tests.opened import PIMPASA, opened

NOW = datetime(2026, 11, 23, 2, tzinfo=UTC)
REPORT = {"what": "Ada calo", "contact": "yes"}


class TipLives(RuleBasedStateMachine):
    """Anything that can happen to tips, in any order, on SQLite in memory."""

    numbers: Bundle[int] = Bundle("numbers")

    def __init__(self) -> None:
        super().__init__()
        self.database = Database("sqlite://")
        migrate(self.database)
        self.ring = KeyRing.fresh()
        self.clock = Clock(NOW)
        self.receipts: dict[int, str] = {}
        self.ended: set[int] = set()
        with self.database.write() as connection:
            connection.execute(
                offices.insert().values(code="k", name="K", time_zone="Asia/Jakarta",
                                        created_at=NOW)
            )  # fmt: skip
            self.officers = [
                connection.execute(
                    officer_table.insert()
                    .values(office_code="k", staff_no=str(n), name=str(n), active=True)
                    .returning(officer_table.c.id)
                ).scalar_one()
                for n in range(3)
            ]  # fmt: skip

    def owner(self, choice: int) -> Step:
        if choice == 3:
            return tips.UNROUTED
        return Step(self.officers[choice], None, str(choice), "pimpasa", "")

    @rule(target=numbers, choice=st.integers(0, 3), keep=st.booleans())
    def open(self, choice: int, keep: bool) -> int:
        receipt = f"R{len(self.receipts)}"
        event = TipOpened(receipt, "report", "none", "35.02.02.2009", REPORT, keep)
        with self.database.write() as connection:
            number = tips.open_tip(
                connection, self.ring, event, office_code="k", contact_id=7,
                owner=self.owner(choice), due_at=self.clock.now() + timedelta(hours=8),
                now=self.clock.now(),
            )  # fmt: skip
        self.receipts[number] = receipt
        return number

    @rule(number=numbers, officer=st.integers(0, 2))
    def acknowledge(self, number: int, officer: int) -> None:
        if number in self.ended:
            return
        due = self.clock.now() + timedelta(hours=24)
        with self.database.write() as connection:
            tips.acknowledge(connection, number, self.officers[officer], due, self.clock.now())

    @rule(choice=st.integers(0, 3))
    def escalate_what_is_overdue(self, choice: int) -> None:
        now = self.clock.now()
        with self.database.write() as connection:
            for tip in tip_lists.overdue(connection, now):
                due = now + timedelta(hours=2)
                tips.escalate(connection, tip.number, self.owner(choice), due, now)
            assert tip_lists.overdue(connection, now) == []

    @rule(number=numbers, words=st.sampled_from(["from_reporter", "to_reporter"]))
    def write(self, number: int, words: str) -> None:
        if number in self.ended:
            return
        with self.database.write() as connection:
            tip = tips.by_number(connection, number)
            assert tip
            tips.add_message(connection, self.ring, tip, words, "halo", self.clock.now())

    @rule(number=consumes(numbers))
    def close(self, number: int) -> None:
        if number in self.ended:
            return
        with self.database.write() as connection:
            tip = tips.by_number(connection, number)
            assert tip
            owner = tip.officer_id or self.officers[0]
            assert tips.close(connection, number, owner, "handled", self.clock.now())
        self.ended.add(number)

    @rule(number=consumes(numbers))
    def withdraw(self, number: int) -> None:
        if number in self.ended:
            return
        with self.database.write() as connection:
            tips.withdraw(connection, number, self.clock.now())
        self.ended.add(number)

    @rule(hours=st.integers(1, 30))
    def time_passes(self, hours: int) -> None:
        self.clock.forward(timedelta(hours=hours))

    @invariant()
    def one_owner_and_one_clock(self) -> None:
        with self.database.read() as connection:
            rows = connection.execute(
                select(assignments.c.tip_number, func.count(), func.count(assignments.c.due_at))
                .where(assignments.c.ended_at.is_(None))
                .group_by(assignments.c.tip_number)
            )
            running = {row[0]: (row[1], row[2]) for row in rows}
        assert running == dict.fromkeys(self.receipts.keys() - self.ended, (1, 1))

    @invariant()
    def every_receipt_finds_its_tip(self) -> None:
        with self.database.read() as connection:
            for number, receipt in self.receipts.items():
                found = tips.by_receipt(connection, self.ring, receipt)
                assert found is not None
                assert found.number == number
                assert (found.status in tips.OPEN_STATUSES) == (number not in self.ended)

    @invariant()
    def the_audit_chain_is_whole(self) -> None:
        with self.database.read() as connection:
            assert audit.first_break(connection) is None

    def teardown(self) -> None:
        self.database.close()


def test_a_tip_has_one_owner_and_one_clock_whatever_happens() -> None:
    run_state_machine_as_test(
        TipLives,
        settings=settings(
            max_examples=40, stateful_step_count=25, deadline=None, database=None,
            suppress_health_check=[HealthCheck.too_slow],
        ),
    )  # fmt: skip


async def test_the_database_itself_refuses_a_second_owner(on_both: Rehearsal) -> None:
    await report(on_both)
    with pytest.raises(IntegrityError), on_both.service.database.write() as connection:
        tips.assign(connection, 1, tips.UNROUTED, NOW, NOW)


async def test_a_receipt_finds_its_tip_however_it_is_typed(on_both: Rehearsal) -> None:
    receipt = await report(on_both)
    other = await report(on_both, "budi")
    ring = on_both.service.ring
    with on_both.service.database.read() as connection:
        for typed in (receipt, receipt.lower(), receipt.replace("-", " "), f" {receipt} "):
            found = tips.by_receipt(connection, ring, typed)
            assert found is not None
            assert found.number == 1
        second = tips.by_receipt(connection, ring, other)
        assert second is not None
        assert second.number == 2
        assert tips.by_receipt(connection, ring, receipt[:-1]) is None
        assert tips.by_receipt(connection, KeyRing.fresh(), receipt) is None


async def test_the_report_opens_as_it_was_told(on_both: Rehearsal) -> None:
    await report(on_both, what="Ada calo di pasar", when="kemarin", suspect="Joko")
    (part,) = opened(on_both.service, 1, PIMPASA)
    content = part.content
    assert part.kind == "report"
    assert content["what"] == "Ada calo di pasar"
    assert (content["when"], content["who"], content["contact"]) == ("kemarin", "Joko", "yes")
    assert content["where_name"] == "Desa Ngrayun, Kec. Ngrayun, Kab. Ponorogo"


@pytest.mark.parametrize("moved", ["wrap", "part", "both"])
async def test_what_is_moved_to_another_tip_does_not_open(on_both: Rehearsal, moved: str) -> None:
    """Somebody who can write to the database still can't show one report under another tip."""
    await report(on_both)
    await report(on_both, "budi")
    assert opened(on_both.service, 2)
    with on_both.service.database.write() as connection:
        if moved in ("wrap", "both"):
            other = wraps.alias()
            first = (
                select(other.c.wrap)
                .where(other.c.tip_number == 1, other.c.recipient == wraps.c.recipient)
                .scalar_subquery()
            )
            connection.execute(wraps.update().where(wraps.c.tip_number == 2).values(wrap=first))
        if moved in ("part", "both"):
            first = select(parts.c.sealed).where(parts.c.tip_number == 1).scalar_subquery()
            connection.execute(parts.update().where(parts.c.tip_number == 2).values(sealed=first))
    with pytest.raises(SealBroken):
        opened(on_both.service, 2)
    assert opened(on_both.service, 1)


async def test_a_withdrawn_report_is_gone_with_its_keys(on_both: Rehearsal) -> None:
    receipt = await report(on_both)
    await report(on_both, "budi")
    await on_both.say("petugas", "ambil 1")
    await on_both.say("petugas", "tanya 1 siapa namanya?")
    for words in (f"kode {receipt}", "tarik", "ya"):
        await on_both.say("warga", words)
    for table in (wraps, parts, relays):
        assert count(on_both, table, tip_number=1) == 0
    assert count(on_both, parts, tip_number=2) == 1
    assert count(on_both, tips.tips, number=1, status="withdrawn", return_address=None,
                 return_index=None) == 1  # fmt: skip


async def test_the_way_back_of_a_hidden_report_is_not_kept(on_both: Rehearsal) -> None:
    await report(on_both, hidden=True)
    assert count(on_both, tips.tips, return_address=None, return_index=None) == 1
    with on_both.service.database.read() as connection:
        assert tips.reporter_of(connection, on_both.service.ring, 1) is None


async def test_what_the_reporter_writes_restarts_the_clock_only_forward(
    on_both: Rehearsal,
) -> None:
    """Silence after an answer is silence again, and an answer never buys the officer time."""
    await report(on_both)
    await on_both.say("petugas", "ambil 1")

    def due() -> datetime:
        with on_both.service.database.read() as connection:
            tip = tips.by_number(connection, 1)
            assert tip
            assert tip.due_at
            return tip.due_at

    before = due()
    await on_both.wait(timedelta(hours=5))
    for words in ("buka", "jawab atau tambah", "Ada lagi yang mau saya ceritakan"):
        await on_both.say("warga", words)
    assert due() <= before


async def test_a_question_to_a_human_is_a_tip_with_an_owner(on_both: Rehearsal) -> None:
    await settle_in(on_both, "warga")
    await on_both.say("warga", "0")
    await on_both.say("warga", "Apakah KTP boleh dipegang agen?")
    assert count(on_both, tips.tips, topic="question", may_ask=True) == 1
    assert count(on_both, assignments, ended_at=None, role="pimpasa") == 1


@pytest.mark.parametrize("closed_by", ["officer", "withdrawal"])
async def test_nothing_is_written_into_a_tip_that_has_ended_meanwhile(
    on_both: Rehearsal, closed_by: str
) -> None:
    """The reporter is typing when it ends: no "sudah diteruskan" for words nobody will read."""
    receipt = await report(on_both)
    await on_both.say("petugas", "ambil 1")
    for words in (f"kode {receipt}", "jawab atau tambah"):
        await on_both.say("warga", words)
    if closed_by == "officer":
        await on_both.say("petugas", "selesai 1")
        await on_both.say("petugas", "1")
    else:
        for words in (f"kode {receipt}", "tarik", "ya"):
            await on_both.say("tetangga", words)
    sent = await on_both.say("warga", "Satu hal lagi")
    assert "Sudah diteruskan" not in heard(sent, demo.VILLAGER)
    assert heard(sent, demo.VILLAGER)
    assert count(on_both, parts, kind="from_reporter") == 0
