"""Another language is spoken where a native speaker has stamped it, and only with words that fit."""

from dataclasses import replace
from pathlib import Path

import polib
import pytest

from flows import engine
from flows.catalog import CONSENT_TEXT, Catalog, ContentError
from flows.events import ConsentGiven, LanguageChosen
from flows.languages import (
    CONSENTED,
    FINGERPRINT,
    REVIEWED_BY,
    TRANSLATED,
    Locale,
    Translation,
    fingerprint,
    load_locales,
)
from flows.nodes import Say
from flows.ports import Person
from flows.session import Input, Session
from flows.welcome import flow
from tests.flows.ports import NGRAYUN, FakePorts
from tests.flows.talking import ALONE, CATALOG, at, messages, person_of, place, say, words

JV = next(locale for locale in CATALOG.locales if locale.language == "jv")
DRAFT = {one.key: one.text for one in JV.entries}
STAMPED = replace(JV, reviewed_by="Penutur Asli")
SPEAKS = replace(
    CATALOG,
    locales=(STAMPED,),
    flows={**CATALOG.flows, "welcome": flow("v1", lambda _: {}, {"id", "jv"})},
)
"""As if somebody had stamped the draft."""
SITI = Person("telegram", consented=True, place=NGRAYUN, language="jv")


def told(session: Session, text: str, person: Person = SITI, payload: str = "") -> engine.Sprint:
    given = Input("choice" if payload else "text", text, payload)
    return engine.resume(SPEAKS, session, given, person, FakePorts())


# ---- what is shipped


def test_drafts_are_whole_and_shown_to_nobody() -> None:
    assert {locale.language for locale in CATALOG.locales} == set(TRANSLATED)
    for locale in CATALOG.locales:
        assert not locale.reviewed_by
        assert all(one.text for one in locale.entries)
        assert len(locale.said(CATALOG.wording)) == len(locale.entries) > 90
    assert CATALOG.spoken == {}
    assert words(say(at("welcome", "menu"), "menu", SITI)).startswith("Mau apa")


@pytest.mark.parametrize("typed", ["BASA JAWA", "basa sunda", "Bahasa Jawa"])
def test_a_language_that_nobody_has_checked_is_honestly_not_there(typed: str) -> None:
    sprint = say(at("welcome", "menu"), typed)
    assert "belum diperiksa penutur asli" in words(sprint)
    assert "menjawab dengan bahasa Indonesia" in words(sprint)
    assert not any(isinstance(event, LanguageChosen) for event in sprint.events)
    assert place(sprint) == "welcome.menu"


# ---- choosing


def test_a_language_is_spoken_from_the_moment_it_is_chosen() -> None:
    sprint = told(at("welcome", "menu"), "basa jawa", replace(SITI, language="id"))
    assert LanguageChosen("jv") in sprint.events
    assert DRAFT["welcome.language_chosen"] in words(sprint)
    assert DRAFT["welcome.menu"] in words(sprint)
    back = told(at("welcome", "menu"), "BAHASA INDONESIA")
    assert LanguageChosen("id") in back.events
    assert "Mau apa hari ini?" in words(back)


def test_without_consent_nothing_is_kept_and_consent_is_asked() -> None:
    sprint = told(at("welcome", "menu"), "basa jawa", Person("telegram"))
    assert not any(isinstance(event, LanguageChosen) for event in sprint.events)
    assert place(sprint) == "welcome.consent"
    assert "perlu kami simpan" in words(sprint)
    agreed = told(sprint.session, "nggih", Person("telegram"))
    assert any(isinstance(event, ConsentGiven) for event in agreed.events)


# ---- speaking


def test_keys_and_payloads_stay_and_both_labels_are_understood() -> None:
    indonesian = messages(say(at("welcome", "menu"), "menu").events)[-1]
    javanese = messages(told(at("welcome", "menu"), "menu").events)[-1]
    assert [one.payload for one in javanese.buttons] == [one.payload for one in indonesian.buttons]
    assert javanese.buttons[1].label == DRAFT["welcome.check"] != indonesian.buttons[1].label
    for typed in (indonesian.buttons[1].label, javanese.buttons[1].label, "2", "loro", "cek"):
        assert place(told(at("welcome", "menu"), typed)) == "check_recruiter.ask_name", typed
    pressed = told(
        at("welcome", "menu"), javanese.buttons[1].label, SITI, indonesian.buttons[1].payload
    )
    assert place(pressed) == "check_recruiter.ask_name"


