"""Files of content/ that did not change are read once in a test process, whichever copy they are in."""

import pickle
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml

from bot import content_check
from bot.territory import Offices
from flows import conversations
from flows.understanding import load_understander


@contextmanager
def reading_once() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("re._MAXCACHE", 20_000)  # the signs alone are more than re's own 512
        patch.setattr(yaml, "load", _fresh_copy(yaml.load))
        patch.setattr(yaml, "compose", _fresh_copy(yaml.compose))
        patch.setattr(
            conversations, "load_understander", by_text(load_understander,
            ("red_flags.yaml", "signs.yaml", "spellings.yaml", "understanding.json")),
        )  # fmt: skip
        patch.setattr(content_check, "Offices", by_text(Offices, ("offices.csv",)))
        yield


def by_text(load: Callable[[Path], Any], files: tuple[str, ...]) -> Callable[[Path], Any]:
    """What was loaded before from the same bytes; it has to be something that nobody changes."""
    kept: dict[tuple[bytes, ...], Any] = {}

    def loaded(path: Path) -> Any:
        folder = path if path.is_dir() else path.parent
        try:
            text = tuple((folder / file).read_bytes() for file in files)
        except OSError:
            return load(path)
        if text not in kept:
            kept[text] = load(path)
        return kept[text]

    return loaded


def _fresh_copy(read: Callable[..., Any]) -> Callable[..., Any]:
    """The same of the same text, each time as a copy of its own."""

    @cache
    def packed(text: str, loader: type) -> bytes:
        return pickle.dumps(read(text, Loader=loader))

    return lambda text, **named: pickle.loads(packed(text, named["Loader"]))
