"""What goes wrong in the middle of a broadcast: everybody in one true state, nobody told twice, and
nothing leaves that was taken back."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select, update

from bot import broadcasts, feeding, groups, officers, relays, returns, schedule, undelivered
from bot.broadcast_draft import correction
from bot.broadcast_effects import carry_out
from bot.broadcast_rows import recipients, shares
from bot.campaign_rows import tasks
from bot.channels.base import GroupMoved, RetryLater, WindowClosed
from bot.contacts import load_by_id
from bot.demo import OFFICE, VILLAGE
from bot.erase_cli import _effects
from bot.not_allowed import NotAllowed
from bot.rehearsal import Rehearsal
from bot.sender import Sender
from flows.broadcast_plan import BroadcastDecided, Plan
from tests.bot.test_broadcasts import PLAN, WARNING, Desk, reached


@pytest.fixture
def desk(on_both: Rehearsal) -> Desk:
    return Desk(on_both)


def forget(desk: Desk, contact_id: int) -> None:
    service = desk.rehearsal.service
    with service.database.write() as connection:
        (known,) = load_by_id(connection, service.database, service.ring, [contact_id])
        returns.forget_me(_effects(service, connection), known)


# ---- taken back while it is on its way


@pytest.mark.parametrize(("act", "state"), [("pause", "waiting"), ("cancel", "cancelled")])
async def test_what_the_channel_gives_back_after_a_stop_does_not_leave_later(
    desk: Desk, act: str, state: str
) -> None:
    channel = desk.rehearsal.channel
    desk.people(1, channel.name)
    number = desk.begin()
    sender = Sender(desk.rehearsal.service, channel, pacer=None)
    (row, *_) = [row for row in sender._claim(10) if row.contact_id]
    desk.act(act, number)
    sender._results.append((row, RetryLater("429", seconds=1)))
    sender._note()
    assert desk.counts(number).get("queued") is None
    assert desk.counts(number)[state] >= 1
    assert sum(desk.counts(number).values()) == 2


async def test_a_late_failure_does_not_send_what_was_withdrawn(desk: Desk) -> None:
    desk.people(1, "whatsapp")
    number = desk.begin()
    desk.feed("whatsapp")
    (row,) = desk.handed(number)
    desk.finish(number, "sent")
    with desk.rehearsal.service.database.write() as connection:
        connection.execute(
            update(recipients).where(recipients.c.target < 0).values(state="cancelled")
        )
        broadcasts.end_due(connection, desk.now)
    assert desk.status(number) == "done"
    desk.act("withdraw", number, "D-001", "Kabar kemarin itu keliru. Maaf.")
    with desk.rehearsal.service.database.write() as connection:
        undelivered.taken_back(
            connection, desk.rehearsal.service, row.id, WindowClosed("63016"), desk.now
        )
    assert desk.status(number) == "done"
    assert desk.counts(number) == {"cancelled": 2}


async def test_what_waits_for_the_morning_is_withdrawn_too(desk: Desk) -> None:
    """They wrote at night, so what was parked is in the outbox until six o'clock."""
    outside = desk.people(1, "whatsapp", spoke=timedelta(hours=30))
    number = desk.begin()
    desk.feed("whatsapp")
    service = desk.rehearsal.service
    with service.database.write() as connection:
        connection.execute(
            update(recipients).where(recipients.c.target < 0).values(state="cancelled")
        )
        broadcasts.end_due(connection, desk.now)
        feeding.deliver_parked(connection, service, outside, desk.now)
    assert desk.status(number) == "done"
    desk.act("withdraw", number, "D-001", "Kabar kemarin itu keliru. Maaf.")
    assert desk.counts(number) == {"cancelled": 2}


async def test_paused_it_does_not_come_to_who_writes_either(desk: Desk) -> None:
    outside = desk.people(1, "whatsapp", spoke=None)
    number = desk.begin()
    desk.feed("whatsapp")
    desk.act("pause", number)
    with desk.rehearsal.service.database.write() as connection:
        assert feeding.parked_for(connection, outside, desk.now) == {}
    desk.act("resume", number)
    with desk.rehearsal.service.database.write() as connection:
        assert feeding.parked_for(connection, outside, desk.now) == {number: outside}


