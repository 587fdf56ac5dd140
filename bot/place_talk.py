"""What chat puts around a place: goods called after towns, typed codes, and words for home."""

import re
from collections.abc import Sequence

from bot.atlas import Atlas, is_inside
from bot.place_everyday import GOODS, OF_GOODS
from bot.place_words import Word, key_of, without

_VILLAGE_CODE = re.compile(r"(?<![\d.])(\d\d)\.?(\d\d)\.?(\d\d)\.?(\d{4})(?![\d.]*\d)")
_SAID_CODE = re.compile(r"\bkode\D{0,20}(\d\d(?:\.\d\d){1,2})(?![\d.]*\d)")
_LONE_CODE = re.compile(r"((?:3[2-6]|[4-9]\d)\.\d\d(?:\.\d\d)?)")
"""A regency or kecamatan by its code alone, unless it may be a date or a time."""
_HOME = re.compile(
    r"\b(?:asal|asli)(?:nya|ku|e)?\b(?!\s+tidak)|\bberasal\b"
    r"|\b(?:rumah|kampung)(?:ku|nya|e)?(?:\s+(?:saya|aku|asli|halaman|asal))*\s+(?:di|nang|ning)\b"
)
_TOWN_WORDS = 3


def typed_code(text: str, atlas: Atlas) -> str:
    """A Kemendagri code that the text gives as such: 35.02.02.2001, or its ten digits."""
    for match in _VILLAGE_CODE.finditer(text):
        code = ".".join(match.groups())
        if atlas.name(code) and match.group().count(".") in (0, 3):
            return code
    said = _SAID_CODE.search(text.lower()) or _LONE_CODE.fullmatch(text.strip())
    return said.group(1) if said and atlas.name(said.group(1)) else ""


def home_part(text: str) -> str:
    """The words from the last "asal", "aslinya" or "rumah di" on, "" when none stands inside."""
    found = list(_HOME.finditer(text.lower()))
    return text[found[-1].start() :] if found and found[-1].start() > 0 else ""


def without_goods(words: Sequence[Word], atlas: Atlas) -> tuple[Word, ...]:
    """The words without "soto Kudus" and "nasi Padang"; "Rendang, Karangasem" is a kecamatan."""
    taken: set[int] = set()
    for at, word in enumerate(words):
        if word.text in GOODS and not word.mark and at not in taken:
            taken |= _goods_at(words, at, atlas)
    return without(words, frozenset(taken)) if taken else tuple(words)


def _goods_at(words: Sequence[Word], at: int, atlas: Atlas) -> set[int]:
    start = at + 1
    while start < len(words) and words[start].text in GOODS | OF_GOODS:
        start += 1
    for end in range(start + _TOWN_WORDS, start, -1):
        run = words[start:end]
        if len(run) < end - start or any(w.mark or w.breaks for w in words[at + 1 : end]):
            continue
        towns = [c for c in atlas.codes_named(key_of(w.text for w in run)) if len(c) <= 5]
        if towns:
            names = atlas.codes_named(key_of(w.text for w in words[at:start]))
            is_place = any(is_inside(code, town) for code in names for town in towns)
            return set() if is_place else set(range(at, end))
    whole = atlas.codes_named(key_of(w.text for w in words[at:start]))
    return set() if whole or start == at + 1 else set(range(at, start))
