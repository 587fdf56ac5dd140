"""Templates registered, submitted and asked after: the real client against the fake Twilio."""

import json
import logging
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr

from bot import cli, doctor, template_refusals, template_sync, templates
from bot.rehearsal import Rehearsal
from bot.schedule import Schedule
from bot.sealing import KeyRing
from bot.service import Service
from bot.template_sync import Line
from flows.templates import shipped_templates
from tests.fakes.twilio import (
    ACCOUNT_SID,
    AUTH_TOKEN,
    DROPPED_AFTER_TAKEN,
    FINE,
    SENDER,
    FakeTwilio,
    Fault,
)

NAMES = list(shipped_templates())


@pytest.fixture
async def service(on_both: Rehearsal, twilio: FakeTwilio) -> AsyncIterator[Service]:
    on_both.service.settings = on_both.service.settings.model_copy(
        update={
            "twilio_account_sid": ACCOUNT_SID,
            "twilio_auth_token": SecretStr(AUTH_TOKEN),
            "twilio_whatsapp_from": SENDER,
            "twilio_api_base_url": twilio.url,
        }
    )
    yield on_both.service


async def sync(service: Service) -> list[Line]:
    async with template_sync.library(service.settings) as library:
        return [line async for line in template_sync.sync(service, library)]


async def poll(service: Service) -> list[Line]:
    async with template_sync.library(service.settings) as library:
        return [line async for line in template_sync.poll(service, library)]


def usable(service: Service) -> list[str]:
    with service.database.read() as connection:
        return [name for name in NAMES if templates.approved(connection, name)]


def calls(twilio: FakeTwilio, call: str) -> int:
    return sum(name == call for name, _ in twilio.calls)


async def test_everything_is_registered_submitted_and_waits(
    service: Service, twilio: FakeTwilio
) -> None:
    """The fake's desk sends back what breaks Meta's rules, and sends nothing back."""
    lines = await sync(service)
    assert [(line.name, line.status) for line in lines] == [(name, "received") for name in NAMES]
    assert usable(service) == []
    assert all(map(template_sync.is_fine, lines))
    twilio.templates.say("approved")
    assert {line.status for line in await poll(service)} == {"approved"}
    assert usable(service) == NAMES


async def test_a_second_run_registers_and_submits_nothing(
    service: Service, twilio: FakeTwilio
) -> None:
    await sync(service)
    await sync(service)
    assert calls(twilio, "content") == calls(twilio, "submit") == len(NAMES)
    assert len(twilio.contents) == len(NAMES)


@pytest.mark.parametrize("call", ["content", "submit"])
async def test_a_run_that_was_cut_off_is_simply_run_again(
    service: Service, twilio: FakeTwilio, call: str
) -> None:
    """The third request is taken, and its answer is lost."""
    twilio.fail(FINE, FINE, DROPPED_AFTER_TAKEN, call=call)
    lines = await sync(service)
    assert [line.name for line in lines if line.problem] == [NAMES[2]]
    assert {line.status for line in await sync(service)} == {"received"}
    assert len(twilio.contents) == len(twilio.templates.approvals) == len(NAMES)


async def test_many_contents_in_the_account_are_looked_through(
    service: Service, twilio: FakeTwilio
) -> None:
    for number in range(250):
        twilio.contents[f"HX{number:032}"] = {
            "friendly_name": f"other {number}", "language": "id", "moment": "",
            "types": {"twilio/text": {"body": "x"}},
        }  # fmt: skip
    await sync(service)
    await sync(service)
    assert len(twilio.contents) == 250 + len(NAMES)


async def test_other_words_are_submitted_anew_and_the_old_are_not_used_for_them(
    service: Service, twilio: FakeTwilio, monkeypatch: pytest.MonkeyPatch
) -> None:
    twilio.templates.answers = [("approved", "")]
    await sync(service)
    assert usable(service) == NAMES[:1]
    change_words(monkeypatch, NAMES[0], NAMES[1])
    assert usable(service) == []
    lines = {line.name: line for line in await poll(service)}
    assert [lines[name].status for name in NAMES[:3]] == ["unregistered"] * 2 + ["received"]
    before = set(twilio.contents)
    lines = {line.name: line for line in await sync(service)}
    assert {line.status for line in lines.values()} == {"received"}
    # Rows of the approved one may still be on their way; the one nobody could send is deleted.
    assert len(before - set(twilio.contents)) == 1
    assert len(twilio.contents) == len(NAMES) + 1


async def test_what_meta_says_is_shown_with_its_reason_and_category(
    service: Service, twilio: FakeTwilio
) -> None:
    twilio.templates.answers = [("rejected", "INVALID_FORMAT")]
    await sync(service)
    twilio.templates.say("approved", name="peringatan")
    for approval in twilio.templates.approvals.values():
        if approval.status == "approved":
            approval.category = "MARKETING"
    lines = {line.name: line for line in await poll(service)}
    assert lines[NAMES[0]].reason == "INVALID_FORMAT"
    assert not template_sync.is_fine(lines[NAMES[0]])
    assert (lines["peringatan_desa"].category, lines["peringatan_desa"].asked) == (
        "MARKETING",
        "UTILITY",
    )


