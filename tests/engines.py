"""The engines of one test process share what SQLAlchemy has compiled for them.

A bot has one engine for as long as it runs. Tests make one each, and to compile the same
statements anew for every one of them took a sixth of the suite's time.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from sqlalchemy import Dialect, Engine, create_engine

_compiled: dict[Any, Any] = {}
_dialects: dict[str, Dialect] = {}
"""By name ("sqlite", "postgresql"): what is compiled is found under the dialect's identity."""


@contextmanager
def compiling_once() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("bot.database.create_engine", _engine)
        yield


def _engine(url: str, **options: Any) -> Engine:
    engine = create_engine(url, execution_options={"compiled_cache": _compiled}, **options)
    shared = _dialects.get(engine.name)
    if shared and getattr(shared, "server_version_info", None):  # it has seen its server
        engine.dialect = shared
    else:
        _dialects[engine.name] = engine.dialect
    return engine
