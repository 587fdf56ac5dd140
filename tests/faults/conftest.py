"""A server to be killed, and the providers it talks to."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.fakes.telegram import FakeTelegram
from tests.fakes.twilio import FakeTwilio
from tests.faults.server import ServerProcess


@pytest.fixture
def server(tmp_path: Path, telegram: FakeTelegram, twilio: FakeTwilio) -> Iterator[ServerProcess]:
    server = ServerProcess(tmp_path, telegram, twilio)
    yield server
    server.stop()
