"""`kentongan content diff A B`: what people will read differently, in the order they meet it.

A and B are git revisions of this repository or folders like content/. The files are read as plain
YAML, so that a revision with an older form can be compared too.
"""

import shutil
import subprocess
from collections.abc import Iterator
from difflib import SequenceMatcher
from pathlib import Path
from typing import Any

import yaml

from bot.terminal import WrongUse
from flows.catalog import CONTENT

_ORDER = (
    "texts/welcome", "chapters", "texts/lessons", "lessons/", "texts/check_recruiter", "ways",
    "destinations", "red_flags", "texts/tip_off", "texts/tip_status", "hotlines", "texts/",
)  # fmt: skip
"""Files as people meet them; of the rest nothing is said in a chat."""
_READ = ("title", "summary", "text", "question", "label", "why", "name", "say", "ask", "number",
         "hours", "source", "checked", "review_by")  # fmt: skip
"""Fields that somebody reads; the last three behind SUMBER and as a mark of age."""
Said = dict[tuple[str, str], str]
"""(file, place) → words, in the order of the conversation."""


def compare(old: str, new: str) -> Iterator[str]:
    """Lines for the terminal. Raises WrongUse when A or B is neither revision nor folder."""
    before, after = said(files(old)), said(files(new))
    count = 0
    for place in _in_order(before, after):
        was, now = before.get(place, ""), after.get(place, "")
        if was == now:
            continue
        count += 1
        file, where = place
        yield f"{file}, {where}: {_what(was, now)}"
        yield from (f"  - {line}" for line in was.splitlines())
        yield from (f"  + {line}" for line in now.splitlines())
    yield f"{count} texts read differently" if count else "nothing is read differently"


def _what(was: str, now: str) -> str:
    if not was:
        return "new"
    return "changed" if now else "no longer said"


def _in_order(before: Said, after: Said) -> list[tuple[str, str]]:
    """The new order, with what is gone where it used to stand."""
    old, new = list(before), list(after)
    merged: list[tuple[str, str]] = []
    for _, a, b, c, d in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        merged += [place for place in old[a:b] if place not in after]
        merged += new[c:d]
    return merged


def said(texts: dict[str, str]) -> Said:
    """Everything that is read, of files by name."""
    parsed = {
        file: yaml.load(text, Loader=yaml.CBaseLoader)  # noqa: S506
        for file, text in texts.items()
        if _place_of(file)[0] < len(_ORDER)
    }
    listed = parsed.get("chapters.yaml") or ()
    chapters = {row.get("id"): place for place, row in enumerate(listed)}

    def met(file: str) -> tuple[int, int, int, str]:
        """Lessons stand in the order of their menu, courses behind them."""
        place, raw = _place_of(file)[0], parsed[file]
        if not file.startswith("lessons/") or not isinstance(raw, dict):
            return place, 0, 0, file
        chapter = chapters.get(raw.get("chapter"), len(chapters))
        return place, chapter, int(raw.get("order", 0)), file

    found: Said = {}
    for file in sorted(parsed, key=met):
        found |= {(file, where): words for where, words in _words(parsed[file], "")}
    return found


def _place_of(file: str) -> tuple[int, str]:
    known = (at for at, start in enumerate(_ORDER) if file.startswith(start))
    return next(known, len(_ORDER)), file


def _words(raw: Any, where: str) -> Iterator[tuple[str, str]]:
    """(place, words) of every text below; a file of conversations is all words."""
    if isinstance(raw, list):
        for number, item in enumerate(raw, 1):
            name = item.get("id") or item.get("code") if isinstance(item, dict) else None
            yield from _words(item, f"{where} {name or number}".strip())
    elif isinstance(raw, dict):
        for key, value in raw.items():
            if isinstance(value, str):
                if key in _READ or (not where and not {"title", "cards"} <= raw.keys()):
                    yield f"{where} {key}".strip(), value.strip()
            else:
                yield from _words(value, f"{where} {key}".strip())


# ---- folders and revisions


def files(of: str) -> dict[str, str]:
    """The YAML files of a folder or a revision, by their path below content/."""
    folder = Path(of)
    if folder.is_dir():
        return {
            path.relative_to(folder).as_posix(): path.read_text(encoding="utf-8")
            for path in folder.rglob("*.yaml")
        }
    listed = _git("ls-tree", "-r", "--name-only", of, "--", "content", wrong=of).splitlines()
    return {
        name.removeprefix("content/"): _git("show", f"{of}:{name}", wrong=of)
        for name in listed
        if name.endswith(".yaml") and _place_of(name.removeprefix("content/"))[0] < len(_ORDER)
    }


def _git(*arguments: str, wrong: str) -> str:
    git = shutil.which("git")
    if git is None or wrong.startswith("-"):
        raise WrongUse(f"{wrong}: is no folder, and no revision that git could look up")
    done = subprocess.run(
        [git, "-C", str(CONTENT.parent), *arguments], capture_output=True, check=False
    )
    if done.returncode:
        raise WrongUse(f"{wrong}: is neither a folder nor a git revision")
    return done.stdout.decode("utf-8")
