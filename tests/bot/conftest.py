"""What several tests of the bot need: a darkroom, the shipped register, an office that imports one."""

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from bot import demo
from bot.recruiters import Register
from bot.rehearsal import Rehearsal
from tests.bot.darkroom import Darkroom
from tests.bot.register_files import FIRST, SECOND, Office, row
from tests.bot.second import Second
from tests.bot.watching import ANOTHER, Village


@pytest.fixture
async def room(database_url: str) -> AsyncIterator[Darkroom]:
    darkroom = Darkroom(database_url)
    yield darkroom
    darkroom.bot.close()


@pytest.fixture
def second(on_both: Rehearsal) -> Iterator[Second]:
    process = Second(on_both)
    yield process
    process.close()


@pytest.fixture(scope="module")
def register() -> Register:
    return Register.load()


@pytest.fixture
def office(tmp_path: Path, database_url: str) -> Iterator[Office]:
    office = Office(tmp_path, database_url)
    office.take(row("Alam Rimba", FIRST), row("Bukit Seroja", SECOND))
    office.take(row("Kali Biru Jernih", "", "dicabut"), kind="sanctions")
    yield office
    office.rehearsal.close()


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
async def village(on_both: Rehearsal, tmp_path: Path) -> Village:
    for who in (demo.VILLAGER, ANOTHER):
        await on_both.say(who, "halo")
    return Village(on_both, tmp_path)
