"""A meeting's life on both databases: who is told what, what stays, and who may do what."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from sqlalchemy import select, update

from bot import broadcasts as broadcast_life
from bot import contacts, demo, meeting_clock, meeting_questions, meeting_report, meetings, officers
from bot import schedule as clock
from bot.broadcast_rows import broadcasts
from bot.channels import whatsapp
from bot.channels.base import Outgoing
from bot.effects import Effects
from bot.erase_cli import erase_person
from bot.meeting_effects import by_officer
from bot.meeting_rows import answers, questions
from bot.meeting_rows import meetings as rows
from bot.meeting_words import invitation, message
from bot.not_allowed import NotAllowed
from bot.outbox import open_body, queue
from bot.rehearsal import Rehearsal
from bot.settings import Settings
from bot.world import World
from flows.meeting_plan import (
    MeetingChanged,
    MeetingEnded,
    MeetingPlan,
    MeetingPlanned,
    OfficerMeetingEvent,
    QuestionsAnswered,
    QuestionsGrouped,
)
from tests.bot.many import Many
from tests.bot.steps import count, heard, settle_in

NINE = datetime.fromisoformat("2026-11-25T09:00:00+07:00")
PLAN = MeetingPlan(
    demo.VILLAGE, "Sosialisasi paspor", "Balai desa", NINE, NINE + timedelta(hours=2), "PIMPASA"
)
ASKED = "tanya pertemuan berapa biaya paspor di kantor imigrasi?"


def act(rehearsal: Rehearsal, event: OfficerMeetingEvent, by: str = "D-001") -> int:
    """As the command line does it; the meeting's number."""
    service, now = rehearsal.service, rehearsal.clock.now()
    with service.database.write() as connection:
        effects = Effects(connection, service, World(connection, service, None, now), now)
        number = by_officer(effects, officer(rehearsal, by), event)
        queue(connection, effects.rows)
    return number


def officer(rehearsal: Rehearsal, staff_no: str) -> int:
    table = officers.officers
    with rehearsal.service.database.read() as connection:
        query = select(table.c.id).where(table.c.staff_no == staff_no)
        return int(connection.execute(query).scalar_one())


def planned(rehearsal: Rehearsal, nonce: str = "n", plan: MeetingPlan = PLAN) -> int:
    return act(rehearsal, MeetingPlanned(plan, nonce))


async def until(rehearsal: Rehearsal, at: datetime) -> str:
    """What the villager hears up to then."""
    said = await rehearsal.wait(at - rehearsal.clock.now())
    return heard(said, demo.VILLAGER)


async def ask(rehearsal: Rehearsal, who: str = demo.VILLAGER, words: str = ASKED) -> str:
    await rehearsal.say(who, words)
    return heard(await rehearsal.say(who, "kirim"), who)


# ---- inviting


async def test_a_double_tap_is_one_meeting_and_one_invitation(on_both: Rehearsal) -> None:
    await settle_in(on_both, demo.VILLAGER)
    assert planned(on_both) == planned(on_both)
    await on_both.drain()
    assert count(on_both, rows) == 1
    assert count(on_both, broadcasts, kind="invitation", meeting_id=1) == 1


def test_a_meeting_of_another_officers_village_is_refused(on_both: Rehearsal) -> None:
    elsewhere = MeetingPlan(
        "35.02.01.2001", "Sosialisasi", "Balai", NINE, NINE + timedelta(hours=1)
    )
    with pytest.raises(NotAllowed, match="not_mine"):
        planned(on_both, plan=elsewhere)
    assert count(on_both, rows) == 0


def test_a_village_without_anybody_has_its_meeting_all_the_same(on_both: Rehearsal) -> None:
    there = MeetingPlan(
        demo.OTHER_VILLAGE, "Sosialisasi", "Balai desa", NINE, NINE + timedelta(hours=1)
    )
    assert planned(on_both, plan=there) == 1
    assert count(on_both, broadcasts) == 0
    act(on_both, MeetingEnded(1, "cancel"))
    assert count(on_both, broadcasts) == 0


