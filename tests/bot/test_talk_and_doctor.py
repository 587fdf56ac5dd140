"""Pictures on the terminal, and what the doctor says of the part that reads them and of facts."""

import io
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from bot import doctor, reading
from bot.clock import Clock
from bot.doctor import Finding
from bot.sealing import KeyRing
from bot.service import Service
from bot.settings import Settings, read_settings
from bot.talk import talk
from bot.terminal import WrongUse
from flows.conversations import load_catalog
from tests.bot.steps import MONDAY
from tests.broken_content import let_pass
from tests.posters import poster


def test_a_picture_is_sent_on_the_terminal(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "poster 1.jpg").write_bytes(poster("PT ALFA NUSANTARA"))
    lines = io.StringIO(f"menu\n/foto {tmp_path}/poster 1.jpg\n")
    assert talk(lines, address="warga", group=None, at=None, as_json=False) == 0
    said = capsys.readouterr().out
    assert "saya baca dulu" in said
    assert "Ini yang terbaca: “PT ALFA NUSANTARA”. Cek ini?" in said


def test_a_file_that_is_not_there_is_said_in_one_line(tmp_path: Path) -> None:
    lines = io.StringIO(f"/foto {tmp_path}/none.jpg\n")
    with pytest.raises(WrongUse, match=r"none\.jpg: No such file"):
        talk(lines, address="warga", group=None, at=None, as_json=False)


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    keyring = tmp_path / "keyring.json"
    KeyRing.load(keyring, create=True)
    url = f"sqlite:///{tmp_path}/doctor.db"
    return read_settings(_env_file=None, database_url=url, keyring_path=keyring)


def _of_pictures(settings: Settings) -> list[Finding]:
    return [finding for finding in doctor.examine(settings) if finding.what == "pictures"]


def test_the_doctor_names_what_reads_pictures(settings: Settings) -> None:
    (found,) = _of_pictures(settings)
    assert found.state == "ok"
    assert "tesseract 5" in found.detail
    assert "ind" in found.detail
    assert "Pillow" in found.detail


def test_the_doctor_names_the_packages_that_are_missing(
    settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    (found,) = _of_pictures(settings)
    assert found.state == "warn", "an optional part"
    assert "apt-get install tesseract-ocr tesseract-ocr-ind" in found.detail
    monkeypatch.undo()
    monkeypatch.setattr(reading, "languages", lambda: ("eng",))
    assert "no Indonesian" in _of_pictures(settings)[0].detail


def _of_facts(settings: Settings, folder: Path, now: datetime = MONDAY) -> list[Finding]:
    """With the content of that folder, at that moment."""
    service = Service(settings, clock=Clock(now), catalog=load_catalog(folder))
    try:
        return [finding for finding in doctor._content(service) if finding.what == "facts"]
    finally:
        service.close()


def test_the_doctor_counts_rows_past_their_review_date_in_one_line(
    settings: Settings, content: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(doctor, "CONTENT", content)
    for name, rows in (("red_flags", 2), ("destinations", 1), ("ways", 1), ("hotlines", 3)):
        let_pass(content / f"{name}.yaml", rows)
    on_their_last_day = _of_facts(settings, content, MONDAY - timedelta(days=1))
    assert on_their_last_day == []
    (found,) = _of_facts(settings, content)
    assert found.state == "warn"
    for late in (
        "2 of 67 in red_flags.yaml",
        "1 of 25 in destinations.yaml",
        "1 of 9 in ways.yaml",
        "3 of 6 in hotlines.yaml",
    ):
        assert late in found.detail
    assert "kentongan content check" in found.detail
