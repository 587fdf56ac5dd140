"""All 83,762 villages, every topic, every moment at which a chain changes: one chain, one owner."""

from datetime import datetime, time, timedelta
from pathlib import Path
from typing import get_args
from zoneinfo import ZoneInfo

from hypothesis import given, settings
from hypothesis import strategies as st

from bot.chart import Chart
from bot.officers import ROLE_ORDER
from bot.routing import Kind, Question, Route, route
from bot.service import Service
from bot.territory import zone_of
from tests.bot.nation import FIGURES_AT, all_villages, figures, groups, instants, nation

TOPICS = ("report", "question")
DOCS = Path(__file__).resolve().parents[2] / "docs" / "routing.md"


def check(chart: Chart, question: Question, found: Route) -> None:
    """Exactly one responsible chain with exactly one owner, on this system."""
    keys = [step.key for step in found.chain]
    assert keys, f"nobody for {question}"
    assert len(set(keys)) == len(keys), f"somebody twice for {question}"
    assert found.owner == found.chain[0]
    assert found.office_code in chart.offices
    assert not question.skip & {step.officer_id for step in found.chain}
    assert found.kind in get_args(Kind)
    ranks = [ROLE_ORDER.index(step.role) for step in found.chain if not step.is_desk]
    assert ranks == sorted(ranks)
    for step in found.chain:
        if step.officer_id is not None:
            assert not chart.is_away(step.officer_id, question.at)


def test_every_village_has_one_chain_and_one_owner_whenever_a_chain_changes() -> None:
    service, chart = nation(everybody=True)
    assert len(all_villages(service)) == 83_762
    moments = instants(service)
    assert len(moments) > 150
    checked = 0
    for members in groups(everybody=True).values():
        for at in moments:
            if not may_change(service, members[0], at):
                continue
            for topic in TOPICS:
                question = Question(members[0], at, topic=topic)
                check(chart, question, route(chart, question))
                checked += 1
    assert checked > 50_000


def may_change(service: Service, village: str, at: datetime) -> bool:
    """Days change at the place's own midnight; leave and working hours are our office's."""
    local = at.astimezone(ZoneInfo(zone_of(village)))
    around = {(local + timedelta(milliseconds=late)).time() for late in (0, 1)}
    return time() in around or village[:5] in service.office().regencies


def test_villages_of_one_group_are_routed_alike_and_none_is_left_out() -> None:
    """All of them once through the rule: one of a group may stand for it in the tests above."""
    _, chart = nation(everybody=True)
    routed = 0
    for number, members in enumerate(groups(everybody=True).values()):
        ways = set()
        for village in members:
            question = Question(village, FIGURES_AT, topic=TOPICS[number % 2])
            found = route(chart, question)
            check(chart, question, found)
            ways.add((found.kind, found.office_code, found.responsible, found.chain))
            routed += 1
        assert len(ways) == 1, members[0]
    assert routed == 83_762


def test_every_sure_place_reaches_its_own_office_on_every_day() -> None:
    service, chart = nation(everybody=True)
    _, alone = nation(everybody=False)
    listed, sure = service.office_list, set()
    places = {area.regency_code for area in listed.areas}
    places |= {code for area in listed.areas for code in area.districts}
    for at in instants(service):
        for place in sorted(places):
            if not may_change(service, place, at):
                continue
            answer = listed.responsible(place, at.astimezone(ZoneInfo(zone_of(place))).date())
            if answer.status != "sure":
                continue
            sure.add(place)
            found = route(chart, Question(place, at))
            assert (found.kind, found.responsible) == ("ours", answer.office)
            ours = answer.office == "Kanim Ponorogo"
            found = route(alone, Question(place, at))
            assert found.responsible == answer.office
            assert found.kind == ("ours" if ours else "other_office")
            assert found.promised == ours
    assert len(sure) > 150


@settings(max_examples=200, deadline=None)
@given(data=st.data())
def test_any_two_places_and_any_accused_leave_one_owner(data: st.DataObject) -> None:
    service, chart = nation(everybody=True)
    villages = all_villages(service)
    codes = st.one_of(
        st.sampled_from(villages),
        st.sampled_from(villages).map(lambda village: village[:8]),
        st.sampled_from(
            ["", "35", "35.02", "51.03", "31.72", "my", "hk", "99.99", "xx", "nonsens"]
        ),
    )
    officers = sorted({row.id for rows in chart.duties.values() for row in rows})
    question = Question(
        data.draw(codes),
        data.draw(st.sampled_from(instants(service))),
        home_code=data.draw(codes),
        topic=data.draw(st.sampled_from(TOPICS)),
        skip=frozenset(data.draw(st.lists(st.sampled_from(officers), max_size=60))),
    )
    found = route(chart, question)
    check(chart, question, found)
    assert len({copy.office for copy in found.copies}) == len(found.copies)


def test_the_figures_in_the_docs_are_todays() -> None:
    assert figures() in DOCS.read_text(encoding="utf-8")