def test_what_others_may_not_do(on_both: Rehearsal) -> None:
    there = MeetingPlan(
        demo.OTHER_VILLAGE, "Sosialisasi", "Balai desa", NINE, NINE + timedelta(hours=1)
    )
    number = planned(on_both, plan=there)
    with pytest.raises(NotAllowed, match="unknown"):
        act(on_both, MeetingEnded(number, "cancel"), by="D-002")
    with pytest.raises(NotAllowed, match="not_yet"):
        act(on_both, MeetingEnded(number, "held", 40))
    with pytest.raises(NotAllowed, match="not_yet"):
        act(on_both, MeetingEnded(number, "close"))
    act(on_both, MeetingEnded(number, "cancel"), by="D-003")
    with pytest.raises(NotAllowed, match="too_late"):
        act(on_both, MeetingEnded(number, "cancel"))


def test_the_invitation_has_buttons_for_people_and_a_link_for_groups(rehearsal: Rehearsal) -> None:
    service = rehearsal.service
    order = invitation(service, service.office(), PLAN, 7)
    person = message(service, service.office(), order, group=False)
    assert [button.payload for button in person.buttons] == [
        "meetings.page.yes~7", "meetings.page.no~7", "meetings.page.ask~7",
    ]  # fmt: skip
    assert not any(button.number for button in person.buttons), "a typed number is another's answer"
    group = message(service, service.office(), order, group=True)
    assert not group.buttons
    assert "/simulator/" in group.text
    assert "STOP" not in group.text


def test_on_whatsapp_the_answers_are_quick_replies_and_never_numbers(rehearsal: Rehearsal) -> None:
    service = rehearsal.service
    said = message(
        service, service.office(), invitation(service, service.office(), PLAN, 7), group=False
    )
    out = Outgoing(0, "", said.text, said.buttons, fixed=said.fixed)
    types = whatsapp.content_types(out)
    assert types is not None
    actions = types["twilio/quick-reply"]["actions"]
    assert [(one["title"], one["id"]) for one in actions] == [
        ("Datang", "meetings.page.yes~7"),
        ("Tidak datang", "meetings.page.no~7"),
        ("Tanya", "meetings.page.ask~7"),
    ]
    assert whatsapp.numbered(out).endswith("Datang\nTidak datang\nTanya")


async def test_what_a_village_may_know_of_its_meetings(on_both: Rehearsal) -> None:
    await settle_in(on_both, demo.VILLAGER)
    planned(on_both)
    planned(on_both, "m", replace(PLAN, place_code=demo.OTHER_VILLAGE))
    service, now = on_both.service, on_both.clock.now()
    with service.database.write() as connection:
        key = (demo.CHANNEL, demo.VILLAGER)
        known = contacts.load(connection, service.database, service.ring, [key], now)[key]
        (one,) = World(connection, service, known, now).village_meetings()
        assert one.line == "Sosialisasi paspor: Rabu 25 November pukul 09.00 WIB, Balai desa"
        assert World(connection, service, known, PLAN.ends_at).village_meetings() == ()
        assert World(connection, service, None, now).village_meetings() == ()


async def test_an_invitation_to_many_waits_for_a_second_person(on_both: Rehearsal) -> None:
    service = on_both.service
    service.settings = Settings(**(service.settings.model_dump() | {"approval_above": 0}))
    assert planned(on_both) == 1
    said = await on_both.say(demo.HEAD, "menu")
    assert "menunggu persetujuan" in heard(said, demo.HEAD)
    assert "UNDANGAN" not in heard(said, demo.GROUP)
    later = replace(PLAN, where="Masjid Al Huda")
    act(on_both, MeetingChanged(1, later))
    with service.database.write() as connection:
        broadcast_life.approve(
            connection, service, officer(on_both, "D-003"), 1, on_both.clock.now()
        )
    before = len(on_both.channel.sent)
    await on_both.drain()
    told = heard(on_both.channel.sent[before:], demo.GROUP)
    assert "UNDANGAN" in told
    assert "Masjid Al Huda" in told


