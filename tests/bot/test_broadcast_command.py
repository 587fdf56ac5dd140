"""`kentongan broadcast`: what an officer does in chat, on the command line; exit 0, 1 and 2."""

import io
import json
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from sqlalchemy import select

from bot import audit, broadcast_cli, broadcasts, cli, demo
from bot.rehearsal import Rehearsal
from bot.terminal import BAR
from tests.bot.many import TEXT, Many

PLACE = ("--as", "D-001", "--place", demo.VILLAGE)
DRAFT = (*PLACE, "--text", TEXT)
WARNING = (
    *PLACE, "--text", "Ada ajakan kerja ke Kamboja lewat media sosial. Cek dulu ke Disnaker.",
    "--warning", "--source", "Kemlu, imbauan", "--source-date", "2026-11-20",
    "--until", "2026-12-20T12:00:00+07:00",
)  # fmt: skip


class Shell:
    """A terminal beside the running office."""

    def __init__(self, many: Many, capsys: pytest.CaptureFixture[str]) -> None:
        self.many = many
        self._capsys = capsys

    def run(self, *command: str) -> tuple[int, str, str]:
        self._capsys.readouterr()
        code = cli.main(["broadcast", *command])
        told = self._capsys.readouterr()
        return code, told.out, told.err

    def json(self, *command: str) -> dict[str, Any]:
        code, out, err = self.run(*command, "--json")
        assert (code, err) == (0, "")
        return dict(json.loads(out))

    def status(self) -> list[str]:
        with self.many.rehearsal.service.database.read() as connection:
            return list(connection.execute(select(broadcasts.broadcasts.c.status)).scalars())


