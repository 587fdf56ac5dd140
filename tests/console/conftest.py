"""A bot per test, copied from one that has two tips; and a browser."""

import shutil
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import httpx
import pytest

from bot import demo
from bot.service import migrate
from tests.console.office import (
    OFFICIAL,
    Bot,
)


@pytest.fixture(scope="session")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two tips taken by their owners: 1 by the village's officer, 2 by the head of section."""
    folder = tmp_path_factory.mktemp("console")
    bot = Bot(folder)
    migrate(bot.service.database)
    demo.seed(bot.service)
    bot.report()
    bot.report(OFFICIAL)
    bot.say(demo.OFFICER, "AMBIL 1")
    bot.say(demo.HEAD, "AMBIL 2")
    bot.close()
    return folder


@pytest.fixture
def bot(template: Path, tmp_path: Path) -> Iterator[Bot]:
    shutil.copytree(template, tmp_path, dirs_exist_ok=True)
    bot = Bot(tmp_path)
    bot._events = 1000
    yield bot
    bot.close()


@pytest.fixture
async def browser(bot: Bot) -> AsyncIterator[httpx.AsyncClient]:
    async with bot.browser() as client:
        yield client
