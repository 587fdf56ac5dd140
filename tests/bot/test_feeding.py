"""Who of a broadcast's recipients is told when: decided as it leaves, page by page."""

from datetime import timedelta
from zoneinfo import ZoneInfo

from bot import departures, feeding, lessons
from bot.demo import OTHER_VILLAGE, VILLAGE
from bot.groups import groups
from bot.outbox_rows import open_body
from bot.rehearsal import Rehearsal
from flows import departure_plan
from flows.broadcast_plan import Plan
from tests.bot.many import TEXT, Many
from tests.templates import approve

JAYAPURA = "91.71.01.1001"
"""A village on the easternmost clock, two hours ahead of the office's."""


async def test_a_page_is_no_larger_than_its_room_and_nobody_is_handed_out_twice(
    on_both: Rehearsal,
) -> None:
    many = Many(on_both)
    many.people(25)
    number = many.begin()
    assert [many.feed(room=10) for _ in range(4)] == [10, 10, 5, 0]
    assert len({row.contact_id for row in many.handed(number)}) == 25
    assert many.states(number) == {"handed": 25, "waiting": 1}  # the group is on another channel


async def test_whoever_says_stop_or_leaves_before_their_page_is_not_told(
    on_both: Rehearsal,
) -> None:
    many = Many(on_both)
    ids = many.people(4)
    number = many.begin()
    many.change(ids[:1], opted_out_at=many.now)
    many.change(ids[1:2], unreachable_at=many.now)
    assert many.feed() == 2
    assert many.counts(number) == {"opted_out": 1, "unreachable": 1, "queued": 2, "waiting": 1}


async def test_the_night_is_that_of_the_persons_own_village(on_both: Rehearsal) -> None:
    many = Many(on_both)
    near, far = many.people(2), many.people(3, place=JAYAPURA)
    on_both.service.clock.forward(timedelta(hours=9, minutes=30))  # 18:30 here, 20:30 there
    number = many.begin(Plan(TEXT, (VILLAGE, "91")))
    assert many.feed() == 2
    assert {row.contact_id for row in many.handed(number)} == set(near)
    on_both.service.clock.forward(timedelta(hours=9, minutes=29))
    assert many.feed() == 0
    on_both.service.clock.forward(timedelta(minutes=1))  # 06:00 there
    assert many.feed() == 3
    assert {row.contact_id for row in many.handed(number)} == {*near, *far}


async def test_only_danger_to_life_goes_at_night(on_both: Rehearsal) -> None:
    many = Many(on_both)
    many.people(2)
    on_both.service.clock.forward(timedelta(hours=13))
    quiet = many.begin(Plan(TEXT, (VILLAGE,), "warning"))
    danger = many.begin(Plan(TEXT, (VILLAGE,), "warning", danger=True))
    assert many.feed() == 2
    assert not many.handed(quiet)
    ring = on_both.service.ring
    assert all(open_body(ring, row.lane, row.body).awake for row in many.handed(danger))


async def test_a_whole_district_asleep_keeps_nobody_awake_elsewhere(on_both: Rehearsal) -> None:
    """Pages full of people who sleep are passed over in one go, up to a bound."""
    many = Many(on_both)
    many.people(30, place=JAYAPURA)
    near = many.people(2)
    on_both.service.clock.forward(timedelta(hours=9, minutes=30))
    number = many.begin(Plan(TEXT, (VILLAGE, "91")))
    assert many.feed(room=8) == 2
    assert {row.contact_id for row in many.handed(number)} == set(near)


async def test_nobody_gets_more_than_their_weeks_share_but_of_warnings(
    on_both: Rehearsal,
) -> None:
    many = Many(on_both)
    many.people(2)
    share = on_both.service.settings.broadcasts_a_week
    for _ in range(share):
        many.begin()
    assert many.feed() == 2 * share
    more, warning = many.begin(), many.begin(Plan(TEXT, (VILLAGE,), "warning"))
    assert many.feed() == 2
    assert many.counts(more) == {"enough": 2, "waiting": 1}
    assert many.counts(warning) == {"queued": 2, "waiting": 1}
    on_both.service.clock.forward(timedelta(days=7, minutes=1))
    many.begin()
    assert many.feed() == 2


async def test_warnings_go_first(on_both: Rehearsal) -> None:
    many = Many(on_both)
    many.people(6)
    news, warning = many.begin(), many.begin(Plan(TEXT, (VILLAGE,), "warning"))
    assert many.feed(room=6) == 6
    assert (len(many.handed(warning)), len(many.handed(news))) == (6, 0)


# ---- WhatsApp's window


async def test_outside_the_window_it_waits_for_the_person(on_both: Rehearsal) -> None:
    many = Many(on_both)
    inside = many.people(2, "whatsapp")
    outside = many.people(3, "whatsapp", spoke=timedelta(hours=24))
    number = many.begin()
    assert many.feed("whatsapp") == 2
    assert {row.contact_id for row in many.handed(number)} == set(inside)
    assert many.counts(number) == {"queued": 2, "parked": 3, "waiting": 1}
    with on_both.service.database.write() as connection:
        service = on_both.service
        told = feeding.deliver_parked(connection, service, outside[:1], many.now)
        again = feeding.deliver_parked(connection, service, outside[:1], many.now)
    assert (told, again) == (1, 0)
    assert many.counts(number) == {"queued": 3, "parked": 2, "waiting": 1}


