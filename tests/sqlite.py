"""A SQLite database for a test, as PostgreSQL's template is for the other one."""

import tempfile
from functools import lru_cache
from pathlib import Path

from bot.database import Database
from bot.service import migrate


@lru_cache(maxsize=1)
def _migrated() -> bytes:
    """A SQLite file with our tables and no rows: migrated once, as PostgreSQL's template is."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "template.db"
        database = Database(f"sqlite:///{path}")
        migrate(database)
        database.close()
        return path.read_bytes()


def with_our_tables(folder: Path) -> str:
    """The address of a fresh SQLite file in this folder."""
    path = folder / "kentongan.db"
    path.write_bytes(_migrated())
    return f"sqlite:///{path}"
