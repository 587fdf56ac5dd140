"""The engine, transactions, and the group commit that all hot writes go through."""

import asyncio
import contextlib
import queue
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Generic, TypeVar

from sqlalchemy import BigInteger, Connection, Dialect, Engine, create_engine, event
from sqlalchemy.dialects.postgresql import insert as postgresql_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert
from sqlalchemy.exc import IntegrityError, OperationalError, SQLAlchemyError
from sqlalchemy.types import TypeDecorator

Item = TypeVar("Item")
Result = TypeVar("Result")

MAX_BATCH = 512
"""The most messages that share one commit; above it latency grows and speed does not."""

SYNCHRONOUS = "FULL"
"""SQLite waits for the disk: an acknowledged tip survives a power cut."""


class Moment(TypeDecorator[datetime]):
    """An aware UTC time, kept as milliseconds since 1970: the same on SQLite and PostgreSQL."""

    impl = BigInteger
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> int | None:
        return None if value is None else milliseconds(value)

    def process_result_value(self, value: int | None, dialect: Dialect) -> datetime | None:
        return None if value is None else datetime.fromtimestamp(value / 1000, UTC)


def milliseconds(at: datetime) -> int:
    return int(at.timestamp() * 1000)


class Database:
    """One database for one process: an engine, and a lock that keeps writers in line."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.is_sqlite = url.startswith("sqlite")
        if self.is_sqlite and (path := url.removeprefix("sqlite:///")) not in ("", ":memory:"):
            Path(path).parent.mkdir(parents=True, exist_ok=True)
        self.engine = _sqlite_engine(url) if self.is_sqlite else _postgresql_engine(url)
        # SQLite has one writer; waiting here is fairer and faster than its busy handler.
        self._writing: contextlib.AbstractContextManager[Any] = (
            threading.RLock() if self.is_sqlite else contextlib.nullcontext()
        )

    @contextlib.contextmanager
    def write(self) -> Iterator[Connection]:
        """One transaction that may write: committed at the end, rolled back on an exception."""
        with self._writing, self.engine.begin() as connection:
            yield connection

    @contextlib.contextmanager
    def write_tables(self) -> Iterator[Connection]:
        """As `write`, for migrations. SQLite makes a table anew to change it, and would refuse to
        drop the old one while other rows refer to it: references are checked at the end instead.
        Raises IntegrityError."""
        if not self.is_sqlite:
            with self.write() as connection:
                yield connection
            return
        with self._writing, self.engine.connect() as connection:
            driver: Any = connection.connection.driver_connection
            driver.execute("PRAGMA foreign_keys=OFF")  # means nothing inside a transaction
            try:
                with connection.begin():
                    yield connection
                    check = "PRAGMA foreign_key_check"
                    if connection.exec_driver_sql(check).first():
                        raise IntegrityError(check, (), ValueError("rows refer to what is gone"))
            finally:
                driver.execute("PRAGMA foreign_keys=ON")

    @contextlib.contextmanager
    def read(self) -> Iterator[Connection]:
        """A connection for reading; nothing done on it is kept."""
        with self.engine.connect() as connection:
            yield connection.execution_options(kentongan_reading=True)

    def insert(self, table: Any) -> Any:
        """An INSERT of this database's dialect, so that `on_conflict_do_…` is at hand."""
        return (sqlite_insert if self.is_sqlite else postgresql_insert)(table)

    def close(self) -> None:
        self.engine.dispose()


def _sqlite_engine(url: str) -> Engine:
    engine = create_engine(url, connect_args={"check_same_thread": False, "timeout": 30})

    @event.listens_for(engine, "connect")
    def prepare(connection: Any, _record: Any) -> None:
        # The driver's own transaction handling is off: BEGIN IMMEDIATE comes from us.
        connection.isolation_level = None
        cursor = connection.cursor()
        for pragma in (
            "journal_mode=WAL",
            f"synchronous={SYNCHRONOUS}",
            "foreign_keys=ON",
            "secure_delete=ON",  # wiped texts leave no bytes in free pages
            "wal_autocheckpoint=4000",
        ):
            cursor.execute(f"PRAGMA {pragma}")
        cursor.close()

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        reading = connection.get_execution_options().get("kentongan_reading")
        connection.exec_driver_sql("BEGIN" if reading else "BEGIN IMMEDIATE")

    return engine


