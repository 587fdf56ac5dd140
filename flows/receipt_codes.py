"""A receipt code among words, however it is typed. Whether it opens anything only the bot knows."""

import re

LETTERS = 12
_GROUPS = re.compile(
    r"(?<![^\W_])" + r"[\s\-–—._/]{0,3}".join(["([0-9A-Za-z]{4})"] * 3) + r"(?![^\W_])"
)
_AROUND = " \t\n.,:;!?\"'()#"


def typed(text: str) -> str | None:
    """The code in an answer to "tulis kode Anda", in groups of four; None when it can't be one."""
    letters = [letter for letter in text if letter.isascii() and letter.isalnum()]
    if len(letters) != LETTERS and (found := _GROUPS.search(text)):
        return "-".join(found.groups())
    whole = "".join(letters)
    return f"{whole[:4]}-{whole[4:8]}-{whole[8:]}" if len(whole) == LETTERS else None


def find(text: str) -> str | None:
    """A code where none was asked for: a group of it mixes letters and digits.

    "Juni 2026 lalu" is no code; of 100 codes one looks like that and needs the word KODE.
    """
    found = next((match for match in _GROUPS.finditer(text[:1000]) if _mixed(match)), None)
    return "-".join(found.groups()) if found else None


def is_one(text: str) -> bool:
    """The whole message is a code and nothing else."""
    found = _GROUPS.fullmatch(text.strip(_AROUND)) if len(text) < 60 else None
    return found is not None and _mixed(found)


def _mixed(found: re.Match[str]) -> bool:
    return any(not group.isdigit() and not group.isalpha() for group in found.groups())
