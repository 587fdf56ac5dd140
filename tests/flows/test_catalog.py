"""Content that can't be used is refused with one line that says where and why."""

from datetime import date
from pathlib import Path

import pytest

from flows.catalog import (
    ContentError,
    lesson_hash,
    load_hotlines,
    load_keywords,
    load_texts,
    load_yaml,
)
from flows.conversations import load_catalog
from flows.curriculum import load_lessons
from tests.broken_content import change

ID_MUST = "`id` must be small letters, digits and _"


def problem(folder: Path) -> str:
    with pytest.raises(ContentError) as caught:
        load_catalog(folder)
    line = str(caught.value)
    assert "\n" not in line
    return line


def test_shipped_content_loads() -> None:
    catalog = load_catalog()
    assert {"welcome", "tip_off", "check_recruiter", "resume"} <= catalog.flows.keys()
    assert [lesson.chapter for lesson in catalog.lessons][:1] == [catalog.chapters[0].id]
    assert catalog.wording.say("welcome.agree") == "Setuju"


def test_yaml_that_is_no_yaml(content: Path) -> None:
    (content / "texts" / "common.yaml").write_text('yes: "Ya\nno: Bukan\n', encoding="utf-8")
    assert problem(content).startswith("content/texts/common.yaml: line 3: ")


def test_yaml_is_strings_only(tmp_path: Path) -> None:
    path = tmp_path / "content" / "a.yaml"
    path.parent.mkdir()
    path.write_text("a: no\nb: 08:00\nc: 2026-11-21\nd: 010\n", encoding="utf-8")
    assert load_yaml(path) == {"a": "no", "b": "08:00", "c": "2026-11-21", "d": "010"}


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("title: Kenali calo\n", "", "content/lessons/calo.yaml: `title` is missing"),
        (
            "checked: 2026-11-21",
            "checked: 21 November",
            "content/lessons/calo.yaml: izin_dulu: `checked` must be a day such as 2026-11-21",
        ),
        (
            "    review_by: 2027-05-21\n",
            "",
            "content/lessons/calo.yaml: izin_dulu: `review_by` is missing",
        ),
        (
            "    source: UU 18/2017 Pasal 69 dan 81; PP 59/2021 Pasal 47 ayat (3)\n",
            "",
            "content/lessons/calo.yaml: izin_dulu: `source` is missing",
        ),
        (
            "        why: Orang baik pun, kalau orang pribadi, dilarang menempatkan pekerja.\n",
            "",
            "content/lessons/calo.yaml: perorangan: `why` is missing",
        ),
        ("\nquiz:", "\nkuis:", "content/lessons/calo.yaml: 'quiz' is missing"),
        (
            "covers: [d, f]",
            "covers: [de]",
            "content/lessons/calo.yaml: `covers`: “de” is not known",
        ),
        ("id: izin_dulu", "id: izin dulu", f"content/lessons/calo.yaml: izin dulu: {ID_MUST}"),
        ("id: perorangan", "id: Perorangan", f"content/lessons/calo.yaml: Perorangan: {ID_MUST}"),
        ("order: 1", "order: satu", "content/lessons/calo.yaml: "),
        ("keywords: [calo,", "keywords: calo #", "content/lessons/calo.yaml: a list of words"),
    ],
)
def test_lessons(content: Path, old: str, new: str, expected: str) -> None:
    change(content / "lessons" / "calo.yaml", old, new)
    assert problem(content).startswith(expected)


def test_a_lesson_whose_name_would_break_its_buttons(content: Path) -> None:
    (content / "lessons" / "calo.yaml").rename(content / "lessons" / "calo.v2.yaml")
    expected = "content/lessons/calo.v2.yaml: its name must be small letters, digits and _"
    assert problem(content) == expected


@pytest.mark.parametrize("text", ["", "- a\n", "nothing\n"])
def test_a_lesson_that_is_no_mapping(content: Path, text: str) -> None:
    (content / "lessons" / "calo.yaml").write_text(text, encoding="utf-8")
    assert problem(content).startswith("content/lessons/calo.yaml: must be a lesson")