async def test_what_was_parked_too_long_ago_does_not_come_any_more(on_both: Rehearsal) -> None:
    many = Many(on_both)
    outside = many.people(1, "whatsapp", spoke=None)
    soon = many.now + timedelta(hours=1)
    warning = many.begin(Plan(TEXT, (VILLAGE,), "warning", expires=soon))
    news = many.begin()
    many.feed("whatsapp")
    on_both.service.clock.forward(timedelta(days=1))
    with on_both.service.database.write() as connection:
        feeding.deliver_parked(connection, on_both.service, outside, many.now)
    assert many.counts(warning)["parked"] == 1
    assert many.counts(news)["queued"] == 1


async def test_an_approved_template_reaches_them_up_to_the_days_limit(
    on_both: Rehearsal,
) -> None:
    many = Many(on_both)
    limit = on_both.service.settings.whatsapp_people_a_day
    many.people(limit + 5, "whatsapp", spoke=None)
    sid = approve(on_both.service, "news")["news"]
    number = many.begin()
    handed = 0
    while told := many.feed("whatsapp", room=100):
        handed += told
    assert handed == limit
    ring = on_both.service.ring
    bodies = [open_body(ring, row.lane, row.body) for row in many.handed(number)]
    assert {body.template for body in bodies} == {sid}
    assert many.counts(number) == {"queued": limit, "waiting": 6}
    on_both.service.clock.forward(timedelta(hours=23, minutes=50))
    assert many.feed("whatsapp") == 0
    on_both.service.clock.forward(timedelta(minutes=21))
    assert many.feed("whatsapp") == 5


async def test_a_template_that_is_not_approved_parks_them(on_both: Rehearsal) -> None:
    many = Many(on_both)
    many.people(2, "whatsapp", spoke=None)
    number = many.begin(Plan(TEXT, (VILLAGE,), template="kabar_desa"))
    assert many.feed("whatsapp") == 0
    assert many.counts(number) == {"parked": 2, "waiting": 1}


# ---- whom it is for


async def test_a_place_is_everything_in_it_and_nothing_beside_it(on_both: Rehearsal) -> None:
    many = Many(on_both)
    many.people(1, place="35.02.02.2009")
    many.people(1, place="35.02.02")  # only the kecamatan is known
    many.people(1, place="35.02.021.2001")
    many.people(1, place="")
    for places, reached in ((("35.02.02.2009",), 1), (("35.02.02",), 2), (("35.02",), 3)):
        many.begin(Plan(TEXT, places, "warning"))
        assert many.feed() == reached, places


async def test_people_can_be_singled_out_and_then_no_group_gets_it(on_both: Rehearsal) -> None:
    many = Many(on_both)
    many.people(2)
    javanese = many.people(1, language="jv")
    number = many.begin(Plan(TEXT, (VILLAGE,), languages=("jv",)))
    assert many.feed() == 1
    assert [row.contact_id for row in many.handed(number)] == javanese
    assert many.states(number) == {"handed": 1}


async def test_people_are_found_by_their_way_and_by_a_lesson_without_opening_a_plan(
    on_both: Rehearsal,
) -> None:
    many = Many(on_both)
    traveller, learner, _ = many.people(3)
    service = on_both.service
    with service.database.write() as connection:
        departures.keep(
            connection, service.database, service.ring, traveller,
            departure_plan.Plan("g_to_g"), ZoneInfo("Asia/Jakarta"), many.now,
        )  # fmt: skip
        lessons.reached(
            connection, service.database, learner, lesson="calo", finished=True, score=4, of=4,
            now=many.now,
        )  # fmt: skip
    for plan, who in (
        (Plan(TEXT, (VILLAGE,), ways=("g_to_g", "p3mi")), [traveller]),
        (Plan(TEXT, (VILLAGE,), ways=("pelaut",)), []),
        (Plan(TEXT, (VILLAGE,), lesson="calo"), [learner]),
        (Plan(TEXT, (VILLAGE,), lesson="calo", ways=("g_to_g",)), []),
    ):
        number = many.begin(plan)
        many.feed()
        assert [row.contact_id for row in many.handed(number)] == who, plan


async def test_a_group_gets_it_once_in_its_topic(on_both: Rehearsal) -> None:
    with on_both.service.database.write() as connection:
        connection.execute(groups.update().values(thread="7"))
    many = Many(on_both)
    number = many.begin()
    assert many.feed("simulator") == 1
    (row,) = many.handed(number)
    body = open_body(on_both.service.ring, row.lane, row.body)
    assert body.thread == "7"
    assert "STOP" not in body.text


async def test_a_coordination_group_is_never_a_residents_one(on_both: Rehearsal) -> None:
    with on_both.service.database.write() as connection:
        connection.execute(groups.update().values(kind="coordination"))
    many = Many(on_both)
    many.people(1)
    residents = many.begin()
    officials = many.begin(Plan(TEXT, (VILLAGE, OTHER_VILLAGE), to="coordination"))
    assert (many.states(residents), many.states(officials)) == ({"waiting": 1}, {"waiting": 1})
    assert many.feed("simulator") == 1
    assert many.handed(officials)
