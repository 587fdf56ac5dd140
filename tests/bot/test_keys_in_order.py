"""What the command line says of keys, modes and the log, before somebody needs them."""

from pathlib import Path

import pytest
from sqlalchemy import delete

from bot import audit, cli, demo, doctor, keys
from bot.demo import seed
from bot.serve import refuse_unaccepted
from bot.service import migrate
from bot.settings import Settings, SettingsError, read_settings
from tests.console.office import BASE, Bot

REAL = {"telegram_bot_token": "1:x", "telegram_webhook_secret": "a" * 20, "public_base_url": BASE}


@pytest.fixture
def bot(tmp_path: Path) -> Bot:
    bot = Bot(tmp_path)
    migrate(bot.service.database)
    seed(bot.service)
    return bot


def told(bot: Bot, what: str) -> list[tuple[str, str]]:
    findings = doctor.examine(bot.service.settings)
    return [(found.state, found.detail) for found in findings if found.what == what]


def test_all_in_order(bot: Bot) -> None:
    assert told(bot, "keys") == []
    assert told(bot, "reports") == [("ok", "only officers' own keys open them")]


def test_an_officer_without_a_key_is_named(bot: Bot) -> None:
    bot.change_officer("D-002", key_id=None)
    ((state, detail),) = told(bot, "keys")
    assert (state, "D-002 have no key" in detail) == ("warn", True)


def test_an_office_without_a_key_is_told(bot: Bot) -> None:
    with bot.service.database.write() as connection:
        connection.execute(delete(keys.office_key_wraps))
        connection.execute(delete(keys.office_keys))
    ((state, detail),) = told(bot, "keys")
    assert (state, "no key yet" in detail) == ("warn", True)


def test_a_leader_who_does_not_hold_the_offices_key_is_told(bot: Bot) -> None:
    with bot.service.database.write() as connection:
        connection.execute(delete(keys.office_key_wraps))
    ((state, detail),) = told(bot, "keys")
    assert (state, detail.startswith("1 leaders don't hold")) == ("warn", True)


def test_reports_that_wait_under_the_key_ring_are_counted(bot: Bot) -> None:
    with bot.service.database.write() as connection:
        connection.execute(keys.office_keys.update().values(retired_at=bot.service.clock.now()))
    for staff_no in ("D-001", "D-002", "D-003"):
        bot.change_officer(staff_no, key_id=None)
    bot.report()
    assert ("warn", True) in [
        (state, detail.startswith("1 wait under the key ring"))
        for state, detail in told(bot, "reports")
    ]


@pytest.mark.parametrize("mode", ["server", "chat"])
def test_a_weaker_mode_needs_a_written_word_before_real_people(mode: str) -> None:
    def settings(**more: str) -> Settings:
        return read_settings(_env_file=None, tip_mode=mode, **more)

    refuse_unaccepted(settings())  # nobody real is reached
    refuse_unaccepted(settings(tip_mode_accepted="Kepala kantor, 1 November 2026", **REAL))
    with pytest.raises(SettingsError, match="KENTONGAN_TIP_MODE_ACCEPTED"):
        refuse_unaccepted(settings(**REAL))
    assert doctor._tip_mode(settings(**REAL)).state == "bad"
    assert doctor._tip_mode(settings()).state == "warn"
    accepted = doctor._tip_mode(settings(tip_mode_accepted="Kepala kantor", **REAL))
    assert (accepted.state, "Kepala kantor" in accepted.detail) == ("warn", True)


@pytest.fixture
def commands(bot: Bot, monkeypatch: pytest.MonkeyPatch) -> Bot:
    """The command line works on the bot's own database and key ring."""
    settings = bot.service.settings
    monkeypatch.setenv("KENTONGAN_DATABASE_URL", settings.database_url)
    monkeypatch.setenv("KENTONGAN_KEYRING_PATH", str(settings.keyring_path))
    return bot


def test_an_invitation_from_the_command_line_is_told_as_the_consoles_is(
    commands: Bot, capsys: pytest.CaptureFixture[str]
) -> None:
    """Whoever has the server could enrol in that name, and the old chat heard nothing."""
    assert cli.main(["roster", "invite", "D-002"]) == 0
    assert "D-002: MASUK" in capsys.readouterr().out
    said = commands.sent()
    assert len(said[demo.DEPUTY]) == 1
    assert "D-002" in said[demo.HEAD][0]
    assert commands.officer("D-002").contact_id is None


def test_the_log_is_verified(commands: Bot, capsys: pytest.CaptureFixture[str]) -> None:
    bot = commands
    bot.report()
    with bot.service.database.read() as connection:
        head = audit.head(connection)
    assert (cli.main(["audit", "verify"]), head in capsys.readouterr().out) == (0, True)
    with bot.service.database.write() as connection:
        connection.execute(audit.entries.delete().where(audit.entries.c.id == 1))
    assert cli.main(["audit", "verify"]) == 1
    assert "entry 2 does not fit" in capsys.readouterr().out
    assert cli.main(["audit", "verify", "--json"]) == 1
    assert '"broken": 2' in capsys.readouterr().out