async def test_twilios_trouble_changes_nothing_that_is_known(
    service: Service, twilio: FakeTwilio, caplog: pytest.LogCaptureFixture
) -> None:
    await sync(service)
    twilio.templates.say("approved")
    await poll(service)
    twilio.fail(*[Fault(503, 20503)] * len(NAMES), call="approval")
    await template_sync.poll_quietly(service)
    assert len(caplog.records) == len(NAMES)
    assert usable(service) == NAMES


async def test_a_template_that_is_gone_at_twilio_is_not_used(
    service: Service, twilio: FakeTwilio
) -> None:
    await sync(service)
    twilio.templates.say("approved")
    await poll(service)
    twilio.contents.clear()
    twilio.templates.approvals.clear()
    assert {line.status for line in await poll(service)} == {"missing"}
    assert usable(service) == []
    await sync(service)
    assert {line.status for line in await poll(service)} == {"received"}


async def test_the_daily_look_finds_a_pause_pages_the_operator_and_sees_its_end(
    service: Service, on_both: Rehearsal, twilio: FakeTwilio, caplog: pytest.LogCaptureFixture
) -> None:
    await sync(service)
    twilio.templates.say("approved")
    schedule = Schedule(service, on_both.turns)
    await schedule.ask_after_templates()
    assert usable(service) == NAMES
    twilio.templates.say("paused", name="kabar_desa")
    asked = calls(twilio, "approval")
    await schedule.ask_after_templates()
    assert calls(twilio, "approval") == asked  # once a day, while nothing is waited for
    on_both.clock.forward(timedelta(days=1))
    await schedule.ask_after_templates()
    assert "kabar_desa" not in usable(service)
    assert [r.levelno for r in caplog.records] == [logging.ERROR]
    gauge = template_refusals.REFUSED.labels("kabar_desa")._value
    assert gauge.get() == 1
    (found,) = findings(service)
    assert found.state == "bad"
    assert "kabar_desa is paused" in found.detail
    twilio.templates.say("approved")
    await schedule.ask_after_templates()
    assert usable(service) == NAMES
    assert gauge.get() == 0
    assert findings(service)[0].state == "ok"


async def test_the_doctor_says_what_lacks_and_what_waits(
    service: Service, twilio: FakeTwilio
) -> None:
    assert "kentongan templates sync" in findings(service)[0].detail
    await sync(service)
    assert "wait for Meta's approval" in findings(service)[0].detail


def findings(service: Service) -> list[doctor.Finding]:
    return [finding for finding in doctor._database(service) if finding.what == "templates"]


def change_words(monkeypatch: pytest.MonkeyPatch, *names: str) -> None:
    changed = {
        name: replace(one, body=one.body + " Salam dari kami.") if name in names else one
        for name, one in shipped_templates().items()
    }
    for module in (template_sync, templates):
        monkeypatch.setattr(module, "shipped_templates", lambda: changed)


# ---- the command


@pytest.fixture
def environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    KeyRing.load(tmp_path / "keyring.json", create=True)
    monkeypatch.setenv("KENTONGAN_KEYRING_PATH", str(tmp_path / "keyring.json"))
    monkeypatch.setenv("KENTONGAN_DATABASE_URL", f"sqlite:///{tmp_path}/templates.db")
    return tmp_path


def connect(monkeypatch: pytest.MonkeyPatch, twilio: FakeTwilio) -> None:
    for name, value in (
        ("TWILIO_ACCOUNT_SID", ACCOUNT_SID),
        ("TWILIO_AUTH_TOKEN", AUTH_TOKEN),
        ("TWILIO_WHATSAPP_FROM", SENDER),
        ("TWILIO_API_BASE_URL", twilio.url),
    ):
        monkeypatch.setenv(f"KENTONGAN_{name}", value)


def test_the_command_submits_and_asks(
    environment: Path, twilio: FakeTwilio, monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    connect(monkeypatch, twilio)
    assert cli.main(["templates", "sync"]) == 0
    assert capsys.readouterr().out.splitlines()[0] == "kabar_desa: received, MARKETING"
    twilio.templates.say("rejected", "TAG_CONTENT_MISMATCH", name="ulangan")
    assert cli.main(["templates", "status", "--json"]) == 1
    said: list[dict[str, Any]] = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [one["name"] for one in said] == NAMES
    assert said[-1]["reason"] == "TAG_CONTENT_MISMATCH"


def test_the_command_without_an_account_says_what_lacks(
    environment: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.main(["templates", "status"]) == 2
    assert "_WHATSAPP_FROM must be set first" in capsys.readouterr().err


def test_the_command_checks_without_any_account(
    environment: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.main(["templates", "check"]) == 0
    said = capsys.readouterr().out
    assert "kabar_desa (MARKETING, for news, hours)" in said
    assert "[Mulai ulangan] [Jangan ingatkan]" in said
    assert cli.main(["templates", "check", "--json"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert [json.loads(line)["name"] for line in lines] == NAMES