# ---- reminders


@pytest.mark.parametrize(
    ("starts", "reminded"),
    [
        ("2026-11-25T09:00:00+07:00", ["2026-11-24T17:00:00+07:00", "2026-11-25T07:00:00+07:00"]),
        ("2026-11-25T07:00:00+07:00", ["2026-11-24T17:00:00+07:00", "2026-11-25T06:00:00+07:00"]),
        ("2026-11-25T19:30:00+07:00", ["2026-11-24T17:00:00+07:00", "2026-11-25T17:30:00+07:00"]),
        ("2026-11-23T20:00:00+07:00", ["2026-11-23T18:00:00+07:00"]),
        ("2026-11-23T10:00:00+07:00", []),
    ],
)
def test_when_somebody_is_reminded(starts: str, reminded: list[str]) -> None:
    at = datetime.fromisoformat(starts)
    plan = MeetingPlan(demo.VILLAGE, "x", "x", at, at + timedelta(hours=2))
    found, now = [], datetime.fromisoformat("2026-11-23T09:00:00+07:00")
    while (due := meeting_clock.next_reminder(plan, now)) is not None:
        found.append(due.isoformat())
        now = due
    assert found == reminded


async def test_a_late_reminder_waits_for_the_morning_and_nobody_has_it_twice(
    on_both: Rehearsal,
) -> None:
    await settle_in(on_both, demo.VILLAGER)
    planned(on_both)
    await on_both.drain()
    await on_both.say(demo.VILLAGER, "datang")
    on_both.clock.forward(datetime.fromisoformat("2026-11-24T23:00:00+07:00") - on_both.clock.now())
    clock.run_due(on_both.service, on_both.turns)
    clock.run_due(on_both.service, on_both.turns)
    await on_both.drain()
    assert "Sosialisasi" not in await until(on_both, NINE - timedelta(hours=3, minutes=1))
    assert (await until(on_both, NINE)).count("Hari ini: Sosialisasi paspor") == 2


async def test_who_stopped_blocked_or_said_no_is_not_reminded(on_both: Rehearsal) -> None:
    for who in (demo.VILLAGER, "budi", "wati", "tono"):
        await settle_in(on_both, who)
    planned(on_both)
    await on_both.drain()
    for who in (demo.VILLAGER, "budi", "wati"):
        await on_both.say(who, "datang")
    await on_both.say("tono", "tidak datang")
    await on_both.say("budi", "stop")
    await on_both.send_kind("wati", "blocked")
    said = await on_both.wait(NINE - on_both.clock.now())
    assert {m.to for m in said if "Sosialisasi" in m.text} == {demo.VILLAGER}


# ---- changed, called off


async def test_a_change_that_changes_nothing_tells_nobody(on_both: Rehearsal) -> None:
    await settle_in(on_both, demo.VILLAGER)
    number = planned(on_both)
    await on_both.drain()
    act(on_both, MeetingChanged(number, PLAN))
    assert count(on_both, broadcasts) == 1


async def test_who_came_by_another_way_hears_that_it_is_off(on_both: Rehearsal) -> None:
    number = planned(on_both)
    await on_both.drain()  # only the group is there
    await settle_in(on_both, demo.VILLAGER)
    await on_both.say(demo.VILLAGER, "datang")
    act(on_both, MeetingEnded(number, "cancel"))
    before = len(on_both.channel.sent)
    await on_both.drain()
    told = {m.to: m.text for m in on_both.channel.sent[before:]}
    assert told[demo.GROUP].startswith("BATAL:")
    assert "Anda bilang akan datang" in told[demo.VILLAGER]


