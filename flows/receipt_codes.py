"""A receipt code among words, however it is typed. Whether it opens anything only the bot knows."""

import re

LETTERS = 12
_GROUP = r"([0-9A-Za-z]{4})"
_BETWEEN = r"([\s\-–—._/]{0,3})"
_GROUPS = re.compile(rf"(?<![^\W_])(?={_GROUP}{_BETWEEN}{_GROUP}{_BETWEEN}{_GROUP}(?![^\W_]))")
"""Looks ahead only, so that "kode 7F3K 92QX MN4T" shows the code behind the word of four letters."""
_WORDS = re.compile(r"\b(kode|buka|saya|punya|ini|itu|yang|untuk|lapor\w*|status)\b", re.IGNORECASE)
_AROUND = " \t\n.,:;!?\"'()#-"


def typed(text: str) -> str | None:
    """The code in an answer to "tulis kode Anda", in groups of four; None when it can't be one."""
    letters = "".join(letter for letter in text if letter.isascii() and letter.isalnum())
    if len(letters) == LETTERS:
        return f"{letters[:4]}-{letters[4:8]}-{letters[8:]}"
    return _likeliest(text)


def find(text: str) -> str | None:
    """A code where none was asked for: a group of it mixes letters and digits.

    "Juni 2026 lalu" is no code. Codes of older releases may look like that: they need the word KODE.
    """
    code = _likeliest(text)
    return code if code and _mixed(code) else None


def is_one(text: str) -> bool:
    """The whole message is a code, with no more than "kode saya" around it."""
    bare = _WORDS.sub(" ", text[:200]).strip(_AROUND)
    return len(bare) <= LETTERS + 6 and find(bare) is not None and find(bare) == typed(bare)


def _likeliest(text: str) -> str | None:
    """Of several that overlap, the one with most mixed groups, then the evenly written one."""
    found = _GROUPS.findall(_WORDS.sub(" | ", text[:1000]))
    if not found:
        return None
    best = max(found, key=lambda one: (_mixed("-".join(one[::2])), one[1] == one[3]))
    return "-".join(best[::2])


def _mixed(code: str) -> int:
    """How many of its groups hold letters and digits."""
    groups = code.split("-") if code else []
    return sum(not group.isdigit() and not group.isalpha() for group in groups)
