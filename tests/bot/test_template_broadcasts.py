"""Broadcasts outside WhatsApp's 24 hours, through the real client and our own webhook.

The fake Twilio refuses as documented (channels.md 1.6 to 1.9), as an answer or in a callback.
"""

import logging
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from bot import broadcasts, demo, officers, outbox, template_refusals, templates, undelivered
from bot.broadcast_preview import look
from bot.broadcast_rows import shares
from bot.channels.base import StatusReport
from bot.contacts import contacts
from bot.rehearsal import Rehearsal
from flows.broadcast_plan import Plan
from flows.events import MessageCreated
from tests.bot.on_whatsapp import OnWhatsApp, address
from tests.fakes.twilio import DROPPED_AFTER_TAKEN, FINE, FakeTwilio, Fault, Step
from tests.templates import approve

DELIVERED = [Step("sent"), Step("delivered")]


@pytest.fixture
async def village(on_both: Rehearsal, twilio: FakeTwilio) -> AsyncIterator[OnWhatsApp]:
    there = OnWhatsApp(on_both, twilio)
    yield there
    await there.close()


# ---- who gets the template


async def test_outside_the_window_the_kinds_own_template_goes_and_inside_the_text(
    village: OnWhatsApp, twilio: FakeTwilio
) -> None:
    sids = village.approve("news", "warning", "knock")
    village.people(1)
    village.people(2, silent=True)
    number = village.broadcast(1, 2, text="Besok ada layanan paspor\ndi balai desa.\tGratis.")
    twilio.plan = DELIVERED
    await village.send()
    assert village.states(number) == {1: ["delivered"], 2: ["delivered"]}
    plain, template = (next(s for s in twilio.sent if s.to == address(n)) for n in (1, 2))
    assert "ContentSid" not in plain.form
    assert template.form["ContentSid"] == sids["news"]
    assert not {"Body", "MediaUrl"} & template.form.keys()
    office = village.service.office().name
    assert template.body.startswith(f"Kabar untuk warga dari {office}. Isinya:\n")
    assert "Besok ada layanan paspor; di balai desa. Gratis." in template.body


async def test_without_an_approved_template_they_are_parked_and_get_it_when_they_write(
    village: OnWhatsApp, twilio: FakeTwilio
) -> None:
    village.people(1, 2, silent=True)
    number = village.broadcast(1, 2)
    await village.send()
    assert village.states(number) == {1: ["parked"], 2: ["parked"]}
    assert twilio.sent == []
    await village.writes(1)
    assert any("layanan paspor" in text for text in village.got(1))
    assert village.states(number) == {1: ["sent"], 2: ["parked"]}


async def test_a_text_that_is_too_long_for_a_template_is_not_cut_but_asked_for(
    village: OnWhatsApp, twilio: FakeTwilio
) -> None:
    """Eight hundred emoji are sixteen hundred units: the template that only knocks goes."""
    sids = village.approve("news", "knock")
    village.people(1, silent=True)
    number = village.broadcast(1, text="📣" * 800)
    await village.send()
    (knock,) = twilio.sent
    assert knock.form["ContentSid"] == sids["knock"]
    assert village.states(number) == {1: ["parked"]}
    await village.writes(1, "Baca", payload="news.knock.read")
    assert [text for text in village.got(1) if "📣" in text]
    assert any("Ini kabarnya" in text for text in village.got(1))
    assert village.states(number) == {1: ["sent"]}


async def test_nobody_is_knocked_at_twice_in_a_day_or_for_what_is_no_more(
    village: OnWhatsApp, twilio: FakeTwilio
) -> None:
    village.approve("knock")
    village.people(1, silent=True)
    first, second = village.broadcast(1), village.broadcast(1, text="Jumat libur, kantor tutup.")
    await village.send()
    assert len(twilio.sent) == 1
    with village.service.database.write() as connection:
        broadcasts.stop(connection, first, "broadcasts.old_fact", village.service.clock.now())
    await village.writes(1, "Baca", payload="news.knock.read")
    assert not any("layanan paspor" in text for text in village.got(1))
    assert any("kantor tutup" in text for text in village.got(1))
    assert village.states(second) == {1: ["sent"]}
    await village.writes(1, "Baca", payload="news.knock.read")
    assert "Belum ada kabar baru" in village.got(1)[-1]


