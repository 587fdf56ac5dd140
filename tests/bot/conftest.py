"""A darkroom on each of the two databases."""

from collections.abc import AsyncIterator

import pytest

from tests.bot.darkroom import Darkroom


@pytest.fixture
async def room(database_url: str) -> AsyncIterator[Darkroom]:
    darkroom = Darkroom(database_url)
    yield darkroom
    darkroom.bot.close()
