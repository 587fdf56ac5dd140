"""`kentongan group`: list, a code for a new one, and undoing one."""

import json
from collections.abc import Iterator

import pytest

from bot import cli, demo, group_cli
from bot.rehearsal import Rehearsal


@pytest.fixture
def rehearsal(monkeypatch: pytest.MonkeyPatch) -> Iterator[Rehearsal]:
    rehearsal = Rehearsal()
    monkeypatch.setattr(group_cli, "open_service", lambda: rehearsal.service)
    yield rehearsal
    rehearsal.close()


def test_list_says_kind_and_village(
    rehearsal: Rehearsal, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.main(["group", "list"]) == 0
    line = capsys.readouterr().out
    assert line.startswith("    1 residents    Simulator since 2026-11-23  Desa Ngrayun")
    cli.main(["group", "list", "--json"])
    assert json.loads(capsys.readouterr().out)["place_code"] == demo.VILLAGE


async def test_a_code_binds_a_group_once(
    rehearsal: Rehearsal, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.main(["group", "unbind", "1", "--as", "D-001"]) == 0
    assert cli.main(["group", "list"]) == 0
    assert capsys.readouterr().out == "group 1 is nobody's now\n"
    invite = ["group", "invite", "--as", "D-001", "--place", demo.OTHER_VILLAGE, "--json"]
    invite += ["--kind", "coordination"]
    assert cli.main(invite) == 0
    code = json.loads(capsys.readouterr().out)["code"]
    await rehearsal.say(demo.GROUP, f"/pasang {code}")
    assert cli.main(["group", "list"]) == 0
    listed = capsys.readouterr().out
    assert "coordination" in listed
    assert "Desa Baosan Kidul" in listed


@pytest.mark.parametrize(
    ("command", "code", "told"),
    [
        (["unbind", "1", "--as", "D-999"], 2, "roster show"),
        (["unbind", "9", "--as", "D-001"], 2, "group list"),
        (["invite", "--as", "D-002", "--place", demo.OTHER_VILLAGE], 1, "another officer's"),
    ],
)
def test_what_is_not_theirs_changes_nothing(
    rehearsal: Rehearsal, capsys: pytest.CaptureFixture[str], command: list[str], code: int,
    told: str,
) -> None:  # fmt: skip
    assert cli.main(["group", *command]) == code
    assert told in capsys.readouterr().err
    cli.main(["group", "list"])
    assert "residents" in capsys.readouterr().out
