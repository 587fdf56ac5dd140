"""Settings: read once, one clear line when one is wrong, and an example file that is complete."""

from pathlib import Path

import pytest

from bot.settings import Settings, SettingsError, read_settings

EXAMPLE = Path(__file__).resolve().parents[2] / ".env.example"
SECRETS = ("telegram_bot_token", "telegram_webhook_secret", "twilio_auth_token")


def shown(value: object) -> str:
    """A default as it is written in a .env file."""
    secret = getattr(value, "get_secret_value", None)
    if secret:
        return str(secret())
    return str(value).lower() if isinstance(value, bool) else str(value)


def test_the_example_file_is_exactly_the_settings() -> None:
    lines = EXAMPLE.read_text(encoding="utf-8").splitlines()
    pairs = {
        line.partition("=")[0]: (lines[number - 1], line.partition("=")[2])
        for number, line in enumerate(lines)
        if line and not line.startswith("#")
    }
    expected = {
        f"KENTONGAN_{name.upper()}": (f"# {field.description}", shown(field.default))
        for name, field in Settings.model_fields.items()
    }
    assert pairs == expected
    assert list(pairs) == list(expected)


def test_the_example_file_can_be_used_as_it_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / ".env").write_text(EXAMPLE.read_text(encoding="utf-8"), encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    assert read_settings() == Settings(_env_file=None)


def test_every_setting_has_a_sentence() -> None:
    for name, field in Settings.model_fields.items():
        assert field.description, name
        assert field.description.endswith("."), name


def test_no_secret_has_a_default_that_works() -> None:
    settings = read_settings(_env_file=None)
    assert not settings.telegram_ready
    assert not settings.whatsapp_ready
    assert not settings.real_channels
    assert not settings.simulator
    assert all(getattr(settings, name).get_secret_value() == "" for name in SECRETS)


def test_the_environment_wins_over_the_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / ".env").write_text("KENTONGAN_PORT=8001\nKENTONGAN_HOST=0.0.0.0\n")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("KENTONGAN_PORT", "8002")
    settings = read_settings()
    assert (settings.port, settings.host) == (8002, "0.0.0.0")


@pytest.mark.parametrize(
    ("name", "value", "says"),
    [
        ("PORT", "0", "greater than or equal to 1"),
        ("PORT", "delapan", "integer"),
        ("DATABASE_URL", "mysql://x", "sqlite:/// or postgresql+psycopg://"),
        ("PUBLIC_BASE_URL", "http://bot.example.go.id", "https://"),
        ("PUBLIC_BASE_URL", "https://bot.example.go.id/", "slash"),
        ("PUBLIC_BASE_URL", "bot.example.go.id", "https://"),
        ("TELEGRAM_API_BASE_URL", "api.telegram.org", "https://"),
        ("TWILIO_API_BASE_URL", "http://127.0.0.1:9/", "slash"),
        ("TELEGRAM_WEBHOOK_SECRET", "short", "16 to 256"),
        ("TELEGRAM_WEBHOOK_SECRET", "with a blank in the middle", "16 to 256"),
        ("TELEGRAM_WEBHOOK_SECRET", "é" * 20, "16 to 256"),
        ("TELEGRAM_WEBHOOK_SECRET", "a" * 257, "16 to 256"),
        ("TWILIO_WHATSAPP_FROM", "+6281200000000", "whatsapp:+62"),
        ("BROADCAST_LIMIT", "0", "greater than or equal to 1"),
        ("KEEP_CLOSED_DAYS", "30", "greater than or equal to 60"),
        ("LOG_LEVEL", "LOUD", "'DEBUG'"),
        ("SIMULATOR", "mungkin", "boolean"),
    ],
)
def test_a_wrong_setting_is_one_line_that_names_it(
    name: str, value: str, says: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(f"KENTONGAN_{name}", value)
    with pytest.raises(SettingsError) as raised:
        read_settings(_env_file=None)
    line = str(raised.value)
    assert line.startswith(f"KENTONGAN_{name}: ")
    assert says in line
    assert "\n" not in line


def test_a_wrong_secret_is_not_printed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KENTONGAN_TELEGRAM_WEBHOOK_SECRET", "my secret!")
    with pytest.raises(SettingsError) as raised:
        read_settings(_env_file=None)
    assert "my secret!" not in str(raised.value)


def test_a_setting_that_does_not_exist_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / ".env").write_text("KENTONGAN_PROT=8000\n")
    monkeypatch.chdir(tmp_path)
    with pytest.raises(SettingsError, match=r"^KENTONGAN_PROT: is no setting of Kentongan"):
        read_settings()


def test_settings_never_show_their_secrets() -> None:
    token = "123456:a-token-that-nobody-may-see"
    settings = read_settings(telegram_bot_token=token, twilio_auth_token=token, _env_file=None)
    assert token not in repr(settings)
    assert token not in str(settings)
    assert settings.telegram_ready


def test_settings_cannot_be_changed() -> None:
    settings = read_settings(_env_file=None)
    with pytest.raises(ValueError, match="frozen"):
        settings.port = 1  # type: ignore[misc]
