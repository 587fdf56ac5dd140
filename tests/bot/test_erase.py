"""`kentongan erase`: as in the chat, for who can't do it there; and nothing is told by a refusal."""

import io
from pathlib import Path

import pytest

from bot import audit, cli, contacts, demo, outbox, tips
from bot.erase_cli import erase_person, erase_report
from bot.lessons import progress
from bot.rehearsal import Rehearsal
from bot.sealing import KeyRing, new_receipt
from bot.tips import parts, wraps
from bot.turns import sessions
from bot.watches import watched
from tests.bot.steps import count, heard, report, settle_in


async def test_a_person_is_erased_and_their_report_stays(on_both: Rehearsal) -> None:
    await settle_in(on_both, demo.VILLAGER)
    code = await report(on_both)
    before = count(on_both, sessions)
    with on_both.service.database.write() as connection:
        assert erase_person(on_both.service, connection, demo.CHANNEL, demo.VILLAGER)
    assert count(on_both, sessions) == before - 1
    assert count(on_both, contacts.consents, withdrawn_at=None) == 0
    assert count(on_both, contacts.contacts, place_code=demo.VILLAGE) == 0
    assert count(on_both, progress) == count(on_both, watched) == 0
    assert count(on_both, tips.tips, status="assigned", return_address=None) == 1
    assert count(on_both, audit.entries, actor="operator", action="erased") == 1
    assert heard(await on_both.say(demo.OFFICER, "ambil 1"), demo.VILLAGER) == ""
    assert "sedang ditangani" in heard(await on_both.say("budi", f"kode {code}"), "budi")


async def test_a_report_is_erased_by_its_code(on_both: Rehearsal) -> None:
    code = await report(on_both)
    await on_both.say(demo.OFFICER, "ambil 1")
    with on_both.service.database.write() as connection:
        assert erase_report(on_both.service, connection, code.lower())
    assert count(on_both, wraps) == count(on_both, parts) == 0
    with on_both.service.database.write() as connection:
        assert not erase_report(on_both.service, connection, code)
        assert not erase_report(on_both.service, connection, new_receipt())
        assert audit.first_break(connection) is None
    assert count(on_both, outbox.outbox, status="queued", priority=outbox.NOTICE) == 1
    assert count(on_both, audit.entries, actor="operator", action="erased") == 1


async def test_who_never_wrote_is_not_made_by_looking(on_both: Rehearsal) -> None:
    before = count(on_both, contacts.contacts)
    with on_both.service.database.write() as connection:
        assert not erase_person(on_both.service, connection, demo.CHANNEL, "nobody")
    assert count(on_both, contacts.contacts) == before


def test_the_command_reads_stdin_and_says_what_it_found(
    folder: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    KeyRing.load(folder / "var" / "keyring.json", create=True)
    monkeypatch.setattr("sys.stdin", io.StringIO("+628123\n"))
    assert cli.main(["erase", "person", "-", "--json"]) == 1
    assert capsys.readouterr().out == '{"erased": "nothing: not found"}\n'
    monkeypatch.setattr("sys.stdin", io.StringIO(""))
    assert cli.main(["erase", "report", "-"]) == 2
    assert capsys.readouterr().err == "erase: nothing to look for\n"
