"""Words of strangers made harmless to look at: nothing hidden, nothing that leads anywhere.

HTML is escaped by the templates; this file is about what escaping leaves: characters that can't
be seen or that turn the line around, and addresses that a tired thumb could copy or open.
"""

import re
import unicodedata

_UNSEEN = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u180b\u180c\u180d\u180f\u2800\u3164\uffa0")
"""Letters and marks that draw nothing, although Unicode doesn't call them format characters."""
_HIDDEN_KINDS = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})
_MOST_MARKS = 3
"""Marks on one letter beyond this draw over the lines around it and are shown as tokens."""

_DOTS = ".\u3002\uff0e\uff61"
"""The full stop, and the three others that browsers take for one in a host name."""
_WORD = re.compile(r"\S+")
_LABEL = r"[\w⟦⟧+-]"
_HOST = re.compile(rf"(?<!{_LABEL}){_LABEL}+(?:[{_DOTS}]{_LABEL}+)+")
_IP_WITH_PATH = re.compile(r"(?<![\w.])\d{1,3}(?:\.\d{1,3}){3}(?=[/:])")
_NOT_A_HOST = frozenset(
    ["bp", "bpk", "cv", "dk", "dr", "drs", "ds", "dsn", "h", "hj", "ibu", "ir", "jl", "jln", "kab",
     "kec", "kh", "no", "pt", "rt", "rw", "sdr", "sdri", "tb", "ud"]
)  # fmt: skip
"""`PT.Maju` and `Jl.Raya` are how people write, not addresses."""


def plain(text: str) -> str:
    """The text with unseen characters as tokens like ⟦U+202E⟧ and addresses defanged."""
    return defanged(visible(text.replace("\r\n", "\n")))


def typed(text: str) -> str:
    """As somebody meant it: without characters that nobody types on purpose; line breaks stay."""
    spaced = re.sub(r"[^\S\n]", " ", text.replace("\r\n", "\n"))
    return "".join(letter for letter in spaced if letter == "\n" or letter.isprintable()).strip()


def visible(text: str) -> str:
    """Control, direction, zero-width and unassigned characters as tokens; line breaks stay."""
    shown: list[str] = []
    marks = 0
    for letter in text:
        kind = unicodedata.category(letter)
        marks = marks + 1 if kind in ("Mn", "Me") else 0
        if letter == "\n":
            shown.append(letter)
        elif letter == "\t" or kind == "Zs":
            shown.append(" ")
        else:
            hidden = kind in _HIDDEN_KINDS or letter in _UNSEEN or _is_selector(letter)
            shown.append(_token(letter) if hidden or marks > _MOST_MARKS else letter)
    return "".join(shown)


def defanged(text: str) -> str:
    """No address in it can be opened or copied as it is: `hxxps[:]//contoh[.]com/a`."""
    text = _WORD.sub(_break_address, text)
    text = _HOST.sub(_break_host, text)
    return _IP_WITH_PATH.sub(lambda found: _break_dots(found[0]), text)


def _token(letter: str) -> str:
    return f"⟦U+{ord(letter):04X}⟧"


def _is_selector(letter: str) -> bool:
    """Variation selectors can carry a hidden text; only the one for colourful emoji stays."""
    return "\ufe00" <= letter <= "\ufe0e" or "\U000e0100" <= letter <= "\U000e01ef"


def _break_address(found: re.Match[str]) -> str:
    word = found[0]
    if "://" not in word:
        return word
    return _break_dots(re.sub("http", "hxxp", word, flags=re.IGNORECASE).replace("://", "[:]//"))


def _break_host(found: re.Match[str]) -> str:
    """Broken when a part behind the first begins with a letter, as every domain's does."""
    labels = re.split(f"[{_DOTS}]", found[0])
    if len(labels) == 2 and labels[0].casefold() in _NOT_A_HOST:
        return found[0]
    a_name = any(label[0].isalpha() or label[0] == "⟦" for label in labels[1:])
    return "[.]".join(labels) if a_name else found[0]


def _break_dots(text: str) -> str:
    return re.sub(f"[{_DOTS}]", "[.]", text)
