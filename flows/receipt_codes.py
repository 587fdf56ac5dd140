"""A receipt code among words, however it is typed. Whether it opens anything only the bot knows."""

import re

LETTERS = 12
_GROUP = r"([0-9A-Za-z]{4})"
_BETWEEN = r"([\s\-–—._/]{0,3})"
_GROUPS = re.compile(rf"(?<![^\W_])(?={_GROUP}{_BETWEEN}{_GROUP}{_BETWEEN}{_GROUP}(?![^\W_]))")
"""Looks ahead only, so that "kode 7F3K 92QX MN4T" shows the code behind the word of four letters."""
_WORDS = re.compile(r"\b(kode|buka|saya|punya|ini|itu|yang|untuk|lapor\w*|status)\b", re.IGNORECASE)
_CALLED = re.compile(r"\W*(?:kode|buka)\b", re.IGNORECASE)
_AMOUNT = re.compile(r"\d\d(?:rb|jt)|\d(?:rbu|jta)|\d{3}k")
""" "foto kopi 20rb" is no code."""
_AROUND = " \t\n.,:;!?\"'()#-"


def typed(text: str) -> str | None:
    """The code in an answer to "tulis kode Anda", in groups of four; None when it can't be one."""
    letters = "".join(letter for letter in text if letter.isascii() and letter.isalnum())
    whole = f"{letters[:4]}-{letters[4:8]}-{letters[8:]}" if len(letters) == LETTERS else None
    return next((code for code in (whole, _likeliest(text)) if code and _shaped(code, text)), None)


def find(text: str) -> str | None:
    """A code where none was asked for: a group of it mixes letters and digits.

    "Juni 2026 lalu" is no code. Codes of older releases may look like that: they need the word KODE
    or BUKA.
    """
    code = _likeliest(text)
    called = _CALLED.match(text) is not None
    return code if code and (_mixed(code) or (called and _shaped(code, text))) else None


def is_one(text: str) -> bool:
    """The whole message is a code, with no more than "kode saya" around it."""
    bare = _WORDS.sub(" ", text[:200]).strip(_AROUND)
    return len(bare) <= LETTERS + 6 and find(text) is not None and find(text) == typed(bare)


def _likeliest(text: str) -> str | None:
    """Of several that overlap, the one with most mixed groups, then the evenly written one."""
    found = _GROUPS.findall(_WORDS.sub(" | ", text[:1000]))
    if not found:
        return None
    best = max(found, key=lambda one: (_mixed("-".join(one[::2])), one[1] == one[3]))
    return "-".join(best[::2])


def _shaped(code: str, text: str) -> bool:
    """As codes are written: letters with digits, capitals, or groups with a sign between them.

    "tarik laporan" has twelve letters too, and "mana kode dulu" three groups of four.
    """
    if any(letter.isalpha() for letter in code):
        return not code.replace("-", "").isalpha() or code.isupper() or code in text
    return False


def _mixed(code: str) -> int:
    """How many of its groups hold letters and digits, and are no amount of money."""
    groups = code.split("-") if code else []
    return sum(
        not (group.isdigit() or group.isalpha() or _AMOUNT.fullmatch(group)) for group in groups
    )
