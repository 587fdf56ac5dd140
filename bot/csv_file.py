"""A CSV file of an office, as Excel in Indonesia writes it."""

import csv
import re
from collections.abc import Sequence
from pathlib import Path

_UNSEEN = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")
_FORMULA = re.compile(r"\s*(?:[=@|%＝＠＋－]|[+-](?![\d\s(]|$))")


class UnreadableFile(Exception):
    """The file as a whole can't be used; the message is one line."""


def rows_of(path: Path, columns: Sequence[str], most: int) -> list[dict[str, str | None]]:
    """The rows below the heading, by column; more columns may be there. Raises UnreadableFile."""
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            header = file.readline()
            file.seek(0)  # Excel in Indonesia separates columns by semicolons
            reader = csv.DictReader(file, delimiter=";" if ";" in header else ",")
            missing = [name for name in columns if name not in (reader.fieldnames or ())]
            if missing:
                raise UnreadableFile(f"{path.name}: line 1: no column {', '.join(missing)}")
            rows = list(reader)
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise UnreadableFile(
            f"{path.name}: can't be read as a UTF-8 CSV file ({type(error).__name__})"
        ) from None
    if not rows or len(rows) > most:
        raise UnreadableFile(f"{path.name}: has {len(rows)} rows; 1 to {most} are needed")
    return rows


def plain_cell(name: str, text: str, longest: int) -> str:
    """A cell as words. Raises ValueError for what a calculator or a terminal would obey."""
    if _UNSEEN.search(text):
        raise ValueError(f"{name} holds a control character; write it anew")
    if _FORMULA.match(text):
        raise ValueError(f"{name} holds a formula; paste its value instead")
    if len(text) > longest:
        raise ValueError(f"{name} has {len(text)} letters, at most {longest}")
    return " ".join(text.split())
