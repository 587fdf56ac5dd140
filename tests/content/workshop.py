"""A copy of the shipped content in which one thing at a time is broken and looked at.

Files that did not change are read once: what YAML, the register and the weights come to is kept by
their text for as long as the workshop is open.
"""

import copy
import random
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml

import bot.content_check as content_check
import flows.conversations as conversations
from bot.recruiters import Register
from flows.catalog import Catalog
from flows.findings import Finding
from flows.understanding import load_understander
from tests.flows.small_catalog import TODAY


class Workshop:
    def __init__(self, content: Path, patched: pytest.MonkeyPatch) -> None:
        self.content = content
        patched.setattr(yaml, "load", cache(yaml.load))
        patched.setattr(yaml, "compose", cache(yaml.compose))
        patched.setattr(conversations, "load_understander", _by_text(load_understander,
            ("red_flags.yaml", "signs.yaml", "spellings.yaml", "understanding.json")))  # fmt: skip
        for owner, name, file in (
            (Register, "load", "recruiters.csv"),
            (content_check, "Offices", "offices.csv"),
        ):
            patched.setattr(owner, name, _by_text(getattr(owner, name), (file,)))

    def look(self) -> tuple[Catalog | None, list[Finding]]:
        return content_check.look(self.content, TODAY)

    def errors(self) -> list[str]:
        return [finding.line() for finding in self.look()[1] if finding.severity == "error"]

    @contextmanager
    def broken(self, file: str, text: str) -> Iterator[None]:
        path = self.content / file
        before = path.read_bytes()
        path.write_text(text, encoding="utf-8")
        try:
            yield
        finally:
            path.write_bytes(before)

    def lesson(self, name: str) -> dict[str, Any]:
        """A fresh copy of its raw mapping, to be broken."""
        text = (self.content / f"lessons/{name}.yaml").read_text(encoding="utf-8")
        raw = yaml.load(text, Loader=yaml.CBaseLoader)
        return copy.deepcopy(raw)  # the kept one stays whole

    def names(self) -> list[str]:
        return sorted(path.stem for path in (self.content / "lessons").glob("*.yaml"))


def _by_text(load: Callable[[Path], Any], files: tuple[str, ...]) -> Callable[[Path], Any]:
    kept: dict[tuple[bytes, ...], Any] = {}

    def loaded(path: Path) -> Any:
        folder = path if path.is_dir() else path.parent
        text = tuple((folder / file).read_bytes() for file in files)
        if text not in kept:
            kept[text] = load(path)
        return kept[text]

    return loaded


Operator = Callable[[random.Random, dict[str, Any], dict[str, Any]], str]
"""(dice, the lesson to break, another lesson) → what the check must say."""
