"""Who is reminded and when: window, night, budget, consent, and nobody in the middle of a report."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select, update

from bot import demo, mastery, outbox, recall, reminders, templates
from bot.channels.base import Outgoing
from bot.contacts import consents, contacts, sessions
from bot.outbox import NEWS, open_body, row_for
from bot.rehearsal import Rehearsal
from flows.events import MessageCreated
from tests.bot.steps import count, heard, settle_in
from tests.templates import approve

DAY = timedelta(days=1)
HOUR = timedelta(hours=1)
WHO = demo.VILLAGER
INVITED = "ini ulangan singkat yang Anda minta"
DENPASAR, SORONG = "51.71.01.1001", "96.71.01.1001"


class Learner:
    """A villager who said yes; everything about them can be changed in the tables."""

    def __init__(self, rehearsal: Rehearsal) -> None:
        self.rehearsal = rehearsal
        self.service = rehearsal.service
        with self.service.database.read() as connection:
            self.id = int(connection.execute(select(sessions.c.contact_id)).scalar_one())

    @property
    def now(self) -> datetime:
        return self.rehearsal.clock.now()

    def change(self, table: Any, **values: Any) -> None:
        key = table.c.id if table is contacts else table.c.contact_id
        with self.service.database.write() as connection:
            connection.execute(update(table).where(key == self.id).values(**values))

    def learns(self, *items: int, stability: float = 2.3, due: timedelta = -HOUR) -> None:
        """Has answered these items (numbers in the course)."""
        course = [(one.id, item.id) for one in self.service.catalog.lessons for item in one.quiz]
        for number in items:
            lesson, item = course[number]
            self._insert(
                recall.recall, lesson=lesson, item=item, stability=stability, difficulty=5.0,
                reviewed_at=self.now - 20 * DAY, due=self.now + due,
            )  # fmt: skip

    def was_pushed(self, *ago: timedelta) -> None:
        for one in ago:
            self._insert(reminders.pushes, at=self.now - one)

    def _insert(self, table: Any, **values: Any) -> None:
        with self.service.database.write() as connection:
            connection.execute(table.insert().values(contact_id=self.id, **values))

    def look(self) -> int:
        """What the schedule does; how many were reminded."""
        with self.service.database.write() as connection:
            return reminders.push_due(connection, self.service, self.rehearsal.turns, self.now)

    def queued(self) -> list[Any]:
        mine = (outbox.outbox.c.contact_id == self.id) & (outbox.outbox.c.priority == NEWS)
        with self.service.database.read() as connection:
            return list(connection.execute(select(outbox.outbox).where(mine)))

    def looked_at_next(self) -> datetime | None:
        with self.service.database.read() as connection:
            return connection.execute(select(reminders.reminders.c.look_at)).scalar()


@pytest.fixture
async def learner(on_both: Rehearsal) -> Learner:
    """Ten in the morning; one item has been due for an hour, and the last words are an hour old."""
    await settle_in(on_both, WHO)
    await on_both.say(WHO, "ingatkan saya")
    told = await on_both.say(WHO, "ya")
    assert "nanti saya ingatkan" in heard(told, WHO)
    on_both.clock.forward(HOUR)
    learner = Learner(on_both)
    learner.learns(0)
    return learner


def test_who_said_yes_is_asked_one_question_with_buttons(learner: Learner) -> None:
    assert learner.look() == 1
    (row,) = learner.queued()
    body = open_body(learner.service.ring, row.lane, row.body)
    item = learner.service.catalog.lessons[0].quiz[0]
    assert body.text.splitlines()[0].startswith("Halo, ini ulangan singkat")
    assert item.question in body.text
    assert body.fixed
    assert [b[1] for b in body.buttons][:-1] == [choice.label for choice in item.choices]
    assert row.not_before == learner.now
    assert learner.look() == 0


NOBODY = {
    "said STOP": (contacts, "opted_out_at"),
    "has blocked us": (contacts, "unreachable_at"),
}


@pytest.mark.parametrize(("table", "column"), NOBODY.values(), ids=NOBODY)
def test_not_for_who_can_not_or_will_not(learner: Learner, table: Any, column: str) -> None:
    learner.change(table, **{column: learner.now})
    assert learner.look() == 0


@pytest.mark.parametrize(
    ("table", "values"),
    [
        (contacts, {"consented_at": None}),
        (reminders.reminders, {"wanted": False}),
        (reminders.reminders, {"unanswered": reminders.GIVEN_UP}),
        (recall.recall, {"stability": mastery.MASTERED_STABILITY}),
        (recall.recall, {"lesson": "gone"}),
    ],
)
def test_not_without_a_yes_or_a_question(
    learner: Learner, table: Any, values: dict[str, Any]
) -> None:
    learner.change(table, **values)
    assert learner.look() == 0
    assert learner.queued() == []


def looks_again(learner: Learner) -> None:
    """What stood in the way is the office's to mend, so nobody is given up for it."""
    assert learner.looked_at_next() == learner.now + DAY


