"""`kentongan meeting`."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from bot import cli, demo, meeting_cli
from bot.rehearsal import Rehearsal
from tests.bot.steps import settle_in

ADD = ("meeting", "add", "--place", demo.VILLAGE, "--title", "Sosialisasi paspor", "--where",
       "Balai desa", "--at", "2026-11-25T09:00:00+07:00", "--as", "D-001", "--json")  # fmt: skip


@pytest.fixture
def office(rehearsal: Rehearsal, monkeypatch: pytest.MonkeyPatch) -> Iterator[Rehearsal]:
    """Its database and its clock, which the commands leave open."""
    monkeypatch.setattr(meeting_cli, "open_service", lambda: rehearsal.service)
    monkeypatch.setattr(rehearsal.service, "close", lambda: None)
    yield rehearsal
    monkeypatch.undo()


def told(capsys: pytest.CaptureFixture[str], *command: str) -> tuple[int, str, str]:
    code = cli.main(command)
    out = capsys.readouterr()
    return code, out.out, out.err


async def test_a_meeting_from_the_command_line(
    office: Rehearsal, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    await settle_in(office, demo.VILLAGER)
    assert json.loads(told(capsys, *ADD)[1]) == {"meeting": 1, "invitation": 1}
    assert json.loads(told(capsys, *ADD)[1]) == {"meeting": 1, "invitation": 1}, "by mistake"
    await office.drain()
    assert any("UNDANGAN" in m.text and m.to == demo.VILLAGER for m in office.channel.sent)
    listed = json.loads(told(capsys, "meeting", "list", "--json")[1])
    assert (listed["meeting"], listed["status"]) == (1, "planned")
    report = json.loads(told(capsys, "meeting", "report", "1", "--json")[1])
    assert report["present"] is None
    assert "Pembicara: belum ditentukan" in told(capsys, "meeting", "report", "1")[1]
    pdf = tmp_path / "report.pdf"
    assert told(capsys, "meeting", "report", "1", "--to", str(pdf))[0] == 0
    assert pdf.read_bytes().startswith(b"%PDF-")
    code, out, _ = told(capsys, "meeting", "cancel", "1", "--as", "D-003", "--json")
    assert (code, json.loads(out)["status"]) == (0, "cancelled")
    assert told(capsys, "meeting", "list")[1] == "no meetings\n"
    assert "cancelled" in told(capsys, "meeting", "list", "--all", "--json")[1]


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        ({"--place": "35.02"}, "is no village"),
        ({"--place": "99.99.99.9999"}, "is no village"),
        ({"--as": "nobody"}, "no officer has this number"),
        ({"--as": "D-002", "--place": demo.OTHER_VILLAGE}, "bukan wilayah Anda"),
        ({"--at": "2026-11-25"}, "has no offset"),
        ({"--at": "2026-11-01T09:00:00+07:00"}, "sudah lewat"),
        ({"--until": "2026-11-25T08:00:00+07:00"}, "after --at"),
        ({"--title": "Lihat bit.ly/abc"}, "bad_link"),
    ],
)
def test_what_is_refused_is_one_line(
    office: Rehearsal, capsys: pytest.CaptureFixture[str], change: dict[str, str], problem: str
) -> None:
    given = dict(zip(ADD[2:-1:2], ADD[3:-1:2], strict=True)) | change
    flat = [word for pair in given.items() for word in pair]
    code, out, err = told(capsys, "meeting", "add", *flat)
    assert (code, out) == (2, "")
    assert problem in err
    assert err.count("\n") == 1


def test_a_meeting_that_is_not_there(
    office: Rehearsal, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    assert "no such meeting" in told(capsys, "meeting", "report", "9")[2]
    assert "tidak ada" in told(capsys, "meeting", "cancel", "9", "--as", "D-001")[2]
    told(capsys, *ADD)
    for to in ("report.txt", str(tmp_path / "nowhere" / "report.pdf")):
        assert told(capsys, "meeting", "report", "1", "--to", to)[0] == 2