@pytest.fixture
def shell(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> Iterator[Shell]:
    monkeypatch.setenv("KENTONGAN_MEDIA_DIR", str(tmp_path / "media"))
    rehearsal = Rehearsal()
    monkeypatch.setattr(broadcast_cli, "open_service", lambda: rehearsal.service)
    yield Shell(Many(rehearsal), capsys)
    rehearsal.close()


def test_a_preview_says_who_when_and_what_it_costs(shell: Shell) -> None:
    shell.many.people(3, "whatsapp", spoke=None)
    shell.many.people(2, language="jv")
    code, out, err = shell.run("preview", *DRAFT)
    assert (code, err) == (0, "")
    assert "recipients: 6: 1 groups, Telegram 2, WhatsApp 3" in out
    assert "languages: Bahasa Indonesia 3, Basa Jawa 2" in out
    assert "outside WhatsApp's 24 hours: 3, parked until they write" in out
    assert "second person: not needed" in out
    assert shell.json("preview", *DRAFT)["total"] == 6
    assert shell.status() == []


def test_without_yes_nothing_is_sent(shell: Shell) -> None:
    code, out, err = shell.run("send", *DRAFT)
    assert (code, err) == (2, f"{broadcast_cli.NOT_YET}\n")
    assert TEXT in out
    assert shell.status() == []
    assert shell.json("send", *DRAFT, "--yes")["status"] == "scheduled"


@pytest.mark.parametrize(
    ("command", "told"),
    [
        (("preview", *PLACE, "--text", f"{TEXT} https://bit.ly/x"), "Tautan ke bit.ly tidak boleh"),
        (("send", "--yes", *PLACE, "--text", "Halo"), "terlalu pendek"),
        (("send", "--yes", "--as", "D-002", "--place", demo.OTHER_VILLAGE, "--text", TEXT),
         "bukan wilayah Anda"),
        (("correct", "7", "--as", "D-001", "--text", TEXT, "--yes"), "nomor itu tidak ada"),
    ],
)  # fmt: skip
def test_what_is_refused_is_one_and_says_why_in_indonesian(
    shell: Shell, command: tuple[str, ...], told: str
) -> None:
    code, _, err = shell.run(*command)
    assert code == 1
    assert told in err
    assert err.count("\n") == err.strip().count("\n") + 1
    assert shell.status() == []


@pytest.mark.parametrize(
    ("command", "told"),
    [
        (("preview", "--as", "D-999", "--place", demo.VILLAGE, "--text", TEXT), "roster show"),
        (("preview", "--as", "D-001", "--place", "99.99", "--text", TEXT), "--place 99.99: "),
        (("preview", *DRAFT, "--lesson", "tidak_ada"), "--lesson tidak_ada: one of"),
        (("preview", *DRAFT, "--at", "besok"), "--at besok: is no ISO 8601"),
        (("preview", *DRAFT, "--until", "2026-12-01T10:00"), "--until 2026-12-01T10:00: has no"),
        (("preview", *DRAFT, "--source-date", "kemarin"), "kemarin: is no day"),
        (("preview", *DRAFT, "--photo", "tidak-ada.jpg"), "--photo tidak-ada.jpg: No such file"),
        (("pause", "7", "--as", "D-001"), "7: the office has no such broadcast"),
        (("show", "7"), "broadcast list"),
        (("watch", "7"), "broadcast list"),
    ],
)
def test_wrong_use_is_two_and_one_line_with_the_mend(
    shell: Shell, command: tuple[str, ...], told: str
) -> None:
    code, out, err = shell.run(*command)
    assert (code, out, err.count("\n")) == (2, "", 1)
    assert told in err


def test_text_comes_from_stdin(shell: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO(f"{TEXT}\nBawa KTP.\n"))
    seen = shell.json("preview", *PLACE, "--text", "-")
    assert f"{TEXT}\nBawa KTP.\n" in seen["text"]


def test_a_second_person_and_the_log_says_who_typed(shell: Shell) -> None:
    assert shell.json("send", *WARNING, "--yes")["status"] == "proposed"
    code, _, err = shell.run("approve", "1", "--as", "D-001")
    assert (code, err) == (1, "Siaran disetujui oleh petugas lain, bukan oleh penulisnya.\n")
    approved = shell.json("approve", "1", "--as", "D-003")
    assert (approved["status"], approved["approved_by"]) == ("scheduled", "Dewi Lestari (contoh)")
    with shell.many.rehearsal.service.database.read() as connection:
        entry = audit.entries.c
        typed = connection.execute(
            select(entry.action).where(entry.actor == "operator").order_by(entry.id)
        )
        assert list(typed.scalars())[-2:] == ["commanded:send", "commanded:approve"]


def test_reject_pause_resume_cancel(shell: Shell) -> None:
    shell.json("send", *WARNING, "--yes")
    rejected = shell.json("reject", "1", "--as", "D-003", "--text", "Sumbernya belum ada")
    assert (rejected["status"], rejected["why"]) == ("rejected", "Sumbernya belum ada")
    shell.json("send", *DRAFT, "--yes")
    for act, becomes in (("pause", "paused"), ("resume", "scheduled"), ("cancel", "cancelled")):
        assert shell.json(act, "2", "--as", "D-001")["status"] == becomes
    code, _, err = shell.run("resume", "2", "--as", "D-001")
    assert code == 1
    assert err.startswith("Siaran itu sudah")


async def test_correct_and_withdraw_reach_who_got_it(shell: Shell) -> None:
    shell.json("send", *DRAFT, "--yes")
    await shell.many.rehearsal.drain()
    code, out, _ = shell.run("correct", "1", "--as", "D-001", "--text", "Pindah ke pukul 10.00.")
    assert code == 2
    assert "RALAT" in out
    right = ("correct", "1", "--as", "D-001", "--text", "Pindah ke pukul 10.00.", "--yes")
    assert shell.json(*right)["corrects"] == 1
    shell.json("withdraw", "1", "--as", "D-001", "--text", "Penyuluhan batal. Maaf.")
    await shell.many.rehearsal.drain()
    said = [message.text for message in shell.many.rehearsal.channel.sent if message.to == "grup"]
    assert [words.split()[0] for words in said] == ["Besok", "RALAT:", "DITARIK:"]


async def test_a_photo_is_cleaned_and_kept_only_when_it_is_sent(
    shell: Shell, tmp_path: Path
) -> None:
    photo = tmp_path / "balai.png"
    Image.new("RGB", (40, 30), "green").save(photo)
    shelf = shell.many.rehearsal.service.shelf.folder
    shell.json("preview", *DRAFT, "--photo", str(photo))
    assert not shelf.exists()
    shell.json("send", *DRAFT, "--photo", str(photo), "--yes")
    (kept,) = shelf.glob("*.jpg")
    assert Image.open(BytesIO(kept.read_bytes())).size == (40, 30)
    await shell.many.rehearsal.drain()
    assert shell.many.rehearsal.channel.sent[-1].wants == f"photo/{kept.name}"


def test_what_is_no_photo_is_refused(shell: Shell, tmp_path: Path) -> None:
    (tmp_path / "a.jpg").write_bytes(b"not a photo")
    code, _, err = shell.run("preview", *DRAFT, "--photo", str(tmp_path / "a.jpg"))
    assert code == 2
    assert "save it as JPEG" in err


def test_list_and_show(shell: Shell) -> None:
    shell.many.people(3)
    number = shell.many.begin()
    shell.many.feed(room=1)
    code, out, _ = shell.run("list")
    assert code == 0
    assert "sending" in out
    assert "0/4" in out
    code, out, _ = shell.run("show", str(number))
    assert "counts: menunggu 3, siap dikirim 1" in out
    assert shell.json("show", str(number))["of"] == 4


def test_watching_shows_a_bar_until_it_ends(shell: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    shell.many.people(3)
    number, steps = shell.many.begin(), iter([2, 2])

    def pass_time(_: float) -> None:
        shell.many.feed(room=next(steps, 0))
        shell.many.feed(demo.CHANNEL)
        shell.many.finish(number, "sent")
        service = shell.many.rehearsal.service
        with service.database.write() as connection:
            broadcasts.end_due(connection, service.clock.now())

    monkeypatch.setattr(broadcast_cli, "wait", pass_time)
    monkeypatch.setattr("sys.stderr.isatty", lambda: True)
    code, out, err = shell.run("watch", str(number))
    assert code == 0
    assert err.count("\n") == 1
    assert err.count("\r") == 3
    assert f"[{'#' * BAR}]" in err
    assert "dikirim 4" in out
    assert "done: 4 of 4" in out


def test_watching_what_has_ended_is_its_report(shell: Shell) -> None:
    shell.json("send", *DRAFT, "--yes")
    shell.json("cancel", "1", "--as", "D-001")
    assert shell.json("watch", "1")["status"] == "cancelled"