def test_a_text_that_is_empty_or_a_list(content: Path) -> None:
    change(content / "texts" / "common.yaml", "yes: Ya\n", "yes:\n")
    assert problem(content) == "content/texts/common.yaml: yes: must be a text"
    change(content / "texts" / "common.yaml", "yes:\n", "yes: [Ya]\n")
    assert problem(content) == "content/texts/common.yaml: yes: must be a text"


def test_a_hotline_without_a_number(content: Path) -> None:
    change(content / "hotlines.yaml", '  number: "110"\n', "")
    assert problem(content) == "content/hotlines.yaml: polri: `number` is missing"


def test_a_hotline_with_a_wrong_day(content: Path) -> None:
    change(content / "hotlines.yaml", "review_by: 2026-12-21", "review_by: 2026-13-21")
    expected = "content/hotlines.yaml: polri: `review_by` must be a day such as 2026-11-21"
    assert problem(content) == expected


@pytest.mark.parametrize("part", ["triggers", "everywhere", "choices", "group"])
def test_keywords_without_a_part(content: Path, part: str) -> None:
    change(content / "keywords.yaml", f"\n{part}:", f"\nx{part}:")
    assert problem(content).startswith(f"content/keywords.yaml: '{part}' is missing")


def test_keywords_without_a_list(content: Path) -> None:
    change(content / "keywords.yaml", "words: [masuk]", "words: masuk")
    assert problem(content).startswith("content/keywords.yaml: a list of words instead of 'masuk'")


def test_a_missing_file(content: Path) -> None:
    (content / "hotlines.yaml").unlink()
    assert problem(content) == "content/hotlines.yaml: can't be read (FileNotFoundError)"


def test_text_that_is_not_utf8(content: Path) -> None:
    (content / "texts" / "common.yaml").write_bytes(b"yes: \xff\n")
    assert problem(content) == "content/texts/common.yaml: can't be read (UnicodeDecodeError)"


def test_control_characters(content: Path) -> None:
    (content / "texts" / "common.yaml").write_bytes(b"yes: a\x00b\n")
    assert problem(content).startswith("content/texts/common.yaml: ")


@pytest.mark.parametrize("part", ["cards", "quiz"])
def test_a_lesson_without_cards_or_quiz(content: Path, part: str) -> None:
    path = content / "lessons" / "calo.yaml"
    change(path, f"\n{part}:\n", f"\n{part}: []\nwas_{part}:\n")
    assert problem(content).startswith("content/lessons/calo.yaml: ")


@pytest.mark.parametrize("text", ["", "polri: 110\n", "- 110\n"])
def test_hotlines_that_are_no_list(content: Path, text: str) -> None:
    (content / "hotlines.yaml").write_text(text, encoding="utf-8")
    assert problem(content).startswith("content/hotlines.yaml: ")


def test_the_text_of_consent_is_needed(content: Path) -> None:
    change(content / "texts" / "welcome.yaml", "kept: |", "keept: |")
    assert problem(content).startswith("content/texts/welcome.yaml: kept")


def test_an_edited_lesson_is_an_unreviewed_lesson(content: Path) -> None:
    path = content / "lessons" / "calo.yaml"
    sha = lesson_hash(load_yaml(path))
    change(path, "reviewed:\n", f"reviewed: {{by: Budi, on: 2026-11-22, sha: {sha}}}\n")
    assert [lesson.reviewed for lesson in load_lessons(content) if lesson.id == "calo"] == [True]
    change(path, "Kenali calo", "Kenali calo!")
    assert [lesson.reviewed for lesson in load_lessons(content) if lesson.id == "calo"] == [False]


def test_a_stamp_without_a_name_is_none(content: Path) -> None:
    path = content / "lessons" / "calo.yaml"
    sha = lesson_hash(load_yaml(path))
    change(path, "reviewed:\n", f"reviewed: {{by: '', on: 2026-11-22, sha: {sha}}}\n")
    assert not any(lesson.reviewed for lesson in load_lessons(content))


def test_parts_can_be_loaded_alone() -> None:
    assert "common.menu" not in load_texts()
    assert load_keywords().group["cek"] == "check"
    polri = load_hotlines()[0]
    assert (polri.number, polri.checked, polri.fallback) == ("110", date(2026, 11, 21), True)
