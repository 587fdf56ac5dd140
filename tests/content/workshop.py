"""A copy of the shipped content in which one thing at a time is broken and looked at.

The register, too, is read once here as long as it does not change.
"""

import random
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
import yaml

import bot.content_check as content_check
from bot.recruiters import Register
from flows.catalog import Catalog
from flows.findings import Finding
from tests.flows.small_catalog import TODAY
from tests.reading import by_text


class Workshop:
    def __init__(self, content: Path, patched: pytest.MonkeyPatch) -> None:
        self.content = content
        patched.setattr(Register, "load", by_text(Register.load, ("recruiters.csv",)))

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
        raw: dict[str, Any] = yaml.load(text, Loader=yaml.CBaseLoader)
        return raw

    def names(self) -> list[str]:
        return sorted(path.stem for path in (self.content / "lessons").glob("*.yaml"))


Operator = Callable[[random.Random, dict[str, Any], dict[str, Any]], str]
"""(dice, the lesson to break, another lesson) → what the check must say."""
