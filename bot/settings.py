"""Every setting, read once from the environment (prefix KENTONGAN_) or the file `.env`."""

import os
from pathlib import Path
from typing import Literal
from urllib.parse import urlsplit

from pydantic import Field, SecretStr, ValidationError, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict


class SettingsError(Exception):
    """A setting is missing or can't be used; the message is one line that names it and the mend."""


class Settings(BaseSettings):
    """Frozen. A secret has no default that works: unset means that its part stays closed."""

    model_config = SettingsConfigDict(
        env_prefix="KENTONGAN_",
        env_file=".env",
        extra="forbid",
        frozen=True,
        hide_input_in_errors=True,
    )

    database_url: str = Field(
        "sqlite:///var/kentongan.db",
        description="Where everything is kept: an embedded SQLite file, or postgresql+psycopg://… for "
        "several processes.",
    )
    keyring_path: Path = Field(
        Path("var/keyring.json"),
        description="The file with the encryption keys; keep it and its backup apart from the "
        "database and its backup.",
    )
    public_base_url: str = Field(
        "http://127.0.0.1:8000",
        description="The address that Twilio, Telegram and officers' phones use, without a slash at the end.",
    )
    host: str = Field("127.0.0.1", description="The address the web server listens on.")
    port: int = Field(8000, ge=1, le=65535, description="The port the web server listens on.")
    office: str = Field(
        "",
        description="The code of the office that runs this bot, as given to `kentongan office init`.",
    )
    telegram_bot_token: SecretStr = Field(
        SecretStr(""), description="The token @BotFather gave you; empty means no Telegram."
    )
    telegram_webhook_secret: SecretStr = Field(
        SecretStr(""),
        description="16 to 256 letters, digits, _ or - that Telegram repeats in each call; empty "
        "closes the endpoint.",
    )
    telegram_bot_username: str = Field(
        "",
        description="The bot's name without @, for links into the private chat and commands in groups.",
    )
    telegram_api_base_url: str = Field(
        "https://api.telegram.org",
        description="The Bot API server; another address for a self-hosted server, a proxy or a test.",
    )
    twilio_account_sid: str = Field(
        "", description="The account (AC…) that owns the WhatsApp sender."
    )
    twilio_auth_token: SecretStr = Field(
        SecretStr(""),
        description="Twilio's primary auth token: it signs the webhooks and pays for messages; empty "
        "closes the endpoint.",
    )
    twilio_whatsapp_from: str = Field(
        "", description="The WhatsApp sender, as whatsapp:+62…; empty means no WhatsApp."
    )
    twilio_api_base_url: str = Field(
        "", description="Empty for Twilio itself; another address for a proxy or a test."
    )
    media_dir: Path = Field(
        Path("var/media"),
        description="The folder of the lessons' sounds and picture cards; they are made again when they are "
        "missing. Processes that send and serve share it.",
    )
    piper: Path = Field(
        Path(),
        description="The program piper for a more human voice; a dot means espeak-ng speaks.",
    )
    piper_voice: Path = Field(
        Path(), description="Piper's voice, a file .onnx with its .onnx.json beside it."
    )
    speech_model: Path = Field(
        Path(),
        description="The folder of a Whisper model for faster-whisper (extra `speech`); a dot means that "
        "officers listen to voice notes. Nothing is ever downloaded.",
    )
    simulator: bool = Field(
        False,
        description="Serve the three-phone simulator at /simulator; never on a public machine.",
    )
    accept_unreviewed: bool = Field(
        False,
        description="The office accepts that content no lawyer has read is sent with the label 'belum "
        "diperiksa ahli hukum'.",
    )
    tip_mode: Literal["sealed", "server", "chat"] = Field(
        "sealed",
        description="Who can open reports: sealed = only officers with their own keys; server = this "
        "machine too (a trial); chat = as server, and the masked text also goes to the owner's chat.",
    )
    tip_mode_accepted: str = Field(
        "",
        description="Who at the office accepted server or chat in writing, and when; with real channels "
        "those modes don't start without it.",
    )
    broadcast_limit: int = Field(
        100_000,
        ge=1,
        description="The most people one broadcast may reach; more is refused before it is sent.",
    )
    approval_above: int = Field(
        500,
        ge=0,
        description="A broadcast to more recipients than this waits for a second officer's yes; a "
        "warning always does.",
    )
    broadcasts_a_week: int = Field(
        5,
        ge=1,
        le=21,
        description="The most broadcasts one person gets in seven days, beside warnings, corrections "
        "and withdrawals.",
    )
    broadcast_hosts: str = Field(
        "",
        description="The office's own addresses that a broadcast may link to beside go.id, separated "
        "by blanks, such as kanim-ponorogo.id.",
    )
    group_lesson_day: int = Field(
        3,
        ge=1,
        le=7,
        description="The day on which a residents' group gets its weekly lesson: 1 is Monday, 7 Sunday.",
    )
    group_lesson_hour: int = Field(
        16,
        ge=7,
        le=17,
        description="The hour at which it comes, on the village's own clock; never at night.",
    )
    telegram_per_second: float = Field(
        25,
        gt=0,
        le=30,
        description="Messages a second to Telegram; it takes about 30 from one bot.",
    )
    whatsapp_per_second: float = Field(
        10,
        gt=0,
        le=80,
        description="Messages a second to WhatsApp: what Twilio allows your sender, 80 at most.",
    )
    whatsapp_people_a_day: int = Field(
        250,
        ge=0,
        description="How many people may get a template in 24 hours: your WhatsApp account's limit "
        "(250, 2000, 10000, 100000).",
    )
    keep_closed_days: int = Field(
        365,
        ge=60,
        le=3650,
        description="How many days after its end the content of a report is kept; then its keys and "
        "parts are deleted. Open reports are never deleted.",
    )
    learning_pushes: int = Field(
        3,
        ge=0,
        le=3,
        description="The most times a week that a learner who said yes is reminded of a review; they "
        "were promised at most 3, and 0 means never.",
    )
    register_drop_share: float = Field(
        0.2,
        ge=0,
        le=1,
        description="The largest share of companies that an import of the licence register may lose; "
        "a file that loses more is refused.",
    )
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = Field(
        "INFO", description="How much is logged; message texts and numbers never are."
    )

    @field_validator("public_base_url", "telegram_api_base_url", "twilio_api_base_url")
    @classmethod
    def _is_address(cls, value: str) -> str:
        parts = urlsplit(value)
        if value and (parts.scheme not in ("http", "https") or not parts.hostname):
            raise ValueError("must be an address such as https://bot.example.go.id")
        if value.endswith("/"):
            raise ValueError("must not end with a slash")
        return value

    @field_validator("public_base_url")
    @classmethod
    def _is_safe(cls, value: str) -> str:
        parts = urlsplit(value)
        if parts.scheme == "http" and parts.hostname not in ("127.0.0.1", "localhost", "::1"):
            raise ValueError("must begin with https:// (http is only for this machine itself)")
        return value

    @field_validator("database_url")
    @classmethod
    def _is_database(cls, value: str) -> str:
        if not value.startswith(("sqlite:///", "postgresql+psycopg://")):
            raise ValueError("must begin with sqlite:/// or postgresql+psycopg://")
        return value

    @field_validator("telegram_webhook_secret")
    @classmethod
    def _is_secret(cls, value: SecretStr) -> SecretStr:
        # core.telegram.org/bots/api#setwebhook: 1-256 characters, A-Z a-z 0-9 _ -
        text = value.get_secret_value()
        if text and not (
            16 <= len(text) <= 256
            and text.replace("_", "a").replace("-", "a").isalnum()
            and text.isascii()
        ):
            raise ValueError("must be 16 to 256 letters, digits, _ or -")
        return value

    @field_validator("twilio_whatsapp_from")
    @classmethod
    def _is_sender(cls, value: str) -> str:
        if value and not value.startswith("whatsapp:+"):
            raise ValueError("must look like whatsapp:+6281200000000")
        return value

    @property
    def telegram_ready(self) -> bool:
        return bool(self.telegram_bot_token.get_secret_value())

    @property
    def whatsapp_ready(self) -> bool:
        return bool(
            self.twilio_account_sid
            and self.twilio_auth_token.get_secret_value()
            and self.twilio_whatsapp_from
        )

    @property
    def server_reads(self) -> bool:
        """Reports stay under the key ring too, beside the officers' own keys."""
        return self.tip_mode != "sealed"

    @property
    def real_channels(self) -> bool:
        """Real people can be reached, so unreviewed content needs the office's written word."""
        return self.telegram_ready or self.whatsapp_ready


def read_settings(**overrides: object) -> Settings:
    """Settings from the environment and `.env`. Raises SettingsError with one line.

    A misspelt name in the environment would be passed over in silence, so it is refused.
    """
    known = {f"KENTONGAN_{field}".upper() for field in Settings.model_fields}
    for name in os.environ:
        if name.upper().startswith("KENTONGAN_") and name.upper() not in known:
            raise SettingsError(
                f"{name}: is no setting of Kentongan; see .env.example for their names"
            )
    try:
        return Settings(**overrides)  # type: ignore[arg-type]
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False, include_context=False)[0]
        name = "KENTONGAN_" + "_".join(str(part) for part in first["loc"]).upper()
        name = name.replace("KENTONGAN_KENTONGAN_", "KENTONGAN_")
        problem = first["msg"].removeprefix("Value error, ")
        if first["type"] == "extra_forbidden":
            problem = "is no setting of Kentongan; see .env.example for their names"
        raise SettingsError(f"{name}: {problem}") from None
