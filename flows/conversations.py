"""Every conversation of the bot in one catalog, loaded once at start."""

from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path

from flows import (
    ask_human,
    assisted,
    broadcasts,
    campaigns,
    check_recruiter,
    coordination,
    costs,
    courses,
    departure,
    departure_checklist,
    departure_family,
    free_text,
    joining,
    lessons,
    meeting_desk,
    meetings,
    news,
    officer_desk,
    officer_groups,
    partner_desk,
    pictures,
    relays,
    resume,
    review,
    stopping,
    tip_off,
    tip_status,
    village_group,
    voices,
    welcome,
)
from flows.canned import CANNED
from flows.catalog import (
    CONSENT_TEXT,
    CONTENT,
    Catalog,
    load_hotlines,
    load_keywords,
    load_texts,
    text_version,
)
from flows.check_facts import load_destinations, load_red_flags, load_ways
from flows.classify import Classifier
from flows.costs_read import CostReader
from flows.curriculum import for_villagers, load_chapters, load_courses, load_lessons
from flows.departure_facts import load_costs, load_documents
from flows.desk_text import SHOWN
from flows.entities import load_extractor
from flows.hearing import Hearing
from flows.languages import INDONESIAN, load_locales
from flows.nodes import Flow
from flows.offers_read import OfferReader
from flows.quoting import facts
from flows.retrieval import load_retrieval, shipped_retrieval
from flows.understanding import load_understander, shipped_understander
from flows.wording import Wording


@lru_cache(maxsize=1)
def shipped_catalog() -> Catalog:
    """Of the content that is shipped, read once in a process: it is never changed."""
    return load_catalog()


def load_catalog(folder: Path = CONTENT) -> Catalog:
    """Raises ContentError with one line when content/ can't be used."""
    known, chapters = load_lessons(folder), load_chapters(folder)
    villagers = for_villagers(known)
    wording = load_texts(folder)
    words = lessons.texts(known)
    wording = wording.plus(words | dict(free_text.texts(villagers, words)))
    keywords = load_keywords(folder)
    flags = load_red_flags(folder)
    reminding = text_version(wording, lessons.REMIND)
    understander = shipped_understander() if folder == CONTENT else load_understander(folder)
    retrieval = shipped_retrieval() if folder == CONTENT else load_retrieval(folder, villagers)
    extractor = load_extractor(folder)
    destinations = load_destinations(folder)
    ways = {way.id: way for way in load_ways(folder)}
    documents = load_documents(folder)
    checklist = departure_checklist.Checklist(documents, destinations, extractor)
    reader = OfferReader(understander, extractor, flags, destinations)
    notice = text_version(wording, *tip_off.NOTICE)
    locales = load_locales(folder)
    spoken = {INDONESIAN} | {locale.language for locale in locales if locale.reviewed_by}
    flows = [
        resume.flow(),
        welcome.flow(
            text_version(wording, CONSENT_TEXT), departure_checklist.data(checklist), spoken
        ),
        *lessons.flows(known, chapters, reminding),
        review.flow(known, reminding),
        courses.flow(known, load_courses(folder)),
        assisted.flow(),
        check_recruiter.flow(reader, ways),
        departure.flow(
            checklist,
            text_version(wording, *departure.CONSENT),
            text_version(wording, *departure.REMINDING),
            text_version(wording, *departure_family.CONSENT),
        ),
        costs.flow(CostReader(load_costs(folder), extractor)),
        tip_off.flow(notice, Hearing(extractor), Classifier(understander, flags)),
        tip_status.flow(),
        stopping.flow(),
        pictures.flow(),
        voices.flow(),
        ask_human.flow(),
        free_text.flow(villagers, understander, retrieval),
        _desk(wording, keywords.choices),
        partner_desk.flow(),
        partner_desk.answer_flow(),
        broadcasts.flow(),
        meetings.flow(understander),
        meeting_desk.flow(),
        news.flow(),
        joining.flow(text_version(wording, joining.CONSENT)),
        relays.flow(text_version(wording, relays.CONSENT)),
        campaigns.flow(),
        village_group.flow(villagers, retrieval),
        coordination.flow(understander),
        officer_groups.flow(),
    ]
    return Catalog(
        flows={flow.name: flow for flow in flows},
        wording=wording,
        triggers=keywords.triggers,
        everywhere=keywords.everywhere,
        choice_words=keywords.choices,
        regional=keywords.regional,
        group_commands=keywords.group,
        coordination_commands=keywords.coordination,
        locales=locales,
        lessons=known,
        chapters=chapters,
        documents=documents,
        facts=facts(known, (*destinations, *ways.values())),
        hotlines=load_hotlines(folder),
        understander=understander,
        cards=retrieval,
    )


def _desk(wording: Wording, choices: Mapping[str, tuple[str, ...]]) -> Flow:
    """The officer's desk speaks ready answers and the headings of the letters to partners."""
    labels = {outcome: f"officer_desk.outcome_{outcome}" for outcome in officer_desk.OUTCOMES}
    return officer_desk.flow(
        [wording.say(key).strip() for key in CANNED],
        {name: wording.say(key) for name, key in SHOWN.items()},
        {
            outcome: (wording.say(label), *choices.get(label, ()))
            for outcome, label in labels.items()
        },
    )