async def test_changed_twice_at_night_and_called_off_only_the_last_is_told(
    on_both: Rehearsal,
) -> None:
    await settle_in(on_both, demo.VILLAGER)
    number = planned(on_both)
    await on_both.drain()
    on_both.clock.forward(timedelta(hours=12, minutes=30))
    for hours in (1, 2):
        later = MeetingPlan(
            demo.VILLAGE, PLAN.title, PLAN.where, NINE + timedelta(hours=hours),
            NINE + timedelta(hours=4), PLAN.speakers,
        )  # fmt: skip
        act(on_both, MeetingChanged(number, later))
    act(on_both, MeetingEnded(number, "cancel"))
    told = await until(on_both, NINE - timedelta(hours=24))
    assert told.count("BATAL: Sosialisasi paspor") == 1
    assert "BERUBAH" not in told


def half_told(rehearsal: Rehearsal) -> tuple[int, list[int]]:
    """A meeting of whose two invited people one has the invitation and one still waits."""
    many = Many(rehearsal)
    people = many.people(2)
    number = planned(rehearsal)
    with rehearsal.service.database.write() as connection:
        broadcast_life.start_due(connection, rehearsal.service, many.now)
    assert many.feed(room=1) == 1
    many.finish(number, "sent")
    return number, people


async def test_changed_while_it_is_sent_those_who_wait_get_the_new_words(
    on_both: Rehearsal,
) -> None:
    number, (told, waits) = half_told(on_both)
    act(on_both, MeetingChanged(number, replace(PLAN, where="Masjid")))
    many = Many(on_both)
    with on_both.service.database.write() as connection:
        broadcast_life.start_due(connection, on_both.service, many.now)
        first, correction = connection.execute(select(broadcasts).order_by(broadcasts.c.id))
    many.feed()
    assert [row.contact_id for row in many.handed(first.id)] == [told, waits]
    assert [row.contact_id for row in many.handed(correction.id)] == [told]
    ring, row = on_both.service.ring, many.handed(first.id)[1]
    assert "Masjid" in open_body(ring, row.lane, row.body).text


async def test_a_change_for_many_asks_the_second_person(on_both: Rehearsal) -> None:
    number, _ = half_told(on_both)
    on_both.service.settings = Settings(
        **(on_both.service.settings.model_dump() | {"approval_above": 0})
    )
    act(on_both, MeetingChanged(number, replace(PLAN, where="Masjid")))
    before = len(on_both.channel.sent)
    await on_both.drain()
    asked = {message.to for message in on_both.channel.sent[before:]}
    assert demo.HEAD in asked


async def test_what_was_approved_and_changed_is_approved_again(on_both: Rehearsal) -> None:
    service = on_both.service
    service.settings = Settings(**(service.settings.model_dump() | {"approval_above": 0}))
    on_both.clock.forward(timedelta(hours=12))  # at night: it waits for the morning
    number = planned(on_both)
    with service.database.write() as connection:
        broadcast_life.approve(
            connection, service, officer(on_both, "D-003"), 1, on_both.clock.now()
        )
    act(on_both, MeetingChanged(number, replace(PLAN, where="Masjid")))
    with service.database.read() as connection:
        row = broadcast_life.by_number(connection, 1)
    assert (row.status, row.approved_by) == ("proposed", None)


async def test_a_change_may_say_no_more_than_an_invitation(on_both: Rehearsal) -> None:
    many = Many(on_both)
    many.people(1)
    number = planned(on_both)
    with on_both.service.database.write() as connection:
        broadcast_life.start_due(connection, on_both.service, many.now)
    with pytest.raises(NotAllowed, match="bad_link"):
        act(on_both, MeetingChanged(number, replace(PLAN, where="https://bit.ly/x")))


# ---- questions