async def test_a_warning_that_ran_out_in_the_outbox_does_not_leave(desk: Desk) -> None:
    desk.people(2)
    number = desk.begin(replace(WARNING, expires=desk.now + timedelta(hours=1)))
    desk.feed()  # the channel is down
    desk.rehearsal.service.clock.forward(timedelta(hours=2))
    with desk.rehearsal.service.database.write() as connection:
        broadcasts.end_due(connection, desk.now)
    assert desk.counts(number)["expired"] >= 2
    assert desk.counts(number).get("queued") is None


# ---- who left


async def test_who_had_everything_deleted_gets_no_more_of_it(desk: Desk) -> None:
    here, there = desk.people(1), desk.people(1, "whatsapp", spoke=None)
    number = desk.begin()
    desk.feed("whatsapp")
    forget(desk, here[0])
    forget(desk, there[0])
    service = desk.rehearsal.service
    desk.feed()
    with service.database.write() as connection:
        assert feeding.deliver_parked(connection, service, there, desk.now) == 0
    assert not desk.handed(number)


async def test_what_somebody_got_is_counted_for_a_week_and_not_after_they_left(
    desk: Desk,
) -> None:
    gone, _ = desk.people(2)
    desk.begin()
    desk.feed()
    service = desk.rehearsal.service

    def counted() -> int:
        with service.database.read() as connection:
            return len(connection.execute(select(shares)).all())

    assert counted() == 2
    forget(desk, gone)
    assert counted() == 1
    with service.database.write() as connection:
        schedule.purge(connection, desk.now + timedelta(days=8))
    assert counted() == 0


async def test_two_groups_that_become_one_are_told_once(desk: Desk) -> None:
    """Bound under its old and its new id: Telegram makes the one the other in mid-broadcast."""
    ring, service = desk.rehearsal.service.ring, desk.rehearsal.service
    with service.database.write() as connection:
        old, new = (
            groups.join(connection, service.database, ring, "telegram", chat, desk.now)
            for chat in ("-1", "-1001")
        )
        for one in (old, new):
            groups.bind(connection, one, groups.Invited(VILLAGE, "residents", desk.id_of("D-001")))
    number = desk.begin()
    assert desk.feed() == 2
    with service.database.write() as connection:
        groups.move(connection, ring, "telegram", "-1", "-1001")
    assert [row.group_id for row in desk.handed(number)] == [new]
    assert desk.counts(number) == {"queued": 1, "waiting": 1}  # the demo's own group waits


async def test_the_message_that_learns_of_the_move_is_not_sent_again(desk: Desk) -> None:
    service, channel = desk.rehearsal.service, desk.rehearsal.channel
    await desk.rehearsal.join_group("baru")
    with service.database.write() as connection:
        new = groups.id_of(connection, service.ring, channel.name, "baru")
        assert new is not None
        groups.bind(connection, new, groups.Invited(VILLAGE, "residents", desk.id_of("D-001")))
    number = desk.begin()
    sender = Sender(service, channel, pacer=None)
    old = next(row for row in sender._claim(10) if row.group_id != new)
    sender._results.append((old, GroupMoved("400", moved_to="baru")))
    sender._note()
    assert [row.group_id for row in desk.handed(number)] == [new]
    assert sum(desk.counts(number).values()) == 1


# ---- rights


async def test_nobody_tells_a_district_anything_alone_by_withdrawing_a_withdrawal(
    desk: Desk,
) -> None:
    desk.people(1)
    number = desk.begin()
    desk.feed()
    desk.finish(number)
    other = desk.act("withdraw", number, "D-001", "Kabar kemarin itu keliru. Maaf.")
    assert isinstance(other, int)
    await reached(desk)
    with pytest.raises(NotAllowed, match="too_late"):
        desk.act("withdraw", other, "D-002", "Besok kumpul semua di balai desa.")


async def test_a_warning_of_danger_can_be_put_right(desk: Desk) -> None:
    desk.people(1)
    number = desk.begin(replace(WARNING, danger=True))
    desk.feed()
    desk.finish(number)
    plan = correction(replace(WARNING, danger=True), number, "Yang benar: kapal berangkat Selasa.")
    assert desk.order(plan, nonce="c")


