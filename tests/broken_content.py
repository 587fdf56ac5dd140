"""The shipped content with something wrong in it, for tests of what is refused."""

import re
from pathlib import Path


def change(path: Path, old: str, new: str) -> None:
    """Write something else in a file of content, where `old` stands first."""
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


def let_pass(path: Path, rows: int) -> None:
    """Make the first rows of a file of facts end on 22 November 2026."""
    text, done = re.subn(
        r"(checked): \S+\n  (review_by): \S+",
        r"\1: 2026-11-01\n  \2: 2026-11-22",
        path.read_text(encoding="utf-8"),
        count=rows,
    )
    assert done == rows
    path.write_text(text, encoding="utf-8")
