"""Who has read which words of content/, and which words nobody has read.

A stamp is a name, a day and a fingerprint. It stands beside the words where they have a `reviewed`
of their own (lessons, rows of facts), else in content/reviews.yaml, by file. It fits exactly one
wording: an edit makes words unread again.
"""

import hashlib
import json
import re
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import yaml

from flows.catalog import CONTENT, ContentError, lesson_hash, load_texts, load_yaml, short_path
from flows.curriculum import load_lessons
from flows.fact_files import LOADERS

STAMPS = "reviews.yaml"
WHOLE_FILES = ("deadlines.yaml", "grounds.yaml", "hotlines.yaml", "partners.yaml", "ramadan.yaml",
               "templates.yaml")  # fmt: skip
"""Files of law and facts, and of fixed messages, whose rows have no `reviewed`; the texts that state
law are read as well."""
LAW = re.compile(
    r"\bUU \d|\bPasal\b|\bundang-undang\b|\bdilarang\b|\bpidana|\bwajib\b|\btidak boleh\b",
    re.IGNORECASE,
)
_HEAD = """\
# Who has read which file, exactly as it stands. Lessons and rows that have a `reviewed` of their own
# are stamped there. Written by `kentongan content stamp`; an edited file counts as unread again.
"""


def unreviewed(folder: Path = CONTENT) -> dict[str, int]:
    """File, as below content/ → how many of its texts nobody has stamped. Raises ContentError."""
    found = {f"lessons/{one.id}.yaml": not one.reviewed for one in load_lessons(folder)}
    counts = {file: 1 for file, unread in found.items() if unread}
    for file, load in LOADERS.items():
        if unread := sum(not row.reviewed for row in load(folder)):
            counts[file] = unread
    stamps = load_stamps(folder)
    for file in (*WHOLE_FILES, *law_texts(folder)):
        if stamps.get(file, {}).get("sha") != fingerprint(load_yaml(folder / file)):
            counts[file] = 1
    return counts


def law_texts(folder: Path = CONTENT) -> tuple[str, ...]:
    """The files of content/texts in which some text speaks of law or duty."""
    wording = load_texts(folder)
    said = {key.partition(".")[0] for key in sorted(wording.keys()) if LAW.search(wording.raw(key))}
    return tuple(f"texts/{stem}.yaml" for stem in sorted(said))


def load_stamps(folder: Path = CONTENT) -> dict[str, dict[str, str]]:
    """content/reviews.yaml. Raises ContentError."""
    path = folder / STAMPS
    raw = load_yaml(path) or {}
    where = short_path(path)
    if not isinstance(raw, dict) or not all(_is_stamp(stamp) for stamp in raw.values()):
        raise ContentError(f"{where}: must be files, each with `by`, `on` and `sha`")
    return raw


def _is_stamp(stamp: Any) -> bool:
    return isinstance(stamp, dict) and set(stamp) == {"by", "on", "sha"} and bool(stamp["by"])


def fingerprint(raw: Any) -> str:
    """Of a whole file, comments and spacing aside."""
    return hashlib.sha256(json.dumps(raw, sort_keys=True).encode()).hexdigest()[:16]


def outdated(folder: Path = CONTENT) -> Iterator[tuple[str, str]]:
    """(file, place) of each stamp that is there and does not fit the words beside it."""
    for path in sorted(folder.glob("lessons/*.yaml")):
        yield from ((f"lessons/{path.name}", place) for place in _unfit(load_yaml(path)))
    for file in LOADERS:
        yield from ((file, place) for place in _unfit(load_yaml(folder / file)))
    for file, stamp in load_stamps(folder).items():
        if not (folder / file).exists():
            yield STAMPS, file
        elif stamp["sha"] != fingerprint(load_yaml(folder / file)):
            yield file, ""


