"""Translations on their way to a native speaker and back: PO files, one spreadsheet, and the stamp."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import polib
from openpyxl import Workbook
from openpyxl.styles import Alignment, Font
from openpyxl.utils import get_column_letter

from bot.register_rows import RegisterFileError
from bot.register_xlsx import sheet_lines
from flows.catalog import CONTENT, Catalog, ContentError
from flows.conversations import load_catalog
from flows.languages import (
    AWAITING,
    FINGERPRINT,
    REVIEWED,
    REVIEWED_BY,
    REVIEWED_ON,
    STATUS,
    TRANSLATED,
    WIDTH,
    Translation,
    file_of,
    fingerprint,
    locale_of,
    read_po,
)
from flows.lint_languages import misfits
from flows.script import Line, script

_COLUMNS = ("key", "where it is said", "Indonesian", *TRANSLATED, "keep as it is", "at most")
_WIDTHS = (34, 34, 60, 60, 60, 22, 10)
Texts = dict[str, str]
"""Text key → translation."""


@dataclass(frozen=True, slots=True)
class Change:
    language: str
    key: str
    before: str
    after: str

    def lines(self) -> Iterator[str]:
        yield f"{self.language} {self.key}"
        yield from (f"- {line}" for line in self.before.splitlines())
        yield from (f"+ {line}" for line in self.after.splitlines())


class Refused(Exception):
    """A file that can't be taken; one line for each row that has to be mended."""


# ---- out


def as_po(catalog: Catalog, language: str, texts: Mapping[str, str]) -> polib.POFile:
    """A draft in the order of the conversation; what was stamped has to be stamped again."""
    po = polib.POFile(wrapwidth=WIDTH)
    po.metadata = {
        "Project-Id-Version": "Kentongan",
        "Language": language,
        "MIME-Version": "1.0",
        "Content-Type": "text/plain; charset=UTF-8",
        "Content-Transfer-Encoding": "8bit",
        STATUS: AWAITING,
        REVIEWED_BY: "",
        REVIEWED_ON: "",
        FINGERPRINT: "",
    }
    for line in script(catalog):
        note = f"{line.where}\nat most {line.most} characters, {line.lines} lines"
        if line.slots:
            note += "\nkeep " + _braces(line)
        entry = polib.POEntry(
            msgctxt=line.key,
            msgid=line.text,
            msgstr=texts.get(line.key, ""),
            comment=note,
            occurrences=[(_file(line.key), "")],
        )
        po.append(entry)
    return po


def write_xlsx(catalog: Catalog, path: Path) -> None:
    """One row a text in the order of the conversation, one column a language."""
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = "Kentongan"
    sheet.append(_COLUMNS)
    texts = {language: kept(catalog, language) for language in TRANSLATED}
    for line in script(catalog):
        translations = (texts[language].get(line.key, "") for language in TRANSLATED)
        sheet.append((line.key, line.where, line.text, *translations, _braces(line), line.most))
    for number, width in enumerate(_WIDTHS, 1):
        sheet.column_dimensions[get_column_letter(number)].width = width
    for row in sheet.iter_rows():
        for cell in row:
            cell.alignment = Alignment(wrap_text=True, vertical="top")
            cell.font = Font(bold=cell.row == 1)
    sheet.freeze_panes = "B2"
    book.save(path)


def kept(catalog: Catalog, language: str) -> Texts:
    """What content/locale holds, as far as its Indonesian is still what is said."""
    return {
        one.key: one.text
        for locale in catalog.locales
        if locale.language == language
        for one in locale.entries
        if one.text and one.key in catalog.wording
        if catalog.wording.raw(one.key) == one.indonesian
    }


def _file(key: str) -> str:
    """Where an editor finds the Indonesian."""
    stem = key.partition(".")[0]
    lesson = stem.removeprefix("lesson_")
    return f"content/texts/{stem}.yaml" if lesson == stem else f"content/lessons/{lesson}.yaml"


def _braces(line: Line) -> str:
    return " ".join(f"{{{slot}}}" for slot in line.slots)


# ---- in