async def test_the_days_limit_of_people_puts_the_others_off_to_another_day(
    village: OnWhatsApp, twilio: FakeTwilio
) -> None:
    village.service.settings = village.service.settings.model_copy(
        update={"whatsapp_people_a_day": 3}
    )
    village.approve("news")
    twilio.people_a_day = 3
    village.people(*range(5), silent=True)
    number = village.broadcast(*range(5))
    await village.send()
    assert village.counts(number) == {"sent": 3, "waiting": 2}
    await village.send(hours=23)
    assert village.counts(number) == {"sent": 3, "waiting": 2}
    twilio._templated.clear()
    await village.send(hours=2)
    assert village.counts(number) == {"sent": 5}
    assert all(len(village.got(one)) == 1 for one in range(5))


# ---- 63016 after all


@pytest.mark.parametrize("at_once", [True, False], ids=["as the answer", "in a callback"])
async def test_a_window_that_is_shut_after_all_is_met_once_with_a_template(
    village: OnWhatsApp, twilio: FakeTwilio, at_once: bool
) -> None:
    sids = village.approve("news")
    village.people(1, 2)
    village.lost_window(1)
    twilio.says_at_once, twilio.plan = at_once, DELIVERED
    twilio.how_it_fails = ("failed", "failed", "sent", "undelivered")
    number = village.broadcast(1, 2)
    await village.send()
    assert village.states(number) == {1: ["delivered"], 2: ["delivered"]}
    assert village.window_is_shut(1)
    assert not village.window_is_shut(2)
    assert len(village.got(1)) == 1
    assert [s.form.get("ContentSid", "") for s in twilio.sent if s.to == address(1)][-1] == (
        sids["news"]
    )
    again = village.broadcast(1, text="Hari Rabu balai desa tutup.")
    tried = len(twilio.calls)
    await village.send()
    assert len(twilio.calls) == tried + 1  # remembered: the plain text is not tried any more
    assert village.states(again) == {1: ["delivered"]}


@pytest.mark.parametrize("at_once", [True, False], ids=["as the answer", "in a callback"])
async def test_a_window_that_is_shut_after_all_parks_where_there_is_no_template(
    village: OnWhatsApp, twilio: FakeTwilio, at_once: bool
) -> None:
    village.people(1)
    village.lost_window(1)
    twilio.says_at_once, twilio.how_it_fails = at_once, ("sent", "undelivered", "undelivered")
    number = village.broadcast(1)
    await village.send()
    assert village.states(number) == {1: ["parked"]}
    assert village.status(number).status == "done"
    await village.writes(1)
    assert any("layanan paspor" in text for text in village.got(1))
    assert village.states(number) == {1: ["sent"]}


async def test_a_template_that_finds_the_window_shut_is_the_last_try(
    village: OnWhatsApp, twilio: FakeTwilio
) -> None:
    village.approve("news")
    village.people(1, silent=True)
    twilio.plans[address(1)] = [Step("sent"), Step("failed", error_code="63016")]
    number = village.broadcast(1)
    await village.send()
    await village.send(hours=30)
    assert village.states(number) == {1: ["parked"]}
    assert len(twilio.sent) == 1


async def test_a_late_callback_says_nothing_of_a_window_that_was_opened_since(
    village: OnWhatsApp, twilio: FakeTwilio
) -> None:
    """They wrote a moment ago: it is tried once more, after a while, and as plain text."""
    village.approve("news")
    village.people(1)
    number = village.broadcast(1)
    twilio.plans[address(1)] = [Step("failed", error_code="63016")]
    await village.writes(1)
    assert not village.window_is_shut(1)
    assert village.states(number) == {1: ["waiting"]}
    twilio.plans[address(1)] = DELIVERED
    await village.send(minutes=11)
    assert village.states(number) == {1: ["delivered"]}
    assert "ContentSid" not in twilio.sent[-1].form


