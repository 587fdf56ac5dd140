"""Reporters and officers say anything in any order; what is promised of every tip holds throughout."""

import asyncio
from datetime import timedelta
from typing import Any

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    rule,
    run_state_machine_as_test,
)
from sqlalchemy import func, select

from bot import audit, demo, keys, tip_seal, tips
from bot.rehearsal import Rehearsal
from bot.tip_rows import assignments, wraps

REPORTERS = ("warga", "budi")
OFFICERS = (demo.OFFICER, demo.DEPUTY, demo.HEAD)
SAID = (
    "lapor", "lanjut", "tanpa simpan nomor", "1", "2", "3", "0", "ya", "tidak", "tidak tahu",
    "kirim", "ubah", "batal", "menu", "aman", "hapus", "stop", "mulai", "buka", "tarik", "kode",
    "Ada calo mengumpulkan paspor di desa saya, namanya Joko 0812-3456-7890",
    "besok malam", "ngrayun ngrayun ponorogo", "di malaysia", "tolong anak saya disekap sekarang",
    "petugasnya Bu Sri Wahyuni ikut", "namanya siapa yang melaporkan saya",
)  # fmt: skip
COMMANDS = (
    "ambil {n}", "baca {n}", "balas {n} kami cek", "tanya {n} kapan?", "tunda {n} 2 hari menunggu dokumen",
    "teruskan {n}", "tutup {n} hasil=ditangani", "tutup {n} hasil=palsu", "daftar", "daftar semua",
    "cuti 24-11 sampai 28-11", "cuti batal", "1", "2", "ya", "mitra {n}", "kapan berangkatnya?",
)  # fmt: skip


class Lives(RuleBasedStateMachine):
    """One office on SQLite; its clock only goes forward."""

    def __init__(self) -> None:
        super().__init__()
        self.runner = asyncio.Runner()
        self.bot: Rehearsal = self.runner.run(self._made())

    async def _made(self) -> Rehearsal:
        return Rehearsal()

    def teardown(self) -> None:
        self.runner.run(self._closed())
        self.runner.close()

    async def _closed(self) -> None:
        self.bot.close()

    def say(self, who: str, words: str) -> None:
        self.runner.run(self.bot.say(who, words))
        assert self.bot.last_outcome == "done", (who, words)

    @initialize(hidden=st.booleans())
    def somebody_has_reported(self, hidden: bool) -> None:
        """Else most runs would never see a tip."""
        choice = "tanpa simpan nomor" if hidden else "lanjut"
        for words in ("lapor", choice, "tidak", SAID[21], "ngrayun ngrayun ponorogo"):
            self.say("warga", words)
        for _ in range(6):
            if not self.rows(select(tips.tips.c.number)):
                self.say("warga", "1")
        assert self.rows(select(tips.tips.c.number))

    @rule(who=st.sampled_from(REPORTERS), words=st.sampled_from(SAID))
    def a_reporter_says(self, who: str, words: str) -> None:
        self.say(who, words)

    @rule(who=st.sampled_from(OFFICERS), words=st.sampled_from(COMMANDS), number=st.integers(1, 4))
    def an_officer_says(self, who: str, words: str, number: int) -> None:
        self.say(who, words.format(n=number))

    @rule(hours=st.sampled_from([0.3, 2, 9, 30, 100]))
    def time_passes(self, hours: float) -> None:
        self.runner.run(self.bot.wait(timedelta(hours=hours)))

    def rows(self, query: Any) -> list[Any]:
        with self.bot.service.database.read() as connection:
            return list(connection.execute(query).all())

    @invariant()
    def an_open_tip_has_one_owner_and_one_clock_and_an_ended_one_none(self) -> None:
        owned = select(
            tips.tips.c.status, func.count(assignments.c.id), func.count(assignments.c.due_at)
        ).select_from(
            tips.tips.outerjoin(
                assignments,
                (assignments.c.tip_number == tips.tips.c.number) & assignments.c.ended_at.is_(None),
            )
        )
        for status, owners, clocks in self.rows(owned.group_by(tips.tips.c.number)):
            expected = 1 if status in tips.OPEN_STATUSES else 0
            assert status in (*tips.OPEN_STATUSES, "closed", "withdrawn")
            assert (owners, clocks) == (expected, expected), status

    @invariant()
    def the_leaders_can_open_every_tip_and_nobody_a_withdrawn_one(self) -> None:
        office = set(self.rows(select(keys.office_keys.c.id)))
        for number, status in self.rows(select(tips.tips.c.number, tips.tips.c.status)):
            held = {
                (row.recipient,)
                for row in self.rows(select(wraps.c.recipient).where(wraps.c.tip_number == number))
            }
            if status == "withdrawn":
                assert not held
            else:
                assert held & office, number
                assert (tip_seal.SERVER,) not in held

    @invariant()
    def the_audit_is_whole(self) -> None:
        with self.bot.service.database.read() as connection:
            assert audit.first_break(connection) is None

    @invariant()
    def what_nobody_asked_for_says_nothing_of_a_case(self) -> None:
        for message in self.bot.channel.sent:
            if message.to in REPORTERS:
                assert "#" not in message.text.partition("\n")[0], message.text


def test_every_tip_keeps_its_promises_whatever_is_said() -> None:
    run_state_machine_as_test(
        Lives,
        settings=settings(
            max_examples=15,
            stateful_step_count=25,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
