"""Somebody who writes that they want to die: answered before anything is asked of them.

Narrower than the cue `despair` of content/signs.yaml, which also hears a telephone that "mati aja".
"""

import re

from flows.triggers import fold

_WISH = r"(?:mau|mo|ingin|pengen|pgn|pengin|pingin|kepengen|kepingin|hayang)"
_OWN_DEATH = re.compile(
    rf"\b(?:{_WISH}|mending|lebih baik) (?:\w+ )?(?:mati|mate|paeh|modar|bunuh ?diri|gantung diri)\b"
    rf"|\b(?:saya|aku|sy|kulo|abdi) bunuh ?diri\b"
    rf"|\b{_WISH} (?:meng|ng)?akhiri hidup\b|\b(?:ca?pe[kh]?|lelah|bosan) hidup\b"
    rf"|\b(?:tidak|tdk|gak|ga|nggak|ora) (?:kuat|sanggup|{_WISH}) hidup\b"
)
_NOT_THEIR_OWN = re.compile(
    rf"\b(?:teman|kawan|adik|kakak|anak|suami|istri|ibu|bapak|tetangga|saudara|dia)(?:ku|nya)?"
    rf"(?: (?:saya|aku|kami))? (?:{_WISH} |akan )?(?:mati|bunuh ?diri|gantung diri)\b"
    r"|\b(?:hp|hape|baterai|batre|lampu|listrik|sinyal|motor|mesin|ayam|sapi|kambing)\b"
)
_BY_OTHERS = re.compile(
    r"\b(?:majikan|bos|di(?:sekap|kurung|pukul\w*|siksa|perkosa|tahan|kunci|ancam|jual|culik))\b"
)
"""Then it is the danger that the numbers to call are for."""


def wants_to_die(text: str) -> bool:
    said = fold(text)
    if _NOT_THEIR_OWN.search(said) or _BY_OTHERS.search(said):
        return False
    return _OWN_DEATH.search(said) is not None