async def test_questions_are_sealed_and_grouped(on_both: Rehearsal) -> None:
    for who in (demo.VILLAGER, "budi"):
        await settle_in(on_both, who)
    planned(on_both)
    await ask(on_both)
    await ask(on_both, "budi", "tanya pertemuan biaya paspor berapa ya di kantor imigrasi")
    with on_both.service.database.read() as connection:
        found = connection.execute(select(questions)).all()
        groups = meeting_questions.groups(connection, on_both.service.ring, 1)
    assert all(b"paspor" not in row.text for row in found)
    assert [len(group.questions) for group in groups] == [2]


async def test_the_same_question_twice_is_one_and_five_are_enough(on_both: Rehearsal) -> None:
    await settle_in(on_both, demo.VILLAGER)
    planned(on_both)
    for _ in range(2):
        await ask(on_both)
    for about in ("umur", "gaji", "kontrak", "asuransi"):
        await ask(on_both, words=f"tanya pertemuan bagaimana aturan {about} untuk pekerja migran?")
    assert count(on_both, questions) == 5
    said = heard(
        await on_both.say(demo.VILLAGER, "tanya pertemuan apa lagi syaratnya?"), demo.VILLAGER
    )
    assert "lima kali" in said


async def test_an_answer_goes_once_to_each_who_asked_and_not_after_stop(on_both: Rehearsal) -> None:
    for who in (demo.VILLAGER, "budi", "wati"):
        await settle_in(on_both, who)
    planned(on_both)
    await on_both.drain()
    for who in (demo.VILLAGER, "budi", "wati"):
        await ask(on_both, who)
    await ask(on_both, demo.VILLAGER, "tanya pertemuan biaya paspor kantor imigrasi berapa")
    await on_both.say("wati", "stop")
    before = len(on_both.channel.sent)
    act(on_both, QuestionsAnswered(1, "Rp350 ribu."))
    with pytest.raises(NotAllowed, match="answered_before"):
        act(on_both, QuestionsAnswered(2, "Lain."))
    await on_both.drain()
    told = [m.to for m in on_both.channel.sent[before:]]
    assert sorted(told) == ["budi", demo.VILLAGER]
    assert not any("Sri" in m.text or "budi" in m.text for m in on_both.channel.sent[before:])
    assert "sudah dijawab: Rp350 ribu." in await settled_and_asks(on_both, "tono")


async def settled_and_asks(rehearsal: Rehearsal, who: str) -> str:
    await settle_in(rehearsal, who)
    return await ask(rehearsal, who)


async def test_together_and_apart(on_both: Rehearsal) -> None:
    for who in (demo.VILLAGER, "budi"):
        await settle_in(on_both, who)
    planned(on_both)
    await on_both.drain()
    await ask(on_both)
    await ask(on_both, "budi", "tanya pertemuan bagaimana kalau kontrak hilang?")
    act(on_both, QuestionsGrouped(2, 1))
    act(on_both, QuestionsGrouped(1))  # the first of the group leaves it
    act(on_both, QuestionsAnswered(1, "Rp350 ribu."))
    before = len(on_both.channel.sent)
    await on_both.drain()
    assert [m.to for m in on_both.channel.sent[before:]] == [demo.VILLAGER]
    act(on_both, QuestionsGrouped(1, 2))
    await on_both.drain()
    assert on_both.channel.sent[-1].to == "budi"
    assert "Rp350 ribu" in on_both.channel.sent[-1].text
    with pytest.raises(NotAllowed, match="no_question"):
        act(on_both, QuestionsGrouped(1, 9))


async def test_nobody_of_another_village_answers_or_asks(on_both: Rehearsal) -> None:
    await settle_in(on_both, demo.VILLAGER, "Baosan Kidul, Ngrayun, Ponorogo")
    planned(on_both)
    await on_both.drain()
    said = await on_both.say(demo.VILLAGER, "Datang", "meetings.page.yes~1")
    assert "sudah selesai atau tidak jadi" in heard(said, demo.VILLAGER)
    assert count(on_both, answers) == 0


# ---- forgetting


