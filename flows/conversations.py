"""Every conversation of the bot in one catalog, loaded once at start."""

from pathlib import Path

from flows import (
    ask_human,
    broadcasts,
    check_recruiter,
    free_text,
    lessons,
    officer_desk,
    partner_desk,
    pictures,
    resume,
    stopping,
    tip_off,
    tip_status,
    village_group,
    welcome,
)
from flows.catalog import (
    CONSENT_TEXT,
    CONTENT,
    Catalog,
    load_hotlines,
    load_keywords,
    load_lessons,
    load_texts,
    text_version,
)
from flows.check_facts import load_destinations, load_red_flags, load_ways
from flows.classify import Classifier
from flows.entities import load_extractor
from flows.hearing import Hearing
from flows.offers_read import OfferReader
from flows.understanding import load_understander, shipped_understander


def load_catalog(folder: Path = CONTENT) -> Catalog:
    """Raises ContentError with one line when content/ can't be used."""
    known = load_lessons(folder)
    wording = load_texts(folder)
    words = lessons.texts(known)
    wording = wording.plus(words | dict(free_text.texts(known, words)))
    keywords = load_keywords(folder)
    flags = load_red_flags(folder)
    understander = shipped_understander() if folder == CONTENT else load_understander(folder)
    extractor = load_extractor(folder)
    reader = OfferReader(understander, extractor, flags, load_destinations(folder))
    notice = text_version(wording, *tip_off.NOTICE)
    flows = [
        resume.flow(),
        welcome.flow(text_version(wording, CONSENT_TEXT)),
        *lessons.flows(known),
        check_recruiter.flow(reader, {way.id: way for way in load_ways(folder)}),
        tip_off.flow(notice, Hearing(extractor), Classifier(understander, flags)),
        tip_status.flow(),
        stopping.flow(),
        pictures.flow(),
        ask_human.flow(),
        free_text.flow(known, understander),
        officer_desk.flow(),
        partner_desk.flow(),
        partner_desk.answer_flow(),
        broadcasts.flow(),
        village_group.flow(known),
    ]
    return Catalog(
        flows={flow.name: flow for flow in flows},
        wording=wording,
        triggers=keywords.triggers,
        everywhere=keywords.everywhere,
        choice_words=keywords.choices,
        group_commands=keywords.group,
        lessons=known,
        hotlines=load_hotlines(folder),
        understander=understander,
    )
