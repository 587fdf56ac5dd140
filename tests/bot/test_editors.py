"""What editors look at: a lesson read through, what has changed, the table of the curriculum."""

import json
from dataclasses import replace
from pathlib import Path

import pytest

from bot.channel_lengths import lengths
from bot.channels import telegram, whatsapp
from bot.cli import main
from bot.content_diff import compare
from bot.curriculum_table import SUBJECTS, table
from bot.terminal import WrongUse
from flows import lint, lint_lessons
from flows.catalog import CONTENT, Catalog
from flows.curriculum import LETTERS, load_lessons
from flows.wording import Wording
from tests.broken_content import change
from tests.flows.small_catalog import SHIPPED

DOCS = Path(__file__).parents[2] / "docs"


def test_the_table_of_the_curriculum_is_up_to_date() -> None:
    """Else: `kentongan content curriculum > docs/curriculum.md`."""
    assert (DOCS / "curriculum.md").read_text(encoding="utf-8") == table(load_lessons())


def test_every_letter_has_a_row_with_lessons_and_sources() -> None:
    assert tuple(SUBJECTS) == LETTERS
    rows = [line.split(" | ") for line in table(load_lessons()).splitlines()]
    found = {row[0].strip("| "): row for row in rows if len(row) == 4}
    assert all("`" in found[letter][2] and "Pasal" in found[letter][3] for letter in LETTERS)


def test_a_lesson_is_read_through(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["talk", "lesson", "calo", "--json"]) == 0
    said = "\n".join(json.loads(x)["text"] for x in capsys.readouterr().out.splitlines())
    lesson = next(one for one in SHIPPED.lessons if one.id == "calo")
    for card in (*lesson.cards, lesson.action):
        assert card.text in said and card.source.shown() in said
    for item in lesson.quiz:
        assert item.question in said
        assert all(f"{choice.why}" in said for choice in item.choices)


def test_a_lesson_is_read_on_another_day(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["talk", "lesson", "kenali calo", "--at", "2029-01-01T09:00:00+07:00"]) == 0
    out = capsys.readouterr().out
    lesson = next(one for one in SHIPPED.lessons if one.id == "calo")
    facts = len(lesson.cards) + 1 + sum(len(item.choices) for item in lesson.quiz)
    assert out.count("(Keterangan ini perlu dicek ulang ke Disnaker.)") == facts


@pytest.mark.parametrize("what", [["lesson", "none"], ["lesson"], ["calo"]])
def test_a_lesson_that_there_is_not(what: list[str]) -> None:
    assert main(["talk", *what]) == 2


def test_what_people_will_read_differently(content: Path) -> None:
    change(content / "texts" / "welcome.yaml", "Mau apa hari ini?", "Mau belajar apa?")
    change(content / "lessons" / "calo.yaml", "title: Kenali calo", "title: Kenal calo")
    change(content / "lessons" / "lowongan.yaml", "keywords: [", 'keywords: ["uang x", ')
    change(content / "ways.yaml", "BUKAN PT.", "bukan PT.")
    told = list(compare(str(CONTENT), str(content)))
    assert [line for line in told if not line.startswith("  ")] == [
        "texts/welcome.yaml, menu: changed",
        "lessons/calo.yaml, title: changed",
        "ways.yaml, individuals say: changed",
        "3 texts read differently",
    ]
    assert told[1:3] == ["  - Mau apa hari ini?", "  + Mau belajar apa?"]


def test_lessons_stand_in_the_order_of_the_menu(content: Path) -> None:
    for name in ("calo", "biaya", "lowongan"):
        change(content / "lessons" / f"{name}.yaml", "summary: ", "summary: Baru. ")
    told = [line.split(",")[0] for line in compare(str(CONTENT), str(content))]
    assert [line for line in told if "yaml" in line] == [
        f"lessons/{name}.yaml" for name in ("lowongan", "biaya", "calo")
    ]


def test_what_is_gone_and_what_is_new(content: Path) -> None:
    (content / "lessons" / "calo.yaml").unlink()
    assert "lessons/calo.yaml, title: no longer said" in compare(str(CONTENT), str(content))
    assert "lessons/calo.yaml, title: new" in compare(str(content), str(CONTENT))
    assert list(compare(str(content), str(content))) == ["nothing is read differently"]


@pytest.mark.parametrize("wrong", ["no_such_revision", "--output=x"])
def test_neither_a_revision_nor_a_folder(wrong: str) -> None:
    with pytest.raises(WrongUse, match="revision"):
        list(compare(wrong, str(CONTENT)))


def test_a_choice_that_fits_no_button_and_no_list() -> None:
    assert not list(lengths(SHIPPED))
    long = SHIPPED.wording.plus({"common.to_menu": "x" * 25})
    assert any("neither buttons nor a list" in f.problem for f in lengths(_with(long)))
    longer = SHIPPED.wording.plus({"welcome.menu": "x" * 1600})
    problems = [f.problem for f in lengths(_with(longer))]
    assert any("WhatsApp: 1600" in problem for problem in problems)


def test_the_flows_know_the_channels_limits() -> None:
    assert lint.MAX_QUICK_REPLY == whatsapp.MAX_QUICK_REPLY_TITLE
    assert lint_lessons.MAX_LIST_ITEM == whatsapp.MAX_LIST_ITEM
    # "0" is one of WhatsApp's quick replies.
    assert lint.QUICK_REPLIES == whatsapp.MAX_QUICK_REPLIES
    assert lint.MAX_PAYLOAD == telegram.MAX_CALLBACK_BYTES


def _with(wording: Wording) -> Catalog:
    return replace(SHIPPED, wording=wording)
