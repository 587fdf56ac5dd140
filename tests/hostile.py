"""Texts that try to be more than words: made at random, always the same ones."""

import random

PIECES = (
    "<script>alert(1)</script>", "<img src=x onerror=alert(1)>", "</dd></dl><a href=//x.example>",
    "http://jahat.example/a.php", "HTTPS://User:pw@jahat.example:8443", "wa.me/62812", "bit。ly/x",
    "javascript:alert(1)", "data:text/html,<b>x", "tg://resolve?domain=x", "10.0.0.1/x", "ａ．ｂ",
    "\u202e", "\u202d", "\u2066", "\u2069", "\u200b", "\u200d", "\u200f", "\ufeff", "\u00ad",
    "\u061c", "\u180e", "\u2028", "\u2029", "\u0085", "\x00", "\x07", "\x1b[31m", "\x7f", "\t",
    "\r\n", "\n", "\r", "\u00a0", "\u3000", "\u2003", "\ufe0f", "\ufe0e", "\U000e0100",
    "\U000e0041", "\u034f", "\u3164", "\u2800", "\uffa0", "\ue000", "a\u0301\u0302\u0303\u0304\u0305",
    "*tebal*", "_miring_", "~coret~", "`kode`", "[teks](http://x.example)", "@nama", "#tanda",
    "{{ 7*7 }}", "{% raw %}", "${x}", "%s", "%n", "=HYPERLINK(1)", "+62 812-3456-7890", "-1+1",
    "🙂", "👩‍👩‍👧", "🇮🇩", "नमस्ते", "שלום", "مرحبا", "ｈｔｔｐ：／／", "PT.Maju", "Jl.Raya",
    "Rp3.000.000", "jam 10.30", "ｄ．ｅ", "é", "ß", "İ", "ſ", "&lt;b&gt;", "&#x3c;", "\\u003c", "'", '"',
    "⟦U+202E⟧", "a" * 200, "." * 50, " " * 20, "saya", "pak lurah", "paspor", "-", "/", ":", "://",
)  # fmt: skip


def hostile_texts(count: int) -> list[str]:
    draw = random.Random(4)
    return ["".join(draw.choices(PIECES, k=draw.randint(1, 12))) for _ in range(count)]