def test_not_about_a_fact_past_its_review_date(learner: Learner) -> None:
    day = max(item.source.review_by for one in learner.service.catalog.lessons for item in one.quiz)
    learner.rehearsal.clock.forward(timedelta(days=(day - learner.now.date()).days + 2))
    assert learner.look() == 0
    looks_again(learner)


@pytest.mark.parametrize(
    ("ago", "status", "reminded"),
    [
        (5 * HOUR, "", 1),
        (timedelta(hours=23, minutes=50), "", 1),
        (timedelta(hours=23, minutes=51), "", 0),
        (timedelta(hours=23, minutes=51), "paused", 0),
        (timedelta(hours=23, minutes=51), "approved", 1),
        (timedelta(minutes=59), "approved", 0),
    ],
)
def test_whatsapps_window(learner: Learner, ago: timedelta, status: str, reminded: int) -> None:
    """Outside it only with a template, and never within an hour of their own words."""
    template = approve(learner.service, "review", status=status)["review"] if status else ""
    learner.change(contacts, channel="whatsapp")
    learner.change(sessions, last_inbound_at=learner.now - ago)
    assert learner.look() == reminded
    outside = ago > timedelta(hours=23, minutes=50)
    for row in learner.queued():
        body = open_body(learner.service.ring, row.lane, row.body)
        assert body.template == (template if outside else "")
        assert ("Mulai ulangan" in str(body.buttons)) is outside


def test_a_reminder_by_template_is_one_of_the_days_people(learner: Learner) -> None:
    """The limit is WhatsApp's and for all that goes out by template; met, nobody is looked at."""
    approve(learner.service, "review")
    learner.change(contacts, channel="whatsapp")
    learner.change(sessions, last_inbound_at=learner.now - timedelta(hours=30))
    full = learner.service.settings.model_copy(update={"whatsapp_people_a_day": 1})
    learner.service.settings = full.model_copy(update={"whatsapp_people_a_day": 0})
    assert learner.look() == 0
    learner.service.settings = full
    learner.rehearsal.clock.forward(timedelta(hours=1))
    assert learner.look() == 1
    with learner.service.database.read() as connection:
        assert templates.room(connection, 1, learner.now)[0] == 0


BUDGET = [
    ((2 * DAY,), 1),
    ((timedelta(hours=40),), 0),
    ((2 * DAY, 4 * DAY), 1),
    ((2 * DAY, 4 * DAY, 6 * DAY), 0),
    ((2 * DAY, 4 * DAY, 7 * DAY), 1),
]


@pytest.mark.parametrize(("ago", "reminded"), BUDGET)
def test_the_weeks_budget(learner: Learner, ago: tuple[timedelta, ...], reminded: int) -> None:
    learner.was_pushed(*ago)
    assert learner.look() == reminded


def test_the_office_may_switch_reminders_off(learner: Learner) -> None:
    learner.service.settings = learner.service.settings.model_copy(update={"learning_pushes": 0})
    assert learner.look() == 0
    looks_again(learner)


ZONES = [
    ("35.02.02.2001", "07:59", "08:00"), ("35.02.02.2001", "08:00", ""),
    ("35.02.02.2001", "18:59", ""), ("35.02.02.2001", "19:00", "08:00"),
    (DENPASAR, "06:59", "07:00"), (DENPASAR, "07:00", ""), (DENPASAR, "18:00", "07:00"),
    (SORONG, "05:59", "06:00"), (SORONG, "06:00", ""), (SORONG, "17:00", "06:00"),
    ("", "07:59", "08:00"), ("", "08:00", ""),
]  # fmt: skip