async def test_what_they_did_not_get_is_no_part_of_their_week(
    village: OnWhatsApp, twilio: FakeTwilio
) -> None:
    village.service.settings = village.service.settings.model_copy(update={"broadcasts_a_week": 1})
    village.approve("news")
    village.people(1)
    village.lost_window(1)
    number = village.broadcast(1)
    await village.send()
    assert village.states(number) == {1: ["sent"]}
    with village.service.database.read() as connection:
        (share,) = connection.execute(select(shares)).all()
    assert (share.week, share.template) == (True, True)


async def test_a_warning_by_template_is_no_part_of_their_week(village: OnWhatsApp) -> None:
    village.service.settings = village.service.settings.model_copy(update={"broadcasts_a_week": 1})
    village.approve("news", "warning")
    village.people(1, silent=True)
    warned = village.broadcast(
        1, kind="warning", source="BP3MI", expires=village.service.clock.now() + timedelta(days=2)
    )
    await village.send()
    number = village.broadcast(1)
    await village.send()
    assert village.states(warned) == village.states(number) == {1: ["sent"]}


async def test_a_callback_for_a_broadcast_that_was_cancelled_meanwhile_sends_nothing(
    village: OnWhatsApp, twilio: FakeTwilio
) -> None:
    village.approve("news")
    village.people(1)
    number = village.broadcast(1)
    await village.send()
    row = village.status(number)
    with village.service.database.write() as connection:
        broadcasts.stop(connection, number, "broadcasts.old_fact", village.service.clock.now())
    village.lost_window(1)
    await twilio_says(village, row.id, "failed", "63016")
    await village.send()
    assert village.states(number) == {1: ["cancelled"]}
    assert len(twilio.sent) == 1


async def twilio_says(village: OnWhatsApp, broadcast_id: int, status: str, code: str) -> None:
    """A callback for its one message, late."""
    with village.service.database.write() as connection:
        row = connection.execute(
            select(outbox.outbox).where(outbox.outbox.c.broadcast_id == broadcast_id)
        ).one()
        report: Any = StatusReport("whatsapp", row.id, row.provider_id, status, code)  # type: ignore[arg-type]
        undelivered.record(connection, village.service, [report], village.service.clock.now())


# ---- limits and wrong numbers


@pytest.mark.parametrize("at_once", [True, False], ids=["as the answer", "in a callback"])
async def test_metas_limit_of_people_stops_templates_for_a_day_and_nothing_else(
    village: OnWhatsApp, twilio: FakeTwilio, at_once: bool, caplog: pytest.LogCaptureFixture
) -> None:
    """63018 although our own count saw room: the account's limit is lower than we were told."""
    village.approve("news")
    twilio.people_a_day, twilio.says_at_once, twilio.plan = 2, at_once, DELIVERED
    village.people(*range(4), silent=True)
    village.people(9)
    number = village.broadcast(*range(4), 9)
    await village.send()
    assert village.counts(number) == {"delivered": 3, "waiting": 2}
    assert "limit of people a day" in caplog.text
    tried = len(twilio.calls)
    await village.send(hours=23)
    assert len(twilio.calls) == tried
    twilio._templated.clear()
    await village.send(hours=2)
    assert village.counts(number) == {"delivered": 5}
    assert all(len(village.got(one)) == 1 for one in (0, 1, 2, 3, 9))


async def test_a_limit_that_a_callback_tells_of_is_tried_again_later(
    village: OnWhatsApp, twilio: FakeTwilio
) -> None:
    """63018 for plain words: they never arrived, so they may be sent again."""
    village.people(1)
    twilio.plans[address(1)] = [Step("sent"), Step("failed", error_code="63018")] * 2
    number = village.broadcast(1)
    await village.send()
    assert village.states(number) == {1: ["waiting"]}
    twilio.plans[address(1)] = DELIVERED
    await village.send(minutes=59)
    assert village.states(number) == {1: ["waiting"]}
    await village.send(minutes=2)
    assert village.states(number) == {1: ["delivered"]}