@pytest.mark.parametrize(("flow_name", "node"), ALONE)
def test_every_question_answers_in_javanese_too(flow_name: str, node: str) -> None:
    """What is missing is Indonesian; nothing is left without its slots."""
    person = replace(person_of(flow_name), language="jv")
    sprint = told(at(flow_name, node), "BANTUAN", person)
    said = words(sprint)
    assert said and "{" not in said
    if not person.officer:
        assert DRAFT["common.help"] in said
    ours = say(at(flow_name, node), "BANTUAN", replace(person, language="id"))
    assert sprint.session == ours.session
    for theirs, button in zip(
        messages(sprint.events)[-1].buttons, messages(ours.events)[-1].buttons, strict=True
    ):
        assert theirs.payload == button.payload
        labels = {place(told(at(flow_name, node), label, person))
                  for label in (theirs.label, button.label)}  # fmt: skip
        assert len(labels) == 1, (theirs.label, button.label)


def test_the_words_that_are_agreed_to_are_never_translated() -> None:
    forged = Locale(
        "jv",
        tuple(Translation(key, CATALOG.wording.raw(key), "Setuju, nggih.") for key in CONSENTED),
        "X",
    )
    assert CONSENT_TEXT in CONSENTED
    assert forged.said(CATALOG.wording) == {}
    asked = told(at("welcome", "consent"), "BANTUAN")
    assert CATALOG.wording.raw(CONSENT_TEXT) in words(asked)


@pytest.mark.parametrize(
    ("key", "indonesian", "text"),
    [
        ("welcome.menu", "Mau apa kemarin?", "Badhe menapa?"),  # the Indonesian is another now
        ("welcome.village_kept", "", "Matur nuwun."),  # {place} is gone
        ("welcome.village_kept", "", "Matur nuwun {desa} {place}"),
        ("welcome.village_kept", "", "Matur nuwun {place!r}"),
        ("welcome.village_kept", "", "Matur nuwun {place"),
        ("welcome.menu", "", ""),
        ("welcome.gone", "x", "y"),
        ("check_recruiter.listed", "", "{name} {copy} {licence}"),  # not among those translated
    ],
)
def test_what_does_not_fit_stays_indonesian(key: str, indonesian: str, text: str) -> None:
    raw = indonesian or CATALOG.wording.raw(key)
    said = Locale("jv", (Translation(key, raw, text),), "X").said(CATALOG.wording)
    assert said == {}


# ---- the file and its stamp


def stamped(content: Path) -> polib.POFile:
    po = polib.pofile(str(content / "locale" / "jv.po"))
    po.metadata[REVIEWED_BY] = "Bu Siti"
    po.metadata[FINGERPRINT] = fingerprint("jv", JV.entries)
    po.save()
    return po


def reviewers(content: Path) -> dict[str, str]:
    return {locale.language: locale.reviewed_by for locale in load_locales(content)}


def test_a_stamp_fits_exactly_one_wording(content: Path) -> None:
    po = stamped(content)
    assert reviewers(content) == {"jv": "Bu Siti", "su": ""}
    po[0].msgstr += "!"
    po.save()
    assert reviewers(content)["jv"] == ""


def test_a_stamp_of_one_language_does_not_fit_another(content: Path) -> None:
    assert fingerprint("jv", JV.entries) != fingerprint("su", JV.entries)


def test_a_fuzzy_entry_counts_as_missing(content: Path) -> None:
    po = polib.pofile(str(content / "locale" / "jv.po"))
    po[0].flags.append("fuzzy")
    po.save()
    jv = next(locale for locale in load_locales(content) if locale.language == "jv")
    assert jv.entries[0].text == ""


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ('msgid ""\nmsgstr "Language: xx\\n"\n', "locale/jv.po: its header says Language: xx"),
        ('msgid ""\nmsgstr "Language: su\\n"\n', "its header says Language: su"),
        ('msgid "a\nmsgstr', "content/locale/jv.po: Syntax error"),
        ("", "Language: nothing"),
    ],
)
def test_a_file_that_can_not_be_read_is_one_line(content: Path, text: str, problem: str) -> None:
    (content / "locale" / "jv.po").write_text(text, encoding="utf-8")
    with pytest.raises(ContentError) as refused:
        load_locales(content)
    assert problem in str(refused.value)
    assert "\n" not in str(refused.value)


def test_every_say_of_the_welcome_is_in_the_drafts() -> None:
    keys = {node.text for node in CATALOG.flows["welcome"].nodes.values() if isinstance(node, Say)}
    missing = {key for key in keys if key.startswith("welcome.")} - DRAFT.keys() - set(CONSENTED)
    assert not missing


def test_a_catalog_without_translations_speaks_indonesian() -> None:
    bare: Catalog = replace(CATALOG, locales=())
    assert bare.words_in("jv") is bare.wording
