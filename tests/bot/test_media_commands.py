"""`kentongan audio` and `kentongan pictures`."""

import json
from pathlib import Path

import pytest

from bot import cli, media_cli
from bot.terminal import BAR
from flows.curriculum import load_lessons

FEW = tuple(lesson for lesson in load_lessons() if lesson.picture)[:1]


@pytest.fixture(autouse=True)
def _one_lesson(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(media_cli, "load_lessons", lambda: FEW)
    monkeypatch.setenv("KENTONGAN_MEDIA_DIR", str(tmp_path / "media"))


def told(capsys: pytest.CaptureFixture[str], *command: str) -> tuple[int, str, str]:
    code = cli.main(command)
    out = capsys.readouterr()
    return code, out.out, out.err


def test_all_sounds_of_the_lessons_are_made(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    (tmp_path / "media").mkdir()
    (tmp_path / "media" / "old.ogg").write_bytes(b"old")
    code, out, err = told(capsys, "audio", "build", "--voice", "espeak", "--json")
    report = json.loads(out)
    cards = len(FEW[0].cards) + 1
    assert (code, report["made"], report["removed"], report["failed"]) == (0, cards, 1, {})
    assert len(list((tmp_path / "media").glob("*.ogg"))) == cards
    assert err == "", "no bar where nobody looks"


def test_all_pictures_are_made(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    code, out, _ = told(capsys, "pictures", "build")
    assert code == 0
    assert out.startswith(f"{len(FEW[0].cards) + 1} files, ")


def test_a_bar_grows_on_a_terminal(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.stderr.isatty", lambda: True)
    _, _, err = told(capsys, "pictures", "build")
    bars = err.split("\r")[1:]
    assert len(bars) == len(FEW[0].cards) + 1
    assert bars[-1] == f"making [{'#' * BAR}]\n"


def test_piper_that_is_not_there_is_wrong_use(capsys: pytest.CaptureFixture[str]) -> None:
    code, out, err = told(capsys, "audio", "build", "--voice", "piper")
    assert (code, out) == (2, "")
    assert err.startswith("no voice here: KENTONGAN_PIPER")


def test_a_card_that_fails_is_named_and_nothing_old_goes(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "media").mkdir()
    (tmp_path / "media" / "old.png").write_bytes(b"old")
    monkeypatch.setattr("bot.picture_cards.FONTS", tmp_path)
    code, _, err = told(capsys, "pictures", "build")
    assert code == 1
    assert f"{FEW[0].id}/{FEW[0].cards[0].id}: apt-get install fonts-dejavu-core" in err
    assert (tmp_path / "media" / "old.png").is_file()


def test_the_script_is_what_a_person_reads_aloud(capsys: pytest.CaptureFixture[str]) -> None:
    code, out, _ = told(capsys, "audio", "script")
    card = FEW[0].cards[0]
    assert code == 0
    assert f"{FEW[0].id}.{card.id}  sha: " in out
    assert f"{card.text.strip()}\nBelum diperiksa ahli hukum.\nUntuk lanjut," in out
    _, lines, _ = told(capsys, "audio", "script", "--json")
    assert json.loads(lines.splitlines()[0])["name"] == f"{FEW[0].id}.{card.id}"