async def test_a_reply_that_finds_the_window_shut_shuts_it_for_news_too(
    village: OnWhatsApp, twilio: FakeTwilio
) -> None:
    village.people(1)
    village.lost_window(1)
    with village.service.database.write() as connection:
        row = outbox.row_for(
            village.service.ring, MessageCreated("Jawaban"), village.service.clock.now(),
            channel="whatsapp", contact_id=village.ids[1],
        )  # fmt: skip
        outbox.queue(connection, [row])
    await village.send()
    assert village.window_is_shut(1)
    number = village.broadcast(1)
    tried = len(twilio.calls)
    await village.send()
    assert village.states(number) == {1: ["parked"]}
    assert len(twilio.calls) == tried


async def test_a_template_whose_answer_was_lost_is_found_and_not_sent_again(
    village: OnWhatsApp, twilio: FakeTwilio
) -> None:
    village.approve("news")
    village.people(1, silent=True)
    twilio.fail(DROPPED_AFTER_TAKEN)
    number = village.broadcast(1)
    await village.send()
    assert village.states(number) == {1: ["sending"]}
    village.service.clock.forward(timedelta(minutes=5))
    await village.sender._settle()
    await village.send()
    assert village.states(number) == {1: ["sent"]}
    assert len(village.got(1)) == 1


async def test_an_address_without_whatsapp_is_not_tried_again(
    village: OnWhatsApp, twilio: FakeTwilio
) -> None:
    village.approve("news")
    village.people(1, 2)
    twilio.not_on_whatsapp = {address(1)}
    twilio.how_it_fails = ("undelivered", "sent", "undelivered")
    number = village.broadcast(1, 2)
    await village.send()
    assert village.states(number) == {1: ["failed"], 2: ["sent"]}
    again = village.broadcast(1, 2, text="Hari Rabu balai desa tutup.")
    await village.send()
    assert village.states(again) == {1: ["unreachable"], 2: ["sent"]}
    assert sum(to == address(1) for _, to in twilio.calls) == 1


# ---- a template that is refused


CODES = [("paused", "63041"), ("rejected", "63040"), ("disabled", "63042")]


@pytest.mark.parametrize(("status", "code"), CODES)
async def test_a_template_that_whatsapp_refuses_stops_what_needs_it(
    village: OnWhatsApp, twilio: FakeTwilio, status: str, code: str,
    caplog: pytest.LogCaptureFixture,
) -> None:  # fmt: skip
    village.approve("news", "warning")
    village.people(*range(3), silent=True)
    village.people(9)
    number, other = village.broadcast(*range(3)), village.broadcast(9, text="Balai desa tutup.")
    twilio.templates.say(status, name="kabar_desa")
    told = notices(village)
    await village.send()
    assert village.status(number).status == "stopped"
    assert village.status(number).stopped_why == template_refusals.WHY
    assert set(village.counts(number)) <= {"failed", "cancelled"}
    assert sum(village.counts(number).values()) == 3
    assert village.counts(other) == {"sent": 1}
    assert [r.levelno for r in caplog.records if "refuses the template" in r.message] == [
        logging.ERROR
    ]
    assert template_refusals.REFUSED.labels("kabar_desa")._value.get() == 1
    assert notices(village) == told + 1
    assert not any(village.got(one) for one in range(3))
    later = village.broadcast(1, text="Kabar lain dari kantor.")
    await village.send()
    assert village.states(later) == {1: ["parked"]}  # the state is known: nothing is tried


