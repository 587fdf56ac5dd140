"""The clock moves, and every fact that is past its day says so, wherever it is said."""

from datetime import UTC, date, datetime, time

from hypothesis import example, given, settings
from hypothesis import strategies as st

from flows.catalog import Source
from flows.check_facts import load_destinations, load_red_flags, load_ways
from flows.costs import _lines
from flows.costs_read import Asked
from flows.curriculum import for_villagers
from flows.departure_checklist import marked
from flows.departure_facts import load_costs, load_documents
from flows.nodes import Choose, Say, Scene
from flows.offers_read import Offer, Sign, closed_line, closed_source, lines, names, sources
from flows.quoting import facts, outdated
from tests.flows.ports import FakePorts
from tests.flows.talking import CATALOG, VILLAGER

MARK = "perlu dicek ulang"
WAYS, DESTINATIONS, FLAGS = load_ways(), load_destinations(), load_red_flags()
FACTS = facts(CATALOG.lessons, (*DESTINATIONS, *WAYS))
OF_ROWS = ("costs", "departure")
"""Flows whose facts are rows that somebody's words choose; `marked` says their age."""
DAYS = st.dates(date(2026, 11, 22), date(2029, 12, 31))


def rests_on() -> dict[tuple[str, str], Source]:
    """Every node that says a fact of a lesson, and its source."""
    found: dict[tuple[str, str], Source] = {}
    for lesson in CATALOG.lessons:
        flow = f"lesson_{lesson.id}"
        found |= {(flow, f"card_{card.id}"): card.source for card in lesson.cards}
        found |= dict.fromkeys([(flow, "action"), (flow, "to_do")], lesson.action.source)
        for item in lesson.quiz:
            for number in range(1, len(item.choices) + 1):
                found[flow, f"why_{item.id}_{number}"] = item.source
    for lesson in for_villagers(CATALOG.lessons):
        for item in lesson.quiz:
            for number in range(1, len(item.choices) + 1):
                found["review", f"{lesson.id}-{item.id}_why_{number}"] = item.source
        for card in lesson.cards:
            for flow in ("free_text", "village_group"):
                found[flow, f"card_{lesson.id}_{card.id}"] = card.source
    return found


RESTS_ON = rests_on()


def scene_on(day: date) -> Scene:
    return Scene({}, VILLAGER, FakePorts(now=datetime.combine(day, time(12), UTC)))


def test_every_labelled_node_is_looked_at() -> None:
    labelled = {
        (flow.name, name)
        for flow in CATALOG.flows.values()
        for name, node in flow.nodes.items()
        if isinstance(node, Say | Choose)
        and "{label}" in CATALOG.wording.raw(node.text)
        and flow.name not in OF_ROWS
    }
    assert labelled == RESTS_ON.keys()


@settings(max_examples=12, deadline=None)
@given(day=DAYS)
@example(day=date(2027, 5, 22))
@example(day=date(2027, 5, 23))
def test_no_fact_of_a_lesson_is_old_and_unmarked(day: date) -> None:
    scene = scene_on(day)
    for (flow, name), source in RESTS_ON.items():
        node = CATALOG.flows[flow].nodes[name]
        assert isinstance(node, Say | Choose) and node.slots and node.source
        said = CATALOG.wording.say(node.text, node.slots(scene))
        assert (MARK in said) is (day > source.review_by), (flow, name)
        assert node.source(scene) == {"source": source.shown()}


@settings(max_examples=12, deadline=None)
@given(day=DAYS)
def test_no_way_destination_or_sign_is_old_and_unmarked(day: date) -> None:
    for row in DESTINATIONS:
        offer = Offer((), (row,))
        for said in (closed_line(offer, day), closed_source(offer, day)):
            assert (MARK in said) is (day > row.source.review_by), row.code
    for flag in FLAGS:
        offer = Offer((Sign(flag, "kata"),), ())
        for said in (lines(offer, day), names(offer, day), sources(offer, day)):
            assert (MARK in said) is (day > flag.source.review_by), flag.id
    by_node = {way.id: way for way in WAYS} | {
        "not_a_company": next(way for way in WAYS if way.id == "individuals"),
        "questions": next(way for way in WAYS if way.id == "permit"),
    }
    scene, spoken = scene_on(day), 0
    for name, node in CATALOG.flows["check_recruiter"].nodes.items():
        if isinstance(node, Say | Choose) and name in by_node and node.slots:
            spoken += 1
            stale = day > by_node[name].source.review_by
            assert (MARK in node.slots(scene)["say"]) is stale, name
    assert spoken == len(WAYS)


@settings(max_examples=12, deadline=None)
@given(day=DAYS)
def test_no_document_or_cost_is_old_and_unmarked(day: date) -> None:
    for document in load_documents():
        assert (MARK in marked(document, day)) is (day > document.source.review_by), document.id
    for cost in load_costs():
        label = _lines((Asked(cost, "tiket"),), day)["label"]
        assert (MARK in label) is (day > cost.source.review_by), cost.id


@settings(max_examples=40, deadline=None)
@given(day=DAYS, fact=st.sampled_from(FACTS))
def test_no_broadcast_quotes_an_old_fact(day: date, fact: object) -> None:
    assert isinstance(fact, type(FACTS[0]))
    text = f"Bapak Ibu, ingat: {fact.words}. Sampai jumpa di balai desa."
    found = outdated(text, [fact], day)
    assert (found == fact) is (day > fact.source.review_by)


def test_ones_own_words_are_no_quotation() -> None:
    far = date(2029, 1, 1)
    for text in (
        "Besok pukul 09.00 penyuluhan di balai desa. Lihat https://ponorogo.imigrasi.go.id/jadwal",
        "Kantor tutup pada hari Senin depan.",
        "Ada petugas imigrasi di kecamatan hari Rabu. Bawa KTP dan KK. Tanya apa saja soal paspor.",
        "Warga yang mau bekerja ke luar negeri boleh bertanya kepada PIMPASA di kantor desa.",
    ):
        assert outdated(text, FACTS, far) is None, text