@pytest.mark.parametrize(
    ("plan", "by", "status"),
    [
        (PLAN, "D-001", "scheduled"),  # their own
        (PLAN, "D-003", "scheduled"),  # a leader, who reaches every village
        (replace(PLAN, places=("35.02",)), "D-002", "proposed"),  # of one village
        (WARNING, "D-001", "proposed"),  # two people said it, two put it right
    ],
)
async def test_a_correction_gives_nobody_readers_they_had_not(
    desk: Desk, plan: Plan, by: str, status: str
) -> None:
    desk.people(1)
    number = desk.begin(plan)
    desk.feed()
    desk.finish(number)
    told = Plan("Penyuluhan pindah ke pukul 10.00.", (), "correction", corrects=number)
    assert desk.status(desk.order(told, by=by, nonce="c")) == status


async def test_two_proposals_of_the_same_words_are_approved_once(desk: Desk) -> None:
    first, second = desk.order(WARNING), desk.order(WARNING, nonce="console")
    desk.rehearsal.service.clock.forward(timedelta(hours=1))
    desk.act("approve", first, "D-003")
    with pytest.raises(NotAllowed, match="twice"):
        desk.act("approve", second, "D-003")


async def test_who_only_looks_after_the_office_has_no_part_in_broadcasts(desk: Desk) -> None:
    service, keeper = desk.rehearsal.service, desk.id_of("D-002")
    number = desk.order(WARNING, by="D-003")
    with service.database.write() as connection:
        connection.execute(
            update(officers.duties)
            .where(officers.duties.c.officer_id == keeper)
            .values(role="auditor")
        )
        row = broadcasts.by_number(connection, number)
        assert keeper not in broadcasts.approvers(connection, service, number, desk.now)
        assert not broadcasts.may_approve(connection, service, row, keeper, desk.now)
        for event in (
            BroadcastDecided(number, "cancel"),
            BroadcastDecided(number, "withdraw", "Kabar kemarin itu keliru. Maaf."),
        ):
            with pytest.raises(NotAllowed, match="not_mine"):
                carry_out(_effects(service, connection), keeper, event)


async def test_admins_who_forward_forward_the_correction_too(desk: Desk) -> None:
    """The chat orders it without places: it goes to whoever got the first."""
    (admin,) = desk.people(1)
    service = desk.rehearsal.service
    with service.database.write() as connection:
        relays.invite(connection, service.ring, "ABCD-ABCD", office_code=OFFICE,
                      place_code=VILLAGE, label="WA", officer_id=None, now=desk.now)  # fmt: skip
        relays.agree(connection, service.ring, "ABCD-ABCD", admin, desk.now)
    number = desk.order()
    with service.database.write() as connection:
        broadcasts.start_due(connection, service, desk.now)
        connection.execute(update(tasks).values(state="sent", sent_at=desk.now))
    plan = Plan("Penyuluhan pindah ke pukul 10.00.", (), "correction", corrects=number)
    with service.database.read() as connection:
        assert relays.count_for(connection, plan) == 1


# ---- one broken broadcast


async def test_paused_before_anybody_was_told_it_begins_once(desk: Desk) -> None:
    """Nobody but an admin of a WhatsApp group gets it."""
    (admin,) = desk.people(1, "telegram", place="35.02.02.2002")
    service = desk.rehearsal.service
    with service.database.write() as connection:
        relays.invite(connection, service.ring, "ABCD-ABCD", office_code=OFFICE,
                      place_code="35.02.02.2002", label="WA", officer_id=None,
                      now=desk.now)  # fmt: skip
        relays.agree(connection, service.ring, "ABCD-ABCD", admin, desk.now)
    desk.change([admin], place_code="35.02.02.2003")
    number = desk.order(Plan(PLAN.text, ("35.02.02.2002",)), by="D-003")
    for _ in range(2):
        with service.database.write() as connection:
            broadcasts.start_due(connection, service, desk.now)
        desk.act("pause", number)
        desk.act("resume", number)
    assert desk.status(number) == "sending"


async def test_one_that_cant_begin_holds_up_nobody_elses_message(desk: Desk) -> None:
    desk.people(1)
    broken = desk.order()
    with desk.rehearsal.service.database.write() as connection:
        table = broadcasts.broadcasts
        connection.execute(update(table).where(table.c.id == broken).values(plan="{"))
    fine = desk.order(replace(PLAN, text=f"{PLAN.text} Gratis untuk semua warga."), nonce="m")
    await reached(desk)
    assert desk.status(broken) == "stopped"
    assert desk.status(fine) == "sending"
