"""Each rule about translations and regional words is broken once in the shipped content."""

from dataclasses import replace

import pytest

from flows.languages import Locale, Translation
from flows.lint_languages import check
from flows.script import script
from tests.flows.talking import CATALOG

JV = next(locale for locale in CATALOG.locales if locale.language == "jv")
LINES = {line.key: line for line in script(CATALOG)}


def findings(locale: Locale) -> list[str]:
    return [one.line() for one in check(replace(CATALOG, locales=(locale,)))]


def with_text(key: str, text: str, indonesian: str = "", by: str = "X") -> Locale:
    raw = indonesian or CATALOG.wording.raw(key)
    kept = tuple(one for one in JV.entries if one.key != key)
    return Locale("jv", (*kept, Translation(key, raw, text)), by)


def test_the_shipped_drafts_have_no_error_and_say_that_they_wait() -> None:
    found = check(CATALOG)
    assert [one.line() for one in found] == [
        f"warning content/locale/{language}.po: awaits a native speaker: it is shown to nobody"
        for language in ("jv", "su")
    ]
    assert findings(replace(JV, reviewed_by="X")) == []


@pytest.mark.parametrize(
    ("key", "text", "problem"),
    [
        ("welcome.village_kept", "Matur nuwun.", "exactly these in braces, as they are: {place}"),
        ("welcome.menu", "Menapa {x}?", "exactly these in braces, as they are: none"),
        ("welcome.menu", "Menapa {?", "exactly these in braces"),
        ("welcome.check", "Mriksa perusahaan punika sae", "28 characters, at most 24"),
        ("common.human", "Matur dhateng petugas", "21 characters, at most 20"),
        ("welcome.menu", "a\nb\nc\nd", "4 lines, at most 3"),
        ("lesson_berangkat_sah.quiz_umur", "x" * 201, "201 characters, at most 200"),
    ],
)
def test_what_does_not_fit(key: str, text: str, problem: str) -> None:
    for by in ("X", ""):
        (error,) = (one for one in findings(with_text(key, text, by=by)) if one.startswith("error"))
        assert problem in error


def test_a_label_may_be_as_long_as_its_limit() -> None:
    assert findings(with_text("welcome.check", "x" * 24)) == []
    assert findings(with_text("common.human", "x" * 20)) == []


def test_a_stamped_file_has_to_be_whole_and_a_draft_need_not() -> None:
    for by, severity in (("X", "error"), ("", "warning")):
        gone = f"{severity} content/locale/jv.po welcome.menu: is not translated"
        assert gone in findings(with_text("welcome.menu", "", by=by))
        assert gone in findings(
            Locale("jv", tuple(one for one in JV.entries if one.key != "welcome.menu"), by)
        )
        changed = findings(with_text("welcome.menu", "Menapa?", "Mau apa kemarin?", by))
        assert (
            f"{severity} content/locale/jv.po welcome.menu: the Indonesian has changed"
            in "".join(changed)
        )


def test_a_key_that_is_none_and_one_that_is_there_twice() -> None:
    stray = replace(JV, entries=(*JV.entries, Translation("welcome.kept", "a", "b")))
    assert "error content/locale/jv.po welcome.kept: is no text that is translated" in findings(
        stray
    )
    twice = replace(JV, entries=(*JV.entries, JV.entries[0]))
    assert f"error content/locale/jv.po {JV.entries[0].key}: is there twice" in findings(twice)


@pytest.mark.parametrize(
    ("regional", "problem"),
    [
        ({"kuda": ("jaran",)}, "regional kuda: this word is understood nowhere"),
        ({"batal": ("ora sida",)}, "“ora sida” means nothing everywhere, not cancel"),
        ({"berhenti": ("batal",)}, "“batal” means cancel everywhere, not stop"),
        ({"ya": ("mbuh",), "tidak": ("mbuh",)}, "“mbuh” (as tidak) is also an answer for"),
    ],
)
def test_regional_words_that_collide(regional: dict[str, tuple[str, ...]], problem: str) -> None:
    everywhere = {"cancel": ("batal",), "stop": ("berhenti",), "menu": ("menu",)}
    broken = replace(CATALOG, locales=(), regional=regional, everywhere=everywhere)
    assert any(problem in one.line() for one in check(broken))


def test_the_script_is_in_the_order_of_the_conversation() -> None:
    keys = list(LINES)
    assert keys[0] == "welcome.hello"
    for earlier, later in (
        ("welcome.village", "welcome.menu"),
        ("welcome.menu", "welcome.learn"),
        ("welcome.learn", "welcome.about"),
        ("tip_off.danger", "tip_off.danger_now"),
        ("lesson_berangkat_sah.card_lima_syarat", "lesson_berangkat_sah.quiz_umur"),
        ("lesson_berangkat_sah.quiz_umur", "lesson_berangkat_sah.why_umur_2"),
        ("lesson_berangkat_sah.why_umur_2", "lesson_berangkat_sah.quiz_merekrut"),
        ("lesson_berangkat_sah.quiz_diminta_bayar", "lesson_berangkat_sah.action"),
    ):
        assert keys.index(earlier) < keys.index(later), (earlier, later)
    assert LINES["welcome.report"].most == 20
    assert LINES["welcome.hello"].slots == ("office",)
    assert "Mau apa hari ini?" in LINES["welcome.check"].where
