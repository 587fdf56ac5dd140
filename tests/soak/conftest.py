"""The long runs use the same providers as the short ones."""

from tests.faults.conftest import telegram, twilio

__all__ = ["telegram", "twilio"]
