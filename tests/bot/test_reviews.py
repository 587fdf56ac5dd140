"""Every kind of content can be stamped, an edit takes the stamp away, and `serve` asks for it."""

from datetime import date
from pathlib import Path

import pytest

from bot import reviews, serve
from bot.cli import main
from bot.content_check import look
from bot.sealing import KeyRing
from bot.service import Service
from bot.settings import SettingsError, read_settings
from flows.fact_files import LOADERS
from tests.broken_content import change

TODAY = date(2026, 11, 22)


def everything(content: Path) -> list[Path]:
    return [content / file for file in reviews.unreviewed(content)]


def test_all_that_states_law_is_named_until_it_is_stamped(content: Path) -> None:
    names = reviews.unreviewed(content).keys()
    assert {"lessons/calo.yaml", "texts/welcome.yaml", *LOADERS, *reviews.WHOLE_FILES} <= names
    for path in everything(content):
        reviews.stamp(path, "Sri Ayu, M.H.", TODAY)
    assert reviews.unreviewed(content) == {}
    found = look(content, TODAY)[1]
    assert [f.line() for f in found if f.severity == "error" or "reviewed" in f.problem] == []


def test_what_was_stamped_before_a_file_is_refused_is_said(
    content: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    files = [str(content / "lessons/calo.yaml"), str(content / "lessons/tidak_ada.yaml")]
    assert main(["content", "stamp", *files, "--by", "Sri Ayu", "--on", "2026-11-22"]) != 0
    assert capsys.readouterr().out == f"{files[0]}: reviewed by Sri Ayu on 2026-11-22\n"


@pytest.mark.parametrize("file", ["ways.yaml", "destinations.yaml", "red_flags.yaml"])
def test_a_stamp_on_rows_changes_nothing_else(content: Path, file: str) -> None:
    path = content / file
    before = path.read_text(encoding="utf-8")
    count = reviews.stamp(path, "Sri", TODAY)
    after = path.read_text(encoding="utf-8")
    assert count == len(LOADERS[file](content)) == after.count("    sha: ")
    assert all(row.reviewed for row in LOADERS[file](content))
    stamps = ("    by: ", "    on: ", "    sha: ")
    kept = [line for line in after.splitlines() if not line.startswith(stamps)]
    assert kept == before.splitlines()


@pytest.mark.parametrize(
    ("file", "old", "new"),
    [
        ("hotlines.yaml", "name: Polisi", "name: Polri"),
        ("grounds.yaml", "label: TPPO untuk Polri", "label: TPPO ke Polri"),
        ("texts/welcome.yaml", "hello: |\n  Halo", "hello: |\n  Hai"),
        ("ways.yaml", "BUKAN PT.", "bukan PT."),
        ("lessons/calo.yaml", "title: Kenali calo", "title: Kenal calo"),
    ],
)
def test_an_edit_makes_it_unread_and_the_old_stamp_an_error(
    content: Path, file: str, old: str, new: str
) -> None:
    reviews.stamp(content / file, "Sri", TODAY)
    assert file not in reviews.unreviewed(content)
    change(content / file, old, new)
    assert reviews.unreviewed(content)[file] == 1
    errors = [f for f in look(content, TODAY)[1] if f.severity == "error"]
    assert [(f.file, f.problem[:12]) for f in errors] == [(f"content/{file}", "the stamp is")]


def test_comments_and_spacing_are_no_edit(content: Path) -> None:
    reviews.stamp(content / "hotlines.yaml", "Sri", TODAY)
    change(content / "hotlines.yaml", "- id: polri", "# dibaca lagi\n\n- id: polri")
    assert "hotlines.yaml" not in reviews.unreviewed(content)


def test_a_stamp_for_a_file_that_is_gone_is_an_error(content: Path) -> None:
    reviews.stamp(content / "hotlines.yaml", "Sri", TODAY)
    change(content / "reviews.yaml", "hotlines.yaml", "hotline.yaml")
    assert list(reviews.outdated(content)) == [("reviews.yaml", "hotline.yaml")]


def test_the_files_that_speak_of_law(content: Path) -> None:
    assert "texts/lessons.yaml" not in reviews.law_texts(content)
    change(content / "texts" / "lessons.yaml", "Mau pelajaran yang mana?", "Calo dilarang.")
    assert "texts/lessons.yaml" in reviews.law_texts(content)


def test_serve_refuses_whatever_nobody_has_read(tmp_path: Path) -> None:
    """With real channels; an office may accept the label in writing."""
    ring = KeyRing.fresh()
    settings = read_settings(
        _env_file=None, database_url=f"sqlite:///{tmp_path}/a.db", telegram_bot_token="1:a",
        telegram_webhook_secret="b" * 16, accept_unreviewed=False,
    )  # fmt: skip
    service = Service(settings, ring=ring)
    with pytest.raises(SettingsError, match=r"ways\.yaml, .*hotlines\.yaml.* reviewed by nobody"):
        serve.refuse_unreviewed(service)
    accepted = settings.model_copy(update={"accept_unreviewed": True})
    accepting = Service(accepted, ring=ring)
    serve.refuse_unreviewed(accepting)
    accepting.close()
    service.close()