def _unfit(raw: Any) -> Iterator[str]:
    for row in raw if isinstance(raw, list) else [raw]:
        stamp = row.get("reviewed") if isinstance(row, dict) else ""
        if stamp not in (None, "", "null", "~") and not (
            isinstance(stamp, dict) and stamp.get("by") and stamp.get("sha") == lesson_hash(row)
        ):
            yield str(row.get("id") or row.get("code") or "")


# ---- stamping


def stamp(path: Path, by: str, on: date) -> int:
    """Write that a named person has read exactly these words; how many texts that were.

    Raises ContentError when the file holds no content, ValueError without a name.
    """
    if not by.strip():
        raise ValueError("a review needs the name of who has read the text")
    raw = load_yaml(path)
    rows = raw if isinstance(raw, list) else [raw]
    if _is_lesson(raw) or (rows and all(_has_review(row) for row in rows)):
        return _stamp_rows(path, by.strip(), on, rows)
    folder = _content_of(path)
    if not raw:
        raise ContentError(f"{path}: is no content")
    file = path.resolve().relative_to(folder.resolve()).as_posix()
    stamps = load_stamps(folder) | {
        file: {"by": by.strip(), "on": on.isoformat(), "sha": fingerprint(raw)}
    }
    said = yaml.safe_dump(stamps, allow_unicode=True, sort_keys=True)
    (folder / STAMPS).write_text(_HEAD + said, encoding="utf-8")
    return 1


def _is_lesson(raw: Any) -> bool:
    return isinstance(raw, dict) and {"title", "cards", "quiz"} <= raw.keys()


def _has_review(row: Any) -> bool:
    return isinstance(row, dict) and "reviewed" in row


def _content_of(path: Path) -> Path:
    """The folder that holds reviews.yaml, for a file in it or in its texts/."""
    for folder in (path.parent, path.parent.parent):
        if (folder / STAMPS).exists() and path.suffix == ".yaml" and path.name != STAMPS:
            return folder
    raise ContentError(f"{path}: is no content")


def _stamp_rows(path: Path, by: str, on: date, rows: list[dict[str, Any]]) -> int:
    """Each row's `reviewed` is replaced where it stands; nothing else in the file changes."""
    text = path.read_bytes().decode("utf-8")
    root = yaml.compose(text, Loader=yaml.BaseLoader)
    assert isinstance(root, yaml.CollectionNode), "its rows have been read"
    nodes = root.value if isinstance(root, yaml.SequenceNode) else [root]
    for row, node in reversed(list(zip(rows, nodes, strict=True))):
        text = _with_stamp(text, node, _value(by, on, lesson_hash(row), text, node))
    again = yaml.load(text, Loader=yaml.BaseLoader)  # noqa: S506
    after = again if isinstance(again, list) else [again]
    fits = (
        lesson_hash(new) == lesson_hash(old) and new["reviewed"]["by"] == by
        for old, new in zip(rows, after, strict=True)
    )
    if not all(fits):
        raise ContentError(f"{path}: reviewed: can't be written in this form of YAML")
    path.write_bytes(text.encode("utf-8"))
    return len(rows)


def _value(by: str, on: date, sha: str, text: str, node: yaml.MappingNode) -> str:
    newline = "\r\n" if "\r\n" in text else "\n"
    indent = " " * (node.start_mark.column + 2)
    who = json.dumps(by, ensure_ascii=False)
    lines = ["", f"by: {who}", f"on: {on.isoformat()}", f'sha: "{sha}"']
    return f"{newline}{indent}".join(lines)


def _with_stamp(text: str, row: yaml.MappingNode, value: str) -> str:
    """The text with the row's `reviewed` replaced where it stands, or added at the end."""
    for key, old in row.value:
        if key.value == "reviewed":
            end = old.end_mark.index
            if isinstance(old, yaml.MappingNode) and not old.flow_style:
                # A block runs on to the next key; what stands between is not part of it.
                end = old.value[-1][1].end_mark.index
            return text[: key.end_mark.index] + ":" + value + text[end:]
    newline = "\r\n" if "\r\n" in text else "\n"
    return text.rstrip() + f"{newline}reviewed:{value}{newline}"
