"""A report as an officer's chat may show it in mode `chat`: short, masked, and nothing in it acts.

A chat is read over shoulders and kept by others: numbers and names after a title are masked, and
whatever a channel would turn into a link, a mention, a command or bold letters is taken apart.
What is masked can be read in the console.
"""

import re
from collections.abc import Mapping

from flows.identity_numbers import mask_identity_numbers
from flows.plain_text import plain

SHOWN = {
    "what": "forwarding.told_what",
    "question": "forwarding.told_question",
    "where_name": "forwarding.told_where_name",
    "when": "forwarding.told_when",
    "who": "forwarding.told_who",
    "victim": "forwarding.told_victim",
    "proof": "forwarding.told_proof",
}
"""A report's answers that are shown, in this order, with the text key of their heading."""
MAX_TEXT = 650
"""Characters of all answers: with the words around them they fit one message."""

_NUMBER = re.compile(r"[+(]?\d(?:[\s()./\-–]{0,3}\d){4,}")
_DAY = re.compile(r"(?:0?[1-9]|[12]\d|3[01])[-/.](?:0?[1-9]|1[0-2])[-/.]20\d\d")
_TITLE = (
    r"pakde|pak|bapak|bpk|bude|bu|ibu|sdr|sdri|saudara|saudari|haji|hajah|hj|mas|mbak|mba|kang|teh"
    r"|teteh|ustaz|ustad|ustadz|kiai|kyai|gus|om|tante|tuan|nyonya|lik|mr|mrs|nama|namanya|bernama"
)
_NOT_A_NAME = (
    r"kades|lurah|camat|rt|rw|kepala|desa|haji|saya|aku|kami|kita|dia|itu|ini|yang|dan|atau|tidak"
    r"|belum|sudah|juga|mau|di|ke|dari|pt|cv|perusahaan|desanya"
)
_NAMED = re.compile(
    rf"\b((?:(?:{_TITLE})\b\.?\s+)+)(?!(?:{_NOT_A_NAME}|{_TITLE})\b)[^\W\d_][\w'’-]*"
    r"(?:\s+(?-i:[A-Z])[\w'’-]*){0,3}",
    re.IGNORECASE,
)
_ACTS = re.compile(r"[*_~`|$#\\]|(?<!\S)/(?=\S)")
"""Letters with which WhatsApp and Telegram format, tag or make a command."""


def redacted(report: Mapping[str, str], headings: Mapping[str, str]) -> str:
    """The answers, a line each; `headings` by the names of SHOWN."""
    lines, left = [], MAX_TEXT
    for name in SHOWN:
        words = harmless(report.get(name, ""))
        if words and left > 40:
            line = f"{headings[name]}: {words}"
            lines.append(line if len(line) <= left else f"{line[: left - 1]}…")
            left -= len(lines[-1])
    return "\n".join(lines)


def harmless(text: str) -> str:
    """One line without numbers, names after a title, links, mentions, commands or formatting."""
    one_line = " ".join(mask_identity_numbers(text[:4000]).split())
    masked = _NUMBER.sub(
        lambda found: found[0] if _DAY.fullmatch(found[0]) else "[nomor]", one_line
    )
    masked = _NAMED.sub(lambda found: f"{found[1]}[nama]", masked)
    return " ".join(_ACTS.sub("", plain(masked)).replace("@", " at ").split())
