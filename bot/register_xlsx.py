"""The first sheet of an Excel file as lines of text, within bounds: such a file can be a bomb."""

import lzma
import struct
import warnings
import zipfile
import zlib
from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path
from typing import Any
from xml.etree.ElementTree import ParseError

from bot.register_rows import RegisterFileError

_DAMAGED = (
    zipfile.BadZipFile, zipfile.LargeZipFile, ParseError, OSError, EOFError,
    zlib.error, lzma.LZMAError, struct.error, RuntimeError, ArithmeticError, LookupError,
    TypeError, AttributeError, ValueError, AssertionError,
)  # fmt: skip
"""What the parts of a damaged, locked or strangely packed file raise while they are read."""
MAX_COLUMNS = 60
MAX_UNPACKED = 100_000_000
"""Bytes that the parts of the file may take once they are unpacked."""
MAX_EXACT = 10**15
"""From here on Excel has lost the last digits of a number."""


def sheet_lines(path: Path) -> Iterator[tuple[int, list[str]]]:
    """(row, cells) from the top; a formula stays one, "=…". Raises RegisterFileError."""
    # Here and not above: it brings numpy along, and every start of a server would wait for both.
    from openpyxl import load_workbook  # noqa: PLC0415
    from openpyxl.utils.exceptions import InvalidFileException  # noqa: PLC0415

    try:
        with zipfile.ZipFile(path) as parts:
            if sum(part.file_size for part in parts.infolist()) > MAX_UNPACKED:
                raise RegisterFileError(f"{path.name}: unpacks to more than {MAX_UNPACKED:,} bytes")
        with path.open("rb") as file, warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of styles and extensions, which we don't read
            book = load_workbook(file, read_only=True, keep_links=False)
            sheet = book.worksheets[0]
            for number, row in enumerate(sheet.iter_rows(max_col=MAX_COLUMNS), 1):
                yield number, [_text(cell) for cell in row]
        book.close()
    except RegisterFileError:
        raise
    except (*_DAMAGED, InvalidFileException) as error:
        raise _unreadable(path, error) from None


def _unreadable(path: Path, error: Exception) -> RegisterFileError:
    return RegisterFileError(
        f"{path.name}: can't be read as an Excel file ({type(error).__name__}); save it anew as .xlsx"
    )


def _text(cell: Any) -> str:
    value = cell.value
    if value is None:
        return ""
    if cell.data_type == "f":
        return "=" + str(value).removeprefix("=")
    if isinstance(value, datetime | date):
        return value.isoformat()[:10]
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    if isinstance(value, int) and not isinstance(value, bool) and value >= MAX_EXACT:
        return f"{value:.2E}"
    return str(value).strip()