def _postgresql_engine(url: str) -> Engine:
    return create_engine(url, pool_size=8, max_overflow=8, pool_pre_ping=True)


@dataclass(slots=True)
class _Waiting(Generic[Item, Result]):
    item: Item
    loop: asyncio.AbstractEventLoop
    future: "asyncio.Future[Result]" = field(repr=False)


class GroupCommit(Generic[Item, Result]):
    """Joins the items that wait right now into one transaction, in a thread of its own.

    `apply(connection, items)` returns one result per item, in order. When a batch fails as a
    whole (bad data, not a dead database), each item is tried alone, so that one bad item
    can't fail the others; `alone` may turn such a failure into a result of its own.
    """

    def __init__(
        self,
        name: str,
        database: Database,
        apply: Callable[[Connection, list[Item]], list[Result]],
        alone: Callable[[Item, Exception], Result] | None = None,
        after: Callable[[], None] | None = None,
    ) -> None:
        self._database = database
        self._apply = apply
        self._alone = alone
        self._after = after
        self._queue: queue.SimpleQueue[_Waiting[Item, Result] | None] = queue.SimpleQueue()
        self._thread = threading.Thread(target=self._run, name=name, daemon=True)
        self._thread.start()

    async def put(self, item: Item) -> Result:
        """Wait until the item's transaction is committed. Raises what its turn alone raised."""
        loop = asyncio.get_running_loop()
        future: asyncio.Future[Result] = loop.create_future()
        self._queue.put(_Waiting(item, loop, future))
        return await future

    def commit_now(self, items: list[Item]) -> list[Result | Exception]:
        """The same work without the thread, for the command line and for tests."""
        results = self._commit(items)
        if self._after:
            self._after()
        return results

    def close(self) -> None:
        self._queue.put(None)
        self._thread.join()

    def _run(self) -> None:
        while (first := self._queue.get()) is not None:
            batch = [first]
            closing = False
            while len(batch) < MAX_BATCH:
                try:
                    waiting = self._queue.get_nowait()
                except queue.Empty:
                    break
                if waiting is None:
                    closing = True
                    break
                batch.append(waiting)
            self._settle(batch, self._commit([waiting.item for waiting in batch]))
            if self._after:
                self._after()
            if closing:
                return

    def _settle(
        self, batch: list[_Waiting[Item, Result]], results: list[Result | Exception]
    ) -> None:
        by_loop: dict[asyncio.AbstractEventLoop, list[tuple[Any, Result | Exception]]] = {}
        for waiting, result in zip(batch, results, strict=True):
            by_loop.setdefault(waiting.loop, []).append((waiting.future, result))
        for loop, settled in by_loop.items():
            # A loop that has closed meanwhile has nobody left to tell.
            with contextlib.suppress(RuntimeError):
                loop.call_soon_threadsafe(_resolve, settled)

    def _commit(self, items: list[Item]) -> list[Result | Exception]:
        try:
            return list(self._try(items))
        except Exception as error:
            if len(items) == 1:
                return [self._fail(items[0], error)]
            return [self._commit([item])[0] for item in items]

    def _try(self, items: list[Item]) -> list[Result]:
        attempts = 3  # another process may hold the same contacts: deadlocks are simply tried again
        while True:
            try:
                with self._database.write() as connection:
                    results: list[Result] = self._apply(connection, items)
                return results
            except OperationalError:
                attempts -= 1
                if not attempts:
                    raise

    def _fail(self, item: Item, error: Exception) -> Result | Exception:
        if self._alone is None or isinstance(error, OperationalError):
            return error
        try:
            return self._alone(item, error)
        except SQLAlchemyError as second:
            return second


def _resolve(settled: list[tuple[Any, Any]]) -> None:
    for future, result in settled:
        if future.done():
            continue
        if isinstance(result, Exception):
            future.set_exception(result)
        else:
            future.set_result(result)