@pytest.mark.parametrize(("place", "clock", "waits_for"), ZONES)
def test_nobody_is_woken_in_their_own_zone(
    learner: Learner, place: str, clock: str, waits_for: str
) -> None:
    """All times in WIB, the office's zone; a learner without a village lives in it."""
    learner.change(contacts, place_code=place)
    learner.rehearsal.clock.forward(
        datetime.fromisoformat(f"2026-11-25T{clock}:00+07:00") - learner.now
    )
    assert learner.look() == (0 if waits_for else 1)
    if waits_for:
        day = 26 if clock >= "12" else 25
        next_look = datetime.fromisoformat(f"2026-11-{day}T{waits_for}:00+07:00")
        assert learner.looked_at_next() == next_look


@pytest.mark.parametrize(
    "words",
    [
        ("lapor", "lanjut", "tidak", "Ada calo mengumpulkan paspor"),
        ("lapor", "lanjut", "tidak", "Ada calo mengumpulkan paspor", "menu"),
        ("aman", "menu"),
        ("ganti desa",),
    ],
    ids=["a draft", "a draft set aside", "a hidden screen", "a village being asked for"],
)
async def test_nothing_half_done_is_pushed_aside(learner: Learner, words: Sequence[str]) -> None:
    if words == ("ganti desa",):
        await learner.rehearsal.say(WHO, "tentang")
        await learner.rehearsal.press(WHO, "Ganti desa")
        words = ()
    for line in words:
        await learner.rehearsal.say(WHO, line)
    learner.rehearsal.clock.forward(2 * HOUR)
    assert learner.look() == 0
    looked = learner.looked_at_next()
    assert looked is not None and looked > learner.now


async def test_a_slow_channel_does_not_send_it_at_night(learner: Learner) -> None:
    """Queued by day, taken up when it is night in Sorong: it waits for both mornings."""
    learner.change(contacts, place_code=SORONG)
    until = datetime.fromisoformat("2026-11-23T18:30:00+07:00") - learner.now
    learner.rehearsal.clock.forward(until)
    message = MessageCreated("Halo")
    row = row_for(learner.service.ring, message, learner.now, channel=demo.CHANNEL,
                  contact_id=learner.id, priority=NEWS)  # fmt: skip
    with learner.service.database.write() as connection:
        outbox.queue(connection, [row])
    before = len(learner.rehearsal.channel.sent)
    await learner.rehearsal.drain()
    assert len(learner.rehearsal.channel.sent) == before
    assert learner.queued()[0].not_before == datetime.fromisoformat("2026-11-24T06:00:00+07:00")


# ---- over weeks


def pushes_of(sent: Sequence[Outgoing]) -> int:
    return sum(INVITED in message.text for message in sent)


async def test_who_never_answers_is_left_in_peace(learner: Learner) -> None:
    sent = await learner.rehearsal.wait(60 * DAY)
    assert pushes_of(sent) == reminders.GIVEN_UP
    await learner.rehearsal.say(WHO, "ulangan")
    await learner.rehearsal.say(WHO, "1")  # they are back
    assert pushes_of(await learner.rehearsal.wait(60 * DAY)) == reminders.GIVEN_UP


async def test_stop_ends_it_and_takes_the_yes_back(learner: Learner) -> None:
    await learner.rehearsal.say(WHO, "stop")
    assert pushes_of(await learner.rehearsal.wait(10 * DAY)) == 0
    assert count(learner.rehearsal, reminders.reminders) == 0
    mine = select(consents.c.withdrawn_at).where(consents.c.purpose == reminders.PURPOSE)
    with learner.service.database.read() as connection:
        assert connection.execute(mine).scalar_one() == learner.now - 10 * DAY


async def test_deleting_ones_data_deletes_what_was_learned(learner: Learner) -> None:
    learner.was_pushed(DAY)
    await learner.rehearsal.say(WHO, "hapus")
    await learner.rehearsal.say(WHO, "ya")
    for table in (recall.recall, reminders.reminders, reminders.pushes):
        assert count(learner.rehearsal, table) == 0


