"""What many tests need: a bot without a network, its providers, and each of the two databases, fresh."""

import os
import shutil
from collections.abc import AsyncIterator, Iterator
from functools import cache
from pathlib import Path

import pytest

from bot.rehearsal import Rehearsal
from bot.territory import Offices
from flows.catalog import CONTENT
from tests.engines import compiling_once
from tests.fakes.telegram import FakeTelegram
from tests.fakes.twilio import FakeTwilio
from tests.postgresql import NoPostgreSQL, PostgreSQLServer
from tests.reading import reading_once
from tests.sqlite import with_our_tables


@pytest.fixture(autouse=True)
def _no_settings_of_this_machine(
    monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """Neither a developer's environment nor a .env file changes what a test sees."""
    for name in [name for name in os.environ if name.upper().startswith("KENTONGAN_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("KENTONGAN_MEDIA_DIR", str(tmp_path_factory.getbasetemp() / "media"))


@pytest.fixture(scope="session", autouse=True)
def _what_never_changes_is_made_once() -> Iterator[None]:
    """The list of offices, what is compiled for a database, what a text of content/ comes to.

    And no database here waits for the disk; a server in a process of its own does.
    """
    with compiling_once(), reading_once(), pytest.MonkeyPatch.context() as patch:
        patch.setattr("bot.database.SYNCHRONOUS", "OFF")  # as PostgreSQL's -F: no power cut here
        patch.setattr("bot.service.Offices", cache(Offices))
        yield


@pytest.fixture(scope="session")
def postgresql_server() -> Iterator[PostgreSQLServer]:
    """Fails, never skips: both databases are promised, so both are tested."""
    try:
        server = PostgreSQLServer()
    except NoPostgreSQL as problem:
        pytest.fail(f"PostgreSQL is needed for these tests: {problem}", pytrace=False)
    yield server
    server.stop()


@pytest.fixture
def postgresql_url(postgresql_server: PostgreSQLServer) -> Iterator[str]:
    address = postgresql_server.fresh_database()
    yield address
    postgresql_server.drop(address)


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """A fresh database with our tables: first a SQLite file, then PostgreSQL."""
    if request.param == "postgresql":
        return str(request.getfixturevalue("postgresql_url"))
    return with_our_tables(tmp_path)


@pytest.fixture
def telegram() -> Iterator[FakeTelegram]:
    with FakeTelegram() as fake:
        yield fake


@pytest.fixture
def twilio() -> Iterator[FakeTwilio]:
    with FakeTwilio() as fake:
        yield fake


@pytest.fixture
async def rehearsal(tmp_path: Path) -> AsyncIterator[Rehearsal]:
    """The example office on a SQLite file, a Monday at nine."""
    bot = Rehearsal(with_our_tables(tmp_path))
    yield bot
    bot.close()


@pytest.fixture
async def on_both(database_url: str) -> AsyncIterator[Rehearsal]:
    """The example office on each of the two databases."""
    rehearsal = Rehearsal(database_url)
    yield rehearsal
    rehearsal.close()


@pytest.fixture
def content(tmp_path: Path) -> Path:
    """A copy of the shipped content that a test may break."""
    return Path(shutil.copytree(CONTENT, tmp_path / "content"))
