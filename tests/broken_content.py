"""The shipped content with something wrong in it, for tests of what is refused."""

from pathlib import Path


def change(path: Path, old: str, new: str) -> None:
    """Write something else in a file of content, where `old` stands first."""
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
