"""One live bot for the tests of a file; they keep out of each other's way by chat and phone."""

from collections.abc import Iterator

import pytest

from tests.webhooks.live import LiveBot, live_bot


@pytest.fixture(scope="module")
def bot(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LiveBot]:
    with live_bot(tmp_path_factory.mktemp("live")) as bot:
        yield bot