async def test_a_refusal_that_comes_in_a_callback_stops_it_too(
    village: OnWhatsApp, twilio: FakeTwilio
) -> None:
    """What left before is told as it was; who waits is not."""
    village.service.settings = village.service.settings.model_copy(
        update={"whatsapp_people_a_day": 1}
    )
    village.approve("news")
    village.people(1, 2, silent=True)
    twilio.plan = [Step("failed", error_code="63041"), Step("failed", error_code="63041")]
    number = village.broadcast(1, 2)
    await village.send()
    assert village.status(number).status == "stopped"
    assert village.counts(number) == {"failed": 1, "cancelled": 1}


async def test_values_that_do_not_fit_the_template_stop_it(
    village: OnWhatsApp, twilio: FakeTwilio
) -> None:
    """63028: Twilio's copy has other variables than ours."""
    sid = village.approve("news")["news"]
    twilio.contents[sid]["types"]["twilio/text"]["body"] = "Kabar {{1}} dan {{2}} dan {{3}}."
    village.people(1, silent=True)
    number = village.broadcast(1)
    await village.send()
    assert village.status(number).status == "stopped"
    with village.service.database.read() as connection:
        assert templates.for_broadcast(connection, "news") is None


async def test_a_deleted_template_stops_it_too(village: OnWhatsApp, twilio: FakeTwilio) -> None:
    sid = village.approve("news")["news"]
    del twilio.contents[sid]
    village.people(1, silent=True)
    number = village.broadcast(1)
    await village.send()
    assert village.status(number).status == "stopped"


async def test_an_order_that_names_its_template_is_stopped_before_it_begins_without_it(
    on_both: Rehearsal,
) -> None:
    approve(on_both.service, "news", status="paused")
    plan = Plan("Besok ada layanan paspor.", ("35.02.02.2001",), template="kabar_desa")
    with on_both.service.database.read() as connection:
        officer_id = connection.execute(select(officers.officers.c.id)).scalars().first()
        assert officer_id is not None
        now = on_both.service.clock.now()
        seen = look(connection, on_both.service, officer_id, plan, now, running=True)
    assert [key for key, _ in seen.problems] == ["broadcasts.template_not_approved"]


def notices(village: OnWhatsApp) -> int:
    """How many messages wait for the demo's officers."""
    with village.service.database.read() as connection:
        return len(
            connection.execute(
                select(outbox.outbox.c.id)
                .join(contacts, contacts.c.id == outbox.outbox.c.contact_id)
                .where(contacts.c.channel == demo.CHANNEL)
            ).all()
        )


# ---- many


async def test_a_broadcast_with_faults_ends_with_everybody_in_one_true_state(
    village: OnWhatsApp, twilio: FakeTwilio
) -> None:
    """A hundred people, a third of them outside; callbacks twice and out of order, windows shut
    against our knowledge, wrong numbers, a limit of people, a limit of calls, a connection that
    drops after the message was taken."""
    village.approve("news")
    village.service.settings = village.service.settings.model_copy(
        update={"whatsapp_people_a_day": 30}
    )
    twilio.people_a_day = 30
    village.people(*range(65))
    village.people(*range(65, 100), silent=True)
    village.lost_window(*range(0, 65, 13))
    twilio.not_on_whatsapp = {address(one) for one in range(5, 65, 17)}
    twilio.how_it_fails = ("sent", "failed", "sent", "failed")
    twilio.plan = [Step(one) for one in ("delivered", "sent", "read", "delivered")]
    twilio.fail(Fault(429, 20429), FINE, FINE, DROPPED_AFTER_TAKEN, FINE, Fault(503, 20503))
    number = village.broadcast(*range(100))
    await village.send()
    await village.send(minutes=5)
    twilio._templated.clear()
    await village.send(hours=25)
    states = village.states(number)
    assert sorted(states) == list(range(100))
    assert all(len(state) == 1 for state in states.values())
    for person, (state,) in states.items():
        wrong = address(person) in twilio.not_on_whatsapp
        assert state == ("failed" if wrong else "read"), person
        assert len(village.got(person)) == (0 if wrong else 1), person
    assert village.counts(number) == {"failed": 4, "read": 96}
    assert village.status(number).status == "done"