async def test_who_has_everything_deleted_is_gone_from_the_meeting(on_both: Rehearsal) -> None:
    for who in (demo.VILLAGER, "budi"):
        await settle_in(on_both, who)
        planned(on_both)
        await on_both.say(who, "datang")
        await ask(on_both, who)
    with on_both.service.database.write() as connection:
        assert erase_person(on_both.service, connection, demo.CHANNEL, demo.VILLAGER)
    assert count(on_both, answers) == count(on_both, questions) == 1
    act(on_both, QuestionsAnswered(2, "Rp350 ribu."))
    await on_both.drain()
    assert [m.to for m in on_both.channel.sent if "Rp350" in m.text] == ["budi"]


async def test_questions_go_thirty_days_after_the_end_also_when_nobody_closed_it(
    on_both: Rehearsal,
) -> None:
    await settle_in(on_both, demo.VILLAGER)
    planned(on_both)
    await ask(on_both)
    day = timedelta(days=1)
    ends = PLAN.ends_at
    for now, left in ((ends + 13 * day, 1), (ends + 15 * day, 1), (ends + 46 * day, 0)):
        with on_both.service.database.write() as connection:
            meetings.purge(connection, now)
        assert count(on_both, questions) == left
    assert count(on_both, rows, status="closed") == 1


# ---- the report


async def test_the_report_is_what_the_rows_say_and_names_nobody(on_both: Rehearsal) -> None:
    people = [demo.VILLAGER, "budi", "wati", "tono"]
    for who in people:
        await settle_in(on_both, who)
    number = planned(on_both)
    await on_both.drain()
    for who in people[:3]:
        await on_both.say(who, "datang")
        await ask(on_both, who)
    await on_both.say("tono", "tidak datang")
    await ask(on_both, "tono", "tanya pertemuan bagaimana kalau kontrak hilang?")
    act(on_both, QuestionsAnswered(1, "Rp350 ribu."))
    await on_both.drain()
    on_both.clock.forward(NINE - on_both.clock.now())
    act(on_both, MeetingEnded(number, "held", 43))
    service = on_both.service
    with service.database.read() as connection:
        row = meetings.by_number(connection, number)
        view = meetings.view_of(service, row, "Desa Ngrayun", on_both.clock.now())
        report = meeting_report.of(connection, service, number, view)
    told = meeting_report.as_json(report)
    assert told["invited"] == {"sent": 5}
    assert told["coming"] == {"yes": 3, "maybe": 0, "no": "kurang dari 3"}
    assert (told["present"], told["open_questions"]) == (43, 1)
    assert [(g["asked"], g["answer"]) for g in told["questions"]] == [
        ("kurang dari 3", None), (3, "Rp350 ribu."),
    ]  # fmt: skip
    page = dict(meeting_report.lines(report))
    assert page["Undangan"] == "dikirim 5"
    assert page["Bilang datang"] == "3; mungkin: 0; tidak: kurang dari 3"
    assert "Rp350 ribu." in meeting_report.summary(service, report)
    assert "kontrak" not in meeting_report.summary(service, report)


async def test_a_name_in_a_question_is_hidden_in_the_report(on_both: Rehearsal) -> None:
    """The officer reads what was asked; a report goes further."""
    await settle_in(on_both, demo.VILLAGER)
    planned(on_both)
    service = on_both.service
    with service.database.write() as connection:
        contact = connection.execute(select(contacts.contacts.c.id).limit(1)).scalar_one()
        meeting_questions.ask(
            connection,
            service.ring,
            1,
            contact,
            "Kata Pak Joko 0812 3456 7890 gratis?",
            on_both.clock.now(),
        )
        connection.execute(update(rows).values(status="held"))
        row = meetings.by_number(connection, 1)
        view = meetings.view_of(service, row, "Desa Ngrayun", on_both.clock.now())
        told = str(meeting_report.as_json(meeting_report.of(connection, service, 1, view)))
    assert "Joko" not in told
    assert "0812" not in told