def read_back(catalog: Catalog, path: Path) -> list[Change]:
    """What a translator's file would change. Raises Refused with every row that can't be taken."""
    given = _from_xlsx(path) if path.suffix == ".xlsx" else _from_po(path)
    lines = {line.key: line for line in script(catalog)}
    problems = [
        f"{path.name} {where}: {problem}"
        for rows in given.values()
        for where, problem in _problems(rows, lines)
    ]
    if problems:
        raise Refused("\n".join(dict.fromkeys(problems)))
    changes = []
    for language, rows in given.items():
        before = kept(catalog, language)
        for _, one in rows:
            if one.text != before.get(one.key, ""):
                changes.append(Change(language, one.key, before.get(one.key, ""), one.text))
    return changes


def write(catalog: Catalog, changes: Iterable[Change], folder: Path = CONTENT) -> list[Path]:
    """Write the changed files of content/locale, as drafts; an unchanged one keeps its stamp."""
    by_language: dict[str, Texts] = {}
    for change in changes:
        texts = by_language.setdefault(change.language, kept(catalog, change.language))
        texts[change.key] = change.after
    written = []
    for language, texts in by_language.items():
        path = file_of(language, folder)
        path.parent.mkdir(exist_ok=True)
        as_po(catalog, language, texts).save(str(path))
        written.append(path)
    return written


Row = tuple[str, Translation]
"""Where it stands in its file, and what stands there."""


def _problems(rows: list[Row], lines: Mapping[str, Line]) -> Iterator[tuple[str, str]]:
    seen: set[str] = set()
    for where, one in rows:
        line = lines.get(one.key)
        if line is None:
            yield where, f"“{one.key}” is no key of ours: put back the one of the export"
        elif one.key in seen:
            yield where, f"{one.key} is there twice: keep one"
        elif one.indonesian != line.text:
            yield where, f"{one.key}: the Indonesian is not today's: export anew and translate that"
        elif one.text.startswith("="):
            yield where, f"{one.key}: is a formula: type the words"
        elif one.text:
            yield from ((where, f"{one.key}: {problem}") for problem in misfits(one, line))
        seen.add(one.key)


def _from_po(path: Path) -> dict[str, list[Row]]:
    locale = locale_of(read_po(path), path)
    return {locale.language: [(f"line {one.line}", one) for one in locale.entries]}


def _from_xlsx(path: Path) -> dict[str, list[Row]]:
    try:
        rows = list(sheet_lines(path))
    except RegisterFileError as error:
        raise ContentError(str(error)) from None
    if not rows or tuple(rows[0][1][: len(_COLUMNS)]) != _COLUMNS:
        raise ContentError(f"{path.name} row 1: must be {', '.join(_COLUMNS)}: put the heads back")
    given: dict[str, list[Row]] = {language: [] for language in TRANSLATED}
    for number, cells in rows[1:]:
        if not any(cells):
            continue
        for language in TRANSLATED:
            text = cells[_COLUMNS.index(language)]
            given[language].append(
                (f"row {number}", Translation(_plain(cells[0]), _plain(cells[2]), _plain(text)))
            )
    return given


def _plain(cell: str) -> str:
    return cell.replace("\r\n", "\n").replace("_x000D_", "").strip()


# ---- the stamp


def stamp(language: str, by: str, on: date, folder: Path = CONTENT) -> Path:
    """Write that a native speaker has read exactly these translations; from now on they are said.

    Raises ContentError when one is missing or can't be shown, ValueError without a name.
    """
    if not by.strip():
        raise ValueError("a review needs the name of who has read the text")
    catalog, path = load_catalog(folder), file_of(language, folder)
    po = read_po(path)
    locale = locale_of(po, path)
    rows = [(f"line {one.line}", one) for one in locale.entries]
    lines = {line.key: line for line in script(catalog)}
    wrong = [f"{where}: {problem}" for where, problem in _problems(rows, lines)]
    done = {one.key for one in locale.entries if one.text}
    wrong += [f"{key} is not translated" for key in lines if key not in done]
    if wrong:
        more = f" (and {len(wrong) - 1} more)" if wrong[1:] else ""
        raise ContentError(f"content/locale/{path.name}: {wrong[0]}{more}")
    po.metadata |= {
        STATUS: REVIEWED,
        REVIEWED_BY: " ".join(by.split()),
        REVIEWED_ON: on.isoformat(),
        FINGERPRINT: fingerprint(language, locale.entries),
    }
    po.save(str(path))
    return path
