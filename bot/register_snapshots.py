"""The register that counts now: the newest imported snapshot, or the one that was shipped."""

import json
from collections.abc import Iterable
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, func, inspect, select
from sqlalchemy.exc import SQLAlchemyError

from bot.database import Database
from bot.recruiters import Register
from bot.register_rows import Observation
from bot.register_tables import kept_rows, snapshots
from bot.settings import read_settings
from flows.ports import RegisterRow

_NEWEST = select(func.max(snapshots.c.id))


class CurrentRegister:
    """The register in memory; another process's import is noticed at the next look-up."""

    def __init__(self, shipped: Register) -> None:
        self.shipped = shipped
        self._loaded: tuple[int | None, Register] = (None, shipped)

    def now(self, connection: Connection) -> Register:
        """One small question to the database; the rows are read only when there are newer ones."""
        newest = connection.execute(_NEWEST).scalar()
        number, register = self._loaded
        if newest != number:
            register = self.shipped if newest is None else load(connection, newest)
            self._loaded = newest, register
        return register


def load(connection: Connection, number: int) -> Register:
    rows = connection.execute(
        select(kept_rows).where(kept_rows.c.snapshot_id == number).order_by(kept_rows.c.id)
    )
    return Register(_observation(row) for row in rows)


def register_for_terminal() -> Register:
    """The same register without a service: the shipped one where no database is yet."""
    shipped = Register.load()
    url = read_settings().database_url
    if not is_there(url):
        return shipped
    database = Database(url)
    try:
        with database.read() as connection:
            if not inspect(connection).has_table("register_snapshot"):
                return shipped
            return CurrentRegister(shipped).now(connection)
    except SQLAlchemyError as error:
        raise ValueError(f"KENTONGAN_DATABASE_URL: {type(error).__name__}: can't be read") from None
    finally:
        database.close()


def newest_id(connection: Connection) -> int | None:
    """The newest snapshot, or None before the first import."""
    newest: int | None = connection.execute(_NEWEST).scalar()
    return newest


def is_there(url: str) -> bool:
    """False for a SQLite file that nobody has made yet."""
    return not url.startswith("sqlite") or Path(url.removeprefix("sqlite:///")).is_file()


def history(connection: Connection) -> list[Any]:
    """(snapshot, how many rows) of every import, the newest first."""
    rows = func.count(kept_rows.c.id).label("rows")
    return list(
        connection.execute(
            select(snapshots, rows)
            .outerjoin(kept_rows, kept_rows.c.snapshot_id == snapshots.c.id)
            .group_by(snapshots.c.id)
            .order_by(snapshots.c.id.desc())
        )
    )


def keep(
    connection: Connection, values: dict[str, Any], rows: Iterable[Observation], now: datetime
) -> int:
    """Write a snapshot, the whole register after an import; returns its id."""
    added = snapshots.insert().values(imported_at=now, **values).returning(snapshots.c.id)
    number = int(connection.execute(added).scalar_one())
    connection.execute(
        kept_rows.insert(),
        [
            {
                "snapshot_id": number,
                "name": seen.row.name,
                "licence_no": seen.row.licence_no,
                "status": seen.row.status,
                "status_text": seen.row.status_text,
                "valid_until": seen.valid_until,
                "source": seen.row.source,
                "seen_on": seen.row.seen_on,
                "third_party": seen.row.third_party,
                "raw": json.dumps(dict(seen.raw), ensure_ascii=False),
            }
            for seen in rows
        ],
    )
    return number


def _observation(kept: Any) -> Observation:
    row = RegisterRow(
        kept.name,
        kept.licence_no,
        kept.status,
        kept.status_text,
        kept.source,
        kept.seen_on,
        third_party=kept.third_party,
    )
    return Observation(row, kept.valid_until, json.loads(kept.raw))