async def test_who_did_not_agree_leaves_no_trace(on_both: Rehearsal) -> None:
    for words in ("halo", "jangan simpan", "belajar", "1", *["lanjut"] * 5, *["1"] * 4):
        said = await on_both.say(WHO, words)
    assert "Jawaban betul" in heard(said, WHO)
    assert "ingatkan" not in heard(said, WHO)
    assert count(on_both, recall.recall) == 0
    assert "belum Anda setujui" in heard(await on_both.say(WHO, "ulangan"), WHO)
    assert "belum Anda setujui" in heard(await on_both.say(WHO, "ingatkan saya"), WHO)


@pytest.mark.parametrize(
    ("before", "said"),
    [(("hapus", "ya"), "belum Anda setujui"), (("stop",), "Tulis MULAI dulu, lalu INGATKAN")],
    ids=["deleted", "stopped"],
)
async def test_an_old_yes_promises_nothing_that_is_not_kept(
    on_both: Rehearsal, before: Sequence[str], said: str
) -> None:
    """The button stays in the chat, and may be pressed after HAPUS or STOP."""
    await settle_in(on_both, WHO)
    sent = list(await on_both.say(WHO, "ingatkan saya"))
    yes = sent[-1].buttons[0]
    for words in before:
        await on_both.say(WHO, words)
    answer = heard(await on_both.say(WHO, yes.label, yes.payload), WHO)
    assert said in answer and "nanti saya ingatkan" not in answer
    assert count(on_both, reminders.reminders) == 0


async def test_the_whole_course_mastered_is_praised_and_then_silence(learner: Learner) -> None:
    items = [i for one in learner.service.catalog.lessons for i in one.quiz]
    learner.learns(*range(1, len(items)), stability=100.0)
    learner.change(recall.recall, stability=100.0)
    lesson = learner.service.catalog.lessons[0]
    with learner.service.database.write() as connection:
        mine = (recall.recall.c.lesson == lesson.id) & (recall.recall.c.item == lesson.quiz[0].id)
        connection.execute(update(recall.recall).where(mine).values(stability=60.0))
    await learner.rehearsal.say(WHO, "ulangan")
    right = next(n for n, c in enumerate(lesson.quiz[0].choices, 1) if c.correct)
    said = heard(await learner.rehearsal.say(WHO, str(right)), WHO)
    assert "Semua soal pelajaran sudah Anda kuasai" in said
    assert "sudah Anda kuasai" in heard(await learner.rehearsal.say(WHO, "ulangan"), WHO)
    assert pushes_of(await learner.rehearsal.wait(60 * DAY)) == 0


async def test_at_most_three_questions_and_no_item_twice(learner: Learner) -> None:
    learner.learns(1, 2, 3, 4)
    said = [heard(await learner.rehearsal.say(WHO, "ulangan"), WHO)]
    for _ in range(3):
        said.append(heard(await learner.rehearsal.say(WHO, "1"), WHO))
    assert "dari 3." in said[-1]
    questions = [i.question for one in learner.service.catalog.lessons for i in one.quiz]
    asked = [question for text in said for question in questions if question in text]
    assert len(asked) == len(set(asked)) == 3


async def test_the_button_of_an_old_push_counts_once_a_day(learner: Learner) -> None:
    sent = await learner.rehearsal.wait(timedelta())
    button = sent[-1].buttons[0]
    await learner.rehearsal.say(WHO, "menu")
    for _ in range(3):
        await learner.rehearsal.say(WHO, button.label, button.payload)
    (memory,) = (memory for memory in _memories(learner) if memory.reviewed_at == learner.now)
    assert (
        memory.stability
        == mastery.answered(
            mastery.Memory(2.3, 5.0, learner.now - 20 * DAY, learner.now),
            _right(learner),
            learner.now,
        ).stability
    )


def _memories(learner: Learner) -> list[mastery.Memory]:
    with learner.service.database.read() as connection:
        return list(recall.of(connection, learner.id).values())


def _right(learner: Learner) -> bool:
    return learner.service.catalog.lessons[0].quiz[0].choices[0].correct
