"""The life of a broadcast: who may begin, approve, stop and take back one, each act once."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from sqlalchemy import select

from bot import audit, broadcasts, officers
from bot.broadcast_rows import recipients
from bot.demo import OFFICE, OTHER_VILLAGE, VILLAGE
from bot.rehearsal import Rehearsal
from bot.settings import Settings
from bot.tip_moves import NotAllowed
from flows.broadcast_plan import Plan
from tests.bot.many import TEXT, Many
from tests.bot.steps import heard, settle_in

PLAN = Plan(TEXT, (VILLAGE,))
WARNING = Plan(
    "Ada ajakan kerja ke Kamboja lewat media sosial. Jangan berangkat sebelum cek ke Disnaker.",
    (VILLAGE,),
    "warning",
    source="Kemlu, imbauan",
    source_date=datetime(2026, 11, 20).date(),
    expires=datetime.fromisoformat("2026-12-20T12:00:00+07:00"),
)


class Desk(Many):
    """The office of the rehearsal, whose officers act without typing."""

    def id_of(self, staff_no: str) -> int:
        with self.rehearsal.service.database.read() as connection:
            return int(
                connection.execute(
                    select(officers.officers.c.id).where(officers.officers.c.staff_no == staff_no)
                ).scalar_one()
            )

    def order(self, plan: Plan = PLAN, *, by: str = "D-001", nonce: str = "n") -> int:
        service = self.rehearsal.service
        with service.database.write() as connection:
            return broadcasts.order(connection, service, self.id_of(by), plan, nonce, self.now)

    def act(self, what: str, number: int, by: str = "D-001", *words: str) -> object:
        service, officer = self.rehearsal.service, self.id_of(by)
        with service.database.write() as connection:
            if what in ("pause", "resume", "cancel"):
                return getattr(broadcasts, what)(connection, officer, number, self.now)
            return getattr(broadcasts, what)(connection, service, officer, number, *words, self.now)

    def status(self, number: int) -> str:
        with self.rehearsal.service.database.read() as connection:
            return str(broadcasts.by_number(connection, number).status)

    def limit(self, **settings: int) -> None:
        service = self.rehearsal.service
        service.settings = Settings(**(service.settings.model_dump() | settings))


@pytest.fixture
def desk(on_both: Rehearsal) -> Desk:
    return Desk(on_both)


async def reached(desk: Desk) -> Sequence[str]:
    before = len(desk.rehearsal.channel.sent)
    await desk.rehearsal.drain()
    return sorted(message.to for message in desk.rehearsal.channel.sent[before:])


# ---- ordering


async def test_a_double_tap_is_one_broadcast(desk: Desk) -> None:
    assert desk.order() == desk.order()
    assert await reached(desk) == ["grup"]


async def test_the_same_words_again_are_refused_with_the_number_of_the_first(desk: Desk) -> None:
    desk.order()
    with pytest.raises(NotAllowed, match=r"broadcasts\.twice"):
        desk.order(nonce="another")
    desk.rehearsal.service.clock.forward(timedelta(minutes=11))
    assert desk.order(nonce="another") == 2


@pytest.mark.parametrize(
    ("plan", "why"),
    [
        (replace(PLAN, text="Halo"), "too_short"),
        (replace(PLAN, text="x" * 801), "too_long"),
        (replace(PLAN, text=f"{TEXT} Daftar di https://bit.ly/x"), "bad_link"),
        (replace(PLAN, places=("35.07.01.2001",)), "not_mine"),
        (replace(PLAN, places=()), "nobody"),
        (replace(PLAN, places=(OTHER_VILLAGE,)), "nobody"),
        (replace(PLAN, template="kabar_desa"), "template_not_approved"),
    ],
)
async def test_what_may_not_be_sent_is_refused_and_nothing_is_kept(
    desk: Desk, plan: Plan, why: str
) -> None:
    with pytest.raises(NotAllowed, match=f"broadcasts.{why}$"):
        desk.order(plan)
    assert await reached(desk) == []
    with desk.rehearsal.service.database.read() as connection:
        assert not broadcasts.listed(connection, OFFICE)


async def test_more_than_the_limit_is_refused(desk: Desk) -> None:
    desk.people(5)
    desk.limit(broadcast_limit=5)
    with pytest.raises(NotAllowed, match="too_many"):
        desk.order()


async def test_an_officer_of_another_village_may_not(desk: Desk) -> None:
    with pytest.raises(NotAllowed, match="not_mine"):
        desk.order(replace(PLAN, places=(OTHER_VILLAGE,)), by="D-002")
    assert desk.order(replace(PLAN, places=("35.02",)), by="D-003")  # a leader: the whole area


# ---- the second person


async def test_above_the_limit_it_waits_for_a_second_person(desk: Desk) -> None:
    desk.limit(approval_above=0)
    number = desk.order()
    assert desk.status(number) == "proposed"
    assert await reached(desk) == []
    for stranger in ("D-001", "D-002"):  # its author, and an officer who leads nothing
        with pytest.raises(NotAllowed, match="not_second"):
            desk.act("approve", number, stranger)
    desk.act("approve", number, "D-003")
    assert await reached(desk) == ["grup"]
    with pytest.raises(NotAllowed, match="too_late"):
        desk.act("approve", number, "D-003")


async def test_a_leaders_own_is_approved_by_any_other_officer(desk: Desk) -> None:
    number = desk.order(WARNING, by="D-003")
    with pytest.raises(NotAllowed):
        desk.act("approve", number, "D-003")
    with desk.rehearsal.service.database.read() as connection:
        asked = broadcasts.approvers(connection, desk.rehearsal.service, number, desk.now)
    assert asked == [desk.id_of("D-001"), desk.id_of("D-002")]
    desk.act("approve", number, "D-002")
    assert await reached(desk) == ["grup"]


async def test_a_warning_always_needs_two_and_a_no_ends_it(desk: Desk) -> None:
    number = desk.order(WARNING)
    assert desk.status(number) == "proposed"
    desk.act("reject", number, "D-003", "belum ada sumber")
    assert desk.status(number) == "rejected"
    assert await reached(desk) == []


async def test_what_aged_while_it_waited_for_approval_is_not_sent(desk: Desk) -> None:
    fact = desk.rehearsal.service.catalog.facts[0]
    desk.limit(approval_above=0)
    number = desk.order(replace(PLAN, text=f"Ingat: {fact.words}."))
    late = fact.source.review_by - desk.now.date() + timedelta(days=1)
    desk.rehearsal.service.clock.forward(late)
    with pytest.raises(NotAllowed, match="old_fact"):
        desk.act("approve", number, "D-003")


# ---- pause, cancel, withdraw


async def test_paused_nothing_leaves_and_resumed_everybody_is_told_once(desk: Desk) -> None:
    desk.people(6)
    number = desk.begin()
    assert desk.feed(room=4) == 4
    desk.act("pause", number)
    assert desk.feed() == 0
    assert desk.counts(number) == {"waiting": 7}  # what waited unsent came back
    desk.act("resume", number)
    assert desk.feed() == 6
    assert len({row.contact_id for row in desk.handed(number)}) == 6


async def test_cancelled_what_is_being_sent_goes_on_and_nothing_else(desk: Desk) -> None:
    desk.people(3)
    number = desk.begin()
    desk.feed(room=1)
    desk.finish(number, "sending")
    desk.feed(room=1)
    desk.act("cancel", number)
    assert desk.counts(number) == {"sending": 1, "cancelled": 3}
    for act in ("pause", "resume", "cancel"):
        with pytest.raises(NotAllowed, match="too_late"):
            desk.act(act, number)


async def test_one_that_waits_for_its_hour_can_be_paused_and_resumed(desk: Desk) -> None:
    at = desk.now + timedelta(hours=1)
    number = desk.order(replace(PLAN, at=at))
    assert desk.status(number) == "scheduled"
    desk.act("pause", number)
    desk.rehearsal.service.clock.forward(timedelta(hours=2))
    assert await reached(desk) == []
    desk.act("resume", number)
    assert await reached(desk) == ["grup"]


async def test_a_withdrawal_goes_at_once_to_whom_it_was_told_and_to_nobody_else(
    desk: Desk,
) -> None:
    told = desk.people(2)
    number = desk.begin(WARNING)
    desk.feed(room=2)
    desk.finish(number)
    desk.people(3)
    other = desk.act("withdraw", number, "D-001", "Kabar tentang Kamboja itu keliru. Maaf.")
    assert isinstance(other, int)
    assert desk.status(number) == "cancelled"
    await reached(desk)
    assert desk.feed() == 2
    assert {row.contact_id for row in desk.handed(other)} == set(told)
    assert desk.states(other) == {"handed": 2}


async def test_a_correction_reaches_groups_and_people_of_the_first(desk: Desk) -> None:
    await settle_in(desk.rehearsal, "warga")
    number = desk.order()
    assert await reached(desk) == ["grup", "warga"]
    await settle_in(desk.rehearsal, "budi")
    desk.order(
        Plan("Penyuluhan pindah ke pukul 10.00.", (), "correction", corrects=number), nonce="c"
    )
    assert await reached(desk) == ["grup", "warga"]
    assert "RALAT" in desk.rehearsal.channel.sent[-1].text


async def test_another_offices_broadcast_is_not_to_be_found(desk: Desk) -> None:
    number = desk.order()
    with desk.rehearsal.service.database.read() as connection:
        assert broadcasts.get(connection, number, "kanim-malang") is None
        assert broadcasts.get(connection, number, OFFICE) is not None
    with pytest.raises(NotAllowed, match="unknown"):
        desk.act("cancel", 99)


# ---- its end


async def test_it_ends_when_nobody_is_left_and_every_message_is_known(desk: Desk) -> None:
    await settle_in(desk.rehearsal, "warga")
    number = desk.order()
    assert await reached(desk) == ["grup", "warga"]
    assert "Siaran 1 selesai: dikirim 2" in heard(
        await desk.rehearsal.wait(timedelta(minutes=1)), "petugas"
    )
    assert desk.status(number) == "done"
    assert await desk.rehearsal.wait(timedelta(hours=1)) == []


async def test_a_warning_that_ran_out_tells_nobody_more(desk: Desk) -> None:
    desk.people(2)
    number = desk.begin(replace(WARNING, expires=desk.now + timedelta(hours=1)))
    desk.feed(room=1)
    desk.finish(number)
    await desk.rehearsal.wait(timedelta(hours=2))
    assert desk.counts(number) == {"delivered": 1, "sent": 1, "expired": 1}
    assert desk.status(number) == "done"


async def test_a_long_one_tells_how_far_it_is(desk: Desk) -> None:
    desk.people(3)
    number = desk.begin()
    desk.feed(room=1)
    desk.finish(number)
    told = heard(await desk.rehearsal.wait(timedelta(minutes=3)), "petugas")
    assert f"Siaran {number}: 1 dari 4" in told or f"Siaran {number}: 2 dari 4" in told
    assert "%" in told
    assert "Siaran" not in heard(await desk.rehearsal.wait(timedelta(minutes=3)), "petugas")


async def test_every_act_is_in_the_log(desk: Desk) -> None:
    number = desk.order(WARNING)
    desk.act("approve", number, "D-003")
    desk.act("pause", number)
    desk.act("resume", number)
    desk.act("cancel", number)
    with desk.rehearsal.service.database.read() as connection:
        log = connection.execute(
            select(audit.entries.c.action).where(audit.entries.c.subject == f"broadcast:{number}")
        ).scalars()
        assert list(log) == ["proposed", "approved", "paused", "resumed", "cancelled"]
        assert connection.execute(select(recipients)).all() == []
